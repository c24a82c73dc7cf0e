package texts

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
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
		d.start()
		return false
	case t.OptOut == "START":
		d.Conv.Stopped = time.Time{}
		d.deskStarts()
	}
	return true
}

// start undoes stop.
func (d *Texting) start() {
	d.Conv.Stopped = time.Time{}
	d.deskStarts()
	d.Answer("started", templates.Data{})
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
