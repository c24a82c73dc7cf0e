package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

var (
	optedOut = &gateway.Failure{Code: "21610", Remedy: gateway.Never, OptedOut: true}
	invalid  = &gateway.Failure{Code: "21211", Remedy: gateway.Never, Invalid: true}
)

// Whoever stopped our texts at the carrier is not texted by later alerts
// either, though nobody has told us so but a receipt.
func TestOptedOutAtTheCarrierIsRemembered(t *testing.T) {
	for name, refuse := range map[string]func(*world){
		"on create": func(w *world) { w.fails[maria] = optedOut; w.text(juan, "ALERTA"); clear(w.fails) },
		"in a receipt": func(w *world) {
			w.text(juan, "ALERTA")
			w.hears(maria, "Juan P.")
			w.receipt(maria, gateway.RankFailed, optedOut)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			refuse(w)
			w.hears(juan, "no pudimos avisar a Maria")
			w.nothing(juan) // once is enough
			if len(w.tasks(gateway.TaskOptedOut)) != 1 {
				t.Errorf("tasks %+v, want one to ring Maria", w.tasks(gateway.TaskOptedOut))
			}
			w.text(juan, "BIEN 4821")
			w.nothing(maria)
			clear(w.inbox)
			clear(w.calls)
			w.says(juan, "ALERTA", "a 2 contactos")
			w.pass(10 * time.Minute)
			w.nothing(maria)
			w.rings(maria, 0)
			w.says(maria, "START", "otra vez")
			w.text(juan, "BIEN 4821")
			w.text(juan, "ALERTA")
			w.hears(maria, "Juan P.")
		})
	}
}

func TestInvitedWhoOptedOutIsToldToTheOwner(t *testing.T) {
	w := newWorld(t)
	w.fails[pedro] = optedOut
	w.handle(gateway.Invite{Profile: w.view(gateway.Scope{Phone: juan}).Own.ID})
	w.deliver()
	w.hears(juan, "Pedro ya no recibe nuestros mensajes")
	w.nothing(juan)
}

func TestNumberThatDoesNotExistIsFlagged(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = invalid
	w.says(juan, "ALERTA", "a 3 contactos")
	w.hears(juan, "El numero que dio para Maria no existe")
	w.hears(juan, "no pudimos avisar a Maria")
	if len(w.tasks(gateway.TaskUnreachable)) != 1 {
		t.Error("nobody is asked to ring")
	}
	w.rings(maria, 0)
	clear(w.fails)
	w.text(juan, "BIEN 4821")
	clear(w.inbox)
	w.says(juan, "ALERTA", "a 2 contactos")
	w.nothing(maria)
}

// A carrier that keeps our answers from somebody says so to the answer's own
// address; from then on nothing else of ours is wasted on them.
func TestAnswerThatWasRefusedStops(t *testing.T) {
	w := newWorld(t)
	w.says(maria, "AYUDA", "EMERGENCIA")
	w.handle(gateway.AnswerFailed{Key: "SM1", To: maria, Failure: undelivered})
	if w.view(gateway.Scope{Phone: juan}).Stopped[maria] {
		t.Error("a text that a network lost stops nobody")
	}
	w.handle(gateway.AnswerFailed{Key: "SM2", To: maria, Failure: optedOut})
	w.deliver()
	w.hears(juan, "Maria ya no recibe")
	w.handle(gateway.AnswerFailed{Key: "SM2", To: maria, Failure: optedOut}) // again
	w.deliver()
	w.nothing(juan, maria)
	w.says(juan, "ALERTA", "a 2 contactos")
	w.nothing(maria)
}

// Of the person with an open alert it is as a STOP: it closes nothing, and an
// agent looks.
func TestRefusedAnswerClosesNothing(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "ALERTA", "Recibimos")
	w.handle(gateway.AnswerFailed{Key: "SM1", To: juan, Failure: optedOut})
	if len(w.tasks(gateway.TaskStopWhileOpen)) != 1 {
		t.Error("no agent looks")
	}
	w.says(maria, "1", "Gracias")
	w.nothing(juan)
	w.says(juan, "ESTADO", "confirmaron 1")
}

// What a carrier opted out or in by itself is noted, and what the text says
// counts all the same.
func TestOptOutAtTheCarrierKeepsTheWords(t *testing.T) {
	for _, c := range []struct {
		name, before, body, optOut string
		holds                      string        // the answer; "": none
		hears                      gateway.Phone // who learns of it
		stopped                    bool
	}{
		{"an alert", "", "ALERTA me llevan", "STOP", "Recibimos su ALERTA", maria, true},
		{"an alert, after the carrier's word", "", "Stop! ALERTA", "STOP", "Es una ALERTA", "", true},
		{"the end", "ALERTA", "BIEN 4821", "STOP", "termino", maria, true},
		{"the end, without its PIN", "ALERTA", "bien", "STOP", "PIN", "", true},
		{"an alert by somebody who comes back", "STOP", "ALERTA", "START", "Recibimos su ALERTA", desk, false},
		{"the end by somebody who comes back", "ALERTA", "Bien 4821", "START", "termino", maria, false},
		{"a word of the operator's choice", "", "ARRET", "STOP", "", "", true},
		{"the same, back: the carrier has said so", "STOP", "RETOUR", "START", "", "", false},
		{"back by its own word: the carrier has said so", "STOP", "START", "START", "", "", false},
		{"back where the carrier says nothing", "STOP", "START", "", "otra vez", "", false},
		{"yes is a word of return, and an answer", "STOP", "si", "START", "", "", false},
		{"help is the carrier's own", "", "ALERTA", "HELP", "Recibimos su ALERTA", maria, false},
		{"help that it has answered", "", "HELP", "HELP", "", "", false},
		{"help that it has answered, in Spanish", "", "Ayuda.", "HELP", "", "", false},
		{"help by a word of the operator's choice", "", "AIUTO", "HELP", "", "", false},
		{"help that nobody has answered", "", "AYUDA", "", "EMERGENCIA", "", false},
		{"a cry that holds a word of help", "", "ayuda me esta llevando la migra", "HELP", "Es una ALERTA", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.before != "" {
				w.text(juan, c.before)
			}
			clear(w.inbox)
			answer, err := w.service.Handle(t.Context(), gateway.NewText("SMopt", juan, ourLine, c.body, c.optOut))
			if err != nil {
				t.Fatal(err)
			}
			w.deliver()
			if !strings.Contains(answer.Text, c.holds) || c.holds == "" && answer.Text != "" {
				t.Errorf("answered %q, want %q", answer.Text, c.holds)
			}
			if c.hears != "" {
				w.hears(c.hears, "ALERTA")
			}
			if answer := w.text(juan, "STOP"); (answer == "") != c.stopped {
				t.Errorf("a stop after it is answered %q", answer)
			}
		})
	}
}
