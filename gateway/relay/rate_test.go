package relay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// busiest is the most segments that begin within any second, and the longest
// message among them.
func busiest(sends []sent) (most, message int) {
	slices.SortFunc(sends, func(a, b sent) int { return a.at.Compare(b.at) })
	n, from := 0, 0
	for _, s := range sends {
		n += len(s.Text)
		message = max(message, len(s.Text))
		for s.at.Sub(sends[from].at) >= time.Second {
			n -= len(sends[from].Text)
			from++
		}
		most = max(most, n)
	}
	return most, message
}

func TestRateIsNeverExceededAndUsedUp(t *testing.T) {
	for _, rate := range []float64{0.5, 1, 3, 10, 100, 1000} {
		for _, slow := range []time.Duration{0, 4 * time.Millisecond, 40 * time.Millisecond, 300 * time.Millisecond} {
			for _, segments := range []int{1, 3, 0} { // 0: mixed
				t.Run(fmt.Sprintf("%v/s, %v a reservation, %d segments", rate, slow, segments), func(t *testing.T) {
					random := rand.New(rand.NewPCG(1, 2))
					sender := gateway.Sender{Address: "78910", Kind: gateway.ShortCode, Rate: rate}
					seconds := 15.0
					if rate > 100 {
						seconds = 4
					}
					run(t, []gateway.Sender{sender}, func(w *world) {
						w.slow = slow
						total := 0
						for total < max(20, int((seconds+5)*rate)) {
							n := segments
							if n == 0 {
								n = 1 + random.IntN(4)
							}
							w.add(gateway.Attempt{Text: strings.Repeat("x", n)})
							total += n
						}
						wait(time.Duration(seconds) * time.Second)
						sends := w.sentSoFar()
						most, message := busiest(sends)
						if limit := max(rate, 1) + float64(message); float64(most) > limit {
							t.Errorf("%d segments in one second, limit %v", most, limit)
						}
						got := 0
						for _, s := range sends {
							got += len(s.Text)
						}
						// What the sender bears is used: but for the start, the
						// margin, and a reservation that takes longer than one
						// is asked for ahead.
						want := 0.9 * (seconds - 1) * rate
						if slow > 100*time.Millisecond {
							want *= 0.5
						}
						if float64(got) < want-4 {
							t.Errorf("%d segments in %v s, want about %v", got, seconds, want)
						}
						if writes := float64(len(w.seen().blocks)); rate >= 100 && writes > seconds*6 {
							t.Errorf("%v reservations in %v s", writes, seconds)
						}
						for _, b := range w.seen().blocks {
							if b > max(250*time.Millisecond, time.Duration(float64(message)*1.01/rate*float64(time.Second))) {
								t.Fatalf("a block of %v", b)
							}
						}
					})
				})
			}
		}
	}
}

func TestRateHoldsAcrossNodes(t *testing.T) {
	for _, rate := range []float64{1, 100} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sender := []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: rate}}
				a := start(t, nil, sender)
				b := start(t, a.book, sender)
				c := start(t, a.book, sender)
				nodes := []*world{a, b, c}
				for range int(30 * rate) {
					a.add(gateway.Attempt{})
				}
				wait(20 * time.Second)
				var sends []sent
				for _, w := range nodes {
					sends = append(sends, w.sentSoFar()...)
				}
				if most, _ := busiest(sends); float64(most) > rate+1 {
					t.Errorf("%d in one second", most)
				}
				if float64(len(sends)) < 0.8*20*rate {
					t.Errorf("only %d in 20 s", len(sends))
				}
				seen := map[gateway.ID]bool{}
				for _, s := range sends {
					if seen[s.ID] {
						t.Fatal("sent twice")
					}
					seen[s.ID] = true
				}
				for _, w := range nodes {
					w.stop()
				}
			})
		})
	}
}

// TestABurstTakesNoLongerThanItMust is the day on which a whole city texts at
// once: 1,500 alerts of four notices within a second, five senders of 100
// segments a second.
func TestABurstTakesNoLongerThanItMust(t *testing.T) {
	var senders []gateway.Sender
	for i := range 5 {
		senders = append(senders, gateway.Sender{Address: fmt.Sprint(78910 + i), Kind: gateway.ShortCode, Rate: 100})
	}
	run(t, senders, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			time.Sleep(20 * time.Millisecond)
			return "SM1", nil
		}
		w.slow = 5 * time.Millisecond
		begun := time.Now()
		for range 1500 {
			w.tell(gateway.Attempt{Lane: gateway.LaneFirst}, gateway.Attempt{Lane: gateway.LaneNotice},
				gateway.Attempt{Lane: gateway.LaneNotice}, gateway.Attempt{Lane: gateway.LaneNotice})
			time.Sleep(500 * time.Microsecond)
		}
		wait(15 * time.Second)
		var first, last time.Duration
		counts := map[string]int{}
		for _, s := range w.sentSoFar() {
			counts[s.from]++
			last = max(last, s.at.Sub(begun))
			if s.Lane == gateway.LaneFirst {
				first = max(first, s.at.Sub(begun))
			}
		}
		if n := w.states()[gateway.AttemptSent]; n != 6000 {
			t.Errorf("%d of 6000 sent", n)
		}
		if limit := 3 * time.Second; float64(first) > 1.1*float64(limit) {
			t.Errorf("last first notice after %v, limit %v", first, limit)
		}
		if limit := 12 * time.Second; float64(last) > 1.05*float64(limit) {
			t.Errorf("last notice after %v, limit %v", last, limit)
		}
		t.Logf("last first notice after %v of 3 s, last of all after %v of 12 s; %d releases; %v", first, last, w.seen().releases, counts)
	})
}

func TestBacklogIsInSeconds(t *testing.T) {
	run(t, []gateway.Sender{long, second}, func(w *world) {
		wait(time.Second)
		for range 4 {
			w.tell(gateway.Attempt{Text: "xx", Avoid: []string{second.Address}})
		}
		wait(10 * time.Millisecond)
		backlog := w.Backlog()
		if b := backlog[long.Address]; b < 7.5 || b > 8.5 {
			t.Errorf("%v seconds", b)
		}
		if b := backlog[second.Address]; b != 0 {
			t.Errorf("%v seconds", b)
		}
		wait(9 * time.Second)
		if b := w.Backlog()[long.Address]; b > 1 || w.Busy() != 0 {
			t.Errorf("%v seconds, %d busy", b, w.Busy())
		}
	})
}

func TestRequestsAreBounded(t *testing.T) {
	run(t, []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 1000}}, func(w *world) {
		running, most := 0, 0
		w.carrier.send = func(ctx context.Context, _ gateway.Attempt, _ string) (string, error) {
			w.locked(func() { running++; most = max(most, running) })
			defer w.locked(func() { running-- })
			deadline, ok := ctx.Deadline()
			if !ok || time.Until(deadline) > gateway.SendBudget {
				t.Error("a request without a deadline")
			}
			<-ctx.Done() // a carrier that hangs
			return "", &gateway.Failure{Code: "timeout", Unknown: true, Remedy: gateway.Retry}
		}
		for range 200 {
			w.tell(gateway.Attempt{})
		}
		wait(9 * time.Second)
		if most != 8 {
			t.Errorf("%d requests at a time", most)
		}
	}, func(c *relay.Config) { c.Workers = 8 })
}

func TestNodesHardlyKeepEachOtherWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		senders := []gateway.Sender{short}
		a := start(t, nil, senders)
		nodes := []*world{a, start(t, a.book, senders), start(t, a.book, senders)}
		a.slow = 2 * time.Millisecond
		for range 100 { // 10 attempts a second each
			for _, w := range nodes {
				w.tell(gateway.Attempt{})
				time.Sleep(33 * time.Millisecond)
			}
		}
		wait(time.Second)
		var waits []time.Duration
		for _, w := range nodes {
			for _, s := range w.sentSoFar()[10:] { // by then they know of each other
				waits = append(waits, s.at.Sub(s.Due))
			}
			w.stop()
		}
		slices.Sort(waits)
		middle, most := waits[len(waits)/2], waits[len(waits)-1]
		if len(waits) != 270 || middle > 40*time.Millisecond || most > 300*time.Millisecond {
			t.Errorf("%d sent after %v in the middle, %v at most", len(waits), middle, most)
		}
	})
}

func TestALoneNodeSeldomWaitsForAReservation(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.slow = 10 * time.Millisecond
		for range 200 {
			w.tell(gateway.Attempt{})
			time.Sleep(50 * time.Millisecond)
		}
		waited := 0
		for _, s := range w.sentSoFar() {
			if s.at.Sub(s.Due) >= w.slow {
				waited++
			}
		}
		if waited > 5 {
			t.Errorf("%d of 200 waited", waited)
		}
	})
}
