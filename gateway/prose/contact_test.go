package prose

import (
	"slices"
	"testing"
)

func TestContacts(t *testing.T) {
	for text, want := range map[string][]Numbered{
		"951 555 0147 maria perez":                {{"951 555 0147", "Maria Perez"}},
		"mi esposa lupe 312 555 0144":             {{"312 555 0144", "Lupe"}},
		"5595550118 mi apa":                       {{"5595550118", "Mi Apa"}},
		"3125550144":                              {{"3125550144", ""}},
		"Hilario +52-33-5555-0192":                {{"+52-33-5555-0192", "Hilario"}},
		"01 951 555 0147 casa de mi suegra juana": {{"01 951 555 0147", "Juana"}},
		"maria 3125550144 y pedro 9515550147":     {{"3125550144", "Maria"}, {"9515550147", "Pedro"}},
		"el numero de mi comadre es el 312-555-0162 se llama doña lucha": {{"312-555-0162", "Doña Lucha"}},
		"maria3125550144":      {{"3125550144", "Maria"}},
		"chayo 31 25 55 01 44": {{"31 25 55 01 44", "Chayo"}},
		"doble tres cinco cinco cinco cinco cero uno nueve dos es mi hermana elvia de guadalajara": {{"33 5 5 5 5 0 1 9 2", "Elvia"}},
		"mi mama es la maria 33 1234 5678": {{"33 1234 5678", "Maria"}},
		"555 0144 maria":                   nil,
	} {
		if got := Contacts(text); !slices.Equal(got, want) {
			t.Errorf("Contacts(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestPINs(t *testing.T) {
	for text, want := range map[string]string{
		"4829": "4829", "4 8 2 9": "4829", "kuatro ocho doz nuebe": "4829", "cuarenta y ocho veinte y nueve": "4829", "4829 4829": "4829",
		"48-29": "4829", "4 ocho 29": "4829", "va a ser el 4829 para q no se me olvide": "4829", "48O9": "4809", "*4829#": "4829",
		"4828 no 4829": "4829", "48290": "48290", "482": "", "juanito": "", "3125550101": "", "4829 o 5510 el q sea": "",
	} {
		if got, _ := PIN(text); got != want {
			t.Errorf("PIN(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestZIPs(t *testing.T) {
	for text, want := range map[string][]string{
		"60608": {"60608"}, "mi zip es 93702": {"93702"}, "60608-2214": {"60608"}, "6 0 6 0 8": {"60608"}, "seis cero seis cero ocho": {"60608"},
		"6O6O8": {"60608"}, "2415 s kedzie apt 2 chicago il 60608": {"60608"}, "vivo en 60608 trabajo en 60623": {"60608", "60623"},
		"93702 mi cel es el 559 555 0118": {"93702"}, "sesenta seiscientos ocho": {"60608"}, "6060": nil, "606088": nil, "chicago": nil, "312": nil,
	} {
		if got := ZIPs(text); !slices.Equal(got, want) {
			t.Errorf("ZIPs(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFinished(t *testing.T) {
	for text, want := range map[string]bool{
		"LISTO": true, "lsto": true, "ya": true, "es todo": true, "ya nomas ella": true, "no": true, "ninguno mas": true, "ya termine gracias": true,
		"done": true, "no tiene mas familia yo": true, "listooo 👌": true, "no tengo mas": true, "that's all": true,
		"si": false, "mi tia": false, "ok": false, "espere busco otro numero": false, "ya les mandaron mensaje?": false, "Yahir 3125550101": false,
	} {
		x := Read(text)
		if got := x.Finished(); got != want {
			t.Errorf("Finished(%q) = %v", text, got)
		}
	}
}
