package relay

import (
	"context"
	"errors"
	"time"

	"aviso/gateway"
)

const (
	// The Queue is asked for what is due every fastPoll while something is
	// known to be waiting in it, and every slowPoll otherwise.
	fastPoll = 250 * time.Millisecond
	slowPoll = time.Second

	// hintPause is the least time between two claims that hints asked for.
	hintPause = 50 * time.Millisecond

	// watchFor is how long after a release or a failure something counts as
	// known to be waiting: it covers the retries after 1, 2 and 5 seconds.
	watchFor = 6 * time.Second

	// horizon is how much work is claimed ahead for each sender: enough to
	// bridge some polls, a third of what could begin within a lease.
	horizon = (gateway.Lease - gateway.SendBudget) / 3

	// claimMost bounds one claim. After a claim of which most could not begin
	// in time, all for one slow sender while others have nothing to do, the
	// next goes so deep, and follows after slowPoll: the Queue cannot tell them
	// apart, and what the others could send stands behind them.
	claimMost = 500

	// claimProbe is how many are claimed, once every slowPoll, while every
	// line has work: among them may be a first notice that is to be retried,
	// which goes before all that the lines hold.
	claimProbe = 16

	// claimPauseMost is the longest that a Queue which fails is left alone: when
	// the database is back, what is due goes out within seconds.
	claimPauseMost = 4 * time.Second

	// claimBudget bounds one claim. What is got later than that could not be
	// begun any more.
	claimBudget = gateway.Lease - gateway.SendBudget

	// freeBudget bounds the question when senders are free, which only makes
	// the choice among them better.
	freeBudget = time.Second
)

// poll claims what is due, until ctx ends; work bounds a claim that has begun.
func (r *Relay) poll(ctx, work context.Context) {
	changes := r.conf.Queue.Changes(ctx)
	again := time.NewTimer(0)
	defer again.Stop()
	r.learnFree(work) // before the first are placed
	c := claimer{fails: backoff{least: slowPoll, most: claimPauseMost}}
	for {
		select {
		case <-again.C:
		case _, ok := <-changes:
			if !ok {
				changes = nil
				continue
			}
			if early := c.last.Add(c.pace(hintPause)).Sub(r.conf.Clock()); early > 0 {
				again.Reset(early)
				continue
			}
		case <-ctx.Done():
			return
		}
		wait := r.claim(work, &c)
		r.learnFree(work)
		again.Reset(wait)
	}
}

// claimer is what a poll remembers of the claim before.
type claimer struct {
	last  time.Time // when it was
	stuck bool      // most of it could not begin in time
	fails backoff
}

// pace is the least time to the next claim.
func (c *claimer) pace(usual time.Duration) time.Duration {
	if c.fails.pause > 0 {
		return c.fails.pause
	}
	if c.stuck {
		return slowPoll
	}
	return usual
}

// claim takes what is due and fits, and says when to look again.
func (r *Relay) claim(ctx context.Context, c *claimer) (wait time.Duration) {
	now := r.conf.Clock()
	limit := r.room(now)
	switch {
	case limit == 0 && now.Sub(c.last) < slowPoll:
		return fastPoll
	case limit == 0:
		limit = claimProbe
	case c.stuck:
		limit = claimMost
	}
	ctx, cancel := context.WithTimeout(ctx, claimBudget)
	defer cancel()
	attempts, err := r.conf.Queue.Claim(ctx, now, now.Add(gateway.Lease), limit)
	c.last = now
	if err != nil {
		r.conf.Log("claim", gateway.ID{}, codeDatabase)
		r.conf.Retried("claim")
		return c.fails.failed(now, now, 0)
	}
	c.fails.passed()
	stuck := r.accept(attempts)
	c.stuck = 2*stuck > len(attempts)
	if len(attempts) > 0 {
		r.watch()
	}
	switch {
	case len(attempts) == limit && !c.stuck:
		return 0
	case r.watching():
		return c.pace(fastPoll)
	}
	return slowPoll
}

// room is how many attempts may be claimed: as many as the senders' lines have
// time for within the horizon. Calls wait in few and slow lines, and are
// claimed along with texts, where there are any.
func (r *Relay) room(now time.Time) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lines {
		if l.calls && len(r.conf.Senders) > 0 {
			continue
		}
		if idle := horizon - l.after(l.waiting.all(), now).Sub(now); idle > 0 {
			n += 1 + int(idle/l.gap)
		}
	}
	return max(0, min(n, claimMost, mostHeld-len(r.held)))
}

// watch notes that something is waiting in the Queue, or soon will be.
func (r *Relay) watch() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchful = r.conf.Clock().Add(watchFor)
}

func (r *Relay) watching() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conf.Clock().Before(r.watchful)
}

// learnFree learns how busy other nodes keep the senders.
func (r *Relay) learnFree(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, freeBudget)
	defer cancel()
	names := make([]string, len(r.lines))
	for i, l := range r.lines {
		names[i] = l.name
	}
	free, err := r.conf.Queue.Free(ctx, names)
	if err != nil {
		return // what is known is still the best guess
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lines {
		if free[l.name].After(l.own) && !l.reserving {
			l.shared = free[l.name].Add(sharedFor)
		}
		l.taken = latest(l.taken, free[l.name])
	}
}

const (
	// timersMost are handled at a time; each is one commit.
	timersMost = 16

	timersEvery = time.Second

	// A timer that the domain could not take is claimed again when its lease has
	// ended, and handed over ever more seldom.
	timerPauseLeast = gateway.Lease
	timerPauseMost  = 8 * gateway.Lease

	// stumblesMost bounds those that are remembered; more fail only where the
	// database does, and then none is claimed.
	stumblesMost = 1024
)

// pollTimers claims the timers that are due and hands them to the domain, until
// ctx ends.
func (r *Relay) pollTimers(ctx, work context.Context) {
	places := make(chan struct{}, timersMost)
	defer func() {
		for range timersMost {
			places <- struct{}{} // waits for those in the domain's hands
		}
	}()
	fails := backoff{least: timersEvery, most: claimPauseMost}
	again := time.NewTimer(0)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		wait := timersEvery
		if free := cap(places) - len(places); free > 0 {
			now := r.conf.Clock()
			n, err := r.claimTimers(work, places, free)
			switch {
			case err != nil:
				r.conf.Log("claim-timers", gateway.ID{}, codeDatabase)
				r.conf.Retried("timers")
				wait = fails.failed(now, now, 0)
			default:
				fails.passed()
				if n == free {
					wait = hintPause
				}
			}
		}
		again.Reset(wait)
	}
}

// claimTimers claims up to limit timers, for which there are places, and gives
// their number.
func (r *Relay) claimTimers(ctx context.Context, places chan struct{}, limit int) (int, error) {
	now := r.conf.Clock()
	asking, cancel := context.WithTimeout(ctx, claimBudget)
	defer cancel()
	timers, err := r.conf.Queue.ClaimTimers(asking, now, now.Add(gateway.Lease), limit)
	if err != nil {
		return 0, err
	}
	for _, t := range timers {
		if r.stumbling(t.ID, now) {
			continue
		}
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			err := r.handle(ctx, gateway.TimerDue{Timer: t})
			failed := err != nil && !errors.Is(err, gateway.ErrNotFound)
			r.stumbled(t.ID, now, failed)
			if failed {
				r.conf.Log("timer", t.ID, codeDatabase)
				r.conf.Retried("timer")
			}
		}()
	}
	return len(timers), nil
}

// stumbling reports whether a timer is to be left alone for now.
func (r *Relay) stumbling(id gateway.ID, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.stumbles[id]
	return b != nil && now.Before(b.until)
}

// stumbled notes what came of a timer that was claimed at a time.
func (r *Relay) stumbled(id gateway.ID, claimed time.Time, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !failed {
		delete(r.stumbles, id)
		return
	}
	b := r.stumbles[id]
	if b == nil {
		if len(r.stumbles) >= stumblesMost {
			clear(r.stumbles)
		}
		b = &backoff{least: timerPauseLeast, most: timerPauseMost}
		r.stumbles[id] = b
	}
	b.failed(claimed, claimed, 0) // from the claim on, whose lease it outlasts
}
