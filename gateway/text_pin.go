package gateway

import (
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Offer is what may be a PIN, and whose.
type Offer struct {
	Digits string
	Of     []*Profile
}

// NumbersAreWords reports whether a number in a text that is no PIN is taken for
// a word, and not for a wrong PIN: in an ALERTA, and in what somebody writes
// while theirs is open.
func (t *Text) NumbersAreWords(view *View) bool {
	switch t.Parsed.Intent {
	case keyword.Raise, keyword.Panic:
		return true
	}
	if t.Who != nil && !t.Moving { // it raises
		return true
	}
	return t.AddsWords(view)
}

// AddsWords reports whether a text goes on as words of an open alert, a number
// in it too.
func (t *Text) AddsWords(view *View) bool {
	reading := t.whileOpen(view)
	return (reading == prose.More || reading == prose.Again) && t.Parsed.Intent != keyword.Panic && t.Who == nil && t.Numbers.OnlyPIN() == ""
}

// Offers are the numbers of a text that are tried as a PIN.
func (t *Text) Offers(view *View) []Offer {
	if t.Who != nil {
		return offersOf(t.Who.Pins, pointers(view.Named))
	}
	named := len(t.Mention.phones)+len(t.Mention.codes) > 0 && len(t.Mention.pins) > 0
	switch t.Parsed.Intent {
	case keyword.Raise, keyword.Panic:
		switch {
		case named:
			return offersOf(t.Mention.pins, pointers(view.Named))
		case view.Own != nil: // a PIN that was typed out of habit must not reach the family
			return offersOf(t.Mention.pins, []*Profile{view.Own})
		}
	case keyword.Move: // with a PIN that came before its number as t.who
		if named && (view.Own == nil || view.Sees(t.From).LooksMoved()) {
			return offersOf(t.Mention.pins, pointers(view.Named))
		}
		return nil
	case keyword.Cancel, keyword.Status:
		if named && len(view.Named) > 0 {
			return offersOf(t.Mention.pins, pointers(view.Named))
		}
		return offersOf(t.Mention.pins, view.Callers())
	case keyword.Arrived, keyword.Data, keyword.Name, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase, keyword.Consulate:
		if p := t.CommandPIN(); p != nil && view.Owner() != nil {
			return offersOf([]string{p.Digits}, view.Callers())
		}
	}
	if q := view.Conversation.Question; q != nil && q.Kind == QuestionPIN && !t.Parsed.Command() {
		if digits := t.Numbers.OnlyPIN(); digits != "" {
			return offersOf([]string{digits}, view.Callers())
		}
	}
	if reading := t.OfCheckIn(view); reading == prose.Arrived || reading == prose.GoesNot {
		if digits := t.Numbers.SurePIN(view.Directory); digits != "" {
			return offersOf([]string{digits}, view.Callers())
		}
		return nil
	}
	if reading := t.whileOpen(view); reading != "" {
		pins := t.Mention.pins
		if only := t.Numbers.OnlyPIN(); only != "" {
			pins = []string{only}
		}
		return offersOf(pins, view.Callers())
	}
	return nil
}

func offersOf(pins []string, of []*Profile) []Offer {
	offers := make([]Offer, len(pins))
	for i, p := range pins {
		offers[i] = Offer{p, of}
	}
	return offers
}

// NewPIN is the PIN in the answer to a question for a new one; "" where the text
// is anything else, and where q asks for none. While a second PIN is asked for,
// somebody may write about something else: then it stands alone.
func (t *Text) NewPIN(q *Question) string {
	switch {
	case q == nil || t.Parsed.Command():
		return ""
	case t.MendsPIN(q):
		return t.Numbers.chosenPIN()
	case !q.WantsNewPIN():
		return ""
	case q.Kind == QuestionDuress:
		return t.Numbers.OnlyPIN()
	}
	if !t.Numbers.choosesPIN() {
		return ""
	}
	return t.Numbers.chosenPIN()
}

// TakesPIN reports whether a text is a command that takes a PIN.
func (t *Text) TakesPIN() bool {
	switch t.Parsed.Intent {
	case keyword.Cancel, keyword.Status, keyword.Arrived, keyword.Data, keyword.Name, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase, keyword.Consulate, keyword.Move:
		return true
	}
	return false
}

// CommandPIN is the PIN of a command that takes one, which may take other
// numbers too: "ZIP 60608 4821". A lone ZIP or the end of a phone is none.
func (t *Text) CommandPIN() *PinNumber {
	n := &t.Numbers
	var found *PinNumber
	for i := range n.Pins {
		p := &n.Pins[i]
		if p.Labelled {
			return p
		}
		zip := t.Parsed.Intent == keyword.ZIP || t.Parsed.Intent == keyword.Consulate
		if found != nil && found.to >= p.to {
			continue // a part of it
		}
		if found == nil || !zip || len(p.Digits) != 5 || len(found.Digits) == 5 {
			found = p
		}
	}
	if zip := t.Parsed.Intent == keyword.ZIP || t.Parsed.Intent == keyword.Consulate; found != nil && zip && len(found.Digits) == len("60608") && found.to-found.from == len(n.groups) {
		return nil // the only number, whatever the words: "mi nuevo zip es 60629"
	}
	takes := t.Parsed.Intent == keyword.ZIP || t.Parsed.Intent == keyword.Consulate || t.Parsed.Intent == keyword.Remove
	if found != nil && takes && found.to-found.from == len(n.words) && (t.Parsed.Intent != keyword.ZIP || len(found.Digits) == len("60608")) { // "ZIP 4821" is a PIN
		return nil
	}
	return found
}

// WithoutPIN is what a command says beside its PIN.
func (t *Text) WithoutPIN() string {
	found := t.CommandPIN()
	said := t.Numbers.Without(func(p *PinNumber) bool { return p == found }, func(*Person) bool { return false })
	words := keyword.Words(said)
	from, to := 0, len(words)
	for from < to && courtesies[words[from].Text] {
		from++
	}
	for to > from && courtesies[words[to-1].Text] {
		to--
	}
	if from == to {
		return ""
	}
	start, end := words[from].Start, len(said)
	if from == 0 {
		start = 0
	}
	if to < len(words) {
		end = words[to-1].End
	}
	return strings.TrimRight(said[start:end], " ,.;:!?-")
}

var courtesies = Set("POR", "FAVOR", "PORFAVOR", "PORFA", "GRACIAS", "MUCHAS", "PLEASE", "THANKS")

// Callers are the people whose PIN this phone may give: its owner, and those
// for whom an alert was raised from it.
func (v *View) Callers() []*Profile {
	if owner := v.Owner(); owner != nil { // only the real PIN shows one again who looks erased
		return []*Profile{owner}
	}
	var list []*Profile
	for _, id := range v.Conversation.Raised {
		c := v.Case(id)
		if c == nil || c.Alert.Profile.IsZero() {
			continue
		}
		for i := range v.Raisers {
			if v.Raisers[i].ID == c.Alert.Profile {
				list = append(list, &v.Raisers[i])
			}
		}
	}
	return list
}

func pointers(list []Profile) []*Profile {
	out := make([]*Profile, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
