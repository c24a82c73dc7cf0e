package storetest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// Whoever moved is found by both phones while that can be undone, also while the
// key that finds is replaced and after; and by the new one alone when the old one
// is forgotten. Whoever looks moved is found by the conversation.
func testMoved(t *testing.T, w *world) {
	ctx := context.Background()
	s := w.openWith(t, store.Options{KeysFile: filepath.Join(t.TempDir(), "aviso.keys")})
	w.raise(t, s, 30, 31)
	r := w.raise(t, s, 1, 2)
	p := *mustView(t, s, gateway.Scope{Phone: phone(1)}).Own
	before := p
	p.Phone, p.Moved = phone(9), &gateway.Moved{From: phone(1), At: w.now, Before: &before}
	guest := w.conversation(20)
	guest.DecoyGuest = &gateway.DecoyGuest{Profile: p.ID, At: w.now}
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{p}, Conversations: []gateway.Conversation{w.conversation(9), guest}})

	found := func(when string) {
		t.Helper()
		v := mustView(t, s, gateway.Scope{Phone: phone(1), NamedPhones: []gateway.Phone{phone(1), phone(9)}})
		if v.Own != nil || v.Former == nil || v.Former.ID != p.ID || v.Former.Moved.Before.Phone != phone(1) || len(v.Named) != 1 || v.Case(r.alert.ID) == nil {
			t.Errorf("%s, by the old phone: own %v, former %v, %d named", when, v.Own, v.Former, len(v.Named))
		}
		if v := mustView(t, s, gateway.Scope{Phone: phone(7), NamedPhones: []gateway.Phone{phone(1)}}); len(v.Named) != 1 || v.Case(r.alert.ID) == nil {
			t.Errorf("%s, named by the old phone: %+v", when, v.Named)
		}
		if v := mustView(t, s, gateway.Scope{Phone: phone(9)}); v.Own == nil || v.Own.ID != p.ID || v.Former != nil || v.Case(r.alert.ID) == nil {
			t.Errorf("%s, by the new phone: %+v", when, v.Own)
		}
		if v := mustView(t, s, gateway.Scope{Phone: phone(20)}); v.Own != nil || v.Guest == nil || v.Guest.ID != p.ID || v.Case(r.alert.ID) == nil {
			t.Errorf("%s, by the phone that they look moved to: %+v", when, v.Guest)
		}
		for _, n := range []int{1, 9} {
			if found, err := s.FindByPhones(ctx, []gateway.Phone{phone(n)}); err != nil || len(found.Profiles) != 1 || found.Profiles[0].ID != p.ID {
				t.Errorf("%s, a search for %s: %+v, %v", when, phone(n), found, err)
			}
			if found, err := s.ProfileByPhone(ctx, phone(n)); err != nil || found == nil || found.ID != p.ID {
				t.Errorf("%s, %s is that of %+v, %v", when, phone(n), found, err)
			}
		}
	}
	found("moved")
	if _, err := rotate(s, ctx, true, 1); err == nil {
		t.Fatal("the rotation was not cut short")
	}
	found("in the middle of a rotation")
	if _, err := rotate(s, ctx, true, 0); err != nil {
		t.Fatal(err)
	}
	found("rotated")

	// An import is of the new number, and forgets no move.
	in := p
	in.Moved = nil
	if done, err := s.ImportProfiles(ctx, []store.Incoming{{Profile: in}}); err != nil || done.Changed != 1 {
		t.Errorf("imported %+v, %v", done, err)
	}
	found("imported")
	in.Phone, in.Code = phone(1), ""
	if done, err := s.ImportProfiles(ctx, []store.Incoming{{Profile: in}}); err != nil || done.New+done.Changed != 0 || done.Refused[0] == nil {
		t.Errorf("with the number from before imported %+v, %v", done, err)
	}
	found("not imported")

	w.now = w.now.Add(gateway.MoveUndo)
	if found, err := s.ProfileByPhone(ctx, phone(1)); err != nil || found != nil {
		t.Errorf("afterwards it is that of %+v, %v", found, err)
	}
	w.now = w.now.Add(-time.Hour)
	w.end(t, s, r.alert.ID, w.now)
	if erased, err := s.EraseProfile(ctx, phone(1)); !erased || err != nil {
		t.Errorf("erased: %v, %v", erased, err)
	}
	for _, n := range []int{1, 9, 20} {
		if v := mustView(t, s, gateway.Scope{Phone: phone(n)}); v.Own != nil || v.Former != nil || v.Guest != nil || n < 20 && v.Conversation.Seq != 0 {
			t.Errorf("of %s is left %+v", phone(n), v.Conversation)
		}
	}
}
