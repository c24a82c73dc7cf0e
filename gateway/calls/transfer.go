package calls

import (
	"aviso/gateway"
	"aviso/ivr"
)

// ringPerson has the next number of the contact centre rung. Where nobody took
// the call, or nobody can be rung, the caller is promised that somebody will
// see to it, and an urgent task keeps that.
func (d *Keying) ringPerson(a *ivr.Ask) string {
	t := d.Talk
	s := &t.Session
	if a.Keep {
		d.keepUnverified()
	}
	tried := s.State.Tried
	if t.Medium == ivr.Call && tried < len(d.Rules.CallCenter) {
		t.Dial = &gateway.Dial{Number: d.Rules.CallCenter[tried], Caller: t.To}
		if tried == 0 {
			t.Dial.Keys = d.Rules.Custody[gateway.Phone(t.To)]
			d.showCaller()
		}
		return "ring"
	}
	d.promise()
	return "nobody"
}

// keepUnverified keeps what was begun as an alert that nobody has verified.
func (d *Keying) keepUnverified() {
	s := &d.Talk.Session
	if !s.Alert.IsZero() || !s.Profile.IsZero() {
		return
	}
	d.Talk.Acted = true
	kept := d.Last
	d.RaiseUnknown("")
	d.raisedAlert()
	d.Last = kept
}

// showCaller puts the caller's card on the agents' screens.
func (d *Keying) showCaller() {
	t := d.Talk
	card := gateway.Ringing{ID: d.Fresh.ID(), At: d.Now, Alert: t.Session.Alert, Phone: t.From, Verified: !t.Session.Profile.IsZero(), Duress: t.Session.Duress}
	if p := d.whoCalls(); p != nil {
		card.Profile = p.ID
		if c := d.AnyCase(p.ID); c != nil && card.Alert.IsZero() {
			card.Alert = c.Alert.ID
		}
	}
	d.Turn.Ringing = append(d.Turn.Ringing, card)
	t.Session.Card = card.ID
}

// endCard takes the caller's card down once nobody is rung any more: they have hung
// up, the talk is over, or nobody took the call.
func (d *Keying) endCard() {
	s := &d.Talk.Session
	if !s.Card.IsZero() && (d.Talk.Gone || d.Talk.Dial == nil) {
		d.Turn.Over = append(d.Turn.Over, s.Card)
		s.Card = gateway.ID{}
	}
}

// promise leaves an urgent task with what was raised, once a session. Whoever
// calls from custody raises an alert by calling: it rings the agents on call.
// Only somebody's own phone is called back, and only where they agreed to that.
func (d *Keying) promise() {
	t := d.Talk
	if t.Session.Promised {
		return
	}
	t.Session.Promised = true
	p := d.whoCalls()
	if t.Session.State.Custody && p == nil {
		d.keepUnverified()
	}
	task := gateway.Task{Kind: gateway.TaskCaller, Urgent: true, Alert: t.Session.Alert, Note: string(t.Medium)}
	if p != nil {
		task.Profile, task.Name = p.ID, p.Name
		if c := d.AnyCase(p.ID); c != nil && task.Alert.IsZero() {
			task.Alert = c.Alert.ID
		}
		if p.Callback && p.Phone == t.From {
			task.Phone = p.Phone
		}
	}
	d.PutTask(task)
}

// whoCalls is who the caller proved to be, else whose phone it is.
func (d *Keying) whoCalls() *gateway.Profile {
	if p := d.Profile(d.Talk.Session.Profile); p != nil {
		return p
	}
	return d.View.Own
}

// Whisper asks for 1, and notes that a person has taken the call. A screen
// without anything puts the two through.
func (d *Keying) Whisper(w *gateway.Whisper) {
	d.Lang = d.Words.Language("")
	screen := &gateway.Screen{Language: d.Lang, Step: 1}
	d.Turn.Answer.Screen = screen
	switch {
	case w.Step == 0:
		screen.Lines = []gateway.Line{d.Line(d.Lang, "whisper", d.Last.Data)}
		screen.Gather = ivr.Gather{Keys: 1, Wait: whisperWait}
	case w.Keys != "1":
		screen.End = true
	case d.View.KeySession.Seq > 0:
		session := d.View.KeySession
		session.Accepted = true
		d.Turn.KeySessions = append(d.Turn.KeySessions, session)
	}
}

// whisperWait is how long, in seconds, somebody who picked up has to press 1
// before the next one is rung: the caller hears it ring meanwhile.
const whisperWait = 8
