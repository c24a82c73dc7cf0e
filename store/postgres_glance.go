package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresShared is how many glances share one snapshot at most.
const postgresShared = 64

// glancing is a glance that shares a snapshot with others. It runs in the
// goroutine of whoever asked for it, and hands its statements over step by step.
type glancing struct {
	asks    chan []statement // closed when it asks no more
	answers chan answered
	list    []statement // that it waits for
	rows    [][]row     // of each of them
}

type answered struct {
	rows [][]row
	err  error
}

// errShared: what failed is the group's, and not this glance's alone.
var errShared = errors.New("a read that was shared failed")

// glance runs do on a snapshot that begins after the call, and that the glances
// share which wait at the same time. What they ask for by the same statement is
// asked for at once: a View is some fifteen statements, which PostgreSQL binds
// and plans one by one, in three round trips. One whose group failed, perhaps
// for another's sake, is read by itself.
func (db *postgres) glance(ctx context.Context, do func(*snapshot) error) error {
	if db.readOnly {
		return db.read(ctx, do)
	}
	g := &glancing{asks: make(chan []statement), answers: make(chan answered)}
	waiting, cancel := context.WithTimeout(ctx, postgresRead)
	defer cancel()
	select {
	case db.glances <- g:
	case <-waiting.Done():
		return waiting.Err()
	case <-db.closing:
		return ErrClosed
	}
	err := g.run(do)
	if errors.Is(err, errShared) && !pgconn.Timeout(err) && ctx.Err() == nil {
		return db.read(ctx, do)
	}
	return err
}

// run runs do, whose statements the group runs. A panic of do's is its caller's.
func (g *glancing) run(do func(*snapshot) error) error {
	defer close(g.asks)
	return do(&snapshot{run: func(list ...statement) error {
		g.asks <- list
		a := <-g.answers
		if a.err != nil {
			return fmt.Errorf("%w: %w", errShared, a.err)
		}
		for i := range list {
			st := &list[i]
			if st.reset != nil {
				st.reset()
			}
			for _, row := range a.rows[i] {
				if err := st.each(row); err != nil {
					return err
				}
			}
		}
		return nil
	}})
}

// glanceAll is the goroutine that runs glances. It waits for nothing: while one
// group is read the next one gathers.
func (db *postgres) glanceAll() {
	group := make([]*glancing, 0, postgresShared)
	for {
		select {
		case g := <-db.glances:
			db.glanceGroup(gather(append(group[:0], g), db.glances))
			clear(group[:cap(group)])
		case <-db.closing:
			return
		}
	}
}

// glanceGroup runs glances side by side on one snapshot: whatever all of them ask
// for in a step is one round trip. None of them waits for another but for this.
func (db *postgres) glanceGroup(group []*glancing) {
	ctx, cancel := context.WithTimeout(context.Background(), postgresRead)
	defer cancel()
	var conn *pgxpool.Conn
	var err error
	for group = asking(group); len(group) > 0; group = asking(group) {
		var begin []statement
		if conn == nil && err == nil {
			begin = []statement{beginSnapshot}
			conn, err = db.acquire(ctx)
		}
		if err == nil {
			err = ask(ctx, conn.Conn(), begin, group)
			if begin != nil && pgconn.SafeToRetry(err) { // the connection was lost before
				conn.Release()
				if conn, err = db.acquire(ctx); err == nil {
					err = ask(ctx, conn.Conn(), begin, group)
				}
			}
		}
		for _, g := range group {
			g.answers <- answered{g.rows, err}
		}
	}
	if conn != nil {
		// What was read is as good as it was. A connection that is still in a
		// transaction is given up.
		_, _ = conn.Exec(ctx, "COMMIT")
		conn.Release()
	}
}

var beginSnapshot = statement{sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}

// asking waits until each glance of a group asks for something or is done, and
// leaves those that ask.
func asking(group []*glancing) []*glancing {
	left := group[:0]
	for _, g := range group {
		list, more := <-g.asks
		if !more {
			continue
		}
		g.list, g.rows = list, make([][]row, len(list))
		left = append(left, g)
	}
	return left
}

// together is a statement with all that it is asked for.
type together struct {
	one  *statement
	args [][]any
	to   []*[]row
}

// ask runs what a group asks for, statements of the same text as one.
func ask(ctx context.Context, conn *pgx.Conn, list []statement, group []*glancing) error {
	kinds := map[string]*together{}
	var order []*together
	for _, g := range group {
		for i := range g.list {
			st := &g.list[i]
			k := kinds[st.sql]
			if k == nil {
				k = &together{one: st}
				kinds[st.sql], order = k, append(order, k)
			}
			g.rows[i] = nil // of a try that failed
			k.args, k.to = append(k.args, st.args), append(k.to, &g.rows[i])
		}
	}
	for _, k := range order {
		list = append(list, k.statement())
	}
	_, err := send(ctx, conn, list)
	return err
}

// statement is the one that is run.
func (k *together) statement() statement {
	keep := func(to *[]row, r row) { *to = append(*to, r) }
	switch {
	case len(k.one.args) == 0: // everybody is told the same
		return statement{sql: k.one.sql, each: func(r row) error {
			whole := append(row(nil), r...)
			for _, to := range k.to {
				keep(to, whole)
			}
			return nil
		}}
	case len(k.args) == 1:
		return statement{sql: k.one.sql, args: k.one.args, each: func(r row) error {
			keep(k.to[0], append(row(nil), r...))
			return nil
		}}
	}
	types := make([]byte, len(k.one.args))
	args := make([]any, len(types))
	for i := range types {
		types[i] = kindOf(k.args, i)
		args[i] = array(types[i], k.args, i)
	}
	return statement{sql: forEach(k.one.sql, string(types)), args: args, each: func(r row) error {
		keep(k.to[r.int(0)-1], append(row(nil), r[1:]...))
		return nil
	}}
}

// kindOf is the kind of an argument, of which some may be nil.
func kindOf(args [][]any, i int) byte {
	for _, list := range args {
		switch list[i].(type) {
		case int64:
			return 'i'
		case string:
			return 't'
		case []byte:
			return 'b'
		}
	}
	return 'b'
}

// forEach runs a SELECT for each row of its arguments, and has the number of
// the row in front of what it gives.
func forEach(sql, types string) string {
	key := types + " " + sql
	if made, ok := eachOf.Load(key); ok {
		return made.(string)
	}
	rows, columns := make([]string, len(types)), make([]string, len(types))
	for i := range types {
		number := strconv.Itoa(i + 1)
		rows[i], columns[i] = "$"+number+"::"+arrayTypes[types[i]], "c"+number
	}
	made := "SELECT u.n, q.* FROM unnest(" + strings.Join(rows, ", ") + ") WITH ORDINALITY AS u (" + strings.Join(columns, ", ") +
		", n) CROSS JOIN LATERAL (" + argument.ReplaceAllString(sql, "u.c$1") + ") q"
	eachOf.Store(key, made)
	return made
}

// eachOf are the texts that forEach has made.
var eachOf sync.Map
