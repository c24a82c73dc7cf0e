package console

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aviso/gateway/acts"

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

// A desk is added under the rules of a file of desks, tested, confirmed and put in
// its order on the page; all of it by admins, and on their chain.
func TestDesksAreAddedOnThePage(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAdmin), h.clerk("bea", gateway.RoleAgent)
	bea.get("/console/desks").is(403)
	if _, err := h.service.Handle(t.Context(), &acts.Act{Agent: bea.id, Deed: acts.AddDesk{Address: maria, Words: gateway.DeskWords{Consulate: "houston", Channel: "sms"}}}); !errors.Is(err, gateway.ErrForbidden) {
		t.Errorf("an agent adds a desk: %v", err)
	}
	add := func(pairs ...string) *sheet {
		return ana.get("/console/desks").form("/console/desks").fill("consulate", "chicago", "channel", "sms", "language", "en").fill(pairs...).send()
	}
	add("address", "").wrong(`id="address"`, "Esto no puede quedar vacío.")
	add("address", "1 900 555 0100").wrong(`id="address"`, "Llamar a ese número cuesta, o es una línea nuestra.")
	add("address", "+15550001111").wrong(`id="address"`, "Llamar a ese número cuesta, o es una línea nuestra.")
	add("address", string(desk)).wrong(`id="address"`, "Ese número ya está registrado.")
	add("address", "+1 312-555-0198", "hours", "9-5").wrong(`id="hours"`, "Escriba por ejemplo lun-vie 9-17, o lun-vie 9am-5pm, sáb 10-12; vacío es siempre.")
	add("address", "+1 312-555-0198", "consulate", "").wrong(`id="consulate"`, "Eso ya no existe.")
	add("address", "+1 312-555-0198", "hours", "Lunes a viernes de 9 a 5 pm").did("done").holds("lun-vie 09:00-17:00", "no recibe alertas")

	rows := func() []gateway.Desk {
		list, err := h.store.Desks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	added := rows()[1]
	if added.Address != "+13125550198" || added.Hours != "mon-fri 09:00-17:00" || added.Language != "en" || !added.Confirmed.IsZero() {
		t.Fatalf("the desk: %+v", added)
	}
	id := added.ID.String()
	ana.get("/console/desks").form(id + "/test").send().did("waits")
	h.pass(time.Minute)
	if !h.heard("+13125550198", "PRUEBA") && !h.heard("+13125550198", "DRILL") {
		t.Error("the desk had no PRUEBA")
	}
	ana.get("/console/desks").form(id + "/confirm").send().did("done")
	ana.get("/console/desks").form(id + "/up").send().did("done")
	if list := rows(); list[0].ID != added.ID || list[0].Position != 0 || list[1].Position != 1 || list[0].Confirmed.IsZero() {
		t.Errorf("the order: %+v", list)
	}
	page := ana.get("/console/desks")
	if page.has(id+"/up") || !page.has(id+"/down") {
		t.Error("the first of its consulate can go up")
	}
	ana.get("/console/desks").form("/down").send().did("done")
	ana.get("/console/audit").holds("agregó una mesa", "cambió el orden de las mesas", "confirmó una mesa", "probó una mesa")
}

// What there is not, and what is not opened so, is said plainly, in the reader's
// language.
func TestPagesThatThereAreNot(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	ana.get("/console/nothing/of/the/kind").is(404).holds("Esta página no existe", "Volver a las alertas")
	ana.get("/console/alerts/12").is(404).holds("Esta página no existe")
	ana.send("PUT", "/console/alerts", nil).is(405).holds("no se abre así")
	ana.get("/console/undo").is(405).holds("Así no se abre")
	ana.get("/consulate/x/y/z/a").is(404)
	ana.get("/console/alerts").form("/language").press("lang", "en")
	ana.get("/console/nothing").is(404).holds("This page does not exist")
	ana.get("/console/logout").is(405).holds("Not this way")
	stranger := &clerk{house: h, cookie: rand.Text()}
	stranger.get("/console/nothing").is(404).holds("no existe")
}

// The theme is kept by the browser, for the log-in as well.
func TestTheme(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	set := func(theme, cookie string) {
		t.Helper()
		f := ana.get("/console/map").form("/theme")
		f.values.Set("theme", theme)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+f.action, strings.NewReader(f.values.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: cookieName, Value: ana.cookie})
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Set-Cookie"); !strings.HasPrefix(got, cookie) || resp.Header.Get("Location") != "/console/map" {
			t.Errorf("%q sets %q and leads to %q", theme, got, resp.Header.Get("Location"))
		}
	}
	set("dark", "aviso_theme=dark; Path=/console; Max-Age=31536000; HttpOnly")
	set("light", "aviso_theme=light;")
	set("auto", "aviso_theme=; Path=/console; Max-Age=0")
	set("<script>", "aviso_theme=; Path=/console; Max-Age=0")
	for cookie, want := range map[string]bool{"dark": true, "none": false} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/console/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: themeName, Value: cookie})
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := strings.Contains(string(body), `data-theme="dark"`); err != nil || got != want {
			t.Errorf("with %s the log-in is dark: %v, %v", cookie, got, err)
		}
	}
}

// A programme's admins see their own small numbers; nobody else does.
func TestOwnNumbers(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAdmin), h.clerk("bea", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	ana.get("/console/map").holds("Chicago 1 1", "IL 1 1", "solo los ven sus administradores")
	bea.get("/console/map").holds("Chicago <5 <5", "IL <5 <5").holdsNot("solo los ven")
}
