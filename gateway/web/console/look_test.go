package console

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/watch"
	"aviso/gateway/web"
	"aviso/store"
)

// crowd registers n people of one surname, each with a first name of their own.
func (h *house) crowd(n int, surname string) (people []gateway.Profile) {
	h.Helper()
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	for i := range n {
		people = append(people, gateway.Profile{
			ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1312556%04d", i)), Code: fresh.Code(), Name: fmt.Sprintf("Socorro%d %s", i, surname), Language: "es",
			ZIP: "60608", Registered: h.now(), ConsularNotice: gateway.Consent{Given: true, At: h.now(), Channel: "paper"},
		})
	}
	h.commit(gateway.Turn{Profiles: people})
	return people
}

// node is one server of several on one database, whole, with the shares of agents.
type node struct {
	server  *httptest.Server
	metrics *httptest.Server
	log     *strings.Builder
}

func (h *house) node() *node {
	h.Helper()
	con, err := New(Config{
		Records: h.store, Accounts: agent.New(h.store, "RED X", h.now), Clock: h.now, PublicURL: "https://aviso.example.org", Rules: h.service.Rules, Words: h.service.Words,
	})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(con.Close)
	m, log := watch.NewMetrics(), &strings.Builder{}
	s := web.New(web.Config{Domain: h, Metrics: m, Log: zerolog.New(log), Console: con, Limits: web.NewLimits(h.now, m)})
	n := &node{httptest.NewServer(s.Public()), httptest.NewServer(m.Handler()), log}
	h.Cleanup(func() {
		if h.Failed() {
			h.Log(log)
		}
	})
	h.Cleanup(n.server.Close)
	h.Cleanup(n.metrics.Close)
	return n
}

// tells reports whether the node's metrics have a line.
func (n *node) tells(t *testing.T, line string) bool {
	t.Helper()
	resp, err := http.Get(n.metrics.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(body), line+"\n")
}

// acted are the entries of an agent's chain, the newest first.
func (h *house) acted(who gateway.ID) (lines []historyLine) {
	h.Helper()
	list, err := h.store.Audit(h.Context(), store.AuditQuery{Agent: who, Until: h.now().Add(time.Hour).UnixMicro(), Limit: 10_000})
	if err != nil {
		h.Fatal(err)
	}
	return historyLines(list)
}

func counted(lines []historyLine, kind string) (n int) {
	for _, l := range lines {
		if l.Kind == kind {
			n++
		}
	}
	return n
}

func (c *clerk) search(words string) *sheet {
	c.Helper()
	return c.get("/console/profiles").form("/console/profiles").fill("search", words).send()
}

// A thief at the console: eighty searches in a row, over two nodes, show eight
// hundred people at the most, and each leaves a line; those that find a crowd are
// an alarm. What was searched for is written down nowhere.
func TestSearchesLeaveATrace(t *testing.T) {
	h := newHouse(t)
	h.crowd(60, "Villalobos")
	one, two := h.node(), h.node()
	nodes := []*node{one, two}
	ana, root := h.clerk("ana", gateway.RoleAgent), h.clerk("root", gateway.RoleAdmin)
	shown := 0
	for i := range 80 {
		h.server = nodes[(i+i/20)%2].server
		words := fmt.Sprintf("socorro%d villalobos", i)
		if i%20 == 0 {
			words = "Villalobos"
		}
		s := ana.search(words).is(http.StatusOK)
		hits := strings.Count(s.body, `class="hit"`)
		if shown += hits; hits > 10 {
			t.Fatalf("%d people are listed", hits)
		}
		if i%20 == 0 {
			s.holds("más de 50", "aquí hay 10")
		}
	}
	if shown < 80 || shown > 150 {
		t.Errorf("%d people were shown", shown)
	}
	ana.search("+1 312 555 0101").is(http.StatusOK).holds("Juan Perez")
	ana.search(string(h.profile(juan).Code)).is(http.StatusOK).holds("Juan Perez")
	ana.search("quetzalcoatl").is(http.StatusOK).holds("Nadie")

	lines := h.acted(ana.id)
	if n, wide := counted(lines, "searched"), counted(lines, "searched-widely"); n != 79 || wide != 4 {
		t.Errorf("%d searches and %d wide ones are written down", n, wide)
	}
	marks := map[string]int{}
	for _, l := range lines {
		_, mark, _ := strings.Cut(l.Detail, "search:")
		marks[mark]++
		if want := "shown:10 found:50+ "; l.Kind == "searched-widely" && !strings.HasPrefix(l.Detail, want) {
			t.Errorf("a wide search is written down as %q", l.Detail)
		}
	}
	if len(marks) != 80 { // 77 once, the wide one four times, and three more
		t.Errorf("%d different searches", len(marks))
	}
	for _, n := range nodes {
		if !n.tells(t, `aviso_agent_alarms_total{what="wide_search"} 2`) {
			t.Error("a wide search is in no metric")
		}
		if log := n.log.String(); !strings.Contains(log, "wide_search") || !strings.Contains(log, ana.id.String()) || strings.Contains(strings.ToLower(log), "villalobos") || strings.Contains(log, "ana\"") {
			t.Errorf("log: %s", log)
		}
	}
	h.server = one.server
	root.get("/console/audit?what=searched-widely").holds("BUSCÓ A MUCHOS", "mostró 10 de 50+")
	root.get("/console/audit?what=searched").holds("buscó a alguien", "mostró 1 de 1")
	rows, err := csv.NewReader(strings.NewReader(root.get("/console/audit.csv?agent=ana").body)).ReadAll()
	if err != nil || len(rows) != 84 || rows[1][2] != "searched" || !strings.HasPrefix(rows[1][6], "shown:0 found:0 search:") {
		t.Errorf("%d rows of the export, %v; %q", len(rows), err, rows[1])
	}

	for _, file := range []string{h.file, h.file + "-wal"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range []string{"quetzalcoatl", "villalobos", "3125550101", "socorro"} {
			if bytes.Contains(bytes.ToLower(data), []byte(term)) {
				t.Errorf("%s holds %q", filepath.Base(file), term)
			}
		}
	}
	// Nor is it sealed anywhere: the whole chain of the agent is read.
	for _, l := range lines {
		if strings.Contains(strings.ToLower(fmt.Sprint(l.Kind, l.Actor, l.Detail)), "quetzal") {
			t.Errorf("an entry holds the term: %+v", l)
		}
	}
}

// Cards opened one after the other, by id and by whatever form: each is a line, and
// beyond the share they are refused, which is an alarm on every node and one line.
func TestPagesOpenedInARow(t *testing.T) {
	h := newHouse(t)
	people := h.crowd(200, "Villalobos")
	n := h.node()
	h.server = n.server
	ana, root := h.clerk("ana", gateway.RoleAgent), h.clerk("root", gateway.RoleAdmin)
	csrf := ana.get("/console/profiles").form("/console/profiles").values.Get("csrf")
	opened := 0
	for i, p := range people {
		var s *sheet
		switch path := "/console/profiles/" + p.ID.String(); i % 3 {
		case 0:
			s = ana.get(path)
		case 1: // a form that is wrong is answered with the card
			s = ana.send(http.MethodPost, path+"/change", url.Values{"csrf": {csrf}, "zip": {"x"}, "was_zip": {"60608"}})
		case 2: // and so is what lacks the PIN
			s = ana.get(path + "/wallet")
		}
		switch s.status {
		case http.StatusOK, http.StatusUnprocessableEntity:
			opened++
			s.holds(p.Name)
		case http.StatusTooManyRequests:
			s.holds("demasiadas cosas en poco tiempo", "espere medio minuto").holdsNot(p.Name)
		default:
			t.Fatalf("%d: %s", s.status, s.words())
		}
	}
	lines := h.acted(ana.id)
	if looked := counted(lines, "looked"); opened < 80 || opened > 130 || looked < opened || looked > 130 {
		t.Errorf("%d cards were shown, and %d are written down", opened, looked)
	}
	if used := counted(lines, "share-used"); used != 1 || !n.tells(t, `aviso_agent_alarms_total{what="share"} 1`) || !strings.Contains(n.log.String(), `"what":"share"`) {
		t.Errorf("that the share is used up is written down %d times; log %s", used, n.log)
	}
	if log := n.log.String(); strings.Contains(log, "Socorro") || strings.Contains(log, "312556") {
		t.Errorf("log: %s", log)
	}
	root.get("/console/audit?what=share-used").holds("PASÓ DE SU CUOTA")
	h.pass(time.Minute)
	ana.get("/console/profiles/" + people[199].ID.String()).is(http.StatusOK).holds(people[199].Name)
	ana.search("socorro5 villalobos").is(http.StatusOK)
}

// Alerts opened by reference, those that there are and those that there are not,
// are looks as well. The board is none, and neither is a page that is open and
// follows what happens; a look changes nothing about the alert.
func TestAlertsOpened(t *testing.T) {
	h := newHouse(t)
	h.server = h.node().server
	h.text(juan, "ALERTA")
	alert := h.alert()
	path := "/console/alerts/" + alert.Alert.Ref.Digits()
	ana := h.clerk("ana", gateway.RoleAgent)
	for range 140 { // a raid, of which the page follows every change
		ana.get(path).is(http.StatusOK)
		ana.get("/console/alerts").is(http.StatusOK).holds("Juan Perez")
	}
	h.pass(20 * time.Minute)
	ana.get(path).is(http.StatusOK)
	h.pass(20 * time.Minute) // it is still open
	ana.get(path).is(http.StatusOK)
	if lines := h.acted(ana.id); counted(lines, "alert-opened") != 1 || len(lines) != 1 || lines[0].Detail != "alert:"+alert.Alert.ID.String() {
		t.Errorf("%d entries: %+v", len(lines), lines)
	}
	if now := h.alert(); len(now.History) < len(alert.History) || strings.Contains(fmt.Sprint(now.History), "opened") {
		t.Errorf("the alert's own chain tells who looked: %+v", now.History)
	}
	h.pass(time.Hour)
	ana.get(path).is(http.StatusOK)
	if n := counted(h.acted(ana.id), "alert-opened"); n != 2 {
		t.Errorf("a look an hour later leaves %d entries", n)
	}
	// Whoever tries references has them no more than others.
	found, refused := 0, 0
	for ref := 100_000; ref < 100_400; ref++ {
		switch s := ana.get(fmt.Sprint("/console/alerts/", ref)); s.status {
		case http.StatusNotFound:
		case http.StatusOK:
			found++
		case http.StatusTooManyRequests:
			refused++
		default:
			t.Fatalf("%d: %s", s.status, s.words())
		}
	}
	if refused < 250 || counted(h.acted(ana.id), "share-used") != 1 {
		t.Errorf("of 400 references %d are refused", refused)
	}
	ana.get(path).is(http.StatusOK) // what is open stays open, and can be acted on later
}

// What was typed into a form that is refused is shown, not lost.
func TestRefusedLooksLoseNothing(t *testing.T) {
	h := newHouse(t)
	people := h.crowd(140, "Villalobos")
	h.server = h.node().server
	h.text(juan, "ALERTA")
	ana := h.clerk("ana", gateway.RoleAgent)
	note := ana.get("/console/alerts/" + h.alert().Alert.Ref.Digits()).form("/note")
	for _, p := range people {
		ana.get("/console/profiles/" + p.ID.String())
	}
	note.fill("note", "llama la vecina, no sabe nada").send().is(http.StatusTooManyRequests).holds("demasiadas cosas", "llama la vecina, no sabe nada")
	ana.search("juan perez").is(http.StatusTooManyRequests).holds("juan perez")
	h.pass(30 * time.Second)
	note.send().did("done")
}

// A search that comes from a session that has ended is not kept for the next one,
// sealed or not; what was typed is shown.
func TestSearchesAreNotKept(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	old := ana.get("/console/profiles").form("/console/profiles").fill("search", "juan perez")
	old.values.Set("csrf", "of-another-session")
	old.send().is(http.StatusForbidden).holds("juan perez")
	key := sha256.Sum256([]byte(ana.cookie))
	session, err := h.store.Session(t.Context(), key[:])
	if err != nil || session == nil || session.Kept != nil {
		t.Errorf("the session keeps %+v, %v", session, err)
	}
	if n := len(h.acted(ana.id)); n != 0 {
		t.Errorf("%d entries of a search that was refused", n)
	}
}
