package relay_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
)

func TestWhatCannotBeginInTimeIsReleased(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		var all []gateway.Attempt
		for range 60 {
			all = append(all, gateway.Attempt{})
		}
		w.tell(all...)
		wait(9 * time.Second)
		for _, s := range w.sentSoFar() {
			if left := s.Claim.Until.Sub(s.at); left < gateway.SendBudget {
				t.Errorf("sent with %v of its lease left", left)
			}
			if s.Claim.Doubt {
				t.Error("an attempt was left to fall into doubt")
			}
		}
		if w.seen().releases < 50 {
			t.Errorf("%d released", w.seen().releases)
		}
		wait(60 * time.Second)
		if n := len(w.sentSoFar()); n != 60 {
			t.Errorf("%d requests for 60 attempts", n)
		}
		if n := len(w.foundSoFar()); n != 0 {
			t.Errorf("%d looked up", n)
		}
	})
}

func TestOneSlowCountryDoesNotKeepTheOther(t *testing.T) {
	run(t, []gateway.Sender{short, long}, func(w *world) {
		for range 500 {
			w.add(gateway.Attempt{To: "+523312345678"})
		}
		for range 100 {
			w.add(gateway.Attempt{To: "+13125550101"})
		}
		wait(10 * time.Second)
		us := 0
		for _, s := range w.sentSoFar() {
			if s.To == "+13125550101" {
				us++
			}
		}
		if us != 100 {
			t.Errorf("%d of 100 sent to the US", us)
		}
		wait(9 * time.Minute)
		if n := w.states()[gateway.AttemptSent]; n != 600 {
			t.Errorf("%d of 600 sent", n)
		}
		if n := len(w.foundSoFar()); n != 0 {
			t.Errorf("%d looked up", n)
		}
	})
}

func TestAPauseBeyondTheLeaseSendsNothing(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		for range 5 {
			w.tell(gateway.Attempt{})
		}
		wait(1500 * time.Millisecond)
		before := len(w.sentSoFar())
		// The process stands still while the world's clock goes on; a timer
		// that had run out meanwhile goes off at once.
		w.locked(func() { w.down = errDown })
		w.skew.Store(int64(gateway.Lease))
		wait(5 * time.Second)
		if n := len(w.sentSoFar()); n != before {
			t.Fatalf("%d sent under leases that had ended", n-before)
		}
		w.fail(nil)
		wait(30 * time.Second)
		if n := w.states()[gateway.AttemptSent]; n != 5 {
			t.Errorf("%d of 5 sent in the end", n)
		}
	})
}

func TestAnOlderClaimGivesWayToANewer(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		w.tell(gateway.Attempt{Text: "xxx"})
		ids := w.tell(gateway.Attempt{})
		again := w.row(ids[0])
		again.Claim.Fence = 2
		w.locked(func() { *w.rows[ids[0]] = again })
		w.Dispatch([]gateway.Attempt{again})
		wait(6 * time.Second)
		n := 0
		for _, s := range w.sentSoFar() {
			if s.ID == ids[0] {
				n++
				if s.Claim.Fence != 2 {
					t.Errorf("sent under fence %d", s.Claim.Fence)
				}
			}
		}
		if n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
}

// doubt is an attempt whose earlier claim ended without a result.
func doubt(lookups int) gateway.Attempt {
	return gateway.Attempt{Lookups: lookups, Claim: gateway.Claim{Doubt: true}}
}

func TestDoubt(t *testing.T) {
	const yes, no, cannot = gateway.FoundYes, gateway.FoundNo, gateway.FoundCannotTell
	for _, test := range []struct {
		name    string
		lookups int
		finds   []gateway.Found // what each search comes to; the last again and again
		asked   int
		sent    int
		atLeast time.Duration // until it is recorded as sent
	}{
		{"found", 0, []gateway.Found{yes}, 1, 0, 0},
		{"a second no is believed", 0, []gateway.Found{no, no}, 2, 1, 3 * time.Second},
		{"a first no is not", 0, []gateway.Found{no, yes}, 2, 0, 3 * time.Second},
		{"a no after an earlier one sends in the same claim", 1, []gateway.Found{no}, 1, 1, 0},
		{"nobody can tell: a duplicate rather than a silence", 0, []gateway.Found{cannot}, 3, 1, 2 * time.Second},
		{"searched often enough", 3, nil, 0, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, []gateway.Sender{short}, func(w *world) {
				asked := 0
				w.carrier.find = func(context.Context, gateway.Attempt) (string, gateway.Found, error) {
					asked++
					found := test.finds[min(asked, len(test.finds))-1]
					if found == yes {
						return "SMfound", found, nil
					}
					return "", found, nil
				}
				begun := time.Now()
				id := w.tell(doubt(test.lookups))[0]
				for w.row(id).State != gateway.AttemptSent && time.Since(begun) < time.Minute {
					wait(10 * time.Millisecond)
				}
				took := time.Since(begun)
				if took < test.atLeast || took > test.atLeast+2*time.Second {
					t.Errorf("took %v, want %v", took, test.atLeast)
				}
				if n := len(w.sentSoFar()); asked != test.asked || n != test.sent {
					t.Errorf("asked %d times and sent %d, want %d and %d", asked, n, test.asked, test.sent)
				}
				if a := w.row(id); test.sent == 0 && a.SID != "SMfound" {
					t.Errorf("recorded %q", a.SID)
				}
			})
		})
	}
}

func TestASearchThatFailsKeepsItsRetryAfter(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.find = func(context.Context, gateway.Attempt) (string, gateway.Found, error) {
			return "", gateway.FoundCannotTell, &gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 4 * time.Second}
		}
		w.tell(doubt(0))
		wait(time.Second)
		f := w.seen().results[0].Failure
		if f == nil || f.Code != "lookup" || !f.Unknown || f.After != 4*time.Second {
			t.Fatalf("%+v", f)
		}
	})
}

func TestDoubtDelaysNobodyElse(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.find = func(ctx context.Context, _ gateway.Attempt) (string, gateway.Found, error) {
			<-ctx.Done()
			return "", gateway.FoundCannotTell, ctx.Err()
		}
		var doubts []gateway.Attempt
		for range 100 {
			doubts = append(doubts, doubt(0))
		}
		w.tell(doubts...)
		wait(100 * time.Millisecond)
		begun := time.Now()
		w.tell(gateway.Attempt{})
		wait(100 * time.Millisecond)
		sends := w.sentSoFar()
		if len(sends) != 1 || sends[0].at.Sub(begun) > 20*time.Millisecond {
			t.Fatalf("sent %d", len(sends))
		}
		wait(4 * time.Minute)
		if n := w.states()[gateway.AttemptSent]; n != 101 {
			t.Errorf("%d of 101 sent in the end", n)
		}
	})
}

// TestAKilledNodesAttemptsAreFound is the crash between send and record.
func TestAKilledNodesAttemptsAreFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, nil, []gateway.Sender{short})
		reached := map[gateway.ID]bool{}
		w.carrier.find = func(_ context.Context, m gateway.Attempt) (string, gateway.Found, error) {
			w.book.mu.Lock()
			defer w.book.mu.Unlock()
			if reached[m.ID] {
				return "SMfound", gateway.FoundYes, nil
			}
			return "", gateway.FoundNo, nil
		}
		for i := range 50 { // claimed by a node that is gone; every second one was sent
			a := w.claimed(gateway.Attempt{Text: fmt.Sprint(i % 10)})
			w.locked(func() { reached[a.ID] = i%2 == 0 })
		}
		wait(25 * time.Second)
		if n := w.states()[gateway.AttemptSent]; n != 50 {
			t.Errorf("%d of 50 settled", n)
		}
		for _, s := range w.sentSoFar() {
			if reached[s.ID] {
				t.Error("sent twice")
			}
		}
		if n := len(w.sentSoFar()); n != 25 {
			t.Errorf("%d sent", n)
		}
		w.stop()
	})
}
