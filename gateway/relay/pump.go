package relay

import (
	"context"
	"time"

	"aviso/gateway"
)

const (
	// blockMost is the most that is reserved of a sender at once, or one
	// message where that takes longer: little enough that another node's first
	// notice is not kept waiting, long enough for one database write to serve
	// 25 messages of a short code.
	blockMost = 250 * time.Millisecond

	// blockLeast is the least that is reserved of a sender that other nodes use:
	// it has to outlast the reservation itself.
	blockLeast = blockMost / 5

	// sharedFor is how long a sender counts as shared after another node was
	// seen to reserve it.
	sharedFor = time.Minute

	// ahead is how long before the end of what is reserved the next block is
	// asked for at the latest, so that a commit's time costs no slot.
	ahead = blockMost / 2

	// lapse is how much of a block may be lost to the time that reserving it
	// takes: where that is longer, the block is asked for from later on.
	lapse = blockMost / 5

	// slotsBudget bounds one reservation. Half of what a lease leaves for
	// waiting: an attempt survives one that hangs.
	slotsBudget = (gateway.Lease - gateway.SendBudget) / 2

	// slotsPauseLeast follows a reservation that failed; further ones double it.
	slotsPauseLeast = time.Second
	slotsPauseMost  = 4 * time.Second
)

// pump begins the attempts of one line, each in its slot, until ctx ends; work
// is the context of what it begins.
func (r *Relay) pump(ctx, work context.Context, l *line) {
	again := time.NewTimer(0)
	defer again.Stop()
	for worker := false; ; {
		wait, full := r.begin(work, l, worker)
		worker = false
		if full {
			select {
			case r.workers <- struct{}{}:
				worker = true
				continue
			case <-ctx.Done():
				return
			}
		}
		again.Reset(wait)
		select {
		case <-again.C:
		case <-l.changed:
		case <-ctx.Done():
			return
		}
	}
}

// idle is how long a line sleeps that nobody wakes.
const idle = time.Minute

// begin starts what may be started now, and says when to look again; full says
// that first a worker's place has to be had. worker says that the caller has one
// already, which is used or given back.
func (r *Relay) begin(work context.Context, l *line, worker bool) (wait time.Duration, full bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer func() {
		if worker {
			<-r.workers
		}
	}()
	for {
		now := r.conf.Clock()
		h := l.waiting.first()
		switch {
		case h == nil || r.stopping:
			return idle, false
		case r.busy >= mostHeld:
			return fastPoll, false
		case now.Before(l.paused):
			return l.paused.Sub(now), false
		case now.After(h.latest):
			r.giveBack(h)
			continue
		}
		vain := r.reserve(work, l, now)
		slot, at, ok := l.slots.find(now, l.need(h))
		switch {
		case !ok && l.reserving:
			return idle, false // the reservation wakes us
		case !ok:
			return vain, false
		case at.After(now):
			return at.Sub(now), false
		}
		if !worker {
			select {
			case r.workers <- struct{}{}:
			default:
				return 0, true
			}
		}
		worker = false
		l.slots.use(now, slot, l.need(h))
		l.waiting.remove(h)
		r.occupy(h)
		r.begun(work, job{h, l})
	}
}

// reserve asks for the line's next block where what it has runs out before
// what waits. vain is for how long it is known that asking is of no use. The
// caller holds the lock.
func (r *Relay) reserve(work context.Context, l *line, now time.Time) (vain time.Duration) {
	if l.reserving {
		return 0
	}
	h := l.waiting.first()
	_, _, fits := l.slots.find(now, l.need(h))
	left := l.slots.left(now)
	wanted := time.Duration(l.waiting.all()) * l.gap
	// A sender that no other node uses is kept reserved while it is in use, so
	// that the next first notice need not wait for a commit. One that is shared
	// is taken for what waits.
	alone := now.After(l.shared) && l.gap < blockMost
	if fits && (left > max(ahead, l.lag) || left >= wanted && !alone) {
		return 0
	}
	span := blockMost
	if !alone {
		span = min(max(wanted-left, blockLeast), blockMost)
	}
	segments := max(1, int(span/l.gap))
	if !fits {
		segments = max(segments, h.segments)
	}
	span = time.Duration(segments) * l.gap
	from := now.Add(max(0, l.lag-lapse)) // little of it is over when the answer is here
	by := from.Add(gateway.Lease)        // later it is of use to nobody who waits now
	if h.lane() >= int(gateway.LaneInfo) {
		// What can wait takes a sender only while nobody has it: on however
		// many nodes it waits, an alert waits for one block of it at most.
		by = from
	}
	if vain = l.taken.Sub(by); vain > 0 {
		return vain
	}
	l.reserving = true
	go func() {
		ctx, cancel := context.WithTimeout(work, slotsBudget)
		defer cancel()
		start, ok, err := r.conf.Queue.Slots(ctx, l.name, from, by, span)
		var taken map[string]time.Time
		if err == nil && !ok { // somebody was quicker
			taken, err = r.conf.Queue.Free(ctx, []string{l.name})
		}
		if err != nil {
			// Without a reservation nothing is sent: other nodes may be using
			// the sender. What is held is released or found again in doubt.
			r.conf.Log("slots", gateway.ID{}, codeDatabase)
			r.conf.Retried("slots")
			sleep(work, l.fails.failed(now, r.conf.Clock(), 0))
		} else {
			l.fails.passed()
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		l.reserving = false
		switch {
		case err != nil:
		case !ok:
			l.taken = latest(l.taken, taken[l.name])
			l.shared = l.taken.Add(sharedFor)
			r.placeElsewhere(l, l.taken)
		default:
			l.lag = r.conf.Clock().Sub(now)
			l.slots.add(start, span)
			if start.After(latest(from, l.own)) {
				l.shared = start.Add(sharedFor)
			}
			l.own = start.Add(span)
			l.taken = latest(l.taken, l.own)
			r.placeElsewhere(l, start)
		}
		wake(l.changed)
	}()
	return 0
}

// pause keeps a sender still for as long as its carrier asked, and lets what
// waits for it go elsewhere where that is sooner.
func (r *Relay) pause(l *line, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.conf.Clock()
	l.paused = latest(l.paused, now.Add(min(d, mostPause)))
	r.placeAnew(l, now)
	wake(l.changed)
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
