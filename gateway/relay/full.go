package relay

import (
	"time"

	"aviso/gateway"
)

// Full is the first lane in which the senders have no room: what is dispatched
// in it, or in a later one, could not begin while its lease covers a request.
// It would be given back, which is a second write, and may as well wait in the
// Queue from the start. Where there is room in all it is behind the last lane.
//
// The best of the lines counts, whomever it reaches, so that nothing waits that
// could go.
func (r *Relay) Full() gateway.Lane {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.conf.Clock()
	free := 0
	for _, l := range r.lines {
		if !l.calls {
			free = max(free, l.room(now))
		}
	}
	if len(r.held) >= mostDispatched {
		free = min(free, int(gateway.LaneNotice)) // only what is first
	}
	return gateway.Lane(free)
}

// mostDispatched bounds what is held besides first notices, in a storm in which
// the senders are faster than we are: 30 MB.
const mostDispatched = 4 * mostHeld

// room is the first lane of a line in which another segment could not begin
// within leaseHorizon.
func (l *line) room(now time.Time) (lane int) {
	left := leaseHorizon - l.free(now).Sub(now)
	for lane = range l.waiting.segments {
		if left -= time.Duration(l.waiting.segments[lane]) * l.gap; left < 0 {
			return lane
		}
	}
	return lanes
}

// leaseHorizon is how long after its claim a request may still begin.
const leaseHorizon = gateway.Lease - gateway.SendBudget
