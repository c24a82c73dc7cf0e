package gateway

import (
	"cmp"
	"time"

	"aviso/templates"
)

// Drill is the operator's PRUEBA for one person.
type Drill struct{ Profile ID }

// Scope of a drill is the person.
func (e Drill) Scope() Scope { return Scope{Profile: e.Profile, Drills: true} }

// drillByOperator sends a PRUEBA that nobody asked for by text; the person is
// told nothing of it.
func (d *asking) drillByOperator() error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	d.lang = d.Words.Language(p.Language)
	d.drill(p, "operator", "")
	return nil
}

// drillByText is PRUEBA.
func (d *arranging) drillByText() {
	if d.view.Own == nil {
		d.answer("not-registered", d.info())
		return
	}
	if !d.left() {
		d.drill(d.self(), "sms", d.conv.Phone)
	}
}

// drill sends a PRUEBA to the contacts that accepted. phone, unless empty, is
// told how many of them answered.
func (d *asking) drill(p *Profile, channel string, phone Phone) {
	if d.openCase(p.ID) != nil {
		d.answer("wait-open", d.info())
		return
	}
	if d.overLimit() {
		d.answer("drill-limit", d.info())
		return
	}
	if d.view.Directory.Raided() {
		d.answer("drill-paused", d.info())
		return
	}
	c := &Case{Alert: Alert{
		ID: d.fresh.ID(), Ref: d.view.Free, Profile: p.ID, State: AlertOpen, At: d.now, Drill: true,
		Channel: channel, Phone: phone, Sender: d.conv.Sender, Language: d.lang, Name: p.Name, Zone: "UTC",
	}}
	often := false // somebody was left out who had enough of them today
	for i := range p.Contacts {
		contact := &p.Contacts[i]
		if contact.Standing != StandingAccepted || d.view.Stopped[contact.Phone] {
			continue
		}
		if !d.mayDrill(p, contact.Phone) {
			often = true
			continue
		}
		d.noteTexted(TextedDrill, p, contact.Phone, d.now)
		r := Recipient{
			ID: d.fresh.ID(), Alert: c.Alert.ID, Kind: KindContact, State: RecipientOwed, Phone: contact.Phone,
			Contact: contact.ID, Name: cmp.Or(contact.Name, contact.Phone.Masked()), Language: cmp.Or(contact.Language, p.Language), Accepted: true, Drill: true,
		}
		c.Recipients = append(c.Recipients, r)
		d.putRecipient(&r)
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneDrill, Purpose: PurposeNotice, To: r.Phone, Validity: NoticeValidity,
			Text: d.say(r.Language, "drill", templates.Data{Ref: c.Alert.Ref.String(), Name: shown(p), Call: d.Rules.callNumber(r.Phone.Country())}),
		})
	}
	switch {
	case len(c.Recipients) == 0 && often:
		d.answer("drill-limit", d.info())
		return
	case len(c.Recipients) == 0:
		d.answer("drill-nobody", d.info())
		return
	}
	d.putAlert(&c.Alert, "drill", "phone", "")
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerDrill, Alert: c.Alert.ID, Profile: p.ID, Phone: phone, Due: d.now.Add(drillLasts)})
	d.answer("drill-sent", templates.Data{Ref: c.Alert.Ref.String(), Contacts: len(c.Recipients)})
}

// drillLasts is how long contacts are given to answer a PRUEBA before they are
// counted.
const drillLasts = 15 * time.Minute

// drillDue counts who answered a PRUEBA: "2 de 3 contactos listos".
func (d *asking) drillDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() {
		return
	}
	p := d.view.Subject
	if own := d.self(); own != nil && p != nil && own.ID == p.ID {
		p = own
	}
	ready, all := c.Ready(p)
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = AlertClosed, d.now, "drill"
	d.putAlert(&c.Alert, "drill-counted", "system", "")
	if t.Phone == "" || d.view.Stopped[t.Phone] || !d.conv.Silenced.IsZero() {
		return
	}
	d.send(Attempt{
		Lane: LaneInfo, Purpose: PurposeInfo, To: t.Phone, Prefer: c.Alert.Sender,
		Text: d.say(d.lang, "drill-counted", templates.Data{Ref: c.Alert.Ref.String(), Told: all, Confirmed: ready}),
	})
}

// Ready is how many of a person's contacts have answered a drill, and how many
// they have.
func (c *Case) Ready(p *Profile) (ready, all int) {
	all, ready = c.count()
	if p != nil {
		all = len(p.Contacts)
	}
	return ready, all
}
