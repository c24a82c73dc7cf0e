package escalation

import (
	"slices"
	"time"

	"aviso/gateway"
)

// End ends an alert: what was not sent is withdrawn, and everybody who has
// been told, or may have been, is told.
func (d *Cases) End(c *gateway.Case, state gateway.AlertState, reason, actor string, text func(*gateway.Recipient) string) {
	d.Settles = true
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !c.Told(r) {
			r.State = gateway.RecipientWithdrawn
			d.PutRecipient(r)
			continue
		}
		if r.State != gateway.RecipientConfirmed {
			r.State = gateway.RecipientEnded
		}
		r.Next = time.Time{}
		d.PutRecipient(r)
		if d.WantsNone(r.Phone) || !r.Closed.IsZero() || d.Summing(&c.Alert, r) {
			continue
		}
		if words := text(r); words != "" {
			d.Send(gateway.Attempt{Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneCancel, Purpose: gateway.PurposeEnd, To: r.Phone, Text: words})
		}
	}
	for i := range c.Attempts { // also one that a carrier may have: it is not tried again
		a := &c.Attempts[i]
		if a.State == gateway.AttemptWaiting || a.State == gateway.AttemptHeld {
			a.State = gateway.AttemptWithdrawn
			d.PutAttempt(a)
		}
	}
	d.tellRaiser(c, text)
	for _, task := range c.Tasks {
		switch task.Kind {
		case gateway.TaskDuress, gateway.TaskStopWhileOpen, gateway.TaskWrongNumber:
			continue // still worth a look
		}
		task.State = gateway.TaskDone
		d.PutTask(task)
	}
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = state, d.Now, reason
	kind := "cancelled"
	if state == gateway.AlertClosed {
		kind = "closed"
	}
	d.PutAlert(&c.Alert, kind, actor, reason)
}

// tellRaiser tells a contact who raised an alert for the person that it ended:
// they are none of its recipients. A phone that counts as seized is told nothing.
func (d *Cases) tellRaiser(c *gateway.Case, text func(*gateway.Recipient) string) {
	a := &c.Alert
	p := d.Profile(a.Profile)
	if p == nil || a.Phone == d.Conv.Phone || !a.Phone.Dialable() || d.WantsNone(a.Phone) || a.Silent && a.Duress.IsZero() {
		return
	}
	contact := p.Contact(a.Phone)
	if contact == nil || contact.Standing != gateway.StandingAccepted || slices.ContainsFunc(c.Recipients, func(r gateway.Recipient) bool { return r.Phone == a.Phone }) {
		return
	}
	raiser := gateway.Recipient{
		Alert: a.ID, Kind: gateway.KindContact, Phone: contact.Phone, Contact: contact.ID, Name: contact.Name,
		Language: p.LanguageOf(contact), Accepted: true, Vague: contact.Vague,
	}
	if words := text(&raiser); words != "" {
		d.Send(gateway.Attempt{Alert: a.ID, Lane: gateway.LaneCancel, Purpose: gateway.PurposeNews, To: a.Phone, Prefer: a.Sender, Text: words})
	}
}
