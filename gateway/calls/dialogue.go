package calls

import (
	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/ivr"
)

// Dialogue decides on a step.
func (d *Keying) Dialogue(e *gateway.Dialogue) error {
	if d.turnedAway(e) {
		return nil
	}
	t := &decision.Talk{Dialogue: e, Session: d.View.KeySession}
	d.Talk = t
	if t.Session.ID.IsZero() {
		t.Session.ID = d.Fresh.ID()
		t.Session.Key = e.Scope().KeySession
		t.Session.State.Medium = e.Medium
		if e.Medium == ivr.Call {
			t.Session.State.Steps = e.Step // the call is known to the carrier, and not to us
		}
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = e.From
	if e.From == gateway.Anonymous {
		d.Conv.Raised, d.Conv.LastEnd = nil, nil
		if !t.Session.Alert.IsZero() {
			d.Conv.Raised = []gateway.ID{t.Session.Alert}
		}
	}
	switch {
	case !e.Gone && e.Medium == ivr.Call && e.Step < t.Session.State.Steps && t.Session.Last != nil,
		t.Session.Last != nil && t.Session.Last.End:
		// An old step with other keys, or one behind the end: a request that lost
		// its way, or that an aggregator repeats and does not count.
		d.Turn.Answer.Screen = t.Session.Last
		return nil
	case t.NextPage():
		d.Turn.Answer.Screen = t.Session.Last
		d.putKeySession()
		return nil
	}
	keys, err := e.Fresh(&t.Session)
	if err != nil {
		return err
	}
	t.Language = d.callerLanguage()
	t.Input = d.keyInput(e, keys, t.Language)
	d.Lang = d.Words.Language(t.Language)
	if d.PIN.Result != gateway.PINUntried {
		d.Count(d.PIN)
	}
	if err := d.step(); err != nil {
		return err
	}
	if t.Acted {
		d.putKeyConversation()
	}
	d.endCard()
	d.putKeySession()
	return nil
}

// asksMost bounds the decisions of one step: raise, then ring a person, is the
// longest chain.
const asksMost = 4

func (d *Keying) step() error {
	t := d.Talk
	state, reply := ivr.Step(t.Session.State, t.Input)
	d.speak(state, reply.Lines)
	for n := 0; reply.Ask != nil && n < asksMost; n++ {
		d.Last = decision.Said{}
		t.Session.State = state
		if kind := reply.Ask.Kind; kind == ivr.AskWho || kind == ivr.AskRegister {
			if digits := reply.Ask.Keys; (len(digits) > 8 || kind == ivr.AskWho) && !t.Sees(digits) {
				t.Named = digits
				return gateway.ErrScope
			}
		}
		name := d.perform(reply.Ask)
		t.RaisedNow = t.RaisedNow || name == "received" || name == "again" || name == "added"
		state, reply = ivr.Resume(state, ivr.Outcome{Name: name})
		d.speak(state, reply.Lines)
	}
	t.Session.State = state
	screen := &gateway.Screen{Language: d.tongue(state), Lines: t.Lines, Gather: reply.Gather, Step: state.Steps, Dial: t.Dial}
	screen.End = reply.End || screen.Gather == (ivr.Gather{}) && t.Dial == nil
	if t.Medium == ivr.USSD {
		t.Paginate(screen, t.RaisedNow)
	}
	t.Session.Last = screen
	if screen.End { // a PIN may have been typed
		t.Session.Typed = ""
	}
	d.Turn.Answer.Text, d.Turn.Answer.Screen = "", screen
	return nil
}

// turnedAway ends a USSD session at its first step, and keeps nothing of it, where
// nobody knows its phone and such sessions have used up their share: whoever
// asks may have made the phone up. It is said whom to call.
func (d *Keying) turnedAway(e *gateway.Dialogue) bool {
	if !d.Crowded || !e.FromStranger(d.View) {
		return false
	}
	d.Talk = &decision.Talk{Dialogue: e, Session: d.View.KeySession}
	d.Conv = d.View.Conversation
	d.Conv.Phone = e.From
	d.Talk.Language = d.callerLanguage()
	d.Turn = gateway.Turn{At: d.Now}
	d.Turn.Answer.Screen = &gateway.Screen{
		Language: d.Talk.Language, Lines: []gateway.Line{d.Line(d.Words.Language(d.Talk.Language), "goodbye", d.Info())}, End: true,
	}
	return true
}
