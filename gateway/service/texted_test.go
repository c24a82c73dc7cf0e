package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// got is how many texts a phone has received since the last look.
func (w *world) got(phone gateway.Phone) int {
	n := len(w.inbox[phone])
	w.inbox[phone] = nil
	return n
}

const stranger gateway.Phone = "+13125550177"

// Whoever names a stranger, and however often they are taken off and put on
// again, the stranger is asked once and reminded once; other people's contacts
// are asked meanwhile.
func TestInvitationsAreCountedByWhoReceives(t *testing.T) {
	t.Run("put on and taken off", func(t *testing.T) {
		w := newWorld(t)
		for i := range 12 {
			name := []string{"Luz", "Sol"}[i%2]
			w.says(juan, "AGREGAR +13125550177 "+name+" 4821", "Anotado")
			w.says(juan, "QUITAR +13125550177 4821", "Quitamos")
		}
		if n := w.got(stranger); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
		w.says(juan, "AGREGAR +13125550177 Luz 4821", "Anotado")
		w.pass(20 * 24 * time.Hour)
		if n := w.got(stranger); n != 1 {
			t.Errorf("reminded %d times, want once", n)
		}
		w.says(stranger, "SI", "contacto de emergencia de Juan P.")
		w.hears(juan, "Luz acepto")
	})
	t.Run("said no", func(t *testing.T) {
		w := newWorld(t)
		w.says(juan, "AGREGAR +13125550177 Luz 4821", "Anotado")
		w.hears(stranger, "Juan P.")
		w.says(stranger, "NO", "no sera contacto")
		w.says(juan, "QUITAR +13125550177 4821", "Quitamos")
		w.says(juan, "AGREGAR +13125550177 Luz 4821", "no le podemos preguntar por mensaje")
		w.pass(31 * 24 * time.Hour)
		w.nothing(stranger)
		w.says(juan, "AGREGAR +13125550177 Luz 4821", "Anotado")
		if n := w.got(stranger); n != 1 {
			t.Errorf("asked %d times after a month, want once", n)
		}
	})
	t.Run("erased and registered again", func(t *testing.T) {
		w := newWorld(t)
		for range 6 {
			w.registers(other, "Ana Ruiz", "+1 312 555 0177 Luz")
			w.says(other, "BORRAR 7733", "Seguro")
			w.says(other, "SI", "Borramos")
		}
		if n := w.got(stranger); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
	t.Run("many people in a day", func(t *testing.T) {
		w := newWorld(t)
		for n := range 5 { // more who wait are refused as it is
			w.registers(gateway.Phone(fmt.Sprintf("+1312777%04d", n)), "Ana Ruiz", "+1 312 555 0177 Luz")
		}
		if n := w.got(stranger); n != 3 {
			t.Errorf("asked %d times in a day, want 3", n)
		}
		w.pass(10 * 24 * time.Hour)
		if n := w.got(stranger); n != 2 {
			t.Errorf("asked %d times in the days after, want 2: 5 in a month", n)
		}
		w.says(stranger, "SI", "contacto de emergencia de Ana R.")
		// Who has agreed to be somebody's is asked by others again.
		w.registers("+13127770099", "Eva Soto", "+1 312 555 0177 Luz")
		if n := w.got(stranger); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
	t.Run("by an operator", func(t *testing.T) {
		w := newWorld(t)
		for range 5 {
			p := w.view(gateway.Scope{Phone: juan}).Own
			p.Contacts = append(p.Contacts[:1:1], gateway.Contact{ID: gateway.ID{9}, Phone: stranger, Name: "Luz"})
			w.register(*p) // as a file that is imported leaves it
			w.handle(gateway.Invite{Profile: p.ID})
			w.deliver()
		}
		if n := w.got(stranger); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
}

// registers registers a phone with one contact.
func (w *world) registers(phone gateway.Phone, name, contact string) {
	w.Helper()
	for _, text := range []string{"REGISTRO", name, "60608", contact, "LISTO", "7733"} {
		w.text(phone, text)
	}
	w.says(phone, "NO", "Listo")
	w.text(phone, "NO") // no second PIN
	w.now = w.now.Add(time.Minute)
	w.deliver()
}

// An alert reaches a contact who has not answered twice in 30 days and is with
// the agents then, whoever else's contact they are; taking them off and putting
// them on again changes nothing.
func TestNoticesToWhoHasNotAnsweredOutliveTheContact(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.text(juan, "AGREGAR +13125550177 Luz 4821")
		w.text(juan, "ALERTA")
		rung := false
		for _, task := range w.tasks(gateway.TaskUnreachable) {
			rung = rung || task.Phone == stranger
		}
		if rung != (i >= 2) {
			t.Errorf("alert %d: an agent rings them: %v", i+1, rung)
		}
		w.text(juan, "BIEN 4821")
		w.text(juan, "QUITAR +13125550177 4821")
		w.pass(time.Minute)
	}
	if n := w.got(stranger); n != 5 { // asked, and of two alerts the notice and the end
		t.Errorf("%d texts, want 5", n)
	}
	// Another person's alert is withheld for none of it.
	w.registers(other, "Ana Ruiz", "+1 312 555 0177 Luz")
	w.inbox[stranger] = nil
	w.says(other, "ALERTA", "a 1 contacto")
	w.hears(stranger, "Ana R.", "ALERTA")
}

// PRUEBA again and again reaches a contact three times a day, from many people
// ten times; an alert goes out all the same.
func TestDrillsAreCountedByWhoReceives(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.says(juan, "PRUEBA", "PRUEBA #")
		w.pass(time.Hour)
	}
	w.says(juan, "PRUEBA", "manana", "ALERTA")
	if n := w.got(maria); n != 3 {
		t.Errorf("%d drills, want 3", n)
	}
	w.says(juan, "ALERTA", "Avisando a 3 contactos")
	w.hears(maria, "ALERTA")
	w.says(juan, "BIEN 4821", "termino")
	w.pass(25 * time.Hour)
	w.inbox[maria] = nil
	w.says(juan, "PRUEBA", "PRUEBA #")
	w.hears(maria, "PRUEBA")
}

// A contact who says now SI, now NO, does not flood the person.
func TestAChangeOfMindIsToldAFewTimesADay(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		w.text(pedro, []string{"SI", "NO", "STOP", "START"}[i%4])
		w.now = w.now.Add(time.Minute)
	}
	if n := w.got(juan); n != 4 {
		t.Errorf("told %d times, want 4", n)
	}
}

// Whatever name somebody has, by whatever way it was kept, nothing of it that is
// no name stands in what a contact reads who has not agreed; it does in what one
// reads who has, and a desk.
func TestNoLinkReachesWhoHasNotAgreed(t *testing.T) {
	for _, name := range []string{"https://gana.mx Juan", "Policia Federal", "@premios", "Oficina 312-555-0199", "RED X", "Влад", "W e s t e r n Union"} {
		w := newWorld(t)
		p := w.view(gateway.Scope{Phone: juan}).Own
		p.Name = name // an older version took it, or a file
		p.FamilyWord = "gana.mx"
		p.Contacts = append(p.Contacts, gateway.Contact{ID: gateway.ID{9}, Phone: stranger, Name: "Luz", Vague: strings.HasPrefix(name, "@")})
		w.register(*p)
		w.handle(gateway.Invite{Profile: p.ID})
		w.deliver()
		w.text(stranger, "quien es?")
		w.text(juan, "ALERTA 911 gana.mx")
		w.text(stranger, "ESTADO")
		w.text(juan, "BIEN 4821")
		w.text(stranger, "NO")
		w.pass(50 * time.Hour)
		texts := w.inbox[stranger]
		if len(texts) < 3 {
			t.Fatalf("%q: only %q", name, texts)
		}
		for _, text := range texts {
			rest := strings.TrimPrefix(text, "RED X:")
			for _, word := range append(strings.Fields(name), "gana", "0199") {
				if len(word) > 2 && strings.Contains(strings.ToLower(rest), strings.ToLower(word)) {
					t.Errorf("%q: %q", name, text)
				}
			}
			if !strings.Contains(text, "tel. ...0101") && strings.Contains(text, "contacto de emergencia") {
				t.Errorf("%q: nobody is named in %q", name, text)
			}
		}
	}
}

// A name that is none is asked for again, of the person and of a contact.
func TestANameThatIsNoneIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.says(other, "REGISTRO", "nombre")
	for _, name := range []string{"www.gana.mx", "Agente de Migracion", "@ana", "Ana gana punto com"} {
		w.says(other, name, "solo su nombre", "Ejemplo")
	}
	w.says(other, "Ana Ruiz", "ZIP")
	w.says(other, "60608", "familiar")
	for _, name := range []string{"bit.ly/x", "Consulado", "arroba luz"} {
		w.says(other, "+1 312 555 0177 "+name, "solo el nombre de la persona", "Ejemplo")
	}
	w.says(other, "+1 312 555 0177 Luz", "Anotado: Luz")
	w.says(juan, "AGREGAR 3125550188 Western Union 4821", "solo el nombre de la persona")
	w.nothing(stranger, "+13125550188")
}
