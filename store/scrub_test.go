package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// remains counts which of some byte strings stand in any of a database's files.
func remains(t *testing.T, path string, of [][]byte) (n int) {
	t.Helper()
	var files []byte
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		files = append(files, b...)
	}
	for _, b := range of {
		if bytes.Contains(files, b) {
			n++
		}
	}
	return n
}

// blobs are all bodies and hashes of a database but those of the chains that
// stay, as a thief of the disk would find them.
func blobs(t *testing.T, path string) (all [][]byte) {
	t.Helper()
	db, err := sql.Open("sqlite3", sqliteAddress(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, of := range []string{"SELECT body FROM profile", "SELECT phone_hash FROM profile", "SELECT code_hash FROM profile", "SELECT hash FROM finger",
		"SELECT body FROM conversation", "SELECT body FROM alert", "SELECT body FROM recipient", "SELECT body FROM attempt", "SELECT body FROM ledger"} {
		rows, err := db.Query(of)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// What was deleted, by the operator, by the person or by age, is in none of the
// files any more, while the database is open.
func TestDeletedIsGone(t *testing.T) {
	ctx := context.Background()
	for name, remove := range map[string]func(*store.Store, *time.Time) error{
		"by the operator": func(s *store.Store, _ *time.Time) error {
			for i := range 3 {
				if gone, err := s.EraseProfile(ctx, number(i)); err != nil || !gone {
					return errors.Join(errors.New("not erased"), err)
				}
			}
			return s.Scrub(ctx)
		},
		"by the person": func(s *store.Store, now *time.Time) error {
			for i := range 3 {
				v, err := s.View(ctx, gateway.Scope{Phone: number(i)})
				if err == nil {
					err = s.Commit(ctx, gateway.Turn{At: *now, Erase: []gateway.Profile{*v.Own}})
				}
				if err != nil {
					return err
				}
			}
			_, err := s.Retain(ctx, gateway.DefaultRetention())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "aviso.db")
			now := time.Now()
			s, err := store.Open(ctx, store.Options{DSN: path, KeysFile: filepath.Join(dir, "aviso.keys"), Clock: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.ImportProfiles(ctx, people(0, 3)); err != nil {
				t.Fatal(err)
			}
			ids := idSource(now)
			for i := range 3 {
				p, err := s.ProfileByPhone(ctx, number(i))
				if err != nil {
					t.Fatal(err)
				}
				c := gateway.Conversation{ID: ids(), Phone: p.Phone, Language: "es"}
				if err := s.Commit(ctx, alertTurn(ids, int64(i), p, c)); err != nil {
					t.Fatal(err)
				}
				v, err := s.View(ctx, gateway.Scope{Phone: number(i)})
				if err != nil || len(v.Cases) != 1 {
					t.Fatal(v.Cases, err)
				}
				a := v.Cases[0].Alert
				a.State, a.Ended = gateway.AlertClosed, now
				if err := s.Commit(ctx, gateway.Turn{At: now, Alerts: []gateway.Alert{a}}); err != nil {
					t.Fatal(err)
				}
			}
			// Kept beside those who go.
			if _, err := s.ImportProfiles(ctx, people(100, 1)); err != nil {
				t.Fatal(err)
			}
			before := blobs(t, path)
			if remains(t, path, before) != len(before) || len(before) < 50 {
				t.Fatalf("%d of %d are found before", remains(t, path, before), len(before))
			}
			if err := remove(s, &now); err != nil {
				t.Fatal(err)
			}
			var gone [][]byte
			kept := blobs(t, path)
			for _, b := range before {
				if !bytes.Contains(bytes.Join(kept, nil), b) {
					gone = append(gone, b)
				}
			}
			if len(gone) < 40 || remains(t, path, kept) != len(kept) {
				t.Errorf("%d of %d rows were deleted, %d kept", len(gone), len(before), len(kept))
			}
			if n := remains(t, path, gone); n != 0 {
				t.Errorf("%d of %d deleted pieces are still in the files", n, len(gone))
			}
		})
	}
}
