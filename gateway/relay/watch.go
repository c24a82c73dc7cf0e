package relay

import (
	"time"

	"aviso/gateway"
)

// Backlog is, for each sender, how many seconds it needs for what waits in its
// line, pauses and other nodes' reservations included. Calls are under
// "voice:" and their number.
func (r *Relay) Backlog() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.conf.Clock()
	backlog := make(map[string]float64, len(r.lines))
	for _, l := range r.lines {
		backlog[l.name] = l.after(l.waiting.all(), now).Sub(now).Seconds()
	}
	return backlog
}

// Oldest is the earliest due time of what is held and not begun; zero where
// nothing waits. What waits in the Queue is not in it.
func (r *Relay) Oldest() (due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.held {
		if h.waiting != nil && (due.IsZero() || h.Due.Before(due)) {
			due = h.Due
		}
	}
	return due
}

// FirstNotices is how many first notices of alerts are held and not begun.
// While it is high new alerts may be accepted more slowly, so that each alert's
// first notice is sent before any other work is taken on.
func (r *Relay) FirstNotices() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lines {
		n += l.waiting.count[gateway.LaneFirst]
	}
	return n
}

// Busy is how many attempts are being requested, looked up or recorded now. It
// grows while the domain cannot record results.
func (r *Relay) Busy() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy
}
