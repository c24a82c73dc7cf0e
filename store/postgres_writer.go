package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// deadlockTries is how often a unit on its own is run again after a deadlock;
// the server takes a second to see one.
const deadlockTries = 3

// write hands a unit to the writers. Claims and the like, which are alone, do
// not wait for a group, nor a group for the rows that they lock.
func (db *postgres) write(ctx context.Context, u *unit) error {
	if db.readOnly {
		return ErrReadOnly
	}
	if u.alone {
		select {
		case <-db.closing:
			return ErrClosed
		default:
		}
		go db.commitGroup([]*unit{u})
	} else {
		select {
		case db.units <- u:
		case <-ctx.Done():
			return ctx.Err()
		case <-db.closing:
			return ErrClosed
		}
	}
	select {
	case err := <-u.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *postgres) writeAll() {
	group := make([]*unit, 0, maxGroup)
	for {
		select {
		case u := <-db.units:
			group = gather(append(group[:0], u), db.units)
			db.commitGroup(group)
		case <-db.closing:
			for {
				select {
				case u := <-db.units:
					db.commitGroup(append(group[:0], u))
				default:
					return
				}
			}
		}
	}
}

// commitGroup gives every unit its outcome, as SQLite's does. A group whose
// connection broke has an unknown outcome and is not run again: each caller gets
// the error, and the Turn's key tells whoever repeats it.
func (db *postgres) commitGroup(group []*unit) {
	for regroup := 0; len(group) > 1 && regroup < maxRegroup; regroup++ {
		failed, err := db.commit(group)
		switch {
		case err == nil || errors.Is(err, errUnknown):
			for _, u := range group {
				u.done <- err
			}
			return
		case errors.Is(err, errVerdict):
			group[failed].done <- err
			group = append(group[:failed], group[failed+1:]...)
			continue
		}
		break
	}
	for i, u := range group {
		_, err := db.commit(group[i : i+1])
		for try := 1; errors.Is(err, errDeadlock) && try < deadlockTries; try++ {
			_, err = db.commit(group[i : i+1])
		}
		u.done <- err
	}
}

// errUnknown: the connection was lost between sending a group and hearing what
// became of it.
var errUnknown = errors.New("the connection was lost; it is not known whether the change was made")

// commit runs units as one transaction in one round trip, and reports the one
// that failed.
func (db *postgres) commit(group []*unit) (failed int, err error) {
	list := []statement{{sql: "SELECT pg_advisory_xact_lock_shared($1)", args: []any{int64(postgresExclude)}}}
	owner := []int{0} // of each statement
	wakes := false
	for i, u := range group {
		for st := range u.fenced(group[:i]) {
			list = append(list, *st)
			owner = append(owner, i)
		}
		wakes = wakes || u.wakes
	}
	if wakes {
		list = append(list, statement{sql: "SELECT pg_notify($1, '')", args: []any{postgresChannel}})
		owner = append(owner, len(group)-1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), postgresWrite)
	defer cancel()
	at, err := db.sendOn(ctx, list)
	if pgconn.SafeToRetry(err) { // nothing was sent
		at, err = db.sendOn(ctx, list)
	}
	if at < 0 {
		return 0, err
	}
	if errors.Is(err, errViolation) {
		err = verdict{list[at].verdict()}
	}
	return owner[at], err
}

// sendOn sends statements on a connection of the pool.
func (db *postgres) sendOn(ctx context.Context, list []statement) (failed int, err error) {
	conn, err := db.acquire(ctx)
	if err != nil {
		return -1, fmt.Errorf("no connection: %w", err)
	}
	defer conn.Release()
	failed, err = send(ctx, conn.Conn(), list)
	if err != nil && conn.Conn().IsClosed() && !pgconn.SafeToRetry(err) {
		err = fmt.Errorf("%w: %w", errUnknown, err)
	}
	return failed, err
}
