package escalation

import (
	"time"

	"aviso/gateway"
)

// A number that is a consulate's desk, and wants no texts, is told of nothing
// any more, by text or call. The operator learns of it by a task, `aviso
// consulates check` and the console's page of desks; open alerts go on to whoever
// is next.

// DeskStops takes a desk off that says STOP or EQUIVOCADO, in these or other
// words. What it had not confirmed goes to the consulate's next row.
func (d *Cases) DeskStops(phone gateway.Phone, words string) {
	if !d.Conv.Stopped.IsZero() || !d.deskOff(phone, words) {
		return
	}
	for i := range d.View.Cases {
		d.passDeskOver(&d.View.Cases[i], phone)
	}
}

// deskOff notes that a desk's number wants to hear nothing of us, and tells the
// agents. It reports whether the phone is a desk's.
func (d *Cases) deskOff(phone gateway.Phone, words string) bool {
	national := d.Rules.National != nil && d.Rules.National.Address == phone
	rows := d.View.Directory.DesksAt(phone)
	if !national && len(rows) == 0 {
		return false
	}
	name := gateway.NationalDesk
	for _, desk := range rows {
		if desk.Stopped.IsZero() {
			desk.Stopped = d.Now
			d.PutDesk(&desk)
		}
		name = desk.Consulate
	}
	d.PutTask(gateway.Task{Kind: gateway.TaskDeskStopped, Urgent: true, Phone: phone, Name: d.nameOfDesk(name), Note: words})
	d.NoTexts(phone)
	return true
}

// passDeskOver has whoever is next told of what a desk that wants no texts has
// not confirmed. Of an incident's alerts the incident sees to it.
func (d *Cases) passDeskOver(c *gateway.Case, phone gateway.Phone) {
	if !c.Alert.Open() || c.Alert.Drill {
		return
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind == gateway.KindContact || r.Phone != phone || r.Summed || r.State != gateway.RecipientOwed {
			continue
		}
		d.Withdraw(c.Attempts, func(a *gateway.Attempt) bool { return a.Recipient == r.ID })
		r.Next = time.Time{}
		d.takeOver(c, i, "stopped")
	}
}

// nameOfDesk is what a desk is called towards agents.
func (d *Cases) nameOfDesk(consulate string) string {
	if name := d.City(consulate); name != "" {
		return name
	}
	return consulate
}

// Stop ends all texts to a phone that says so in these words, with one
// confirmation; answered says that the carrier has confirmed it by itself.
func (d *Cases) Stop(phone gateway.Phone, words string, answered bool) {
	d.Conv.Question = nil
	d.DeskStops(phone, d.Hidden(words))
	if d.NoteStop(phone) && !answered {
		d.Answer("stopped", d.Info())
	}
}

// NoteStop notes that a phone wants no texts, and reports whether that is new.
// It never closes an alert: a bare STOP or CANCEL does not prove that one was
// false, and an agent looks at it.
func (d *Cases) NoteStop(phone gateway.Phone) bool {
	for i := range d.View.Cases {
		c := &d.View.Cases[i]
		mine := d.View.Own != nil && c.Alert.Profile == d.View.Own.ID || c.Alert.Phone == phone
		if mine && c.Alert.Open() && !c.Alert.Drill && !c.HasTask(gateway.TaskStopWhileOpen) {
			d.PutTask(gateway.Task{Kind: gateway.TaskStopWhileOpen, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: phone, Name: c.Alert.Name})
		}
	}
	for i := range d.View.Told {
		told := &d.View.Told[i]
		if told.Recipient.Kind == gateway.KindContact && told.Alert.Open() && !told.Alert.Drill && told.Recipient.State == gateway.RecipientOwed && d.Conv.Stopped.IsZero() {
			d.PutTask(gateway.Task{Kind: gateway.TaskOptedOut, Urgent: true, Alert: told.Alert.ID, Profile: told.Alert.Profile, Phone: phone, Name: told.Recipient.Name})
		}
	}
	if !d.Conv.Stopped.IsZero() {
		return false // exactly one confirmation
	}
	d.Conv.Stopped = d.Now
	for i := range d.View.Wards {
		if c := d.View.Wards[i].Contact(phone); c != nil {
			d.TellOwner(&d.View.Wards[i], "contact-stopped", c)
		}
	}
	return true
}
