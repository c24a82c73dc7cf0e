package gateway

import "time"

// Event is something that happened: a text, a key, a receipt, the result of a
// send, a timer that is due, an agent's act. Scope says what a decision on it
// may touch.
type Event interface {
	Scope() Scope
}

// Receipt is a carrier's word on what became of a message or call.
type Receipt struct {
	Attempt ID
	Rank    Rank
	Failure *Failure // set with RankFailed
	Sender  string   // the number of ours that it went from, as far as the carrier says; a receipt may overtake the answer to the request
}

// Result is what came of trying to send an attempt. Failure is nil where the
// carrier took it.
type Result struct {
	Attempt ID
	Fence   int64
	Sender  string // the number of ours that was used
	SID     string
	Absent  bool // looked up at the carrier, and not there
	Failure *Failure
	Channel Channel // of the attempt, for counting

	// Held is the attempt as it was claimed, where whoever sent it still has it
	// at hand; nil: it is read. Result does not change it.
	Held *Attempt
}

// DeskDrill asks every desk that the operator has not confirmed for an answer
// to a PRUEBA; only then is it told of real alerts.
type DeskDrill struct{}

// TimerDue is a timer whose time has come, claimed under its fence.
type TimerDue struct{ Timer Timer }

// Scope is what an event may touch: the store reads it as one snapshot.
// Fields that are empty ask for nothing.
type Scope struct {
	// Key is the event's dedupe key, unique over all kinds of event ("sms:SM…").
	// With a key that is known View returns the first answer and nothing else.
	Key string

	// Phone asks for its conversation, the profile it is registered with, the
	// profiles that name it as a contact, and what it was told of alerts that
	// are open or ended within 30 days (the newest 20 of these).
	Phone Phone

	// Named asks for profiles by registered phone, personal code or an open
	// alert's reference, in this order; and Refs for what Phone was told of the alerts of that reference.
	NamedPhones []Phone
	NamedCodes  []Code
	NamedRefs   []Ref // the person of an open alert by its reference
	Refs        []Ref

	// Moves asks for the conversations of the phones of whom the above name.
	Moves bool

	// Attempt asks for the attempt, without its sealed part; with Whole also
	// that, and its whole case.
	Attempt ID
	Whole   bool

	// Alert asks for one case, Profile for one profile and its cases.
	Alert   ID
	Profile ID

	// Invited asks for the profiles that name these phones as contacts, at most
	// 20 a phone: somebody is about to name them too.
	Invited []Phone

	// Drills asks for the drills that the contacts of Phone's person and of
	// Profile got lately.
	Drills bool

	// Since asks for how many alerts each place had since then.
	Since time.Time

	// Desk asks for the incidents that the desk of this phone is told of,
	// without their alerts.
	Desk Phone

	// Together asks for what else the contacts of Alert's case were told of.
	Together bool

	// Agent asks for the agent who acts, Task for one task with its case, and
	// Present for how many other agents are signed in.
	Agent   ID
	Task    ID
	Present bool

	Pass  []byte // asks for the link of this key
	Timer ID     // asks for this timer, as it waits

	// KeySession asks for the call or USSD session of that key, for the people
	// it names and their cases, and for the alert that it raised.
	KeySession string
}

// Scope of a receipt is the attempt; where it failed, or was thought to have
// failed, the whole case, since something else has to be tried.
func (r Receipt) Scope() Scope { return Scope{Attempt: r.Attempt, Whole: r.Failure != nil} }

// Scope of a result is the attempt; where it failed the whole case.
func (r Result) Scope() Scope { return Scope{Attempt: r.Attempt, Whole: r.Failure != nil} }

// Scope of a drill of the desks is the directory, which every view holds.
func (DeskDrill) Scope() Scope { return Scope{} }

// Scope of a timer is what it is about. Its key lets a timer whose lease ended
// while it was being handled happen once.
func (t TimerDue) Scope() Scope {
	if t.Timer.Kind == TimerSettle {
		return Scope{Key: timerKey(t.Timer.ID), Alert: t.Timer.Alert, Desk: t.Timer.Phone}
	}
	return Scope{Key: timerKey(t.Timer.ID), Alert: t.Timer.Alert, Profile: t.Timer.Profile, Phone: t.Timer.Phone, Together: t.Timer.Kind == TimerFollow}
}

// View is what a decision may know, read as one snapshot.
type View struct {
	// Repeat is set where the event's key is known: its first answer.
	Repeat *Answer

	Conversation Conversation   // with Seq 0 for a phone that has never written
	Asking       *Attempt       // the text that asks Conversation.Question, without its sealed part
	CryTask      *Task          // of Conversation.Cry
	Own          *Profile       // whose phone it is, or with Whole that of an attempt that asks them for a sign of life
	Former       *Profile       // who moved from this phone, if that can be undone
	Guest        *Profile       // of Conversation.Guest
	Across       []Conversation // of the phone that Former has now, and with Scope.Moves those of Named
	Unseen       *Profile       // whose phone it is, and who looks erased there: Own is nil then
	Named        []Profile      // found by number or code
	Wards        []Profile      // who name this phone as a contact, at most 20
	Raisers      []Profile      // of the alerts that Conversation.Raised and its Question name
	Subject      *Profile       // by Scope.Profile, or of the case of Scope.Alert or Attempt
	Invited      []Profile      // who name one of Scope.Invited

	// Cases are alerts with everything that hangs on them: the open ones of
	// Own, Former, Guest, Named and Wards, those ended within the last 24 hours, those that
	// Conversation.Raised names, that of Conversation.Question, those of Told
	// that Scope.Refs names or a desk was told of, that of Scope.Attempt with Whole, and Scope.Alert; newest first, at most 20 a profile.
	Cases []Case

	// Stopped are those of the phones of all profiles in the view and of their
	// contacts, of recipients (of Cases and Told), of whoever raised one of
	// these, and of Scope.Invited, whose conversation says that they want no
	// texts.
	Stopped map[Phone]bool

	// Newcomers is how many new contacts the block of ten thousand numbers that
	// each of Scope.Invited is in had today (UTC).
	Newcomers map[Phone]int

	// Texted is what was counted of texts to Scope.Invited, to the contacts who
	// have not agreed of the people above, and to those in a registration under
	// way, and to all contacts with Scope.Drills; within TextedKept, the oldest
	// first.
	Texted map[Phone][]Texted

	// Told is what this phone has been told of, newest first, the alert and the
	// one recipient without the others.
	Told []Told

	// Together are open alerts, and those that ended within 30 days, that each
	// contact of the case was told of, with Scope.Together: the newest 20.
	Together map[Phone][]Told

	// Raids are the incidents that Scope.Alert, or with Whole the attempt, is
	// about, and those that the desk of Scope.Phone or Scope.Desk is told of;
	// each has a case among Cases. Of an incident that is not Scope.Alert only
	// the alerts are there, and not where a text names references.
	Raids []Raid
	Rush  []Rush // by Scope.Since

	// Namers are the profiles that name the phone of the attempt as a contact,
	// at most 20, with Whole.
	Namers []Profile

	Attempt   *Attempt
	Directory *Directory // consulates, desks and incidents

	Agent   *Agent // by Scope.Agent
	Task    *Task  // by Scope.Task
	Present int    // other agents who are signed in, with Scope.Present
	Pass    *Pass  // by Scope.Pass
	Timer   *Timer // by Scope.Timer; nil: it is done with

	KeySession KeySession // with Seq 0 where there is none yet

	Free Ref // a reference that no kept alert has

	// Filled in by the Service.
	ownStanding holding // of Own
	PIN         PINCheck
	Heard       *Heard  // the text, as its phone's conversation will remember it
	First       *Answer // to the text, which has come in before under another id
}

// Case is an alert with all that hangs on it.
type Case struct {
	Alert      Alert
	Recipients []Recipient
	Attempts   []Attempt
	Tasks      []Task // open and claimed ones
}

// Told is an alert as one recipient knows it, with what was sent to them.
type Told struct {
	Alert     Alert
	Recipient Recipient
	Attempts  []Attempt
}

// PINCheck is what became of the digits that an event offered as a PIN. It is
// done between View and decision, so that decisions stay pure and quick.
type PINCheck struct {
	Result  PINResult
	Profile ID
	New     PIN  // of digits that were offered as a new PIN, where a question asks for one
	Taken   bool // the new PIN is the person's other one already
	Easy    bool // a PIN was offered as a new one that everybody tries, and is not taken

	Digits []string // that were offered as a PIN, and are kept from everybody
	Right  string   // which of them is right
	Wrong  int      // how many of them were
}

// Answer is what is said at once to whoever is there.
type Answer struct {
	Text string `json:"text,omitempty"` // "": nothing

	Outcome Outcome `json:"outcome,omitzero"` // of an agent's act
	Screen  *Screen `json:"screen,omitempty"` // of a step of a call or USSD session
}

// Case finds a case of the view by its alert.
func (v *View) Case(id ID) *Case {
	for i := range v.Cases {
		if v.Cases[i].Alert.ID == id {
			return &v.Cases[i]
		}
	}
	return nil
}

// recipient finds one of the alert's recipients.
func (c *Case) recipient(id ID) *Recipient {
	for i := range c.Recipients {
		if c.Recipients[i].ID == id {
			return &c.Recipients[i]
		}
	}
	return nil
}

// toldTo is the alert as one of its recipients knows it.
func (c *Case) toldTo(r *Recipient) Told {
	told := Told{Alert: c.Alert, Recipient: *r}
	for _, a := range c.Attempts {
		if a.Recipient == r.ID {
			told.Attempts = append(told.Attempts, a)
		}
	}
	return told
}

// age is how long ago something was; a time to come has age 0.
func age(now, then time.Time) time.Duration { return max(0, now.Sub(then)) }
