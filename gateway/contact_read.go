package gateway

import (
	"encoding/json"
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// NamedContact is a number, as it was written, and whose it is.
type NamedContact struct {
	Written string `json:"written"`
	Name    string `json:"name,omitempty"`
}

// parseContacts reads "312 555 0101 Maria", "Maria +52 33 1234 5678", "mi mama es
// la maria 33 1234 5678", and several of them: names stand in front of their
// numbers where the first one has a name there, else behind them. A number that
// is taken back by the next ("3125550110, perdon, 3125550101") names nobody.
func parseContacts(words string) []NamedContact {
	n := ReadNumbers(words)
	spans := n.telephones()
	if len(spans) == 0 {
		return nil
	}
	beside := make([]string, len(spans)+1) // what stands before, between and behind
	at := 0
	for i, s := range spans {
		beside[i] = words[at:max(at, s.start)]
		at = s.end
	}
	beside[len(spans)] = words[at:]
	inFront, _ := prose.Called(beside[0])
	last, _ := prose.Called(beside[len(spans)])
	list := make([]NamedContact, len(spans))
	before := beside[0]
	for i, s := range spans {
		behind, next := beside[i+1], ""
		if i+1 < len(spans) {
			behind, next = shared(behind, inFront != "", last == "")
		}
		list[i] = NamedContact{s.written, Clip(calledBeside(before, behind), ContactNameLongest)}
		before = next
	}
	return list
}

// shared is what stands between two numbers: what belongs to the first, and what
// to the next. inFront: names stand in front of their numbers; none: nobody is
// called anything behind the last number.
func shared(between string, inFront, none bool) (first, next string) {
	cut := strings.IndexAny(between, ",;.\n/)")
	if !inFront {
		if cut >= 0 && none { // "312 555 0101 Maria, y de mi tia Berta 312 555 0102"
			for i := strings.LastIndexAny(between, ",;.\n/"); i > 0; i = strings.LastIndexAny(between[:i], ",;.\n/") {
				if name, _ := prose.Called(between[i:]); name == "" {
					continue
				}
				if name, _ := prose.Called(between[:i]); name != "" {
					return between[:i], between[i:]
				}
			}
		}
		return between, ""
	}
	if cut < 0 {
		return "", between
	}
	if name, _ := prose.Called(between[cut:]); name != "" { // "mi esposo 312 555 0101 Pedro, mi tia 312 555 0102"
		return between[:cut], between[cut:]
	}
	return "", between
}

// calledBeside is what somebody is called in front of their number, else behind
// it. A name says more than what they are to whoever writes: "mi papa 312 …,
// Andres".
func calledBeside(before, behind string) string {
	name, kin := prose.Called(before)
	if name == "" || kin {
		if other, relation := prose.Called(behind); other != "" && (name == "" || !relation) {
			return other
		}
	}
	if name == "" {
		for _, said := range []string{before, behind} {
			if misleads(said) {
				return strings.TrimSpace(said)
			}
		}
	}
	return name
}

// misleads reports whether the few words beside a number are a link or an office:
// such a name is refused, and not left out in silence.
func misleads(said string) bool {
	tokens := keyword.Tokens(said)
	if len(tokens) == 0 || len(tokens) > misleadsMost {
		return false
	}
	for _, token := range tokens {
		if apps[token] {
			return false
		}
	}
	return strings.ContainsAny(said, "@/") || slices.ContainsFunc(tokens, func(t string) bool { return notNames[t] }) || notNames[strings.Join(tokens, "")]
}

// misleadsMost is the most words of a name that is refused: more of them are a
// sentence that speaks of something.
const misleadsMost = 3

// apps are words beside a number that say how to reach it.
var apps = Set("WHATSAPP", "WHATSAP", "WASAP", "WATSAP", "WATSAPP", "GUASAP", "TELEGRAM", "MESSENGER", "EMERGENCIA", "EMERGENCIAS", "EMERGENCY", "TELCEL", "HOSPITAL")

// Searched are the numbers that the contacts may have.
func Searched(list []NamedContact) (phones []Phone) {
	for _, c := range list[:min(len(list), ContactsMost)] {
		phones = append(phones, SearchPhones(c.Written)...)
	}
	return phones
}

// Naming is contacts on their way into a profile.
type Naming struct {
	Profile *Profile
	Added   []Contact
	Changed bool           // one was added now
	Asked   []NamedContact // whose country has to be asked
	Refused []string       // numbers as written, and
	Reason  string         // the text that says why the last one was
}

// Refuse leaves out a contact, for a reason that is the name of a text; why says it
// in a few words.
func (n *Naming) Refuse(c NamedContact, reason, why string) {
	n.Refused, n.Reason = append(n.Refused, c.Written+" ("+why+")"), reason
}

// Args are what a question keeps of contacts whose country has to be asked: the
// first one is, the others wait.
func (n *Naming) Args(args map[string]string) map[string]string {
	if len(n.Asked) == 0 {
		return args
	}
	kept, _ := json.Marshal(n.Asked) // strings cannot fail
	args["unplaced"], args["refused"] = string(kept), strings.Join(n.Refused, ", ")
	for _, c := range n.Added {
		args["added"] = strings.TrimSpace(args["added"] + " " + c.ID.String())
	}
	return args
}
