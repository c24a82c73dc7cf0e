package gateway

import (
	"fmt"
	"strings"
	"testing"
)

// However numbers are written, it is read who is named and what may be the PIN.
func TestReadNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"312 555 0101 4821 me llevan":                            "+13125550101 pin 4821",
		"4821 (312) 555-0101":                                    "+13125550101 pin 4821",
		"3125550101/4821":                                        "+13125550101 pin 4821",
		"312.555.0101, PIN: 4821.":                               "+13125550101 pin 4821",
		"mi numero es 3125550101 y mi clave es el 48 21":         "+13125550101 pin 4821",
		"312 555 01 01 / 48-21":                                  "+13125550101 pin 4821",
		"31 25 55 01 01 nip 4821":                                "+13125550101 pin 4821",
		"3 1 2 5 5 5 0 1 0 1  4 8 2 1":                           "+13125550101 pin 4821",
		"31255501014821":                                         "+13125550101 pin 4821",
		"minumeroes3125550101ypin4821":                           "+13125550101 pin 4821",
		"3l2 555 O1O1 pin 4821":                                  "+13125550101 pin 4821",
		"tres uno dos cinco cinco cinco cero uno cero uno, 4821": "+13125550101 pin 4821",
		"3125550101 pin cuatro ocho dos uno":                     "+13125550101 pin 4821",
		"3125550101 clave cuarenta y ocho veintiuno":             "+13125550101 pin 4821",
		"+52 33 1234 5678 4821":                                  "+523312345678 pin 4821",
		"045 33 1234 5678 y 48213":                               "+523312345678 pin 48213",
		"3125550101\n4821":                                       "+13125550101 pin 4821",
		"４８２１ ３１２５５５０１０１":                                        "+13125550101 pin 4821",
		"4️⃣8️⃣2️⃣1️⃣":                                           "pin 4821",
		"123456782 4821":                                         "123456782 pin 4821",
		"4821":                                                   "pin 4821",
		"trescientos doce, quinientos cincuenta y cinco, cero ciento uno, pin cuarenta y ocho veintiuno": "+13125550101 pin 4821",
		"three one two five five five fifty one zero one code 4821":                                      "+13125555101 pin 4821",
		"312 555 cero uno cero uno clave 4821":                                                           "+13125550101 pin 4821",
		"312 555 0110, perdon, termina en 0101. Clave 4821":                                              "+13125550101 pin 4821",
		"312 555 0101 no 4821":       "+13125550101 pin 4821",
		"48 21":                      "pin 4821",
		"4.8.2.1.":                   "pin 4821",
		"001 3125550101 pin4821":     "+13125550101 pin 4821",
		"045 3312345678 4821":        "+523312345678 pin 4821",
		"60608 3125550101":           "+13125550101 pin 60608",
		"(4821)":                     "pin 4821",
		"pin4821":                    "pin 4821",
		"60608 48213":                "pin 60608 pin 48213",
		"60608 48 21":                "pin 60608 pin 4821",
		"mi clave es 48 27513":       "pin 4827513",
		"48 27513":                   "pin 4827513 pin 27513",
		"60608-1234 4821":            "pin 4821",
		"482137 4821":                "pin 482137 pin 4821 ref 482137",
		"#482137. Esta en Broadview": "ref 482137",
		"Ref 482 137":                "pin 482137 ref 482137",
		"me llevan 3 agentes a las 14:30 por la 26":                             "",
		"placas ABC4821, A20955501":                                             "",
		"me cobraron $4821":                                                     "",
		"uno de los dos, no se cual de los tres cuatro":                         "",
		"312 555 0101 312 555 0140":                                             "+13125550101 +13125550140",
		"llame al 312-555-0140 o al +523312345678 y diga que el 4821 es mi pin": "+13125550140 +523312345678 pin 4821",
	} {
		n := ReadNumbers(text)
		var got []string
		for _, p := range n.people {
			for _, phone := range p.phones[:min(1, len(p.phones))] {
				got = append(got, string(phone))
			}
			for _, code := range p.codes {
				got = append(got, string(code))
			}
		}
		for _, p := range n.Pins {
			got = append(got, "pin "+p.Digits)
		}
		for _, r := range n.Refs {
			got = append(got, fmt.Sprint("ref ", r.Ref.Digits()))
		}
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%q is read as %q, want %q", text, joined, want)
		}
	}
}
