package relay_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
	"pgregory.net/rapid"
)

func TestProofOutlivesADatabaseOutage(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			w.fail(errDown) // between request and record
			return "SM1", nil
		}
		w.carrier.find = func(context.Context, gateway.Attempt) (string, gateway.Found, error) {
			return "", gateway.FoundCannotTell, nil // so that only the proof helps
		}
		id := w.tell(gateway.Attempt{})[0]
		wait(5 * time.Minute)
		if w.Busy() != 1 {
			t.Fatalf("%d busy", w.Busy())
		}
		w.fail(nil)
		wait(3 * time.Second)
		if a := w.row(id); a.State != gateway.AttemptSent || a.SID != "SM1" {
			t.Errorf("recorded %+v", a)
		}
		if n := len(w.sentSoFar()); n != 1 || w.Busy() != 0 {
			t.Errorf("%d sent, %d busy", n, w.Busy())
		}
	})
}

func TestARefusalIsNotOfferedBeyondItsLease(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			w.fail(errDown)
			return "", &gateway.Failure{Code: "30001", Remedy: gateway.Retry}
		}
		w.tell(gateway.Attempt{})
		wait(gateway.Lease + 3*time.Second)
		if w.Busy() != 0 {
			t.Errorf("%d busy", w.Busy())
		}
	})
}

func TestAnOutageLosesNothing(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.find = func(_ context.Context, m gateway.Attempt) (string, gateway.Found, error) {
			for _, s := range w.sentSoFar() {
				if s.ID == m.ID {
					return "SM1", gateway.FoundYes, nil
				}
			}
			return "", gateway.FoundNo, nil
		}
		for range 1000 {
			w.tell(gateway.Attempt{})
		}
		wait(2 * time.Second)
		w.fail(errDown)
		wait(30 * time.Second)
		w.fail(nil)
		wait(30 * time.Second)
		if n := w.states()[gateway.AttemptSent]; n != 1000 {
			t.Errorf("%d of 1000 sent", n)
		}
		if n := len(w.sentSoFar()); n != 1000 {
			t.Errorf("%d requests for 1000 attempts", n)
		}
	})
}

func TestWhatIsGoneIsDropped(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(_ context.Context, m gateway.Attempt, _ string) (string, error) {
			w.locked(func() { delete(w.rows, m.ID) })
			return "SM1", nil
		}
		w.tell(gateway.Attempt{})
		wait(time.Second)
		if w.Busy() != 0 {
			t.Errorf("%d busy", w.Busy())
		}
	})
}

func TestShutdownReleasesWhatWaitsAndRecordsWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, nil, []gateway.Sender{long})
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			time.Sleep(3 * time.Second)
			return "SM1", nil
		}
		w.tell(gateway.Attempt{}, gateway.Attempt{}, gateway.Attempt{}, doubt(1))
		wait(100 * time.Millisecond)
		begun := time.Now()
		go func() {
			time.Sleep(time.Second)
			w.tell(gateway.Attempt{}) // a last alert, while draining
		}()
		if err := w.stop(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > 4*time.Second {
			t.Errorf("took %v", took)
		}
		states := w.states()
		if states[gateway.AttemptSent] != 1 || states[gateway.AttemptWaiting] != 4 {
			t.Errorf("states %v", states)
		}
		if n := len(w.sentSoFar()); n != 1 {
			t.Errorf("%d sent", n)
		}
	})
}

func TestShutdownEndsThoughNothingCanBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, nil, []gateway.Sender{short})
		w.tell(gateway.Attempt{})
		w.fail(errDown)
		wait(10 * time.Second)
		begun := time.Now()
		w.tell(gateway.Attempt{})
		if err := w.stop(); err == nil {
			t.Error("no word of what was left")
		}
		if took := time.Since(begun); took > 9*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestEveryAttemptEndsOnce: whatever the carrier and the database do, a claim
// ends as one result or one release, and what is not refused for good is sent
// in the end, once.
func TestEveryAttemptEndsOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		senders := rapid.SampledFrom([][]gateway.Sender{{short}, {long}, {short, long}, {long, second}}).Draw(rt, "senders")
		n := rapid.IntRange(1, 40).Draw(rt, "attempts")
		var attempts []gateway.Attempt
		outcomes := map[int][]int{}
		for i := range n {
			attempts = append(attempts, gateway.Attempt{
				To:   rapid.SampledFrom([]gateway.Phone{"+13125550101", "+523312345678"}).Draw(rt, "to"),
				Lane: gateway.Lane(rapid.IntRange(0, 7).Draw(rt, "lane")),
				Text: rapid.SampledFrom([]string{"x", "xx", "xxxx"}).Draw(rt, "text"),
			})
			outcomes[i] = rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(rt, "outcomes")
		}
		outages := rapid.SliceOfN(rapid.IntRange(0, 8000), 0, 3).Draw(rt, "outages")

		synctest.Test(t, func(t *testing.T) {
			w := start(t, nil, senders)
			number, tries, accepted := map[gateway.ID]int{}, map[gateway.ID]int{}, map[gateway.ID]int{}
			w.carrier.send = func(ctx context.Context, m gateway.Attempt, _ string) (string, error) {
				time.Sleep(50 * time.Millisecond)
				w.book.mu.Lock()
				defer w.book.mu.Unlock()
				script := outcomes[number[m.ID]]
				try := tries[m.ID]
				tries[m.ID]++
				if try >= len(script) {
					accepted[m.ID]++
					return "SM1", nil
				}
				switch script[try] {
				case 0:
					return "", &gateway.Failure{Code: "30001", Remedy: gateway.Retry}
				case 1:
					return "", &gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 2 * time.Second}
				case 2:
					return "", &gateway.Failure{Code: "21211", Remedy: gateway.Never}
				case 3: // acted on, the answer lost
					accepted[m.ID]++
					fallthrough
				default: // lost on the way
					return "", &gateway.Failure{Code: "http-503", Remedy: gateway.Retry, Unknown: true}
				}
			}
			w.carrier.find = func(_ context.Context, m gateway.Attempt) (string, gateway.Found, error) {
				w.book.mu.Lock()
				defer w.book.mu.Unlock()
				if accepted[m.ID] > 0 {
					return "SM1", gateway.FoundYes, nil
				}
				return "", gateway.FoundNo, nil
			}
			for i := range attempts {
				attempts[i] = w.claimed(attempts[i])
				w.locked(func() { number[attempts[i].ID] = i })
			}
			w.Dispatch(attempts)
			for _, ms := range outages {
				wait(time.Duration(ms) * time.Millisecond)
				w.fail(errDown)
				wait(2 * time.Second)
				w.fail(nil)
			}
			wait(4 * time.Minute)
			if err := w.stop(); err != nil {
				t.Error(err)
			}
			for id, a := range w.rows {
				mexico := a.To == "+523312345678" && len(senders) == 1 && senders[0].Address == short.Address
				switch {
				case a.State == gateway.AttemptSent && accepted[id] == 1:
				case a.State == gateway.AttemptFailed && accepted[id] == 0 && (mexico || a.Code == "21211"):
				default:
					t.Errorf("attempt in state %v with %q, %d times at the carrier", a.State, a.Code, accepted[id])
				}
				// Each claim has one end; one that an outage swallowed has none.
				if w.ends[id] > int(a.Claim.Fence) || len(outages) == 0 && w.ends[id] != int(a.Claim.Fence) {
					t.Errorf("%d ends of %d claims", w.ends[id], a.Claim.Fence)
				}
			}
		})
	})
}
