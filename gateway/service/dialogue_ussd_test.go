package service_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"aviso/gateway"
	"aviso/ivr"
)

// session is a USSD session as Africa's Talking holds it: every request brings
// everything that was typed.
type session struct {
	*world
	id     string
	from   gateway.Phone
	typed  string
	screen *gateway.Screen
}

// dial begins a session; inputs may be dialled along.
func (w *world) ussd(from gateway.Phone, words ...string) *session {
	w.Helper()
	w.texts++
	s := &session{world: w, id: fmt.Sprintf("AT%08d", w.texts), from: from}
	s.ask("", words...)
	return s
}

// reply types one input.
func (s *session) reply(input string, words ...string) {
	s.Helper()
	if s.typed != "" {
		input = s.typed + "*" + input
	}
	s.ask(input, words...)
}

func (s *session) ask(typed string, words ...string) {
	s.Helper()
	s.typed = typed
	s.screen = s.handle(&gateway.Dialogue{Medium: ivr.USSD, Session: s.id, Keys: typed, Whole: true, From: s.from, To: "*384*12#"}).Screen
	s.deliver()
	text := s.text()
	if len(text) > 156 || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
		s.Errorf("%q is no screen: %d characters", text, len(text))
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			s.Errorf("%q is answered %q, without %q", typed, text, word)
		}
	}
}

func (s *session) text() string {
	var lines []string
	for _, l := range s.screen.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, "\n")
}

func (s *session) ends(want bool) {
	s.Helper()
	if s.screen.End != want {
		s.Errorf("%q ends the session: %v", s.text(), s.screen.End)
	}
}

func TestUSSDRaises(t *testing.T) {
	w := newWorld(t)
	s := w.ussd(juan, "RED X", "1 ALERTA", "9 English")
	s.ends(false)
	s.reply("1", "ALERTA recibida #", "No firme")
	s.ends(true)
	notice := w.hears(maria, "Juan P.")
	if ref := w.ref(s.text()); ref != w.ref(notice) {
		t.Errorf("the screen says #%s, the notice %q", ref, notice)
	}
	again := s.text()
	s.ask("1") // the aggregator's repeat
	if s.text() != again {
		t.Errorf("a repeat is answered %q, the first was %q", s.text(), again)
	}
	w.nothing(maria)
	s = w.ussd(juan)
	s.reply("6", "#"+w.ref(notice), "Avisados")
	s.ends(true)
	s = w.ussd(juan)
	s.reply("2", "PIN")
	s.reply("4821", "termino")
	s.ends(true)
	w.hears(maria, "termino")
}

func TestUSSDSeveralInputsAtOnce(t *testing.T) {
	w := newWorld(t)
	_, err := w.service.Handle(t.Context(), &gateway.Dialogue{Medium: ivr.USSD, Session: "one", Keys: "2*4821", Whole: true, From: juan})
	if !errors.Is(err, gateway.ErrSeveral) {
		t.Errorf("got %v, want to be told to go input by input", err)
	}
	one := w.handle(&gateway.Dialogue{Medium: ivr.USSD, Session: "hop", Keys: "1", Whole: true, From: juan}).Screen
	if !one.End || !strings.Contains(one.Lines[0].Text, "recibida #") {
		t.Errorf("one hop is answered %+v", one)
	}
}

func TestUSSDFromAnyPhone(t *testing.T) {
	w := newWorld(t)
	s := w.ussd(other)
	s.reply("1", "guardada", "numero")
	s.reply("3125550101", "PIN")
	s.reply("48*21", "ALERTA recibida") // a star that was typed does no harm
	s.ends(true)
	w.hears(maria, "Juan P.")
	w.nothing(other)

	whole := w.ussd("+13125550151") // number and PIN at once: the number counts
	whole.reply("1", "guardada", "numero")
	whole.reply("312 555 0101, 4821", "PIN")
	whole.reply("(48 21)", "ya enviada")

	for _, wrong := range []string{"0000", "1111", "2222"} {
		if s.screen.End {
			s = w.ussd(rosaOwn)
			s.reply("8", "numero")
		}
		s.reply("3125550101", "PIN")
		s.reply(wrong, "No coincide")
	}
	s.ends(true)
	if n := len(w.tasks(gateway.TaskUnknownPhone)); n != 1 {
		t.Errorf("%d tasks are left of somebody who could not say who they are, want 1", n)
	}
}

func TestUSSDInformation(t *testing.T) {
	w := newWorld(t)
	s := w.ussd(other)
	s.reply("9", "1 ALERT", "9 Espanol")
	s.reply("3", "Sign nothing")
	s = w.ussd(maria) // raises for Juan, who speaks Spanish
	s.reply("9", "1 ALERT")
	s.reply("1", "ALERT received", "the Consulate in")
	s.ends(true)
	s = w.ussd(other)
	s.reply("4", "ZIP")
	s.reply("60608", "Chicago")
	s = w.ussd(other)
	s.reply("5", "No entendimos")
	s.reply("0", "No entendimos")
	s.reply("garbage ñ😀", "1 ALERTA")
	s.reply("", "terminada") // said nothing twice
	s.ends(true)
}

func TestUSSDPages(t *testing.T) {
	w := newWorld(t)
	long := strings.TrimSpace(strings.Repeat("Guarde silencio. ", 20))
	words, err := w.service.Words.WithInformation(files{"rights.es.txt": "checked: 2026-11-22\nsource: https://example.org\n\n" + long}.fs())
	if err != nil {
		t.Fatal(err)
	}
	w.service.Words = words
	s := w.ussd(juan)
	s.reply("3", "Guarde silencio.", "0 mas")
	s.ends(false)
	for range 5 {
		if s.screen.End {
			break
		}
		s.reply("0", "Guarde silencio.")
	}
	s.ends(true)
	s = w.ussd(juan)
	s.reply("3", "0 mas")
	s.reply("1", "ALERTA recibida") // in the middle of it
	s.ends(true)
}

// Without everything that was typed a repeat looks like a new input. Behind the
// end it is told the same.
func TestUSSDUncounted(t *testing.T) {
	w := newWorld(t)
	s := &session{world: w, id: "IB1", from: juan}
	ask := func(keys string) string {
		s.screen = w.handle(&gateway.Dialogue{Medium: ivr.USSD, Session: s.id, Keys: keys, From: s.from}).Screen
		return s.text()
	}
	ask("")
	first := ask("1")
	if again := ask("1"); again != first || !strings.Contains(first, "recibida #") {
		t.Errorf("a repeat is answered %q, the first was %q", again, first)
	}
	// The same id from another phone is somebody else's session.
	s.from = other
	if said := ask(""); !strings.Contains(said, "1 ALERTA") {
		t.Errorf("another phone is shown %q", said)
	}
}

func TestUSSDRegistration(t *testing.T) {
	w := newWorld(t)
	s := w.ussd(other)
	s.reply("7", "ZIP")
	s.reply("9999", "Faltan")
	s.reply("*", "ZIP")
	s.reply("60608", "familiar")
	s.reply("5550101", "Faltan")
	s.reply("*", "familiar")
	s.reply("5512345678", "De donde es 551-234-5678?", "2 EEUU (Nueva Jersey)", "3 Mexico (Ciudad de Mexico)") // valid in both
	s.reply("*", "De donde es 551-234-5678?", "2 EEUU (Nueva Jersey)", "3 Mexico (Ciudad de Mexico)")
	s.reply("3", "Otro contacto?", "+52")
	s.reply("6", "No entendimos", "+52", "Otro contacto?")
	s.reply("9", "Another contact?", "+52")
	s.reply("9", "Otro contacto?", "+52")
	// The session breaks off; the next one goes on.
	s = w.ussd(other)
	s.reply("7", "Otro contacto?")
	s.reply("2", "familiar")
	s.reply("+1 312 555 0102", "Otro contacto?")
	s.reply("3", "PIN")
	s.reply("123456789", "PIN")
	s.reply("7351", "consulado")
	s.reply("2", "Listo", "codigo")
	s.ends(true)
	w.hears("+525512345678", "contacto de emergencia")
	w.hears("+13125550102", "contacto de emergencia")
	w.nothing(other) // no trace among the texts
	p, err := w.store.ProfileByPhone(t.Context(), other)
	if err != nil || p == nil {
		t.Fatalf("%v, %v", p, err)
	}
	if p.ZIP != "60608" || len(p.Contacts) != 2 || !p.ConsularNotice.Given || p.ConsularNotice.Channel != "ussd" || !p.PIN.Set() {
		t.Errorf("registered as %+v", p)
	}
	s = w.ussd(other)
	s.reply("7", "ya esta registrado")
	s = w.ussd(other)
	s.reply("1", "recibida #")
	s = w.ussd(gateway.Anonymous)
	s.reply("7", "No vemos su numero")
	s.ends(true)
}

// Whoever wants no texts is not noted because their country had to be asked, and
// a registration that began by text goes on with the same question.
func TestUSSDCountry(t *testing.T) {
	w := newWorld(t)
	w.text("+529515015000", "STOP")
	s := w.ussd(other)
	s.reply("7", "ZIP")
	s.reply("60608", "familiar")
	s.reply("9515015000", "951-501-5000", "2 EEUU (California)", "3 Mexico (Oaxaca)")
	s.reply("3", "no se puede usar", "familiar")
	s.reply("9005550101", "no se puede usar")
	s.reply("0116215552345", "no se puede usar") // of no country
	s.reply("8295552345", "2 Republica Dominicana", "3 Mexico (Nuevo Leon)")
	s.reply("2", "no se puede usar")
	s.reply("529515015001", "Anotado +52 951 501 5001 (Oaxaca, Mexico)")
	w.text(rosaOwn, "REGISTRO")
	w.text(rosaOwn, "Rosa Diaz")
	w.text(rosaOwn, "60608")
	w.says(rosaOwn, "614-555-2345 Eva 621-555-2345 Luz", "614-555-2345: 1 EEUU (Ohio) 2 Mexico (Chihuahua)")
	s = w.ussd(rosaOwn)
	s.reply("7", "614-555-2345", "2 EEUU (Ohio)", "3 Mexico (Chihuahua)")
	s.reply("2", "621-555-2345", "2 EEUU (Texas)", "3 Mexico (Chihuahua)")
	s.reply("3", "Otro contacto?")
	w.says(rosaOwn, "LISTO", "PIN")
	w.text(rosaOwn, "7351")
	w.says(rosaOwn, "SI", "Eva", "Luz")
	w.hears("+16145552345", "Rosa D.")
	w.hears("+526215552345", "Rosa D.")
}

// A contact of several people says for whom.
func TestUSSDForWhom(t *testing.T) {
	w := newWorld(t)
	second := w.juan()
	second.Phone, second.Name = rosaOwn, "Ana Lopez"
	w.register(second)
	s := w.ussd(maria)
	s.reply("1", "Por quien", "2 ", "3 ")
	s.reply("9", "For whom", "2 ", "3 ")
	s.reply("9", "Por quien", "2 ", "3 ")
	choice := "2"
	if strings.Contains(s.text(), "3 Ana") {
		choice = "3"
	}
	s.reply(choice, "recibida #")
	w.hears(rosa, "Ana L.")
}

// A thousand sessions at once, each its own.
func TestThousandSessions(t *testing.T) {
	w := newWorld(t)
	const sessions = 1000
	var all sync.WaitGroup
	fails := make(chan error, sessions)
	places := make(chan struct{}, 64)
	for n := range sessions {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			id, from := fmt.Sprintf("S%d", n), gateway.Phone(fmt.Sprintf("+1773555%04d", n))
			for _, step := range []struct{ typed, want string }{{"", "1 ALERTA"}, {"3", "No firme"}} {
				answer, err := w.service.Handle(t.Context(), &gateway.Dialogue{Medium: ivr.USSD, Session: id, Keys: step.typed, Whole: true, From: from})
				if err != nil {
					fails <- err
					return
				}
				if text := answer.Screen.Lines[0].Text; !strings.Contains(text, step.want) {
					fails <- fmt.Errorf("session %d is answered %q", n, text)
				}
			}
		})
	}
	all.Wait()
	close(fails)
	for err := range fails {
		t.Error(err)
	}
}
