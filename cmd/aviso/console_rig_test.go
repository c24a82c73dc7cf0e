package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// visitor is an agent's browser as far as HTTP shows it: cookies and forms,
// without script.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
	name   string
	secret string   // of the second factor
	codes  []string // recovery codes that are left
}

const consolePassword = "caballo bateria grapa correcta"

// hasty lets what tells people wait for a second only, as an operator may: for
// tests that look at something else.
func (r *rig) hasty() {
	r.t.Helper()
	r.more = append(r.more, "AVISO_POLICY="+r.file("hasty.json", `{"undo": "1s"}`))
}

// visitor is somebody who has never been there.
func (r *rig) visitor() *visitor {
	r.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return &visitor{t: r.t, base: r.base, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: patience,
	}}
}

// agent adds an agent, and takes them through the first log-in.
func (r *rig) agent(name, role string) *visitor {
	r.t.Helper()
	out, _ := r.command(0, "agents", "add", name, "--role", role)
	v := r.visitor()
	v.name = name
	p := v.post("/console/login", url.Values{"name": {name}, "password": {strings.TrimSpace(out)}})
	p.redirects("/console/password")
	v.follow(p).submit("/console/password", url.Values{"password": {consolePassword}, "again": {consolePassword}}).redirects("/console/factor")
	p = v.get("/console/factor")
	v.secret = p.match(`<code id="secret">([A-Z2-7]+)</code>`)
	p = p.submit("/console/factor", url.Values{"code": {v.code()}})
	if p.status != 200 || !strings.Contains(p.body, `id="recovery"`) {
		r.t.Fatalf("%s after enrolling: %d\n%s", name, p.status, p.body)
	}
	for _, found := range regexp.MustCompile(`<li><code>([a-z0-9-]+)</code></li>`).FindAllStringSubmatch(p.body, -1) {
		v.codes = append(v.codes, found[1])
	}
	return v
}

func (v *visitor) code() string {
	v.t.Helper()
	code, err := totp.GenerateCode(v.secret, time.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	return code
}

// recovery is a code that was not used yet.
func (v *visitor) recovery() string {
	v.t.Helper()
	if len(v.codes) == 0 {
		v.t.Fatal("no recovery code is left")
	}
	code := v.codes[0]
	v.codes = v.codes[1:]
	return code
}

// sheet is an answer.
type sheet struct {
	v        *visitor
	status   int
	body     string
	location string
	header   http.Header
	path     string
}

func (v *visitor) get(path string) *sheet {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

func (v *visitor) post(path string, form url.Values) *sheet {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

func (v *visitor) do(req *http.Request) *sheet {
	v.t.Helper()
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return &sheet{v, resp.StatusCode, string(body), resp.Header.Get("Location"), resp.Header, req.URL.Path}
}

// follow goes where an answer sends to.
func (v *visitor) follow(p *sheet) *sheet {
	v.t.Helper()
	if p.location == "" {
		v.t.Fatalf("%s answers %d and sends nowhere\n%s", p.path, p.status, p.body)
	}
	return v.get(p.location)
}

func (p *sheet) redirects(path string) {
	p.v.t.Helper()
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, path) {
		p.v.t.Fatalf("%s answers %d to %q, want a redirect to %s\n%s", p.path, p.status, p.location, path, p.body)
	}
}

// is checks the status.
func (p *sheet) is(status int) *sheet {
	p.v.t.Helper()
	if p.status != status {
		p.v.t.Errorf("%s answers %d, want %d\n%s", p.path, p.status, status, p.body)
	}
	return p
}

// holds checks for words, holdsNot that they are missing.
func (p *sheet) holds(words ...string) *sheet {
	p.v.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.body, w) && !strings.Contains(html.UnescapeString(p.body), w) {
			p.v.t.Errorf("%s holds no %q\n%s", p.path, w, p.body)
		}
	}
	return p
}

func (p *sheet) holdsNot(words ...string) *sheet {
	p.v.t.Helper()
	for _, w := range words {
		if strings.Contains(html.UnescapeString(p.body), w) {
			p.v.t.Errorf("%s holds %q", p.path, w)
		}
	}
	return p
}

// match is the first group of a pattern.
func (p *sheet) match(pattern string) string {
	p.v.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(p.body)
	if found == nil {
		p.v.t.Fatalf("%s has nothing like %s\n%s", p.path, pattern, p.body)
	}
	return html.UnescapeString(found[1])
}

// hidden is what a form of the page carries, by the form's action.
func (p *sheet) hidden(action string) url.Values {
	p.v.t.Helper()
	form := regexp.MustCompile(`(?s)<form[^>]*action="` + regexp.QuoteMeta(action) + `"[^>]*>.*?</form>`).FindString(p.body)
	if form == "" {
		p.v.t.Fatalf("%s has no form to %s\n%s", p.path, action, p.body)
	}
	values := url.Values{}
	for _, input := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(form, -1) {
		values.Add(html.UnescapeString(input[1]), html.UnescapeString(input[2]))
	}
	return values
}

// submit fills a form of the page and sends it.
func (p *sheet) submit(action string, fields url.Values) *sheet {
	p.v.t.Helper()
	form := p.hidden(action)
	for name, values := range fields {
		form[name] = values
	}
	return p.v.post(action, form)
}
