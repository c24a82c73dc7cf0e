package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// maxShared is how many glances share one snapshot at most: at some 50 us
	// each, nobody waits much longer than 10 ms for the others.
	maxShared = 256

	// glancePatience is how long a glance waits for the writer. It is busy for
	// half as long with a step of an import, for longer where another process
	// holds the write lock. Were it less than what a large group takes, reads
	// that cost more would come on top of just those, and make them larger.
	glancePatience = 100 * time.Millisecond
)

// glance is a quick read that waits for the writer to take it.
type glance struct {
	do   func(*snapshot) error
	done chan error // of capacity 1

	broke    any  // what do panicked with
	panicked bool // it did
}

// glance runs do on a snapshot that begins after the call. The caller's ctx ends
// the waiting for one.
//
// The writer's connection reads, between two groups: SQLite forgets a
// connection's pages when another one has committed, so that any other would
// fetch and take apart some fifty of them anew, which costs three times what the
// read itself does. Glances that wait at the same time share a snapshot. One for
// which the writer has no time is read like any other.
func (db *sqlite) glance(ctx context.Context, do func(*snapshot) error) error {
	if db.readOnly {
		return db.read(ctx, do)
	}
	r := &glance{do: do, done: make(chan error, 1)}
	patience := time.NewTimer(glancePatience)
	defer patience.Stop()
	select {
	case db.glances <- r:
	case <-patience.C:
		return db.read(ctx, do)
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closing:
		return ErrClosed
	}
	err := <-r.done
	if r.panicked {
		panic(r.broke) // where it would have without a goroutine between
	}
	if errors.Is(err, errNoWriter) || sqliteIsBusy(err) { // the writer waits for no other process
		return db.read(ctx, do)
	}
	return err
}

// glanceGroup runs glances on one snapshot.
func (db *sqlite) glanceGroup(group []*glance) {
	if len(group) == 0 {
		return
	}
	err := db.connected()
	if err == nil {
		if err = db.writer.exec("BEGIN"); err != nil {
			err = db.abandon(err)
		}
	}
	if err != nil {
		for _, r := range group {
			r.done <- fmt.Errorf("%w: %w", errNoWriter, err)
		}
		return
	}
	for _, r := range group {
		r.run(db.writer)
	}
	_ = db.leave("COMMIT") // what was read is as good as it was
}

// errNoWriter: the writer's connection is of no use just now.
var errNoWriter = errors.New("the writer cannot read")

func (r *glance) run(conn *sqliteConn) {
	var err error
	defer func() {
		if r.broke = recover(); r.broke != nil {
			r.panicked = true
		}
		r.done <- err
	}()
	err = r.do(&snapshot{run: conn.all})
}
