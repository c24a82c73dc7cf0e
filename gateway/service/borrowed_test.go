package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// No ALERTA ends in nothing, wherever it stands in a text from a phone that
// nobody knows: it is kept, with everything that was said, and put before an agent.
func TestAlertAnywhereFromAnUnknownPhone(t *testing.T) {
	for _, body := range []string{
		"hola soy Juan ALERTA", "Fwd: ALERTA vengan por Juan", "(1/2) ALERTA me llevan Juan", "2/3 alerta soy Juan", "RV: alerta Juan", "auxilio soy Juan, una emergencia",
		"Juan: me agarro la migra ALERTA", "ayudenme soy Juan", "por favor una alerta para Juan", "este cel es de otro, soy Juan, alerta!!", "1 ALERTA Juan", "4821 ALERTA soy Juan",
	} {
		w := newWorld(t)
		w.says(other, body, "#", "Escriba ALERTA, su numero y su PIN")
		tasks := w.tasks(gateway.TaskUnknownPhone)
		if len(tasks) != 1 || !tasks[0].Urgent || !strings.Contains(tasks[0].Note, "Juan") || strings.Contains(tasks[0].Note, "4821") {
			t.Errorf("%q leaves %+v", body, tasks)
		}
		w.nothing(maria, rosa, desk)
	}
}

// Number and PIN raise in any order and form, with anything around them, in one
// text.
func TestNumberAndPINAnywhere(t *testing.T) {
	for _, body := range []string{
		"hola soy Juan ALERTA 3125550101 4821", "3125550101 4821 ALERTA", "4821 ALERTA 312-555-0101", "Fwd: ALERTA 312.555.0101 pin 4821", "ALERTA 3125550101, PIN 4821",
		"ALERTA 3125550101 4821.", "soy Juan, mi numero es el 312 555 0101 y mi clave 48 21, me llevan, ALERTA", "alerta31255501014821", "(1/1) ALERTA (312) 555-0101 (4821)",
		"me agarro la migra 3125550101 pin 4821", "3125550101 4821", "no es mi cel, el mio es 312-555-0101 clave 4821 me agarraron",
	} {
		w := newWorld(t)
		w.says(other, body, "Recibimos su ALERTA", "BIEN y su PIN")
		if text := withoutRef(w.hears(maria, "Juan P.")); strings.Contains(text, "4821") || strings.Contains(text, "0101") && !strings.Contains(text, "555-0100") {
			t.Errorf("%q tells the family %q", body, text)
		}
		if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 {
			t.Errorf("%q leaves %+v", body, tasks)
		}
	}
}

// What says that it is over raises nothing, and neither does a wrong PIN, which
// is kept for an agent where nothing else stands beside it.
func TestNumberAndPINThatRaiseNothing(t *testing.T) {
	w := newWorld(t)
	w.says("+13125550151", "cel 3125550101 pin 4829", "Escriba ALERTA, su numero y su PIN")
	w.says("+13125550151", "4821", "Recibimos su ALERTA")
	w = newWorld(t)
	for _, body := range []string{"ya estoy bien 3125550101 4821", "Llamada perdida 3125550177 hoy 10:04", "4829 is your Lyft code", "312-555-0101", "su codigo es 482913, dudas al 8005551234"} {
		w.text(other, body)
	}
	w.nothing(maria, rosa, desk)
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 {
		t.Errorf("left %+v", tasks)
	}
}

// The borrowed phone does what we say, in its own way: what it was asked for
// comes in one text or two, in any order and form.
func TestBorrowedPhoneAnswersOurSentence(t *testing.T) {
	code := newWorld(t).codeOf(juan)
	for name, c := range map[string][]string{
		"one text":          {"3125550101 4821"},
		"PIN first":         {"4821 y el numero 312 555 0101"},
		"in words":          {"soy juan perez, 312-555-0101, mi clave es 48 21"},
		"number, PIN":       {"3125550101", "4821"},
		"PIN, number":       {"mi pin es 4821", "es el 312 555 0101"},
		"both with ALERTA":  {"ALERTA 3125550101", "ALERTA 4821"},
		"number mended":     {"3125550199 4821", "perdon, 3125550101"},
		"PIN mended":        {"3125550101 4828", "pin 4821"},
		"talk between":      {"3125550101", "el se llama Juan", "4821"},
		"number, then both": {"3125550101", "312-555-0101 / 4821"},
		"apart":             {"3 1 2 5 5 5 0 1 0 1", "4-8-2-1."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.says(other, "ALERTA me llevan a Broadview", "Escriba ALERTA, su numero y su PIN")
			for i, body := range c {
				w.now = w.now.Add(10 * time.Minute)
				answer := w.text(other, body)
				if last := i == len(c)-1; last != strings.Contains(answer, "Recibimos su ALERTA") || answer == "" {
					t.Errorf("%q is answered %q", body, answer)
				}
			}
			w.hears(maria, "Juan P.", "me llevan a Broadview")
			if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 {
				t.Errorf("still to do: %+v", tasks)
			}
			w.says(other, "BIEN 4821", "termino")
			w.hears(maria, "termino")
		})
	}
	w := newWorld(t)
	w.text(other, "ALERTA")
	w.says(other, string(w.codeOf(juan)), "Falta el PIN")
	w.says(other, "4821", "Recibimos su ALERTA")
	_ = code
}

// Half an answer is asked for the other half; a wrong one is answered alike
// whether there is such a person or not, and counts.
func TestBorrowedPhoneLearnsNothing(t *testing.T) {
	w := newWorld(t)
	w.text(other, "ALERTA")
	w.says(other, "4828", "Falta el telefono")
	known := w.says(other, "3125550101", "Escriba ALERTA, su numero y su PIN")
	w.text("+13125550151", "ALERTA")
	w.text("+13125550151", "4828")
	unknown := w.text("+13125550151", "3125550177")
	if w.ref(known) == w.ref(unknown) || strings.ReplaceAll(known, w.ref(known), "") != strings.ReplaceAll(unknown, w.ref(unknown), "") {
		t.Errorf("answered %q and %q", known, unknown)
	}
	for range 5 {
		w.text(other, "4828")
		w.text(other, "4827")
	}
	w.says(other, "4821", "Escriba ALERTA, su numero y su PIN") // locked by now
	w.nothing(maria, rosa, desk)
	if note := w.tasks(gateway.TaskUnknownPhone)[0].Note; !strings.Contains(note, "3125550101") || strings.Contains(note, "482") {
		t.Errorf("the agent reads %q", note)
	}
}

// After an hour a half is forgotten, the PIN without anybody's doing.
func TestBorrowedPhoneHasAnHour(t *testing.T) {
	w := newWorld(t)
	w.text(other, "ALERTA")
	w.text(other, "4821")
	w.pass(61 * time.Minute)
	if q := w.view(gateway.Scope{Phone: other}).Conversation.Question; q != nil {
		t.Errorf("after an hour the conversation still holds %+v", q)
	}
	if answer := w.text(other, "3125550101"); strings.Contains(answer, "Recibimos") {
		t.Errorf("after an hour the number alone is answered %q", answer)
	}
	w.nothing(maria)
	w.says(other, "ALERTA 3125550101", "Escriba ALERTA, su numero y su PIN") // opens it anew
	w.says(other, "4821", "Recibimos su ALERTA")
}

// Under duress it looks the same, also from a borrowed phone.
func TestBorrowedPhoneUnderDuress(t *testing.T) {
	w := newWorld(t)
	w.text(other, "ALERTA")
	w.says(other, "3125550101", "Falta el PIN")
	w.says(other, "9917", "Recibimos su ALERTA")
	w.hears(maria, "Juan P.")
	if len(w.tasks(gateway.TaskDuress)) != 1 {
		t.Error("no agent sees the duress")
	}
}

// A contact who was told of an alert and cries out themselves confirms nothing
// by it, and is heard.
func TestToldContactCriesOut(t *testing.T) {
	for _, body := range []string{"1 ALERTA", "(1/2) ALERTA me llevan a mi tambien", "hola soy Maria ALERTA", "Fwd: ALERTA", "ALERTA 2/2 ya estan aqui", "me llevan a mi tambien"} {
		w := newWorld(t)
		ref := w.ref(w.text(juan, "ALERTA"))
		clear(w.inbox)
		own := strings.Contains(body, "me llevan")
		words := "#" + ref
		if own { // it is asked for whom it is
			words = "1 Juan P., 2 por mi"
		}
		answer := w.says(maria, body, words)
		if strings.Contains(answer, "Anotamos que usted recibio") {
			t.Errorf("%q is answered %q", body, answer)
		}
		w.says(juan, "ESTADO", "confirmaron 0")
		if own {
			w.nothing(desk)
		} else if strings.Contains(body, "Maria") || strings.Contains(body, "estan") {
			w.hears(desk, "#"+ref, body[len(body)-8:]) // the words go on
		}
	}
	w := newWorld(t)
	w.text(juan, "ALERTA")
	for range 6 { // silence never applies
		if w.text(maria, "dicen que hay redada aqui y no se que hacer, ayuda") == "" {
			t.Error("a cry is met with silence")
		}
		w.pass(2 * time.Minute)
	}
}
