package main

import (
	"bufio"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// stand is a demo that runs within this process.
type stand struct {
	t    *testing.T
	base string
	log  *safeBuffer
}

// newStand starts one; where it is brisk nothing takes time.
func newStand(t *testing.T, brisk bool) *stand {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	s := &stand{t: t, log: &safeBuffer{}}
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	config := &Config{Addr: "127.0.0.1:0", InternalAddr: "127.0.0.1:0", LogFormat: "json", LogLevel: "info", Zone: "America/Chicago"}
	go func() {
		ended <- demoCmd{brisk: brisk}.Run(&app{ctx: ctx, config: config, stdout: in, stderr: s.log})
		in.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo: %v\n%s", err, s.log.String())
		}
	})
	lines := bufio.NewScanner(out)
	for s.base == "" && lines.Scan() {
		if found := regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/sim/`).FindStringSubmatch(lines.Text()); found != nil {
			s.base = found[1]
		}
	}
	if s.base == "" {
		t.Fatalf("the demo did not print its page\n%s", s.log.String())
	}
	go io.Copy(io.Discard, out)
	return s
}

func (s *stand) visitor() *visitor {
	s.t.Helper()
	r := &rig{t: s.t, base: s.base}
	return r.visitor()
}

func (s *stand) post(path string, form url.Values) {
	s.t.Helper()
	response, err := http.PostForm(s.base+"/sim/"+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %v: %d", path, form, response.StatusCode)
	}
}

// until waits for a page that holds all these, and returns it.
func (s *stand) until(words ...string) string {
	s.t.Helper()
	for end := time.Now().Add(2 * patience); ; time.Sleep(50 * time.Millisecond) {
		body := s.visitor().get("/sim/?lang=en").body
		missing := ""
		for _, w := range words {
			if !strings.Contains(body, w) {
				missing = w
			}
		}
		if missing == "" {
			return body
		}
		if strings.Contains(body, `data-doing="failed"`) || time.Now().After(end) {
			s.t.Fatalf("the page never showed %q\n%s", missing, s.log.String())
		}
	}
}

// Each story comes to its end by itself, twice and in either language of the
// texts; and with the time to read it stays below a minute.
func TestDemoStories(t *testing.T) {
	s := newStand(t, true)
	for _, language := range []string{"es", "en"} {
		s.post("language", url.Values{"people": {language}})
		for _, story := range []struct {
			name string
			ends []string // on the page, at the end
		}{
			{"main", []string{"Maria CONFIRMED", " Chicago CONFIRMED", " is over", "Maria&#39;s phone · delivered "}},
			{"jail", []string{"Cárcel calls", "Maria CONFIRMED", "Consulado&#39;s phone · delivered "}},
			{"raid", []string{"Luz CONFIRMED", " Omaha CONFIRMED", "Ana texts", "Luis texts"}},
		} {
			if story.name == "raid" && language == "es" {
				continue // it takes ten seconds until a raid is summed up
			}
			began := time.Now()
			s.post("story", url.Values{"story": {story.name}})
			s.until(append(story.ends, `data-doing="done"`)...)
			t.Logf("%s in %s without the time to read: %s", story.name, language, time.Since(began))
		}
	}
	// What somebody left open on the phones does not spoil a story.
	s.post("text", url.Values{"phone": {"0"}, "body": {"ALERT"}})
	s.post("story", url.Values{"story": {"main"}})
	body := s.until(`data-doing="done"`, " is over")
	for _, again := range []string{"OTRA ALERTA", "NEW ALERT"} {
		if strings.Contains(body, again) {
			t.Errorf("Juan's sister is told of %q", again)
		}
	}
	s.post("story", url.Values{"do": {"anew"}})
	if body := s.visitor().get("/sim/?lang=en").body; strings.Contains(body, "CONFIRMED") {
		t.Error("what was done is still shown")
	}
}

// The time to read, and as long as a slow machine takes for each step, make less
// than a minute.
func TestDemoStoriesAreShort(t *testing.T) {
	const step = 2500 * time.Millisecond // a text goes out, arrives, and is answered
	for _, story := range (&demo{}).stories() {
		if takes := story.Reading() + time.Duration(len(story.Steps))*step; takes >= time.Minute {
			t.Errorf("%s takes %s", story.Name, takes)
		}
		for i, s := range story.Steps {
			if s.Say.In("es") == s.Say.In("en") || s.Look <= 0 {
				t.Errorf("%s, step %d: %q for %s", story.Name, i+1, s.Say, s.Look)
			}
		}
	}
}

// The page logs its reader in at the console, in its language, and may hold it;
// nobody else's page may.
func TestDemoConsole(t *testing.T) {
	s := newStand(t, true)
	v := s.visitor()
	root := v.get("/")
	root.redirects("/sim/")
	page := v.follow(root).is(200)
	page.holds(`data-src="/sim/console?lang=en"`)
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the page of phones: %s", policy)
	}
	for language, words := range map[string]string{"es": "Levantar alerta", "en": "Raise an alert"} {
		door := v.get("/sim/console?lang=" + language)
		door.redirects("/console/alerts")
		if cookie := door.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") || !strings.Contains(cookie, "Path=/console") {
			t.Errorf("the cookie: %s", cookie)
		}
		board := v.follow(door).is(200).holds(words)
		if policy := board.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("the console's policy: %s", policy)
		}
		if frame := board.header.Get("X-Frame-Options"); frame != "SAMEORIGIN" {
			t.Errorf("X-Frame-Options: %s", frame)
		}
	}
	// The log-in goes on after its session was ended.
	v.get("/console/alerts").submit("/console/logout", nil).redirects("/console/login")
	stranger := s.visitor()
	stranger.get("/console/alerts").redirects("/console/login")
	// What is no page of the console stays as it is.
	if frame := stranger.get("/twilio/sms").header.Get("X-Frame-Options"); frame != "DENY" {
		t.Errorf("a webhook's X-Frame-Options: %s", frame)
	}
	for _, site := range []string{"cross-site", "same-site"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/sim/console", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", site)
		if p := stranger.do(req); p.status != http.StatusForbidden || p.header.Get("Set-Cookie") != "" {
			t.Errorf("from a page of %s: %d", site, p.status)
		}
	}
}

// The real gateway has no page of phones, logs nobody in, and lets no page hold
// its console.
func TestServeHasNoDemo(t *testing.T) {
	r := newRig(t)
	r.serve()
	v := r.visitor()
	for _, path := range []string{"/", "/sim", "/sim/", "/sim/console", "/sim/events", "/sim/news", "/sim/page.js"} {
		p := v.get(path).is(http.StatusNotFound)
		if p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
	}
	for _, path := range []string{"/sim/story", "/sim/language", "/sim/text", "/sim/console"} {
		if p := v.post(path, url.Values{"story": {"main"}}); p.status != http.StatusNotFound && p.status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, p.status)
		}
	}
	login := v.get("/console/login").is(200)
	if policy := login.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") || login.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("the console may be held: %s, %s", policy, login.header.Get("X-Frame-Options"))
	}
	v.get("/console/alerts").redirects("/console/login")
}

// Nothing but the command itself is known outside the demo's own files: there is no
// way from serve to what the demo allows.
func TestOnlyTheDemoKnowsTheDemo(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	own, others := map[string]string{}, map[string]*ast.File{}
	set := token.NewFileSet()
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(set, path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(path, "demo") {
			others[path] = file
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					own[d.Name.Name] = path
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						own[spec.Name.Name] = path
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							own[name.Name] = path
						}
					}
				}
			}
		}
	}
	if own["besidePhones"] == "" || own["demoCmd"] == "" {
		t.Fatal("the demo's files are not where this test looks")
	}
	delete(own, "demoCmd") // main.go lists it among the commands
	for path, file := range others {
		for _, i := range file.Imports {
			if i.Path.Value == `"aviso/gateway/carrier/sim"` {
				t.Errorf("%s imports the simulated carrier", path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && own[id.Name] != "" && id.Obj == nil && !local(file, id) {
				t.Errorf("%s: %s is of %s", set.Position(id.Pos()), id.Name, own[id.Name])
			}
			return true
		})
	}
}

// local reports whether a name is that of a field or a method within a file, which is
// another thing.
func local(file *ast.File, id *ast.Ident) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || n.Sel == id
		case *ast.Field:
			for _, name := range n.Names {
				found = found || name == id
			}
		case *ast.KeyValueExpr:
			found = found || n.Key == ast.Expr(id)
		}
		return !found
	})
	return found
}
