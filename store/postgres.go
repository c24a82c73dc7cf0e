package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The budget of an event is Twilio's 15 s: a View and a Commit that both wait
// for a database that has gone end in time for a 503, so that the carrier's
// fall-back speaks.
const (
	postgresConnect = 3 * time.Second
	postgresRead    = 5 * time.Second
	postgresWrite   = 5 * time.Second

	// postgresOpens is how often a connection is tried for when the database is
	// opened: a command that begins on a busy machine waits longer than an event.
	postgresOpens = 3

	// postgresRetry is the pause before a listener that has lost its connection
	// looks for another, at first; it doubles up to postgresRetryMost. Polling
	// goes on meanwhile.
	postgresRetry     = time.Second
	postgresRetryMost = 15 * time.Second
)

const (
	// postgresConns is what one node opens where the address does not say
	// pool_max_conns: one that writes Turns, one that reads Views, the rest for
	// claims and slots, pages and commands. Five nodes fit into
	// PostgreSQL's own limit of 100.
	postgresConns = 16
)

// byIndex has a connection find rows by their indexes, whatever the server thinks
// of a table's size; there is one for everything that is asked (plan_test.go). A
// plan for arrays is made once and kept: of a table that is nearly empty at that
// moment it would read all each time, and go on so for a minute or two of a
// burst, until the server has counted the rows.
const byIndex = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"

// postgresLock is the advisory lock under which the schema changes.
const postgresLock = 0x61_76_69_73_6f // "aviso"

// postgresExclude is the advisory lock that every commit holds, with the others,
// and that exclude holds alone.
const postgresExclude = postgresLock + 1

// postgresServing is the advisory lock that every node which serves holds, with
// the others, while it is connected.
const postgresServing = postgresLock + 2

// postgresPatience is how long exclude waits for commits under way, which take
// some milliseconds.
const postgresPatience = time.Second

// postgresChannel is what nodes wake each other on.
const postgresChannel = "aviso"

// postgres is the engine on a server that any number of nodes share.
type postgres struct {
	pool     *pgxpool.Pool
	readOnly bool
	serving  bool // for long, like others
	alone    bool // refuses a database that others serve
	units    chan *unit
	closing  chan struct{}
	writing  sync.WaitGroup
	glances  chan *glancing // wait for a snapshot (postgres_glance.go)
}

func openPostgres(ctx context.Context, o Options) (*postgres, error) {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		// pgx keeps the password out of its message, but not the host or user.
		return nil, errors.New("the address of the PostgreSQL server is not well-formed")
	}
	if !strings.Contains(o.DSN, "pool_max_conns") {
		config.MaxConns = postgresConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = postgresConnect
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, byIndex)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	db := &postgres{
		pool: pool, readOnly: o.ReadOnly, serving: o.VoidLeases, alone: o.Alone, units: make(chan *unit, maxGroup), closing: make(chan struct{}),
		glances: make(chan *glancing),
	}
	for try := 1; ; try++ {
		err := db.check(ctx)
		if err == nil {
			return db, nil
		}
		if try == postgresOpens || ctx.Err() != nil || !pgconn.Timeout(err) {
			pool.Close()
			return nil, err
		}
	}
}

// check refuses a server that forgets what it has confirmed.
func (db *postgres) check(ctx context.Context) error {
	var mode string
	if err := db.pool.QueryRow(ctx, "SHOW synchronous_commit").Scan(&mode); err != nil {
		return err
	}
	if mode == "off" {
		return errors.New("PostgreSQL runs with synchronous_commit off, so that an alert which was confirmed may be lost; switch it on")
	}
	return nil
}

func (db *postgres) close() error {
	close(db.closing)
	db.writing.Wait()
	db.pool.Close()
	return nil
}

// read runs do in one repeatable-read transaction, which begins with do's first
// statements, in the same round trip. A connection that turns out to be lost,
// as all are after the server was started anew, is replaced once.
func (db *postgres) read(ctx context.Context, do func(*snapshot) error) error {
	conn, err := db.acquire(ctx)
	if err != nil {
		return err
	}
	// Whichever it is by then; one that is still in a transaction is given up.
	defer func() {
		if conn != nil {
			conn.Release()
		}
	}()
	// The caller's ctx ends the waiting for a connection. Ended within a
	// statement it would cost the connection.
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), postgresRead)
	defer cancel()
	begun := false
	err = do(&snapshot{run: func(list ...statement) error {
		if begun {
			_, err := send(reading, conn.Conn(), list)
			return err
		}
		begun = true
		list = append([]statement{beginSnapshot}, list...)
		_, err := send(reading, conn.Conn(), list)
		if pgconn.SafeToRetry(err) {
			conn.Release()
			if conn, err = db.acquire(ctx); err == nil {
				_, err = send(reading, conn.Conn(), list)
			}
		}
		return err
	}})
	if begun && conn != nil {
		_, end := conn.Exec(reading, "COMMIT")
		err = errors.Join(err, postgresError(end))
	}
	return err
}

// acquire waits for a connection, no longer than an event may.
func (db *postgres) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, postgresRead)
	defer cancel()
	return db.pool.Acquire(ctx)
}

// send runs statements in one round trip: outside of a transaction they are one
// of their own, committed when send returns without an error. It says which one
// failed.
func send(ctx context.Context, conn *pgx.Conn, list []statement) (failed int, err error) {
	var batch pgx.Batch
	for i := range list {
		st := &list[i]
		if st.reset != nil {
			st.reset()
		}
		batch.Queue(postgresSQL(st.sql), st.args...)
	}
	results := conn.SendBatch(ctx, &batch)
	failed = -1
	for i := range list {
		if err = receive(results, &list[i]); err != nil {
			failed = i
			break
		}
	}
	// An error that only the end brings is the commit's own.
	if end := results.Close(); err == nil {
		err = end
	}
	return failed, postgresError(err)
}

func receive(results pgx.BatchResults, st *statement) error {
	if st.each == nil {
		_, err := results.Exec()
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	var row row
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		row = row[:0]
		for _, v := range values {
			row = append(row, driver.Value(v))
		}
		if err := st.each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// postgresText turns the common text into PostgreSQL's. As an array the rows
// that a claim takes are picked once; a plain IN may run its select again, and
// take more than its limit.
var postgresText = strings.NewReplacer(
	"{clustered}", "",
	"{pick}", "= ANY(ARRAY(", "{end}", "))",
	"{skip}", "FOR UPDATE SKIP LOCKED",
)

func postgresSQL(sql string) string {
	if strings.IndexByte(sql, '{') < 0 {
		return sql
	}
	return postgresText.Replace(sql)
}

// listen waits for the other nodes' hints on a connection of its own.
func (db *postgres) listen(ctx context.Context, hint, retried func()) {
	for pause := postgresRetry; ; pause = min(2*pause, postgresRetryMost) {
		begun := time.Now()
		err := db.listenOnce(ctx, hint)
		if ctx.Err() != nil {
			return
		}
		_ = err // a database that is away shows with every read
		retried()
		if time.Since(begun) > postgresRetryMost {
			pause = postgresRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		hint() // whatever happened meanwhile
	}
}

func (db *postgres) listenOnce(ctx context.Context, hint func()) error {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), postgresRetry)
		defer cancel()
		conn.Close(ending)
	}()
	if db.serving {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", int64(postgresServing)); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, "LISTEN "+postgresChannel); err != nil {
		return err
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
		hint()
	}
}

func (db *postgres) setUp(ctx context.Context, do func(setUp) error) error {
	options := pgx.TxOptions{}
	if db.readOnly {
		options.AccessMode = pgx.ReadOnly
	}
	err := pgx.BeginTxFunc(ctx, db.pool, options, func(tx pgx.Tx) error {
		if !db.readOnly {
			if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(postgresLock)); err != nil {
				return err
			}
		}
		if db.alone {
			var free bool
			if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(postgresServing)).Scan(&free); err != nil {
				return err
			} else if !free {
				return ErrServing
			}
		}
		return do(postgresSetUp{ctx, tx})
	})
	if err != nil || db.readOnly {
		return err
	}
	db.writing.Go(db.writeAll)
	db.writing.Go(db.glanceAll)
	return nil
}

func (db *postgres) exclude(ctx context.Context, do func(setUp) error) error {
	if db.readOnly {
		return ErrReadOnly
	}
	return postgresError(pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{}, func(tx pgx.Tx) error {
		// Whoever commits stands in line behind this lock, and so behind a commit
		// that does not end, as that of a node which has stopped half-way.
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = "+strconv.FormatInt(postgresPatience.Milliseconds(), 10)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(postgresExclude)); err != nil {
			return err
		}
		return do(postgresSetUp{ctx, tx})
	}))
}

type postgresSetUp struct {
	ctx context.Context
	tx  pgx.Tx
}

func (s postgresSetUp) exec(sql string, args ...any) error {
	_, err := s.tx.Exec(s.ctx, sql, args...)
	return err
}

func (s postgresSetUp) query(sql string, each func(row) error, args ...any) error {
	_, err := send(s.ctx, s.tx.Conn(), []statement{{sql: sql, args: args, each: each}})
	return err
}

func (s postgresSetUp) empty() (empty bool, err error) {
	err = s.query(`SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename IN ('meta', 'ledger')`,
		func(r row) error {
			empty = r.int(0) == 0
			return nil
		})
	return empty, err
}

func (s postgresSetUp) script(sql string) error {
	_, err := s.tx.Conn().PgConn().Exec(s.ctx, postgresSQL(sql)).ReadAll()
	return err
}

// SQLSTATE of a constraint that a statement would have broken, and of those who
// stood in each other's way.
const (
	notNullViolation = "23502"
	uniqueViolation  = "23505"
	deadlockDetected = "40P01"
	lockNotAvailable = "55P03"
)

func postgresError(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case notNullViolation, uniqueViolation:
		return fmt.Errorf("%w: SQLSTATE %s", errViolation, e.Code)
	case deadlockDetected:
		return errDeadlock
	case lockNotAvailable:
		return errors.New("somebody else's commit does not end; try again")
	}
	switch e.Code[:2] {
	case "08", "28", "3D", "53", "57", "58": // connection, log-in, database, resources, operator, system
		return fmt.Errorf("PostgreSQL: %s (SQLSTATE %s)", e.Message, e.Code)
	}
	// Other messages may quote what a row holds.
	return fmt.Errorf("PostgreSQL refused a statement (SQLSTATE %s)", e.Code)
}

var errDeadlock = errors.New("two transactions waited for each other")
