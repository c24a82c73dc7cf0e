package service_test

import (
	"strings"
	"testing"

	"aviso/gateway"
)

// Words by which somebody wants one of the family kept out of it reach no
// relative and no desk: an agent reads them.
func TestWordsThatNoRelativeMayRead(t *testing.T) {
	for _, text := range []string{
		"no le avisen a mi esposo por favor", "que no se entere mi papa", "quiero quitar a mi hermana de la lista", "don't tell my husband",
		"ya no quiero que mi hermano sepa nada", "saquen a mi cuñado de los contactos",
	} {
		t.Run("while it is open: "+text, func(t *testing.T) {
			w := newWorld(t)
			ref := w.ref(w.text(juan, "ALERTA"))
			clear(w.inbox)
			w.says(juan, text, "#"+ref, "no lo pasamos")
			w.nothing(maria, pedro, rosa, desk)
			w.agentReads(text)
		})
		t.Run("with the alert: "+text, func(t *testing.T) {
			w := newWorld(t)
			w.says(juan, "ALERTA "+text, "Recibimos")
			for _, who := range []gateway.Phone{maria, desk} {
				if heard := strings.Join(w.inbox[who], " "); !strings.Contains(heard, "ALERTA") || strings.Contains(heard, text) {
					t.Errorf("%s hears %q", who, heard)
				}
			}
			w.agentReads(text)
		})
		t.Run("on a borrowed phone: "+text, func(t *testing.T) {
			w := newWorld(t)
			w.says(other, "ALERTA 312 555 0101 4821 "+text, "ALERTA")
			if heard := strings.Join(w.inbox[maria], " "); !strings.Contains(heard, "ALERTA") || strings.Contains(heard, text) {
				t.Errorf("Maria hears %q", heard)
			}
			w.agentReads(text)
		})
		t.Run("with the answer to a cry: "+text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "me agarro la migra")
			w.says(juan, "si es alerta, "+text)
			if heard := strings.Join(w.inbox[maria], " "); strings.Contains(heard, text) {
				t.Errorf("Maria hears %q", heard)
			}
			w.agentReads(text)
		})
		t.Run("in a cry: "+text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "me agarro la migra, "+text)
			w.says(juan, "1", "Recibimos")
			if heard := strings.Join(w.inbox[maria], " "); !strings.Contains(heard, "ALERTA") || strings.Contains(heard, text) {
				t.Errorf("Maria hears %q", heard)
			}
			w.agentReads(text)
		})
	}
}

func (w *world) agentReads(text string) {
	w.Helper()
	lines, _, err := w.store.Tasks(w.Context(), 0, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, line := range lines {
		if line.Kind == gateway.TaskSignal && strings.Contains(line.Note, text) && line.Urgent {
			return
		}
	}
	w.Errorf("no open task holds %q", text)
}

// Whoever wants to change what is kept, in their own words, is told how; a ZIP
// that they say is taken, behind their PIN.
func TestChangesInOwnWords(t *testing.T) {
	for text, want := range map[string]string{
		"quiero agregar a mi prima":               "AGREGAR",
		"como pongo otro contacto":                "AGREGAR",
		"quita a mi ex":                           "QUITAR",
		"quiero borrar a mi cuñado de contacto":   "QUITAR",
		"mi nombre esta mal":                      "NOMBRE",
		"me cambie de casa":                       "ZIP",
		"ya no vivo en chicago me mude a houston": "ZIP",
	} {
		w := newWorld(t)
		w.says(juan, text, want, "PIN")
	}
	for _, text := range []string{"mi nuevo zip es 60629", "me mude al 60629", "mi codigo postal ahora es 60629"} {
		w := newWorld(t)
		w.says(juan, text, "PIN")
		w.text(juan, "4821")
		if zip := w.view(gateway.Scope{Phone: juan}).Own.ZIP; zip != "60629" {
			t.Errorf("%q and the PIN: the ZIP is %s", text, zip)
		}
	}
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.says(juan, "mi nuevo zip es 60629") // no wrong PIN
	if wrong := w.view(gateway.Scope{Phone: juan}).Own.WrongPINs; wrong != 0 {
		t.Errorf("a ZIP was counted as %d wrong PINs", wrong)
	}
}
