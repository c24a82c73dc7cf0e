package service_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
)

// A PIN counts however it is written.
func TestPINsInAnyForm(t *testing.T) {
	forms := []string{
		"4821.", "(4821)", "48 21", "48-21", "pin 4821", "PIN: 4821!", "pin4821", "mi clave es la 4821, gracias", "4 8 2 1", "cuatro ocho dos uno",
		"４８２１", "\"4821\"", "4821 es mi pin",
	}
	w := newWorld(t)
	next := 0
	form := func() string {
		next++
		return forms[next%len(forms)]
	}
	for range 5 { // each form with five of the commands, and each command with five of the forms
		w.says(juan, "CITA 2H", "LLEGUE")
		w.says(juan, "LLEGUE "+form(), "Que bueno")
		w.says(juan, "ZIP 60601 "+form(), "60601")
		w.says(juan, "CONSULADO NO "+form(), "consulado: NO")
		w.says(juan, "DATOS", "PIN")
		w.says(juan, form(), "Juan Perez")
		w.says(juan, "ALERTA me llevan "+form(), "Recibimos")
		w.says(juan, "ESTADO "+form(), "Maria: aun no")
		w.says(juan, "BIEN "+form()+" DEPORTADO", "termino")
		w.says(other, "ALERTA 312-555-0101, "+form(), "Recibimos")
		w.says(other, "CANCELAR (312) 555 0101 / "+form(), "termino")
		w.says(juan, "BIEN", "PIN")
		w.says(juan, form(), "termino")
		next++
	}
	w.says(juan, "AGREGAR +1 312-555-0140 Luis "+form(), "Anotado: Luis 312-555-0140")
	w.says(juan, "QUITAR Luis, "+form(), "Quitamos a Luis")
}

// A desk's reference counts however it is written.
func TestReferencesInAnyForm(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	for _, form := range []string{ref, "#" + ref + ".", "(" + ref + ")", ref[:3] + " " + ref[3:], "caso " + ref + ":"} {
		w.says(desk, "LOCALIZADO "+form+" Esta en Broadview", "#"+ref)
		if text := w.hears(maria, "Broadview"); !strings.Contains(text, ": Esta en Broadview") {
			t.Errorf("%q is passed on as %q", form, text)
		}
	}
}

// recorder keeps what is committed.
type recorder struct {
	gateway.Store
	kept strings.Builder
}

func (r *recorder) Commit(ctx context.Context, turn gateway.Turn) error {
	for _, things := range []any{turn.Tasks, turn.Audit, turn.Alerts, turn.Attempts, turn.Answer} {
		text, err := json.Marshal(things)
		if err != nil {
			return fmt.Errorf("marshal: %w", err)
		}
		for _, word := range strings.Split(string(text), `"`) {
			if strings.Contains(word, " ") || len(word) < 9 { // and no identifier
				fmt.Fprintln(&r.kept, word)
			}
		}
	}
	return r.Store.Commit(ctx, turn)
}

// A PIN, right or wrong, stands in no task, no history, no alert's words and no
// text, whoever wrote it wherever.
func TestPINsStandNowhere(t *testing.T) {
	for _, digits := range []string{"4821", "4827513"} {
		spaced, spelled := digits[:2]+" "+digits[2:], "cuatro ocho dos uno"
		if digits != "4821" {
			spelled = "cuatro ocho dos siete cinco uno tres"
		}
		forms := []string{digits, digits + ".", "(" + digits + ")", spaced, "pin" + digits, "mi clave es " + spaced, spelled}
		w := newWorld(t)
		r := &recorder{Store: w.service.Store}
		w.service.Store = r
		next := 0
		say := func(from gateway.Phone, before, after string) {
			w.text(from, before+forms[next%len(forms)]+after)
			next++
		}
		for _, text := range [][2]string{
			{"ALERTA ", ""}, {"ALERTA me llevan ", ""}, {"ALERTA ", " me llevan"}, {"ayuda, la migra, ", ""}, {"BIEN ", ""}, {"ALERTA vengan ", ""}, {"ESTADO ", ""},
			{"LLEGUE ", ""}, {"QUITAR Luis ", ""}, {"AGREGAR 312-555-0140 Luis, ", ""}, {"ya sali ", ""}, {"", ""},
		} {
			for _, from := range []gateway.Phone{juan, other, maria} {
				say(from, text[0], text[1])
			}
		}
		for range forms {
			say("+13125550151", "ALERTA 3125550101 ", "")
			say("+13125550151", "hola soy Juan ALERTA 312-555-0101, ", "")
			say("+13125550151", "", " 312 555 0101 ALERTA")
			say("+13125550151", "CANCELAR 3125550101 ", "")
		}
		w.pass(5 * time.Minute)
		for line := range strings.Lines(r.kept.String()) {
			words := " " + strings.Join(keyword.Tokens(line), " ") + " "
			for _, leak := range []string{digits, spaced, strings.ToUpper(spelled)} {
				if strings.Contains(words, leak) {
					t.Errorf("a PIN stands in %q", strings.TrimSpace(line))
				}
			}
		}
		if !strings.Contains(r.kept.String(), "me llevan") {
			t.Fatal("nothing was looked at")
		}
	}
}
