package relay

import (
	"bytes"
	"cmp"
	"container/heap"
	"slices"
	"time"

	"aviso/gateway"
)

// held is an attempt that this node has claimed.
type held struct {
	gateway.Attempt
	segments int
	latest   time.Time // a request that begins later would outlast the lease
	cleared  bool      // was in doubt, and may be sent now

	// Of waiting and busy one is true: it stands in a queue, or is being
	// requested, looked up or recorded.
	waiting *queue
	index   int // in the queue
	busy    bool
}

func (h *held) inDoubt() bool { return h.Claim.Doubt && !h.cleared && h.Lookups < gateway.LookupsMost }

// redaction reports whether an earlier version meant the attempt to have the
// carrier forget a message. Forgetter does, and this one is withdrawn.
func (h *held) redaction() bool { return h.Purpose == gateway.PurposeRedact }

func (h *held) expired(now time.Time) bool {
	return !h.Expires.IsZero() && !now.Before(h.Expires)
}

// accept takes claimed attempts in, and reports how many of them cannot begin
// in time as things stand.
func (r *Relay) accept(attempts []gateway.Attempt) (stuck int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.conf.Clock()
	for i := range attempts {
		h := &held{Attempt: attempts[i], segments: 1, latest: attempts[i].Claim.Until.Add(-gateway.SendBudget)}
		if h.Channel == gateway.SMS {
			h.segments = max(1, r.conf.Segments(h.Text))
		}
		if old := r.held[h.ID]; old != nil {
			if old.busy {
				// The earlier claim is about to say what became of it. Were it
				// void, the lease's end would bring the attempt back.
				continue
			}
			old.waiting.remove(old)
		}
		r.held[h.ID] = h
		switch {
		case r.stopping:
			r.giveBack(h)
		case h.redaction():
			r.refuse(h, expired())
		case h.inDoubt():
			r.doubts.push(h)
			wake(r.searchable)
		default:
			if start, ok := r.place(h, now); ok && start.After(h.latest) {
				stuck++
			}
		}
	}
	return stuck
}

// leave ends the relay's hold on an attempt.
func (r *Relay) leave(h *held) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	delete(r.held, h.ID)
	wake(r.left)
}

// occupy marks an attempt as being worked on. The caller holds the lock.
func (r *Relay) occupy(h *held) {
	h.busy = true
	r.busy++
}

// lanes is the number of lanes; one that the relay does not know is the last.
const lanes = int(gateway.LaneInvite) + 1

func (h *held) lane() int { return min(max(0, int(h.Lane)), lanes-1) }

// order is the order of a line: lane, due time, id.
func order(a, b *held) int {
	return cmp.Or(
		cmp.Compare(a.lane(), b.lane()),
		a.Due.Compare(b.Due),
		bytes.Compare(a.ID[:], b.ID[:]),
	)
}

// queue is a priority queue of attempts that wait, with how many there are in
// each lane and their segments.
type queue struct {
	items    []*held
	count    [lanes]int
	segments [lanes]int
}

func (q *queue) push(h *held) {
	h.waiting = q
	q.count[h.lane()]++
	q.segments[h.lane()] += h.segments
	heap.Push((*byOrder)(q), h)
}

func (q *queue) remove(h *held) {
	heap.Remove((*byOrder)(q), h.index)
	q.count[h.lane()]--
	q.segments[h.lane()] -= h.segments
	h.waiting = nil
}

func (q *queue) first() *held {
	if len(q.items) == 0 {
		return nil
	}
	return q.items[0]
}

// ahead is the number of segments that go before a new attempt of a lane.
func (q *queue) ahead(lane int) (n int) {
	for _, s := range q.segments[:lane+1] {
		n += s
	}
	return n
}

// all is the number of segments that wait.
func (q *queue) all() int { return q.ahead(lanes - 1) }

func (q *queue) sorted() []*held { return slices.SortedFunc(slices.Values(q.items), order) }

// byOrder is a queue's heap.
type byOrder queue

func (q *byOrder) Len() int           { return len(q.items) }
func (q *byOrder) Less(i, j int) bool { return order(q.items[i], q.items[j]) < 0 }

func (q *byOrder) Swap(i, j int) {
	q.items[i], q.items[j] = q.items[j], q.items[i]
	q.items[i].index, q.items[j].index = i, j
}

func (q *byOrder) Push(x any) {
	h := x.(*held)
	h.index = len(q.items)
	q.items = append(q.items, h)
}

func (q *byOrder) Pop() any {
	last := len(q.items) - 1
	h := q.items[last]
	q.items[last] = nil
	q.items = q.items[:last]
	return h
}

// wake leaves a sign for one goroutine that waits, or will.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
