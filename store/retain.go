package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
)

// Retained is what one sweep of Retain removed.
type Retained struct {
	Answers       int // first answers to repeated webhooks
	Conversations int
	Alerts        int // of which counts are left
	Messages      int // that belong to no alert
	Tasks         int
	Others        int // sessions, links, incidents, calls that were put through
}

// Any reports whether something was removed.
func (r Retained) Any() bool { return r != Retained{} }

const (
	// retainPage is how many rows a sweep reads at a time, and retainStep how
	// many it deletes in one commit: a few milliseconds, for which an alert may
	// have to wait.
	retainPage = 500
	retainStep = 50
)

// keep is a rule of retention: rows of a table that are old by the time $1 are
// deleted by their key.
type keep struct {
	table, key string
	old        string
	made       bool                             // the key is an id, which begins with the time of its making
	over       func(*sealer, row) (bool, error) // looks at key and body; nil: old is enough
}

const (
	oldByTime        = `at < $1`
	oldByExpiry      = `expires < $1`
	oldIncidents     = `ended > 0 AND ended < $1`
	oldConversations = `at < $1 AND stopped = 0`
	oldTasks         = `at < $1 AND state = 3 AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.id = task.alert AND a.seq > 0)
		AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = task.alert)`
	oldMessages = `due < $1 AND state > 2 AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.id = attempt.alert AND a.seq > 0)
		AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = attempt.alert)`
)

// Retain removes what the policy says is too old, as of the store's clock, in
// small steps between which Turns are committed. It may run on every node, be
// interrupted and run again. Of a closed alert remain its times, state and
// place, and its chain without bodies, as of an erased person (package
// comment). What is open is never touched.
func (s *Store) Retain(ctx context.Context, policy gateway.Retention) (Retained, error) {
	var r Retained
	if err := s.retainAlerts(ctx, policy.Alerts.Before(s.clock()), &r.Alerts); err != nil {
		return r, fmt.Errorf("retain: %w", err)
	}
	for _, rule := range []struct {
		keep
		age     gateway.Duration
		removed *int
	}{
		{keep{table: "inbound", key: "key", old: oldByTime}, policy.Answers, &r.Answers},
		{keep{table: "keysession", key: "id", old: oldByTime, made: true}, gateway.Duration(keySessionKept), &r.Others},
		{keep{table: "texted", key: "id", old: oldByTime, made: true}, gateway.Duration(gateway.TextedKept), &r.Others},
		{keep{table: "ringing", key: "id", old: oldByTime, made: true}, policy.Messages, &r.Others},
		{keep{table: "session", key: "key", old: oldByExpiry}, 0, &r.Others},
		{keep{table: "pass", key: "key", old: oldByExpiry}, 0, &r.Others},
		{keep{table: "login_try", key: "key", old: oldByTime}, policy.Messages, &r.Others},
		{keep{table: "incident", key: "id", old: oldIncidents, made: true}, policy.Alerts, &r.Others},
		{keep{table: "attempt", key: "id", old: oldMessages, made: true}, policy.Messages, &r.Messages}, // those of incidents, too
		{keep{table: "task", key: "id", old: oldTasks, made: true}, policy.Tasks, &r.Tasks},
		{keep{table: "conversation", key: "id", old: oldConversations, made: true, over: (*sealer).idle}, policy.Conversations, &r.Conversations},
	} {
		if err := s.prune(ctx, rule.keep, rule.age, rule.removed); err != nil {
			return r, fmt.Errorf("retain: %w", err)
		}
	}
	if err := s.Scrub(ctx); err != nil {
		return r, fmt.Errorf("retain: %w", err)
	}
	return r, nil
}

// idle reports whether a conversation may be forgotten: the phone does not
// count as seized, and no check-in is armed.
func (s *sealer) idle(row row) (bool, error) {
	var c gateway.Conversation
	if err := s.open("conversation", row.bytes(0), row.bytes(1), &c); err != nil {
		return false, err
	}
	return c.Silenced.IsZero() && !c.CheckIn.Pending(), nil
}

// prune reads, page by page and beside the writer, what a rule finds too old,
// and deletes it in small steps.
func (s *Store) prune(ctx context.Context, k keep, age gateway.Duration, removed *int) error {
	before := age.Before(s.clock())
	columns := k.key
	if k.over != nil {
		columns += ", body"
	}
	after := []byte{}
	args := func() []any { return []any{micros(before), after, int64(retainPage)} }
	young := ""
	if k.made {
		// What is old stands first: no index has to be kept for this.
		young = ` AND ` + k.key + ` < $4`
		args = func() []any { return []any{micros(before), after, int64(retainPage), firstID(before)} }
	}
	page := `SELECT ` + columns + ` FROM ` + k.table + ` WHERE ` + k.key + ` > $2 AND ` + k.old + young + ` ORDER BY ` + k.key + ` LIMIT $3`
	// The condition is looked at once more when it is deleted: somebody may
	// have written meanwhile.
	remove := `DELETE FROM ` + k.table + ` WHERE ` + k.key + ` = $2 AND ` + k.old
	for {
		var keys [][]byte
		read := 0
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{sql: page, args: args(), each: func(row row) error {
				read++
				after = row.bytes(0)
				if k.over != nil {
					if over, err := k.over(s.sealer, row); err != nil || !over {
						return err
					}
				}
				keys = append(keys, row.bytes(0))
				return nil
			}})
		}); err != nil {
			return fmt.Errorf("read %s: %w", k.table, err)
		}
		for len(keys) > 0 {
			n := min(len(keys), retainStep)
			u := s.unit()
			for _, key := range keys[:n] {
				u.statements = append(u.statements, statement{sql: remove, args: []any{micros(before), key}})
			}
			if err := s.step(ctx, func() error { return s.write(ctx, u) }); err != nil {
				return fmt.Errorf("delete from %s: %w", k.table, err)
			}
			*removed += n
			keys = keys[n:]
		}
		if read < retainPage {
			return nil
		}
	}
}

// step commits something and then leaves the writer to others for as long.
func (s *Store) step(ctx context.Context, commit func() error) error {
	begun := time.Now()
	if err := commit(); err != nil {
		return err
	}
	select {
	case <-time.After(time.Since(begun)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const selectOldAlerts = `SELECT id, seq FROM alert WHERE id > $1 AND id < $2 AND state > 1 AND seq > 0 AND ended < $3 ORDER BY id LIMIT $4`

// guardOld refuses where an alert has moved on since it was found to be old.
const guardOld = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM alert WHERE id = $1 AND seq = $2 AND state > 1)`

// What hangs on an alert, by its id.
var retainAlert = []string{
	`UPDATE ledger SET body = NULL WHERE subject = $1 AND body IS NOT NULL`,
	`DELETE FROM recipient WHERE alert = $1`,
	`DELETE FROM attempt WHERE alert = $1`,
	`DELETE FROM timer WHERE alert = $1`,
	`DELETE FROM task WHERE alert = $1`,
	`DELETE FROM pass WHERE alert = $1`,
}

const forgetAlert = `UPDATE alert SET seq = -seq, ref = NULL, profile = NULL, body = $1 WHERE id = $2 AND seq > 0`

// retainAlerts leaves counts of alerts that ended before a time, one commit
// each.
func (s *Store) retainAlerts(ctx context.Context, before time.Time, removed *int) error {
	type old struct {
		id  []byte
		seq int64
	}
	after := []byte{}
	for {
		var page []old
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{
				sql: selectOldAlerts, args: []any{after, firstID(before), micros(before), int64(retainPage)},
				each: func(row row) error {
					page = append(page, old{row.bytes(0), row.int(1)})
					return nil
				},
			})
		}); err != nil {
			return fmt.Errorf("read alerts: %w", err)
		}
		for _, a := range page {
			switch err := s.step(ctx, func() error {
				return s.commit(ctx, func() (*unit, error) {
					u := s.unit(statement{sql: guardOld, args: []any{a.id, a.seq}})
					for _, sql := range retainAlert {
						u.statements = append(u.statements, statement{sql: sql, args: []any{a.id}})
					}
					proof, err := s.erasedBody(a.id)
					u.statements = append(u.statements, statement{sql: forgetAlert, args: []any{proof, a.id}})
					return u, err
				})
			}); {
			case err == nil:
				*removed++
			case !errors.Is(err, gateway.ErrConflict): // else: it has moved on, and is looked at next time
				return fmt.Errorf("forget an alert: %w", err)
			}
			after = a.id
		}
		if len(page) < retainPage {
			return nil
		}
	}
}
