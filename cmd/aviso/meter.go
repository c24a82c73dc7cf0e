package main

import (
	"context"
	"sync"
	"time"

	"aviso/gateway"
)

// meter counts the segments that this node sends, and knows what all nodes
// have sent today (UTC) to within meterEvery. It is an alarm and no bill: what
// a killed node had counted since the last time is lost.
type meter struct {
	limit   int // a day; 0: none
	clock   func() time.Time
	records spending
	seen    func(total, limit int) // for metrics

	mu      sync.Mutex
	pending int   // counted here, and not yet in total
	day     int64 // that total is of, in days since 1970
	total   int
}

// spending is where all nodes count. *store.Store is one.
type spending interface {
	Spend(ctx context.Context, at time.Time, segments int) (total int, err error)
}

const (
	// meterEvery is how often nodes tell each other, by the database.
	meterEvery = time.Second
	// meterBudget bounds that, the last time included.
	meterBudget = time.Second
)

// add counts segments.
func (m *meter) add(segments int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending += segments
}

// spent reports whether the day's limit is reached.
func (m *meter) spent() bool {
	if m.limit == 0 {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	total := m.pending
	if m.day == day(m.clock()) {
		total += m.total
	}
	return total >= m.limit
}

// putOff is a relay's PutOff: what the limit stops waits for the next day.
func (m *meter) putOff(a gateway.Attempt) (wait time.Duration, ok bool) {
	if !a.Limited() || !m.spent() {
		return 0, false
	}
	now := m.clock().UTC()
	return now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now), true
}

// reasons are for /readyz.
func (m *meter) reasons() []string {
	if m.spent() {
		return []string{"the day's segments have reached --daily-limit: invitations, drills and information wait"}
	}
	return nil
}

// run keeps the count until ctx ends, and writes the rest down then.
func (m *meter) run(ctx context.Context) {
	tick := time.NewTicker(meterEvery)
	defer tick.Stop()
	for {
		m.exchange(ctx)
		select {
		case <-ctx.Done():
			m.exchange(context.WithoutCancel(ctx))
			return
		case <-tick.C:
		}
	}
}

func (m *meter) exchange(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, meterBudget)
	defer cancel()
	now := m.clock()
	m.mu.Lock()
	mine := m.pending
	m.mu.Unlock()
	total, err := m.records.Spend(ctx, now, mine)
	if err != nil {
		return // once more the next time: rather counted twice than not
	}
	m.mu.Lock()
	m.pending -= mine
	m.day, m.total = day(now), total
	m.mu.Unlock()
	m.seen(total, m.limit)
}

func day(at time.Time) int64 { return at.Unix() / int64(24*time.Hour/time.Second) }

// spentToday reports whether all nodes together have reached a day's limit,
// for a command that sends nothing itself. What cannot be asked stops nothing:
// serve looks again before it sends.
func spentToday(records spending, limit int) bool {
	if limit == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), meterBudget)
	defer cancel()
	total, err := records.Spend(ctx, time.Now(), 0)
	return err == nil && total >= limit
}
