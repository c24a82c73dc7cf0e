package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// content is what a store tells of everybody in it.
func content(t *testing.T, s *store.Store) (all string) {
	t.Helper()
	ctx := context.Background()
	if err := s.Profiles(ctx, func(p *gateway.Profile) error {
		v, err := s.View(ctx, gateway.Scope{Phone: p.Phone})
		all += fmt.Sprintf("%+v\n%+v\n%+v\n%+v\n", *p, v.Own, v.Conversation, v.Cases)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	checked, err := s.Verify(ctx)
	if err != nil || len(checked.Broken) > 0 {
		t.Errorf("chains: %v (%v)", checked.Broken, err)
	}
	return all + fmt.Sprint(checked)
}

// kept is a world whose keyset is in a file, with people and alerts in it.
func (w *world) kept(t *testing.T) (s *store.Store, keysFile string) {
	t.Helper()
	keysFile = filepath.Join(t.TempDir(), "aviso.keys")
	s = w.openWith(t, store.Options{KeysFile: keysFile})
	for n := range 5 {
		w.raise(t, s, 10*n+1, 10*n+2, 10*n+3)
	}
	return s, keysFile
}

func (w *world) backup(t *testing.T, keysFile string) (path string, err error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "aviso.backup")
	_, err = store.Backup(context.Background(), store.BackupOptions{From: w.dsn, KeysFile: keysFile, To: path, Clock: func() time.Time { return w.now }})
	return path, err
}

func restore(from, keysFile, to string) (store.Restored, error) {
	return store.Restore(context.Background(), store.RestoreOptions{From: from, KeysFile: keysFile, To: to})
}

func testBackup(t *testing.T, w *world) {
	s, keysFile := w.kept(t)
	ctx := context.Background()
	if at, err := s.LastBackup(ctx); err != nil || !at.IsZero() {
		t.Errorf("last backup %s (%v) before the first", at, err)
	}
	before := content(t, s)
	path, err := w.backup(t, keysFile)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("backup %v (%v), want mode 0600", info, err)
	}
	if at, err := s.LastBackup(ctx); err != nil || !at.Equal(w.now) {
		t.Errorf("last backup %s (%v), want %s", at, err, w.now)
	}
	if _, err := store.Backup(ctx, store.BackupOptions{From: w.dsn, KeysFile: keysFile, To: path}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto another backup: %v, want ErrExist", err)
	}
	w.raise(t, s, 91, 92) // later than the backup

	// Back on the same engine, and on SQLite whichever that is.
	for _, to := range []string{w.engine.New(t), filepath.Join(t.TempDir(), "other.db")} {
		done, err := restore(path, keysFile, to)
		if err != nil {
			t.Fatal(err)
		}
		if done.Profiles != 5 || !done.At.Equal(w.now) || len(done.Chains.Broken) > 0 || done.Chains.Chains != 10 {
			t.Errorf("restored %+v", done)
		}
		again, err := store.Open(ctx, store.Options{DSN: to, KeysFile: keysFile})
		if err != nil {
			t.Fatal(err)
		}
		if after := content(t, again); after != before {
			t.Errorf("restored\n%s\nwant\n%s", after, before)
		}
		if at, err := again.LastBackup(ctx); err != nil || !at.Equal(w.now) {
			t.Errorf("last backup of the restored one %s (%v), want %s", at, err, w.now)
		}
		// It is a database to work on, and to back up.
		w.raise(t, again, 91, 92)
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		if _, err := restore(path, keysFile, to); !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrNotEmpty) {
			t.Errorf("onto a database: %v", err)
		}
		if _, err := store.Backup(ctx, store.BackupOptions{From: to, KeysFile: keysFile, To: path + ".2"}); err != nil {
			t.Error(err)
		}
		os.Remove(path + ".2")
	}
}

// Others write while a backup is made: it holds a moment, no mixture.
func testBackupOnline(t *testing.T, w *world) {
	s, keysFile := w.kept(t)
	stop, stopped := make(chan struct{}), make(chan int, 1)
	go func() {
		defer close(stopped) // a failure ends this, and must not keep the test waiting
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- n
				return
			default:
				w.raise(t, s, 1000+2*n, 1001+2*n)
			}
		}
	}()
	for range 3 {
		path, err := w.backup(t, keysFile)
		if err != nil {
			t.Error(err)
			break
		}
		done, err := restore(path, keysFile, filepath.Join(t.TempDir(), "aviso.db"))
		if err != nil || len(done.Chains.Broken) > 0 {
			t.Errorf("restored: %v, broken: %v", err, done.Chains.Broken)
		}
	}
	close(stop)
	if n := <-stopped; n == 0 {
		t.Error("nobody wrote meanwhile")
	}
}

func testBackupRefused(t *testing.T, w *world) {
	s, keysFile := w.kept(t)
	path, err := w.backup(t, keysFile)
	if err != nil {
		t.Fatal(err)
	}
	to := w.engine.New(t)
	refused := func(why, from, keys string, want error) {
		t.Helper()
		if _, err := restore(from, keys, to); !errors.Is(err, want) {
			t.Errorf("%s: %v, want: %v", why, err, want)
		}
		s, err := store.Open(context.Background(), store.Options{DSN: to, KeysFile: keysFile, ReadOnly: true})
		if err == nil {
			t.Errorf("%s: something was left of it", why)
			s.Close()
		}
	}
	refused("no keyset", path, filepath.Join(t.TempDir(), "none.keys"), store.ErrNoKeyset)
	other, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	otherFile := filepath.Join(t.TempDir(), "other.keys")
	if err := other.Save(otherFile); err != nil {
		t.Fatal(err)
	}
	refused("another keyset", path, otherFile, store.ErrOtherKeyset)

	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(damaged, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write([]byte("no database at all"))
	refused("something else", damaged, keysFile, store.ErrNoBackup)
	write(whole[:len(whole)-4096])
	if _, err := restore(damaged, keysFile, to); err == nil {
		t.Error("a truncated backup was restored")
	}
	// One bit of many a page in turn. Some lie where nothing is kept; never is
	// there a database that differs.
	before := content(t, s)
	noticed := 0
	for at := 4096 + 4000; at < len(whole); at += 4096 * 7 {
		flipped := append([]byte(nil), whole...)
		flipped[at] ^= 1
		write(flipped)
		path := filepath.Join(t.TempDir(), "aviso.db")
		if _, err := restore(damaged, keysFile, path); err != nil {
			noticed++
			continue
		}
		again, err := store.Open(context.Background(), store.Options{DSN: path, KeysFile: keysFile})
		if err != nil {
			t.Fatal(err)
		}
		if content(t, again) != before {
			t.Errorf("a bit that was flipped at %d made another database", at)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed")
	}
	if _, err := restore(path, keysFile, to); err != nil {
		t.Errorf("after all that: %v", err)
	}
}
