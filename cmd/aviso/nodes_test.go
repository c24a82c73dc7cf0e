package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// Nodes that start together on an empty database end with one keyset and one
// schema, and serve the same people.
func TestNodesStartTogether(t *testing.T) {
	r := newEmptyRig(t, nodes(3))
	members := make([]*member, r.plant.nodes)
	var starting sync.WaitGroup
	for i := range members {
		starting.Go(func() { members[i] = r.startApart() })
	}
	starting.Wait()
	r.connect(members...)
	r.everyoneReady()
	r.populate()
	ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		r.expect(phone, ref)
	}
	for range members { // each of them knows
		r.text(r.juan, "ESTADO", "Avisados 4")
	}
	if n := r.carrier.Counts().Messages; n != 4 {
		t.Errorf("%d messages sent, want 4", n)
	}

	// A node with a keyset of its own has no business here.
	keys := filepath.Join(r.dir, "aviso.keys")
	mine, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	other := newRig(t)
	theirs, err := os.ReadFile(filepath.Join(other.dir, "aviso.keys"))
	if err != nil {
		t.Fatal(err)
	}
	r.file("aviso.keys", string(theirs))
	if _, stderr := r.command(1, "serve"); !strings.Contains(stderr, "another keyset") {
		t.Errorf("with another keyset it said %q", stderr)
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	if _, stderr := r.command(1, "serve"); !strings.Contains(stderr, "keyset is missing") {
		t.Errorf("without a keyset it said %q", stderr)
	}
	if _, err := os.Stat(keys); err == nil {
		t.Error("it made another keyset beside a sealed database")
	}
	r.file("aviso.keys", string(mine))
	r.connect(append(members, r.startApart())...)
	r.text(r.juan, "ESTADO", "Avisados 4")
}

// A conversation of many texts, each on another node than the one before.
func TestRegistration(t *testing.T) { everywhere(t, testRegistration) }

func testRegistration(t *testing.T, r *rig) {
	r.serve()
	ana, lucia := r.carrier.Phone("+13125550120", "Ana"), r.carrier.Phone("+13125550130", "Lucia")
	for _, step := range []struct{ says, hears string }{
		{"REGISTRO", "nombre"},
		{"Ana Ruiz", "ZIP"},
		{"6060", "ZIP"}, // asked again
		{"60608", "telefono y nombre"},
		{"+1 312-555-0130 Lucia", "LISTO"},
		{"listo", "PIN de 4 a 8"},
		{"7733", "SI o NO"},
		{"si", "Su codigo: "},
	} {
		r.text(ana, step.says, step.hears)
	}
	r.expect(lucia, "Ana R.", "Responda SI o NO")
	r.text(lucia, "SI", "Gracias")
	r.expect(ana, "Lucia acepto")
	ref := reference(t, r.text(ana, "ALERTA", "Recibimos", "1 contacto", "Chicago").Body)
	r.expect(lucia, "Ana R.", ref)
	r.expect(r.desk, "Ana Ruiz", ref)
	r.text(ana, "BIEN 7733", "termino")
	r.expect(lucia, ref, "termino")
	r.expect(r.desk, ref, "termino")
}

// What a timer sets off happens once, however many nodes look at the clock. A
// panic is asked about, and raised when nobody has answered for three minutes:
// the timer is moved back instead of waiting.
func TestTimersGoOffOnce(t *testing.T) { everywhere(t, testTimersGoOffOnce) }

func testTimersGoOffOnce(t *testing.T, r *rig) {
	r.serve()
	r.text(r.juan, "ya me agarro la migra", "Es una ALERTA", "Responda 1")
	r.expectNothing(r.maria, r.desk)
	r.change(`UPDATE timer SET due = due - 180000000, ready = ready - 180000000`)
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa} {
		r.expect(phone, "Juan P.", "#")
	}
	r.expectNothing(r.maria, r.pedro, r.rosa, r.desk)
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa} {
		if n := len(r.carrier.MessagesTo(phone.Number)); n != 1 {
			t.Errorf("%s was told %d times", phone, n)
		}
	}
}

// An import beside nodes that serve keeps nobody waiting.
func TestImportBesideServe(t *testing.T) { everywhere(t, testImportBesideServe) }

func testImportBesideServe(t *testing.T, r *rig) {
	const before, after = 50, 3000 // people who text, and people who come
	r.command(0, "profiles", "import", r.file("few.csv", crowd(before)))
	r.serve()
	file := r.file("many.jsonl", "")
	writeMany(t, file, after)
	imported := make(chan string, 1)
	go func() {
		out, _ := r.command(0, "profiles", "import", file)
		imported <- out
	}()
	slowest, alerts, out := time.Duration(0), 0, ""
	for out == "" && alerts < before {
		began := time.Now()
		r.text(r.carrier.Phone(phoneNumber(713, alerts), ""), "ALERTA", "Recibimos")
		slowest = max(slowest, time.Since(began))
		alerts++
		select {
		case out = <-imported:
		default:
		}
	}
	if out == "" {
		out = <-imported
	}
	t.Logf("%d alerts meanwhile, the slowest taken in %v", alerts, slowest)
	if want := strconv.Itoa(after) + " new"; !strings.Contains(out, want) {
		t.Errorf("said %q", out)
	}
	if slowest > 5*time.Second { // a third of what Twilio waits
		t.Errorf("an ALERTA took %v beside an import", slowest)
	}
	r.text(r.carrier.Phone("+17132002999", ""), "ALERTA", "Recibimos")
}

// change changes the database behind the gateway's back.
func (r *rig) change(statement string) {
	r.t.Helper()
	if r.plant.postgres {
		execPostgres(r.t, r.db, statement)
	} else {
		editDatabase(r.t, r.db+"?_busy_timeout=5000", statement)
	}
}
