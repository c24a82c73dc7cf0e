package person

import (
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/templates"
)

// A contact's ALERTA is for the person whose contact they are. The answer says for
// whom it was raised, and SOY YO, or any words that say so, that it is for
// themselves: then it is kept as an alert of theirs, which an agent sees to, and
// what was told about the other person is put right.

// OrMe lists the people an alert may be for, and the contact themselves.
func (d *Personal) OrMe(wards []string) []string {
	return append(slices.Clone(wards), d.ChoiceMe(len(wards))+" "+d.Say(d.Lang, "for-me", templates.Data{}))
}

// ChoiceMe is the number that stands for the contact themselves.
func (d *Personal) ChoiceMe(wards int) string { return string(rune('1' + wards)) }

// AskedWhom reports whether it was asked for whom an alert is, not long ago.
func (d *Personal) AskedWhom() bool {
	q := d.Conv.Question
	return q != nil && q.Kind == gateway.QuestionWhom && gateway.Age(d.Now, q.At) < q.Lasts()
}

// RaisedForOther is the newest alert that this phone raised for somebody within a
// day, or joined, also where it has been called off since; nil: there is none, or
// it has said since that it is for themselves.
func (d *Personal) RaisedForOther() *gateway.Case {
	for _, id := range slices.Backward(d.Conv.Raised) {
		c := d.View.Case(id)
		if c == nil || c.Alert.Drill || gateway.Age(d.Now, c.Alert.At) >= decision.Day {
			continue
		}
		if c.Alert.Profile.IsZero() {
			if !c.Alert.Open() {
				continue
			}
			return nil
		}
		if p := d.Profile(c.Alert.Profile); p != nil && p.Contact(d.Conv.Phone) != nil {
			return c
		}
	}
	return nil
}

// RaiseForThemselves keeps an alert of a contact's own. What they raised for
// somebody else is taken back: that person has said nothing.
func (d *Personal) RaiseForThemselves(words, note string) {
	c := d.RaisedForOther()
	data := d.Info()
	if c != nil {
		p := d.Person(c)
		data.Name = gateway.Shown(p)
		note = strings.TrimSpace(note + "\n" + c.Alert.Ref.String() + " " + p.Name)
		alone := c.Alert.Phone == d.Conv.Phone && c.Alert.Reporter != "" && !c.Alert.Joined
		if alone {
			words = gateway.Joined(gateway.Sentence(c.Alert.Words), words)
		}
		switch {
		case !c.Alert.Open(): // everybody has been told that it is over
			data.Name = ""
		case alone:
			d.takeBack(c, p)
		default: // it stands without them; what they said in it an agent puts right
			d.PutTask(gateway.Task{Kind: gateway.TaskAnswer, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: d.Conv.Phone, Name: c.Alert.Reporter, Note: note})
			data.Name = ""
			if d.Conv.Wrote == c.Alert.ID {
				data.Name = gateway.Shown(p)
				d.tellTheirs(c, p)
			}
		}
	}
	d.Conv.Question = nil // whose it is is said
	kept := d.UnknownCase()
	if kept == nil {
		kept = d.keepAlert(words, "\nsays: for themselves. "+note)
	} else {
		d.NoteOwn(kept, "says: for themselves. "+note)
	}
	d.RaisedID = kept.Alert.ID
	data.Ref = kept.Alert.Ref.String()
	d.Answer("kept-own", data)
}

// tellTheirs tells whoever read what a contact wrote about a person's alert that
// it was about the contact.
func (d *Personal) tellTheirs(c *gateway.Case, p *gateway.Profile) {
	d.Conv.Wrote = gateway.ID{}
	who := ""
	if contact := p.Contact(d.Conv.Phone); contact != nil {
		who = contact.Name
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Phone == d.Conv.Phone || !d.Reads(c, r) {
			continue
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeMore, To: r.Phone, Validity: gateway.NoticeValidity,
			Text: d.Say(r.Language, "words-theirs", d.Toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String(), Who: who})),
		})
	}
}

// NoteOwn puts what somebody writes about an alert of their own before the agents.
func (d *Personal) NoteOwn(c *gateway.Case, note string) {
	for _, task := range c.Tasks {
		if task.Kind == gateway.TaskUnknownPhone && task.State != gateway.TaskDone {
			task.Note = strings.TrimSpace(task.Note + "\n" + note)
			d.PutTask(task)
			return
		}
	}
	d.PutTask(gateway.Task{Kind: gateway.TaskAnswer, Urgent: true, Alert: c.Alert.ID, Phone: d.Conv.Phone, Name: c.Alert.Name, Note: note})
}

// AddedToOwn answers what was added to an alert without a profile. A contact has
// no PIN, and is told of none.
func (d *Personal) AddedToOwn(c *gateway.Case) {
	data := d.Info()
	data.Ref, data.Family = c.Alert.Ref.String(), d.View.KeptOwn() != nil
	d.Answer("unknown-phone-again", data)
}

// takeBack ends an alert that a contact raised for a person and meant for
// themselves, and tells everybody who had been told.
func (d *Personal) takeBack(c *gateway.Case, p *gateway.Profile) {
	d.End(c, gateway.AlertClosed, "mistaken", "contact", func(r *gateway.Recipient) string {
		return d.Say(r.Language, "taken-back", d.Toward(r, p, &c.Alert, templates.Data{
			Ref: c.Alert.Ref.String(), Who: c.Alert.Reporter, Call: d.Rules.CallNumber(r.Phone.Country()),
		}))
	})
	d.Conv.Raised = slices.DeleteFunc(slices.Clone(d.Conv.Raised), func(id gateway.ID) bool { return id == c.Alert.ID })
}
