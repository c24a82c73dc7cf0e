// Package roster reads and writes the operator's files: people with their
// contacts, as JSON Lines or CSV, and the consulates' desks, as CSV.
//
// Profiles as JSON Lines are one object a line:
//
//	{"phone":"+13125550101","code":"","name":"Juan Perez","language":"es",
//	 "language_note":"","zip":"60608","pin":"4821","duress_pin":"9917",
//	 "consulate_consent":true,"callback":false,"contacts":[{"phone":
//	 "+523312345678","name":"Maria","relation":"hermana","language":"es",
//	 "message":"","wording":"plain","accepted":true}]}
//
// As CSV they are a header and one record a person, with the contacts' members
// as contact1_phone, contact1_name and so on. Columns and members are found by
// name, in any order; one that is absent counts as empty. An unknown one is
// refused: left out in silence, a misspelt consulate_consent would be a no.
//
// Nothing that is read here is repeated in an error: errors name the line and
// the column, never what stands there.
package roster

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"aviso/gateway"
)

// Limits of what a file may say of one person. MaxMessage is the contract's;
// MaxContacts keeps one alert from becoming a broadcast; the others keep a
// notice within a few segments.
const (
	MaxContacts = 6
	MaxMessage  = 140 // characters of a contact's message
	maxName     = 100 // characters of a name or a note
	maxLanguage = 35  // characters of a language tag (RFC 5646, 4.4.1)

	// maxRecord bounds what one person takes in a file, in bytes: about ten
	// times a full one. It keeps a file without line ends out of memory.
	maxRecord = 64 << 10
)

// Format is how a file of profiles is written.
type Format string

const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// Options are what reading depends on besides the file.
type Options struct {
	// Fresh makes the contacts' ids; its Now stamps consents on paper.
	Fresh gateway.Fresh

	// Countries are the ISO 3166 codes in which contacts are served; empty
	// allows all. A person's own phone may be of any country.
	Countries []string
}

// Row is one person of a file, checked.
type Row struct {
	// Profile lacks an id, a version and PIN hashes. Its code is empty where
	// the file gives none. Accepted contacts and consent to consular notice
	// are recorded as given on paper.
	Profile gateway.Profile

	PIN       string // 4 to 8 digits, to be hashed; empty: as it is
	DuressPIN string

	Line  int      // where the row begins, counted from 1; a CSV's header is line 1
	Notes []string // what was read with a doubt, by column
}

// RowError is why one row is refused. The rows around it are good.
type RowError struct {
	Line   int    // where the row begins, counted from 1
	Reason string // names the columns, never what stands in them
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// FileError is why nothing of a file, or nothing more of it, can be read.
type FileError struct{ Reason string }

func (e *FileError) Error() string { return e.Reason }

// Profiles reads a file of people. It yields each row or why it is refused
// (*RowError), in the file's order; after any other error, a *FileError or
// what r failed with, nothing more. Duplicates within the file are refused,
// the first one stands.
func Profiles(r io.Reader, format Format, o Options) iter.Seq2[Row, error] {
	var source interface {
		next() (raw, error) // io.EOF at the end
	}
	switch format {
	case CSV:
		source = &csvProfiles{table: newTable(r)}
	case JSONLines:
		source = &jsonProfiles{lines: newLines(r)}
	default:
		return func(yield func(Row, error) bool) {
			yield(Row{}, &FileError{"unknown format of profiles: want .csv or .jsonl"})
		}
	}
	return func(yield func(Row, error) bool) {
		seen := duplicates{phones: map[gateway.Phone]int{}, codes: map[gateway.Code]int{}}
		for {
			raw, err := source.next()
			if err == io.EOF {
				return
			}
			var row Row
			if err == nil {
				row, err = check(raw, o)
			}
			if err == nil {
				err = seen.check(row)
			}
			var refused *RowError
			if !yield(row, err) || err != nil && !errors.As(err, &refused) {
				return
			}
		}
	}
}

// duplicates remembers on which lines phones and codes were seen.
type duplicates struct {
	phones map[gateway.Phone]int
	codes  map[gateway.Code]int
}

func (d *duplicates) check(row Row) error {
	if line, ok := d.phones[row.Profile.Phone]; ok {
		return &RowError{row.Line, fmt.Sprintf("phone: the same as on line %d", line)}
	}
	if line, ok := d.codes[row.Profile.Code]; ok {
		return &RowError{row.Line, fmt.Sprintf("code: the same as on line %d", line)}
	}
	d.phones[row.Profile.Phone] = row.Line
	if row.Profile.Code != "" {
		d.codes[row.Profile.Code] = row.Line
	}
	return nil
}
