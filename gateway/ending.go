package gateway

import (
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// whileOpen is what a text's own words mean from a phone on which an alert of its
// person, or one that was raised from it, is open or ended lately; "" where there
// is none.
func (t *Text) whileOpen(view *View) prose.Reading {
	sight := view.Sees(t.From)
	if sight.Nobody() || !t.Free() || view.KeptOwn() != nil { // to which it is added
		return ""
	}
	last := view.Conversation.LastEnd
	for _, p := range view.Callers() {
		if sight.OpenCase(p.ID) != nil || last != nil && last.Profile == p.ID {
			reading, _ := t.Own().Own()
			return reading
		}
	}
	return ""
}

// OfCheckIn is what a text says in its own words of the check-in that is pending
// for the phone's owner; "" where none is, an alert of theirs is open, or we have
// asked something else.
func (t *Text) OfCheckIn(view *View) prose.Reading {
	sight := view.Sees(t.From)
	c := sight.CheckIn()
	if c == nil || c.Timer.IsZero() || view.Own == nil || sight.OpenCase(view.Own.ID) != nil ||
		view.Conversation.Question != nil || !t.Free() || t.Cry() >= prose.Likely {
		return ""
	}
	reading, _ := t.Own().CheckIn()
	return reading
}

// EndsBeside reports whether a text says beside its PIN that the alert is over:
// "libre 4821".
func (t *Text) EndsBeside() bool {
	words := prose.Read(t.Numbers.Without(func(*PinNumber) bool { return true }, func(*Person) bool { return false }))
	reading, _ := words.Own()
	return reading == prose.Over
}

// ending is how somebody says that an alert is over, as the word that goes with
// BIEN and the PIN.
type ending string

// Endings are the rules of package prose that say how it ended.
var Endings = map[string]ending{
	"let-go": "LIBRE", "free": "LIBRE", "deported": "DEPORTADO",
	"error": "ERROR", "false": "ERROR", "pressed": "ERROR", "touched": "ERROR", "testing": "ERROR", "child": "ERROR", "not-migra": "ERROR", "others": "ERROR",
}

// Reason is that of the closed alert.
func (e ending) Reason() string {
	t := Text{Parsed: keyword.Parsed{Rest: string(e)}}
	return t.Ending()
}
