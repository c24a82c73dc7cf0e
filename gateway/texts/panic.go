package texts

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// panicAfter is how long a cry that was asked about may go unanswered before
// it is raised to the family.
const panicAfter = 3 * time.Minute

// panic asks about a cry and shows it to agents at once; silence raises it, to
// the family only.
func (d *Texting) panic(t *gateway.Text) {
	if d.IsDesk() {
		d.unknown(t)
		return
	}
	p := d.View.Own
	if p == nil {
		d.cryElsewhere(t)
		return
	}
	if c := d.OpenCase(p.ID); c != nil {
		d.addWords(t, c)
		return
	}
	if d.Conv.Cry != nil && (!d.Conv.Cry.Timer.IsZero() || d.askedPanic()) {
		d.cryAgain(t)
		return
	}
	d.cry(t, d.cryTimer(t))
}

// cry keeps a cry, puts it before the agents and asks about it.
func (d *Texting) cry(t *gateway.Text, timer gateway.ID) {
	p := d.View.Own
	d.Conv.Cry = &gateway.Cry{Timer: timer, Task: d.Fresh.ID(), Words: d.forFamily(t, t.Body)}
	d.PutTask(gateway.Task{
		ID: d.Conv.Cry.Task, State: gateway.TaskOpen, At: d.Now,
		Kind: gateway.TaskSignal, Urgent: true, Profile: p.ID, Phone: t.From, Name: p.Name, Note: d.Hidden(t.Body),
	})
	d.askPanic()
}

// cryTimer sets the timer by which a cry is raised that nobody takes back.
func (d *Texting) cryTimer(t *gateway.Text) gateway.ID {
	timer := gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerPanic, Profile: d.View.Own.ID, Phone: t.From, Due: d.Now.Add(panicAfter)}
	d.Turn.Timers = append(d.Turn.Timers, timer)
	return timer.ID
}

// noteCry adds to the task of a cry what was said since, for whoever calls. What
// an agent is done with already is taken up again.
func (d *Texting) noteCry(cry *gateway.Cry, words string) {
	task := d.View.CryTask
	if task == nil || task.ID != cry.Task {
		return
	}
	task.Note = gateway.Clip(task.Note+"\n"+words, gateway.WordsLength)
	if task.State == gateway.TaskDone {
		task.State, task.Agent, task.By = gateway.TaskOpen, gateway.ID{}, ""
	}
	d.PutTask(*task)
}

// askedPanic reports whether "Es una ALERTA?" is the open question.
func (d *Texting) askedPanic() bool {
	q := d.Conv.Question
	return q != nil && q.Kind == gateway.QuestionPanic && gateway.Age(d.Now, q.At) < q.Lasts()
}

// alarm takes a machine's text that holds an alert word: it is asked about, and
// somebody looks, but silence tells nobody. From a phone that is nobody's it is
// kept as any ALERTA.
func (d *Texting) alarm(t *gateway.Text) {
	switch p := d.View.Own; {
	case d.IsDesk():
	case p == nil && t.Parsed.Intent == keyword.Raise:
		d.KeepUnknown(t, d.Relayed(t.Said), d.Hidden(t.Said))
	case p == nil, d.OpenCase(p.ID) != nil, d.askedPanic():
	default:
		d.TakeCry()
		d.cry(t, gateway.ID{})
	}
}

func (d *Texting) askPanic() {
	d.Ask(gateway.QuestionPanic, nil)
	d.Answer("ask-panic", d.Info())
}

// cryAgain takes more words to a cry that was asked about, and asks again; its
// time goes on.
func (d *Texting) cryAgain(t *gateway.Text) {
	cry := *d.Conv.Cry
	cry.Words = gateway.Clip(gateway.Joined(cry.Words, d.forFamily(t, t.Body)), gateway.WordsLength)
	if cry.Timer.IsZero() && t.Machine == gateway.NoMachine && (t.Parsed.Intent == keyword.Panic || t.Cry() == prose.Likely) { // now somebody cries
		cry.Timer = d.cryTimer(t)
	}
	d.Conv.Cry = &cry
	d.noteCry(&cry, d.Hidden(t.Body))
	d.askPanic()
}

// answerPanic is the answer to "Es una ALERTA?". What is neither yes nor no
// goes along with the cry. After a NO nobody is told; but anybody who holds the
// phone can say it, so the agents' task stands, and whoever has it calls.
func (d *Texting) answerPanic(t *gateway.Text) bool {
	if d.View.Own == nil || d.Conv.Cry == nil {
		return false
	}
	answer := t.AnswersAlert()
	switch unclear := d.Conv.Cry.Task.IsZero() && d.Conv.Cry.Timer.IsZero(); {
	case answer == prose.Yes:
		words := d.TakeCry()
		if t.Free() {
			d.keepPrivate(t, d.View.Own)
			words = gateway.Joined(words, d.forFamily(t, t.Body))
		}
		d.Raise(escalation.Raising{Profile: d.View.Own, Words: words})
	case answer == prose.No:
		d.noteCry(d.Conv.Cry, d.Hidden(t.Body)+" (sin PIN)")
		d.TakeCry()
		d.Answer("panic-no", d.Info())
	case unclear: // what we did not understand; it is asked again where this is no better
		return false
	case t.Parsed.Intent == keyword.Panic, t.Parsed.Intent == keyword.Unknown:
		d.cryAgain(t)
	default:
		return false
	}
	return true
}

// PanicDue raises a cry that nobody took back, to the family only: to the
// consulate only by an agent.
func (d *Texting) PanicDue(t gateway.Timer) {
	if d.Conv.Cry == nil || d.Conv.Cry.Timer != t.ID || d.View.Own == nil {
		return
	}
	d.Raise(escalation.Raising{Profile: d.View.Own, Words: d.TakeCry(), Family: true})
	d.TellCaller()
	d.PutConversation()
}
