package console

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"aviso/gateway"
)

// wrong checks that exactly one control is marked, that what was wrong with it
// stands beside it in words, and that it has the focus.
func (s *sheet) wrong(control, words string) *sheet {
	s.c.Helper()
	at := regexp.MustCompile(`<(input|textarea|select|fieldset|button)[^>]*aria-describedby="(wrong-[^" ]+)[^>]*>`).FindAllStringSubmatchIndex(s.body, -1)
	if s.status < 400 || len(at) != 1 {
		s.c.Fatalf("status %d, %d controls are marked: %s", s.status, len(at), s.words())
	}
	tag, id := s.body[at[0][0]:at[0][1]], s.body[at[0][4]:at[0][5]]
	if !strings.Contains(tag, control) {
		s.c.Errorf("what is marked is %s, want %s", tag, control)
	}
	if !strings.HasPrefix(tag, "<button") && !strings.Contains(tag, `aria-invalid="true"`) {
		s.c.Errorf("%s is not said to be invalid", tag)
	}
	if n := strings.Count(s.body, "autofocus"); n != 1 {
		s.c.Errorf("%d controls want the focus", n)
	}
	if !strings.HasPrefix(tag, "<fieldset") && !strings.Contains(tag, "autofocus") {
		s.c.Errorf("%s does not have the focus", tag)
	}
	beside := regexp.MustCompile(`<span class="wrong" id="` + regexp.QuoteMeta(id) + `">([^<]*)</span>`).FindStringSubmatch(s.body)
	if beside == nil || beside[1] != words {
		s.c.Errorf("beside %s stands %q, want %q", tag, beside, words)
	}
	return s
}

// press sends a form by a button that has a name.
func (f *form) press(name, value string) *sheet {
	f.c.Helper()
	f.values.Set(name, value)
	return f.send()
}

func TestWrongStandsBesideItsField(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAdmin)
	h.text(juan, "ALERTA")
	rec := h.alert()
	path := "/console/alerts/" + rec.Alert.Ref.Digits()
	person := "/console/profiles/" + rec.Alert.Profile.String()
	const empty = "Esto no puede quedar vacío."
	long := strings.Repeat("muy largo ", 60)

	page := ana.get(path)
	page.form("/words").fill("words", "  ").send().wrong(`id="words"`, empty)
	page.form("/note").fill("note", strings.Repeat(long, 5)).send().wrong(`id="note"`, "Es demasiado texto: escriba menos.")
	page.form("/place").fill("zip", "1234").send().wrong(`id="zip"`, "Un ZIP tiene cinco dígitos.").holds("El ZIP: un ZIP tiene cinco dígitos.")
	page.form("/end", "reason").fill("reason", "").send().wrong(`id="reason"`, "Escoja una de las respuestas.")
	page.form("/end", "reason").fill("reason", "found", "end_words", long).send().wrong(`id="end_words"`, "Es demasiado texto: escriba menos.")
	page.form("/details").fill("medical", long).send().wrong(`name="medical"`, "Es demasiado texto: escriba menos.")

	page = ana.get("/console/raise")
	page.form("/raise").fill("name", "Lupe", "ring", "hola").send().wrong(`id="ring"`, "Esto no es un número de teléfono.")
	// A number that may be of two places: its question, and the field.
	page.form("/raise").fill("name", "Lupe", "ring", "6563123456").send().wrong(`id="ring"`, "Este número puede ser de EE. UU. o de México: escoja de dónde es.")
	// What is wrong is not hidden in what is folded.
	page.form("/raise").fill("name", "Lupe", "ring", "", "ring_name", long).send().wrong(`id="ring_name"`, "Es demasiado texto: escriba menos.")

	register := func(pairs ...string) *sheet {
		f := ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0144", "name", "Rosa Gil", "zip", "60608", "pin", "7351", "contact1_phone", "+1 312-555-0145", "contact1_name", "Luz")
		return f.fill(pairs...).send()
	}
	register("contact3_phone", "+1 312-555-0144").wrong(`id="contact3_phone"`, "Es el número de la propia persona.")
	register("contact2_phone", "+1 312-555-0145").wrong(`id="contact2_phone"`, "Ese número ya está registrado.")
	register("contact5_name", "Beto").wrong(`id="contact5_phone"`, empty)
	register("pin", "1234").wrong(`id="pin"`, "Ese PIN es de los primeros que cualquiera prueba (cifras iguales, 1234, su ZIP): escoja otro.")
	register("contact1_phone", "", "contact1_name", "").wrong(`id="contact1_phone"`, empty)

	ana.get(person).form("/verify").fill("pin", "4821").send()
	ana.get(person).form("/change").fill("contact1_phone", "12").send().wrong(`id="c1p"`, "Esto no es un número de teléfono.")
	ana.get("/console/profiles").form("/profiles").fill("search", "x").send().wrong(`id="search"`, "Escriba un número, un código de nueve dígitos o un nombre.")
	ana.get("/console/desks").form("/hours").fill("hours", "de vez en cuando").send().wrong(`name="hours"`, "Escriba por ejemplo lun-vie 9-17, o lun-vie 9am-5pm, sáb 10-12; vacío es siempre.")
	ana.get("/console/agents").form("/agents").fill("name", "Ana López").send().wrong(`id="name"`, "Un nombre de agente tiene de 2 a 32 letras minúsculas, dígitos, puntos y guiones.")
	// Where there is nothing to type into, beside what was pressed.
	ana.get("/console/agents").form("/ana/disable").send().wrong("<button", "Es el último administrador: nombre antes a otro.")

	h.text("+13125550177", "ALERTA me llevan")
	ana.get("/console/tasks").form("/take").send()
	ana.get("/console/tasks").form("/done").fill("outcome", "").send().wrong(`name="outcome"`, "Escoja una de las respuestas.")

	// In the page's language.
	ana.get("/console/alerts").form("/language").press("lang", "en")
	ana.get(path).form("/place").fill("zip", "00000").send().wrong(`id="zip"`, "There is no such ZIP.").holds("The ZIP: there is no such ZIP.")
	ana.get("/console/raise").form("/raise").fill("name", "").send().wrong(`id="name"`, "This cannot be left empty.")
}

// A page that is not understood to the end is shown as it was made.
func TestBesidesLeavesTheRest(t *testing.T) {
	page := []byte(`<!DOCTYPE html><p title="a > b">&aacute;<textarea name="a">x < y</textarea><form action="/x"><input name=b autofocus required><script>if (a<b) c("<form>")</script></form>`)
	if got := besides(page, "/x", nil, nil); string(got) != string(page) {
		t.Errorf("without a fault the page is %s", got)
	}
	if got := besides(page, "/x", nil, []mark{{"nowhere", "?"}}); string(got) != string(page) {
		t.Errorf("a fault of no field changes the page: %s", got)
	}
	want := strings.Replace(strings.Replace(string(page), `name=b autofocus required>`, `name=b required aria-invalid="true" autofocus aria-describedby="wrong-b">`, 1), `<script>`, `<span class="wrong" id="wrong-b">&lt;No&gt;</span><script>`, 1)
	if got := besides(page, "/x", nil, []mark{{"b", "<No>"}}); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Of several forms that go to one address it is the one that was sent.
func TestBesidesTheFormThatWasSent(t *testing.T) {
	page := []byte(`<form action="/c"><input type="hidden" name="act" value="1"><input name="w"></form><form action="/c"><input type="hidden" name="act" value="2"><input name="w"></form>`)
	got := string(besides(page, "/c", map[string][]string{"act": {"2"}}, []mark{{"w", "No."}}))
	if i := strings.Index(got, "aria-invalid"); i < strings.Index(got, `value="2"`) {
		t.Errorf("marked in the other form: %s", got)
	}
}

// The log-in speaks the language that the browser asks for, and a switch of it
// keeps the name and tries no password.
func TestLanguageOfTheLogIn(t *testing.T) {
	h := newHouse(t)
	stranger := &clerk{house: h, cookie: rand.Text()}
	ask := func(accept string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/console/login", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", accept)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b strings.Builder
		if err := resp.Write(&b); err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`<html lang="(..)">`).FindStringSubmatch(b.String())[1]
	}
	for accept, want := range map[string]string{
		"": "es", "en-US,en;q=0.9": "en", "es-MX": "es", "fr-FR, en;q=0.5, es;q=0.7": "es", "fr": "es", "nah, en-GB;q=0.1": "en", ";;;": "es", "en;q=0.2,es-419;q=0.9": "es",
	} {
		if got := ask(accept); got != want {
			t.Errorf("%q is answered in %s, want %s", accept, got, want)
		}
	}
	page := stranger.get("/console/login").form("/login").fill("name", "ana").press("switch", "en").is(200)
	page.holds("Log in").holdsNot("is not right")
	if page.form("/login").values.Get("name") != "ana" {
		t.Error("the name that was typed is lost")
	}
	page.form("/login").fill("password", "wrong").send().wrong(`id="password"`, "Name or password is not right.")
}

// A switch of the language keeps what was typed into a form that is shown again.
func TestASwitchOfLanguageKeepsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	f := ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0144", "name", "Rosa Gil", "zip", "1", "pin", "7351", "contact4_name", "Luz", "contact4_phone", "+1 312-555-0146")
	page := f.send().wrong(`id="zip"`, "Un ZIP tiene cinco dígitos.")
	to := page.form("/language").press("lang", "en")
	if to.location != "/console/profiles/new?kept=1" {
		t.Fatalf("the switch leads to %q", to.location)
	}
	page = to.follow().holds("Register somebody").holdsNot("Your session ended before", "7351")
	again := page.form("/new").values
	for name, want := range map[string]string{"phone": "+1 312-555-0144", "name": "Rosa Gil", "zip": "1", "contact4_name": "Luz", "retype": "pin"} {
		if again.Get(name) != want {
			t.Errorf("%s holds %q, want %q", name, again.Get(name), want)
		}
	}
	// Nothing secret is taken along, whoever asks for it, and nowhere else is gone to.
	values := page.form("/language").values
	for _, bad := range []url.Values{
		{"kept-path": {"https://example.org/console/raise"}, "kept.name": {"x"}}, {"kept-path": {"/console/audit"}, "kept.name": {"x"}}, {"kept-path": {"/console/raise"}, "kept.pin": {"4821"}},
	} {
		bad.Set("csrf", values.Get("csrf"))
		bad.Set("lang", "es")
		if to := ana.send("POST", "/console/language", bad); strings.Contains(to.location, "kept") {
			t.Errorf("%v leads to %s", bad, to.location)
		}
	}
}
