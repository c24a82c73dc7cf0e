package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// The carrier is down when ALERTA comes, the power fails, both come back:
// everybody hears of it, within the time that the contract gives.
func TestKilledWhileTheCarrierIsDown(t *testing.T) { everywhere(t, testKilledWhileTheCarrierIsDown) }

func testKilledWhileTheCarrierIsDown(t *testing.T, r *rig) {
	r.serveApart()
	if err := r.carrier.Down(); err != nil {
		t.Fatal(err)
	}
	ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
	r.kill()
	if err := r.carrier.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.serveApart()
	began := time.Now()
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		r.expect(phone, ref)
	}
	took := time.Since(began)
	t.Logf("the last one was told %v after the start", took)
	if took > contract {
		t.Errorf("the last one was told %v after the start, want %v at most", took, contract)
	}
	r.text(r.maria, "1", "Gracias")
	r.expect(r.juan, "Maria CONFIRMO")
}

// SIGTERM lets what is under way end, and is not slow about it.
func TestTerminated(t *testing.T) { everywhere(t, testTerminated) }

func testTerminated(t *testing.T, r *rig) {
	r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, Delay: time.Second})
	r.serveApart()
	r.text(r.juan, "ALERTA", "Recibimos")
	began := time.Now()
	if status := r.stop(); status != 0 {
		t.Errorf("exit %d, want 0\n%s", status, r.log.String())
	}
	if took := time.Since(began); took > contract {
		t.Errorf("ended after %v, want %v at most", took, contract)
	}
	r.serveApart()
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		r.expect(phone, "Juan")
		r.expectNothing(phone)
	}
}

// killsVariable sets how often the burst is cut, for a longer run than CI's.
const killsVariable = "AVISO_TEST_KILLS"

// Killed at random moments of a burst: nobody who was promised a notice misses
// it. A duplicate is allowed, a silence is not.
func TestKilledInABurst(t *testing.T) {
	kills := 8
	if n, err := strconv.Atoi(os.Getenv(killsVariable)); err == nil {
		kills = n
	}
	people := 5 * kills
	r := newRig(t)
	r.command(0, "profiles", "import", r.file("crowd.csv", crowd(people)))
	r.serveApart()

	// Each person texts until somebody answers, with one MessageSid, as a
	// carrier's retry and fallback do.
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var texting sync.WaitGroup
	failures := make(chan error, people)
	begin := make(chan struct{}, people)
	for n := range people {
		texting.Go(func() {
			<-begin
			if err := textUntilAnswered(ctx, r.carrier.Phone(phoneNumber(713, n), "")); err != nil {
				failures <- fmt.Errorf("person %d: %w", n, err)
			}
		})
	}
	for k := range kills {
		for range people / kills {
			begin <- struct{}{}
		}
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		r.kill()
		r.serveApart()
		t.Logf("kill %d: %d messages sent so far", k+1, r.carrier.Counts().Messages)
	}
	texting.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	// What the last killed process had claimed is anybody's after its lease.
	missed, twice := 0, 0
	end := time.Now().Add(2 * contract)
	for n := range people {
		for _, number := range []string{phoneNumber(832, n), phoneNumber(281, n)} {
			for len(r.carrier.MessagesTo(number)) == 0 && time.Now().Before(end) {
				time.Sleep(50 * time.Millisecond)
			}
			switch len(r.carrier.MessagesTo(number)) {
			case 0:
				missed++
			case 1:
			default:
				twice++
			}
		}
	}
	if missed > 0 {
		t.Errorf("%d of %d recipients missed an alert\n%s", missed, 2*people, r.log.String())
	}
	t.Logf("%d kills, %d alerts, %d recipients: %d missed, %d told twice", kills, people, 2*people, missed, twice)
}
