package acts

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

const (
	// aloneAfter: one agent alone calls nothing off sooner after the alert.
	aloneAfter = 30 * time.Minute
)

// EndAlert calls an alert off or closes it: with the person's PIN; else by two
// agents; else by one, where nobody else is signed in, no sooner than half an
// hour after the alert, and with a task for somebody to look at it later.
type EndAlert struct {
	Alert  gateway.ID
	PIN    string
	Reason string // one of EndReasons; not needed with a PIN
	Words  string

	// Agrees is the mark of another agent's proposal, which is carried out as it
	// reads: its reason and its words. Otherwise the proposal is the agent's own,
	// in place of what was proposed before.
	Agrees string
}

func (EndAlert) name() string { return "end" }

func (e EndAlert) scope(s *gateway.Scope) { s.Alert, s.Present = e.Alert, true }

func (e EndAlert) pin(view *gateway.View) (string, *gateway.Profile) { return e.PIN, view.Subject }

func (e EndAlert) do(d *Acting) error {
	words, err := clean("end_words", e.Words, actWords)
	if err != nil {
		return err
	}
	c, err := d.openAlert(e.Alert)
	if c == nil {
		return err
	}
	if e.PIN != "" {
		return d.endByPIN(c)
	}
	p := c.Alert.Proposed(d.Now)
	if e.Agrees != "" {
		switch {
		case p == nil || p.Mark() != e.Agrees:
			d.outcome(gateway.Otherwise)
		case p.Agent == d.Agent.ID:
			d.outcome(gateway.NeedSecond)
		default:
			return d.decideEnd(ended{Alert: e.Alert, Reason: p.Reason, Words: p.Words, Second: p.By})
		}
		return nil
	}
	if !slices.Contains(gateway.EndReasons, e.Reason) {
		return &gateway.Invalid{Field: "reason", Why: "missing"}
	}
	switch {
	case d.View.Present > 0 && p != nil && p.Agent == d.Agent.ID:
		d.outcome(gateway.NeedSecond)
	case d.View.Present > 0:
		c.Alert.Proposal = &gateway.Proposal{Agent: d.Agent.ID, By: d.Agent.Name, At: d.Now, Reason: e.Reason, Words: words}
		d.PutAlert(&c.Alert, "end-proposed", d.Actor, e.Reason)
		d.outcome(gateway.DoneProposed)
	case gateway.Age(d.Now, c.Alert.At) < aloneAfter:
		d.outcome(gateway.TooSoon)
	default:
		return d.decideEnd(ended{Alert: e.Alert, Reason: e.Reason, Words: words, Alone: true})
	}
	return nil
}

// WithdrawEnd takes back what was proposed, by the agent's own word or another's.
type WithdrawEnd struct {
	Alert gateway.ID
	Mark  string // of the proposal that was read
}

func (WithdrawEnd) name() string { return "end-withdrawn" }

func (w WithdrawEnd) scope(s *gateway.Scope) { s.Alert = w.Alert }

func (w WithdrawEnd) do(d *Acting) error {
	c, err := d.openAlert(w.Alert)
	if c == nil {
		return err
	}
	p := c.Alert.Proposed(d.Now)
	if p == nil || p.Mark() != w.Mark {
		d.outcome(gateway.Otherwise)
		return nil
	}
	c.Alert.Proposal = nil
	d.PutAlert(&c.Alert, "end-withdrawn", d.Actor, p.Reason)
	return nil
}

// ended is the end of an alert once it is decided that it may end: what the PIN
// proved, or the second agent said, holds when it is carried out.
type ended struct {
	Alert  gateway.ID
	Reason string // gateway.EndedByPIN, or one of EndReasons
	Words  string
	Second string // the agent who had proposed it; "": nobody had
	Alone  bool   // nobody else was signed in
}

func (ended) name() string { return "end" }

func (e ended) scope(s *gateway.Scope) { s.Alert = e.Alert }

func (e ended) says() string { return e.Words }

// decideEnd ends an alert, which is what is carried out if nobody undoes it.
func (d *Acting) decideEnd(e ended) error {
	d.instead = e
	return e.do(d)
}

func (e ended) do(d *Acting) error {
	c, err := d.openAlert(e.Alert)
	if c == nil {
		return err
	}
	if e.Reason == gateway.EndedByPIN {
		p := d.Person(c)
		d.End(c, gateway.AlertCancelled, gateway.EndedByPIN, d.Actor, func(r *gateway.Recipient) string { return d.EndText(c, p, r, gateway.EndedByPIN) })
		d.outcome(gateway.DoneEnded)
		return nil
	}
	d.endByAgents(c, e.Reason, e.Words, e.Second)
	if e.Alone {
		d.PutTask(gateway.Task{Kind: gateway.TaskReview, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name, Note: d.Agent.Name + ": " + e.Reason})
	}
	return nil
}

// endByPIN is what a text with the PIN does; the duress PIN ends the alert in
// looks only, towards the phones that the person may be watched on.
func (d *Acting) endByPIN(c *gateway.Case) error {
	p := d.View.Subject
	if p == nil {
		return &gateway.Invalid{Field: "pin", Why: "nobody"}
	}
	switch d.PIN.Result {
	case gateway.PINReal:
		return d.decideEnd(ended{Alert: c.Alert.ID, Reason: gateway.EndedByPIN})
	case gateway.PINDuress:
		for _, phone := range []gateway.Phone{p.Phone, c.Alert.Phone} {
			if phone != "" && !c.Alert.LooksOver(phone) {
				d.LookEnded(c, p, phone)
			}
		}
		d.outcome(gateway.UnderDuress)
	default:
		d.refuseActPIN(p.ID)
	}
	return nil
}

// endByAgents closes an alert for a reason, and says so to everybody who has
// been told.
func (d *Acting) endByAgents(c *gateway.Case, reason, words, second string) {
	p := d.Person(c)
	text := func(r *gateway.Recipient, language string) string {
		said := d.Say(language, "reason-"+reason, templates.Data{})
		data := d.Toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String(), Words: gateway.Sentence(escalation.Typed(d.Now, said))})
		if words != "" {
			data.Words += " " + d.Say(language, "agent-adds", templates.Data{Words: gateway.Sentence(escalation.Typed(d.Now, words))})
		}
		if reason == "found" && data.Family { // who knows where somebody is held goes there
			data.Words += " " + d.Say(language, "do-not-go", templates.Data{})
		}
		return d.Say(language, "closed", data)
	}
	d.End(c, gateway.AlertClosed, reason, d.Actor, func(r *gateway.Recipient) string { return text(r, r.Language) })
	if a := &c.Alert; !a.Silent && a.Phone.Dialable() && !d.WantsNone(a.Phone) {
		d.Send(gateway.Attempt{
			Alert: a.ID, Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: a.Phone, Prefer: a.Sender, Text: text(nil, a.Language),
		})
	}
	if second != "" {
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "second-agent", "agent:"+second, reason)
	}
	d.outcome(gateway.DoneEnded)
}
