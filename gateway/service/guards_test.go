package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// unregistered is what a carrier says of a sender that is not registered.
var unregistered = &gateway.Failure{Code: "30034", Remedy: gateway.Elsewhere, Alarm: true, Unreached: true}

// TestUnreachedCountryIsCalled: a sender that is known not to reach a country
// is not tried; the first rung is the call, and the receipt says so.
func TestUnreachedCountryIsCalled(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = unregistered
	w.says(juan, "ALERTA", "a 3 contactos", "Consulado en Chicago")
	w.rings(maria, 1) // both senders were refused: called at once
	w.hears(rosa, "#")
	w.says(juan, "BIEN 4821")
	w.pass(time.Minute)

	delete(w.fails, maria)
	receipt := w.says(juan, "ALERTA", "Estamos llamando a 1 contacto. Avisando a 2 contactos y al Consulado en Chicago")
	w.rings(maria, 1)
	w.nothing(maria)
	if len(receipt) > 160 {
		t.Errorf("the receipt has %d characters: %q", len(receipt), receipt)
	}
	w.hears(rosa, "#"+w.ref(receipt)) // the US is reached
	w.says(juan, "BIEN 4821")

	w.pass(time.Hour) // it may have been mended
	w.inbox[maria] = nil
	w.says(juan, "ALERTA", "Avisando a 2 contactos") // Pedro was told twice, and has not answered
	w.hears(maria, "ALERTA")
	w.rings(maria, 0)
}

// TestUnreachedLearnedFromReceipts: most such errors come after the fact.
func TestUnreachedLearnedFromReceipts(t *testing.T) {
	w := newWorld(t)
	w.service.Rules.Senders = w.service.Rules.Senders[:1]
	w.text(juan, "ALERTA")
	w.receipt(rosa, gateway.RankFailed, unregistered)
	w.rings(rosa, 1)
	found := w.directory().Unreached()
	if len(found) != 1 || found[0].Sender != ourLine || found[0].Country != "US" || found[0].Code != "30034" {
		t.Errorf("known: %+v", found)
	}
	w.says(juan, "BIEN 4821")
	// Pedro has not agreed to be called: he is texted all the same. Chicago's
	// desk is called.
	w.calls = map[gateway.Phone][]string{}
	w.inbox[pedro] = nil
	w.says(juan, "ALERTA", "Estamos llamando a 1 contacto. Avisando a 2 contactos y al Consulado en Chicago")
	w.rings(rosa, 1)
	w.rings(desk, 1)
	w.hears(pedro, "ALERTA")
	w.hears(maria, "ALERTA")
}

// TestUnreachedAllOfThem: nobody can be texted, and the person is told that
// they are being called.
func TestUnreachedAllOfThem(t *testing.T) {
	w := newWorld(t)
	w.service.Rules.Senders = []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 100}}
	p := w.view(gateway.Scope{Phone: juan}).Own
	p.Contacts, p.ConsularNotice = p.Contacts[:1], gateway.Consent{}
	w.register(*p)
	w.says(juan, "ALERTA", "Estamos llamando a 1 contacto. Si fue error responda BIEN")
	w.rings(maria, 1)
}

// TestUnreachedIsWrittenOnce: a thousand texts that fail for one reason change
// the directory once.
func TestUnreachedIsWrittenOnce(t *testing.T) {
	w := newWorld(t)
	for n := range 3 {
		w.text(juan, "ALERTA")
		w.receipt(rosa, gateway.RankFailed, unregistered)
		w.says(juan, "BIEN 4821")
		w.pass(time.Duration(n) * time.Minute)
		if until := w.directory().Unreached()[0].Until; until.Before(w.now.Add(50 * time.Minute)) {
			t.Errorf("believed until %v, at %v", until, w.now)
		}
	}
}

// TestDailyLimit: drills and information stop, alerts never do.
func TestDailyLimit(t *testing.T) {
	w := newWorld(t)
	over := false
	w.service.Spent = func() bool { return over }
	w.says(juan, "PRUEBA", "PRUEBA #")
	w.says(juan, "DERECHOS", "DERECHOS")
	over = true
	w.inbox = map[gateway.Phone][]string{}
	w.says(juan, "PRUEBA", "manana", "ALERTA")
	w.nothing(maria, rosa)
	for _, text := range []string{"DERECHOS", "CONSULADO 60608", "ABOGADO", "ALBERGUE"} {
		w.silent(juan, text)
	}
	w.says(juan, "AYUDA", "ALERTA")
	w.says(juan, "ALERTA", "Avisando a 3 contactos")
	w.hears(maria, "ALERTA")
	w.says(juan, "DERECHOS", "DERECHOS") // in the middle of an alert
	w.says(juan, "BIEN 4821", "termino")
}

// TestPilot: only the phones of a pilot are texted or called; the rest is kept
// as held, and nobody is told that it went.
func TestPilot(t *testing.T) {
	w := newWorld(t)
	w.service.Rules.OnlyTo = map[gateway.Phone]bool{juan: true, maria: true}
	answer := w.says(juan, "ALERTA", "Avisando a 1 contacto.", "Llame usted o su familia al consulado")
	if strings.Contains(answer, "al Consulado en") {
		t.Errorf("a desk that is left out is counted: %q", answer)
	}
	w.hears(maria, "ALERTA")
	w.says(juan, "ESTADO", "Avisados 1, confirmaron 0")
	w.pass(20 * time.Minute) // up every ladder
	w.nothing(pedro, rosa, desk)
	for _, phone := range []gateway.Phone{pedro, rosa, desk} {
		w.rings(phone, 0)
	}
	held := map[gateway.Phone]bool{}
	for _, a := range w.view(gateway.Scope{Phone: juan}).Cases[0].Attempts {
		if a.State == gateway.AttemptHeld {
			held[a.To] = true
		}
	}
	if !held[pedro] || !held[rosa] || !held[desk] || held[maria] {
		t.Errorf("held for %v", held)
	}
	w.inbox[maria] = nil
	w.says(juan, "BIEN 4821", "Avisamos a 1")
	w.hears(maria, "termino")
	w.nothing(pedro, rosa, desk)
}

// TestLimited is what the relay puts off.
func TestLimited(t *testing.T) {
	for _, test := range []struct {
		a    gateway.Attempt
		want bool
	}{
		{gateway.Attempt{Lane: gateway.LaneInvite}, true},
		{gateway.Attempt{Lane: gateway.LaneDrill, Alert: gateway.ID{1}}, true},
		{gateway.Attempt{Lane: gateway.LaneInfo}, true},
		{gateway.Attempt{Lane: gateway.LaneInfo, Alert: gateway.ID{1}}, false}, // what a family can do now
		{gateway.Attempt{Lane: gateway.LaneFirst, Alert: gateway.ID{1}}, false},
		{gateway.Attempt{Lane: gateway.LaneAnswer}, false},
		{gateway.Attempt{Lane: gateway.LaneCancel, Alert: gateway.ID{1}}, false},
	} {
		if got := test.a.Limited(); got != test.want {
			t.Errorf("lane %d, alert %v: %v", test.a.Lane, !test.a.Alert.IsZero(), got)
		}
	}
}

// TestPumping: many new contacts in one block of numbers leave one task.
func TestPumping(t *testing.T) {
	w := newWorld(t)
	register := func(n int) {
		self := gateway.Phone(fmt.Sprintf("+1312555%04d", 1000+n))
		w.text(self, "REGISTRO")
		w.text(self, "Ana Lopez")
		w.text(self, "60608")
		w.says(self, fmt.Sprintf("+52 33 9876 %04d Luz", n), "Luz")
	}
	tasks := func() int {
		all, _, err := w.store.Tasks(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, line := range all {
			if line.Task.Kind != gateway.TaskPumping {
				continue
			}
			n++
			if note := line.Task.Note; !strings.HasPrefix(note, "+52339876") || strings.Contains(note, "0019") {
				t.Errorf("the task names %q", note)
			}
		}
		return n
	}
	for n := range 19 {
		register(n)
	}
	if n := tasks(); n != 0 {
		t.Fatalf("%d tasks after 19", n)
	}
	for n := 19; n < 25; n++ {
		register(n)
	}
	if n := tasks(); n != 1 {
		t.Errorf("%d tasks after 25, want one", n)
	}
}

// TestCountries: the numbering plan says where a number is.
func TestCountries(t *testing.T) {
	for _, test := range []struct {
		number    string
		countries []string
		taken     bool
	}{
		{"+1 312 555 0177", []string{"US", "MX"}, true},
		{"+1 787 234 5678", []string{"US", "MX"}, true},  // Puerto Rico
		{"+1 604 234 5678", []string{"US", "MX"}, false}, // Canada
		{"+1 876 234 5678", []string{"US", "MX"}, false}, // Jamaica
		{"+502 2345 6789", []string{"US", "MX"}, false},
		{"+502 2345 6789", []string{"US", "MX", "GT"}, true},
		{"+52 33 1234 5679", []string{"US"}, false},
	} {
		w := newWorld(t)
		w.service.Rules.Countries = test.countries
		w.service.Rules.Senders[0].Kind = gateway.LongCode
		answer := w.text(juan, "AGREGAR "+test.number+" Luz 4821")
		if taken := strings.Contains(answer, "Anotado: Luz"); taken != test.taken {
			t.Errorf("%s with %v: %q", test.number, test.countries, answer)
		}
	}
}

func (w *world) view(scope gateway.Scope) gateway.View {
	w.Helper()
	v, err := w.store.View(w.Context(), scope)
	if err != nil {
		w.Fatal(err)
	}
	return v
}

func (w *world) directory() *gateway.Directory { return w.view(gateway.Scope{}).Directory }
