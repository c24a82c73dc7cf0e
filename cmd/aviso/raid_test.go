package main

import (
	"fmt"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
)

// raidPolicy makes an incident of three alerts, and sums it up every ten
// seconds, so that a test need not wait for a minute.
const raidPolicy = `{"raid": {"alerts": 3, "within": "5m", "every": "10s", "quiet": "5m"}}`

// A raid, on one node or several: families are told singly, always. The desk
// gets the first ones singly, then texts that sum up, whichever node's minute it
// is, and confirms all with one answer.
func TestRaid(t *testing.T) { everywhere(t, testRaid) }

func testRaid(t *testing.T, r *rig) {
	const crowd = 12
	people := strings.Replace(singles(crowd, "si"), ",si,", ",no,", 1) // the first does not consent
	r.command(0, "profiles", "import", r.file("raid.csv", people))
	r.serve("--policy", r.file("policy.json", raidPolicy))
	person := func(n int) *sim.Phone { return r.carrier.Phone(phoneNumber(414, n), "") }
	family := func(n int) *sim.Phone { return r.carrier.Phone(phoneNumber(262, n), "") }
	raise := func(n int) string {
		t.Helper()
		ref := reference(t, r.text(person(n), "ALERTA", "Recibimos su ALERTA").Body)
		r.expect(family(n), fmt.Sprintf("Persona%d L.", n), ref)
		return ref
	}
	refs := []string{raise(0)}
	for n := 1; n < 4; n++ {
		refs = append(refs, raise(n))
		r.expect(r.desk, fmt.Sprintf("Persona%d Lopez", n), refs[n])
	}
	r.eventually("agents see an incident", func() bool { return r.tasks()[""] == gateway.TaskRaid })
	for n := 4; n < crowd; n++ {
		refs = append(refs, raise(n))
	}

	summary := r.expect(r.desk, "ALERTAS en Chicago desde", refs[crowd-1])
	if !strings.Contains(summary.Body, fmt.Sprintf("%d ALERTAS", crowd-1)) || strings.Contains(summary.Body, "Lopez") {
		t.Errorf("the summary says %q", summary.Body)
	}
	for n, ref := range refs {
		if consented := n > 0; strings.Contains(summary.Body, ref) != consented {
			t.Errorf("person %d is %s, and the summary says %q", n, ref, summary.Body)
		}
	}
	var summaries int
	for _, m := range r.carrier.MessagesTo(r.desk.Number) {
		switch {
		case strings.Contains(m.Body, "ALERTAS en Chicago"):
			summaries++
		case strings.Contains(m.Body, refs[crowd-1]):
			t.Errorf("an alert of the incident was told singly: %q", m.Body)
		}
	}
	if summaries > 2 { // two where a minute passed amid the alerts
		t.Errorf("%d summaries of one raid", summaries)
	}

	r.text(r.desk, "RECIBIDO", fmt.Sprintf("RECIBIDO %d alertas", crowd-1))
	for n := 1; n < crowd; n++ {
		r.expect(person(n), "Consulado en Chicago CONFIRMO", refs[n])
	}
	r.text(r.desk, "LOCALIZADO "+refs[6][1:]+" en Broadview", "Anotado")
	r.expect(family(6), "Broadview")
	r.text(person(0), "ESTADO", "Avisados 1")
}
