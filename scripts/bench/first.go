package main

import (
	"fmt"
	"time"
)

const (
	// pacedRate is a bad day: more alerts a second than a city has seen.
	pacedRate = 45

	// settle is how long nothing may come in before the next round begins.
	settle = 500 * time.Millisecond
)

// first measures the time from sending a webhook to the first carrier request
// about it, both seen from outside.
func (b *bench) first() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	g, err := b.serve("first", db, fiveOpen)
	if err != nil {
		return err
	}
	seen := b.carrier.watch(db.people)
	var busy, syncs, ms, ratio []float64
	for range b.rounds {
		close, err := fdatasync(b.dir, fsyncs, 0)
		if err != nil {
			return err
		}
		sync, err := fdatasync(b.dir, fsyncsPaced, time.Second/pacedRate)
		if err != nil {
			return err
		}
		requests := newBatch(db, int(pacedRate*2*b.length.Seconds()))
		db.next += len(requests.list)
		n, ask := alerts(requests)
		if err := pace(b.ctx, g.addr, 8, time.Second/pacedRate, n, ask); err != nil {
			return err
		}
		b.carrier.quiet(settle)
		p50, err := waits(requests, len(requests.list), seen)
		if err != nil {
			return err
		}
		busy = append(busy, float64(close.Nanoseconds())/1e3)
		syncs, ms = append(syncs, float64(sync.Nanoseconds())/1e3), append(ms, 1e3*quantile(p50, 0.5))
		ratio = append(ratio, quantile(p50, 0.5)/sync.Seconds())
	}
	b.figures.set("fdatasync_us_p50", median(busy))
	b.figures.set("fdatasync_paced_us_p50", median(syncs))
	b.figures.set("first_send_ms", median(ms))
	b.figures.set("first_send_fsyncs", median(ratio))
	return g.stop()
}

// waits are the seconds from each of the first n requests to the first carrier
// request about its person.
func waits(requests *batch, n int, seen *record) ([]float64, error) {
	took := make([]float64, 0, n)
	for i := range n {
		p := requests.first + person(i)
		at, ok := seen.firstAt(p)
		if !ok {
			return nil, fmt.Errorf("no message was sent about person %d", p)
		}
		took = append(took, at.Sub(requests.sent[i]).Seconds())
	}
	return took, nil
}

// overload measures the same while the gateway is sent all that it answers.
func (b *bench) overload() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	g, err := b.serve("overload", db, fiveOpen)
	if err != nil {
		return err
	}
	seen := b.carrier.watch(db.people)
	var p50, p99, rate, handed, answer []float64
	for round := range b.rounds {
		requests := newBatch(db, int(mostRate*(b.length+warm/2).Seconds()))
		before := b.carrier.taken.Load()
		o, err := flood(b.ctx, g.addr, connections, warm/2, b.length, requests, received)
		db.next += o.used
		if err != nil {
			return err
		}
		during := b.carrier.taken.Load() - before
		b.carrier.quiet(settle)
		took, err := waits(requests, o.used, seen)
		if err != nil {
			return err
		}
		if all := b.carrier.taken.Load() - before; all != int64(contacts*o.used) {
			b.say("round %d: %d messages for %d alerts", round+1, all, o.used)
		}
		p50, p99 = append(p50, 1e3*quantile(took, 0.5)), append(p99, 1e3*quantile(took, 0.99))
		rate, answer = append(rate, o.rate()), append(answer, 1e3*quantile(o.took, 0.5))
		handed = append(handed, float64(during)/(b.length+warm/2).Seconds())
	}
	b.figures.set("first_send_ms_overload", median(p50))
	b.figures.set("first_send_ms_overload_p99", median(p99))
	b.figures.set("overload_alerts_per_s", median(rate))
	b.figures.set("overload_messages_per_s", median(handed))
	b.figures.set("overload_answer_ms_p50", median(answer))
	return g.stop()
}
