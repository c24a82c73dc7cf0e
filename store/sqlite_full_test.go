package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
)

func openForTest(t *testing.T, dsn string, keys *Keyset) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{DSN: dsn, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// TestSQLiteFull lets the file grow no further. What does not fit is refused,
// by itself; what fits is written; and once there is room all is well again,
// without a start.
func TestSQLiteFull(t *testing.T) {
	s := openForTest(t, filepath.Join(t.TempDir(), "aviso.db"), newKeysForTest(t))
	ctx := context.Background()
	limit := func(pages int) {
		t.Helper()
		// The writer has nothing to do meanwhile.
		if err := s.engine.(*sqlite).writer.exec(fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
			t.Fatal(err)
		}
	}
	fresh := gateway.NewFresh(time.Now(), rand.Reader)
	task := func(size int) gateway.Turn {
		return gateway.Turn{At: time.Now(), Key: fresh.ID().String(),
			Tasks: []gateway.Task{{ID: fresh.ID(), State: gateway.TaskOpen, Alert: fresh.ID(), Note: strings.Repeat("x", size)}}}
	}
	if err := s.Commit(ctx, task(10)); err != nil {
		t.Fatal(err)
	}
	limit(1) // SQLite takes what it has for the least
	const n = 60
	outcomes, turns := make([]error, n), make([]gateway.Turn, n)
	var all sync.WaitGroup
	for i := range n {
		turns[i] = task(1 + 100_000*(i%2)) // every other one is too large
		all.Go(func() { outcomes[i] = s.Commit(ctx, turns[i]) })
	}
	all.Wait()
	small := 0
	for i, err := range outcomes {
		if i%2 == 1 && err == nil {
			t.Error("a Turn that does not fit was confirmed")
		}
		if errors.Is(err, gateway.ErrConflict) || errors.Is(err, gateway.ErrRepeat) {
			t.Errorf("a full disk is reported as %v", err)
		}
		if i%2 == 0 && err == nil {
			small++
		}
		v, verr := s.View(ctx, gateway.Scope{Key: turns[i].Key})
		if verr != nil || (v.Repeat != nil) != (err == nil) {
			t.Errorf("Turn %d (%v): written is %v (%v)", i, err, v.Repeat != nil, verr)
		}
	}
	if small == 0 {
		t.Error("Turns that fit were refused for the sake of others")
	}
	limit(1_000_000)
	if err := s.Commit(ctx, task(100_000)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestSQLiteImportBeside imports in one process, as it were, while another one
// serves on the same file.
func TestSQLiteImportBeside(t *testing.T) {
	dsn, keys := filepath.Join(t.TempDir(), "aviso.db"), newKeysForTest(t)
	importing := openForTest(t, dsn, keys)
	if importing.othersWait() {
		t.Error("somebody serves before anybody does")
	}
	serving, err := Open(context.Background(), Options{DSN: dsn, Keys: keys, VoidLeases: true})
	if err != nil {
		t.Fatal(err)
	}
	defer serving.Close()
	if !importing.othersWait() {
		t.Error("an import does not see who serves")
	}
	ctx := context.Background()
	var list []Incoming
	for i := range 3000 {
		list = append(list, Incoming{Profile: gateway.Profile{Phone: gateway.Phone(fmt.Sprintf("+1312%07d", i)), Name: "Juan"}})
	}
	done := make(chan error, 1)
	go func() {
		_, err := importing.ImportProfiles(ctx, list)
		done <- err
	}()
	fresh := gateway.NewFresh(time.Now(), rand.Reader)
	commits := 0
	for running := true; running; commits++ {
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("import: %v", err)
			}
			running = false
		default:
		}
		if err := serving.Commit(ctx, gateway.Turn{At: time.Now(), Tasks: []gateway.Task{{ID: fresh.ID(), State: gateway.TaskOpen}}}); err != nil {
			t.Fatalf("commit %d beside an import: %v", commits, err)
		}
	}
	if commits < 5 {
		t.Errorf("only %d commits got through beside an import", commits)
	}
	n := 0
	if err := serving.Profiles(ctx, func(*gateway.Profile) error { n++; return nil }); err != nil || n != len(list) {
		t.Errorf("%d profiles (%v), want %d", n, err, len(list))
	}
}

// TestSQLiteWriterStuck leaves the writer's connection in a transaction, as an
// error that SQLite did not clear up would. It is given up, and the next Turn is
// a transaction of its own again.
func TestSQLiteWriterStuck(t *testing.T) {
	s := openForTest(t, filepath.Join(t.TempDir(), "aviso.db"), newKeysForTest(t))
	ctx := context.Background()
	fresh := gateway.NewFresh(time.Now(), rand.Reader)
	turn := func() gateway.Turn {
		return gateway.Turn{At: time.Now(), Tasks: []gateway.Task{{ID: fresh.ID(), State: gateway.TaskOpen}}}
	}
	if err := s.Commit(ctx, turn()); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.(*sqlite).writer.exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(ctx, turn()); err == nil {
		t.Error("a Turn was confirmed in a transaction that is not its own")
	}
	for range 2 {
		if err := s.Commit(ctx, turn()); err != nil {
			t.Errorf("commit afterwards: %v", err)
		}
	}
}

// TestSQLiteGlances reads a View by each of the ways there are: on the writer's
// connection; beside it while it waits for another process, well before that lets
// go; beside one that is of no use, which is given up.
func TestSQLiteGlances(t *testing.T) {
	s := openForTest(t, filepath.Join(t.TempDir(), "aviso.db"), newKeysForTest(t))
	db, ctx := s.engine.(*sqlite), context.Background()
	phone := gateway.Phone("+13125550100")
	if _, err := s.ImportProfiles(ctx, []Incoming{{Profile: gateway.Profile{Phone: phone, Name: "Juan"}}}); err != nil {
		t.Fatal(err)
	}
	view := func(how string) {
		t.Helper()
		soon, cancel := context.WithTimeout(ctx, sqliteBusy/2)
		defer cancel()
		v, err := s.View(soon, gateway.Scope{Phone: phone})
		if err != nil || v.Own == nil || v.Own.Name != "Juan" {
			t.Errorf("%s: %+v, %v", how, v.Own, err)
		}
	}
	view("on the writer's connection")

	other, err := connectSQLite(db.path, sqliteWriting, "")
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	u := s.unit(statement{sql: `INSERT INTO meta (name, number, value) VALUES ($1, 0, $2)`, args: []any{"a", []byte{1}}})
	db.units <- u
	for len(db.units) > 0 { // until the writer has it
		time.Sleep(time.Millisecond)
	}
	for range 3 {
		view("while another process writes")
	}
	select {
	case err := <-u.done:
		t.Fatalf("the write lock was free: %v", err)
	default:
	}
	if err := other.exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-u.done; err != nil {
		t.Errorf("when it lets go: %v", err)
	}

	if err := db.writer.exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	view("beside a writer that is stuck")
	if err := db.writer.exec("BEGIN IMMEDIATE"); err != nil {
		t.Errorf("the writer stays stuck: %v", err)
	} else if err := db.writer.exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}
