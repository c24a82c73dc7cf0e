// Package store keeps the records: one Go implementation and one SQL text over
// SQLite and PostgreSQL.
//
// A Turn becomes a list of statements, none of which needs an earlier one's
// result (turn.go). Its preconditions are rows: a dedupe key that is known and
// a sequence number that has moved on are both a constraint violation, on
// either engine. What differs stands behind engine: how a group of Turns is
// committed, how a snapshot is read, how one waits for a change.
//
// Whatever tells of a person is in a row's one sealed body (seal.go); they are
// found by keyed hash. The rows of table ledger chain what was done to each
// alert, profile and agent (ledger.go, verify.go).
//
// # What erasing leaves
//
// Erasing a person (Turn.Erase) deletes the profile, what it is found by, the
// conversation of its phone, and of each of its alerts the recipients,
// attempts, timers and tasks. Of an alert remain its times, state and
// consulate, for counting, and nothing that leads to the person: no reference,
// no profile, and in place of its body the sealed proof that we erased it. Of the audit chains remain the rows without their
// bodies, so that they still verify. Left alone is what belongs to others: the
// person as somebody else's contact, and what that contact was told. First
// answers to repeated webhooks (inbound) are kept by the hash of the carrier's
// id alone; no one is found by them, and they go by age. So does what is counted
// of texts to contacts (texted): by keyed hash of the contact's phone, in the name
// of a person who fits thousands of phones.
package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aviso/gateway"
)

// Options say what to open.
type Options struct {
	// DSN is a path (SQLite) or a postgres:// address.
	DSN string

	// Keys seals the records. Where it is nil the keyset is read from
	// KeysFile; it is made there, mode 0600, where neither that file nor any
	// record exists.
	Keys     *Keyset
	KeysFile string

	// ReadOnly opens an existing database of this very schema, and can commit
	// nothing.
	ReadOnly bool

	// Alone refuses a database that a node serves, on either engine
	// (ErrServing, ErrServed).
	Alone bool

	// Make is what Open may do to a database that it cannot use as it is.
	Make Make

	// Program is the version of this program. It is written down where Open
	// makes or migrates the database.
	Program string

	// VoidLeases frees at once what a dead process had claimed. Only for the
	// one process that serves on SQLite, which it makes sure of (ErrServed):
	// commands beside it must not. It does nothing on PostgreSQL, where what is
	// claimed may be a living node's.
	VoidLeases bool

	Clock func() time.Time // nil: time.Now
}

// Make is what Open may do to a database that it cannot use as it is.
type Make int

// From the one that serves, to commands that find the database as it is.
const (
	MakeSchema   Make = iota // makes one where there is none, and brings an older one to this schema
	MakeDatabase             // makes one where there is none, and refuses another schema
	MakeNothing              // refuses both
)

// Opened is what Open did to the database.
type Opened struct {
	Made     bool // there was none
	From, To int  // the schema before and after; From is 0 where it was made
}

// Errors that Open refuses with. Each is a sentence for the operator.
var (
	ErrOtherKeyset = errors.New("the database is sealed with another keyset; start with the keyset that it was made with")
	ErrOldKeyset   = errors.New("a key is needed that this keyset has not got: it is a copy from before a rotation, or from after the key was dropped; start with a newer or an older copy")
	ErrNoKeyset    = errors.New("the database holds sealed records, but its keyset is missing; put it back. Without it nobody can read them, neither you nor the authors of this program")
	ErrNewerSchema = errors.New("the database was written by a newer version of this program; start that version or a later one")
	ErrOldSchema   = errors.New("the database was written by an older version of this program; run `aviso migrate`, or start `aviso serve` once")
	ErrServing     = errors.New("a node serves the database; stop every `aviso serve` on it first")
	ErrReadOnly    = errors.New("the database is open for reading only")
	ErrNoDatabase  = errors.New("there is no database yet")
	ErrClosed      = errors.New("the database is closed")
)

// Store keeps the records. It is safe for concurrent use.
type Store struct {
	engine
	*sealer
	given    *Keyset // as in Options
	keysFrom string  // as in Options
	again    keysAgain
	onRetry  atomic.Pointer[func(what string)]
	forgeries
	rereading sync.Mutex // one goroutine at a time takes other keys into force

	rolled   atomic.Pointer[rolled] // the roll that was read last
	rollSeen highest

	clock   func() time.Time
	rand    io.Reader
	changes *changes

	importing atomic.Int64 // profiles of an import's next step; 0: not known yet

	directory atomic.Pointer[directory]

	stop    context.CancelFunc
	idle    sync.WaitGroup
	release func() error // of the lock on a file that this process serves; nil: it serves none

	// Opened is what Open did to the database.
	Opened Opened
}

var _ gateway.Store = (*Store)(nil)

// Open opens a database, and makes or migrates it where it has to.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{given: o.Keys, keysFrom: o.KeysFile, clock: o.Clock, rand: rand.Reader, changes: newChanges()}
	if s.clock == nil {
		s.clock = time.Now
	}
	var err error
	if (o.VoidLeases || o.Alone) && !isPostgres(o.DSN) {
		if s.release, err = serveAlone(o.DSN); err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
	}
	if isPostgres(o.DSN) {
		s.engine, err = openPostgres(ctx, o)
	} else {
		s.engine, err = openSQLite(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.leave())
	}
	if err := s.prepare(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.engine.close(), s.leave())
	}
	listening, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.idle.Go(func() { s.listen(listening, s.changes.hint, func() { s.retried("listen") }) })
	return s, nil
}

// OnRetry has f told of what fails and is tried again: listen, keys. f may not
// block.
func (s *Store) OnRetry(f func(what string)) { s.onRetry.Store(&f) }

func (s *Store) retried(what string) {
	if f := s.onRetry.Load(); f != nil {
		(*f)(what)
	}
}

// isPostgres reports whether a DSN is an address rather than a path.
func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// prepare brings the schema up to date and finds the keyset that opens it.
// Both happen under one lock, so that two processes which start together on an
// empty database end with one schema and one keyset.
func (s *Store) prepare(ctx context.Context, o Options) error {
	err := s.setUp(ctx, func(tx setUp) error {
		empty, err := tx.empty()
		if err != nil {
			return err
		}
		if empty && (o.ReadOnly || o.Make == MakeNothing) {
			return ErrNoDatabase
		}
		var schema, epoch int64
		var names []keyName
		if !empty {
			var program string
			if err := tx.query(`SELECT name, number, value FROM meta WHERE name IN ('schema', 'keys', 'program')`, func(r row) error {
				switch r.text(0) {
				case "schema":
					schema = r.int(1)
				case "program":
					program = string(r.bytes(2))
				default:
					epoch, names = r.int(1), keyNames(r.bytes(2))
				}
				return nil
			}); err != nil {
				return fmt.Errorf("this is no database of this program: %w", err)
			}
			switch of := (&SchemaError{Schema: int(schema), Program: program}); {
			case schema > int64(len(migrations)):
				of.err = ErrNewerSchema
				return of
			case schema < int64(len(migrations)) && (o.ReadOnly || o.Make != MakeSchema):
				of.err = ErrOldSchema
				return of
			}
		}
		keys, err := keysetFor(o.Keys, o.KeysFile, empty)
		if err != nil {
			return err
		}
		if empty {
			names = keys.first()
		}
		if err := keys.mayOpen(names); err != nil {
			return err
		}
		if s.sealer, err = newSealer(keys); err != nil {
			return err
		}
		if names, err = migrate(tx, schema, keys, names, micros(s.clock()), o.Program); err != nil {
			return err
		}
		s.Opened = Opened{Made: empty, From: int(schema), To: len(migrations)}
		if schema > 0 && schema <= inOrderSince { // which begins to count
			epoch = 0
		}
		first, err := keys.force(epoch, names)
		if err != nil {
			return err
		}
		s.keys.Store(first)
		if int64(len(migrations)) <= rightsSince {
			return nil // in a test of what came before
		}
		if schema <= rightsSince {
			if err := (signing{s}).all(tx, first, isPostgres(o.DSN)); err != nil {
				return fmt.Errorf("migration %d: %w", rightsSince+1, err)
			}
		}
		return first.provedIn(tx, s.sealer)
	})
	if err != nil || !o.VoidLeases || isPostgres(o.DSN) {
		return err
	}
	return voidLeases(ctx, s)
}

// Schema is the number of this version's schema.
func Schema() int { return len(migrations) }

// SchemaError refuses a database of another schema than this version's. It is
// ErrOldSchema or ErrNewerSchema.
type SchemaError struct {
	Schema  int    // the database's
	Program string // the version that wrote it; empty: it left no name
	err     error
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("%v (its schema is %d, written by version %s; this version's schema is %d)", e.err, e.Schema, cmp.Or(e.Program, "unknown"), Schema())
}

func (e *SchemaError) Unwrap() error { return e.err }

// migrate runs what the database has not seen yet, and writes down which
// version of the program did. The first migration also writes down which keys
// open it, and gives their names in their order.
func migrate(tx setUp, schema int64, keys *Keyset, names []keyName, at int64, program string) ([]keyName, error) {
	if schema == int64(len(migrations)) {
		return names, nil
	}
	for n := schema; n < int64(len(migrations)); n++ {
		if err := tx.script(migrations[n]); err != nil {
			return nil, fmt.Errorf("migration %d: %w", n+1, err)
		}
		switch n {
		case 0:
			for _, name := range []string{"schema", "directory", "consulates", "ping", "keys"} {
				if err := tx.exec(`INSERT INTO meta (name, number) VALUES ($1, 0)`, name); err != nil {
					return nil, fmt.Errorf("migration 1: %w", err)
				}
			}
		case inOrderSince:
			names = keys.inOrder(names)
			if err := tx.exec(updateKeys, int64(0), joinNames(names)); err != nil {
				return nil, fmt.Errorf("migration %d: %w", n+1, err)
			}
			for _, name := range names {
				if err := tx.exec(insertSpan, name[:], at); err != nil {
					return nil, fmt.Errorf("migration %d: %w", n+1, err)
				}
			}
		}
	}
	if err := tx.exec(`INSERT INTO meta (name, number, value) VALUES ('program', 0, $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, []byte(program)); err != nil {
		return nil, err
	}
	return names, tx.exec(`UPDATE meta SET number = $1 WHERE name = 'schema'`, int64(len(migrations)))
}

// Close waits for what has been handed over, and closes the database.
func (s *Store) Close() error {
	s.stop()
	s.idle.Wait()
	return errors.Join(s.engine.close(), s.leave())
}

// leave lets another process serve the file.
func (s *Store) leave() error {
	if s.release == nil {
		return nil
	}
	return s.release()
}

// Fingerprint names the keyset that the store was opened with.
func (s *Store) Fingerprint() string { return s.keys.Load().set.Fingerprint() }

// Ping proves that the database can write: it commits a few bytes.
func (s *Store) Ping(ctx context.Context) error {
	u := s.unit(statement{sql: `UPDATE meta SET number = number + 1 WHERE name = 'ping'`})
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Commit implements gateway.Store.
func (s *Store) Commit(ctx context.Context, turn gateway.Turn) error {
	alerts, err := s.alertsOf(ctx, turn.Erase)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	var u *unit
	for try := 0; ; try++ {
		was, err := newRights(s).rollFor(ctx, &turn)
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		err = s.commit(ctx, func() (_ *unit, err error) {
			u, err = s.turn(&turn, alerts, was)
			return u, err
		})
		if errors.Is(err, errRollMoved) && try < rollTries {
			continue
		}
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		break
	}
	s.rollSeen.saw(u.roll)
	if u.wakes {
		s.changes.hint()
	} else {
		s.changes.stir()
	}
	return nil
}
