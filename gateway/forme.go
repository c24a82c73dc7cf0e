package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// A contact's ALERTA is for the person whose contact they are. The answer says for
// whom it was raised, and SOY YO, or any words that say so, that it is for
// themselves: then it is kept as an alert of theirs, which an agent sees to, and
// what was told about the other person is put right.

// orMe lists the people an alert may be for, and the contact themselves.
func (d *personal) orMe(wards []string) []string {
	return append(slices.Clone(wards), d.choiceMe(len(wards))+" "+d.say(d.lang, "for-me", templates.Data{}))
}

// choiceMe is the number that stands for the contact themselves.
func (d *personal) choiceMe(wards int) string { return string(rune('1' + wards)) }

// saysForMe reports whether a contact says that the alert which they raised a
// while ago is for themselves.
func (d *texting) saysForMe(t *Text) bool {
	if d.view.Own != nil || d.isDesk() || len(d.acceptedWards()) == 0 || t.parsed.Intent != keyword.Raise && !t.free() {
		return false
	}
	says, plain := t.own().ForMe()
	if says && d.askedWhom() {
		return true
	}
	return says && (d.raisedForOther() != nil || plain && d.view.keptOwn() == nil && d.toldOfOpen())
}

// askedWhom reports whether it was asked for whom an alert is, not long ago.
func (d *personal) askedWhom() bool {
	q := d.conv.Question
	return q != nil && q.Kind == questionWhom && age(d.now, q.At) < q.lasts()
}

// criesBeside reports whether a contact who was told of an alert says that the
// same happens to them: "me llevan a mi tambien". It is asked then for whom it
// is, and nobody reads it as news of the person.
func (d *texting) criesBeside(t *Text) bool {
	if d.view.Own != nil || d.view.Unseen != nil || d.isDesk() || d.verified() || len(d.acceptedWards()) == 0 || !d.toldOfOpen() {
		return false
	}
	said := t.own()
	if t.parsed.Intent == keyword.Raise {
		if t.parsed.Word == "1" || t.raisesForOther(d.acceptedWards()) {
			return false
		}
		if d.askedWhom() {
			return true
		}
		beside := prose.Read(t.said)
		said = &beside
	} else if !t.free() && t.parsed.Intent != keyword.Panic {
		return false
	}
	reading, _ := said.Told()
	says, _ := said.ForMe()
	return reading == prose.Cries || says
}

// askForWhom keeps what a contact cries, and asks for whom it is.
func (d *texting) askForWhom(t *Text) {
	words := t.Body
	if t.parsed.Intent == keyword.Raise {
		words = t.said
	}
	d.keepUnknown(t, d.relayed(words), d.hidden(words))
}

// confirmsAlert reports whether ALERTA is followed by nothing but that it was
// read, by a contact who was told of one: "alerta recibida".
func (d *texting) confirmsAlert(t *Text) bool {
	if d.view.Own != nil || d.isDesk() || t.parsed.Intent != keyword.Raise || t.parsed.Word == "1" || t.said == "" || !d.toldOfOpen() {
		return false
	}
	beside := prose.Read(t.said)
	reading, rule := beside.Told()
	grade, _ := beside.Cry()
	return reading == prose.Confirms && acknowledges[rule] && grade < prose.Likely
}

// acknowledges are the rules of package prose by which a text says that it was
// read, and nothing else.
var acknowledges = map[string]bool{"ack": true, "head": true, "k": true, "ok": true, "seen": true, "read": true, "arrived": true, "saw": true}

// raisedForOther is the newest alert that this phone raised for somebody within a
// day, or joined, also where it has been called off since; nil: there is none, or
// it has said since that it is for themselves.
func (d *personal) raisedForOther() *Case {
	for _, id := range slices.Backward(d.conv.Raised) {
		c := d.view.Case(id)
		if c == nil || c.Alert.Drill || age(d.now, c.Alert.At) >= day {
			continue
		}
		if c.Alert.Profile.IsZero() {
			if !c.Alert.Open() {
				continue
			}
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
func (d *personal) raiseForThemselves(words, note string) {
	c := d.raisedForOther()
	data := d.info()
	if c != nil {
		p := d.person(c)
		data.Name = shown(p)
		note = strings.TrimSpace(note + "\n" + c.Alert.Ref.String() + " " + p.Name)
		alone := c.Alert.Phone == d.conv.Phone && c.Alert.Reporter != "" && !c.Alert.Joined
		if alone {
			words = joined(sentence(c.Alert.Words), words)
		}
		switch {
		case !c.Alert.Open(): // everybody has been told that it is over
			data.Name = ""
		case alone:
			d.takeBack(c, p)
		default: // it stands without them; what they said in it an agent puts right
			d.putTask(Task{Kind: TaskAnswer, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: d.conv.Phone, Name: c.Alert.Reporter, Note: note})
			data.Name = ""
			if d.conv.Wrote == c.Alert.ID {
				data.Name = shown(p)
				d.tellTheirs(c, p)
			}
		}
	}
	d.conv.Question = nil // whose it is is said
	kept := d.unknownCase()
	if kept == nil {
		kept = d.keepAlert(words, "\nsays: for themselves. "+note)
	} else {
		d.noteOwn(kept, "says: for themselves. "+note)
	}
	d.raisedID = kept.Alert.ID
	data.Ref = kept.Alert.Ref.String()
	d.answer("kept-own", data)
}

// tellTheirs tells whoever read what a contact wrote about a person's alert that
// it was about the contact.
func (d *personal) tellTheirs(c *Case, p *Profile) {
	d.conv.Wrote = ID{}
	who := ""
	if contact := p.Contact(d.conv.Phone); contact != nil {
		who = contact.Name
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Phone == d.conv.Phone || !d.reads(c, r) {
			continue
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeMore, To: r.Phone, Validity: NoticeValidity,
			Text: d.say(r.Language, "words-theirs", d.toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String(), Who: who})),
		})
	}
}

// keptOwn is the open alert of a contact's own: one without a profile, before an
// agent. nil: there is none, or the phone is a registered person's.
func (v *View) keptOwn() *Case {
	if v.Own != nil || v.Unseen != nil {
		return nil
	}
	accepted := func(p Profile) bool {
		c := p.Contact(v.Conversation.Phone)
		return c != nil && c.Standing == StandingAccepted
	}
	if !slices.ContainsFunc(v.Wards, accepted) {
		return nil
	}
	for _, id := range slices.Backward(v.Conversation.Raised) {
		if c := v.Case(id); c != nil && c.Alert.Open() && !c.Alert.Drill && c.Alert.Profile.IsZero() {
			return c
		}
	}
	return nil
}

// addsToOwn takes what a contact writes while an alert of their own is open. It
// goes to whoever sees that one, and to nobody of the person whose contact they
// are: they are told of somebody else's need only by ALERTA and who it is.
func (d *texting) addsToOwn(t *Text) bool {
	c := d.view.keptOwn()
	if c == nil || d.isDesk() || d.verified() || keyword.Normalise(t.Body) == "" || age(d.now, lastSaid(&c.Alert)) >= day || !d.meansOwn(t) {
		return false
	}
	note := d.hidden(t.Body)
	if len(c.Alert.Words) < wordsMost {
		c.Alert.Words = append(slices.Clone(c.Alert.Words), Words{At: d.now, Text: note})
		d.putAlert(&c.Alert, "words", "phone", note)
		d.noteOwn(c, note)
	}
	d.addedToOwn(c)
	return true
}

// meansOwn reports whether a text goes on about the alert of a contact's own, and
// is no command, no answer to a question of ours, and not about somebody else.
func (d *texting) meansOwn(t *Text) bool {
	asked := ""
	if q := d.conv.Question; q != nil && age(d.now, q.At) < q.lasts() {
		asked = q.Kind
	}
	theirs := func(ref Ref) bool {
		return slices.ContainsFunc(d.view.Told, func(told Told) bool { return told.Alert.Ref == ref })
	}
	if asked == questionWhom || slices.ContainsFunc(t.mention.refs, theirs) {
		return false
	}
	switch t.parsed.Intent {
	case keyword.Raise:
		if t.parsed.Word != "1" {
			return !t.raisesForOther(d.acceptedWards())
		}
		return t.parsed.Rest != "" && asked == "" && !t.onlyConfirms()
	case keyword.Panic:
		return true
	case keyword.Cancel: // they have no PIN; an agent ends it
		return asked == "" && d.view.PIN.Result == PINUntried
	case keyword.Yes, keyword.Acknowledge:
		return t.free() && asked == "" && !t.onlyConfirms()
	case keyword.Name, keyword.ZIP, keyword.Located, keyword.Close: // which are for others: here they say who and where they are
		return asked == ""
	}
	return t.free() && asked == ""
}

// onlyConfirms reports whether what follows 1, SI or RECIBIDO says the same, and
// not what whoever writes does, or where they are.
func (t *Text) onlyConfirms() bool {
	beside := prose.Read(t.said)
	reading, rule := beside.Told()
	return reading == prose.Confirms && rule != "doing" && rule != "here"
}

// raisesForOther reports whether ALERTA is followed by for whom it is, and that
// is not who writes: "ALERTA Juan", "ALERTA por mi hermano".
func (t *Text) raisesForOther(wards []*Profile) bool {
	return t.own().ForOther(func(word string) bool {
		return slices.ContainsFunc(wards, func(p *Profile) bool { return sharesName(p.Name, word) })
	})
}

// noteOwn puts what somebody writes about an alert of their own before the agents.
func (d *personal) noteOwn(c *Case, note string) {
	for _, task := range c.Tasks {
		if task.Kind == TaskUnknownPhone && task.State != TaskDone {
			task.Note = strings.TrimSpace(task.Note + "\n" + note)
			d.putTask(task)
			return
		}
	}
	d.putTask(Task{Kind: TaskAnswer, Urgent: true, Alert: c.Alert.ID, Phone: d.conv.Phone, Name: c.Alert.Name, Note: note})
}

// addedToOwn answers what was added to an alert without a profile. A contact has
// no PIN, and is told of none.
func (d *personal) addedToOwn(c *Case) {
	data := d.info()
	data.Ref, data.Family = c.Alert.Ref.String(), d.view.keptOwn() != nil
	d.answer("unknown-phone-again", data)
}

// lastSaid is when something was last said in an alert.
func lastSaid(a *Alert) time.Time {
	if n := len(a.Words); n > 0 {
		return a.Words[n-1].At
	}
	return a.At
}

// takeBack ends an alert that a contact raised for a person and meant for
// themselves, and tells everybody who had been told.
func (d *personal) takeBack(c *Case, p *Profile) {
	d.end(c, AlertClosed, "mistaken", "contact", func(r *Recipient) string {
		return d.say(r.Language, "taken-back", d.toward(r, p, &c.Alert, templates.Data{
			Ref: c.Alert.Ref.String(), Who: c.Alert.Reporter, Call: d.Rules.callNumber(r.Phone.Country()),
		}))
	})
	d.conv.Raised = slices.DeleteFunc(slices.Clone(d.conv.Raised), func(id ID) bool { return id == c.Alert.ID })
}
