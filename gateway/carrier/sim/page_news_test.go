package sim_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// streamOf reads a stream's events one after the other.
func streamOf(t *testing.T, address string) func() map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	return func() map[string]any {
		t.Helper()
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var event map[string]any
				if err := json.Unmarshal([]byte(rest), &event); err != nil {
					t.Fatal(err)
				}
				return event
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return nil
	}
}

// watch is a clock that a test moves.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// served is a page of Juan's phone in Los Angeles and Maria's in Guadalajara.
func served(t *testing.T, c *sim.Carrier) (*sim.Phones, string) {
	t.Helper()
	page, err := c.Page(sim.PageConfig{Sender: longCode, Phones: []sim.PagePhone{
		{Phone: c.Phone(juan, "Juan"), Zone: "America/Los_Angeles"}, {Phone: c.Phone(maria, "Maria"), Zone: "America/Mexico_City"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/sim/", page)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return page, server.URL + "/sim/"
}

// A phone's clock is that of the place where it is, on the page and in the stream.
func TestClocksOfPhones(t *testing.T) {
	w := &watch{at: time.Date(2026, 7, 4, 19, 30, 0, 0, time.UTC)}
	c, _ := start(t, sim.Config{Now: w.now})
	_, address := served(t, c)
	next := streamOf(t, address+"events")
	c.Phone(juan, "").Text(soon(t), longCode, "ALERTA")
	if line := next(); line["clock"] != "12:30" {
		t.Errorf("Los Angeles: %v", line)
	}
	if _, err := twilioClient(c).CreateMessage(text(maria, "hola")); err != nil {
		t.Fatal(err)
	}
	if line := next(); line["clock"] != "13:30" {
		t.Errorf("Guadalajara: %v", line)
	}
	_, body := get(t, address)
	for _, want := range []string{`title="Los Angeles">12:30<`, `title="Mexico City">13:30<`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// How far a text has come stands on it: on its way, delivered or not; and of a
// phone's own, that the gateway has it.
func TestStatesOfTexts(t *testing.T) {
	c, _ := start(t, sim.Config{})
	_, address := served(t, c)
	next := streamOf(t, address+"news?lang=en")
	state := func(phone float64) (states []string) {
		t.Helper()
		for {
			n := next()
			if n["kind"] == "state" && n["phone"] == phone {
				states = append(states, n["state"].(string)+" "+n["words"].(string))
				if s := n["state"]; s == "arrived" || s == "failed" || s == "taken" {
					return states
				}
			}
		}
	}
	client := twilioClient(c)
	if _, err := client.CreateMessage(text(maria, "hola")); err != nil {
		t.Fatal(err)
	}
	if got := state(1); got[0] != "way on its way …" || !strings.HasPrefix(got[len(got)-1], "arrived ✓✓ delivered ") {
		t.Errorf("a text that arrives: %q", got)
	}
	c.Fault(sim.Fault{Op: sim.OpCreateMessage, To: maria, Final: "undelivered", FinalCode: 30003})
	if _, err := client.CreateMessage(text(maria, "hola otra vez")); err != nil {
		t.Fatal(err)
	}
	if got := state(1); got[len(got)-1] != "failed ✗ not delivered (30003)" {
		t.Errorf("a text that does not: %q", got)
	}
	c.Phone(juan, "").Text(soon(t), longCode, "ALERTA")
	if got := state(0); got[0] != "sent ✓ sent" || got[len(got)-1] != "taken ✓✓ Aviso has it" {
		t.Errorf("a phone's own: %q", got)
	}
	_, body := get(t, address+"?lang=es")
	for _, want := range []string{"✓✓ llegó en ", "✓✓ Aviso lo tiene", "A Maria · NO entregado"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The timeline counts seconds from what raised the alert, and shows no key that
// may be of a PIN.
func TestTimeline(t *testing.T) {
	w := &watch{at: time.Date(2026, 7, 4, 19, 30, 0, 0, time.UTC)}
	c, _ := start(t, sim.Config{Now: w.now})
	page, address := served(t, c)
	type row struct {
		at, words string
		loud      bool
	}
	next := streamOf(t, address+"news?lang=en")
	line := func() row {
		t.Helper()
		for {
			if n := next(); n["kind"] == "line" {
				return row{n["at"].(string), n["words"].(string), n["loud"].(bool)}
			}
		}
	}
	expect := func(want ...row) {
		t.Helper()
		for _, r := range want {
			for got := line(); got != r; got = line() {
				if got.at != r.at || !strings.HasPrefix(r.words, got.words) { // one that is not finished yet
					t.Fatalf("got %v, want %v", got, r)
				}
			}
		}
	}
	client := twilioClient(c)
	c.Phone(juan, "").Text(soon(t), longCode, "que es esto")
	expect(row{"0.0 s", "Juan texts", false})
	w.pass(time.Minute)
	c.Phone(juan, "").Text(soon(t), longCode, "ALERTA")
	expect(row{"0.0 s", "Juan texts", false})
	w.pass(300 * time.Millisecond)
	page.Alerts(1)
	if _, err := client.CreateMessage(text(maria, "RED X: Juan P. envio ALERTA")); err != nil {
		t.Fatal(err)
	}
	expect(row{"0.3 s", "Maria's phone · delivered 0.3 s", false})
	w.pass(13700 * time.Millisecond)
	c.Phone(maria, "").Text(soon(t), longCode, "1")
	page.Tell("confirmed 1", w.now(), true, "Maria CONFIRMÓ|Maria CONFIRMED")
	page.Tell("confirmed 1", w.now(), true, "Maria CONFIRMÓ|Maria CONFIRMED")
	expect(row{"14.0 s", "Maria texts", false}, row{"14.0 s", "Maria CONFIRMED", true})
	_, body := get(t, address+"?lang=es")
	if n := strings.Count(body, "Maria CONFIRMÓ"); n != 1 {
		t.Errorf("the confirmation stands %d times on the page", n)
	}
	if !strings.Contains(body, "<q>Juan P. envio ALERTA</q>") {
		t.Error("the page does not quote what was sent")
	}
}

// A PIN that is keyed into a screen goes as one answer, and stands in no timeline.
func TestPINOnAScreen(t *testing.T) {
	var typed []string // by one request after the other
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		typed = append(typed, r.PostFormValue("text"))
		io.WriteString(w, "CON PIN?")
	}))
	defer gateway.Close()
	c, _ := start(t, sim.Config{})
	c.Connect(sim.Webhooks{USSD: gateway.URL + "/ussd/secret", Code: "*384#"})
	_, address := served(t, c)
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"call", url.Values{"phone": {"0"}, "to": {"*384#"}}},
		{"key", url.Values{"phone": {"0"}, "key": {"2"}}},
		{"key", url.Values{"phone": {"0"}, "key": {"4821"}}},
	} {
		res, err := http.PostForm(address+step.path, step.form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	if len(typed) != 3 || typed[2] != "2*4821" {
		t.Errorf("the screen is answered %q", typed)
	}
	_, body := get(t, address)
	_, timeline, _ := strings.Cut(body, `class="timeline"`)
	if strings.Contains(timeline, "4821") || !strings.Contains(timeline, "*384#") {
		t.Error("the timeline shows the PIN, or not that the phone dialled")
	}
	for name, key := range map[string]string{"none": "", "a letter": "4a", "very many": strings.Repeat("1", 21)} {
		res, err := http.PostForm(address+"key", url.Values{"phone": {"0"}, "key": {key}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
}

// What a call says comes with its language, for a browser that speaks; key tones
// and recordings have none.
func TestWordsToBeSpoken(t *testing.T) {
	c, g := start(t, sim.Config{})
	_, address := served(t, c)
	g.answers(twiml(`<Response><Play digits="w1"></Play><Say language="es-MX">Marque 1.</Say><Say language="en-US">For English, press 9.</Say><Hangup></Hangup></Response>`))
	next := streamOf(t, address+"events")
	if _, err := c.Phone(juan, "").Call(soon(t), longCode); err != nil {
		t.Fatal(err)
	}
	for {
		line := next()
		if line["kind"] != "said" {
			continue
		}
		if line["body"] != "♪ 1 Marque 1. For English, press 9." {
			t.Errorf("the caption is %q", line["body"])
		}
		var spoken []string
		for _, p := range line["say"].([]any) {
			phrase := p.(map[string]any)
			if lang := phrase["lang"].(string); lang != "" {
				spoken = append(spoken, lang+": "+phrase["text"].(string))
			}
		}
		if got := strings.Join(spoken, " "); got != "es-MX: Marque 1. en-US: For English, press 9." {
			t.Errorf("spoken: %s", got)
		}
		return
	}
}
