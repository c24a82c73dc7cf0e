package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

func TestWhatIsDispatchedIsSentAtOnce(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		wait(0)
		begun := time.Now()
		ids := w.tell(gateway.Attempt{})
		wait(50 * time.Millisecond)
		sends := w.sentSoFar()
		if len(sends) != 1 || sends[0].from != short.Address || sends[0].at.Sub(begun) > 10*time.Millisecond {
			t.Fatalf("sent %v", sends)
		}
		if a := w.row(ids[0]); a.State != gateway.AttemptSent || a.SID != "SM"+a.ID.String() || a.Sender != short.Address {
			t.Errorf("recorded %+v", a)
		}
	})
}

func TestWhatWaitsIsClaimedWhenDue(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		wait(10 * time.Second)
		at := time.Now().Add(1500 * time.Millisecond)
		w.add(gateway.Attempt{Due: at})
		wait(3 * time.Second)
		sends := w.sentSoFar()
		if len(sends) != 1 || sends[0].at.Before(at) || sends[0].at.Sub(at) > time.Second {
			t.Fatalf("sent %v, due %v", sends, at)
		}
	})
}

func TestAHintBringsAClaimForward(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		wait(10*time.Second + 300*time.Millisecond)
		w.add(gateway.Attempt{})
		w.hints <- struct{}{}
		wait(100 * time.Millisecond)
		if n := len(w.sentSoFar()); n != 1 {
			t.Fatalf("%d sent", n)
		}
	})
}

func TestRefusalsAreTriedAgainAfterOneTwoAndFiveSeconds(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			return "", &gateway.Failure{Code: "refused", Remedy: gateway.Retry}
		}
		wait(0)
		begun := time.Now()
		w.tell(gateway.Attempt{})
		wait(9 * time.Second)
		want := []time.Duration{0, 1 * time.Second, 3 * time.Second, 8 * time.Second}
		sends := w.sentSoFar()
		if len(sends) != len(want) {
			t.Fatalf("%d requests", len(sends))
		}
		for i, s := range sends {
			if off := s.at.Sub(begun) - want[i]; off < 0 || off > time.Second {
				t.Errorf("request %d after %v, want %v", i, s.at.Sub(begun), want[i])
			}
		}
	})
}

func TestACarrierThatIsDownIsNotHammered(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		var back atomic.Bool
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			if back.Load() {
				return "SM1", nil
			}
			return "", &gateway.Failure{Code: "connect", Remedy: gateway.Retry}
		}
		for range 100 {
			w.tell(gateway.Attempt{})
		}
		wait(30 * time.Second)
		// 1 + 2 + 5 + 10 seconds, and 20 still to come: five tries each.
		if n := len(w.sentSoFar()); n < 400 || n > 500 {
			t.Fatalf("%d requests for 100 attempts in 30 s", n)
		}
		back.Store(true)
		wait(2 * time.Minute)
		if n := w.states()[gateway.AttemptSent]; n != 100 {
			t.Fatalf("%d of 100 sent after it came back", n)
		}
	})
}

func TestAnErrorWithoutPolicyIsAnUnknownOutcome(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) { return "", errors.New("broken") }
		w.tell(gateway.Attempt{})
		wait(100 * time.Millisecond)
		f := w.seen().results[0].Failure
		if f == nil || !f.Unknown || f.Remedy != gateway.Retry {
			t.Fatalf("result %+v", w.seen().results[0])
		}
	})
}

func TestLanesGoInOrder(t *testing.T) {
	run(t, []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 20}}, func(w *world) {
		var all []gateway.Attempt
		for lane := gateway.LaneInvite; lane >= gateway.LaneFirst; lane-- {
			all = append(all, gateway.Attempt{Lane: lane}, gateway.Attempt{Lane: lane})
		}
		w.tell(all...)
		wait(5 * time.Second)
		sends := w.sentSoFar()
		if len(sends) != len(all) {
			t.Fatalf("%d of %d sent", len(sends), len(all))
		}
		for i, s := range sends {
			if int(s.Lane) != i/2 {
				t.Errorf("send %d is of lane %d", i, s.Lane)
			}
			if i%2 == 1 && strings.Compare(sends[i-1].ID.String(), s.ID.String()) > 0 {
				t.Errorf("send %d is out of order", i)
			}
		}
	})
}

// TestDrillsOfOtherNodes: on however many nodes drills wait for a sender, a
// first notice waits for one of them at most, or for what of them one block of
// a faster sender holds.
func TestDrillsOfOtherNodes(t *testing.T) {
	for _, rate := range []float64{1, 5, 100} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender := []gateway.Sender{{Address: "+15550001111", Kind: gateway.LongCode, Rate: rate}}
				first := start(t, nil, sender)
				nodes := []*world{first, start(t, first.book, sender), start(t, first.book, sender)}
				for range int(60 * rate) {
					first.add(gateway.Attempt{Lane: gateway.LaneDrill})
				}
				wait(20 * time.Second)
				for n := range 12 {
					wait(time.Duration(1100+70*n) * time.Millisecond)
					begun := time.Now()
					node := nodes[n%3]
					id := node.tell(gateway.Attempt{Lane: gateway.LaneFirst})[0]
					wait(time.Second + 300*time.Millisecond)
					i := slices.IndexFunc(node.sentSoFar(), func(s sent) bool { return s.ID == id })
					if i < 0 {
						t.Fatal("not sent in time")
					}
					most := max(time.Second/time.Duration(rate), 250*time.Millisecond) * 51 / 50 // of one block
					if d := node.sentSoFar()[i].at.Sub(begun); d > most {
						t.Errorf("alert %d: sent after %v, want %v", n, d, most)
					}
				}
				total := 0
				for _, w := range nodes {
					total += len(w.sentSoFar())
				}
				if float64(total) < 0.85*40*rate { // they go on meanwhile
					t.Errorf("%d sent in 40 s and more", total)
				}
				for _, w := range nodes {
					w.stop()
				}
			})
		})
	}
}

func TestAThousandDrillsDelayAFirstNoticeByLessThanOneSend(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		for range 1000 {
			w.add(gateway.Attempt{Lane: gateway.LaneDrill})
		}
		wait(20 * time.Second)
		for _, arrival := range []time.Duration{1300, 1900, 2200, 2750} {
			wait(arrival * time.Millisecond)
			begun := time.Now()
			id := w.tell(gateway.Attempt{Lane: gateway.LaneFirst})[0]
			wait(1100 * time.Millisecond)
			sends := w.sentSoFar()
			found := false
			for _, s := range sends {
				if s.ID == id {
					found = true
					if d := s.at.Sub(begun); d > 1010*time.Millisecond {
						t.Errorf("sent after %v", d)
					}
				}
			}
			if !found {
				t.Error("not sent within one send")
			}
		}
		// The drills themselves go on, none is lost, and they cost the
		// database next to nothing.
		if n := len(w.sentSoFar()); n < 28 {
			t.Errorf("only %d sent in 30 s", n)
		}
		if w.seen().releases > 200 { // of some 40 s
			t.Errorf("%d releases", w.seen().releases)
		}
	})
}

func TestARetriedFirstNoticePassesDrillsThatAreHeld(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		for range 1000 {
			w.add(gateway.Attempt{Lane: gateway.LaneDrill})
		}
		wait(20*time.Second + 400*time.Millisecond)
		begun := time.Now()
		a := w.add(gateway.Attempt{Lane: gateway.LaneFirst})
		wait(2500 * time.Millisecond)
		if got := w.row(a.ID); got.State != gateway.AttemptSent {
			t.Fatalf("not sent after %v: %v", time.Since(begun), got.State)
		}
	})
}

func TestSenderChoice(t *testing.T) {
	us, mx := gateway.Phone("+13125550101"), gateway.Phone("+523312345678")
	free := gateway.Sender{Address: "+18005550100", Kind: gateway.TollFree, Rate: 3}
	tests := []struct {
		name    string
		senders []gateway.Sender
		told    []gateway.Attempt
		want    []string
	}{
		{"the first in order", []gateway.Sender{short, long}, []gateway.Attempt{{To: us}}, []string{short.Address}},
		{"that reaches the country", []gateway.Sender{short, free, long}, []gateway.Attempt{{To: mx}}, []string{long.Address}},
		{"not one to be avoided", []gateway.Sender{long, second}, []gateway.Attempt{{To: mx, Avoid: []string{long.Address}}}, []string{second.Address}},
		{"unless all are", []gateway.Sender{long}, []gateway.Attempt{{To: mx, Avoid: []string{long.Address}}}, []string{long.Address}},
		{"the preferred one first", []gateway.Sender{long, second}, []gateway.Attempt{{To: us, Prefer: second.Address}}, []string{second.Address}},
		{"not where it cannot reach", []gateway.Sender{long, short}, []gateway.Attempt{{To: mx, Prefer: short.Address}}, []string{long.Address}},
		{"not where it is to be avoided", []gateway.Sender{long, second}, []gateway.Attempt{{To: us, Prefer: second.Address, Avoid: []string{second.Address}}}, []string{long.Address}},
		{"within two seconds, else the next", []gateway.Sender{long, second}, []gateway.Attempt{{To: us}, {To: us}, {To: us}}, []string{long.Address, long.Address, second.Address}},
		{"a first notice goes elsewhere than behind a backlog", []gateway.Sender{long, second},
			[]gateway.Attempt{{To: us, Text: "xxx", Lane: gateway.LaneInvite}, {To: us, Lane: gateway.LaneFirst}}, []string{long.Address, second.Address}},
		{"a call from its own number", []gateway.Sender{short}, []gateway.Attempt{{To: mx, Channel: gateway.Voice}}, []string{"+15550003333"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run(t, test.senders, func(w *world) {
				ids := w.tell(test.told...)
				wait(5 * time.Second)
				sends := w.sentSoFar()
				if len(sends) != len(ids) {
					t.Fatalf("%d of %d sent", len(sends), len(ids))
				}
				for _, s := range sends {
					i := slices.Index(ids, s.ID)
					if s.from != test.want[i] {
						t.Errorf("attempt %d from %s, want %s", i, s.from, test.want[i])
					}
				}
			})
		})
	}
}

func TestNoSenderReaches(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		ids := w.tell(gateway.Attempt{To: "+523312345678"})
		wait(time.Second)
		if a := w.row(ids[0]); a.State != gateway.AttemptFailed || a.Code != "no-sender" {
			t.Fatalf("%+v", a)
		}
		if f := w.seen().results[0].Failure; f.Remedy != gateway.Call || !f.Alarm {
			t.Errorf("%+v", f)
		}
	})
}

func TestNoCallsWithoutANumber(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		ids := w.tell(gateway.Attempt{Channel: gateway.Voice})
		wait(time.Second)
		if a := w.row(ids[0]); a.State != gateway.AttemptFailed || w.seen().results[0].Failure.Remedy != gateway.Never {
			t.Fatalf("%+v", a)
		}
	}, func(c *relay.Config) { c.Callers = nil })
}

func TestRetryAfterPausesTheSender(t *testing.T) {
	for _, test := range []struct{ after, pause time.Duration }{
		{700 * time.Millisecond, 700 * time.Millisecond},
		{3 * time.Second, 3 * time.Second},
		{5 * time.Second, 5 * time.Second},
		{time.Minute, 5 * time.Second},
	} {
		t.Run(fmt.Sprint(test.after), func(t *testing.T) {
			run(t, []gateway.Sender{short}, func(w *world) {
				refused := time.Time{}
				w.carrier.send = func(_ context.Context, m gateway.Attempt, _ string) (string, error) {
					if refused.IsZero() {
						refused = time.Now()
						return "", &gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: test.after}
					}
					return "SM1", nil
				}
				w.tell(gateway.Attempt{}, gateway.Attempt{}, gateway.Attempt{})
				wait(10 * time.Second)
				next := w.sentSoFar()[1].at.Sub(refused)
				if next < test.pause || next > test.pause+50*time.Millisecond {
					t.Errorf("next request after %v, want %v", next, test.pause)
				}
			})
		})
	}
}

func TestAPausedSendersLineGoesElsewhere(t *testing.T) {
	run(t, []gateway.Sender{short, long}, func(w *world) {
		w.carrier.send = func(_ context.Context, m gateway.Attempt, from string) (string, error) {
			if from == short.Address {
				return "", &gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 5 * time.Second}
			}
			return "SM1", nil
		}
		w.tell(gateway.Attempt{}, gateway.Attempt{})
		wait(200 * time.Millisecond)
		sends := w.sentSoFar()
		if len(sends) != 2 || sends[1].from != long.Address {
			t.Fatalf("%+v", sends)
		}
	})
}

// TestASenderThatIsTakenKeepsNobody: another node, or the one before a new
// start, has reserved the first sender far ahead, which nobody knew when the
// messages were placed.
func TestASenderThatIsTakenKeepsNobody(t *testing.T) {
	run(t, []gateway.Sender{short, long}, func(w *world) {
		wait(0)
		w.reserved[short.Address] = time.Now().Add(time.Hour)
		w.tell(gateway.Attempt{}, gateway.Attempt{})
		wait(2 * time.Second)
		sends := w.sentSoFar()
		if len(sends) != 2 || sends[0].from != long.Address || sends[1].from != long.Address {
			t.Fatalf("%+v", sends)
		}
	})
}

func TestWhatHasExpiredIsNotSent(t *testing.T) {
	run(t, []gateway.Sender{long}, func(w *world) {
		w.tell(gateway.Attempt{Text: "xxxx"})
		// One is too old on arrival, one grows too old in the line.
		ids := w.tell(gateway.Attempt{Expires: time.Now()}, gateway.Attempt{Expires: time.Now().Add(2 * time.Second)})
		wait(8 * time.Second)
		if n := len(w.sentSoFar()); n != 1 {
			t.Errorf("%d sent", n)
		}
		for _, id := range ids {
			if a := w.row(id); a.State != gateway.AttemptFailed || a.Code != "expired" {
				t.Errorf("%v %q", a.State, a.Code)
			}
		}
	})
}

func TestTimersComeWhenTheyAreDue(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		begun := time.Now()
		w.locked(func() {
			for i := range 40 {
				id := w.id()
				w.timers[id] = &gateway.Timer{ID: id, Due: begun.Add(time.Duration(i) * 100 * time.Millisecond)}
			}
		})
		wait(2 * time.Second)
		w.locked(func() {
			if n := len(w.fired); n < 10 || n > 21 {
				t.Errorf("%d fired after 2 s", n)
			}
		})
		wait(4 * time.Second)
		w.locked(func() {
			if len(w.fired) != 40 || len(w.timers) != 0 {
				t.Errorf("%d fired", len(w.fired))
			}
		})
	})
}

func TestATimerThatTheDatabaseRefusedComesAgain(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		wait(500 * time.Millisecond)
		w.locked(func() {
			id := w.id()
			w.timers[id] = &gateway.Timer{ID: id, Due: time.Now(), Claim: gateway.Claim{Until: time.Now()}}
		})
		w.fail(errDown)
		wait(5 * time.Second)
		w.fail(nil)
		wait(gateway.Lease + 2*time.Second)
		w.locked(func() {
			if len(w.fired) != 1 {
				t.Errorf("%d fired", len(w.fired))
			}
		})
	})
}
