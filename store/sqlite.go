package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

const (
	// sqliteBusy is how long a statement waits for another process: those
	// beside serve commit in steps of at most 50 ms. Out of Twilio's 15 s.
	sqliteBusy = 5 * time.Second

	// sqliteAgain is how often the writer asks for a lock that another process
	// holds.
	sqliteAgain = time.Millisecond

	// sqliteFold is the length of the write-ahead log, in pages of 4 KiB, from
	// which a commit folds back into the file what is left to be (sqlite_fold.go),
	// so that the log begins anew: 64 MiB. A page that many commits have changed
	// is folded back once; with SQLite's own 1000 pages a burst of alerts was
	// taken in a fifth more slowly.
	sqliteFold = 16000

	// sqliteLog is how long the log of a file that is served is made beforehand,
	// in bytes: what is folded, and a quarter for what a large group adds. A
	// commit that makes a file longer is durable only when the file system has
	// written down how long it is, and with that what others on the disk have
	// pending: 2 ms instead of 0.5.
	sqliteLog = sqliteFold * 5 / 4 * (4096 + 24)

	// sqliteCache is what the writer keeps of pages it has changed, in KiB;
	// beyond SQLite's own 2 MiB they are read back from the log again and again.
	sqliteCache = 16 * 1024

	// sqlitePoll is how often the file is asked whether another process has
	// changed it.
	sqlitePoll = time.Second

	// sqliteMap is how much of the file is read through the page cache of the
	// operating system instead of a copy of our own, in bytes. It is the most
	// that SQLite is built for.
	sqliteMap = 0x7fff0000
)

// sqliteSettings are asked for in the address of a connection and read back,
// since a misspelt one is ignored without a word.
var (
	sqliteWriting = []sqliteSetting{
		{"auto_vacuum", "incremental", 2}, // before the first table
		{"journal_mode", "WAL", "wal"},
		{"synchronous", "FULL", 2}, // durable when Commit returns
		{"foreign_keys", "1", 1},
		{"busy_timeout", fmt.Sprint(sqliteBusy.Milliseconds()), sqliteBusy.Milliseconds()},
		{"secure_delete", "on", 1}, // what is erased is overwritten
		{"cache_size", fmt.Sprint(-sqliteCache), -sqliteCache},
	}
	sqliteReading = []sqliteSetting{
		{"query_only", "1", 1},
		{"busy_timeout", fmt.Sprint(sqliteBusy.Milliseconds()), sqliteBusy.Milliseconds()},
	}
)

type sqliteSetting struct {
	name, value string
	inForce     any
}

// sqlite is the engine on one file: one connection that writes, in a goroutine
// of its own (sqlite_writer.go), and a few that read.
type sqlite struct {
	path     string
	readOnly bool
	serving  bool // for long: what makes commits quicker may take some time now

	writer  *sqliteConn
	units   chan *unit
	glances chan *glance // wait for the writer, too (sqlite_glance.go)
	closing chan struct{}
	writing sync.WaitGroup

	committed chan struct{} // holds a sign that the log may have grown (sqlite_fold.go)

	// readers holds a connection, or nil for one that is yet to be opened,
	// for each read that may run at the same time.
	readers chan *sqliteConn
}

func openSQLite(ctx context.Context, o Options) (*sqlite, error) {
	absolute, err := filepath.Abs(o.DSN)
	if err != nil {
		return nil, err
	}
	db := &sqlite{
		path:      absolute,
		readOnly:  o.ReadOnly,
		serving:   o.VoidLeases,
		units:     make(chan *unit, maxGroup),
		closing:   make(chan struct{}),
		readers:   make(chan *sqliteConn, max(4, 2*runtime.GOMAXPROCS(0))),
		glances:   make(chan *glance),
		committed: make(chan struct{}, 1),
	}
	for range cap(db.readers) {
		db.readers <- nil
	}
	if o.ReadOnly || o.Make == MakeNothing {
		if _, err := os.Stat(absolute); errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNoDatabase
		} else if err != nil || o.ReadOnly {
			return db, err
		}
	}
	// SQLite would make the file readable by all.
	file, err := os.OpenFile(absolute, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	db.writer, err = db.connectWriter(ctx)
	return db, err
}

// connectWriter opens the writing connection. Changing an empty file to a
// write-ahead log does not wait for another process that is doing the same, so
// it is tried again.
func (db *sqlite) connectWriter(ctx context.Context) (*sqliteConn, error) {
	giveUp := time.Now().Add(sqliteBusy)
	for {
		conn, err := connectSQLite(db.path, sqliteWriting, "&_txlock=immediate")
		if err == nil || !sqliteIsBusy(err) || time.Now().After(giveUp) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (db *sqlite) close() error {
	close(db.closing)
	db.writing.Wait()
	var errs []error
	for range cap(db.readers) {
		if conn := <-db.readers; conn != nil {
			errs = append(errs, conn.close())
		}
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	return errors.Join(errs...)
}

// read runs do in one read transaction on a connection that nobody else uses
// meanwhile. The caller's ctx ends the waiting for one; reading is quick.
func (db *sqlite) read(ctx context.Context, do func(*snapshot) error) error {
	var conn *sqliteConn
	select {
	case conn = <-db.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closing:
		return ErrClosed
	}
	defer func() { db.readers <- conn }()
	if conn == nil {
		opened, err := connectSQLite(db.path, sqliteReading, "")
		if err != nil {
			return err
		}
		conn = opened
	}
	err := conn.exec("BEGIN")
	if err == nil {
		err = do(&snapshot{run: conn.all})
	}
	if end := conn.end("COMMIT"); end != nil {
		err = errors.Join(err, end, conn.close())
		conn = nil
	}
	return err
}

// listen asks the file now and then whether it was changed. A change of our own
// counts too: a hint more does no harm.
func (db *sqlite) listen(ctx context.Context, hint, retried func()) {
	tick := time.NewTicker(sqlitePoll)
	defer tick.Stop()
	var conn *sqliteConn
	defer func() {
		if conn != nil {
			conn.close() // a reader has nothing to lose
		}
	}()
	var last int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if conn == nil {
			var err error
			if conn, err = connectSQLite(db.path, sqliteReading, ""); err != nil {
				retried() // the next read of the store says what is wrong
				continue
			}
		}
		version := last
		if err := conn.run(&statement{sql: "PRAGMA data_version", each: func(r row) error {
			version = r.int(0)
			return nil
		}}); err == nil && version != last {
			last = version
			hint()
		}
	}
}

func (db *sqlite) setUp(ctx context.Context, do func(setUp) error) error {
	conn, begin := db.writer, "BEGIN IMMEDIATE"
	if db.readOnly {
		var err error
		if conn, err = connectSQLite(db.path, sqliteReading, ""); err != nil {
			return err
		}
		defer conn.close() // a reader has nothing to lose
		begin = "BEGIN"
	}
	if err := conn.exec(begin); err != nil {
		return err
	}
	if err := do(sqliteSetUp{conn}); err != nil {
		return errors.Join(err, conn.end("ROLLBACK"))
	}
	if db.serving {
		if err := lengthen(db.path+"-wal", sqliteLog); err != nil {
			return errors.Join(err, conn.end("ROLLBACK"))
		}
	}
	if err := conn.exec("COMMIT"); err != nil {
		return errors.Join(err, conn.end("ROLLBACK"))
	}
	if db.readOnly {
		return nil
	}
	// From here on the writer waits for the lock by itself (begin).
	if err := conn.exec("PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	db.writing.Go(db.writeAll)
	if db.serving {
		db.writing.Go(db.foldAll)
	}
	return nil
}

// exclude works on a connection of its own; SQLite lets nobody else write
// meanwhile.
func (db *sqlite) exclude(ctx context.Context, do func(setUp) error) (err error) {
	if db.readOnly {
		return ErrReadOnly
	}
	conn, err := db.connectWriter(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	if err := conn.exec("PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	if err := begin(conn); err != nil {
		return err
	}
	if err := do(sqliteSetUp{conn}); err != nil {
		return errors.Join(err, conn.end("ROLLBACK"))
	}
	if err := conn.exec("COMMIT"); err != nil {
		return errors.Join(err, conn.end("ROLLBACK"))
	}
	return nil
}

// lengthen makes a write-ahead log longer with zeros, which are no frame of it:
// SQLite leaves frames of its own behind the ones that are valid, too. Whoever
// calls it holds the write lock, so that nobody is adding to the log.
func lengthen(path string, size int64) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil || end >= size {
		return err
	}
	// Written, not only allocated: blocks that were never written are noted by
	// the file system when they are.
	for zeros := make([]byte, 1<<20); end < size; end += int64(len(zeros)) {
		if _, err := file.Write(zeros); err != nil {
			return err
		}
	}
	return file.Sync()
}

type sqliteSetUp struct{ conn *sqliteConn }

func (tx sqliteSetUp) exec(sql string, args ...any) error {
	return tx.conn.run(&statement{sql: sql, args: args})
}

func (tx sqliteSetUp) query(sql string, each func(row) error, args ...any) error {
	return tx.conn.run(&statement{sql: sql, args: args, each: each})
}

func (tx sqliteSetUp) empty() (empty bool, err error) {
	err = tx.query(`SELECT count(*) FROM sqlite_master`, func(r row) error {
		empty = r.int(0) == 0
		return nil
	})
	return empty, err
}

func (tx sqliteSetUp) script(sql string) error {
	_, err := tx.conn.ExecContext(context.Background(), sqliteText.Replace(sql), nil)
	return err
}

// sqliteText turns the common text into SQLite's. The driver binds $1 by order
// of first appearance, ?1 by number.
//
// SQLite compiles a statement anew whenever a parameter is bound that it has
// looked at while planning, as it does with those of a join, an ORDER BY or a
// LIMIT, and the driver unbinds them each time: that costs ten times what the
// statement itself does. Behind a + it does not look at them.
var sqliteText = strings.NewReplacer(
	"= $", "= +?", "LIMIT $", "LIMIT +?",
	"$", "?",
	"{clustered}", "WITHOUT ROWID",
	"{pick}", "IN (", "{end}", ")",
	"{skip}", "",
)

// sqliteConn is one connection of the driver itself, with its prepared
// statements. database/sql between them would cost two thirds of the speed of a
// single commit.
type sqliteConn struct {
	*sqlite3.SQLiteConn
	prepared map[string]*sqliteStatement
	args     []driver.NamedValue // used again by each statement
}

type sqliteStatement struct {
	*sqlite3.SQLiteStmt
	row row // used again by each row; nil: columns not known yet
}

func connectSQLite(path string, settings []sqliteSetting, more string) (*sqliteConn, error) {
	path, err := filepath.Abs(path) // what follows file:// up to the first slash is a host
	if err != nil {
		return nil, err
	}
	dsn := "file://" + (&url.URL{Path: path}).EscapedPath() + "?_mutex=no" + more
	for _, s := range settings {
		dsn += "&_" + s.name + "=" + s.value
	}
	// The driver has no word for these, and ignores what it does not know.
	hook := func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec(fmt.Sprintf("PRAGMA mmap_size = %d; PRAGMA wal_autocheckpoint = %d", sqliteMap, sqliteFold), nil)
		return err
	}
	opened, err := (&sqlite3.SQLiteDriver{ConnectHook: hook}).Open(dsn)
	if err != nil {
		return nil, err
	}
	c := &sqliteConn{SQLiteConn: opened.(*sqlite3.SQLiteConn), prepared: map[string]*sqliteStatement{}}
	for _, s := range settings {
		var is any
		if err := c.run(&statement{sql: "PRAGMA " + s.name, each: func(r row) error {
			is = r[0]
			return nil
		}}); err != nil {
			return nil, errors.Join(err, c.close())
		}
		if fmt.Sprint(is) != fmt.Sprint(s.inForce) {
			return nil, errors.Join(fmt.Errorf("SQLite setting %s is %v instead of %v", s.name, is, s.inForce), c.close())
		}
	}
	return c, nil
}

func (c *sqliteConn) exec(sql string) error { return c.run(&statement{sql: sql}) }

func (c *sqliteConn) all(list ...statement) error {
	for i := range list {
		if err := c.run(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// run runs one statement to its end.
func (c *sqliteConn) run(st *statement) error {
	p, err := c.prepare(st.sql)
	if err != nil {
		return err
	}
	if st.reset != nil {
		st.reset()
	}
	c.args = c.args[:0]
	for i, arg := range st.args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	// The driver binds and takes the first step in one call into C for a query
	// only, so a statement that gives nothing is run as one too. Without a ctx:
	// one that ends within a statement would roll back the whole transaction.
	rows, err := p.QueryContext(context.Background(), c.args)
	if err != nil {
		return sqliteError(err)
	}
	if st.each == nil {
		for err == nil {
			err = rows.Next(nil)
		}
	}
	for err == nil {
		if p.row == nil {
			p.row = make(row, len(rows.Columns()))
		}
		if err = rows.Next(p.row); err == nil {
			err = st.each(p.row)
		}
	}
	if err == io.EOF {
		err = nil
	}
	return sqliteError(errors.Join(err, rows.Close()))
}

func (c *sqliteConn) prepare(sql string) (*sqliteStatement, error) {
	if p := c.prepared[sql]; p != nil {
		return p, nil
	}
	stmt, err := c.Prepare(sqliteText.Replace(sql))
	if err != nil {
		return nil, err
	}
	p := &sqliteStatement{SQLiteStmt: stmt.(*sqlite3.SQLiteStmt)}
	c.prepared[sql] = p
	return p, nil
}

// end leaves a transaction, whichever way it went, and reports where that did
// not work: the connection is of no use then.
func (c *sqliteConn) end(how string) error {
	if c.AutoCommit() {
		return nil // SQLite has left it by itself
	}
	err := c.exec(how)
	if err != nil && how != "ROLLBACK" {
		err = c.exec("ROLLBACK")
	}
	if !c.AutoCommit() {
		return errors.Join(errors.New("a transaction would not end"), err)
	}
	return nil
}

func (c *sqliteConn) close() error {
	var errs []error
	for _, p := range c.prepared {
		errs = append(errs, p.Close())
	}
	return errors.Join(append(errs, c.Close())...)
}

func sqliteError(err error) error {
	if err == nil {
		return nil // what errors.As is given costs memory
	}
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrConstraint {
		// SQLite's message names table and column; no value.
		return fmt.Errorf("%w: %w", errViolation, err)
	}
	return err
}

func sqliteIsBusy(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}
