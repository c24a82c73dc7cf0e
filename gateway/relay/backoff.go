package relay

import (
	"maps"
	"slices"
	"time"
)

// backoff is for how long something that fails is left alone: least after the
// first failure, twice as long after each further one, and most at last.
type backoff struct {
	least, most time.Duration

	pause time.Duration // of the last failure
	since time.Time     // of the first failure in a row
	known time.Time     // when the last one was learnt
	until time.Time     // nothing is tried before

	probing bool // somebody is just finding out whether it still fails
}

// failed notes a failure of what was begun at a time, and gives the pause. What
// was begun before the last failure was learnt says nothing new.
func (b *backoff) failed(begun, now time.Time, after time.Duration) time.Duration {
	if b.pause > 0 && begun.Before(b.known) {
		return max(b.least, b.until.Sub(now))
	}
	if b.pause == 0 {
		b.since = now
	}
	b.pause = min(max(b.least, 2*b.pause), b.most)
	b.known, b.until = now, now.Add(max(b.pause, after))
	return b.until.Sub(now)
}

// passed notes that it did not fail.
func (b *backoff) passed() { *b = backoff{least: b.least, most: b.most} }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
