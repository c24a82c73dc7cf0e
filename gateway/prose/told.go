package prose

import (
	"strings"
	"sync"
)

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
	Accepts  Reading = "accept" // is willing to be a contact
	Other    Reading = "other"
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
	r := first(toldRules(), t)
	switch {
	case r != nil && r.label == "confirm" && r.name != "one" && strings.HasSuffix(strings.TrimSpace(t.raw), "?"):
		return Asks, "question"
	case r != nil && (r.label == "confirm" || r.label == "news") && !plainAck[r.name] && (t.declines() || t.has(words().class("stop"))):
		return Unsure, "" // what else it says shows nothing
	case r != nil && (r.label != "news" || r.name == "not-back" || r.name == "care"):
		return Reading(r.label), r.name
	case t.question():
		return Asks, "question"
	case r != nil && len(t.words) >= 4 && !t.declines():
		return Reading(r.label), r.name
	}
	return Unsure, ""
}

// plainAck are the rules of what confirms, a "no" in it or not: "no paren
// hasta encontrarlo", "no puede ser".
var plainAck = map[string]bool{"one": true, "ref": true, "wow": true, "keep": true, "k": true, "not-back": true, "arrived": true}

// declines reports whether a text begins by saying no, or speaks of the number
// that it was sent to: what else is in it then shows nothing.
func (t *Text) declines() bool {
	l := words()
	not, number := l.class("not"), l.class("number")
	for i := range t.words {
		if i < 4 && t.words[i].classes&not != 0 && t.words[i].norm != "NADIE" || t.words[i].classes&number != 0 && l.sounds[t.words[i].sound]&number != 0 && i < 4 {
			return true
		}
	}
	return false
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
	if t.question() && len(t.words) < 4 {
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
	if t.asks() {
		return Asks, "question"
	}
	if r := first(deskRules(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.question() {
		return Asks, "question"
	}
	return Unsure, ""
}
