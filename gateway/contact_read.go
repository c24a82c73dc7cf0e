package gateway

import (
	"encoding/json"
	"strings"

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
	first, _ := prose.Called(beside[0])
	list := make([]NamedContact, len(spans))
	for i, s := range spans {
		before, behind := beside[i], beside[i+1]
		if first == "" {
			before = ""
		} else if i+1 < len(spans) {
			behind = ""
		}
		list[i] = NamedContact{s.written, Clip(calledBeside(before, behind), ContactNameLongest)}
	}
	return list
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
	return name
}

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
