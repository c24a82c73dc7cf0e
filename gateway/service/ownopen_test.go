package service_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// What the person writes while their alert is open goes on to the desk and to
// the contacts who accepted and whose wording is plain, as what it is.
func TestOwnWordsArePassedOn(t *testing.T) {
	const going = "No vaya sin llamar antes: "
	for text, place := range map[string]bool{
		"nos traen rumbo a Kankakee":                 true,
		"mi bebe se quedo con la vecina":             false,
		"no he firmado nada":                         false,
		"Tengo 3 meses de embarazo y no me creen":    false,
		"ayuda ya nos metieron a la patrulla":        false,
		"estoy en la gasolinera de la 47":            true,
		"si, me tienen en Pine Prairie":              true,
		"avisenle a mi patron que no voy a trabajar": false,
		"they moved us to a county jail":             true,
		"el licenciado Mora tiene mi caso":           false,
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			ref := w.ref(w.text(juan, "ALERTA"))
			w.says(maria, "1", "Gracias")
			clear(w.inbox)
			w.says(juan, text, "Lo agregamos", "#"+ref, "a 2")
			heard := w.hears(maria, "#"+ref, "Desde el telefono de Juan P. escriben, sin PIN: "+text)
			if strings.Contains(heard, going) != place {
				t.Errorf("%q: speaks of going there: %t, want %t", heard, !place, place)
			}
			w.hears(desk, "#"+ref, "Desde el telefono de Juan Perez Lopez escriben, sin PIN: "+text)
			w.nothing(juan, pedro, rosa)
		})
	}
}

// They are joined by the minute, and six texts are what one alert passes on;
// what comes then stays before the agents.
func TestOwnWordsAreJoined(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	clear(w.inbox)
	for _, text := range []string{"nos tienen sentados en el piso", "hace mucho frio", "somos como veinte"} {
		w.text(juan, text)
		w.now = w.now.Add(10 * time.Second)
	}
	w.hears(maria, "sin PIN: nos tienen sentados en el piso.")
	w.nothing(maria)
	w.pass(time.Minute)
	w.hears(maria, "sin PIN: hace mucho frio / somos como veinte.")
	w.nothing(maria)
	for i := range 8 {
		w.text(juan, fmt.Sprintf("todavia estamos aqui, van %d horas", i))
		w.pass(2 * time.Minute)
	}
	heard := strings.Join(w.inbox[maria], " ")
	if strings.Count(heard, "sin PIN") != 4 || !strings.Contains(heard, "van 3 horas") || strings.Contains(heard, "van 4 horas") {
		t.Errorf("after two of six texts she hears %q", w.inbox[maria])
	}
	if n := w.taskKinds()[gateway.TaskAnswer]; n != 1 {
		t.Errorf("%d tasks about what is not passed on, want 1", n)
	}
	if words := w.view(gateway.Scope{Phone: juan}).Cases[0].Alert.Words; len(words) != 11 {
		t.Errorf("the alert holds %d texts, want 11", len(words))
	}
}

// After a duress PIN, on whatever phone and for whatever command, none are, and
// the phone is told the same.
func TestOwnWordsUnderDuress(t *testing.T) {
	for name, force := range map[string]func(*world){
		"called off elsewhere": func(w *world) { w.text(other, "BIEN 312 555 0101 9917") },
		"asked for the state":  func(w *world) { w.text(juan, "ESTADO 9917") },
		"the PIN alone":        func(w *world) { w.text(juan, "9917") },
		"called off here":      func(w *world) { w.text(juan, "BIEN 9917") },
		"while they wait": func(w *world) {
			w.text(juan, "nos van a mover")
			w.text(juan, "a Kenosha dicen")
			w.text(juan, "BIEN 9917")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			w.text(maria, "1")
			w.text(rosa, "1")
			force(w)
			clear(w.inbox)
			w.text(juan, "vengan por mi a la 47")
			w.pass(2 * time.Minute)
			w.nothing(maria, rosa, pedro)
			for _, text := range w.inbox[desk] {
				if strings.Contains(text, "la 47") {
					t.Errorf("the desk hears %q", text)
				}
			}
			if n := w.taskKinds()[gateway.TaskDuress]; n == 0 {
				t.Error("no agent knows")
			}
		})
	}
}

// Who says that it is over is told how to end it, and nobody else is told that.
func TestOwnEndInOwnWords(t *testing.T) {
	for text, reason := range map[string]string{
		"ya me soltaron": "libre", "ya estoy bien": "", "Todo bien, gracias": "", "fue un error": "falsa alarma", "ya me deportaron estoy en nogales": "deportad",
	} {
		w := newWorld(t)
		ref := w.ref(w.text(juan, "ALERTA"))
		w.says(maria, "1", "Gracias")
		clear(w.inbox)
		w.says(juan, text, "BIEN y su PIN", "#"+ref)
		w.nothing(maria, desk)
		w.says(juan, "nos van a mover a Kenosha", "Lo agregamos")
		w.hears(maria, "Kenosha")
		w.says(juan, "4821", "#"+ref, "termino")
		w.hears(maria, "termino", reason)
	}
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.says(juan, "ya me dejaron salir 1111", "no es correcto")
	w.says(juan, "ya me dejaron salir 4821", "termino")
	w.hears(maria, "termino")
	if w.secrets != 2 {
		t.Errorf("%d texts with a PIN are redacted, want 2", w.secrets)
	}
}

// A right PIN alone, either one, is asked about; a wrong one counts.
func TestPINAlone(t *testing.T) {
	for pin, ends := range map[string]bool{"4821": true, "9917": false} {
		w := newWorld(t)
		ref := w.ref(w.text(juan, "ALERTA"))
		clear(w.inbox)
		w.says(juan, "7777", "no es correcto")
		w.says(juan, pin, "Termino la ALERTA #"+ref+"? SI")
		w.says(juan, "no", "#"+ref, "abierta")
		w.nothing(maria, rosa, pedro)
		w.now = w.now.Add(time.Minute)
		w.says(juan, pin, "Termino la ALERTA #"+ref+"? SI")
		w.says(juan, "SI", "Su ALERTA #"+ref+" termino")
		w.says(juan, "ESTADO", "No hay alerta")
		if ends {
			w.hears(maria, "termino")
		}
		w.nothing(maria)
		w.now = w.now.Add(time.Minute)
		w.says(juan, pin, "Su ALERTA #"+ref+" termino") // once more: the same
	}
	w := newWorld(t)
	w.text(juan, "ALERTA")
	for i := range 4 {
		w.says(juan, fmt.Sprint(1110+i), "no es correcto")
	}
	w.says(juan, "aqui estamos 4821 como veinte personas", "Lo agregamos") // tells nobody that a PIN was in it
	w.says(juan, "1115", "Espere")
	w.says(juan, "ALERTA 4821", "#")
	w.says(juan, "1117", "Espere")
	w.nothing(juan)
	for _, text := range w.inbox[maria] {
		said := regexp.MustCompile(`#\d{6}`).ReplaceAllString(text, "") // a reference may hold anything
		if strings.Contains(said, "111") || strings.Contains(said, "4821") {
			t.Errorf("what may be a PIN is passed on: %q", text)
		}
	}
}

// Words from the phone on which it was raised go on too, and say whose they are.
func TestWordsFromOtherPhones(t *testing.T) {
	w := newWorld(t)
	w.text(other, "ALERTA 312 555 0101 4821")
	clear(w.inbox)
	w.says(other, "me suben al autobus", "Lo agregamos")
	w.hears(maria, "Desde el telefono que aviso por Juan P. escriben, sin PIN: me suben al autobus")
	w.says(other, "1112", "no es correcto")
	w.says(other, "ya me soltaron", "BIEN y su PIN")
	w.nothing(maria)
	w.says(other, "4821", "termino")
	w.hears(maria, "termino")
	w.now = w.now.Add(time.Minute)
	w.says(other, "4821", "termino") // once more: the same

	w = newWorld(t)
	w.text(other, "ALERTA 312 555 0101 4821")
	clear(w.inbox)
	w.now = w.now.Add(time.Second)
	w.says(other, "4821", "Termino la ALERTA")
	w.nothing(maria)
	w.says(other, "si", "termino")

	w = newWorld(t)
	w.text(maria, "ALERTA se llevaron a Juan")
	clear(w.inbox)
	w.says(maria, "iban en una camioneta blanca sin placas", "Lo agregamos")
	w.hears(desk, "Maria escribe por Juan Perez Lopez: iban en una camioneta blanca")
	w.now = w.now.Add(2 * time.Minute)
	w.says(maria, "dicen que ya lo soltaron", "Lo agregamos")
	w.hears(desk, "Maria escribe por Juan Perez Lopez: dicen que ya lo soltaron")
	w.nothing(maria)

	w = newWorld(t)
	w.text(other, "ALERTA nos llevan")
	w.says(other, "somos cinco de la obra", "agregado")
	words := w.view(gateway.Scope{Phone: other}).Cases[0].Alert.Words
	if last := words[len(words)-1].Text; last != "somos cinco de la obra" {
		t.Errorf("the agents read %q", last)
	}
}
