package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"aviso/templates"
)

// Act is something that an agent does on the console. It is an event like a
// text: who may do what is decided here, from what the store knows of the
// agent, and everything that is done stands in two audit chains, that of whom
// it was done to and that of the agent.
type Act struct {
	// Key is of the form that was sent, so that a double click does nothing
	// twice and is answered the same.
	Key   string
	Agent ID // as the log-in proved
	Deed  Deed
}

// Deed is what an agent does. The types of this package are all there are:
//
//	about an alert    RaiseFor, AddWords, EndAlert, Note, Describe, Reroute,
//	                  TellConsulate, Acknowledge, SilencePhone
//	about a person    LookUp, Verify, VerifyAnswers, Register, ChangeProfile,
//	                  Reveal
//	about a task      TakeTask, GiveTaskBack, FinishTask
//	to contacts       DrillPerson, InviteContacts
//	about an act      Undo, while it waits (act_wait.go), and Correct afterwards
//
// and by admins alone
//
//	to contacts       InviteMany, InviteInTurn
//	about a desk      ConfirmDesk, TestDesk, SetHours
//	about agents      TakeAudit
type Deed interface {
	// name is what the agent's audit chain calls it.
	name() string
	scope(*Scope)
	do(*acting) error
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

// Scope is what the deed is about, and the agent.
func (a *Act) Scope() Scope {
	s := Scope{Agent: a.Agent}
	if a.Key != "" {
		s.Key = "act:" + a.Agent.String() + ":" + a.Key
	}
	a.Deed.scope(&s)
	return s
}

// adminDeed is done by admins alone.
type adminDeed interface{ admin() }

// act decides on what an agent does.
func (d *acting) act(a *Act) error { return d.doFor(d.view.Agent, a) }

// doFor does what an agent asked for, or lets it wait.
func (d *acting) doFor(agent *Agent, a *Act) error {
	if agent == nil || !agent.Disabled.IsZero() {
		return ErrForbidden
	}
	if _, admin := a.Deed.(adminDeed); admin && agent.Role != RoleAdmin {
		return ErrForbidden
	}
	d.agent, d.actor, d.lang = agent, "agent:"+agent.Name, templates.Fallback
	d.turn.Answer.Outcome.Word = Done
	d.countActPIN()
	tried := slices.Clone(d.turn.Agents)
	if err := a.Deed.do(d); err != nil {
		return err
	}
	if d.tells(a.Deed) {
		return d.postpone(a.Deed, tried)
	}
	// What the texts' decisions answered was meant for a phone.
	d.turn.Answer.Text = ""
	d.audit(SubjectAgent, agent.ID, agent.Version, a.Deed.name(), d.actor, d.about(a))
	return nil
}

// about names whom an act was done to, by id: an agent's chain outlives the
// person's erasing.
func (d *acting) about(a *Act) string {
	s := a.Scope()
	o := d.turn.Answer.Outcome
	var words []string
	add := func(kind string, id ID) {
		if !id.IsZero() {
			words = append(words, kind+":"+id.String())
		}
	}
	alert, profile := s.Alert, s.Profile
	if alert.IsZero() {
		alert = o.Alert
	}
	if profile.IsZero() {
		profile = o.Who
	}
	add("alert", alert)
	add("profile", profile)
	add("task", s.Task)
	if desk, ok := a.Deed.(interface{ desk() ID }); ok {
		add("desk", desk.desk())
	}
	if o.Word != Done {
		words = append(words, string(o.Word))
	}
	return strings.Join(words, " ")
}

func (d *acting) outcome(word OutcomeWord) { d.turn.Answer.Outcome.Word = word }

// putAgent writes what the agent's own row holds.
func (d *acting) putAgent() {
	put(&d.turn.Agents, *d.agent, func(x Agent) bool { return x.ID == d.agent.ID })
}

// openAlert is the case of an alert that is open; otherwise the outcome says so.
func (d *acting) openAlert(id ID) (*Case, error) {
	c := d.view.Case(id)
	if c == nil || c.Alert.Drill {
		return nil, ErrNotFound
	}
	d.turn.Answer.Outcome.Alert = id
	if !c.Alert.Open() {
		d.outcome(NotOpen)
		return nil, nil
	}
	return c, nil
}

// person is whose alert it is: the profile, or what is known of somebody who
// has none.
func (d *decision) person(c *Case) *Profile {
	if p := d.profile(c.Alert.Profile); p != nil {
		return p
	}
	return &Profile{
		Name: c.Alert.Name, Language: c.Alert.Language, ZIP: c.Alert.ZIP, Phone: c.Alert.Phone, ConsularNotice: c.Alert.Consent,
	}
}

// The longest that an agent may type, in characters.
const (
	actWords = 400 // three segments of a text
	actNote  = 2000
	actField = 80
)

// clean is what an agent typed on one line, bounded and fit for a text.
func clean(field, s string, longest int) (string, error) {
	s = strings.TrimSpace(strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " "))
	if len([]rune(s)) > longest {
		return "", &Invalid{Field: field, Why: "long"}
	}
	return s, nil
}

// cleanAll cleans several fields in place.
func cleanAll(longest int, fields map[string]*string) error {
	for name, value := range fields {
		s, err := clean(name, *value, longest)
		if err != nil {
			return err
		}
		*value = s
	}
	return nil
}
