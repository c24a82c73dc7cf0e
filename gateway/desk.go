package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// deskReport is LOCALIZADO and CERRAR from a consulate's desk, about an alert
// that it was told of.
func (d *decision) deskReport(t *Text) {
	if !d.isDesk() {
		if !d.passOn(t) {
			d.unknown(t)
		}
		return
	}
	told, open := d.deskAlert(t)
	if told == nil {
		data := d.info()
		switch {
		case len(t.mention.refs) > 0:
			data.Ref = t.mention.refs[0].String()
			d.answer("no-such-ref", data)
		case len(open) > 0:
			data.Words = t.parsed.Word + " " + open[0].Digits()
			d.answer("which-ref", data)
		default:
			d.answer("no-such-ref", data)
		}
		return
	}
	words := t.parsed.Rest
	if len(t.mention.refs) > 0 {
		words = t.mention.afterRefs
	}
	c := d.view.Case(told.Alert.ID)
	if c == nil {
		d.unknown(t)
		return
	}
	p := d.profile(c.Alert.Profile)
	if told.Recipient.State == RecipientOwed || told.Recipient.State == RecipientGivenUp {
		d.confirmOne(told)
		for i := range c.Recipients {
			if c.Recipients[i].ID == told.Recipient.ID {
				c.Recipients[i] = told.Recipient
			}
		}
	}
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Who: told.Recipient.Name, Words: sentence([]Words{{d.now, words}}),
	}
	if t.parsed.Intent == keyword.Close {
		d.end(c, AlertClosed, or(words, "desk"), "desk", func(r *Recipient) string {
			return d.say(r.Language, "closed", d.toward(r, p, &c.Alert, data))
		})
		d.news(&c.Alert, "closed", d.toward(nil, p, &c.Alert, data))
		d.answer("noted-closed", data)
		return
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != KindContact || !r.Accepted && r.State != RecipientConfirmed || !c.told(r) || d.view.Stopped[r.Phone] {
			continue // who has not answered gets no more than the one text
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneConfirm, Purpose: PurposeMore, To: r.Phone,
			Text: d.say(r.Language, "located", d.toward(r, p, &c.Alert, data)),
		})
	}
	d.news(&c.Alert, "located", d.toward(nil, p, &c.Alert, data))
	d.putAlert(&c.Alert, "located", "desk", words)
	d.answer("noted", data)
}

// toward completes a text's data for one reader: a contact sees the short
// name, a desk the whole one.
func (d *decision) toward(r *Recipient, p *Profile, a *Alert, data templates.Data) templates.Data {
	data.Name = ShortName(a.Name)
	if p != nil {
		data.Name = shown(p)
	}
	if r != nil {
		data.Call, data.Vague = d.Rules.callNumber(r.Phone.Country()), r.Vague
		if r.Kind != KindContact {
			data.Name = a.Name
		}
	}
	return data
}

// deskAlert is the alert that a desk speaks of: the one whose reference it
// gives. It also returns the references of all open ones.
func (d *decision) deskAlert(t *Text) (*Told, []Ref) {
	var match *Told
	var open []Ref
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if !told.Alert.Open() || told.Alert.Drill || told.Recipient.Kind == KindContact {
			continue
		}
		open = append(open, told.Alert.Ref)
		if slices.Contains(t.mention.refs[:min(1, len(t.mention.refs))], told.Alert.Ref) {
			match = told
		}
	}
	return match, open
}

// deskDrill texts a PRUEBA to every desk that the operator has not confirmed.
// A desk is told of real alerts only after it has answered.
func (d *decision) deskDrill() {
	d.drillDesks(func(desk *Desk) bool { return desk.Confirmed.IsZero() && desk.Consulate != AgentsDesk })
}

// drillDesks texts a PRUEBA to those desks that are meant.
func (d *decision) drillDesks(meant func(*Desk) bool) {
	c := &Case{Alert: Alert{
		ID: d.fresh.ID(), Ref: d.view.Free, State: AlertOpen, At: d.now, Drill: true,
		Channel: "operator", Zone: "UTC", Language: templates.Fallback,
	}}
	d.lang = templates.Fallback
	for _, desk := range d.view.Directory.All() {
		if !meant(&desk) || !d.mayReach(&desk) {
			continue
		}
		name := d.say(desk.Language, "consulate-name", templates.Data{Consulate: or(d.city(desk.Consulate), strings.ToUpper(desk.Consulate))})
		r := Recipient{
			ID: d.fresh.ID(), Alert: c.Alert.ID, Kind: KindDesk, State: RecipientOwed,
			Phone: desk.Address, Desk: desk.ID, Name: name, Language: desk.Language, Accepted: true, Drill: true,
		}
		c.Recipients = append(c.Recipients, r)
		d.putRecipient(&r)
		drill := Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneDrill, Purpose: PurposeNotice, To: r.Phone,
			Due: d.now, Validity: NoticeValidity,
			Text: d.say(desk.Language, "drill-desk", templates.Data{Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Who: name}),
		}
		if desk.Channel == Voice {
			drill.Channel, drill.Text = Voice, d.deskDrillWords(&desk, c.Alert.Ref, name)
		}
		d.send(drill)
	}
	if len(c.Recipients) == 0 {
		return
	}
	d.putAlert(&c.Alert, "drill", or(d.actor, "operator"), "")
	d.turn.Answer.Text = c.Alert.Ref.String()
}

// activateDesks notes that the desks at this phone have answered a PRUEBA.
func (d *decision) activateDesks() {
	for _, desk := range d.view.Directory.DesksAt(d.conv.Phone) {
		if desk.Confirmed.IsZero() {
			desk.Confirmed = d.now
			d.putDesk(&desk)
		}
	}
}
