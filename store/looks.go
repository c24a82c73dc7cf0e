package store

import (
	"context"
	"fmt"
	"time"

	"aviso/gateway"
)

// Columns look and heard of a profile are no part of its sequence: that a person
// is looked at makes no Turn a conflict, and no line in their chain.

// lookFirst is when somebody who is new is looked at for the first time: before
// the conversation in which they registered is forgotten.
const lookFirst = 7 * 24 * time.Hour

const (
	claimLook = `UPDATE profile SET look = $1 WHERE id {pick} SELECT id FROM profile WHERE look <= $2 ORDER BY look LIMIT 1 {skip} {end}
		RETURNING id, seq, head, body, heard`
	setLook = `UPDATE profile SET look = $1, heard = $2 WHERE id = $3`

	selectWrote = `SELECT at, stopped FROM conversation WHERE phone_hash = $1`
)

// ClaimLook takes the person who is due longest to be looked at, and keeps other
// nodes from them until the time until; false: nobody is due.
func (s *Store) ClaimLook(ctx context.Context, now, until time.Time) (gateway.Look, bool, error) {
	var person *gateway.Profile
	var heard time.Time
	claim := statement{
		sql: claimLook, args: []any{micros(until), micros(now)},
		reset: func() { person = nil },
		each: func(row row) error {
			p, err := s.profile(row)
			person, heard = &p, row.time(4)
			return err
		},
	}
	if err := s.commit(ctx, func() (*unit, error) { return s.unit(claim), nil }); err != nil {
		return gateway.Look{}, false, fmt.Errorf("claim a look: %w", err)
	}
	if person == nil {
		return gateway.Look{}, false, nil
	}
	look, err := s.look(ctx, person, heard)
	if err != nil {
		return gateway.Look{}, false, fmt.Errorf("look at %s: %w", person.ID, err)
	}
	return look, true, nil
}

// Looked notes when somebody is next to be looked at, and what is known now.
func (s *Store) Looked(ctx context.Context, l gateway.Look, next time.Time) error {
	u := s.unit(statement{sql: setLook, args: []any{micros(next), micros(l.Heard), l.Profile[:]}})
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("note a look: %w", err)
	}
	return nil
}

// look finds the last signs of life. A phone whose conversation is forgotten has
// given none since then; heard, of the last look, is not later than its last.
func (s *Store) look(ctx context.Context, p *gateway.Profile, heard time.Time) (gateway.Look, error) {
	now := s.clock()
	look := gateway.Look{Profile: p.ID, Phone: p.Phone, Heard: now}
	type phone struct {
		number            gateway.Phone
		known, wrote, off time.Time // off: since when they want no texts
	}
	phones := []phone{{number: p.Phone, known: p.Registered}}
	for i := range p.Contacts {
		if c := &p.Contacts[i]; c.Standing == gateway.StandingAccepted {
			phones = append(phones, phone{number: c.Phone, known: later(p.Registered, later(c.Added, c.Consent.At))})
		}
	}
	list := make([]statement, len(phones))
	for i := range phones {
		list[i] = statement{sql: selectWrote, args: []any{lookupPhone(hashConversation, phones[i].number)}, each: func(row row) error {
			phones[i].wrote, phones[i].off = row.time(0), row.time(1)
			return nil
		}}
	}
	if err := s.read(ctx, func(snap *snapshot) error { return snap.read(list...) }); err != nil {
		return gateway.Look{}, err
	}
	look.Own = phones[0].wrote
	for _, ph := range phones {
		last := later(later(heard, ph.known), ph.wrote)
		if ph.number != "" && ph.off.IsZero() && last.Before(look.Heard) { // who wants no texts is asked for nothing
			look.Heard = last
		}
	}
	return look, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
