package main

import (
	"context"
	"errors"
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
		broken, runs, counted := true, 0, 0
		h := newHousekeeping(zerolog.Nop(), func(string) { counted++ }, func(context.Context) error {
			runs++
			if broken {
				return errors.New("the database is away")
			}
			return nil
		})
		ended := make(chan struct{})
		go func() { h.run(ctx); close(ended) }()
		spend := func(d time.Duration) int {
			was := runs
			for range int(d / (100 * time.Millisecond)) {
				h.hint()
				time.Sleep(100 * time.Millisecond)
			}
			return runs - was
		}
		if n := spend(5 * time.Minute); n > 30 || n < 15 || counted != n {
			t.Errorf("%d runs in five minutes, %d counted", n, counted)
		}
		broken = false
		spend(sweepPauseMost + time.Second)
		if n := spend(10 * time.Second); n < 20 {
			t.Errorf("%d runs in ten seconds of many hints", n)
		}
		cancel()
		<-ended
	})
}
