// Package sheet reads tables as spreadsheets, programs and people save them: in
// UTF-8, UTF-16 or Windows-1252, with any line ends, with commas, semicolons or
// tabs, with the invisible and typographic characters that come along by copy
// and paste. It knows nothing of what the columns mean.
//
// Nothing that stands in a file is repeated in an error.
package sheet

import "fmt"

// RowError is why one row is refused. The rows around it are good.
type RowError struct {
	Line   int    // where the row begins, counted from 1 as an editor does
	Reason string // names the columns, never what stands in them
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// FileError is why nothing of a file, or nothing more of it, can be read.
type FileError struct{ Reason string }

func (e *FileError) Error() string { return e.Reason }
