package relay

import (
	"context"

	"aviso/gateway"
)

// findBudget bounds one search. With gateway.SendBudget it fits one lease, so
// that what is not there can be sent in the same claim.
const findBudget = gateway.SendBudget / 2

// search looks up what may have been sent before, until ctx ends.
func (r *Relay) search(ctx, work context.Context) {
	places := make(chan struct{}, lookups)
	for {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		h := r.nextDoubt(ctx)
		if h == nil {
			return
		}
		go func() {
			defer func() { <-places }()
			r.lookUp(work, h)
		}()
	}
}

// nextDoubt waits for an attempt to look up; nil when ctx ends.
func (r *Relay) nextDoubt(ctx context.Context) *held {
	for {
		if h := r.takeDoubt(); h != nil {
			return h
		}
		select {
		case <-r.searchable:
		case <-ctx.Done():
			return nil
		}
	}
}

func (r *Relay) takeDoubt() *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		h := r.doubts.first()
		if h == nil || r.stopping {
			return nil
		}
		if r.conf.Clock().After(h.latest.Add(-findBudget)) {
			r.giveBack(h)
			continue
		}
		r.doubts.remove(h)
		r.occupy(h)
		return h
	}
}

// lookUp asks the carrier whether it has an attempt. A first "no" is only
// reported: lists lag, and the domain has it asked again. A second one sends
// it within this claim.
func (r *Relay) lookUp(ctx context.Context, h *held) {
	from := h.Sender
	if from == "" {
		from = r.likely(h)
	}
	sid, found, err := r.find(ctx, h, from)
	result := gateway.Result{Attempt: h.ID, Fence: h.Claim.Fence}
	switch {
	case err != nil || found == gateway.FoundCannotTell:
		result.Failure = &gateway.Failure{Code: gateway.CodeLookup, Remedy: gateway.Retry, Unknown: true}
		if err != nil {
			result.Failure.After = failure(err).After
		}
	case found == gateway.FoundYes:
		result.SID, result.Sender = sid, from
	case h.Lookups == 0:
		result.Absent = true
	default:
		r.clear(h)
		return
	}
	r.record(ctx, h, result)
}

func (r *Relay) find(ctx context.Context, h *held, from string) (string, gateway.Found, error) {
	ctx, cancel := context.WithTimeout(ctx, findBudget)
	defer cancel()
	return r.conf.Carrier.Find(ctx, h.Attempt, from)
}

// likely is the sender that an attempt would go from now.
func (r *Relay) likely(h *held) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.choose(h, r.conf.Clock()); l != nil {
		return l.sender.Address
	}
	return ""
}

// clear lets an attempt be sent that was in doubt.
func (r *Relay) clear(h *held) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h.cleared, h.busy = true, false
	r.busy--
	if r.stopping {
		r.giveBack(h)
		return
	}
	r.place(h, r.conf.Clock())
}
