package acts

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"aviso/gateway"
	"aviso/gateway/decision"
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
	Agent gateway.ID // as the log-in proved
	Deed  Deed
}

// Deed is what an agent does. The types of this package are all there are:
//
//	about an alert    RaiseFor, AddWords, EndAlert, WithdrawEnd, Note, Describe, Reroute,
//	                  TellConsulate, Acknowledge, SilencePhone
//	about a person    Verify, VerifyAnswers, Register, ChangeProfile, Reveal
//	that are looks    Search, LookUp, OpenAlert, and UsedShare beyond the share
//	about a task      TakeTask, GiveTaskBack, FinishTask
//	about a call      TakeCall, PutAwayCall
//	to contacts       DrillPerson, InviteContacts
//	about an act      Undo, while it waits (wait.go), and Correct afterwards
//
// and by admins alone
//
//	to contacts       InviteMany, InviteInTurn
//	about a desk      AddDesk, MoveDesk, ConfirmDesk, TestDesk, SetHours
//	about agents      TakeAudit
//	that are looks    ReadArchive
//	for the book      EnterDemand
type Deed interface {
	// name is what the agent's audit chain calls it.
	name() string
	scope(*gateway.Scope)
	do(*Acting) error
}

// Scope is what the deed is about, and the agent.
func (a *Act) Scope() gateway.Scope {
	s := gateway.Scope{Agent: a.Agent}
	if a.Key != "" {
		s.Key = "act:" + a.Agent.String() + ":" + a.Key
	}
	a.Deed.scope(&s)
	return s
}

// adminDeed is done by admins alone.
type adminDeed interface{ admin() }

// Act decides on what an agent does.
func (d *Acting) Act(a *Act) error { return d.doFor(d.View.Agent, a) }

// doFor does what an agent asked for, or lets it wait.
func (d *Acting) doFor(agent *gateway.Agent, a *Act) error {
	if agent == nil || !agent.Disabled.IsZero() {
		return gateway.ErrForbidden
	}
	if _, admin := a.Deed.(adminDeed); admin && agent.Role != gateway.RoleAdmin {
		return gateway.ErrForbidden
	}
	d.Agent, d.Actor, d.Lang = agent, "agent:"+agent.Name, templates.Fallback
	d.Turn.Answer.Outcome.Word = gateway.Done
	d.countActPIN()
	tried := slices.Clone(d.Turn.Agents)
	if err := a.Deed.do(d); err != nil {
		return err
	}
	if d.tells(a.Deed) {
		return d.postpone(a.Deed, tried)
	}
	// What the texts' decisions answered was meant for a phone.
	d.Turn.Answer.Text = ""
	d.Audit(gateway.SubjectAgent, agent.ID, agent.Version, a.Deed.name(), d.Actor, d.about(a))
	return nil
}

// about names whom an act was done to, by id: an agent's chain outlives the
// person's erasing.
func (d *Acting) about(a *Act) string {
	s := a.Scope()
	o := d.Turn.Answer.Outcome
	var words []string
	add := func(kind string, id gateway.ID) {
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
	if desk, ok := a.Deed.(interface{ desk() gateway.ID }); ok {
		add("desk", desk.desk())
	}
	if o.Word != gateway.Done {
		words = append(words, string(o.Word))
	}
	if deed, ok := a.Deed.(interface{ cameTo() string }); ok {
		words = append(words, deed.cameTo())
	}
	return strings.Join(words, " ")
}

func (d *Acting) outcome(word gateway.OutcomeWord) { d.Turn.Answer.Outcome.Word = word }

// Why there was nothing left to do.
const (
	overAlert  = "ended"     // the alert
	overTask   = "task-done" // somebody has done it
	overKnown  = "known"     // the recipient has confirmed
	overTold   = "told"      // the consulate, already
	overDesk   = "confirmed" // the desk
	overRight  = "corrected" // somebody has corrected it
	overLate   = "day"       // corrections end after a day
	overNobody = "withdrawn" // the recipient is told nothing any more
)

// notOpen says that nothing was done, as there was nothing left to do, and why.
func (d *Acting) notOpen(why string) {
	d.Turn.Answer.Outcome.Word, d.Turn.Answer.Outcome.Text = gateway.NotOpen, why
}

// putAgent writes what the agent's own row holds.
func (d *Acting) putAgent() {
	decision.Put(&d.Turn.Agents, *d.Agent, func(x gateway.Agent) bool { return x.ID == d.Agent.ID })
}

// openAlert is the case of an alert that is open; otherwise the outcome says so.
func (d *Acting) openAlert(id gateway.ID) (*gateway.Case, error) {
	c := d.View.Case(id)
	if c == nil || c.Alert.Drill {
		return nil, gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Alert = id
	if !c.Alert.Open() {
		d.notOpen(overAlert)
		return nil, nil
	}
	return c, nil
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
		return "", &gateway.Invalid{Field: field, Why: "long"}
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

// minutes is a wait as it is said: rounded up.
func minutes(d time.Duration) string { return fmt.Sprint(int((d + time.Minute - 1) / time.Minute)) }
