package relay

import (
	"context"
	"sync"
	"testing"
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
		return &gateway.Failure{Code: "20009", Remedy: gateway.Retry}
	case "told":
		return &gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 2 * time.Hour}
	}
	return nil
}

func TestForgetter(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)
	l := &library{}
	for sid, age := range map[string]time.Duration{"done": time.Hour, "young": time.Second, "old": 4 * time.Hour, "ancient": 100 * 24 * time.Hour, "told": time.Second} {
		l.list = append(l.list, gateway.Message{SID: sid, Since: now.Add(-age)})
	}
	busy := false
	f := &Forgetter{Words: l, Carrier: l, Busy: func() bool { return busy }, Clock: func() time.Time { return now }}
	if err := f.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(l.asked) != 5 || len(l.noted) != 5 {
		t.Errorf("asked for %v, noted %v", l.asked, l.noted)
	}
	want := map[string]time.Time{"young": now.Add(forgetAgainLeast), "old": now.Add(time.Hour), "ancient": now.Add(forgetAgainMost), "told": now.Add(2 * time.Hour)}
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
	if most := now.Add(2 * forgetMost * gateway.SendBudget / forgetAtOnce); l.until.Before(most) {
		t.Errorf("held until %s, and may take until %s", l.until, most)
	}
}
