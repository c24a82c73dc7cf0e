package agent

import (
	"crypto/sha256"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// Whoever comes by can try names, from as many addresses as they have. None of
// that may cost the records a row: what is counted by address is counted here,
// on each node for itself, and names that no agent has share a few rows.

const (
	// crowdMost bounds the addresses whose tries are remembered. Whoever has
	// more of them is throttled by none of them, and gains no try at any name.
	crowdMost = 20_000

	// crowdLasts is how long an address that is left alone is remembered, as a
	// name is in the records.
	crowdLasts = time.Hour

	// strangeNames is how many rows the names share that no agent has. They are
	// counted like an agent's, so that an answer does not tell which is which.
	strangeNames = 256

	// logInsAtOnce is how many log-ins of strangers may be under way, which wait
	// for their hash of 50 ms: six seconds' work, and 8 MiB of forms. Beyond half of
	// it a network, which may be a whole contact centre's, begins no more than
	// logInsCrowded. As many as knownAtOnce may say that they are known.
	logInsAtOnce  = 128
	logInsCrowded = 2
	knownAtOnce   = 64
	// fullWait is what those beyond it are told to wait.
	fullWait = 5 * time.Second
)

// door counts the log-ins that are under way.
type door struct {
	mu        sync.Mutex
	strangers int
	of        map[netip.Prefix]int // strangers, by network
	known     int
}

// enter begins one; false: there is no room. known says that it claims to be.
func (d *door) enter(from netip.Prefix, known bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case known && d.known >= knownAtOnce:
		return false
	case known:
		d.known++
		return true
	case d.strangers >= logInsAtOnce, d.strangers >= logInsAtOnce/2 && d.of[from] >= logInsCrowded:
		return false
	}
	if d.of == nil {
		d.of = map[netip.Prefix]int{}
	}
	d.strangers++
	d.of[from]++
	return true
}

// mistake moves one that claimed to be known, and is not, to the strangers; false:
// there is no room, and it is out. The room of those who are known is held for as
// long as it takes to read a name, no longer.
func (d *door) mistake(from netip.Prefix) bool {
	d.leave(from, true)
	return d.enter(from, false)
}

// leave ends one.
func (d *door) leave(from netip.Prefix, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known {
		d.known--
		return
	}
	d.strangers--
	if d.of[from]--; d.of[from] == 0 {
		delete(d.of, from)
	}
}

// crowd counts tries by network (an address, or the network of one customer), or by
// agent. Nobody who can write to the records can make it forget.
type crowd[K comparable] struct {
	mu     sync.Mutex
	young  map[K]*tries // tried since turned
	old    map[K]*tries // tried in the span before
	turned time.Time
}

// tries are those of one network.
type tries struct {
	count     int
	at, until time.Time
}

// count counts a try before it is made, as Store.CountTry does.
func (c *crowd[K]) count(from K, free int, first time.Duration, now time.Time) (until time.Time, refused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.turned) >= crowdLasts || len(c.young) >= crowdMost/2 {
		c.old, c.young, c.turned = c.young, map[K]*tries{}, now
	}
	t := c.young[from]
	if t == nil {
		if t = c.old[from]; t == nil {
			t = &tries{}
		}
		c.young[from] = t
	}
	if t.until.After(now) {
		return t.until, true
	}
	if now.Sub(t.at) > crowdLasts {
		t.count = 0
	}
	t.count++
	t.at, t.until = now, time.Time{}
	if beyond := t.count - free; beyond >= 0 {
		t.until = now.Add(first * [...]time.Duration{1, 2, 4, 8, 16, 30}[min(beyond, 5)])
	}
	return t.until, false
}

// clear forgets what was counted for a network.
func (c *crowd[K]) clear(from K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, from)
	delete(c.old, from)
}

// strangeKey is under which a name is counted that no agent has.
func strangeKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "nobody:" + strconv.Itoa(int(sum[0])%strangeNames)
}
