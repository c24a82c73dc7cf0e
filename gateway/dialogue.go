package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aviso/gateway/digit"
	"aviso/ivr"
)

// Dialogue is one step of a call or a USSD session: keys that were pressed, or
// silence.
type Dialogue struct {
	Medium  ivr.Medium
	Session string // the carrier's id of the call or session
	Step    int    // on a call: the number in the address, from 0
	Keys    string // "": silence
	From    Phone  // Anonymous where it was withheld
	To      string // the number of ours that was called, the code that was dialled

	// Whole says that Keys are everything that was typed in the session, joined
	// by asterisks; Request is else the aggregator's own name of the request.
	// Without either a repeat cannot be told from the same input again.
	Whole   bool
	Request string

	Rung ivr.Rung // what came of ringing a person
	Gone bool     // the caller has hung up

	Named string // digits whose owners a decision wants to see; more than were pressed in this step
}

// ErrScope says that a decision needs to see what its event now asks for.
var ErrScope = errors.New("another scope is needed")

// Anonymous is the phone of all who withhold their number. What is kept of it
// is of nobody.
const Anonymous Phone = "anonymous"

// ErrSeveral says that a request brings several inputs that we have not seen, as
// the first of a session may, and one behind a request that never reached us. They
// are to be handed in one by one, each with what came before it.
var ErrSeveral = errors.New("several inputs in one request of a session")

// Scope is the session, the phone, and whoever a typed number may mean.
func (e *Dialogue) Scope() Scope {
	s := Scope{Phone: e.From, KeySession: string(e.Medium) + ":" + e.Session}
	if e.Medium == ivr.USSD { // an aggregator's id of it that comes again from another phone is another session
		s.KeySession += ":" + string(e.From)
	}
	switch {
	case e.Gone: // nobody hears what is answered, and once is as good as twice
	case e.Medium == ivr.Call:
		s.Key = fmt.Sprintf("%s:%d:%s:%s", s.KeySession, e.Step, e.Keys, e.Rung)
	case e.Whole:
		s.Key = s.KeySession + ":" + e.Keys
	case e.Request != "":
		s.Key = s.KeySession + ":" + e.Request + ":" + e.Keys
	}
	typed := cmp.Or(e.Named, digit.Only(e.Keys[strings.LastIndexByte(e.Keys, '*')+1:]))
	s.NamedPhones, s.NamedCodes = keyedPeople(typed)
	if ref, ok := ParseRef(e.Named); ok { // only where a number is asked for: six digits may be a PIN
		s.NamedRefs = []Ref{ref}
	}
	if e.Medium == ivr.USSD {
		s.Invited = s.NamedPhones
	}
	return s
}

// keyedPeople are the numbers and codes that typed digits may be, a PIN behind
// them left out.
func keyedPeople(digits string) (phones []Phone, codes []Code) {
	for _, p := range ReadNumbers(digits).people {
		phones, codes = append(phones, p.phones...), append(codes, p.codes...)
	}
	return phones, codes
}

// Sees reports whether the event asks for the owners of digits. They may have
// been typed in several steps.
func (e *Dialogue) Sees(digits string) bool {
	return e.Named == digits || len(digits) > 8 && digit.Only(e.Keys[strings.LastIndexByte(e.Keys, '*')+1:]) == digits
}

// Fresh is what was pressed since the last step.
func (e *Dialogue) Fresh(s *KeySession) (string, error) {
	if !e.Whole {
		return e.Keys, nil
	}
	before := s.Typed
	s.Typed = e.Keys
	if s.Seq == 0 {
		if strings.Contains(e.Keys, "*") {
			return "", ErrSeveral
		}
		return e.Keys, nil
	}
	rest, ok := strings.CutPrefix(e.Keys, before)
	if !ok { // not what we know: the last input is the one that is new
		return e.Keys[strings.LastIndexByte(e.Keys, '*')+1:], nil
	}
	if before != "" {
		rest = strings.TrimPrefix(rest, "*")
	}
	if s.several(rest) {
		s.Typed = before
		return "", ErrSeveral
	}
	return rest, nil
}

// several reports whether what is new is more than one input, of which all but the
// last were in requests that never reached us, and not one in which a star was
// typed: its first part has to be all that the last screen asked for, one key or a
// whole number.
func (s *KeySession) several(rest string) bool {
	first, _, more := strings.Cut(rest, "*")
	if !more || strings.Trim(rest[len(first):], "*") == "" || s.Last == nil {
		return false
	}
	if s.Last.Gather.Keys == 1 {
		return len(first) == 1 && digit.All(first)
	}
	return len(digit.Only(first)) >= wholeNumber
}

// wholeNumber is the length of the shortest number or code that somebody may be
// asked for. PINs are shorter.
const wholeNumber = 9

// Names reports whether the number or code that was typed may mean a person.
func (e *Dialogue) Names(p *Profile) bool {
	s := e.Scope()
	return slices.Contains(s.NamedPhones, p.Phone) || slices.Contains(s.NamedCodes, p.Code)
}

// NoticeCall is one step of a call that we made: it was answered, or a key was
// pressed.
type NoticeCall struct {
	Attempt ID
	Call    string // the carrier's id of it
	Step    int    // the number in the address, from 0
	Keys    string // "": none, or silence
	To      Phone  // whom we called
	Machine Machine
}

// Machine is what the carrier thinks of who answered.
type Machine string

const (
	MachineUnknown Machine = ""
	MachineNo      Machine = "human"
	MachineYes     Machine = "machine"
)

// Scope is the attempt with its case, and the phone.
func (n *NoticeCall) Scope() Scope {
	return Scope{
		Key:     fmt.Sprintf("notice:%s:%s:%d:%s:%s", n.Attempt, n.Call, n.Step, n.Keys, n.Machine),
		Attempt: n.Attempt, Whole: true, Phone: n.To,
	}
}

// Whisper is what a person of the contact centre hears before a caller is put
// through to them: a voicemail presses no key.
type Whisper struct {
	Caller string // the call that waits, by the carrier's id
	Call   string // theirs
	Step   int
	Keys   string
}

// Scope is the session of the call that waits.
func (w *Whisper) Scope() Scope {
	s := Scope{KeySession: string(ivr.Call) + ":" + w.Caller}
	if w.Step > 0 {
		s.Key = "whisper:" + w.Call + ":" + w.Keys
	}
	return s
}
