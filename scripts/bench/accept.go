package main

import (
	"time"
)

const (
	// connections send at the same time, as the carrier's workers do.
	connections = 64

	// warm is how long a load runs before it counts.
	warm = time.Second

	// mostRate is more alerts a second than are ever accepted: for so many are
	// requests made beforehand.
	mostRate = 12_000

	// received is in every answer to an ALERTA that was taken.
	received = "ALERTA #"
)

// accept compares the alerts that the gateway takes a second, each committed
// before it is answered, with the requests that a bare handler answers.
func (b *bench) accept() error {
	db, err := b.base()
	if err != nil {
		return err
	}
	pg, err := b.postgres()
	if err != nil {
		return err
	}
	var bare, sqlite, postgres, sqliteRatio, postgresRatio []float64
	for round := range b.rounds {
		ceiling, err := b.bareRate()
		if err != nil {
			return err
		}
		bare = append(bare, ceiling)
		rate, err := b.acceptRate(db, "")
		if err != nil {
			return err
		}
		sqlite, sqliteRatio = append(sqlite, rate), append(sqliteRatio, rate/ceiling)
		if pg != nil {
			if rate, err = b.acceptRate(pg, "_postgres"); err != nil {
				return err
			}
			postgres, postgresRatio = append(postgres, rate), append(postgresRatio, rate/ceiling)
		}
		b.say("round %d: bare %.0f, SQLite %.0f, PostgreSQL %.0f a second", round+1, ceiling, sqlite[round], last(postgres))
	}
	b.figures.set("bare_handler_per_s", median(bare))
	b.figures.set("accept_per_s", median(sqlite))
	b.figures.set("accept_ratio", median(sqliteRatio))
	if pg != nil {
		b.figures.set("accept_per_s_postgres", median(postgres))
		b.figures.set("accept_ratio_postgres", median(postgresRatio))
	}
	return nil
}

func last(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[len(values)-1]
}

// bareRate is the requests that a bare handler answers a second.
func (b *bench) bareRate() (float64, error) {
	h, err := startBareHandler(b.ctx)
	if err != nil {
		return 0, err
	}
	requests := newBatch(&database{people: 1000}, 1000)
	requests.again = true
	o, err := flood(b.ctx, h.addr, connections, warm/2, b.length, requests, received)
	if err != nil {
		return 0, err
	}
	b.figures.set("bare_handler_ms_p50", 1e3*median(o.took))
	return o.rate(), h.stop()
}

// acceptRate is the alerts that the gateway takes a second.
func (b *bench) acceptRate(db *database, suffix string) (float64, error) {
	requests := newBatch(db, int(mostRate*(warm+b.length).Seconds()))
	g, err := b.serve("accept"+suffix, db, oneSlow)
	if err != nil {
		return 0, err
	}
	before, server := processor(g.pid), time.Duration(0)
	if suffix != "" {
		server = serverProcessor(b.ctx, db.dsn)
	}
	o, err := flood(b.ctx, g.addr, connections, warm, b.length, requests, received)
	db.next += o.used
	if err != nil {
		return 0, err
	}
	b.figures.set("accept_cpu_us"+suffix, micros(processor(g.pid)-before)/float64(o.used))
	if suffix != "" {
		b.figures.set("accept_server_cpu_us", micros(serverProcessor(b.ctx, db.dsn)-server)/float64(o.used))
	}
	b.figures.set("accept_ms_p50"+suffix, 1e3*quantile(o.took, 0.5))
	b.figures.set("accept_ms_p99"+suffix, 1e3*quantile(o.took, 0.99))
	if mb, err := g.anonymous(); err == nil {
		b.figures.set("accept_rss_mb"+suffix, mb)
	}
	return o.rate(), g.stop()
}
