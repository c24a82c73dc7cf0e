package prose

import (
	"sync"
)

// Grade is how sure it is that a text cries for help.
type Grade int

// The grades of a cry, lowest first.
const (
	None     Grade = iota // it says something else: thanks, a greeting, a story that is over, a question
	Unclear               // nothing is known in it
	Possible              // ask; by silence nobody is texted
	Likely                // ask; by silence the family is told
	Certain               // raises: an alert word in command position
)

// grades are the labels of the rules in rules/cry.txt; "turn" stands above the others.
var grades = map[string]Grade{"likely": Likely, "possible": Possible}

var cries = sync.OnceValue(func() []rule { return ruleset("cry") })

// Cry is how sure it is that a text cries for help, and the rule that says so.
func (t *Text) Cry() (Grade, string) {
	best, name := None, ""
	denied, negated := false, false
	for _, r := range cries() {
		if r.label != "turn" || !r.may(t) {
			continue
		}
		if at, _ := r.find(t.words); at >= 0 {
			return None, r.name
		}
	}
	for _, r := range cries() {
		grade := grades[r.label]
		if grade <= best || !r.may(t) {
			continue
		}
		for from := 0; from < len(t.words); {
			at, to := r.find(t.words[from:])
			if at < 0 {
				break
			}
			at, to = at+from, to+from
			if !t.turned(at, to, grade) && (r.name != "alert" || !t.denied(at)) {
				best, name = grade, r.name
				break
			}
			denied = true
			negated = negated || r.name == "alert" && t.denied(at)
			from = at + 1
		}
	}
	if best == Likely {
		for _, r := range cries() {
			if r.label != "cap" || !r.may(t) {
				continue
			}
			if at, _ := r.find(t.words); at >= 0 {
				best, name = Possible, r.name
				break
			}
		}
	}
	alike := t.looksLikeCry()
	if best >= Possible {
		for _, r := range cries() {
			if r.label != "soft" || !r.may(t) {
				continue
			}
			if at, _ := r.find(t.words); at >= 0 {
				if best, name = Possible, r.name; alike <= lettersSoft {
					best, denied = None, true
				}
				break
			}
		}
	}
	switch plain := name == "alert" || name == "help"; {
	case best == Likely && t.looksSent(name == "alert"):
		best = Possible
	case plain:
	case best == Likely && alike <= lettersCap:
		best = Possible
	case best == Possible && alike <= lettersTalk:
		best, denied = None, true
	}
	if best == Possible && !t.NamesAlert() && t.Styled() == VeryMachine { // "Depto. de Policia: reten de sobriedad este viernes"
		best, name, denied = None, "style", false
	}
	if e := emoji(t.raw); e > best {
		best, name = e, "emoji"
	}
	if negated && best < Possible { // "no es una alerta" is asked about
		best, name = Possible, Turned
	}
	if best != None {
		return best, name
	}
	switch {
	case denied && alike <= lettersPossible:
		if alike > lettersUnclear {
			return Unclear, Turned
		}
		return None, Turned
	case len(t.words) == 0:
		return Unclear, ""
	case t.Styled() != ByHand: // nothing known cries, and it looks like a machine's
		return None, "style"
	case alike > lettersPossible:
		return Possible, "letters"
	case alike > lettersUnclear, alike > lettersTalk && t.unknown():
		return Unclear, "letters"
	}
	return None, ""
}

// Turned is the rule of a cry that is denied, depends on an "if", or is another
// thing that was caught.
const Turned = "turned"

// looksSent reports whether a text looks as if a machine had sent it, so that
// silence is to tell nobody: very much so, or fairly and an alert word is all
// that cries in it ("Recall Alert: romaine lettuce lot 0713").
func (t *Text) looksSent(alertAlone bool) bool {
	switch t.Styled() {
	case VeryMachine:
		return true
	case FairlyMachine:
		return alertAlone
	}
	if !alertAlone {
		return false
	}
	_, rule := t.Machine()
	return rule == "header"
}

// What the letters of a text say, 0 being as much like a cry as like talk. Alone
// they make a text asked about and shown to agents above lettersPossible, and
// asked about above lettersUnclear, or above lettersTalk where half of its words
// are unknown. They cap what a pattern says: below lettersCap it tells nobody by
// silence, since mostly it is a long story of somebody else; what a pattern only
// thinks possible is none below lettersTalk; and what also speaks of a game, a
// feast, a hand with the furniture is none below lettersSoft.
const (
	lettersPossible = 25
	lettersUnclear  = 0
	lettersTalk     = -15
	lettersCap      = -20
	lettersSoft     = 30
)

// denied reports whether a no stands close before a word.
func (t *Text) denied(at int) bool {
	not := words().class("not")
	for i := at - 1; i >= 0 && i >= at-3 && !t.words[i].stop; i-- {
		if t.words[i].classes&not != 0 {
			return true
		}
	}
	return false
}

// turned reports whether what stands around the words from one to another
// turns what they say: it is denied, or it depends on an "if", or it is another
// thing that was caught.
func (t *Text) turned(from, to int, grade Grade) bool {
	l := words()
	not, cond, harmless := l.class("not"), l.class("if"), l.class("harmless")
	reach := 2
	if grade < Likely {
		reach = 4
	}
	for i := from - 1; i >= 0 && i >= from-reach && !t.words[i].stop; i-- {
		if t.words[i].classes&not != 0 {
			return true
		}
	}
	for i := from + 1; i < to; i++ {
		if t.words[i].classes&not != 0 && t.words[i-1].norm != "YA" {
			return true
		}
	}
	for i := from - 1; i >= 0 && !t.words[i].stop && t.words[i].norm != "YA"; i-- {
		if t.words[i].classes&cond != 0 {
			return true
		}
	}
	for i := from; i < len(t.words) && i < to+4; i++ {
		if t.words[i].classes&harmless != 0 {
			return true
		}
		if i >= to-1 && t.words[i].stop {
			break
		}
	}
	return false
}

// unknown reports whether it is not known what a text is about: half of its
// words or more are in no class, or one of them is of what cries are made of.
func (t *Text) unknown() bool {
	l := words()
	grave := l.class("catch") | l.class("migra") | l.class("law") | l.class("held") | l.class("danger") | l.class("fear") | l.class("hide") | l.class("urgent") | l.class("alert")
	n := 0
	for i := range t.words {
		if t.words[i].classes == 0 && !l.ordinary[t.words[i].sound] {
			n++
		}
	}
	return len(t.words) == 0 || 2*n >= len(t.words) || t.has(grave) && !t.has(l.class("end"))
}

// emoji is how much of a cry a text's pictures are.
func emoji(text string) Grade {
	for _, r := range text {
		switch r {
		case '🆘':
			return Likely
		case '🚨', '🚔', '🚓', '👮', '🧊', '🚁', '⛓', '😱':
			return Possible
		}
	}
	return None
}
