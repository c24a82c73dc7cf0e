package main

import (
	"fmt"
	"time"
)

const (
	// relayAlerts wait with all their messages when the relay starts.
	relayAlerts = 2500

	// relayWorkers is how many requests the gateway makes at a time, and so
	// does the bare client.
	relayWorkers = 64

	// stuck is how long nothing may come in before a round is given up.
	stuck = 20 * time.Second
)

// relay compares the messages that the gateway hands over a second, from a
// backlog that waits in its database when it starts, each recorded, with those
// of a bare twilio-go client with the same pool.
func (b *bench) relay() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	var bare, ours, ratio []float64
	for round := range b.rounds {
		ceiling, err := b.bareClient(relayAlerts * contacts)
		if err != nil {
			return err
		}
		rate, err := b.relayRate(db)
		if err != nil {
			return err
		}
		b.say("round %d: bare %.0f, relay %.0f a second", round+1, ceiling, rate)
		bare, ours, ratio = append(bare, ceiling), append(ours, rate), append(ratio, rate/ceiling)
	}
	b.figures.set("bare_client_per_s", median(bare))
	b.figures.set("relay_per_s", median(ours))
	b.figures.set("relay_ratio", median(ratio))
	return nil
}

// relayRate raises alerts with a gateway that may send nothing, and hands them
// to one that may send all.
func (b *bench) relayRate(db *database) (float64, error) {
	g, err := b.serve("relay-raise", db, oneSlow)
	if err != nil {
		return 0, err
	}
	requests := newBatch(db, relayAlerts)
	o, err := flood(b.ctx, g.addr, connections, 0, answerBudget, requests, received)
	db.next += o.used
	if err != nil {
		return 0, err
	}
	if err := g.stop(); err != nil {
		return 0, err
	}
	seen := b.carrier.watch(db.people)
	if g, err = b.serve("relay", db, fiveOpen); err != nil {
		return 0, err
	}
	// One message went out when the alerts were raised.
	if err := b.handedOver(o.used*contacts - 1); err != nil {
		return 0, err
	}
	b.figures.set("relay_cpu_us", processor(g.pid).Seconds()*1e6/float64(o.used*contacts-1))
	begin, end := seen.span(requests.first, o.used)
	return float64(o.used*contacts-1) / (end - begin).Seconds(), g.stop()
}

// handedOver waits until the carrier has so many messages.
func (b *bench) handedOver(n int) error {
	was, since := int64(-1), time.Now()
	for {
		taken := b.carrier.taken.Load()
		switch {
		case taken >= int64(n):
			return nil
		case taken != was:
			was, since = taken, time.Now()
		case time.Since(since) > stuck:
			return fmt.Errorf("the carrier has %d of %d messages, and no more come", taken, n)
		}
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// span is when the first and the last message about n people came in.
func (r *record) span(from person, n int) (begin, end time.Duration) {
	for p := from; p < from+person(n); p++ {
		if at := time.Duration(r.first[p].Load()); at > 0 && (begin == 0 || at < begin) {
			begin = at
		}
		end = max(end, time.Duration(r.last[p].Load()))
	}
	return begin, end
}
