package store

import (
	"context"
	"runtime"
)

// maxShared is how many reads share one snapshot at most: at some 50 us each,
// nobody waits much longer than a millisecond for the others.
const maxShared = 32

// glance is a quick read that waits for its snapshot.
type glance struct {
	do   func(*snapshot) error
	done chan error // of capacity 1

	broke    any  // what do panicked with
	panicked bool // it did
}

// startGlancing starts the goroutines that glance, one a core: more of them
// would only make each snapshot serve fewer.
func (db *sqlite) startGlancing() {
	for range max(2, runtime.GOMAXPROCS(0)) {
		db.glancing.Go(db.glanceAll)
	}
}

// glance runs do on a snapshot that begins after the call. The caller's ctx ends
// the waiting for one.
//
// Glances that wait at the same time share a snapshot. SQLite forgets a
// connection's pages when somebody has committed meanwhile, so that a read on
// its own fetches and takes apart some fifty of them anew; one that shares a
// snapshot finds most of them there.
func (db *sqlite) glance(ctx context.Context, do func(*snapshot) error) error {
	r := &glance{do: do, done: make(chan error, 1)}
	select {
	case db.glances <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closing:
		return ErrClosed
	}
	err := <-r.done
	if r.panicked {
		panic(r.broke) // where it would have without a goroutine between
	}
	return err
}

// glanceAll is the goroutine of one that glances.
func (db *sqlite) glanceAll() {
	var conn *sqliteConn
	defer func() {
		if conn != nil {
			conn.close() // a reader has nothing to lose
		}
	}()
	group := make([]*glance, 0, maxShared)
	for {
		select {
		case r := <-db.glances:
			group = append(group[:0], r)
		case <-db.closing:
			return
		}
		for more := true; more && len(group) < maxShared; {
			select {
			case r := <-db.glances:
				group = append(group, r)
			default:
				more = false
			}
		}
		conn = db.glanceGroup(conn, group)
		clear(group)
	}
}

// glanceGroup runs glances on one snapshot, and returns the connection for the next
// ones; nil where it is of no more use.
func (db *sqlite) glanceGroup(conn *sqliteConn, group []*glance) *sqliteConn {
	var err error
	if conn == nil {
		conn, err = connectSQLite(db.path, sqliteReading, "")
		// Without a map of the file: after each commit of another connection
		// SQLite would unmap it and fault its pages in anew.
		if err == nil {
			err = conn.exec("PRAGMA mmap_size = 0")
		}
	}
	if err == nil {
		err = conn.exec("BEGIN")
	}
	for _, r := range group {
		if err != nil {
			r.done <- err
			continue
		}
		r.run(conn)
	}
	if conn != nil && conn.end("COMMIT") != nil {
		conn.close() // what it has read is as good as it was
		conn = nil
	}
	return conn
}

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
