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

// writeAll is the writer's goroutine: it runs the glances that wait and commits
// the units that wait, each together. It waits for nothing more, because while
// one group is being made durable the next one gathers.
func (db *sqlite) writeAll() {
	units, glances := make([]*unit, 0, maxGroup), make([]*glance, 0, maxShared)
	for {
		units, glances = units[:0], glances[:0]
		select {
		case u := <-db.units:
			units = append(units, u)
		case r := <-db.glances:
			glances = append(glances, r)
		case <-db.closing:
			for {
				select {
				case u := <-db.units:
					db.commitGroup(append(units[:0], u))
				default:
					return
				}
			}
		}
		glances = gather(glances, db.glances)
		db.glanceGroup(glances) // first: they are quick, and become units
		clear(glances)
		db.commitGroup(gather(units, db.units))
	}
}

// gather adds what waits, as long as there is room.
func gather[T any](group []T, waiting <-chan T) []T {
	for len(group) < cap(group) {
		select {
		case one := <-waiting:
			group = append(group, one)
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

// commit runs units as one transaction, kind by kind of their rows, and reports the
// one that failed. What is alone stays as it is: an import has an order of its own.
func (db *sqlite) commit(group []*unit) (failed int, err error) {
	var s sent
	if len(group) > 1 {
		s.gathered(group, s.rows)
	} else {
		s.singly(group, 0)
	}
	if err := db.connected(); err != nil {
		return 0, err
	}
	if err := begin(db.writer); err != nil {
		return 0, db.abandon(err)
	}
	for i := range s.list {
		st := &s.list[i]
		if err := db.writer.run(st); err != nil {
			if errors.Is(err, errViolation) {
				err = verdict{st.verdict()}
			}
			return s.owners[i], db.abandon(err)
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

// connected sees to it that there is a connection to write on: one that was of
// no more use was given up.
func (db *sqlite) connected() (err error) {
	if db.writer == nil {
		db.writer, err = db.connectWriter(context.Background())
	}
	return err
}

// abandon leaves a transaction without what it has changed.
func (db *sqlite) abandon(err error) error {
	return errors.Join(err, db.leave("ROLLBACK"))
}

// leave leaves the transaction. A connection that is not back outside of one
// would commit later units singly, or not at all: it is given up.
func (db *sqlite) leave(how string) error {
	err := db.writer.end(how)
	if err != nil {
		err = errors.Join(err, db.writer.close())
		db.writer = nil
	}
	return err
}
