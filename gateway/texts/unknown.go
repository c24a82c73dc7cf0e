package texts

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// mayPuzzle counts an answer to what a robot may have written, and reports
// whether it is given: after some in a day there is silence.
func (d *Texting) mayPuzzle() bool {
	d.Conv.Unknown = slices.DeleteFunc(slices.Clone(d.Conv.Unknown), func(at time.Time) bool { return gateway.Age(d.Now, at) >= gateway.UnknownWindow })
	if len(d.Conv.Unknown) >= gateway.UnknownMost {
		return false
	}
	d.Conv.Unknown = append(d.Conv.Unknown, d.Now)
	return true
}

// understood ends a row of texts that were not understood.
func (d *Texting) understood() {
	if !d.Puzzled {
		d.Conv.Puzzled = 0
	}
}

// askAgain asks the open question again, of whoever answered something else.
// While somebody's alert is open nothing is asked that has to do with another
// matter.
func (d *Texting) askAgain() bool {
	q, _ := d.View.Question(d.Now)
	if q == nil || d.Conv.Question == nil {
		return false
	}
	if q.Kind != gateway.QuestionPIN && q.Kind != gateway.QuestionPanic && q.Kind != gateway.QuestionEnd && d.View.Own != nil && d.OpenCase(d.View.Own.ID) != nil {
		return false
	}
	data := d.Info()
	switch q.Kind {
	case gateway.QuestionPIN:
		d.inOtherWords("again-own-pin", data)
	case gateway.QuestionRegister:
		d.Conv.Question = q.Clone()
		d.AskStep(d.Conv.Question)
	case gateway.QuestionDuress:
		d.Answer("ask-duress-pin", data)
	case gateway.QuestionMessage:
		i := -1
		if d.View.Own != nil {
			i = gateway.IndexContact(d.View.Own, q.Args["contact"])
		}
		if i < 0 {
			return false
		}
		data.Who = d.View.Own.Contacts[i].Called()
		d.Answer("ask-message", data)
	case gateway.QuestionWord:
		d.Answer("ask-word", data)
	case gateway.QuestionCountry:
		d.Answer("again-country", d.CountryData(q))
	case gateway.QuestionPanic:
		d.Answer("ask-panic", data)
	case gateway.QuestionErase:
		d.inOtherWords("again-erase", data)
	case gateway.QuestionZIP:
		d.inOtherWords("again-zip", data)
	case gateway.QuestionWhom:
		data.List = d.OrMe(gateway.Numbered(d.AcceptedWards()))
		d.Answer("whom", data)
	case gateway.QuestionWho:
		return false // what fits says it
	case gateway.QuestionMove:
		d.askMove(q.Identity())
	case gateway.QuestionMoved:
		d.Answer("ask-moved", data)
	case gateway.QuestionSign:
		d.Answer("still-yours", data)
	case gateway.QuestionDesk:
		d.askDeskAgain(q)
	case gateway.QuestionEnd:
		c := d.View.Case(q.Alert)
		if c == nil || !c.Alert.Open() {
			return false
		}
		data.Ref = c.Alert.Ref.String()
		d.Answer("ask-end", data)
	default:
		return false
	}
	return true
}

// inOtherWords asks a question again, and says from the second time on that nothing
// has changed, and that a person sees it: words that are repeated help nobody.
func (d *Texting) inOtherWords(name string, data templates.Data) {
	if d.Conv.Puzzled >= gateway.PuzzledTask {
		name = "help-question"
	}
	d.Answer(name, data)
}

// sayWhatFits says what somebody can do who was asked nothing: with an open
// alert how to go on, as a desk how to report, as a contact what that means.
// Only to others is it the list of words.
func (d *Texting) sayWhatFits(t *gateway.Text) {
	data := d.Info()
	own := d.View.Own
	if own != nil {
		if c := d.OpenCase(own.ID); c != nil {
			data.Ref = c.Alert.Ref.String()
			_, data.Confirmed = d.Sees().Case(c).Count()
			d.Answer("open-how", data)
			return
		}
		if d.Left() {
			return
		}
	}
	if c := d.UnknownCase(); c != nil {
		d.AddedToOwn(c)
		return
	}
	for i := range d.View.Told {
		if told := &d.View.Told[i]; told.Alert.Open() && told.Alert.Drill && told.Recipient.Owed() && told.Recipient.Kind == gateway.KindContact {
			data.Ref = told.Alert.Ref.String()
			d.Answer("drill", d.Toward(&told.Recipient, d.Profile(told.Alert.Profile), &told.Alert, data))
			return
		}
	}
	accepted, asked := d.standings()
	switch {
	case d.IsDesk():
		d.Answer("desk-how", data)
	case len(asked) > 0:
		d.explainInvitation(t, asked)
	case len(accepted) > 0 && own == nil:
		data.List = accepted
		d.Answer("contact-how", data)
	case own != nil && d.Conv.Question == nil && t.Says() && t.Cry() == prose.Unclear: // silence does nothing
		d.Conv.Cry = &gateway.Cry{Words: d.forFamily(t, t.Body)}
		d.askPanic()
	case d.isStranger() && d.Conv.Puzzled == 1 && t.Parsed.Intent == keyword.Unknown && t.Says() && gateway.Consents(t.Body) == prose.Neither:
		d.sayWhoWeAre(t)
	default:
		d.Answer("unknown", data)
	}
}

// explainInvitation answers whoever was asked to be a contact, and says neither yes
// nor no, by what they ask: each answer says who named them, what for, and how to
// answer. Only to what holds no words is it that we did not understand.
func (d *Texting) explainInvitation(t *gateway.Text, asked []string) {
	data := d.Info()
	data.List = asked
	about, known := t.Own().Invitation()
	open := slices.ContainsFunc(d.View.Wards, func(p gateway.Profile) bool { return d.OpenCase(p.ID) != nil })
	switch {
	case t.Cry() == prose.Likely && !d.asksOfInvitation(t):
		d.Answer("invited-cry", data)
	case !known, !t.Says():
		d.Answer("invited-how", data)
	case about == "well" && !open, about == "cost", about == "trust", about == "do", about == "later":
		d.Answer("invited-"+about, data)
	default:
		d.Answer("invited-why", data)
	}
}

// asksOfInvitation reports whether somebody who was asked to be a contact asks what
// that is, an alert word in it or not: "que es contacto de emergencia?", "son de la
// migra?".
func (d *Texting) asksOfInvitation(t *gateway.Text) bool {
	_, asked := d.standings()
	reading, _ := t.Own().Invited()
	return len(asked) > 0 && reading == prose.Asks
}

// isStranger reports whether a phone is nobody's, and nobody's contact: whoever
// writes from it may never have heard of us.
func (d *Texting) isStranger() bool {
	accepted, asked := d.standings()
	return d.View.Owner() == nil && len(accepted)+len(asked) == 0 && !d.IsDesk()
}

// sayWhoWeAre says to a stranger in one text what this is, how to register, how to
// call for help and whom to ring; to whoever writes in plain English in that.
func (d *Texting) sayWhoWeAre(t *gateway.Text) {
	if d.PhoneLanguage() == "" && t.Own().English() {
		d.Conv.Language = "en"
		d.Lang = d.Words.Language(d.Conv.Language)
	}
	d.Answer("who-we-are", d.Info())
}

// standings are the short names of those whose contact this phone agreed to be,
// and of those who asked in vain.
func (d *Texting) standings() (accepted, asked []string) {
	for i := range d.View.Wards {
		p := &d.View.Wards[i]
		switch c := p.Contact(d.Conv.Phone); {
		case c == nil || c.Standing == gateway.StandingWrong:
		case c.Standing == gateway.StandingAccepted:
			accepted = append(accepted, gateway.Shown(p))
		case c.Asked > 0 || len(c.Told) > 0:
			asked = append(asked, d.Introduced(p, d.Lang))
		}
	}
	return accepted, asked
}
