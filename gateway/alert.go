package gateway

import "time"

// Alert is one cry for help. It may lack a profile: an ALERTA from a phone
// that nobody knows is kept too, and put before an agent.
type Alert struct {
	ID      ID `json:"-"`
	Version `json:"-"`

	Ref       Ref        `json:"-"`
	Profile   ID         `json:"-"` // zero: raised by somebody whom nobody knows
	State     AlertState `json:"-"`
	Consulate string     `json:"-"`                  // id; "" where there is none or the person did not consent
	District  string     `json:"district,omitempty"` // id of the consulate for the place, whatever the person consented to; a clear column too, for incidents
	At        time.Time  `json:"-"`
	Drill     bool       `json:"-"` // a PRUEBA: marked so everywhere

	Channel    string    `json:"channel,omitempty"` // sms, voice, ussd, agent
	Phone      Phone     `json:"phone,omitempty"`   // where it was raised from
	Sender     string    `json:"sender,omitempty"`  // the number of ours that was texted
	Borrowed   bool      `json:"borrowed,omitempty"`
	Unverified bool      `json:"unverified,omitempty"`
	Family     bool      `json:"family,omitempty"`   // to the family only: nobody has said yet that it is an alert
	Advise     bool      `json:"advise,omitempty"`   // the person, as the phone that raised it is shown them, consents to consular notice: its texts may speak of a consulate
	Reporter   string    `json:"reporter,omitempty"` // the contact who raised it for the person
	Joined     bool      `json:"joined,omitempty"`   // somebody else raised it, too
	Silent     bool      `json:"silent,omitempty"`   // no text may go to the phone that raised it
	Name       string    `json:"name,omitempty"`     // whole
	Language   string    `json:"language,omitempty"`
	ZIP        string    `json:"zip,omitempty"`
	Zone       string    `json:"zone,omitempty"` // IANA, in which its times are said
	Certain    bool      `json:"certain,omitempty"`
	Words      []Words   `json:"words,omitempty"`
	Passed     *Passed   `json:"passed,omitempty"`      // how far they have been passed on; nil: none was
	Quiet      bool      `json:"quiet,omitempty"`       // none are: the duress PIN was used
	Linked     ID        `json:"linked,omitzero"`       // an earlier one of the same person
	Duress     time.Time `json:"duress,omitzero"`       // when the duress PIN was used on it
	HiddenFrom []Phone   `json:"hidden_from,omitempty"` // phones to which it looks called off since then
	Ended      time.Time `json:"ended,omitzero"`
	Reason     string    `json:"reason,omitempty"` // found, released, deported, false alarm, unknown

	Details  Details   `json:"details,omitzero"`   // what agents learned since
	Consent  Consent   `json:"consent,omitzero"`   // to consular notice, of somebody who has no profile
	Proposal *Proposal `json:"proposal,omitempty"` // of an agent, to call it off without the PIN

	// Carried are the acts of agents and desks that told people of it, or what
	// became of it; the newest stand last.
	Carried []Carried `json:"carried,omitempty"`

	// Pretence is what the phone that raised it is shown of it, where a facade
	// stands before the person (facade.go); nil: the truth.
	Pretence *Pretence `json:"pretence,omitempty"`
}

// Passed is how far an open alert's words have been passed on.
type Passed struct {
	Times   int       `json:"times"`
	Last    time.Time `json:"last,omitzero"`
	Waiting string    `json:"waiting,omitempty"` // words that go together when the minute is over
}

// Words are what somebody wrote, and when.
type Words struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
	By   string    `json:"by,omitempty"` // ByAgent: not the person's
}

// ByAgent says of words that an agent of ours wrote them.
const ByAgent = "agent"

// AlertState is where an alert is in its life.
type AlertState int

const (
	AlertOpen      AlertState = 1
	AlertCancelled AlertState = 2 // called off with a PIN
	AlertClosed    AlertState = 3 // by a desk, an agent or time
)

// Open reports whether the alert is still open.
func (a *Alert) Open() bool { return a.State == AlertOpen }

// Recipient is somebody whom one alert owes a notice, with their place on the
// ladder that climbs until a human has confirmed.
type Recipient struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Alert ID             `json:"-"`
	Kind  RecipientKind  `json:"-"`
	State RecipientState `json:"-"`
	Rung  int            `json:"-"` // index of the ladder's rung that is being tried, from 0
	Next  time.Time      `json:"-"` // when the next rung is climbed; zero: it is not

	Phone     Phone     `json:"phone,omitempty"` // found by keyed hash
	Contact   ID        `json:"contact,omitzero"`
	Desk      ID        `json:"desk,omitzero"`
	Name      string    `json:"name,omitempty"` // how the recipient is called towards the person: "Maria", "Consulado en Chicago"
	Language  string    `json:"language,omitempty"`
	Accepted  bool      `json:"accepted,omitempty"` // agreed to be told: may be given the words
	Vague     bool      `json:"vague,omitempty"`
	Confirmed time.Time `json:"confirmed,omitzero"`
	Closed    time.Time `json:"closed,omitzero"`    // of a desk: when its consulate closed its part in the alert
	Drill     bool      `json:"drill,omitempty"`    // of a PRUEBA
	Summed    bool      `json:"summed,omitempty"`   // a desk that an incident's summaries tell, instead of a text of its own
	Mistaken  bool      `json:"mistaken,omitempty"` // was told by mistake, and has been told that

	pretended bool // is not one: a phone is shown them (facade.go)
}

// RecipientKind says why somebody is told.
type RecipientKind int

const (
	KindContact  RecipientKind = 1
	KindDesk     RecipientKind = 2
	KindNational RecipientKind = 3
)

// RecipientState is how far a recipient is from knowing.
type RecipientState int

const (
	RecipientOwed      RecipientState = 1 // not confirmed: the ladder climbs
	RecipientConfirmed RecipientState = 2 // a human said so
	RecipientGivenUp   RecipientState = 3 // every rung failed: an agent's task stands for it
	RecipientWithdrawn RecipientState = 4 // the alert ended before anything was sent
	RecipientEnded     RecipientState = 5 // the alert ended after they may have been told
)

// owed reports whether a recipient's confirmation is still waited for.
func (r *Recipient) owed() bool { return r.State == RecipientOwed || r.State == RecipientGivenUp }

// family reports whether a recipient is a contact who may read what an alert is
// about.
func (r *Recipient) family() bool { return r.Kind == KindContact && !r.Vague }

// Attempt is one message or call on its way to one phone. Its id is the path
// of its receipts. What it says was rendered when it was enqueued and never
// changes: what was promised is what is sent.
type Attempt struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	// Where it belongs; zero where it belongs to none.
	Alert     ID `json:"-"`
	Recipient ID `json:"-"`

	Channel Channel      `json:"-"`
	Lane    Lane         `json:"-"`
	State   AttemptState `json:"-"`
	Due     time.Time    `json:"-"` // not before
	Expires time.Time    `json:"-"` // not after; zero: never, as a notice of an alert
	// Validity is how long the carrier may queue it before it has to fail;
	// zero: as long as it likes. Whole seconds.
	Validity time.Duration `json:"-"`
	Tries    int           `json:"-"` // requests so far that were refused, or lost without an answer
	Lookups  int           `json:"-"` // searches at the carrier that did not find it
	Claim    Claim         `json:"-"`

	// What became of it.
	Sender string    `json:"-"` // the number of ours that it went from, or was last tried from
	Avoid  []string  `json:"-"` // numbers of ours that failed to reach them; in clear, comma-joined
	SID    string    `json:"-"` // the carrier's name for it
	Rank   Rank      `json:"-"`
	Code   string    `json:"-"` // the carrier's error, "30005"
	Sent   time.Time `json:"-"` // when the carrier accepted it

	// Sealed.
	To      Phone   `json:"to"`
	Text    string  `json:"text,omitempty"`
	Purpose Purpose `json:"purpose,omitempty"`
	Prefer  string  `json:"prefer,omitempty"` // the sender that the person knows
}

// Channel is how an attempt travels.
type Channel int

const (
	SMS   Channel = 1
	Voice Channel = 2
)

// Lane orders attempts that wait for the same sender: lower goes first.
type Lane int

const (
	LaneFirst   Lane = 0 // the first notice of an alert
	LaneNotice  Lane = 1 // its other notices
	LaneAnswer  Lane = 2 // words to the person who raised it
	LaneCancel  Lane = 3
	LaneConfirm Lane = 4
	LaneInfo    Lane = 5
	LaneDrill   Lane = 6
	LaneInvite  Lane = 7
)

// Purpose says what an attempt is for, for the record and the console.
type Purpose string

const (
	PurposeNotice  Purpose = "notice"  // an alert's notice to a recipient
	PurposeMore    Purpose = "more"    // words added to it
	PurposeMessage Purpose = "message" // the person's own message to a contact
	PurposeNews    Purpose = "news"    // word to the person who raised it
	PurposeEnd     Purpose = "end"     // it was called off or closed
	PurposeDuress  Purpose = "duress"  // to desks: it was called off under duress
	PurposeInvite  Purpose = "invite"  // asks somebody to be a contact
	PurposeInfo    Purpose = "info"
	PurposeCorrect Purpose = "correct" // what an agent or a desk told was a mistake
	PurposeRedact  Purpose = "redact"  // not a message, and of earlier versions: what a carrier is to forget stands with the message
)

// AttemptState is an attempt's life. Waiting and Claimed change places until a
// carrier takes it or nothing more can be done.
//
//	Waiting <-> Claimed -> Sent -> (receipts raise the rank)
//	   |           '-----> Failed
//	   '-> Withdrawn, Held
type AttemptState int

const (
	AttemptWaiting   AttemptState = 1 // until Due
	AttemptClaimed   AttemptState = 2 // a node has it until the lease ends
	AttemptSent      AttemptState = 3 // the carrier took it
	AttemptFailed    AttemptState = 4 // this attempt will not be tried again
	AttemptWithdrawn AttemptState = 5 // no longer wanted, and never sent
	AttemptHeld      AttemptState = 6 // a pilot's --only-to leaves it out
)

// Claim is a node's hold on an attempt. The fence rises with each claim: the
// result of an older one, unless it proves that something was sent, is void.
type Claim struct {
	Fence int64
	Until time.Time // the lease's end; nothing may be sent after it
	Doubt bool      // an earlier claim ended without a result: look it up before sending again
}

// Rank is how far a message has come by its receipts. It only rises; among
// equals Delivered replaces Failed.
type Rank int

const (
	RankNone      Rank = 0
	RankQueued    Rank = 1
	RankSending   Rank = 2
	RankSent      Rank = 3
	RankFailed    Rank = 4 // undelivered or failed
	RankDelivered Rank = 5 // same height as Failed to the outside, and replaces it
	RankRead      Rank = 6
)

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
	TaskRegistration  TaskKind = "registration" // whom a registration by text does not understand: ring them
	TaskOptedOut      TaskKind = "opted-out"    // a recipient who stopped our texts: only a live call is left
	TaskDeskStopped   TaskKind = "desk-stopped" // a consulate's desk wants no texts: the operator looks for another
	TaskWrongNumber   TaskKind = "wrong-number" // a contact's number is not theirs
	TaskRefused       TaskKind = "refused"      // a contact who refused: ring the person
	TaskRing          TaskKind = "ring"         // whom an agent's caller wants rung
	TaskReview        TaskKind = "review"       // an agent called an alert off alone: another one looks at it
	TaskCorrect       TaskKind = "correct"      // somebody was called, or takes no texts: ring them about a mistake
)

// TaskState is how far a task is.
type TaskState int

const (
	TaskOpen    TaskState = 1
	TaskClaimed TaskState = 2
	TaskDone    TaskState = 3
)

// Desk is one way to reach a consulate (or, by the id "agents", the contact
// centre's roster), as the operator configured it.
type Desk struct {
	ID        ID     `json:"-"`
	Seq       int64  `json:"-"`
	Consulate string `json:"-"` // id of the consulate, "national", or "agents"
	Position  int    `json:"-"` // rows of a consulate are tried in this order, from 0

	Channel   Channel   `json:"channel"`
	Address   Phone     `json:"address"`
	Hours     string    `json:"hours,omitempty"` // "mon-fri 08:00-18:00" in the consulate's zone; empty: always
	Language  string    `json:"language,omitempty"`
	Confirmed time.Time `json:"confirmed,omitzero"` // since when the desk is known to expect alerts; zero: not yet
	Stopped   time.Time `json:"stopped,omitzero"`   // since when its number wants to hear nothing of us; zero: it does
}

// Expects reports whether a desk may be told of alerts: it is known to expect
// them, and has not said that it wants none.
func (d *Desk) Expects() bool { return !d.Confirmed.IsZero() && d.Stopped.IsZero() }

// Version is how a subject is seen: its sequence number and the head of its
// audit chain. A Turn that changes the subject says the version that it saw,
// and is refused where that has moved on.
type Version struct {
	Seq  int64  // 0: does not exist yet
	Head []byte // hash of the chain's last entry, 32 bytes; nil: none
}
