package decision

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// A text of any length is read in time linear in it: a flood of digits must not
// hold up an alert.
func TestLongTextsOfDigits(t *testing.T) {
	d := &Decision{View: &gateway.View{Directory: &gateway.Directory{}}}
	for _, unit := range []string{"1 ", "1a", "3125550101 ", "pin 4821 ", "en 26 "} {
		text := strings.Repeat(unit, 64<<10/len(unit)) // the largest body that is taken
		start := time.Now()
		gateway.NewText("SM1", "+13125550101", "", text, "")
		d.Relayed(text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d of %q take %s", len(text)/len(unit), unit, took)
		}
	}
}

// What a person wrote is passed on without a PIN, and with the numbers that say
// where they are; an agent reads stars.
func TestPINsAreHidden(t *testing.T) {
	d := &Decision{View: &gateway.View{Directory: &gateway.Directory{}}}
	for _, c := range []struct{ text, relayed, hidden string }{
		{"4821 me llevan", "me llevan", "**** me llevan"},
		{"me llevan, pin 4821", "me llevan", "me llevan, pin ****"},
		{"me llevan y mi pin es el 48-21, vengan", "me llevan, vengan", "me llevan y mi pin es el ****, vengan"},
		{"ya sali 4821.", "ya sali.", "ya sali ****."},
		{"4821 es mi clave", "", "**** es mi clave"},
		{"(4821)", "", "(****)"},
		{"soy Juan Perez 4821", "soy Juan Perez", "soy Juan Perez ****"},
		{"clave cuatro ocho dos uno", "", "clave ****"},
		{"hola soy Juan 3125550101, 4821", "hola soy Juan 3125550101", "hola soy Juan 3125550101, ****"},
		{"2415 S Kedzie, me llevan", "2415 S Kedzie, me llevan", "2415 S Kedzie, me llevan"},
		{"estoy en Kedzie 2415", "estoy en Kedzie 2415", "estoy en Kedzie 2415"},
		{"vengan por favor ya 4821", "vengan por favor ya", "vengan por favor ya ****"},
		{"en la 26 4821", "en la 26", "en la 26 ****"},
		{"calle Benito Juarez 2415", "calle Benito Juarez 2415", "calle Benito Juarez 2415"},
		{"en el 2415", "en el 2415", "en el 2415"},
		{"piden 2000 dolares", "piden 2000 dolares", "piden 2000 dolares"},
		{"camioneta blanca placas 4821 KB", "camioneta blanca placas 4821 KB", "camioneta blanca placas 4821 KB"},
	} {
		if got := d.Relayed(c.text); got != c.relayed {
			t.Errorf("relayed(%q) = %q, want %q", c.text, got, c.relayed)
		}
		if got := d.Hidden(c.text); got != c.hidden {
			t.Errorf("hidden(%q) = %q, want %q", c.text, got, c.hidden)
		}
	}
}
