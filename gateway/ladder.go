package gateway

import (
	"slices"
	"time"

	"aviso/templates"
)

// A recipient's ladder climbs until a human has confirmed: at once where a
// rung fails, and on silence. It stops as DESIGN has it: a confirmation stops
// the recipient's own; a contact's also stops the other contacts' calls and
// tasks, not their texts; a desk's stops by a desk or an agent.

// TimerClimb looks at the recipients of an alert whose silence has lasted.
const TimerClimb TimerKind = "climb"

// startLadder sets when a recipient who was just sent the first notice climbs.
// Somebody who has not agreed to be told gets the one text.
func (d *cases) startLadder(r *Recipient) {
	if r.Accepted {
		r.Next = d.now.Add(time.Duration(d.ladder(r)[0].Quiet))
		d.climbAt(r.Alert, r.Next)
	}
}

func (d *cases) ladder(r *Recipient) []Rung { return d.Rules.Policy.ladder(r) }

func (p *Policy) ladder(r *Recipient) []Rung {
	if r.Kind == KindContact {
		return p.Contact
	}
	return p.Desk
}

// Ahead are the rungs that a recipient would still be tried by if nobody
// answered, the first of them at Next.
func (c *Case) Ahead(r *Recipient, rules *Rules) []Rung {
	if !c.Alert.Open() || r.State != RecipientOwed || r.Next.IsZero() {
		return nil
	}
	var ahead []Rung
	for i, rung := range rules.Policy.ladder(r) {
		switch {
		case i <= r.Rung, rung.Try == TryOther && len(rules.Senders) < 2:
		case rung.Try != TryOther && c.othersKnow(r):
			return ahead
		default:
			ahead = append(ahead, rung)
		}
	}
	return ahead
}

// climbAt sets one timer for all recipients of an alert that climb at a time.
// Whoever sets a recipient's time sets a timer for it, so that a timer that
// finds nothing due is done with.
func (d *cases) climbAt(alert ID, at time.Time) {
	for _, t := range d.turn.Timers {
		if t.Kind == TimerClimb && t.Alert == alert && t.Due.Equal(at) {
			return
		}
	}
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerClimb, Alert: alert, Due: at})
}

// climbDue climbs for everybody whose silence has lasted.
func (d *cases) climbDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Drill {
		return
	}
	for i := range len(c.Recipients) { // those who come in by climbing wait their time
		r := &c.Recipients[i]
		if r.State == RecipientOwed && !r.Next.IsZero() && !r.Next.After(d.now) {
			d.climb(c, i, "silence")
		}
	}
}

// climb tries the rungs above the one that a recipient is on, until one can be
// tried. why goes into the record.
func (d *cases) climb(c *Case, i int, why string) {
	r := &c.Recipients[i]
	r.Next = time.Time{}
	ladder := d.ladder(r)
	for r.Rung++; r.Rung < len(ladder); r.Rung++ {
		rung := ladder[r.Rung]
		if rung.Try != TryOther && c.othersKnow(r) {
			break // somebody of theirs knows: no calls, no tasks
		}
		if d.try(c, i, rung.Try, why) {
			r = &c.Recipients[i] // a desk's next row may have come in
			if rung.Quiet > 0 && r.State == RecipientOwed {
				r.Next = d.now.Add(time.Duration(rung.Quiet))
				d.climbAt(c.Alert.ID, r.Next)
			}
			break
		}
	}
	d.putRecipient(&c.Recipients[i])
}

// othersKnow reports whether somebody of the recipient's kind has confirmed:
// another contact, or another desk.
func (c *Case) othersKnow(r *Recipient) bool {
	return slices.ContainsFunc(c.Recipients, func(o Recipient) bool {
		return o.ID != r.ID && o.State == RecipientConfirmed && (o.Kind == KindContact) == (r.Kind == KindContact)
	})
}

// try does what a rung says, and reports whether it could.
func (d *cases) try(c *Case, i int, what Try, why string) bool {
	r := &c.Recipients[i]
	switch what {
	case TryText, TryOther:
		notice := c.lastNotice(r, SMS)
		if notice == nil || d.view.Stopped[r.Phone] {
			return false
		}
		avoid := c.sendersTried(r)
		if !d.otherSender(r.Phone, avoid) {
			return false
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeNotice, To: r.Phone,
			Text: notice.Text, Avoid: avoid, Validity: NoticeValidity,
		})
		return true
	case TryCall:
		return d.call(c, r)
	}
	d.takeOver(c, i, why)
	return true
}

// call rings a recipient and asks for a key. Nobody is robocalled who has not
// agreed to be told, or who stopped our texts.
func (d *cases) call(c *Case, r *Recipient) bool {
	if d.Rules.VoiceFrom == "" || !r.Accepted || d.view.Stopped[r.Phone] {
		return false
	}
	for j := range c.Attempts {
		if a := &c.Attempts[j]; a.Recipient == r.ID && a.Channel == Voice && (a.State == AttemptWaiting || a.State == AttemptClaimed) {
			return true // it rings already
		}
	}
	words, ok := d.callWords(c, d.person(c), r)
	if !ok {
		return false
	}
	d.send(Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Channel: Voice, Lane: LaneNotice, Purpose: PurposeNotice, To: r.Phone, Text: words,
	})
	return true
}

// takeOver hands a recipient to somebody else: a desk to the consulate's next
// row, then the national desk; everybody else to an agent.
func (d *cases) takeOver(c *Case, i int, why string) {
	r := &c.Recipients[i]
	r.State = RecipientGivenUp
	d.putRecipient(r)
	if r.Kind != KindContact && d.nextDesk(c, i) {
		return
	}
	kind := TaskUnreachable
	if d.view.Stopped[r.Phone] {
		kind = TaskOptedOut
	}
	d.putTask(Task{Kind: kind, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: r.Phone, Name: r.Name, Note: why})
	d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "given-up", "system", r.Name+" "+why)
}

// nextDesk owes a notice to the consulate's next row that may be told, or to
// the national desk.
func (d *cases) nextDesk(c *Case, i int) bool {
	if raid := d.raid(c.Alert.ID); raid != nil {
		return d.nextRaidDesk(raid, c, i)
	}
	r := c.Recipients[i]
	p := d.person(c)
	known := len(c.Recipients)
	tried := func(desk *Desk) bool {
		return slices.ContainsFunc(c.Recipients, func(o Recipient) bool { return o.Phone == desk.Address })
	}
	if r.Kind == KindDesk {
		if desk := d.firstDesk(c.Alert.Consulate, tried); desk != nil {
			d.notifyDesk(c, p, KindDesk, desk)
		}
	}
	if national := d.Rules.National; len(c.Recipients) == known && national != nil && !tried(national) && d.mayReach(national) {
		d.notifyDesk(c, p, KindNational, national)
	}
	for j := known; j < len(c.Recipients); j++ {
		d.putRecipient(&c.Recipients[j])
	}
	return len(c.Recipients) > known
}

// failed climbs for the recipient of a notice that cannot arrive, and tells
// the person when nothing but an agent is left.
func (d *cases) failed(a *Attempt, f *Failure, remedy Remedy) {
	c := d.view.Case(a.Alert)
	if c == nil || a.Purpose != PurposeNotice || !c.Alert.Open() {
		return
	}
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.ID == a.Recipient })
	if i < 0 || c.Recipients[i].State != RecipientOwed {
		return
	}
	r := &c.Recipients[i]
	ladder := d.ladder(r)
	call := slices.IndexFunc(ladder, func(g Rung) bool { return g.Try == TryCall })
	switch {
	case c.Alert.Drill:
		return
	case remedy == Never:
		r.Rung = len(ladder) - 2 // only an agent is left
	case remedy == Call && a.Channel == SMS && call > r.Rung:
		r.Rung = call - 1 // this number takes no texts
	}
	if a.Channel == SMS && r.Rung >= 0 && r.Rung < len(ladder) && ladder[r.Rung].Try == TryCall && remedy != Never {
		return // it is being called already
	}
	d.climb(c, i, f.Code)
	if r = &c.Recipients[i]; r.State == RecipientGivenUp {
		if _, ok := c.Alert.hears(r); ok {
			d.news(&c.Alert, "not-told", templates.Data{Who: r.Name})
		}
	}
}

// lastNotice is the newest notice to a recipient over a channel.
func (c *Case) lastNotice(r *Recipient, channel Channel) *Attempt {
	for i := len(c.Attempts) - 1; i >= 0; i-- {
		if a := &c.Attempts[i]; a.Recipient == r.ID && a.Purpose == PurposeNotice && a.Channel == channel {
			return a
		}
	}
	return nil
}

// sendersTried are the senders that a recipient's notices went from or failed
// from.
func (c *Case) sendersTried(r *Recipient) []string {
	var tried []string
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient != r.ID || a.Channel != SMS {
			continue
		}
		for _, s := range append(slices.Clone(a.Avoid), a.Sender) {
			if s != "" && !slices.Contains(tried, s) {
				tried = append(tried, s)
			}
		}
	}
	return tried
}
