package gateway

import (
	"context"
	"errors"
	"time"
)

// Turn is everything that one commit writes, and the answer that it earns.
// Things with Seq 0 are new; all others are refused, and the whole Turn with
// them, where their sequence number has moved on since they were read.
type Turn struct {
	Key    string // the event's dedupe key; "" where a repeat does no harm
	Answer Answer // kept with Key
	At     time.Time
	Secret bool // the event is a text that held a PIN: its carrier is asked first to forget it

	Conversations []Conversation
	Profiles      []Profile
	Erase         []Profile // deleted with all that hangs on them
	Alerts        []Alert
	Recipients    []Recipient
	Attempts      []Attempt // new ones whole; of others everything but the sealed part
	Timers        []Timer   // new ones
	Drop          []ID      // timers that are done with
	Tasks         []Task
	Desks         []Desk // changed rows; the list as a whole is replaced by import
	Incidents     []Incident
	Stops         []Stop      // phones that want no texts, whatever their conversations say now
	Unreached     []Unreached // replaces what is known of the same sender and country
	Newcomers     []Phone     // new contacts, counted by the block of numbers that each is in
	Texted        []Texted    // new ones
	Agents        []Agent
	Ringing       []Ringing // cards of calls
	Over          []ID      // cards whose call is over
	Passes        []Pass
	KeySessions   []KeySession

	// Vouched says that the operator stands for the agents as they are written here,
	// where what was kept of them does not hold (ErrForged).
	Vouched bool

	// Audit are entries for the chains of subjects.
	Audit []Entry
}

// Entry is one line of a subject's audit chain. Its detail is sealed and may
// be erased later; the chain still verifies.
type Entry struct {
	Subject SubjectKind
	ID      ID
	Version Version // as seen; needed only where the Turn does not write the subject itself
	Kind    string  // what happened, one word: "raised", "cancelled", "confirmed"
	Actor   string  // "phone", "contact", "desk", "agent:<name>", "system"; never a number
	Detail  string  // sealed
}

// SubjectKind is what has an audit chain.
type SubjectKind string

const (
	SubjectAlert   SubjectKind = "alert"
	SubjectProfile SubjectKind = "profile"
	SubjectAgent   SubjectKind = "agent"
)

// Store keeps the records. Both methods may be called from many goroutines.
type Store interface {
	// View reads what scope asks for, as one snapshot. Sequence numbers and
	// chain heads in it are what Commit compares.
	View(ctx context.Context, scope Scope) (View, error)

	// Commit writes a Turn in one transaction, durable on return. It fails
	// with ErrRepeat where the key is known, with ErrConflict where something
	// that the Turn changes has moved on or a unique name is taken, and with
	// anything else where the database cannot commit. A caller whose ctx ends
	// stops waiting and does not know the outcome: the Turn may still be
	// written, and its key tells.
	Commit(ctx context.Context, turn Turn) error
}

var (
	// ErrRepeat says that the event was handled before.
	ErrRepeat = errors.New("event was handled before")
	// ErrConflict says that a subject moved on: read again and decide anew.
	ErrConflict = errors.New("subject has moved on")
	// ErrForged says that what gives a right was changed in the database by somebody
	// else than this program. Nothing is done by it.
	ErrForged = errors.New("what gives a right was changed behind our back")
)
