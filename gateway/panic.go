package gateway

import (
	"time"

	"aviso/gateway/keyword"
	"aviso/templates"
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

// tellCaller sends as a text what would have been the answer, where nobody is
// there to be answered.
func (d *decision) tellCaller() {
	text := d.turn.Answer.Text
	d.turn.Answer = Answer{}
	if text == "" || !d.conv.Stopped.IsZero() || !d.conv.Silenced.IsZero() {
		return
	}
	d.send(Attempt{Lane: LaneAnswer, Purpose: PurposeNews, To: d.conv.Phone, Prefer: d.conv.Sender, Text: text})
}

func (d *decision) dropTimer(id string) {
	if timer, err := ParseID(id); err == nil {
		d.turn.Drop = append(d.turn.Drop, timer)
	}
}

// timer is a time that has come. A timer is done with whatever it finds.
func (d *decision) timer(t Timer) {
	d.turn.Drop = append(d.turn.Drop, t.ID)
	d.conv = d.view.Conversation
	d.conv.Phone = t.Phone
	p := d.view.Subject
	if p == nil {
		p = d.view.Own
	}
	d.lang = d.Words.Language(d.conv.Language)
	if p != nil {
		d.lang = d.Words.Language(p.Language)
	}
	switch t.Kind {
	case TimerPanic:
		d.panicDue(t)
	case TimerCheckIn:
		d.checkInDue(t)
	case TimerLate:
		d.checkInLate(t)
	case TimerReminder:
		if p != nil {
			d.remind(p)
		}
	case TimerDrill:
		d.drillDue(t)
	case TimerClimb:
		d.climbDue(t)
	case TimerFollow:
		d.followDue(t)
	case TimerRoster:
		d.rosterDue(t)
	}
}

// drill sends a PRUEBA to the contacts that accepted.
func (d *decision) drill() {
	p := d.view.Own
	if p == nil {
		d.answer("not-registered", d.info())
		return
	}
	if d.openCase(p.ID) != nil {
		d.answer("wait-open", d.info())
		return
	}
	c := &Case{Alert: Alert{
		ID: d.fresh.ID(), Ref: d.view.Free, Profile: p.ID, State: AlertOpen, At: d.now, Drill: true,
		Channel: "sms", Phone: d.conv.Phone, Sender: d.conv.Sender, Language: d.lang, Name: p.Name, Zone: "UTC",
	}}
	for i := range p.Contacts {
		contact := &p.Contacts[i]
		if contact.Standing != StandingAccepted || d.view.Stopped[contact.Phone] {
			continue
		}
		r := Recipient{
			ID: d.fresh.ID(), Alert: c.Alert.ID, Kind: KindContact, State: RecipientOwed, Phone: contact.Phone,
			Contact: contact.ID, Name: or(contact.Name, contact.Phone.Masked()), Language: or(contact.Language, p.Language), Accepted: true,
		}
		c.Recipients = append(c.Recipients, r)
		d.putRecipient(&r)
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneDrill, Purpose: PurposeNotice, To: r.Phone, Validity: NoticeValidity,
			Text: d.say(r.Language, "drill", templates.Data{Ref: c.Alert.Ref.String(), Name: shown(p), Call: d.Rules.callNumber(r.Phone.Country())}),
		})
	}
	if len(c.Recipients) == 0 {
		d.answer("drill-nobody", d.info())
		return
	}
	d.putAlert(&c.Alert, "drill", "phone", "")
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerDrill, Alert: c.Alert.ID, Profile: p.ID, Phone: d.conv.Phone, Due: d.now.Add(drillLasts)})
	d.answer("drill-sent", templates.Data{Ref: c.Alert.Ref.String(), Contacts: len(c.Recipients)})
}

// drillLasts is how long contacts are given to answer a PRUEBA before they are
// counted.
const drillLasts = 15 * time.Minute

// drillDue counts who answered a PRUEBA: "2 de 3 contactos listos".
func (d *decision) drillDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() {
		return
	}
	told, confirmed := c.count()
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = AlertClosed, d.now, "drill"
	d.putAlert(&c.Alert, "drill-counted", "system", "")
	if d.view.Stopped[t.Phone] || !d.conv.Silenced.IsZero() {
		return
	}
	d.send(Attempt{
		Lane: LaneInfo, Purpose: PurposeInfo, To: t.Phone, Prefer: c.Alert.Sender,
		Text: d.say(d.lang, "drill-counted", templates.Data{Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed}),
	})
}
