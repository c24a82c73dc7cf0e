package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// What somebody goes on to write while they are being asked is part of the cry,
// and another cry is a yes.
func TestPanicGathersWords(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "me agarro la migra no se a donde me llevan", "Es una ALERTA?")
	w.says(juan, "van por la 94", "Es una ALERTA?")
	w.pass(2 * time.Minute)
	w.nothing(maria)
	w.pass(2 * time.Minute)
	w.hears(maria, "no se a donde me llevan / van por la 94")

	w.text(juan, "BIEN 4821")
	clear(w.inbox)
	w.says(juan, "ya entraron los de migracion", "Es una ALERTA?")
	w.says(juan, "ayudenme me llevan", "Recibimos") // a cry says yes
	w.hears(maria, "ya entraron los de migracion / ayudenme me llevan")

	w.text(juan, "BIEN 4821")
	clear(w.inbox)
	w.text(juan, "ya llego la migra")
	w.says(juan, "ALERTA en la fabrica", "Recibimos")
	w.hears(maria, "ya llego la migra / en la fabrica")
	w.pass(5 * time.Minute)
	for _, text := range w.inbox[maria] {
		if strings.Contains(text, "agrego") {
			t.Errorf("the cry is passed on twice: %s", text)
		}
	}
}

// Only an answer, or a right PIN, takes a cry back: no other question of ours,
// and no stop.
func TestPanicOutlastsOtherQuestions(t *testing.T) {
	for _, between := range []string{"DATOS", "BORRAR", "CANCELAR", "CANCELAR 1234", "STOP", "ESTADO", "AYUDA"} {
		t.Run(between, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "me lleva la migra")
			w.text(juan, between)
			w.pass(4 * time.Minute)
			w.hears(maria, "Juan P.", "me lleva la migra")
		})
	}
	for _, back := range []string{"no", "No es una alerta", "perdon, fue un error", "BIEN 4821"} {
		t.Run(back, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "me lleva la migra")
			w.says(juan, back, "no avisamos a nadie")
			w.pass(4 * time.Minute)
			w.nothing(maria, desk)
		})
	}
}

// With the duress PIN a cry looks taken back, and is raised at once.
func TestPanicUnderDuress(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "me lleva la migra")
	forced := w.says(juan, "BIEN 9917", "no avisamos a nadie")
	w.hears(maria, "me lleva la migra")
	w.says(juan, "ESTADO", "No hay alerta abierta")
	if again := w.text(juan, "BIEN 9917"); again != forced {
		t.Errorf("the same PIN again is answered %q", again)
	}
	w.pass(5 * time.Minute)
	w.nothing(juan, desk)
	if again := w.text(juan, "BIEN 4821"); again != forced {
		t.Errorf("the real PIN is answered %q", again)
	}
	w.hears(maria, "termino")
}

// A place among the words of an alert that went to the family only tells no
// consulate: that is an agent's to do.
func TestPanicWithAPlaceTellsNoConsulate(t *testing.T) {
	w := newWorld(t)
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{{Consulate: "fresno", Channel: gateway.SMS, Address: desk, Confirmed: w.now}}); err != nil {
		t.Fatal(err)
	}
	w.text(juan, "me lleva la migra")
	w.pass(4 * time.Minute)
	w.hears(maria, "me lleva la migra")
	w.text(juan, "la migra me lleva a 93638")
	w.hears(maria, "a 93638")
	w.nothing(desk)
	w.text(juan, "ALERTA")
	w.hears(desk, "Juan Perez Lopez", "93638")
}

// NO without the PIN tells nobody, and is said by whoever holds the phone: a cry
// stays before the agents, who call. The PIN says that it was none.
func TestNoWithoutPINLeavesTheTask(t *testing.T) {
	signals := func(w *world) (notes []string) {
		lines, _, err := w.store.Tasks(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if line.Kind == gateway.TaskSignal && line.Urgent && line.Phone == juan {
				notes = append(notes, line.Note)
			}
		}
		return notes
	}
	for _, no := range []string{"no", "No es alerta, gracias", "fue un error"} {
		w := newWorld(t)
		w.text(juan, "me lleva la migra")
		w.text(juan, "van por la 94")
		if n := signals(w); len(n) != 1 || n[0] != "me lleva la migra\nvan por la 94" {
			t.Errorf("before %q the agents have %q", no, n)
		}
		w.says(juan, no, "no avisamos a nadie")
		w.says(juan, no)
		w.pass(10 * time.Minute)
		w.nothing(maria, desk)
		if n := signals(w); len(n) != 1 || !strings.HasSuffix(n[0], no+" (sin PIN)") {
			t.Errorf("after %q the agents have %q", no, n)
		}
	}
	w := newWorld(t)
	w.text(juan, "me lleva la migra")
	w.says(juan, "BIEN 4821", "no avisamos a nadie")
	if n := signals(w); len(n) != 0 {
		t.Errorf("after the PIN the agents have %q", n)
	}
	w.text(juan, "me lleva la migra")
	w.says(juan, "BIEN 9917", "no avisamos a nadie")
	if n := signals(w); len(n) != 1 {
		t.Errorf("after the duress PIN the agents have %q", n)
	}
}

// 1 raises, whatever stands behind it; but who takes it back in the same text has
// not asked for anybody to be told.
func TestOneTakenBackInTheSameTextRaisesNothing(t *testing.T) {
	for said, raises := range map[string]bool{
		"1 no perdon, quise decir que no": false, "1 digo no": false,
		"1 por favor": true, "1 apurense no se que hacer": true, "1 no me dejan salir": true,
	} {
		w := newWorld(t)
		w.says(juan, "me quiere llevar la migra", "Es una ALERTA?")
		w.text(juan, said)
		if told := len(w.inbox[maria]) > 0; told != raises {
			t.Errorf("%q: the family is told: %t", said, told)
		}
	}
}

// AYUDA asks what this is; AYUDA that is called out is a cry, and is asked about.
func TestHelpThatIsCalledOut(t *testing.T) {
	for text, cries := range map[string]bool{
		"AYUDA": false, "ayuda": false, "HELP": false, "ayuda.": false, "Ayuda!": false,
		"ayudaaaa": true, "AYUDA!!": true, "ayuda 🙏": true, "😭 ayuda": true, "HELP!!!": true, "ayuuuda": true,
	} {
		w := newWorld(t)
		answer := w.text(juan, text)
		if strings.Contains(answer, "Es una ALERTA?") != cries || !cries && !strings.Contains(answer, "911") {
			t.Errorf("%q is answered %q", text, answer)
		}
		if cries {
			w.says(juan, "uno", "Recibimos su ALERTA")
		}
	}
	for _, text := range []string{"como hago un simulacro", "quiero hacer una prueba nomas", "can i do a practice"} {
		w := newWorld(t)
		if answer := w.text(juan, text); !strings.Contains(answer, "PRUEBA") || strings.Contains(answer, "#") {
			t.Errorf("%q is answered %q", text, answer)
		}
	}
}

// Of a ZIP where somebody lives and one where they work the first is theirs.
func TestWhereSomebodyWorks(t *testing.T) {
	for text, want := range map[string][]string{
		"vivo en 60608 trabajo en 60623": {"60608"}, "mi trabajo es en el 60623 pero mi casa 60608": {"60608"}, "I work in 60623 and live in 60608": {"60608"},
		"trabajo en 60623": {"60623"}, "60608 o 60623": {"60608", "60623"}, "vivo y trabajo en 60608": {"60608"},
	} {
		n := gateway.ReadNumbers(text)
		if got := n.Zips(); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
