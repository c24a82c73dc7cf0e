package store

import (
	"context"
	"errors"
	"time"
)

// maxGroup is how many units one transaction commits at most: at some 50 us a
// unit, nobody waits much longer than 10 ms for the others.
const maxGroup = 256

// maxRegroup is how often a group is run again without the unit that broke a
// constraint, before the rest are run one at a time. In a burst of answers to
// one alert most of a group may be conflicts, and each run costs all.
const maxRegroup = 8

// write hands a unit to the writer. The caller's ctx ends the waiting, never a
// statement.
func (db *sqlite) write(ctx context.Context, u *unit) error {
	if db.readOnly {
		return ErrReadOnly
	}
	select {
	case db.units <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closing:
		return ErrClosed
	}
	select {
	case err := <-u.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writeAll is the writer's goroutine: it commits whatever waits, together. It
// waits for nothing more, because while one group is being made durable the
// next one gathers.
func (db *sqlite) writeAll() {
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

// gather adds the units that wait.
func gather(group []*unit, units <-chan *unit) []*unit {
	for len(group) < maxGroup {
		select {
		case u := <-units:
			group = append(group, u)
		default:
			return group
		}
	}
	return group
}

// commitGroup gives every unit its outcome. A unit that breaks a constraint has
// its verdict: it would be the same on its own, or is one after which the caller
// reads again. The others are run without it. Any other failure may be one
// unit's doing, so each is run on its own then.
func (db *sqlite) commitGroup(group []*unit) {
	for regroup := 0; len(group) > 1 && regroup < maxRegroup; regroup++ {
		failed, err := db.commit(group)
		if err == nil {
			for _, u := range group {
				u.done <- nil
			}
			return
		}
		if !errors.Is(err, errVerdict) {
			break
		}
		group[failed].done <- err
		group = append(group[:failed], group[failed+1:]...)
	}
	for i, u := range group {
		_, err := db.commit(group[i : i+1])
		u.done <- err
	}
}

// commit runs units as one transaction, and reports the one that failed.
func (db *sqlite) commit(group []*unit) (failed int, err error) {
	if db.writer == nil {
		if db.writer, err = db.connectWriter(context.Background()); err != nil {
			return 0, err
		}
	}
	if err := begin(db.writer); err != nil {
		return 0, db.abandon(err)
	}
	for i, u := range group {
		for st := range u.fenced(group[:i]) {
			if err := db.writer.run(st); err != nil {
				if errors.Is(err, errViolation) {
					err = verdict{st.verdict()}
				}
				return i, db.abandon(err)
			}
		}
	}
	if err := db.writer.exec("COMMIT"); err != nil {
		return 0, db.abandon(err)
	}
	select {
	case db.committed <- struct{}{}:
	default:
	}
	return 0, nil
}

// begin takes the write lock, for which other processes may stand in line too.
// SQLite itself would look again ever more seldom, after up to 100 ms; whoever
// imports beside us leaves the file alone for a few.
func begin(conn *sqliteConn) error {
	giveUp := time.Now().Add(sqliteBusy)
	for {
		err := conn.exec("BEGIN IMMEDIATE")
		if !sqliteIsBusy(err) || time.Now().After(giveUp) {
			return err
		}
		time.Sleep(sqliteAgain)
	}
}

// abandon leaves the transaction. A connection that is not back outside of one
// would commit later units singly, or not at all: it is given up.
func (db *sqlite) abandon(err error) error {
	if end := db.writer.end("ROLLBACK"); end != nil {
		err = errors.Join(err, end, db.writer.close())
		db.writer = nil
	}
	return err
}
