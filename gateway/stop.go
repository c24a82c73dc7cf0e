package gateway

import (
	"time"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// stop ends all texts to a phone, with one confirmation.
func (d *cases) stop(t *Text) {
	d.conv.Question = nil
	d.deskStops(t.From, d.hidden(t.Body))
	if d.noteStop(t.From) && t.OptOut != "STOP" { // else the carrier has confirmed it by itself
		d.answer("stopped", d.info())
	}
}

// noteOptOut notes what the carrier did by itself with a text, whatever else the
// text says. It reports whether the text says anything else: the words by which
// a carrier opts out may be the operator's choice, or stand beside others.
func (d *texting) noteOptOut(t *Text) (more bool) {
	unknown := t.parsed.Intent == keyword.Unknown
	switch {
	case t.OptOut == "STOP" && unknown:
		d.stop(t)
		return false
	case t.OptOut == "STOP":
		d.deskStops(t.From, d.hidden(t.Body))
		d.noteStop(t.From)
	case t.OptOut == "START" && unknown:
		d.start()
		return false
	case t.OptOut == "START":
		d.conv.Stopped = time.Time{}
		d.deskStarts()
	}
	return true
}

// noteStop notes that a phone wants no texts, and reports whether that is new.
// It never closes an alert: a bare STOP or CANCEL does not prove that one was
// false, and an agent looks at it.
func (d *cases) noteStop(phone Phone) bool {
	for i := range d.view.Cases {
		c := &d.view.Cases[i]
		mine := d.view.Own != nil && c.Alert.Profile == d.view.Own.ID || c.Alert.Phone == phone
		if mine && c.Alert.Open() && !c.Alert.Drill && !c.hasTask(TaskStopWhileOpen) {
			d.putTask(Task{Kind: TaskStopWhileOpen, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: phone, Name: c.Alert.Name})
		}
	}
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if told.Recipient.Kind == KindContact && told.Alert.Open() && !told.Alert.Drill && told.Recipient.State == RecipientOwed && d.conv.Stopped.IsZero() {
			d.putTask(Task{Kind: TaskOptedOut, Urgent: true, Alert: told.Alert.ID, Profile: told.Alert.Profile, Phone: phone, Name: told.Recipient.Name})
		}
	}
	if !d.conv.Stopped.IsZero() {
		return false // exactly one confirmation
	}
	d.conv.Stopped = d.now
	for i := range d.view.Wards {
		if c := d.view.Wards[i].Contact(phone); c != nil {
			d.tellOwner(&d.view.Wards[i], "contact-stopped", c)
		}
	}
	return true
}

// start undoes stop.
func (d *texting) start() {
	d.conv.Stopped = time.Time{}
	d.deskStarts()
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
