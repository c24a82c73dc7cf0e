package main

import (
	"strings"
	"testing"
)

// How an alert fares is counted once, step by step, and a drill not at all.
func TestAlertMetrics(t *testing.T) {
	r := newRig(t)
	r.serve()
	r.text(r.juan, "PRUEBA")
	r.expect(r.maria, "PRUEBA")
	r.text(r.maria, "1")
	metric := func(line string) func() bool {
		return func() bool {
			_, metrics := r.get("/metrics")
			return strings.Contains(metrics, line+"\n")
		}
	}
	for _, name := range []string{
		"aviso_alert_accepted_seconds_count", "aviso_alert_first_send_seconds_count",
		`aviso_alert_confirmed_seconds_count{recipient="contact",rung="0"}`, `aviso_recipients_total{outcome="owed",recipient="contact"}`,
	} {
		if r.metric(name) > 0 {
			t.Errorf("a drill counts as %s", name)
		}
	}

	r.text(r.juan, "ALERTA me llevan")
	r.expect(r.maria, "Juan", "ALERTA")
	r.text(r.maria, "1")
	for _, line := range []string{
		"aviso_alert_accepted_seconds_count 1",
		"aviso_alert_first_send_seconds_count 1",
		`aviso_alert_confirmed_seconds_count{recipient="contact",rung="0"} 1`,
		`aviso_recipients_total{outcome="owed",recipient="contact"} 3`,
		`aviso_recipients_total{outcome="owed",recipient="desk"} 1`,
		`aviso_recipients_total{outcome="confirmed",recipient="contact"} 1`,
		`aviso_notices_total{rung="text"} 4`,
		"aviso_unclaimed_urgent_tasks 0",
	} {
		r.eventually(line, metric(line))
	}
	// Receipts that come later are no further notices.
	r.eventually("every receipt", func() bool {
		sent := r.metric(`aviso_sends_total{outcome="sent",remedy="none"}`)
		return sent > 0 && sent == r.metric(`aviso_receipts_total{rank="delivered"}`)
	})
	if n := r.metric(`aviso_notices_total{rung="text"}`); n != 4 {
		t.Errorf("%v notices after every receipt, want 4", n)
	}
	if _, metrics := r.get("/metrics"); strings.Contains(metrics, "312555") || strings.Contains(metrics, "Juan") || strings.Contains(metrics, "me llevan") {
		t.Error("a metric tells of a person")
	}
	// An alert from a phone that nobody knows leaves an urgent task.
	r.text(r.carrier.Phone("+13125550177", "Prestado"), "ALERTA")
	r.eventually("an urgent task is unclaimed", metric("aviso_unclaimed_urgent_tasks 1"))
}
