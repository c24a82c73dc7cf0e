package sim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// phones serves a page with Juan's and Maria's phones.
func phones(t *testing.T, c *sim.Carrier) *httptest.Server {
	t.Helper()
	page, err := c.Page(sim.PageConfig{Sender: longCode, Phones: []sim.PagePhone{
		{Phone: c.Phone(juan, "Juan"), Role: "the person", Hint: "PIN 4821", Keys: []string{"ALERTA"}},
		{Phone: c.Phone(maria, "Maria"), Role: "sister", Keys: []string{"1"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/sim/", page)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestPageWorksByForms(t *testing.T) {
	c, g := start(t, sim.Config{})
	g.answers(twiml("<Response><Message>Recibimos &lt;su&gt; ALERTA</Message></Response>"))
	server := phones(t, c)
	res, err := http.PostForm(server.URL+"/sim/text", url.Values{"phone": {"0"}, "body": {" ALERTA <b> "}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Request.URL.Path != "/sim/" || res.Request.URL.Fragment != "phone-0" {
		t.Errorf("after sending: %d at %s", res.StatusCode, res.Request.URL)
	}
	if got := g.values(t, "/twilio/sms", "Body", 1); got[0] != "ALERTA <b>" {
		t.Errorf("texted %q", got)
	}
	page, body := get(t, server.URL+"/sim/")
	for _, want := range []string{"ALERTA &lt;b&gt;", "Recibimos &lt;su&gt; ALERTA", "1 segment", "PIN 4821", "Juan", "Maria", "sister", longCode[1:]} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	for _, inline := range []string{" style=", "<style", "onclick", "<script>", "http://", "https://"} {
		if strings.Contains(body, inline) {
			t.Errorf("the page holds %q", inline)
		}
	}
	for name, kind := range map[string]string{"page.css": "text/css", "page.js": "text/javascript"} {
		if res, _ := get(t, server.URL+"/sim/"+name); res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %s", name, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
}

func TestPageRefusesWhatItShould(t *testing.T) {
	c, g := start(t, sim.Config{})
	server := phones(t, c)
	post := func(path string, form url.Values, header ...string) int {
		t.Helper()
		req, err := http.NewRequest("POST", server.URL+"/sim/"+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	alert := url.Values{"phone": {"0"}, "body": {"ALERTA"}}
	for name, got := range map[string]int{
		"another site":      post("text", alert, "Sec-Fetch-Site", "cross-site"),
		"a neighbouring":    post("text", alert, "Sec-Fetch-Site", "same-site"),
		"another origin":    post("text", alert, "Origin", "https://elsewhere.example"),
		"no origin to name": post("pickup", url.Values{"phone": {"0"}, "pickup": {"busy"}}, "Origin", "null"),
	} {
		if got != http.StatusForbidden {
			t.Errorf("%s: %d", name, got)
		}
	}
	for name, got := range map[string]int{
		"no phone":    post("text", url.Values{"body": {"x"}}),
		"third phone": post("text", url.Values{"phone": {"2"}, "body": {"x"}}),
		"minus one":   post("text", url.Values{"phone": {"-1"}, "body": {"x"}}),
		"no text":     post("text", url.Values{"phone": {"0"}, "body": {"  "}}),
		"long text":   post("text", url.Values{"phone": {"0"}, "body": {strings.Repeat("x", 1601)}}),
		"odd pickup":  post("pickup", url.Values{"phone": {"0"}, "pickup": {"dances"}}),
	} {
		if got != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got)
		}
	}
	if n := len(g.all()); n != 0 {
		t.Errorf("%d texts were sent nevertheless", n)
	}
	if got := post("text", alert, "Origin", server.URL, "Sec-Fetch-Site", "same-origin"); got != http.StatusNoContent {
		t.Errorf("from the page itself: %d", got)
	}
	if got := post("pickup", url.Values{"phone": {"1"}, "pickup": {"busy"}}); got != http.StatusNoContent {
		t.Errorf("pickup: %d", got)
	}
	if _, body := get(t, server.URL+"/sim/"); !strings.Contains(body, `<option value="busy" selected>`) {
		t.Error("the page forgets what a phone does when called")
	}
}

func TestPageStreams(t *testing.T) {
	c, g := start(t, sim.Config{})
	g.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	server := phones(t, c)
	client := twilioClient(c)
	if _, err := client.CreateMessage(text(maria, "primero")); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(soon(t), "GET", server.URL+"/sim/events?after=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	read := func(req *http.Request) func() (id string, line map[string]any) {
		t.Helper()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		if res.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("a stream of %s", res.Header.Get("Content-Type"))
		}
		lines := bufio.NewScanner(res.Body)
		return func() (id string, line map[string]any) {
			t.Helper()
			for lines.Scan() {
				if rest, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
					id = rest
				}
				if rest, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					if err := json.Unmarshal([]byte(rest), &line); err != nil {
						t.Fatal(err)
					}
					return id, line
				}
			}
			t.Fatalf("the stream ended: %v", lines.Err())
			return "", nil
		}
	}
	next := read(req)
	if _, err := client.CreateMessage(text(maria, "segundo\ncon línea")); err != nil {
		t.Fatal(err)
	}
	if id, line := next(); id != "2" || line["body"] != "segundo\ncon línea" || line["phone"] != 1.0 || line["kind"] != "in" || line["ring"] != true || line["size"] != "1 segment, UCS-2" {
		t.Errorf("event %s: %v", id, line)
	}
	c.Phone(juan, "").Text(soon(t), longCode, "ALERTA")
	if id, line := next(); id != "3" || line["kind"] != "out" || line["ring"] != false || line["phone"] != 0.0 {
		t.Errorf("event %s: %v", id, line)
	}
	if _, line := next(); line["kind"] != "note" || !strings.Contains(line["body"].(string), "503") {
		t.Errorf("the failure is told as %v", line)
	}
	again := req.Clone(soon(t))
	again.Header.Set("Last-Event-ID", "2")
	if id, _ := read(again)(); id != "3" {
		t.Errorf("the stream resumes with %s", id)
	}
	c.Close()
	res, err := http.DefaultClient.Do(req.Clone(soon(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Errorf("the stream outlives the carrier: %v", err)
	}
}
