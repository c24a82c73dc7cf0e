package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

const lease = 10 * time.Second

// enqueue commits n attempts that are due.
func (w *world) enqueue(t *testing.T, s *store.Store, n int, change func(i int, a *gateway.Attempt)) []gateway.Attempt {
	t.Helper()
	list := make([]gateway.Attempt, n)
	for i := range list {
		list[i] = w.attempt(nil)
		if change != nil {
			change(i, &list[i])
		}
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Attempts: list})
	return list
}

func mustClaim(t *testing.T, s *store.Store, now time.Time, limit int) []gateway.Attempt {
	t.Helper()
	claimed, err := s.Claim(context.Background(), now, now.Add(lease), limit)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return claimed
}

func testClaimOnce(t *testing.T, w *world) {
	nodes := []*store.Store{w.open(t), w.open(t)}
	list := w.enqueue(t, nodes[0], 500, nil)
	var mu sync.Mutex
	times := map[gateway.ID]int{}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for {
				claimed, err := nodes[worker%2].Claim(context.Background(), w.now, w.now.Add(lease), 7)
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				if len(claimed) > 7 {
					t.Errorf("claimed %d, at most 7 were asked for", len(claimed))
				}
				mu.Lock()
				for _, a := range claimed {
					times[a.ID]++
				}
				// What others are just taking is passed over, so that an
				// empty claim does not mean that there is nothing left.
				done := len(times) == len(list)
				mu.Unlock()
				if done {
					return
				}
			}
		})
	}
	all.Wait()
	for _, a := range list {
		if times[a.ID] != 1 {
			t.Errorf("an attempt was claimed %d times", times[a.ID])
		}
	}
	if len(times) != len(list) {
		t.Errorf("%d attempts were claimed, want %d", len(times), len(list))
	}
}

func testLanes(t *testing.T, w *world) {
	s := w.open(t)
	w.enqueue(t, s, 64, func(i int, a *gateway.Attempt) {
		a.Lane = gateway.Lane(i * 5 % 8)
		a.Due = w.now.Add(-time.Duration(i*37%64) * time.Second)
	})
	w.enqueue(t, s, 5, func(i int, a *gateway.Attempt) { a.Due = w.now.Add(time.Microsecond) })
	var claimed []gateway.Attempt
	for {
		some := mustClaim(t, s, w.now, 10)
		if len(some) == 0 {
			break
		}
		claimed = append(claimed, some...)
	}
	if len(claimed) != 64 {
		t.Fatalf("claimed %d, want 64", len(claimed))
	}
	for i := 1; i < len(claimed); i++ {
		a, b := claimed[i-1], claimed[i]
		if a.Lane > b.Lane || a.Lane == b.Lane && a.Due.After(b.Due) {
			t.Errorf("lane %d due %v comes before lane %d due %v", a.Lane, a.Due, b.Lane, b.Due)
		}
	}
	if late := mustClaim(t, s, w.now.Add(time.Microsecond), 10); len(late) != 5 {
		t.Errorf("claimed %d that are due now, want 5", len(late))
	}
}

func testLease(t *testing.T, w *world) {
	s := w.open(t)
	list := w.enqueue(t, s, 1, nil)
	first := mustClaim(t, s, w.now, 10)
	if len(first) != 1 || first[0].Claim.Fence != 1 || first[0].Claim.Doubt || !first[0].Claim.Until.Equal(w.now.Add(lease)) ||
		first[0].State != gateway.AttemptClaimed || first[0].Text != list[0].Text || first[0].To != list[0].To {
		t.Fatalf("first claim: %+v", first)
	}
	if again := mustClaim(t, s, w.now.Add(lease-time.Microsecond), 10); len(again) != 0 {
		t.Fatal("claimed twice within a lease")
	}
	second := mustClaim(t, s, w.now.Add(lease), 10)
	if len(second) != 1 || second[0].Claim.Fence != 2 || !second[0].Claim.Doubt {
		t.Fatalf("claim after the lease: %+v", second)
	}
	// Born claimed, as a first notice is.
	born := w.enqueue(t, s, 1, func(_ int, a *gateway.Attempt) {
		a.State, a.Claim = gateway.AttemptClaimed, gateway.Claim{Fence: 1, Until: w.now.Add(lease)}
	})
	if early := mustClaim(t, s, w.now, 10); len(early) != 0 {
		t.Fatal("an attempt that was born claimed was claimed again")
	}
	orphan := mustClaim(t, s, w.now.Add(lease), 10)
	if len(orphan) != 1 || orphan[0].ID != born[0].ID || orphan[0].Claim.Fence != 2 || !orphan[0].Claim.Doubt {
		t.Fatalf("claim of an orphan: %+v", orphan)
	}
	// The domain takes the doubt away with a result.
	a := orphan[0]
	a.State, a.Due, a.Claim.Doubt, a.Tries = gateway.AttemptWaiting, w.now.Add(time.Minute), false, 1
	mustCommit(t, s, gateway.Turn{At: w.now, Attempts: []gateway.Attempt{a}})
	if later := mustClaim(t, s, w.now.Add(time.Minute), 10); len(later) != 2 || later[1].Claim.Doubt && later[0].Claim.Doubt {
		t.Fatalf("claim after a refusal: %+v", later)
	}
}

// testCancelMeetsClaim: a Turn that saw an attempt before it was claimed must
// not withdraw it.
func testCancelMeetsClaim(t *testing.T, w *world) {
	s := w.open(t)
	list := w.enqueue(t, s, 1, nil)
	seen := *mustView(t, s, gateway.Scope{Attempt: list[0].ID}).Attempt
	mustClaim(t, s, w.now, 1)
	seen.State = gateway.AttemptWithdrawn
	if err := s.Commit(context.Background(), gateway.Turn{At: w.now, Attempts: []gateway.Attempt{seen}}); !errors.Is(err, gateway.ErrConflict) {
		t.Fatalf("withdrawing what was claimed meanwhile: %v, want ErrConflict", err)
	}
	now := *mustView(t, s, gateway.Scope{Attempt: list[0].ID}).Attempt
	now.State = gateway.AttemptSent
	mustCommit(t, s, gateway.Turn{At: w.now, Attempts: []gateway.Attempt{now}})
	if left := mustClaim(t, s, w.now.Add(time.Hour), 10); len(left) != 0 {
		t.Error("what was sent is claimed")
	}
}

func testRelease(t *testing.T, w *world) {
	s := w.open(t)
	w.enqueue(t, s, 3, nil)
	claimed := mustClaim(t, s, w.now, 3)
	stale := claimed[0]
	stale.Claim.Fence--
	if err := s.Release(context.Background(), []gateway.Attempt{stale, claimed[1]}); err != nil {
		t.Fatal(err)
	}
	again := mustClaim(t, s, w.now, 3)
	if len(again) != 1 || again[0].ID != claimed[1].ID || again[0].Claim.Doubt || again[0].Claim.Fence != 2 {
		t.Fatalf("after a release: %+v", again)
	}
	// Its first claimer has nothing to give back any more.
	if err := s.Release(context.Background(), claimed[1:2]); err != nil {
		t.Fatal(err)
	}
	if more := mustClaim(t, s, w.now, 3); len(more) != 0 {
		t.Error("an older claim's release freed a newer claim")
	}
}

func testVoid(t *testing.T, w *world) {
	s := w.open(t)
	w.enqueue(t, s, 2, nil)
	mustClaim(t, s, w.now, 1)
	beside := w.open(t)
	if left := mustClaim(t, beside, w.now, 10); len(left) != 1 {
		t.Fatalf("a command beside the gateway claimed %d, want the one that is free", len(left))
	}
	next := w.openWith(t, store.Options{Keys: w.keys, VoidLeases: true})
	freed := mustClaim(t, next, w.now, 10)
	if strings.HasPrefix(w.dsn, "postgres") {
		if len(freed) != 0 {
			t.Fatalf("a node that starts claimed %d that other nodes hold", len(freed))
		}
		return
	}
	if len(freed) != 2 || !freed[0].Claim.Doubt || !freed[1].Claim.Doubt {
		t.Fatalf("after a start: %+v, want both, in doubt", freed)
	}
}

func testTimers(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	var timers []gateway.Timer
	for i := range 5 {
		timers = append(timers, gateway.Timer{ID: w.id(), Kind: "panic", Alert: w.id(), Profile: w.id(), Phone: phone(i), Due: w.now.Add(time.Duration(i) * time.Second)})
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Timers: timers})
	now := w.now.Add(3 * time.Second)
	claimed, err := s.ClaimTimers(ctx, now, now.Add(lease), 3)
	if err != nil || len(claimed) != 3 {
		t.Fatal(claimed, err)
	}
	for i, got := range claimed {
		want := timers[i]
		want.Claim = gateway.Claim{Fence: 1, Until: now.Add(lease)}
		same(t, "timer", got, want)
	}
	if err := s.Commit(ctx, gateway.Turn{At: now, Drop: []gateway.ID{timers[0].ID}}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(lease)
	again, err := s.ClaimTimers(ctx, now, now.Add(lease), 10)
	if err != nil || len(again) != 4 {
		t.Fatal(again, err)
	}
	for i, got := range again {
		if doubt := i < 2; got.ID != timers[i+1].ID || got.Claim.Doubt != doubt {
			t.Errorf("timer %d: %+v", i, got)
		}
	}
}

func testOldest(t *testing.T, w *world) {
	s := w.open(t)
	due, waiting, err := s.Oldest(context.Background())
	if err != nil || !due.IsZero() || waiting != 0 {
		t.Fatal(due, waiting, err)
	}
	oldest := w.now.Add(-time.Minute)
	w.enqueue(t, s, 3, func(i int, a *gateway.Attempt) {
		a.Lane, a.Due = gateway.Lane(i), oldest.Add(time.Duration(i)*time.Second)
	})
	w.enqueue(t, s, 1, func(_ int, a *gateway.Attempt) { a.Due = w.now.Add(time.Second) })
	w.enqueue(t, s, 1, func(_ int, a *gateway.Attempt) {
		a.Lane, a.Due = gateway.LaneInvite, w.now.Add(-time.Hour)
	})
	due, waiting, err = s.Oldest(context.Background())
	if err != nil || !due.Equal(oldest) || waiting != 3 {
		t.Fatalf("oldest %v, %d waiting (%v); want %v, 3", due, waiting, err, oldest)
	}
}

// testOldestCall: calls wait apart from texts, and count until they are made,
// whoever holds them.
func testOldestCall(t *testing.T, w *world) {
	s := w.open(t)
	want := func(what string, oldest time.Time, calls int) {
		t.Helper()
		due, waiting, err := s.OldestCall(context.Background())
		if err != nil || !due.Equal(oldest) || waiting != calls {
			t.Errorf("%s: oldest %v, %d waiting (%v); want %v, %d", what, due, waiting, err, oldest, calls)
		}
	}
	want("nothing", time.Time{}, 0)
	oldest := w.now.Add(-time.Minute)
	w.enqueue(t, s, 2, func(_ int, a *gateway.Attempt) { a.Channel, a.Due = gateway.SMS, w.now.Add(-time.Hour) })
	w.enqueue(t, s, 1, func(_ int, a *gateway.Attempt) { a.Channel, a.Due = gateway.Voice, w.now.Add(time.Second) })
	want("texts, and a call that is not due", time.Time{}, 0)
	w.enqueue(t, s, 3, func(i int, a *gateway.Attempt) {
		a.Channel, a.Due = gateway.Voice, oldest.Add(time.Duration(i)*time.Second)
	})
	want("three calls", oldest, 3)
	claimed, err := s.Claim(context.Background(), w.now, w.now.Add(lease), 10)
	if err != nil || len(claimed) != 5 {
		t.Fatal(len(claimed), err)
	}
	want("a node holds them", oldest, 3)
	for _, a := range claimed {
		if a.Channel == gateway.Voice && a.Due.Equal(oldest) {
			a.State, a.SID = gateway.AttemptSent, "CA1"
			if err := s.Commit(context.Background(), gateway.Turn{At: w.now, Attempts: []gateway.Attempt{a}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want("one is made", oldest.Add(time.Second), 2)
}

func testSlots(t *testing.T, w *world) {
	nodes := []*store.Store{w.open(t), w.open(t)}
	const span, each = 250 * time.Millisecond, 40
	var mu sync.Mutex
	starts := map[time.Time]int{}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for range each {
				start, ok, err := nodes[worker%2].Slots(context.Background(), "+15550001111", w.now, w.now.Add(time.Hour), span)
				if err != nil || !ok {
					t.Errorf("slots: %v", err)
					return
				}
				mu.Lock()
				starts[start]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for i := range 4 * each {
		if at := w.now.Add(time.Duration(i) * span); starts[at] != 1 {
			t.Errorf("slot %d was given away %d times", i, starts[at])
		}
	}
	end := w.now.Add(4 * each * span)
	if _, ok, err := nodes[0].Slots(context.Background(), "+15550001111", w.now, end.Add(-time.Microsecond), span); ok || err != nil {
		t.Errorf("a slot that begins too late was reserved (%v)", err)
	}
	free, err := nodes[0].Free(context.Background(), []string{"+15550001111", "78910"})
	if err != nil || len(free) != 1 || !free["+15550001111"].Equal(end) {
		t.Errorf("free: %v (%v)", free, err)
	}
	// What was not used lapses.
	late := w.now.Add(time.Hour)
	if start, _, err := nodes[1].Slots(context.Background(), "+15550001111", late, late, span); err != nil || !start.Equal(late) {
		t.Errorf("start %v (%v), want %v", start, err, late)
	}
}

// hintWait is how long a test waits for a hint; it should come within a second.
const hintWait = 10 * time.Second

func testChanges(t *testing.T, w *world) {
	here, there := w.open(t), w.open(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	changes := map[string]<-chan struct{}{"here": here.Changes(ctx), "there": there.Changes(ctx)}
	for range 2 {
		// Hints of what went before are not the ones that are waited for.
		time.Sleep(1500 * time.Millisecond)
		for _, ch := range changes {
			select {
			case <-ch:
			default:
			}
		}
		w.enqueue(t, here, 1, nil)
		for name, ch := range changes {
			select {
			case <-ch:
			case <-time.After(hintWait):
				t.Errorf("no hint %s", name)
			}
		}
	}
}
