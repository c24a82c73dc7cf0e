package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"aviso/gateway"
)

// The account of the tests, and a person whose number and words must turn up
// nowhere but in requests.
const (
	testAccount   = "AC0123456789abcdef0123456789abcdef"
	testAuthToken = "fedcba9876543210fedcba9876543210"
	testPublic    = "https://aviso.example.org"
	testTo        = gateway.Phone("+523312345678")
	testWords     = "RED X: Juan P. envio ALERTA #482137"
	testFrom      = "+15550001111"
)

// carrier is the other side of a test: it answers each request as it is told,
// and keeps what was asked.
type carrier struct {
	*httptest.Server
	answer      http.HandlerFunc
	connections atomic.Int32

	mu       sync.Mutex
	requests []request
}

type request struct {
	method, path, user, password string
	form                         url.Values // of the body, or of the query of a GET
}

func newCarrier(t testing.TB, answer http.HandlerFunc) *carrier {
	t.Helper()
	c := &carrier{answer: answer}
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(c.serve))
	c.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			c.connections.Add(1)
		}
	}
	c.Start()
	t.Cleanup(c.Close)
	return c
}

func (c *carrier) serve(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	user, password, _ := r.BasicAuth()
	kept := request{r.Method, r.URL.Path, user, password, maps.Clone(r.Form)}
	c.mu.Lock()
	c.requests = append(c.requests, kept)
	c.mu.Unlock()
	c.answer(w, r)
}

// asked is the one request that was made.
func (c *carrier) asked(t *testing.T) request {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.requests) != 1 {
		t.Fatalf("%d requests, want 1", len(c.requests))
	}
	return c.requests[0]
}

// client is a Client for the test account at a base address.
func newClient(t testing.TB, base string, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{AccountSID: testAccount, AuthToken: testAuthToken, BaseURL: base, PublicURL: testPublic, Transport: loopback{NewTransport()}}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// loopback lets no test leave the machine.
type loopback struct{ next http.RoundTripper }

func (l loopback) RoundTrip(r *http.Request) (*http.Response, error) {
	if ip := net.ParseIP(r.URL.Hostname()); ip == nil || !ip.IsLoopback() {
		return nil, errors.New("tests talk to loopback only")
	}
	return l.next.RoundTrip(r)
}

// answers gives one status and body to everything.
func answers(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// refuses is an error in Twilio's form, whose words hold what may not get out.
func refuses(status, code int) http.HandlerFunc {
	body, _ := json.Marshal(map[string]any{
		"code": code, "status": status, "more_info": "https://www.twilio.com/docs/errors",
		"message": fmt.Sprintf("The 'To' number %s is not valid: %s %s", testTo, testWords, testAuthToken),
		"details": map[string]any{"to": testTo},
	})
	return answers(status, string(body))
}

// breaks takes the request and ends the connection without a word.
func breaks(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }

// hangs takes the request and never answers.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
