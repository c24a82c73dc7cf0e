package store

import (
	"context"
	"fmt"
	"strings"
)

// Standby says whether PostgreSQL waits for a second server before it says that
// something is committed. Without one, what was acknowledged is lost with the
// server's disk. It is asked of PostgreSQL alone.
func Standby(ctx context.Context, s *Store) (synchronous bool, err error) {
	var names string
	err = s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: `SELECT current_setting('synchronous_standby_names')`, each: func(row row) error {
			names = row.text(0)
			return nil
		}})
	})
	if err != nil {
		return false, fmt.Errorf("read standby: %w", err)
	}
	return strings.TrimSpace(names) != "", nil
}
