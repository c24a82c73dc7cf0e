package web

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// shares counts what each of many may use, by key: a burst, and so much a
// second from then on. Whoever has been quiet for a while is forgotten.
type shares[K comparable] struct {
	rate  rate.Limit
	burst int

	mu       sync.Mutex
	young    map[K]*rate.Limiter // used since turned
	old      map[K]*rate.Limiter // used in the span before
	turned   time.Time
	lifetime time.Duration // of a span
}

// shareMost bounds a span's keys: whoever can make up so many addresses loses
// the memory of them sooner, and nobody the memory of the machine.
const shareMost = 100_000

func newShares[K comparable](perSecond float64, burst int) *shares[K] {
	return &shares[K]{
		rate: rate.Limit(perSecond), burst: burst, young: map[K]*rate.Limiter{},
		// A share that was not touched for so long is whole again.
		lifetime: time.Duration(float64(burst) / perSecond * float64(time.Second)),
	}
}

// take uses one of a key's share, and reports whether there was one.
func (s *shares[K]) take(key K, now time.Time) bool { return s.limiter(key, now).AllowN(now, 1) }

func (s *shares[K]) limiter(key K, now time.Time) *rate.Limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.turned) >= s.lifetime || len(s.young) >= shareMost {
		s.old, s.young, s.turned = s.young, map[K]*rate.Limiter{}, now
	}
	l := s.young[key]
	if l == nil {
		if l = s.old[key]; l == nil {
			l = rate.NewLimiter(s.rate, s.burst)
		}
		s.young[key] = l
	}
	return l
}

// turns lets those of one key go one after the other, in the order in which
// they came. Keys do not wait for each other.
type turns[K comparable] struct {
	mu   sync.Mutex
	open map[K]*turn
}

type turn struct {
	users int           // whose turn it is, and who waits
	free  chan struct{} // holds a token while it is nobody's turn
}

// wait returns when it is the caller's turn, with the way to end it; or ctx's
// error.
func (t *turns[K]) wait(ctx context.Context, key K) (done func(), err error) {
	t.mu.Lock()
	if t.open == nil {
		t.open = map[K]*turn{}
	}
	its := t.open[key]
	if its == nil {
		its = &turn{free: make(chan struct{}, 1)}
		its.free <- struct{}{}
		t.open[key] = its
	}
	its.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if its.users--; its.users == 0 {
			delete(t.open, key)
		}
	}
	select {
	case <-its.free:
		return func() { its.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// length is how many have, or wait for, a key's turn.
func (t *turns[K]) length(key K) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if its := t.open[key]; its != nil {
		return its.users
	}
	return 0
}
