package console

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/agent"
	"aviso/gateway/web"
	"aviso/gateway/web/console/atlas"
	"aviso/store"
	"aviso/templates"
)

const (
	// pageBudget bounds the reading and deciding behind one page: an agent who
	// waits longer presses again.
	pageBudget = 8 * time.Second

	// maxTyped bounds a form, in bytes.
	maxTyped = 64 << 10

	// assetKept: an asset's address changes with it.
	assetKept = "public, max-age=31536000, immutable"
)

// Config is what the console works with.
type Config struct {
	Records   *store.Store
	Accounts  *agent.Accounts
	Clock     func() time.Time
	PublicURL string // the origin of the pages, as browsers see it
	Rules     gateway.Rules
	Words     *templates.Catalog
}

// Console serves the pages below /console/, and the consulates' below
// /consulate/.
type Console struct {
	Config
	domain   web.Domain
	numbers  numbers
	forms    *http.CrossOriginProtection
	log      func(route string, err error, code int)
	widely   func(who gateway.ID)
	pages    map[string]*templates.Pages
	assets   map[string]asset
	stamp    string // in the assets' addresses
	live     *live
	opened   opened
	states   []atlas.State
	pictures kept[store.Pictures]
}

type asset struct {
	kind string
	data []byte
}

// New makes a Console. Close ends its streams.
func New(c Config) (*Console, error) {
	con := &Console{Config: c, numbers: numbersOf(&c.Rules), pages: map[string]*templates.Pages{}, assets: map[string]asset{}}
	sum := sha256.New()
	for name, kind := range map[string]string{"console.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"} {
		data, err := templates.ConsoleAsset(name)
		if err != nil {
			return nil, fmt.Errorf("read the console: %w", err)
		}
		con.assets[name] = asset{kind, data}
	}
	for _, name := range []string{"console.css", "console.js", "icon.svg"} {
		sum.Write(con.assets[name].data)
	}
	con.stamp = hex.EncodeToString(sum.Sum(nil)[:8])
	for _, language := range templates.Languages {
		pages, err := templates.ConsolePages(language, con.functions(language))
		if err != nil {
			return nil, err
		}
		con.pages[language] = pages
	}
	var err error
	if con.forms, err = formsFrom(c.PublicURL); err != nil {
		return nil, err
	}
	if con.states, err = atlas.States(); err != nil {
		return nil, err
	}
	con.live = newLive(c.Records)
	return con, nil
}

// Close ends the streams of the pages that are open, which a server that is
// shut down would wait for.
func (c *Console) Close() { c.live.close() }

// Register adds the console's routes.
func (c *Console) Register(e *echo.Echo, host web.Host) {
	c.domain, c.log, c.widely, c.Accounts.OnTry = host.Domain, host.Failed, host.Widely, host.LoggedIn
	e.GET("/console", func(x echo.Context) error { return x.Redirect(http.StatusSeeOther, "/console/alerts") })
	e.GET("/console/", func(x echo.Context) error { return x.Redirect(http.StatusSeeOther, "/console/alerts") })
	e.GET("/console/assets/:stamp/:name", c.asset)
	for _, prefix := range []string{"/console/*", "/consulate/*"} {
		e.Any(prefix, c.nowhere(e)) // what has a route of its own comes before
	}

	e.GET("/console/login", c.open(c.showLogin))
	e.POST("/console/login", c.open(c.logIn))
	for path, do := range map[string]struct {
		stage     gateway.Stage
		get, post handler
	}{
		"/console/password": {gateway.StagePassword, c.showPassword, c.setPassword},
		"/console/factor":   {gateway.StageFactor, c.showFactor, c.factor},
	} {
		e.GET(path, c.staged(do.stage, do.get))
		e.POST(path, c.staged(do.stage, do.post))
	}
	e.POST("/console/logout", c.staged(0, c.logOut))
	e.POST("/console/language", c.staged(0, c.setLanguage))
	e.POST("/console/theme", c.staged(0, c.setTheme))
	e.GET("/console/events", c.staged(gateway.StageIn, c.events))

	get := func(path string, h handler) { e.GET("/console/"+path, c.staged(gateway.StageIn, h)) }
	post := func(path string, h handler) { e.POST("/console/"+path, c.staged(gateway.StageIn, h)) }
	get("sessions", c.showSessions)
	post("sessions", c.endSession)
	post("recovery", c.renewRecovery)
	get("recovery", func(v *visit) error { return v.Redirect(http.StatusSeeOther, "/console/sessions") })
	c.routes(get, post)
	c.registerConsulate(e)
}

// nowhere is a page that there is not, or that cannot be asked for so.
func (c *Console) nowhere(e *echo.Echo) echo.HandlerFunc {
	return c.guarded(func(v *visit) error {
		for _, route := range e.Routes() {
			if route.Path == v.Path() || strings.Contains(route.Path, "*") {
				continue
			}
			if matches(route.Path, v.Request().URL.Path) {
				allow := v.Response().Header()
				allow.Add("Allow", route.Method)
			}
		}
		if v.Response().Header().Get("Allow") != "" {
			return echo.ErrMethodNotAllowed
		}
		return echo.ErrNotFound
	})
}

// matches reports whether an address is of a route.
func matches(route, address string) bool {
	want, is := strings.Split(route, "/"), strings.Split(address, "/")
	if len(want) != len(is) {
		return false
	}
	for i := range want {
		if want[i] != is[i] && (!strings.HasPrefix(want[i], ":") || is[i] == "") {
			return false
		}
	}
	return true
}

// handler answers one request of a visit.
type handler func(*visit) error

// visit is one request, by whom, in which language.
type visit struct {
	echo.Context
	ctx     context.Context
	session *gateway.Session
	agent   *gateway.Agent
	lang    string
	typed   map[string][]string // of a form that is shown again
	form    string              // that form's address
	kept    bool                // it was sent after its session had ended
	wrong   *gateway.Invalid    // what was wrong with it
	did     string              // what became of the act that the page answers, where nothing was done
	why     string              // and why, in a word
	because string              // the same in people's words: who, and when
	clashes []acts.Clash        // what somebody else has changed of it meanwhile
	page    string              // the address of what is shown, where it answers a form
	choices map[string]*choice  // of the country of its numbers, by field
	still   bool                // the page is not brought up to date: each look at it is written down
	posted  bool                // the page answers a form: it is not brought up to date behind it
	about   gateway.ID          // whom or what the page is about; zero: nobody
}

// field is what was typed into a field.
func (v *visit) field(name string) string { return strings.TrimSpace(v.FormValue(name)) }

// once is the key that the page put into its form (Once), with a mark of what was
// typed: the same form sent twice is one act, and the page that somebody went back
// to and changed is another. A key that is longer is nobody's, and counts by its
// beginning.
func (v *visit) once() string {
	key := v.field("once")
	if key == "" || v.session == nil {
		return key[:min(len(key), onceMost)]
	}
	mark := hmac.New(sha256.New, []byte(v.session.Token))
	mark.Write([]byte(v.Request().PostForm.Encode())) // sorted
	return key[:min(len(key), onceMost)] + "-" + hex.EncodeToString(mark.Sum(nil)[:8])
}

const onceMost = 40

// here is the address of the page that is shown.
func (v *visit) here() string {
	if v.page != "" {
		return v.page
	}
	return v.Request().URL.RequestURI()
}

// asset serves a stylesheet or script. Its address holds a hash of all of
// them, so that a browser may keep it for ever.
func (c *Console) asset(x echo.Context) error {
	a, ok := c.assets[x.Param("name")]
	if !ok || x.Param("stamp") != c.stamp {
		return echo.ErrNotFound
	}
	x.Response().Header()["Cache-Control"] = []string{assetKept}
	return x.Blob(http.StatusOK, a.kind, a.data)
}

// pagePolicy allows a page what it is made of: our own files, and forms to
// ourselves.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// show renders a page, whole before anything is sent: a page that breaks off
// in the middle would look like one without alerts.
func (c *Console) show(v *visit, code int, layout, name string, p page) error {
	t, err := c.pages[v.lang].Page(name)
	if err != nil {
		return err
	}
	p.Theme = themeOf(v.Request())
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, layout, p); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return v.HTMLBlob(code, besides(b.Bytes(), p.Form, p.Typed, labels{c, v.lang}.marks(p)))
}

// page is what every page is made of.
type page struct {
	Agent   *gateway.Agent // nil: nobody is in
	In      bool           // all stages of the log-in are passed
	Token   string         // of the session's forms
	Path    string
	Here    string // which entry of the navigation this is
	Title   string
	Pulse   store.Pulse
	Callers []caller
	Waiting []waitingLine      // what can be undone
	Undo    int                // for how many seconds
	Raids   []gateway.Incident // that are open
	Did     string             // outcome of the act before
	Why     string             // nothing was done, in a word; of what is another agent's, their name
	Because string             // the same in people's words: who, and when
	Minutes string
	Typed   map[string][]string // of a form that is shown again
	Form    string              // that form's address
	Kept    bool                // it was sent after its session had ended
	Wrong   *gateway.Invalid
	Clashes []acts.Clash
	Choices map[string]*choice // of the country of numbers that were typed
	Live    bool
	Reload  bool // is reloaded by itself where there is no script: nobody types on it
	Now     time.Time
	Stamp   string
	Theme   string // dark, light; "": as the browser is set
	Company string // the programme
	Admin   bool
	Failed  *gateway.FailedTries // at the agent's name since they last logged in; nil: none, or they have been shown
	Body    any
}

// Old is what was typed into a field before the page was shown again.
func (p page) Old(name string) string {
	if list := p.Typed[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// OldOr is what was typed into a field, or what is kept where it was not.
func (p page) OldOr(name, kept string) string {
	if list := p.Typed[name]; len(list) > 0 {
		return list[0]
	}
	return kept
}

// OldIn is the same for a page on which several forms have fields of one name:
// id is of what the form is about.
func (p page) OldIn(id, name, kept string) string {
	if strings.Contains(p.Form, id) {
		return p.OldOr(name, kept)
	}
	return kept
}

// OldOf is the same for forms that go to one address: field says which of them
// it was.
func (p page) OldOf(field, is, name string) string {
	if p.Old(field) != is {
		return ""
	}
	return p.Old(name)
}

// KeptTyped is what the form that switches the page's language carries of one that
// is shown again.
func (p page) KeptTyped() []keptField {
	if p.Form == "" {
		return nil
	}
	list := []keptField{{keptPath, []string{p.Form}}}
	for _, name := range slices.Sorted(maps.Keys(p.Typed)) {
		list = append(list, keptField{keptPrefix + name, p.Typed[name]})
	}
	return list
}

// Once is a new key for a form: sent twice, it does nothing twice.
func (p page) Once() string { return randomWord() }

// in renders a page for an agent who is in.
func (c *Console) in(v *visit, here, name string, body any) error {
	return c.inAs(v, http.StatusOK, "page", here, name, body)
}

func (c *Console) inAs(v *visit, code int, layout, here, name string, body any) error {
	pulse, err := c.Records.Pulse(v.ctx)
	if err != nil {
		return err
	}
	callers, err := c.callers(v.ctx, pulse.Ringing, v.agent.ID)
	if err != nil {
		return err
	}
	waiting, err := c.waitingFor(v, &pulse)
	if err != nil {
		return err
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	raids := slices.DeleteFunc(slices.Clone(directory.Incidents()), func(i gateway.Incident) bool { return !i.Open() })
	failed := v.session.Failed
	if failed != nil { // it is told once
		v.session.Failed = nil
		if err := c.Accounts.Put(v.ctx, v.session); err != nil {
			return err
		}
	}
	switch {
	case code != http.StatusOK:
	case len(v.clashes) > 0, v.did != "":
		code = http.StatusConflict
	case v.wrong != nil:
		code = http.StatusUnprocessableEntity
	}
	return c.show(v, code, layout, name, page{
		Agent: v.agent, In: true, Admin: v.agent.Role == gateway.RoleAdmin, Token: v.session.Token,
		Path: v.here(), Here: here, Pulse: pulse, Callers: callers, Waiting: waiting, Undo: int(time.Duration(c.Rules.Policy.Undo) / time.Second),
		Raids: raids, Did: cmp.Or(v.did, v.QueryParam("did")), Why: cmp.Or(v.why, whyWord(v.QueryParam("why"))), Because: v.because,
		Minutes: digitsOnly(v.QueryParam("n")), Typed: v.typed, Form: v.form, Kept: v.kept, Wrong: v.wrong, Clashes: v.clashes, Choices: v.choices,
		Live: !v.posted && !v.still, Reload: name == "alerts", Now: c.Clock(), Stamp: c.stamp, Company: c.Rules.Programme, Failed: failed, Body: body,
	})
}

// bare renders a page for somebody who is not in yet.
func (c *Console) bare(v *visit, code int, name string, body any) error {
	p := page{
		Path: v.Request().URL.RequestURI(), Now: c.Clock(), Stamp: c.stamp, Company: c.Rules.Programme, Body: body,
		Typed: v.typed, Form: v.form, Wrong: v.wrong,
	}
	if v.session != nil {
		p.Token, p.Agent = v.session.Token, v.agent
	}
	return c.show(v, code, "bare", name, p)
}

// problem shows an error as a page. What is nobody's business is logged, not
// shown.
func (c *Console) problem(v *visit, err error) error {
	code, _ := web.Status(err)
	word := "failed"
	switch {
	case errors.Is(err, gateway.ErrForbidden):
		code, word = http.StatusForbidden, "forbidden"
	case errors.Is(err, gateway.ErrForged): // the records have told of it
		code, word = http.StatusForbidden, "forged"
		v.session, v.agent = nil, nil
		c.setCookie(v, "", 0) // so that the agent can log in anew
	case errors.Is(err, errStale):
		code, word = http.StatusForbidden, "stale"
	case errors.Is(err, errElsewhere):
		code, word = http.StatusForbidden, "elsewhere"
	case errors.Is(err, gateway.ErrNotFound), errors.Is(err, echo.ErrNotFound):
		code, word = http.StatusNotFound, "not-found"
	case errors.Is(err, echo.ErrMethodNotAllowed):
		code, word = http.StatusMethodNotAllowed, "method"
	case code == http.StatusRequestEntityTooLarge:
		word = "too-large"
	case code == http.StatusTooManyRequests:
		word = "too-fast"
	}
	if code >= http.StatusInternalServerError {
		c.log(v.Path(), err, code)
	}
	if v.Response().Committed {
		return nil
	}
	var typed []typedWord
	if v.session != nil && v.session.Stage == gateway.StageIn && v.posted {
		typed = typedWords(typedInto(v.Request().PostForm))
	}
	return c.bare(v, code, "problem", problemPage{Word: word, Typed: typed})
}

// problemPage says in a word what was wrong.
type problemPage struct {
	Word   string
	Onward string // where what was typed can be seen again; "": nowhere
	Typed  []typedWord
}

// numbers are the programme's, as the cards for wallets and for the night
// shift print them.
type numbers struct {
	Text    []string
	Call    []gateway.Phone
	Custody []gateway.Phone // ring a person at once
}

func numbersOf(r *gateway.Rules) numbers {
	n := numbers{Call: r.PublicPhones, Custody: slices.Sorted(maps.Keys(r.Custody))}
	for _, s := range r.Senders {
		switch s.Kind {
		case gateway.Messaging: // nobody can text a messaging service
		case gateway.ShortCode:
			n.Text = append(n.Text, s.Address)
		default:
			n.Text = append(n.Text, gateway.Phone(s.Address).Local(""))
		}
	}
	return n
}

// kept is something that is read at most once in a while.
type kept[T any] struct {
	mu    sync.Mutex
	at    time.Time
	value T
}

func (k *kept[T]) get(now time.Time, lasts time.Duration, read func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.at.IsZero() && now.Sub(k.at) < lasts {
		return k.value, nil
	}
	value, err := read()
	if err == nil {
		k.at, k.value = now, value
	}
	return value, err
}

// functions are what the pages ask for while they are rendered.
func (c *Console) functions(language string) template.FuncMap {
	return labels{c, language}.functions()
}
