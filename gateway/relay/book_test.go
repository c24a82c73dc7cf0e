package relay_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// book is a store and a domain in memory: the rows, their leases and fences,
// and what the domain does with a result, as far as the relay can tell.
type book struct {
	clock func() time.Time

	mu       sync.Mutex
	rows     map[gateway.ID]*gateway.Attempt
	timers   map[gateway.ID]*gateway.Timer
	reserved map[string]time.Time
	hints    chan struct{}
	down     error         // what every call fails with
	slow     time.Duration // what every reservation takes

	tally
	ends map[gateway.ID]int // results and releases, each
	born uint64
}

// tally is what a book has seen.
type tally struct {
	results  []gateway.Result
	releases int
	blocks   []time.Duration // that were reserved
	fired    []gateway.ID    // timers
}

var errDown = errors.New("no database")

func newBook(clock func() time.Time) *book {
	return &book{
		clock: clock, rows: map[gateway.ID]*gateway.Attempt{}, timers: map[gateway.ID]*gateway.Timer{},
		reserved: map[string]time.Time{}, ends: map[gateway.ID]int{}, hints: make(chan struct{}, 1),
	}
}

// id is the next one: ids rise, as real ones do.
func (b *book) id() (id gateway.ID) {
	b.born++
	binary.BigEndian.PutUint64(id[:], b.born)
	return id
}

// add keeps an attempt, completed to a text in the given lane.
func (b *book) add(a gateway.Attempt) gateway.Attempt {
	b.mu.Lock()
	defer b.mu.Unlock()
	a.ID = b.id()
	a.To = cmp.Or(a.To, "+13125550101")
	a.Text = cmp.Or(a.Text, "x")
	a.Channel = cmp.Or(a.Channel, gateway.SMS)
	a.State = cmp.Or(a.State, gateway.AttemptWaiting)
	if a.Due.IsZero() {
		a.Due = b.clock()
	}
	b.rows[a.ID] = &a
	return a
}

// claimed is an attempt that is born claimed.
func (b *book) claimed(a gateway.Attempt) gateway.Attempt {
	a.State = gateway.AttemptClaimed
	a.Claim.Fence = 1
	a.Claim.Until = b.clock().Add(gateway.Lease)
	return b.add(a)
}

func (b *book) row(id gateway.ID) gateway.Attempt {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.rows[id]
}

func (b *book) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = err
}

func (b *book) Claim(_ context.Context, now, until time.Time, limit int) ([]gateway.Attempt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return nil, b.down
	}
	var due []*gateway.Attempt
	for _, a := range b.rows {
		switch {
		case a.State == gateway.AttemptWaiting && !a.Due.After(now):
			due = append(due, a)
		case a.State == gateway.AttemptClaimed && !a.Claim.Until.After(now):
			a.Claim.Doubt = true
			due = append(due, a)
		}
	}
	slices.SortFunc(due, func(x, y *gateway.Attempt) int {
		return cmp.Or(cmp.Compare(x.Lane, y.Lane), x.Due.Compare(y.Due), slices.Compare(x.ID[:], y.ID[:]))
	})
	var got []gateway.Attempt
	for _, a := range due[:min(limit, len(due))] {
		a.State = gateway.AttemptClaimed
		a.Claim.Fence++
		a.Claim.Until = until
		got = append(got, *a)
	}
	return got, nil
}

func (b *book) Release(_ context.Context, claimed []gateway.Attempt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return b.down
	}
	for _, c := range claimed {
		if a := b.rows[c.ID]; a.State == gateway.AttemptClaimed && a.Claim.Fence == c.Claim.Fence {
			a.State = gateway.AttemptWaiting
			a.Claim.Doubt = c.Claim.Doubt
			b.releases++
			b.ends[c.ID]++
		}
	}
	return nil
}

func (b *book) ClaimTimers(_ context.Context, now, until time.Time, limit int) (got []gateway.Timer, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return nil, b.down
	}
	for _, t := range b.timers {
		if len(got) < limit && !t.Due.After(now) && !t.Claim.Until.After(now) {
			t.Claim.Fence++
			t.Claim.Until = until
			got = append(got, *t)
		}
	}
	return got, nil
}

func (b *book) Slots(ctx context.Context, sender string, now, by time.Time, span time.Duration) (time.Time, bool, error) {
	if b.slow > 0 {
		select {
		case <-time.After(b.slow):
		case <-ctx.Done():
			return time.Time{}, false, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return time.Time{}, false, b.down
	}
	start := now
	if free := b.reserved[sender]; free.After(now) {
		start = free
	}
	if start.After(by) {
		return time.Time{}, false, nil
	}
	b.reserved[sender] = start.Add(span)
	b.blocks = append(b.blocks, span)
	return start, true, nil
}

func (b *book) Free(_ context.Context, senders []string) (map[string]time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	free := map[string]time.Time{}
	for _, s := range senders {
		if t, ok := b.reserved[s]; ok {
			free[s] = t
		}
	}
	return free, b.down
}

func (b *book) Changes(context.Context) <-chan struct{} { return b.hints }

// Handle is the domain: a proof counts whoever brings it, anything else under
// its fence only.
func (b *book) Handle(_ context.Context, e gateway.Event) (gateway.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down != nil {
		return gateway.Answer{}, b.down
	}
	if due, ok := e.(gateway.TimerDue); ok {
		delete(b.timers, due.Timer.ID)
		b.fired = append(b.fired, due.Timer.ID)
		return gateway.Answer{}, nil
	}
	r := e.(gateway.Result)
	a := b.rows[r.Attempt]
	if a == nil {
		return gateway.Answer{}, gateway.ErrNotFound
	}
	b.results = append(b.results, r)
	b.ends[r.Attempt]++
	wait := func(d time.Duration) { a.State, a.Due = gateway.AttemptWaiting, b.clock().Add(d) }
	switch {
	case r.SID != "":
		a.State, a.SID, a.Sender = gateway.AttemptSent, r.SID, r.Sender
	case r.Fence != a.Claim.Fence || a.State != gateway.AttemptClaimed:
	case r.Absent:
		a.Lookups++
		a.Claim.Doubt = true
		wait(3 * time.Second)
	case r.Failure.Unknown:
		if r.Failure.Code == "lookup" {
			a.Lookups++
		}
		a.Claim.Doubt = true
		wait(max(r.Failure.After, time.Second))
	case r.Failure.Remedy == gateway.Retry:
		a.Tries++
		a.Claim.Doubt = false
		wait(max(gateway.RetryAfter(a.Tries), r.Failure.After))
	default:
		a.State, a.Code = gateway.AttemptFailed, r.Failure.Code
	}
	return gateway.Answer{}, nil
}

// seen is the tally so far.
func (b *book) seen() tally {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tally
}

// states counts the rows in each state.
func (b *book) states() map[gateway.AttemptState]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := map[gateway.AttemptState]int{}
	for _, a := range b.rows {
		n[a.State]++
	}
	return n
}

// sent is one request that the carrier got.
type sent struct {
	gateway.Attempt
	from string
	at   time.Time
}

// carrier is scripted: send and find say what comes of a request. It takes
// everything at once where they are nil.
type carrier struct {
	clock func() time.Time
	send  func(ctx context.Context, m gateway.Attempt, from string) (string, error)
	find  func(ctx context.Context, m gateway.Attempt) (string, gateway.Found, error)

	mu    sync.Mutex
	sends []sent
	finds []sent
}

func (c *carrier) Send(ctx context.Context, m gateway.Attempt, from string) (string, error) {
	c.mu.Lock()
	c.sends = append(c.sends, sent{m, from, c.clock()})
	c.mu.Unlock()
	if c.send != nil {
		return c.send(ctx, m, from)
	}
	return "SM" + m.ID.String(), nil
}

func (c *carrier) Find(ctx context.Context, m gateway.Attempt, from string) (string, gateway.Found, error) {
	c.mu.Lock()
	c.finds = append(c.finds, sent{m, from, c.clock()})
	c.mu.Unlock()
	if c.find != nil {
		return c.find(ctx, m)
	}
	return "", gateway.FoundCannotTell, nil
}

func (c *carrier) Redact(context.Context, string) error { return nil }

func (c *carrier) sentSoFar() []sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sends)
}

func (c *carrier) foundSoFar() []sent {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.finds)
}

var _ relay.Queue = (*book)(nil)

// locked runs f with the book held still.
func (b *book) locked(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}
