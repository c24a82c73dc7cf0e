package web_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/watch"
	"aviso/gateway/web"
)

const (
	publicURL = "https://aviso.example.org"
	token     = "0123456789abcdef0123456789abcdef"
	previous  = "fedcba9876543210fedcba9876543210"
	attempt   = "0190a1b2c3d4e5f60718293a4b5c6d7e"
)

// domain is a stand-in that remembers what it was handed.
type domain struct {
	mu     sync.Mutex
	events []gateway.Event
	handle func(context.Context, gateway.Event) (gateway.Answer, error)
}

func (d *domain) Handle(ctx context.Context, e gateway.Event) (gateway.Answer, error) {
	d.mu.Lock()
	d.events = append(d.events, e)
	d.mu.Unlock()
	if d.handle != nil {
		return d.handle(ctx, e)
	}
	return gateway.Answer{Text: "Recibimos su ALERTA #482137 <&>"}, nil
}

func (d *domain) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.events)
}

type fixture struct {
	*domain
	said   []string // answers in band, and whether each is final
	server *web.Server
	log    *bytes.Buffer
	public *httptest.Server
}

func newFixture(t testing.TB, change ...func(*web.Config)) *fixture {
	t.Helper()
	validator, err := twilio.NewValidator(publicURL, token, previous)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{domain: &domain{}, log: &bytes.Buffer{}}
	metrics := watch.NewMetrics()
	config := web.Config{
		Domain: metrics.Domain(f.domain), Twilio: validator, Metrics: metrics, Health: watch.NewHealth(nil, metrics, time.Now),
		Log: zerolog.New(zerolog.SyncWriter(f.log)),
		Said: func(_ context.Context, sid string, final bool) error {
			f.said = append(f.said, fmt.Sprint(sid, " ", final))
			return nil
		},
	}
	for _, c := range change {
		c(&config)
	}
	f.server = web.New(config)
	f.public = httptest.NewServer(f.server.Public())
	t.Cleanup(f.public.Close)
	return f
}

// sign is Twilio's signature, written down independently of the product's.
func sign(token, url string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	io.WriteString(mac, url)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		io.WriteString(mac, name+form.Get(name))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func alerta() url.Values {
	return url.Values{
		"MessageSid": {"SM0123456789abcdef0123456789abcdef"}, "AccountSid": {"AC1"}, "From": {"+13125550101"},
		"To": {"+15550001111"}, "Body": {"ALERTA me llevan"}, "NumMedia": {"0"}, "FromCity": {""},
	}
}

// post sends a form, signed with a token ("": not at all).
func (f *fixture) post(t testing.TB, path, token string, form url.Values) (status int, header http.Header, body string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, f.public.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	if token != "" {
		request.Header.Set("X-Twilio-Signature", sign(token, publicURL+path, form))
	}
	return do(t, request)
}

func do(t testing.TB, request *http.Request) (int, http.Header, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

// Whoever has a token of ours and another account gets nowhere, on any webhook.
func TestWebhookOfAnotherAccount(t *testing.T) {
	f := newFixture(t, func(c *web.Config) { c.AccountSIDs = []string{"AC1", "AC2"} })
	for _, path := range []string{"/twilio/sms", "/twilio/status/" + attempt, "/twilio/answer/" + attempt} {
		for _, sids := range [][]string{{"AC3"}, {""}, {"AC1", "AC3"}, {"ac1"}, {"AC1 "}, {"AC11"}} {
			form := alerta()
			form["AccountSid"] = sids
			if status, _, _ := f.post(t, path, token, form); status != 403 {
				t.Errorf("%s from account %q: %d, want 403", path, sids, status)
			}
		}
	}
	if f.count() > 0 {
		t.Errorf("%d events were handled", f.count())
	}
	for _, sid := range []string{"AC1", "AC2"} {
		form := alerta()
		form.Set("AccountSid", sid)
		if status, _, _ := f.post(t, "/twilio/sms", token, form); status != 200 {
			t.Errorf("from account %s: %d", sid, status)
		}
	}
}

func TestText(t *testing.T) {
	f := newFixture(t)
	status, header, body := f.post(t, "/twilio/sms", token, alerta())
	action := regexp.MustCompile(` action="https://aviso\.example\.org(/twilio/answer/[0-9a-f]{32})" statusCallback="https://aviso\.example\.org/twilio/answer/[0-9a-f]{32}"`)
	if want := `<?xml version="1.0" encoding="UTF-8"?><Response><Message>Recibimos su ALERTA #482137 &lt;&amp;&gt;</Message></Response>`; status != 200 || action.ReplaceAllString(body, "") != want {
		t.Errorf("%d %s\nwant %s", status, body, want)
	}
	if got := header.Get("Content-Type"); !strings.HasPrefix(got, "text/xml") {
		t.Errorf("Content-Type %q", got)
	}
	text, ok := f.events[0].(*gateway.Text)
	if !ok || text.Key != "SM0123456789abcdef0123456789abcdef" || text.From != "+13125550101" || text.Sender != "+15550001111" || text.Body != "ALERTA me llevan" {
		t.Errorf("handled %+v", f.events[0])
	}

	// What becomes of the answer is told there.
	path := action.FindStringSubmatch(body)[1]
	report := func(status, code string) url.Values {
		return url.Values{"MessageSid": {"SM1"}, "MessageStatus": {status}, "ErrorCode": {code}, "From": {"+15550001111"}, "To": {"+13125550101"}}
	}
	const empty = `<?xml version="1.0" encoding="UTF-8"?><Response/>`
	for _, c := range []struct {
		path   string
		form   url.Values
		status int
		events int
	}{
		{path, report("sent", ""), 200, 1},
		{path, report("failed", "21610"), 200, 2},
		{"/twilio/answer/00000000000000000000000000000000", report("failed", "21610"), 404, 2},
		{path, url.Values{"MessageSid": {"SM1"}}, 400, 2},
		{path, report("delivered", ""), 200, 2},
	} {
		status, _, body := f.post(t, c.path, token, c.form)
		if status != c.status || status == 200 && body != empty || len(f.events) != c.events {
			t.Errorf("%s: %d %q, %d events; want %d, %d", c.form.Encode(), status, body, len(f.events), c.status, c.events)
		}
	}
	if e, ok := f.events[1].(gateway.AnswerFailed); !ok || e.To != "+13125550101" || !e.Failure.OptedOut {
		t.Errorf("handled %+v", f.events[1])
	}
	if status, _, _ := f.post(t, path, "wrong", report("failed", "21610")); status != 403 {
		t.Errorf("unsigned: %d", status)
	}
	if want := []string{"SM1 false", "SM1 true", "SM1 true"}; !slices.Equal(f.said, want) {
		t.Errorf("said %q, want %q", f.said, want)
	}
}

func TestTextAnsweredWithSilence(t *testing.T) {
	f := newFixture(t)
	f.handle = func(context.Context, gateway.Event) (gateway.Answer, error) { return gateway.Answer{}, nil }
	if status, _, body := f.post(t, "/twilio/sms", token, alerta()); status != 200 || !strings.HasSuffix(body, "<Response/>") {
		t.Errorf("%d %s; want an empty response", status, body)
	}
}

func TestSignatures(t *testing.T) {
	f := newFixture(t)
	if status, _, _ := f.post(t, "/twilio/sms", previous, alerta()); status != 200 {
		t.Errorf("the previous token: %d, want 200", status)
	}
	if status, _, _ := f.post(t, "/twilio/sms?step=1", token, alerta()); status != 200 {
		t.Errorf("a signed query: %d, want 200", status)
	}
	handled := f.count()
	for name, c := range map[string]struct{ path, token string }{
		"none":           {"/twilio/sms", ""},
		"another token":  {"/twilio/sms", "00000000000000000000000000000000"},
		"of a receipt":   {"/twilio/status/" + attempt, ""},
		"of no id":       {"/twilio/status/x", "00000000000000000000000000000000"},
		"without a body": {"/twilio/sms", ""},
	} {
		form := alerta()
		if name == "without a body" {
			form = nil
		}
		if status, _, body := f.post(t, c.path, c.token, form); status != 403 || body != "Forbidden\n" {
			t.Errorf("%s: %d %q, want 403", name, status, body)
		}
	}
	// What the caller says of itself changes nothing.
	request, _ := http.NewRequest(http.MethodPost, f.public.URL+"/twilio/sms", strings.NewReader(alerta().Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Forwarded-Host", "evil.example.org")
	request.Header.Set("X-Forwarded-Proto", "https")
	request.Header.Set("X-Twilio-Signature", sign(token, "https://evil.example.org/twilio/sms", alerta()))
	if status, _, _ := do(t, request); status != 403 {
		t.Errorf("another host in X-Forwarded-Host: %d, want 403", status)
	}
	if f.count() != handled {
		t.Errorf("%d requests without a signature reached the domain", f.count()-handled)
	}
	if got := strings.Count(f.log.String(), "signature was refused"); got != 1 {
		t.Errorf("%d log lines about signatures, want one a minute", got)
	}
	if metric := f.metric(t, "aviso_signature_failures_total"); metric != "6" {
		t.Errorf("aviso_signature_failures_total %s, want 6", metric)
	}
}

func TestBadRequests(t *testing.T) {
	f := newFixture(t)
	const sms = "/twilio/sms"
	request := func(contentType, body string, form url.Values) *http.Request {
		r, err := http.NewRequest(http.MethodPost, f.public.URL+sms, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("X-Twilio-Signature", sign(token, publicURL+sms, form))
		return r
	}
	const isForm = "application/x-www-form-urlencoded"
	large := alerta()
	large.Set("Body", strings.Repeat("x", 64<<10))
	chunked := request(isForm, "", large)
	chunked.Body, chunked.ContentLength = io.NopCloser(strings.NewReader(large.Encode())), -1
	full := alerta()
	full.Set("Body", strings.Repeat("x", 64<<10-len(full.Encode())+len(url.QueryEscape(full.Get("Body")))))
	for name, c := range map[string]struct {
		request *http.Request
		want    int
	}{
		"over 64 KiB":              {request(isForm, large.Encode(), large), 413},
		"over 64 KiB, in chunks":   {chunked, 413},
		"64 KiB":                   {request(isForm, full.Encode(), full), 200},
		"JSON, signed":             {request("application/json", `{"From":"+13125550101"}`, nil), 415},
		"JSON, unsigned":           {request("application/json", `{"From":"+13125550101"}`, alerta()), 403},
		"broken escapes, signed":   {request(isForm, "Body=%zz&From=x", url.Values{"From": {"x"}}), 400},
		"broken escapes, unsigned": {request(isForm, "Body=%zz", alerta()), 403},
		"an empty form":            {request(isForm, "", nil), 400},
	} {
		if status, _, _ := do(t, c.request); status != c.want {
			t.Errorf("%s: %d, want %d", name, status, c.want)
		}
	}
	for _, field := range []string{"MessageSid", "From", "To", "Body"} {
		form := alerta()
		form.Del(field)
		if status, _, body := f.post(t, sms, token, form); status != 400 || strings.Contains(body, "312") {
			t.Errorf("without %s: %d %q, want 400", field, status, body)
		}
	}
	if f.count() != 1 {
		t.Errorf("%d events, want only the one of 64 KiB", f.count())
	}
}

func TestRouting(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/", 404}, {"GET", "/twilio", 404}, {"POST", "/twilio/sms/", 404}, {"POST", "/twilio/status/", 404},
		{"POST", "/TWILIO/SMS", 404}, {"GET", "/sim/", 404}, {"GET", "/metrics", 404}, {"GET", "/healthz", 404},
		{"GET", "/../../etc/passwd", 404}, {"GET", "/twilio/sms", 405}, {"PUT", "/twilio/sms", 405},
		{"DELETE", "/twilio/status/" + attempt, 405},
	} {
		request, err := http.NewRequest(c.method, f.public.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, header, body := do(t, request)
		if status != c.want || body != http.StatusText(c.want)+"\n" {
			t.Errorf("%s %s: %d %q, want %d without detail", c.method, c.path, status, body, c.want)
		}
		for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Cache-Control", "Content-Security-Policy"} {
			if header.Get(name) == "" {
				t.Errorf("%s %s: no %s", c.method, c.path, name)
			}
		}
	}
}

// The internal address serves what watches ask for, and nothing else.
func TestInternal(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]struct {
		status     int
		kind, body string
	}{
		"/healthz":    {503, "text/plain; charset=UTF-8", "not serving\n"},
		"/readyz":     {503, "application/json", `{"ready":false,"reasons":["not serving`},
		"/metrics":    {200, "text/plain; version=0.0.4", "# HELP aviso_"},
		"/twilio/sms": {404, "text/plain; charset=UTF-8", "Not Found\n"},
		"/console/":   {404, "text/plain; charset=UTF-8", "Not Found\n"},
	} {
		got := f.internal(path)
		header := got.Header()
		if got.Code != want.status || !strings.HasPrefix(header.Get("Content-Type"), want.kind) || !strings.HasPrefix(got.Body.String(), want.body) {
			t.Errorf("%s: %d %q %.60q, want %+v", path, got.Code, header.Get("Content-Type"), got.Body, want)
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, header)
		}
	}
}

func TestReceipts(t *testing.T) {
	f := newFixture(t)
	delivered := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}}
	if status, _, body := f.post(t, "/twilio/status/"+attempt, token, delivered); status != 204 || body != "" {
		t.Errorf("%d %q, want 204", status, body)
	}
	receipt, ok := f.events[0].(gateway.Receipt)
	if !ok || receipt.Attempt.String() != attempt || receipt.Rank != gateway.RankDelivered {
		t.Errorf("handled %+v", f.events[0])
	}
	unheard := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"levitating"}}
	if status, _, _ := f.post(t, "/twilio/status/"+attempt, token, unheard); status != 204 || f.count() != 1 {
		t.Errorf("a status that nobody knows: %d, %d events; want 204 and nothing handled", status, f.count())
	}
	if status, _, _ := f.post(t, "/twilio/status/"+attempt, token, url.Values{"MessageSid": {"SM1"}}); status != 400 {
		t.Errorf("without a status: %d, want 400", status)
	}
	if status, _, _ := f.post(t, "/twilio/status/nonsense", token, delivered); status != 404 {
		t.Errorf("what is no id: %d, want 404", status)
	}
	f.handle = func(context.Context, gateway.Event) (gateway.Answer, error) {
		return gateway.Answer{}, fmt.Errorf("decide: %w", gateway.ErrNotFound)
	}
	if status, _, _ := f.post(t, "/twilio/status/"+attempt, token, delivered); status != 404 {
		t.Errorf("an unknown attempt: %d, want 404", status)
	}
	if metric := f.metric(t, `aviso_receipts_total{rank="delivered"}`); metric != "1" {
		t.Errorf("receipts counted: %s, want 1", metric)
	}
}

func TestDatabaseThatCannotCommit(t *testing.T) {
	f := newFixture(t)
	f.handle = func(context.Context, gateway.Event) (gateway.Answer, error) {
		return gateway.Answer{Text: "Recibimos"}, errors.New("commit: disk full")
	}
	status, _, body := f.post(t, "/twilio/sms", token, alerta())
	if status != 503 || strings.Contains(body, "Recibimos") || strings.Contains(body, "disk") {
		t.Errorf("%d %q, want 503 that says nothing", status, body)
	}
	if !strings.Contains(f.log.String(), "disk full") {
		t.Errorf("the operator is not told: %s", f.log)
	}
}

// A caller who hangs up takes nothing with them.
func TestCallerWhoHangsUp(t *testing.T) {
	f := newFixture(t)
	began, gone, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	f.handle = func(ctx context.Context, _ gateway.Event) (gateway.Answer, error) {
		close(began)
		<-gone
		if _, ok := ctx.Deadline(); !ok {
			done <- errors.New("no deadline")
			return gateway.Answer{}, nil
		}
		// The server notices a closed connection by reading from it.
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
		done <- ctx.Err()
		return gateway.Answer{}, nil
	}
	ctx, hangUp := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.public.URL+"/twilio/sms", strings.NewReader(alerta().Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", sign(token, publicURL+"/twilio/sms", alerta()))
	go func() {
		<-began
		hangUp()
		close(gone)
	}()
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
		t.Fatal("answered although the caller hung up")
	}
	if err := <-done; err != nil {
		t.Errorf("the domain's context: %v", err)
	}
}

func TestPanic(t *testing.T) {
	f := newFixture(t)
	f.handle = func(_ context.Context, e gateway.Event) (gateway.Answer, error) {
		panic("about " + string(e.(*gateway.Text).From))
	}
	if status, _, _ := f.post(t, "/twilio/sms", token, alerta()); status != 500 {
		t.Errorf("%d, want 500", status)
	}
	f.handle = nil
	if status, _, _ := f.post(t, "/twilio/sms", token, alerta()); status != 200 {
		t.Errorf("after a panic: %d, want 200", status)
	}
	log := f.log.String()
	if strings.Contains(log, "3125550101") || !strings.Contains(log, "handler panicked") {
		t.Errorf("want the place of the panic and not its value: %s", log)
	}
}

// Nothing of a person reaches the log or the metrics, whatever is sent.
func TestNothingOfAPersonIsLogged(t *testing.T) {
	f := newFixture(t)
	for _, handle := range []func(context.Context, gateway.Event) (gateway.Answer, error){
		nil,
		func(context.Context, gateway.Event) (gateway.Answer, error) {
			return gateway.Answer{}, io.ErrClosedPipe
		},
		func(context.Context, gateway.Event) (gateway.Answer, error) { panic("x") },
	} {
		f.handle = handle
		f.post(t, "/twilio/sms", token, alerta())
		f.post(t, "/twilio/sms?From=%2B13125550101", token, alerta())
		f.post(t, "/twilio/sms", "", alerta())
		f.post(t, "/3125550101/llevan", "", alerta())
	}
	written := f.log.String() + f.internal("/metrics").Body.String()
	for _, secret := range []string{"3125550101", "llevan"} {
		if strings.Contains(written, secret) {
			t.Errorf("%q stands in the log or the metrics", secret)
		}
	}
}

func TestSim(t *testing.T) {
	f := newFixture(t, func(c *web.Config) {
		c.Sim = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			fmt.Fprint(w, r.Method, " ", r.URL.Path)
		})
	})
	for _, method := range []string{"GET", "POST"} {
		request, _ := http.NewRequest(method, f.public.URL+"/sim/x", nil)
		status, header, body := do(t, request)
		if status != 200 || body != method+" /sim/x" || header.Get("Content-Security-Policy") != "default-src 'self'" {
			t.Errorf("%s: %d %q %q", method, status, body, header.Get("Content-Security-Policy"))
		}
	}
}

func (f *fixture) internal(path string) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	f.server.Internal().ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
	return response
}

// metric is the value of one line of /metrics.
func (f *fixture) metric(t *testing.T, name string) string {
	t.Helper()
	for line := range strings.Lines(f.internal("/metrics").Body.String()) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "missing"
}
