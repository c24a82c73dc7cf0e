package texts

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// isAcknowledgement reports whether a text may confirm an alert: 1, SI or
// RECIBIDO, without or with further words ("si gracias"), or somebody's own
// words that say so ("ya voy para alla").
func (d *Texting) isAcknowledgement(t *gateway.Text) bool {
	if d.IsDesk() && len(d.deskTold()) > 0 {
		reading, _ := t.DeskReading()
		return reading == prose.Received && t.SaysOfAlerts()
	}
	switch t.Parsed.Intent {
	case keyword.Yes, keyword.Acknowledge:
		return !d.takesBack(t)
	case keyword.Raise:
		return t.Parsed.Word == "1" && !d.takesBack(t)
	}
	return d.confirmsInOwnWords(t)
}

// confirms takes an acknowledgement. It reports whether there was anything to
// confirm, or a desk was answered.
func (d *Texting) confirms(t *gateway.Text) bool {
	if d.IsDesk() && len(d.deskTold()) > 0 {
		return d.deskWrites(t)
	}
	return d.confirm(t)
}

// noticedSinceAsked reports whether somebody was told of an alert, which they
// have not confirmed, after the open question of ours was asked: what they say
// then is about the alert.
func (d *Texting) noticedSinceAsked() bool {
	q, asked := d.View.Question(d.Now)
	return q != nil && d.View.NoticedSince(asked, d.Now)
}

// confirm takes a text as such an answer. Where it is news as well, an agent reads
// it, and the answer says so: who tells where somebody is has to know that it was
// read.
func (d *Texting) confirm(t *gateway.Text) bool {
	confirmed, ok := d.Confirm(t.From, t.Mention.Refs, t.Body)
	if told := d.newsAbout(t, confirmed); told != nil {
		d.putBeforeAgent(told, t)
		if d.Last.Name == "thanks" {
			d.Answer("thanks-news", d.Last.Data)
		}
	}
	return ok
}

// accept is SI without an alert to confirm: it accepts being a contact.
func (d *Texting) accept(t *gateway.Text) {
	names := d.AcceptWards(t.From, t.Body, func(p *gateway.Profile) bool { return true })
	if len(names) == 0 {
		d.acknowledge(t, t.Mention.Refs)
		return
	}
	d.Conv.Stopped = time.Time{}
	d.Answer("accepted", templates.Data{List: names})
}

// refuse is NO to being a contact, from whoever was asked. While an alert is open
// it refuses nothing: "no se donde esta" is news, and an agent looks at it. A NO
// that nothing was asked for withdraws nobody: whoever accepted long ago is told
// how that is done.
func (d *Texting) refuse(t *gateway.Text) {
	if d.passOn(t) {
		return
	}
	var names []string
	for i := range d.View.Wards {
		p := &d.View.Wards[i]
		c := p.Contact(t.From)
		if c == nil || !d.wasAsked(c) {
			continue
		}
		c.Standing = gateway.StandingRefused
		c.Consent = gateway.Consent{At: d.Now, Channel: "sms", Shown: c.Consent.Shown, Answered: d.Hidden(t.Body)}
		d.NoteTexted(gateway.TextedRefused, p, t.From, d.Now)
		d.PutProfile(p, "contact-refused", "contact", c.Name)
		d.TellOwner(p, "contact-refused", c)
		d.PutTask(gateway.Task{Kind: gateway.TaskRefused, Profile: p.ID, Phone: p.Phone, Name: c.Name})
		names = append(names, d.Introduced(p, d.Lang))
	}
	accepted, _ := d.standings()
	switch {
	case len(names) > 0:
		d.Answer("refused", templates.Data{List: names})
	case len(accepted) > 0 && d.View.Own == nil && d.Conv.Stopped.IsZero():
		data := d.Info()
		data.List = accepted
		d.Answer("contact-stays", data)
	default:
		d.unknown(t)
	}
}

// wasAsked reports whether a NO of this contact is an answer: to an invitation or
// a notice that they have not answered, or a change of mind about their own SI of
// the same day, unless a PRUEBA came after it: then it is said of that.
func (d *Texting) wasAsked(c *gateway.Contact) bool {
	switch c.Standing {
	case gateway.StandingUnanswered:
		return c.Asked > 0 || len(c.Told) > 0
	case gateway.StandingAccepted:
		return c.Consent.Channel == "sms" && gateway.Age(d.Now, c.Consent.At) < gateway.QuestionOpen && !d.drilledSince(c.Consent.At)
	}
	return false
}

// drilledSince reports whether this phone was sent a PRUEBA after a time.
func (d *Texting) drilledSince(then time.Time) bool {
	return slices.ContainsFunc(d.View.Told, func(told gateway.Told) bool {
		at, ok := told.Noticed(d.Now)
		return ok && told.Alert.Drill && !at.Before(then)
	})
}

// wrongNumber is EQUIVOCADO: this phone is not who it was taken for. It is
// never texted again, and whoever named it learns at once.
func (d *Texting) wrongNumber(t *gateway.Text) {
	d.DeskStops(t.From, d.Hidden(t.Body))
	for i := range d.View.Wards {
		p := &d.View.Wards[i]
		c := p.Contact(d.Conv.Phone)
		if c == nil || c.Standing == gateway.StandingWrong {
			continue
		}
		c.Standing = gateway.StandingWrong
		d.NoteTexted(gateway.TextedRefused, p, d.Conv.Phone, d.Now)
		d.PutProfile(p, "contact-wrong", "contact", c.Name)
		d.TellOwner(p, "contact-wrong", c)
		d.PutTask(gateway.Task{Kind: gateway.TaskWrongNumber, Urgent: d.OpenCase(p.ID) != nil, Profile: p.ID, Phone: p.Phone, Name: c.Name})
	}
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionSign && d.View.Own != nil && d.View.OwnStanding == gateway.Registered {
		d.Conv.Question = nil
		d.NotTheirs(d.View.Own, "phone-wrong", "phone")
	}
	if d.Conv.Stopped.IsZero() {
		d.Conv.Stopped = d.Now
		d.Answer("wrong-number", templates.Data{})
	}
}

// putBeforeAgent puts what somebody says about an alert before an agent.
func (d *Texting) putBeforeAgent(told *gateway.Told, t *gateway.Text) {
	d.Audit(gateway.SubjectAlert, told.Alert.ID, told.Alert.Version, "text", "contact", d.Hidden(t.Body))
	d.PutTask(gateway.Task{Kind: gateway.TaskAnswer, Urgent: true, Alert: told.Alert.ID, Profile: told.Alert.Profile,
		Phone: t.From, Name: told.Recipient.Name, Note: d.withEnclosed(t, d.Hidden(t.Body))})
}

// answerWhom is which of several people a contact raises the alert for, by the
// number in the list or by name.
func (d *Texting) answerWhom(t *gateway.Text, q *gateway.Question) bool {
	if t.Parsed.Command() {
		return false
	}
	wards := d.AcceptedWards()
	if says, _ := t.Own().ForMe(); says || strings.TrimSpace(t.Body) == d.ChoiceMe(len(gateway.Numbered(wards))) {
		d.Conv.Question = nil
		d.RaiseForThemselves("", d.Hidden(t.Body))
		return true
	}
	for i, ward := range wards {
		number := string(rune('1' + i))
		if strings.TrimSpace(t.Body) != number && !gateway.SharesName(ward.Name, t.Body) {
			continue
		}
		d.Conv.Question = nil
		if c := d.UnknownCase(); c != nil && c.Alert.Profile.IsZero() {
			d.Identified(c) // what was kept until it was plain whose it is
		}
		d.Raise(escalation.Raising{Profile: ward, Words: q.Args["words"], Reporter: ward.Contact(t.From)})
		return true
	}
	if t.Parsed.Intent != keyword.Unknown {
		return false
	}
	if d.UnknownCase() != nil { // with what they say instead
		d.RaiseUnknown(d.Hidden(t.Body))
		return true
	}
	d.Answer("whom", templates.Data{List: d.OrMe(gateway.Numbered(wards)), Call: d.Info().Call})
	return true
}

// answerSign is the answer to whether a number is still the person's.
func (d *Texting) answerSign(t *gateway.Text) bool {
	switch {
	case d.isAcknowledgement(t):
		d.Conv.Question = nil
		d.Answer("still-thanks", d.Info())
	case t.Parsed.Intent == keyword.No:
		d.wrongNumber(t)
	default:
		return false
	}
	return true
}
