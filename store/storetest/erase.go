package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"aviso/gateway"
	"aviso/store"
)

func testErase(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	gone := w.raise(t, s, 1, 2, 3)
	left := w.raise(t, s, 4, 1, 2) // whose contact the person is
	w.end(t, s, gone.alert.ID, w.now)

	if erased, err := s.EraseProfile(ctx, phone(99)); erased || err != nil {
		t.Errorf("erasing nobody: %v, %v", erased, err)
	}
	if erased, err := s.EraseProfile(ctx, phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	v := mustView(t, s, gateway.Scope{
		Phone: phone(1), NamedPhones: []gateway.Phone{phone(1)}, NamedCodes: []gateway.Code{gone.person.Code},
		Profile: gone.person.ID, Alert: gone.alert.ID, Attempt: gone.attempts[0].ID, Whole: true,
	})
	if v.Own != nil || v.Named != nil || v.Subject != nil || v.Attempt != nil || v.Conversation.Seq != 0 || v.Case(gone.alert.ID) != nil {
		t.Errorf("something is left: %+v", v)
	}
	// What belongs to others stays.
	if len(v.Wards) != 1 || len(v.Told) != 1 || v.Told[0].Recipient.Name == "" || v.Case(left.alert.ID) == nil {
		t.Errorf("somebody else's is gone: %+v", v)
	}
	v = mustView(t, s, gateway.Scope{Phone: phone(2), Refs: []gateway.Ref{gone.alert.Ref}})
	if len(v.Told) != 1 || v.Told[0].Alert.ID != left.alert.ID || len(v.Wards) != 1 {
		t.Errorf("a contact still knows of the alert: %+v", v.Told)
	}
	claimed := mustClaim(t, s, w.now, 100)
	for _, a := range claimed {
		if a.Alert == gone.alert.ID {
			t.Error("an erased attempt was claimed")
		}
	}
	timers, err := s.ClaimTimers(ctx, w.now.AddDate(1, 0, 0), w.now.AddDate(1, 0, 1), 100)
	if err != nil || len(timers) != 1 || timers[0].Alert != left.alert.ID {
		t.Errorf("timers: %+v (%v)", timers, err)
	}
	checked, err := s.Verify(ctx)
	if err != nil || len(checked.Broken) != 0 || checked.Erased != 3 {
		t.Errorf("chains after erasing: %+v (%v), want 3 erased rows", checked, err)
	}
	// The phone and the code may be somebody's again.
	again := w.person(1)
	again.Code = gone.person.Code
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{again}, Conversations: []gateway.Conversation{w.conversation(1)}})

	// A stop outlives erasing, where the Turn says so.
	c := mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation
	c.Stopped = w.now
	again.Seq, again.Head = 1, mustView(t, s, gateway.Scope{Phone: phone(1)}).Own.Head
	mustCommit(t, s, gateway.Turn{At: w.now, Erase: []gateway.Profile{again}, Conversations: []gateway.Conversation{c}})
	v = mustView(t, s, gateway.Scope{Phone: phone(1)})
	if v.Own != nil || v.Conversation.Stopped.IsZero() {
		t.Errorf("after erasing with a stop: own %+v, conversation %+v", v.Own, v.Conversation)
	}
}

func testEraseOpen(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	if erased, err := s.EraseProfile(context.Background(), phone(1)); erased || !errors.Is(err, store.ErrAlertOpen) {
		t.Fatalf("erasing with an open alert: %v, %v", erased, err)
	}
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	err := s.Commit(context.Background(), gateway.Turn{At: w.now, Erase: []gateway.Profile{*v.Own}})
	if !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a Turn that erases with an open alert: %v, want ErrConflict", err)
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(1)}); v.Own == nil || v.Case(r.alert.ID) == nil {
		t.Error("something was erased")
	}
}

func testVerify(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	r := w.raise(t, s, 1, 2)
	for i := range 5 {
		a := mustView(t, s, gateway.Scope{Alert: r.alert.ID}).Cases[0].Alert
		turn := gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Version: a.Version, Kind: "note", Detail: fmt.Sprint(i)}}}
		if i%2 == 0 {
			turn.Alerts = []gateway.Alert{a} // a change and its entry are one row
		}
		mustCommit(t, s, turn)
	}
	w.raise(t, s, 3, 4)
	check := func(what string, broken bool) {
		t.Helper()
		got, err := s.Verify(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if (len(got.Broken) > 0) != broken {
			t.Errorf("%s: broken are %v", what, got.Broken)
		}
	}
	if got, err := s.Verify(ctx); err != nil || got.Chains != 4 || got.Rows != 9 || got.Broken != nil {
		t.Fatalf("%+v (%v), want 4 chains with 9 rows", got, err)
	}
	// Erasing a body is no break; everything else is.
	w.engine.Exec(t, w.dsn, `UPDATE ledger SET body = NULL WHERE what = 'raised'`)
	check("bodies erased", false)
	for _, c := range []struct{ what, do, undo string }{
		{"a time changed", `UPDATE ledger SET at = at + 1 WHERE seq = 3`, `UPDATE ledger SET at = at - 1 WHERE seq = 3`},
		{"a word changed", `UPDATE ledger SET what = 'nothing' WHERE seq = 3`, `UPDATE ledger SET what = 'note' WHERE seq = 3`},
		{"a row hidden", `UPDATE ledger SET seq = -seq WHERE seq = 3`, `UPDATE ledger SET seq = -seq WHERE seq = -3`},
		{"the last row hidden", `UPDATE ledger SET seq = -seq WHERE seq = 6`, `UPDATE ledger SET seq = -seq WHERE seq = -6`},
		{"the subject moved", `UPDATE alert SET seq = seq + 1 WHERE seq = 6`, `UPDATE alert SET seq = seq - 1 WHERE seq = 7`},
		{"the subject hidden", `UPDATE alert SET id = head WHERE seq = 6`, ``},
	} {
		w.engine.Exec(t, w.dsn, c.do)
		check(c.what, true)
		if c.undo != "" {
			w.engine.Exec(t, w.dsn, c.undo)
			check(c.what+", and undone", false)
		}
	}
}
