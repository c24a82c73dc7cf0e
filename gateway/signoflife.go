package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aviso/gateway/keyword"
)

// Numbers are given to somebody else from 45 days on after they were given up.
// Who has given no sign of life for long is therefore asked: the contacts of a
// person by a PRUEBA, and the person whether the number is still theirs. A
// number that fails, or says EQUIVOCADO, is held: nothing more is sent to it,
// and whoever it concerns is told.

// Look is one person whose turn it is to be looked at.
type Look struct {
	Profile ID
	Phone   Phone // the person's

	// Heard is the last sign of life of that one of them, the person and the
	// contacts who accepted, who has given none for longest: not later than it
	// was. Own is when the person's phone last wrote; zero: not for so long that
	// the conversation is forgotten.
	Heard, Own time.Time
}

const (
	// lookAgain is when what was no good time is tried again.
	lookAgain = time.Hour
	// People are asked between these hours of their day.
	askFrom, askUntil = 10, 19
)

// Due is when a look is next due after one at a time, where nobody has to be
// asked: as soon as silence is too long, and before a conversation, which tells
// when its phone last wrote, is forgotten.
func (p Policy) Due(l Look, now time.Time) time.Time {
	due, forgotten := l.Heard.Add(time.Duration(p.SignOfLife)), now.Add(time.Duration(p.Retention.Conversations)/2)
	if forgotten.Before(due) {
		return forgotten
	}
	return due
}

// LookAfter asks a person and their contacts for a sign of life where they have
// given none for as long as the policy says, and returns when to look again.
func (s *Service) LookAfter(ctx context.Context, l Look) (time.Time, error) {
	now := s.Clock()
	if due := s.Rules.Policy.Due(l, now); due.After(now) {
		return due, nil
	}
	switch _, err := s.Handle(ctx, AskForSign{Look: l}); {
	case errors.Is(err, errNotNow):
		return now.Add(lookAgain), nil
	case err != nil && !errors.Is(err, ErrNotFound):
		return now.Add(lookAgain), fmt.Errorf("ask for a sign of life: %w", err)
	}
	return now.Add(time.Duration(s.Rules.Policy.SignOfLife)), nil
}

// errNotNow says that this is no time to ask people for something that can
// wait.
var errNotNow = errors.New("not now")

// AskForSign asks a person and their contacts for a sign of life.
type AskForSign struct{ Look Look }

// Scope is the person and their phone.
func (e AskForSign) Scope() Scope {
	return Scope{Profile: e.Look.Profile, Phone: e.Look.Phone, Drills: true}
}

func (d *asking) askForSign(l Look) error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	hour := d.now.In(d.personZone(p)).Hour()
	if hour < askFrom || hour >= askUntil || d.overLimit() || d.view.Directory.Raided() || d.anyOpen(p.ID) {
		return errNotNow
	}
	d.conv = d.view.Conversation
	d.conv.Phone = p.Phone
	d.lang = d.Words.Language(p.Language)
	d.drill(p, "system", p.Phone)
	d.turn.Answer = Answer{} // nobody is there
	if l.Own.IsZero() && p.Phone.Dialable() && !d.stopped(p.Phone) {
		d.ask(questionSign, nil)
		d.conv.Question.Text = d.send(Attempt{
			Lane: LaneDrill, Purpose: PurposeSign, To: p.Phone, Validity: NoticeValidity, Text: d.say(d.lang, "still-yours", d.info()),
		})
		d.putConversation()
		d.bumpProfile(p, "sign-asked", "system", "")
	}
	return nil
}

// answerSign is the answer to whether a number is still the person's.
func (d *texting) answerSign(t *Text) bool {
	switch {
	case d.isAcknowledgement(t):
		d.conv.Question = nil
		d.answer("still-thanks", d.info())
	case t.parsed.Intent == keyword.No:
		d.wrongNumber(t)
	default:
		return false
	}
	return true
}

// notTheirs holds the number of a person that is not theirs any more, as
// whoever has it now says (wrong), or the carrier. An alert from it is raised
// all the same: a phone that was taken may say anything. Agents find out.
func (d *cases) notTheirs(p *Profile, kind, actor string) {
	d.bumpProfile(p, kind, actor, "")
	d.putTask(Task{Kind: TaskOwnNumber, Urgent: d.openCase(p.ID) != nil, Profile: p.ID, Phone: p.Phone, Name: p.Name})
}

// TaskOwnNumber is a person whose own number is not theirs any more.
const TaskOwnNumber TaskKind = "own-number"

// PurposeSign asks a person whether a number is still theirs.
const PurposeSign Purpose = "sign"
