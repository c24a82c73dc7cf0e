package gateway

import (
	"aviso/ivr"
)

// ringPerson has the next number of the contact centre rung. Where nobody took
// the call, or nobody can be rung, the caller is promised that somebody will
// see to it, and an urgent task keeps that.
func (d *keying) ringPerson(a *ivr.Ask) string {
	t := d.talk
	s := &t.session
	if a.Keep {
		d.keepUnverified()
	}
	tried := s.State.Tried
	if t.Medium == ivr.Call && tried < len(d.Rules.CallCenter) {
		t.dial = &Dial{Number: d.Rules.CallCenter[tried], Caller: t.To}
		if tried == 0 {
			t.dial.Keys = d.Rules.Custody[Phone(t.To)]
			d.showCaller()
		}
		return "ring"
	}
	d.promise()
	return "nobody"
}

// keepUnverified keeps what was begun as an alert that nobody has verified.
func (d *keying) keepUnverified() {
	s := &d.talk.session
	if !s.Alert.IsZero() || !s.Profile.IsZero() {
		return
	}
	d.talk.acted = true
	kept := d.last
	d.raiseUnknown("")
	d.raisedAlert()
	d.last = kept
}

// showCaller puts the caller's card on the agents' screens.
func (d *keying) showCaller() {
	t := d.talk
	card := Ringing{ID: d.fresh.ID(), At: d.now, Alert: t.session.Alert, Phone: t.From, Verified: !t.session.Profile.IsZero(), Duress: t.session.Duress}
	if p := d.whoCalls(); p != nil {
		card.Profile = p.ID
		if c := d.anyCase(p.ID); c != nil && card.Alert.IsZero() {
			card.Alert = c.Alert.ID
		}
	}
	d.turn.Ringing = append(d.turn.Ringing, card)
}

// promise leaves an urgent task with what was raised, once a session. Whoever
// calls from custody raises an alert by calling: it rings the agents on call.
// Only somebody's own phone is called back, and only where they agreed to that.
func (d *keying) promise() {
	t := d.talk
	if t.session.Promised {
		return
	}
	t.session.Promised = true
	p := d.whoCalls()
	if t.session.State.Custody && p == nil {
		d.keepUnverified()
	}
	task := Task{Kind: TaskCaller, Urgent: true, Alert: t.session.Alert, Note: string(t.Medium)}
	if p != nil {
		task.Profile, task.Name = p.ID, p.Name
		if c := d.anyCase(p.ID); c != nil && task.Alert.IsZero() {
			task.Alert = c.Alert.ID
		}
		if p.Callback && p.Phone == t.From {
			task.Phone = p.Phone
		}
	}
	d.putTask(task)
}

// whoCalls is who the caller proved to be, else whose phone it is.
func (d *keying) whoCalls() *Profile {
	if p := d.profile(d.talk.session.Profile); p != nil {
		return p
	}
	return d.view.Own
}

// anyCase is a person's newest open alert as agents see it.
func (d *decision) anyCase(profile ID) *Case {
	var newest *Case
	for i := range d.view.Cases {
		c := &d.view.Cases[i]
		if c.Alert.Profile == profile && c.Alert.Open() && !c.Alert.Drill && (newest == nil || c.Alert.At.After(newest.Alert.At)) {
			newest = c
		}
	}
	return newest
}

// TaskCaller is somebody who called and whom nobody could take.
const TaskCaller TaskKind = "caller"

// Whisper is what a person of the contact centre hears before a caller is put
// through to them: a voicemail presses no key.
type Whisper struct {
	Caller string // the call that waits, by the carrier's id
	Call   string // theirs
	Step   int
	Keys   string
}

// Scope is the session of the call that waits.
func (w *Whisper) Scope() Scope {
	s := Scope{KeySession: string(ivr.Call) + ":" + w.Caller}
	if w.Step > 0 {
		s.Key = "whisper:" + w.Call + ":" + w.Keys
	}
	return s
}

// whisper asks for 1, and notes that a person has taken the call. A screen
// without anything puts the two through.
func (d *keying) whisper(w *Whisper) {
	d.lang = d.Words.Language("")
	screen := &Screen{Language: d.lang, Step: 1}
	d.turn.Answer.Screen = screen
	switch {
	case w.Step == 0:
		screen.Lines = []Line{d.line(d.lang, "whisper", d.last.data)}
		screen.Gather = ivr.Gather{Keys: 1, Wait: whisperWait}
	case w.Keys != "1":
		screen.End = true
	case d.view.KeySession.Seq > 0:
		session := d.view.KeySession
		session.Accepted = true
		d.turn.KeySessions = append(d.turn.KeySessions, session)
	}
}

// whisperWait is how long, in seconds, somebody who picked up has to press 1
// before the next one is rung: the caller hears it ring meanwhile.
const whisperWait = 8
