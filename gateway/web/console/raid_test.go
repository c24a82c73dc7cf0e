package console

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// raided is a raid on n people whose families do not answer: each has a contact of
// their own, and every third also names one relative who is named by three.
func (h *house) raided(n int) *gateway.Incident {
	h.Helper()
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	var people []gateway.Profile
	for i := range n {
		p := gateway.Profile{
			ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1414555%04d", i)), Code: fresh.Code(), Name: fmt.Sprintf("Socorro Lopez%d", i), Language: "es",
			ZIP: "60608", Registered: h.now(),
			Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1262555%04d", i)), Name: fmt.Sprintf("Ana %d", i), Standing: gateway.StandingAccepted}},
		}
		if i%3 == 0 {
			p.Contacts = append(p.Contacts, gateway.Contact{ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1608555%04d", i/9)), Name: fmt.Sprintf("Tia %d", i/9), Standing: gateway.StandingAccepted})
		}
		people = append(people, p)
	}
	h.commit(gateway.Turn{Profiles: people})
	for i := range people {
		h.text(people[i].Phone, "ALERTA")
	}
	h.handle(gateway.Sweep{Since: h.now().Add(-5 * time.Minute)})
	for range 12 { // the ladders end with an agent
		h.pass(time.Minute)
	}
	directory, err := h.store.Directory(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	for _, incident := range directory.Incidents() {
		return &incident
	}
	h.Fatal("no incident is open")
	return nil
}

// A raid has its page: how far its families are, its alerts, and its tasks, which
// agents take by tens. A relative of several is one call: rung once, told of all of
// them, and noted for all of them.
func TestRaidPage(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAgent), h.clerk("bea", gateway.RoleAgent)
	incident := h.raided(18)
	path := "/console/raids/" + incident.ID.String()
	h.text("+12625550004", "1") // one family answers
	page := ana.get("/console/alerts").holds("Redada: Chicago")
	if !strings.Contains(page.body, `href="`+path+`"`) {
		t.Fatal("the board does not lead to the raid")
	}
	bea.get("/console/alerts")
	page = ana.get(path).holds("Alertas 18", "Alguien confirmó 1", "No se pudo avisar a alguien 17", "En turno: usted 0, bea 0")
	// The next ten: those of one relative stay together, and bea's are others.
	page = page.form("/tasks/next").send().did("done")
	if page.status != http.StatusOK || !strings.HasPrefix(page.body, "<!DOCTYPE") {
		t.Fatal(page.status)
	}
	bea.get(path).form("/tasks/next").send().did("done")
	byPhone := map[gateway.Phone]gateway.ID{}
	count := map[gateway.ID]int{}
	lines, _, err := h.store.Tasks(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.State != gateway.TaskClaimed {
			continue
		}
		count[l.Agent]++
		if other, known := byPhone[l.Phone]; l.Phone != "" && known && other != l.Agent {
			t.Errorf("%s is to be rung by two agents", l.Name)
		}
		byPhone[l.Phone] = l.Agent
	}
	for name, c := range map[string]*clerk{"ana": ana, "bea": bea} {
		if n := count[c.id]; n < 10 || n > 12 {
			t.Errorf("%s has %d tasks", name, n)
		}
	}
	// The relative of several.
	for _, c := range []*clerk{ana, bea} {
		page := c.get(path)
		for i := range page.forms {
			f := &page.forms[i]
			if !strings.HasSuffix(f.action, "/done") || f.values.Get("also") == "" {
				continue
			}
			also := strings.Fields(f.values.Get("also"))
			if len(also) != 2 {
				t.Errorf("a relative of three has %d tasks more", len(also))
			}
			page.holds("Usted es contacto de emergencia de", "Esas personas avisaron que pueden estar detenidas", "3 en una llamada")
			id, err := gateway.ParseID(strings.Split(f.action, "/")[3])
			if err != nil {
				t.Fatal(err)
			}
			ids := []gateway.ID{id}
			for _, word := range also {
				other, err := gateway.ParseID(word)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, other)
			}
			f.fill("outcome", "told").send().did("waits")
			h.pass(11 * time.Second)
			for _, id := range ids {
				line, err := h.store.Task(t.Context(), id)
				if err != nil || line == nil || line.State != gateway.TaskDone {
					t.Errorf("a task of the call is %+v, %v", line, err)
					continue
				}
				rec, err := h.store.RecordByID(t.Context(), line.Alert)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rec.Recipients {
					if r.Phone == line.Phone && r.State != gateway.RecipientConfirmed {
						t.Errorf("%s is told of %s, and has not confirmed", r.Name, rec.Alert.Ref)
					}
				}
			}
			return
		}
	}
	t.Error("no relative of several is among the tasks")
}

// The same form twice takes nothing twice, and what does not exist is not taken.
func TestTakeNextOnce(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.raided(18)
	f := ana.get("/console/tasks").form("/tasks/next")
	f.send().did("done")
	has := func() (n int) {
		lines, _, err := h.store.Tasks(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Agent == ana.id {
				n++
			}
		}
		return n
	}
	before := has()
	f.send()
	if n := has(); n != before || n < 10 {
		t.Errorf("%d tasks, then %d", before, n)
	}
	ana.get("/console/raids/" + gateway.ID{7}.String()).is(http.StatusNotFound)
	ana.send(http.MethodPost, "/console/tasks/next", url.Values{"csrf": f.values["csrf"], "once": {"x"}, "raid": {gateway.ID{7}.String()}}).is(http.StatusNotFound)
}

// What is to be done first: duress, then what nobody has confirmed, then the oldest;
// who did not answer is rung again after those who were not rung yet.
func TestTasksInOrder(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text("+13125550188", "ALERTA me llevan")
	h.text("+13125550189", "ALERTA a mi tambien")
	h.text(juan, "ALERTA")
	h.text(maria, "1")
	h.text(maria, "donde lo tienen?")
	h.text(juan, "BIEN 9917") // the duress PIN
	order := func() (kinds []string) {
		for _, f := range ana.get("/console/tasks").forms {
			if strings.HasSuffix(f.action, "/take") {
				id, err := gateway.ParseID(strings.Split(f.action, "/")[3])
				if err != nil {
					t.Fatal(err)
				}
				line, err := h.store.Task(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, string(line.Kind)+" "+line.Note)
			}
		}
		return kinds
	}
	got := order()
	if len(got) < 3 || !strings.HasPrefix(got[0], "duress") || got[1] != "unknown-phone me llevan" || got[2] != "unknown-phone a mi tambien" {
		t.Errorf("in order: %q", got)
	}
	// The second was rung, and did not answer: it goes behind its like.
	page := ana.get("/console/tasks")
	for i := range page.forms {
		if f := &page.forms[i]; strings.HasSuffix(f.action, "/take") {
			id, _ := gateway.ParseID(strings.Split(f.action, "/")[3])
			if line, err := h.store.Task(t.Context(), id); err == nil && line.Note == "me llevan" {
				f.send().did("done").form("/done").fill("outcome", "no-answer").send().did("done")
				break
			}
		}
	}
	if got := order(); got[1] != "unknown-phone a mi tambien" || got[2] != "unknown-phone me llevan" {
		t.Errorf("after a call that was not answered: %q", got)
	}
}
