package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"aviso/templates"
)

// conflictTries is how often an event is read and decided anew because
// something that it touches has moved on. Two phones at one alert conflict
// once or twice; a hundred contacts who answer at once, a dozen times.
const conflictTries = 50

// Service turns events into committed Turns. It is safe for concurrent use.
type Service struct {
	Store  Store
	Clock  func() time.Time
	Rand   io.Reader // cryptographic
	Rules  Rules
	Words  *templates.Catalog
	Hasher *Hasher

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
	Dispatch func([]Attempt)

	// Full says from which lane on this node's send queue has no room: what is
	// due there waits in the store until it is claimed. nil: there is room.
	Full func() Lane

	// Raised is called after an alert was committed, as a hint that a sweep may
	// find an incident. It must not block; nil: nobody wants to know.
	Raised func()

	zones  Zones
	quotes Quotes
}

// Handle reads what an event touches, decides, and commits. Its answer may be
// given: it is on disk with everything that it promises. ErrNotFound means
// that the event is about something that does not exist; any other error that
// nothing is known to be committed.
func (s *Service) Handle(ctx context.Context, event Event) (Answer, error) {
	if t, ok := event.(*Text); ok {
		event = read(t, s.quotes.of(s.Rules.Programme, s.Words))
	}
	scope, hasher := scopeOf(event), s.Hasher.once()
	for try := range conflictTries {
		view, known := held(event)
		if !known || try > 0 {
			var err error
			if view, err = s.Store.View(ctx, scope); err != nil {
				return Answer{}, fmt.Errorf("view: %w", err)
			}
		}
		if view.Repeat != nil {
			return *view.Repeat, nil
		}
		view.standIn(s.Clock())
		switch event.(type) {
		case *Text, *Dialogue:
			view.hideErased()
		}
		t, isText := event.(*Text)
		if isText {
			first, err := s.heard(ctx, t, &view, hasher)
			if err != nil {
				return Answer{}, err
			}
			view.First = first
			if first == nil && t.identify(&view, s.Clock()) {
				scope = t.Scope()
				continue
			}
		}
		if view.First == nil {
			check := checker{hasher: hasher, fresh: NewFresh(s.Clock(), s.Rand), rules: &s.Rules}
			view.PIN = checkPIN(check, event, &view)
			if isText {
				view.Heard = hear(check, t, &view)
			}
		}
		turn, err := decide(s.means(event, &view), event, &view, NewFresh(s.Clock(), s.Rand))
		if errors.Is(err, errWhole) && !scope.Whole {
			scope.Whole = true
			continue
		}
		if errors.Is(err, errScope) {
			scope = scopeOf(event)
			continue
		}
		if err != nil {
			return Answer{}, err
		}
		if _, ok := event.(Sweep); ok && len(turn.Incidents) == 0 {
			return Answer{}, nil
		}
		switch err = s.Store.Commit(ctx, turn); {
		case err == nil:
			s.dispatch(turn)
			s.raised(turn)
			return turn.Answer, nil
		case !errors.Is(err, ErrConflict) && !errors.Is(err, ErrRepeat):
			return Answer{}, fmt.Errorf("commit: %w", err)
		}
		// After ErrRepeat the next View carries the first answer.
	}
	return Answer{}, fmt.Errorf("commit: %w %d times", ErrConflict, conflictTries)
}

// scopeOf is what an event may touch; of an act that has waited what its deed
// says.
func scopeOf(event Event) Scope {
	if due, ok := event.(TimerDue); ok && due.Timer.Act != nil {
		return waitingScope(due)
	}
	return event.Scope()
}

// held is all that a decision on a sent message needs to see, where its sender
// has it at hand: four of five events of an alert are of this kind. If anything
// has happened to the attempt since it was claimed, its sequence number has moved
// on, and the commit is refused.
func held(event Event) (View, bool) {
	r, ok := event.(Result)
	if !ok || r.Held == nil || r.SID == "" {
		return View{}, false
	}
	a := *r.Held
	return View{Attempt: &a}, true
}

// means are what a decision on an event may use, and how this node stands now.
func (s *Service) means(event Event, view *View) means {
	m := means{Rules: &s.Rules, Words: s.Words, zones: &s.zones, sends: s.Dispatch != nil, full: LaneInvite + 1}
	if s.Full != nil {
		m.full = s.Full()
	}
	if s.Spent != nil {
		m.spent = s.Spent()
	}
	if e, ok := event.(*Dialogue); ok && s.Crowded != nil && e.fromStranger(view) {
		m.crowded = s.Crowded()
	}
	return m
}

// dispatch hands this node's claimed attempts to its send queue, as the store
// has them now.
func (s *Service) dispatch(turn Turn) {
	var claimed []Attempt
	for _, a := range turn.Attempts {
		if a.Seq == 0 && a.State == AttemptClaimed {
			a.Seq = 1
			claimed = append(claimed, a)
		}
	}
	if len(claimed) > 0 && s.Dispatch != nil {
		s.Dispatch(claimed)
	}
}

// raised hints at a new alert.
func (s *Service) raised(turn Turn) {
	for i := range turn.Alerts {
		if a := &turn.Alerts[i]; a.Seq == 0 && !a.Drill && a.District != "" && s.Raised != nil {
			s.Raised()
			return
		}
	}
}

// ErrNotFound is about something that does not exist.
var ErrNotFound = errors.New("no such thing is kept")
