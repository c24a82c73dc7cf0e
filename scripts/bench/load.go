package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// answerBudget bounds one answer: Twilio's own.
const answerBudget = 15 * time.Second

// caller is one keep-alive connection to a webhook.
type caller struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func call(addr string) (*caller, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &caller{conn: conn, in: bufio.NewReaderSize(conn, 4<<10)}, nil
}

// ask sends a request and reads the answer, which has to be a success and hold
// want.
func (c *caller) ask(request, want []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(answerBudget)); err != nil {
		return err
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	status, body, err := readMessage(c.in, c.body)
	c.body = body
	switch {
	case err != nil:
		return err
	case !bytes.HasPrefix(status, []byte("HTTP/1.1 20")):
		return fmt.Errorf("answered %s", status)
	case !bytes.Contains(body, want):
		return fmt.Errorf("answered %s without %q", status, want)
	}
	return nil
}

// readMessage reads the first line and the body of an HTTP message that says
// its length. The line is valid until the next read.
func readMessage(in *bufio.Reader, body []byte) (line, _ []byte, err error) {
	first, err := in.ReadSlice('\n')
	if err != nil {
		return nil, body, err
	}
	line = append(line, bytes.TrimRight(first, "\r\n")...)
	length := 0
	for {
		header, err := in.ReadSlice('\n')
		if err != nil {
			return nil, body, err
		}
		header = bytes.TrimRight(header, "\r\n")
		if len(header) == 0 {
			break
		}
		const name = "content-length:"
		if len(header) > len(name) && bytes.EqualFold(header[:len(name)], []byte(name)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(header[len(name):]))); err != nil {
				return nil, body, err
			}
		}
	}
	if cap(body) < length {
		body = make([]byte, length)
	}
	body = body[:length]
	_, err = io.ReadFull(in, body)
	return line, body, err
}

// outcome is what a load was answered.
type outcome struct {
	used    int           // requests that were sent, from the first on
	counted int           // of those, answered within the time that counts
	within  time.Duration // that time
	took    []float64     // of each answer that counted, seconds
}

func (o outcome) rate() float64 { return float64(o.counted) / o.within.Seconds() }

// batch are requests that were made before they are needed, and when each was
// sent.
type batch struct {
	first person // of the first request; the others follow
	list  [][]byte
	sent  []time.Time
	again bool // after the last one the first is sent once more
}

// newBatch makes the requests of the next n people of a database, who have not
// raised an alert in it yet; fewer where it has no more.
func newBatch(db *database, n int) *batch {
	b := &batch{first: person(db.next), list: make([][]byte, min(n, db.people-db.next))}
	b.sent = make([]time.Time, len(b.list))
	for i := range b.list {
		b.list[i] = alerta(b.first+person(i), serials.next())
	}
	return b
}

// serials number the carrier's messages in this run.
var serials counter

type counter struct{ n atomic.Int64 }

func (c *counter) next() int { return int(c.n.Add(1)) }

// take is request n; nil where there are no more.
func (b *batch) take(n int) []byte {
	switch {
	case b.again:
		return b.list[n%len(b.list)]
	case n >= len(b.list):
		return nil
	}
	b.sent[n] = time.Now()
	return b.list[n]
}

// flood sends requests over conns connections, each its next one as soon as the
// last is answered: for warm, which does not count, and then for length, or
// until there are no more. Every answer has to hold want.
func flood(ctx context.Context, addr string, conns int, warm, length time.Duration, requests *batch, want string) (outcome, error) {
	return floodAll(ctx, []string{addr}, conns, warm, length, requests, want)
}

// floodAll is flood with the connections spread over several addresses.
func floodAll(ctx context.Context, addrs []string, conns int, warm, length time.Duration, requests *batch, want string) (outcome, error) {
	var next, counted atomic.Int64
	var ended atomic.Int64 // when the last counted answer came, ns after begin
	begin := time.Now()
	took := make([][]float64, conns)
	err := together(conns, func(i int) error {
		c, err := call(addrs[i%len(addrs)])
		if err != nil {
			return err
		}
		defer c.conn.Close()
		for ctx.Err() == nil {
			sent := time.Now()
			if sent.Sub(begin) >= warm+length {
				break
			}
			n := int(next.Add(1) - 1)
			request := requests.take(n)
			if request == nil {
				next.Add(-1)
				break
			}
			if err := c.ask(request, []byte(want)); err != nil {
				return fmt.Errorf("webhook %d: %w", n, err)
			}
			now := time.Now()
			if at := now.Sub(begin); at >= warm && at < warm+length {
				counted.Add(1)
				took[i] = append(took[i], now.Sub(sent).Seconds())
				ended.Store(int64(at))
			}
		}
		return ctx.Err()
	})
	o := outcome{used: int(next.Load()), counted: int(counted.Load()), within: length}
	if !requests.again && o.used == len(requests.list) { // ran out before its time
		o.within = time.Duration(ended.Load()) - warm
	}
	for _, t := range took {
		o.took = append(o.took, t...)
	}
	if err == nil && o.counted == 0 {
		err = errors.New("nothing was answered in time")
	}
	return o, err
}

// pace asks n times at even intervals, whatever becomes of the earlier requests.
// ask is told which one it is, and when it is due.
func pace(ctx context.Context, addr string, conns int, every time.Duration, n int, ask func(c *caller, i int, due time.Time) error) error {
	turns := make(chan int, n)
	begin := time.Now()
	due := func(i int) time.Time { return begin.Add(time.Duration(i) * every) }
	go func() {
		defer close(turns)
		for i := range n {
			time.Sleep(time.Until(due(i)))
			if ctx.Err() != nil {
				return
			}
			turns <- i
		}
	}()
	return together(conns, func(int) error {
		c, err := call(addr)
		if err != nil {
			return err
		}
		defer c.conn.Close()
		for i := range turns {
			if err := ask(c, i, due(i)); err != nil {
				return fmt.Errorf("webhook %d: %w", i, err)
			}
		}
		return ctx.Err()
	})
}

// alerts has pace send a batch.
func alerts(requests *batch) (n int, ask func(*caller, int, time.Time) error) {
	return len(requests.list), func(c *caller, i int, _ time.Time) error { return c.ask(requests.take(i), []byte(received)) }
}

// together runs do on n goroutines.
func together(n int, do func(int) error) error {
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
