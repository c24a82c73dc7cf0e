package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Table reads a CSV file (RFC 4180) record by record. Other than a bare
// csv.Reader it goes on behind a broken one: a quote that is never closed must
// not swallow the rows after it.
type Table struct {
	// Header are the names of the columns, cleaned and in lower case, once
	// ReadHeader has read them.
	Header []string

	// Whole reports whether a line by itself looks like a record although it has
	// fewer fields than the header; nil: none does. A quoted field that runs
	// over such a line was never meant to.
	Whole func(fields []string) bool

	lines *Lines
	comma rune // what sets fields apart; 0: not known yet
	mends []mend
}

// NewTable reads from r; note is that of NewLines.
func NewTable(r io.Reader, note func(string)) *Table { return &Table{lines: NewLines(r, note)} }

// separators are what spreadsheets set fields apart with.
const separators = ",;\t|"

// separatorLine is what Excel puts in front of a header.
var separatorLine = regexp.MustCompile(`(?i)^["“”]?sep=([,;\t|])["“”]?[,;\t|]*$`)

// ReadHeader reads the first record. Its own separators tell those of the file.
func (t *Table) ReadHeader() error {
	first, err := t.first()
	if err == io.EOF {
		return &FileError{"the file is empty: its first line has to name the columns"}
	}
	if err != nil {
		return err
	}
	t.comma = separatorOf(first.Text, t.comma)
	t.mends = mendsFor(t.comma)
	t.lines.unread([]Line{first})
	fields, _, err := t.Next()
	var refused *RowError
	switch {
	case errors.As(err, &refused):
		return &FileError{"the first line, which has to name the columns: " + refused.Reason}
	case err == io.EOF:
		return &FileError{"the file is empty: its first line has to name the columns"}
	case err != nil:
		return err
	}
	for i, name := range fields {
		fields[i] = strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(Plain(name), " ", "_"), "-", "_"))
	}
	t.Header = fields
	return nil
}

// first is the header's line. A line in front of it may name the separator.
func (t *Table) first() (Line, error) {
	for {
		l, err := t.lines.Next()
		if err != nil {
			return Line{}, err
		}
		if named := separatorLine.FindStringSubmatch(strings.TrimLeft(Visible(l.Text), " ")); named != nil && t.comma == 0 {
			t.comma, _ = utf8.DecodeRuneInString(named[1])
			continue
		}
		if l.Long || !t.blank(strings.FieldsFunc(l.Text, func(r rune) bool { return strings.ContainsRune(separators, r) })) {
			return l, nil
		}
	}
}

// separatorOf is what sets the columns of a header apart: what was named, where
// the header has it, or else what stands in it most often. Names have none of them.
func separatorOf(header string, named rune) rune {
	if named != 0 && strings.ContainsRune(header, named) {
		return named
	}
	best, most := ',', 0
	for _, r := range separators {
		if n := strings.Count(header, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// Next is the next record that is not blank, with as many fields as the header
// has, and the line where it begins. It fails with *RowError, io.EOF, or what
// reading failed with. Fields are as they stand, see Text and Plain.
func (t *Table) Next() (fields []string, line int, err error) {
	for {
		first, err := t.lines.Next()
		if err != nil {
			return nil, 0, err
		}
		if first.Long {
			return nil, 0, &RowError{first.Number, TooLong}
		}
		if strings.TrimSpace(first.Text) == "" {
			continue
		}
		text, more, err := t.rest(first)
		if err != nil {
			return nil, 0, err
		}
		fields, err := t.parse(text)
		if t.swallowed(more) {
			err = errOpenQuote
		}
		if err != nil {
			t.lines.unread(more)
			return nil, 0, &RowError{first.Number, err.Error()}
		}
		if t.blank(fields) {
			continue // spreadsheets leave such lines at the end
		}
		return fields, first.Number, nil
	}
}

func (t *Table) blank(fields []string) bool {
	for _, f := range fields {
		if f != "" && Text(f) != "" {
			return false
		}
	}
	return true
}

var errOpenQuote = errors.New("a quote is opened and not closed")

// rest adds lines to the first one while a quoted field is open.
func (t *Table) rest(first Line) (text string, more []Line, err error) {
	text = first.Text
	for strings.Count(text, `"`)%2 == 1 {
		next, err := t.lines.Next()
		if err == io.EOF {
			return text, more, nil
		}
		if err != nil {
			return "", nil, err
		}
		more = append(more, next)
		if next.Long || len(text)+len(next.Text) > MaxRecord {
			return text, more, nil
		}
		text += "\n" + next.Text
	}
	return text, more, nil
}

// parse reads exactly one record, mended where that makes it readable, and fills
// it up to the header's width: spreadsheets leave out the commas at the end.
func (t *Table) parse(text string) ([]string, error) {
	fields, err := t.split(text)
	if mended := t.mend(text); mended != text {
		if better, worse := t.split(mended); worse == nil {
			fields, err = better, nil
		}
	}
	if err != nil || t.Header == nil {
		return fields, err
	}
	for len(fields) < len(t.Header) {
		fields = append(fields, "")
	}
	return fields, nil
}

// split reads exactly one record as it stands. It may have fewer fields than the
// header, more only where the others are empty.
func (t *Table) split(text string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.Comma = -1, t.comma
	fields, err := r.Read()
	width := len(t.Header)
	switch {
	case err != nil && strings.Count(text, `"`)%2 == 1:
		return nil, errOpenQuote
	case err != nil || r.InputOffset() != int64(len(text)):
		return nil, errors.New("a quote stands within a field: put the field in quotes and double the ones inside")
	case t.Header == nil:
		return fields, nil
	case len(fields) > width && !t.blank(fields[width:]):
		return nil, fmt.Errorf("%d fields where the header has %d", len(fields), width)
	case len(fields) == 1 && width > 1 && strings.ContainsAny(strings.ReplaceAll(text, string(t.comma), ""), separators):
		return nil, errors.New("its fields are set apart by another character than the header's")
	}
	return fields[:min(len(fields), width)], nil
}

// swallowed reports whether a line that a quoted field runs over is a whole
// record by itself: then the quote was never meant to run so far.
func (t *Table) swallowed(more []Line) bool {
	if len(t.Header) < 2 {
		return false
	}
	for _, l := range more {
		fields, err := t.split(l.Text)
		if err == nil && (len(fields) == len(t.Header) || len(fields) > 1 && t.Whole != nil && t.Whole(fields)) {
			return true
		}
	}
	return false
}

// mend is something that programs write around a field in place of quotes.
type mend struct {
	form *regexp.Regexp
	with string
}

// mendsFor are those of a file with this separator: curly quotes, as word
// processors make them, and ="02108", which keeps a spreadsheet from
// reading a number.
func mendsFor(comma rune) []mend {
	between := regexp.QuoteMeta(string(comma))
	return []mend{
		{regexp.MustCompile(`(^|` + between + `)[ \x{a0}]*=?[“”„]`), `$1"`},
		{regexp.MustCompile(`[“”][ \x{a0}]*(` + between + `|$)`), `"$1`},
		{regexp.MustCompile(`(^|` + between + `)[ \x{a0}]*="`), `$1"`},
	}
}

func (t *Table) mend(text string) string {
	if !strings.ContainsAny(text, "“”„") && !strings.Contains(text, `="`) {
		return text
	}
	for _, m := range t.mends {
		text = m.form.ReplaceAllString(text, m.with)
	}
	return text
}
