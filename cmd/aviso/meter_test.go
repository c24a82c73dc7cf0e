package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
)

// ledgerOfDays is where two meters of a test count.
type ledgerOfDays struct {
	mu     sync.Mutex
	days   map[int64]int
	broken bool
}

func (l *ledgerOfDays) Spend(_ context.Context, at time.Time, segments int) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return 0, errors.New("no database")
	}
	l.days[day(at)] += segments
	return l.days[day(at)], nil
}

// TestMeter: all nodes count as one, nothing is forgotten while the database
// is away, and every day begins anew.
func TestMeter(t *testing.T) {
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	shared := &ledgerOfDays{days: map[int64]int{}}
	node := func() *meter {
		return &meter{limit: 100, clock: func() time.Time { return now }, records: shared, seen: func(int, int) {}}
	}
	a, b := node(), node()
	exchange := func() {
		for _, m := range []*meter{a, b, a, b} {
			m.exchange(t.Context())
		}
	}
	a.add(60)
	b.add(39)
	exchange()
	if a.spent() || b.spent() {
		t.Error("99 of 100, and the limit is reached")
	}
	shared.broken = true
	a.add(1)
	exchange()
	if !a.spent() {
		t.Error("a node does not know of what it sent itself while the database was away")
	}
	shared.broken = false
	exchange()
	if !a.spent() || !b.spent() || shared.days[day(now)] != 100 {
		t.Errorf("after 100: %v, %v, %d counted", a.spent(), b.spent(), shared.days[day(now)])
	}
	if wait, ok := b.putOff(gateway.Attempt{Lane: gateway.LaneInvite}); !ok || wait != 2*time.Hour {
		t.Errorf("an invitation at 22:00 waits %v, %v", wait, ok)
	}
	if _, ok := b.putOff(gateway.Attempt{Lane: gateway.LaneFirst, Alert: gateway.ID{1}}); ok {
		t.Error("an alert is put off")
	}
	now = now.Add(2 * time.Hour)
	if a.spent() || b.spent() {
		t.Error("the limit of yesterday holds today")
	}
	exchange()
	if a.spent() || len(a.reasons()) != 0 {
		t.Error("the limit of yesterday holds today, after the nodes have spoken")
	}
	unlimited := &meter{clock: a.clock}
	unlimited.add(1_000_000)
	if unlimited.spent() {
		t.Error("without a limit it is reached")
	}
}
