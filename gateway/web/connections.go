package web

import (
	"container/heap"
	"container/list"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"aviso/gateway/watch"
)

// Connections bounds how many connections are open at once, and sees to it
// that the address that holds the most of them pays for the next one: its
// oldest is closed, an idle one first, but not one that has just come while
// a request drags on: it is still shaking hands. So a flood from one address costs that
// address, and somebody else's alert comes in through a full house. Behind a
// proxy all are of one address: then the oldest of all pays.
//
// A connection whose request has proved who sent it (a signature, a secret
// path, a session) is never closed for another while that request lasts, and
// may be used for the next one. Every other is closed with its answer, whatever
// the answer is: who proves nothing holds nothing.
//
// Its three hooks belong to one http.Server.
type Connections struct {
	most    int
	metrics *watch.Metrics
	clock   func() time.Time

	mu      sync.Mutex
	open    int
	holders map[netip.Prefix]*holder
	greedy  holders // the one with the most first
}

// NewConnections allows so many connections at once.
func NewConnections(most int, metrics *watch.Metrics) *Connections {
	return &Connections{most: most, metrics: metrics, clock: time.Now, holders: map[netip.Prefix]*holder{}}
}

// Listen counts what a listener accepts.
func (c *Connections) Listen(l net.Listener) net.Listener { return &countingListener{l, c} }

// Context is an http.Server's ConnContext: handlers find their connection in it.
func (c *Connections) Context(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, counted(conn))
}

// State is an http.Server's ConnState.
func (c *Connections) State(conn net.Conn, state http.ConnState) {
	its := counted(conn)
	if its == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateActive:
		its.move(&its.holder.busy)
	case http.StateIdle:
		its.move(&its.holder.idle)
	}
}

// Drop closes every connection whose request was not authenticated: at a stop
// nobody waits for those who send slowly, or nothing.
func (c *Connections) Drop() {
	c.mu.Lock()
	var dropped []net.Conn
	for len(c.greedy) > 0 {
		victim := c.victim()
		victim.leave()
		dropped = append(dropped, victim.Conn)
	}
	c.mu.Unlock()
	for _, conn := range dropped {
		conn.Close()
	}
}

type connectionKey struct{}

// Keep says that a request has proved who sent it: its connection stays until
// it is answered, and for the next request.
func Keep(ctx context.Context) {
	if its, _ := ctx.Value(connectionKey{}).(*connection); its != nil {
		its.c.mu.Lock()
		defer its.c.mu.Unlock()
		its.move(nil)
	}
}

// isKept reports whether Keep was called for a request; one of a connection that
// nobody counts counts as kept.
func isKept(ctx context.Context) bool {
	its, _ := ctx.Value(connectionKey{}).(*connection)
	if its == nil {
		return true
	}
	its.c.mu.Lock()
	defer its.c.mu.Unlock()
	return its.in == nil
}

// counted is the connection of ours below TLS; nil: it is none.
func counted(conn net.Conn) *connection {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	its, _ := conn.(*connection)
	return its
}

type countingListener struct {
	net.Listener
	c *Connections
}

func (l *countingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		its, evicted := l.c.admit(conn)
		if evicted != nil {
			l.c.metrics.Limited("connection")
			evicted.Close()
		}
		if its != nil {
			return its, nil
		}
	}
}

// admit takes a connection in, and says which one has to go for it: that may
// be itself, where all others are kept.
func (c *Connections) admit(conn net.Conn) (its *connection, evicted net.Conn) {
	address := ""
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		address = tcp.AddrPort().Addr().String()
	}
	from := Network(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= c.most {
		victim := c.victim()
		if victim == nil {
			return nil, conn
		}
		victim.leave()
		evicted = victim.Conn
	}
	its = &connection{Conn: conn, c: c, holder: c.holders[from]}
	if its.holder == nil {
		its.holder = &holder{from: from, place: -1}
		c.holders[from] = its.holder
	}
	its.holder.open++
	c.open++
	its.move(&its.holder.idle)
	return its, evicted
}

// victim is the connection of the address with the most that has waited longest
// for a request; but where a request has lasted more than twice as long as that,
// it is the oldest of those. Whoever fills the house with requests that never end
// would else turn away everybody who comes, before they can say who they are.
func (c *Connections) victim() *connection {
	if len(c.greedy) == 0 {
		return nil
	}
	h := c.greedy[0]
	idle, busy := h.idle.Front(), h.busy.Front()
	if idle == nil {
		return busy.Value.(*connection)
	}
	waits := idle.Value.(*connection)
	if busy == nil {
		return waits
	}
	asks, now := busy.Value.(*connection), c.clock()
	if now.Sub(asks.since) > 2*now.Sub(waits.since) {
		return asks
	}
	return waits
}

// connection is one that is counted. Its fields are guarded by c.mu.
type connection struct {
	net.Conn
	c      *Connections
	holder *holder
	since  time.Time  // when it was last put into a list
	in     *list.List // of its holder, that it is in; nil: kept, or gone
	place  *list.Element
	gone   bool
}

// Close counts it off.
func (its *connection) Close() error {
	its.c.mu.Lock()
	its.leave()
	its.c.mu.Unlock()
	return its.Conn.Close()
}

func (its *connection) leave() {
	if its.gone {
		return
	}
	its.move(nil)
	its.gone = true
	its.c.open--
	if its.holder.open--; its.holder.open == 0 {
		delete(its.c.holders, its.holder.from)
	}
}

// move puts it at the end of one of its holder's lists; nil: into none, so that
// it is not closed for another.
func (its *connection) move(to *list.List) {
	if its.gone || its.in == to && to != nil && to != &its.holder.idle {
		return
	}
	if its.in != nil {
		its.in.Remove(its.place)
	}
	if its.in = to; to != nil {
		its.place, its.since = to.PushBack(its), its.c.clock()
	}
	its.c.greedy.sort(its.holder)
}

// holder is an address and its connections that may be closed for another:
// those that wait for a request, and those within one, each oldest first.
type holder struct {
	from       netip.Prefix
	idle, busy list.List
	open       int // these and the kept ones
	place      int // in holders; -1: not there
}

func (h *holder) size() int { return h.idle.Len() + h.busy.Len() }

// holders is a heap of those that have any, by size.
type holders []*holder

func (h *holders) sort(its *holder) {
	switch {
	case its.size() == 0 && its.place >= 0:
		heap.Remove(h, its.place)
	case its.size() > 0 && its.place < 0:
		heap.Push(h, its)
	case its.place >= 0:
		heap.Fix(h, its.place)
	}
}

func (h holders) Len() int           { return len(h) }
func (h holders) Less(i, j int) bool { return h[i].size() > h[j].size() }
func (h holders) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *holders) Push(x any) {
	its := x.(*holder)
	its.place = len(*h)
	*h = append(*h, its)
}

func (h *holders) Pop() any {
	last := len(*h) - 1
	its := (*h)[last]
	its.place = -1
	*h = (*h)[:last]
	return its
}
