package gateway

import (
	"time"
)

// Called is what came of ringing somebody for a task.
type Called struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Outcome string    `json:"outcome"`
	Note    string    `json:"note,omitempty"`
}

// TaskOutcomes are what may come of a task. A call that nobody answered leaves
// it open, for whoever takes it next.
var TaskOutcomes = []string{"told", "no-answer", "wrong-number", "done"}

// Task is something that a machine gave up on, or that only a human may do.
type Task struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Kind    TaskKind  `json:"-"`
	State   TaskState `json:"-"`
	Urgent  bool      `json:"-"`
	Alert   ID        `json:"-"`
	Profile ID        `json:"-"`
	At      time.Time `json:"-"`

	Phone Phone  `json:"phone,omitempty"` // whom to ring, or who wrote
	Name  string `json:"name,omitempty"`
	Note  string `json:"note,omitempty"` // words that belong to it

	Agent   ID        `json:"agent,omitzero"` // who claimed it, and their name
	By      string    `json:"by,omitempty"`
	Claimed time.Time `json:"claimed,omitzero"`
	Calls   []Called  `json:"calls,omitempty"` // what came of ringing
}

// TaskKind says what an agent is to do.
type TaskKind string

const (
	TaskUnknownPhone  TaskKind = "unknown-phone"  // ALERTA from a phone that nobody knows
	TaskNobodyToTell  TaskKind = "nobody-to-tell" // an alert that owes nobody a notice
	TaskNoDesk        TaskKind = "no-desk"        // consent, but no desk that may be told: ring the consulate
	TaskUnreachable   TaskKind = "unreachable"    // a recipient whom nothing reached: ring them
	TaskStopWhileOpen TaskKind = "stop-while-open"
	TaskDuress        TaskKind = "duress"
	TaskAnswer        TaskKind = "answer" // somebody's words that no rule understands, about an open alert
	TaskGuessing      TaskKind = "pin-guessing"
	TaskSignal        TaskKind = "signal"       // AYUDA: may mean "help me"
	TaskOptedOut      TaskKind = "opted-out"    // a recipient who stopped our texts: only a live call is left
	TaskDeskStopped   TaskKind = "desk-stopped" // a consulate's desk wants no texts: the operator looks for another
	TaskWrongNumber   TaskKind = "wrong-number" // a contact's number is not theirs
	TaskRefused       TaskKind = "refused"      // a contact who refused: ring the person
	TaskRing          TaskKind = "ring"         // whom an agent's caller wants rung
	TaskOften         TaskKind = "often"        // an alert after two others of the day that were called off: ring them, and tell the desk if it is one
	TaskReview        TaskKind = "review"       // an agent called an alert off alone: another one looks at it
)

// TaskState is how far a task is.
type TaskState int

const (
	TaskOpen    TaskState = 1
	TaskClaimed TaskState = 2
	TaskDone    TaskState = 3
)

const (
	TaskNobodyConfirmed TaskKind = "nobody-confirmed"
	TaskNoNews          TaskKind = "no-news" // an alert without news for days: ask the family
)

// Waits reports whether a task is urgent, and nobody has taken it.
func (t Task) Waits() bool { return t.Urgent && t.State == TaskOpen }

// TaskPumping is a block of numbers that many new contacts are in: texts to
// numbers that pay their owner a share are a known fraud.
const TaskPumping TaskKind = "pumping"

// TaskRaid is an incident: one line for the on-call roster and the agents,
// however many alerts it has.
const TaskRaid TaskKind = "raid"

// TaskInterpreter is a recipient, or a person, whom only somebody who speaks
// their language can tell.
const TaskInterpreter TaskKind = "interpreter"

const (
	// TaskMoved is a move that has to be looked at: it was undone, or the phone
	// that was left could not be told.
	TaskMoved TaskKind = "moved"
)

// TaskOwnNumber is a person whose own number is not theirs any more.
const TaskOwnNumber TaskKind = "own-number"

// TaskCaller is somebody who called and whom nobody could take.
const TaskCaller TaskKind = "caller"

// Unclaimed counts the urgent tasks that no agent has claimed.
type Unclaimed struct {
	Urgent int       // all of them
	Oldest time.Time // when the first of them arose; zero: there is none
	Nobody int       // those of them about an alert that nobody has confirmed
}
