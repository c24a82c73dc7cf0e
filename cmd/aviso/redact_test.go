package main

import (
	"strings"
	"testing"

	"aviso/gateway/sim"
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
