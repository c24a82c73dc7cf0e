package agent

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// However many names and addresses are tried, what is kept of them is bounded:
// in the records by the keys that there are, in memory by crowdMost.
func TestCrowdIsBounded(t *testing.T) {
	keys := map[string]bool{}
	for n := range 20_000 {
		keys[strangeKey(fmt.Sprintf("nobody%d", n))] = true
	}
	if len(keys) > strangeNames {
		t.Errorf("names that there are not have %d keys", len(keys))
	}
	var c crowd[netip.Prefix]
	now := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	for n := range 3 * crowdMost {
		from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), 32)
		if _, refused := c.count(from, 1, time.Minute, now); refused {
			t.Fatalf("the first try of %s is refused", from)
		}
		if until, refused := c.count(from, 1, time.Minute, now); !refused || !until.Equal(now.Add(time.Minute)) {
			t.Fatalf("the second try of %s is taken, or waits until %s", from, until)
		}
		if n%10_000 == 0 && len(c.young)+len(c.old) > crowdMost {
			t.Fatalf("%d addresses are remembered", len(c.young)+len(c.old))
		}
	}
	if len(c.young)+len(c.old) > crowdMost {
		t.Errorf("%d addresses are remembered", len(c.young)+len(c.old))
	}
}
