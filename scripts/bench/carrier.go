package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// carrier is what the gateway takes for Twilio's REST API: it takes every
// message, answers as Twilio does, and notes when each came in. It is lean on
// purpose, since it works on the processors of whoever is measured.
type carrier struct {
	listener net.Listener
	taken    atomic.Int64 // messages
	refused  atomic.Int64 // for being too many
	strange  atomic.Int64 // requests that are no new message
	now      atomic.Pointer[record]
	limits   atomic.Pointer[limits]
	reports  atomic.Bool // whether receipts are noted
}

// record is what came in since watch.
type record struct {
	begun time.Time
	// first is when the first message about each person came in, last when the
	// last of them did, ns after begun and never 0.
	first, last []atomic.Int64
	count       []atomic.Int32

	mu       sync.Mutex
	receipts []reported // in the order in which they came in
}

// reported is a message whose carrier is to say what became of it.
type reported struct{ address, to string }

func startCarrier() (*carrier, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &carrier{listener: l}
	c.watch(0)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	return c, nil
}

func (c *carrier) close() { c.listener.Close() }

func (c *carrier) url() string { return "http://" + c.listener.Addr().String() }

// watch begins a new record, of the first people.
func (c *carrier) watch(people int) *record {
	r := &record{begun: time.Now(), first: make([]atomic.Int64, people), last: make([]atomic.Int64, people), count: make([]atomic.Int32, people)}
	c.taken.Store(0)
	c.refused.Store(0)
	c.now.Store(r)
	return r
}

func (c *carrier) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 8<<10)
	var body, answer []byte
	for {
		line, rest, err := readMessage(in, body)
		if err != nil {
			return
		}
		body = rest
		answer = c.answer(answer[:0], line, body, time.Now())
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

func (c *carrier) answer(b, line, body []byte, at time.Time) []byte {
	if !bytes.HasPrefix(line, []byte("POST ")) || !bytes.Contains(line, []byte("/Messages.json")) {
		c.strange.Add(1)
		return respond(b, "200 OK", `{"messages":[]}`)
	}
	from, to := field(body, "From="), field(body, "To=")
	if l := c.limits.Load(); l != nil && !l.allow(from, at) {
		c.refused.Add(1)
		return respond(b, "429 Too Many Requests", `{"code":20429,"message":"Too Many Requests","status":429}`)
	}
	c.taken.Add(1)
	if p, ok := personOf(to); ok {
		r := c.now.Load()
		r.note(p, at)
		if c.reports.Load() {
			r.mu.Lock()
			r.receipts = append(r.receipts, reported{field(body, "StatusCallback="), to})
			r.mu.Unlock()
		}
	}
	return respond(b, "201 Created", fmt.Sprintf(created, serials.next(), from, to))
}

func (r *record) note(p person, at time.Time) {
	if int(p) >= len(r.first) {
		return
	}
	after := max(1, int64(at.Sub(r.begun)))
	r.first[p].CompareAndSwap(0, after)
	r.last[p].Store(after)
	r.count[p].Add(1)
}

// firstAt is when the first message about a person came in.
func (r *record) firstAt(p person) (time.Time, bool) {
	after := r.first[p].Load()
	return r.begun.Add(time.Duration(after)), after > 0
}

// created is Twilio's answer to a new message.
const created = `{"account_sid":"` + accountSID + `","api_version":"2010-04-01","body":"RED X: Juan P. envio ALERTA #482137 14:30. Puede estar detenido. Responda 1 si lo recibio. Nunca pedimos dinero. Mas: 555-555-0100. STOP=baja","date_created":"Fri, 20 Nov 2026 14:30:00 +0000","date_sent":null,"date_updated":"Fri, 20 Nov 2026 14:30:00 +0000","direction":"outbound-api","error_code":null,"error_message":null,"messaging_service_sid":null,"num_media":"0","num_segments":"1","price":null,"price_unit":"USD","sid":"SM%032x","status":"queued","from":%q,"to":%q,"subresource_uris":{"media":"/2010-04-01/Accounts/` + accountSID + `/Messages/SM/Media.json"},"uri":"/2010-04-01/Accounts/` + accountSID + `/Messages/SM.json"}`

func respond(b []byte, status, body string) []byte {
	return fmt.Appendf(b, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// field is the value of a form's field by its name and "=".
func field(body []byte, name string) string {
	for part := range strings.SplitSeq(string(body), "&") {
		if value, ok := strings.CutPrefix(part, name); ok {
			value, _ = url.QueryUnescape(value)
			return value
		}
	}
	return ""
}

// limit makes the carrier refuse what a sender hands over beyond so many
// messages a second; 0 takes that back.
func (c *carrier) limit(perSecond int) {
	if perSecond == 0 {
		c.limits.Store(nil)
		return
	}
	c.limits.Store(&limits{most: perSecond + limitSlack, recent: map[string][]time.Time{}})
}

// limitSlack is by how many messages a second may exceed the limit: what a
// sender's clock and ours may disagree by.
const limitSlack = 5

// limits are how many messages of each sender are taken in any second.
type limits struct {
	most   int
	mu     sync.Mutex
	recent map[string][]time.Time // of those taken, the oldest first
}

func (l *limits) allow(sender string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := l.recent[sender]
	for len(recent) > 0 && at.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	if len(recent) >= l.most {
		l.recent[sender] = recent
		return false
	}
	l.recent[sender] = append(recent, at)
	return true
}

// quiet waits until no message has come in for a while.
func (c *carrier) quiet(still time.Duration) {
	last, since := c.taken.Load(), time.Now()
	for time.Since(since) < still {
		time.Sleep(20 * time.Millisecond)
		if n := c.taken.Load(); n != last {
			last, since = n, time.Now()
		}
	}
}
