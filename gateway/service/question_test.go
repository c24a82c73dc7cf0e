package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// A question's answer counts from when its text has been handed to a carrier:
// what somebody writes before that is about something else.
func TestQuestionIsOpenFromWhenItIsAsked(t *testing.T) {
	const ana gateway.Phone = "+13125550120"
	registered := func(t *testing.T) *world {
		w := newWorld(t)
		for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130 Lucia", "LISTO", "7733"} {
			w.text(ana, text)
		}
		w.says(ana, "NO", "Listo: Ana R.")
		return w
	}
	t.Run("the second PIN", func(t *testing.T) {
		w := registered(t)
		for _, early := range []string{"7731", "ok ya vi", "NO"} {
			if answer := w.text(ana, early); strings.Contains(answer, "PIN son 4") || strings.Contains(answer, "Que le decimos") {
				t.Errorf("%q before the question is answered %q", early, answer)
			}
		}
		w.pass(time.Minute)
		w.hears(ana, "otro PIN")
		w.says(ana, "7731", "Que le decimos a Lucia")
		w = registered(t)
		w.text(ana, "7731")
		w.text(ana, "ALERTA")
		w.says(ana, "BIEN 7777", "no es correcto")
		w.says(ana, "BIEN 7733", "termino")
	})
	t.Run("while no carrier takes it", func(t *testing.T) {
		w := registered(t)
		w.fails[ana] = &gateway.Failure{Code: "503", Remedy: gateway.Retry}
		w.pass(time.Minute)
		if answer := w.text(ana, "8862"); strings.Contains(answer, "Que le decimos") {
			t.Errorf("an answer to a question that never went out: %q", answer)
		}
		delete(w.fails, ana)
		w.pass(10 * time.Minute)
		w.hears(ana, "otro PIN")
		w.says(ana, "8862", "Que le decimos a Lucia")
	})
	t.Run("is it still yours", func(t *testing.T) {
		w := newWorld(t)
		w.fails[juan] = &gateway.Failure{Code: "503", Remedy: gateway.Retry}
		w.days(90)
		w.text(juan, "no") // to somebody else
		if w.taskKinds()[gateway.TaskOwnNumber] != 0 {
			t.Error("NO to a question that was not asked yet gives the number up")
		}
		delete(w.fails, juan)
		w.pass(time.Hour)
		w.hears(juan, "Sigue siendo suyo")
		w.text(juan, "no")
		if w.taskKinds()[gateway.TaskOwnNumber] != 1 {
			t.Error("NO to the question does not give the number up")
		}
	})
	t.Run("a notice", func(t *testing.T) {
		w := newWorld(t)
		w.fails[maria] = &gateway.Failure{Code: "503", Remedy: gateway.Retry}
		ref := w.ref(w.text(juan, "ALERTA"))
		w.text(maria, "si")
		w.says(juan, "ESTADO", "confirmaron 0")
		w.says(maria, "RECIBIDO "+ref, "Gracias") // who names it knows of it
		w.says(juan, "ESTADO", "confirmaron 1")
	})
}

// Who is asked something, and is told of an alert then, speaks of the alert; who
// is asked something after that answers it.
func TestTheNewerQuestionIsAnswered(t *testing.T) {
	w := newWorld(t)
	w.says(pedro, "REGISTRO", "nombre")
	w.pass(time.Minute)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.pass(time.Second)
	w.says(pedro, "si", "Gracias", "#"+ref)
	w.says(pedro, "Pedro Paramo", "ZIP")

	w = newWorld(t)
	w.text(juan, "ALERTA")
	w.pass(time.Second)
	w.register(w.with(rosa, "Rosa Luna"))
	w.text(rosa, "me lleva la migra")
	w.says(rosa, "1", "Recibimos su ALERTA")
	w.pass(time.Minute)
	w.says(rosa, "1", "Gracias")
}

// with is somebody with Juan's contacts and a phone of their own.
func (w *world) with(phone gateway.Phone, name string) gateway.Profile {
	p := w.juan()
	p.Phone, p.Name = phone, name
	p.Contacts = p.Contacts[:2]
	return p
}
