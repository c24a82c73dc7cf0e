package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// chicago sets the clock of the world to a time in Chicago.
func (w *world) chicago(at string) {
	w.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		w.Fatal(err)
	}
	if w.now, err = time.ParseInLocation("2006-01-02 15:04", at, zone); err != nil {
		w.Fatal(err)
	}
}

func TestCheckInIsAnsweredWithDayHourAndZone(t *testing.T) {
	for _, c := range []struct{ now, text, words string }{
		{"2026-11-22 14:30", "CITA 2H", "Si el domingo a las 16:30 hora de Chicago"},
		{"2026-11-22 14:30", "CITA 14:00", "Si el lunes a las 14:00 hora de Chicago"},
		{"2026-11-22 14:30", "cita 2pm", "Si el lunes a las 14:00"},
		{"2026-11-22 14:30", "Cita 5 p.m.", "Si el domingo a las 17:00"},
		{"2026-11-22 23:30", "CITA 2H", "Si el lunes a las 01:30"},
		{"2026-11-22 14:30", "CITA 24H", "Si el lunes a las 14:30"},
		{"2026-11-22 14:30", "CITA", "No pusimos ninguna cita"},
		{"2026-11-22 14:30", "CITA 14", "No pusimos ninguna cita"},
		{"2026-11-22 14:30", "CITA 25H", "No pusimos ninguna cita"},
		{"2026-11-22 14:30", "CITA 2H en migracion", "No pusimos ninguna cita"},
		{"2026-11-22 14:30", "CITA 31:00", "No pusimos ninguna cita"},
		{"2026-11-22 14:30", "CITA con el abogado a las 3", "No pusimos ninguna cita"},

		// Clocks go forward on 8 March at 2, back on 1 November at 2.
		{"2026-03-07 22:00", "CITA 02:30", "Si el domingo a las 03:30"},
		{"2026-03-08 00:30", "CITA 3H", "Si el domingo a las 04:30"},
		{"2026-03-07 14:30", "CITA 14:00", "Si el domingo a las 14:00"},
		{"2026-10-31 14:30", "CITA 14:00", "Si el domingo a las 14:00"},
		{"2026-11-01 00:30", "CITA 2H", "Si el domingo a las 01:30"},
		{"2026-11-01 00:30", "CITA 01:45", "Si el domingo a las 01:45"},
	} {
		w := newWorld(t)
		w.chicago(c.now)
		w.says(juan, c.text, c.words)
	}
}

// The hour that comes twice: what is said after the first is meant of the second.
func TestCheckInInTheHourThatComesTwice(t *testing.T) {
	w := newWorld(t)
	w.chicago("2026-11-01 01:50") // the first, of summer time
	first := w.now
	w.says(juan, "CITA 01:45", "Si el domingo a las 01:45")
	w.pass(54 * time.Minute)
	w.nothing(juan)
	w.pass(2 * time.Minute)
	w.hears(juan, "Ya salio?", "a las 02:45")
	w.pass(58 * time.Minute)
	w.nothing(maria)
	w.pass(3 * time.Minute)
	w.hears(maria, "no contesto")
	if took := w.now.Sub(first); took > 2*time.Hour {
		t.Errorf("raised after %v", took)
	}
}

// A time of the clock on the day on which it is put back may be 25 hours away.
func TestCheckInOverTheEndOfSummer(t *testing.T) {
	w := newWorld(t)
	w.chicago("2026-10-31 14:05")
	w.says(juan, "CITA 14:00", "Si el domingo a las 14:00")
	w.pass(24*time.Hour + 30*time.Minute) // 13:35
	w.nothing(juan)
	w.pass(time.Hour)
	w.hears(juan, "Ya salio?")
}

func TestCheckInIsPutOff(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "MAS 1H", "No tiene cita")
	w.says(juan, "CITA 1H", "a las 15:30")
	w.pass(90 * time.Minute) // within the hour of grace
	w.hears(juan, "Ya salio?", "a las 16:30")
	w.says(juan, "MAS 1H", "a las 17:00")
	w.says(juan, "MAS 30 minutos", "a las 17:30")
	w.says(juan, "MAS", "Su cita sigue puesta", "17:30")
	w.says(juan, "MAS 24H", "Su cita sigue puesta", "17:30") // a day after the first time at most
	w.pass(80 * time.Minute)
	w.nothing(juan, maria)
	w.pass(time.Hour)
	w.hears(juan, "Ya salio?")
	w.pass(time.Hour)
	w.hears(maria, "Juan P.", "no contesto a la hora que dijo")
	w.hears(desk, "no contesto a la hora que dijo")
	w.hears(juan, "Recibimos su ALERTA")
	w.says(juan, "LLEGUE 4821", "No tiene cita")
	w.says(juan, "BIEN 4821", "termino")
}

func TestNothingButLlegueAndThePINEndsACheckIn(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "CITA 1H", "a las 15:30")
	w.says(juan, "LLEGUE", "Responda solo con su PIN")
	w.says(juan, "LLEGUE 0000", "no es correcto")
	w.text(juan, "LLEGO la migra")
	w.says(juan, "no", "no avisamos")
	w.text(juan, "LLEGUÉ")    // the word of arriving, without a PIN
	w.text(juan, "ya llegue") // in a sentence
	w.text(juan, "CANCELAR 4821")
	w.pass(2*time.Hour + time.Minute)
	w.hears(maria, "no contesto")
}

func TestStopDoesNotEndACheckIn(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "CITA 1H", "a las 15:30")
	w.says(juan, "ALTO", "no recibira mas")
	w.pass(2*time.Hour + time.Minute)
	w.nothing(juan)
	w.hears(maria, "no contesto")
}

// With the duress PIN everything looks as it does with the real one, and the
// check-in goes on.
func TestCheckInUnderDuress(t *testing.T) {
	looks := map[string][]string{}
	for _, pin := range []string{"4821", "9917"} {
		w := newWorld(t)
		w.says(juan, "CITA 1H", "a las 15:30")
		for _, text := range []string{"LLEGUE " + pin, "LLEGUE " + pin, "MAS 1H", "ESTADO"} {
			looks[pin] = append(looks[pin], w.text(juan, text))
		}
		w.pass(3 * time.Hour)
		looks[pin] = append(looks[pin], w.inbox[juan]...)
		looks[pin] = append(looks[pin], w.text(juan, "ESTADO"), w.text(juan, "LLEGUE "+pin))
		switch pin {
		case "4821":
			w.nothing(maria, desk)
		default:
			w.hears(maria, "Juan P.", "no contesto")
			w.hears(desk, "Juan Perez Lopez")
			w.says(maria, "1", "Gracias")
			w.nothing(juan)
			if len(w.tasks(gateway.TaskDuress)) == 0 {
				t.Error("agents do not know")
			}
			w.says(juan, "ALERTA", "Recibimos su ALERTA") // what looks like a new one
		}
	}
	if a, b := looks["4821"], looks["9917"]; len(a) != len(b) {
		t.Fatalf("%q\n%q", a, b)
	}
	for i := range looks["4821"] {
		if a, b := looks["4821"][i], looks["9917"][i]; a != b {
			t.Errorf("answer %d: %q with the real PIN, %q under duress", i, a, b)
		}
	}
}

// After the duress PIN the real one still ends it.
func TestRealPINEndsAHiddenCheckIn(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "CITA 1H", "a las 15:30")
	w.says(juan, "LLEGUE 9917", "Que bueno")
	w.says(juan, "CITA 3H", "a las 17:30") // a new one leaves the hidden one alone
	w.says(juan, "LLEGUE 4821", "Que bueno")
	w.pass(6 * time.Hour)
	w.nothing(maria, desk, juan)

	w.says(juan, "CITA 1H", "a las")
	w.says(juan, "LLEGUE 9917", "Que bueno")
	w.says(juan, "CITA 12H", "a las")
	w.pass(2*time.Hour + time.Minute)
	w.hears(maria, "no contesto")
	w.nothing(juan)
}

// Whoever is out says so in their own words; whoever does not go, or takes longer,
// is told how their check-in stands. None of it is lost, and none of it ends a
// check-in without the PIN.
func TestCheckInInOwnWords(t *testing.T) {
	stands := []string{"sigue puesta", "LLEGUE y su PIN", "MAS 1H"}
	for _, said := range []string{
		"ya llegue a la casa", "ya salimos de la corte gracias a dios", "llegamos bien", "ya estoy afuera", "i'm home",
		"CITA NO", "CITA cancelada", "ya no voy a ir a la cita", "me cancelaron la cita", "quiten la cita", "CANCELAR",
		"MAS", "ocupo mas tiempo", "se estan tardando mucho aqui", "todavia sigo esperando adentro", "ESTADO",
	} {
		w := newWorld(t)
		w.says(juan, "CITA 2H", "LLEGUE")
		w.says(juan, said, stands...)
		w.pass(4 * time.Hour)
		w.hears(maria, "ALERTA", "no contesto")
	}
	for _, said := range []string{"ya llegue a la casa 4821", "4821 ya salimos", "ya estoy en mi casa mi pin es 4821", "ya no fui a la cita 4821"} {
		w := newWorld(t)
		w.says(juan, "CITA 2H", "LLEGUE")
		w.says(juan, said, "Que bueno que salio")
		w.pass(4 * time.Hour)
		w.nothing(maria, desk)
	}
	for _, said := range []string{"ya llegue a la casa 9917", "9917 ya estoy afuera"} { // under duress it looks ended
		w := newWorld(t)
		w.says(juan, "CITA 2H", "LLEGUE")
		w.says(juan, said, "Que bueno que salio")
		w.pass(4 * time.Hour)
		w.hears(maria, "ALERTA")
	}
	w := newWorld(t)
	w.says(juan, "CITA 2H", "LLEGUE")
	w.says(juan, "ya llegue 4822", "PIN")                                         // a wrong one ends nothing
	for _, said := range []string{"todavia no salgo", "cuando salga les aviso"} { // is not that
		w.text(juan, said)
		if got := w.inbox[juan]; len(got) > 0 && strings.Contains(got[len(got)-1], "Que bueno") {
			t.Errorf("%q ended the check-in", said)
		}
	}
	w = newWorld(t)
	w.says(juan, "CITA 2H", "LLEGUE")
	w.says(juan, "me agarro la migra en la cita", "Es una ALERTA?")
}

// Whoever is out says where, and since when: a house number, a ZIP or a time of day
// is no wrong PIN, neither of a check-in nor of an alert.
func TestWhereSomebodyIsNowIsNoWrongPIN(t *testing.T) {
	places := []string{"al 2415 de Kedzie", "estoy en 2415 S Kedzie", "ya en mi casa 60608", "a las 1430", "a la 2415 W Cermak"}
	w := newWorld(t)
	w.says(juan, "CITA 2H", "LLEGUE")
	for _, place := range places {
		w.says(juan, "ya llegue "+place, "Su cita sigue puesta", "LLEGUE y su PIN")
	}
	w.says(juan, "ya llegue a la casa 4821", "Que bueno que salio") // none of them was counted
	for _, place := range places {
		w := newWorld(t)
		w.text(juan, "ALERTA")
		if got := w.text(juan, "ya me soltaron "+place); strings.Contains(got, "no es correcto") || !strings.Contains(got, "PIN") {
			t.Errorf("%q is answered %q", place, got)
		}
		w.says(juan, "4821", "termino")
	}
	w = newWorld(t)
	w.text(juan, "ALERTA")
	w.says(juan, "ya me soltaron 4822", "no es correcto")
}
