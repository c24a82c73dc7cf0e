package gateway

import (
	"errors"
	"fmt"
)

// Answer is what is said at once to whoever is there.
type Answer struct {
	Text string `json:"text,omitempty"` // "": nothing

	Outcome Outcome `json:"outcome,omitzero"` // of an agent's act
	Screen  *Screen `json:"screen,omitempty"` // of a step of a call or USSD session
}

// Outcome is what became of an act. It is kept with the act's key: a repeat is
// answered the same.
type Outcome struct {
	Word  OutcomeWord `json:"word,omitempty"`
	Alert ID          `json:"alert,omitzero"`   // that was raised or is meant
	Who   ID          `json:"profile,omitzero"` // the person that is meant
	Text  string      `json:"text,omitempty"`   // a number that was revealed, a name, a number of minutes
	Asked int         `json:"asked,omitempty"`  // contacts to whom an invitation goes
}

// OutcomeWord says in one word what became of an act.
type OutcomeWord string

const (
	Done         OutcomeWord = "done"
	DoneRaised   OutcomeWord = "raised"
	DoneAdded    OutcomeWord = "added" // to the alert that is open already
	DoneEnded    OutcomeWord = "ended"
	DoneProposed OutcomeWord = "proposed" // another agent has to say so too
	DoneVerified OutcomeWord = "verified"
	DoneRevealed OutcomeWord = "revealed"
	DoneRegister OutcomeWord = "registered"
	Unchanged    OutcomeWord = "unchanged" // nothing was touched
	DoneWaits    OutcomeWord = "waits"     // it tells people something, and can be undone until then; Text: the timer's id
	Undone       OutcomeWord = "undone"    // Text: the words that nobody was told
	Void         OutcomeWord = "void"      // it waited, and could not be done any more; Text: why

	WrongPIN    OutcomeWord = "wrong-pin"
	PINLocked   OutcomeWord = "locked"      // Text: for how many minutes
	UnderDuress OutcomeWord = "duress"      // it was the duress PIN: the alert is open, and looks called off
	NotVerified OutcomeWord = "unverified"  // the answers to the questions were not enough
	TakenBy     OutcomeWord = "taken"       // by the agent of that name
	NotOpen     OutcomeWord = "not-open"    // it has ended, or been done, meanwhile
	CallOver    OutcomeWord = "call-over"   // the caller has hung up
	Otherwise   OutcomeWord = "otherwise"   // what was agreed to reads otherwise by now, or was withdrawn
	TooSoon     OutcomeWord = "too-soon"    // one agent alone waits for half an hour
	NeedSecond  OutcomeWord = "need-second" // who proposed it cannot say so twice
)

// ErrForbidden is an act that the agent may not do.
var ErrForbidden = errors.New("this agent may not do this")

// Invalid is an act that cannot be done as it was typed: nothing is committed.
type Invalid struct {
	Field string // of the form
	Why   string // one word: missing, long, phone, country, zip, pin, hours, twice, self, full, stopped, verify, open, nobody
}

func (e *Invalid) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Why) }

// ErrNotFound is about something that does not exist.
var ErrNotFound = errors.New("no such thing is kept")
