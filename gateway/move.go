package gateway

import (
	"bytes"
	"slices"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// NUEVO NUMERO moves a person to the phone that it is written from, with their
// number or code and their PIN. The phone that they had is told, without the new
// number, and for MoveUndo puts everything back as it was by NO FUI YO. Until
// then it raises, too, and changes nothing; then it is nobody's.

const (
	// MoveUndo is how long the phone that somebody moved from can undo it.
	MoveUndo = 72 * time.Hour
)

// Moved is what is kept of a move: while it can be undone, and after it was.
type Moved struct {
	From   Phone     `json:"from,omitempty"` // E.164; "": it cannot be undone any more
	At     time.Time `json:"at,omitzero"`
	Before *Profile  `json:"before,omitempty"` // as they were
	Told   bool      `json:"told,omitempty"`   // their contacts were told of the new number

	// Locked is the hash of the PIN with which nobody moves any more, since a move
	// was undone. Another one lifts that, from an agent, a file or their own phone.
	Locked []byte `json:"locked,omitempty"`
}

// Pending reports whether the phone that was left can still undo the move.
func (m *Moved) Pending(now time.Time) bool {
	return m != nil && m.From != "" && Age(now, m.At) < MoveUndo
}

// Bars reports whether somebody cannot be moved with this PIN.
func (m *Moved) Bars(pin PIN) bool {
	return m != nil && len(m.Locked) > 0 && bytes.Equal(m.Locked, pin.Hash)
}

// holding is how the phone that the event comes from came to be View.Own's.
type holding int

const (
	Registered holding = iota
	MovedFrom          // they moved from it, and it can undo that
	looksMoved         // they look moved to it (decoy.go)
)

// StandIn lets a phone stand for who moved from it lately, or looks moved to it.
func (v *View) StandIn(now time.Time) {
	switch f, g := v.Former, v.Conversation.DecoyGuest; {
	case v.Own != nil:
	case f != nil && f.Moved.Pending(now):
		v.Own, v.OwnStanding = f, MovedFrom
	case g != nil && v.Guest != nil:
		v.Own, v.OwnStanding = v.Guest, looksMoved
	}
}

// Moves reports whether a text is NUEVO NUMERO, or what it was asked for.
func (t *Text) Moves(v *View, now time.Time) bool {
	if t.Parsed.Intent == keyword.Move {
		return true
	}
	q, _ := v.Question(now)
	return q != nil && q.Kind == QuestionMove && t.Parsed.Intent != keyword.Raise && t.Parsed.Intent != keyword.Panic && !t.Parsed.Command()
}

// hearMove takes a text for NUEVO NUMERO that says in its own words that its writer
// has another number now, and gives a number or code and a PIN. It would raise an
// alert otherwise, as from a borrowed phone.
func (t *Text) hearMove() {
	if who := t.Identity(); t.Parsed.Intent != keyword.Unknown || !who.Complete() || t.Cry() >= prose.Possible {
		return
	}
	if topic, rule := t.Own().Topic(); rule == "new-number" || topic == "register" && rule == "pin" && t.NamesNumber() {
		t.Parsed.Intent, t.Parsed.Match, t.Parsed.Word = keyword.Move, keyword.Near, "NUEVO NUMERO"
	}
}

// NamesNumber reports whether a text that speaks of a change speaks of a telephone.
func (t *Text) NamesNumber() bool {
	return slices.ContainsFunc(keyword.Tokens(t.Body), func(word string) bool {
		switch word {
		case "NUMERO", "TELEFONO", "CELULAR", "CEL", "CHIP", "NUMBER", "PHONE":
			return true
		}
		return false
	})
}
