package service_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// raider is a made-up person of Chicago, and raider's n-th relative's phone.
func raider(n int) gateway.Phone   { return gateway.Phone(fmt.Sprintf("+1312555%04d", 1000+n)) }
func relative(n int) gateway.Phone { return gateway.Phone(fmt.Sprintf("+1312555%04d", 3000+n)) }

// crowd registers people with a relative each.
func (w *world) crowd(from, to int, change func(n int, p *gateway.Profile)) {
	w.Helper()
	fresh := gateway.NewFresh(w.now, rand.Reader)
	pin := w.service.Hasher.Hash(fresh, gateway.PIN{}, "4821", "")
	for n := from; n < to; n++ {
		p := gateway.Profile{
			ID: fresh.ID(), Phone: raider(n), Name: fmt.Sprintf("Persona%d Lopez", n), Language: "es", ZIP: "60608", PIN: pin,
			ConsularNotice: gateway.Consent{Given: true, At: w.now, Channel: "paper"},
			Contacts:       []gateway.Contact{{ID: fresh.ID(), Phone: relative(n), Name: fmt.Sprint("Tia", n), Standing: gateway.StandingAccepted}},
		}
		if change != nil {
			change(n, &p)
		}
		w.register(p)
	}
}

// alerts has people of the crowd raise one each, some seconds apart, and
// returns the references.
func (w *world) alerts(from, to int) (refs []string) {
	w.Helper()
	for n := from; n < to; n++ {
		w.now = w.now.Add(2 * time.Second)
		refs = append(refs, w.ref(w.says(raider(n), "ALERTA", "Recibimos su ALERTA")))
	}
	return refs
}

func (w *world) sweep() {
	w.Helper()
	if err := w.service.Sweep(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.deliver()
}

// raid is an incident of Chicago with six alerts, of which the desk has been
// told singly of five, and of the sixth by a summary.
func (w *world) raid() (refs []string) {
	w.Helper()
	w.crowd(0, 40, nil)
	refs = w.alerts(0, 5)
	for range refs {
		w.hears(desk, "Persona")
	}
	w.sweep()
	refs = append(refs, w.alerts(5, 6)...)
	w.nothing(desk)
	w.pass(time.Minute)
	summary := w.hears(desk, "6 ALERTAS en Chicago desde 14:30", refs[5])
	if strings.Contains(summary, "Persona") {
		w.Errorf("the summary names people: %s", summary)
	}
	for _, ref := range refs {
		if !strings.Contains(summary, "#"+ref) {
			w.Errorf("#%s is not in %q", ref, summary)
		}
	}
	return refs
}

func TestRaidIsSummedUpForTheDesk(t *testing.T) {
	w := newWorld(t)
	refs := w.raid()
	w.crowd(50, 52, func(n int, p *gateway.Profile) { p.ConsularNotice = gateway.Consent{} })
	silent := w.alerts(50, 52)
	refs = append(refs, w.alerts(6, 9)...)
	for n := range 9 {
		w.hears(relative(n), fmt.Sprintf("Persona%d L.", n))
	}
	w.hears(relative(50), "Persona50 L.")
	w.nothing(desk)
	w.pass(time.Minute)
	summary := w.hears(desk, "9 ALERTAS", "Nuevas: #"+refs[6]+" #"+refs[7]+" #"+refs[8]+".", "Antes: #"+refs[0])
	for _, ref := range silent {
		if strings.Contains(summary, ref) {
			t.Errorf("%q holds somebody who did not consent", summary)
		}
	}
	w.pass(3 * time.Minute)
	w.nothing(desk) // nothing new

	// What ends is said by the summary, unless the desk had a text about it alone.
	w.says(raider(5), "BIEN 4821", "termino")
	w.nothing(desk)
	w.says(raider(0), "BIEN 4821", "termino")
	w.hears(desk, "termino", refs[0])
	w.pass(time.Minute)
	w.hears(desk, "9 ALERTAS", "Terminaron: #"+refs[0]+" #"+refs[5])
}

func TestDeskConfirmsARaid(t *testing.T) {
	w := newWorld(t)
	refs := w.raid()
	late := w.alerts(6, 7) // in no summary yet
	clear(w.inbox)
	w.says(desk, "RECIBIDO", "RECIBIDO 6 alertas")
	w.deliver()
	for n := range 6 {
		w.hears(raider(n), "Consulado en Chicago CONFIRMO", refs[n])
	}
	w.nothing(raider(6))
	w.pass(time.Minute)
	w.hears(desk, "7 ALERTAS", "Nuevas: #"+late[0])
	w.says(desk, "RECIBIDO", "RECIBIDO 1 alertas")
	w.deliver()
	w.hears(raider(6), "Consulado en Chicago CONFIRMO")
	w.pass(20 * time.Minute)
	w.rings(desk, 0)

	// One by its reference, told singly or not.
	w.says(desk, "LOCALIZADO "+refs[5]+" en Broadview", "Anotado en la ALERTA #"+refs[5])
	w.hears(relative(5), "Broadview")
	w.says(desk, "CERRAR "+refs[2]+" salio libre", "cerro su parte")
	w.hears(raider(2), "cerro su parte")
	w.says(raider(1), "ESTADO", "confirmaron 1")
}

func TestSilenceToASummaryClimbs(t *testing.T) {
	w := newWorld(t)
	const second gateway.Phone = "+13125550198"
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Position: 0, Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: w.now},
		{Consulate: "chicago", Position: 1, Channel: gateway.SMS, Address: second, Language: "es", Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	refs := w.raid()
	w.pass(time.Minute)
	clear(w.calls)
	w.pass(3 * time.Minute)
	if said := strings.Join(w.calls[desk], " "); !strings.Contains(said, "6 alertas para el consulado") {
		t.Errorf("the call says %q", said)
	}
	clear(w.inbox)
	w.pass(6 * time.Minute)
	w.hears(second, "6 ALERTAS en Chicago", refs[0], refs[5])
	refs = append(refs, w.alerts(6, 7)...)
	w.pass(time.Minute)
	w.nothing(desk)
	w.hears(second, "7 ALERTAS", refs[6])
	w.says(second, "LOCALIZADO "+refs[5]+" en Broadview", "Anotado")
	w.says(second, "RECIBIDO", "RECIBIDO 6 alertas")
	w.deliver()
	w.hears(raider(6), "CONFIRMO")
	w.says(second, "CERRAR "+refs[6]+" fue error", "cerro su parte")
}

func TestKeyConfirmsARaid(t *testing.T) {
	w := newWorld(t)
	refs := w.raid()
	w.pass(3 * time.Minute)
	var call gateway.Attempt
	for _, a := range w.sent {
		if a.To == desk && a.Channel == gateway.Voice && strings.Contains(a.Text, "6 alertas") {
			call = a
		}
	}
	if call.ID.IsZero() {
		t.Fatal("the desk was not called about the raid")
	}
	w.handle(&gateway.NoticeCall{Attempt: call.ID, Call: "CA1", Step: 1, Keys: "1", To: desk})
	w.deliver()
	w.hears(raider(5), "CONFIRMO", refs[5])
}

func TestLowLanesWaitForARaid(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "PRUEBA", "PRUEBA #")
	w.hears(maria, "PRUEBA")
	w.raid()
	w.says(juan, "PRUEBA", "las pruebas esperan")
	w.nothing(maria)
	p := w.juan()
	p.Phone = other
	w.register(p)
	w.handle(gateway.Invite{Profile: p.ID})
	w.deliver()
	w.nothing(pedro)
	if _, waiting, err := w.store.Oldest(t.Context()); err != nil || waiting != 0 {
		t.Errorf("%d wait (%v), want what is paused left out", waiting, err)
	}
	w.pass(20 * time.Minute)
	w.nothing(pedro)
	w.pass(15 * time.Minute)
	w.hears(pedro, "Responda SI o NO")
	w.pass(25 * time.Minute) // an hour after the first
	w.text(juan, "PRUEBA")
	w.hears(maria, "PRUEBA")
}

func TestAnIncidentEndsAndAnotherBegins(t *testing.T) {
	w := newWorld(t)
	w.raid()
	w.says(desk, "RECIBIDO", "6 alertas")
	w.pass(35 * time.Minute)
	clear(w.inbox)
	w.alerts(10, 14)
	for range 4 {
		w.hears(desk, "Persona1")
	}
	w.sweep()
	w.alerts(14, 15)
	w.hears(desk, "Persona14")
	w.sweep()
	w.alerts(15, 16)
	w.nothing(desk)
	w.pass(time.Minute)
	w.hears(desk, "6 ALERTAS")
	// Its end is over for those of the first one, too: they are told of singly.
	w.says(raider(0), "BIEN 4821", "termino")
}

func TestEndAfterTheIncidentIsToldSingly(t *testing.T) {
	w := newWorld(t)
	refs := w.raid()
	w.says(desk, "RECIBIDO", "6 alertas")
	w.pass(40 * time.Minute)
	clear(w.inbox)
	w.says(raider(5), "BIEN 4821", "termino")
	w.hears(desk, refs[5], "termino")
}

func TestTooFewWhoConsentedAreToldSingly(t *testing.T) {
	w := newWorld(t)
	w.crowd(0, 5, func(n int, p *gateway.Profile) { p.ConsularNotice = gateway.Consent{} })
	w.crowd(5, 20, nil)
	w.alerts(0, 5)
	w.sweep()
	w.alerts(5, 9)
	for range 4 {
		w.hears(desk, "Persona")
	}
	w.sweep()
	w.alerts(9, 10)
	w.hears(desk, "Persona9")
	w.sweep()
	w.alerts(10, 11)
	w.nothing(desk)
	w.pass(time.Minute)
	w.hears(desk, "6 ALERTAS")
}

func TestSweepsTogetherOpenOneIncident(t *testing.T) {
	w := newWorld(t)
	w.crowd(0, 5, nil)
	w.alerts(0, 5)
	done := make(chan error, 8)
	for range cap(done) {
		go func() { done <- w.service.Sweep(t.Context()) }()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(w.directory().Incidents()); n != 1 {
		t.Errorf("%d incidents, want 1", n)
	}
}

func TestRosterRingsOnceForARaid(t *testing.T) {
	w := newWorld(t)
	const one gateway.Phone = "+13125550161"
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: gateway.AgentsDesk, Position: 0, Channel: gateway.Voice, Address: one, Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	w.crowd(0, 12, nil) // no desk: an urgent task for each
	w.alerts(0, 6)
	w.sweep()
	w.alerts(6, 12)
	w.pass(3 * time.Minute)
	if said := w.calls[one]; len(said) != 1 || !strings.Contains(said[0], "muchas alertas en Chicago") {
		t.Errorf("the roster heard %q, want one call about the raid", said)
	}
	call := w.sent[len(w.sent)-1]
	for _, a := range w.sent {
		if a.To == one {
			call = a
		}
	}
	w.handle(&gateway.NoticeCall{Attempt: call.ID, Call: "CA1", Step: 1, Keys: "1", To: one})
	w.calls[one] = nil
	w.pass(10 * time.Minute)
	w.rings(one, 0)
	w.pass(10 * time.Minute) // whoever took it has done nothing
	if len(w.calls[one]) == 0 {
		t.Error("nobody rings for tasks that lie about")
	}
}

func TestContactOfSeveralInARaid(t *testing.T) {
	w := newWorld(t)
	w.crowd(0, 3, func(n int, p *gateway.Profile) { p.Contacts[0].Phone = maria })
	w.alerts(0, 3)
	w.says(maria, "1", "Persona0 L.", "Persona1 L.", "Persona2 L.")
	for n := range 3 {
		w.hears(raider(n), "CONFIRMO")
	}
	clear(w.inbox)
	w.pass(2*time.Hour + 5*time.Minute)
	w.hears(maria, "locator.ice.gov", "Persona0 L., Persona1 L., Persona2 L.")
	w.nothing(maria)
	w.says(raider(0), "BIEN 4821", "termino")
	w.hears(maria, "termino")
	w.pass(4 * time.Hour)
	w.hears(maria, "medicinas", "Persona1 L., Persona2 L.")
	w.nothing(maria)
}
