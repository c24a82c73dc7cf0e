package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
)

// library is a fake of what is kept, and of the carrier that is to forget it.
type library struct {
	mu     sync.Mutex
	list   []gateway.Message
	asked  []string
	limits []int
	until  time.Time
	noted  []gateway.Message
}

func (l *library) ClaimWords(_ context.Context, _, until time.Time, limit int) ([]gateway.Message, error) {
	l.limits, l.until = append(l.limits, limit), until
	return l.list, nil
}

func (l *library) Forgotten(_ context.Context, list []gateway.Message) error {
	l.noted = list
	return nil
}

func (l *library) Redact(_ context.Context, sid string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, sid)
	switch sid {
	case "young", "old", "ancient":
		return &gateway.Failure{Code: "20009", Remedy: gateway.Retry, Pending: true}
	case "told":
		return &gateway.Failure{Code: "20009", Remedy: gateway.Retry, Pending: true, After: 2 * time.Hour}
	case "odd":
		return &gateway.Failure{Code: "20001", Remedy: gateway.Elsewhere} // something about it alone
	}
	return nil
}

func TestForgetter(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)
	l := &library{}
	for sid, age := range map[string]time.Duration{"done": time.Hour, "young": time.Second, "old": 4 * time.Hour, "ancient": 100 * 24 * time.Hour, "told": time.Second, "odd": 8 * time.Hour} {
		l.list = append(l.list, gateway.Message{SID: sid, Since: now.Add(-age)})
	}
	busy := false
	f := &Forgetter{Words: l, Carrier: l, Busy: func() bool { return busy }, Clock: func() time.Time { return now }}
	if err := f.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(l.asked) != 6 || len(l.noted) != 6 {
		t.Errorf("asked for %v, noted %v", l.asked, l.noted)
	}
	want := map[string]time.Time{"young": now.Add(forgetAgainLeast), "old": now.Add(time.Hour), "ancient": now.Add(forgetAgainMost), "told": now.Add(2 * time.Hour), "odd": now.Add(2 * time.Hour)}
	for _, m := range l.noted {
		if !m.Next.Equal(want[m.SID]) {
			t.Errorf("%s is asked for again at %s, want %s", m.SID, m.Next, want[m.SID])
		}
	}
	busy = true
	if err := f.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(l.limits) != 2 || l.limits[0] != forgetMost || l.limits[1] != forgetBusy {
		t.Errorf("claimed %v at most, want less while there is better to do", l.limits)
	}
	if most := now.Add(forgetKinds * forgetMost * gateway.SendBudget / forgetAtOnce); l.until.Before(most) {
		t.Errorf("held until %s, and may take until %s", l.until, most)
	}
}

// shelf keeps messages as a store does, texts with a PIN first.
type shelf struct {
	mu     sync.Mutex
	list   []gateway.Message // those not forgotten yet; SID "pin-…" held one
	claims int
}

func (s *shelf) ClaimWords(_ context.Context, now, until time.Time, limit int) (claimed []gateway.Message, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims++
	for _, pin := range []bool{true, false} {
		n := 0
		for i := range s.list {
			if m := &s.list[i]; n < limit && strings.HasPrefix(m.SID, "pin-") == pin && !m.Next.After(now) {
				claimed = append(claimed, gateway.Message{SID: m.SID, Received: m.Received, Since: m.Since})
				m.Next = until
				n++
			}
		}
	}
	return claimed, nil
}

func (s *shelf) Forgotten(_ context.Context, list []gateway.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range list {
		i := slices.IndexFunc(s.list, func(o gateway.Message) bool { return o.SID == m.SID })
		if m.Next.IsZero() {
			s.list = slices.Delete(s.list, i, i+1)
		} else {
			s.list[i].Next = m.Next
		}
	}
	return nil
}

// refusing is a carrier that forgets nothing for a while.
type refusing struct {
	mu    sync.Mutex
	begun []time.Time
	ends  time.Time
	how   func(ctx context.Context) error
	done  []string
}

func (r *refusing) Redact(ctx context.Context, sid string) error {
	r.mu.Lock()
	now := time.Now()
	r.begun = append(r.begun, now)
	out := now.Before(r.ends)
	if !out {
		r.done = append(r.done, sid)
	}
	r.mu.Unlock()
	if out {
		return r.how(ctx)
	}
	return nil
}

// However much is to be forgotten, and however a carrier refuses, it is asked
// ever more seldom, by one request at a time; and when it takes them again all
// is forgotten, PINs first.
func TestACarrierThatForgetsNothingIsLeftAlone(t *testing.T) {
	fails := func(f gateway.Failure) func(context.Context) error {
		return func(context.Context) error { return &f }
	}
	for name, how := range map[string]func(context.Context) error{
		"a wrong log-in":   fails(gateway.Failure{Code: "http-401", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}),
		"out of order":     fails(gateway.Failure{Code: "http-503", Remedy: gateway.Retry, Unknown: true}),
		"too many":         fails(gateway.Failure{Code: "20429", Remedy: gateway.Retry}),
		"nobody listens":   fails(gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}),
		"not told why":     func(context.Context) error { return errors.New("broken") },
		"it never answers": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const outage = time.Hour
				begun := time.Now()
				s := &shelf{}
				for i := range 400 {
					sid := fmt.Sprintf("SM%d", i)
					if i%4 == 3 {
						sid = fmt.Sprintf("pin-%d", i)
					}
					s.list = append(s.list, gateway.Message{SID: sid, Received: true, Since: begun})
				}
				c := &refusing{how: how, ends: begun.Add(outage)}
				asked := map[string]int{}
				f := &Forgetter{Words: s, Carrier: c, Busy: func() bool { return false }, Clock: time.Now, Asked: func(outcome string) {
					c.mu.Lock()
					defer c.mu.Unlock()
					asked[outcome]++
				}}
				for time.Since(begun) < outage {
					if err := f.Once(t.Context()); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				within := func(from, to time.Duration) (n int) {
					for _, at := range c.begun {
						if d := at.Sub(begun); d >= from && d < to {
							n++
						}
					}
					return n
				}
				for _, span := range []struct {
					from, to time.Duration
					most     int
				}{{0, time.Second, forgetAtOnce}, {time.Second, 10 * time.Second, 4}, {10 * time.Second, time.Minute, 4}, {10 * time.Minute, time.Hour, 11}} {
					if n := within(span.from, span.to); n > span.most {
						t.Errorf("%d requests from %v to %v, want %d at most", n, span.from, span.to, span.most)
					}
				}
				if n := within(0, 15*time.Second); n < 3 {
					t.Errorf("%d requests in the first seconds: it is tried again soon", n)
				}
				if s.claims > 200 {
					t.Errorf("%d claims while nothing could be done", s.claims)
				}
				if stuck := f.Stuck(); len(stuck) != 1 {
					t.Errorf("stuck: %q", stuck)
				}
				for len(s.list) > 0 && time.Since(begun) < outage+20*time.Minute {
					if err := f.Once(t.Context()); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				if len(s.list) > 0 || len(f.Stuck()) > 0 {
					t.Fatalf("%d are left, stuck: %q", len(s.list), f.Stuck())
				}
				others := 0
				for _, sid := range c.done[:32] {
					if !strings.HasPrefix(sid, "pin-") {
						others++
					}
				}
				if others > forgetAtOnce {
					t.Errorf("%d of the first 32 held no PIN", others)
				}
				if asked[""] != 400 || len(asked) != 2 {
					t.Errorf("counted %v", asked)
				}
			})
		})
	}
}

// One account that refuses holds up no other.
func TestAnAccountThatRefusesHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		s := &shelf{}
		for i := range 64 {
			s.list = append(s.list, gateway.Message{SID: fmt.Sprintf("SM%d", i), Since: now}, gateway.Message{SID: fmt.Sprintf("telco:%d", i), Since: now})
		}
		var mu sync.Mutex
		asked := map[string]int{}
		f := &Forgetter{
			Words: s, Busy: func() bool { return false }, Clock: time.Now, Accounts: []string{"", "telco"},
			Account: func(sid string) string { name, _, ok := strings.Cut(sid, ":"); return map[bool]string{true: name}[ok] },
			Carrier: redactor(func(sid string) error {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasPrefix(sid, "telco:") {
					asked["done"]++
					return nil
				}
				asked["refused"]++
				return &gateway.Failure{Code: "20003", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}
			}),
		}
		for range 30 {
			if err := f.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if asked["done"] != 64 || asked["refused"] > forgetAtOnce+5 {
			t.Errorf("%v", asked)
		}
	})
}

type redactor func(sid string) error

func (r redactor) Redact(_ context.Context, sid string) error { return r(sid) }
