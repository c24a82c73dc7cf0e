package texts

import (
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// deskReport is LOCALIZADO and CERRAR at the head of a text. Whoever is no desk
// has said something else.
func (d *Texting) deskReport(t *gateway.Text) {
	if !d.IsDesk() {
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
	data := d.Info()
	if len(t.Mention.Refs) > 0 {
		data.Ref = t.Mention.Refs[0].String()
	}
	d.Answer("no-such-ref", data)
}

// DeskReports takes LOCALIZADO and CERRAR about the alerts that a desk names.
// Either shows that the desk has read of them; without words it is asked for
// them, since a family would get an empty sentence.
func (d *Texting) DeskReports(said DeskSaying) {
	var done, unknown []gateway.Ref
	for _, ref := range said.Refs {
		told, c := d.deskCase(ref)
		if c == nil {
			unknown = append(unknown, ref)
			continue
		}
		done = append(done, ref)
		r := c.Recipient(told.Recipient.ID)
		if r.State == gateway.RecipientOwed || r.State == gateway.RecipientGivenUp {
			d.ConfirmOne(told)
			*r = told.Recipient
		}
		data := templates.Data{Ref: ref.String(), Digits: ref.Digits(), Who: r.Name, Words: gateway.Sentence(escalation.Typed(d.Now, said.Words))}
		switch {
		case said.Words == "":
		case said.Reading == prose.Closes:
			d.closePart(c, r, said.Words, data)
		default:
			d.tellOfDesk(c, "located", data)
			d.PutAlert(&c.Alert, "located", "desk", said.Words)
		}
	}
	switch data := (templates.Data{Ref: gateway.Refs(done)}); {
	case len(done) == 0:
		data = d.Info()
		data.Ref = gateway.Refs(unknown)
		d.Answer("no-such-ref", data)
	case said.Words == "":
		d.Ask(gateway.QuestionDesk, map[string]string{"text": said.word() + " " + gateway.Refs(done)})
		told, _ := d.deskCase(done[0])
		d.Conv.Question.Alert = told.Alert.ID
		d.Answer("ask-desk-"+string(keyword.Parse(said.word()).Intent), data)
	case said.Reading == prose.Closes:
		d.Answer("noted-closed", data)
	default:
		d.Answer("noted", data)
	}
}

// deskCase is an open alert that this desk was told of, by its reference; nil
// where there is none.
func (d *Texting) deskCase(ref gateway.Ref) (*gateway.Told, *gateway.Case) {
	for i := range d.View.Cases {
		c := &d.View.Cases[i]
		if c.Alert.Ref != ref || !c.Alert.Open() || c.Alert.Drill {
			continue
		}
		for j := range c.Recipients {
			if r := &c.Recipients[j]; r.Kind != gateway.KindContact && r.Phone == d.Conv.Phone {
				told := c.ToldTo(r)
				return &told, c
			}
		}
	}
	return nil, nil
}

// answerDesk is what a desk was asked for: which alert it means, what it knows,
// why it closes. What is no answer to that goes its own way.
func (d *Texting) answerDesk(t *gateway.Text, q *gateway.Question) bool {
	asked := gateway.ReadNumbers(q.Args["text"])
	said := DeskSaying{Reading: prose.Located, Words: q.Args["words"]}
	if keyword.Parse(q.Args["text"]).Intent == keyword.Close {
		said.Reading = prose.Closes
	}
	for _, r := range asked.Refs {
		said.Refs = append(said.Refs, r.Ref)
	}
	reading, rule := t.Own().Desk()
	if answer, _ := t.Own().Answer(); answer != prose.Neither && len(keyword.Tokens(t.Body)) < 5 { // "no todavia no", "ok" say neither where nor why
		d.askDeskAgain(q)
		return true
	}
	if reading == prose.Robot || reading == prose.Asks && strings.ContainsAny(t.Body, "?¿") || reading == prose.Unsure && strings.HasSuffix(rule, "-close") {
		return false
	}
	n := gateway.ReadNumbers(t.Body)
	if q.Args["which"] != "" {
		named := d.deskNamed(&n)
		switch {
		case len(n.Refs) > 0 && (rule == "ref" || rule == "ok" || reading == prose.Unsure):
			for _, r := range n.Refs {
				said.Refs = append(said.Refs, r.Ref)
			}
		case len(n.Refs) == 0 && len(named) == 1 && reading == prose.Unsure:
			said.Refs = []gateway.Ref{named[0].Alert.Ref}
		default:
			return false
		}
		d.Conv.Question = nil
		d.DeskReports(said)
		return true
	}
	if c := d.View.Case(q.Alert); c == nil || !c.Alert.Open() {
		d.Conv.Question = nil
		return false
	}
	switch says := keyword.Says(t.Body); {
	case len(n.Refs) > 0 || !says && t.Parsed.Intent != keyword.Unknown:
		return false
	case !says:
		d.askDeskAgain(q)
		return true
	}
	switch t.Parsed.Intent {
	case keyword.Unknown, keyword.Panic, keyword.No, keyword.Wrong:
	default:
		return false
	}
	d.Conv.Question = nil
	said.Words = d.Hidden(t.Body)
	d.DeskReports(said)
	return true
}

func (d *Texting) askDeskAgain(q *gateway.Question) {
	if q.Args["which"] != "" {
		d.answerWhich()
		return
	}
	asked := keyword.Parse(q.Args["text"])
	n := gateway.ReadNumbers(asked.Rest)
	var about []gateway.Ref
	for _, r := range n.Refs {
		about = append(about, r.Ref)
	}
	d.Answer("ask-desk-"+string(asked.Intent), templates.Data{Ref: gateway.Refs(about)})
}

// closePart closes a consulate's part in an alert. The alert itself goes on:
// the person, an agent or time ends it.
func (d *Texting) closePart(c *gateway.Case, by *gateway.Recipient, words string, data templates.Data) {
	known := !by.Closed.IsZero()
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !r.Closed.IsZero() || !d.sameDesk(r, by) {
			continue
		}
		r.Closed, r.Next = d.Now, time.Time{}
		if r.State == gateway.RecipientOwed {
			r.State = gateway.RecipientEnded
		}
		d.PutRecipient(r)
		for j := range c.Attempts {
			if a := &c.Attempts[j]; a.Recipient == r.ID && a.State == gateway.AttemptWaiting && !a.Claim.Doubt {
				a.State = gateway.AttemptWithdrawn
				d.PutAttempt(a)
			}
		}
	}
	if !known {
		d.tellOfDesk(c, "part-closed", data)
		d.PutAlert(&c.Alert, "part-closed", "desk", words)
	}
}

// sameDesk reports whether two recipients of an alert are rows of one
// consulate, or both the national desk.
func (d *Texting) sameDesk(r, o *gateway.Recipient) bool {
	if r.Kind == gateway.KindContact || r.Kind != o.Kind {
		return false
	}
	return r.Phone == o.Phone || d.consulateOfDesk(r) == d.consulateOfDesk(o)
}

// consulateOfDesk is the id of a desk's consulate; "" where the desk is not on
// the list any more.
func (d *Texting) consulateOfDesk(r *gateway.Recipient) string {
	for _, desk := range d.View.Directory.DesksAt(r.Phone) {
		if desk.ID == r.Desk {
			return desk.Consulate
		}
	}
	return ""
}

// tellOfDesk passes on to contacts, and to whoever raised an alert, what a desk
// has said. Who has not answered gets no more than the one text.
func (d *Texting) tellOfDesk(c *gateway.Case, name string, data templates.Data) {
	p := d.Profile(c.Alert.Profile)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != gateway.KindContact || !r.Accepted && r.State != gateway.RecipientConfirmed || !c.Told(r) || d.View.Stopped[r.Phone] {
			continue
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneConfirm, Purpose: gateway.PurposeMore, To: r.Phone,
			Text: d.Say(r.Language, name, d.Toward(r, p, &c.Alert, data)),
		})
	}
	d.News(&c.Alert, name, d.Toward(nil, p, &c.Alert, data))
}

// deskStarts takes a desk's STOP back.
func (d *Texting) deskStarts() {
	for _, desk := range d.View.Directory.DesksAt(d.Conv.Phone) {
		if !desk.Stopped.IsZero() {
			desk.Stopped = time.Time{}
			d.PutDesk(&desk)
		}
	}
}

// deskIsWrong reports whether whoever has a desk's number says in their own
// words that they are somebody else: "aqui no es el consulado".
func (d *Texting) deskIsWrong(t *gateway.Text) bool {
	if !d.IsDesk() || !t.Free() || len(t.Mention.Refs) > 0 {
		return false
	}
	reading, _ := t.Own().Desk()
	return reading == prose.WrongOne
}
