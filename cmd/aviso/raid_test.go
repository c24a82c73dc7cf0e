package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway/sim"
)

// raidPolicy makes an incident of three alerts, and sums it up every ten
// seconds, so that a test need not wait for a minute.
const raidPolicy = `{"raid": {"alerts": 3, "within": "5m", "every": "10s", "quiet": "5m"}}`

// A raid, on one node or several: the desk gets the first ones singly, then one
// text that grows, and confirms all with one answer.
func TestRaid(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		const crowd = 12
		people := strings.ReplaceAll(crowdOf(crowd), ",4821,no,", ",4821,si,")
		people = strings.Replace(people, ",4821,si,", ",4821,no,", 1) // the first does not consent
		r.command(0, "profiles", "import", r.file("raid.csv", people))
		r.serve("--policy", r.file("policy.json", raidPolicy))
		person := func(n int) *sim.Phone { return r.carrier.Phone(phoneNumber(414, n), "") }
		raise := func(n int) string {
			t.Helper()
			ref := reference(t, r.text(person(n), "ALERTA", "Recibimos su ALERTA").Body)
			r.expect(r.carrier.Phone(phoneNumber(262, n), ""), fmt.Sprintf("Persona%d L.", n), ref) // families singly, always
			return ref
		}
		silent := raise(0)
		var refs []string
		for n := 1; n < 4; n++ {
			refs = append(refs, raise(n))
			r.expect(r.desk, fmt.Sprintf("Persona%d Lopez", n), refs[n-1])
		}
		time.Sleep(2*raidEvery + 500*time.Millisecond)
		for n := 4; n < crowd; n++ {
			refs = append(refs, raise(n))
		}
		summary := r.expect(r.desk, "ALERTAS en Chicago desde", refs[len(refs)-1])
		if !strings.Contains(summary.Body, fmt.Sprintf("%d ALERTAS", len(refs))) || strings.Contains(summary.Body, silent) || strings.Contains(summary.Body, "Lopez") {
			t.Errorf("the summary says %q", summary.Body)
		}
		for _, ref := range refs {
			if !strings.Contains(summary.Body, ref) {
				t.Errorf("%s is not in %q", ref, summary.Body)
			}
		}
		r.text(r.desk, "RECIBIDO", fmt.Sprintf("RECIBIDO %d alertas", len(refs)))
		for n := 1; n < crowd; n++ {
			r.expect(person(n), "Consulado en Chicago CONFIRMO", refs[n-1])
		}
		r.text(r.desk, "LOCALIZADO "+refs[5][1:]+" en Broadview", "Anotado")
		r.expect(r.carrier.Phone(phoneNumber(262, 6), ""), "Broadview")
		r.text(person(0), "ESTADO", "Avisados 1")

		// Whichever node's minute it is: one text, not one a node.
		time.Sleep(12 * time.Second)
		summaries := 0
		for _, m := range r.carrier.MessagesTo(r.desk.Number) {
			if strings.Contains(m.Body, "ALERTAS en Chicago") {
				summaries++
			}
		}
		if summaries > 2 { // a second one where the first came amid the alerts
			t.Errorf("%d summaries of one raid", summaries)
		}
	})
}
