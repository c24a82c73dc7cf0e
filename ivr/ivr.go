// Package ivr is the keyed dialogue of a call or a USSD session, as data and
// pure steps. What a key does stands in tables (menu.go); what a place says and
// gathers as well (place.go).
//
// A dialogue goes on in steps. Step takes what was pressed and gives the next
// state with either a Prompt, which is to be said, or an Ask, which only the
// domain can answer: raise the alert, verify this PIN. The domain's Outcome
// goes to Resume, which gives the state and what is said about it, or the next
// Ask. Words are named here and written elsewhere; nothing in here knows a
// person, a clock or a carrier.
//
// Three things hold in every state, whatever is pressed:
//
//   - 1 raises the alert, before any choice of language and in the middle of
//     every question.
//   - Silence, twice, ends at a person; on USSD, where there is none, the
//     session ends.
//   - There is an end: whoever goes round in circles is put through.
package ivr

// Medium is what a dialogue is held over.
type Medium string

const (
	Call Medium = "voice" // spoken, with a person behind the 0
	USSD Medium = "ussd"  // shown, without one
)

// State is where a dialogue is. The zero value with a Medium is one that has
// not begun. It is kept sealed between steps: a half-typed number is in it.
type State struct {
	Medium   Medium  `json:"medium,omitempty"`
	Language string  `json:"language,omitempty"` // chosen by key; "": the caller's own
	At       Place   `json:"at,omitempty"`
	For      Purpose `json:"for,omitempty"` // what the number and the PIN are being asked for
	Steps    int     `json:"steps,omitempty"`

	Raised  bool   `json:"raised,omitempty"`  // an alert was raised: the menu begins otherwise
	Typed   string `json:"typed,omitempty"`   // digits of an entry that is not complete
	Named   bool   `json:"named,omitempty"`   // a number or code was given, and the PIN belongs to it
	Second  bool   `json:"second,omitempty"`  // the new PIN is the second one
	Silent  int    `json:"silent,omitempty"`  // rounds of silence on end
	Astray  int    `json:"astray,omitempty"`  // keys on end that mean nothing here
	Failed  int    `json:"failed,omitempty"`  // PINs that did not fit
	Tried   int    `json:"tried,omitempty"`   // people who were rung
	Custody bool   `json:"custody,omitempty"` // the line rings a person, and asks for nothing
}

// Purpose is what somebody identifies themselves for.
type Purpose string

const (
	ForMenu   Purpose = ""
	ForRaise  Purpose = "raise"
	ForCancel Purpose = "cancel"
	ForPINs   Purpose = "pins"
)

// Input is one step of whoever is there, with what the domain knows about the
// phone.
type Input struct {
	Keys     string // pressed since the last prompt, with the # behind an entry where it is known; "": silence
	Language string // that is being spoken, one of those that the key 9 changes between or any other

	Known  bool // 1 raises without any more questions
	Caller bool // there is somebody whose PIN may be asked for at once
	NoPIN  bool // the phone's owner has no PIN: only a person can help

	Custody bool // the number called is a custody line
	Rung    Rung // what came of ringing a person
	Gone    bool // they have hung up, and hear nothing any more
}

// Rung is what came of ringing a person.
type Rung string

const (
	RungNot      Rung = ""
	RungAccepted Rung = "accepted" // they took the call, and it is over
	RungRefused  Rung = "refused"  // busy, nobody, a voicemail
)

// Reply is what follows on a step: words, and unless Ask is set, what is
// gathered. With Ask the words are said before those of its outcome.
type Reply struct {
	Prompt
	Ask *Ask
}

// Prompt is what is said and what happens then: one of Gather, Ring and End.
type Prompt struct {
	Lines  []Line
	Gather Gather
	Ring   bool // a person is being rung; what comes of it is the next input
	End    bool
}

// Line is one phrase, by its name.
type Line struct {
	Name  string
	Other bool // in the language that is not being spoken
}

// Gather is what is asked for.
type Gather struct {
	Keys int `json:"keys,omitempty"` // how many; 0: as many as come, ended by #
	Wait int `json:"wait,omitempty"` // seconds of silence that end it
}

// Ask is a decision that a step needs.
type Ask struct {
	Kind Kind
	Keys string  // of AskWho, AskPIN, AskNewPIN, AskSamePIN, AskConsulate, AskWhom, AskRegister
	For  Purpose // of AskPIN: what is to be done where it is right
	Keep bool    // of AskPerson: what was begun is kept as an alert that nobody has verified
}

// Kind is what an Ask is about. Its outcomes are in resume.go.
type Kind string

const (
	AskRaise     Kind = "raise"
	AskWho       Kind = "who" // remember whom a number or code may mean
	AskPIN       Kind = "pin" // verify a PIN, and do what it is for
	AskNoPIN     Kind = "no-pin"
	AskRights    Kind = "rights"
	AskConsulate Kind = "consulate" // of a ZIP; "": of wherever the caller is registered
	AskStatus    Kind = "status"
	AskNewPIN    Kind = "new-pin"  // remember a new PIN until it was typed twice
	AskSamePIN   Kind = "same-pin" // set it where it is typed the same again
	AskWhom      Kind = "whom"     // raise for one of those whose contact this is
	AskRegister  Kind = "register" // begin, resume or go on with a registration
	AskPerson    Kind = "person"
	AskMissed    Kind = "missed" // somebody hung up before a person took the call
)

// Outcome is what came of an Ask, by name: those of AskRaise and AskPIN are
// the names of the texts that would have been sent, as "received" and
// "wrong-pin".
type Outcome struct {
	Name string
}
