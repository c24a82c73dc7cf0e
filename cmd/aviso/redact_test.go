package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// When an alert is over the carrier holds no words: neither of what was sent,
// nor of what came in, nor of what was answered to it.
func TestCarrierForgets(t *testing.T) {
	r := newRig(t)
	r.serve()
	// One message never gets a final status; none of it may be asked for.
	r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, To: "+13125550103", Final: "sent"})
	r.text(r.juan, "ALERTA me llevan")
	r.expect(r.maria, "Juan P.")
	r.expect(r.desk, "Juan Perez")
	r.text(r.maria, "1")
	r.expect(r.juan, "Maria")
	r.text(r.juan, "CANCELAR "+juansPIN)
	r.expect(r.maria, "termino")
	r.eventually("the carrier forgets every word", func() bool {
		seen := 0
		for _, direction := range []string{"outbound-api", "outbound-reply", "inbound"} {
			for _, m := range r.carrier.Messages(direction) {
				if m.To == "+13125550103" {
					continue
				}
				if !m.Redacted {
					return false
				}
				seen++
			}
		}
		return seen >= 10
	})
	for _, m := range r.carrier.MessagesTo("+13125550103") {
		if m.Redacted {
			t.Error("what is not final yet was asked to be forgotten")
		}
	}
	r.eventually("nothing is due", func() bool {
		_, metrics := r.get("/metrics")
		return strings.Contains(metrics, "\naviso_redactions_due 0\n")
	})
}

// A carrier that refuses to forget a PIN is asked ever more seldom, and that it
// refuses can be seen; an alert goes out meanwhile.
func TestCarrierThatForgetsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve()
	r.carrier.Fault(sim.Fault{Op: sim.OpUpdateMessage, Status: http.StatusUnauthorized, Code: 20003})
	for range 5 {
		r.text(r.juan, "ESTADO "+juansPIN)
	}
	r.eventually("it was asked", func() bool {
		_, metrics := r.get("/metrics")
		return strings.Contains(metrics, `aviso_redactions_total{outcome="20003"}`)
	})
	time.Sleep(4 * time.Second)
	r.text(r.juan, "ALERTA")
	r.expect(r.maria, "Juan P.")
	_, metrics := r.get("/metrics")
	asked := 0
	for line := range strings.Lines(metrics) {
		if _, n, ok := strings.Cut(line, `aviso_redactions_total{outcome="20003"} `); ok {
			asked, _ = strconv.Atoi(strings.TrimSpace(n))
		}
	}
	if asked < 2 || asked > 8 {
		t.Errorf("asked %d times in 5 s, want about 4 at once and then after 1, 2 and 4 s", asked)
	}
	if strings.Contains(metrics, "\naviso_redactions_due 0\n") {
		t.Error("nothing seems to be due")
	}
}

// What comes with a text is deleted at the carrier, and the family learns that it came.
func TestCarrierForgetsPictures(t *testing.T) {
	r := newRig(t)
	r.serve()
	r.text(r.juan, "ALERTA")
	r.expect(r.maria, "Juan P.")
	if _, err := r.juan.Enclose(t.Context(), sender, "", "image/jpeg", "audio/amr"); err != nil {
		t.Fatal(err)
	}
	r.expect(r.maria, "1 foto, 1 nota de voz")
	if _, err := r.maria.Enclose(t.Context(), sender, "ya voy", "image/png"); err != nil {
		t.Fatal(err)
	}
	r.eventually("the carrier keeps no picture", func() bool { return r.carrier.Media() == 0 })
}
