package relay_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// The senders of most tests: a fast one of the US, and slow ones that reach
// Mexico.
var (
	short  = gateway.Sender{Address: "78910", Kind: gateway.ShortCode, Rate: 100}
	long   = gateway.Sender{Address: "+15550001111", Kind: gateway.LongCode, Rate: 1}
	second = gateway.Sender{Address: "+15550002222", Kind: gateway.LongCode, Rate: 1}
)

// world is a relay with a book and a carrier, in a bubble of fake time.
type world struct {
	*book
	*carrier
	*relay.Relay
	skew atomic.Int64 // nanoseconds: how far the clock is ahead of the timers, as after a pause of the process
	stop func() error // ends Run and gives what it returned
}

// run tests f with a running relay, and stops it after.
func run(t *testing.T, senders []gateway.Sender, f func(w *world), options ...func(*relay.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := start(t, nil, senders, options...)
		defer w.stop()
		f(w)
	})
}

// start runs a relay on a book; nil makes a new one.
func start(t *testing.T, b *book, senders []gateway.Sender, options ...func(*relay.Config)) *world {
	w := &world{}
	clock := func() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }
	if b == nil {
		b = newBook(clock)
	}
	w.book = b
	w.carrier = &carrier{clock: clock}
	conf := relay.Config{
		Queue: w.book, Domain: w.book, Carrier: w.carrier, Senders: senders, Callers: []gateway.Sender{{Address: "+15550003333", Rate: 1}},
		Clock: clock, Segments: func(text string) int { return len(text) },
	}
	for _, o := range options {
		o(&conf)
	}
	w.Relay = relay.New(conf)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stopped := false
	w.stop = func() error {
		cancel()
		if stopped {
			return nil
		}
		stopped = true
		return <-ended
	}
	return w
}

// tell dispatches attempts that are born claimed.
func (w *world) tell(attempts ...gateway.Attempt) (ids []gateway.ID) {
	for i := range attempts {
		attempts[i] = w.claimed(attempts[i])
		ids = append(ids, attempts[i].ID)
	}
	w.Dispatch(attempts)
	return ids
}

// wait lets time pass, and everything that it sets off come to rest.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
