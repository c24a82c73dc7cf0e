package texts

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// noteOptOut notes what the carrier did by itself with a text, whatever else the
// text says. It reports whether the text says anything else: the words by which
// a carrier opts out may be the operator's choice, or stand beside others.
func (d *Texting) noteOptOut(t *gateway.Text) (more bool) {
	unknown := t.Parsed.Intent == keyword.Unknown
	switch {
	case t.OptOut == "STOP" && unknown:
		d.Stop(t.From, t.Body, true)
		return false
	case t.OptOut == "STOP":
		d.DeskStops(t.From, d.Hidden(t.Body))
		d.NoteStop(t.From)
	case t.OptOut == "START" && unknown:
		d.start(true)
		return false
	case t.OptOut == "HELP" && unknown && t.Cry() <= prose.Unclear && digit.Only(t.Body) == "":
		d.help(true)
		return false
	case t.OptOut == "START":
		d.Conv.Stopped, d.Conv.Reminded = time.Time{}, time.Time{}
		d.deskStarts()
	}
	return true
}

// remindAfter is how long after a STOP a text that asks for nothing still belongs to
// it. The one confirmation that carriers allow has just said how to come back.
const remindAfter = 24 * time.Hour

// remindOfStart answers whoever stopped our texts and writes again, on another day,
// what asks for nothing that we would answer. They may have forgotten that they did,
// and would think that nobody is here. They wrote first, so that it is an answer and
// no text of ours; it is given once, and not to who says again that they want none.
func (d *Texting) remindOfStart(t *gateway.Text) {
	if gateway.Age(d.Now, d.Conv.Stopped) < remindAfter || !d.Conv.Reminded.IsZero() || t.Machine != gateway.NoMachine || !t.Says() {
		return
	}
	if stop, _ := t.Own().Stop(); stop != prose.GoesOn {
		return
	}
	d.Conv.Reminded = d.Now
	d.Answer("stopped-how", d.Info())
}

// start undoes stop. answered says that the carrier has told them so by itself.
func (d *Texting) start(answered bool) {
	d.Conv.Stopped, d.Conv.Reminded = time.Time{}, time.Time{}
	d.deskStarts()
	if !answered {
		d.Answer("started", templates.Data{})
	}
}

// AnswerFailed heeds what somebody stopped at the carrier without our seeing
// it, as if they had texted STOP: nothing of ours reaches them.
func (d *Texting) AnswerFailed(e gateway.AnswerFailed) {
	if !e.Failure.OptedOut {
		return
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = e.To
	d.Lang = d.Words.Language(d.Conv.Language)
	d.Stop(e.To, "", true)
	d.PutConversation()
}
