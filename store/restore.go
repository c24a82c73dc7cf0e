package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aviso/gateway"
)

// Errors that Restore refuses with. Each is a sentence for the operator.
var (
	ErrNoBackup = errors.New("this is no backup of this program")
	ErrDamaged  = errors.New("the backup is damaged; take another one")
	ErrExists   = errors.New("there is a database already; a backup is restored to a new one")
)

// RestoreOptions say what Restore brings back.
type RestoreOptions struct {
	From     string // the backup
	KeysFile string // a keyset with every key that the backup needs
	To       string // a path at which there is nothing, or the postgres:// address of an empty database

	Clock    func() time.Time
	Progress func(stage MoveStage, rows, of int64) // may be nil
}

// Restored is what a backup held.
type Restored struct {
	At       time.Time // when the backup was begun
	Tables   []MovedTable
	Profiles int // each opens, and is found by its phone
	Chains   Verified
}

// Restore makes a database out of a backup, on either engine, whichever it was
// taken from. A backup of an older version is migrated; one that was made
// before a rotation of keys needs a keyset that still has the old ones.
//
// It is all or nothing: everything is done on a copy that nobody else knows,
// which is compared with the manifest, opened and walked through before it
// gets its name, or is sent over in one transaction of PostgreSQL. Audit chains
// that do not hold are reported and no reason to refuse: they held no better
// when the backup was made.
func Restore(ctx context.Context, o RestoreOptions) (Restored, error) {
	r, err := restore(ctx, o)
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	return r, nil
}

func restore(ctx context.Context, o RestoreOptions) (done Restored, err error) {
	beside := os.TempDir()
	if !isPostgres(o.To) {
		beside = filepath.Dir(o.To)
		// A log beside it would be taken for the new database's own.
		for _, there := range []string{o.To, o.To + "-wal", o.To + "-journal"} {
			if _, err := os.Lstat(there); !errors.Is(err, fs.ErrNotExist) {
				return done, errors.Join(fmt.Errorf("%s: %w", there, ErrExists), err)
			}
		}
	}
	folder, err := scratchFolder(beside, restoreScratch)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder.Name()), folder.Close()) }()
	work := filepath.Join(folder.Name(), "aviso.db")
	if err := copyFile(ctx, o.From, work); err != nil {
		return done, err
	}
	if done, err = examine(ctx, work, o); err != nil {
		return done, err
	}
	if err := done.wake(ctx, work, o); err != nil {
		return done, err
	}
	if _, err := os.Lstat(work + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return done, errors.Join(errors.New("the new database could not be closed for good"), err)
	}
	if !isPostgres(o.To) {
		if err := appear(work, o.To); errors.Is(err, fs.ErrExist) {
			return done, ErrExists
		} else if err != nil {
			return done, err
		}
		return done, nil
	}
	_, err = move(ctx, MoveOptions{From: work, To: o.To, KeysFile: o.KeysFile, Progress: o.Progress})
	return done, err
}

// copyFile copies a file to a new one, mode 0600.
func copyFile(ctx context.Context, from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close() // it was only read
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return source.Read(p)
	}))
	return errors.Join(err, target.Close())
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// examine holds the copy of a backup against the keyset and its manifest, and
// takes the manifest out, as no database has one.
func examine(ctx context.Context, work string, o RestoreOptions) (done Restored, err error) {
	conn, err := connectSQLite(work, backupSettings[1:], "")
	if err != nil {
		return done, fmt.Errorf("%w: %w", ErrNoBackup, err)
	}
	defer func() { err = errors.Join(err, conn.close()) }()
	tx := sqliteSetUp{conn}
	m, sealer, err := readManifest(tx, o.KeysFile)
	if err != nil {
		return done, err
	}
	sound := false
	if err := tx.query(`PRAGMA integrity_check(1)`, func(r row) error {
		sound = r.text(0) == "ok"
		return nil
	}); err != nil || !sound {
		return done, ErrDamaged
	}
	c := &copying{sealer: sealer, progress: o.Progress}
	if c.columns, err = sqliteColumns(tx); err != nil {
		return done, err
	}
	for name, t := range m.Tables {
		done.Tables = append(done.Tables, MovedTable{name, t.Rows})
		c.all += t.Rows
	}
	sortTables(done.Tables)
	if err := c.compare(ctx, tx, m.Tables); err != nil {
		return done, err
	}
	done.At = time.UnixMicro(m.At).UTC()
	if err := tx.exec(`DELETE FROM meta WHERE name = $1`, backupName); err != nil {
		return done, err
	}
	return done, tx.exec(setBackedUp, backedUpName, m.At)
}

// readManifest opens a backup's manifest with the keyset that it needs.
func readManifest(tx setUp, keysFile string) (m manifest, s *sealer, err error) {
	var schema int64
	var needs []keyName
	var sealed []byte
	if err := tx.query(`SELECT name, number, value FROM meta WHERE name IN ('schema', 'keys', '`+backupName+`')`, func(r row) error {
		switch r.text(0) {
		case "schema":
			schema = r.int(1)
		case "keys":
			needs = keyNames(r.bytes(2))
		default:
			sealed = r.bytes(2)
		}
		return nil
	}); err != nil || sealed == nil {
		return m, nil, ErrNoBackup
	}
	if schema > int64(len(migrations)) {
		return m, nil, ErrNewerSchema
	}
	keys, err := keysetFor(nil, keysFile, false)
	if err != nil {
		return m, nil, err
	}
	if err := keys.mayOpen(needs); err != nil {
		return m, nil, fmt.Errorf("%w; the backup needs the keys %s, and this is keyset %s", err, shown(needs), keys.Fingerprint())
	}
	if s, err = newSealer(keys); err != nil {
		return m, nil, err
	}
	if err := s.open("meta", []byte(backupName), sealed, &m); err != nil {
		return m, nil, ErrDamaged
	}
	return m, s, nil
}

// wake opens the copy as the database that it will be, which migrates it, and
// walks through it.
func (done *Restored) wake(ctx context.Context, work string, o RestoreOptions) (err error) {
	s, err := Open(ctx, Options{DSN: work, KeysFile: o.KeysFile, Clock: o.Clock})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Profiles(ctx, func(p *gateway.Profile) error {
		done.Profiles++
		if p.Phone == "" {
			return nil
		}
		found, err := s.ProfileByPhone(ctx, p.Phone)
		if err == nil && (found == nil || found.ID != p.ID) {
			err = fmt.Errorf("%w: profile %s is not found by its phone", ErrDamaged, p.ID)
		}
		return err
	}); err != nil {
		return err
	}
	done.Chains, err = s.Verify(ctx)
	return err
}
