package store

import "fmt"

// foldAhead is how many pages of the write-ahead log that are not in the file
// yet are folded back beside the writer.
const foldAhead = 4000

// foldAll is the goroutine that folds the write-ahead log back into the file
// while the writer goes on. SQLite would do it all within a commit, and a
// hundred alerts would wait for the disk to take thousands of pages. The log
// begins anew only when all of it is folded, which is left to a commit
// (sqliteFold): by then little is left to do.
func (db *sqlite) foldAll() {
	var conn *sqliteConn
	defer func() {
		if conn != nil {
			conn.close() // has nothing to lose
		}
	}()
	for {
		select {
		case <-db.committed:
		case <-db.closing:
			return
		}
		if conn == nil {
			var err error
			if conn, err = connectSQLite(db.path, sqliteReading[1:], ""); err != nil {
				continue // the writer folds, too
			}
		}
		if conn.fold() != nil {
			conn.close()
			conn = nil
		}
	}
}

// fold folds the log back where there is enough to fold.
func (c *sqliteConn) fold() error {
	var pages, folded int64
	look := func(r row) error {
		pages, folded = r.int(1), r.int(2)
		return nil
	}
	if err := c.run(&statement{sql: "PRAGMA wal_checkpoint(NOOP)", each: look}); err != nil || pages-folded < foldAhead {
		return err
	}
	err := c.run(&statement{sql: "PRAGMA wal_checkpoint(PASSIVE)", each: look})
	if sqliteIsBusy(err) { // a commit is at it
		return nil
	}
	if err != nil {
		return fmt.Errorf("fold the log: %w", err)
	}
	return nil
}
