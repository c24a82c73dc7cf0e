package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// An alert that was raised on SQLite goes on on PostgreSQL.
func TestMigrateDB(t *testing.T) {
	r := newRig(t)
	r.serve()
	ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
	told := []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk}
	for _, phone := range told {
		r.expect(phone, ref)
	}
	old, to := r.db, plants[1].database(t, r.dir)
	if _, stderr := r.command(1, "migrate-db", old, to); !strings.Contains(stderr, "in use") {
		t.Errorf("while it is served: %q", stderr)
	}
	r.text(r.maria, "1", "Gracias")
	r.stop()

	out, _ := r.command(0, "migrate-db", old, to)
	for _, want := range []string{"profile               2 rows", "alert                 1 rows", "the same on both sides", "audit chains hold", "Never serve the old one"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if _, stderr := r.command(1, "migrate-db", old, to); !strings.Contains(stderr, "something in it already") {
		t.Errorf("a second time: %q", stderr)
	}
	r.command(2, "migrate-db", to, old)
	r.command(2, "migrate-db", old, filepath.Join(r.dir, "other.db"))

	r.plant, r.db = nodes(2), to
	r.serve()
	r.text(r.juan, "ESTADO", "Avisados 4", "confirmaron 1")
	r.expectNothing(told...)
	r.text(r.juan, "BIEN "+juansPIN, "termino")
	for _, phone := range told {
		r.expect(phone, ref, "termino")
	}
}

// peopleVariable sets how many people are moved, for a measurement.
const peopleVariable = "AVISO_TEST_PEOPLE"

// Many people are moved, counted and compared.
func TestMigrateManyPeople(t *testing.T) {
	people := 5000
	if n, err := strconv.Atoi(os.Getenv(peopleVariable)); err == nil {
		people = n
	}
	r := newRig(t)
	file := filepath.Join(r.dir, "many.jsonl")
	writeMany(t, file, people)
	took := func(args ...string) (string, time.Duration) {
		began := time.Now()
		out, _ := r.command(0, args...)
		return out, time.Since(began)
	}
	_, importing := took("profiles", "import", file)
	to := plants[1].database(t, r.dir)
	out, moving := took("migrate-db", r.db, to)
	if want := fmt.Sprintf("profile      %10d rows", people+2); !strings.Contains(out, want) {
		t.Errorf("%q is missing in\n%s", want, out)
	}
	info, err := os.Stat(r.db)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people with 4 contacts each: imported in %v, %d MB, moved in %v\n%s", people, importing, info.Size()>>20, moving, out)
}

// writeMany writes people with four contacts each as JSON Lines.
func writeMany(t *testing.T, path string, people int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for n := range people {
		if _, err := fmt.Fprintf(file, `{"phone":"+1713%07d","name":"Juan Carlos Perez Lopez","zip":"77001","contacts":[`+
			`{"phone":"+1832%07d","name":"Maria","accepted":true},{"phone":"+1281%07d","name":"Pedro","accepted":true},`+
			`{"phone":"+5233%08d","name":"Rosa","accepted":true},{"phone":"+5255%08d","name":"Luz","accepted":true}]}`+"\n",
			2_000_000+n, 2_000_000+n, 2_000_000+n, 10_000_000+n, 10_000_000+n); err != nil {
			t.Fatal(err)
		}
	}
}
