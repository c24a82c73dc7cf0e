package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// A month of records, with people who write every few days, is swept day by
// day: what is open, lately used or a stop stays, whatever its age.
func testRetain(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	policy := gateway.DefaultRetention()
	day := func(n int) time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

	var cases []raised
	var open, stopped, seized raised
	for n := range 40 {
		w.now = day(n)
		r := w.raise(t, s, 10*n+1, 10*n+2, 10*n+3)
		mustCommit(t, s, gateway.Turn{Key: fmt.Sprint("sms:", n), At: w.now, Answer: gateway.Answer{Text: "Recibimos"},
			KeySessions: []gateway.KeySession{{ID: w.id(), Key: fmt.Sprint("call ", n)}},
			Attempts:    []gateway.Attempt{w.news(n)},
			Tasks:       []gateway.Task{{ID: w.id(), Kind: gateway.TaskSignal, State: gateway.TaskDone, At: w.now, Note: "AYUDA"}, {ID: w.id(), Kind: gateway.TaskSignal, State: gateway.TaskOpen, At: w.now}}})
		switch n {
		case 0:
			open = r
		case 1:
			stopped = r
			mustCommit(t, s, gateway.Turn{At: w.now, Stops: []gateway.Stop{{ID: w.id(), Phone: r.person.Phone}}})
		case 2:
			seized = r
			c := mustView(t, s, gateway.Scope{Phone: r.person.Phone}).Conversation
			c.Silenced = w.now
			mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}})
		}
		if n > 0 {
			w.end(t, s, r.alert.ID, w.now)
		}
		cases = append(cases, r)
		if _, err := s.Retain(ctx, policy); err != nil {
			t.Fatal(err)
		}
	}
	w.now = day(40)
	if _, err := s.Retain(ctx, policy); err != nil {
		t.Fatal(err)
	}
	t.Run("a second sweep finds nothing", func(t *testing.T) {
		if again, err := s.Retain(ctx, policy); err != nil || again.Any() {
			t.Errorf("the next sweep removed %+v (%v)", again, err)
		}
	})
	t.Run("what is young or open stays, the rest goes", func(t *testing.T) {
		for n, r := range cases {
			young := n > 40-30-1
			v := mustView(t, s, gateway.Scope{Alert: r.alert.ID, Attempt: r.attempts[0].ID, Phone: r.person.Phone})
			if v.Own == nil {
				t.Errorf("day %d: the person is gone", n)
			}
			kept := young || n == 0
			if got := v.Case(r.alert.ID) != nil; got != kept || (v.Attempt != nil) != kept {
				t.Errorf("day %d: alert kept %v, attempt kept %v, want %v", n, got, v.Attempt != nil, kept)
			}
			if kept && len(v.Case(r.alert.ID).Recipients) != 2 {
				t.Errorf("day %d: recipients are gone", n)
			}
			// All conversations were last written on their day.
			talks := young || n == 1 || n == 2
			if got := v.Conversation.Seq != 0; got != talks {
				t.Errorf("day %d: conversation kept %v, want %v", n, got, talks)
			}
			repeat := mustView(t, s, gateway.Scope{Key: fmt.Sprint("sms:", n)}).Repeat != nil
			if want := n > 40-3-1; repeat != want {
				t.Errorf("day %d: answer kept %v, want %v", n, repeat, want)
			}
			call := mustView(t, s, gateway.Scope{KeySession: fmt.Sprint("call ", n)}).KeySession.Seq != 0
			if want := n > 40-1-1; call != want {
				t.Errorf("day %d: call kept %v, want %v", n, call, want)
			}
		}
	})
	t.Run("stops, seized phones and open alerts stay", func(t *testing.T) {
		if v := mustView(t, s, gateway.Scope{Phone: stopped.person.Phone}); v.Conversation.Stopped.IsZero() {
			t.Error("a stop is forgotten")
		}
		if v := mustView(t, s, gateway.Scope{Phone: seized.person.Phone}); v.Conversation.Silenced.IsZero() {
			t.Error("a phone that counts as seized is forgotten")
		}
		if v := mustView(t, s, gateway.Scope{Alert: open.alert.ID}); !v.Case(open.alert.ID).Alert.Open() || len(v.Case(open.alert.ID).Tasks) == 0 {
			t.Error("an open alert lost something")
		}
	})
	t.Run("the chains hold", func(t *testing.T) {
		// The chains hold, and say what happened without words: one row in which an
		// alert was raised, one in which it ended.
		checked, err := s.Verify(ctx)
		if err != nil || len(checked.Broken) > 0 || checked.Erased != 2*(40-30-1) {
			t.Errorf("chains: %+v (%v), want %d rows without bodies", checked, err, 2*(40-30-1))
		}
	})
}

// A sweep that is on its way when a text comes in harms neither.
func testRetainMeets(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	r := w.raise(t, s, 1, 2)
	w.end(t, s, r.alert.ID, w.now)
	seen := mustView(t, s, gateway.Scope{Phone: phone(1), Alert: r.alert.ID})
	w.now = w.now.AddDate(0, 0, 31)
	if done, err := s.Retain(ctx, gateway.DefaultRetention()); err != nil || done.Alerts != 1 || done.Conversations != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	for name, turn := range map[string]gateway.Turn{
		"alert":        {At: w.now, Alerts: []gateway.Alert{seen.Cases[0].Alert}},
		"conversation": {At: w.now, Conversations: []gateway.Conversation{seen.Conversation}},
	} {
		if err := s.Commit(ctx, turn); !errors.Is(err, gateway.ErrConflict) {
			t.Errorf("a Turn that saw the %s before: %v, want a conflict", name, err)
		}
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(1)}); v.Own == nil || v.Conversation.Seq != 0 || len(v.Cases) != 0 {
		t.Errorf("afterwards: %+v", v)
	}
	stats, err := s.Retain(ctx, gateway.DefaultRetention())
	if err != nil || stats != (store.Retained{}) {
		t.Errorf("%+v, %v", stats, err)
	}
}

// news is a text that belongs to no alert, and was sent.
func (w *world) news(n int) gateway.Attempt {
	a := w.attempt(nil)
	a.State, a.SID, a.Sent, a.Purpose = gateway.AttemptSent, fmt.Sprint("SM", n), w.now, gateway.PurposeInfo
	return a
}
