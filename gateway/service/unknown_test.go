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
