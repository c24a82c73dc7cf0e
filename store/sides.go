package store

import (
	"context"
	"fmt"
	"time"
)

// Side is what is known of one carrier's inbound side: when it last handed a
// text or a call to any node, and what became of our own probe of it.
type Side struct {
	Carrier string
	Heard   time.Time     // zero: never
	Gap     time.Duration // the longest silence between two of these, lately
	Probed  time.Time     // when the last probe was sent; zero: none was
	Back    time.Time     // when a probe last came back
}

const (
	selectSides = `SELECT carrier, heard, gap, probed, back FROM side`
	// What an earlier node has heard later stays.
	hearSide = `INSERT INTO side (carrier, heard, gap, probed, back) VALUES ($1, $2, $3, 0, 0)
		ON CONFLICT (carrier) DO UPDATE SET
			heard = CASE WHEN side.heard > $2 THEN side.heard ELSE $2 END, gap = $3`
	probeSide = `INSERT INTO side (carrier, heard, gap, probed, back) VALUES ($1, 0, 0, $2, 0)
		ON CONFLICT (carrier) DO UPDATE SET probed = $2 WHERE side.probed <= $3 RETURNING probed`
	backSide = `UPDATE side SET back = $2 WHERE carrier = $1`
)

// Sides are all that are known.
func (s *Store) Sides(ctx context.Context) ([]Side, error) {
	var sides []Side
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectSides, each: func(row row) error {
			sides = append(sides, Side{
				Carrier: row.text(0), Heard: row.time(1), Gap: time.Duration(row.int(2)) * time.Microsecond,
				Probed: row.time(3), Back: row.time(4),
			})
			return nil
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("read inbound sides: %w", err)
	}
	return sides, nil
}

// Hear notes that a carrier was heard of at a time, and its usual gap.
func (s *Store) Hear(ctx context.Context, carrier string, at time.Time, gap time.Duration) error {
	u := s.unit(statement{sql: hearSide, args: []any{carrier, micros(at), gap.Microseconds()}})
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("note inbound side: %w", err)
	}
	return nil
}

// ClaimProbe gives one caller alone, on whatever node, the right to probe a
// carrier: where the last probe was sent before a time.
func (s *Store) ClaimProbe(ctx context.Context, carrier string, now, before time.Time) (bool, error) {
	claimed := false // a caller who leaves shares nothing with the writer: this is the writer's
	u := s.unit(statement{
		sql: probeSide, args: []any{carrier, micros(now), micros(before)},
		reset: func() { claimed = false },
		each: func(row) error {
			claimed = true
			return nil
		},
	})
	if err := s.write(ctx, u); err != nil {
		return false, fmt.Errorf("claim probe: %w", err)
	}
	return claimed, nil
}

// ProbeBack notes that a carrier's probe has come back.
func (s *Store) ProbeBack(ctx context.Context, carrier string, at time.Time) error {
	u := s.unit(statement{sql: backSide, args: []any{carrier, micros(at)}})
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("note probe: %w", err)
	}
	return nil
}
