package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// commitGroup gives every unit its outcome, as SQLite's does. Rows that are
// written together say of none of them that it was the one that broke a
// constraint: then the group is run again, row by row. A group whose connection
// broke has an unknown outcome and is not run again: each caller gets
// the error, and the Turn's key tells whoever repeats it.
func (db *postgres) commitGroup(group []*unit) {
	together := true
	for regroup := 0; len(group) > 1 && regroup < maxRegroup; regroup++ {
		failed, err := db.commit(group, together)
		switch {
		case err == nil || errors.Is(err, errUnknown):
			for _, u := range group {
				u.done <- err
			}
			return
		case errors.Is(err, errVerdict) && failed == severalOwners:
			together = false
			continue
		case errors.Is(err, errVerdict):
			group[failed].done <- err
			group = append(group[:failed], group[failed+1:]...)
			continue
		}
		break
	}
	for i, u := range group {
		_, err := db.commit(group[i:i+1], true)
		for try := 1; errors.Is(err, errDeadlock) && try < deadlockTries; try++ {
			_, err = db.commit(group[i:i+1], true)
		}
		u.done <- err
	}
}

// errUnknown: the connection was lost between sending a group and hearing what
// became of it.
var errUnknown = errors.New("the connection was lost; it is not known whether the change was made")

// commit runs units as one transaction in one round trip, their rows together or
// one by one, and reports the one that failed; severalOwners where it may be any.
func (db *postgres) commit(group []*unit, together bool) (failed int, err error) {
	var s sent
	s.add(0, statement{sql: "SELECT pg_advisory_xact_lock_shared($1)", args: []any{int64(postgresExclude)}})
	if together {
		s.gathered(group, s.arrays)
	} else {
		for i := range group {
			s.singly(group, i)
		}
	}
	if slices.ContainsFunc(group, func(u *unit) bool { return u.wakes }) {
		s.add(len(group)-1, statement{sql: "SELECT pg_notify($1, '')", args: []any{postgresChannel}})
	}
	ctx, cancel := context.WithTimeout(context.Background(), postgresWrite)
	defer cancel()
	at, err := db.sendOn(ctx, s.list)
	if pgconn.SafeToRetry(err) { // nothing was sent
		at, err = db.sendOn(ctx, s.list)
	}
	if at < 0 {
		return 0, err
	}
	if errors.Is(err, errViolation) {
		err = verdict{s.list[at].verdict()}
	}
	return s.owners[at], err
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
