package acts

import (
	"cmp"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// onlyConfirms reports whether an act said that somebody knows, and nothing else.
func onlyConfirms(c *gateway.Carried) bool {
	return len(c.Confirmed) > 0 && (c.Does == (Acknowledge{}).name() || c.Does == (FinishTask{}).name())
}

// keepCarried keeps what was just carried out with whom it told. before is where
// the alert was.
func (d *Acting) keepCarried(w *gateway.Waiting, before *gateway.Place) {
	t := d.carried
	x := gateway.Carried{ID: t.ID, Does: w.Does, By: w.By, At: d.Now, Words: w.Words, Whom: w.Whom}
	for _, a := range d.Turn.Attempts {
		if isNew(a) {
			x.Told = append(x.Told, gateway.Reached{Attempt: a.ID, Recipient: a.Recipient, To: a.To, Call: a.Channel == gateway.Voice})
		}
	}
	for _, r := range d.Turn.Recipients {
		if r.State == gateway.RecipientConfirmed && r.Confirmed.Equal(d.Now) {
			x.Confirmed = append(x.Confirmed, r.ID)
		}
		if r.Seq == 0 {
			x.Added = append(x.Added, r.ID)
		}
	}
	if deed, err := deedOf(w); err != nil || deed.name() == (Correct{}).name() {
		return
	}
	if c := d.View.Case(t.Alert); c != nil && !c.Alert.Drill && d.Raid(t.Alert) == nil {
		x.Ended = !c.Alert.Open()
		if now := c.Alert.Place(); before != nil && now != *before {
			x.Before = before
		}
		if len(x.Told)+len(x.Confirmed) > 0 || x.Ended {
			c.Alert.Carried = gateway.Kept(c.Alert.Carried, x)
			decision.Put(&d.Turn.Alerts, c.Alert, func(a gateway.Alert) bool { return a.ID == c.Alert.ID })
		}
		return
	}
	if p := d.View.Subject; p != nil && p.ID == t.Profile && len(x.Told) > 0 {
		p.Carried = gateway.Kept(p.Carried, x)
		decision.Put(&d.Turn.Profiles, *p, func(q gateway.Profile) bool { return q.ID == p.ID })
	}
}

// Correct takes back towards everybody who was told what an act told them, and
// with it what the act did: an alert that was ended goes on, whoever was taken
// for told is tried again, a consulate that had no part in it is told so.
type Correct struct {
	Alert   gateway.ID // on which the act stands; or
	Profile gateway.ID
	Act     gateway.ID
	Words   string // what is right; may be empty
}

func (Correct) name() string { return "corrected" }

func (c Correct) scope(s *gateway.Scope) { s.Alert, s.Profile = c.Alert, c.Profile }

func (c Correct) says() string { return c.Words }

func (c Correct) do(d *Acting) error {
	words, err := clean("right", c.Words, actWords)
	if err != nil {
		return err
	}
	d.Settles = true
	if !c.Alert.IsZero() {
		k := d.View.Case(c.Alert)
		if k == nil || k.Alert.Drill {
			return gateway.ErrNotFound
		}
		d.Turn.Answer.Outcome.Alert = c.Alert
		return d.correct(c, k.Alert.Carried, func(list []gateway.Carried, i int) {
			k.Alert.Carried = list
			d.correctAlert(k, i, words)
			d.PutAlert(&k.Alert, "corrected", d.Actor, list[i].Does+" "+words)
		})
	}
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Who = p.ID
	return d.correct(c, p.Carried, func(list []gateway.Carried, i int) {
		p.Carried = list
		d.correctPerson(p, &list[i], words)
		d.PutProfile(p, "corrected", d.Actor, list[i].Does)
	})
}

// correct marks an act as corrected, and puts right what it told.
func (d *Acting) correct(c Correct, list []gateway.Carried, right func([]gateway.Carried, int)) error {
	i := slices.IndexFunc(list, func(x gateway.Carried) bool { return x.ID == c.Act })
	if i < 0 {
		return gateway.ErrNotFound
	}
	if !list[i].Can(d.Now) {
		d.Settles = false
		d.notOpen(overLate)
		if !list[i].Corrected.IsZero() {
			d.notOpen(overRight)
		}
		return nil
	}
	list = slices.Clone(list)
	list[i].Corrected = d.Now
	right(list, i)
	return nil
}

// correctAlert puts right what an act told of an alert.
func (d *Acting) correctAlert(c *gateway.Case, i int, words string) {
	x := &c.Alert.Carried[i]
	data := templates.Data{Ref: c.Alert.Ref.String(), Who: x.Whom, Words: gateway.Sentence(escalation.Typed(d.Now, words))}
	for _, to := range x.Reached() {
		if a := attemptOf(c, to.Attempt); a != nil && (a.Waits() || a.State == gateway.AttemptHeld) {
			a.State = gateway.AttemptWithdrawn // nobody has read it
			d.PutAttempt(a)
			continue
		}
		r := c.Recipient(to.Recipient)
		name := "correct-words"
		switch {
		case r != nil && slices.Contains(x.Added, r.ID):
			name = "correct-desk"
		case x.Ended:
			name = "correct-ended"
		case onlyConfirms(x):
			name = "correct-confirmed"
		}
		d.sayCorrection(c, x, to, r, name, data)
	}
	for j := range c.Recipients {
		if r := &c.Recipients[j]; slices.Contains(x.Added, r.ID) {
			d.leaveOutOf(c, r)
		}
	}
	for j := range c.Recipients {
		if r := &c.Recipients[j]; !r.Closed.IsZero() && r.Closed.Equal(x.At) { // a consulate's part that was not over
			if r.Closed = (time.Time{}); r.State == gateway.RecipientEnded {
				r.State = gateway.RecipientOwed
			}
			d.climbAgain(r)
		}
	}
	later := c.Alert.Carried[i+1:]
	if x.Before != nil && !slices.ContainsFunc(later, func(o gateway.Carried) bool { return o.Before != nil }) {
		c.Alert.SetPlace(x.Before)
	}
	switch {
	case x.Ended && !c.Alert.Open():
		d.reopen(c)
	case onlyConfirms(x) && c.Alert.Open():
		d.unconfirm(c, x)
	}
}

// sayCorrection tells one phone; whoever takes no texts is left to an agent.
func (d *Acting) sayCorrection(c *gateway.Case, x *gateway.Carried, to gateway.Reached, r *gateway.Recipient, name string, data templates.Data) {
	if r == nil { // whoever raised it
		data.When = x.At.In(d.Zone(c.Alert.Zone)).Format("15:04")
		data.Name, data.Call = gateway.ShortName(c.Alert.Name), d.Rules.CallNumber(c.Alert.Phone.Country())
		if to.To == c.Alert.Phone {
			d.News(&c.Alert, name, data)
		}
		return
	}
	p := d.Person(c)
	if to.Call || d.WantsNone(to.To) {
		d.PutTask(gateway.Task{Kind: gateway.TaskCorrect, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: to.To, Name: r.Name, Note: data.Words})
		return
	}
	data = d.Toward(r, p, &c.Alert, data)
	data.When = d.Clock(x.At, c.Alert.Zone, d.ContactZone(p, r.Phone), r.Phone, r.Language)
	if r.Vague {
		data.Words = ""
	}
	d.Send(gateway.Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeCorrect, To: to.To, Validity: gateway.NoticeValidity,
		Text: d.Say(r.Language, name, data),
	})
}

// leaveOutOf stops telling a recipient who should never have been told.
func (d *Acting) leaveOutOf(c *gateway.Case, r *gateway.Recipient) {
	told := c.Told(r)
	r.State, r.Next, r.Mistaken = gateway.RecipientWithdrawn, time.Time{}, true
	if told {
		r.State = gateway.RecipientEnded
	}
	d.PutRecipient(r)
	d.Withdraw(c.Attempts, func(a *gateway.Attempt) bool { return a.Recipient == r.ID })
}

// reopen lets an alert go on that was ended by mistake. Who has not confirmed is
// tried again; who had not been told yet is told now.
func (d *Acting) reopen(c *gateway.Case) {
	ended := c.Alert.Ended
	c.Alert.State, c.Alert.Ended, c.Alert.Reason, c.Alert.Proposal = gateway.AlertOpen, time.Time{}, "", nil
	confirmed := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		switch {
		case r.Mistaken:
		case r.State == gateway.RecipientConfirmed:
			confirmed = true
		case r.State == gateway.RecipientEnded:
			r.State = gateway.RecipientOwed
			d.climbAgain(r)
		case r.State == gateway.RecipientWithdrawn:
			r.State, r.Rung = gateway.RecipientOwed, 0
			if notice := c.LastNotice(r, gateway.SMS); notice != nil {
				d.SendNotice(c, r, notice.Text)
			} else {
				d.Call(c, r)
			}
			d.StartLadder(r)
			d.PutRecipient(r)
		}
	}
	if !confirmed {
		d.PutTask(gateway.Task{Kind: gateway.TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
	// The timer that looks after the alert has come to nothing if it came while
	// the alert was closed; otherwise it still waits.
	for _, after := range d.Rules.Policy.Steps() {
		if at := c.Alert.At.Add(after); at.After(ended) && !at.After(d.Now) {
			d.Follow(&c.Alert)
			return
		}
	}
}

// climbAgain goes on with a recipient's ladder where it stood.
func (d *Acting) climbAgain(r *gateway.Recipient) {
	ladder := d.Ladder(r)
	if quiet := ladder[min(max(r.Rung, 0), len(ladder)-1)].Quiet; r.State == gateway.RecipientOwed && r.Accepted && quiet > 0 {
		r.Next = d.Now.Add(time.Duration(quiet))
		d.ClimbAt(r.Alert, r.Next)
	}
	d.PutRecipient(r)
}

// unconfirm tries those again whom an act had confirmed for. Calls and tasks for
// the others ended with it: an agent looks.
func (d *Acting) unconfirm(c *gateway.Case, x *gateway.Carried) {
	known := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if slices.Contains(x.Confirmed, r.ID) && r.State == gateway.RecipientConfirmed {
			r.State, r.Confirmed = gateway.RecipientOwed, time.Time{}
			d.climbAgain(r)
		}
		known = known || r.State == gateway.RecipientConfirmed
	}
	if !known && !c.HasTask(gateway.TaskNobodyConfirmed) {
		d.PutTask(gateway.Task{Kind: gateway.TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
}

// correctPerson tells contacts that a drill or an invitation was a mistake.
func (d *Acting) correctPerson(p *gateway.Profile, x *gateway.Carried, words string) {
	for _, to := range x.Reached() {
		language := p.Language
		c := p.Contact(to.To)
		if c != nil {
			language = cmp.Or(c.Language, language)
		}
		name := gateway.Shown(p)
		if c == nil || c.Standing != gateway.StandingAccepted {
			name = d.Introduced(p, language)
		}
		data := templates.Data{Name: name, Call: d.Rules.CallNumber(to.To.Country()), Words: gateway.Sentence(escalation.Typed(d.Now, words))}
		d.Send(gateway.Attempt{Lane: gateway.LaneConfirm, Purpose: gateway.PurposeCorrect, To: to.To, Text: d.Say(language, "correct-sent", data)})
	}
}

func attemptOf(c *gateway.Case, id gateway.ID) *gateway.Attempt {
	for i := range c.Attempts {
		if c.Attempts[i].ID == id {
			return &c.Attempts[i]
		}
	}
	return nil
}
