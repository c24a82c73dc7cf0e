package gateway

import (
	"time"

	"aviso/gateway/keyword"
)

// panicAfter is how long a cry that was asked about may go unanswered before
// it is raised to the family.
const panicAfter = 3 * time.Minute

// Cry is an alert word or a cry for help within a longer text: asked about, and
// raised when its timer comes.
type Cry struct {
	Timer ID     `json:"timer"`
	Words string `json:"words"`
}

// panic asks about a cry and shows it to agents at once; silence raises it, to
// the family only.
func (d *decision) panic(t *Text) {
	if d.isDesk() {
		d.unknown(t)
		return
	}
	p := d.view.Own
	if p == nil {
		if !d.passOn(t) {
			d.unknown(t)
		}
		return
	}
	if c := d.openCase(p.ID); c != nil && age(d.now, c.Alert.At) < SameAlert {
		d.addWords(c, t.Body)
		return
	}
	if d.conv.Cry != nil {
		d.cryAgain(t)
		return
	}
	timer := Timer{ID: d.fresh.ID(), Kind: TimerPanic, Profile: p.ID, Phone: t.From, Due: d.now.Add(panicAfter)}
	d.conv.Cry = &Cry{timer.ID, t.Body}
	d.turn.Timers = append(d.turn.Timers, timer)
	d.putTask(Task{Kind: TaskSignal, Urgent: true, Profile: p.ID, Phone: t.From, Name: p.Name, Note: t.Body})
	d.askPanic()
}

func (d *decision) askPanic() {
	d.ask(questionPanic, nil)
	d.answer("ask-panic", d.info())
}

// cryAgain takes more words to a cry that was asked about, and asks again; its
// time goes on.
func (d *decision) cryAgain(t *Text) {
	d.conv.Cry = &Cry{d.conv.Cry.Timer, clip(d.conv.Cry.Words+" / "+t.Body, wordsLength)}
	d.askPanic()
}

// takeCry ends what a cry waits for, and returns its words; "" where there is
// none.
func (d *decision) takeCry() string {
	cry := d.conv.Cry
	if cry == nil {
		return ""
	}
	d.dropID(cry.Timer)
	d.conv.Cry = nil
	if q := d.conv.Question; q != nil && q.Kind == questionPanic {
		d.conv.Question = nil
	}
	return cry.Words
}

// answerPanic is the answer to "Es una ALERTA?". What is neither yes nor no
// goes along with the cry.
func (d *decision) answerPanic(t *Text) bool {
	if d.view.Own == nil || d.conv.Cry == nil {
		return false
	}
	switch {
	case t.parsed.Intent == keyword.Raise, t.parsed.Intent == keyword.Yes:
		d.raise(raising{profile: d.view.Own, words: d.takeCry()})
	case t.parsed.Intent == keyword.No, t.parsed.Intent == keyword.Unknown && keyword.Denies(t.Body):
		d.takeCry()
		d.answer("panic-no", d.info())
	case t.parsed.Intent == keyword.Panic, t.parsed.Intent == keyword.Unknown:
		d.cryAgain(t)
	default:
		return false
	}
	return true
}

// panicDue raises a cry that nobody took back, to the family only: to the
// consulate only by an agent.
func (d *decision) panicDue(t Timer) {
	if d.conv.Cry == nil || d.conv.Cry.Timer != t.ID || d.view.Own == nil {
		return
	}
	d.raise(raising{profile: d.view.Own, words: d.takeCry(), family: true})
	d.tellCaller()
	d.putConversation()
}
