package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// testUnreached: a finding is in every node's next View, replaces an older one
// and goes with the first that comes after its end.
func testUnreached(t *testing.T, w *world) {
	a, b := w.open(t), w.open(t)
	if list := mustView(t, a, gateway.Scope{}).Directory.Unreached(); len(list) != 0 {
		t.Fatalf("at first: %+v", list)
	}
	found := gateway.Unreached{Sender: "+15550001111", Country: "US", Code: "30034", Until: w.now.Add(time.Hour)}
	mustCommit(t, a, gateway.Turn{At: w.now, Unreached: []gateway.Unreached{found}})
	if list := mustView(t, b, gateway.Scope{}).Directory.Unreached(); len(list) != 1 || list[0] != found {
		t.Errorf("on another node: %+v", list)
	}
	newer := found
	newer.Code, newer.Until = "21408", w.now.Add(2*time.Hour)
	mustCommit(t, b, gateway.Turn{At: w.now, Unreached: []gateway.Unreached{newer}})
	if list := mustView(t, a, gateway.Scope{}).Directory.Unreached(); len(list) != 1 || list[0] != newer {
		t.Errorf("replaced: %+v", list)
	}
	w.now = w.now.Add(3 * time.Hour)
	other := gateway.Unreached{Sender: "78910", Country: "US", Code: "30032", Until: w.now.Add(time.Hour)}
	mustCommit(t, a, gateway.Turn{At: w.now, Unreached: []gateway.Unreached{other}})
	if list := mustView(t, b, gateway.Scope{}).Directory.Unreached(); len(list) != 1 || list[0] != other {
		t.Errorf("after the first has ended: %+v", list)
	}
}

// testNewcomers: new contacts are counted by their block of numbers and day.
func testNewcomers(t *testing.T, w *world) {
	s := w.open(t)
	mustCommit(t, s, gateway.Turn{At: w.now, Newcomers: []gateway.Phone{"+18765550001", "+18765550002", "+18765560001"}})
	mustCommit(t, s, gateway.Turn{At: w.now, Newcomers: []gateway.Phone{"+18765550003"}})
	v := mustView(t, s, gateway.Scope{Invited: []gateway.Phone{"+18765559999", "+18765560002", "+13125550101"}})
	if v.Newcomers["+18765559999"] != 3 || v.Newcomers["+18765560002"] != 1 || v.Newcomers["+13125550101"] != 0 {
		t.Errorf("counted %v", v.Newcomers)
	}
	w.now = w.now.Add(24 * time.Hour)
	if v = mustView(t, s, gateway.Scope{Invited: []gateway.Phone{"+18765559999"}}); v.Newcomers["+18765559999"] != 0 {
		t.Errorf("the day after: %v", v.Newcomers)
	}
}

// testSpend: what all nodes spend in a day is one sum.
func testSpend(t *testing.T, w *world) {
	nodes := []*store.Store{w.open(t), w.open(t)}
	spend := func(s *store.Store, at time.Time, segments int) int {
		total, err := s.Spend(t.Context(), at, segments)
		if err != nil {
			t.Error(err)
		}
		return total
	}
	if total := spend(nodes[0], w.now, 0); total != 0 {
		t.Errorf("at first %d", total)
	}
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() { spend(nodes[i%2], w.now, 3) })
	}
	all.Wait()
	if total := spend(nodes[1], w.now, 0); total != 120 {
		t.Errorf("%d segments, want 120", total)
	}
	if total := spend(nodes[0], w.now.Add(24*time.Hour), 5); total != 5 {
		t.Errorf("the day after: %d", total)
	}
}

// testSides: what a node has heard is known to all, and one alone probes.
func testSides(t *testing.T, w *world) {
	a, b := w.open(t), w.open(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	later := w.now.Add(time.Minute)
	must(a.Hear(ctx, "twilio", later, time.Hour))
	must(b.Hear(ctx, "twilio", w.now, 2*time.Hour)) // heard earlier, told later
	sides, err := b.Sides(ctx)
	must(err)
	if len(sides) != 1 || sides[0].Carrier != "twilio" || !sides[0].Heard.Equal(later) || sides[0].Gap != 2*time.Hour || !sides[0].Probed.IsZero() {
		t.Fatalf("sides: %+v", sides)
	}

	var claims atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s := a
			if i%2 == 0 {
				s = b
			}
			if claimed, err := s.ClaimProbe(ctx, "twilio", later, w.now); err != nil {
				t.Error(err)
			} else if claimed {
				claims.Add(1)
			}
		})
	}
	all.Wait()
	if claims.Load() != 1 {
		t.Errorf("%d nodes may probe, want one", claims.Load())
	}
	if claimed, err := a.ClaimProbe(ctx, "telco", later, w.now); err != nil || !claimed {
		t.Errorf("the first probe of a carrier that was never heard: %v, %v", claimed, err)
	}
	must(b.ProbeBack(ctx, "twilio", later.Add(time.Second)))
	sides, err = a.Sides(ctx)
	must(err)
	for _, side := range sides {
		if side.Carrier == "twilio" && (!side.Probed.Equal(later) || !side.Back.Equal(later.Add(time.Second)) || !side.Heard.Equal(later)) {
			t.Errorf("after the probe: %+v", side)
		}
	}
}
