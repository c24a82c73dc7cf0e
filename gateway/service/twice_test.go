package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// One text that a carrier delivers twice, under two ids, happens once.
func TestOneTextDeliveredTwice(t *testing.T) {
	const ana gateway.Phone = "+13125550120"
	for _, c := range []struct {
		name   string
		from   gateway.Phone
		before []string
		text   string
		then   func(*world)
	}{
		{"a new PIN is no answer to the consent question", ana, []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130 Lucia", "LISTO"}, "7733", func(w *world) {
			w.says(ana, "si", "Avisar al consulado: SI")
			w.says(ana, "DATOS 7733", "Ana Ruiz")
			w.hears("+13125550130", "Ana R.")
		}},
		{"a ZIP is no contact", ana, []string{"REGISTRO", "Ana Ruiz"}, "60608", func(w *world) { w.says(ana, "+1 312-555-0130 Lucia", "Lucia") }},
		{"a contact", ana, []string{"REGISTRO", "Ana Ruiz", "60608"}, "+1 312-555-0130 Lucia", func(w *world) { w.says(ana, "listo", "PIN") }},
		{"more time", juan, []string{"CITA 4PM"}, "MAS 1H", func(w *world) { w.says(juan, "ESTADO"); w.says(juan, "MAS 30M", "17:30") }},
		{"an alert from a borrowed phone", other, nil, "ALERTA 312 555 0101 4821 estoy en el condado", func(w *world) {
			w.hears(maria, "condado")
			w.hears(rosa, "Juan P.")
			w.hears(desk, "condado")
		}},
		{"an alert", juan, nil, "ALERTA me llevan", func(w *world) {
			w.hears(maria, "me llevan")
			w.hears(rosa, "Juan P.")
			w.hears(desk, "me llevan")
		}},
		{"words", juan, []string{"ALERTA"}, "ALERTA voy en una van blanca", func(w *world) { w.hears(maria, "van blanca"); w.hears(desk, "van blanca") }},
		{"a drill", juan, nil, "PRUEBA", func(w *world) { w.hears(maria, "PRUEBA"); w.hears(rosa, "PRUEBA") }},
		{"the end", juan, []string{"ALERTA"}, "BIEN 4821", func(w *world) {
			w.hears(maria, "termino")
			w.hears(pedro, "termino")
			w.hears(rosa, "termino")
			w.hears(desk, "termino")
		}},
		{"a contact's yes", pedro, nil, "acepto, si", func(w *world) { w.nothing(maria) }},
		{"a new contact", juan, nil, "AGREGAR +1 312-555-0140 Luis 4821", func(w *world) { w.hears("+13125550140", "contacto") }},
		{"a PIN written apart", juan, []string{"BIEN 1111", "ZIP 93638"}, "48-21", func(w *world) { w.says(juan, "CONSULADO", "Fresno") }},
		{"words that nobody understands", other, nil, "beep 3 boop", func(w *world) {
			for _, more := range []string{"brr", "zzt", "kkk"} {
				if answer := w.text(other, more); answer == "" {
					w.Errorf("the second of one text counts on the way to silence: %q", more)
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for _, before := range c.before {
				w.text(c.from, before)
				w.now = w.now.Add(time.Second)
			}
			clear(w.inbox)
			first := w.text(c.from, c.text)
			w.now = w.now.Add(20 * time.Second)
			if again := w.text(c.from, " "+c.text+"\n"); again != "" && again != first {
				t.Errorf("the second time %q is answered %q, the first time %q", c.text, again, first)
			}
			c.then(w)
			w.nothing(maria, rosa, desk, "+13125550130", "+13125550140")
		})
	}
}

// What comes later, after something else, or in other words is another text; and
// what guesses is none that a carrier repeats.
func TestWhatIsNoRepeatedText(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "CITA 4PM")
	w.says(juan, "MAS 1H", "17:00")
	w.now = w.now.Add(61 * time.Second)
	w.says(juan, "MAS 1H", "18:00")
	w.text(juan, "ESTADO")
	w.says(juan, "MAS 1H", "19:00")
	w.says(juan, "MAS 2H", "21:00")

	w = newWorld(t)
	w.text(juan, "ALERTA")
	w.says(juan, "ESTADO", "confirmaron 0")
	w.text(maria, "1")
	w.says(juan, "ESTADO", "confirmaron 1")
	for range 4 {
		w.says(juan, "BIEN 1111", "no es correcto")
	}
	w.says(juan, "BIEN 1111", "Espere")

	// A bare answer answers the newer question, unless it comes too soon for that.
	w = newWorld(t)
	const ana gateway.Phone = "+13125550120"
	for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130 Lucia", "+1 312-555-0140 Luis", "LISTO", "7733", "SI"} {
		w.text(ana, text)
	}
	w.pass(time.Minute)
	first := w.says(ana, "NO", "Lucia")
	w.now = w.now.Add(4 * time.Second)
	if again := w.text(ana, "NO"); again != first {
		t.Errorf("NO after 4 seconds is answered %q", again)
	}
	w.now = w.now.Add(3 * time.Second)
	w.says(ana, "NO", "Luis")

	// And one about a newer alert confirms that.
	w = newWorld(t)
	w.text(juan, "ALERTA")
	w.says(maria, "1", "Gracias")
	w.text(juan, "BIEN 4821")
	w.now = w.now.Add(time.Second)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.says(maria, "1", "Gracias", "#"+ref)
}

// Two at the same time are one, too.
func TestOneTextDeliveredTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	refs := make(chan string, 2)
	for _, key := range []string{"SMone", "SMtwo"} {
		go func() {
			answer, err := w.service.Handle(t.Context(), gateway.NewText(key, juan, ourLine, "ALERTA", ""))
			if err != nil {
				t.Error(err)
			}
			refs <- answer.Text
		}()
	}
	if one, two := <-refs, <-refs; one != two || !strings.Contains(one, "#") {
		t.Errorf("answered %q and %q", one, two)
	}
}

// What raises is a new alert where the one that it raised first has ended
// meanwhile, whoever raised it and whoever ended it.
func TestARaiseIsNoRepeatOnceItsAlertHasEnded(t *testing.T) {
	for _, c := range []struct {
		from   gateway.Phone
		text   string
		before string
		ender  gateway.Phone
		end    string
	}{
		{maria, "ALERTA", "", juan, "BIEN 4821"},
		{maria, "ALERTA se lo llevaron", "ALERTA", juan, "BIEN 4821"},
		{other, "ALERTA 312 555 0101 4821", "", juan, "BIEN 4821"},
		{juan, "ALERTA me llevan", "", other, "BIEN 312-555-0101 4821"},
	} {
		w := newWorld(t)
		if c.before != "" {
			w.text(c.from, c.before)
		}
		first := w.text(c.from, c.text)
		if again := w.text(c.from, c.text); again != first {
			t.Errorf("%q is answered %q, and %q while it is open", c.text, first, again)
		}
		w.now = w.now.Add(20 * time.Second)
		w.says(c.ender, c.end, "termino")
		clear(w.inbox)
		w.now = w.now.Add(20 * time.Second)
		ref := w.ref(w.text(c.from, c.text))
		if strings.Contains(first, ref) {
			t.Errorf("%q is answered by the alert that has ended", c.text)
		}
		w.hears(rosa, "Juan P.", ref)
		w.hears(desk, ref)
	}
}

// What ends an alert is no repeat once another one was raised from a phone that they
// were lent: its answer would say that this one has ended, and their family would wait
// on.
func TestAnEndingIsNoRepeatOnceAnotherAlertIsOpen(t *testing.T) {
	w := newWorld(t)
	first := w.ref(w.text(juan, "ALERTA"))
	w.says(juan, "BIEN 4821", "#"+first, "termino")
	w.now = w.now.Add(10 * time.Second)
	w.says(juan, "BIEN 4821", "#"+first) // a carrier's second delivery
	second := w.ref(w.text(other, "ALERTA 312 555 0101 4821"))
	w.now = w.now.Add(10 * time.Second)
	clear(w.inbox)
	w.says(juan, "BIEN 4821", "#"+second, "termino")
	w.hears(rosa, "#"+second)
	w.now = w.now.Add(10 * time.Second)
	w.says(juan, "BIEN 4821", "#"+second)
}

// An answer about somebody is not given again on a phone that is not theirs any
// more.
func TestNoAnswerIsGivenAgainOnAPhoneThatIsNotTheirs(t *testing.T) {
	for _, texts := range []string{"DATOS 4821", "DATOS|4821", "no|NOMBRE Juan Lopez Perez 4821", "ZIP 93638 4821"} {
		w := newWorld(t)
		w.text(number, "NUEVO NUMERO 312-555-0101 4821")
		all := strings.Split(texts, "|")
		answer := ""
		for _, text := range all {
			answer = w.text(number, text)
		}
		w.now = w.now.Add(10 * time.Second)
		w.text(juan, "NO FUI YO")
		if again := w.text(number, all[len(all)-1]); again == answer || strings.Contains(again, "Juan") {
			t.Errorf("%q is answered %q once the move is undone", texts, again)
		}
	}
}
