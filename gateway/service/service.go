package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/gateway/person"
	"aviso/gateway/texts"
	"aviso/templates"
)

// Service turns events into committed Turns. It is safe for concurrent use.
type Service struct {
	Store  gateway.Store
	Clock  func() time.Time
	Rand   io.Reader // cryptographic
	Rules  gateway.Rules
	Words  *templates.Catalog
	Hasher *gateway.Hasher

	// Spent reports whether the day's spending has reached --daily-limit; nil:
	// there is none.
	Spent func() bool

	// Crowded takes one from the share of USSD sessions that phones may begin
	// which nobody knows, and reports whether it is used up; nil: they may begin
	// any number.
	Crowded func() bool

	// Dispatch is handed the attempts that a Turn committed already claimed
	// for this node. It must not block. Without it this process sends nothing:
	// what it promises waits for one that does.
	Dispatch func([]gateway.Attempt)

	// Full says from which lane on this node's send queue has no room: what is
	// due there waits in the store until it is claimed. nil: there is room.
	Full func() gateway.Lane

	// Raised is called after an alert was committed, as a hint that a sweep may
	// find an incident. It must not block; nil: nobody wants to know.
	Raised func()

	zones  gateway.Zones
	quotes gateway.Quotes
}

// Handle reads what an event touches, decides, and commits. Its answer may be
// given: it is on disk with everything that it promises. ErrNotFound means
// that the event is about something that does not exist; any other error that
// nothing is known to be committed.
func (s *Service) Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error) {
	if t, ok := event.(*gateway.Text); ok {
		event = gateway.Read(t, s.quotes.Of(s.Rules.Programme, s.Words))
	}
	scope, hasher := scopeOf(event), s.Hasher.Once()
	for try := range conflictTries {
		view, known := held(event)
		if !known || try > 0 {
			var err error
			if view, err = s.Store.View(ctx, scope); err != nil {
				return gateway.Answer{}, fmt.Errorf("view: %w", err)
			}
		}
		if view.Repeat != nil {
			return *view.Repeat, nil
		}
		view.StandIn(s.Clock())
		switch event.(type) {
		case *gateway.Text, *gateway.Dialogue:
			view.HideErased()
		}
		t, isText := event.(*gateway.Text)
		if isText {
			first, err := s.heard(ctx, t, &view, hasher)
			if err != nil {
				return gateway.Answer{}, err
			}
			view.First = first
			if first == nil && t.Identify(&view, s.Clock()) {
				scope = t.Scope()
				continue
			}
		}
		if view.First == nil {
			check := person.Checker{Hasher: hasher, Fresh: gateway.NewFresh(s.Clock(), s.Rand), Rules: &s.Rules}
			view.PIN = checkPIN(check, event, &view)
			if isText {
				view.Heard = texts.Hear(check, t, &view)
			}
		}
		turn, err := decide(s.means(event, &view), event, &view, gateway.NewFresh(s.Clock(), s.Rand))
		if errors.Is(err, escalation.ErrWhole) && !scope.Whole {
			scope.Whole = true
			continue
		}
		if errors.Is(err, gateway.ErrScope) {
			scope = scopeOf(event)
			continue
		}
		if err != nil {
			return gateway.Answer{}, err
		}
		if _, ok := event.(gateway.Sweep); ok && len(turn.Incidents) == 0 {
			return gateway.Answer{}, nil
		}
		switch err = s.Store.Commit(ctx, turn); {
		case err == nil:
			s.dispatch(turn)
			s.raised(turn)
			return turn.Answer, nil
		case !errors.Is(err, gateway.ErrConflict) && !errors.Is(err, gateway.ErrRepeat):
			return gateway.Answer{}, fmt.Errorf("commit: %w", err)
		}
		// After ErrRepeat the next View carries the first answer.
	}
	return gateway.Answer{}, fmt.Errorf("commit: %w %d times", gateway.ErrConflict, conflictTries)
}

// conflictTries is how often an event is read and decided anew because
// something that it touches has moved on. Two phones at one alert conflict
// once or twice; a hundred contacts who answer at once, a dozen times.
const conflictTries = 50

// scopeOf is what an event may touch; of an act that has waited what its deed
// says.
func scopeOf(event gateway.Event) gateway.Scope {
	if due, ok := event.(gateway.TimerDue); ok && due.Timer.Act != nil {
		return acts.WaitingScope(due)
	}
	return event.Scope()
}

// held is all that a decision on a sent message needs to see, where its sender
// has it at hand: four of five events of an alert are of this kind. If anything
// has happened to the attempt since it was claimed, its sequence number has moved
// on, and the commit is refused.
func held(event gateway.Event) (gateway.View, bool) {
	r, ok := event.(gateway.Result)
	if !ok || r.Held == nil || r.SID == "" {
		return gateway.View{}, false
	}
	a := *r.Held
	return gateway.View{Attempt: &a}, true
}

// means are what a decision on an event may use, and how this node stands now.
func (s *Service) means(event gateway.Event, view *gateway.View) decision.Means {
	m := decision.Means{Rules: &s.Rules, Words: s.Words, Zones: &s.zones, Sends: s.Dispatch != nil, Full: gateway.LaneInvite + 1}
	if s.Full != nil {
		m.Full = s.Full()
	}
	if s.Spent != nil {
		m.Spent = s.Spent()
	}
	if e, ok := event.(*gateway.Dialogue); ok && s.Crowded != nil && e.FromStranger(view) {
		m.Crowded = s.Crowded()
	}
	return m
}

// dispatch hands this node's claimed attempts to its send queue, as the store
// has them now.
func (s *Service) dispatch(turn gateway.Turn) {
	var claimed []gateway.Attempt
	for _, a := range turn.Attempts {
		if a.Seq == 0 && a.State == gateway.AttemptClaimed {
			a.Seq = 1
			claimed = append(claimed, a)
		}
	}
	if len(claimed) > 0 && s.Dispatch != nil {
		s.Dispatch(claimed)
	}
}

// raised hints at a new alert.
func (s *Service) raised(turn gateway.Turn) {
	for i := range turn.Alerts {
		if a := &turn.Alerts[i]; a.Seq == 0 && !a.Drill && a.District != "" && s.Raised != nil {
			s.Raised()
			return
		}
	}
}

// heard is the first answer to a text that has come in before under another id;
// nil where it has not, and where that answer does not hold any more: the alert
// is over that it tells of, or the phone is another person's.
func (s *Service) heard(ctx context.Context, t *gateway.Text, view *gateway.View, hasher *gateway.Hasher) (*gateway.Answer, error) {
	last := view.Conversation.Heard
	if last == nil || t.RaisesAnew(view) || t.EndsAnew(view, last.At) || !last.Holds(view) {
		return nil, nil
	}
	now, within := s.Clock(), gateway.SameText
	if t.AnswersBarely() {
		within = gateway.SameBareAnswer
	}
	if gateway.Age(now, last.At) >= within || t.AnswersBarely() && view.NoticedSince(last.At, now) || !last.Mark.Is(t.Body, hasher) {
		return nil, nil
	}
	first, err := s.Store.View(ctx, gateway.Scope{Key: last.Key})
	if err != nil {
		return nil, fmt.Errorf("view of the first answer: %w", err)
	}
	if first.Repeat != nil && last.Mute {
		return &gateway.Answer{}, nil
	}
	return first.Repeat, nil
}
