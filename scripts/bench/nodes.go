package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// mostNodes share one PostgreSQL at most.
const mostNodes = 3

// nodes tells how many alerts a second one, two and three nodes take that share
// a PostgreSQL, and what processor time an alert costs all of them and the
// server. All of them, the server and the load are on the same processors here:
// it is what a further node costs that is measured, not what it brings.
func (b *bench) nodes() error {
	db, err := b.postgres()
	if err != nil || db == nil {
		return err
	}
	for n := 1; n <= mostNodes; n++ {
		var rate, cpu, server []float64
		for range b.rounds {
			r, err := b.nodesRound(db, n)
			if errors.Is(err, errTooFew) {
				b.say("%d nodes: %v", n, err)
				break
			}
			if err != nil {
				return err
			}
			rate, cpu, server = append(rate, r.rate), append(cpu, r.cpu), append(server, r.server)
		}
		if len(rate) == 0 {
			continue
		}
		b.figures.set(fmt.Sprintf("nodes_%d_per_s", n), median(rate))
		b.figures.set(fmt.Sprintf("nodes_%d_cpu_us", n), median(cpu))
		b.figures.set(fmt.Sprintf("nodes_%d_server_cpu_us", n), median(server))
	}
	return nil
}

var errTooFew = errors.New("too few people are left")

// nodesAlerts are raised in a round: as many with one node as with three.
const nodesAlerts = 2000

// round is what was measured in one: alerts a second, and microseconds of the
// processors that an alert cost the nodes and the server.
type round struct{ rate, cpu, server float64 }

func (b *bench) nodesRound(db *database, n int) (r round, err error) {
	requests := newBatch(db, nodesAlerts)
	if len(requests.list) < nodesAlerts {
		return r, errTooFew
	}
	var nodes []*gateway
	defer func() {
		for _, g := range nodes {
			err = errors.Join(err, g.stop())
		}
	}()
	var addrs []string
	for range n {
		g, err := b.serve(fmt.Sprintf("nodes-%d", n), db, oneSlow)
		if err != nil {
			return r, err
		}
		nodes, addrs = append(nodes, g), append(addrs, g.addr)
	}
	used := func() (t time.Duration) {
		for _, g := range nodes {
			t += processor(g.pid)
		}
		return t
	}
	before, server := used(), serverProcessor(b.ctx, db.dsn)
	o, err := floodAll(b.ctx, addrs, connections, 0, openBudget, requests, received)
	db.next += o.used
	if err != nil {
		return r, err
	}
	r.rate = o.rate()
	r.cpu = micros(used()-before) / float64(o.used)
	r.server = micros(serverProcessor(b.ctx, db.dsn)-server) / float64(o.used)
	return r, nil
}

// serverProcessor is the time that a PostgreSQL on this machine has had of the
// processors, all of its processes together, those that have ended included; 0
// where it is elsewhere.
func serverProcessor(ctx context.Context, dsn string) time.Duration {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return 0
	}
	defer conn.Close(ctx)
	master := parent(int(conn.PgConn().PID()))
	if master <= 1 {
		return 0
	}
	total := processor(master) + ended(master)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil && parent(pid) == master {
			total += processor(pid)
		}
	}
	return total
}
