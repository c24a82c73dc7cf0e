package relay

import (
	"context"
	"fmt"
	"sync"
	"time"

	"aviso/gateway"
)

// Queue keeps the attempts and timers that wait, and the senders' time.
type Queue interface {
	// Claim takes up to limit attempts that are due at now, or whose lease has
	// ended, by lane, due time and id, and holds them for this node until the
	// time given.
	Claim(ctx context.Context, now, until time.Time, limit int) ([]gateway.Attempt, error)

	// Release gives claimed attempts back as they were: waiting, as due as
	// before, and in doubt where Claim.Doubt says so. It leaves those alone
	// whose fence has moved on.
	Release(ctx context.Context, claimed []gateway.Attempt) error

	// ClaimTimers does for timers what Claim does for attempts.
	ClaimTimers(ctx context.Context, now, until time.Time, limit int) ([]gateway.Timer, error)

	// Slots reserves a span of a sender's time for this node alone: the first
	// that is free, from now on. Spans never overlap, on whatever node. One that
	// would begin later than by is not reserved, and ok is false.
	Slots(ctx context.Context, sender string, now, by time.Time, span time.Duration) (start time.Time, ok bool, err error)

	// Free says from when on each sender's time is unreserved. A sender of
	// whom nothing is reserved is missing.
	Free(ctx context.Context, senders []string) (map[string]time.Time, error)

	// Changes is a hint that something may be due, until ctx ends. Hints may
	// be lost and may be wrong.
	Changes(ctx context.Context) <-chan struct{}
}

// Domain is told what came of everything. *service.Service is one.
type Domain interface {
	// Handle decides on an event and commits. It returns gateway.ErrNotFound
	// where the attempt or timer is gone. The same Result may come more than
	// once.
	Handle(ctx context.Context, e gateway.Event) (gateway.Answer, error)
}

// Config is what a Relay works with. All of Queue, Domain, Carrier, Clock and
// Segments are needed.
type Config struct {
	Queue   Queue
	Domain  Domain
	Carrier gateway.Carrier

	Senders []gateway.Sender // texts, in order of preference
	Routes  gateway.Routes   // better orders for some countries
	Callers []gateway.Sender // caller IDs of calls that we make, in order of preference, with their rate in calls a second; none: no calls are made

	Clock    func() time.Time
	Segments func(text string) int // how many segments a text is sent in
	Workers  int                   // requests to the carrier at a time; 0: 64

	// PutOff reports whether an attempt has to wait for another day, and how
	// long: the day's spending has reached its limit. nil: none does.
	PutOff func(gateway.Attempt) (wait time.Duration, ok bool)

	// Log is told what an operator may want to read, and Observe of every
	// request. Neither may block; nil is allowed.
	Log     func(event string, id gateway.ID, code string)
	Observe func(Request)

	// Retried is told of everything that failed and is tried again, by one word
	// of a short list: claim, timers, timer, slots, record, release. What came of
	// sending Domain hears. It may not block; nil is allowed.
	Retried func(what string)
}

// Request is what is told of one request to the carrier, for metrics. It holds
// nothing of a person.
type Request struct {
	Channel gateway.Channel
	Lane    gateway.Lane
	Sender  string        // our number
	Parts   int           // segments that the text was sent in; 0: it was not sent, or is a call
	Code    string        // the carrier's error; "": it took the attempt
	Waited  time.Duration // from due to the request
	Took    time.Duration // of the request
}

const (
	workers = 64 // fits the carrier client's pool of connections

	// lookups bounds the searches for attempts in doubt, which wait for a slow
	// list at the carrier and must not keep a worker from anything else.
	lookups = 8

	// mostHeld bounds the attempts that are claimed by query or being sent or
	// recorded, and so the memory that a database outage costs: about 2 KB
	// each. At the limit nothing more is begun.
	mostHeld = 4096
)

// Relay sends. Its methods may be called at once from many goroutines.
type Relay struct {
	conf  Config
	lines []*line // in the senders' order, those of calls last

	workers   chan struct{} // a place for each request
	jobs      chan job      // for goroutines that wait for one
	waiting   chan struct{} // a place for each of those: as many as can be busy at once
	recorders chan struct{} // a place for each result in the domain's hands

	mu       sync.Mutex
	stopping bool
	held     map[gateway.ID]*held    // everything claimed that has not left yet
	stumbles map[gateway.ID]*backoff // timers that the domain could not take
	health   map[service]health      // of carriers that are not at their best
	busy     int                     // of those: requested, looked up or recorded right now
	doubts   queue                   // wait for a search at the carrier
	refused  []refusal               // cannot be sent at all
	released []gateway.Attempt       // to be given back to the Queue
	watchful time.Time               // until then something is known to be waiting in the Queue

	searchable chan struct{} // doubts has grown
	unsettled  chan struct{} // refused or released has grown
	left       chan struct{} // something has left; watched while stopping
}

// New makes a Relay. Nothing moves until Run.
func New(c Config) *Relay {
	if c.Workers == 0 {
		c.Workers = workers
	}
	if c.Log == nil {
		c.Log = func(string, gateway.ID, string) {}
	}
	if c.Retried == nil {
		c.Retried = func(string) {}
	}
	if c.Observe == nil {
		c.Observe = func(Request) {}
	}
	r := &Relay{
		conf:       c,
		workers:    make(chan struct{}, c.Workers),
		jobs:       make(chan job),
		waiting:    make(chan struct{}, c.Workers+recorders),
		recorders:  make(chan struct{}, recorders),
		held:       make(map[gateway.ID]*held),
		stumbles:   make(map[gateway.ID]*backoff),
		health:     make(map[service]health),
		searchable: make(chan struct{}, 1),
		unsettled:  make(chan struct{}, 1),
		left:       make(chan struct{}, 1),
	}
	for _, s := range c.Senders {
		r.lines = append(r.lines, newLine(s.Address, s))
	}
	for _, s := range c.Callers {
		// Calls have a rate of their own, also on a number that texts too.
		l := newLine("voice:"+s.Address, s)
		l.calls = true
		r.lines = append(r.lines, l)
	}
	return r
}

// drainBudget is how long Run goes on after its context has ended: a request
// that had just begun (gateway.SendBudget) and as long again to record it. It
// is part of the 15 s in which the whole process ends.
const drainBudget = 2 * gateway.SendBudget

// Run sends until ctx ends. Then it begins nothing more, releases what waits,
// and takes at most drainBudget to bring to an end what was in flight. It
// fails where results are left that the domain could not take; what they are
// about is in doubt then, and looked up by whoever claims it next.
func (r *Relay) Run(ctx context.Context) error {
	// What is in flight outlives ctx, until the drain is over.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()

	var running sync.WaitGroup
	running.Go(func() { r.poll(ctx, work) })
	running.Go(func() { r.pollTimers(ctx, work) })
	running.Go(func() { r.sweep(ctx) })
	running.Go(func() { r.search(ctx, work) })
	for _, l := range r.lines {
		running.Go(func() { r.pump(ctx, work, l) })
	}
	var settling sync.WaitGroup
	settling.Go(func() { r.settle(work) })

	<-ctx.Done()
	stopped := make(chan struct{})
	go func() { running.Wait(); close(stopped) }()
	err := r.drain(stopped)
	stop()
	settling.Wait()
	return err
}

// drain releases what waits and sees to it that what is busy ends. stopped is
// closed when nothing more can be begun or claimed.
func (r *Relay) drain(stopped <-chan struct{}) error {
	end := time.NewTimer(drainBudget)
	defer end.Stop()
	r.mu.Lock()
	r.stopping = true
	for _, h := range r.held {
		if h.waiting != nil {
			r.giveBack(h)
		}
	}
	r.mu.Unlock()
	for {
		rest := r.rest()
		if rest == 0 && stopped == nil {
			return nil
		}
		select {
		case <-stopped:
			stopped = nil
		case <-r.left:
		case <-end.C:
			return fmt.Errorf("drain relay: %d attempts without a recorded end", rest)
		}
	}
}

// rest is how many attempts have not left yet.
func (r *Relay) rest() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.held) + len(r.released)
}

// Dispatch takes attempts that were committed already claimed for this node.
// It never blocks. What comes after Run has returned is found in doubt when
// its lease ends, so whatever commits is stopped before the relay.
func (r *Relay) Dispatch(attempts []gateway.Attempt) {
	r.accept(attempts)
}
