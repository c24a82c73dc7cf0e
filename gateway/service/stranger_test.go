package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// Whoever has never heard of us learns in one text what this is, how to register,
// how to call for help and whom to ring, in the language in which they ask.
func TestStrangersLearnWhoWeAre(t *testing.T) {
	for text, words := range map[string][]string{
		"ola":                          {"avisamos a su familia", "REGISTRO", "ALERTA", "312-555-0100"},
		"muy buenas tardes tenga":      {"avisamos a su familia", "REGISTRO", "ALERTA", "312-555-0100"},
		"de quien es este numero":      {"avisamos a su familia", "REGISTRO", "ALERTA", "312-555-0100"},
		"y ustedes que son":            {"avisamos a su familia", "REGISTRO", "ALERTA", "312-555-0100"},
		"esto cobran o es de a gratis": {"avisamos a su familia", "REGISTRO", "ALERTA", "312-555-0100"},
		"hi there, who are you?":       {"we tell your family", "REGISTER", "ALERT", "312-555-0100"},
		"what is this number for":      {"we tell your family", "REGISTER", "ALERT", "312-555-0100"},
	} {
		w := newWorld(t)
		w.says(other, text, words...)
	}
	w := newWorld(t)
	w.says(other, "AYUDA", "Pueden aplicar tarifas", "STOP") // which carriers require
	w.says(maria, "de quien es este numero", "312-555-0100")
}

// A PIN that comes alone from a phone that is nobody's is asked whose it is, in the
// same words whether or not it is anybody's; the number after it raises.
func TestPINAloneIsAskedForItsNumber(t *testing.T) {
	for _, text := range []string{"4821", "es el 4821", "48 21", "mi clave es 4821", "7777"} {
		w := newWorld(t)
		answer := w.says(other, text, "falta el telefono", "codigo")
		if strings.Contains(answer, "4821") || len(w.taskKinds()) != 0 {
			t.Errorf("%q is answered %q, tasks %v", text, answer, w.taskKinds())
		}
		raised := w.text(other, "312 555 0101")
		if right := text != "7777"; strings.Contains(raised, "Recibimos su ALERTA") != right {
			t.Errorf("%q and the number are answered %q", text, raised)
		}
	}
	w := newWorld(t)
	w.says(other, "4821", "falta el telefono")
	w.pass(2 * time.Hour)
	w.says(other, "312 555 0101", "falta el PIN") // too late for one alert
	w = newWorld(t)
	if answer := w.text(maria, "4821"); strings.Contains(answer, "falta el telefono") {
		t.Errorf("a contact is asked %q", answer)
	}
}

// A command is understood with blanks in its PIN, and a ZIP that is missing is
// asked for behind a right one.
func TestCommandsWithBlanksInThePIN(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"NOMBRE Rita Canul 48 21", "Rita Canul"}, {"Nombre: Rita Canul; PIN: 48 21", "Rita Canul"}, {"nombre rita canul 4 8 2 1", "Rita Canul"},
		{"ZIP 60629 48-21", "su ZIP es 60629"}, {"zip 60629, pin 48 21", "su ZIP es 60629"}, {"DATOS 48 21", "codigo"}, {"nonbre rita canul 4821", "Rita Canul"},
		{"AGREGAR +1 312 555 0177 Luz 48 21", "Anotado: Luz"}, {"QUITAR Pedro 48 21", "Quitamos a Pedro"}, {"BORRAR 48 21", "Seguro?"},
		{"ZIP 4821", "Un ZIP tiene cinco digitos"}, {"ZIP 48 21", "Un ZIP tiene cinco digitos"},
		{"NOMBRE Rita Canul 48 22", "no es correcto"}, {"ZIP 4822", "no es correcto"},
	} {
		newWorld(t).says(juan, c.text, c.want)
	}
	w := newWorld(t)
	w.text(juan, "zip 4821")
	w.says(juan, "60629", "su ZIP es 60629")
}

// Who is asked for the PIN of a command, and does not want it after all, is told
// that nothing changed, and not asked for it again.
func TestWhoLeavesACommandIsNotAskedForItsPIN(t *testing.T) {
	for _, no := range []string{"NO", "nel", "mejor no", "no gracias", "olvidelo", "ya no"} {
		w := newWorld(t)
		w.says(juan, "BORRAR", "PIN")
		w.says(juan, no, "No borramos nada")
		if answer := w.text(juan, "4821"); strings.Contains(answer, "Seguro") {
			t.Errorf("after %q a PIN is answered %q", no, answer)
		}
		w.says(juan, "ZIP 60629", "PIN")
		w.says(juan, no, "nada cambio")
	}
	w := newWorld(t)
	w.text(juan, "BORRAR")
	w.says(juan, "me agarro la migra", "ALERTA")
}

// Whoever stopped our texts and writes on another day what asks for nothing is told
// once how to come back; what belongs to the STOP is not answered.
func TestWhoStoppedIsToldOnceHowToComeBack(t *testing.T) {
	for _, from := range []gateway.Phone{other, maria, juan} {
		w := newWorld(t)
		w.text(from, "STOP")
		w.silent(from, "pues ni modo")
		w.pass(25 * time.Hour)
		w.inbox[from] = nil
		w.silent(from, "ya no me manden mensajes")
		w.says(from, "que hubo pues", "START", "REGISTRO")
		w.silent(from, "bueno pues")
		w.says(from, "START", "otra vez")
		w.text(from, "STOP")
		w.pass(25 * time.Hour)
		w.says(from, "andaba yo pensando", "START")
		w.nothing(from)
	}
}
