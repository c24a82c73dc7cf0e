package console

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// verified is an agent to whom Juan has given his PIN.
func (h *house) verified(name string) *clerk {
	h.Helper()
	c := h.clerk(name, gateway.RoleAdmin)
	c.get("/console/profiles/"+h.profile(juan).ID.String()).form("/verify").fill("pin", "4821").send().did("verified")
	return c
}

// A page that is old puts back neither consent nor ZIP nor A-number: a browser
// without script sends all of it, and only what was touched counts.
func TestOldPagesPutNothingBack(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.verified("ana"), h.verified("bea")
	person := "/console/profiles/" + h.profile(juan).ID.String()
	old := bea.get(person)
	ana.get(person).form("/change").fill("consent", "no", "zip", "77002").send().did("done").holds("Ahora: NO")
	old.form("/change").fill("language_note", "mixteco").send().did("done")
	if p := h.profile(juan); p.ConsularNotice.Given || p.ZIP != "77002" || p.LanguageNote != "mixteco" {
		t.Errorf("after an old page: %+v", p)
	}
	// What both changed stands there with both values; nothing of the form is kept.
	clash := old.form("/change").fill("zip", "60623", "language", "en", "consent", "yes").send().is(http.StatusConflict)
	clash.holds("Otro agente cambió", "El ZIP 77002 60623", "El permiso de la persona no sí")
	if p := h.profile(juan); p.Language != "es" || p.ConsularNotice.Given {
		t.Errorf("a part of a form that clashes was kept: %+v", p)
	}
	// Sent again it is meant; what was not touched is as it is now.
	again := clash.form("/change")
	if v := again.values; v.Get("zip") != "60623" || v.Get("language") != "en" || v.Get("language_note") != "mixteco" || v.Get("was_zip") != "77002" {
		t.Errorf("the form that is shown again: %v", v)
	}
	again.send().did("done")
	if p := h.profile(juan); p.ZIP != "60623" || p.Language != "en" || !p.ConsularNotice.Given || p.LanguageNote != "mixteco" {
		t.Errorf("after it was sent again: %+v", p)
	}
	at := h.profile(juan).ConsularNotice.At
	h.pass(time.Minute)
	ana.get(person).form("/change").send().did("unchanged")
	if p := h.profile(juan); !p.ConsularNotice.At.Equal(at) {
		t.Error("a form of which nothing was touched gives consent anew")
	}

	h.text(juan, "ALERTA")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	old = bea.get(path)
	ana.get(path).form("/details").fill("a_number", "A123456789").send().did("done")
	ana.get(path).form("/place").fill("zip", "77002").send()
	h.pass(10 * time.Second)
	old.form("/details").fill("facility", "Broadview").send().did("done")
	old.form("/place").send().did("unchanged")
	if a := h.alert().Alert; a.Details.ANumber != "A123456789" || a.Details.Facility != "Broadview" || a.ZIP != "77002" {
		t.Errorf("after an old page: %+v, %s", a.Details, a.ZIP)
	}
	old.form("/details").fill("a_number", "A987654321").send().is(http.StatusConflict).holds("El A-number A123456789 A987654321")
	old.form("/place").fill("zip", "60601").send().is(http.StatusConflict).holds("El ZIP 77002 60601")

	desks := bea.get("/console/desks")
	ana.get("/console/desks").form("/hours").fill("hours", "mon-fri 08:00-18:00").send().did("done")
	desks.form("/hours").send().did("unchanged")
	desks.form("/hours").fill("hours", "sat 08:00-18:00").send().is(http.StatusConflict).holds("El horario mon-fri 08:00-18:00 sat 08:00-18:00")
}

// A form of a session that has ended is as old as it looks.
func TestKeptFormsAreOld(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.verified("ana"), h.verified("bea")
	person := "/console/profiles/" + h.profile(juan).ID.String()
	old := bea.get(person).form("/change").fill("family_word", "girasol")
	token := old.values.Get("csrf")
	old.values.Set("csrf", "of-another-session")
	old.send().is(http.StatusForbidden)
	ana.get(person).form("/change").fill("zip", "77002", "consent", "no").send().did("done")
	kept := bea.get(person + "?kept=1").holds("sigue abajo").form("/change")
	if v := kept.values; v.Get("family_word") != "girasol" || v.Get("csrf") != token {
		t.Errorf("what was kept: %v", v)
	}
	kept.send().did("done")
	if p := h.profile(juan); p.ZIP != "77002" || p.ConsularNotice.Given || p.FamilyWord != "girasol" {
		t.Errorf("after a form that was kept: %+v", p)
	}
}

// What is secret is not shown again, and never missing without a word.
func TestPINsAreNotLostWithoutAWord(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	page := ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0166", "name", "Rosa Diaz", "zip", "9", "pin", "2580", "duress_pin", "8526", "consent", "yes").send().is(422)
	page.holds("El ZIP", "los PIN: no se muestran ni se guardan", "Ya lo había escrito").holdsNot("2580", "8526")
	// The second PIN is missed, however often the form goes wrong for something else.
	page = page.form("/new").fill("zip", "60608", "pin", "2580").send().is(422).holds("El PIN de amenaza: se había escrito")
	page = page.form("/new").fill("zip", "8", "pin", "2580", "duress_pin", "8526").send().is(422)
	page = page.form("/new").fill("zip", "60608", "pin", "2580").send().is(422).holds("El PIN de amenaza: se había escrito")
	if p, err := h.store.ProfileByPhone(t.Context(), "+13125550166"); err != nil || p != nil {
		t.Fatalf("registered without the second PIN: %+v, %v", p, err)
	}
	page.form("/new").fill("pin", "2580", "duress_pin", "8526").send().did("registered")
	p := h.profile("+13125550166")
	for digits, want := range map[string]gateway.PINResult{"2580": gateway.PINReal, "8526": gateway.PINDuress} {
		if got := h.service.Hasher.Check(p.PIN, digits); got != want {
			t.Errorf("%s is %d, want %d", digits, got, want)
		}
	}

	// It may be given up, which has to be said.
	page = ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0167", "name", "Eva", "zip", "9", "pin", "2580", "duress_pin", "8526", "consent", "yes").send().is(422)
	page.form("/new").fill("zip", "60608", "pin", "2580", "without", "duress_pin").send().did("registered")
	if p := h.profile("+13125550167"); len(p.PIN.Duress) > 0 {
		t.Error("a PIN that is not wanted any more is set")
	}

	// The same of somebody who is registered.
	person := "/console/profiles/" + h.profile(juan).ID.String()
	page = ana.get(person).form("/change").fill("zip", "9", "new_pin", "7315", "duress_pin", "8526").send().is(422).holds("Ya lo había escrito").holdsNot("7315", "8526")
	page = page.form("/change").fill("zip", "60623", "duress_pin", "8526").send().is(422).holds("El PIN nuevo: se había escrito")
	page.form("/change").fill("new_pin", "7315", "duress_pin", "8526").send().did("done")
	if p := h.profile(juan); h.service.Hasher.Check(p.PIN, "7315") != gateway.PINReal || h.service.Hasher.Check(p.PIN, "8526") != gateway.PINDuress || p.ZIP != "60623" {
		t.Error("the PINs are not those that were typed")
	}
}

// A PIN that everybody tries, or that is the other one, is refused with the reason.
func TestPINsThatAreNone(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	person := "/console/profiles/" + h.profile(juan).ID.String()
	for digits, why := range map[string]string{
		"7777": "cualquiera prueba", "00000000": "cualquiera prueba", "1234": "cualquiera prueba", "87654321": "cualquiera prueba",
		"60608": "cualquiera prueba", "4821": "es igual al otro PIN", "12": "de 4 a 8", "48 21": "de 4 a 8",
	} {
		ana.get(person).form("/change").fill("duress_pin", digits).send().is(422).holds("El PIN de amenaza", why)
		if digits == "4821" {
			continue
		}
		ana.get(person).form("/change").fill("new_pin", digits).send().is(422).holds("El PIN nuevo", why)
		ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0166", "name", "Rosa", "zip", "60608", "pin", digits, "consent", "yes").send().is(422).holds("El PIN", why)
	}
	ana.get(person).form("/change").fill("new_pin", "9917").send().is(422).holds("El PIN nuevo: es igual al otro PIN")
	ana.get(person).form("/change").fill("new_pin", "7315", "duress_pin", "7315").send().is(422).holds("El PIN de amenaza: es igual al otro PIN")
	if h.service.Hasher.Check(h.profile(juan).PIN, "4821") != gateway.PINReal {
		t.Error("a PIN was changed")
	}
}

// Whatever was wrong, what was typed into a form is there again, in its field or
// to be copied.
func TestNothingTypedIsLost(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.verified("ana"), h.clerk("bea", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	h.text(maria, "donde esta?")
	alert := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	person := "/console/profiles/" + h.profile(juan).ID.String()
	ana.get("/console/tasks").form("/take").send().did("done")
	long := strings.Repeat("x", 2001)
	for _, of := range []struct {
		page, form string
		with       []string // controls by which the form is known
		wrong      []string // what is wrong with it
	}{
		{alert, "/words", nil, []string{"words", "palabras" + long}},
		{alert, "/note", nil, []string{"note", "nota" + long}},
		{alert, "/place", nil, []string{"zip", "6060x"}},
		{alert, "/details", nil, []string{"born", "fecha" + long}},
		{alert, "/end", []string{"end_words"}, nil},
		{person, "/change", nil, []string{"zip", "6060x"}},
		{person, "/answers", nil, nil},
		{person, "/raise", nil, []string{"words", "palabras" + long}},
		{"/console/raise", "/raise", nil, []string{"ring", "12"}},
		{"/console/profiles/new", "/new", nil, []string{"phone", "12"}},
		{"/console/tasks", "/done", nil, nil},
		{"/console/desks", "/hours", nil, []string{"hours", "whenever"}},
		{"/console/agents", "/agents", nil, []string{"name", "Not a name"}},
	} {
		f := ana.get(of.page).form(of.form, of.with...)
		n, filled := 0, map[string]string{}
		for name := range f.names {
			kind, shown := f.kinds[name], f.areas[name]
			if n++; !shown && kind != "text" || strings.HasPrefix(name, "was_") {
				continue
			}
			filled[name] = fmt.Sprintf("dato %d", n)
			f.fill(name, filled[name])
		}
		for i := 0; i < len(of.wrong); i += 2 {
			filled[of.wrong[i]] = of.wrong[i+1]
			f.fill(of.wrong[i], of.wrong[i+1])
		}
		answer := f.send()
		if answer.status != 422 && answer.status != 409 {
			t.Errorf("%s%s: status %d to %q", of.page, of.form, answer.status, answer.location)
		}
		for name, value := range filled {
			if !strings.Contains(html.UnescapeString(answer.body), value) {
				t.Errorf("%s%s: %q of %s is lost: %s", of.page, of.form, value, name, answer.words())
			}
		}
	}

	// What another agent was quicker with.
	mine, theirs := ana.get("/console/tasks").form("/done"), bea.get(alert).form("/words")
	ana.get("/console/tasks").form("/done").fill("outcome", "done").send().did("done")
	mine.fill("outcome", "no-answer", "note", "nadie contesta").send().is(http.StatusConflict).holds("nadie contesta")
	h.text(juan, "BIEN 4821")
	theirs.fill("words", "van al norte").send().is(http.StatusConflict).holds("van al norte", "Nada se hizo")
	// A choice is none of the words, and an end that is refused keeps them.
	h.text(juan, "ALERTA")
	alert = "/console/alerts/" + h.alert().Alert.Ref.Digits()
	ana.get(alert).form("/end", "end_words").fill("reason", "found", "end_words", "en casa").send().did("proposed")
	again := ana.get(alert).form("/end", "end_words").fill("end_words", "en su casa").send().is(http.StatusUnprocessableEntity)
	if v := again.form("/end", "end_words").values; v.Get("end_words") != "en su casa" || v.Get("reason") != "" {
		t.Errorf("an end that is refused: %v", v)
	}
	// Something that failed in the machine is no reason to lose it either.
	f := ana.get(alert).form("/note").fill("note", "hablo con su hermano")
	h.mu.Lock()
	h.down = errors.New("the database is away")
	h.mu.Unlock()
	f.send().holds("No se pudo hacer", "hablo con su hermano")
}

// A contact without a number is not forgotten without a word.
func TestContactWithoutANumber(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	f := ana.get("/console/profiles/new").form("/new").fill("phone", "+1 312-555-0166", "name", "Rosa Diaz", "pin", "2580", "consent", "yes", "contact5_name", "Chela")
	f.send().is(422).holds("El contacto: esto no puede quedar vacío")
}

// A person's page says that they moved, and that a move was undone; a new PIN from
// an agent lets them move again.
func TestAPersonsPageShowsAMove(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	person := "/console/profiles/" + h.profile(juan).ID.String()
	const number gateway.Phone = "+17735550142"
	move := func(pin string) { h.text(number, "NUEVO NUMERO "+string(juan)+" "+pin) }
	move("4821")
	ana.get(person).holds("Cambió de teléfono", "NO FUI YO")
	h.text(juan, "NO FUI YO")
	ana.get(person).holds("Un cambio de teléfono se deshizo")
	ana.get("/console/tasks").holds("Cambio de teléfono")
	move("4821")
	if p := h.profile(juan); p.Phone != juan {
		t.Errorf("with the PIN that somebody knows they are moved to %s", p.Phone)
	}
	ana.get(person).form("/change").fill("new_pin", "7305").send().did("done")
	move("7305")
	if p := h.profile(juan); p.Phone != number {
		t.Errorf("with a new PIN they are still on %s", p.Phone)
	}
}
