package acts

import (
	"fmt"

	"aviso/gateway"
)

// What an agent looks at is an act as well: it changes nothing, uses up the
// agent's share, and stays on the agent's chain. Whoever copies the roster leaves
// a line for each look at it.

// LookUp opens a person's card.
type LookUp struct{ Profile gateway.ID }

func (LookUp) name() string { return "looked" }

func (l LookUp) scope(s *gateway.Scope) { s.Profile = l.Profile }

func (l LookUp) do(d *Acting) error {
	if d.View.Subject == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Who = l.Profile
	return nil
}

// OpenAlert opens an alert's page. The alert is not read and not touched, so that
// nobody who looks is in the way of what happens to it; zero: there is none.
type OpenAlert struct{ Alert gateway.ID }

func (OpenAlert) name() string { return "alert-opened" }

func (OpenAlert) scope(*gateway.Scope) {}

func (o OpenAlert) do(d *Acting) error {
	if o.Alert.IsZero() {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Alert = o.Alert
	return nil
}

// Search is a search for people that was made, with what it came to.
type Search struct {
	Mark  string // of what was searched for: a keyed hash, and no word of it
	Shown int    // people who were listed
	Found int    // people who were found, as far as they are counted
	Many  bool   // there are more than that: nobody means them all
}

func (s Search) name() string {
	if s.Many {
		return "searched-widely"
	}
	return "searched"
}

func (Search) scope(*gateway.Scope) {}

func (Search) do(*Acting) error { return nil }

// cameTo is what the search came to, a word each: an export is read by programs.
func (s Search) cameTo() string {
	more := ""
	if s.Many {
		more = "+"
	}
	return fmt.Sprintf("shown:%d found:%d%s search:%s", s.Shown, s.Found, more, s.Mark)
}

// ReadArchive looks through alerts that have ended, a page at a time, or takes them
// out of the console as a file.
type ReadArchive struct {
	Shown int  // how many are listed
	Found int  // how many there are
	File  bool // they are taken as a file
}

func (a ReadArchive) name() string {
	if a.File {
		return "archive-taken"
	}
	return "archive-read"
}

func (ReadArchive) scope(*gateway.Scope) {}

func (ReadArchive) admin() {}

func (ReadArchive) do(*Acting) error { return nil }

// cameTo is what was shown, as of a search.
func (a ReadArchive) cameTo() string { return fmt.Sprintf("shown:%d found:%d", a.Shown, a.Found) }

// UsedShare says that an agent asked for more than their share, and was refused
// what was beyond it.
type UsedShare struct{}

func (UsedShare) name() string { return "share-used" }

func (UsedShare) scope(*gateway.Scope) {}

func (UsedShare) do(*Acting) error { return nil }
