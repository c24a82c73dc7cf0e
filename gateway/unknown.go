package gateway

import (
	"slices"
	"time"

	"aviso/gateway/prose"
)

// unknown answers words that nothing else understands by what fits whoever is
// there. The second one in a row is put before an agent, and after the fourth
// in a day there is silence, so that two robots do not talk for ever. Nothing is
// ever said to what cannot be a person, nor to who wants no texts.
func (d *texting) unknown(t *Text) {
	if d.passOn(t) || !t.From.Dialable() || !d.conv.Stopped.IsZero() {
		return
	}
	d.puzzled = true
	d.conv.Puzzled++
	if d.conv.Puzzled == PuzzledTask {
		task := Task{Kind: TaskSignal, Phone: t.From, Note: d.hidden(t.Body)}
		if p := d.view.Own; p != nil {
			task.Profile, task.Name = p.ID, p.Name
		}
		d.putTask(task)
	}
	if d.mayPuzzle() && !d.askAgain() {
		d.sayWhatFits(t)
	}
}

// mayPuzzle counts an answer to what a robot may have written, and reports
// whether it is given: after some in a day there is silence.
func (d *texting) mayPuzzle() bool {
	d.conv.Unknown = slices.DeleteFunc(slices.Clone(d.conv.Unknown), func(at time.Time) bool { return age(d.now, at) >= UnknownWindow })
	if len(d.conv.Unknown) >= UnknownMost {
		return false
	}
	d.conv.Unknown = append(d.conv.Unknown, d.now)
	return true
}

// understood ends a row of texts that were not understood.
func (d *texting) understood() {
	if !d.puzzled {
		d.conv.Puzzled = 0
	}
}

// askAgain asks the open question again, of whoever answered something else.
// While somebody's alert is open nothing is asked that has to do with another
// matter.
func (d *texting) askAgain() bool {
	q, _ := d.view.question(d.now)
	if q == nil || d.conv.Question == nil {
		return false
	}
	if q.Kind != questionPIN && q.Kind != questionPanic && q.Kind != questionEnd && d.view.Own != nil && d.openCase(d.view.Own.ID) != nil {
		return false
	}
	data := d.info()
	switch q.Kind {
	case questionPIN:
		d.answer("ask-pin", data)
	case questionRegister:
		d.conv.Question = q.clone()
		d.askStep(d.conv.Question)
	case questionDuress:
		d.answer("ask-duress-pin", data)
	case questionMessage:
		i := -1
		if d.view.Own != nil {
			i = indexContact(d.view.Own, q.Args["contact"])
		}
		if i < 0 {
			return false
		}
		data.Who = d.view.Own.Contacts[i].called()
		d.answer("ask-message", data)
	case questionWord:
		d.answer("ask-word", data)
	case questionCountry:
		d.answer("ask-country", d.countryData(q))
	case questionPanic:
		d.answer("ask-panic", data)
	case questionErase:
		d.answer("ask-erase", data)
	case questionZIP:
		d.answer("again-zip", data)
	case questionWhom:
		data.List = d.orMe(numbered(d.acceptedWards()))
		d.answer("whom", data)
	case questionWho:
		return false // what fits says it
	case questionMove:
		d.askMove(q.identity())
	case questionMoved:
		d.answer("ask-moved", data)
	case questionSign:
		d.answer("still-yours", data)
	case questionDesk:
		d.askDeskAgain(q)
	case questionEnd:
		c := d.view.Case(q.Alert)
		if c == nil || !c.Alert.Open() {
			return false
		}
		data.Ref = c.Alert.Ref.String()
		d.answer("ask-end", data)
	default:
		return false
	}
	return true
}

// sayWhatFits says what somebody can do who was asked nothing: with an open
// alert how to go on, as a desk how to report, as a contact what that means.
// Only to others is it the list of words.
func (d *texting) sayWhatFits(t *Text) {
	data := d.info()
	own := d.view.Own
	if own != nil {
		if c := d.openCase(own.ID); c != nil {
			data.Ref = c.Alert.Ref.String()
			_, data.Confirmed = d.seen(c).count()
			d.answer("open-how", data)
			return
		}
		if d.left() {
			return
		}
	}
	if c := d.unknownCase(); c != nil {
		d.addedToOwn(c)
		return
	}
	for i := range d.view.Told {
		if told := &d.view.Told[i]; told.Alert.Open() && told.Alert.Drill && told.Recipient.owed() && told.Recipient.Kind == KindContact {
			data.Ref = told.Alert.Ref.String()
			d.answer("drill", d.toward(&told.Recipient, d.profile(told.Alert.Profile), &told.Alert, data))
			return
		}
	}
	accepted, asked := d.standings()
	switch {
	case d.isDesk():
		d.answer("desk-how", data)
	case len(asked) > 0:
		data.List = asked
		d.answer("invited-how", data)
	case len(accepted) > 0 && own == nil:
		data.List = accepted
		d.answer("contact-how", data)
	case own != nil && d.conv.Question == nil && t.says() && t.cry() == prose.Unclear: // silence does nothing
		d.conv.Cry = &Cry{Words: d.relayed(t.Body)}
		d.askPanic()
	default:
		d.answer("unknown", data)
	}
}

// standings are the short names of those whose contact this phone agreed to be,
// and of those who asked in vain.
func (d *texting) standings() (accepted, asked []string) {
	for i := range d.view.Wards {
		p := &d.view.Wards[i]
		switch c := p.Contact(d.conv.Phone); {
		case c == nil || c.Standing == StandingWrong:
		case c.Standing == StandingAccepted:
			accepted = append(accepted, shown(p))
		case c.Asked > 0 || len(c.Told) > 0:
			asked = append(asked, d.introduced(p, d.lang))
		}
	}
	return accepted, asked
}
