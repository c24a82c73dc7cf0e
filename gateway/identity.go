package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Identity is a number or code, and PINs, that may say who somebody is.
type Identity struct {
	Phones []Phone
	Codes  []Code
	Pins   []string
}

// Named reports whether somebody is named, by number or code.
func (i *Identity) Named() bool { return len(i.Phones)+len(i.Codes) > 0 }

// Complete reports whether a PIN is given as well.
func (i *Identity) Complete() bool { return i.Named() && len(i.Pins) > 0 }

// Identity is what a text says of who somebody is. Digits that are part of a
// place are no PIN.
func (t *Text) Identity() Identity {
	i := Identity{Phones: t.Mention.phones, Codes: t.Mention.codes}
	for _, digits := range t.Mention.pins {
		n := &t.Numbers
		at := slices.IndexFunc(n.Pins, func(p PinNumber) bool { return p.Digits == digits })
		if n.likelihood(&n.Pins[at]) > 0 || n.OnlyPIN() == digits {
			i.Pins = append(i.Pins, digits)
		}
	}
	return i
}

// Identity is what the answers to a question for number and PIN have said.
func (q *Question) Identity() Identity {
	var i Identity
	for _, phone := range strings.Fields(q.Args["phones"]) {
		i.Phones = append(i.Phones, Phone(phone))
	}
	for _, code := range strings.Fields(q.Args["codes"]) {
		i.Codes = append(i.Codes, Code(code))
	}
	i.Pins = strings.Fields(q.Args["pins"])
	return i
}

// With is what was said before and what is said now, which goes first.
func (i Identity) With(now Identity) Identity {
	if now.Named() {
		i.Phones, i.Codes = now.Phones, now.Codes
	}
	if len(now.Pins) > 0 {
		i.Pins = now.Pins
	}
	return i
}

// Identify sees whether a text says who somebody is, by itself or as the answer
// to our question, and reports whether the view has to be read anew with
// whoever that may be.
func (t *Text) Identify(view *View, now time.Time) bool {
	if t.Who != nil || t.Parsed.Command() && t.Parsed.Intent != keyword.Raise && t.Parsed.Intent != keyword.Move {
		return false
	}
	who := t.Identity()
	switch q, _ := view.Question(now); {
	case q != nil && q.Kind == QuestionMove && t.Moves(view, now):
		who = q.Identity().With(who)
	case q != nil && q.Kind == QuestionWho && t.Machine != AnEcho && t.Machine != AReply:
		who = q.Identity().With(who)
	case view.Own != nil, t.Machine == AnEcho, q != nil && q.Kind == QuestionRegister:
		return false
	}
	if !who.Complete() || t.over() {
		return false
	}
	t.Who, t.Moving = &who, t.Moves(view, now)
	seen := t.Mention.phones
	return t.Parsed.Intent != keyword.Raise && t.Parsed.Intent != keyword.Panic ||
		!slices.Equal(seen, who.Phones) || !slices.Equal(t.Mention.codes, who.Codes)
}

// over reports whether a text says beside its numbers that what happened has
// ended.
func (t *Text) over() bool {
	words := t.Numbers.Without(func(*PinNumber) bool { return true }, func(*Person) bool { return true })
	if words == "" || t.Parsed.Intent == keyword.Raise || t.Parsed.Intent == keyword.Panic {
		return false
	}
	read := prose.Read(words)
	r, _ := read.Own()
	return r == prose.Over
}

// OnlyNumber reports whether a text is a person's number or code, and nothing
// else.
func (t *Text) OnlyNumber() bool {
	return len(t.Numbers.people) > 0 && len(t.Numbers.Pins) == 0 && t.Numbers.OnlyIdentity()
}

// CriesToo reports whether a text that shows that somebody read an alert cries
// out as well, with another word than that: "aqui tambien hay redada, ayuda".
func (t *Text) CriesToo() bool {
	return t.Parsed.Intent == keyword.Panic && t.Parsed.Word != "ALERTA" && t.Parsed.Word != "ALERT"
}

// Names are the words before an alert that is spoken of.
var Names = Set("LA", "LAS", "SU", "SUS", "UNA", "ESA", "ESTA", "MI", "DE", "THE", "AN", "A", "THIS", "THAT", "YOUR", "HIS", "HER")
