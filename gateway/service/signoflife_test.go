package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

const day = 24 * time.Hour

// lookAfter is the sweep: whoever is due is looked at.
func (w *world) lookAfter() (looked int) {
	w.Helper()
	for ; ; looked++ {
		look, due, err := w.store.ClaimLook(w.Context(), w.now, w.now.Add(time.Hour))
		if err != nil {
			w.Fatal(err)
		}
		if !due {
			return looked
		}
		next, err := w.service.LookAfter(w.Context(), look)
		if err != nil {
			w.Fatal(err)
		}
		if !next.After(w.now) {
			w.Fatalf("looked at %s, and again at once", w.now)
		}
		if err := w.store.Looked(w.Context(), look, next); err != nil {
			w.Fatal(err)
		}
		w.deliver()
	}
}

// days lets time pass with its sweeps, ending at the hour of the day at which
// it began.
func (w *world) days(n int) {
	w.Helper()
	for range n {
		w.now = w.now.Add(day)
		w.lookAfter()
		w.deliver()
	}
}

// taskKinds counts the tasks that are not done.
func (w *world) taskKinds() map[gateway.TaskKind]int {
	w.Helper()
	lines, _, err := w.store.Tasks(w.Context(), 0, 100)
	if err != nil {
		w.Fatal(err)
	}
	kinds := map[gateway.TaskKind]int{}
	for _, line := range lines {
		kinds[line.Kind]++
	}
	return kinds
}

// silence is a world in which nobody has written for as long as that, and was
// asked just now.
func silence(t *testing.T) *world {
	w := newWorld(t)
	w.days(89)
	w.nothing(juan, maria, pedro, rosa)
	w.days(1)
	return w
}

func TestSilenceIsAskedAbout(t *testing.T) {
	w := silence(t)
	w.hears(maria, "PRUEBA", "Juan P.")
	w.hears(rosa, "PRUEBA")
	w.hears(juan, "Sigue siendo suyo este numero?")
	w.nothing(juan, maria, pedro, rosa)
	w.says(maria, "1", "Gracias. PRUEBA")
	w.says(juan, "SI", "Gracias")
	w.pass(16 * time.Minute)
	w.hears(juan, "1 de 3")

	// Nobody is asked again before their time, and Rosa, who said nothing, then.
	w.days(89)
	w.nothing(juan, maria, rosa)
	w.text(juan, "AYUDA")
	w.days(1)
	w.hears(rosa, "PRUEBA")
	w.pass(16 * time.Minute)
	w.hears(juan, "0 de 3")
	w.nothing(juan) // who has written lately
}

func TestWhoWritesIsNotAsked(t *testing.T) {
	w := newWorld(t)
	for range 12 {
		w.days(20)
		w.text(juan, "AYUDA")
		w.text(maria, "AYUDA")
		w.text(rosa, "AYUDA")
		if _, err := w.store.Retain(t.Context(), w.service.Rules.Policy.Retention); err != nil {
			t.Fatal(err)
		}
	}
	w.nothing(juan, maria, pedro, rosa)
}

func TestNobodyIsAskedAtNightOrInAnAlert(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(90*day + 14*time.Hour) // 04:30 in Chicago
	if w.lookAfter() == 0 {
		t.Fatal("nobody was due")
	}
	w.nothing(juan, maria, rosa)
	w.text(juan, "ALERTA")
	w.hears(maria, "ALERTA")
	w.now = w.now.Add(8 * time.Hour)
	w.lookAfter()
	for _, text := range w.inbox[maria] {
		if strings.Contains(text, "PRUEBA") {
			t.Errorf("asked during an alert: %q", text)
		}
	}
}

// Somebody else has the number now.
func TestHeldNumbers(t *testing.T) {
	w := silence(t)
	clear(w.inbox)
	w.says(juan, "EQUIVOCADO", "Perdone la molestia")
	w.says(maria, "EQUIVOCADO", "Perdone la molestia")
	if tasks := w.taskKinds(); tasks[gateway.TaskOwnNumber] != 1 || tasks[gateway.TaskWrongNumber] != 1 {
		t.Errorf("tasks %v, want one of either", tasks)
	}
	w.pass(16 * time.Minute)
	w.days(91)
	w.hears(rosa, "PRUEBA")
	w.nothing(juan, maria)
	// Whoever says so, ALERTA is heeded.
	w.says(juan, "ALERTA", "Recibimos su ALERTA")
	w.hears(rosa, "Juan P.")
	w.nothing(maria)
}

func TestNumbersThatFailAreHeld(t *testing.T) {
	w := newWorld(t)
	unassigned := &gateway.Failure{Code: "30005", Remedy: gateway.Call, Unassigned: true}
	w.days(89)
	w.fails[maria], w.fails[juan] = unassigned, invalid
	w.days(1)
	if tasks := w.taskKinds(); tasks[gateway.TaskOwnNumber] != 1 || tasks[gateway.TaskWrongNumber] != 1 {
		t.Errorf("tasks %v, want one of either", tasks)
	}
	clear(w.fails)
	clear(w.inbox)
	w.says(juan, "ALERTA", "a 2 contactos")
	w.nothing(maria)
	w.rings(maria, 0)
}

// In need, a number that a network does not know is called.
func TestUnassignedNumberIsCalledInAnAlert(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = &gateway.Failure{Code: "30005", Remedy: gateway.Call, Unassigned: true}
	w.says(juan, "ALERTA", "a 3 contactos")
	w.pass(time.Minute)
	w.rings(maria, 1)
	if tasks := w.taskKinds(); tasks[gateway.TaskWrongNumber] != 0 {
		t.Errorf("held by an alert: %v", tasks)
	}
}
