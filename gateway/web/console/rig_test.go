package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/xml"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/consulate"
	"aviso/gateway/service"
	"aviso/gateway/web"
	"aviso/store"
	"aviso/templates"
)

// house is a contact centre: the console over HTTP on the real domain and a real
// store, with a clock that is moved by hand and a carrier that takes everything.
type house struct {
	*testing.T
	file    string // of the database
	store   *store.Store
	service *service.Service
	console *Console
	server  *httptest.Server

	mu    sync.Mutex
	ahead time.Duration // how far the clock is moved
	inbox map[gateway.Phone][]string
	errs  []error // what the console would log
	down  error   // what every act fails with
}

// Handle is the domain, while it works.
func (h *house) Handle(ctx context.Context, e gateway.Event) (gateway.Answer, error) {
	h.mu.Lock()
	down := h.down
	h.mu.Unlock()
	if down != nil {
		return gateway.Answer{}, down
	}
	return h.service.Handle(ctx, e)
}

const (
	juan  gateway.Phone = "+13125550101" // registered; PIN 4821, under duress 9917
	maria gateway.Phone = "+13125550102" // his contact, who has accepted
	desk  gateway.Phone = "+13125550199" // Chicago's, confirmed
)

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, inbox: map[gateway.Phone][]string{}}
	dir := t.TempDir()
	records, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: h.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { records.Close() })
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	sender, err := gateway.ParseSender("+15550001111")
	if err != nil {
		t.Fatal(err)
	}
	h.file, h.store = filepath.Join(dir, "aviso.db"), records
	h.service = &service.Service{
		Store: records, Clock: h.now, Rand: rand.Reader, Words: words, Hasher: gateway.NewHasher(),
		Rules: gateway.Rules{Programme: "RED X", PublicPhones: []gateway.Phone{"+13125550100"}, Senders: []gateway.Sender{sender}, Policy: gateway.DefaultPolicy()},
	}
	table, err := consulate.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := table.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := records.SetConsulates(t.Context(), binary, nil); err != nil {
		t.Fatal(err)
	}
	if err := records.ReplaceDesks(t.Context(), []gateway.Desk{{Consulate: "chicago", Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: h.now()}}); err != nil {
		t.Fatal(err)
	}
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	h.commit(gateway.Turn{Profiles: []gateway.Profile{{
		ID: fresh.ID(), Phone: juan, Code: fresh.Code(), Name: "Juan Perez", Language: "es", ZIP: "60608",
		PIN:            h.service.Hasher.Hash(fresh, gateway.PIN{}, "4821", "9917"),
		ConsularNotice: gateway.Consent{Given: true, At: h.now(), Channel: "paper"}, Registered: h.now(),
		Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: maria, Name: "Maria", Standing: gateway.StandingAccepted}},
	}}})
	h.console, err = New(Config{
		Records: records, Accounts: agent.New(records, "RED X", h.now), Clock: h.now, PublicURL: "https://aviso.example.org", Rules: h.service.Rules, Words: words,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.console.Close)
	e := echo.New()
	h.console.Register(e, web.Host{Domain: h, Failed: func(_ string, err error, _ int) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.errs = append(h.errs, err)
	}, Widely: func(gateway.ID) {}})
	h.server = httptest.NewServer(e)
	t.Cleanup(h.server.Close)
	return h
}

func (h *house) commit(turn gateway.Turn) {
	h.Helper()
	turn.At = h.now()
	if err := h.store.Commit(h.Context(), turn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) handle(e gateway.Event) gateway.Answer {
	h.Helper()
	answer, err := h.service.Handle(h.Context(), e)
	if err != nil {
		h.Fatalf("%T: %v", e, err)
	}
	return answer
}

// text is a text of somebody's; what it sets off is delivered.
func (h *house) text(from gateway.Phone, body string) {
	h.Helper()
	h.handle(gateway.NewText(rand.Text(), from, "+15550001111", body, ""))
	h.deliver()
}

// pass moves the clock, and lets what comes due happen.
func (h *house) pass(d time.Duration) {
	h.Helper()
	h.mu.Lock()
	h.ahead += d
	h.mu.Unlock()
	h.deliver()
}

// deliver is the relay and the carrier.
func (h *house) deliver() {
	h.Helper()
	for range 100 {
		now := h.now()
		timers, err := h.store.ClaimTimers(h.Context(), now, now.Add(gateway.Lease), 100)
		if err != nil {
			h.Fatal(err)
		}
		for _, timer := range timers {
			h.handle(gateway.TimerDue{Timer: timer})
		}
		due, err := h.store.Claim(h.Context(), now, now.Add(gateway.Lease), 100)
		if err != nil {
			h.Fatal(err)
		}
		if len(timers)+len(due) == 0 {
			return
		}
		for _, a := range due {
			h.inbox[a.To] = append(h.inbox[a.To], a.Text)
			h.handle(gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Sender: "+15550001111", SID: "SM" + a.ID.String()})
		}
	}
	h.Fatal("what is due never ends")
}

// heard takes what a phone received off its pile, and reports whether a text with
// the words was among it.
func (h *house) heard(phone gateway.Phone, words string) bool {
	texts := h.inbox[phone]
	h.inbox[phone] = nil
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, words) })
}

func (h *house) profile(phone gateway.Phone) *gateway.Profile {
	h.Helper()
	p, err := h.store.ProfileByPhone(h.Context(), phone)
	if err != nil || p == nil {
		h.Fatalf("profile of %s: %v", phone, err)
	}
	return p
}

// alert is the newest one.
func (h *house) alert() *store.Record {
	h.Helper()
	pulse, err := h.store.Pulse(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	rec, err := h.store.RecordByID(h.Context(), pulse.Newest)
	if err != nil || rec == nil {
		h.Fatalf("no alert is open: %v", err)
	}
	return rec
}

// clerk is an agent who is signed in, and their browser without script.
type clerk struct {
	*house
	id     gateway.ID
	cookie string
}

func (h *house) clerk(name string, role gateway.Role) *clerk {
	h.Helper()
	fresh := gateway.NewFresh(h.now(), rand.Reader)
	c := &clerk{house: h, id: fresh.ID(), cookie: rand.Text()}
	h.commit(gateway.Turn{Agents: []gateway.Agent{{ID: c.id, Name: name, Role: role}}})
	key := sha256.Sum256([]byte(c.cookie))
	if err := h.store.PutSession(h.Context(), gateway.Session{
		Key: key[:], Agent: c.id, Stage: gateway.StageIn, Seen: h.now(), Expires: h.now().Add(12 * time.Hour), Created: h.now(), Token: rand.Text(),
	}); err != nil {
		h.Fatal(err)
	}
	return c
}

// sheet is what a request was answered with.
type sheet struct {
	c        *clerk
	status   int
	location string
	body     string
	forms    []form
}

// form is a form as a browser without script sends it.
type form struct {
	c      *clerk
	action string
	button string // its words
	values url.Values
	names  map[string]bool   // of all its controls
	areas  map[string]bool   // of those of several lines
	kinds  map[string]string // text, password, radio, hidden … of inputs
}

func (c *clerk) get(path string) *sheet { return c.send(http.MethodGet, path, nil) }

func (c *clerk) send(method, path string, values url.Values) *sheet {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.server.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.AddCookie(&http.Cookie{Name: cookieName, Value: c.cookie})
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatal(err)
	}
	s := &sheet{c: c, status: resp.StatusCode, location: resp.Header.Get("Location"), body: string(body)}
	s.parse()
	return s
}

// follow goes where an answer leads.
func (s *sheet) follow() *sheet {
	s.c.Helper()
	if s.location == "" {
		s.c.Fatalf("status %d leads nowhere: %s", s.status, s.words())
	}
	return s.c.get(s.location)
}

// holds checks for words that are read on the page.
func (s *sheet) holds(words ...string) *sheet {
	s.c.Helper()
	for _, w := range words {
		if !strings.Contains(s.words(), w) {
			s.c.Errorf("status %d: no %q in: %s", s.status, w, s.words())
		}
	}
	return s
}

func (s *sheet) holdsNot(words ...string) *sheet {
	s.c.Helper()
	for _, w := range words {
		if strings.Contains(html.UnescapeString(s.body), w) {
			s.c.Errorf("status %d: %q in: %s", s.status, w, s.words())
		}
	}
	return s
}

// words are what stands on the page, without its tags.
func (s *sheet) words() string {
	var b strings.Builder
	in := false
	for _, r := range s.body {
		switch {
		case r == '<':
			in = true
		case r == '>':
			in = false
			b.WriteByte(' ')
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}

// parse reads the forms of a page.
func (s *sheet) parse() {
	d := xml.NewDecoder(strings.NewReader(s.body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var f *form
	var area, choice, button string // the name of the textarea or select that is open
	var chosen []string
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch e := token.(type) {
		case xml.CharData:
			text.Write(e)
		case xml.StartElement:
			at := map[string]string{}
			for _, a := range e.Attr {
				at[a.Name.Local] = a.Value
			}
			switch e.Name.Local {
			case "form":
				s.forms = append(s.forms, form{c: s.c, action: at["action"], values: url.Values{}, names: map[string]bool{}, areas: map[string]bool{}, kinds: map[string]string{}})
				f = &s.forms[len(s.forms)-1]
			case "input":
				if f == nil {
					continue
				}
				f.names[at["name"]] = true
				f.kinds[at["name"]] = cmp.Or(at["type"], "text")
				_, checked := at["checked"]
				if (at["type"] == "checkbox" || at["type"] == "radio") && !checked {
					continue
				}
				f.values.Add(at["name"], at["value"])
			case "textarea":
				area = at["name"]
				text.Reset()
			case "select":
				choice, chosen = at["name"], nil
			case "option":
				value := at["value"]
				if _, selected := at["selected"]; selected || len(chosen) == 0 {
					chosen = []string{value}
				}
			case "button":
				button = at["value"]
				text.Reset()
			}
		case xml.EndElement:
			switch {
			case f == nil:
			case e.Name.Local == "textarea":
				f.names[area], f.areas[area] = true, true
				f.values.Add(area, strings.TrimPrefix(text.String(), "\n"))
			case e.Name.Local == "select":
				f.names[choice] = true
				f.values.Add(choice, strings.Join(chosen, ""))
			case e.Name.Local == "button":
				f.button += strings.TrimSpace(text.String()) + button
			case e.Name.Local == "form":
				f = nil
			}
		}
	}
}

// form finds a form by the end of its address and the names of controls that it
// has, the first where there are more.
func (s *sheet) form(action string, with ...string) *form {
	s.c.Helper()
	for i := range s.forms {
		f := &s.forms[i]
		if strings.HasSuffix(f.action, action) && !slices.ContainsFunc(with, func(name string) bool { return !f.names[name] }) {
			return f
		}
	}
	s.c.Fatalf("status %d: no form to %s on: %s", s.status, action, s.words())
	return nil
}

func (s *sheet) has(action string) bool {
	return slices.ContainsFunc(s.forms, func(f form) bool { return strings.HasSuffix(f.action, action) })
}

// fill types into a form: name, value, name, value. A control that the form does
// not have cannot be typed into.
func (f *form) fill(pairs ...string) *form {
	f.c.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !f.names[pairs[i]] {
			f.c.Fatalf("the form to %s has no %q, but %v", f.action, pairs[i], slices.Sorted(maps.Keys(f.names)))
		}
		f.values.Set(pairs[i], pairs[i+1])
	}
	return f
}

func (f *form) send() *sheet {
	f.c.Helper()
	return f.c.send(http.MethodPost, f.action, f.values)
}

// did checks where a form leads to, and what the page then says became of it.
func (s *sheet) did(word string) *sheet {
	s.c.Helper()
	u, err := url.Parse(s.location)
	if err != nil || s.status != http.StatusSeeOther || u.Query().Get("did") != word {
		s.c.Fatalf("status %d to %q, want did=%s: %s", s.status, s.location, word, s.words())
	}
	return s.follow()
}

// is checks the status.
func (s *sheet) is(status int) *sheet {
	s.c.Helper()
	if s.status != status {
		s.c.Fatalf("status %d, want %d: %s", s.status, status, s.words())
	}
	return s
}
