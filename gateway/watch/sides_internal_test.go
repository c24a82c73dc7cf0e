package watch

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// sideBook keeps sides in memory.
type sideBook struct {
	mu    sync.Mutex
	sides map[string]store.Side
}

func (b *sideBook) Sides(context.Context) (list []store.Side, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, side := range b.sides {
		side.Carrier = name
		list = append(list, side)
	}
	return list, nil
}

func (b *sideBook) change(carrier string, f func(*store.Side)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	side := b.sides[carrier]
	f(&side)
	b.sides[carrier] = side
}

func (b *sideBook) Hear(_ context.Context, carrier string, at time.Time, gap time.Duration) error {
	b.change(carrier, func(s *store.Side) { s.Heard, s.Gap = at, gap })
	return nil
}

func (b *sideBook) ClaimProbe(_ context.Context, carrier string, now, before time.Time) (claimed bool, err error) {
	b.change(carrier, func(s *store.Side) {
		if claimed = !s.Probed.After(before); claimed {
			s.Probed = now
		}
	})
	return claimed, nil
}

func (b *sideBook) ProbeBack(_ context.Context, carrier string, at time.Time) error {
	b.change(carrier, func(s *store.Side) { s.Back = at })
	return nil
}

// watched is a Sides whose clock a test turns.
type watched struct {
	*Sides
	now    time.Time
	probes int
}

func watch(probe bool) *watched {
	w := &watched{now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	config := SidesConfig{
		Records: &sideBook{sides: map[string]store.Side{}}, Metrics: NewMetrics(), Clock: func() time.Time { return w.now },
		Carriers: []string{"twilio", "telco"}, Senders: []gateway.Sender{{Address: "+15550001111"}, {Address: "78910"}},
	}
	if probe {
		config.Probe = &Probe{From: "78910", To: "+15550001111", Carrier: "twilio", Every: time.Hour,
			Send: func(context.Context, gateway.Probe) error {
				w.probes++
				return nil
			}}
	}
	w.Sides = NewSides(config)
	return w
}

// after lets time pass, looking as Run does.
func (w *watched) after(d time.Duration) []string {
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(time.Minute)
		w.look(context.Background())
	}
	return w.Reasons()
}

// TestSilence: a carrier that is much quieter than usual alarms; nights do
// not, nor does one that was never heard.
func TestSilence(t *testing.T) {
	w := watch(false)
	if reasons := w.after(3 * 24 * time.Hour); len(reasons) != 0 {
		t.Errorf("never heard: %q", reasons)
	}
	// Three weeks of days with a text every ten minutes, and of nights without.
	for day := range 21 {
		for range 16 * 6 {
			w.Hear("twilio")
			if reasons := w.after(10 * time.Minute); len(reasons) != 0 {
				t.Fatalf("day %d: %q", day, reasons)
			}
		}
		if reasons := w.after(8 * time.Hour); len(reasons) != 0 {
			t.Fatalf("night %d: %q", day, reasons)
		}
	}
	if reasons := w.after(12 * time.Hour); len(reasons) != 1 || !strings.Contains(reasons[0], "come in through twilio") {
		t.Errorf("after a night and twelve hours more: %q", reasons)
	}
	w.Hear("twilio")
	if reasons := w.after(time.Minute); len(reasons) != 0 {
		t.Errorf("heard again: %q", reasons)
	}

	// A line that is never quiet is missed soon.
	busy := watch(false)
	for range 30 * 24 * 6 {
		busy.Hear("telco")
		busy.after(10 * time.Minute)
	}
	if reasons := busy.after(15 * time.Minute); len(reasons) != 0 {
		t.Errorf("a quarter of an hour: %q", reasons)
	}
	if reasons := busy.after(time.Hour); len(reasons) != 1 {
		t.Errorf("more than an hour: %q", reasons)
	}
}

// TestProbeLost: our own text that does not come in alarms, until one does.
func TestProbeLost(t *testing.T) {
	w := watch(true)
	if reasons := w.after(4 * time.Minute); len(reasons) != 0 || w.probes != 1 {
		t.Fatalf("under way: %q, %d probes", reasons, w.probes)
	}
	if reasons := w.after(5 * time.Minute); len(reasons) != 1 || !strings.Contains(reasons[0], "through twilio did not come in") {
		t.Errorf("lost: %q", reasons)
	}
	w.after(time.Hour)
	if w.probes != 2 {
		t.Fatalf("%d probes in 70 minutes, want 2", w.probes)
	}
	back := &gateway.Text{From: "78910", Sender: "+15550001111", Body: "RED X: " + gateway.ProbeWords + ". No es alerta"}
	if !w.Own(context.Background(), back) {
		t.Error("the probe is taken for somebody's text")
	}
	if reasons := w.after(10 * time.Minute); len(reasons) != 0 {
		t.Errorf("back: %q", reasons)
	}
}

// TestOwn: whatever comes from a number of ours is not a person's.
func TestOwn(t *testing.T) {
	w := watch(false)
	for from, want := range map[gateway.Phone]bool{"+15550001111": true, "78910": true, "+13125550101": false, "": false} {
		if got := w.Own(context.Background(), &gateway.Text{From: from, Sender: "78910", Body: "ALERTA"}); got != want {
			t.Errorf("from %q: %v", from, got)
		}
	}
}
