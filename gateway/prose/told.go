package prose

import "sync"

// Reading is what somebody means to whom we speak of an alert.
type Reading string

// The readings of a text from a contact, from the person, from a desk.
const (
	Confirms Reading = "confirm"  // has read the alert
	News     Reading = "news"     // has read it, and knows something
	Asks     Reading = "question" // asks something back
	Refuses  Reading = "refuse"   // does not want to be told
	WrongOne Reading = "wrong"    // is somebody else
	Stops    Reading = "stop"     // no more texts
	Over     Reading = "over"     // it has ended
	Cries    Reading = "cry"      // needs help themselves
	Robot    Reading = "robot"
	More     Reading = "more"   // words to pass on
	Status   Reading = "status" // asks who knows
	Again    Reading = "again"  // cries once more
	Talk     Reading = "talk"   // thanks, a greeting
	Received Reading = "received"
	Located  Reading = "located"
	Closes   Reading = "close"
	Unsure   Reading = "unclear"
)

var toldRules = sync.OnceValue(func() []rule { return ruleset("told") })

// Told reads a text of a contact who was told of an alert.
func (t *Text) Told() (Reading, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Robot, rule
	}
	if r := first(toldRules(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.question() {
		return Asks, "question"
	}
	if len(t.words) >= 4 {
		return News, "sentence"
	}
	return Unsure, ""
}

// question reports whether a text asks something.
func (t *Text) question() bool {
	l := words()
	return t.asks() || len(t.words) > 0 && t.words[0].classes&l.class("quest") != 0
}

var ownRules = sync.OnceValue(func() []rule { return ruleset("own") })

// Own reads a text of the person whose alert is open.
func (t *Text) Own() (Reading, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Robot, rule
	}
	if r := first(ownRules(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.question() && len(t.words) < 7 {
		return Status, "question"
	}
	return More, "words"
}

var deskRules = sync.OnceValue(func() []rule { return ruleset("desk") })

// Desk reads a text of a consulate's desk.
func (t *Text) Desk() (Reading, string) {
	if kind, rule := t.Machine(); kind != "" && kind != "chain" {
		return Robot, rule
	}
	if r := first(deskRules(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.question() {
		return Asks, "question"
	}
	return Unsure, ""
}
