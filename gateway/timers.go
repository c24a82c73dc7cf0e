package gateway

import (
	"encoding/json"
	"time"
)

// An act that tells people something cannot be taken back: a family that reads
// "se cerro" does not forget it. So it waits for a moment first (Policy.Undo,
// ten seconds), in which whoever pressed the wrong button undoes it. What waits
// is a timer row: it survives a restart, and its key decides between being
// carried out and being undone, exactly once, on whichever node.
//
// Which acts those are nobody lists: every act is decided at once, and where its
// Turn would send anything, or would end an alert or confirm for somebody, the
// Turn is dropped and the act waits. So whatever is wrong with what was typed is
// said at once. Raising never waits, and neither does what is known of duress.

const (
	// TimerAct carries an act out that waited; TimerPart a part of one that is
	// being carried out.
	TimerAct  TimerKind = "act"
	TimerPart TimerKind = "act-part"
	// TimerVoid forgets an act that could not be carried out, once whoever meant
	// it has had time to read so.
	TimerVoid TimerKind = "act-void"
)

// Waiting is an act that waits, and what is shown of it meanwhile.
type Waiting struct {
	Agent ID              `json:"agent,omitzero"` // zero: a desk, on its page
	By    string          `json:"by,omitempty"`
	Kind  string          `json:"kind"` // of the deed
	Deed  json.RawMessage `json:"deed"`

	Task  ID     `json:"task,omitzero"`
	Does  string `json:"does"`            // the deed's name, as in the audit chains
	Words string `json:"words,omitempty"` // that are said
	Whom  string `json:"whom,omitempty"`  // who is confirmed for
	Tells int    `json:"tells,omitempty"` // how many phones it would reach
	Void  string `json:"void,omitempty"`  // with TimerVoid: why nothing came of it
}

// About names a timer's subjects, by id, and the deed.
func (t *Timer) About() string {
	said := t.Act.Does
	if !t.Alert.IsZero() {
		said = "alert:" + t.Alert.String() + " " + said
	}
	if !t.Profile.IsZero() {
		said = "profile:" + t.Profile.String() + " " + said
	}
	return said
}

// TimerKey is the dedupe key of a timer.
func TimerKey(id ID) string { return "timer:" + id.String() }

// Timer is something that is to be looked at again at a time.
type Timer struct {
	ID      ID        `json:"-"`
	Kind    TimerKind `json:"-"`
	Alert   ID        `json:"-"` // what it is about, as far as it has an alert or a profile
	Profile ID        `json:"-"`
	Due     time.Time `json:"-"`
	Claim   Claim     `json:"-"`
	Phone   Phone     `json:"phone,omitempty"` // sealed: whose conversation it is about
	Act     *Waiting  `json:"act,omitempty"`   // sealed: what an agent or a desk has decided, and can still undo
}

// TimerKind says what a timer is for.
type TimerKind string

const (
	TimerPanic    TimerKind = "panic"    // a cry that was asked about, and not answered
	TimerCheckIn  TimerKind = "checkin"  // a check-in whose hour has come
	TimerLate     TimerKind = "late"     // a check-in whose hour of grace is over
	TimerReminder TimerKind = "reminder" // a contact who was asked and has not answered
	TimerDrill    TimerKind = "drill"    // a drill whose answers are counted
)

const (
	// TimerWho forgets a PIN that came without its number.
	TimerWho TimerKind = "who"
)

const (
	// TimerFollow looks after an open alert at the times of the policy.
	TimerFollow TimerKind = "follow"
	// TimerRoster rings the on-call roster while a task of an alert is
	// unclaimed.
	TimerRoster TimerKind = "roster"
)

// TimerIncident sums an open incident up, and ends it when it is over.
const TimerIncident TimerKind = "incident"

// TimerSettle passes on to one alert what a desk has said to a summary.
const TimerSettle TimerKind = "settle"

// A recipient's ladder climbs until a human has confirmed: at once where a
// rung fails, and on silence. It stops as DESIGN has it: a confirmation stops
// the recipient's own; a contact's also stops the other contacts' calls and
// tasks, not their texts; a desk's stops by a desk or an agent.

// TimerClimb looks at the recipients of an alert whose silence has lasted.
const TimerClimb TimerKind = "climb"

const (
	// TimerMoved forgets the phone that somebody moved from.
	TimerMoved TimerKind = "moved"
)

// What people write of their own while their alert is open: where they are
// taken, who is alone at home, that it is over. Anybody who holds the phone can
// write it, so words go on as what they are, from that phone and without a PIN,
// and only the PIN ends anything.

const (
	// TimerWords passes on what was written within a minute of other words.
	TimerWords TimerKind = "words"
)

// What follows a registration. Each kind is the name of its text.
const (
	TimerLimits     TimerKind = "limits"
	TimerSaveNumber TimerKind = "save-number"
	TimerAskDuress  TimerKind = "ask-duress-pin"
)
