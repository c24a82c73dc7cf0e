package relay

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

// Busy is how many attempts are being requested, looked up or recorded now. It
// grows while the domain cannot record results.
func (r *Relay) Busy() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy
}
