package console

import (
	"slices"
	"testing"
	"time"

	"aviso/gateway"
)

// Nothing is chosen for an agent who writes down what came of a task, and the
// key that ends a line in the note sends nothing: neither does the note of an
// alert's end.
func TestNothingIsChosenInATask(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	h.text(maria, "donde esta?")
	ana.get("/console/tasks").form("/take").send().did("done")
	page := ana.get("/console/tasks")
	done := page.form("/done")
	if got := done.values.Get("outcome"); got != "" {
		t.Errorf("%q is chosen", got)
	}
	// A browser sends the form of a one-line field on Enter, never that of an area.
	alert := ana.get("/console/alerts/" + h.alert().Alert.Ref.Digits())
	for name, of := range map[string]*form{"note": done, "end_words": alert.form("/end", "end_words")} {
		if !of.areas[name] {
			t.Errorf("%s is a field whose Enter sends the form", name)
		}
	}
	done.fill("note", "contesto su hija").send().is(422).holds("El resultado: escoja una de las respuestas")
	if r := h.alert().Recipients; slices.ContainsFunc(r, func(r gateway.Recipient) bool { return r.State == gateway.RecipientConfirmed }) {
		t.Error("a note confirms")
	}
}

// What tells people can be undone from the page, without script, and corrected
// when it is too late.
func TestUndoOnThePage(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAgent), h.clerk("bea", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	h.heard(maria, "")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	page := ana.get(path).form("/words").fill("words", "van al norte").send().did("waits")
	page.holds("Todavía no se avisa a nadie", "Pasar palabras a los avisados", "van al norte", "Deshacer")
	bea.get(path).holds("Deshacer", "ana")         // it is about this alert
	bea.get("/console/tasks").holdsNot("Deshacer") // it is not hers
	page.form("/undo").send().did("undone").holds("Deshecho").holdsNot("Se hace en")
	h.pass(time.Minute)
	if h.heard(maria, "van al norte") {
		t.Error("what was undone is told")
	}

	page = ana.get(path).form("/words").fill("words", "van al sur").send().did("waits")
	late := page.form("/undo")
	h.pass(10 * time.Second)
	if !h.heard(maria, "van al sur") {
		t.Error("what was not undone is not told")
	}
	page = late.send().did("late").holds("Ya estaba hecho", "Lo que se avisó", "van al sur")
	page.form("/correct").fill("right", "Van a Broadview").send().did("waits").holds("Corregir lo que se dijo por error")
	h.pass(10 * time.Second)
	if !h.heard(maria, "CORRECCION") {
		t.Error("whoever was told is not told of the mistake")
	}
	if ana.get(path).has("/correct") {
		t.Error("what was corrected can be corrected again")
	}
}

// What could not be done any more says so on the agent's pages.
func TestVoidIsShown(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	ana.get(path).form("/words").fill("words", "van al norte").send().did("waits")
	h.text(juan, "BIEN 4821")
	h.pass(10 * time.Second)
	ana.get("/console/alerts").holds("No se hizo", "van al norte", "ya había terminado")
}
