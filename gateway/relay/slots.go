package relay

import "time"

const (
	// late is how far behind its slot a message may go without losing the
	// slot, as timers and schedulers are never exact.
	late = 5 * time.Millisecond

	// margin widens every slot, so that what goes out late does not raise the
	// count of any second above the sender's rate.
	margin = 1 + float64(late)/float64(time.Second)
)

// gapOf is the length of one segment's slot at a rate in segments a second, in
// whole microseconds, as the database counts.
func gapOf(rate float64) time.Duration {
	if rate <= 0 {
		rate = 1
	}
	gap := time.Duration(float64(time.Second) / rate * margin)
	return max(gap.Round(time.Microsecond), time.Microsecond)
}

// slots is the time of a sender that is reserved for this node: blocks in
// order of time, of which messages take their slots from the front.
//
// Two things bound the rate. Blocks of all nodes never overlap, and a message
// begins within its own slot (or at most late after its begin, where that is
// longer). And what this node sends follows the generic cell rate algorithm of
// ITU-T I.371 with late as its tolerance, so that slots that were used late
// push the next ones back. In any second no more segments of this node begin
// than the rate allows and one message; over several nodes one may come close
// behind another's late message.
type slots struct {
	blocks []block
	next   time.Time // the theoretical arrival time of the next message
}

type block struct{ from, until time.Time }

// add takes a reserved block in.
func (s *slots) add(from time.Time, span time.Duration) {
	until := from.Add(span)
	if n := len(s.blocks); n > 0 && !from.After(s.blocks[n-1].until) {
		s.blocks[n-1].until = until
		return
	}
	s.blocks = append(s.blocks, block{from, until})
}

// find is the begin of the first slot that is long enough and when a message
// may begin in it; ok is false where nothing that is reserved has room. What
// has passed unused lapses.
func (s *slots) find(now time.Time, need time.Duration) (slot, begin time.Time, ok bool) {
	for len(s.blocks) > 0 {
		b := s.blocks[0]
		slot = latest(b.from, now.Add(-max(late, need)))
		if !slot.Add(need).After(b.until) {
			return slot, latest(slot, s.next), true
		}
		if len(s.blocks) == 1 && b.until.After(now) {
			break // what is reserved next may continue it
		}
		s.blocks = s.blocks[1:]
	}
	return time.Time{}, time.Time{}, false
}

// use takes the slot that find found, for a message that begins now.
func (s *slots) use(now, slot time.Time, need time.Duration) {
	s.blocks[0].from = slot.Add(need)
	s.next = latest(s.next, now.Add(-late)).Add(need)
}

// left is how much reserved time is still to come.
func (s *slots) left(now time.Time) (d time.Duration) {
	for _, b := range s.blocks {
		d += max(0, b.until.Sub(latest(b.from, now)))
	}
	return d
}

func latest(times ...time.Time) (last time.Time) {
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
