package store

import (
	"context"
	"fmt"
	"time"
)

// OddCode is an error code of a carrier's that its table lacks, on one day.
type OddCode struct {
	Code  string
	Day   time.Time // its beginning, UTC
	Times int       // over all nodes
}

// oddDays is how long such a code is kept, in days: until the operator has looked.
const oddDays = 30

const (
	dropOdd   = `DELETE FROM oddcode WHERE day < $1`
	addOdd    = `INSERT INTO oddcode (code, day, times) VALUES ($1, $2, $3) ON CONFLICT (code, day) DO UPDATE SET times = oddcode.times + $3 RETURNING times`
	selectOdd = `SELECT code, day, times FROM oddcode WHERE day > $1 ORDER BY code, day`
)

// CountOddCode adds to how often a code that the carrier's table lacks was met on
// the day of a time (UTC), and gives the day's count over all nodes.
func (s *Store) CountOddCode(ctx context.Context, at time.Time, code string, times int) (int, error) {
	var total int // not a result: the writer may set it after the caller has left
	day := dayOf(at)
	u := s.unit(
		statement{sql: dropOdd, args: []any{day - oddDays}},
		statement{sql: addOdd, args: []any{code, day, int64(times)}, each: func(row row) error {
			total = int(row.int(0))
			return nil
		}},
	)
	if err := s.write(ctx, u); err != nil {
		return 0, fmt.Errorf("count error code: %w", err)
	}
	return total, nil
}

// OddCodes are those of the last 30 days before a time, by code and day.
func OddCodes(ctx context.Context, s *Store, at time.Time) (codes []OddCode, err error) {
	err = s.read(ctx, func(snap *snapshot) error {
		codes = nil
		return snap.read(statement{sql: selectOdd, args: []any{dayOf(at) - oddDays}, each: func(row row) error {
			codes = append(codes, OddCode{Code: row.text(0), Day: time.Unix(row.int(1)*int64(24*time.Hour/time.Second), 0).UTC(), Times: int(row.int(2))})
			return nil
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("read error codes: %w", err)
	}
	return codes, nil
}
