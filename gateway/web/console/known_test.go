package console

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"aviso/gateway"
)

// Strangers try an agent's name until it is throttled. The agent gets in all the
// same with the browser of the last time, and in a new one with a code, for which
// the page asks; and is told once what was tried.
func TestLogInBesideStrangers(t *testing.T) {
	h := newHouse(t)
	outcomes := map[string]int{}
	h.console.Accounts.OnTry = func(outcome string, _ gateway.ID) { outcomes[outcome]++ }
	browser := func() func(path string, form ...string) string {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar}
		token := ""
		return func(path string, form ...string) string {
			t.Helper()
			var resp *http.Response
			var err error
			if len(form) == 0 {
				resp, err = client.Get(h.server.URL + path)
			} else {
				values := url.Values{"csrf": {token}}
				for i := 0; i < len(form); i += 2 {
					values.Set(form[i], form[i+1])
				}
				resp, err = client.PostForm(h.server.URL+path, values)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if _, rest, found := strings.Cut(string(body), `name="csrf" value="`); found {
				token, _, _ = strings.Cut(rest, `"`)
			}
			return string(body)
		}
	}
	const password = "caballo bateria grapa"
	one, err := h.console.Accounts.Add(t.Context(), nil, "ana", gateway.RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	first := browser()
	first("/console/login", "name", "ana", "password", one)
	page := first("/console/password", "password", password, "again", password)
	_, rest, found := strings.Cut(page, "secret=")
	if !found {
		t.Fatalf("no second factor is set up: %s", page)
	}
	secret, _, _ := strings.Cut(rest, `"`) // which comes last
	code := func() string {
		h.pass(time.Minute)
		code, err := totp.GenerateCode(secret, h.now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	first("/console/factor", "code", code())
	in := func(page string) bool { return strings.Contains(page, `action="/console/logout"`) }
	if page := first("/console/alerts"); !in(page) || strings.Contains(page, `id="failed"`) {
		t.Fatalf("after the first log-in: %s", page)
	}
	first("/console/logout", "x", "")

	attack := func() {
		t.Helper()
		stranger, page := browser(), ""
		for range 6 {
			page = stranger("/console/login", "name", "ana", "password", "wrong")
		}
		if !strings.Contains(page, `name="code"`) {
			t.Fatalf("nobody is asked for a code: %s", page)
		}
	}
	attack()
	if page := browser()("/console/login", "name", "ana", "password", password); in(page) || !strings.Contains(page, `name="code"`) {
		t.Errorf("a new browser: %s", page)
	}
	if page := first("/console/login", "name", "ana", "password", password); !strings.Contains(page, `action="/console/factor"`) {
		t.Fatalf("the known browser: %s", page)
	}
	if page := first("/console/factor", "code", code()); !in(page) || !strings.Contains(page, `id="failed"`) || !strings.Contains(page, "contraseñas equivocadas: 5.") {
		t.Errorf("the agent's next page says nothing of it: %s", page)
	}
	if page := first("/console/tasks"); strings.Contains(page, `id="failed"`) {
		t.Error("it is told twice")
	}
	attack()
	other := browser()
	if page := other("/console/login", "name", "ana", "password", password, "code", code()); !strings.Contains(page, `action="/console/factor"`) {
		t.Errorf("a new browser with a code: %s", page)
	}
	if outcomes["wrong_password"] == 0 || outcomes["throttled"] == 0 || outcomes["in"] != 2 {
		t.Errorf("counted %v", outcomes)
	}
}
