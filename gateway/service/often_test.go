package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// A phone that drills twenty times in a row drills once, and is told when it may
// again, by the person's clock; three times in a day at the most. Alerts go out
// whatever was drilled.
func TestDrillsInARow(t *testing.T) {
	w := newWorld(t)
	first := w.says(juan, "PRUEBA", "enviada a 2 contactos")
	for range 19 {
		w.now = w.now.Add(3 * time.Minute)
		w.says(juan, "PRUEBA", w.ref(first), "desde las 15:30", "responda ALERTA")
	}
	if n := w.got(maria); n != 1 {
		t.Errorf("a contact got %d of twenty drills", n)
	}
	w.now = w.now.Add(3 * time.Minute) // an hour after the first
	for n := 2; n <= 3; n++ {
		w.says(juan, "PRUEBA", "enviada a 2 contactos")
		w.pass(time.Hour)
	}
	w.says(juan, "PRUEBA", "manana")
	w.now = w.now.Add(10 * time.Minute)
	w.says(juan, "prueba", "manana") // not first when, and then that it is not today
	if n := w.got(maria); n != 2 {
		t.Errorf("a contact got %d more drills", n)
	}
	w.says(juan, "ALERTA", "3 contactos")
	w.hears(maria, "envio ALERTA")

	w = newWorld(t)
	w.text(juan, "ENGLISH")
	w.now = w.now.Add(10 * time.Second)
	w.says(juan, "DRILL", "2 contacts")
	w.now = w.now.Add(2 * time.Minute)
	w.says(juan, "DRILL", "from 15:31 on", "reply ALERT")
	// Whoever has not accepted was not drilled: the next hour begins with the first.
	w = newWorld(t)
	p := w.view(gateway.Scope{Phone: juan}).Own
	for i := range p.Contacts {
		p.Contacts[i].Standing = gateway.StandingUnanswered
	}
	w.register(*p)
	w.says(juan, "PRUEBA", "Ninguno de sus contactos")
	w.text(pedro, "SI")
	w.now = w.now.Add(2 * time.Minute)
	w.says(juan, "PRUEBA", "enviada a 1 contacto")
}

// A drill by somebody of ours does not wait for the person's.
func TestDrillByAnAgentInTheHour(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.says(juan, "PRUEBA", "enviada a")
	c.hears(maria, "PRUEBA")
	c.act(ana, acts.DrillPerson{Profile: c.profile(juan).ID}, gateway.DoneWaits)
	c.pass(15 * time.Second)
	c.hears(maria, "PRUEBA")
	c.now = c.now.Add(2 * time.Minute)
	c.says(juan, "PRUEBA", "ya salio")
}

// Fifteen false alarms in a row: the family is told of each, from the second on as
// another; the desk of two, and of the rest once an agent says so.
func TestFalseAlarmsInARow(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	for n := 1; n <= 15; n++ {
		clear(c.inbox)
		receipt := c.text(juan, "ALERTA")
		switch family := c.hears(maria, "Juan P."); {
		case n == 1 && !strings.Contains(family, "envio ALERTA #"), n > 1 && !strings.Contains(family, "envio OTRA ALERTA #"):
			t.Fatalf("alert %d is told as %q", n, family)
		}
		if tasks := len(c.tasks(gateway.TaskOften)); n <= 2 {
			said := c.hears(desk, "ALERTA")
			if strings.Contains(said, "OTRA ALERTA") != (n == 2) || tasks != 0 || !strings.Contains(receipt, "Consulado en Chicago") {
				t.Fatalf("alert %d: the desk is told %q, %d tasks, receipt %q", n, said, tasks, receipt)
			}
		} else {
			c.nothing(desk)
			if tasks != 1 || strings.Contains(receipt, "Consulado en Chicago") || !strings.Contains(receipt, " contacto") {
				t.Fatalf("alert %d: %d tasks, receipt %q", n, tasks, receipt)
			}
		}
		if n < 15 {
			c.text(juan, "BIEN 4821")
			c.hears(maria, "termino")
			if n > 2 {
				c.nothing(desk)
			}
		}
	}
	// The last one is real, as an agent finds out.
	clear(c.inbox)
	c.act(ana, acts.TellConsulate{Alert: c.newest().Alert.ID}, gateway.DoneWaits)
	c.pass(15 * time.Second)
	c.hears(desk, "OTRA ALERTA", "Juan Perez Lopez")
	c.text(juan, "BIEN 4821")

	// A day later it is as it was.
	c.pass(25 * time.Hour)
	clear(c.inbox)
	c.says(juan, "ALERTA", "Consulado en Chicago")
	c.hears(maria, "envio ALERTA #")
	c.hears(desk, "ALERTA")
}

// An agent who raises has decided that it is one; an alert that is still open is no
// false alarm, and ends by somebody else's hand count as the person's.
func TestWhatIsNoFalseAlarm(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	for range 2 {
		c.text(juan, "ALERTA")
		c.text(juan, "BIEN 4821")
	}
	clear(c.inbox)
	c.act(ana, acts.RaiseFor{Profile: c.profile(juan).ID, Words: "llama la vecina"}, gateway.DoneRaised)
	c.deliver()
	c.hears(maria, "OTRA ALERTA")
	c.hears(desk, "OTRA ALERTA")
	if n := len(c.tasks(gateway.TaskOften)); n != 0 {
		t.Errorf("%d tasks of what an agent raised", n)
	}

	c = newCentre(t)
	for n := range 4 {
		clear(c.inbox)
		c.says(juan, "ALERTA", "Consulado en Chicago")
		c.hears(desk, "ALERTA")
		if family := c.hears(maria, "ALERTA"); strings.Contains(family, "OTRA") != (n > 0) {
			t.Errorf("alert %d of an open one is told as %q", n, family)
		}
		c.now = c.now.Add(gateway.SameAlert + time.Minute)
	}
}

// By keys it is the same, and the words that a call says too.
func TestFalseAlarmsByOtherMedia(t *testing.T) {
	w := newCentre(t)
	for range 2 {
		w.says(other, "ALERTA 3125550101 4821", "Recibimos")
		w.says(other, "BIEN 4821", "termino")
	}
	clear(w.inbox)
	w.says(other, "ALERTA 3125550101 4821", " contacto", "Llame usted o su familia al consulado")
	w.nothing(desk)
	w.hears(maria, "OTRA ALERTA")
	if n := len(w.tasks(gateway.TaskOften)); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// Ends that were forced end nothing: the desk hears of the third alert itself, and
// the phone looks as if an agent were to decide.
func TestForcedEndsAreNoFalseAlarms(t *testing.T) {
	w := newCentre(t)
	for range 2 {
		w.text(juan, "ALERTA")
		w.text(juan, "BIEN 9917")
	}
	clear(w.inbox)
	if receipt := w.text(juan, "ALERTA"); strings.Contains(receipt, "Consulado") {
		t.Errorf("the phone is told %q", receipt)
	}
	ref := w.ref(w.hears(desk, "OTRA ALERTA", "Juan Perez Lopez"))
	if n := len(w.tasks(gateway.TaskOften)); n != 0 {
		t.Errorf("%d tasks", n)
	}
	delete(w.inbox, juan)
	w.says(desk, "RECIBIDO "+ref, "Anotado")
	w.nothing(juan) // whose desk has not been told
	w.says(juan, "ESTADO", "Avisados 2, confirmaron 0")
	w.text(maria, "1")
	w.hears(juan, "Maria")
	w.says(juan, "ESTADO 4821", "confirmaron 2", "Consulado") // the real PIN shows the truth
}
