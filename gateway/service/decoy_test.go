package service_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// drawn is what differs from one person to the next by chance.
var drawn = regexp.MustCompile(`#\d{6}|codigo:? \d{9}`)

// Whatever is done with a PIN, the duress PIN is answered as the real one, and
// so is everything that the phone is asked afterwards.
func TestDuressIsAnsweredAsTheRealPIN(t *testing.T) {
	for _, script := range []string{
		"ALERTA|ESTADO PIN|CANCELAR PIN|ESTADO|CANCELAR PIN|ALERTA|ESTADO|BIEN PIN ERROR|BIEN PIN",
		"ALERTA|BIEN PIN DEPORTADO|BIEN PIN|DATOS PIN|ZIP 90210 PIN|DATOS PIN",
		"DATOS PIN|ZIP 90210 PIN|CONSULADO|CITA 2H|LLEGUE PIN|DATOS PIN|ZIP 606 PIN",
		"AGREGAR +1 312-555-0140 Luis PIN|DATOS PIN|AGREGAR +1 312-555-0140 Luis PIN|QUITAR 312-555-0140 PIN|DATOS PIN",
		"AGREGAR 3312349999 Berta y 9515015000 Paco PIN|2|1|DATOS PIN|AGREGAR 5512345678 Paco PIN|1|DATOS PIN",
		"AGREGAR +1 312-555-0101 yo PIN|AGREGAR +523312345678 Maria PIN|AGREGAR +442079460000 Bob PIN|AGREGAR Bob PIN",
		"QUITAR Maria PIN|DATOS PIN|QUITAR Maria PIN|AGREGAR +523312345678 Maria PIN|DATOS PIN",
		"CONSULADO NO PIN|DATOS PIN|CONSULADO SI PIN|DATOS PIN",
		"BORRAR PIN|SI|DATOS PIN|ESTADO|CITA 2H|PRUEBA|1|la migra me lleva|ALERTA aqui|ALERTA alla|ESTADO|CANCELAR PIN|CANCELAR|START|AYUDA",
		"BORRAR PIN|SI|REGISTRO|Luis Diaz|60608|+1 312-555-0140 Eva|LISTO|5573|NO|DATOS 5573|ALERTA|BIEN 5573|BIEN PIN",
		"BORRAR PIN|NO|DATOS PIN",
		"QUITAR Maria PIN|ALERTA|ESTADO|ALERTA en la 26|ESTADO PIN|BIEN PIN|ESTADO",
		"CONSULADO NO PIN|ALERTA|ESTADO|ESTADO PIN|BIEN PIN",
		"ZIP 90210 PIN|ALERTA|ESTADO|ESTADO PIN|ALERTA otra vez|BIEN PIN",
		"AGREGAR +1 312-555-0140 Luis PIN|ALERTA|ESTADO PIN|ALERTA me llevan|BIEN PIN",
		"AGREGAR +1 312-555-0140 Luis PIN|ALERTA|BIEN PIN|ALERTA|BIEN PIN|ALERTA|ESTADO",
		"ALERTA|BIEN PIN|ALERTA|BIEN PIN LIBRE|ALERTA|ESTADO|ESTADO PIN|ALERTA en la 26|BIEN PIN|ALERTA|ESTADO PIN|BIEN PIN ERROR",
		"ALERTA|BIEN PIN|ALERTA|BIEN PIN|QUITAR Maria PIN|ALERTA|ESTADO|ESTADO PIN|BIEN PIN",
		"CONSULADO NO PIN|ALERTA|BIEN PIN|ALERTA|BIEN PIN|ALERTA|ESTADO PIN",
		"ALERTA|BIEN PIN|PRUEBA|PRUEBA|ALERTA|ESTADO",
		"QUITAR Maria PIN|PRUEBA",
	} {
		t.Run(script, func(t *testing.T) {
			free, forced := newWorld(t), newWorld(t)
			for _, w := range []*world{free, forced} { // the unanswered contact's caps are not what is tested
				w.text(pedro, "SI")
			}
			for _, text := range strings.Split(script, "|") {
				real := drawn.ReplaceAllString(free.text(juan, strings.ReplaceAll(text, "PIN", "4821")), "#")
				duress := drawn.ReplaceAllString(forced.text(juan, strings.ReplaceAll(text, "PIN", "9917")), "#")
				if real != duress {
					t.Errorf("%s\n  the real PIN %s\nthe duress PIN %s", text, real, duress)
				}
			}
		})
	}
}

// Nothing is changed by force, and agents know.
func TestForceChangesNothing(t *testing.T) {
	w := newCentre(t)
	before := w.says(juan, "DATOS 4821", "60608", "Maria")
	for _, text := range []string{"ZIP 90210 9917", "QUITAR Maria 9917", "AGREGAR +1 312-555-0140 Luis 9917", "CONSULADO NO 9917"} {
		w.text(juan, text)
	}
	w.nothing("+13125550140")
	w.says(juan, "DATOS 9917", "90210", "Luis", "consulado: NO")
	if len(w.tasks(gateway.TaskDuress)) == 0 {
		t.Error("agents do not know")
	}
	if after := w.text(juan, "DATOS 4821"); after != before {
		t.Errorf("the real PIN shows %q, before it was %q", after, before)
	}
	w.says(juan, "DATOS 9917", "60608", "Maria") // there is nothing left to pretend
}

// Whoever was forced to leave out a contact is not betrayed by that contact's
// answer; what the phone is told later is what it would be told of fewer.
func TestForcedAlertHidesWhoConfirms(t *testing.T) {
	w := newWorld(t)
	w.text(pedro, "SI")
	w.text(juan, "QUITAR Maria 9917")
	w.says(juan, "ALERTA", "2 contactos y")
	w.hears(maria, "Juan P.")
	delete(w.inbox, juan)
	w.says(maria, "RECIBIDO", "Gracias")
	w.nothing(juan)
	w.says(juan, "ESTADO 9917", "avisados 3, confirmaron 0", "Pedro")
	w.text(pedro, "RECIBIDO")
	w.hears(juan, "Pedro")
	w.says(juan, "ESTADO 4821", "Maria: SI")

	w = newWorld(t)
	w.text(juan, "QUITAR Maria 9917")
	w.text(pedro, "SI")
	w.says(juan, "PRUEBA", "1 contacto")
	delete(w.inbox, juan)
	w.pass(20 * time.Minute)
	w.hears(juan, "0 de 2 contactos")
}

// Who was forced to erase themselves is there for everybody but whoever holds
// their phone, until their real PIN comes.
func TestForcedErasureErasesNobody(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "BORRAR 9917")
	w.says(juan, "SI", "Borramos")
	w.says(other, "ALERTA 3125550101 4821 en la 26", "Recibimos")
	w.hears(maria, "Juan P.", "en la 26")
	w.hears(desk, "Juan Perez Lopez")
	w.text(other, "BIEN 4821")
	clear(w.inbox)

	w.says(juan, "ALERTA me llevan", "no conocemos este telefono")
	w.hears(maria, "Juan P.", "me llevan")
	w.says(juan, "ESTADO", "agregado")
	w.says(maria, "1", "Gracias")
	w.nothing(juan)
	for range 5 { // guesses count, and are answered as of nobody
		w.says(juan, "BIEN 1234", "no es correcto")
	}
	w.says(juan, "BIEN 4821", "no es correcto")
	w.pass(16 * time.Minute)
	w.text(juan, "BIEN 4821")
	w.hears(maria, "termino")
	w.says(juan, "DATOS 4821", "Maria")
}

// A real PIN does not erase somebody whose alert only looks called off.
func TestErasureWaitsForAnAlertThatLooksCalledOff(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.text(juan, "BIEN 9917")
	w.says(juan, "BORRAR 4821", "alerta abierta")
	w.text(juan, "BIEN 4821")
	w.says(juan, "BORRAR 4821", "Seguro")
}

// While a message for a contact is asked for, somebody is forced to take a contact
// off. From then on the phone is asked nothing by which it is told from one whose
// contact was taken off in truth, and nothing is written into the real profile.
func TestNothingOfTheTruthIsAskedBehindADecoy(t *testing.T) {
	answers := map[string][]string{}
	for _, pin := range []string{"4821", "9917"} {
		w := newWorld(t)
		const ana gateway.Phone = "+13125550120"
		for _, said := range []string{"REGISTRO", "Ana Ruiz", "60608", "+52 33 1234 9999 Lupe", "+52 33 1234 8888 Chela", "LISTO", "4821", "NO"} {
			w.text(ana, said)
		}
		w.pass(10 * time.Minute)
		w.text(ana, "9917") // the second PIN, then a message is asked for
		for _, said := range []string{"QUITAR 8888 " + pin, "dile que la quiero mucho", "NO", "DATOS " + pin} {
			answers[pin] = append(answers[pin], w.text(ana, said))
		}
		w.pass(5 * time.Hour)
		answers[pin] = append(answers[pin], w.inbox[ana]...)
		p, err := w.store.ProfileByPhone(w.Context(), ana)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Contacts {
			if c.Message != "" {
				t.Errorf("%s: the real profile holds %q", pin, c.Message)
			}
		}
	}
	said := func(pin string) string {
		return regexp.MustCompile(`codigo \d+`).ReplaceAllString(strings.Join(answers[pin], "\n"), "codigo")
	}
	if got, want := said("9917"), said("4821"); got != want {
		t.Errorf("under duress:\n%s\nelse:\n%s", got, want)
	}
}
