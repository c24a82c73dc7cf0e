package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"iter"
	"time"

	"aviso/gateway"
)

// engine is what SQLite and PostgreSQL differ in. Everything else, every
// statement included, is written once.
type engine interface {
	// read runs do on one snapshot of the database.
	read(ctx context.Context, do func(*snapshot) error) error

	// glance is read for what is quick and frequent: glances that wait at the
	// same time may share a snapshot, and wait for each other.
	glance(ctx context.Context, do func(*snapshot) error) error

	// write commits a unit, all of it or nothing, durable on return. Units
	// that wait at the same time share a transaction; one that fails harms no
	// other. A caller whose ctx ends leaves without knowing the outcome.
	write(ctx context.Context, u *unit) error

	// listen calls hint when somebody else may have changed something, until
	// ctx ends.
	listen(ctx context.Context, hint, retried func())

	// setUp takes the lock under which schemas change and runs do in one
	// transaction.
	setUp(ctx context.Context, do func(setUp) error) error

	// exclude runs do in one transaction that no unit is committed beside,
	// on any node. It has to be short: everybody waits.
	exclude(ctx context.Context, do func(setUp) error) error

	close() error
}

// statement is one SQL statement, with $1, $2 … in the order of args. An
// argument is an int64, a string, a []byte or nil.
type statement struct {
	sql  string
	args []any

	// each is called with every row that comes back. It must not keep on to
	// the row, but may keep its values.
	each func(row) error

	// reset is called each time before the statement runs: a transaction that
	// was rolled back for a neighbour's sake is run once more.
	reset func()

	// means is what it means where the statement breaks a constraint; nil:
	// ErrConflict.
	means error
}

// unit is a list of statements that are committed together, none of which
// needs an earlier one's result.
type unit struct {
	statements []statement

	// wakes says that something may be due because of it: other nodes are
	// given a hint.
	wakes bool

	// roll is the number of the roll that it writes; 0: it writes none.
	roll int64

	// force are the keys that its statements were made with; nil: there is
	// nothing of keys in them.
	force *force

	// alone says that it is no Turn, and may lock what Turns change: where
	// writers run side by side it has a transaction of its own.
	alone bool

	done chan error // of capacity 1
}

// fenced are a unit's statements, behind a fence where those before it in the
// transaction do not stand behind the same one.
func (u *unit) fenced(before []*unit) iter.Seq[*statement] {
	return func(yield func(*statement) bool) {
		if u.force != nil && (len(before) == 0 || before[len(before)-1].force != u.force) {
			f := fence(u.force.epoch)
			if !yield(&f) {
				return
			}
		}
		for i := range u.statements {
			if !yield(&u.statements[i]) {
				return
			}
		}
	}
}

// snapshot reads statements in order, as of one moment.
type snapshot struct {
	run func(...statement) error

	force  *force // that it is read with; nil: nothing of keys is read
	fenced bool   // they were found to be those in force
}

// setUp is a transaction in which one statement follows another.
type setUp interface {
	exec(sql string, args ...any) error
	query(sql string, each func(row) error, args ...any) error
	// empty reports whether the database has no table yet.
	empty() (bool, error)
	// script runs the statements of one migration.
	script(sql string) error
}

// errViolation is a constraint that a statement would have broken: a key that
// is there already, or a sequence number that has moved on.
var errViolation = errors.New("constraint violated")

// verdict is what a violation in one of a Turn's statements means.
func (s *statement) verdict() error {
	if s.means != nil {
		return s.means
	}
	return gateway.ErrConflict
}

// row is what a statement gave: int64, string, []byte or nil by column.
type row []driver.Value

func (r row) int(i int) int64 {
	n, _ := r[i].(int64)
	return n
}

func (r row) flag(i int) bool { return r.int(i) != 0 }

func (r row) text(i int) string {
	s, _ := r[i].(string)
	return s
}

func (r row) bytes(i int) []byte {
	b, _ := r[i].([]byte)
	return b
}

func (r row) id(i int) gateway.ID {
	var id gateway.ID
	copy(id[:], r.bytes(i))
	return id
}

func (r row) time(i int) time.Time {
	if n := r.int(i); n != 0 {
		return time.UnixMicro(n).UTC()
	}
	return time.Time{}
}

// micros is a time as it is kept: microseconds since 1970; 0: none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// idOrNull is an id as it is kept in a column that may have none.
func idOrNull(id gateway.ID) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// bytesOrNull is nil, not an empty []byte, where there is nothing: the two
// engines disagree about a typed nil.
func bytesOrNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// unit is made of statements that one commit writes, apart from any Turn.
func (s *Store) unit(statements ...statement) *unit {
	return &unit{statements: statements, alone: true, done: make(chan error, 1)}
}

// verdict is a violation with its meaning, which is the unit's own outcome.
type verdict struct{ means error }

var errVerdict = errors.New("verdict")

func (v verdict) Error() string        { return v.means.Error() }
func (v verdict) Unwrap() error        { return v.means }
func (v verdict) Is(target error) bool { return target == errVerdict }
