package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aviso/gateway"
)

// Carriers keep the words of messages for long. Column redact of a message that
// was sent or came in is the time from which its carrier is to be asked to
// forget them; null: it has, or never had any. It is no part of a row's
// sequence: what is done about it makes no Turn a conflict.

const (
	// redactAfter is when a message is taken for final of which no receipt says
	// so: "sent" may be the last one ever seen.
	redactAfter = time.Hour
	// saidAfter is the same for an answer in band, of which a carrier may say no
	// more than that it has taken it. One that is not final then is asked for
	// again, as all are.
	saidAfter = time.Minute
)

const (
	claimSent = `UPDATE attempt SET redact = $1 WHERE id {pick} SELECT id FROM attempt WHERE redact <= $2 ORDER BY redact LIMIT $3 {skip} {end}
		RETURNING id, sid, sent`
	claimReceived = `UPDATE inbound SET redact = $1 WHERE key {pick} SELECT key FROM inbound WHERE redact <= $2 ORDER BY redact LIMIT $3 {skip} {end}
		RETURNING key, sid, at`
	// Those that held a PIN go first, however many others are due.
	claimSecret = `UPDATE inbound SET redact = $1 WHERE key {pick} SELECT key FROM inbound WHERE secret = 1 AND redact <= $2 ORDER BY redact LIMIT $3 {skip} {end}
		RETURNING key, sid, at`
	redactSent     = `UPDATE attempt SET redact = $1 WHERE id = $2`
	redactReceived = `UPDATE inbound SET redact = $1 WHERE key = $2`

	// What has been forgotten stays so, and a later word brings it forward only.
	redactSaid = `INSERT INTO inbound (key, at, sid, redact, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET redact = excluded.redact WHERE inbound.redact > excluded.redact`
)

// saidKey begins the key of an answer in band among what came in; the carrier's
// id of it follows.
const saidKey = "said:"

// Said notes the carrier's name of an answer in band, whose words it is to
// forget: at once where it is final.
func (s *Store) Said(ctx context.Context, sid string, final bool) error {
	return s.run(ctx, "note an answer", func(b *builder) {
		from := b.at
		if !final {
			from += saidAfter.Microseconds()
		}
		key := saidKey + sid
		body, err := b.seal("inbound", nil, firstAnswer{Key: key})
		b.err = err
		b.move("inbound", "key", hashKey, key)
		b.add(redactSaid, b.hash(hashKey, key), b.at, sid, from, body)
	})
}

// redactFrom is an attempt's column redact. Written anew with each receipt: to
// forget twice does no harm.
func (b *builder) redactFrom(a *gateway.Attempt) any {
	switch {
	case a.State != gateway.AttemptSent || a.SID == "" || a.Channel != gateway.SMS || a.Purpose == gateway.PurposeRedact:
		return nil
	case a.Rank >= gateway.RankFailed:
		return b.at
	}
	return b.at + redactAfter.Microseconds()
}

// smsKey begins the dedupe key of a text; the carrier's id of it follows.
const smsKey = "sms:"

// received is what a text that came in is redacted by, and from when: it is
// final. Both are null for anything else.
func (b *builder) received(key string) (sid, from any) {
	if id, ok := strings.CutPrefix(key, smsKey); ok && id != "" {
		return id, b.at
	}
	return nil, nil
}

// ClaimWords takes at most limit messages of each kind whose words their
// carrier is to forget, and keeps other nodes from them until the time until:
// first texts that held a PIN, then what was sent, then what else came in, the
// longest due first. What is not reported as forgotten by then is claimed again.
func (s *Store) ClaimWords(ctx context.Context, now, until time.Time, limit int) ([]gateway.Message, error) {
	var claimed []gateway.Message
	u := s.unit()
	for _, c := range []struct {
		sql      string
		received bool
	}{{claimSecret, true}, {claimSent, false}, {claimReceived, true}} {
		u.statements = append(u.statements, statement{
			sql: c.sql, args: []any{micros(until), micros(now), int64(limit)},
			reset: func() {
				if c.sql == claimSecret {
					claimed = nil
				}
			},
			each: func(row row) error {
				claimed = append(claimed, gateway.Message{Row: row.bytes(0), Received: c.received, SID: row.text(1), Since: row.time(2)})
				return nil
			},
		})
	}
	if err := s.write(ctx, u); err != nil {
		return nil, fmt.Errorf("claim words: %w", err)
	}
	return claimed, nil
}

// Forgotten notes what became of messages that ClaimWords gave: those with Next
// zero are done with, the others are due again then.
func (s *Store) Forgotten(ctx context.Context, list []gateway.Message) error {
	u := s.unit()
	for _, w := range list {
		sql := redactSent
		if w.Received {
			sql = redactReceived
		}
		var next any
		if !w.Next.IsZero() {
			next = micros(w.Next)
		}
		u.statements = append(u.statements, statement{sql: sql, args: []any{next, w.Row}})
	}
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("note forgotten words: %w", err)
	}
	return nil
}

// Unforgotten counts the messages whose words a carrier should have forgotten
// by now.
func (s *Store) Unforgotten(ctx context.Context) (n int, err error) {
	now := micros(s.clock())
	err = s.read(ctx, func(snap *snapshot) error {
		n = 0
		for _, table := range []string{"attempt", "inbound"} {
			if err := snap.read(statement{sql: `SELECT count(*) FROM ` + table + ` WHERE redact <= $1`, args: []any{now}, each: func(row row) error {
				n += int(row.int(0))
				return nil
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count unforgotten words: %w", err)
	}
	return n, nil
}
