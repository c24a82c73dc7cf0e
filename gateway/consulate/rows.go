package consulate

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"aviso/gateway/sheet"
)

// A DataError names everything that is wrong with a data set.
type DataError struct{ Rows []RowError }

// Error has a line for each.
func (e *DataError) Error() string {
	lines := make([]string, len(e.Rows))
	for i, r := range e.Rows {
		lines[i] = r.String()
	}
	return strings.Join(lines, "\n")
}

// A RowError is one thing that is wrong. Line counts from 1, the header's; 0
// stands for the file as a whole.
type RowError struct {
	File   string
	Line   int
	Reason string
}

func (r RowError) String() string {
	if r.Line == 0 {
		return r.File + ": " + r.Reason
	}
	return fmt.Sprintf("%s: line %d: %s", r.File, r.Line, r.Reason)
}

// maxProblems ends the reading of a file that is not what it should be at all.
// A spreadsheet that dropped the leading zeros breaks 3,000 rows, each named.
const maxProblems = 10_000

// input reads a data set and gathers what is wrong with it.
type input struct {
	open     func(name string) (io.ReadCloser, error)
	note     func(string)    // is told what whoever saved a file should know of it
	asOf     string          // the newest date of a row
	ids      map[string]bool // of consulates
	problems []RowError
	fatal    bool // a file cannot be used, beyond single rows
}

func (in *input) err() error {
	if len(in.problems) == 0 {
		return nil
	}
	return &DataError{in.problems}
}

func (in *input) problem(file string, line int, reason string) {
	in.problems = append(in.problems, RowError{file, line, reason})
}

func (in *input) broken(file, reason string) {
	in.fatal = true
	in.problem(file, 0, reason)
}

// fields are the values of one row by the name of their column, without the
// blanks around them.
type fields map[string]string

// rows hands every row of a file to read, whose error is what is wrong with
// it. It says whether the file was there; an absent one is a problem only if
// it is required.
func (in *input) rows(file string, required bool, columns []string, read func(fields) error) bool {
	f, err := in.open(file)
	if errors.Is(err, fs.ErrNotExist) {
		if required {
			in.broken(file, "the file is missing")
		}
		return false
	}
	if err != nil {
		in.broken(file, "cannot be opened: "+err.Error())
		return true
	}
	defer f.Close()

	capped := &io.LimitedReader{R: f, N: maxFile + 1}
	table := sheet.NewTable(capped, func(text string) { in.note(file + ": " + text) })
	if err := table.ReadHeader(); err != nil {
		in.broken(file, "has no header: "+err.Error())
		return true
	}
	at := map[string]int{}
	for i, name := range table.Header {
		at[name] = i
	}
	complete := true
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			in.broken(file, fmt.Sprintf("the column %s is missing", name))
			complete = false
		}
	}
	if !complete {
		return true
	}

	row := fields{}
	for {
		record, line, err := table.Next()
		var refused *sheet.RowError
		switch {
		case capped.N == 0:
			in.broken(file, fmt.Sprintf("is larger than %d MiB", maxFile>>20))
			return true
		case err == io.EOF:
			return true
		case len(in.problems) >= maxProblems:
			in.broken(file, "not read further: too many rows are broken")
			return true
		case errors.As(err, &refused):
			in.problem(file, refused.Line, refused.Reason)
			continue
		case err != nil:
			in.broken(file, "cannot be read: "+err.Error())
			return true
		}
		if err := cleaned(record, at, columns, row); err != nil {
			in.problem(file, line, err.Error())
			continue
		}
		if err := read(row); err != nil {
			in.problem(file, line, err.Error())
		}
	}
}

// prose are the columns that people read: their signs are kept.
var prose = []string{"name", "city", "street_address"}

// cleaned fills row with the columns that are read.
func cleaned(record []string, at map[string]int, columns []string, row fields) error {
	for _, name := range columns {
		v := sheet.Text(record[at[name]])
		if !slices.Contains(prose, name) {
			v = sheet.Plain(v)
		}
		switch {
		case strings.ContainsRune(v, unicode.ReplacementChar):
			return fmt.Errorf("%s has lost a letter", name)
		case strings.ContainsFunc(v, unicode.IsControl):
			return fmt.Errorf("%s holds a line break or another control character", name)
		case len(v) > maxString:
			return fmt.Errorf("%s is longer than %d bytes", name, maxString)
		}
		row[name] = v
	}
	return nil
}
