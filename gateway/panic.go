package gateway

import (
	"time"

	"aviso/gateway/keyword"
)

// panicAfter is how long a cry that was asked about may go unanswered before
// it is raised to the family.
const panicAfter = 3 * time.Minute

// panic is an alert word or a cry for help within a longer text: it is asked
// about and shown to agents at once; silence raises it, to the family only.
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
	if q := d.conv.Question; q != nil && q.Kind == questionPanic && age(d.now, q.At) < panicAfter {
		// Asked already: the words go along, and one question is enough.
		d.conv.Question = q.clone()
		d.conv.Question.Args["words"] = clip(q.Args["words"]+" / "+t.Body, wordsLength)
		return
	}
	timer := Timer{ID: d.fresh.ID(), Kind: TimerPanic, Profile: p.ID, Phone: t.From, Due: d.now.Add(panicAfter)}
	d.ask(questionPanic, map[string]string{"words": t.Body, "timer": timer.ID.String()})
	d.turn.Timers = append(d.turn.Timers, timer)
	d.putTask(Task{Kind: TaskSignal, Urgent: true, Profile: p.ID, Phone: t.From, Name: p.Name, Note: t.Body})
	d.answer("ask-panic", d.info())
}

// answerPanic is the answer to "Es una ALERTA?".
func (d *decision) answerPanic(t *Text, q *Question) bool {
	switch t.parsed.Intent {
	case keyword.Raise, keyword.Yes:
		if d.view.Own == nil {
			return false
		}
		d.dropTimer(q.Args["timer"])
		d.conv.Question = nil
		d.raise(raising{profile: d.view.Own, words: q.Args["words"]})
	case keyword.No:
		d.dropTimer(q.Args["timer"])
		d.conv.Question = nil
		d.answer("panic-no", d.info())
	default:
		return false
	}
	return true
}

// panicDue raises a cry that nobody took back, to the family only: to the
// consulate only by an agent.
func (d *decision) panicDue(t Timer) {
	q := d.conv.Question
	if q == nil || q.Kind != questionPanic || q.Args["timer"] != t.ID.String() || d.view.Own == nil {
		return
	}
	d.conv.Question = nil
	d.raise(raising{profile: d.view.Own, words: q.Args["words"], family: true})
	d.tellCaller()
	d.putConversation()
}
