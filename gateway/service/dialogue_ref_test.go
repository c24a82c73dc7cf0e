package service_test

import (
	"testing"
	"time"
)

// Whoever keys the number of their alert in place of their phone's is asked for
// the PIN, and is who the alert is of.
func TestAlertsNumberIsKeyedForThePhones(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	c := w.dials(other)
	c.press("2", "número de teléfono registrado")
	c.press(ref, "Siga marcando") // ten digits may still come
	c.press("", "Marque su pin")
	c.press("4821", "Su alerta terminó")
	w.hears(maria, "termino")

	w = newWorld(t)
	ref = w.ref(w.text(juan, "ALERTA"))
	c = w.dials(other)
	c.press("2")
	c.press(ref, "Siga marcando")
	c.press(ref, "Marque su pin") // once more
	c.press("1111", "no coinciden")

	w = newWorld(t)
	ref = w.ref(w.text(juan, "ALERTA"))
	c = w.dials(other)
	c.press("2")
	c.press(ref+"#", "Marque su pin") // nothing more comes
	c.press("4821#", "Su alerta terminó")

	w = newWorld(t)
	ref = w.ref(w.text(juan, "ALERTA"))
	c = w.dials(other)
	c.press("1", "registrado")
	c.press(ref[:3], "Siga marcando")
	c.press(ref[3:]+"#", "Marque su pin")
	c.press("4821#", "Su alerta ya fue enviada")

	w = newWorld(t)
	ref = w.ref(w.text(juan, "ALERTA"))
	s := w.ussd(other)
	s.reply("2", "numero")
	s.reply(ref, "PIN")
	s.reply("4821", "termino")
}

// Slow fingers go on with a phone's number behind six of its digits.
func TestSixDigitsOfAPhoneAreItsBeginning(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	c := w.dials(other)
	c.press("2")
	c.press("312555", "Siga marcando")
	c.press("0101", "Marque su pin")
	c.press("4821", "Su alerta terminó")
}

// References are known to contacts and desks: without the PIN one opens nothing,
// the answer does not say whether there is such an alert, and the same locks hold.
func TestAnAlertsNumberOpensNothingWithoutThePIN(t *testing.T) {
	answers := map[bool][]string{}
	for _, known := range []bool{true, false} {
		w := newWorld(t)
		ref := w.ref(w.text(juan, "ALERTA"))
		if !known {
			ref = "100001"
		}
		c := w.dials(maria)
		c.press("2")
		c.press("1")
		c = w.dials(other)
		c.press("2")
		c.press(ref)
		for _, keys := range []string{"", "1111", "", "", "2222"} {
			c.press(keys)
			answers[known] = append(answers[known], c.said())
		}
	}
	for i := range answers[true] {
		if answers[true][i] != answers[false][i] {
			t.Errorf("step %d tells an alert's number from another: %q, %q", i, answers[true][i], answers[false][i])
		}
	}

	// Wrong PINs by the alert's number and by the phone's are of one row.
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	tries := func(who string) *call {
		c := w.dials(other)
		c.press("2")
		c.press(who)
		if len(who) == 6 {
			c.press("")
		}
		return c
	}
	for i := range 5 {
		who := ref
		if i%2 == 0 {
			who = "3125550101"
		}
		tries(who).press("1111")
	}
	tries(ref).press("4821", "Demasiados intentos")

	// Where it looks called off it is not there, and an ended one neither.
	w = newWorld(t)
	ref = w.ref(w.text(juan, "ALERTA"))
	w.text(juan, "BIEN 4821")
	w.pass(time.Minute)
	c := w.dials(other)
	c.press("2")
	c.press(ref)
	c.press("", "Marque su pin")
	c.press("4821", "no coinciden")
}
