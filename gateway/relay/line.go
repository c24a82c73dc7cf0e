package relay

import (
	"slices"
	"time"

	"aviso/gateway"
)

// patience is how long an attempt waits for a sender that comes earlier in the
// operator's order rather than going out from a later one.
const patience = 2 * time.Second

// line is a sender and the attempts that wait for it. Its fields are guarded
// by the Relay's lock.
type line struct {
	name   string // as the Queue knows it
	sender gateway.Sender
	calls  bool          // it is for calls, and all others for texts
	gap    time.Duration // the slot of one segment

	waiting   queue
	slots     slots
	reserving bool
	fails     backoff       // of reservations; theirs alone who reserves
	lag       time.Duration // what the last reservation took
	own       time.Time     // the end of what we have reserved
	taken     time.Time     // the end of what anybody has reserved
	shared    time.Time     // until then other nodes count as reserving it, too
	paused    time.Time     // the carrier wants no request before

	changed chan struct{} // look again
}

func newLine(name string, s gateway.Sender) *line {
	return &line{name: name, sender: s, gap: gapOf(s.Rate), fails: backoff{least: slotsPauseLeast, most: slotsPauseMost}, changed: make(chan struct{}, 1)}
}

func (l *line) need(h *held) time.Duration { return time.Duration(h.segments) * l.gap }

// free is when the line can begin its next message.
func (l *line) free(now time.Time) time.Time {
	if len(l.slots.blocks) > 0 {
		return latest(now, l.paused, l.slots.blocks[0].from)
	}
	return latest(now, l.paused, l.taken)
}

// after is when the line has sent so many segments.
func (l *line) after(segments int, now time.Time) time.Time {
	return l.free(now).Add(time.Duration(segments) * l.gap)
}

// place puts an attempt in the line of the sender that it should go from, and
// reports when it would begin as things stand; ok is false where no sender of
// ours can reach the recipient. The caller holds the lock.
func (r *Relay) place(h *held, now time.Time) (start time.Time, ok bool) {
	l := r.choose(h, now)
	if l == nil {
		r.refuse(h, unreachable(h.Channel))
		return now, false
	}
	start = l.after(l.waiting.ahead(h.lane()), now)
	l.waiting.push(h)
	wake(l.changed)
	return start, true
}

// placeElsewhere lets what waits in a line that turned out to be taken until
// much later go elsewhere where that is sooner. The caller holds the lock.
func (r *Relay) placeElsewhere(l *line, until time.Time) {
	if now := r.conf.Clock(); until.Sub(now) > patience {
		r.placeAnew(l, now)
	}
}

// placeAnew lets what waits in a line that turned out to be late go elsewhere
// where that is sooner. The caller holds the lock.
func (r *Relay) placeAnew(l *line, now time.Time) {
	for _, h := range l.waiting.sorted() {
		l.waiting.remove(h)
		r.place(h, now)
	}
}

// choose finds the first line in order that reaches the recipient and is free
// within patience, all that waits for it done; else the one where the attempt,
// in its lane, has its turn the earliest. It is nil where none reaches them.
func (r *Relay) choose(h *held, now time.Time) *line {
	lines := r.able(h, now)
	if len(lines) == 0 {
		return nil
	}
	for _, l := range lines {
		if l.after(l.waiting.all(), now).Sub(now) <= patience {
			return l
		}
	}
	return slices.MinFunc(lines, func(a, b *line) int {
		return a.after(a.waiting.ahead(h.lane()), now).Compare(b.after(b.waiting.ahead(h.lane()), now))
	})
}

// able lists the lines that reach a recipient, the best one first and without
// those to be avoided, unless no other is left.
func (r *Relay) able(h *held, now time.Time) []*line {
	country := h.To.Country()
	var lines, avoided []*line
	for _, l := range r.lines {
		switch {
		case l.calls != (h.Channel == gateway.Voice) || !l.calls && !l.sender.Reaches(country):
		case slices.Contains(h.Avoid, l.sender.Address):
			avoided = append(avoided, l)
		default:
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		lines = avoided
	}
	return r.order(h, lines, now)
}
