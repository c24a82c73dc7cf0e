package relay_test

import (
	"context"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// callers are several numbers that calls come from.
func callers(rates ...float64) func(*relay.Config) {
	return func(c *relay.Config) {
		c.Callers = nil
		for i, rate := range rates {
			c.Callers = append(c.Callers, gateway.Sender{Address: "+155500033" + string(rune('0'+i)) + "0", Rate: rate})
		}
	}
}

// TestCallersShareARaid: calls begin at each number's own rate, so that three
// numbers ring three phones a second, and texts do not wait for any of it.
func TestCallersShareARaid(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		for range 60 {
			w.add(gateway.Attempt{To: "+523312345678", Channel: gateway.Voice, Lane: gateway.LaneNotice})
		}
		text := w.add(gateway.Attempt{To: "+13125550101", Text: "x", Lane: gateway.LaneNotice})
		wait(10 * time.Second)
		from, texts := map[string][]sent{}, 0
		for _, s := range w.sentSoFar() {
			if s.Channel == gateway.SMS {
				texts++
				if waited := s.at.Sub(text.Due); waited > 2*time.Second {
					t.Errorf("the text waited %v for calls", waited)
				}
				continue
			}
			s.Text = "x" // busiest counts its letters
			from[s.from] = append(from[s.from], s)
		}
		if texts != 1 || len(from) != 3 {
			t.Fatalf("%d texts, calls from %d numbers", texts, len(from))
		}
		for number, calls := range from {
			limit := 1
			if number == "+15550003320" {
				limit = 2
			}
			if most, _ := busiest(calls); most > limit+1 {
				t.Errorf("%s began %d calls in a second, limit %d", number, most, limit)
			}
			if len(calls) < 8*limit || len(calls) > 11*limit+1 {
				t.Errorf("%s began %d calls in 10 s, want about %d", number, len(calls), 10*limit)
			}
		}
		backlog := w.Backlog()
		for _, number := range []string{"+15550003300", "+15550003310", "+15550003320"} {
			if _, known := backlog["voice:"+number]; !known {
				t.Errorf("no backlog of %s: %v", number, backlog)
			}
		}
	}, callers(1, 1, 2))
}

// TestCallersOneIsOut: the usual caller ID rings while it can; what it was refused
// goes from another, and an account that is out for calls is not out for texts.
func TestCallersOneIsOut(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		first := w.tell(gateway.Attempt{To: "+523312345678", Channel: gateway.Voice})
		refused := w.tell(gateway.Attempt{To: "+523312345679", Channel: gateway.Voice, Avoid: []string{"+15550003300"}})
		wait(3 * time.Second)
		for _, s := range w.sentSoFar() {
			switch {
			case s.ID == first[0] && s.from != "+15550003300":
				t.Errorf("the first call came from %s", s.from)
			case s.ID == refused[0] && s.from != "+15550003310":
				t.Errorf("a call that the first number was refused came from %s", s.from)
			}
		}
		w.carrier.send = func(_ context.Context, m gateway.Attempt, from string) (string, error) {
			if m.Channel == gateway.Voice && from == "+15550003300" {
				return "", &gateway.Failure{Code: "20003", Remedy: gateway.Elsewhere, Outage: true}
			}
			return "SM" + m.ID.String(), nil
		}
		w.tell(gateway.Attempt{To: "+523312345680", Channel: gateway.Voice})
		wait(2 * time.Second)
		next := w.tell(gateway.Attempt{To: "+523312345681", Channel: gateway.Voice}, gateway.Attempt{To: "+13125550101", Text: "x"})
		wait(3 * time.Second)
		for _, s := range w.sentSoFar() {
			if s.ID == next[0] && s.from != "+15550003310" {
				t.Errorf("while the account of the first number is out a call came from %s", s.from)
			}
			if s.ID == next[1] && s.from != short.Address {
				t.Errorf("a text came from %s", s.from)
			}
		}
		if out := w.Out(); len(out) != 0 {
			t.Errorf("out for texts: %q", out)
		}
	}, callers(1, 1), func(c *relay.Config) { c.Callers[1].Carrier = "other" })
}
