package console

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

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

// A number that is shown says whose it is, and leaves a note that is being typed.
func TestRevealLeavesTheNote(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	e := ana.browser(1366, 768)
	e.open("/console/alerts/"+h.alert().Alert.Ref.Digits(), "#told")
	js[int](e, `(window.note = document.getElementById("note"), note.value = "a medias", window.same = true, 0)`)
	e.do(chromedp.Click(`#told li:first-child button[id^=reveal-]`), chromedp.WaitVisible("p#number"))
	if got := js[string](e, `[note.isConnected, note.value, window.same].join()`); got != "true,a medias,true" {
		t.Errorf("the note is now %s", got)
	}
	said := js[string](e, `document.getElementById("number").innerText`)
	if !strings.Contains(said, "Maria") && !strings.Contains(said, "Consulado") || !strings.Contains(said, "Juan Perez") || !strings.Contains(said, "312-555-01") {
		t.Errorf("the number says %q", said)
	}
	// It stays while the page follows, and is hidden on demand.
	h.text(maria, "1")
	e.until(`document.getElementById("told").innerText.includes("confirmó")`)
	if !js[bool](e, `!!document.getElementById("number")`) {
		t.Error("an update takes the number away")
	}
	e.do(chromedp.Click("a#hide"))
	e.until(`!document.getElementById("number") && note.value === "a medias"`)
	// New alerts are said, without a name.
	h.text("+13125550188", "ALERTA")
	e.until(`document.getElementById("announce").innerText.startsWith("Alerta nueva")`)
}
