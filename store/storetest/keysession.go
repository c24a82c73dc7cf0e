package storetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/ivr"
)

// testKeySession: a call goes on where it was, on whatever node, with the
// people it names and the alert that it raised; two steps at once exclude each
// other.
func testKeySession(t *testing.T, w *world) {
	s := w.open(t)
	raised := w.raise(t, s, 1, 2)
	other := w.person(7)
	k := gateway.KeySession{
		ID: w.id(), Key: "voice:CA1", State: ivr.State{Medium: ivr.Call, At: ivr.PIN, Steps: 3, Typed: "48"},
		Named: []gateway.ID{other.ID}, Profile: raised.person.ID, Alert: raised.alert.ID, Typed: "1*2",
		Last: &gateway.Screen{Language: "es", Step: 3, Lines: []gateway.Line{{Name: "hello", Text: "marque 1", Language: "es"}}},
	}
	first := w.turn()
	first.Key = "voice:CA1:2:48:"
	first.Answer = gateway.Answer{Screen: k.Last}
	first.Profiles, first.KeySessions = []gateway.Profile{other}, []gateway.KeySession{k}
	mustCommit(t, s, first)

	node := w.open(t) // another one
	view := mustView(t, node, gateway.Scope{KeySession: "voice:CA1"})
	k.Seq = 1
	if !reflect.DeepEqual(view.KeySession, k) {
		t.Errorf("read back %+v, want %+v", view.KeySession, k)
	}
	var named []gateway.ID
	for i := range view.Named {
		named = append(named, view.Named[i].ID)
	}
	if !slices.Contains(named, other.ID) || !slices.Contains(named, raised.person.ID) || len(named) != 2 {
		t.Errorf("the view names %v", named)
	}
	if view.Case(raised.alert.ID) == nil {
		t.Error("the alert of the call is not in the view")
	}
	if repeat := mustView(t, node, gateway.Scope{Key: "voice:CA1:2:48:"}).Repeat; repeat == nil || !reflect.DeepEqual(repeat.Screen, k.Last) {
		t.Errorf("the step is answered %+v again", repeat)
	}
	if empty := mustView(t, node, gateway.Scope{KeySession: "voice:CA2"}).KeySession; empty.Seq != 0 || !empty.ID.IsZero() {
		t.Errorf("a call that nobody knows is %+v", empty)
	}

	next := w.turn()
	k.State.Steps = 4
	next.KeySessions = []gateway.KeySession{k}
	mustCommit(t, node, next)
	if err := s.Commit(t.Context(), next); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a step that lost the race: %v, want a conflict", err)
	}
	twin := gateway.KeySession{ID: w.id(), Key: "voice:CA1"}
	again := w.turn()
	again.KeySessions = []gateway.KeySession{twin}
	if err := s.Commit(t.Context(), again); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("two first steps of a call: %v, want a conflict", err)
	}

	// What was typed is forgotten a day later.
	w.now = w.now.Add(25 * time.Hour)
	later := w.turn()
	later.KeySessions = []gateway.KeySession{{ID: w.id(), Key: "voice:CA3"}}
	mustCommit(t, s, later)
	if old := mustView(t, s, gateway.Scope{KeySession: "voice:CA1"}).KeySession; old.Seq != 0 {
		t.Errorf("a day later the call is still kept: %+v", old)
	}
}
