package gateway

import (
	"time"
)

// Event is something that happened: a text, a key, a receipt, the result of a
// send, a timer that is due, an agent's act. Scope says what a decision on it
// may touch.
type Event interface {
	Scope() Scope
}

// Receipt is a carrier's word on what became of a message or call.
type Receipt struct {
	Attempt ID
	Rank    Rank
	Failure *Failure // set with RankFailed
	Sender  string   // the number of ours that it went from, as far as the carrier says; a receipt may overtake the answer to the request
}

// Result is what came of trying to send an attempt. Failure is nil where the
// carrier took it.
type Result struct {
	Attempt ID
	Fence   int64
	Sender  string // the number of ours that was used
	SID     string
	Absent  bool // looked up at the carrier, and not there
	Failure *Failure
	Channel Channel // of the attempt, for counting

	// Held is the attempt as it was claimed, where whoever sent it still has it
	// at hand; nil: it is read. Result does not change it.
	Held *Attempt
}

// TimerDue is a timer whose time has come, claimed under its fence.
type TimerDue struct{ Timer Timer }

// Invite asks the contacts of one profile who have not been asked.
type Invite struct {
	Profile ID
	At      time.Time // not before; zero: now
}

// Scope of an invitation is the profile.
func (i Invite) Scope() Scope { return Scope{Profile: i.Profile} }

// Drill is the operator's PRUEBA for one person.
type Drill struct{ Profile ID }

// Scope of a drill is the person.
func (e Drill) Scope() Scope { return Scope{Profile: e.Profile, Drills: true} }

// DeskDrill asks every desk that the operator has not confirmed for an answer
// to a PRUEBA; only then is it told of real alerts.
type DeskDrill struct{}

// Scope of a receipt is the attempt; where it failed, or was thought to have
// failed, the whole case, since something else has to be tried.
func (r Receipt) Scope() Scope { return Scope{Attempt: r.Attempt, Whole: r.Failure != nil} }

// Scope of a result is the attempt; where it failed the whole case.
func (r Result) Scope() Scope { return Scope{Attempt: r.Attempt, Whole: r.Failure != nil} }

// Scope of a drill of the desks is the directory, which every view holds.
func (DeskDrill) Scope() Scope { return Scope{} }

// Scope of a timer is what it is about. Its key lets a timer whose lease ended
// while it was being handled happen once.
func (t TimerDue) Scope() Scope {
	if t.Timer.Kind == TimerSettle {
		return Scope{Key: TimerKey(t.Timer.ID), Alert: t.Timer.Alert, Desk: t.Timer.Phone}
	}
	return Scope{Key: TimerKey(t.Timer.ID), Alert: t.Timer.Alert, Profile: t.Timer.Profile, Phone: t.Timer.Phone, Together: t.Timer.Kind == TimerFollow}
}

// Scope of opening a link is the link and its alert.
func (o OpenPass) Scope() Scope { return Scope{Pass: o.Pass, Alert: o.Alert} }

// DeskSays is what a desk does on its page: the same as by text.
type DeskSays struct {
	Key    string // of the form
	Pass   []byte
	Holder []byte
	Alert  ID
	Ref    Ref
	Phone  Phone  // the desk's
	Word   string // RECIBIDO, LOCALIZADO or CERRAR
	Words  string
}

// Scope is that of the text which it stands for, and the link.
func (s DeskSays) Scope() Scope {
	return Scope{Key: "desk:" + s.Key, Phone: s.Phone, Refs: []Ref{s.Ref}, Alert: s.Alert, Pass: s.Pass}
}

// Probe sends a text from one number of ours to another, to see whether texts
// still come in.
type Probe struct{ From, To Phone }

// Scope of a probe is nothing of anybody's.
func (Probe) Scope() Scope { return Scope{} }

// ProbeWords are those by which a probe that comes in is known.
const ProbeWords = "prueba de linea"

// AskForSign asks a person and their contacts for a sign of life.
type AskForSign struct{ Look Look }

// Scope is the person and their phone.
func (e AskForSign) Scope() Scope {
	return Scope{Profile: e.Look.Profile, Phone: e.Look.Phone, Drills: true}
}

// AnswerFailed is a carrier's word that what we answered in band to a text of
// this phone was not sent.
type AnswerFailed struct {
	Key     string // the carrier's id of the answer
	To      Phone
	Failure *Failure
}

// Scope is the phone's conversation.
func (e AnswerFailed) Scope() Scope { return Scope{Key: "answer:" + e.Key, Phone: e.To} }
