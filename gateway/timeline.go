package gateway

// record puts a text on the time lines that it belongs to: every text from a
// person, a contact or a desk with an alert open within the last 30 days is
// kept, whether we answered it or not. PINs are left out.
func (d *arranging) record(t *Text) {
	words := d.hidden(t.Body)
	recorded := 0
	line := func(a *Alert, actor string) {
		if recorded == recordMost || a.Drill || d.recorded(a.ID) {
			return
		}
		recorded++
		d.audit(SubjectAlert, a.ID, a.Version, "text", actor, words)
	}
	for i := range d.view.Cases {
		a := &d.view.Cases[i].Alert
		if d.view.Own != nil && a.Profile == d.view.Own.ID || a.Phone == t.From {
			line(a, "phone")
		}
	}
	for i := range d.view.Told {
		actor := "contact"
		if d.view.Told[i].Recipient.Kind != KindContact {
			actor = "desk"
		}
		line(&d.view.Told[i].Alert, actor)
	}
}

// recordMost bounds the time lines that one text is put on: a desk's text may
// be about any of hundreds of alerts.
const recordMost = 3

// recorded reports whether the Turn says something about the alert already.
func (d *arranging) recorded(alert ID) bool {
	for _, e := range d.turn.Audit {
		if e.ID == alert {
			return true
		}
	}
	return false
}
