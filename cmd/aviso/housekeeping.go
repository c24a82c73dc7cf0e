package main

import (
	"context"
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
}

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

func newHousekeeping(log zerolog.Logger, findRaids func(context.Context) error) *housekeeping {
	raid := sweep{"raid", raidEvery, raidBudget, findRaids}
	return &housekeeping{sweeps: []sweep{raid}, log: log, raised: make(chan struct{}, 1), raid: raid}
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
	running, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	if err := s.run(running); err != nil && ctx.Err() == nil {
		h.log.Warn().Err(err).Str("sweep", s.name).Msg("sweep failed")
	}
}
