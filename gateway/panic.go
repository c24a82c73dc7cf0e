package gateway

import (
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// panicAfter is how long a cry that was asked about may go unanswered before
// it is raised to the family.
const panicAfter = 3 * time.Minute

// Cry is an alert word or a cry for help within a longer text: asked about, and
// raised when its timer comes, where it has one.
type Cry struct {
	Timer ID     `json:"timer,omitzero"`
	Task  ID     `json:"task,omitzero"` // that put it before the agents
	Words string `json:"words"`
}

// panic asks about a cry and shows it to agents at once; silence raises it, to
// the family only.
func (d *texting) panic(t *Text) {
	if d.isDesk() {
		d.unknown(t)
		return
	}
	p := d.view.Own
	if p == nil {
		d.cryElsewhere(t)
		return
	}
	if c := d.openCase(p.ID); c != nil {
		d.passWords(c, d.relayed(t.Body))
		return
	}
	if d.conv.Cry != nil && (!d.conv.Cry.Timer.IsZero() || d.askedPanic()) {
		d.cryAgain(t)
		return
	}
	d.cry(t, d.cryTimer(t))
}

// cry keeps a cry, puts it before the agents and asks about it.
func (d *texting) cry(t *Text, timer ID) {
	p := d.view.Own
	d.conv.Cry = &Cry{Timer: timer, Task: d.fresh.ID(), Words: d.relayed(t.Body)}
	d.putTask(Task{
		ID: d.conv.Cry.Task, State: TaskOpen, At: d.now,
		Kind: TaskSignal, Urgent: true, Profile: p.ID, Phone: t.From, Name: p.Name, Note: d.hidden(t.Body),
	})
	d.askPanic()
}

// cryTimer sets the timer by which a cry is raised that nobody takes back.
func (d *texting) cryTimer(t *Text) ID {
	timer := Timer{ID: d.fresh.ID(), Kind: TimerPanic, Profile: d.view.Own.ID, Phone: t.From, Due: d.now.Add(panicAfter)}
	d.turn.Timers = append(d.turn.Timers, timer)
	return timer.ID
}

// noteCry adds to the task of a cry what was said since, for whoever calls. What
// an agent is done with already is taken up again.
func (d *texting) noteCry(cry *Cry, words string) {
	task := d.view.CryTask
	if task == nil || task.ID != cry.Task {
		return
	}
	task.Note = clip(task.Note+"\n"+words, wordsLength)
	if task.State == TaskDone {
		task.State, task.Agent, task.By = TaskOpen, ID{}, ""
	}
	d.putTask(*task)
}

// askedPanic reports whether "Es una ALERTA?" is the open question.
func (d *texting) askedPanic() bool {
	q := d.conv.Question
	return q != nil && q.Kind == questionPanic && age(d.now, q.At) < q.lasts()
}

// alarm takes a machine's text that holds an alert word: it is asked about, and
// somebody looks, but silence tells nobody. From a phone that is nobody's it is
// kept as any ALERTA.
func (d *texting) alarm(t *Text) {
	switch p := d.view.Own; {
	case d.isDesk():
	case p == nil && t.parsed.Intent == keyword.Raise:
		d.keepUnknown(t, d.relayed(t.said), d.hidden(t.said))
	case p == nil, d.openCase(p.ID) != nil, d.askedPanic():
	default:
		d.takeCry()
		d.cry(t, ID{})
	}
}

func (d *texting) askPanic() {
	d.ask(questionPanic, nil)
	d.answer("ask-panic", d.info())
}

// cryAgain takes more words to a cry that was asked about, and asks again; its
// time goes on.
func (d *texting) cryAgain(t *Text) {
	cry := *d.conv.Cry
	cry.Words = clip(joined(cry.Words, d.relayed(t.Body)), wordsLength)
	if cry.Timer.IsZero() && t.machine == noMachine && (t.parsed.Intent == keyword.Panic || t.cry() == prose.Likely) { // now somebody cries
		cry.Timer = d.cryTimer(t)
	}
	d.conv.Cry = &cry
	d.noteCry(&cry, d.hidden(t.Body))
	d.askPanic()
}

// takeCry ends what a cry waits for, and returns its words; "" where there is
// none.
func (d *personal) takeCry() string {
	cry := d.conv.Cry
	if cry == nil {
		return ""
	}
	if !cry.Timer.IsZero() {
		d.dropID(cry.Timer)
	}
	d.conv.Cry = nil
	if q := d.conv.Question; q != nil && q.Kind == questionPanic {
		d.conv.Question = nil
	}
	return cry.Words
}

// answerPanic is the answer to "Es una ALERTA?". What is neither yes nor no
// goes along with the cry. After a NO nobody is told; but anybody who holds the
// phone can say it, so the agents' task stands, and whoever has it calls.
func (d *texting) answerPanic(t *Text) bool {
	if d.view.Own == nil || d.conv.Cry == nil {
		return false
	}
	answer := t.answersAlert()
	switch unclear := d.conv.Cry.Task.IsZero() && d.conv.Cry.Timer.IsZero(); {
	case answer == prose.Yes:
		words := d.takeCry()
		if t.free() {
			words = joined(words, d.relayed(t.Body))
		}
		d.raise(raising{profile: d.view.Own, words: words})
	case answer == prose.No:
		d.noteCry(d.conv.Cry, d.hidden(t.Body)+" (sin PIN)")
		d.takeCry()
		d.answer("panic-no", d.info())
	case unclear: // what we did not understand; it is asked again where this is no better
		return false
	case t.parsed.Intent == keyword.Panic, t.parsed.Intent == keyword.Unknown:
		d.cryAgain(t)
	default:
		return false
	}
	return true
}

// panicDue raises a cry that nobody took back, to the family only: to the
// consulate only by an agent.
func (d *texting) panicDue(t Timer) {
	if d.conv.Cry == nil || d.conv.Cry.Timer != t.ID || d.view.Own == nil {
		return
	}
	d.raise(raising{profile: d.view.Own, words: d.takeCry(), family: true})
	d.tellCaller()
	d.putConversation()
}
