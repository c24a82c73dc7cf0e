package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
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

	zones sync.Map // IANA name -> *time.Location: loading one reads a file

	phrased sync.Once
	phrases map[string]bool // words in a row of our texts: a quotation is recognised by them
}

// Handle reads what an event touches, decides, and commits. Its answer may be
// given: it is on disk with everything that it promises. ErrNotFound means
// that the event is about something that does not exist; any other error that
// nothing is known to be committed.
func (s *Service) Handle(ctx context.Context, event Event) (Answer, error) {
	if t, ok := event.(*Text); ok {
		event = s.read(t)
	}
	scope, hasher := event.Scope(), s.Hasher.once()
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
			view.PIN = s.checkPIN(event, &view, hasher)
		}
		if isText && view.First == nil {
			view.Heard = s.hear(t, &view, hasher)
		}
		now := s.Clock()
		turn, err := s.decide(event, &view, Fresh{now, s.Rand})
		if errors.Is(err, errWhole) && !scope.Whole {
			scope.Whole = true
			continue
		}
		if errors.Is(err, errScope) {
			scope = event.Scope()
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
