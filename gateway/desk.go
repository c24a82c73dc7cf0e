package gateway

import (
	"cmp"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// deskReport is LOCALIZADO and CERRAR at the head of a text. Whoever is no desk
// has said something else.
func (d *texting) deskReport(t *Text) {
	if !d.isDesk() {
		if !d.passOn(t) {
			d.unknown(t)
		}
		return
	}
	if d.deskWrites(t) {
		return
	}
	if len(d.deskTold()) > 0 && d.passOn(t) {
		return
	}
	data := d.info()
	if len(t.mention.refs) > 0 {
		data.Ref = t.mention.refs[0].String()
	}
	d.answer("no-such-ref", data)
}

// deskReports takes LOCALIZADO and CERRAR about the alerts that a desk names.
// Either shows that the desk has read of them; without words it is asked for
// them, since a family would get an empty sentence.
func (d *texting) deskReports(said deskSaying) {
	var done, unknown []Ref
	for _, ref := range said.refs {
		told, c := d.deskCase(ref)
		if c == nil {
			unknown = append(unknown, ref)
			continue
		}
		done = append(done, ref)
		r := c.recipient(told.Recipient.ID)
		if r.State == RecipientOwed || r.State == RecipientGivenUp {
			d.confirmOne(told)
			*r = told.Recipient
		}
		data := templates.Data{Ref: ref.String(), Digits: ref.Digits(), Who: r.Name, Words: sentence(typed(d.now, said.words))}
		switch {
		case said.words == "":
		case said.reading == prose.Closes:
			d.closePart(c, r, said.words, data)
		default:
			d.tellOfDesk(c, "located", data)
			d.putAlert(&c.Alert, "located", "desk", said.words)
		}
	}
	switch data := (templates.Data{Ref: refs(done)}); {
	case len(done) == 0:
		data = d.info()
		data.Ref = refs(unknown)
		d.answer("no-such-ref", data)
	case said.words == "":
		d.ask(questionDesk, map[string]string{"text": said.word() + " " + refs(done)})
		told, _ := d.deskCase(done[0])
		d.conv.Question.Alert = told.Alert.ID
		d.answer("ask-desk-"+string(keyword.Parse(said.word()).Intent), data)
	case said.reading == prose.Closes:
		d.answer("noted-closed", data)
	default:
		d.answer("noted", data)
	}
}

// deskCase is an open alert that this desk was told of, by its reference; nil
// where there is none.
func (d *texting) deskCase(ref Ref) (*Told, *Case) {
	for i := range d.view.Cases {
		c := &d.view.Cases[i]
		if c.Alert.Ref != ref || !c.Alert.Open() || c.Alert.Drill {
			continue
		}
		for j := range c.Recipients {
			if r := &c.Recipients[j]; r.Kind != KindContact && r.Phone == d.conv.Phone {
				told := c.toldTo(r)
				return &told, c
			}
		}
	}
	return nil, nil
}

// answerDesk is what a desk was asked for: which alert it means, what it knows,
// why it closes. What is no answer to that goes its own way.
func (d *texting) answerDesk(t *Text, q *Question) bool {
	asked := readNumbers(q.Args["text"])
	said := deskSaying{reading: prose.Located, words: q.Args["words"]}
	if keyword.Parse(q.Args["text"]).Intent == keyword.Close {
		said.reading = prose.Closes
	}
	for _, r := range asked.refs {
		said.refs = append(said.refs, r.ref)
	}
	reading, rule := t.own().Desk()
	if answer, _ := t.own().Answer(); answer != prose.Neither && len(keyword.Tokens(t.Body)) < 5 { // "no todavia no", "ok" say neither where nor why
		d.askDeskAgain(q)
		return true
	}
	if reading == prose.Robot || reading == prose.Asks && strings.ContainsAny(t.Body, "?¿") || reading == prose.Unsure && strings.HasSuffix(rule, "-close") {
		return false
	}
	n := readNumbers(t.Body)
	if q.Args["which"] != "" {
		named := d.deskNamed(&n)
		switch {
		case len(n.refs) > 0 && (rule == "ref" || rule == "ok" || reading == prose.Unsure):
			for _, r := range n.refs {
				said.refs = append(said.refs, r.ref)
			}
		case len(n.refs) == 0 && len(named) == 1 && reading == prose.Unsure:
			said.refs = []Ref{named[0].Alert.Ref}
		default:
			return false
		}
		d.conv.Question = nil
		d.deskReports(said)
		return true
	}
	if c := d.view.Case(q.Alert); c == nil || !c.Alert.Open() {
		d.conv.Question = nil
		return false
	}
	switch says := keyword.Says(t.Body); {
	case len(n.refs) > 0 || !says && t.parsed.Intent != keyword.Unknown:
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
	d.conv.Question = nil
	said.words = d.hidden(t.Body)
	d.deskReports(said)
	return true
}

func (d *texting) askDeskAgain(q *Question) {
	if q.Args["which"] != "" {
		d.answerWhich()
		return
	}
	asked := keyword.Parse(q.Args["text"])
	n := readNumbers(asked.Rest)
	var about []Ref
	for _, r := range n.refs {
		about = append(about, r.ref)
	}
	d.answer("ask-desk-"+string(asked.Intent), templates.Data{Ref: refs(about)})
}

// closePart closes a consulate's part in an alert. The alert itself goes on:
// the person, an agent or time ends it.
func (d *texting) closePart(c *Case, by *Recipient, words string, data templates.Data) {
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
}

// sameDesk reports whether two recipients of an alert are rows of one
// consulate, or both the national desk.
func (d *texting) sameDesk(r, o *Recipient) bool {
	if r.Kind == KindContact || r.Kind != o.Kind {
		return false
	}
	return r.Phone == o.Phone || d.consulateOfDesk(r) == d.consulateOfDesk(o)
}

// consulateOfDesk is the id of a desk's consulate; "" where the desk is not on
// the list any more.
func (d *texting) consulateOfDesk(r *Recipient) string {
	for _, desk := range d.view.Directory.DesksAt(r.Phone) {
		if desk.ID == r.Desk {
			return desk.Consulate
		}
	}
	return ""
}

// tellOfDesk passes on to contacts, and to whoever raised an alert, what a desk
// has said. Who has not answered gets no more than the one text.
func (d *texting) tellOfDesk(c *Case, name string, data templates.Data) {
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
func (d *cases) toward(r *Recipient, p *Profile, a *Alert, data templates.Data) templates.Data {
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

// deskDrill texts a PRUEBA to every desk that the operator has not confirmed.
// A desk is told of real alerts only after it has answered.
func (d *asking) deskDrill() {
	d.drillDesks(func(desk *Desk) bool {
		return desk.Confirmed.IsZero() && desk.Stopped.IsZero() && desk.Consulate != AgentsDesk
	})
}

// drillDesks texts a PRUEBA to those desks that are meant.
func (d *asking) drillDesks(meant func(*Desk) bool) {
	c := &Case{Alert: Alert{
		ID: d.fresh.ID(), Ref: d.view.Free, State: AlertOpen, At: d.now, Drill: true,
		Channel: "operator", Zone: "UTC", Language: templates.Fallback,
	}}
	d.lang = templates.Fallback
	for _, desk := range d.view.Directory.All() {
		if !meant(&desk) || !d.mayReach(&desk) {
			continue
		}
		name := d.say(desk.Language, "consulate-name", templates.Data{Consulate: cmp.Or(d.city(desk.Consulate), strings.ToUpper(desk.Consulate))})
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
	d.putAlert(&c.Alert, "drill", cmp.Or(d.actor, "operator"), "")
	d.turn.Answer.Text = c.Alert.Ref.String()
}

// activateDesks notes that the desks at this phone have answered a PRUEBA.
func (d *cases) activateDesks() {
	for _, desk := range d.view.Directory.DesksAt(d.conv.Phone) {
		if desk.Confirmed.IsZero() {
			desk.Confirmed = d.now
			d.putDesk(&desk)
		}
	}
}
