package gateway

import (
	"time"

	"aviso/templates"
)

// stop ends all texts to a phone, with one confirmation. It never closes an
// alert: a bare STOP or CANCEL does not prove that one was false, and an agent
// looks at it.
func (d *decision) stop(t *Text) {
	d.conv.Question = nil
	for i := range d.view.Cases {
		c := &d.view.Cases[i]
		mine := d.view.Own != nil && c.Alert.Profile == d.view.Own.ID || c.Alert.Phone == t.From
		if mine && c.Alert.Open() && !c.Alert.Drill && !c.hasTask(TaskStopWhileOpen) {
			d.putTask(Task{Kind: TaskStopWhileOpen, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: t.From, Name: c.Alert.Name})
		}
	}
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if told.Alert.Open() && !told.Alert.Drill && told.Recipient.State == RecipientOwed && d.conv.Stopped.IsZero() {
			d.putTask(Task{Kind: TaskOptedOut, Urgent: true, Alert: told.Alert.ID, Profile: told.Alert.Profile, Phone: t.From, Name: told.Recipient.Name})
		}
	}
	if !d.conv.Stopped.IsZero() {
		return // exactly one confirmation
	}
	d.conv.Stopped = d.now
	for i := range d.view.Wards {
		if c := d.view.Wards[i].Contact(t.From); c != nil {
			d.tellOwner(&d.view.Wards[i], "contact-stopped", c)
		}
	}
	if t.OptOut != "STOP" { // else the carrier has confirmed it by itself
		d.answer("stopped", d.info())
	}
}

// start undoes stop.
func (d *decision) start() {
	d.conv.Stopped = time.Time{}
	d.answer("started", templates.Data{})
}

func (c *Case) hasTask(kind TaskKind) bool {
	for i := range c.Tasks {
		if c.Tasks[i].Kind == kind {
			return true
		}
	}
	return false
}
