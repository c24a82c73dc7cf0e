package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
)

// A backup that was made before a rotation is restored with the keys of after
// it; one that was made after it not with those of before.
func TestRestoreAfterRotation(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	old := newKeysForTest(t)
	grown := grownForTest(t, old)
	for name, k := range map[string]*Keyset{"old.keys": old, "new.keys": grown} {
		if err := k.Save(in(name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, made, with string }{{"before", "old.keys", "new.keys"}, {"after", "new.keys", "old.keys"}} {
		s, err := Open(ctx, Options{DSN: in(c.name + ".db"), KeysFile: in(c.made)})
		if err != nil {
			t.Fatal(err)
		}
		p := gateway.Profile{ID: gateway.NewFresh(time.Now(), s.rand).ID(), Phone: "+13125550101", Name: "Juan"}
		err = s.Commit(ctx, gateway.Turn{At: time.Now(), Profiles: []gateway.Profile{p}})
		if err = errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := Backup(ctx, BackupOptions{From: in(c.name + ".db"), KeysFile: in(c.made), To: in(c.name)}); err != nil {
			t.Fatal(err)
		}
		done, err := Restore(ctx, RestoreOptions{From: in(c.name), KeysFile: in(c.with), To: in(c.name + " restored.db")})
		switch {
		case c.name == "after" && !errors.Is(err, ErrOldKeyset):
			t.Errorf("%s: %v, want ErrOldKeyset", c.name, err)
		case c.name == "before" && (err != nil || done.Profiles != 1):
			t.Errorf("%s: %+v, %v", c.name, done, err)
		}
	}
	left, err := filepath.Glob(in("*-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// A backup of a version before is migrated.
func TestRestoreOlder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	keys := newKeysForTest(t)
	if err := keys.Save(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "backup")
	conn, err := connectSQLite(path, backupSettings, "")
	if err != nil {
		t.Fatal(err)
	}
	tx := sqliteSetUp{conn}
	// What the first version would have written.
	if err := tx.script(migrations[0]); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"directory", "consulates", "ping"} {
		err = errors.Join(err, tx.exec(`INSERT INTO meta (name, number) VALUES ($1, 0)`, name))
	}
	err = errors.Join(err, tx.exec(`INSERT INTO meta (name, number, value) VALUES ('schema', 1, NULL), ('keys', 0, $1)`, joinNames(keys.first())))
	s := sealerForTest(t, keys)
	m := manifest{At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).UnixMicro(), Tables: map[string]tally{}}
	columns, columnsErr := sqliteColumns(tx)
	err = errors.Join(err, columnsErr)
	for name := range columns {
		var sum tally
		err = errors.Join(err, tx.query("SELECT * FROM "+name, func(r row) error {
			sum.add(r)
			return nil
		}))
		m.Tables[name] = sum
	}
	sealed, sealErr := s.seal("meta", []byte(backupName), m)
	err = errors.Join(err, sealErr, tx.exec(`INSERT INTO meta (name, number, value) VALUES ($1, 0, $2)`, backupName, sealed), conn.close())
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "aviso.db")
	done, err := Restore(ctx, RestoreOptions{From: path, KeysFile: filepath.Join(dir, "keys"), To: to})
	if err != nil || done.At.UnixMicro() != m.At {
		t.Fatalf("restored %+v: %v", done, err)
	}
	again, err := Open(ctx, Options{DSN: to, Keys: keys, ReadOnly: true})
	if err != nil {
		t.Fatalf("it was not migrated: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the backup itself: %v", err)
	}
}
