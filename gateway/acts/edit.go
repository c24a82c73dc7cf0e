package acts

import (
	"maps"
	"slices"
)

// Two agents may have one person's data open, and a page may be an hour old when
// it is sent. So a form says what it showed as well: a field that was not touched
// changes nothing, and one that somebody else has changed meanwhile is not
// written over, but put before the agent with both values.

// Edits are the fields of a form that was sent, by name. A field that is missing
// was not touched.
type Edits struct {
	// Seen is the sequence number of what the form showed. It decides for fields
	// of which the form does not say what it showed. 0: what is sent is certain.
	Seen   int64
	Fields map[string]Edit
}

// Edit is one field.
type Edit struct {
	Is    string
	Was   string // as the form showed it
	Known bool   // Was is

	// Chosen says that the control begins with no choice, so that whatever it
	// says was chosen, also what was shown.
	Chosen bool
}

// Conflict says that an act would write over what somebody else has changed since
// the form was shown. Nothing is committed.
type Conflict struct{ Clashes []Clash }

// Clash is one field with both values.
type Clash struct{ Field, Now, Typed string }

func (c *Conflict) Error() string { return "somebody else has changed " + c.Clashes[0].Field }

// apply changes those of the fields, by name, that were touched, and names them.
// seq is the sequence number of what they are of.
func (e Edits) apply(seq int64, fields map[string]*string) (touched map[string]bool, err error) {
	touched = map[string]bool{}
	var clashes []Clash
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		edit, sent := e.Fields[name]
		now := fields[name]
		switch {
		case !sent, edit.Known && edit.Is == edit.Was && !edit.Chosen, edit.Is == *now:
		case edit.Known && edit.Was == *now, !edit.Known && (e.Seen == 0 || e.Seen == seq):
			*now, touched[name] = edit.Is, true
		default:
			clashes = append(clashes, Clash{name, *now, edit.Is})
		}
	}
	if len(clashes) > 0 {
		return nil, &Conflict{clashes}
	}
	return touched, nil
}
