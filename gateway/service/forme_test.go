package service_test

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
	fresh := gateway.NewFresh(w.now, rand.Reader)
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
		fresh := gateway.NewFresh(w.now, rand.Reader)
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

// kept has Maria raise for Juan by mistake, and say that it is for herself. It
// returns the reference of her own alert.
func kept(w *world) string {
	w.Helper()
	w.text(maria, "ALERTA")
	ref := w.ref(w.says(maria, "SOY YO", "por USTED"))
	w.pass(time.Minute)
	clear(w.inbox)
	return ref
}

// While a contact's own alert is open, what they write is added to it, and nobody
// of the person whose contact they are hears of it. They have no PIN, and are not
// told of one.
func TestOwnWordsOfAContactStayTheirs(t *testing.T) {
	for _, text := range []string{
		"estoy detenida en el condado de cook", "ayudenme", "AUXILIO", "MIGRA", "ALERTA", "ALERTA ya me subieron", "alerta estoy en la corte de la 26",
		"2245 S Pulaski", "mi casa es 1830 W 47 apto 2", "60608", "nombre Maria Soto", "me llamo Maria Soto", "si, estoy en el sotano",
		"1 estoy en la fabrica", "me pegaron", "help me they took me", "soy yo de nuevo", "esta fria la celda", "no se donde estoy",
		"ALERTA soy Maria Lopez", "ALERTA me agarraron con mi hermano",
	} {
		for _, too := range []bool{false, true} {
			w := newWorld(t)
			name := text
			if too { // Juan's own alert is open, which she was told of
				w.text(juan, "ALERTA")
				name += ", his is open too"
			}
			t.Run(name, func(t *testing.T) {
				w.T = t
				ref := kept(w)
				for range 2 {
					if answer := w.says(maria, text, ref); !strings.Contains(answer, "agregado") && !strings.Contains(answer, "added") || strings.Contains(answer, "PIN") || strings.Contains(answer, "su numero") {
						t.Errorf("it is not added, or a PIN is spoken of: %s", answer)
					}
				}
				if !too { // of which the others are reminded
					w.pass(5 * time.Minute)
				}
				w.nothing(juan, pedro, rosa, desk)
				tasks := w.tasks(gateway.TaskUnknownPhone)
				if len(tasks) != 1 || !strings.Contains(tasks[0].Note, text) && text != "60608" {
					t.Errorf("the agents do not read it: %+v", tasks)
				}
				if too {
					if answer := w.text(maria, "RECIBIDO"); !strings.Contains(answer, "Anotamos") && !strings.Contains(answer, "noted") {
						t.Errorf("RECIBIDO is answered %s", answer)
					}
					w.pass(time.Minute) // of Juan's: it was not confirmed before
					w.hears(juan, "Maria")
				}
			})
		}
	}
}

// One after another, too: nothing that is asked in between takes them.
func TestOwnWordsOfAContactOneAfterAnother(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	ref := kept(w)
	for _, text := range []string{"estoy escondida en el bano", "ayuda", "AUXILIO", "3120 W Cermak piso 2", "ESTADO", "ALERTA", "soy yo", "BIEN", "4821", "por favor vengan"} {
		if text == "ayuda" {
			w.text(maria, text) // whom to call is said
			continue
		}
		if answer := w.says(maria, text, ref); strings.Contains(answer, "PIN") {
			t.Errorf("%q: a PIN is spoken of: %s", text, answer)
		}
	}
	w.nothing(juan, pedro, rosa, desk)
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, "3120 W Cermak") || !strings.Contains(tasks[0].Note, "por favor vengan") {
		t.Errorf("tasks %+v", tasks)
	}
}

// ALERTA and for whom it is, is for them, and so is the person's PIN.
func TestContactRaisesForAnotherToo(t *testing.T) {
	for _, text := range []string{"ALERTA Juan", "ALERTA por Juan", "ALERTA es para mi hermano", "alerta por el"} {
		w := newWorld(t)
		kept(w)
		w.says(maria, text, "por Juan P.")
		w.hears(pedro, "Juan P.")
	}
}

// It is theirs also once the other person has called off what was raised for them.
func TestForThemselvesAfterTheOtherCalledItOff(t *testing.T) {
	for _, text := range []string{"SOY YO", "alerta soy yo", "me detuvieron"} {
		w := newWorld(t)
		ref := w.ref(w.text(maria, "ALERTA estoy en Cicero"))
		w.says(juan, "BIEN 4821", "termino")
		w.hears(maria, "Juan P.", "termino", ref)
		w.pass(3 * time.Hour)
		clear(w.inbox)
		own := w.says(maria, text, "por USTED")
		if w.ref(own) == ref || strings.Contains(own, "Juan") {
			t.Errorf("%q is answered %q", text, own)
		}
		if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, "Cicero") || !strings.Contains(tasks[0].Note, "Juan P.") {
			t.Errorf("tasks %+v", tasks)
		}
		w.nothing(desk, pedro, rosa, juan)
	}
	w := newWorld(t)
	w.text(maria, "ALERTA")
	w.text(juan, "BIEN 4821")
	w.pass(25 * time.Hour)
	if answer := w.text(maria, "SOY YO"); strings.Contains(answer, "por USTED") {
		t.Errorf("a day later it is answered %q", answer)
	}
}

// Whoever raised an alert for somebody is told that it ended, once, and not where
// it only looks so or they ended it themselves.
func TestWhoRaisedForSomebodyIsToldThatItEnded(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(maria, "ALERTA"))
	w.nothing(maria)
	w.says(juan, "BIEN 4821", "termino")
	w.hears(maria, "Juan P.", ref, "termino")
	w.nothing(maria)

	w = newWorld(t)
	w.text(rosa, "ALERTA") // whose wording is vague
	w.says(juan, "BIEN 4821 libre", "termino")
	if text := w.hears(rosa, "Juan P.", "termino"); strings.Contains(text, "ALERTA #") {
		t.Errorf("a vague wording tells what it is about: %s", text)
	}

	w = newWorld(t)
	w.text(maria, "ALERTA")
	w.says(juan, "BIEN 9917", "termino")
	w.nothing(maria)
	w.says(juan, "BIEN 4821", "termino")
	w.hears(maria, "Juan P.", "termino")

	w = newWorld(t)
	w.text(maria, "ALERTA")
	w.says(maria, "BIEN 312-555-0101 4821", "termino")
	w.nothing(maria)

	w = newWorld(t)
	w.text(maria, "ALERTA")
	w.text(maria, "STOP")
	clear(w.inbox)
	w.text(juan, "BIEN 4821")
	w.nothing(maria)
}

// A contact who cries while the person's alert is open is asked for whom it is,
// and nobody reads it as news of the person.
func TestContactCriesDuringAnAlert(t *testing.T) {
	for _, text := range []string{
		"ya me agarraron a mi tambien la migra", "me detuvieron a mi tambien", "a mi tambien me llevan", "they took me too", "ALERTA a mi tambien me llevaron",
		"migra en mi casa me tienen a mi", "alerta me agarraron",
	} {
		for _, answer := range []string{"SOY YO", "es para mi", "2", "por mi"} {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			clear(w.inbox)
			asked := w.text(maria, text)
			if !strings.Contains(asked, "1 Juan P.") || !strings.Contains(asked, "2 ") {
				t.Errorf("%q is answered %q", text, asked)
				continue
			}
			w.nothing(juan, pedro, rosa, desk, maria)
			own := w.ref(w.text(maria, answer))
			if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, "for themselves") {
				t.Errorf("%q, %q: tasks %+v", text, answer, tasks)
			}
			w.says(maria, "estoy en la calle 26", own)
			w.nothing(juan, pedro, rosa, desk, maria)
		}
	}

	w := newWorld(t) // what else they cry meanwhile is kept, and it is asked again
	w.text(juan, "ALERTA")
	w.text(maria, "me agarraron a mi tambien")
	clear(w.inbox)
	w.says(maria, "estoy en el sotano", "2 por mi")
	w.says(maria, "AUXILIO me pegan", "2 por mi")
	w.nothing(juan, pedro, rosa, desk, maria)
	w.says(maria, "2", "por USTED")
	if tasks := w.tasks(gateway.TaskUnknownPhone); !strings.Contains(tasks[0].Note, "sotano") || !strings.Contains(tasks[0].Note, "me pegan") {
		t.Errorf("tasks %+v", tasks)
	}
}

// Where it is for the person it goes on, and not to who wrote it; SOY YO after
// that tells the readers whose it is.
func TestContactWordsAreCorrected(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.text(maria, "SI")
	w.text(maria, "me detuvieron a mi tambien")
	clear(w.inbox)
	w.says(maria, "1", ref)
	w.hears(desk, "Maria escribe por Juan Perez Lopez", "me detuvieron")
	w.nothing(maria)
	clear(w.inbox)
	w.says(maria, "soy yo", "por USTED", "La de Juan P. ya se corrigio")
	w.hears(desk, "CORRECCION", "Maria", ref)
	w.nothing(maria, rosa)
	w.says(juan, "ESTADO", ref, "abierta")

	w = newWorld(t) // who was only told says it at once
	w.text(juan, "ALERTA")
	clear(w.inbox)
	w.says(maria, "soy yo", "por USTED")
	w.nothing(desk, pedro, rosa, juan)
}

// ALERTA and that it was read is a confirmation.
func TestContactConfirmsWithTheWordAlert(t *testing.T) {
	for _, text := range []string{"alerta recibida", "ALERTA SI", "alerta ok", "alert received", "Alerta enterada", "alerta leida"} {
		w := newWorld(t)
		w.text(juan, "ALERTA")
		clear(w.inbox)
		if answer := w.text(maria, text); !strings.Contains(answer, "Anotamos") && !strings.Contains(answer, "noted") {
			t.Errorf("%q is answered %q", text, answer)
		}
		w.hears(juan, "Maria CONFIRMO")
		w.nothing(desk, pedro, rosa, maria)
		w.pass(2 * time.Minute)
		if answer := w.text(maria, text); strings.Contains(answer, "ya esta abierta") {
			t.Errorf("%q again is answered %q", text, answer)
		}
		w.nothing(desk, pedro, maria)
	}
	for _, text := range []string{"ALERTA", "ALERTA ayuda", "alerta recibida y a mi me llevan", "alerta ok ya me agarraron", "alerta ay dios mio", "alerta estoy en la corte"} {
		w := newWorld(t)
		w.text(juan, "ALERTA")
		clear(w.inbox)
		w.text(maria, text)
		for _, got := range w.inbox[juan] {
			if strings.Contains(got, "CONFIRMO") {
				t.Errorf("%q confirms", text)
			}
		}
		w.nothing(maria)
	}
}
