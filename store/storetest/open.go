package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

func testOtherKeyset(t *testing.T, w *world) {
	s := w.open(t)
	if s.Fingerprint() != w.keys.Fingerprint() || len(s.Fingerprint()) != 32 {
		t.Errorf("fingerprint %q, want %q", s.Fingerprint(), w.keys.Fingerprint())
	}
	w.raise(t, s, 1, 2)
	other, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.tryOpen(t, store.Options{Keys: other}); !errors.Is(err, store.ErrOtherKeyset) {
		t.Errorf("opened with another keyset: %v, want ErrOtherKeyset", err)
	}
	if v := mustView(t, w.open(t), gateway.Scope{Phone: phone(1)}); v.Own == nil {
		t.Error("its own keyset does not open it any more")
	}
}

func testNewerSchema(t *testing.T, w *world) {
	w.open(t)
	w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number + 1 WHERE name = 'schema'`)
	if _, err := w.tryOpen(t, store.Options{Keys: w.keys}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("opened with a newer schema: %v, want ErrNewerSchema", err)
	}
}

func testMissingKeyset(t *testing.T, w *world) {
	path := filepath.Join(t.TempDir(), "aviso.keys")
	s := w.openWith(t, store.Options{KeysFile: path})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("keyset file: %v (%v), want mode 0600", info, err)
	}
	w.raise(t, s, 1, 2)
	if again := w.openWith(t, store.Options{KeysFile: path}); again.Fingerprint() != s.Fingerprint() {
		t.Error("the second start made other keys")
	}
	moved := path + ".moved"
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tryOpen(t, store.Options{KeysFile: path}); !errors.Is(err, store.ErrNoKeyset) {
		t.Errorf("opened without its keyset: %v, want ErrNoKeyset", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused start left a keyset behind (%v)", err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tryOpen(t, store.Options{KeysFile: path}); err == nil {
		t.Error("opened with a keyset file that is none")
	}
}

func testStartTogether(t *testing.T, w *world) {
	path := filepath.Join(t.TempDir(), "aviso.keys")
	const n = 6
	stores := make([]*store.Store, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			s, err := store.Open(context.Background(), store.Options{DSN: w.dsn, KeysFile: path})
			if err != nil {
				t.Errorf("node %d: %v", i, err)
				return
			}
			stores[i] = s
		})
	}
	all.Wait()
	for i, s := range stores {
		if s == nil {
			continue
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}()
		if s.Fingerprint() != stores[0].Fingerprint() {
			t.Errorf("node %d has another keyset", i)
		}
		mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{w.conversation(i)}})
	}
	for i := range n {
		if v := mustView(t, stores[n-1-i], gateway.Scope{Phone: phone(i)}); v.Conversation.Seq != 1 {
			t.Errorf("what node %d wrote is not read by another", i)
		}
	}
}

func testReadOnly(t *testing.T, w *world) {
	if _, err := w.tryOpen(t, store.Options{Keys: w.keys, ReadOnly: true}); err == nil {
		t.Error("an empty database was opened for reading")
	}
	r := w.raise(t, w.open(t), 1, 2)
	s := w.openWith(t, store.Options{Keys: w.keys, ReadOnly: true})
	if v := mustView(t, s, gateway.Scope{Phone: phone(1)}); v.Own == nil || v.Own.ID != r.person.ID {
		t.Error("it does not read")
	}
	if err := s.Commit(context.Background(), w.turn()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("commit: %v, want ErrReadOnly", err)
	}
}

func testMake(t *testing.T, w *world) {
	keys := filepath.Join(t.TempDir(), "aviso.keys")
	if _, err := w.tryOpen(t, store.Options{KeysFile: keys, Make: store.MakeNothing}); !errors.Is(err, store.ErrNoDatabase) {
		t.Errorf("opened what is not there: %v, want ErrNoDatabase", err)
	}
	if _, err := os.Stat(keys); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused start made a keyset (%v)", err)
	}
	if s := w.openWith(t, store.Options{KeysFile: keys, Make: store.MakeDatabase}); s.Opened != (store.Opened{Made: true, To: store.Schema()}) {
		t.Errorf("made %+v", s.Opened)
	}
	s := w.openWith(t, store.Options{KeysFile: keys, Make: store.MakeNothing})
	if s.Opened.Made {
		t.Error("it is said to be made twice")
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{w.conversation(1)}})
}

func testOtherSchema(t *testing.T, w *world) {
	w.openWith(t, store.Options{Keys: w.keys, Program: "v1.2.3"})
	for by, want := range map[string]error{"- 1": store.ErrOldSchema, "+ 1": store.ErrNewerSchema} {
		w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number `+by+` WHERE name = 'schema'`)
		for _, o := range []store.Options{{Make: store.MakeNothing}, {Make: store.MakeDatabase}, {ReadOnly: true}} {
			o.Keys = w.keys
			_, err := w.tryOpen(t, o)
			var is *store.SchemaError
			if !errors.Is(err, want) || !errors.As(err, &is) || is.Program != "v1.2.3" {
				t.Errorf("%+v: %v, want %v, written by v1.2.3", o, err, want)
			}
		}
		w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number - (`+by+`) WHERE name = 'schema'`)
	}
	if s := w.openWith(t, store.Options{Keys: w.keys, Make: store.MakeNothing}); s.Opened.From != store.Schema() {
		t.Errorf("a refusal changed something: %+v", s.Opened)
	}
}

func testAlone(t *testing.T, w *world) {
	node, err := store.Open(context.Background(), store.Options{DSN: w.dsn, Keys: w.keys, VoidLeases: true})
	if err != nil {
		t.Fatal(err)
	}
	w.openWith(t, store.Options{Keys: w.keys, Make: store.MakeNothing}) // a command beside it is nobody's node
	refused := func() bool {
		_, err := w.tryOpen(t, store.Options{Keys: w.keys, Alone: true})
		return errors.Is(err, store.ErrServing) || errors.Is(err, store.ErrServed)
	}
	within(t, "a node that serves keeps others out", refused)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	within(t, "a node that has ended keeps nobody out", func() bool { return !refused() })
}

// within waits until something holds, which takes a connection some milliseconds.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not so within 10 s: " + what)
		}
	}
}

func testPing(t *testing.T, w *world) {
	s := w.open(t)
	for range 3 {
		if err := s.Ping(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	w.engine.Exec(t, w.dsn, `DROP TABLE meta`)
	if err := s.Ping(context.Background()); err == nil {
		t.Error("a ping that could not write is fine")
	}
}
