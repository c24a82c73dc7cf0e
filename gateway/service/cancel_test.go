package service_test

import (
	"strings"
	"testing"

	"aviso/gateway"
)

// How it ended goes along: into the record, and to those who may know.
func TestHowItEnded(t *testing.T) {
	for _, c := range []struct {
		text, reason string
		answer, told string
	}{
		{"BIEN 4821", "pin", "esta bien", "termino. Si tiene duda"},
		{"BIEN 4821 LIBRE", "released", "esta bien", "termino: Salio libre."},
		{"cancelar 4821 error", "false-alarm", "esta bien", "termino: Fue falsa alarma."},
		{"CANCELAR 4821 DEPORTADO", "deported", "Avisamos a 4. ALBERGUE y apoyo al llegar a Mexico: llame +1 312-555-0100", "termino: Fue deportado."},
	} {
		t.Run(c.text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			clear(w.inbox)
			answer := w.says(juan, c.text, "termino", c.answer)
			if again := w.text(juan, "BIEN 4821"); again != answer {
				t.Errorf("the PIN again is answered %q", again)
			}
			w.hears(maria, c.told)
			w.hears(desk, strings.TrimSuffix(c.told, " Si tiene duda"))
			w.hears(rosa, "el aviso", "termino. Si tiene duda") // vague
			for _, k := range w.view(gateway.Scope{Phone: juan}).Cases {
				if k.Alert.Reason != c.reason {
					t.Errorf("the alert ended for %q, want %q", k.Alert.Reason, c.reason)
				}
			}

			w = newWorld(t)
			w.text(juan, "ALERTA")
			forced := w.text(juan, strings.ReplaceAll(c.text, "4821", "9917"))
			if ours, theirs := answer[strings.Index(answer, " termino"):], forced[strings.Index(forced, " termino"):]; ours != theirs {
				t.Errorf("under duress it is answered %q", forced)
			}
		})
	}
}
