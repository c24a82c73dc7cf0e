package roster

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
	contactAccepted
	contactColumns
)

func personColumn(i int) string {
	return [personColumns]string{"phone", "code", "name", "language", "language_note", "zip",
		"pin", "duress_pin", "consulate_consent", "callback", "country"}[i]
}

func contactColumn(i int) string {
	return [contactColumns]string{"phone", "name", "relation", "language", "message", "wording", "accepted"}[i]
}

// raw is one row as it stands in a file, before it is checked.
type raw struct {
	line     int
	person   [personColumns]string
	contacts [][contactColumns]string
	wrong    []string // columns that do not hold a single value, only in JSON
}
