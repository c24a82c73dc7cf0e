package main

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
	"aviso/store"
)

// Requests that no page of ours would send.
func TestConsoleGuards(t *testing.T) { everywhere(t, testConsoleGuards) }

func testConsoleGuards(t *testing.T, r *rig) {
	r.serve()
	root, ana := r.agent("root", "admin"), r.agent("ana", "agent")
	r.text(r.juan, "ALERTA me llevan", "Recibimos")
	r.expect(r.maria, "Juan P.")
	board := ana.get("/console/alerts").is(200).holds("Juan Perez", "me llevan")
	ref := board.match(`/console/alerts/(\d{6})`)
	page := ana.get("/console/alerts/" + ref).is(200)
	note := "/console/alerts/" + ref + "/note"
	form := page.hidden(note)
	form.Set("note", "una nota")

	// Of another session, or of none.
	stale := url.Values{"csrf": {root.get("/console/alerts").hidden("/console/logout").Get("csrf")}, "once": {"x"}, "note": {"de otra"}}
	ana.post(note, stale).is(http.StatusForbidden).holds("una sesión que terminó")
	ana.post(note, url.Values{"note": {"sin ficha"}}).is(http.StatusForbidden)
	ana.get("/console/alerts/"+ref).holdsNot("de otra", "sin ficha")

	// Of another role: neither seen nor done.
	for _, path := range []string{"agents", "desks", "audit", "audit.csv"} {
		ana.get("/console/" + path).is(http.StatusForbidden)
		root.get("/console/" + path).is(200)
	}
	token := form.Get("csrf")
	ana.post("/console/agents", url.Values{"csrf": {token}, "name": {"mala"}, "role": {"admin"}}).is(http.StatusForbidden)
	ana.post("/console/agents/root/disable", url.Values{"csrf": {token}}).is(http.StatusForbidden)
	if list, _ := r.command(0, "agents", "list"); strings.Contains(list, "mala") || strings.Contains(list, "disabled") {
		t.Errorf("agents after what was forbidden:\n%s", list)
	}

	// Forged: of nothing, of somebody else's kind, of no shape.
	fake := strings.Repeat("ab", 16)
	for _, path := range []string{
		"/console/alerts/999999/note", "/console/alerts/1/note", "/console/alerts/" + ref + "/burn", "/console/tasks/" + fake + "/take",
		"/console/tasks/x/take", "/console/profiles/" + fake + "/verify", "/console/profiles/../../etc/answers", "/consulate/" + fake, "/consulate/" + fake + "/close",
	} {
		if p := ana.post(path, url.Values{"csrf": {token}, "once": {"f"}, "note": {"x"}, "pin": {"4821"}, "code": {"123456"}}); p.status != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, p.status)
		}
	}
	for name, values := range map[string]url.Values{
		"acknowledge": {"recipient": {fake}}, "reveal": {"of": {fake}}, "link": {"recipient": {fake}},
	} {
		values.Set("csrf", token)
		values.Set("once", "forged-"+name)
		if p := ana.post("/console/alerts/"+ref+"/"+name, values); p.status != http.StatusNotFound && !strings.Contains(p.location, "not-open") {
			t.Errorf("%s of a forged id answers %d to %q", name, p.status, p.location)
		}
	}

	// Sent twice: done once.
	ana.post(note, form).redirects("/console/alerts/" + ref)
	ana.post(note, form).redirects("/console/alerts/" + ref)
	if n := strings.Count(ana.get("/console/alerts/"+ref).body, "una nota"); n != 1 {
		t.Errorf("a form that was sent twice is noted %d times", n)
	}

	// A number is masked until it is asked for, and that is on record.
	page = ana.get("/console/alerts/"+ref).holdsNot("3312345678", "33 1234 5678")
	of := regexp.MustCompile(`name="of" value="([0-9a-f]{32})"[^>]*><button[^>]*>&#43;5`).FindStringSubmatch(page.body)
	if of == nil {
		t.Fatalf("no button shows Maria's number\n%s", page.body)
	}
	shown := page.submit("/console/alerts/"+ref+"/reveal#number", url.Values{"of": {of[1]}}).is(200).holds("33 1234 5678")
	if strings.Contains(shown.location, "33") {
		t.Error("a number stands in an address")
	}
	ana.get("/console/alerts/" + ref).holds("vio el número de").holdsNot("33 1234 5678")
	root.get("/console/audit").holds("vio un número", "ana", "#"+ref)
	csvPage := root.get("/console/audit.csv?agent=ana&what=reveal").is(200)
	rows, err := csv.NewReader(strings.NewReader(csvPage.body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][1] != "ana" || rows[1][2] != "reveal" || rows[1][3] != ref {
		t.Errorf("the audit log as a file: %v, %v", rows, err)
	}
	root.get("/console/audit?what=audit-taken").holds("descargó la auditoría")

	// Without the PIN one agent proposes; a wrong one changes nothing.
	page.submit("/console/alerts/"+ref+"/end", url.Values{"pin": {"0000"}}).redirects("/console/alerts/" + ref + "?did=wrong-pin")
	page = ana.get("/console/alerts/" + ref)
	page.submit("/console/alerts/"+ref+"/end", url.Values{"reason": {"found"}}).redirects("/console/alerts/" + ref + "?did=proposed")
	r.expectNothing(r.maria)
	root.get("/console/alerts/"+ref).holds("abierta", "propone cerrar")
}

// A session that ends while somebody types loses nothing but what is secret.
func TestConsoleKeepsWhatWasTyped(t *testing.T) {
	r := newRig(t)
	r.serve()
	ana := r.agent("ana", "agent")
	form := ana.get("/console/raise").hidden("/console/raise")
	ana.get("/console/alerts").submit("/console/logout", nil).redirects("/console/login")
	for name, value := range map[string]string{"name": "Lupe <b>", "place": "mercado 60608", "ring": "+1 312-555-0188", "pin": "4821"} {
		form.Set(name, value)
	}
	p := ana.post("/console/raise", form).is(http.StatusUnauthorized).holds("no se ha perdido").holdsNot("4821")
	fields := p.hidden("/console/login")
	fields.Set("name", "ana")
	fields.Set("password", "wrong")
	p = ana.post("/console/login", fields).is(http.StatusUnauthorized).holds("no se ha perdido")
	fields = p.hidden("/console/login")
	fields.Set("name", "ana")
	fields.Set("password", consolePassword)
	ana.post("/console/login", fields).redirects("/console/factor")
	p = ana.get("/console/factor").submit("/console/factor", url.Values{"code": {ana.recovery()}})
	p.redirects("/console/raise?kept=1")
	p = ana.follow(p).is(200).holds(`value="Lupe &lt;b&gt;"`, `value="mercado 60608"`, `value="&#43;1 312-555-0188"`, "nada se ha hecho").holdsNot("4821")
	sent := p.hidden("/console/raise")
	for _, field := range regexp.MustCompile(`<input id="(?:name|place|ring)" name="([a-z_]+)" value="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
		sent.Set(field[1], html.UnescapeString(field[2]))
	}
	p = ana.post("/console/raise", sent)
	p.redirects("/console/alerts/")
	ana.follow(p).holds("Lupe <b>")
	ana.get("/console/raise?kept=1").is(200).holdsNot("Lupe") // it was sent: nothing is left of it

	// A page of a session that has ended, sent from one that has begun meanwhile.
	ref := ana.get("/console/alerts").match(`/console/alerts/(\d{6})`)
	old := ana.get("/console/alerts/" + ref).hidden("/console/alerts/" + ref + "/note")
	old.Set("csrf", "of-a-session-that-has-ended")
	old.Set("note", "hablo con la vecina")
	p = ana.post("/console/alerts/"+ref+"/note", old).is(http.StatusForbidden).holds("una sesión que terminó")
	again := p.match(`href="(/console/alerts/\d{6}\?kept=1)"`)
	p = ana.get(again).is(200).holds(">hablo con la vecina</textarea>")
	ana.get("/console/alerts/" + ref).holdsNot("hablo con la vecina")
	p.submit("/console/alerts/"+ref+"/note", url.Values{"note": {"hablo con la vecina"}}).redirects("/console/alerts/" + ref)
}

// A wrong field is shown again with everything that was typed.
func TestConsoleRegister(t *testing.T) {
	r := newRig(t)
	r.hasty()
	r.serve()
	ana := r.agent("ana", "agent")
	fields := url.Values{
		"phone": {"312-555-0166"}, "name": {"Rosa Diaz"}, "zip": {"9"}, "pin": {"2468"}, "consent": {"no"},
		"contact1_phone": {"312-555-0167"}, "contact1_name": {"Chela"}, "contact1_message": {"recoge a los ninos"},
	}
	p := ana.get("/console/profiles/new").holdsNot("phone_country").submit("/console/profiles/new", fields).is(422).
		holds("escoja de dónde es", "312-555-0166", "312-555-0167", `name="phone_country"`, `name="contact1_phone_country"`, "Illinois", "Colima").holdsNot("2468")
	fields.Set("phone_country", "US")
	fields.Set("contact1_phone_country", "US")
	p = p.submit("/console/profiles/new", fields).is(422).holds("Rosa Diaz", "recoge a los ninos", "El ZIP", `name="phone_country" value="US" checked`).holdsNot("2468")
	fields.Set("zip", "60608")
	fields.Set("contact1_phone", "+1 900 555 0167")
	p = p.submit("/console/profiles/new", fields).is(422).holds("llamar a ese número cuesta")
	fields.Set("contact1_phone", "312-555-0167")
	p = p.submit("/console/profiles/new", fields)
	p.redirects("/console/profiles/")
	p = ana.follow(p).is(200).holds("Rosa Diaz", "recoge a los ninos").holdsNot("2468", "555-0166", "5550166")
	r.expect(r.carrier.Phone("+13125550167", "Chela"), "Rosa D.", "contacto de emergencia")

	// Found by phone, by code and by whole words of the name; never by an address.
	code := strings.ReplaceAll(ana.get(p.path).match(`<dt>Código</dt><dd>([0-9 ]+)</dd>`), " ", "")
	for _, search := range []string{"3125550166", "+1 312 555 0166", code, "rosa", "DIAZ rosa"} {
		found := ana.get("/console/profiles").submit("/console/profiles", url.Values{"search": {search}}).is(200).holds("Rosa Diaz")
		if found.location != "" {
			t.Errorf("a search for %q leads to %s", search, found.location)
		}
	}
	for _, search := range []string{"ros", "Rosario", "3125550168", "123456789"} {
		ana.get("/console/profiles").submit("/console/profiles", url.Values{"search": {search}}).holdsNot("Rosa Diaz")
	}
	ana.get("/console/profiles").submit("/console/profiles", url.Values{"search": {"312-555-0167"}}).holds("es contacto de", "Rosa Diaz")
	ana.get(p.path+"/wallet").is(200).holds(code[:3], "911", "ALERTA", "555-000-1111", "520-555-0100").holdsNot("Rosa", "Diaz", "5550166")
}

// A consulate's page is for those who consented, opens once and does what the
// desk's texts do.
func TestConsulatesPage(t *testing.T) { everywhere(t, testConsulatesPage) }

func testConsulatesPage(t *testing.T, r *rig) {
	r.hasty()
	r.serve()
	ana := r.agent("ana", "agent")
	r.text(r.juan, "ALERTA me llevan", "Recibimos")
	r.expect(r.maria, "Juan P.")
	ref := ana.get("/console/alerts").match(`/console/alerts/(\d{6})`)
	page := ana.get("/console/alerts/" + ref)
	page.submit("/console/alerts/"+ref+"/details", url.Values{"born": {"14 de marzo de 1988"}, "minors": {"dos, con la vecina"}}).redirects("/console/alerts/")
	form := ana.get("/console/alerts/" + ref).hidden("/console/alerts/" + ref + "/link")
	made := ana.post("/console/alerts/"+ref+"/link", form).is(200)
	link := made.match(`<code class="url">` + regexp.QuoteMeta(publicURL) + `([^<]+)</code>`)
	code := made.match(`<code class="big">([0-9 ]+)</code>`)

	officer := r.visitor()
	officer.get(link).is(200).holds("Clave").holdsNot("Juan", "me llevan", "14 de marzo")
	officer.post(link, url.Values{"code": {"000000"}}).is(http.StatusForbidden).holdsNot("Juan")
	officer.post(link, url.Values{"code": {code}}).redirects(link)
	packet := officer.get(link).is(200).holds("Juan Perez", "60608", "me llevan", "14 de marzo de 1988", "dos, con la vecina", "Imprimir")
	other := r.visitor()
	other.get(link).is(200).holds("ya se abrió").holdsNot("Juan")
	other.post(link, url.Values{"code": {code}}).is(http.StatusForbidden).holdsNot("Juan")
	other.post(link+"/close", url.Values{"words": {"x"}}).is(http.StatusForbidden)
	officer.post(link+"/acknowledge", url.Values{"once": {"1"}}).is(http.StatusForbidden) // without the page's own token

	packet.submit(link+"/acknowledge", nil).redirects(link + "?did=waits")
	r.expect(r.juan, "Consulado en Chicago", "CONFIRMO")
	packet.submit(link+"/locate", url.Values{"words": {""}}).is(422)
	packet.submit(link+"/locate", url.Values{"words": {"esta en Broadview"}}).redirects(link + "?did=waits")
	r.expect(r.maria, "esta en Broadview")
	packet.submit(link+"/close", url.Values{"words": {"salio libre"}}).redirects(link + "?did=waits")
	r.expect(r.maria, "cerro su parte", "salio libre")
	ana.get("/console/alerts/"+ref).holds("abierta", "abrió el enlace")
}

// A thousand open alerts: a page of the board is quick, and shows fifty.
func TestConsoleThousandAlerts(t *testing.T) {
	r := newRig(t)
	records, err := store.Open(t.Context(), store.Options{DSN: r.db, KeysFile: r.dir + "/aviso.keys"})
	if err != nil {
		t.Fatal(err)
	}
	fresh := gateway.NewFresh(time.Now(), rand.Reader)
	const alerts = 1000
	for i := range alerts {
		at := time.Now().Add(-time.Duration(alerts-i) * time.Second)
		fresh.Now = at
		a := gateway.Alert{ID: fresh.ID(), Ref: gateway.Ref(100_000 + i), State: gateway.AlertOpen, At: at, Consulate: "chicago",
			ZIP: "60608", Zone: "America/Chicago", Name: fmt.Sprintf("Persona %04d", i), Channel: "sms", Words: []gateway.Words{{At: at, Text: "me llevan"}}}
		turn := gateway.Turn{At: at, Alerts: []gateway.Alert{a}}
		for n := range 4 {
			rec := gateway.Recipient{ID: fresh.ID(), Alert: a.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed, Name: fmt.Sprintf("Contacto %d", n), Phone: "+13125550199"}
			turn.Recipients = append(turn.Recipients, rec)
			turn.Attempts = append(turn.Attempts, gateway.Attempt{ID: fresh.ID(), Alert: a.ID, Recipient: rec.ID, Channel: gateway.SMS, State: gateway.AttemptSent, Purpose: gateway.PurposeNotice, Sent: at, Due: at})
		}
		if err := records.Commit(context.WithoutCancel(t.Context()), turn); err != nil {
			t.Fatal(err)
		}
	}
	if err := records.Close(); err != nil {
		t.Fatal(err)
	}
	r.serve()
	ana := r.agent("ana", "agent")
	for path, holds := range map[string]string{
		"/console/alerts": "Persona 0999", "/console/alerts?page=19": "Persona 0000", "/console/alerts?only=waiting&consulate=chicago": "Persona 0950", "/console/map": "1000",
	} {
		start := time.Now()
		p := ana.get(path).is(200).holds(holds)
		took := time.Since(start)
		t.Logf("%s: %s, %d KB", path, took, len(p.body)>>10)
		if took > 2*time.Second {
			t.Errorf("%s takes %s", path, took)
		}
		if n := strings.Count(p.body, `<tr id="a`); strings.Contains(path, "alerts") && n != 50 {
			t.Errorf("%s shows %d alerts", path, n)
		}
	}
}

// A call that is put through brings the caller's card up on every agent's page.
func TestConsoleCallersCard(t *testing.T) {
	r := newRig(t)
	r.serve("--call-center", centerOne)
	r.carrier.Phone(centerOne, "Uno").OnCall(sim.ByHand)
	ana := r.agent("ana", "agent")
	ana.get("/console/alerts").holdsNot("Llamada que pasa")
	talk := r.call(r.juan, sender)
	defer talk.HangUp()
	r.press(talk, "0")
	r.eventually("the caller's card", func() bool {
		return strings.Contains(ana.get("/console/tasks").body, "Llamada que pasa a un agente")
	})
	board := ana.get("/console/alerts").holds("Juan Perez").holdsNot("3125550101", "312-555-0101")
	card := board.match(`href="(/console/ringing/[0-9a-f]{32})"`)
	p := ana.get(card)
	p.redirects("/console/profiles/")
	ana.follow(p).is(200).holds("Juan Perez", "Maria", "Sin verificar")
	ana.get("/console/ringing/" + strings.Repeat("ab", 16)).is(http.StatusNotFound)

	// It is gone once the caller is.
	talk.HangUp()
	r.eventually("the end of the caller's card", func() bool {
		return !strings.Contains(ana.get("/console/tasks").body, "Llamada que pasa a un agente")
	})
}

// Admins send what is not an alert: a drill, invitations with what they cost.
func TestConsoleOutreach(t *testing.T) {
	r := newRig(t)
	r.hasty()
	r.command(0, "profiles", "import", r.file("more.csv", `phone,name,zip,contact1_phone,contact1_name,contact2_phone,contact2_name
+13125550151,Luis Mora,60608,+13125550152,Eva,+523312340000,Teo
`))
	r.serve()
	root, ana := r.agent("root", "admin"), r.agent("ana", "agent")
	ana.get("/console/outreach").is(http.StatusForbidden)
	p := root.get("/console/outreach").is(200).holds("derechos", "SUS DERECHOS")
	p = p.submit("/console/outreach/count", url.Values{"per_hour": {"60"}}).is(200).holds("<strong>2</strong>", "$0.07")
	form := p.hidden("/console/outreach/invite")
	root.post("/console/outreach/invite", form).redirects("/console/outreach?did=waits")
	root.get("/console/outreach").holds("Deshacer", "llega a 2")
	r.expect(r.carrier.Phone("+13125550152", "Eva"), "Luis M.", "contacto de emergencia")
	root.get("/console/outreach").submit("/console/outreach/count", nil).holds("<strong>0</strong>")

	found := ana.get("/console/profiles").submit("/console/profiles", url.Values{"search": {"juan perez"}})
	person := found.match(`href="(/console/profiles/[0-9a-f]{32})"`)
	ana.get(person)
	if n := strings.Count(root.get("/console/audit?what=looked&agent=ana").holds("Juan P.").body, "Juan P."); n != 1 {
		t.Errorf("who opens a card twice is written down %d times", n)
	}
	ana.get(person).submit(person+"/drill", nil).redirects(person + "?did=waits")
	r.expect(r.maria, "PRUEBA")
	ana.get(person).submit(person+"/invite", nil).is(422) // all were asked
}
