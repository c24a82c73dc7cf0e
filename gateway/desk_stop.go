package gateway

import (
	"time"

	"aviso/gateway/prose"
)

// A number that is a consulate's desk, and wants no texts, is told of nothing
// any more, by text or call. The operator learns of it by a task, `aviso
// consulates check` and the console's page of desks; open alerts go on to whoever
// is next.

// deskStops takes a desk off that says STOP or EQUIVOCADO, in these or other
// words. What it had not confirmed goes to the consulate's next row.
func (d *cases) deskStops(phone Phone, words string) {
	if !d.conv.Stopped.IsZero() || !d.deskOff(phone, words) {
		return
	}
	for i := range d.view.Cases {
		d.passDeskOver(&d.view.Cases[i], phone)
	}
}

// deskOff notes that a desk's number wants to hear nothing of us, and tells the
// agents. It reports whether the phone is a desk's.
func (d *cases) deskOff(phone Phone, words string) bool {
	national := d.Rules.National != nil && d.Rules.National.Address == phone
	rows := d.view.Directory.DesksAt(phone)
	if !national && len(rows) == 0 {
		return false
	}
	name := NationalDesk
	for _, desk := range rows {
		if desk.Stopped.IsZero() {
			desk.Stopped = d.now
			d.putDesk(&desk)
		}
		name = desk.Consulate
	}
	d.putTask(Task{Kind: TaskDeskStopped, Urgent: true, Phone: phone, Name: d.nameOfDesk(name), Note: words})
	if d.view.Stopped == nil {
		d.view.Stopped = map[Phone]bool{}
	}
	d.view.Stopped[phone] = true
	return true
}

// passDeskOver has whoever is next told of what a desk that wants no texts has
// not confirmed. Of an incident's alerts the incident sees to it.
func (d *cases) passDeskOver(c *Case, phone Phone) {
	if !c.Alert.Open() || c.Alert.Drill {
		return
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind == KindContact || r.Phone != phone || r.Summed || r.State != RecipientOwed {
			continue
		}
		for j := range c.Attempts {
			if a := &c.Attempts[j]; a.Recipient == r.ID && a.State == AttemptWaiting && !a.Claim.Doubt {
				a.State = AttemptWithdrawn
				d.putAttempt(a)
			}
		}
		r.Next = time.Time{}
		d.takeOver(c, i, "stopped")
	}
}

// nameOfDesk is what a desk is called towards agents.
func (d *cases) nameOfDesk(consulate string) string {
	if name := d.city(consulate); name != "" {
		return name
	}
	return consulate
}

// deskStarts takes a desk's STOP back.
func (d *texting) deskStarts() {
	for _, desk := range d.view.Directory.DesksAt(d.conv.Phone) {
		if !desk.Stopped.IsZero() {
			desk.Stopped = time.Time{}
			d.putDesk(&desk)
		}
	}
}

// deskIsWrong reports whether whoever has a desk's number says in their own
// words that they are somebody else: "aqui no es el consulado".
func (d *texting) deskIsWrong(t *Text) bool {
	if !d.isDesk() || !t.free() || len(t.mention.refs) > 0 {
		return false
	}
	reading, _ := t.own().Desk()
	return reading == prose.WrongOne
}
