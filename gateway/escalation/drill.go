package escalation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// DeskDrill texts a PRUEBA to every desk that the operator has not confirmed.
// A desk is told of real alerts only after it has answered.
func (d *Asking) DeskDrill() {
	d.DrillDesks(func(desk *gateway.Desk) bool {
		return desk.Confirmed.IsZero() && desk.Stopped.IsZero() && desk.Consulate != gateway.AgentsDesk
	})
}

// DrillDesks texts a PRUEBA to those desks that are meant.
func (d *Asking) DrillDesks(meant func(*gateway.Desk) bool) {
	c := &gateway.Case{Alert: gateway.Alert{
		ID: d.Fresh.ID(), Ref: d.View.Free, State: gateway.AlertOpen, At: d.Now, Drill: true,
		Channel: "operator", Zone: "UTC", Language: templates.Fallback,
	}}
	d.Lang = templates.Fallback
	for _, desk := range d.View.Directory.All() {
		if !meant(&desk) || !d.mayReach(&desk) {
			continue
		}
		name := d.Say(desk.Language, "consulate-name", templates.Data{Consulate: cmp.Or(d.City(desk.Consulate), strings.ToUpper(desk.Consulate))})
		r := gateway.Recipient{
			ID: d.Fresh.ID(), Alert: c.Alert.ID, Kind: gateway.KindDesk, State: gateway.RecipientOwed,
			Phone: desk.Address, Desk: desk.ID, Name: name, Language: desk.Language, Accepted: true, Drill: true,
		}
		c.Recipients = append(c.Recipients, r)
		d.PutRecipient(&r)
		drill := gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneDrill, Purpose: gateway.PurposeNotice, To: r.Phone,
			Due: d.Now, Validity: gateway.NoticeValidity,
			Text: d.Say(desk.Language, "drill-desk", templates.Data{Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Who: name}),
		}
		if desk.Channel == gateway.Voice {
			drill.Channel, drill.Text = gateway.Voice, d.deskDrillWords(&desk, c.Alert.Ref, name)
		}
		d.Send(drill)
	}
	if len(c.Recipients) == 0 {
		return
	}
	d.PutAlert(&c.Alert, "drill", cmp.Or(d.Actor, "operator"), "")
	d.Turn.Answer.Text = c.Alert.Ref.String()
}

// DrillByOperator sends a PRUEBA that nobody asked for by text; the person is
// told nothing of it.
func (d *Asking) DrillByOperator() error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	d.Lang = d.Words.Language(p.Language)
	d.Drill(p, "operator", "")
	return nil
}

// Drill sends a PRUEBA to the contacts that accepted. phone, unless empty, is
// told how many of them answered.
func (d *Asking) Drill(p *gateway.Profile, channel string, phone gateway.Phone) {
	if d.OpenCase(p.ID) != nil {
		d.Answer("wait-open", d.Info())
		return
	}
	if d.OverLimit() {
		d.Answer("drill-limit", d.Info())
		return
	}
	if d.View.Directory.Raided() {
		d.Answer("drill-paused", d.Info())
		return
	}
	c := &gateway.Case{Alert: gateway.Alert{
		ID: d.Fresh.ID(), Ref: d.View.Free, Profile: p.ID, State: gateway.AlertOpen, At: d.Now, Drill: true,
		Channel: channel, Phone: phone, Sender: d.Conv.Sender, Language: d.Lang, Name: p.Name, Zone: "UTC",
	}}
	often := false // somebody was left out who had enough of them today
	if last := d.lastDrill(p); channel == "sms" && last != nil && d.mayDrillAny(p) {
		next := last.At.Add(drillEvery + time.Minute - 1).Truncate(time.Minute) // as it is said, and not before
		d.Answer("drill-soon", templates.Data{Ref: last.Ref.String(), When: d.Clock(next, d.PersonZone(p).String(), d.PersonZone(p).String(), p.Phone, d.Lang)})
		return
	}
	for i := range p.Contacts {
		contact := &p.Contacts[i]
		if contact.Standing != gateway.StandingAccepted || d.WantsNone(contact.Phone) {
			continue
		}
		if !d.MayDrill(p, contact.Phone) {
			often = true
			continue
		}
		d.NoteTexted(gateway.TextedDrill, p, contact.Phone, d.Now)
		r := gateway.Recipient{
			ID: d.Fresh.ID(), Alert: c.Alert.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed, Phone: contact.Phone,
			Contact: contact.ID, Name: cmp.Or(contact.Name, contact.Phone.Masked()), Language: p.LanguageOf(contact), Accepted: true, Drill: true,
		}
		c.Recipients = append(c.Recipients, r)
		d.PutRecipient(&r)
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneDrill, Purpose: gateway.PurposeNotice, To: r.Phone, Validity: gateway.NoticeValidity,
			Text: d.Say(r.Language, "drill", templates.Data{Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Call: d.Rules.CallNumber(r.Phone.Country())}),
		})
	}
	switch {
	case len(c.Recipients) == 0 && often:
		d.Answer("drill-limit", d.Info())
		return
	case len(c.Recipients) == 0:
		d.Answer("drill-nobody", d.Info())
		return
	}
	d.PutAlert(&c.Alert, "drill", "phone", "")
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerDrill, Alert: c.Alert.ID, Profile: p.ID, Phone: phone, Due: d.Now.Add(drillLasts)})
	d.Answer("drill-sent", templates.Data{Ref: c.Alert.Ref.String(), Contacts: len(c.Recipients)})
}

// drillEvery is how long a person waits before they can have another PRUEBA: one
// phone must not wear its contacts out. Agents and operators know what they do.
const drillEvery = time.Hour

// lastDrill is a person's newest PRUEBA, where it is so new that another one has to
// wait; nil: there is none.
func (d *Asking) lastDrill(p *gateway.Profile) (last *gateway.Alert) {
	for i := range d.View.Cases {
		a := &d.View.Cases[i].Alert
		if a.Drill && a.Profile == p.ID && gateway.Age(d.Now, a.At) < drillEvery && (last == nil || a.At.After(last.At)) {
			last = a
		}
	}
	return last
}

// mayDrillAny reports whether a later PRUEBA would reach anybody today.
func (d *Asking) mayDrillAny(p *gateway.Profile) bool {
	return slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool {
		return c.Standing == gateway.StandingAccepted && !d.WantsNone(c.Phone) && d.MayDrill(p, c.Phone)
	})
}

// drillLasts is how long contacts are given to answer a PRUEBA before they are
// counted.
const drillLasts = 15 * time.Minute

// DrillDue counts who answered a PRUEBA: "2 de 3 contactos listos".
func (d *Asking) DrillDue(t gateway.Timer) {
	c := d.View.Case(t.Alert)
	if c == nil || !c.Alert.Open() {
		return
	}
	p := d.View.Subject
	if own := d.Sees().Person(); own != nil && p != nil && own.ID == p.ID {
		p = own
	}
	ready, all := c.Ready(p)
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = gateway.AlertClosed, d.Now, "drill"
	d.PutAlert(&c.Alert, "drill-counted", "system", "")
	if t.Phone == "" || d.WantsNone(t.Phone) || !d.Conv.Silenced.IsZero() {
		return
	}
	d.Send(gateway.Attempt{
		Lane: gateway.LaneInfo, Purpose: gateway.PurposeInfo, To: t.Phone, Prefer: c.Alert.Sender,
		Text: d.Say(d.Lang, "drill-counted", templates.Data{Ref: c.Alert.Ref.String(), Told: all, Confirmed: ready}),
	})
}

// probeLasts is how long a probe is of use.
const probeLasts = 5 * time.Minute

// Probe sends a text from one number of ours to another.
func (d *Asking) Probe(p gateway.Probe) {
	d.Send(gateway.Attempt{
		Lane: gateway.LaneInfo, Purpose: gateway.PurposeProbe, To: p.To, Prefer: string(p.From), Validity: probeLasts, Expires: d.Now.Add(probeLasts),
		Text: d.Say(templates.Fallback, "probe", templates.Data{}),
	})
}
