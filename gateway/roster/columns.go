package roster

import (
	"strconv"
	"strings"
)

// The columns of a file of profiles, in the order of an export.
const (
	colPhone = iota
	colCode
	colName
	colLanguage
	colLanguageNote
	colZIP
	colPIN
	colDuressPIN
	colConsent
	colLegal
	colCallback
	colCountry // of numbers without one: in files that are read, never in an export
	personColumns
)

// The columns of each contact, behind contact1_, contact2_ and so on.
const (
	contactPhone = iota
	contactName
	contactRelation
	contactLanguage
	contactMessage
	contactWording
	contactPlace
	contactAccepted
	contactColumns
)

func personColumn(i int) string {
	return [personColumns]string{"phone", "code", "name", "language", "language_note", "zip",
		"pin", "duress_pin", "consulate_consent", "legal_consent", "callback", "country"}[i]
}

func contactColumn(i int) string {
	return [contactColumns]string{"phone", "name", "relation", "language", "message", "wording", "place", "accepted"}[i]
}

// known are the names of the columns, for whoever wrote another one.
func known() string {
	var list strings.Builder
	for i := range personColumns {
		list.WriteString(personColumn(i) + ", ")
	}
	for i := range contactColumns {
		list.WriteString(columnName(0, contactColumn(i)) + ", ")
	}
	return list.String() + columnName(1, contactColumn(0)) + ", …"
}

// columnName is how a column is called in a reason, in either format.
func columnName(contact int, column string) string {
	if contact == ofPerson {
		return column
	}
	return "contact" + strconv.Itoa(contact+1) + "_" + column
}

// columns are those that a row has: bit i says that of column i. One that is
// there and empty is not one that the file lacks.
type columns uint32

func (c columns) has(i int) bool { return c&(1<<i) != 0 }

func (c *columns) add(i int) { *c |= 1 << i }

// raw is one row as it stands in a file, before it is checked.
type raw struct {
	line     int
	person   [personColumns]string
	contacts [][contactColumns]string
	wrong    []string // columns that do not hold a single value, only in JSON

	has         columns
	contactsHas []columns // by contact; nil: the file says nothing of contacts
}
