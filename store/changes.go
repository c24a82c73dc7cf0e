package store

import (
	"context"
	"sync"
	"time"
)

// stirPause bounds the hints of commits after which nothing new is due: pages
// that show the records live within a second need no more, and whoever claims
// on each hint is not kept busy by thousands of commits a second.
const stirPause = 100 * time.Millisecond

// Changes gives a hint whenever something may be due or have changed, here or
// on another node, until ctx ends. It is a hint only: whoever gets one reads
// the store, and whoever gets none for a while reads it all the same. The
// channel is never closed.
func (s *Store) Changes(ctx context.Context) <-chan struct{} { return s.changes.subscribe(ctx) }

// changes passes hints on to whoever waits. A hint that is still unread stands
// for all that come after it.
type changes struct {
	mu      sync.Mutex
	waiting map[chan struct{}]struct{}
	stirred bool // a hint is on its way
}

func newChanges() *changes { return &changes{waiting: map[chan struct{}]struct{}{}} }

func (c *changes) subscribe(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	c.mu.Lock()
	c.waiting[ch] = struct{}{}
	c.mu.Unlock()
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		delete(c.waiting, ch)
		c.mu.Unlock()
	})
	return ch
}

func (c *changes) hint() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.waiting {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// stir gives a hint within stirPause.
func (c *changes) stir() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stirred || len(c.waiting) == 0 {
		return
	}
	c.stirred = true
	time.AfterFunc(stirPause, func() {
		c.mu.Lock()
		c.stirred = false
		c.mu.Unlock()
		c.hint()
	})
}
