package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// cancelByText calls off the alerts of the person whose PIN was given. A wrong
// PIN changes nothing and texts nobody; the duress PIN gets the very same
// answer and changes only what this phone is shown.
func (d *texting) cancelByText(t *Text) {
	switch check := d.view.PIN; check.Result {
	case PINUntried:
		d.cancelWithoutPIN(t)
	case PINWrong:
		d.refusePIN(check.Profile)
	default:
		d.cancel(d.profile(check.Profile), check.Result == PINDuress, t.ending())
	}
}

// ending is how the person says that it ended: the reason of a closed alert, or
// "pin" where they say nothing.
func (t *Text) ending() string {
	for _, word := range keyword.Tokens(t.parsed.Rest) {
		switch keyword.Ending(word) {
		case "LIBRE":
			return "released"
		case "DEPORTADO":
			return "deported"
		case "ERROR":
			return "false-alarm"
		}
	}
	return endedByPIN
}

// endedByPIN is the reason of an alert that the person called off without one.
const endedByPIN = "pin"

// cancelWithoutPIN ends a registration that is under way, asks for the PIN
// where there is something to call off, and otherwise says what CANCELAR does,
// since it may have been meant as a stop.
func (d *texting) cancelWithoutPIN(t *Text) {
	if q := d.conv.Question; q != nil && q.Kind == questionRegister && (d.view.Own == nil || d.openCase(d.view.Own.ID) == nil) {
		if strings.HasPrefix(t.parsed.Word, "CANCEL") || t.parsed.Word == "EXIT" {
			d.conv.Question = nil
			d.answer("register-ended", d.info())
		} else { // "bien gracias" ends nothing
			d.conv.Question = q.clone()
			d.askStep(d.conv.Question)
		}
		return
	}
	for _, p := range d.view.callers() {
		if d.openCase(p.ID) == nil && !d.endedLately(p.ID) && d.conv.Cry == nil {
			continue
		}
		if !p.PIN.Set() {
			d.answer("no-pin", d.info())
			return
		}
		d.askForPIN(t)
		return
	}
	if c := d.unknownCase(); c != nil {
		if len(c.Alert.Words) < wordsMost {
			c.Alert.Words = append(slices.Clone(c.Alert.Words), Words{At: d.now, Text: d.hidden(t.Body)})
			d.putAlert(&c.Alert, "words", "phone", d.hidden(t.Body))
		}
		d.addedToOwn(c)
		return
	}
	d.answer("none-open", d.info())
}

// unknownCase is the open alert that this phone raised and that has no profile,
// or none that is to be seen here.
func (d *decision) unknownCase() *Case {
	for _, id := range d.conv.Raised {
		c := d.view.Case(id)
		if c != nil && c.Alert.Open() && (c.Alert.Profile.IsZero() || d.view.Unseen != nil && c.Alert.Profile == d.view.Unseen.ID) {
			return c
		}
	}
	return nil
}

// refusePIN says that a PIN was wrong, or that this phone has to wait.
func (d *personal) refusePIN(profile ID) {
	if l := d.conv.lock(profile, d.medium()); l != nil && d.now.Before(l.Until) {
		minutes := int((l.Until.Sub(d.now) + time.Minute - 1) / time.Minute)
		d.answer("locked", templates.Data{Minutes: minutes})
		return
	}
	d.answer("wrong-pin", d.info())
}

// cancel ends all open alerts of a person, or under duress lets them look
// ended from this phone. A right PIN, either one, sent again within a day gets
// the same answer. Who was deported is answered with reception on the Mexican
// side.
func (d *personal) cancel(p *Profile, duress bool, reason string) {
	d.lang = d.Words.Language(p.Language)
	answer, cried := "", d.cancelCry(p, duress)
	for i := range d.view.Cases {
		c := &d.view.Cases[i]
		if c.Alert.Profile != p.ID || !c.Alert.Open() || c.Alert.Drill {
			continue
		}
		hidden := slices.Contains(c.Alert.HiddenFrom, d.conv.Phone)
		if duress && hidden {
			continue
		}
		told := d.seen(c).toldCount()
		if duress {
			d.hide(c, p)
		} else {
			d.end(c, AlertCancelled, reason, "phone", func(r *Recipient) string { return d.endText(c, p, r, reason) })
		}
		if !hidden && answer == "" {
			d.last = said{name: "cancelled", data: templates.Data{Ref: c.Alert.Ref.String(), Told: told}}
			answer = d.say(d.lang, d.last.name, d.last.data)
			if reason == "deported" {
				answer = d.say(d.lang, "cancelled-deported", d.last.data) + " " + strings.TrimPrefix(d.information("shelter"), d.Rules.Programme+": ")
			}
		}
	}
	if answer == "" && cried {
		d.last = said{name: "panic-no", data: d.info()}
		answer = d.say(d.lang, d.last.name, d.last.data)
	}
	switch {
	case answer != "":
		d.conv.LastEnd = &Said{At: d.now, Text: answer, Profile: p.ID, Ref: d.last.data.Ref, Told: d.last.data.Told}
	case d.endedLately(p.ID):
		answer = d.conv.LastEnd.Text
		d.last = said{name: "cancelled", data: templates.Data{Ref: d.conv.LastEnd.Ref, Told: d.conv.LastEnd.Told}}
	default:
		d.last = said{name: "none-open", data: d.info()}
		answer = d.say(d.lang, d.last.name, d.last.data)
	}
	d.turn.Answer.Text = answer
}

// cancelCry takes back a cry that was asked about, and reports whether there was
// one. Under duress it is raised, unseen from this phone.
func (d *personal) cancelCry(p *Profile, duress bool) bool {
	if d.conv.Cry == nil || d.view.Own == nil || d.view.Own.ID != p.ID {
		return false
	}
	task := d.conv.Cry.Task
	words := d.takeCry()
	if known := d.view.CryTask; !duress && known != nil && known.ID == task && known.State == TaskOpen {
		known.State = TaskDone // the PIN says that it was none
		d.putTask(*known)
	}
	if duress {
		d.raise(raising{profile: p, words: words, family: true, duress: true})
		d.hideRaised(d.conv.Phone)
	}
	return true
}

// endedLately reports whether this phone was told within a day that an alert
// of the person is over.
func (d *personal) endedLately(profile ID) bool {
	last := d.conv.LastEnd
	return last != nil && last.Profile == profile && age(d.now, last.At) < SameAnswer
}

// hide lets an alert look called off from this phone: agents and desks see the
// duress, contacts nothing.
func (d *cases) hide(c *Case, p *Profile) {
	c.Alert.HiddenFrom = append(slices.Clone(c.Alert.HiddenFrom), d.conv.Phone)
	c.Alert.Silent = true
	if c.Alert.Duress.IsZero() {
		c.Alert.Duress = d.now
		for i := range c.Recipients {
			r := &c.Recipients[i]
			if r.Kind == KindContact || !c.told(r) {
				continue
			}
			d.send(Attempt{
				Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeDuress, To: r.Phone,
				Text: d.say(r.Language, "duress-desk", templates.Data{Ref: c.Alert.Ref.String(), Name: whole(p)}),
			})
		}
	}
	d.putAlert(&c.Alert, "duress", "phone", "")
	d.putTask(Task{Kind: TaskDuress, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Name: p.Name})
}

// end ends an alert: what was not sent is withdrawn, and everybody who has
// been told, or may have been, is told.
func (d *cases) end(c *Case, state AlertState, reason, actor string, text func(*Recipient) string) {
	d.settles = true
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !c.told(r) {
			r.State = RecipientWithdrawn
			d.putRecipient(r)
			continue
		}
		if r.State != RecipientConfirmed {
			r.State = RecipientEnded
		}
		r.Next = time.Time{}
		d.putRecipient(r)
		if d.view.Stopped[r.Phone] || !r.Closed.IsZero() || d.summing(&c.Alert, r) {
			continue
		}
		if words := text(r); words != "" {
			d.send(Attempt{Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneCancel, Purpose: PurposeEnd, To: r.Phone, Text: words})
		}
	}
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.State == AttemptWaiting || a.State == AttemptHeld {
			a.State = AttemptWithdrawn
			d.putAttempt(a)
		}
	}
	d.tellRaiser(c, text)
	for _, task := range c.Tasks {
		switch task.Kind {
		case TaskDuress, TaskStopWhileOpen, TaskWrongNumber:
			continue // still worth a look
		}
		task.State = TaskDone
		d.putTask(task)
	}
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = state, d.now, reason
	kind := "cancelled"
	if state == AlertClosed {
		kind = "closed"
	}
	d.putAlert(&c.Alert, kind, actor, reason)
}

// tellRaiser tells a contact who raised an alert for the person that it ended:
// they are none of its recipients. A phone that counts as seized is told nothing.
func (d *cases) tellRaiser(c *Case, text func(*Recipient) string) {
	a := &c.Alert
	p := d.profile(a.Profile)
	if p == nil || a.Phone == d.conv.Phone || !a.Phone.Dialable() || d.view.Stopped[a.Phone] || a.Silent && a.Duress.IsZero() {
		return
	}
	contact := p.Contact(a.Phone)
	if contact == nil || contact.Standing != StandingAccepted || slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return r.Phone == a.Phone }) {
		return
	}
	raiser := Recipient{
		Alert: a.ID, Kind: KindContact, Phone: contact.Phone, Contact: contact.ID, Name: contact.Name,
		Language: cmp.Or(contact.Language, p.Language), Accepted: true, Vague: contact.Vague,
	}
	if words := text(&raiser); words != "" {
		d.send(Attempt{Alert: a.ID, Lane: LaneCancel, Purpose: PurposeNews, To: a.Phone, Prefer: a.Sender, Text: words})
	}
}

func (d *cases) endText(c *Case, p *Profile, r *Recipient, reason string) string {
	data := templates.Data{Ref: c.Alert.Ref.String(), Name: shown(p), Call: d.Rules.callNumber(r.Phone.Country()), Vague: r.Vague}
	if reason != endedByPIN {
		data.Words = d.say(r.Language, "reason-"+reason, templates.Data{})
	}
	if r.Kind == KindContact {
		if !r.Accepted {
			data.Name = d.introduced(p, r.Language)
		}
		return d.say(r.Language, "ended", data)
	}
	data.Name = whole(p)
	return d.say(r.Language, "ended-desk", data)
}

// told reports whether a recipient has been told, or may have been: something
// was sent, is in flight, or has an outcome that nobody knows; or a summary told
// of it.
func (c *Case) told(r *Recipient) bool {
	if r.State == RecipientConfirmed || r.Summed || r.pretended {
		return true
	}
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient == r.ID && a.handed() {
			return true
		}
	}
	return false
}

func (c *Case) toldCount() int {
	n := 0
	for i := range c.Recipients {
		if c.told(&c.Recipients[i]) {
			n++
		}
	}
	return n
}
