package prose

import "testing"

func TestNumerals(t *testing.T) {
	for text, want := range map[string]string{
		"cuatro ocho dos nueve":                                         "4 8 2 9",
		"mi clave es kuatro ocho doz nuebe":                             "mi clave es 4 8 2 9",
		"cuarenta y ocho veintinueve":                                   "48 29",
		"trescientos doce quinientos cincuenta y cinco cero ciento uno": "312 555 0 101",
		"sesenta seiscientos ocho":                                      "60 608",
		"doble tres cinco cinco":                                        "33 5 5",
		"three one two 555 0101, code 4829":                             "3 1 2 555 0101 code 4829",
		"4 ocho 29":                                                     "4 8 29",
		"6O6O8":                                                         "60608",
		"3l2 555 0l0l":                                                  "312 555 0101",
		"uno":                                                           "uno",
		"tengo dos hijos y una tia":                                     "tengo dos hijos y una tia",
		"Sos 60608":                                                     "Sos 60608",
		"nueve mil":                                                     "nueve mil",
	} {
		if got := Numerals(text); got != want {
			t.Errorf("Numerals(%q) = %q, want %q", text, got, want)
		}
	}
}
