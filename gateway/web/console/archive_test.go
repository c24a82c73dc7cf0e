package console

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// found searches for something by the one search, from whichever page.
func (c *clerk) found(words string) *sheet {
	c.Helper()
	return c.get("/console/map").form("/profiles").fill("search", words).send()
}

// One search finds an alert by its reference, whoever by phone, code or name with
// their alerts, ended ones too, and agents. All of it is in the audit log.
func TestOneSearch(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.clerk("beatriz", gateway.RoleAgent)
	h.text(juan, "ALERTA me llevan")
	over := h.alert().Alert.Ref
	h.text(juan, "BIEN 4821")
	ana.get("/console/raise").form("/raise").fill("name", "Lupita Quispe", "place", "60608", "ring", "+1 312-555-0177", "ring_name", "Chela").send()
	h.deliver()
	stranger := h.alert().Alert.Ref
	for words, want := range map[string]string{
		over.Digits(): "/console/alerts/" + over.Digits(), "#" + over.Digits(): "/console/alerts/" + over.Digits(), " #" + stranger.Digits() + " ": "/console/alerts/" + stranger.Digits(),
	} {
		if s := ana.found(words); s.status != http.StatusSeeOther || s.location != want {
			t.Errorf("%q leads to %d %s", words, s.status, s.location)
		}
	}
	p := h.profile(juan)
	for words, want := range map[string][]string{
		"312-555-0101":       {over.String(), "cancelada con PIN", "Juan Perez"},
		"juan perez":         {over.String(), "cancelada con PIN", "Juan Perez"},
		string(p.Code):       {over.String(), "Juan Perez"},
		"+1 312 555 0177":    {stranger.String(), "Lupita Quispe", "abierta"}, // who was told
		"quispe":             {stranger.String(), "Lupita Quispe"},            // not registered
		"beat":               {"beatriz", "agente"},
		"#999999":            {"Nadie."},
		string(maria):        {over.String(), "Este teléfono es contacto de"},
		"nobody of the name": {"Nadie."},
	} {
		ana.found(words).is(http.StatusOK).holds(want...)
	}
	log := h.clerk("root", gateway.RoleAdmin).get("/console/audit?agent=ana&what=searched")
	if n := strings.Count(log.words(), "buscó a alguien"); n < 12 {
		t.Errorf("%d searches are in the log: %s", n, log.words())
	}
	log.holdsNot("quispe", over.Digits()+" #")
}

// What has ended stands in the archive, for admins: narrowed, and as a file without
// names. Each look is in the audit log.
func TestArchive(t *testing.T) {
	h := newHouse(t)
	ana, root := h.clerk("ana", gateway.RoleAgent), h.clerk("root", gateway.RoleAdmin)
	h.text(juan, "ALERTA me llevan")
	ref := h.alert().Alert.Ref
	h.text(maria, "1")
	h.text(juan, "BIEN 4821")
	h.text("+13125550188", "ALERTA")
	open := h.alert().Alert.Ref
	h.pass(time.Minute)
	ana.get("/console/archive").is(http.StatusForbidden)
	ana.get("/console/archive.csv").is(http.StatusForbidden)
	page := root.get("/console/archive").holds(ref.String(), "Juan Perez", "cancelada con PIN", "Son 1.")
	page.holdsNot(open.String())
	if strings.Contains(page.body, "data-follow") {
		t.Error("the page asks for itself again, and is written down each time")
	}
	root.get("/console/archive?how=cancelled&consulate=chicago").holds(ref.String())
	root.get("/console/archive?how=closed").holds("Ninguna en estas fechas").holdsNot(ref.String())
	root.get("/console/archive?consulate=dallas").holdsNot(ref.String())
	root.get("/console/archive?since=2020-01-01&until=2020-02-01").holdsNot(ref.String())
	file := root.get("/console/archive.csv")
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != ref.Digits() || rows[1][3] != "cancelled" || rows[1][8] != "1" {
		t.Errorf("the file is %q, %v", rows, err)
	}
	for _, secret := range []string{"Juan", "Perez", "312", "llevan"} {
		if strings.Contains(file.body, secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
	root.get("/console/audit?what=archive-taken").holds("root", "DESCARGÓ EL ARCHIVO DE ALERTAS", "mostró 1")
	root.get("/console/audit?what=archive-read").holds("root miró el archivo de alertas")
}
