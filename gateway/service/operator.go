package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
)

// Sweep opens the incidents that recent alerts amount to.
func (s *Service) Sweep(ctx context.Context) error {
	_, err := s.Handle(ctx, gateway.Sweep{Since: s.Clock().Add(-time.Duration(s.Rules.Policy.Raid.Within))})
	return err
}

// LookAfter asks a person and their contacts for a sign of life where they have
// given none for as long as the policy says, and returns when to look again.
func (s *Service) LookAfter(ctx context.Context, l gateway.Look) (time.Time, error) {
	now := s.Clock()
	if due := s.Rules.Policy.Due(l, now); due.After(now) {
		return due, nil
	}
	switch _, err := s.Handle(ctx, gateway.AskForSign{Look: l}); {
	case errors.Is(err, escalation.ErrNotNow):
		return now.Add(escalation.LookAgain), nil
	case err != nil && !errors.Is(err, gateway.ErrNotFound):
		return now.Add(escalation.LookAgain), fmt.Errorf("ask for a sign of life: %w", err)
	}
	return now.Add(time.Duration(s.Rules.Policy.SignOfLife)), nil
}
