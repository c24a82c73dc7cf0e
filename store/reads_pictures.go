package store

import (
	"context"
	"fmt"
	"time"

	"aviso/gateway"
)

const (
	// Bounds of what is counted for the pictures: the newest alerts.
	picturesMost  = 5000
	confirmedMost = 5000

	selectOpenBodies = `SELECT ` + alertColumns + ` FROM alert a WHERE a.state = 1 AND a.drill = 0 AND a.seq > 0 ORDER BY a.at DESC LIMIT $1`
	selectDayBodies  = `SELECT ` + alertColumns + ` FROM alert a
		WHERE a.state IN (1, 2, 3) AND a.at >= $1 AND a.drill = 0 AND a.seq > 0 ORDER BY a.at DESC LIMIT $2`
	countSince      = `SELECT count(*) FROM alert a WHERE a.state IN (1, 2, 3) AND a.at >= $1 AND a.drill = 0`
	selectConfirmed = `SELECT a.at, ` + recipientColumns + ` FROM alert a JOIN recipient r ON r.alert = a.id
		WHERE a.state IN (1, 2, 3) AND a.at >= $1 AND a.drill = 0 AND r.state = 2 ORDER BY a.at DESC LIMIT $2`
	selectDrills = `SELECT a.at, count(*), CAST(sum(CASE WHEN r.state = 2 THEN 1 ELSE 0 END) AS BIGINT) FROM alert a JOIN recipient r ON r.alert = a.id
		WHERE a.state IN (1, 2, 3) AND a.at >= $1 AND a.drill = 1 AND r.kind = 1 GROUP BY a.id, a.at ORDER BY a.at`
)

// Pictures are numbers without anybody in them.
type Pictures struct {
	Open      []string // the ZIP of each open alert, which is as coarse as a place can be; "": nobody knows
	Day       []string // of each alert of the last 24 hours
	Month     int      // alerts of the last 30 days
	Confirmed []time.Duration
	Drills    []Drill // of the last 8 weeks
}

// Drill is how many contacts one PRUEBA was sent to, and how many confirmed it.
type Drill struct {
	At              time.Time
	Told, Confirmed int
}

// Pictures counts. Confirmed is the time to the first confirmation of each
// alert of the last 30 days that has one.
func (s *Store) Pictures(ctx context.Context) (Pictures, error) {
	var p Pictures
	now := s.clock()
	month := micros(now.Add(-30 * 24 * time.Hour))
	err := s.read(ctx, func(snap *snapshot) error {
		p = Pictures{}
		first := map[gateway.ID]time.Duration{}
		place := func(to *[]string) func(row) error {
			return func(row row) error {
				a, err := s.alert(row)
				*to = append(*to, a.ZIP)
				return err
			}
		}
		err := snap.read(
			statement{sql: selectOpenBodies, args: []any{int64(picturesMost)}, each: place(&p.Open)},
			statement{sql: selectDayBodies, args: []any{micros(now.Add(-24 * time.Hour)), int64(picturesMost)}, each: place(&p.Day)},
			statement{sql: countSince, args: []any{month}, each: func(row row) error {
				p.Month = int(row.int(0))
				return nil
			}},
			statement{sql: selectConfirmed, args: []any{month, int64(confirmedMost)}, each: func(row row) error {
				r, err := s.recipient(row, 1)
				if took := r.Confirmed.Sub(row.time(0)); err == nil {
					if before, ok := first[r.Alert]; !ok || took < before {
						first[r.Alert] = took
					}
				}
				return err
			}},
			statement{sql: selectDrills, args: []any{micros(now.Add(-56 * 24 * time.Hour))}, each: func(row row) error {
				p.Drills = append(p.Drills, Drill{row.time(0), int(row.int(1)), int(row.int(2))})
				return nil
			}},
		)
		for _, took := range first {
			p.Confirmed = append(p.Confirmed, took)
		}
		return err
	})
	if err != nil {
		return Pictures{}, fmt.Errorf("read pictures: %w", err)
	}
	return p, nil
}
