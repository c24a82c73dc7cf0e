package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// moveBusy is how long Move waits for a command to let go of the file: those
// that end by themselves do so soon, and serve never does.
const moveBusy = time.Second

// Errors that Move refuses with. Each is a sentence for the operator.
var (
	ErrInUse    = errors.New("the database is in use; end `aviso serve` and every other command on it, and run this again")
	ErrNotEmpty = errors.New("there is something in it already; name a new, empty database")
	ErrNotMoved = errors.New("what arrived is not what was sent; nothing was kept of it")
)

// MoveOptions say what Move moves.
type MoveOptions struct {
	From     string // the path of a SQLite database that nobody has open
	To       string // the postgres:// address of a database without anything in it
	KeysFile string // the keyset that seals From, and will seal To

	// Progress, where it is set, is told now and then how many rows of all have
	// been copied, and then how many have been compared.
	Progress func(stage MoveStage, rows, of int64)
}

// MoveStage is what a move is doing.
type MoveStage string

const (
	MoveCopying   MoveStage = "copying"
	MoveIndexing  MoveStage = "indexing" // without a count
	MoveComparing MoveStage = "comparing"
)

// MovedTable is how many rows of a table were counted on both sides.
type MovedTable struct {
	Name string
	Rows int64
}

// Move copies a SQLite database into an empty one on PostgreSQL, row for row:
// bodies stay sealed by the same keyset. From is left as it was.
//
// Nobody may have From open: in its write-ahead mode every connection to a
// SQLite file holds a lock on it for as long as it lives, in whatever process,
// and the kernel takes the lock back when the process dies. Move asks for the
// file alone, is refused while anybody else is there (ErrInUse), and keeps
// everybody out until it is done.
//
// It is all or nothing: one transaction of PostgreSQL, however many rows. That
// has no size limit there and costs no log to be rolled back: tables which the
// transaction itself has made are removed with it. So there is nothing to
// resume; what was interrupted is run again. Before the commit every table's
// rows are counted on both sides, and read back and compared with what was read
// from From (ErrNotMoved).
func Move(ctx context.Context, o MoveOptions) ([]MovedTable, error) {
	moved, err := move(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("move database: %w", err)
	}
	return moved, nil
}

func move(ctx context.Context, o MoveOptions) (moved []MovedTable, err error) {
	if isPostgres(o.From) || !isPostgres(o.To) {
		return nil, errors.New("it goes from a SQLite file to a postgres:// address")
	}
	from, err := openMoved(o.From, o.KeysFile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	to, err := openPostgres(ctx, Options{DSN: o.To})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	m := &mover{from: from, seed: maphash.MakeSeed(), progress: o.Progress}
	equal := false
	err = pgx.BeginTxFunc(ctx, to.pool, pgx.TxOptions{}, func(tx pgx.Tx) error {
		m.to = postgresSetUp{ctx, tx}
		err := m.run()
		equal = err == nil
		return err
	})
	if err = postgresError(err); err != nil && equal {
		err = fmt.Errorf("%w; it was lost with the last word: the new database has all of it, or nothing", err)
	}
	return m.tables, err
}

// openMoved opens a SQLite file for oneself alone, and makes sure that it is
// what this program can move and that the keyset is its own.
func openMoved(path, keysFile string) (*sqliteConn, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	conn, err := connectSQLite(path, []sqliteSetting{
		{"locking_mode", "EXCLUSIVE", "exclusive"},
		{"busy_timeout", fmt.Sprint(moveBusy.Milliseconds()), moveBusy.Milliseconds()},
	}, "")
	if err == nil {
		if err = conn.exec("BEGIN EXCLUSIVE"); err == nil {
			err = movable(conn, keysFile)
		}
		if err != nil {
			err = errors.Join(err, conn.close())
		}
	}
	if sqliteIsBusy(err) {
		err = ErrInUse
	}
	return conn, err
}

// movable refuses what Open would refuse, and what it would have to change.
func movable(conn *sqliteConn, keysFile string) error {
	var schema int64
	var needs []keyName
	var program string
	if err := (sqliteSetUp{conn}).query(`SELECT name, number, value FROM meta WHERE name IN ('schema', 'keys', 'program')`, func(r row) error {
		switch r.text(0) {
		case "schema":
			schema = r.int(1)
		case "program":
			program = string(r.bytes(2))
		default:
			needs = keyNames(r.bytes(2))
		}
		return nil
	}); err != nil {
		return fmt.Errorf("this is no database of this program: %w", err)
	}
	switch {
	case schema > int64(len(migrations)):
		return &SchemaError{int(schema), program, ErrNewerSchema}
	case schema < int64(len(migrations)):
		return &SchemaError{int(schema), program, ErrOldSchema}
	}
	keys, err := keysetFor(nil, keysFile, false)
	if err != nil {
		return err
	}
	return keys.mayOpen(needs)
}

// mover is a move under way.
type mover struct {
	from     *sqliteConn
	to       postgresSetUp
	seed     maphash.Seed
	progress func(MoveStage, int64, int64)

	tables  []MovedTable // as counted in From
	columns map[string][]string
	sums    map[string]uint64 // of what was read from From
	all     int64             // rows
}

func (m *mover) run() error {
	if err := m.prepare(); err != nil {
		return err
	}
	if err := m.count(); err != nil {
		return err
	}
	indexes, err := m.dropIndexes()
	if err != nil {
		return err
	}
	done := int64(0)
	for _, table := range m.tables {
		if err := m.copyTable(table, done); err != nil {
			return fmt.Errorf("table %s: %w", table.Name, postgresError(err))
		}
		done += table.Rows
	}
	m.report(MoveIndexing, 0)
	for _, index := range append(indexes, "ANALYZE") {
		if err := m.to.exec(index); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	done = 0
	for _, table := range m.tables {
		if err := m.compare(table, done); err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		done += table.Rows
	}
	return nil
}

// prepare makes the schema, without rows, where there is nothing yet. Whoever
// starts to serve on the target meanwhile waits until the move is done.
func (m *mover) prepare() error {
	if err := m.to.exec("SELECT pg_advisory_xact_lock($1)", int64(postgresLock)); err != nil {
		return err
	}
	// A server may end transactions that take as long as this one may.
	for _, limit := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if err := m.to.exec("SET LOCAL " + limit + " = 0"); err != nil {
			return err
		}
	}
	var things int64
	if err := m.to.query(`SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`, // not an extension's
		func(r row) error {
			things = r.int(0)
			return nil
		}); err != nil {
		return err
	}
	if things > 0 {
		return ErrNotEmpty
	}
	for n, migration := range migrations {
		if err := m.to.script(migration); err != nil {
			return fmt.Errorf("migration %d: %w", n+1, err)
		}
	}
	return nil
}

// count finds what there is to move, and holds the two schemas against each
// other.
func (m *mover) count() error {
	m.columns, m.sums = map[string][]string{}, map[string]uint64{}
	if err := (sqliteSetUp{m.from}).query(`SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name, c.cid`, func(r row) error {
		m.columns[r.text(0)] = append(m.columns[r.text(0)], r.text(1))
		return nil
	}); err != nil {
		return err
	}
	there := map[string][]string{}
	if err := m.to.query(`SELECT table_name::text, column_name::text FROM information_schema.columns
		WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`, func(r row) error {
		there[r.text(0)] = append(there[r.text(0)], r.text(1))
		return nil
	}); err != nil {
		return err
	}
	for name, columns := range m.columns {
		if !slices.Equal(columns, there[name]) {
			return fmt.Errorf("table %s is not as this version makes it", name)
		}
		m.tables = append(m.tables, MovedTable{Name: name})
	}
	if len(there) != len(m.tables) {
		return errors.New("a table of this version is missing")
	}
	slices.SortFunc(m.tables, func(a, b MovedTable) int { return strings.Compare(a.Name, b.Name) })
	for i := range m.tables {
		table := &m.tables[i]
		if err := (sqliteSetUp{m.from}).query(`SELECT count(*) FROM `+table.Name, func(r row) error {
			table.Rows = r.int(0)
			return nil
		}); err != nil {
			return err
		}
		m.all += table.Rows
		// What a migration has written is among the rows that come.
		if err := m.to.exec("TRUNCATE " + table.Name); err != nil {
			return err
		}
	}
	return nil
}

// dropIndexes drops what is quicker made anew over all rows, and gives the
// statements that do so. Primary keys stay: rows come in their order, nearly.
func (m *mover) dropIndexes() (again []string, err error) {
	var names []string
	if err := m.to.query(`SELECT indexname::text, indexdef FROM pg_catalog.pg_indexes i WHERE schemaname = current_schema()
		AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conname = i.indexname AND c.connamespace = current_schema()::regnamespace)
		ORDER BY 1`, func(r row) error {
		names, again = append(names, r.text(0)), append(again, r.text(1))
		return nil
	}); err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := m.to.exec("DROP INDEX " + name); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// copyTable streams a table over.
func (m *mover) copyTable(table MovedTable, before int64) error {
	columns := m.columns[table.Name]
	rows, err := m.from.QueryContext(m.to.ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table.Name, nil)
	if err != nil {
		return err
	}
	source := &moving{rows: rows, row: make(row, len(columns)), values: make([]any, len(columns)), seen: func(r row, n int64) {
		m.sums[table.Name] += m.sum(r)
		m.reportAt(MoveCopying, before, n)
	}}
	_, err = m.to.tx.CopyFrom(m.to.ctx, pgx.Identifier{table.Name}, columns, source)
	return errors.Join(err, rows.Close())
}

// compare reads a table back.
func (m *mover) compare(table MovedTable, before int64) error {
	var sum uint64
	var n int64
	if err := m.to.query("SELECT "+strings.Join(m.columns[table.Name], ", ")+" FROM "+table.Name, func(r row) error {
		n++
		sum += m.sum(r)
		m.reportAt(MoveComparing, before, n)
		return nil
	}); err != nil {
		return err
	}
	if n != table.Rows {
		return fmt.Errorf("%w: %d rows of %d", ErrNotMoved, n, table.Rows)
	}
	if sum != m.sums[table.Name] {
		return fmt.Errorf("%w: a row differs", ErrNotMoved)
	}
	return nil
}

// sum is a number for a row, the same on either side; those of a table's rows
// are added up, because the two sides give them in different order.
func (m *mover) sum(r row) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	r.frame(&h)
	return h.Sum64()
}

// moveReport is after how many rows a move says how far it is.
const moveReport = 5000

func (m *mover) reportAt(stage MoveStage, before, n int64) {
	if n%moveReport == 0 || before+n == m.all {
		m.report(stage, before+n)
	}
}

func (m *mover) report(stage MoveStage, n int64) {
	if m.progress != nil {
		m.progress(stage, n, m.all)
	}
}

// moving gives a table's rows to COPY.
type moving struct {
	rows   driver.Rows
	row    row
	values []any
	seen   func(row, int64)
	n      int64
	err    error
}

// Next implements pgx.CopyFromSource.
func (m *moving) Next() bool {
	if m.err = m.rows.Next(m.row); m.err != nil {
		return false
	}
	for i, v := range m.row {
		m.values[i] = v
	}
	m.n++
	m.seen(m.row, m.n)
	return true
}

// Values implements pgx.CopyFromSource.
func (m *moving) Values() ([]any, error) { return m.values, nil }

// Err implements pgx.CopyFromSource.
func (m *moving) Err() error {
	if errors.Is(m.err, io.EOF) {
		return nil
	}
	return m.err
}
