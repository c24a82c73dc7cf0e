package person

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// DeskSaying is one thing that a desk says about alerts.
type DeskSaying struct {
	Reading prose.Reading // Received, Located or Closes
	Refs    []gateway.Ref // empty: it names none
	Words   string        // beside the references and the command
}

// Word is the command that a saying is.
func (s *DeskSaying) Word() string {
	if s.Reading == prose.Closes {
		return "CERRAR"
	}
	return "LOCALIZADO"
}

// DeskReports takes LOCALIZADO and CERRAR about the alerts that a desk names.
// Either shows that the desk has read of them; without words it is asked for
// them, since a family would get an empty sentence.
func (d *Personal) DeskReports(said DeskSaying) {
	var done, unknown []gateway.Ref
	for _, ref := range said.Refs {
		told, c := d.DeskCase(ref)
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
		d.Ask(gateway.QuestionDesk, map[string]string{"text": said.Word() + " " + gateway.Refs(done)})
		told, _ := d.DeskCase(done[0])
		d.Conv.Question.Alert = told.Alert.ID
		d.Answer("ask-desk-"+string(keyword.Parse(said.Word()).Intent), data)
	case said.Reading == prose.Closes:
		d.Answer("noted-closed", data)
	default:
		d.Answer("noted", data)
	}
}

// DeskCase is an open alert that this desk was told of, by its reference; nil
// where there is none.
func (d *Personal) DeskCase(ref gateway.Ref) (*gateway.Told, *gateway.Case) {
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

// closePart closes a consulate's part in an alert. The alert itself goes on:
// the person, an agent or time ends it.
func (d *Personal) closePart(c *gateway.Case, by *gateway.Recipient, words string, data templates.Data) {
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
		d.Withdraw(c.Attempts, func(a *gateway.Attempt) bool { return a.Recipient == r.ID })
	}
	if !known {
		d.tellOfDesk(c, "part-closed", data)
		d.PutAlert(&c.Alert, "part-closed", "desk", words)
	}
}

// sameDesk reports whether two recipients of an alert are rows of one
// consulate, or both the national desk.
func (d *Personal) sameDesk(r, o *gateway.Recipient) bool {
	if r.Kind == gateway.KindContact || r.Kind != o.Kind {
		return false
	}
	return r.Phone == o.Phone || d.consulateOfDesk(r) == d.consulateOfDesk(o)
}

// consulateOfDesk is the id of a desk's consulate; "" where the desk is not on
// the list any more.
func (d *Personal) consulateOfDesk(r *gateway.Recipient) string {
	for _, desk := range d.View.Directory.DesksAt(r.Phone) {
		if desk.ID == r.Desk {
			return desk.Consulate
		}
	}
	return ""
}

// tellOfDesk passes on to contacts, and to whoever raised an alert, what a desk
// has said. Who has not answered gets no more than the one text.
func (d *Personal) tellOfDesk(c *gateway.Case, name string, data templates.Data) {
	p := d.Profile(c.Alert.Profile)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != gateway.KindContact || !r.Accepted && r.State != gateway.RecipientConfirmed || !c.Told(r) || d.WantsNone(r.Phone) {
			continue
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneConfirm, Purpose: gateway.PurposeMore, To: r.Phone,
			Text: d.Say(r.Language, name, d.Toward(r, p, &c.Alert, data)),
		})
	}
	d.News(&c.Alert, name, d.Toward(nil, p, &c.Alert, data))
}
