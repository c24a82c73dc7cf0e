package main

import (
	"context"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/rs/zerolog"
)

// housekeeping starts sweeps at their times. Each is idempotent: that every node
// runs it, twice or not at all for a while, does no harm. What is due at a time
// is a timer row and no sweep.
type housekeeping struct {
	sweeps []sweep
	log    zerolog.Logger

	// raised holds a hint that an alert came in, which may be an incident's.
	raised chan struct{}
	raid   sweep

	retried func(what string) // told of a sweep that failed

	mu     sync.Mutex
	paused map[string]pause // sweeps that fail, by name
}

// pause is for how long a sweep that fails is left alone.
type pause struct {
	long  time.Duration
	until time.Time
}

// A sweep that fails is run again after sweepPauseLeast, or when it is next due
// if that is later, then after twice as long each time.
const (
	sweepPauseLeast = time.Second
	sweepPauseMost  = 15 * time.Second
)

// sweep is one of them. budget bounds a run; the next begins no sooner than it
// ended.
type sweep struct {
	name          string
	every, budget time.Duration
	run           func(context.Context) error
}

const (
	// raidEvery is how long a raid may stay unnoticed that came in over other
	// nodes; one that came in here is looked for at once, raidPause apart.
	raidEvery  = 2 * time.Second
	raidPause  = 200 * time.Millisecond
	raidBudget = 4 * time.Second
)

func newHousekeeping(log zerolog.Logger, retried func(what string), findRaids func(context.Context) error) *housekeeping {
	raid := sweep{"raid", raidEvery, raidBudget, findRaids}
	return &housekeeping{
		sweeps: []sweep{raid}, log: log, raised: make(chan struct{}, 1), raid: raid,
		retried: retried, paused: map[string]pause{},
	}
}

// hint asks for a look at whether alerts have become an incident. It never
// blocks.
func (h *housekeeping) hint() {
	select {
	case h.raised <- struct{}{}:
	default:
	}
}

// run sweeps until ctx ends, and returns when what runs then has ended.
func (h *housekeeping) run(ctx context.Context) {
	quiet := cron.DiscardLogger // each sweep says itself what went wrong
	schedule := cron.New(cron.WithLogger(quiet), cron.WithChain(cron.SkipIfStillRunning(quiet)))
	for _, s := range h.sweeps {
		schedule.Schedule(cron.Every(s.every), cron.FuncJob(func() { h.sweep(ctx, s) }))
	}
	schedule.Start()
	defer func() { <-schedule.Stop().Done() }()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		select {
		case <-h.raised:
			h.sweep(ctx, h.raid)
			pause.Reset(raidPause)
		case <-ctx.Done():
			return
		}
	}
}

func (h *housekeeping) sweep(ctx context.Context, s sweep) {
	if h.resting(s.name) {
		return
	}
	running, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	err := s.run(running)
	h.rest(s.name, err != nil)
	if err != nil && ctx.Err() == nil {
		h.log.Warn().Err(err).Str("sweep", s.name).Msg("sweep failed")
		h.retried("sweep-" + s.name)
	}
}

// resting reports whether a sweep is to be left alone for now.
func (h *housekeeping) resting(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Before(h.paused[name].until)
}

// rest notes whether a sweep failed.
func (h *housekeeping) rest(name string, failed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !failed {
		delete(h.paused, name)
		return
	}
	long := min(max(sweepPauseLeast, 2*h.paused[name].long), sweepPauseMost)
	h.paused[name] = pause{long, time.Now().Add(long)}
}
