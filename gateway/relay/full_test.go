package relay

import (
	"testing"
	"time"

	"aviso/gateway"
)

// TestFull says which lanes have no room on any line, as they fill.
func TestFull(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := New(Config{
		Senders:  []gateway.Sender{{Address: "+15550001111", Kind: gateway.LongCode, Rate: 1}, {Address: "78910", Kind: gateway.ShortCode, Rate: 2}},
		Clock:    func() time.Time { return now },
		Segments: func(string) int { return 1 }, Callers: []gateway.Sender{{Address: "+15550001111", Rate: 1}},
	})
	put := func(lane gateway.Lane, n int) {
		for range n {
			r.Dispatch(owed(len(r.held)+1, lane, now))
		}
	}
	want := func(what string, lane gateway.Lane) {
		t.Helper()
		if got := r.Full(); got != lane {
			t.Errorf("%s: full from lane %d on, want %d", what, got, lane)
		}
	}
	want("nothing waits", gateway.LaneInvite+1)
	put(gateway.LaneInvite, 5)
	want("little waits, in the last lane", gateway.LaneInvite+1)
	put(gateway.LaneInvite, 20)
	want("the last lane is full on both", gateway.LaneInvite)
	put(gateway.LaneNotice, 25)
	want("notices are full, first ones go ahead of them", gateway.LaneNotice)
	put(gateway.LaneFirst, 25)
	want("all is full", gateway.LaneFirst)
}

// TestFullOfMemory leaves room for first notices alone where the senders are
// quick and too much is held all the same.
func TestFullOfMemory(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := New(Config{
		Senders:  []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 1e5}},
		Clock:    func() time.Time { return now },
		Segments: func(string) int { return 1 },
	})
	for n := 1; n < mostDispatched; n++ {
		r.Dispatch(owed(n, gateway.LaneNotice, now))
	}
	if got := r.Full(); got != gateway.LaneInvite+1 {
		t.Errorf("full from lane %d on, one below the bound", got)
	}
	r.Dispatch(owed(mostDispatched, gateway.LaneNotice, now))
	if got := r.Full(); got != gateway.LaneNotice {
		t.Errorf("full from lane %d on, at the bound", got)
	}
}

// owed is one attempt by number, born claimed.
func owed(n int, lane gateway.Lane, now time.Time) []gateway.Attempt {
	a := gateway.Attempt{Channel: gateway.SMS, Lane: lane, To: "+13125550101", Due: now, Claim: gateway.Claim{Fence: 1, Until: now.Add(gateway.Lease)}}
	a.ID[0], a.ID[1], a.ID[2] = byte(n), byte(n>>8), byte(n>>16)
	return []gateway.Attempt{a}
}
