package texts

import (
	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// answerQuestion takes a text as the answer to the open question of ours, if
// there is one and the text may be its answer.
func (d *Texting) answerQuestion(t *gateway.Text) bool {
	q, _ := d.View.Question(d.Now)
	if q == nil || d.Conv.Question == nil {
		return false
	}
	switch q.Kind {
	case gateway.QuestionPIN:
		return d.answerPIN(t, q)
	case gateway.QuestionRegister:
		return d.answerRegister(t, q)
	case gateway.QuestionDuress, gateway.QuestionMessage, gateway.QuestionWord:
		return d.answerExtra(t, q)
	case gateway.QuestionCountry:
		return d.answerCountry(t, q)
	case gateway.QuestionPanic:
		return d.answerPanic(t)
	case gateway.QuestionErase:
		return d.answerErase(t, q)
	case gateway.QuestionZIP:
		return d.answerOwnZIP(t, q)
	case gateway.QuestionWhom:
		return d.answerWhom(t, q)
	case gateway.QuestionWho:
		return d.answerWho(t)
	case gateway.QuestionMove:
		return d.answerMove(t)
	case gateway.QuestionMoved:
		return d.answerMoved(t, q)
	case gateway.QuestionSign:
		return d.answerSign(t)
	case gateway.QuestionDesk:
		return d.answerDesk(t, q)
	case gateway.QuestionEnd:
		return d.answerEnd(t, q)
	}
	return false
}

// closeQuestion ends what a command puts an end to: a SI or a PIN that comes
// after it was not meant for what was asked before.
func (d *Texting) closeQuestion(by *gateway.Text) {
	q := d.Conv.Question
	if q == nil {
		return
	}
	if q.Kind == gateway.QuestionErase || q.Kind == gateway.QuestionPIN && by.TakesPIN() {
		d.Conv.Question = nil
	}
}

func (d *Texting) answerPIN(t *gateway.Text, q *gateway.Question) bool {
	switch {
	case d.PIN.Result == gateway.PINUntried && d.leavesIt(t):
		d.Conv.Question = nil
		said := "nothing-changed"
		if keyword.Parse(q.Args["text"]).Intent == keyword.Erase {
			said = "not-erased"
		}
		d.Answer(said, d.Info())
		return true
	case t.Parsed.Command(), d.PIN.Result == gateway.PINUntried:
		return false // something else is on their mind
	case d.PIN.Result == gateway.PINWrong:
		d.RefusePIN(d.PIN.Profile)
		return true
	}
	d.Conv.Question = nil
	words := q.Args["text"] + " " + t.Numbers.OnlyPIN()
	for _, w := range keyword.Tokens(t.Body) {
		if ending := keyword.Ending(w); ending != "" {
			words += " " + ending
		}
	}
	whole := t.As(words)
	if !d.SeesContacts(t, gateway.Searched(whole.Contacts)) {
		return true
	}
	d.command(whole)
	return true
}

// refusalWords is more words than a no to what somebody asked for has; longer ones
// say something else as well.
const refusalWords = 4

// leavesIt reports whether somebody whose PIN was asked for a command says that
// they do not want it after all: "no", "mejor no", "olvidelo".
func (d *Texting) leavesIt(t *gateway.Text) bool {
	if t.Parsed.Command() || t.Cry() > prose.Unclear {
		return false
	}
	if d.consents(t.Body) == prose.No && len(keyword.Tokens(t.Body)) <= refusalWords {
		return true
	}
	aside, _ := t.Own().Aside()
	return aside == gateway.ReadCancel
}

// answerRegister takes a text as the answer to the step. A wrong answer
// repeats the question in other words. Questions about something else are
// answered, and the registration waits.
func (d *Texting) answerRegister(t *gateway.Text, q *gateway.Question) bool {
	step := q.Args["step"]
	said := d.Rules.ReadStep(t, step, d.View.Directory)
	if said.Reading != prose.Cries && said.Reading != prose.Robot && said.Reading != gateway.ReadCancel {
		if m, ok := d.Rules.ReadMend(t, q, d.View.Directory); ok {
			d.Conv.Question = q.Clone()
			d.mendRegistration(t, d.Conv.Question, m)
			return true
		}
	}
	if step == gateway.StepCountry && said.Reading != prose.Cries && said.Reading != prose.Robot {
		if next := q.Clone(); said.Reading != gateway.ReadCancel {
			d.Conv.Question = next
			return d.answerCountry(t, next)
		}
	}
	if step == gateway.StepConsent && said.Reading != prose.Cries && said.Reading != gateway.ReadCancel && said.Reading != prose.Asks {
		if said.Reply = d.consents(t.Body); said.Reply != prose.Neither {
			said.Reading = gateway.ReadValue
		}
	}
	switch said.Reading {
	case prose.Robot: // it is not answered, and is no answer
		return true
	case prose.Cries:
		d.cryElsewhere(t)
		return true
	case gateway.ReadCancel:
		d.Conv.Question = nil
		d.Answer("register-ended", d.Info())
		return true
	}
	next := q.Clone()
	d.Conv.Question = next
	switch said.Reading {
	case gateway.ReadMinor:
		d.Answer("minor", d.Info())
		return true
	case prose.Asks:
		d.explainStep(t, next)
		return true
	}
	switch step {
	case gateway.StepName:
		if said.Reading != gateway.ReadValue {
			if said.Looks {
				d.PutTask(gateway.Task{Kind: gateway.TaskSignal, Urgent: true, Phone: t.From, Name: next.Draft.Name, Note: d.Hidden(t.Body)})
			}
			d.missed(t, next, "again-name", d.Info())
			return true
		}
		next.Draft.Name = said.Name
		onward(next, gateway.StepZIP)
	case gateway.StepZIP:
		d.answerZIP(t, next, said)
		return true
	case gateway.StepContact:
		return d.answerContactStep(t, next, said)
	case gateway.StepPIN:
		switch check := d.PIN; {
		case said.Reading == gateway.ReadValue && check.Easy:
			d.missed(t, next, "easy-pin", d.Info())
			return true
		case said.Reading != gateway.ReadValue || !check.New.Set():
			d.missed(t, next, "again-pin", d.Info())
			return true
		}
		next.Draft.PIN = d.PIN.New
		next.GoTo(gateway.StepConsent)
	case gateway.StepConsent:
		return d.answerConsent(t, next, said.Reply)
	}
	d.AskStep(next)
	return true
}
