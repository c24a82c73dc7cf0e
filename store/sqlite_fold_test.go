package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// TestSQLiteFoldsBesideTheWriter fills the log with less than a commit would fold
// back by itself, and has most of it in the file soon after.
func TestSQLiteFoldsBesideTheWriter(t *testing.T) {
	s, err := Open(context.Background(), Options{DSN: filepath.Join(t.TempDir(), "aviso.db"), Keys: newKeysForTest(t), VoidLeases: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.engine.(*sqlite)
	const pages = foldAhead + foldAhead/4
	if pages >= sqliteFold {
		t.Fatal("a commit folds that much by itself")
	}
	for i := range 10 {
		u := s.unit(statement{sql: `INSERT INTO meta (name, number, value) VALUES ($1, 0, $2)`, args: []any{string(rune('a' + i)), make([]byte, pages/10*4096)}})
		if err := s.write(context.Background(), u); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := connectSQLite(db.path, sqliteReading, "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.close()
	var log, folded int64
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err := conn.run(&statement{sql: "PRAGMA wal_checkpoint(NOOP)", each: func(r row) error {
			log, folded = r.int(1), r.int(2)
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		if folded >= foldAhead {
			return
		}
	}
	t.Errorf("%d of %d pages are folded back", folded, log)
}
