package gateway_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// A contact who raises an alert is told for whom it is, and how to say that it is
// for themselves.
func TestContactLearnsForWhomTheyRaised(t *testing.T) {
	w := newWorld(t)
	answer := w.says(maria, "ALERTA", "por Juan P.", "Por USTED? Responda SOY YO")
	if strings.Contains(answer, "PIN") {
		t.Errorf("a contact is told of a PIN that is not theirs: %s", answer)
	}
	w.hears(desk, "Avisa Maria, su contacto")
	w.says(maria, "ALERTA otra vez", "de Juan P. ya esta abierta", "SOY YO")
}

// What they say then leads to an alert of their own before an agent, and nothing
// false stays with anybody.
func TestContactSaysThatItIsForThemselves(t *testing.T) {
	for _, text := range []string{
		"SOY YO", "soy yo la detenida", "es para mi", "no, es por mi", "Para mi!", "a mi me agarraron", "me detuvieron", "alerta soy yo",
		"ALERTA es para mi", "yo mera", "its me", "FOR ME", "no es por el", "soy yo ayudenme estoy en la corte",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			ref := w.ref(w.text(maria, "ALERTA me estan parando en Cicero"))
			w.hears(desk, "Juan Perez Lopez", ref)
			w.hears(rosa, ref)
			w.hears(pedro, ref)
			clear(w.inbox)
			answer := w.says(maria, text, "por USTED", "Escriba su nombre y donde esta", "La de Juan P. ya se corrigio")
			own := w.ref(answer)
			if own == ref {
				t.Error("the alert of theirs is Juan's")
			}
			w.hears(desk, "CORRECCION", ref, "Juan Perez Lopez fue un error", "Maria la mando por otra persona", "no aviso nada")
			w.hears(pedro, "CORRECCION", ref)
			if vague := w.hears(rosa, "CORRECCION", ref, "No hay nada nuevo"); strings.Contains(vague, "ALERTA") || strings.Contains(vague, "otra persona") {
				t.Errorf("a vague wording tells what it is about: %s", vague)
			}
			w.nothing(maria)
			tasks := w.tasks(gateway.TaskUnknownPhone)
			if len(tasks) != 1 || !tasks[0].Urgent || tasks[0].Phone != maria || !strings.Contains(tasks[0].Note, "Cicero") || !strings.Contains(tasks[0].Note, "Juan P.") {
				t.Fatalf("tasks %+v", tasks)
			}
			w.says(juan, "ESTADO", "No hay alerta abierta")
			w.pass(2 * time.Hour)
			for _, phone := range []gateway.Phone{desk, pedro, rosa} {
				w.rings(phone, 0)
			}
			w.says(maria, "me llamo Maria Soto y estoy en la corte de la 26", own)
			if tasks := w.tasks(gateway.TaskUnknownPhone); !strings.Contains(tasks[0].Note, "Maria Soto") {
				t.Errorf("what she writes then does not reach the agents: %+v", tasks)
			}
		})
	}
}

// What they say at once is not raised for anybody else; what the person raised,
// too, stays open.
func TestForThemselvesAtOnceAndToo(t *testing.T) {
	w := newWorld(t)
	w.says(maria, "ALERTA para mi, me agarro la migra", "por USTED")
	w.nothing(desk, pedro, rosa, juan)

	w = newWorld(t)
	ref := w.ref(w.text(maria, "ALERTA"))
	w.text(juan, "ALERTA")
	clear(w.inbox)
	w.says(maria, "soy yo", "por USTED")
	w.nothing(desk, pedro, rosa)
	w.says(juan, "ESTADO", "#"+ref, "abierta")

	w = newWorld(t) // with a profile of her own it is for herself
	fresh := gateway.Fresh{Now: w.now, Rand: rand.Reader}
	w.register(gateway.Profile{
		ID: fresh.ID(), Phone: maria, Code: fresh.Code(), Name: "Maria Soto", Language: "es", ZIP: "60608", Registered: w.now,
		Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: ofe, Name: "Ofelia", Standing: gateway.StandingAccepted}},
	})
	w.says(maria, "ALERTA", "Recibimos su ALERTA")
	w.hears(ofe, "Maria S.")
	w.nothing(desk, pedro, rosa, juan)

	for _, text := range []string{"es para mi hermano", "por mi mama", "quien soy yo para decir", "ya voy", "para mi que es mentira"} {
		w = newWorld(t)
		w.text(maria, "ALERTA")
		clear(w.inbox)
		w.text(maria, text)
		if len(w.tasks(gateway.TaskUnknownPhone)) != 0 {
			t.Errorf("%q is taken for a cry of her own", text)
		}
	}
}

// A contact of several is asked for whom, themselves among them.
func TestContactOfSeveralSaysForThemselves(t *testing.T) {
	for _, text := range []string{"3", "por mi", "soy yo"} {
		w := newWorld(t)
		fresh := gateway.Fresh{Now: w.now, Rand: rand.Reader}
		w.register(gateway.Profile{
			ID: fresh.ID(), Phone: lucia, Code: fresh.Code(), Name: "Lucia Gomez Ruiz", Language: "es", ZIP: "60608", Registered: w.now,
			Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: maria, Name: "Maria", Standing: gateway.StandingAccepted}},
		})
		w.says(maria, "ALERTA estoy en Cicero", "Por quien es?", "3 por mi")
		w.says(maria, text, "por USTED")
		w.nothing(juan, lucia, desk, pedro, rosa)
		if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, "for themselves") || !strings.Contains(tasks[0].Note, "Cicero") {
			t.Errorf("tasks %+v", tasks)
		}
	}
}
