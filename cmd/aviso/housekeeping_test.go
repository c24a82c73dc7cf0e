package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// A sweep that fails is run ever more seldom, hints or not, and at once as usual
// when it works again.
func TestASweepThatFailsRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var broken atomic.Bool
		var runs, counted atomic.Int32
		broken.Store(true)
		h := newHousekeeping(zerolog.Nop(), func(string) { counted.Add(1) }, func(context.Context) error {
			runs.Add(1)
			if broken.Load() {
				return errors.New("the database is away")
			}
			return nil
		})
		ended := make(chan struct{})
		go func() { h.run(ctx); close(ended) }()
		spend := func(d time.Duration) int32 {
			was := runs.Load()
			for range int(d / (100 * time.Millisecond)) {
				h.hint()
				time.Sleep(100 * time.Millisecond)
			}
			return runs.Load() - was
		}
		if n := spend(5 * time.Minute); n > 30 || n < 15 || counted.Load() != n {
			t.Errorf("%d runs in five minutes, %d counted", n, counted.Load())
		}
		broken.Store(false)
		spend(sweepPauseMost + time.Second)
		if n := spend(10 * time.Second); n < 20 {
			t.Errorf("%d runs in ten seconds of many hints", n)
		}
		cancel()
		<-ended
	})
}
