package console

import (
	"crypto/rand"
	"testing"

	"aviso/gateway"
)

// What is refused says why.
func TestRefusalsSayWhy(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	asked := gateway.Profile{
		ID: fresh.ID(), Phone: "+13125550166", Code: fresh.Code(), Name: "Rosa Diaz", Language: "es", ZIP: "60608", Registered: h.now(),
		Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: "+13125550167", Name: "Chela", Asked: 1}},
	}
	h.commit(gateway.Turn{Profiles: []gateway.Profile{asked}})
	page := "/console/profiles/" + asked.ID.String()
	ana.get(page).form("/invite").send().is(422).holds("no la han contestado")
	ana.get(page).form("/drill").send().is(422).holds("ningún contacto ha contestado la invitación")
	mine := "/console/profiles/" + h.profile(juan).ID.String()
	ana.get(mine).form("/invite").send().is(422).holds("todos los contactos han contestado")
	h.raided(6)
	ana.get(mine).form("/drill").send().is(422).holds("hay una posible redada")
}

// A note that was typed while the alert was open, and is sent after its end, is
// refused with who ended it; it is there to be sent again.
func TestLateNote(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	note := ana.get(path).form("/note").fill("note", "dice que va al norte")
	h.text(juan, "BIEN 4821")
	late := note.send().is(409).holds("No se hizo: la alerta ya había terminado", "la persona", "con su PIN")
	again := late.form("/note")
	if got := again.values.Get("note"); got != "dice que va al norte" {
		t.Errorf("the note is now %q", got)
	}
	again.send().did("done").holds("dice que va al norte")
}
