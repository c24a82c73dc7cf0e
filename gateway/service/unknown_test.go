package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// What nobody understands is answered by what fits: the open question again,
// how to go on with an open alert, what a contact or a desk can say.
func TestUnknownIsAnsweredByWhatFits(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*world)
		from   gateway.Phone
		body   string
		want   []string
	}{
		"stranger":     {nil, other, "hola buenas", []string{"avisamos a su familia", "REGISTRO", "EMERGENCIA"}},
		"again":        {says(other, "hola buenas"), other, "oiga usted", []string{"No entendimos", "EMERGENCIA"}},
		"invited":      {(*world).invited, pedro, "y esto que es?", []string{"Juan P. le puso", "SI si acepta"}},
		"invited by 7": {(*world).invited, pedro, "7", []string{"Juan P. le puso"}},
		"invited, no":  {(*world).refused, pedro, "quien habla", []string{"Juan P. le puso"}},
		"accepted":     {nil, maria, "como esta el", []string{"contacto de emergencia de Juan P.", "escriba ALERTA"}},
		"desk":         {nil, desk, "buen dia, recibimos su correo", []string{"RECIBIDO, LOCALIZADO o CERRAR"}},
		"drill":        {says(juan, "PRUEBA"), maria, "que dice", []string{"PRUEBA #", "Responda 1"}},
		"desk asked": {func(w *world) { w.text(desk, "LOCALIZADO "+w.ref(w.text(juan, "ALERTA"))) }, desk, "???", []string{
			"que sabe? Responda donde y como esta"}},
		"own alert":      {says(juan, "ALERTA"), juan, "qqq", []string{"sigue abierta", "ALERTA y lo que pasa", "BIEN y su PIN"}},
		"own, PIN asked": {says(juan, "ALERTA", "BIEN"), juan, "cual", []string{"Escriba solo su PIN"}},
		"PIN asked":      {says(juan, "DATOS"), juan, "cual pin", []string{"Escriba solo su PIN"}},
		"name asked":     {says(other, "REGISTRO"), other, "12", []string{"nombre y apellido"}},
		"erasing":        {says(juan, "BORRAR", "4821"), juan, "mi prima", []string{"Borramos todos sus datos? Escriba SI", "NO"}},
		"twice":          {says(juan, "BORRAR", "4821", "mi prima"), juan, "mi comadre", []string{"nada cambio", "Una persona"}},
		"second PIN": {says(other, "REGISTRO", "Ana Lopez", "60608", "+1 312-555-0177 Luz", "LISTO", "4821", "NO"), other, "SI", []string{
			"escoja otro PIN"}},
		"borrowed phone": {says(other, "ALERTA soy Juan"), other, "el se llama Juan", []string{"Escriba ALERTA, su numero y su PIN"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.before != nil {
				c.before(w)
			}
			answer := w.says(c.from, c.body, c.want...)
			if name != "stranger" && name != "again" && name != "twice" && strings.Contains(answer, "EMERGENCIA") && !strings.Contains(answer, "nombre") {
				t.Errorf("gets the general menu: %s", answer)
			}
		})
	}
}

// Whoever was asked to be a contact and asks back is told who asked, what for and how
// to answer, and not that they were not understood; nor is an alert word in a question
// a cry.
func TestInvitedIsExplained(t *testing.T) {
	for body, want := range map[string]string{
		"disculpe, con quien tengo el gusto": "si le pasa algo, le avisamos",
		"esto sale caro? no tengo plata":     "Es gratis",
		"suena a engano, es legit?":          "No somos la migra",
		"ustedes son de la migra?":           "No somos la migra",
		"y de donde sacaron mi celular":      "nos dio su numero",
		"bueno y que tendria que hacer yo":   "le llega un texto y responde 1",
		"le ha pasado algo malo?":            "No es una alerta",
		"ando en la obra, luego le contesto": "Conteste cuando pueda",
		"que es eso de emergencia":           "si le pasa algo",
		"¿?":                                 "si le pasa algo",
		"fjkd qwz":                           "No entendimos",
	} {
		t.Run(body, func(t *testing.T) {
			w := newWorld(t)
			w.invited()
			answer := w.says(pedro, body, want, "Juan P.", "SI", "NO")
			if want != "No entendimos" && strings.Contains(answer, "entendimos") {
				t.Errorf("answered %q", answer)
			}
			if c := w.view(gateway.Scope{Phone: juan}).Own.Contact(pedro); c.Standing != gateway.StandingUnanswered {
				t.Errorf("stands as %v", c.Standing)
			}
		})
	}
}

// What a relative knows of an alert goes before an agent, and the answer says that
// somebody reads it.
func TestNewsIsSaidToBeRead(t *testing.T) {
	for body, read := range map[string]bool{
		"lo vieron en el juzgado de Elgin con cadenas": true,
		"padece de la presion y toma pastillas":        true,
		"recibido":                                     false,
		"1":                                            false,
	} {
		w := newWorld(t)
		w.text(juan, "ALERTA")
		w.deliver()
		if answer := w.says(maria, body, "Gracias", "No pague a nadie"); strings.Contains(answer, "Una persona lee") != read {
			t.Errorf("%q is answered %q", body, answer)
		}
		if n := w.taskKinds()[gateway.TaskAnswer]; (n > 0) != read {
			t.Errorf("%q leaves %d tasks", body, n)
		}
	}
}

func says(from gateway.Phone, bodies ...string) func(*world) {
	return func(w *world) {
		for _, body := range bodies {
			w.text(from, body)
			w.pass(time.Minute)
		}
	}
}

// invited has Pedro asked to be a contact.
func (w *world) invited() {
	w.handle(gateway.Invite{Profile: w.view(gateway.Scope{Phone: juan}).Own.ID})
	w.deliver()
}

func (w *world) refused() {
	w.invited()
	w.text(pedro, "NO")
}

// Two robots do not talk for ever, and words that are not understood twice in a
// row are put before an agent, without what may be a PIN.
func TestUnknownWordsLeaveATaskThenSilence(t *testing.T) {
	w := newWorld(t)
	w.says(other, "hola", "REGISTRO")
	w.says(other, "AYUDA", "alertas") // understood: the row begins anew
	w.says(other, "que tal", "REGISTRO")
	if n := w.taskKinds()[gateway.TaskSignal]; n != 0 {
		t.Errorf("%d tasks of words that were not in a row", n)
	}
	w.says(other, "mi clave es 4829 verdad", "No entendimos")
	lines, _, err := w.store.Tasks(t.Context(), 0, 10)
	if err != nil || len(lines) != 1 || lines[0].Note != "mi clave es **** verdad" {
		t.Errorf("tasks %+v (%v), want one without the PIN", lines, err)
	}
	w.says(other, "oiga", "No entendimos")
	w.silent(other, "hola")
	w.says(other, "ALERTA", "Escriba ALERTA, su numero y su PIN")
	w.pass(25 * time.Hour)
	w.says(other, "hola", "Escriba ALERTA")
}
