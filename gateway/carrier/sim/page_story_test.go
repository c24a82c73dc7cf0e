package sim_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// stage is a page with one story on it, and a log of what was done.
type stage struct {
	*testing.T
	c      *sim.Carrier
	server *httptest.Server
	news   func(kind string) map[string]any // the next of a kind

	mu  sync.Mutex
	did []string
}

func (s *stage) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did = append(s.did, what)
}

func (s *stage) done() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.did, " ")
}

func onStage(t *testing.T, steps func(*stage) []sim.Step) *stage {
	t.Helper()
	c, _ := start(t, sim.Config{})
	s := &stage{T: t, c: c}
	page, err := c.Page(sim.PageConfig{
		Sender: longCode, Phones: []sim.PagePhone{{Phone: c.Phone(juan, "Juan")}, {Phone: c.Phone(maria, "Maria")}},
		Stories: []sim.Story{{Name: "one", Title: "Una|One", Steps: steps(s)}},
		Reset:   func(_ context.Context, language string) error { s.note("reset-" + language); return nil },
		Failed:  func(err error) { s.note("failed: " + err.Error()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/sim/", page)
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	next := streamOf(t, s.server.URL+"/sim/news?lang=en")
	s.news = func(kind string) map[string]any {
		t.Helper()
		for {
			if n := next(); n["kind"] == kind {
				return n
			}
		}
	}
	return s
}

func (s *stage) post(path string, form url.Values) int {
	s.Helper()
	req, err := http.NewRequestWithContext(soon(s.T), "POST", s.server.URL+"/sim/"+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// until reads the story's news until it is so far.
func (s *stage) until(state string) map[string]any {
	s.Helper()
	for {
		if n := s.news("story"); n["state"] == state {
			return n
		}
	}
}

func (s *stage) does(what string) func(context.Context, string) error {
	return func(_ context.Context, language string) error { s.note(what + "-" + language); return nil }
}

// A story does its steps in order, after everything was put back, and says each
// before it is done.
func TestStoryIsPlayed(t *testing.T) {
	s := onStage(t, func(s *stage) []sim.Step {
		return []sim.Step{
			{Say: "Uno.|First.", Phone: 1, Do: s.does("first")},
			{Say: "Dos.|Second."},
			{Say: "Tres.|Third.", Do: s.does("third")},
		}
	})
	if got := s.post("story", url.Values{"story": {"one"}}); got != http.StatusNoContent {
		t.Fatalf("begin: %d", got)
	}
	if n := s.news("story"); n["words"] != "Getting the phones ready …" || n["state"] != "playing" {
		t.Errorf("it begins with %v", n)
	}
	for i, words := range []string{"First.", "Second.", "Third."} {
		n := s.news("story")
		if n["words"] != words || n["step"] != float64(i+1) || n["steps"] != 3.0 {
			t.Errorf("step %d: %v", i+1, n)
		}
		if i == 0 && n["phone"] != 1.0 {
			t.Errorf("step 1 is on phone %v", n["phone"])
		}
	}
	s.until("done")
	if got := s.done(); got != "reset-es first-es third-es" {
		t.Errorf("done: %s", got)
	}
	if _, body := get(t, s.server.URL+"/sim/?lang=es"); !strings.Contains(body, "Tres.") {
		t.Error("the page without script does not show how far the story is")
	}
}

// While it is paused nothing is done; it goes on where it was, and can be ended.
func TestStoryIsPausedAndEnded(t *testing.T) {
	begun := make(chan struct{}, 4)
	s := onStage(t, func(s *stage) []sim.Step {
		return []sim.Step{
			{Say: "A", Do: func(context.Context, string) error { begun <- struct{}{}; return nil }},
			{Say: "B", Look: 50 * time.Millisecond, Do: s.does("b")},
			{Say: "C", Look: time.Hour, Do: s.does("c")},
		}
	})
	s.post("story", url.Values{"do": {"pause"}}) // nothing plays: nothing happens
	s.post("story", url.Values{"story": {"one"}})
	<-begun
	s.post("story", url.Values{"do": {"pause"}})
	s.until("paused")
	paused := s.done()
	select { // longer than the step's look
	case <-time.After(120 * time.Millisecond):
	case <-begun:
	}
	if got := s.done(); got != paused {
		t.Errorf("done while paused: %s", strings.TrimPrefix(got, paused))
	}
	s.post("story", url.Values{"do": {"go"}})
	for s.until("playing")["words"] != "C" {
	}
	if got := s.done(); got != "reset-es b-es" {
		t.Errorf("done: %s", got)
	}
	s.post("story", url.Values{"do": {"stop"}})
	s.until("done")
	if got := s.done(); got != "reset-es b-es" {
		t.Errorf("done after the end: %s", got)
	}
	for name, form := range map[string]url.Values{"another": {"story": {"two"}}, "no": {}, "odd": {"do": {"dance"}}} {
		if got := s.post("story", form); got != http.StatusBadRequest {
			t.Errorf("%s story: %d", name, got)
		}
	}
}

// What does not come in time is said, and the page goes on.
func TestStoryBreaksOff(t *testing.T) {
	s := onStage(t, func(*stage) []sim.Step {
		return []sim.Step{{Say: "A", Do: func(context.Context, string) error { return errors.New("nobody answers") }}}
	})
	s.post("story", url.Values{"story": {"one"}})
	if n := s.until("failed"); !strings.Contains(n["words"].(string), "start over") {
		t.Errorf("it says %v", n)
	}
	if got := s.done(); !strings.HasSuffix(got, "failed: nobody answers") {
		t.Errorf("done: %s", got)
	}
}

// Everything can begin anew: calls end, the people are made again in the language
// of the phones' texts, and what stood on the screens is gone.
func TestStartingOver(t *testing.T) {
	s := onStage(t, func(*stage) []sim.Step { return nil })
	if _, err := s.c.Phone(juan, "").Text(soon(t), longCode, "ALERTA"); err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, s.server.URL+"/sim/"); !strings.Contains(body, "<p>ALERTA</p>") || !strings.Contains(body, "<q>ALERTA</q>") {
		t.Fatal("the text is neither on the phone nor in the timeline")
	}
	if got := s.post("story", url.Values{"do": {"anew"}}); got != http.StatusNoContent {
		t.Fatalf("anew: %d", got)
	}
	s.news("clear")
	if _, body := get(t, s.server.URL+"/sim/"); strings.Contains(body, "<p>ALERTA</p>") || strings.Contains(body, "<q>ALERTA</q>") {
		t.Error("the text is still there")
	}
	if got := s.post("language", url.Values{"people": {"en"}}); got != http.StatusNoContent {
		t.Fatalf("language: %d", got)
	}
	if got := s.done(); got != "reset-es reset-en" {
		t.Errorf("done: %s", got)
	}
	if got := s.post("language", url.Values{"people": {"fr"}}); got != http.StatusBadRequest {
		t.Errorf("a language that nobody writes: %d", got)
	}
}
