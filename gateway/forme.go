package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// A contact's ALERTA is for the person whose contact they are. The answer says for
// whom it was raised, and SOY YO, or any words that say so, that it is for
// themselves: then it is kept as an alert of theirs, which an agent sees to, and
// what was told about the other person is put right.

// orMe lists the people an alert may be for, and the contact themselves.
func (d *decision) orMe(wards []string) []string {
	return append(slices.Clone(wards), d.choiceMe(len(wards))+" "+d.say(d.lang, "for-me", templates.Data{}))
}

// choiceMe is the number that stands for the contact themselves.
func (d *decision) choiceMe(wards int) string { return string(rune('1' + wards)) }

// saysForMe reports whether a contact says that the alert which they raised a
// while ago is for themselves.
func (d *decision) saysForMe(t *Text) bool {
	if d.view.Own != nil || d.isDesk() || len(d.acceptedWards()) == 0 || t.parsed.Intent != keyword.Raise && !t.free() {
		return false
	}
	says, _ := t.own().ForMe()
	return says && d.raisedForOther() != nil
}

// raisedForOther is the newest open alert that this phone raised for somebody
// within a day, or joined; nil: there is none, or it has said since that it is for
// themselves.
func (d *decision) raisedForOther() *Case {
	for _, id := range slices.Backward(d.conv.Raised) {
		c := d.view.Case(id)
		if c == nil || !c.Alert.Open() || c.Alert.Drill || age(d.now, c.Alert.At) >= day {
			continue
		}
		if c.Alert.Profile.IsZero() {
			return nil
		}
		if p := d.profile(c.Alert.Profile); p != nil && p.Contact(d.conv.Phone) != nil {
			return c
		}
	}
	return nil
}

// raiseForThemselves keeps an alert of a contact's own. What they raised for
// somebody else is taken back: that person has said nothing.
func (d *decision) raiseForThemselves(words, note string) {
	c := d.raisedForOther()
	data := d.info()
	if c != nil {
		p := d.person(c)
		data.Name = shown(p)
		note = strings.TrimSpace(note + "\n" + c.Alert.Ref.String() + " " + p.Name)
		if c.Alert.Phone == d.conv.Phone && c.Alert.Reporter != "" && !c.Alert.Joined {
			words = joined(sentence(c.Alert.Words), words)
			d.takeBack(c, p)
		} else { // it stands without them; what they said in it an agent puts right
			d.putTask(Task{Kind: TaskAnswer, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: d.conv.Phone, Name: c.Alert.Reporter, Note: note})
			data.Name = ""
		}
	}
	kept := d.unknownCase()
	if kept == nil {
		kept = d.keepAlert(words, "\nsays: for themselves. "+note)
	} else {
		for _, task := range kept.Tasks {
			if task.Kind == TaskUnknownPhone {
				task.Note = strings.TrimSpace(task.Note + "\nsays: for themselves. " + note)
				d.putTask(task)
			}
		}
	}
	d.raisedID = kept.Alert.ID
	data.Ref = kept.Alert.Ref.String()
	d.answer("kept-own", data)
}

// takeBack ends an alert that a contact raised for a person and meant for
// themselves, and tells everybody who had been told.
func (d *decision) takeBack(c *Case, p *Profile) {
	d.end(c, AlertClosed, "mistaken", "contact", func(r *Recipient) string {
		return d.say(r.Language, "taken-back", d.toward(r, p, &c.Alert, templates.Data{
			Ref: c.Alert.Ref.String(), Who: c.Alert.Reporter, Call: d.Rules.callNumber(r.Phone.Country()),
		}))
	})
	d.conv.Raised = slices.DeleteFunc(slices.Clone(d.conv.Raised), func(id ID) bool { return id == c.Alert.ID })
}
