package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/store"
)

// oddCodes counts the error codes of carriers that their tables lack. Of each the
// operator is told once a day, on one node of all: a code is a new reason why
// people are not told, and its family decided what was done about it.
type oddCodes struct {
	clock   func() time.Time
	records oddRecords
	log     zerolog.Logger
	alarmed func() // counts that the operator was told

	mu      sync.Mutex
	pending map[string]int // not yet written down
}

// oddRecords is where all nodes count. *store.Store is one.
type oddRecords interface {
	CountOddCode(ctx context.Context, at time.Time, code string, times int) (total int, err error)
}

const (
	// oddEvery is how often codes are written down.
	oddEvery = 5 * time.Second
	// oddBudget bounds one of them.
	oddBudget = time.Second
	// oddMost is how many codes are counted between two times: Twilio has some
	// two thousand in all.
	oddMost = 200
)

// met counts a code.
func (o *oddCodes) met(code string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pending == nil {
		o.pending = map[string]int{}
	}
	if o.pending[code] > 0 || len(o.pending) < oddMost {
		o.pending[code]++
	}
}

// run writes the counts down until ctx ends, and what is left then.
func (o *oddCodes) run(ctx context.Context) {
	tick := time.NewTicker(oddEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			o.flush(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			o.flush(ctx)
		}
	}
}

// flush writes down what was counted. Whoever counts a code first on a day, over
// all nodes, tells the operator.
func (o *oddCodes) flush(ctx context.Context) {
	o.mu.Lock()
	counted := o.pending
	o.pending = nil
	o.mu.Unlock()
	for code, times := range counted {
		budget, cancel := context.WithTimeout(ctx, oddBudget)
		total, err := o.records.CountOddCode(budget, o.clock(), code, times)
		cancel()
		if err != nil {
			o.mu.Lock()
			if o.pending == nil {
				o.pending = map[string]int{}
			}
			o.pending[code] += times // once more the next time
			o.mu.Unlock()
			continue
		}
		if total == times {
			o.alarmed()
			o.log.Warn().Str("code", code).Int("times", total).Msg("the carrier gave an error code that the table lacks; its family or status decided what was done. aviso check counts it, and errors in --policy say better")
		}
	}
}

// oddCodes lists the codes of the last 30 days that no table has, with their
// counts.
func (r *readiness) oddCodes(ctx context.Context, records *store.Store, now time.Time, further []gateway.ErrorClass) {
	codes, err := store.OddCodes(ctx, records, now)
	if err != nil {
		r.missing("error codes", sentence(err), "")
		return
	}
	type sum struct {
		times int
		last  time.Time
	}
	sums, order := map[string]*sum{}, []string(nil)
	for _, c := range codes {
		s := sums[c.Code]
		if s == nil {
			s = &sum{}
			sums[c.Code], order = s, append(order, c.Code)
		}
		s.times += c.Times
		s.last = c.Day
	}
	for _, code := range order {
		known := func(e gateway.ErrorClass) bool { return e.Code == code }
		if twilio.Known(code) || slices.ContainsFunc(further, known) {
			continue // a newer version, or the operator, says by now what is to be done
		}
		s := sums[code]
		r.advise("error "+code, fmt.Sprintf("The carrier gave it %d %s in 30 days, last on %s, and Aviso does not know it: its family or status decided what was done.",
			s.times, cmp.Or(map[int]string{1: "time"}[s.times], "times"), s.last.Format(time.DateOnly)),
			"Read https://www.twilio.com/docs/api/errors/"+code+", and say what is to be done in --policy: \"errors\": [{\"code\": \""+code+"\", \"do\": …}] (scripts/docs/errors.md).")
	}
}
