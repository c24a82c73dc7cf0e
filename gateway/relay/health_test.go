package relay_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// telco is a second carrier's sender.
var telco = gateway.Sender{Address: "52078", Kind: gateway.ShortCode, Rate: 100, Carrier: "telco", Countries: []string{"US", "MX"}}

// TestFailover: a carrier that is out stands behind the others until it has
// had time to mend, and is found well again without a human.
func TestFailover(t *testing.T) {
	us := gateway.Attempt{To: "+13125550101"}
	for _, test := range []struct {
		name   string
		out    gateway.Failure
		senses int // sends through it before others go first
	}{
		{"nobody there", gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}, 1},
		{"credentials", gateway.Failure{Code: "20003", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}, 1},
		{"no answer", gateway.Failure{Code: "timeout", Remedy: gateway.Retry, Unknown: true}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, []gateway.Sender{short, telco}, func(w *world) {
				broken := true
				w.carrier.send = func(_ context.Context, m gateway.Attempt, from string) (string, error) {
					if broken && from == short.Address {
						f := test.out
						return "", &f
					}
					return "SM" + m.ID.String(), nil
				}
				from := func(address string) (n int) {
					for _, s := range w.sentSoFar() {
						if s.from == address {
							n++
						}
					}
					return n
				}
				for range test.senses {
					w.tell(us)
					wait(10 * time.Millisecond)
				}
				if got := from(short.Address); got != test.senses {
					t.Fatalf("%d sends through the first carrier", got)
				}
				if out := w.Out(); !slices.Equal(out, []string{""}) {
					t.Errorf("out: %q", out)
				}
				before := from(telco.Address)
				for range 20 {
					w.tell(us)
				}
				wait(500 * time.Millisecond)
				if got := from(telco.Address) - before; got != 20 {
					t.Errorf("%d of 20 went by the other carrier", got)
				}

				// Every so often one attempt finds out; each time it takes longer.
				tried := from(short.Address)
				for range 100 {
					w.tell(us)
					wait(time.Second)
				}
				if got := from(short.Address) - tried; got < 1 || got > 6 {
					t.Errorf("%d tries in 100 s", got)
				}
				broken = false
				wait(5 * time.Minute)
				tried = from(short.Address)
				for range 5 {
					w.tell(us)
					wait(10 * time.Millisecond)
				}
				if got := from(short.Address) - tried; got != 5 {
					t.Errorf("%d of 5 by the first carrier after it was mended", got)
				}
				if out := w.Out(); len(out) != 0 {
					t.Errorf("out: %q", out)
				}
			})
		})
	}
}

// TestFailoverTakesWhatWaits: what is in line for a carrier that turns out to
// be out goes another way at once.
func TestFailoverTakesWhatWaits(t *testing.T) {
	slow := gateway.Sender{Address: "+15550001111", Kind: gateway.LongCode, Rate: 1}
	run(t, []gateway.Sender{slow, telco}, func(w *world) {
		w.carrier.send = func(_ context.Context, m gateway.Attempt, from string) (string, error) {
			if from == slow.Address {
				return "", &gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}
			}
			return "SM" + m.ID.String(), nil
		}
		mx := gateway.Attempt{To: "+523312345678"}
		w.tell(mx, mx, mx)
		wait(200 * time.Millisecond)
		tried := 0
		for _, s := range w.sentSoFar() {
			if s.from == slow.Address {
				tried++
			}
		}
		if sends := w.sentSoFar(); len(sends) != 3 || tried != 1 { // at one a second it would have been the second's turn later
			t.Errorf("%d sent, %d of them through the carrier that is out", len(sends), tried)
		}
	})
}

// TestOutWithoutAnother: where no other carrier is, it is tried on.
func TestOutWithoutAnother(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		fails := 3
		w.carrier.send = func(_ context.Context, m gateway.Attempt, _ string) (string, error) {
			if fails--; fails >= 0 {
				return "", &gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}
			}
			return "SM" + m.ID.String(), nil
		}
		ids := w.tell(gateway.Attempt{To: "+13125550101"})
		wait(15 * time.Second)
		if a := w.row(ids[0]); a.State != gateway.AttemptSent {
			t.Errorf("%+v", a)
		}
	})
}

// TestOutForAsLongAsItIs: what fails while a carrier is known to be out says
// that it still is.
func TestOutForAsLongAsItIs(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		w.carrier.send = func(context.Context, gateway.Attempt, string) (string, error) {
			time.Sleep(5 * time.Second)
			return "", &gateway.Failure{Code: "timeout", Remedy: gateway.Retry, Unknown: true}
		}
		w.tell(gateway.Attempt{To: "+13125550101"}, gateway.Attempt{To: "+13125550102"})
		wait(6 * time.Second)
		for range 600 {
			if out := w.Out(); len(out) != 1 {
				t.Fatalf("out: %q", out)
			}
			wait(100 * time.Millisecond)
		}
	})
}

// TestOutByReceipt: an account that takes messages and delivers none is out, and
// the others go first; a receipt about one message says nothing of the rest.
func TestOutByReceipt(t *testing.T) {
	run(t, []gateway.Sender{short, telco}, func(w *world) {
		w.Refused(short.Address, &gateway.Failure{Code: "30003", Remedy: gateway.Retry})
		w.Refused("+15559990000", &gateway.Failure{Code: "63038", Remedy: gateway.Elsewhere, Outage: true}) // none of ours
		if out := w.Out(); len(out) != 0 {
			t.Errorf("out: %q", out)
		}
		w.Refused(short.Address, &gateway.Failure{Code: "63038", Remedy: gateway.Elsewhere, Outage: true})
		if out := w.Out(); !slices.Equal(out, []string{short.Carrier}) {
			t.Errorf("out: %q", out)
		}
		if w.Refused(short.Address, nil); len(w.Out()) != 1 {
			t.Error("a receipt without a failure says that the account is back")
		}
	})
}

// TestRoutes: a country's route comes before the operator's order, and the
// sender that somebody knows before both.
func TestRoutes(t *testing.T) {
	us, mx := gateway.Phone("+13125550101"), gateway.Phone("+523312345678")
	routes := gateway.Routes{"MX": {telco.Address, long.Address}}
	for _, test := range []struct {
		name string
		a    gateway.Attempt
		want string
	}{
		{"by route", gateway.Attempt{To: mx}, telco.Address},
		{"no route for the country", gateway.Attempt{To: us}, short.Address},
		{"next of the route", gateway.Attempt{To: mx, Avoid: []string{telco.Address}}, long.Address},
		{"behind the route", gateway.Attempt{To: mx, Avoid: []string{telco.Address, long.Address}}, second.Address},
		{"the one that they know", gateway.Attempt{To: mx, Prefer: second.Address}, second.Address},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, []gateway.Sender{short, second, long, telco}, func(w *world) {
				w.tell(test.a)
				wait(time.Second)
				if sends := w.sentSoFar(); len(sends) != 1 || sends[0].from != test.want {
					t.Errorf("sent: %+v, want from %s", sends, test.want)
				}
			}, func(c *relay.Config) { c.Routes = routes })
		})
	}
}

// TestPutOff: what the day's limit stops waits for the next day, a drill is
// given up, and alerts go out as ever.
func TestPutOff(t *testing.T) {
	run(t, []gateway.Sender{short}, func(w *world) {
		ids := w.tell(
			gateway.Attempt{To: "+13125550101", Lane: gateway.LaneInvite},
			gateway.Attempt{To: "+13125550101", Lane: gateway.LaneDrill, Alert: gateway.ID{1}},
			gateway.Attempt{To: "+13125550101", Lane: gateway.LaneFirst, Alert: gateway.ID{2}},
		)
		wait(time.Second)
		if sends := w.sentSoFar(); len(sends) != 1 || sends[0].Lane != gateway.LaneFirst {
			t.Fatalf("sent: %+v", sends)
		}
		invite, drill := w.row(ids[0]), w.row(ids[1])
		if invite.State != gateway.AttemptWaiting || time.Until(invite.Due) < 5*time.Hour {
			t.Errorf("invitation: %+v", invite)
		}
		if drill.State != gateway.AttemptFailed {
			t.Errorf("drill: %+v", drill)
		}
	}, func(c *relay.Config) {
		c.PutOff = func(a gateway.Attempt) (time.Duration, bool) { return 6 * time.Hour, a.Limited() }
	})
}
