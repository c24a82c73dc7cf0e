package relay

import (
	"context"
	"errors"
	"time"

	"aviso/gateway"
)

// Codes of failures that no carrier gave.
const (
	CodeExpired  = "expired"     // too old to be of use
	CodeLimit    = "daily-limit" // the day's spending has reached it
	CodeNoSender = "no-sender"   // none of our numbers reaches the recipient
	codeCarrier  = "carrier"     // it broke without saying how
	codeDatabase = "database"
)

// mostPause is the longest that a sender is kept still for a Retry-After; then
// one message finds out whether the carrier still means it.
const mostPause = 5 * time.Second

// send makes the request for an attempt that has its slot and a worker's
// place, and sees its result to the domain.
func (r *Relay) send(ctx context.Context, h *held, l *line) {
	result, made := r.request(ctx, h, l)
	<-r.workers
	if !made {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.giveBack(h)
		return
	}
	if f := result.Failure; f != nil && f.Remedy == gateway.Retry && f.After > 0 && f.Code != CodeLimit {
		r.pause(l, f.After)
	}
	r.record(ctx, h, result)
}

// request hands the attempt to the carrier. It makes no request where the lease
// no longer covers one.
func (r *Relay) request(ctx context.Context, h *held, l *line) (result gateway.Result, made bool) {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	begun := r.conf.Clock()
	result = gateway.Result{Attempt: h.ID, Fence: h.Claim.Fence, Sender: l.sender.Address}
	switch {
	case begun.After(h.latest):
		return result, false
	case h.expired(begun):
		result.Failure = expired()
		return result, true
	}
	if f := r.putOff(h); f != nil {
		result.Failure = f
		return result, true
	}
	sid, err := r.conf.Carrier.Send(ctx, h.Attempt, l.sender.Address)
	took := Request{
		Channel: h.Channel, Lane: h.Lane, Sender: l.sender.Address,
		Waited: max(0, begun.Sub(h.Due)), Took: r.conf.Clock().Sub(begun),
	}
	if err == nil {
		result.SID, result.Held = sid, &h.Attempt
		if h.Channel == gateway.SMS {
			took.Parts = h.segments
		}
	} else {
		result.Failure = failure(err)
		took.Code = result.Failure.Code
	}
	r.observe(l, begun, result.Failure)
	r.conf.Observe(took)
	return result, true
}

// failure is the policy that an error of a carrier carries. One without is
// looked up before anything is sent again.
func failure(err error) *gateway.Failure {
	var f *gateway.Failure
	if errors.As(err, &f) {
		return f
	}
	return &gateway.Failure{Code: codeCarrier, Remedy: gateway.Retry, Unknown: true}
}

// expired ends an attempt for good: what may expire is of no use any more by
// whatever way. Notices of alerts never do.
func expired() *gateway.Failure {
	return &gateway.Failure{Code: CodeExpired, Remedy: gateway.Never}
}

// putOff is the failure of an attempt that the day's limit stops. A drill is
// over before the next day and is given up; the rest is sent then.
func (r *Relay) putOff(h *held) *gateway.Failure {
	if r.conf.PutOff == nil {
		return nil
	}
	wait, ok := r.conf.PutOff(h.Attempt)
	switch {
	case !ok:
		return nil
	case h.Lane == gateway.LaneDrill:
		return &gateway.Failure{Code: CodeLimit, Remedy: gateway.Never}
	}
	return &gateway.Failure{Code: CodeLimit, Remedy: gateway.Retry, After: wait}
}

// unreachable is the failure of an attempt that none of our numbers can carry:
// a call is what is left to a text, and the operator has to get a number.
func unreachable(c gateway.Channel) *gateway.Failure {
	remedy := gateway.Call
	if c == gateway.Voice {
		remedy = gateway.Never
	}
	return &gateway.Failure{Code: CodeNoSender, Remedy: remedy, Alarm: true}
}
