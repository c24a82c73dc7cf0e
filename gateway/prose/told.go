package prose

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"aviso/gateway/keyword"
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
	switch stop, rule := t.Stop(); stop {
	case WantsStop, LeaveMe:
		return Stops, rule
	case AsksHow:
		return Asks, rule
	}
	sums, rules := weigh(heard(), t)
	add := func(r Reading, weight int, rule string) {
		if sums[string(r)] += weight; rules[string(r)] == "" {
			rules[string(r)] = rule
		}
	}
	if r := first(toldRules(), t); r != nil {
		void := (r.label == "confirm" || r.label == "news") && !plainAck[r.name] && (t.declines() || t.has(words().class("stop"))) ||
			r.label == "news" && len(t.words) < 4 && r.name != "not-back" && r.name != "care"
		if weight, ok := map[string]int{"confirm": 3, "news": 2, "question": 3, "cry": 4}[r.label]; !ok {
			add(Reading(r.label), 5, r.name)
		} else if !void {
			add(Reading(r.label), weight, r.name)
		}
	}
	if t.asks() {
		weight := 2
		if strings.HasSuffix(strings.TrimSpace(t.raw), "?") {
			weight = 6
			if len(t.words) < 6 {
				weight = 9
			}
		}
		add(Asks, weight, "mark")
	} else if t.question() {
		add(Asks, 2, "question")
	}
	if t.tells() {
		add(News, 2, "tells")
	}
	style := t.Styled()
	read := sums["confirm"] + sums["news"] - doubt*int(style)
	best, most := Unsure, 0
	for _, side := range []Reading{Robot, WrongOne, Stops, Refuses, Cries, Over, Asks} { // the safer first, where two weigh the same
		if sums[string(side)] > most {
			best, most = side, sums[string(side)]
		}
	}
	switch {
	case sums["none"] > max(most, read):
		return Unsure, rules["none"]
	case most >= 2 && most >= read:
		return best, rules[string(best)]
	case read < 2 && style != ByHand:
		return Robot, "style"
	case read >= 2 && sums["news"] >= sums["confirm"]:
		return News, rules["news"]
	case read >= 2:
		return Confirms, rules["confirm"]
	case most < 2 && t.speaksOfThem():
		return News, "speaks"
	}
	return Unsure, ""
}

// speaksOfThem reports whether a text that no rule knows speaks of somebody else
// and of nothing that who is wrong here, or wants to be left out, would speak of:
// no "no", no "I", no question, no wish, no number. Of 139 refusals and 149 wrong
// numbers nine are such texts, and rules know all nine; of 331 pieces of news 136.
func (t *Text) speaksOfThem() bool {
	l := words()
	if len(t.words) < 3 || t.asks() {
		return false
	}
	for _, name := range []string{"not", "no", "wrong", "number", "who", "stop", "send", "refuse", "if", "quest", "me", "mi", "i", "be", "tell", "help", "you"} {
		if t.has(l.class(name)) {
			return false
		}
	}
	others := false
	for i := range t.words {
		switch w := &t.words[i]; {
		case l.lists["askers"][w.sound], l.lists["office"][w.sound], l.lists["addressed"][w.sound], l.lists["otherone"][w.sound] && w.classes&l.class("kin") == 0:
			return false
		case w.classes&(l.class("lo")|l.class("kin")|l.class("pray")) != 0, l.lists["about"][w.sound], l.lists["third"][w.sound]:
			others = true
		}
	}
	return others
}

// doubt is what has to speak for a reading on top where the text looks as if a
// machine had sent it, and twice as much where it looks very much so.
const doubt = 2

var heard = sync.OnceValue(func() []weighed { return weights("heard") })

// tells reports whether a text tells something of the one who was taken,
// although no rule knows it: who writes so has read of it. A no in it speaks of
// them ("no habla ingles", "no lo han movido") and not of who writes.
func (t *Text) tells() bool {
	l := words()
	not, number, mine, about := l.class("not")|l.class("no"), l.class("wrong"), l.lists["mine"], l.lists["about"]
	tells, asks := false, l.lists["askers"]
	for i := range t.words {
		w := &t.words[i]
		switch {
		case w.classes&number != 0, asks[w.sound]:
			return false
		case w.classes&l.class("me") != 0 && i+1 < len(t.words) && t.words[i+1].classes&(l.class("take")|l.class("catch")) != 0:
			return false // it is about who writes
		case w.classes&not != 0:
			for j := i + 1; j < len(t.words) && j <= i+2; j++ {
				if mine[t.words[j].sound] {
					return false
				}
			}
		case about[w.sound]:
			tells = true
		}
	}
	return tells && len(t.words) >= 3
}

// plainAck are the rules of what confirms, a "no" in it or not: "no paren
// hasta encontrarlo", "no puede ser".
var plainAck = map[string]bool{"one": true, "ref": true, "wow": true, "keep": true, "k": true, "not-back": true, "arrived": true, "seen": true, "now-yes": true, "wail": true}

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

// Questions reports whether a text asks something.
func (t *Text) Questions() bool { return t.question() }

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
	if t.Styled() == VeryMachine {
		return Robot, "style"
	}
	sums, rules := weigh(open(), t)
	if r := first(ownRules(), t); r != nil {
		sums[r.label] += 3
		rules[r.label] = r.name
	}
	if t.asks() {
		sums["status"]++
		if len(t.words) < 6 {
			sums["status"] += 2
		}
	}
	best, most := More, max(sums["more"], 2)
	for _, side := range []Reading{Robot, Again, Talk, Status, Over} {
		if sums[string(side)] > most {
			best, most = side, sums[string(side)]
		}
	}
	if best == More && sums["more"] == 0 && t.question() && len(t.words) < 4 {
		return Status, "question"
	}
	return best, cmp.Or(rules[string(best)], "words")
}

var open = sync.OnceValue(func() []weighed { return weights("open") })

var deskRules = sync.OnceValue(func() []rule {
	return slices.DeleteFunc(ruleset("desk"), func(r rule) bool { return r.label == "bare" })
})

// Desk reads a text of a consulate's desk.
func (t *Text) Desk() (Reading, string) {
	said := Read(pins.Replace(t.raw))
	r := first(deskRules(), &said)
	if kind, rule := t.Machine(); kind != "" && kind != "chain" && rule != "header" && (r == nil || r.name != "not-found") { // "Caso 482137: …" is how offices write
		return Robot, rule
	}
	switch {
	case r != nil && r.label == string(Robot):
		return Robot, r.name
	case said.asks():
		return said.thenAsks()
	case r != nil:
		return Reading(r.label), r.name
	case said.question():
		return Asks, "question"
	}
	return Unsure, ""
}

// DeskSays is what a text of a desk means, of which keyword has read the word at
// its head: that decides between what is not asked, denied or put off.
func (t *Text) DeskSays(p keyword.Parsed) (Reading, string) {
	reading, rule := t.Desk()
	if reading == Asks || reading == Robot || reading == Unsure && rule != "" || rule == AsksToo {
		return reading, rule
	}
	switch {
	case p.Intent == keyword.Located:
		return Located, "word"
	case p.Intent == keyword.Close:
		return Closes, "word"
	case reading == Unsure && p.Whole && (p.Intent == keyword.Acknowledge || p.Intent == keyword.Yes || p.Word == "1"):
		return Received, "word"
	}
	return reading, rule
}

var bareRules = sync.OnceValue(func() []rule {
	return slices.DeleteFunc(ruleset("desk"), func(r rule) bool { return r.label != "bare" })
})

// SaysNoMore reports whether a desk's words say nothing but that somebody was
// found or that it closes its part: neither where nor why.
func SaysNoMore(text string) bool {
	t := Read(text)
	return first(bareRules(), &t) != nil
}

// AsksToo is the rule of what a desk has received, and asks something about.
const AsksToo = "and asks"

// thenAsks reads a text with a question in it: a sentence of its own in front
// may say that the alert was received. It closes and locates nothing.
func (t *Text) thenAsks() (Reading, string) {
	if end := strings.IndexAny(t.raw, ".!\n;"); end > 0 && !strings.ContainsAny(t.raw[:end], "?¿") {
		head := Read(t.raw[:end])
		if r := first(deskRules(), &head); r != nil && r.label == string(Received) && !head.question() {
			return Received, AsksToo
		}
	}
	return Asks, "question"
}

// pins are the marks by which a map's pin stands for a word.
var pins = strings.NewReplacer("\U0001F4CD", " ubicado en ", "\U0001F4CC", " ubicado en ")
