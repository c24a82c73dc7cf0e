package sim_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/sim"
)

const (
	longCode  = "+15550001111"
	shortCode = "78910"
	tollFree  = "+18005550111"
	service   = "MG00000000000000000000000000000001"

	publicURL = "https://aviso.example.org"
)

// gateway is the other end of the carrier: it checks every signature with
// twilio-go's validator, keeps what it was told and answers what it was set to.
type gateway struct {
	*httptest.Server
	mu       sync.Mutex
	heard    []heard
	forged   int
	answer   http.HandlerFunc
	announce chan struct{} // closed and renewed with everything heard
}

type heard struct {
	path   string
	form   url.Values
	header http.Header
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{announce: make(chan struct{}), answer: twiml("<Response/>")}
	validator := client.NewRequestValidator(sim.DefaultAuthToken)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		valid := validator.ValidateBody(publicURL+r.URL.RequestURI(), body, r.Header.Get("X-Twilio-Signature"))
		g.mu.Lock()
		if !valid {
			g.forged++
		}
		g.heard = append(g.heard, heard{r.URL.Path, form, r.Header})
		answer := g.answer
		close(g.announce)
		g.announce = make(chan struct{})
		g.mu.Unlock()
		if !valid {
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

func twiml(document string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, document)
	}
}

func (g *gateway) answers(answer http.HandlerFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answer = answer
}

func (g *gateway) all() []heard {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]heard(nil), g.heard...)
}

// values waits until a field was posted n times to a path, and returns it.
func (g *gateway) values(t *testing.T, path, field string, n int) []string {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		g.mu.Lock()
		announce := g.announce
		var values []string
		for _, h := range g.heard {
			if h.path == path {
				values = append(values, h.form.Get(field))
			}
		}
		g.mu.Unlock()
		if len(values) >= n {
			return values
		}
		select {
		case <-announce:
		case <-deadline:
			t.Fatalf("%s was posted to %s as %q, want %d of them", field, path, values, n)
		}
	}
}

// start runs a carrier and a gateway that know each other.
func start(t *testing.T, cfg sim.Config) (*sim.Carrier, *gateway) {
	t.Helper()
	g := newGateway(t)
	if cfg.Senders == nil {
		cfg.Senders = []string{longCode, shortCode, tollFree, service}
	}
	cfg.Webhooks = sim.Webhooks{SMS: g.URL + "/twilio/sms", Voice: g.URL + "/twilio/voice", Public: publicURL}
	c := sim.New(cfg)
	t.Cleanup(func() { c.Close() })
	if err := c.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return c, g
}

// redirected sends twilio-go's requests to the carrier.
type redirected struct{ base string }

func (r redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	u, err := url.Parse(r.base)
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = u.Scheme, u.Host
	return http.DefaultTransport.RoundTrip(req)
}

const clientTimeout = 2 * time.Second

func twilioClient(c *sim.Carrier) *api.ApiService {
	sid, token := c.Account()
	base := &client.Client{
		Credentials: client.NewCredentials(sid, token),
		HTTPClient:  &http.Client{Transport: redirected{c.URL()}, Timeout: clientTimeout},
	}
	base.SetAccountSid(sid)
	return twilio.NewRestClientWithParams(twilio.ClientParams{Client: base}).Api
}

func text(to, body string) *api.CreateMessageParams {
	return new(api.CreateMessageParams).SetFrom(longCode).SetTo(to).SetBody(body)
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// code is the Twilio error code and the HTTP status of a refused request.
func code(err error) (code, status int) {
	if err, ok := err.(*client.TwilioRestError); ok {
		return err.Code, err.Status
	}
	return 0, 0
}

func list(messages []sim.Message) string {
	var bodies []string
	for _, m := range messages {
		bodies = append(bodies, m.Body)
	}
	return strings.Join(bodies, "|")
}
