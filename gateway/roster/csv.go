package roster

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/sheet"
)

// csvProfiles reads people from a table.
type csvProfiles struct {
	table   *sheet.Table
	columns []place // of the header's columns

	has         columns
	contactsHas []columns
}

func newCSVProfiles(r io.Reader, note func(string)) *csvProfiles {
	p := &csvProfiles{table: sheet.NewTable(r, note)}
	// Whoever begins with a phone is a person, where the commas at the end are left out.
	p.table.Whole = func(fields []string) bool {
		i := slices.Index(p.columns, place{ofPerson, colPhone})
		return i >= 0 && i < len(fields) && len(digit.Only(fields[i])) >= 10 && !strings.ContainsFunc(fields[i], unicode.IsLetter)
	}
	return p
}

// place is where a column of a file belongs.
type place struct {
	contact int // from 0; -1: the person themself, -2: a column without a name
	column  int
}

const (
	ofPerson  = -1
	ofNothing = -2
)

func (p *csvProfiles) next() (record, error) {
	if p.columns == nil {
		if err := p.readHeader(); err != nil {
			return nil, err
		}
	}
	fields, line, err := p.table.Next()
	if err != nil {
		return nil, err
	}
	return func() (raw, error) { return p.row(fields, line) }, nil
}

// row puts the fields of a record where they belong.
func (p *csvProfiles) row(fields []string, line int) (raw, error) {
	row := raw{line: line, has: p.has, contactsHas: p.contactsHas}
	for i, field := range fields {
		field = sheet.Text(field)
		switch at := p.columns[i]; {
		case field == "":
		case at.contact == ofNothing:
			return raw{}, &RowError{Line: line, Reason: fmt.Sprintf("column %d: not empty, and without a name in the header", i+1)}
		case at.contact == ofPerson:
			row.person[at.column] = unescape(field)
		default:
			for len(row.contacts) <= at.contact {
				row.contacts = append(row.contacts, [contactColumns]string{})
			}
			row.contacts[at.contact][at.column] = unescape(field)
		}
	}
	return row, nil
}

// maxContactColumns bounds the numbers in contactN_ columns. There may be more
// of them than MaxContacts, as long as they are empty.
const maxContactColumns = 99

func (p *csvProfiles) readHeader() error {
	if err := p.table.ReadHeader(); err != nil {
		return err
	}
	taken := map[place]bool{}
	for i, name := range p.table.Header {
		at, ok := placeOf(name)
		if !ok {
			// The name itself may be somebody's, where a file lacks its header.
			return &FileError{Reason: fmt.Sprintf("column %d: unknown name in the first line, which has to name the columns: %s", i+1, known())}
		}
		if at.contact != ofNothing && taken[at] {
			return &FileError{Reason: fmt.Sprintf("column %d: %s stands twice in the header", i+1, name)}
		}
		taken[at] = true
		p.columns = append(p.columns, at)
		switch {
		case at.contact >= 0:
			for len(p.contactsHas) <= at.contact {
				p.contactsHas = append(p.contactsHas, 0)
			}
			p.contactsHas[at.contact].add(at.column)
		case at.contact == ofPerson:
			p.has.add(at.column)
		}
	}
	if !taken[place{ofPerson, colPhone}] {
		return &FileError{Reason: "the header has no column phone"}
	}
	return nil
}

// placeOf finds a column by its name.
func placeOf(name string) (place, bool) {
	if name == "" {
		return place{ofNothing, 0}, true
	}
	for i := range personColumns {
		if personColumn(i) == name {
			return place{ofPerson, i}, true
		}
	}
	number, member, _ := strings.Cut(strings.TrimPrefix(name, "contact"), "_")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxContactColumns || name != fmt.Sprintf("contact%d_%s", n, member) {
		return place{}, false
	}
	for i := range contactColumns {
		if contactColumn(i) == member {
			return place{n - 1, i}, true
		}
	}
	return place{}, false
}

// CSVWriter writes profiles as CSV, the PINs empty, MaxContacts contacts each.
type CSVWriter struct{ w *csv.Writer }

// NewCSVWriter writes the header.
func NewCSVWriter(w io.Writer) (*CSVWriter, error) {
	c := &CSVWriter{csv.NewWriter(w)}
	var header []string
	for i := range colCountry { // exported numbers have theirs
		header = append(header, personColumn(i))
	}
	for n := range MaxContacts {
		for i := range contactColumns {
			header = append(header, fmt.Sprintf("contact%d_%s", n+1, contactColumn(i)))
		}
	}
	if err := c.w.Write(header); err != nil {
		return nil, fmt.Errorf("write profiles: %w", err)
	}
	return c, nil
}

// Write writes one person. One with more than MaxContacts contacts is refused:
// JSON Lines hold any number.
func (c *CSVWriter) Write(p gateway.Profile) error {
	row := rawOf(p)
	if len(row.contacts) > MaxContacts {
		return fmt.Errorf("write profiles: a person has more than %d contacts: export to .jsonl", MaxContacts)
	}
	record := make([]string, 0, personColumns+MaxContacts*contactColumns)
	for i, value := range row.person[:colCountry] {
		record = append(record, escape(i == colPhone, value))
	}
	for n := range MaxContacts {
		var contact [contactColumns]string
		if n < len(row.contacts) {
			contact = row.contacts[n]
		}
		for i, value := range contact {
			record = append(record, escape(i == contactPhone, value))
		}
	}
	if err := c.w.Write(record); err != nil {
		return fmt.Errorf("write profiles: %w", err)
	}
	return nil
}

// Flush writes what is buffered.
func (c *CSVWriter) Flush() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("write profiles: %w", err)
	}
	return nil
}

// formula are the characters with which a spreadsheet begins to calculate, or
// to call out: a name like =HYPERLINK(…) that somebody registered by text must
// not run on the operator's machine (OWASP, CSV injection).
const formula = "=+-@"

// escape puts an apostrophe in front of what a spreadsheet would run, and of
// what has such apostrophes already, so that unescape gives back the same.
// Phones stand as they are: digits behind a + are a number at worst.
func escape(phone bool, value string) string {
	if rest := strings.TrimLeft(value, "'"); !phone && rest != "" && strings.Contains(formula, rest[:1]) {
		return "'" + value
	}
	return value
}

// unescape also takes ="02108" for the text in it, as a spreadsheet does.
func unescape(value string) string {
	if text, ok := strings.CutPrefix(value, `="`); ok && strings.HasSuffix(text, `"`) {
		return sheet.Text(strings.ReplaceAll(strings.TrimSuffix(text, `"`), `""`, `"`))
	}
	if rest := strings.TrimLeft(value, "'"); rest != value && rest != "" && strings.Contains(formula, rest[:1]) {
		return value[1:]
	}
	return value
}
