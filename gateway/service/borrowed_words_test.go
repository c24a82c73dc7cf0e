package service_test

import (
	"strings"
	"testing"

	"aviso/gateway"
)

// A number or code alone from a phone that is nobody's is asked for the PIN,
// whether or not somebody has it, for an hour.
func TestBorrowedPhoneBeginsWithTheNumber(t *testing.T) {
	for _, body := range []string{"3125550101", "mi cel es (312) 555-0101", "+1 312 555 0101 porfa", "code"} {
		w := newWorld(t)
		if body == "code" {
			body = "mi codigo " + string(w.codeOf(juan))
		}
		w.says(other, body, "falta el PIN")
		if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 {
			t.Errorf("%q leaves %+v", body, tasks)
		}
		w.says(other, "4821", "Recibimos su ALERTA")
		if text := w.hears(maria, "Juan P."); strings.Contains(text, "Dijo") {
			t.Errorf("%q tells %q", body, text)
		}
	}

	// Nobody's number and a wrong PIN are answered as Juan's is, and an agent reads both.
	answers := map[gateway.Phone][]string{}
	for _, number := range []gateway.Phone{juan, "+13125550177"} {
		w := newWorld(t)
		for _, body := range []string{string(number[2:]), "4829", "4828"} {
			answer := w.text(other, body)
			if i := strings.Index(answer, "#"); i >= 0 {
				answer = answer[:i] + answer[i+7:]
			}
			answers[number] = append(answers[number], answer)
		}
		if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, string(number[2:])) || strings.Contains(tasks[0].Note, "482") {
			t.Errorf("left %+v", tasks)
		}
		w.nothing(maria, rosa, desk)
	}
	if a, b := strings.Join(answers[juan], "|"), strings.Join(answers["+13125550177"], "|"); a != b {
		t.Errorf("answered %q and %q", a, b)
	}

	// What else is said is heard.
	w := newWorld(t)
	w.text(other, "3125550199")
	w.says(other, "perdon es 3125550101", "falta el PIN")
	w.says(other, "auxilio ya me llevan", "#", "Escriba ALERTA, su numero y su PIN")
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 || !strings.Contains(tasks[0].Note, "3125550101") || !strings.Contains(tasks[0].Note, "me llevan") {
		t.Errorf("left %+v", tasks)
	}
	w.says(other, "4821", "Recibimos su ALERTA")
	w.hears(maria, "Dijo: ya me llevan")

	w = newWorld(t)
	w.text(other, "3125550101")
	w.says(other, "SI", "#", "Escriba ALERTA, su numero y su PIN") // it is an ALERTA
	w.says(other, "4821", "Recibimos su ALERTA")

	// The same locks.
	w = newWorld(t)
	w.text(other, "3125550101")
	for _, pin := range []string{"4822", "4823", "4824", "4825", "4826", "4827"} {
		w.text(other, pin)
	}
	w.text(other, "4821")
	w.nothing(maria, rosa, desk)
}

// What only says who somebody is goes on to nobody, in however many texts.
func TestBorrowedWordsAreWithoutTheNumber(t *testing.T) {
	for _, c := range []struct{ texts, said string }{
		{"ALERTA|3125550101|4821", ""},
		{"ALERTA|3125550199|perdon es 3125550101|4821", ""},
		{"ALERTA|3125550199 4821|disculpe, mi numero es el 312 555 0101", ""},
		{"ALERTA +1 312 555 0101 4821 estoy en broadview", "estoy en broadview"},
		{"ALERTA|+13125550101 estoy en broadview|4821", "estoy en broadview"},
		{"ALERTA|juan perez|312-555-0101|porfa|4821", ""},
		{"ALERTA|juan perez / 312-555-0101 / porfa rapido|4821", "porfa rapido"},
		{"ALERTA juan perez / 312-555-0101 / me llevan / 4821", "me llevan"},
		{"ALERTA soy Juan, mi cel es (312) 555-0101, me llevan|clave 4821", "soy Juan, me llevan"},
		{"ALERTA me llevan, avisen a mi hermana 3125550177|3125550101 4821", "me llevan, avisen a mi hermana 3125550177"},
	} {
		w := newWorld(t)
		answer := ""
		for _, body := range strings.Split(c.texts, "|") {
			answer = w.text(other, body)
		}
		if !strings.Contains(answer, "Recibimos su ALERTA") {
			t.Errorf("%q is answered %q", c.texts, answer)
			continue
		}
		text := w.hears(maria, "Juan P.")
		_, said, _ := strings.Cut(text, "Dijo: ")
		if c.said == "" && said != "" || !strings.HasPrefix(said, c.said) || c.said != "" && !strings.HasPrefix(said[len(c.said):], ".") {
			t.Errorf("%q tells %q", c.texts, text)
		}
	}
}

// A ZIP is the place, also where it stands alone among number and PIN.
func TestBorrowedPhoneGivesAZIP(t *testing.T) {
	for _, texts := range []string{
		"ALERTA 4821 60623 3125550101", "ALERTA 3125550101 4821 60623", "60623 3125550101 pin 4821", "ALERTA|3125550101|60623|4821", "ALERTA|60623|3125550101|4821", "3125550101|60623|4821", "ALERTA|60623 3125550101|4821",
	} {
		w := newWorld(t)
		answer := ""
		for _, body := range strings.Split(texts, "|") {
			answer = w.text(other, body)
		}
		if !strings.Contains(answer, "Recibimos su ALERTA") {
			t.Errorf("%q is answered %q", texts, answer)
			continue
		}
		w.hears(desk, "60623")
	}
	w := newWorld(t)
	for _, body := range []string{"ALERTA", "3125550101", "48211", "4821"} { // a ZIP of Detroit, and a slip
		w.text(other, body)
	}
	if text := w.hears(desk, "60608"); strings.Contains(text, "4821") {
		t.Errorf("the desk reads %q", text)
	}
}
