package gateway

import (
	"slices"
	"strings"
	"time"

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
	c := d.view.Case(told.Alert.ID)
	if c == nil {
		d.unknown(t)
		return
	}
	words := t.parsed.Rest
	if len(t.mention.refs) > 0 {
		words = t.mention.besideRef
	}
	d.deskSaid(t.parsed, c, told, d.hidden(words))
}

// deskSaid takes LOCALIZADO and CERRAR about one alert. Either shows that the
// desk has read it; without words it is asked for them, since a family would get
// an empty sentence.
func (d *decision) deskSaid(p keyword.Parsed, c *Case, told *Told, words string) {
	r := c.recipient(told.Recipient.ID)
	if r == nil {
		return
	}
	if r.State == RecipientOwed || r.State == RecipientGivenUp {
		d.confirmOne(told)
		*r = told.Recipient
	}
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Who: r.Name, Words: sentence([]Words{{d.now, words}}),
	}
	switch {
	case !keyword.Says(words):
		d.ask(questionDesk, map[string]string{"text": p.Word + " " + c.Alert.Ref.Digits()})
		d.conv.Question.Alert = c.Alert.ID
		d.answer("ask-desk-"+string(p.Intent), data)
	case p.Intent == keyword.Close:
		d.closePart(c, r, words, data)
	default:
		d.tellOfDesk(c, "located", data)
		d.putAlert(&c.Alert, "located", "desk", words)
		d.answer("noted", data)
	}
}

// answerDesk is what a desk was asked for after LOCALIZADO or CERRAR without
// words. What is no answer to that goes its own way.
func (d *decision) answerDesk(t *Text, q *Question) bool {
	c := d.view.Case(q.Alert)
	if c == nil || !c.Alert.Open() {
		d.conv.Question = nil
		return false
	}
	switch says := keyword.Says(t.Body); {
	case len(t.mention.refs) > 0 || !says && t.parsed.Intent != keyword.Unknown:
		return false
	case !says:
		d.askDeskAgain(q)
		return true
	}
	switch t.parsed.Intent {
	case keyword.Unknown, keyword.Panic, keyword.No, keyword.Wrong:
	default:
		return false
	}
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.Kind != KindContact && r.Phone == t.From })
	if i < 0 {
		return false
	}
	d.conv.Question = nil
	told := c.toldTo(&c.Recipients[i])
	d.deskSaid(keyword.Parse(q.Args["text"]), c, &told, d.hidden(t.Body))
	return true
}

func (d *decision) askDeskAgain(q *Question) {
	asked := keyword.Parse(q.Args["text"])
	d.answer("ask-desk-"+string(asked.Intent), templates.Data{Ref: "#" + onlyDigits(asked.Rest)})
}

// closePart closes a consulate's part in an alert. The alert itself goes on:
// the person, an agent or time ends it.
func (d *decision) closePart(c *Case, by *Recipient, words string, data templates.Data) {
	known := !by.Closed.IsZero()
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !r.Closed.IsZero() || !d.sameDesk(r, by) {
			continue
		}
		r.Closed, r.Next = d.now, time.Time{}
		if r.State == RecipientOwed {
			r.State = RecipientEnded
		}
		d.putRecipient(r)
		for j := range c.Attempts {
			if a := &c.Attempts[j]; a.Recipient == r.ID && a.State == AttemptWaiting && !a.Claim.Doubt {
				a.State = AttemptWithdrawn
				d.putAttempt(a)
			}
		}
	}
	if !known {
		d.tellOfDesk(c, "part-closed", data)
		d.putAlert(&c.Alert, "part-closed", "desk", words)
	}
	d.answer("noted-closed", data)
}

// sameDesk reports whether two recipients of an alert are rows of one
// consulate, or both the national desk.
func (d *decision) sameDesk(r, o *Recipient) bool {
	if r.Kind == KindContact || r.Kind != o.Kind {
		return false
	}
	return r.Phone == o.Phone || d.consulateOfDesk(r) == d.consulateOfDesk(o)
}

// consulateOfDesk is the id of a desk's consulate; "" where the desk is not on
// the list any more.
func (d *decision) consulateOfDesk(r *Recipient) string {
	for _, desk := range d.view.Directory.DesksAt(r.Phone) {
		if desk.ID == r.Desk {
			return desk.Consulate
		}
	}
	return ""
}

// tellOfDesk passes on to contacts, and to whoever raised an alert, what a desk
// has said. Who has not answered gets no more than the one text.
func (d *decision) tellOfDesk(c *Case, name string, data templates.Data) {
	p := d.profile(c.Alert.Profile)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != KindContact || !r.Accepted && r.State != RecipientConfirmed || !c.told(r) || d.view.Stopped[r.Phone] {
			continue
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneConfirm, Purpose: PurposeMore, To: r.Phone,
			Text: d.say(r.Language, name, d.toward(r, p, &c.Alert, data)),
		})
	}
	d.news(&c.Alert, name, d.toward(nil, p, &c.Alert, data))
}

// toward completes a text's data for one reader: a contact sees the short
// name, a desk the whole one.
func (d *decision) toward(r *Recipient, p *Profile, a *Alert, data templates.Data) templates.Data {
	data.Name = ShortName(a.Name)
	if p != nil {
		data.Name = shown(p)
	}
	if r != nil {
		data.Call, data.Vague, data.Family = d.Rules.callNumber(r.Phone.Country()), r.Vague, r.family()
		switch {
		case r.Kind != KindContact:
			data.Name = a.Name
		case !r.Accepted:
			if p == nil {
				p = &Profile{Name: a.Name}
			}
			data.Name = d.introduced(p, r.Language)
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
