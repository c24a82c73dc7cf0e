package console

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/ivr"
)

// Who is second reads the first's words and agrees to them as they are, or says
// something else; either takes the proposal back.
func TestTheSecondAgent(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAgent), h.clerk("bea", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	ana.get(path).form("/end", "reason").fill("reason", "released", "end_words", "llega mañana en autobús").send().did("proposed").
		holds("Usted propone cerrar", "llega mañana en autobús", "Retirar mi propuesta").holdsNot("De acuerdo: cerrar")
	read := bea.get(path).holds("ana propone cerrar", "llega mañana en autobús", "De acuerdo: cerrar con estas palabras", "No: retirar la propuesta", "Proponer otra cosa")

	// While bea reads, ana says it otherwise: nothing is done in words that bea has not read.
	ana.get(path).form("/withdraw").send().did("done").holdsNot("Usted propone")
	ana.get(path).form("/end", "reason").fill("reason", "found").send().did("proposed")
	read.form("/end", "agrees").send().did("otherwise").holds("La propuesta cambió o se retiró")
	if !h.alert().Alert.Open() {
		t.Fatal("it was ended in other words than were read")
	}
	bea.get(path).form("/withdraw").send().did("done").holds("bea retiró la propuesta de cerrar")
	bea.get(path).form("/end", "reason").fill("reason", "false-alarm").send().did("proposed")
	ana.get(path).form("/end", "agrees").send().did("waits")
}

func TestCallersCards(t *testing.T) {
	h := newHouse(t)
	h.service.Rules.CallCenter = []gateway.Phone{"+13125550190"}
	ana, bea := h.clerk("ana", gateway.RoleAgent), h.clerk("bea", gateway.RoleAgent)
	call := func(sid string, step int, more gateway.Dialogue) {
		more.Medium, more.Session, more.Step, more.From, more.To = ivr.Call, sid, step, juan, "+15550001111"
		h.handle(&more)
	}
	sid := "CA" + rand.Text()
	call(sid, 0, gateway.Dialogue{})
	call(sid, 1, gateway.Dialogue{Keys: "0"})
	page := ana.get("/console/tasks").holds("Llamada que pasa a un agente", "Juan Perez")
	stale := bea.get("/console/tasks")
	if to := page.form("/take").send(); !strings.HasPrefix(to.location, "/console/ringing/") {
		t.Errorf("whoever takes a call is led to %q", to.location)
	}
	ana.get("/console/alerts").holds("La atiende usted")
	bea.get("/console/alerts").holds("La atiende ana")
	stale.form("/take").send().did("call-taken").holds("Otro agente ya atiende esa llamada")
	bea.get("/console/map").form("/away").send().follow().holdsNot("Llamada que pasa")
	ana.get("/console/alerts").holds("La atiende usted")
	call(sid, 2, gateway.Dialogue{Rung: ivr.RungRefused, Gone: true})
	ana.get("/console/alerts").holdsNot("Llamada que pasa")
	page.form("/away").send().did("call-over").holds("Esa llamada ya terminó")
	ana.send("POST", "/console/ringing/"+gateway.NewFresh(h.now(), rand.Reader).ID().String()+"/sell", url.Values{"csrf": {page.form("/away").values.Get("csrf")}}).is(404)
}
