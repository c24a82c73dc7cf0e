package storetest

import (
	"slices"
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

// texted is what is counted of a phone, as kinds.
func texted(t *testing.T, s *store.Store, scope gateway.Scope, to gateway.Phone) (kinds []gateway.TextedKind) {
	t.Helper()
	for _, one := range mustView(t, s, scope).Texted[to] {
		if one.To != to || one.ID.IsZero() || len(one.By) != 2 {
			t.Errorf("counted %+v of %s", one, to)
		}
		kinds = append(kinds, one.Kind)
	}
	return kinds
}

// testTexted: what a contact was sent is counted by who receives it. It is in
// the View of whoever may text them, and stays when the contact is taken off,
// the person erased and the key replaced; after its time it goes.
func testTexted(t *testing.T, w *world) {
	s, other := w.open(t), w.open(t)
	person := w.person(1, 2, 3)
	person.Contacts[0].Standing, person.Contacts[1].Standing = gateway.StandingUnanswered, gateway.StandingAccepted
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{person}})
	one := func(kind gateway.TextedKind, to int, at time.Time) gateway.Texted {
		return gateway.Texted{ID: w.id(), At: at, Kind: kind, To: phone(to), By: []byte{1, 2}}
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Texted: []gateway.Texted{
		one(gateway.TextedNotice, 2, w.now), one(gateway.TextedInvite, 2, w.now.Add(-time.Hour)), one(gateway.TextedDrill, 3, w.now), one(gateway.TextedInvite, 4, w.now.Add(time.Hour)),
	}})
	both := []gateway.TextedKind{gateway.TextedInvite, gateway.TextedNotice}
	for what, c := range map[string]struct {
		scope gateway.Scope
		to    int
		want  []gateway.TextedKind
	}{
		"the person's own phone":                {gateway.Scope{Phone: phone(1)}, 2, both},
		"by the person":                         {gateway.Scope{Profile: person.ID}, 2, both},
		"by another phone":                      {gateway.Scope{Phone: phone(9), NamedPhones: []gateway.Phone{phone(1)}}, 2, both},
		"somebody who names them":               {gateway.Scope{Phone: phone(9), Invited: []gateway.Phone{phone(2)}}, 2, both},
		"a text that is to go":                  {gateway.Scope{Invited: []gateway.Phone{phone(4)}}, 4, []gateway.TextedKind{gateway.TextedInvite}},
		"a drill":                               {gateway.Scope{Phone: phone(1), Drills: true}, 3, []gateway.TextedKind{gateway.TextedDrill}},
		"who has agreed, where nobody drills":   {gateway.Scope{Phone: phone(1)}, 3, nil},
		"somebody who was never written to":     {gateway.Scope{Invited: []gateway.Phone{phone(5)}}, 5, nil},
		"who is named as a contact by somebody": {gateway.Scope{Phone: phone(2)}, 2, both},
	} {
		if got := texted(t, other, c.scope, phone(c.to)); !slices.Equal(got, c.want) {
			t.Errorf("%s: counted %v, want %v", what, got, c.want)
		}
	}
	draft := gateway.Conversation{ID: w.id(), Phone: phone(7), Question: &gateway.Question{Kind: "register", Draft: &gateway.Profile{Phone: phone(7), Contacts: []gateway.Contact{{Phone: phone(2)}}}}}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{draft}})
	if got := texted(t, s, gateway.Scope{Phone: phone(7)}, phone(2)); !slices.Equal(got, both) {
		t.Errorf("in a registration: counted %v", got)
	}
	if erased, err := s.EraseProfile(t.Context(), phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	invited := gateway.Scope{Invited: []gateway.Phone{phone(2)}}
	if got := texted(t, s, invited, phone(2)); !slices.Equal(got, both) {
		t.Errorf("after the person was erased: counted %v", got)
	}
	w.now = w.now.Add(gateway.TextedKept - time.Minute)
	if _, err := s.Retain(t.Context(), gateway.DefaultRetention()); err != nil {
		t.Fatal(err)
	}
	if got := texted(t, s, invited, phone(2)); !slices.Equal(got, both[1:]) {
		t.Errorf("a month after the first: counted %v", got)
	}
	w.now = w.now.Add(2 * time.Minute)
	if got := texted(t, s, invited, phone(2)); got != nil {
		t.Errorf("a month after the last: counted %v", got)
	}
	if done, err := s.Retain(t.Context(), gateway.DefaultRetention()); err != nil || done.Others != 3 {
		t.Errorf("swept %+v (%v), want all but the text that went an hour later", done, err)
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

// testOddCodes: what all nodes count of a code in a day is one number, and is
// there for a command of another day.
func testOddCodes(t *testing.T, w *world) {
	nodes := []*store.Store{w.open(t), w.open(t)}
	count := func(s *store.Store, at time.Time, code string, times int) int {
		total, err := s.CountOddCode(t.Context(), at, code, times)
		if err != nil {
			t.Error(err)
		}
		return total
	}
	if total := count(nodes[0], w.now, "30099", 2); total != 2 {
		t.Errorf("at first %d", total)
	}
	if total := count(nodes[1], w.now, "30099", 3); total != 5 {
		t.Errorf("of both nodes %d", total)
	}
	if total := count(nodes[1], w.now, "63999", 1); total != 1 {
		t.Errorf("of another code %d", total)
	}
	if total := count(nodes[0], w.now.Add(24*time.Hour), "30099", 1); total != 1 {
		t.Errorf("the day after %d", total)
	}
	codes, err := store.OddCodes(t.Context(), nodes[1], w.now.Add(24*time.Hour))
	if err != nil || len(codes) != 3 || codes[0].Code != "30099" || codes[0].Times != 5 || codes[1].Times != 1 || codes[2].Code != "63999" {
		t.Errorf("%+v (%v)", codes, err)
	}
	if codes[0].Day.After(w.now) || w.now.Sub(codes[0].Day) > 24*time.Hour {
		t.Errorf("counted on %v, which is not the day of %v", codes[0].Day, w.now)
	}
	count(nodes[0], w.now.Add(40*24*time.Hour), "30098", 1)
	if codes, err := store.OddCodes(t.Context(), nodes[0], w.now.Add(40*24*time.Hour)); err != nil || len(codes) != 1 || codes[0].Code != "30098" {
		t.Errorf("40 days after: %+v (%v)", codes, err)
	}
}
