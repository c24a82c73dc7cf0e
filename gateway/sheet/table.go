package roster

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// table reads a CSV file (RFC 4180) record by record. Other than a bare
// csv.Reader it goes on behind a broken one: a quote that is never closed must
// not swallow the rows after it.
type table struct {
	lines  *lines
	header []string // as written, trimmed and in lower case
}

func newTable(r io.Reader) *table { return &table{lines: newLines(r)} }

// readHeader reads the first record.
func (t *table) readHeader() error {
	fields, _, err := t.record()
	if err == io.EOF {
		return &FileError{"the file is empty: its first line has to name the columns"}
	}
	if refused, ok := err.(*RowError); ok {
		return &FileError{"the first line, which has to name the columns: " + refused.Reason}
	}
	if err != nil {
		return err
	}
	if len(fields) == 1 && strings.ContainsAny(fields[0], ";\t") { // as spreadsheets in Spanish save them
		return &FileError{"the columns are set apart by semicolons or tabs: save the file with commas"}
	}
	for i, name := range fields {
		fields[i] = strings.ToLower(strings.TrimSpace(name))
	}
	t.header = fields
	return nil
}

// record is the next record that is not blank, with as many fields as the
// header has, and the line where it begins. It fails with *RowError, io.EOF,
// or what reading failed with.
func (t *table) record() ([]string, int, error) {
	for {
		first, err := t.lines.next()
		if err != nil {
			return nil, 0, err
		}
		if first.long {
			return nil, 0, &RowError{first.number, tooLong}
		}
		if strings.Trim(first.text, ", \t") == "" {
			continue // spreadsheets leave such lines at the end
		}
		text, more, err := t.rest(first)
		if err != nil {
			return nil, 0, err
		}
		fields, err := t.parse(text)
		if err == nil && t.swallowed(more) {
			err = errOpenQuote
		}
		if err != nil {
			t.lines.unread(more)
			return nil, 0, &RowError{first.number, err.Error()}
		}
		return fields, first.number, nil
	}
}

var (
	errOpenQuote = errors.New("a quote is opened and not closed")
	tooLong      = fmt.Sprintf("longer than %d KiB", maxRecord>>10)
)

// rest adds lines to the first one while a quoted field is open.
func (t *table) rest(first line) (text string, more []line, err error) {
	text = first.text
	for strings.Count(text, `"`)%2 == 1 {
		next, err := t.lines.next()
		if err == io.EOF {
			return text, more, nil
		}
		if err != nil {
			return "", nil, err
		}
		more = append(more, next)
		if next.long || len(text)+len(next.text) > maxRecord {
			return text, more, nil
		}
		text += "\n" + next.text
	}
	return text, more, nil
}

// parse reads exactly one record.
func (t *table) parse(text string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	fields, err := r.Read()
	switch {
	case err != nil && strings.Count(text, `"`)%2 == 1:
		return nil, errOpenQuote
	case err != nil || r.InputOffset() != int64(len(text)):
		return nil, errors.New("a quote stands within a field: put the field in quotes and double the ones inside")
	case t.header != nil && len(fields) != len(t.header):
		return nil, fmt.Errorf("%d fields where the header has %d", len(fields), len(t.header))
	}
	return fields, nil
}

// swallowed reports whether a line that a quoted field runs over is a whole
// record by itself: then the quote was never meant to run so far.
func (t *table) swallowed(more []line) bool {
	if len(t.header) < 2 {
		return false
	}
	for _, l := range more {
		if _, err := t.parse(l.text); err == nil {
			return true
		}
	}
	return false
}
