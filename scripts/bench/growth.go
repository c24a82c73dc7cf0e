package main

import "fmt"

const (
	openFew  = 10
	openMany = 100_000

	// growthAlerts are raised in each round, in either database.
	growthAlerts = 2000
)

// growth compares the time that an alert takes with many alerts open and with
// few. Both databases hold the same people; they take turns.
func (b *bench) growth() error {
	many, err := b.base()
	if err != nil {
		return err
	}
	few, err := b.few()
	if err != nil {
		return err
	}
	crowded, err := b.openUpTo(many, min(openMany, b.people/2), "growth-many")
	if err != nil {
		return err
	}
	empty, err := b.openUpTo(few, openFew, "growth-few")
	if err != nil {
		return err
	}
	var ratio, before, after []float64
	for round := range b.rounds {
		var took [2]float64 // microseconds an alert, few and many
		for turn := range 2 {
			which := (round + turn) % 2
			db, g := few, empty
			if which == 1 {
				db, g = many, crowded
			}
			requests := newBatch(db, growthAlerts)
			if len(requests.list) < growthAlerts {
				return fmt.Errorf("%d people are too few", b.people)
			}
			o, err := flood(b.ctx, g.addr, connections, 0, answerBudget, requests, received)
			db.next += o.used
			if err != nil {
				return err
			}
			took[which] = 1e6 / o.rate()
		}
		before, after, ratio = append(before, took[0]), append(after, took[1]), append(ratio, took[1]/took[0])
	}
	b.figures.set("open_alerts_most", float64(many.next))
	b.figures.set("alert_us_few_open", median(before))
	b.figures.set("alert_us_many_open", median(after))
	b.figures.set("growth_ratio", median(ratio))
	if err := empty.stop(); err != nil {
		return err
	}
	return crowded.stop()
}

// openUpTo raises alerts until so many are open, and leaves the gateway running.
func (b *bench) openUpTo(db *database, open int, name string) (*gateway, error) {
	g, err := b.serve(name, db, oneSlow)
	if err != nil || db.next >= open {
		return g, err
	}
	requests := newBatch(db, open-db.next)
	o, err := flood(b.ctx, g.addr, min(connections, open), 0, openBudget, requests, received)
	db.next += o.used
	if err == nil && db.next < open {
		err = fmt.Errorf("only %d of %d alerts could be raised within %s", db.next, open, openBudget)
	}
	return g, err
}

// openBudget is more than any gateway needs that is worth measuring.
const openBudget = 40 * answerBudget
