package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// A backup is one SQLite file of the same schema, whichever engine it was taken
// from, with every row as it was at one moment. Bodies stay sealed by the same
// keyset, which is not in it. Its row 'backup' in meta is the manifest, sealed
// as well: when it was made, and for each table how many rows it has and a sum
// over them, so that restoring tells a whole backup from a damaged one.

// BackupOptions say what Backup copies.
type BackupOptions struct {
	From     string // the database: a path or a postgres:// address; others may go on using it
	KeysFile string // the keyset that seals it
	To       string // the path of the backup, which must not exist yet

	Clock    func() time.Time
	Progress func(stage MoveStage, rows, of int64) // may be nil
}

// manifest is what is sealed of a backup.
type manifest struct {
	At     int64            `json:"at"` // of its beginning, microseconds since 1970
	Tables map[string]tally `json:"tables"`
}

// tally is what a table's rows come to, in whatever order they are read.
type tally struct {
	Rows int64     `json:"rows"`
	Sum  [4]uint64 `json:"sum"`
}

// backupName is the row of meta that a backup has and no database.
const backupName = "backup"

// backedUpName is the row of meta that says when the last backup was made.
const backedUpName = "backed up"

const setBackedUp = `INSERT INTO meta (name, number) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET number = excluded.number`

// Backup writes a backup while others go on writing: what it copies is one
// snapshot. The file appears whole or not at all, mode 0600, and was read back
// and compared before it does. What a killed backup left in the folder is removed. A file that is there already is never touched:
// fs.ErrExist. The database keeps when its last backup began (LastBackup).
func Backup(ctx context.Context, o BackupOptions) ([]MovedTable, error) {
	tables, err := backup(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	return tables, nil
}

func backup(ctx context.Context, o BackupOptions) (tables []MovedTable, err error) {
	if _, err := os.Lstat(o.To); err == nil {
		return nil, fmt.Errorf("%s: %w", o.To, fs.ErrExist)
	}
	// Opened as any command does it: another schema or keyset is refused.
	from, err := Open(ctx, Options{DSN: o.From, KeysFile: o.KeysFile, ReadOnly: true, Clock: o.Clock})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	tmp, err := Scratch(filepath.Dir(o.To), backupScratch)
	if err != nil {
		return nil, err
	}
	defer tmp.Close() // it was written by SQLite, and is durable
	defer os.Remove(tmp.Name())
	c := &copying{sealer: from.sealer, at: micros(from.clock()), progress: o.Progress}
	if err := c.write(ctx, from, tmp.Name()); err != nil {
		return nil, err
	}
	if err := appear(tmp.Name(), o.To); err != nil {
		return nil, err
	}
	return c.tables, markBackup(ctx, o, c.at)
}

// backupScratch and restoreScratch are how what is not finished is called.
const (
	backupScratch  = ".aviso-backup-"
	restoreScratch = ".aviso-restore-"
)

// appear gives a finished file its name, durably, and never another file's.
func appear(tmp, path string) error {
	file, err := os.Open(tmp)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp, path); err != nil { // unlike a rename it refuses to replace
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// markBackup lets the database know. The backup is there in any case.
func markBackup(ctx context.Context, o BackupOptions, at int64) error {
	s, err := Open(ctx, Options{DSN: o.From, KeysFile: o.KeysFile, Clock: o.Clock, Make: MakeNothing})
	if err == nil {
		err = s.write(ctx, s.unit(statement{sql: setBackedUp, args: []any{backedUpName, at}}))
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		return fmt.Errorf("the backup is whole, but the database could not note that it was made: %w", err)
	}
	return nil
}

// LastBackup is when the last backup of the database was begun; zero: never.
func (s *Store) LastBackup(ctx context.Context) (at time.Time, err error) {
	err = s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{
			sql: `SELECT number FROM meta WHERE name = $1`, args: []any{backedUpName},
			each: func(row row) error {
				at = row.time(0)
				return nil
			},
		})
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("read last backup: %w", err)
	}
	return at, nil
}

// copying is a backup under way.
type copying struct {
	*sealer
	at       int64
	progress func(MoveStage, int64, int64)

	columns map[string][]string
	tables  []MovedTable
	all     int64
}

// backupSettings: the file is nobody's until it is whole, so that nothing has
// to be rolled back or be durable before.
var backupSettings = []sqliteSetting{
	{"auto_vacuum", "incremental", 2},
	{"journal_mode", "MEMORY", "memory"},
	{"synchronous", "OFF", 0},
	{"cache_size", fmt.Sprint(-sqliteCache), -sqliteCache},
}

// write makes the file at path out of one snapshot of a database.
func (c *copying) write(ctx context.Context, from *Store, path string) (err error) {
	conn, err := connectSQLite(path, backupSettings, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	to := sqliteSetUp{conn}
	if err := conn.exec("BEGIN"); err != nil {
		return err
	}
	for n, migration := range migrations {
		if err := to.script(migration); err != nil {
			return fmt.Errorf("migration %d: %w", n+1, err)
		}
	}
	if c.columns, err = sqliteColumns(to); err != nil {
		return err
	}
	m := manifest{At: c.at, Tables: map[string]tally{}}
	if err := from.steady(ctx, func(from setUp) error { return c.copy(ctx, from, to, m.Tables) }); err != nil {
		return err
	}
	if err := to.query(selectEpoch, func(r row) error {
		if r.int(0) != c.keys.Load().epoch {
			return errors.New("the keys were rotated meanwhile; run it again")
		}
		return nil
	}); err != nil {
		return err
	}
	sealed, err := c.seal("meta", []byte(backupName), m)
	if err != nil {
		return err
	}
	if err := to.exec(`INSERT INTO meta (name, number, value) VALUES ($1, 0, $2)`, backupName, sealed); err != nil {
		return err
	}
	if err := conn.exec("COMMIT"); err != nil {
		return err
	}
	return c.compare(ctx, to, m.Tables)
}

// sqliteColumns are the tables of a SQLite file and their columns, in order.
func sqliteColumns(tx setUp) (map[string][]string, error) {
	columns := map[string][]string{}
	err := tx.query(`SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name, c.cid`, func(r row) error {
		columns[r.text(0)] = append(columns[r.text(0)], r.text(1))
		return nil
	})
	return columns, err
}

// copy reads every table and writes it down.
func (c *copying) copy(ctx context.Context, from, to setUp, tallies map[string]tally) error {
	for name := range c.columns {
		table := MovedTable{Name: name}
		if err := from.query(`SELECT count(*) FROM `+name, func(r row) error {
			table.Rows = r.int(0)
			return nil
		}); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		c.tables = append(c.tables, table)
		c.all += table.Rows
	}
	sortTables(c.tables)
	done := int64(0)
	for _, table := range c.tables {
		columns := strings.Join(c.columns[table.Name], ", ")
		insert := "INSERT INTO " + table.Name + " (" + columns + ") VALUES (" + places(len(c.columns[table.Name])) + ")"
		args := make([]any, len(c.columns[table.Name]))
		// What a migration has written is among the rows that come.
		if err := to.exec("DELETE FROM " + table.Name); err != nil {
			return err
		}
		var sum tally
		if err := from.query("SELECT "+columns+" FROM "+table.Name, func(r row) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			sum.add(r)
			for i, v := range r {
				args[i] = v
			}
			c.report(MoveCopying, done+sum.Rows)
			return to.exec(insert, args...)
		}); err != nil {
			return fmt.Errorf("table %s: %w", table.Name, err)
		}
		tallies[table.Name] = sum
		done += table.Rows
	}
	return nil
}

func sortTables(tables []MovedTable) {
	slices.SortFunc(tables, func(a, b MovedTable) int { return strings.Compare(a.Name, b.Name) })
}

// places is "$1, $2 … $n".
func places(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(list, ", ")
}

// compare reads a backup's tables and holds them against its manifest. What
// has no tally there is meta, of which the manifest itself is a row.
func (c *copying) compare(ctx context.Context, tx setUp, tallies map[string]tally) error {
	done := int64(0)
	for name, columns := range c.columns {
		want, known := tallies[name]
		if !known {
			return fmt.Errorf("%w: table %s is not in its manifest", ErrDamaged, name)
		}
		where := ""
		if name == "meta" {
			where = " WHERE name <> '" + backupName + "'"
		}
		var sum tally
		if err := tx.query("SELECT "+strings.Join(columns, ", ")+" FROM "+name+where, func(r row) error {
			sum.add(r)
			c.report(MoveComparing, done+sum.Rows)
			return ctx.Err()
		}); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		if sum.Rows != want.Rows {
			return fmt.Errorf("%w: table %s has %d rows of %d", ErrDamaged, name, sum.Rows, want.Rows)
		}
		if sum != want {
			return fmt.Errorf("%w: a row of table %s differs", ErrDamaged, name)
		}
		done += sum.Rows
	}
	if len(c.columns) != len(tallies) {
		return fmt.Errorf("%w: a table is missing", ErrDamaged)
	}
	return nil
}

func (c *copying) report(stage MoveStage, n int64) {
	if c.progress != nil && (n%moveReport == 0 || n == c.all) {
		c.progress(stage, n, c.all)
	}
}

// add counts a row in. It guards against damage; against a forger there are the
// seals and the chains.
func (t *tally) add(r row) {
	h := sha256.New()
	r.frame(h)
	sum := h.Sum(nil)
	t.Rows++
	for i := range t.Sum {
		t.Sum[i] += binary.BigEndian.Uint64(sum[8*i:])
	}
}

// frame writes a row such that no other row is written the same.
func (r row) frame(w io.Writer) {
	var frame [9]byte
	head := func(kind byte, n uint64) {
		frame[0] = kind
		binary.BigEndian.PutUint64(frame[1:], n)
		w.Write(frame[:])
	}
	for _, value := range r {
		switch v := value.(type) {
		case nil:
			head(0, 0)
		case int64:
			head(1, uint64(v))
		case string:
			head(2, uint64(len(v)))
			io.WriteString(w, v)
		case []byte:
			head(3, uint64(len(v)))
			w.Write(v)
		default:
			head(4, 0) // no column holds anything else: it would differ when read back
		}
	}
}

// steady runs do on one snapshot, for however long it takes: reading otherwise
// is for what is quick.
func (s *Store) steady(ctx context.Context, do func(setUp) error) error {
	switch db := s.engine.(type) {
	case *postgres:
		options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return postgresError(pgx.BeginTxFunc(ctx, db.pool, options, func(tx pgx.Tx) error {
			// A server may end transactions that take as long as this one may.
			for _, limit := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
				if _, err := tx.Exec(ctx, "SET LOCAL "+limit+" = 0"); err != nil {
					return err
				}
			}
			return do(postgresSetUp{ctx, tx})
		}))
	case *sqlite:
		return db.steady(do)
	}
	return errors.New("this database cannot be read at one moment")
}

// steady reads on a connection of its own.
func (db *sqlite) steady(do func(setUp) error) (err error) {
	conn, err := connectSQLite(db.path, sqliteReading, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	if err := conn.exec("BEGIN"); err != nil {
		return err
	}
	return errors.Join(do(sqliteSetUp{conn}), conn.end("COMMIT"))
}
