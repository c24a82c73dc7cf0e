package escalation

import (
	"cmp"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// ConfirmOne notes that a recipient knows of an alert: their ladder ends, the others'
// calls and tasks too, and the person who raised it learns who.
func (d *Cases) ConfirmOne(told *gateway.Told) {
	d.Settles = true
	a, r := &told.Alert, &told.Recipient
	if raid := d.Raid(a.ID); raid != nil {
		d.confirmRaid(raid, r)
		return
	}
	r.State, r.Confirmed, r.Next = gateway.RecipientConfirmed, d.Now, time.Time{}
	d.PutRecipient(r)
	actor := "contact"
	if r.Kind != gateway.KindContact {
		actor = "desk"
	}
	actor = cmp.Or(d.Actor, actor)
	d.Audit(gateway.SubjectAlert, a.ID, a.Version, "confirmed", actor, r.Name)
	if c := d.View.Case(a.ID); c != nil {
		d.stopOthers(c, r)
	}
	d.Withdraw(told.Attempts, func(a *gateway.Attempt) bool { return a.Purpose == gateway.PurposeNotice })
	if zone, ok := a.Hears(r); ok {
		d.News(a, "confirmed", templates.Data{Who: r.Name, When: d.Now.In(d.Zone(zone)).Format("15:04"), Advise: a.Advise})
	}
}

// stopOthers stops the calls and tasks that were under way for the others of a
// recipient's kind, now that one of them knows. Texts go on.
func (d *Cases) stopOthers(c *gateway.Case, r *gateway.Recipient) {
	kind := func(o *gateway.Recipient) bool {
		return (o.Kind == gateway.KindContact) == (r.Kind == gateway.KindContact)
	}
	d.Withdraw(c.Attempts, func(a *gateway.Attempt) bool {
		o := c.Recipient(a.Recipient)
		return o != nil && o.ID != r.ID && kind(o) && a.Channel == gateway.Voice
	})
	for _, task := range c.Tasks {
		switch task.Kind {
		case gateway.TaskUnreachable:
			about := slices.IndexFunc(c.Recipients, func(o gateway.Recipient) bool { return o.Phone == task.Phone })
			if about < 0 || !kind(&c.Recipients[about]) {
				continue
			}
		case gateway.TaskNobodyConfirmed:
		default:
			continue
		}
		if task.State == gateway.TaskOpen {
			task.State = gateway.TaskDone
			d.PutTask(task)
		}
	}
}

// ActivateDesks notes that the desks at this phone have answered a PRUEBA.
func (d *Cases) ActivateDesks() {
	for _, desk := range d.View.Directory.DesksAt(d.Conv.Phone) {
		if desk.Confirmed.IsZero() {
			desk.Confirmed = d.Now
			d.PutDesk(&desk)
		}
	}
}
