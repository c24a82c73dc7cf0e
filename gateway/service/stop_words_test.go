package service_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// Who wants no more texts says so with courtesy and in their own words; the same
// words about something else stop nothing.
func TestStopWithCourtesyAndInOwnWords(t *testing.T) {
	const (
		stops = "no recibira mas mensajes"
		how   = "responda solo STOP"
	)
	for text, want := range map[string]string{
		"Stop, muchas gracias": stops, "buenas noches, baja por favor": stops, "ALTO ya": stops, "stop stop": stops,
		"oigan ya no me envien sus textos": stops, "quisiera darme de baja, gracias": stops, "me dan de baja por favor": stops,
		"please quit texting this number": stops, "don't message me again": stops, "take me off of this": stops, "no more messages please": stops,
		"saquenme de esa lista": stops, "dejenme en paz": stops, "kitenme de ahi": stops,

		"como hago para darme de baja?": how, "how can i unsubscribe": how, "quiero salir": how, "como me salgo de aqui": how,

		"no paren de buscar por favor": "", "alto ahi les gritaron": "", "el camion no hizo alto": "", "my bus doesn't stop here": "",
		"tengo la presion alta": "", "lo dieron de baja del trabajo": "", "no dejen de avisarme": "", "stop, they got him too": "",
		"ya no me escriban, mejor marquenme": "", "no manden mas dinero": "", "no me mandaron el mensaje": "", "i can't stop crying": "",
		"bajo en la esquina": "", "ya salio": "", "sali libre": "", "he won't stop drinking": "", "quiero dar de baja a mi hermano del seguro": "",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			w.says(maria, "1", "Gracias")
			w.says(juan, "BIEN 4821", "termino")
			w.pass(48 * time.Hour)
			clear(w.inbox)
			answer := w.text(maria, text)
			stopped := !w.view(gateway.Scope{Phone: maria}).Conversation.Stopped.IsZero()
			switch {
			case stopped != (want == stops):
				t.Errorf("stopped: %v, and answered %q", stopped, answer)
			case want != "" && !strings.Contains(answer, want):
				t.Errorf("answered %q", answer)
			}
		})
	}
}

// Of whoever is registered only what speaks of texts stops them: with an alert
// open the rest is said to somebody else, and goes to the family.
func TestStopOfThePersonsOwn(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.says(maria, "1", "Gracias")
	clear(w.inbox)
	for _, text := range []string{"dejenme en paz", "ya no me molesten por favor", "quiero salir"} {
		w.text(juan, text)
		w.pass(2 * time.Minute)
		w.hears(maria, text)
	}
	w.says(juan, "ya no me manden mensajes por favor", "no recibira mas mensajes")
	if len(w.tasks(gateway.TaskStopWhileOpen)) != 1 {
		t.Error("no agent learns that the phone stopped while the alert is open")
	}
}

// No text, call or screen leads anybody to a word that stops our texts, but for
// STOP itself where it says what that does.
func TestNothingLeadsToSalir(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	leads := regexp.MustCompile(`\b(?i:salir|salirse|sal|parar|optout|unsubscribe|quit|revoke)\b|\b(ALTO|BAJA|END|CANCEL)\b`)
	for _, language := range templates.Languages {
		said := everyText(t, words, language)
		for _, name := range words.Phrases("voice", language) {
			text, err := words.Phrase("voice", language, name, templates.Data{Programme: "RED X", Call: "312-555-0100", Name: "Juan P.", List: []string{"Maria"}})
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, text)
		}
		for _, text := range said {
			if word := leads.FindString(text); word != "" {
				t.Errorf("%s: %q in %q", language, word, text)
			}
		}
	}
}

// A NO that nothing was asked for withdraws nobody.
func TestNoThatNothingWasAskedFor(t *testing.T) {
	w := newWorld(t)
	w.says(maria, "no", "usted es contacto de Juan P. y le avisaremos", "STOP")
	w.says(maria, "No gracias", "usted es contacto de")
	w.nothing(juan)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")

	w = newWorld(t)
	w.says(pedro, "no", "") // whom nobody has asked yet
	w.handle(gateway.Invite{Profile: w.view(gateway.Scope{Phone: juan}).Own.ID})
	w.deliver()
	w.hears(pedro, "SI", "NO")
	w.says(pedro, "SI", "Gracias")
	w.says(pedro, "NO", "usted no sera contacto") // they change their mind at once
	w.hears(juan, "Pedro acepto")
	w.hears(juan, "Pedro no quiere")
	w.pass(72 * time.Hour)
	w.says(pedro, "SI", "Gracias")
	w.pass(72 * time.Hour)
	w.says(pedro, "NO", "usted es contacto de")
}

// A desk that says STOP, or that it is no desk, is told of nothing any more; what
// it had not confirmed goes to the next row, and the operator learns of it.
func TestDeskThatWantsNoTexts(t *testing.T) {
	const second gateway.Phone = "+13125550198"
	for _, text := range []string{"STOP", "Equivocado", "alto por favor", "ya no manden mensajes a este telefono", "aqui no es el consulado", "se equivoco de numero", "este es mi celular personal, ya no trabajo ahi"} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
				{Consulate: "chicago", Position: 0, Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: w.now},
				{Consulate: "chicago", Position: 1, Channel: gateway.SMS, Address: second, Language: "es", Confirmed: w.now},
			}); err != nil {
				t.Fatal(err)
			}
			ref := w.ref(w.text(juan, "ALERTA"))
			w.hears(desk, ref)
			w.text(desk, text)
			w.hears(second, "Juan Perez Lopez", ref)
			tasks := w.deskTasks()
			if len(tasks) != 1 || tasks[0].Phone != desk || tasks[0].Name != "Chicago" || !tasks[0].Urgent {
				t.Errorf("tasks %+v", tasks)
			}
			if d := w.view(gateway.Scope{}).Directory.DesksAt(desk)[0]; d.Stopped.IsZero() || d.Expects() {
				t.Errorf("the desk is %+v", d)
			}
			w.says(second, "RECIBIDO", "RECIBIDO #"+ref)
			w.text(juan, "ALERTA mas palabras")
			w.text(juan, "BIEN 4821")
			w.pass(time.Hour)
			w.text(juan, "ALERTA")
			w.pass(time.Hour)
			w.nothing(desk)
			w.rings(desk, 0)
			w.says(desk, "START", "otra vez")
			w.text(juan, "BIEN 4821")
			w.pass(24 * time.Hour) // it hears of a third in one day through an agent
			clear(w.inbox)
			w.text(juan, "ALERTA")
			w.hears(desk, "Juan Perez Lopez")
		})
	}
}

// deskTasks are those about desks that want no texts.
func (w *world) deskTasks() (found []gateway.Task) {
	w.Helper()
	lines, _, err := w.store.Tasks(w.Context(), 0, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, line := range lines {
		if line.Task.Kind == gateway.TaskDeskStopped {
			found = append(found, line.Task)
		}
	}
	return found
}

// With nobody left an agent rings.
func TestLastDeskThatWantsNoTexts(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.says(desk, ref+" dar de baja, no es mexicano", "cerro su parte") // a case, and no text
	if len(w.deskTasks()) != 0 {
		t.Fatal("closing a case stops the desk")
	}
	w.text(juan, "BIEN 4821")
	w.text(juan, "ALERTA")
	w.text(desk, "STOP")
	if len(w.tasks(gateway.TaskOptedOut)) != 1 {
		t.Errorf("tasks %+v", w.tasks(""))
	}
	w.text(juan, "BIEN 4821")
	w.pass(24 * time.Hour)
	w.text(juan, "ALERTA")
	if len(w.tasks(gateway.TaskNoDesk)) != 1 {
		t.Errorf("tasks %+v", w.tasks(""))
	}
}
