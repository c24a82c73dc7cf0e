package agent

import (
	"context"
	"crypto/subtle"
	"net/netip"
	"slices"
	"sync"

	"golang.org/x/crypto/argon2"
)

// argon2id with 46 MiB and one pass, the first of OWASP's recommended settings
// (Password Storage Cheat Sheet): some 50 ms of one core, so that a shift that
// logs in together does not take the processors from the alerts beside it.
const (
	hashMemory = 46 * 1024 // KiB
	hashPasses = 1
	hashLength = 32
	saltLength = 16
)

// hasher computes one hash at a time: log-ins by the hundred must not take
// memory and processors from the alerts beside them. Those who wait for it wait by
// network, which take turns: whoever has two hundred addresses makes a stranger
// wait for two hundred hashes, and nobody who is known for more than one. The zero
// value is ready.
type hasher struct {
	mu    sync.Mutex
	busy  bool
	known []*waiter
	lines map[netip.Prefix][]*waiter // of strangers; none is empty
	order []netip.Prefix             // whose turn it is, the next first
}

// waiter is one who waits, or whose turn it is.
type waiter struct {
	from  netip.Prefix
	known bool          // before all who are not
	turn  chan struct{} // closed when it is theirs
}

// insider is one who is in.
var insider = waiter{known: true}

// wait returns when it is one's turn, with the way to end it; or ctx's error.
func (h *hasher) wait(ctx context.Context, who waiter) (done func(), err error) {
	h.mu.Lock()
	if !h.busy {
		h.busy = true
		h.mu.Unlock()
		return h.next, nil
	}
	who.turn = make(chan struct{})
	w := &who
	if w.known {
		h.known = append(h.known, w)
	} else {
		if h.lines == nil {
			h.lines = map[netip.Prefix][]*waiter{}
		}
		if len(h.lines[w.from]) == 0 {
			h.order = append(h.order, w.from)
		}
		h.lines[w.from] = append(h.lines[w.from], w)
	}
	h.mu.Unlock()
	select {
	case <-w.turn:
		return h.next, nil
	case <-ctx.Done():
		h.leave(w)
		return nil, ctx.Err()
	}
}

// next gives the turn to the next one.
func (h *hasher) next() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pass()
}

func (h *hasher) pass() {
	switch {
	case len(h.known) > 0:
		w := h.known[0]
		h.known = h.known[1:]
		close(w.turn)
	case len(h.order) > 0:
		from := h.order[0]
		h.order = h.order[1:]
		line := h.lines[from]
		if len(line) == 1 {
			delete(h.lines, from)
		} else {
			h.lines[from], h.order = line[1:], append(h.order, from)
		}
		close(line[0].turn)
	default:
		h.busy = false
	}
}

// leave takes one who waits no longer out of the line; where the turn has come
// meanwhile it goes on to the next.
func (h *hasher) leave(w *waiter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-w.turn:
		h.pass()
		return
	default:
	}
	is := func(x *waiter) bool { return x == w }
	if w.known {
		h.known = slices.DeleteFunc(h.known, is)
		return
	}
	if line := slices.DeleteFunc(h.lines[w.from], is); len(line) > 0 {
		h.lines[w.from] = line
		return
	}
	delete(h.lines, w.from)
	h.order = slices.DeleteFunc(h.order, func(p netip.Prefix) bool { return p == w.from })
}

// hash is a password's under a salt. ctx bounds the waiting for one's turn.
func (h *hasher) hash(ctx context.Context, who waiter, salt []byte, password string) ([]byte, error) {
	done, err := h.wait(ctx, who)
	if err != nil {
		return nil, err
	}
	defer done()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashLength), nil
}

// right compares a password with what is kept. Nothing kept costs the same and
// is never right.
func (h *hasher) right(ctx context.Context, who waiter, salt, kept []byte, password string) (bool, error) {
	if len(salt) == 0 {
		salt = make([]byte, saltLength)
	}
	sum, err := h.hash(ctx, who, salt, password)
	return err == nil && len(kept) == hashLength && subtle.ConstantTimeCompare(sum, kept) == 1, err
}
