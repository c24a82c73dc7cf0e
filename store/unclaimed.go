package store

import (
	"context"
	"fmt"

	"aviso/gateway"
)

// selectUnclaimed names the condition of the index on open tasks by itself, for
// SQLite takes it from no other one. Open tasks are few.
const selectUnclaimed = `SELECT count(*), CAST(sum(CASE WHEN kind = $1 THEN 1 ELSE 0 END) AS BIGINT), min(at)
	FROM task WHERE state < 3 AND state = 1 AND urgent = 1`

// Unclaimed counts the urgent tasks that no agent has claimed.
func (s *Store) Unclaimed(ctx context.Context) (gateway.Unclaimed, error) {
	var u gateway.Unclaimed
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{
			sql: selectUnclaimed, args: []any{string(gateway.TaskNobodyConfirmed)},
			each: func(row row) error {
				if u.Urgent = int(row.int(0)); u.Urgent > 0 {
					u.Nobody, u.Oldest = int(row.int(1)), row.time(2)
				}
				return nil
			},
		})
	})
	if err != nil {
		return gateway.Unclaimed{}, fmt.Errorf("read unclaimed tasks: %w", err)
	}
	return u, nil
}
