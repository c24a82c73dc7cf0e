package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// scrubPages is how many pages of 4 KiB are given back to the file system
	// in one commit.
	scrubPages = 64

	// scrubBusy is how long truncating the log waits for readers, during which
	// nobody can write; scrubTries how often it is tried, scrubPause apart.
	// Reads take a few milliseconds.
	scrubBusy  = 50 * time.Millisecond
	scrubTries = 40
	scrubPause = 100 * time.Millisecond
)

// errLogBusy: somebody reads for longer than scrubbing waits, as a backup does.
// What was deleted is in the log until the next sweep.
var errLogBusy = errors.New("the write-ahead log could not be truncated while somebody reads")

// Scrub makes sure that what was deleted is in none of the database's files any
// more. Deleting overwrites rows where they stood (secure_delete); this gives
// free pages back, folds the log into the file and truncates it.
//
// On PostgreSQL it does nothing: deleted rows stay in its files and its log
// until the server's own vacuum and recycling, and in its archives. All that
// tells of a person in them is sealed.
func (s *Store) Scrub(ctx context.Context) error {
	db, ok := s.engine.(*sqlite)
	if !ok || db.readOnly {
		return nil
	}
	if err := s.giveBack(ctx); err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	if err := db.truncateLog(ctx); err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	return nil
}

// giveBack gives free pages back to the file system, a few in each commit.
func (s *Store) giveBack(ctx context.Context) error {
	for {
		free := int64(0)
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{sql: `PRAGMA freelist_count`, each: func(row row) error {
				free = row.int(0)
				return nil
			}})
		}); err != nil || free == 0 {
			return err
		}
		if err := s.step(ctx, func() error {
			return s.write(ctx, s.unit(statement{sql: fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, scrubPages)}))
		}); err != nil {
			return err
		}
	}
}

// truncateLog works on a connection of its own: a checkpoint cannot be part of
// the writer's transactions.
func (db *sqlite) truncateLog(ctx context.Context) (err error) {
	conn, err := connectSQLite(db.path, []sqliteSetting{
		{"busy_timeout", fmt.Sprint(scrubBusy.Milliseconds()), scrubBusy.Milliseconds()},
	}, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	for range scrubTries {
		// Most of it without keeping anybody from writing.
		if err := conn.exec(`PRAGMA wal_checkpoint(PASSIVE)`); err != nil && !sqliteIsBusy(err) {
			return err
		}
		busy := true
		err := conn.run(&statement{sql: `PRAGMA wal_checkpoint(TRUNCATE)`, each: func(r row) error {
			busy = r.flag(0)
			return nil
		}})
		if err == nil && !busy {
			return nil
		}
		if err != nil && !sqliteIsBusy(err) {
			return err
		}
		select {
		case <-time.After(scrubPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errLogBusy
}
