package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func TestConsoleLogIn(t *testing.T) { everywhere(t, testConsoleLogIn) }

func testConsoleLogIn(t *testing.T, r *rig) {
	out, errs := r.command(0, "agents", "add", "ana", "--role", "admin")
	if !regexp.MustCompile(`^[A-Za-z0-9]{12,}\n$`).MatchString(out) {
		t.Errorf("agents add prints %q, want one word of at least 12 letters and digits", out)
	}
	if errs == "" {
		t.Error("agents add says nothing on what to do with the password")
	}
	r.command(1, "agents", "add", "ana")
	r.command(2, "agents", "add", "Ana Maria")
	r.command(2, "agents", "add", "bea", "--role", "queen")
	r.command(1, "agents", "disable", "nobody")
	if list, _ := r.command(0, "agents", "list"); !strings.Contains(list, "ana") || !strings.Contains(list, "one-time") {
		t.Errorf("agents list: %s", list)
	}
	r.serve()

	v := r.visitor()
	v.get("/console/").redirects("/console/alerts")
	v.get("/console/alerts").redirects("/console/login")
	v.get("/console/events").is(http.StatusUnauthorized)
	page := v.get("/console/login").is(200).holds("Entrar")
	if n := strings.Count(page.body, "<form"); n != 1 {
		t.Errorf("the log-in has %d forms, want one", n)
	}
	v.get("/console/login?lang=en").holds("Log in", `lang="en"`)
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := page.header.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if regexp.MustCompile(`<script(?:[^>]*)>[^<]|<style|style="|onclick|javascript:`).MatchString(page.body) {
		t.Error("the page has script or style of its own")
	}
	page.submit("/console/login", url.Values{"name": {"ana"}, "password": {"wrong"}}).is(http.StatusUnauthorized)

	// A form that another site sends is refused, whatever it holds.
	for _, header := range [][2]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+"/console/login",
			strings.NewReader(url.Values{"name": {"ana"}, "password": {strings.TrimSpace(out)}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(header[0], header[1])
		v.do(req).is(http.StatusForbidden)
	}

	in := v.post("/console/login", url.Values{"name": {"ana"}, "password": {strings.TrimSpace(out)}})
	in.redirects("/console/password")
	cookie := in.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/console"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the session's cookie lacks %s: %s", part, cookie)
		}
	}
	// Half logged in is not in.
	for _, path := range []string{"/console/alerts", "/console/agents", "/console/factor", "/console/events", "/console/raise"} {
		v.get(path).redirects("/console/password")
	}
	p := v.get("/console/password")
	p.submit("/console/password", url.Values{"password": {"short"}, "again": {"short"}}).is(422)
	p.submit("/console/password", url.Values{"password": {consolePassword}, "again": {"another one"}}).is(422)
	p.submit("/console/password", url.Values{"password": {consolePassword}, "again": {consolePassword}}).redirects("/console/factor")
	v.get("/console/alerts").redirects("/console/factor")
	p = v.get("/console/factor").holds("otpauth://totp/", "<svg")
	v.secret = p.match(`<code id="secret">([A-Z2-7]+)</code>`)
	p.submit("/console/factor", url.Values{"code": {"000000"}}).is(422).holds(v.secret)
	p.submit("/console/factor", url.Values{"code": {v.code()}}).is(200).holds(`id="recovery"`)
	v.get("/console/alerts").is(200).holds("Alertas", "Auditoría")
	v.get("/console/login").redirects("/console/alerts")

	// Another password takes the old one and a code that was not used.
	const other = "perro luna mesa verde"
	p = v.get("/console/password").holds(`name="old"`, `name="code"`)
	p.submit("/console/password", url.Values{"password": {other}, "again": {other}}).is(422).holds(`id="wrong-old"`)
	p.submit("/console/password", url.Values{"old": {consolePassword}, "code": {"000000"}, "password": {other}, "again": {other}}).is(422).holds(`id="wrong-old"`)
	p.submit("/console/password", url.Values{"old": {consolePassword}, "code": {v.code()}, "password": {"contraseña2026"}, "again": {"contraseña2026"}}).is(422).holds(`id="wrong-password"`)
	v.get("/console/alerts").is(200)

	// The language is the session's.
	p = v.get("/console/alerts")
	p.submit("/console/language", url.Values{"lang": {"en"}}).redirects("/console/alerts")
	v.get("/console/alerts").holds("Alerts", "Audit", `<html lang="en"`)
	p = v.get("/console/alerts?only=ended&did=done").submit("/console/language", url.Values{"lang": {"es"}})
	if p.location != "/console/alerts?only=ended" {
		t.Errorf("another language leads to %s", p.location)
	}
	p = v.get("/console/alerts").submit("/console/language", url.Values{"lang": {"en"}, "back": {"//evil.example/console/alerts"}})
	if p.location != "/console/alerts" {
		t.Errorf("another language leads to %s", p.location)
	}

	p = v.get("/console/alerts")
	p.submit("/console/logout", nil).redirects("/console/login")
	v.get("/console/alerts").redirects("/console/login")
	// Without a cookie that is of this session, nothing of what it sent goes on.
	v.post("/console/alerts/123456/note", p.hidden("/console/logout")).is(http.StatusUnauthorized)
}

func TestConsoleThrottles(t *testing.T) {
	r := newRig(t)
	out, _ := r.command(0, "agents", "add", "ana")
	r.serve()
	v := r.visitor()
	for range 5 {
		v.post("/console/login", url.Values{"name": {"ana"}, "password": {"wrong"}}).is(http.StatusUnauthorized)
	}
	p := v.post("/console/login", url.Values{"name": {"ana"}, "password": {strings.TrimSpace(out)}}).is(http.StatusTooManyRequests)
	if p.header.Get("Retry-After") == "" {
		t.Error("nobody is told how long to wait")
	}
}

// Off this machine the session is in a cookie that nobody else can plant, and no
// other is heeded there.
func TestConsoleCookieIsLocked(t *testing.T) {
	r := newRig(t)
	out, _ := r.command(0, "agents", "add", "ana")
	r.serve()
	ask := func(method, path, body string, headers ...string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, r.base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(headers); i += 2 {
			if headers[i] == "Host" {
				req.Host = headers[i+1]
			} else {
				req.Header.Set(headers[i], headers[i+1])
			}
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	login := url.Values{"name": {"ana"}, "password": {strings.TrimSpace(out)}}.Encode()
	token := ""
	for _, where := range [][]string{{"Host", "aviso.example.org"}, {"Host", "aviso.example.org", "Origin", "https://aviso.example.org"}, {"Origin", publicURL}} {
		cookies := ask("POST", "/console/login", login, where...).Cookies()
		if len(cookies) != 1 || cookies[0].Name != "__Host-aviso_session" || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Path != "/" || cookies[0].Domain != "" || cookies[0].SameSite != http.SameSiteStrictMode {
			t.Fatalf("%v: %v", where, cookies)
		}
		token = cookies[0].Value
	}
	reached := func(name string, where ...string) bool {
		t.Helper()
		return ask("GET", "/console/alerts", "", append(where, "Cookie", name+"="+token)...).Header.Get("Location") == "/console/password"
	}
	if !reached("__Host-aviso_session", "Host", "aviso.example.org") {
		t.Error("the session's own cookie is not heeded")
	}
	for _, planted := range []string{"aviso_session", "__Secure-aviso_session", "__host-aviso_session"} {
		if reached(planted, "Host", "aviso.example.org") {
			t.Errorf("a planted %s is heeded", planted)
		}
	}
	if cookies := ask("POST", "/console/login", login).Cookies(); len(cookies) != 1 || cookies[0].Name != "aviso_session" || cookies[0].Secure {
		t.Errorf("on this machine, by HTTP: %v", cookies)
	}
}

// Recovery codes are counted, and renewed by password and code: those of before are
// void then.
func TestConsoleRecoveryRenewed(t *testing.T) {
	r := newRig(t)
	r.serve()
	v := r.agent("ana", "admin")
	old := v.recovery()
	renew := func(password, code string) *sheet {
		return v.get("/console/sessions").submit("/console/recovery", url.Values{"old": {password}, "code": {code}})
	}
	v.get("/console/sessions").holds("Le quedan <strong>10</strong>")
	renew("no es esta la buena", old).is(422).holds(`id="wrong-old"`)
	renew(consolePassword, "000000").is(422).holds(`id="wrong-old"`)
	p := renew(consolePassword, v.recovery()).is(200).holds(`id="recovery"`)
	v.codes = nil
	for _, found := range regexp.MustCompile(`<li><code>([a-z0-9-]+)</code></li>`).FindAllStringSubmatch(p.body, -1) {
		v.codes = append(v.codes, found[1])
	}
	v.get("/console/sessions").holds("Le quedan <strong>10</strong>").holdsNot(v.codes[0])
	renew(consolePassword, old).is(422) // void
	renew(consolePassword, v.recovery()).is(200)
	v.get("/console/audit?what=recovery-renewed").holds("renovó sus códigos de recuperación")
}
