package gateway

import (
	"encoding/json"
	"time"
)

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

// TimerClimb looks at the recipients of an alert whose silence has lasted.
const TimerClimb TimerKind = "climb"

const (
	// TimerMoved forgets the phone that somebody moved from.
	TimerMoved TimerKind = "moved"
)

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
