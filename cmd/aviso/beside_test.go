package main

import (
	"strings"
	"testing"
)

// Contacts who were imported are asked by a command beside serve, and only
// once.
func TestContactsAreInvited(t *testing.T) { everywhere(t, testContactsAreInvited) }

func testContactsAreInvited(t *testing.T, r *rig) {
	r.serve()
	eva := r.carrier.Phone("+13125550171", "Eva")
	r.command(0, "profiles", "import", r.file("eva.jsonl", `{"phone":"+13125550170","name":"Luz Vega","zip":"60608","contacts":[{"phone":"+13125550171","name":"Eva"}]}`+"\n"))
	r.expectNothing(eva)
	if out, _ := r.command(0, "contacts", "invite", "--dry-run"); !strings.Contains(out, "contacts of") || !strings.Contains(out, "$") {
		t.Errorf("printed %q", out)
	}
	r.expectNothing(eva)
	r.command(0, "contacts", "invite", "--per-hour", "100000")
	r.expect(eva, "Luz V.", "Responda SI o NO", "STOP")
	r.text(eva, "si", "Gracias")
	if out, _ := r.command(0, "contacts", "invite"); !strings.HasPrefix(out, "0 contacts") {
		t.Errorf("printed %q", out)
	}
}

// A drill reports how many contacts are ready.
func TestDrillReports(t *testing.T) { everywhere(t, testDrillReports) }

func testDrillReports(t *testing.T, r *rig) {
	r.serve()
	done := make(chan string)
	go func() {
		out, _ := r.command(0, "drill", "+13125550101", "--wait", "20s")
		done <- out
	}()
	r.expect(r.maria, "PRUEBA", "no es alerta")
	r.text(r.maria, "1", "PRUEBA")
	r.text(r.pedro, "1", "PRUEBA")
	r.text(r.rosa, "1", "PRUEBA")
	if out := <-done; out != "3 of 3 contacts ready, consulate not tested\n" {
		t.Errorf("printed %q", out)
	}
	r.expectNothing(r.desk)
}
