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

// everybody finds people by all that they are found by, on every node.
func (w *world) everybody(t *testing.T, what string, people []raised, nodes ...*store.Store) {
	t.Helper()
	ctx := context.Background()
	for n, s := range nodes {
		for _, r := range people {
			p := &r.person
			v := mustView(t, s, gateway.Scope{Phone: p.Phone, NamedPhones: []gateway.Phone{p.Phone}, NamedCodes: []gateway.Code{p.Code}})
			if v.Own == nil || v.Own.ID != p.ID || len(v.Named) != 1 || v.Conversation.Seq == 0 || v.Case(r.alert.ID) == nil {
				t.Errorf("%s: node %d does not find %s by phone and code", what, n, p.Phone)
			}
			for _, c := range p.Contacts {
				v := mustView(t, s, gateway.Scope{Phone: c.Phone})
				if len(v.Wards) != 1 || len(v.Told) != 1 || v.Told[0].Alert.ID != r.alert.ID {
					t.Errorf("%s: node %d finds %d wards and %d alerts of contact %s", what, n, len(v.Wards), len(v.Told), c.Phone)
				}
			}
		}
		if found, err := s.FindByName(ctx, "pérez juan"); err != nil || len(found.Profiles) != min(len(people), 10) || found.Count != min(len(people), 50) {
			t.Errorf("%s: node %d finds %d people by name (%v), want %d", what, n, found.Count, err, len(people))
		}
	}
}

func rotate(s *store.Store, ctx context.Context, lookup bool, rows int64) (store.Rotated, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	return s.Rotate(ctx, store.RotateOptions{Lookup: lookup, Progress: func(n, _ int64) {
		if rows > 0 && n >= rows {
			stop()
		}
	}})
}

// A rotation of either key, cut short and gone on with, beside nodes that know
// nothing of it.
func testRotate(t *testing.T, w *world) {
	for name, lookup := range map[string]bool{"the sealing key": false, "the lookup key": true} {
		t.Run(name, func(t *testing.T) { testRotateOne(t, w, lookup) })
	}
}

func testRotateOne(t *testing.T, w *world, lookup bool) {
	w = &world{engine: w.engine, dsn: w.engine.New(t), now: w.now}
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "aviso.keys")
	s, other := w.openWith(t, store.Options{KeysFile: file}), w.openWith(t, store.Options{KeysFile: file})
	late := w.openWith(t, store.Options{KeysFile: file}) // does nothing until the rotation is nearly over
	var people []raised
	for n := range 12 {
		people = append(people, w.raise(t, s, 10*n+1, 10*n+2, 10*n+3))
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Key: "sms:SM1", Answer: gateway.Answer{Text: "Recibimos"}})
	mustCommit(t, s, gateway.Turn{At: w.now, Key: "voice:CA1", Newcomers: []gateway.Phone{phone(1)},
		KeySessions: []gateway.KeySession{{ID: w.id(), Key: "voice:CA1", Typed: "1"}},
		Texted:      []gateway.Texted{{ID: w.id(), At: w.now, Kind: gateway.TextedInvite, To: phone(8000), By: []byte{1, 2}}},
		Agents:      []gateway.Agent{{ID: w.id(), Name: "eva"}}})
	tries := func(t *testing.T, s *store.Store) bool {
		t.Helper()
		_, refused, err := s.CountTry(ctx, "agent:eva", 2, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return refused
	}
	tries(t, s)
	tries(t, s)
	quiet := people[10].person.Contacts[0].Phone
	mustCommit(t, s, gateway.Turn{At: w.now, Stops: []gateway.Stop{{ID: w.id(), Phone: quiet}}})
	before := content(t, s)

	// Eight people are brought over, four and all that hangs on them not.
	if _, err := rotate(s, ctx, lookup, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("lookup %v: %v, want it cut short", lookup, err)
	}
	keys, err := s.Keys(ctx)
	if err != nil || len(keys) != 3 {
		t.Fatalf("keys %v (%v)", keys, err)
	}
	var old store.KeyInfo
	for _, k := range keys {
		if k.State == store.KeyReplaced {
			old = k
		}
	}
	if _, err := s.DropKey(ctx, store.DropOptions{ID: old.ID}); !errors.Is(err, store.ErrKeyNeeded) {
		t.Errorf("a key that rows need was dropped: %v", err)
	}
	t.Run("in the middle everything is found", func(t *testing.T) {
		w.everybody(t, "in the middle", people, s, other)
		if v := mustView(t, other, gateway.Scope{Phone: people[10].person.Phone}); !v.Stopped[quiet] {
			t.Error("in the middle a contact who wants no texts is texted")
		}
		for _, s := range []*store.Store{s, other} {
			if err := s.Commit(ctx, gateway.Turn{At: w.now, Key: "sms:SM1"}); !errors.Is(err, gateway.ErrRepeat) {
				t.Errorf("in the middle a repeat is %v", err)
			}
			if v := mustView(t, s, gateway.Scope{Key: "sms:SM1"}); v.Repeat == nil || v.Repeat.Text != "Recibimos" {
				t.Errorf("in the middle the first answer is %+v", v.Repeat)
			}
			if v := mustView(t, s, gateway.Scope{KeySession: "voice:CA1", Invited: []gateway.Phone{phone(1)}}); v.KeySession.Typed != "1" || v.Newcomers[phone(1)] != 1 {
				t.Errorf("in the middle: session %+v, newcomers %v", v.KeySession, v.Newcomers)
			}
			if err := s.Commit(ctx, gateway.Turn{At: w.now, KeySessions: []gateway.KeySession{{ID: w.id(), Key: "voice:CA1"}}}); !errors.Is(err, gateway.ErrConflict) {
				t.Errorf("in the middle a second session of a call is %v", err)
			}
			// What is unique stays so, whichever key the row has.
			for _, r := range []raised{people[0], people[11]} {
				for what, double := range map[string]gateway.Profile{
					"phone": {ID: w.id(), Phone: r.person.Phone},
					"code":  {ID: w.id(), Phone: phone(7000), Code: r.person.Code},
				} {
					if err := s.Commit(ctx, gateway.Turn{At: w.now, Profiles: []gateway.Profile{double}}); !errors.Is(err, gateway.ErrConflict) {
						t.Errorf("in the middle a second person with the %s of another: %v", what, err)
					}
				}
				if err := s.Commit(ctx, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{{ID: w.id(), Phone: r.person.Phone}}}); !errors.Is(err, gateway.ErrConflict) {
					t.Errorf("in the middle a second conversation of a phone: %v", err)
				}
			}
		}
		if err := s.Commit(ctx, gateway.Turn{At: w.now, Agents: []gateway.Agent{{ID: w.id(), Name: "eva"}}}); !errors.Is(err, gateway.ErrConflict) {
			t.Errorf("in the middle a second agent of a name: %v", err)
		}
		mustCommit(t, s, gateway.Turn{At: w.now, Newcomers: []gateway.Phone{phone(1)}})
		if v := mustView(t, other, gateway.Scope{Invited: []gateway.Phone{phone(1)}}); v.Newcomers[phone(1)] != 2 {
			t.Errorf("in the middle newcomers are %v, want 2", v.Newcomers)
		}
		mustCommit(t, s, gateway.Turn{At: w.now, Texted: []gateway.Texted{{ID: w.id(), At: w.now, Kind: gateway.TextedNotice, To: phone(8000), By: []byte{1, 2}}}})
		if got := texted(t, other, gateway.Scope{Invited: []gateway.Phone{phone(8000)}}, phone(8000)); len(got) != 2 {
			t.Errorf("in the middle counted %v of what a contact was sent, want 2", got)
		}
		if !tries(t, other) {
			t.Error("in the middle tries are counted anew")
		}
		if after := content(t, other); after != before {
			t.Errorf("in the middle\n%s\nwant\n%s", after, before)
		}
	})
	t.Run("a stop, an erasing and a change of a person who is not brought over yet", func(t *testing.T) {
		mustCommit(t, other, gateway.Turn{At: w.now, Stops: []gateway.Stop{{ID: w.id(), Phone: people[11].person.Phone}}})
		if v := mustView(t, s, gateway.Scope{Phone: people[11].person.Phone}); v.Conversation.Stopped.IsZero() {
			t.Error("in the middle a stop is lost")
		}
		w.end(t, s, people[10].alert.ID, w.now)
		if erased, err := other.EraseProfile(ctx, people[10].person.Phone); !erased || err != nil {
			t.Errorf("in the middle erased %v (%v)", erased, err)
		}
		if v := mustView(t, s, gateway.Scope{Phone: people[10].person.Phone}); v.Own != nil || v.Conversation.Seq != 0 {
			t.Errorf("in the middle an erased person has %+v and %+v", v.Own, v.Conversation)
		}
		people = append(people[:10], people[11:]...)
		for i := range people[:10] {
			moved := mustView(t, s, gateway.Scope{Phone: people[i].person.Phone})
			moved.Own.Phone = phone(5000 + i)
			moved.Conversation = w.conversation(5000 + i)
			mustCommit(t, other, gateway.Turn{At: w.now, Profiles: []gateway.Profile{*moved.Own}, Conversations: []gateway.Conversation{moved.Conversation}})
			people[i].person.Phone = moved.Own.Phone
		}
		people = append(people, w.raise(t, other, 901, 902, 903)) // with the new key
	})

	// All people are passed when a node writes that has not heard of it.
	if _, err := rotate(s, ctx, lookup, 12); !errors.Is(err, context.Canceled) {
		t.Fatalf("lookup %v: %v, want it cut short again", lookup, err)
	}
	people = append(people, w.raise(t, late, 911, 912, 913))

	t.Run("gone on with", func(t *testing.T) {
		done, err := rotate(s, ctx, lookup, 0)
		if err != nil || !done.Resumed || done.Old != old.ID || done.Unopened != 0 {
			t.Errorf("went on: %+v (%v)", done, err)
		}
		w.everybody(t, "afterwards", people, s, other)
		if err := other.Commit(ctx, gateway.Turn{At: w.now, Key: "sms:SM1"}); !errors.Is(err, gateway.ErrRepeat) {
			t.Errorf("afterwards a repeat is %v", err)
		}
		if v := mustView(t, other, gateway.Scope{KeySession: "voice:CA1"}); v.KeySession.Typed != "1" {
			t.Errorf("afterwards the session is %+v", v.KeySession)
		}
		if got := texted(t, other, gateway.Scope{Invited: []gateway.Phone{phone(8000)}}, phone(8000)); len(got) != 2 {
			t.Errorf("afterwards counted %v of what a contact was sent, want 2", got)
		}
		if !tries(t, other) {
			t.Error("afterwards tries are counted anew")
		}
	})
	t.Run("without the old key", func(t *testing.T) {
		dropped, err := s.DropKey(ctx, store.DropOptions{ID: old.ID[:6]})
		if err != nil || dropped.Since.IsZero() || !dropped.Until.Equal(w.now.Truncate(time.Microsecond)) {
			t.Errorf("dropped %+v (%v)", dropped, err)
		}
		again := w.openWith(t, store.Options{KeysFile: file})
		w.everybody(t, "without the old key", people, again)
		if again.Fingerprint() == other.Fingerprint() {
			t.Error("the keyset is as it was")
		}
		content(t, again)
	})
}

// Nodes write and look people up while one rotation follows the other.
func testRotateBeside(t *testing.T, w *world) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "aviso.keys")
	nodes := []*store.Store{w.openWith(t, store.Options{KeysFile: file}), w.openWith(t, store.Options{KeysFile: file})}
	now := w.now
	stop := make(chan struct{})
	var texting sync.WaitGroup
	made := make([][]raised, len(nodes))
	for n, s := range nodes {
		w := &world{now: now}
		texting.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				self := 4000*n + 3*i + 1
				made[n] = append(made[n], w.raise(t, s, self, self+1, self+2))
				for _, r := range made[n][max(0, i-5):] {
					other := nodes[(n+1)%len(nodes)]
					v := mustView(t, other, gateway.Scope{Phone: r.person.Phone})
					if v.Own == nil || v.Own.ID != r.person.ID || v.Conversation.Seq == 0 {
						t.Errorf("%s was missed", r.person.Phone)
					}
					if err := other.Commit(ctx, gateway.Turn{At: w.now, Profiles: []gateway.Profile{{ID: w.id(), Phone: r.person.Phone}}}); !errors.Is(err, gateway.ErrConflict) {
						t.Errorf("a second %s: %v", r.person.Phone, err)
					}
				}
			}
		})
	}
	rotator := w.openWith(t, store.Options{KeysFile: file})
	for i := range 6 {
		if _, err := rotate(rotator, ctx, i%2 == 1, 0); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	texting.Wait()
	keys, err := rotator.Keys(ctx)
	if err != nil || len(keys) != 8 {
		t.Fatalf("keys %v (%v)", keys, err)
	}
	for _, k := range keys {
		if k.State == store.KeyRetired {
			if _, err := rotator.DropKey(ctx, store.DropOptions{ID: k.ID}); err != nil {
				t.Error(err)
			}
		}
	}
	last := w.openWith(t, store.Options{KeysFile: file})
	for _, list := range made {
		for _, r := range list {
			if v := mustView(t, last, gateway.Scope{Phone: r.person.Phone, NamedCodes: []gateway.Code{r.person.Code}}); v.Own == nil || len(v.Named) != 1 || v.Case(r.alert.ID) == nil {
				t.Errorf("%s is missed in the end", r.person.Phone)
			}
		}
	}
	if v, err := last.Verify(ctx); err != nil || len(v.Broken) > 0 {
		t.Errorf("%v, broken: %v", err, v.Broken)
	}
	t.Logf("%d people meanwhile", len(made[0])+len(made[1]))
}

// A node that cannot reach the new key keeps it from being used.
func testRotateNotHeld(t *testing.T, w *world) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := t.TempDir()
	file := filepath.Join(dir, "aviso.keys")
	s := w.openWith(t, store.Options{KeysFile: file})
	copied := filepath.Join(dir, "copy.keys")
	keys, err := store.LoadKeyset(file)
	if err == nil {
		err = keys.Save(copied)
	}
	if err != nil {
		t.Fatal(err)
	}
	apart := w.openWith(t, store.Options{KeysFile: copied})
	var holding sync.WaitGroup
	holding.Go(func() { apart.HoldKeys(ctx) })
	defer holding.Wait()
	defer cancel()
	r := w.raise(t, s, 1, 2)
	for held := 0; held == 0; time.Sleep(10 * time.Millisecond) {
		if held, err = s.Holders(ctx); err != nil {
			t.Fatal(err)
		}
	}
	waiting, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	if _, err := s.Rotate(waiting, store.RotateOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v, want that it waits for the node", err)
	}
	list, err := s.Keys(ctx)
	if err != nil || len(list) != 3 || list[1].State != store.KeyNew {
		t.Errorf("keys %+v (%v), want a new one", list, err)
	}
	w.everybody(t, "while it waits", []raised{r}, s, apart)

	// It is given the key, and the rotation goes on with that one.
	if keys, err = store.LoadKeyset(file); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(copied), keys.Save(copied)); err != nil {
		t.Fatal(err)
	}
	done, err := s.Rotate(ctx, store.RotateOptions{})
	if err != nil || done.New != list[1].ID {
		t.Errorf("rotated %+v (%v)", done, err)
	}
	w.everybody(t, "afterwards", []raised{r}, s, apart)
}

// A keyset that cannot be written is handed out grown, and used once it is where
// it comes from.
func testRotateReadOnly(t *testing.T, w *world) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "it's.keys")
	if err := w.keys.Save(file); err != nil {
		t.Fatal(err)
	}
	s := w.openWith(t, store.Options{KeysFile: `exec:cat "` + file + `"`})
	r := w.raise(t, s, 1, 2)
	if _, err := s.Rotate(ctx, store.RotateOptions{}); !errors.Is(err, store.ErrKeysReadOnly) {
		t.Errorf("%v, want ErrKeysReadOnly", err)
	}
	grown := file + ".new"
	done, err := s.Rotate(ctx, store.RotateOptions{Export: func(k *store.Keyset) error { return k.Save(grown) }})
	if err != nil || !done.Exported {
		t.Errorf("exported %+v (%v)", done, err)
	}
	if _, err := store.Open(ctx, store.Options{DSN: w.dsn, KeysFile: grown, ReadOnly: true}); err != nil {
		t.Errorf("a node that has the new key already: %v", err)
	}
	if err := os.Rename(grown, file); err != nil {
		t.Fatal(err)
	}
	after, err := s.Rotate(ctx, store.RotateOptions{})
	if err != nil || after.Exported || after.New != done.New {
		t.Errorf("rotated %+v (%v), want the key %s", after, err, done.New)
	}
	w.everybody(t, "afterwards", []raised{r}, s)
	if _, err := w.tryOpen(t, store.Options{Keys: w.keys}); !errors.Is(err, store.ErrOldKeyset) {
		t.Errorf("the keyset from before opens it: %v", err)
	}
}

// A backup from before both keys were replaced comes back with the keyset that
// has them still, and is brought over then.
func testRotateBackup(t *testing.T, w *world) {
	ctx := context.Background()
	s, file := w.kept(t)
	before := content(t, s)
	path, err := w.backup(t, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, lookup := range []bool{false, true} {
		if _, err := rotate(s, ctx, lookup, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range []string{w.engine.New(t), filepath.Join(t.TempDir(), "other.db")} {
		done, err := restore(path, file, to)
		if err != nil || done.Profiles != 5 || len(done.Chains.Broken) > 0 {
			t.Fatalf("restored %+v (%v)", done, err)
		}
		again, err := store.Open(ctx, store.Options{DSN: to, KeysFile: file})
		if err != nil {
			t.Fatal(err)
		}
		for _, lookup := range []bool{false, true} {
			if _, err := rotate(again, ctx, lookup, 0); err != nil {
				t.Error(err)
			}
		}
		if after := content(t, again); after != before {
			t.Errorf("restored and brought over\n%s\nwant\n%s", after, before)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	keys, err := s.Keys(ctx)
	if err != nil || len(keys) != 4 {
		t.Fatalf("keys %+v (%v), want that the restored ones went on with those", keys, err)
	}
	for _, k := range keys {
		if k.State == store.KeyRetired {
			if _, err := s.DropKey(ctx, store.DropOptions{ID: k.ID}); err != nil {
				t.Error(err)
			}
			break // of the two the lookup key is left
		}
	}
	if _, err := restore(path, file, filepath.Join(t.TempDir(), "ended.db")); !errors.Is(err, store.ErrOldKeyset) {
		t.Errorf("a backup without its key: %v", err)
	}
}
