package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// claimAttempts takes what is ready, lane by lane, so that neither the rows of
// a lane that nobody reached nor those that are due later are looked at. A row
// that is claimed already and ready again was lost with its claimer: in doubt.
// {pick} … {end} is an IN that is run once, {skip} passes over what another node
// is just taking: both are written differently for each engine. What can wait is
// left while an incident is open.
var claimAttempts = `UPDATE attempt SET seq = seq + 1, fence = fence + 1, doubt = CASE WHEN state = 2 THEN 1 ELSE doubt END, state = 2, ready = $1
	WHERE id {pick} ` + eachLane(`SELECT id FROM attempt WHERE lane = {lane} AND ready <= $2 ORDER BY ready LIMIT $3 {skip}`) + ` LIMIT $3 {end}
	RETURNING ` + strings.ReplaceAll(attemptColumns, "t.", "") + `, body`

const claimTimers = `UPDATE timer SET fence = fence + 1, doubt = CASE WHEN fence > 0 THEN 1 ELSE 0 END, ready = $1
	WHERE id {pick} SELECT id FROM timer WHERE ready <= $2 ORDER BY ready LIMIT $3 {skip} {end}
	RETURNING ` + timerColumns

const (
	timerColumns = `id, kind, alert, profile, due, ready, fence, doubt, body`
	selectTimer  = `SELECT ` + timerColumns + ` FROM timer WHERE id = $1`

	// What agents and desks have decided and can still undo, and what of it could
	// not be done. An index has no more rows than that.
	selectWaiting = `SELECT ` + timerColumns + ` FROM timer WHERE kind IN ('act', 'act-void') ORDER BY due LIMIT $1`

	releaseAttempt = `UPDATE attempt SET seq = seq + 1, state = 1, ready = due WHERE id = $1 AND fence = $2 AND state = 2`
	voidAttempts   = `UPDATE attempt SET ready = $1 WHERE state = 2 AND ready > $1`
	voidTimers     = `UPDATE timer SET ready = $1 WHERE fence > 0 AND ready > $1`

	reserveSlot = `INSERT INTO slot (sender, free) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
		ON CONFLICT (sender) DO UPDATE SET free = CASE WHEN slot.free > $2 THEN slot.free ELSE $2 END + $3
		WHERE slot.free <= $4 RETURNING free`
	selectSlot = `SELECT free FROM slot WHERE sender = $1`
)

// eachLane joins one select a lane, in the lanes' order.
func eachLane(sql string) string {
	var lanes []string
	for lane := gateway.LaneFirst; lane <= gateway.LaneInvite; lane++ {
		of := strings.ReplaceAll(sql, "{lane}", fmt.Sprint(int(lane)))
		of = strings.Replace(of, " ORDER BY", waits(lane)+" ORDER BY", 1)
		lanes = append(lanes, `SELECT id FROM (`+of+`) lane`+fmt.Sprint(int(lane)))
	}
	return strings.Join(lanes, "\n\tUNION ALL ")
}

// Claim takes at most limit attempts that are due, in the order of their lanes
// and then of their times, and holds them until the lease ends. Each comes with
// a fence that is higher than any before. One whose earlier claim ended without
// a result comes with Claim.Doubt.
func (s *Store) Claim(ctx context.Context, now, until time.Time, limit int) ([]gateway.Attempt, error) {
	var claimed []gateway.Attempt
	var broken error
	claim := statement{
		sql:   claimAttempts,
		args:  []any{micros(until), micros(now), int64(limit)},
		reset: func() { claimed, broken = nil, nil },
		each: func(row row) error {
			a, err := s.attemptWhole(row)
			if err != nil {
				broken = err
				return nil
			}
			claimed = append(claimed, a)
			return nil
		},
	}
	if err := s.commit(ctx, func() (*unit, error) { return s.unit(claim), nil }); err != nil {
		return nil, fmt.Errorf("claim attempts: %w", err)
	}
	if broken != nil && len(claimed) == 0 {
		return nil, fmt.Errorf("claim attempts: %w", broken)
	}
	slices.SortFunc(claimed, func(a, b gateway.Attempt) int {
		return cmp.Or(cmp.Compare(a.Lane, b.Lane), a.Due.Compare(b.Due), slices.Compare(a.ID[:], b.ID[:]))
	})
	return claimed, nil
}

// Release gives back claimed attempts of which nothing was sent. One that has
// been claimed anew meanwhile, or has a result, is left alone.
func (s *Store) Release(ctx context.Context, claimed []gateway.Attempt) error {
	if len(claimed) == 0 {
		return nil
	}
	u := s.unit()
	for i := range claimed {
		u.statements = append(u.statements, statement{
			sql: releaseAttempt, args: []any{claimed[i].ID[:], claimed[i].Claim.Fence},
		})
	}
	u.wakes = true
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("release attempts: %w", err)
	}
	s.changes.hint()
	return nil
}

// ClaimTimers takes at most limit timers that are due, the oldest first. One
// that was claimed before and is still there comes with Claim.Doubt.
func (s *Store) ClaimTimers(ctx context.Context, now, until time.Time, limit int) ([]gateway.Timer, error) {
	var claimed []gateway.Timer
	var broken error
	claim := statement{
		sql:   claimTimers,
		args:  []any{micros(until), micros(now), int64(limit)},
		reset: func() { claimed, broken = nil, nil },
		each: func(row row) error {
			t, err := s.timer(row)
			if err != nil {
				broken = err
				return nil
			}
			claimed = append(claimed, t)
			return nil
		},
	}
	if err := s.commit(ctx, func() (*unit, error) { return s.unit(claim), nil }); err != nil {
		return nil, fmt.Errorf("claim timers: %w", err)
	}
	if broken != nil && len(claimed) == 0 {
		return nil, fmt.Errorf("claim timers: %w", broken)
	}
	slices.SortFunc(claimed, func(a, b gateway.Timer) int {
		return cmp.Or(a.Due.Compare(b.Due), slices.Compare(a.ID[:], b.ID[:]))
	})
	return claimed, nil
}

// voidLeases makes everything that is claimed ready at once, in doubt.
func voidLeases(ctx context.Context, s *Store) error {
	now := micros(s.clock())
	u := s.unit(statement{sql: voidAttempts, args: []any{now}}, statement{sql: voidTimers, args: []any{now}})
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("void leases: %w", err)
	}
	return nil
}

// Slots reserves the next span of a sender's time, for all nodes, and tells when
// it begins: now, where the sender is free. One that would begin later than by
// is not reserved, and ok is false.
func (s *Store) Slots(ctx context.Context, sender string, now, by time.Time, span time.Duration) (start time.Time, ok bool, err error) {
	// Apart from what is returned: the writer may still be at it when the context
	// has ended and this has returned.
	var begins time.Time
	var reserved bool
	u := s.unit(statement{
		sql:   reserveSlot,
		args:  []any{sender, micros(now), span.Microseconds(), micros(by)},
		reset: func() { reserved = false },
		each: func(row row) error {
			begins, reserved = row.time(0).Add(-span.Truncate(time.Microsecond)), true
			return nil
		},
	})
	if err := s.write(ctx, u); err != nil {
		return time.Time{}, false, fmt.Errorf("reserve slots: %w", err)
	}
	return begins, reserved, nil
}

// Free tells until when the time of each sender is given away. A sender that
// is missing has never been used.
func (s *Store) Free(ctx context.Context, senders []string) (map[string]time.Time, error) {
	free := make(map[string]time.Time, len(senders))
	err := s.read(ctx, func(snap *snapshot) error {
		list := make([]statement, 0, len(senders))
		for _, sender := range senders {
			list = append(list, statement{sql: selectSlot, args: []any{sender}, each: func(row row) error {
				free[sender] = row.time(0)
				return nil
			}})
		}
		return snap.read(list...)
	})
	if err != nil {
		return nil, fmt.Errorf("read slots: %w", err)
	}
	return free, nil
}

// maxWaiting bounds what Oldest counts in a lane.
const maxWaiting = 10_000

// Oldest tells since when the oldest attempt waits that is due now, zero where
// none is, and how many are (counted up to 10,000 a lane). Drills and
// invitations are left out: they are meant to wait for everything else, as is
// information while an incident is open.
func (s *Store) Oldest(ctx context.Context) (due time.Time, waiting int, err error) {
	now := micros(s.clock())
	err = s.read(ctx, func(snap *snapshot) error {
		var list []statement
		for lane := gateway.LaneFirst; lane < gateway.LaneDrill; lane++ {
			list = append(list,
				statement{
					sql:  `SELECT due FROM attempt WHERE lane = $1 AND ready <= $2` + waits(lane) + ` ORDER BY ready LIMIT 1`,
					args: []any{int64(lane), now},
					each: func(row row) error {
						if t := row.time(0); due.IsZero() || t.Before(due) {
							due = t
						}
						return nil
					},
				},
				statement{
					sql:  `SELECT count(*) FROM (SELECT id FROM attempt WHERE lane = $1 AND ready <= $2` + waits(lane) + ` LIMIT $3) waiting`,
					args: []any{int64(lane), now, int64(maxWaiting)},
					each: func(row row) error {
						waiting += int(row.int(0))
						return nil
					},
				})
		}
		return snap.read(list...)
	})
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("read oldest attempt: %w", err)
	}
	return due, waiting, nil
}

// selectCalls are the calls that are due and not made, those included that a node
// holds and makes one after the other: a caller ID begins one a second, and a lease
// is long beside that.
const selectCalls = `SELECT min(due), count(*) FROM (SELECT due FROM attempt WHERE channel = 2 AND ready IS NOT NULL AND due <= $1 ORDER BY due LIMIT $2) waiting`

// OldestCall tells since when the oldest call waits that is due now, zero where
// none is, and how many are (counted up to 10,000). One is counted until its
// carrier has taken or refused it.
func (s *Store) OldestCall(ctx context.Context) (due time.Time, waiting int, err error) {
	err = s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{
			sql:  selectCalls,
			args: []any{micros(s.clock()), int64(maxWaiting)},
			each: func(row row) error {
				if waiting = int(row.int(1)); waiting > 0 {
					due = row.time(0)
				}
				return nil
			},
		})
	})
	if err != nil {
		return time.Time{}, 0, fmt.Errorf("read oldest call: %w", err)
	}
	return due, waiting, nil
}
