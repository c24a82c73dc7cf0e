package escalation

import (
	"errors"
	"time"

	"aviso/gateway"
)

const (
	// LookAgain is when what was no good time is tried again.
	LookAgain = time.Hour
	// People are asked between these hours of their day.
	askFrom, askUntil = 10, 19
)

// ErrNotNow says that this is no time to ask people for something that can
// wait.
var ErrNotNow = errors.New("not now")

// AskForSign asks a person whether their number is still theirs, and their contacts by
// a PRUEBA. ErrNotNow: it is no time for it.
func (d *Asking) AskForSign(l gateway.Look) error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	hour := d.Now.In(d.PersonZone(p)).Hour()
	if hour < askFrom || hour >= askUntil || d.OverLimit() || d.View.Directory.Raided() || d.AnyCase(p.ID) != nil {
		return ErrNotNow
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = p.Phone
	d.Lang = d.Words.Language(p.Language)
	d.Drill(p, "system", p.Phone)
	d.Turn.Answer = gateway.Answer{} // nobody is there
	if l.Own.IsZero() && p.Phone.Dialable() && !d.Stopped(p.Phone) {
		d.Ask(gateway.QuestionSign, nil)
		d.Conv.Question.Text = d.Send(gateway.Attempt{
			Lane: gateway.LaneDrill, Purpose: gateway.PurposeSign, To: p.Phone, Validity: gateway.NoticeValidity, Text: d.Say(d.Lang, "still-yours", d.Info()),
		})
		d.PutConversation()
		d.BumpProfile(p, "sign-asked", "system", "")
	}
	return nil
}
