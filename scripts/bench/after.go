package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// afterAlerts are raised, and what follows on them is measured.
	afterAlerts = 1000

	// climbAfter is how long the policy of a climb waits for an answer: the
	// least that a policy may say, and longer than it takes to raise and send.
	climbAfter  = 10 * time.Second
	climbPolicy = `{"contact":[{"try":"text","quiet":"10s"},{"try":"task"}],"nobody":"12h","follow_up":["13h","24h","48h"]}`
)

// after measures the processor time of what follows on an alert, with no carrier
// to be waited for: a receipt for each message, the 1 with which a relative
// confirms, and the climb of an alert whose contacts stay silent.
func (b *bench) after() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	if err := b.answers(db); err != nil {
		return err
	}
	return b.climbs(db)
}

// answers measures receipts and confirmations.
func (b *bench) answers(db *database) error {
	g, err := b.serve("after", db, fiveOpen)
	if err != nil {
		return err
	}
	seen := b.carrier.watch(db.people)
	b.carrier.reports.Store(true)
	defer b.carrier.reports.Store(false)
	raised, err := b.raise(g, db)
	if err != nil {
		return err
	}
	seen.mu.Lock()
	receipts := &batch{}
	for _, r := range seen.receipts {
		receipts.list = append(receipts.list, receipt(r.address, r.to, "delivered", serials.next()))
	}
	seen.mu.Unlock()
	ones := &batch{}
	for p := raised; p < raised+afterAlerts; p++ {
		ones.list = append(ones.list, text(p.contact(0), "1", serials.next()))
	}
	for _, load := range []struct {
		name, want string
		requests   *batch
	}{{"receipt_cpu_us", "", receipts}, {"confirm_cpu_us", "Gracias", ones}} {
		load.requests.sent = make([]time.Time, len(load.requests.list))
		before := processor(g.pid)
		o, err := flood(b.ctx, g.addr, connections, 0, answerBudget, load.requests, load.want)
		if err != nil {
			return fmt.Errorf("%s: %w", load.name, err)
		}
		b.carrier.quiet(settle)
		b.figures.set(load.name, micros(processor(g.pid)-before)/float64(o.used))
	}
	return g.stop()
}

// raise raises alerts and waits until all their messages are handed over.
func (b *bench) raise(g *gateway, db *database) (first person, err error) {
	requests := newBatch(db, afterAlerts)
	if len(requests.list) < afterAlerts {
		return 0, errors.New("too few people are left")
	}
	o, err := flood(b.ctx, g.addr, connections, 0, answerBudget, requests, received)
	db.next += o.used
	if err == nil {
		err = b.handedOver(afterAlerts * contacts)
	}
	b.carrier.quiet(settle)
	return requests.first, err
}

// climbs measures what an alert costs whose four contacts have not answered in
// time, so that each becomes an agent's task.
func (b *bench) climbs(db *database) error {
	policy := b.path("climb.json")
	if err := os.WriteFile(policy, []byte(climbPolicy), 0o600); err != nil {
		return err
	}
	g, err := b.serve("climb", db, fiveOpen, "AVISO_POLICY="+policy)
	if err != nil {
		return err
	}
	b.carrier.watch(db.people)
	begin := time.Now()
	if _, err := b.raise(g, db); err != nil {
		return err
	}
	if time.Since(begin) > climbAfter-time.Second {
		return errors.New("the first climb has begun before the last alert was raised")
	}
	before := processor(g.pid)
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		n, err := g.metric(`aviso_recipients_total{outcome="given_up",recipient="contact"}`)
		if err != nil {
			return err
		}
		if n >= afterAlerts*contacts {
			break
		}
		if time.Since(begin) > climbAfter+stuck {
			return fmt.Errorf("only %.0f of %d contacts were left to an agent", n, afterAlerts*contacts)
		}
	}
	b.figures.set("climb_cpu_us", micros(processor(g.pid)-before)/afterAlerts)
	return g.stop()
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// metric is the value of one of the gateway's metrics, 0 where it has none yet.
func (g *gateway) metric(name string) (float64, error) {
	res, err := http.Get("http://" + g.internal + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, nil
}
