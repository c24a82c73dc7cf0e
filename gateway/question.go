package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// The questions that a text may answer.
const (
	questionPIN      = "pin"      // the PIN for a command that was sent without
	questionRegister = "register" // a step of REGISTRO
	questionDuress   = "duress-pin"
	questionMessage  = "message" // the person's own words for one contact
	questionWord     = "word"    // the family word
	questionCountry  = "country" // of a contact's ten digits
	questionPanic    = "panic"   // is it an alert?
	questionErase    = "erase"   // really?
	questionZIP      = "zip"     // of where they live, after the PIN for it
	questionWhom     = "whom"    // for whom a contact raises
	questionEnd      = "end"     // is the alert over?
	questionSign     = "sign"    // is this still their number?
	questionDesk     = "desk"    // what does a desk know, why does it close?
)

func (q *Question) wantsNewPIN() bool {
	return q.Kind == questionDuress || q.Kind == questionRegister && q.Args["step"] == stepPIN
}

// extra reports whether a question asks for what is optional after a registration.
func (q *Question) extra() bool {
	return q.Kind == questionDuress || q.Kind == questionMessage || q.Kind == questionWord
}

// lasts is how long a question takes the next text as its answer.
func (q *Question) lasts() time.Duration {
	switch q.Kind {
	case questionRegister:
		return RegistrationOpen
	case questionWho, questionMove, questionZIP:
		return WhoOpen
	}
	return QuestionOpen
}

// question is the open question of ours: one whose text has been handed to a
// carrier, and not so long ago that nobody answers it any more. What somebody
// writes before that is no answer to it.
func (v *View) question(now time.Time) (q *Question, asked time.Time) {
	if q = v.Conversation.Question; q == nil {
		return nil, time.Time{}
	}
	asked = q.At
	if !q.Text.IsZero() {
		if v.Asking == nil || !v.Asking.handed() {
			return nil, time.Time{}
		}
		if asked = v.Asking.Sent; asked.IsZero() { // under way: the carrier has not said yet
			asked = now
		}
	}
	if age(now, asked) >= q.lasts() || v.outlived(q) {
		return nil, time.Time{}
	}
	return q, asked
}

// outlived reports whether a question asks the phone's owner for what is asked of
// nobody any more: the phone is not theirs, or an alert came between, and whoever
// holds it now must not read what a second PIN is for.
func (v *View) outlived(q *Question) bool {
	switch {
	case q.Kind == questionMoved:
		return v.Own == nil || v.ownStanding == movedFrom
	case q.extra(), q.Kind == questionZIP:
		return v.Own == nil || v.ownStanding == movedFrom || slices.ContainsFunc(v.Cases, func(c Case) bool {
			a := &c.Alert
			return a.Profile == v.Own.ID && !a.Drill && !a.At.Before(q.At)
		})
	}
	return false
}

// handed reports whether an attempt has been handed to a carrier, or may have
// been.
func (a *Attempt) handed() bool {
	return a.State == AttemptSent || a.State == AttemptClaimed || a.Claim.Doubt
}

// answerQuestion takes a text as the answer to the open question of ours, if
// there is one and the text may be its answer.
func (d *texting) answerQuestion(t *Text) bool {
	q, _ := d.view.question(d.now)
	if q == nil || d.conv.Question == nil {
		return false
	}
	switch q.Kind {
	case questionPIN:
		return d.answerPIN(t, q)
	case questionRegister:
		return d.answerRegister(t, q)
	case questionDuress, questionMessage, questionWord:
		return d.answerExtra(t, q)
	case questionCountry:
		return d.answerCountry(t, q)
	case questionPanic:
		return d.answerPanic(t)
	case questionErase:
		return d.answerErase(t, q)
	case questionZIP:
		return d.answerOwnZIP(t, q)
	case questionWhom:
		return d.answerWhom(t, q)
	case questionWho:
		return d.answerWho(t)
	case questionMove:
		return d.answerMove(t)
	case questionMoved:
		return d.answerMoved(t, q)
	case questionSign:
		return d.answerSign(t)
	case questionDesk:
		return d.answerDesk(t, q)
	case questionEnd:
		return d.answerEnd(t, q)
	}
	return false
}

// closeQuestion ends what a command puts an end to: a SI or a PIN that comes
// after it was not meant for what was asked before.
func (d *texting) closeQuestion(by *Text) {
	q := d.conv.Question
	if q == nil {
		return
	}
	if q.Kind == questionErase || q.Kind == questionPIN && by.takesPIN() {
		d.conv.Question = nil
	}
}

// askForPIN asks for the PIN of a command that came without, once; the answer
// runs the command.
func (d *arranging) askForPIN(t *Text) {
	if d.view.Own != nil && !d.view.Own.PIN.Set() {
		d.answer("no-pin", d.info())
		return
	}
	d.ask(questionPIN, map[string]string{"text": t.Body})
	d.answer("ask-pin", d.info())
}

func (d *texting) answerPIN(t *Text, q *Question) bool {
	switch {
	case t.parsed.Command(), d.view.PIN.Result == PINUntried:
		return false // something else is on their mind
	case d.view.PIN.Result == PINWrong:
		d.refusePIN(d.view.PIN.Profile)
		return true
	}
	d.conv.Question = nil
	words := q.Args["text"] + " " + t.numbers.onlyPIN()
	for _, w := range keyword.Tokens(t.Body) {
		if ending := keyword.Ending(w); ending != "" {
			words += " " + ending
		}
	}
	whole := NewText(t.Key, t.From, t.Sender, words, "")
	if !d.seesContacts(t, searched(whole.contacts)) {
		return true
	}
	d.command(whole)
	return true
}

// answerWhom is which of several people a contact raises the alert for, by the
// number in the list or by name.
func (d *texting) answerWhom(t *Text, q *Question) bool {
	if t.parsed.Command() {
		return false
	}
	wards := d.acceptedWards()
	if says, _ := t.own().ForMe(); says || strings.TrimSpace(t.Body) == d.choiceMe(len(numbered(wards))) {
		d.conv.Question = nil
		d.raiseForThemselves("", d.hidden(t.Body))
		return true
	}
	for i, ward := range wards {
		number := string(rune('1' + i))
		if strings.TrimSpace(t.Body) != number && !sharesName(ward.Name, t.Body) {
			continue
		}
		d.conv.Question = nil
		if c := d.unknownCase(); c != nil && c.Alert.Profile.IsZero() {
			d.identified(c) // what was kept until it was plain whose it is
		}
		d.raise(raising{profile: ward, words: q.Args["words"], reporter: ward.Contact(t.From)})
		return true
	}
	if t.parsed.Intent != keyword.Unknown {
		return false
	}
	if d.unknownCase() != nil { // with what they say instead
		d.raiseUnknown(d.hidden(t.Body))
		return true
	}
	d.answer("whom", templates.Data{List: d.orMe(numbered(wards)), Call: d.info().Call})
	return true
}

// sharesName reports whether a text names a person: one of the words of three
// letters or more is a word of the name.
func sharesName(name, text string) bool {
	for _, n := range keyword.Tokens(name) {
		for _, w := range keyword.Tokens(text) {
			if len(n) >= 3 && n == w {
				return true
			}
		}
	}
	return false
}

func numbered(wards []*Profile) []string {
	list := make([]string, 0, len(wards))
	for i, w := range wards {
		if i == 9 {
			break
		}
		list = append(list, string(rune('1'+i))+" "+shown(w))
	}
	return list
}
