package texts

import (
	"aviso/gateway"
)

// record puts a text on the time lines that it belongs to: every text from a
// person, a contact or a desk with an alert open within the last 30 days is
// kept, whether we answered it or not. PINs are left out.
func (d *Texting) record(t *gateway.Text) {
	words := d.withEnclosed(t, d.Hidden(t.Body))
	recorded := 0
	line := func(a *gateway.Alert, actor string) {
		if recorded == recordMost || a.Drill || d.recorded(a.ID) {
			return
		}
		recorded++
		d.Audit(gateway.SubjectAlert, a.ID, a.Version, "text", actor, words)
	}
	for i := range d.View.Cases {
		a := &d.View.Cases[i].Alert
		if d.View.Own != nil && a.Profile == d.View.Own.ID || a.Phone == t.From {
			line(a, "phone")
		}
	}
	for i := range d.View.Told {
		actor := "contact"
		if d.View.Told[i].Recipient.Kind != gateway.KindContact {
			actor = "desk"
		}
		line(&d.View.Told[i].Alert, actor)
	}
}

// recordMost bounds the time lines that one text is put on: a desk's text may
// be about any of hundreds of alerts.
const recordMost = 3

// recorded reports whether the Turn says something about the alert already.
func (d *Texting) recorded(alert gateway.ID) bool {
	for _, e := range d.Turn.Audit {
		if e.ID == alert {
			return true
		}
	}
	return false
}
