package gateway

import (
	"fmt"
	"strings"
	"time"
)

// Details are what an agent learns about a person after an alert, mostly from
// the family: what a consulate needs to find somebody (FACTS: consular
// practice), and what registration does not ask.
type Details struct {
	Born     string `json:"born,omitempty"`     // as said: "1988-03-14", "marzo de 1988"
	Country  string `json:"country,omitempty"`  // of birth
	Place    string `json:"place,omitempty"`    // where it happened
	Facility string `json:"facility,omitempty"` // where they are held
	ANumber  string `json:"a_number,omitempty"`
	Medical  string `json:"medical,omitempty"`
	Minors   string `json:"minors,omitempty"` // children left alone
	Family   string `json:"family,omitempty"` // who agreed to be rung by the consulate, and how
}

// Proposal is one agent's word that an alert should be called off. It takes
// another one's.
type Proposal struct {
	Agent  ID        `json:"agent"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Words  string    `json:"words,omitempty"`
}

// ProposalLasts is how long a second agent may take.
const ProposalLasts = time.Hour

// Mark tells a proposal from every other one: who agrees has read this one.
func (p *Proposal) Mark() string { return fmt.Sprintf("%s-%d", p.Agent, p.At.UnixMicro()) }

// Proposed is what an agent has proposed and another may still agree to; nil: nothing.
func (a *Alert) Proposed(now time.Time) *Proposal {
	if p := a.Proposal; a.Open() && p != nil && Age(now, p.At) < ProposalLasts {
		return p
	}
	return nil
}

// EndReasons are why an agent may end an alert.
var EndReasons = []string{"found", "released", "deported", "false-alarm", "unknown"}

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
	Again      bool      `json:"again,omitempty"`    // the person had another one within a day before it: it is told as another
	Joined     bool      `json:"joined,omitempty"`   // somebody else raised it, too
	Silent     bool      `json:"silent,omitempty"`   // no text may go to the phone that raised it: borrowed, seized, or shown a decoy
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
	DecoyOn    []Phone   `json:"hidden_from,omitempty"` // phones on which it looks called off since then: decoy.go
	Ended      time.Time `json:"ended,omitzero"`
	Reason     string    `json:"reason,omitempty"` // found, released, deported, false alarm, unknown

	Details  Details   `json:"details,omitzero"`   // what agents learned since
	Consent  Consent   `json:"consent,omitzero"`   // to consular notice, of somebody who has no profile
	Proposal *Proposal `json:"proposal,omitempty"` // of an agent, to call it off without the PIN

	// Carried are the acts of agents and desks that told people of it, or what
	// became of it; the newest stand last.
	Carried []Carried `json:"carried,omitempty"`

	// Decoy is what the phone that raised it is shown of it, where one stands for
	// the person (decoy.go); nil: the truth.
	Decoy *DecoyAlert `json:"pretence,omitempty"`
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

// AlertStates are all of them.
var AlertStates = [...]AlertState{AlertOpen, AlertCancelled, AlertClosed}

// Over reports whether the alert has ended.
func (a Alert) Over() bool { return !a.Open() }

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

	Decoy bool `json:"-"` // is not one: a phone is shown them (decoy.go)
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

// Owed reports whether a recipient's confirmation is still waited for.
func (r *Recipient) Owed() bool { return r.State == RecipientOwed || r.State == RecipientGivenUp }

// Family reports whether a recipient is a contact who may read what an alert is
// about.
func (r *Recipient) Family() bool { return r.Kind == KindContact && !r.Vague }

const (
	PurposeCorrect Purpose = "correct" // what an agent or a desk told was a mistake
)

const (
	TaskRegistration TaskKind = "registration" // whom a registration by text does not understand: ring them
	TaskCorrect      TaskKind = "correct"      // somebody was called, or takes no texts: ring them about a mistake
)

// EndedByPIN is the reason of an alert that the person called off without one.
const EndedByPIN = "pin"

// Sentence is what the person wrote, for a text.
func Sentence(words []Words) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.Text
	}
	s := cut(strings.Join(list, " / "))
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// Joined is what somebody wrote in two texts.
func Joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + " / " + second
}
