package roster

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"aviso/gateway"
	"aviso/gateway/sheet"
)

// Limits of what a file may say of one person. MaxMessage is the contract's;
// MaxContacts keeps one alert from becoming a broadcast; the others keep a
// notice within a few segments.
const (
	MaxContacts = 6
	MaxMessage  = 140 // characters of a contact's message
	maxName     = 100 // characters of a name or a note
)

// Format is how a file of profiles is written.
type Format string

const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// Options are what reading depends on besides the file.
type Options struct {
	// Now stamps consents on paper.
	Now time.Time

	// Countries are the ISO 3166 codes in which contacts are served; empty
	// allows all. A person's own phone may be of any country.
	Countries []string

	// Country is "US" or "MX", of ten digits without a country that may be of
	// either; "": they are refused. A row's own column goes first.
	Country string

	// Nobodys reports whether a number, as written, can be nobody's contact and no
	// desk (gateway.Rules.NobodysNumber); nil: there are no lines of ours.
	Nobodys func(written string) bool

	// Note is told what whoever saved the file should know of it, each thing
	// once; nil: nobody is.
	Note func(string)

	// Directory knows which ZIPs, area codes and consulates exist.
	Directory *gateway.Directory
}

// Row is one person of a file, checked. What becomes of it depends on what is
// known of them already: see Onto.
type Row struct {
	// Profile lacks an id, a version and PIN hashes, and its contacts lack ids.
	// Its code is empty where the file gives none. Accepted contacts and consents
	// are recorded as given on paper.
	Profile gateway.Profile

	PIN       string // 4 to 8 digits, to be hashed; empty: as it is
	DuressPIN string

	Line  int    // where the row begins, counted from 1; a CSV's header is line 1
	Notes []Note // what was read with a doubt

	has          columns
	saysContacts bool         // the file has columns of contacts
	contacts     []contactRow // of Profile.Contacts
}

// contactRow is where a contact stands in a row, from 0, and which columns the
// row has of it.
type contactRow struct {
	n   int
	has columns
}

// RowError is why one row is refused. The rows around it are good.
type RowError = sheet.RowError

// FileError is why nothing of a file, or nothing more of it, can be read.
type FileError = sheet.FileError

// Profiles reads a file of people. It yields each row or why it is refused
// (*RowError), in the file's order; after any other error, a *FileError or
// what r failed with, nothing more. Duplicates within the file are refused,
// the first one stands.
func Profiles(r io.Reader, format Format, o Options) iter.Seq2[Row, error] {
	var next func() (record, error)
	switch format {
	case CSV:
		next = newCSVProfiles(r, o.Note).next
	case JSONLines:
		next = (&jsonProfiles{lines: sheet.NewLines(r, o.Note)}).next
	default:
		return func(yield func(Row, error) bool) {
			yield(Row{}, &FileError{Reason: "unknown format of profiles: want .csv or .jsonl"})
		}
	}
	return func(yield func(Row, error) bool) {
		seen := duplicates{phones: map[gateway.Phone]int{}, codes: map[gateway.Code]int{}}
		for {
			records, end := readSome(next)
			for _, c := range checkAll(records, o) {
				if c.err == nil {
					c.err = seen.check(c.row)
				}
				if !yield(c.row, c.err) {
					return
				}
			}
			if end == io.EOF {
				return
			}
			if end != nil {
				yield(Row{}, end)
				return
			}
		}
	}
}

// record is one person as they stand in a file. Making fields of it may fail
// with *RowError.
type record func() (raw, error)

// atOnce is how many records are read before they are checked, on all cores:
// checking one, its phones above all, takes ten times as long as reading it.
const atOnce = 256

// readSome reads up to atOnce records. Whatever ends the file stands behind
// them: io.EOF at its end, else what makes the rest unreadable.
func readSome(next func() (record, error)) (some []record, end error) {
	for len(some) < atOnce {
		one, err := next()
		var refused *RowError
		switch {
		case errors.As(err, &refused):
			one = func() (raw, error) { return raw{}, refused }
		case err != nil:
			return some, err
		}
		some = append(some, one)
	}
	return some, nil
}

// checked is a record that was made a person, or why it was not.
type checked struct {
	row Row
	err error
}

// checkAll checks records on all cores, and returns them in their order.
func checkAll(records []record, o Options) []checked {
	list := make([]checked, len(records))
	var all sync.WaitGroup
	var taken atomic.Int64
	for range min(len(records), runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(taken.Add(1)) - 1; i < len(records); i = int(taken.Add(1)) - 1 {
				fields, err := records[i]()
				if err == nil {
					list[i].row, err = check(fields, o)
				}
				list[i].err = err
			}
		})
	}
	all.Wait()
	return list
}

// duplicates remembers on which lines phones and codes were seen.
type duplicates struct {
	phones map[gateway.Phone]int
	codes  map[gateway.Code]int
}

func (d *duplicates) check(row Row) error {
	if line, ok := d.phones[row.Profile.Phone]; ok {
		return &RowError{Line: row.Line, Reason: fmt.Sprintf("phone: the same as on line %d", line)}
	}
	if line, ok := d.codes[row.Profile.Code]; ok {
		return &RowError{Line: row.Line, Reason: fmt.Sprintf("code: the same as on line %d", line)}
	}
	d.phones[row.Profile.Phone] = row.Line
	if row.Profile.Code != "" {
		d.codes[row.Profile.Code] = row.Line
	}
	return nil
}
