package storetest

import (
	"context"
	"testing"
	"time"

	"aviso/gateway"
)

func testLooks(t *testing.T, w *world) {
	s, other := w.open(t), w.open(t)
	ctx := context.Background()
	p := w.person(1, 2, 3)
	p.Contacts = append(p.Contacts, gateway.Contact{ID: w.id(), Phone: phone(4), Name: "Pedro"}) // has not answered
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{p}})
	registered := w.now.Truncate(time.Microsecond)
	day := 24 * time.Hour
	claim := func() (gateway.Look, bool) {
		t.Helper()
		look, due, err := s.ClaimLook(ctx, w.now, w.now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return look, due
	}
	writes := func(n int, stopped time.Time) {
		t.Helper()
		c := mustView(t, s, gateway.Scope{Phone: phone(n)}).Conversation
		if c.Seq == 0 {
			c = w.conversation(n)
		}
		c.Stopped = stopped
		mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}})
	}
	if look, due := claim(); due {
		t.Errorf("looked at who has just come: %+v", look)
	}
	w.now = w.now.Add(10 * day)
	writes(1, time.Time{})
	writes(2, time.Time{})
	wrote := w.now.Truncate(time.Microsecond)
	w.now = w.now.Add(day)
	look, due := claim()
	if want := (gateway.Look{Profile: p.ID, Phone: phone(1), Heard: registered, Own: wrote}); !due || look != want {
		t.Errorf("%+v, %v; want %+v", look, due, want)
	}
	if _, again, err := other.ClaimLook(ctx, w.now, w.now.Add(time.Hour)); again || err != nil {
		t.Errorf("another node looks as well (%v)", err)
	}
	// The third one has stopped, and is not waited for; the first is remembered
	// beyond the conversation.
	writes(3, w.now)
	w.now = w.now.Add(day)
	if look, due = claim(); !due || !look.Heard.Equal(wrote) {
		t.Errorf("%+v, %v; want one who was heard at %s", look, due, wrote)
	}
	if err := s.Looked(ctx, look, w.now.Add(40*day)); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(39 * day)
	if look, due := claim(); due {
		t.Errorf("looked at too early: %+v", look)
	}
	if _, err := s.Retain(ctx, gateway.DefaultRetention()); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * day)
	if look, due = claim(); !due || !look.Heard.Equal(wrote) || !look.Own.IsZero() {
		t.Errorf("%+v, %v; want what was known before", look, due)
	}
	// It was no change of the person.
	if v := mustView(t, s, gateway.Scope{Profile: p.ID}); v.Subject.Seq != 1 {
		t.Errorf("the person's sequence is %d", v.Subject.Seq)
	}
}
