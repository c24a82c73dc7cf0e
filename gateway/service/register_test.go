package service_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

const (
	ana  gateway.Phone = "+13125550120" // who registers in these tests
	lucy gateway.Phone = "+13125550130" // whom she names
)

// upTo answers the steps of a registration plainly, up to one.
func (w *world) upTo(step string) {
	w.Helper()
	w.text(ana, "REGISTRO")
	for _, s := range [][2]string{{"name", "Ana Ruiz"}, {"zip", "60608"}, {"contact", "+1 312-555-0130 Lucia"}, {"next", "LISTO"}, {"pin", "7351"}, {"consent", "NO"}} {
		if s[0] == step {
			return
		}
		w.text(ana, s[1])
	}
}

// What a relative knows of somebody is found in any answer that holds their name.
func TestNamesOfARegistration(t *testing.T) {
	for text, short := range map[string]string{
		"Me llamo Elsa Noh": "Elsa N.", "Noh Canul, Elsa": "Elsa N.", "Ma. de los Ángeles Gómez": "Ma. de los Angeles G.", "María del Carmen Noh Uc": "Maria del Carmen N.",
		"buenas noches, mi nombre es elsa noh": "Elsa N.", "ELSA NOH CANUL": "Elsa N.", "Elsa Noh\nEnviado desde mi iPhone": "Elsa N.", "Elsa Noh, 41 años": "Elsa N.",
		"pues en mi acta sale como Elsa Noh": "Elsa N.", "Ing. Elsa Noh": "Elsa N.", "Elsa, apellido de casada Noh": "Elsa N.", "Elsa Noh y ahora que sigue?": "Elsa N.",
		"soy Juan de la Cruz Perez": "Juan C.", "J. Jesús Noh": "J. Jesus N.", "NOMBRE Elsa Noh": "Elsa N.", "Elsita 🌷": "Elsita", "JuanNoh Uc": "Juan N.",
	} {
		w := newWorld(t)
		w.upTo("name")
		w.says(ana, text, "ZIP")
		for _, text := range []string{"60608", "+1 312-555-0130 Lucia", "LISTO", "7351", "NO"} {
			w.text(ana, text)
		}
		w.hears(lucy, short+" le puso")
	}
	for _, text := range []string{
		"NO", "ola", "quien habla", "elsa.mx/premio", "@elsa", "Migra", "la migra", "Agente Noh", "policía", "Consulado", "FBI", "el Sheriff", "RED X", "no quiero decirlo", "quiero darme de alta", "y esto cuesta o es gratis", "soy la esposa de Elsa Noh", "xcvbnm", "apellido", "12345", "🙂",
	} {
		w := newWorld(t)
		w.upTo("name")
		if answer := w.text(ana, text); strings.Contains(answer, "el ZIP de donde vive") {
			t.Errorf("%q is taken for a name: %s", text, answer)
		}
		w.says(ana, "Elsa Noh", "ZIP")
	}
}

// Wherever somebody is not understood again and again, an agent is to ring, and
// they are told so; in the end nothing is answered, and what is right is still
// taken.
func TestNoStepOfARegistrationGoesInCircles(t *testing.T) {
	for step, c := range map[string]struct{ again, right, next string }{
		"name":    {"pues ahorita", "Ana Ruiz", "ZIP"},
		"contact": {"mi comadre", "+1 312-555-0130 Lucia", "Anotado"},
		"next":    {"otro mas", "LISTO", "PIN"},
		"pin":     {"gatito", "7351", "consulado"},
		"consent": {"da igual", "NO", "Su codigo"},
	} {
		t.Run(step, func(t *testing.T) {
			w := newWorld(t)
			w.upTo(step)
			answers := []string{}
			for i := range 12 {
				answers = append(answers, w.text(ana, c.again+strings.Repeat("!", i)))
			}
			if strings.Contains(answers[0], "llamara") || !strings.Contains(answers[1], "Una persona le llamara") || answers[11] != "" {
				t.Errorf("answers %q", answers)
			}
			if n := w.taskKinds()[gateway.TaskRegistration]; n != 1 {
				t.Errorf("%d tasks", n)
			}
			w.says(ana, c.right, c.next)
		})
	}
	// What is understood and not taken is refused with the reason, a few times.
	w := newWorld(t)
	w.upTo("pin")
	for range 3 {
		w.says(ana, "1234", "cualquiera lo adivina")
		w.pass(2 * time.Minute)
	}
	w.says(ana, "1234", "Una persona le llamara")
	// Where a number is remains open once, in other words; then it is not noted, and
	// that is said, with the reason and what to write.
	w = newWorld(t)
	w.upTo("contact")
	w.says(ana, "951 501 5000 Berta", "1 EEUU (California) 2 Mexico (Oaxaca)")
	w.says(ana, "mmm", "Berta 951-501-5000 puede ser de dos lugares: 1 es EEUU (California), 2 es Mexico (Oaxaca)")
	w.says(ana, "como?", "No anotamos Berta 951-501-5000", "pais", "una persona le llamara", "LISTO")
	w.says(ana, "+1 312-555-0130 Lucia", "Anotado: Lucia")
	// Nobody to tell, and no consulate.
	w = newWorld(t)
	w.upTo("contact")
	for _, text := range []string{"no tengo a nadie", "7351"} {
		w.text(ana, text)
	}
	w.says(ana, "NO", "no hay a quien avisar")
	w.says(ana, "LISTO", "no hay a quien avisar")
	w.says(ana, "ya", "Una persona le llamara")
}

// A place is asked for its ZIP once; then the registration goes on without, and
// an agent rings.
func TestZIPOfARegistration(t *testing.T) {
	for _, place := range []string{"Houston", "vivo en Los Angeles", "por el parque"} {
		w := newWorld(t)
		w.upTo("zip")
		w.says(ana, place, "Falta el ZIP")
		w.says(ana, "no me lo se", "sin ZIP", "una persona le llamara", "telefono y nombre")
		if n := w.taskKinds()[gateway.TaskRegistration]; n != 1 {
			t.Errorf("%d tasks", n)
		}
		for _, text := range []string{"+1 312-555-0130 Lucia", "LISTO", "7351"} {
			w.text(ana, text)
		}
		if summary := w.says(ana, "NO", "Listo: Ana R., sin ZIP. Su codigo"); strings.Contains(summary, "60608") {
			t.Error(summary)
		}
	}
	for text, zip := range map[string]string{
		"vivo en pilsen 60608": "60608", "1420 W 18th St, Chicago IL 60608-2214": "60608", "seis cero seis dos tres": "60623", "sesenta mil seiscientos ocho": "60608",
		"60608, mi cel es 312-555-0120": "60608", "60609 perdon 60608": "60608", "antes 60609 pero ya me mude al 60608": "60608", "6O6O8": "60608",
	} {
		w := newWorld(t)
		w.upTo("zip")
		w.says(ana, text, "A quien avisamos")
		for _, text := range []string{"+1 312-555-0130 Lucia", "LISTO", "7351"} {
			w.text(ana, text)
		}
		w.says(ana, "NO", "ZIP "+zip)
	}
	for _, answer := range []string{"2", "el segundo", "60623", "vivo en 60623"} {
		w := newWorld(t)
		w.upTo("zip")
		w.says(ana, "60608 o 60623, segun", "1 60608 2 60623")
		w.says(ana, answer, "A quien avisamos")
		if p := w.view(gateway.Scope{Phone: ana}).Conversation.Question.Draft; p.ZIP != "60623" {
			t.Errorf("%q: the ZIP is %s", answer, p.ZIP)
		}
	}
}

// Contacts are found in people's own words, and read back.
func TestContactsOfARegistration(t *testing.T) {
	for text, want := range map[string][]string{
		"mi mama es la maria 33 1234 5678":                                {"+523312345678 Maria"},
		"312-555-0130 mi hermana":                                         {"+13125550130 Mi Hermana"},
		"avisen a mi esposo Beto +1 312 555 0131":                         {"+13125550131 Beto"},
		"tres tres uno dos tres cuatro cinco seis siete ocho es Tia Lola": {"+523312345678 Tia Lola"},
		"Lola +1 312 555 0131 y mi hijo Kevin +1 312 555 0132":            {"+13125550131 Lola", "+13125550132 Kevin"},
		"+1 312 555 0131 no, perdon, +1 312 555 0132 Lola":                {"+13125550132 Lola"},
		"el numero de Lola es +1 (312) 555-0131 gracias":                  {"+13125550131 Lola"},
		"+1 312-555-0131 is my aunt Lola's cell":                          {"+13125550131 Lola"},
		"mi tia +1 312 555 0131 Lola, mi hijo +1 312 555 0132 Kevin":      {"+13125550131 Lola", "+13125550132 Kevin"},
		"vive en michoacan mi tia +52 33 1234 5678 se llama Lola":         {"+523312345678 Lola"},
		"her name is Socorro +1 312 555 0131":                             {"+13125550131 Socorro"},
		"mis papas tienen el mismo numero, +1 312 555 0131":               {"+13125550131 Mis Papas"},
		"+1 312 555 0131 no, +1 312 555 0132 Lola":                        {"+13125550132 Lola"},
		"no tengo mucho tiempo. +1 312 555 0131. Lola":                    {"+13125550131 Lola"},
	} {
		w := newWorld(t)
		w.upTo("contact")
		answer := w.text(ana, text)
		for strings.Contains(answer, "De donde es este numero") {
			choice := "1"
			if slices.ContainsFunc(want, func(c string) bool { return strings.HasPrefix(c, "+52") }) {
				choice = "2"
			}
			answer = w.text(ana, choice)
		}
		for _, c := range want {
			if _, name, _ := strings.Cut(c, " "); !strings.Contains(answer, name+" ") {
				t.Errorf("%q: %s is not read back: %s", text, name, answer)
			}
		}
		for _, end := range []string{"es todo", "7351", "NO"} {
			w.text(ana, end)
		}
		if got := w.contactsOf(ana); !slices.Equal(got, want) {
			t.Errorf("%q: contacts %q, want %q", text, got, want)
		}
	}
	for _, end := range []string{"LISTO", "ya", "no tengo mas", "nomas ella", "seria todo señorita", "nadie mas", "NO", "that's all", "hasta ahi", "ya no", "dejelo con ella", "solamente mi hermana", "no ocupo poner a otro"} {
		w := newWorld(t)
		w.upTo("next")
		w.says(ana, end, "Escoja un PIN")
	}
}

// A PIN that everybody tries is refused with the reason wherever one is set, and
// stands nowhere.
func TestEasyPINsAreRefused(t *testing.T) {
	w := newWorld(t)
	r := &recorder{Store: w.service.Store}
	w.service.Store = r
	w.upTo("pin")
	for _, easy := range []string{"0000", "mi pin es 1234", "60608", "987654", "1 2 3 4 5"} {
		w.says(ana, easy, "cualquiera lo adivina")
		w.text(ana, "que es un pin?") // and is asked anew
		w.upTo("pin")
		w.text(ana, "CANCELAR")
		w.upTo("pin")
	}
	w.says(ana, "2308 es cuando naci", "cualquiera lo adivina")
	w.says(ana, "7354 o 8351", "4 a 8 digitos")
	w.says(ana, "ponganle el 7354, no, 7353, pero mejor 7351", "Borre del telefono")
	w.says(ana, "NO", "Su codigo")
	w.pass(time.Minute)
	w.says(ana, "8888", "cualquiera lo adivina")
	w.says(ana, "60608", "cualquiera lo adivina")
	w.says(ana, "8352", "Que le decimos a Lucia")
	w.says(ana, "DATOS 7351", "Ana Ruiz")
	for _, digits := range []string{"7354", "7351", "8351", "2308"} {
		if regexp.MustCompile(`(^|[^0-9])` + digits + `([^0-9]|$)`).MatchString(r.kept.String()) { // codes and times are random, and may hold the digits
			t.Errorf("%s stands in what is kept", digits)
		}
		b, err := json.Marshal(w.view(gateway.Scope{Phone: ana}).Conversation)
		if err != nil || strings.Contains(string(b), digits) {
			t.Errorf("%s stands in the conversation: %v", digits, err)
		}
	}

	w = newWorld(t)
	c := w.dials(juan)
	c.press("5")
	c.press("4821")
	c.press("2")
	c.press("1234", "cualquiera prueba")
	c.press("60608", "cualquiera prueba")
	c.press("7351", "otra vez")
	c.press("7351", "guardado")
	c.press("5")
	c.press("7351")
	c.press("3")
	c.press("5555", "cualquiera prueba")

	s := w.ussd(other)
	s.reply("7")
	s.reply("60608")
	s.reply("+13125550130")
	s.reply("3", "PIN")
	s.reply("60608", "cualquiera lo adivina")
	s.reply("4444", "cualquiera lo adivina")
	s.reply("7351", "consulado")
}

// A notice that came after our question is confirmed, and the registration goes
// on; ALERTA is heard at every step.
func TestRegistrationStandsBeforeNoAlert(t *testing.T) {
	for _, answer := range []string{"1", "ok", "ya vi", "enterado gracias", "SI", "recibido"} {
		w := newWorld(t)
		w.text(maria, "REGISTRO")
		w.text(maria, "Maria Ek")
		w.pass(time.Minute)
		w.text(juan, "ALERTA")
		w.hears(maria, "Juan P.")
		w.says(maria, answer, "Gracias")
		w.hears(juan, "Maria CONFIRMO")
		w.says(maria, "60608", "A quien avisamos")
	}
	// Our question came after the notice.
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.pass(time.Minute)
	for _, text := range []string{"REGISTRO", "Maria Ek", "60608", "+1 312-555-0130 Lucia", "LISTO", "7351"} {
		w.text(maria, text)
	}
	w.says(maria, "SI", "Avisar al consulado: SI")
	for _, step := range []string{"name", "zip", "contact", "next", "pin", "consent"} {
		for _, cry := range []string{"ALERTA", "me agarro la migra", "ya me llevan"} {
			w := newWorld(t)
			w.upTo(step)
			w.says(ana, cry, "#")
		}
	}
}

// NOMBRE name PIN corrects a name, by the rule of a registration.
func TestNameIsCorrected(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "NOMBRE Juan Noh Canul 4821", "Juan Noh Canul", "leen Juan N.")
	w.says(juan, "DATOS 4821", "Juan Noh Canul")
	w.says(juan, "nombre Noh Canul, Elsa", "PIN")
	w.says(juan, "4821", "Elsa Noh Canul")
	for _, none := range []string{"NOMBRE 4821", "NOMBRE Agente Federal 4821", "NOMBRE gana.mx 4821", "NOMBRE", "NOMBRE hola 4821", "NOMBRE Red X 4821"} {
		if answer := w.text(juan, none); strings.Contains(answer, "Listo") {
			t.Errorf("%q is answered %s", none, answer)
		}
	}
	w.says(juan, "NOMBRE Pedro Uc 9917", "Listo")
	w.says(juan, "DATOS 4821", "Elsa Noh Canul")
	w.says(juan, "NOMBRE Juan Perez 1111", "no es correcto")
	w.text(juan, "ALERTA")
	w.says(juan, "NOMBRE Juan Perez 4821", "alerta abierta")
	w.hears(maria, "Elsa N.")
	w.says(maria, "nombre de quien?", "responda 1") // a relative's question is no command
	w = newWorld(t)
	w.says(juan, "nombre mio Juan me agarraron", "ALERTA")
}

// What follows a registration reaches nobody into whose hands the phone may have
// come since: what a second PIN is for is explained to no officer.
func TestNothingFollowsARegistrationThatIsOverBefore(t *testing.T) {
	const ana gateway.Phone = "+13125550120"
	registered := func(t *testing.T) *world {
		w := newWorld(t)
		for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130 Lucia", "listo", "7733"} {
			w.text(ana, text)
		}
		w.says(ana, "SI", "Listo")
		w.nothing(ana)
		return w
	}
	w := registered(t)
	w.pass(time.Minute)
	w.hears(ana, "no es 911")
	w.hears(ana, "otro PIN para cuando lo obliguen")
	w.nothing(ana)
	w.says(ana, "9044", "Lucia")

	for _, texts := range [][]string{
		{"ALERTA"}, {"ALERTA", "BIEN 7733"}, {"BORRAR 7733", "SI"}, {"BORRAR 7733", "SI", "REGISTRO"}, {"+", "NUEVO NUMERO 312 555 0120 7733"}, {"+", "ALERTA 312 555 0120 7733"},
	} {
		w := registered(t)
		from := ana
		for _, text := range texts {
			w.now = w.now.Add(500 * time.Millisecond)
			if text == "+" {
				from = number
				continue
			}
			w.text(from, text)
		}
		w.inbox[ana] = nil
		w.pass(time.Minute)
		for _, text := range w.inbox[ana] {
			if strings.Contains(text, "otro PIN") || strings.Contains(text, "911") {
				t.Errorf("after %q arrives %q", texts, text)
			}
		}
		if answer := w.text(ana, "5822"); strings.Contains(answer, "Lucia") {
			t.Errorf("after %q a second PIN is taken: %q", texts, answer)
		}
	}

	// Nor does the question stand open where it was asked before the alert.
	for _, end := range []string{"", "BIEN 7733"} {
		w = registered(t)
		w.pass(time.Minute)
		w.text(ana, "ALERTA")
		w.pass(time.Minute)
		if end != "" {
			w.says(ana, end, "termino")
		}
		for _, text := range []string{"zzz", "que es esto", "5822"} {
			if answer := w.text(ana, text); strings.Contains(answer, "PIN para cuando") || strings.Contains(answer, "Lucia si hay") {
				t.Errorf("after an alert %q is answered %q", text, answer)
			}
		}
	}

	// Nor does it go out afterwards where no carrier took it before.
	w = registered(t)
	w.fails[ana] = &gateway.Failure{Code: "503", Remedy: gateway.Retry}
	w.pass(time.Minute)
	w.text(ana, "ALERTA")
	delete(w.fails, ana)
	w.pass(time.Hour)
	for _, text := range w.inbox[ana] {
		if strings.Contains(text, "otro PIN") {
			t.Errorf("in the middle of an alert arrives %q", text)
		}
	}

	// Another question that is open goes first.
	w = registered(t)
	w.says(ana, "BORRAR 7733", "SI")
	w.pass(time.Minute)
	w.says(ana, "no")
	w.pass(11 * time.Minute)
	w.hears(ana, "otro PIN para cuando lo obliguen")
}

// A ZIP that is asked for after the PIN is taken by itself, once and in time.
func TestZIPAfterThePIN(t *testing.T) {
	for _, texts := range [][]string{{"ZIP", "4821"}, {"ZIP 88888 4821"}, {"ZIP", "4821", "00000"}, {"ZIP", "4821", "quien sabe"}} {
		for _, zip := range []string{"93638", "mi zip es 93638"} {
			w := newWorld(t)
			for _, text := range texts {
				w.text(juan, text)
			}
			w.says(juan, zip, "su ZIP es 93638")
			if p := w.person(juan); p.ZIP != "93638" {
				t.Errorf("after %q is kept %q", texts, p.ZIP)
			}
			if answer := w.text(juan, "60629"); strings.Contains(answer, "su ZIP es") {
				t.Errorf("after %q a second one is taken without a PIN: %q", texts, answer)
			}
		}
	}
	w := newWorld(t)
	w.says(juan, "ZIP 88888 9917", "No existe")
	w.says(juan, "93638", "su ZIP es 93638")
	if p := w.person(juan); p.ZIP != "60608" {
		t.Errorf("under duress %q is kept", p.ZIP)
	}
	for _, before := range []string{"", "ALERTA"} {
		w = newWorld(t)
		w.says(juan, "ZIP 88888 4821", "No existe")
		if before != "" {
			w.now = w.now.Add(time.Second)
			w.text(juan, before)
			w.text(juan, "BIEN 4821")
		} else {
			w.pass(61 * time.Minute)
		}
		w.text(juan, "93638")
		if p := w.person(juan); p.ZIP != "60608" {
			t.Errorf("%q: a ZIP is taken that nobody waits for", before)
		}
	}
}
