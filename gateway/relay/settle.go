package relay

import (
	"context"
	"time"

	"aviso/gateway"
)

const (
	// sweepEvery is how often the lines are searched for attempts whose time
	// has passed.
	sweepEvery = 250 * time.Millisecond

	// hopeless is how long before its latest start an attempt is released that
	// will not have its turn by then. Not sooner: what is held meanwhile lets
	// a claim see what comes after it. Not later: the Queue has time to give
	// back what fits.
	hopeless = 2 * time.Second

	// releaseMost is how many attempts are given back in one write, so that no
	// commit of an alert waits long behind it.
	releaseMost = 256

	// releaseBudget bounds one such write.
	releaseBudget = 4 * time.Second
)

// refusal is an attempt that cannot be sent, and why.
type refusal struct {
	*held
	failure *gateway.Failure
}

// refuse has it recorded that an attempt cannot be sent. The caller holds the
// lock, and has taken the attempt from its queue.
func (r *Relay) refuse(h *held, f *gateway.Failure) {
	r.occupy(h)
	r.refused = append(r.refused, refusal{h, f})
	wake(r.unsettled)
}

// giveBack ends the relay's hold on an attempt that was not begun. The caller
// holds the lock.
func (r *Relay) giveBack(h *held) {
	if h.waiting != nil {
		h.waiting.remove(h)
	}
	if h.busy {
		h.busy = false
		r.busy--
	}
	delete(r.held, h.ID)
	r.released = append(r.released, h.Attempt)
	wake(r.unsettled)
}

// sweep finds attempts that grew too old, or will not have their turn while
// the lease covers a request, until ctx ends.
func (r *Relay) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.sweepOnce()
		case <-ctx.Done():
			return
		}
	}
}

func (r *Relay) sweepOnce() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		return
	}
	now := r.conf.Clock()
	for _, h := range r.doubts.sorted() {
		if now.After(h.latest.Add(-findBudget)) {
			r.giveBack(h)
		}
	}
	for _, l := range r.lines {
		segments := 0
		for _, h := range l.waiting.sorted() {
			switch start := l.after(segments, now); {
			case h.expired(now):
				l.waiting.remove(h)
				r.refuse(h, expired())
			case start.After(h.latest) && now.After(h.latest.Add(-hopeless)):
				r.giveBack(h)
			default:
				segments += h.segments
			}
		}
	}
}

// settle records refusals and gives back what was released, until ctx ends.
// A write that fails is tried again: what is given back late is merely looked
// up in vain.
func (r *Relay) settle(ctx context.Context) {
	pause := recordPauseLeast
	for {
		select {
		case <-r.unsettled:
		case <-ctx.Done():
			return
		}
		for {
			refused, batch := r.nextSettled()
			for _, f := range refused {
				go r.record(ctx, f.held, gateway.Result{Attempt: f.ID, Fence: f.Claim.Fence, Failure: f.failure})
			}
			if len(batch) == 0 {
				break
			}
			if err := r.releaseBatch(ctx, batch); err == nil {
				pause = recordPauseLeast
				continue
			} else if ctx.Err() != nil {
				return
			}
			r.conf.Log("release", gateway.ID{}, codeDatabase)
			r.conf.Retried("release")
			sleep(ctx, pause)
			pause = min(2*pause, recordPauseMost)
		}
	}
}

// nextSettled takes all refusals, and shows the next attempts to give back.
func (r *Relay) nextSettled() (refused []refusal, batch []gateway.Attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	refused, r.refused = r.refused, nil
	n := min(len(r.released), releaseMost)
	return refused, r.released[:n:n]
}

// releaseBatch gives back what stands first in released.
func (r *Relay) releaseBatch(ctx context.Context, batch []gateway.Attempt) error {
	ctx, cancel := context.WithTimeout(ctx, releaseBudget)
	defer cancel()
	if err := r.conf.Queue.Release(ctx, batch); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.released = r.released[len(batch):]; len(r.released) == 0 {
		r.released = nil // lets go of the array
	}
	r.watchful = r.conf.Clock().Add(watchFor)
	wake(r.left)
	return nil
}
