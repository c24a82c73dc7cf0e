package relay

import (
	"cmp"
	"slices"
	"time"

	"aviso/gateway"
)

const (
	// strikesMost outages in a row, and a carrier stands behind the others: one
	// lost answer is an accident. One that is certain is enough.
	strikesMost = 2

	// behindLeast is how long it stands there at first. Then the next attempt
	// finds out; each further outage doubles the time, up to behindMost.
	behindLeast = 15 * time.Second
	behindMost  = 4 * time.Minute
)

// service is what one carrier does for us: it may take texts and no calls, or the
// other way.
type service struct {
	carrier string // its senders' account
	calls   bool
}

func (l *line) service() service { return service{l.sender.Carrier, l.calls} }

// health is how a carrier has fared lately. The zero value is a good one.
type health struct {
	strikes int       // outages since it last took an attempt
	known   time.Time // when that was last learnt
	behind  time.Time // until then others go first
}

// observe learns from what came of a request that was begun at a time, and
// sends what waits for a carrier that is out another way. A refusal that is
// about one message says that the carrier is there.
func (r *Relay) observe(l *line, begun time.Time, f *gateway.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.health[l.service()]
	if f == nil || !f.Outage && !f.Unknown {
		if h.strikes > 0 {
			delete(r.health, l.service())
		}
		return
	}
	if begun.Before(h.known) {
		return // says nothing new
	}
	now := r.conf.Clock()
	h.strikes++
	if !f.Unknown {
		h.strikes = max(h.strikes, strikesMost)
	}
	if h.strikes < strikesMost {
		r.health[l.service()] = h
		return
	}
	h.known, h.behind = now, now.Add(min(behindLeast<<min(h.strikes-strikesMost, 10), behindMost))
	r.health[l.service()] = h
	for _, other := range r.lines {
		if other.service() != l.service() {
			continue
		}
		for _, waiting := range other.waiting.sorted() {
			other.waiting.remove(waiting)
			r.place(waiting, now)
		}
	}
}

// Refused learns from a receipt of a message that went from a sender that its
// carrier is out: an account may take messages and deliver none.
func (r *Relay) Refused(sender string, f *gateway.Failure) {
	if f == nil || !f.Outage {
		return
	}
	r.mu.Lock()
	lines := r.lines
	r.mu.Unlock()
	for _, l := range lines {
		if !l.calls && l.sender.Address == sender {
			r.observe(l, r.conf.Clock(), f)
			return
		}
	}
}

// Out lists the carriers that take no texts, by the name of their senders' account:
// others go first. It may be shorter than the truth: of a carrier that nothing
// is sent through nothing is known.
func (r *Relay) Out() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.conf.Clock()
	var out []string
	for s, h := range r.health {
		if !s.calls && h.strikes >= strikesMost && (now.Before(h.behind) || h.strikes > strikesMost) {
			out = append(out, s.carrier)
		}
	}
	slices.Sort(out)
	return out
}

// order puts lines in the order in which an attempt would have them: the sender
// that the person knows, then as the route to their country has them, then as
// the operator has them. Lines of a carrier that is out are left out, unless
// there is no other.
func (r *Relay) order(h *held, lines []*line, now time.Time) []*line {
	if fit := slices.DeleteFunc(slices.Clone(lines), func(l *line) bool {
		return now.Before(r.health[l.service()].behind)
	}); len(fit) > 0 {
		lines = fit
	}
	country := h.To.Country()
	slices.SortStableFunc(lines, func(a, b *line) int {
		return cmp.Or(
			preferred(h, b)-preferred(h, a),
			cmp.Compare(r.conf.Routes.Place(country, a.sender.Address), r.conf.Routes.Place(country, b.sender.Address)),
		)
	})
	return lines
}

func preferred(h *held, l *line) int {
	if h.Prefer != "" && l.sender.Address == h.Prefer {
		return 1
	}
	return 0
}
