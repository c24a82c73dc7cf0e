package console

import (
	"fmt"
	"sync"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
)

const (
	// openFor is how long a page counts as open after it was last shown: it asks
	// for itself again with every change, and that is no further look.
	openFor = 30 * time.Minute

	// openMost bounds what is remembered of that: five agents' pages of a raid.
	openMost = 10_000
)

// opened remembers which pages agents have open, on this node.
type opened struct {
	mu   sync.Mutex
	seen map[look]time.Time // when it was last shown
}

// look is a page about one person or one alert, in one session.
type look struct {
	session string
	about   gateway.ID
}

// is reports whether a page is open, and keeps it so.
func (o *opened) is(l look, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, shown := o.seen[l]
	if !shown || gateway.Age(now, at) >= openFor {
		return false
	}
	o.seen[l] = now
	return true
}

func (o *opened) add(l look, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.seen) >= openMost {
		for old, at := range o.seen {
			if gateway.Age(now, at) >= openFor {
				delete(o.seen, old)
			}
		}
	}
	if o.seen == nil || len(o.seen) >= openMost {
		o.seen = map[look]time.Time{} // each is one more look
	}
	o.seen[l] = now
}

// look hands the look at a page to the domain, before anything of it is shown: it
// may be beyond the agent's share, and stays on their chain. A page that is open
// is no new look. On another node it is the same one for openFor.
func (c *Console) look(v *visit, about gateway.ID, deed acts.Deed) error {
	page, now := look{string(v.session.Key), about}, c.Clock()
	if !about.IsZero() && c.opened.is(page, now) {
		return nil
	}
	key := fmt.Sprint("look-", about, "-", now.Unix()/int64(openFor/time.Second))
	if _, err := c.domain.Handle(v.ctx, &acts.Act{Key: key, Agent: v.agent.ID, Deed: deed}); err != nil {
		return err
	}
	c.opened.add(page, now)
	return nil
}
