package web

import (
	"net"
	"net/http"
	"testing"
	"time"

	"aviso/gateway/watch"
)

// Whoever fills the house with requests that never end does not turn away who
// has just come, nor a request that has just begun.
func TestWhoGoesForTheNextConnection(t *testing.T) {
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	metrics := watch.NewMetrics()
	c := NewConnections(3, metrics)
	c.clock = func() time.Time { return now }
	come := func() (its *connection, evicted net.Conn) {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { ours.Close(); theirs.Close() })
		return c.admit(ours)
	}
	slow, _ := come()
	slower, _ := come()
	c.State(slow, http.StateActive)
	c.State(slower, http.StateActive)
	silent, _ := come()
	now = now.Add(time.Second)
	_, evicted := come()
	if evicted != silent.Conn {
		t.Error("of those that came at once, the one that only waits did not go first")
	}
	now = now.Add(100 * time.Millisecond)
	newest, evicted := come()
	if evicted != slow.Conn {
		t.Error("a request that drags on outlasted one that has just come")
	}
	now = now.Add(time.Second)
	c.State(newest, http.StateActive)
	slower.Close()
	fresh, evicted := come()
	if evicted != nil {
		t.Error("somebody went although there was room")
	}
	now = now.Add(10 * time.Millisecond)
	if _, evicted = come(); evicted == newest.Conn || evicted == fresh.Conn {
		t.Error("who has just begun, or just come, went for the next one")
	}
}
