package escalation

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// A recipient's ladder climbs until a human has confirmed: at once where a
// rung fails, and on silence. It stops as DESIGN has it: a confirmation stops
// the recipient's own; a contact's also stops the other contacts' calls and
// tasks, not their texts; a desk's stops by a desk or an agent.

// StartLadder sets when a recipient who was just sent the first notice climbs.
// Somebody who has not agreed to be told gets the one text.
func (d *Cases) StartLadder(r *gateway.Recipient) {
	if r.Accepted {
		d.awaitAfter(r, 0)
	}
}

// await sets the time of a recipient's next rung: when the one that they are on has
// been silent for as long as the policy says.
func (d *Cases) await(r *gateway.Recipient) { d.awaitAfter(r, r.Rung) }

func (d *Cases) awaitAfter(r *gateway.Recipient, rung int) {
	r.Next = d.Now.Add(time.Duration(d.Ladder(r)[rung].Quiet))
	d.ClimbAt(r.Alert, r.Next)
}

// Ladder are the rungs for a recipient, as the policy has them.
func (d *Cases) Ladder(r *gateway.Recipient) []gateway.Rung { return d.Rules.Policy.Ladder(r) }

// callRung is the place of the call on a ladder, -1 where it has none.
func callRung(ladder []gateway.Rung) int {
	return slices.IndexFunc(ladder, func(g gateway.Rung) bool { return g.Try == gateway.TryCall })
}

// ClimbAt sets one timer for all recipients of an alert that climb at a time.
// Whoever sets a recipient's time sets a timer for it, so that a timer that
// finds nothing due is done with.
func (d *Cases) ClimbAt(alert gateway.ID, at time.Time) {
	for _, t := range d.Turn.Timers {
		if t.Kind == gateway.TimerClimb && t.Alert == alert && t.Due.Equal(at) {
			return
		}
	}
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerClimb, Alert: alert, Due: at})
}

// ClimbDue climbs for everybody whose silence has lasted.
func (d *Cases) ClimbDue(t gateway.Timer) {
	c := d.View.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Drill {
		return
	}
	for i := range len(c.Recipients) { // those who come in by climbing wait their time
		r := &c.Recipients[i]
		if r.State == gateway.RecipientOwed && !r.Next.IsZero() && !r.Next.After(d.Now) {
			d.climb(c, i, "silence")
		}
	}
}

// climb tries the rungs above the one that a recipient is on, until one can be
// tried. why goes into the record.
func (d *Cases) climb(c *gateway.Case, i int, why string) {
	r := &c.Recipients[i]
	r.Next = time.Time{}
	ladder := d.Ladder(r)
	for r.Rung++; r.Rung < len(ladder); r.Rung++ {
		rung := ladder[r.Rung]
		if rung.Try != gateway.TryOther && c.OthersKnow(r) {
			break // somebody of theirs knows: no calls, no tasks
		}
		if d.try(c, i, rung.Try, why) {
			r = &c.Recipients[i] // a desk's next row may have come in
			if rung.Quiet > 0 && r.State == gateway.RecipientOwed {
				d.await(r)
			}
			break
		}
	}
	d.PutRecipient(&c.Recipients[i])
}

// try does what a rung says, and reports whether it could.
func (d *Cases) try(c *gateway.Case, i int, what gateway.Try, why string) bool {
	r := &c.Recipients[i]
	switch what {
	case gateway.TryText, gateway.TryOther:
		notice := c.LastNotice(r, gateway.SMS)
		if notice == nil || d.WantsNone(r.Phone) {
			return false
		}
		avoid := c.SendersTried(r)
		if !d.OtherSender(r.Phone, avoid) {
			return false
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeNotice, To: r.Phone,
			Text: notice.Text, Avoid: avoid, Validity: gateway.NoticeValidity,
		})
		return true
	case gateway.TryCall:
		return d.Call(c, r)
	}
	d.takeOver(c, i, why)
	return true
}

// Call rings a recipient and asks for a key. Nobody is robocalled who has not
// agreed to be told, or who stopped our texts.
func (d *Cases) Call(c *gateway.Case, r *gateway.Recipient) bool {
	if !d.Rules.Calls() || !r.Accepted || d.WantsNone(r.Phone) {
		return false
	}
	for j := range c.Attempts {
		if a := &c.Attempts[j]; a.Recipient == r.ID && a.Channel == gateway.Voice && (a.State == gateway.AttemptWaiting || a.State == gateway.AttemptClaimed) {
			return true // it rings already
		}
	}
	words, ok := d.callWords(c, d.Person(c), r)
	if !ok {
		return false
	}
	d.Send(gateway.Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Channel: gateway.Voice, Lane: gateway.LaneNotice, Purpose: gateway.PurposeNotice, To: r.Phone, Text: words,
	})
	return true
}

// takeOver hands a recipient to somebody else: a desk to the consulate's next
// row, then the national desk; everybody else to an agent.
func (d *Cases) takeOver(c *gateway.Case, i int, why string) {
	r := &c.Recipients[i]
	r.State = gateway.RecipientGivenUp
	d.PutRecipient(r)
	if r.Kind != gateway.KindContact && d.nextDesk(c, i) {
		return
	}
	kind := gateway.TaskUnreachable
	if d.WantsNone(r.Phone) {
		kind = gateway.TaskOptedOut
	}
	d.PutTask(gateway.Task{Kind: kind, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: r.Phone, Name: r.Name, Note: why})
	d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "given-up", "system", r.Name+" "+why)
}

// nextDesk owes a notice to the consulate's next row that may be told, or to
// the national desk.
func (d *Cases) nextDesk(c *gateway.Case, i int) bool {
	if raid := d.Raid(c.Alert.ID); raid != nil {
		return d.nextRaidDesk(raid, c, i)
	}
	r := c.Recipients[i]
	p := d.Person(c)
	known := len(c.Recipients)
	tried := func(desk *gateway.Desk) bool {
		return slices.ContainsFunc(c.Recipients, func(o gateway.Recipient) bool { return o.Phone == desk.Address })
	}
	if r.Kind == gateway.KindDesk {
		if desk := d.firstDesk(c.Alert.Consulate, tried); desk != nil {
			d.notifyDesk(c, p, gateway.KindDesk, desk)
		}
	}
	if national := d.Rules.National; len(c.Recipients) == known && national != nil && !tried(national) && d.mayReach(national) {
		d.notifyDesk(c, p, gateway.KindNational, national)
	}
	for j := known; j < len(c.Recipients); j++ {
		d.PutRecipient(&c.Recipients[j])
	}
	return len(c.Recipients) > known
}

// failed climbs for the recipient of a notice that cannot arrive, and tells
// the person when nothing but an agent is left.
func (d *Cases) failed(a *gateway.Attempt, f *gateway.Failure, remedy gateway.Remedy) {
	c := d.View.Case(a.Alert)
	if c == nil || a.Purpose != gateway.PurposeNotice || !c.Alert.Open() {
		return
	}
	i := slices.IndexFunc(c.Recipients, func(r gateway.Recipient) bool { return r.ID == a.Recipient })
	if i < 0 || c.Recipients[i].State != gateway.RecipientOwed {
		return
	}
	r := &c.Recipients[i]
	ladder := d.Ladder(r)
	call := callRung(ladder)
	switch {
	case c.Alert.Drill:
		return
	case remedy == gateway.Never:
		r.Rung = len(ladder) - 2 // only an agent is left
	case remedy == gateway.Call && a.Channel == gateway.SMS && call > r.Rung:
		r.Rung = call - 1 // this number takes no texts
	}
	if a.Channel == gateway.SMS && r.Rung >= 0 && r.Rung < len(ladder) && ladder[r.Rung].Try == gateway.TryCall && remedy != gateway.Never {
		return // it is being called already
	}
	d.climb(c, i, f.Code)
	if r = &c.Recipients[i]; r.State == gateway.RecipientGivenUp {
		if _, ok := c.Alert.Hears(r); ok {
			d.News(&c.Alert, "not-told", templates.Data{Who: r.Name})
		}
	}
}
