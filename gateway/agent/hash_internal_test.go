package agent

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
)

func netOf(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 32)
}

// Networks take turns at the one hash, however many of one wait; who is known comes
// before all of them; who leaves keeps nobody waiting.
func TestHashesGoByNetwork(t *testing.T) {
	var h hasher
	first, err := h.wait(t.Context(), waiter{from: netOf(0)})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var order []string
	var all sync.WaitGroup
	stand := func(ctx context.Context, name string, who waiter) {
		before := h.waiting()
		all.Go(func() {
			done, err := h.wait(ctx, who)
			if err != nil {
				return
			}
			mu.Lock()
			order = append(order, name)
			mu.Unlock()
			done()
		})
		for h.waiting() == before { // it stands in line
		}
	}
	for range 5 {
		stand(t.Context(), "flood", waiter{from: netOf(1)})
	}
	leaving, leave := context.WithCancel(t.Context())
	stand(leaving, "left", waiter{from: netOf(2)})
	stand(leaving, "left", waiter{known: true})
	stand(t.Context(), "other", waiter{from: netOf(3)})
	stand(t.Context(), "known", waiter{from: netOf(1), known: true})
	leave()
	for h.waiting() != 7 {
	}
	first()
	all.Wait()
	if want := []string{"known", "flood", "other", "flood", "flood", "flood", "flood"}; !slices.Equal(order, want) {
		t.Errorf("in the order %v, want %v", order, want)
	}
	if h.busy || len(h.lines)+len(h.order)+len(h.known) > 0 {
		t.Errorf("afterwards: %+v", &h)
	}
	if done, err := h.wait(t.Context(), waiter{}); err != nil {
		t.Error(err)
	} else {
		done()
	}
}

// waiting is how many stand in line.
func (h *hasher) waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.known)
	for _, line := range h.lines {
		n += len(line)
	}
	return n
}

// However many log-ins strangers begin, one network takes no more than half of the
// room, and whoever says that they are known has room of their own.
func TestDoor(t *testing.T) {
	var d door
	in := 0
	for range 1000 {
		if d.enter(netOf(1), false) {
			in++
		}
	}
	if in != logInsAtOnce/2 {
		t.Errorf("%d log-ins of one network at once", in)
	}
	for n := range 200 {
		d.enter(netOf(2+n), false)
	}
	if d.strangers != logInsAtOnce {
		t.Errorf("%d at once", d.strangers)
	}
	if d.enter(netOf(999), false) {
		t.Error("one more is let in")
	}
	if !d.enter(netOf(1), true) {
		t.Error("who is known is not let in")
	}
	d.leave(netOf(1), true)
	for n := range 1000 { // who only says so is out, or among the strangers
		if !d.enter(netOf(n), true) {
			t.Fatalf("the %dth who says so, and all before were out", n+1)
		}
		if d.mistake(netOf(n)) {
			t.Fatal("there was no room for strangers")
		}
	}
	for range in {
		d.leave(netOf(1), false)
	}
	for n := range 10 {
		if !d.enter(netOf(2000+n), true) || !d.mistake(netOf(2000+n)) {
			t.Error("there is room for strangers")
		}
	}
	if !d.enter(netOf(999), false) || d.known != 0 || d.of[netOf(1)] != 0 {
		t.Errorf("after they left %d are in, %d of them known, %d of the first network", d.strangers, d.known, d.of[netOf(1)])
	}
}
