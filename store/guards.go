package store

import (
	"context"
	"fmt"
	"time"

	"aviso/gateway"
)

const (
	selectUnreached = `SELECT sender, country, code, until FROM unreached`
	dropUnreached   = `DELETE FROM unreached WHERE until < $1`
	putUnreached    = `INSERT INTO unreached (sender, country, code, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (sender, country) DO UPDATE SET code = $3, until = $4`

	selectNewcomers = `SELECT contacts FROM newcomer WHERE block = $1 AND day = $2`
	dropNewcomers   = `DELETE FROM newcomer WHERE day < $1`
	addNewcomer     = `INSERT INTO newcomer (block, day, contacts, body) VALUES ($1, $2, 1, $3)
		ON CONFLICT (block, day) DO UPDATE SET contacts = newcomer.contacts + 1`

	addSpent = `INSERT INTO spent (day, segments) VALUES ($1, $2)
		ON CONFLICT (day) DO UPDATE SET segments = spent.segments + $2 RETURNING segments`
	selectSpent = `SELECT segments FROM spent WHERE day = $1`
)

// guards writes what a Turn found out about senders, and counts the contacts
// that it made.
func (b *builder) guards(t *gateway.Turn) {
	if len(t.Unreached) > 0 {
		b.add(dropUnreached, b.at)
		for _, u := range t.Unreached {
			b.add(putUnreached, u.Sender, u.Country, u.Code, micros(u.Until))
		}
		b.add(bumpDirectory)
	}
	if len(t.Newcomers) > 0 {
		day := dayOf(t.At)
		b.add(dropNewcomers, day)
		for _, phone := range t.Newcomers {
			block := blockOf(phone)
			b.move("newcomer", "block", hashBlock, block)
			b.add(addNewcomer, b.hash(hashBlock, block), day, b.of("newcomer", block))
		}
	}
}

// blockOf is the ten thousand numbers that a phone is one of, as ranges of
// numbers are handed out.
func blockOf(phone gateway.Phone) string { return string(phone[:max(0, len(phone)-4)]) }

// askNewcomers asks how many new contacts the blocks of phones had today.
func (r *reading) askNewcomers(phones []gateway.Phone) {
	for _, phone := range phones {
		r.ask(selectNewcomers, func(row row) error {
			if r.view.Newcomers == nil {
				r.view.Newcomers = map[gateway.Phone]int{}
			}
			r.view.Newcomers[phone] = int(row.int(0))
			return nil
		}, lookup{hashBlock, blockOf(phone)}, dayOf(r.now))
	}
}

func unreached(row row) gateway.Unreached {
	return gateway.Unreached{Sender: row.text(0), Country: row.text(1), Code: row.text(2), Until: row.time(3)}
}

// Spend adds segments to those of the day of a time (UTC) and gives the day's
// total, over all nodes. None reads it only.
func (s *Store) Spend(ctx context.Context, at time.Time, segments int) (int, error) {
	var total int // not a result: the writer may set it after the caller has left
	each := func(row row) error {
		total = int(row.int(0))
		return nil
	}
	day := dayOf(at)
	var err error
	if segments == 0 {
		err = s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{sql: selectSpent, args: []any{day}, each: each})
		})
	} else {
		u := s.unit(statement{sql: addSpent, args: []any{day, int64(segments)}, each: each})
		err = s.write(ctx, u)
	}
	if err != nil {
		return 0, fmt.Errorf("count segments: %w", err)
	}
	return total, nil
}

// dayOf is the number of a time's day since 1970, UTC.
func dayOf(at time.Time) int64 { return at.Unix() / int64(24*time.Hour/time.Second) }
