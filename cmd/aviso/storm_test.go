package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway/carrier/sim"
)

// storm is a burst of alerts: people with two contacts each, who text ALERTA
// one after the other, and again with the same MessageSid until they are
// answered, as a carrier's retry and fall-back do.
type storm struct {
	*rig
	people   int
	texting  sync.WaitGroup
	failures chan error
	stop     context.CancelFunc
}

// stormEnd bounds a burst and what is done to the gateway meanwhile.
const stormEnd = 3 * time.Minute

// storm begins one.
func (r *rig) storm(people int, every time.Duration) *storm {
	r.t.Helper()
	r.command(0, "profiles", "import", r.file("crowd.csv", crowd(people)))
	// At any moment there are texts that the carrier has, and the node does not
	// know of yet.
	r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, Delay: 200 * time.Millisecond, Stored: true})
	ctx, stop := context.WithTimeout(r.t.Context(), stormEnd)
	r.t.Cleanup(stop)
	s := &storm{rig: r, people: people, failures: make(chan error, people), stop: stop}
	s.texting.Go(func() {
		for n := range people {
			s.texting.Go(func() {
				if err := textUntilAnswered(ctx, r.carrier.Phone(phoneNumber(713, n), "")); err != nil {
					s.failures <- fmt.Errorf("person %d: %w", n, err)
				}
			})
			time.Sleep(every)
		}
	})
	return s
}

// told is how many contacts have been told so far.
func (s *storm) told() (n int) {
	for i := range s.people {
		for _, number := range []string{phoneNumber(832, i), phoneNumber(281, i)} {
			if len(s.carrier.MessagesTo(number)) > 0 {
				n++
			}
		}
	}
	return n
}

// under waits until the burst is under way: a part of the contacts has been
// told, and the others have not.
func (s *storm) under() {
	s.t.Helper()
	s.eventually("the burst is under way", func() bool { return s.told() >= s.people/4 })
}

// settled waits until everybody is answered and everything that was promised is
// done, within the time that the contract gives after a failure has passed. Then
// nobody was missed, nobody was told twice, and no sender was faster than its
// rate.
func (s *storm) settled(rate int) {
	s.t.Helper()
	s.texting.Wait()
	close(s.failures)
	for err := range s.failures {
		s.t.Error(err)
	}
	began := time.Now()
	for s.waiting() > 0 {
		if time.Since(began) > 2*contract {
			s.t.Errorf("%d attempts still wait", s.waiting())
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.t.Logf("settled %.1f s after the last answer", time.Since(began).Seconds())
	missed, twice := s.count()
	peak := s.carrier.PeakSegments(sender, time.Second)
	s.t.Logf("%d alerts, %d contacts: %d missed, %d told twice; at most %d segments in a second at a rate of %d",
		s.people, 2*s.people, missed, twice, peak, rate)
	if missed > 0 {
		s.t.Errorf("%d of %d contacts missed an alert\n%s", missed, 2*s.people, tail(s.log.String()))
	}
	if twice > 0 {
		s.t.Errorf("%d of %d contacts were told twice\n%s", twice, 2*s.people, tail(s.log.String()))
	}
	if most := rate + rate/8 + 3*max(1, len(s.members)); peak > most {
		s.t.Errorf("%d segments in a second, want %d, and a little for what the network holds up: %d at most", peak, rate, most)
	}
}

// count is how many contacts have not been told, and more than once.
func (s *storm) count() (missed, twice int) {
	for n := range s.people {
		for _, number := range []string{phoneNumber(832, n), phoneNumber(281, n)} {
			switch len(s.carrier.MessagesTo(number)) {
			case 0:
				missed++
			case 1:
			default:
				twice++
			}
		}
	}
	return missed, twice
}

// waiting is how many attempts have no end yet.
func (r *rig) waiting() (n int) {
	r.t.Helper()
	const question = `SELECT count(*) FROM attempt WHERE ready IS NOT NULL`
	if r.plant.postgres {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		conn, err := pgx.Connect(ctx, r.db)
		if err != nil {
			r.t.Fatal(err)
		}
		defer conn.Close(ctx)
		if err := conn.QueryRow(ctx, question).Scan(&n); err != nil {
			r.t.Fatal(err)
		}
		return n
	}
	db, err := sql.Open("sqlite3", r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(question).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// tail is the end of a log.
func tail(log string) string {
	const most = 4000
	if len(log) > most {
		return "…" + log[len(log)-most:]
	}
	return log
}

// crowd is a file of people with two contacts each.
func crowd(people int) string {
	var b strings.Builder
	b.WriteString("phone,name,zip,contact1_phone,contact1_accepted,contact2_phone,contact2_accepted\n")
	for n := range people {
		fmt.Fprintf(&b, "%s,Persona %d,77001,%s,si,%s,si\n", phoneNumber(713, n), n, phoneNumber(832, n), phoneNumber(281, n))
	}
	return b.String()
}

// textUntilAnswered texts ALERTA, and the same text again, until it is answered
// with the promise.
func textUntilAnswered(ctx context.Context, phone *sim.Phone) error {
	answer, err := phone.Text(ctx, sender, "ALERTA")
	for err != nil || answer.Status != 200 {
		if answer.Sid == "" || ctx.Err() != nil {
			return fmt.Errorf("not answered: %w", ctx.Err())
		}
		time.Sleep(20 * time.Millisecond)
		answer, err = phone.Repeat(ctx, answer.Sid)
	}
	if !strings.Contains(answer.Body, "Recibimos") {
		return fmt.Errorf("answered %d bytes without the promise", len(answer.Body))
	}
	return nil
}

// everyoneReady waits until all nodes say that they are fit.
func (r *rig) everyoneReady() {
	r.t.Helper()
	r.eventually("every node is ready", func() bool {
		for _, m := range r.members {
			if status, _ := m.ready(); status != 200 {
				return false
			}
		}
		return true
	})
}

// unready waits until a node says that it is not fit, and why.
func (m *member) unready(r *rig, why string) {
	r.t.Helper()
	r.eventually("/readyz says: "+why, func() bool {
		status, reasons := m.ready()
		return status == 503 && strings.Contains(reasons, why)
	})
}
