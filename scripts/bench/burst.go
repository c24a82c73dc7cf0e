package main

import (
	"time"
)

const (
	burstAlerts  = 1500
	burstRate    = 100 // segments a second of a sender
	burstSenders = 5
)

// burst raises all alerts at once, on senders that the carrier holds to their
// rate, and tells how much longer than it has to the last first notice takes.
func (b *bench) burst() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	g, err := b.serve("burst", db, fiveHeavy)
	if err != nil {
		return err
	}
	b.carrier.limit(burstRate)
	defer b.carrier.limit(0)
	seen := b.carrier.watch(db.people)
	requests := newBatch(db, burstAlerts)
	begin := time.Now()
	o, err := flood(b.ctx, g.addr, connections, 0, answerBudget, requests, received)
	db.next += o.used
	if err != nil {
		return err
	}
	accepted := time.Since(begin)
	if err := b.handedOver(burstAlerts * contacts); err != nil {
		return err
	}
	var firsts, all time.Duration
	for p := requests.first; p < requests.first+burstAlerts; p++ {
		firsts = max(firsts, time.Duration(seen.first[p].Load()))
		all = max(all, time.Duration(seen.last[p].Load()))
	}
	since := begin.Sub(seen.begun)
	firsts, all = firsts-since, all-since
	limit := func(messages int) float64 { return float64(messages) / (burstRate * burstSenders) }
	b.figures.set("burst_accepted_s", accepted.Seconds())
	b.figures.set("burst_first_notices_s", firsts.Seconds())
	b.figures.set("burst_all_notices_s", all.Seconds())
	b.figures.set("burst_ratio", firsts.Seconds()/limit(burstAlerts))
	b.figures.set("burst_all_ratio", all.Seconds()/limit(burstAlerts*contacts))
	b.figures.set("burst_refused", float64(b.carrier.refused.Load()))
	return g.stop()
}
