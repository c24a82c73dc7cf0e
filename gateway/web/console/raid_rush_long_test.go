//go:build long

package console

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// What two agents at a raid need, by their own clocks. A page is read, and the
// window is turned a screen at a time, to get at something on it; a relative is rung
// until somebody answers, and told.
const (
	rushRead   = 4 * time.Second         // to see a page, and where on it one is
	rushTurn   = 800 * time.Millisecond  // to turn a window by a screen of rushScreen pixels
	rushPress  = 1500 * time.Millisecond // to press something that is in view
	rushScreen = 700
	rushCall   = 40 * time.Second // a call that is answered, with its words
	rushRing   = 25 * time.Second // one that is not
)

// TestRaidRushLong is how long two agents need until somebody has rung every family of a
// raid on sixty: by hand, with the pages as they are. It knows no more of them than
// what they offer, and runs on older versions of them too. Families do not answer
// texts; one relative in four does not answer the phone.
func TestRaidRushLong(t *testing.T) {
	const crowd = 60
	h := newHouse(t)
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	var people []gateway.Profile
	for i := range crowd {
		p := gateway.Profile{
			ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1414555%04d", i)), Code: fresh.Code(), Name: fmt.Sprintf("Socorro Lopez%d", i), Language: "es",
			ZIP: "60608", Registered: h.now(),
			Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1262555%04d", i)), Name: fmt.Sprintf("Ana %d", i), Standing: gateway.StandingAccepted}},
		}
		if i%2 == 0 { // brothers and cousins: one relative of three
			p.Contacts = append(p.Contacts, gateway.Contact{ID: fresh.ID(), Phone: gateway.Phone(fmt.Sprintf("+1608555%04d", i/6)), Name: fmt.Sprintf("Tia %d", i/6), Standing: gateway.StandingAccepted})
		}
		people = append(people, p)
	}
	h.commit(gateway.Turn{Profiles: people})
	for i := range people {
		h.text(people[i].Phone, "ALERTA")
	}
	h.handle(gateway.Sweep{Since: h.now().Add(-5 * time.Minute)})
	for range 12 {
		h.pass(time.Minute)
	}
	ref := map[gateway.ID]bool{} // alerts of which somebody rang somebody
	rung := map[gateway.Phone]int{}
	answers := func(phone gateway.Phone) bool { // the same on every run
		return (int(phone[len(phone)-1])+int(phone[len(phone)-2])+int(phone[len(phone)-3]))%4 != 0
	}
	type agent struct {
		*clerk
		*eyes
		now time.Duration
	}
	var agents []*agent
	for _, name := range []string{"ana", "bea"} {
		c := h.clerk(name, gateway.RoleAgent)
		agents = append(agents, &agent{c, c.browser(1366, 768), 0})
	}
	h.mu.Lock()
	start := h.ahead
	h.mu.Unlock()
	calls, last := 0, time.Duration(0)
	path := func(e *eyes) string { // the raid's own page, where there is one
		e.open("/console/tasks", "#list")
		return js[string](e, `document.querySelector("a[id^=to-raid-]")?.pathname ?? "/console/tasks"`)
	}
	page := path(agents[0].eyes)
	// top is where on the page something is, in pixels; -1: it is not there.
	top := func(e *eyes, css string) float64 {
		return js[float64](e, fmt.Sprintf(`(() => { const el = [...document.querySelectorAll(%q)].find((x) => x.offsetParent !== null); return el ? el.getBoundingClientRect().top : -1e9 })()`, css))
	}
	press := func(a *agent, y float64) {
		screens := y / rushScreen
		if screens < 0 {
			screens = -screens
		}
		if y < 0 || y > rushScreen {
			a.now += time.Duration(screens * float64(rushTurn))
		}
		a.now += rushPress
	}
	// held is a task that the agent has, by the forms of the page.
	for steps := 0; len(ref) < crowd && steps < 700; steps++ {
		a := agents[0]
		if agents[1].now < a.now {
			a = agents[1]
		}
		h.mu.Lock()
		ahead := start + a.now
		if ahead > h.ahead {
			h.ahead = ahead
		}
		h.mu.Unlock()
		h.deliver()
		a.eyes.open(page, "#list")
		a.now += rushRead
		sheet := a.get(page)
		var done *form
		for i := range sheet.forms {
			f := &sheet.forms[i]
			if strings.HasSuffix(f.action, "/done") {
				done = f
				break
			}
		}
		if done == nil {
			var take *form
			if sheet.has("/tasks/next") {
				take = sheet.form("/tasks/next")
			}
			// Without that, whoever was not rung yet is looked for, a page at a time.
			for n := 0; take == nil && n < 5; n++ {
				if n > 0 {
					sheet = a.get(fmt.Sprintf("%s?page=%d", page, n))
					a.eyes.open(fmt.Sprintf("%s?page=%d", page, n), "#list")
					a.now += rushRead
				}
				for i := range sheet.forms {
					f := &sheet.forms[i]
					if !strings.HasSuffix(f.action, "/take") {
						continue
					}
					id, err := gateway.ParseID(strings.Split(f.action, "/")[3])
					if err != nil {
						t.Fatal(err)
					}
					line, err := h.store.Task(t.Context(), id)
					if err != nil || line == nil {
						t.Fatal(err)
					}
					if line.Phone == "" || rung[line.Phone] == 0 && !ref[line.Alert] || n == 4 {
						take = f
						break
					}
				}
			}
			if take == nil {
				break
			}
			press(a, top(a.eyes, fmt.Sprintf("form[action=%q] button", take.action)))
			take.send()
			continue
		}
		// It is looked for on the page that the form led to, from its top.
		id, err := gateway.ParseID(strings.Split(done.action, "/")[3])
		if err != nil {
			t.Fatal(err)
		}
		line, err := h.store.Task(t.Context(), id)
		if err != nil || line == nil {
			t.Fatal(err)
		}
		if line.Phone != "" {
			press(a, top(a.eyes, "#reveal-"+id.String()))
			calls++
			rung[line.Phone]++
		}
		outcome := "done"
		switch {
		case line.Phone == "":
		case answers(line.Phone):
			outcome = "told"
			a.now += rushCall
		default:
			outcome = "no-answer"
			a.now += rushRing
		}
		about := []gateway.ID{line.Alert}
		for _, other := range strings.Fields(done.values.Get("also")) {
			if id, err := gateway.ParseID(other); err == nil {
				if l, err := h.store.Task(t.Context(), id); err == nil && l != nil {
					about = append(about, l.Alert)
				}
			}
		}
		for _, alert := range about {
			if !ref[alert] && line.Phone != "" && line.Of != nil {
				ref[alert] = true
				last = max(last, a.now)
			}
		}
		press(a, top(a.eyes, "#done-"+id.String()))
		done.fill("outcome", outcome).send()
	}
	again := 0
	for _, n := range rung {
		again += n - 1
	}
	t.Logf("%d of %d families were rung by somebody after %s: %d calls, %d of them to a phone that was rung before", len(ref), crowd, last.Round(time.Second), calls, again)
	if len(ref) < crowd {
		t.Errorf("only %d families were rung", len(ref))
	}
}
