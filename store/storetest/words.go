package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

func claimWords(t *testing.T, s *store.Store, now time.Time) map[string]gateway.Message {
	t.Helper()
	list, err := s.ClaimWords(context.Background(), now, now.Add(time.Minute), 100)
	if err != nil {
		t.Fatal(err)
	}
	bySID := map[string]gateway.Message{}
	for _, m := range list {
		bySID[m.SID] = m
	}
	return bySID
}

func forgotten(t *testing.T, s *store.Store, list ...gateway.Message) {
	t.Helper()
	if err := s.Forgotten(context.Background(), list); err != nil {
		t.Fatal(err)
	}
}

func due(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := s.Unforgotten(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sentAs has an attempt be sent, and come as far as a rank.
func (w *world) sentAs(t *testing.T, s *store.Store, id gateway.ID, sid string, rank gateway.Rank) {
	t.Helper()
	a := *mustView(t, s, gateway.Scope{Attempt: id, Whole: true}).Attempt
	a.State, a.SID, a.Sent, a.Rank, a.Claim = gateway.AttemptSent, sid, w.now, rank, gateway.Claim{}
	mustCommit(t, s, gateway.Turn{At: w.now, Attempts: []gateway.Attempt{a}})
}

func testWords(t *testing.T, w *world) {
	s, other := w.open(t), w.open(t)
	r := w.raise(t, s, 1, 2, 3, 4)
	mustCommit(t, s, gateway.Turn{At: w.now, Key: "sms:SM-in"})
	mustCommit(t, s, gateway.Turn{At: w.now, Key: "call:CA-in"})
	w.sentAs(t, s, r.attempts[0].ID, "SM-delivered", gateway.RankDelivered)
	w.sentAs(t, s, r.attempts[1].ID, "SM-sent", gateway.RankSent)
	if n := due(t, s); n != 2 {
		t.Errorf("%d are due, want what came in and what was delivered", n)
	}
	first := claimWords(t, s, w.now)
	if len(first) != 2 || !first["SM-in"].Received || first["SM-delivered"].Received || !first["SM-in"].Since.Equal(w.now.Truncate(time.Microsecond)) {
		t.Errorf("claimed %+v", first)
	}
	if again := claimWords(t, other, w.now); len(again) != 0 {
		t.Errorf("another node claimed %+v as well", again)
	}
	// One is done with; with the other the carrier is not finished.
	later := first["SM-delivered"]
	later.Next = w.now.Add(10 * time.Minute)
	forgotten(t, s, first["SM-in"], later)
	if got := claimWords(t, s, w.now.Add(5*time.Minute)); len(got) != 0 {
		t.Errorf("claimed too early: %+v", got)
	}
	got := claimWords(t, s, w.now.Add(10*time.Minute))
	if _, ok := got["SM-delivered"]; !ok || len(got) != 1 {
		t.Errorf("claimed %+v, want what has to be asked for again", got)
	}
	// Nobody reported: it is due again when the lease has ended.
	if got := claimWords(t, other, w.now.Add(12*time.Minute)); len(got) != 1 {
		t.Errorf("claimed %+v after the lease", got)
	}
	forgotten(t, s, got["SM-delivered"])
	// An hour without a final receipt.
	got = claimWords(t, s, w.now.Add(time.Hour))
	if _, ok := got["SM-sent"]; !ok || len(got) != 1 {
		t.Errorf("claimed %+v after an hour", got)
	}
	forgotten(t, s, got["SM-sent"])
	if got := claimWords(t, s, w.now.AddDate(0, 0, 20)); len(got) != 0 {
		t.Errorf("in the end: %+v", got)
	}
	// What was answered in band, as far as its carrier says.
	said := func(sid string, final bool) {
		t.Helper()
		if err := s.Said(context.Background(), sid, final); err != nil {
			t.Fatal(err)
		}
	}
	said("SM-taken", false)
	said("SM-taken", false)
	said("SM-final", false)
	said("SM-final", true)
	got = claimWords(t, s, w.now)
	if final, ok := got["SM-final"]; !ok || !final.Received || len(got) != 1 {
		t.Errorf("claimed %+v of the answers", got)
	}
	forgotten(t, s, got["SM-final"])
	said("SM-final", true)
	got = claimWords(t, s, w.now.Add(time.Minute))
	if _, ok := got["SM-taken"]; !ok || len(got) != 1 {
		t.Errorf("claimed %+v of the answers after a minute", got)
	}
	forgotten(t, s, got["SM-taken"])
	// One that held a PIN goes before all others, again after its carrier refused.
	for i := range 3 {
		mustCommit(t, s, gateway.Turn{At: w.now, Key: fmt.Sprintf("sms:SM-early-%d", i)})
	}
	mustCommit(t, s, gateway.Turn{At: w.now.Add(time.Second), Key: "sms:SM-secret", Secret: true})
	for range 2 {
		w.now = w.now.Add(10 * time.Minute)
		list, err := s.ClaimWords(context.Background(), w.now, w.now.Add(time.Minute), 1)
		if err != nil || len(list) != 2 || list[0].SID != "SM-secret" || !list[0].Received {
			t.Fatalf("claimed %+v (%v), want the PIN first, and one other", list, err)
		}
		list[0].Next, list[1].Next = w.now.Add(5*time.Minute), w.now
		forgotten(t, s, list...)
	}
	// It was no change of the attempt.
	if v := mustView(t, s, gateway.Scope{Attempt: r.attempts[0].ID}); v.Attempt.Seq != 2 || v.Attempt.State != gateway.AttemptSent {
		t.Errorf("attempt %+v", v.Attempt)
	}
}

func testWordsErased(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	r := w.raise(t, s, 1, 2, 3)
	w.sentAs(t, s, r.attempts[0].ID, "SM-1", gateway.RankSent)
	w.end(t, s, r.alert.ID, w.now)
	if erased, err := s.EraseProfile(ctx, phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	for _, whole := range []bool{false, true} {
		if v := mustView(t, s, gateway.Scope{Attempt: r.attempts[0].ID, Whole: whole}); v.Attempt != nil {
			t.Errorf("a view holds %+v", v.Attempt)
		}
	}
	got := claimWords(t, s, w.now.Add(time.Hour))
	if _, ok := got["SM-1"]; !ok || len(got) != 1 {
		t.Fatalf("claimed %+v", got)
	}
	forgotten(t, s, got["SM-1"])
	w.now = w.now.AddDate(0, 0, 8)
	if done, err := s.Retain(ctx, gateway.DefaultRetention()); err != nil || done.Messages != 1 {
		t.Errorf("swept %+v (%v), want what was left of the message", done, err)
	}
}
