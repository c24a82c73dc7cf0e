package twilio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway"
)

var testID = gateway.ID{0x01, 0x93, 0x4f, 0x5e, 0x4a, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

func testText() gateway.Attempt {
	return gateway.Attempt{ID: testID, Channel: gateway.SMS, To: testTo, Text: testWords}
}

func TestSendText(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC)
	status := testPublic + "/aviso/twilio/status/" + testID.String()
	tests := []struct {
		name string
		from string
		left time.Duration // until the attempt expires; 0: never
		wait time.Duration // that the attempt may wait at the carrier; 0: any
		want url.Values
	}{
		{"from a number", testFrom, 0, 0, url.Values{"From": {testFrom}}},
		{"from a short code", "78910", 0, 0, url.Values{"From": {"78910"}}},
		{"from a messaging service", "MG01", 0, 0, url.Values{"MessagingServiceSid": {"MG01"}}},
		{"with an end", testFrom, 5*time.Minute + 900*time.Millisecond, 0, url.Values{"From": {testFrom}, "ValidityPeriod": {"300"}}},
		{"with a validity", testFrom, 0, 5 * time.Minute, url.Values{"From": {testFrom}, "ValidityPeriod": {"300"}}},
		{"with a validity and a later end", testFrom, time.Hour, 5 * time.Minute, url.Values{"From": {testFrom}, "ValidityPeriod": {"300"}}},
		{"with a validity and an earlier end", testFrom, time.Minute, 5 * time.Minute, url.Values{"From": {testFrom}, "ValidityPeriod": {"60"}}},
		{"at least a second", testFrom, -time.Minute, 0, url.Values{"From": {testFrom}, "ValidityPeriod": {"1"}}},
		{"at most ten hours", testFrom, 48 * time.Hour, 0, url.Values{"From": {testFrom}, "ValidityPeriod": {"36000"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			twilio := newCarrier(t, answers(201, `{"sid":"SM1","status":"queued","error_code":null}`))
			c := newClient(t, twilio.URL, func(cfg *Config) {
				cfg.PublicURL += "/aviso/"
				cfg.Clock = func() time.Time { return now }
			})
			m := testText()
			m.Validity = test.wait
			if test.left != 0 {
				m.Expires = now.Add(test.left)
			}
			sid, err := c.Send(t.Context(), m, test.from)
			if err != nil || sid != "SM1" {
				t.Fatalf("got %q, %v", sid, err)
			}
			for name, value := range map[string]string{"To": string(testTo), "Body": testWords, "StatusCallback": status, "SmartEncoded": "false"} {
				test.want.Set(name, value)
			}
			got := twilio.asked(t)
			want := request{"POST", "/2010-04-01/Accounts/" + testAccount + "/Messages.json", testAccount, testAuthToken, test.want}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestSendCall(t *testing.T) {
	twilio := newCarrier(t, answers(201, `{"sid":"CA1","status":"queued"}`))
	m := testText()
	m.Channel = gateway.Voice
	sid, err := newClient(t, twilio.URL+"/prefix/", nil).Send(t.Context(), m, testFrom)
	if err != nil || sid != "CA1" {
		t.Fatalf("got %q, %v", sid, err)
	}
	got := twilio.asked(t)
	want := request{"POST", "/prefix/2010-04-01/Accounts/" + testAccount + "/Calls.json", testAccount, testAuthToken, url.Values{
		"To": {string(testTo)}, "From": {testFrom}, "Timeout": {"30"}, "MachineDetection": {"Enable"}, "MachineDetectionTimeout": {"7"},
		"Url":                 {testPublic + "/twilio/voice/notice/" + testID.String()},
		"StatusCallback":      {testPublic + "/twilio/status/" + testID.String()},
		"StatusCallbackEvent": {"initiated", "ringing", "answered", "completed"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

// troubles are answers that are none, with the failure that Send makes of each.
var troubles = []struct {
	name   string
	answer http.HandlerFunc
	want   gateway.Failure
}{
	{"a code of the table", refuses(400, 21211), gateway.Failure{Code: "21211", Remedy: gateway.Never, Invalid: true}},
	{"opted out", refuses(400, 21610), gateway.Failure{Code: "21610", Remedy: gateway.Never, OptedOut: true}},
	{"credentials", refuses(401, 20003), gateway.Failure{Code: "20003", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}},
	{"unknown code", refuses(400, 99999), gateway.Failure{Code: "99999", Remedy: gateway.Elsewhere, Unlisted: true}},
	{"refused without JSON", answers(403, "<html>"+testWords), gateway.Failure{Code: "http-403", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}},
	{"a code with words behind it", answers(400, `{"code":21610,"details":[]}<!-- a proxy's -->`), gateway.Failure{Code: "21610", Remedy: gateway.Never, OptedOut: true}},
	{"too many", limits("2"), gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 2 * time.Second}},
	{"server error", refuses(500, 20500), unknownOutcome("http-500")},
	{"server error without JSON", answers(503, testWords), unknownOutcome("http-503")},
	{"lost connection", breaks, unknownOutcome("lost")},
	{"half an answer", halfAnswer, unknownOutcome("lost")},
	{"half a refusal", halfRefusal, gateway.Failure{Code: "http-400", Remedy: gateway.Elsewhere}},
	{"no answer", hangs, unknownOutcome("timeout")},
	{"success without JSON", answers(201, "<html>"), unknownOutcome("http-201")},
	{"success without SID", answers(201, `{"sid":null}`), unknownOutcome("http-201")},
	{"redirected", redirects, gateway.Failure{Code: "http-307", Remedy: gateway.Retry, Alarm: true, Outage: true}},
	{"failed already", answers(201, `{"sid":"SM1","status":"failed","error_code":30005}`), gateway.Failure{Code: "30005", Remedy: gateway.Call, Unassigned: true}},
}

func unknownOutcome(code string) gateway.Failure {
	return gateway.Failure{Code: code, Remedy: gateway.Retry, Unknown: true, Waits: [3]time.Duration{time.Second, 2 * time.Second, 5 * time.Second}, Then: gateway.Elsewhere}
}

func limits(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", after)
		refuses(429, 20429)(w, r)
	}
}

func redirects(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere?To="+url.QueryEscape(string(testTo)), http.StatusTemporaryRedirect)
}

func halfAnswer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(201)
	io.WriteString(w, `{"sid":"SM1"`)
	http.NewResponseController(w).Flush()
	breaks(w, r)
}

func halfRefusal(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(400)
	io.WriteString(w, `{"code":212`)
	http.NewResponseController(w).Flush()
	breaks(w, r)
}

func TestSendTrouble(t *testing.T) {
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			twilio := newCarrier(t, trouble.answer)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			sid, err := newClient(t, twilio.URL, nil).Send(ctx, testText(), testFrom)
			if got := asFailure(t, err); *got != trouble.want || sid != "" {
				t.Errorf("\n got %+v, SID %q\nwant %+v", *got, sid, trouble.want)
			}
			twilio.asked(t) // not sent again by itself, not redirected
		})
	}
}

// Nothing was sent where nobody listens, and that is certain.
func TestSendNobodyListens(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	_, err = newClient(t, "http://"+closed.Addr().String(), nil).Send(t.Context(), testText(), testFrom)
	if got := asFailure(t, err); *got != (gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}) {
		t.Errorf("got %+v", *got)
	}
}

// A connection that never comes to TLS has carried nothing either.
func TestSendNoTLS(t *testing.T) {
	twilio := newCarrier(t, answers(201, `{"sid":"SM1"}`))
	_, err := newClient(t, strings.Replace(twilio.URL, "http://", "https://", 1), nil).Send(t.Context(), testText(), testFrom)
	if got := asFailure(t, err); got.Unknown || got.Code != "connect" {
		t.Errorf("got %+v", *got)
	}
}

func TestSendWithCancelledContext(t *testing.T) {
	twilio := newCarrier(t, answers(201, `{"sid":"SM1"}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newClient(t, twilio.URL, nil).Send(ctx, testText(), testFrom)
	if got := asFailure(t, err); got.Unknown || len(twilio.requests) != 0 {
		t.Errorf("got %+v after %d requests", *got, len(twilio.requests))
	}
}

// Every request ends within the budget, whatever its caller's deadline.
func TestBudget(t *testing.T) {
	var deadline time.Time
	watch := roundTripper(func(r *http.Request) (*http.Response, error) {
		deadline, _ = r.Context().Deadline()
		return nil, errors.New("watched")
	})
	c := newClient(t, "http://127.0.0.1:1", func(cfg *Config) { cfg.Transport = watch })
	for name, request := range map[string]func(){
		"send":   func() { c.Send(t.Context(), testText(), testFrom) },
		"find":   func() { c.Find(t.Context(), testText(), testFrom) },
		"redact": func() { c.Redact(t.Context(), "SM1") },
	} {
		deadline = time.Time{}
		request()
		if left := time.Until(deadline); deadline.IsZero() || left > gateway.SendBudget || left < gateway.SendBudget/2 {
			t.Errorf("%s: %v left", name, left)
		}
	}
	if 2*gateway.SendBudget >= gateway.Lease || dialBudget+tlsBudget >= gateway.SendBudget {
		t.Error("the parts of the budget do not fit into it")
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// An answer of error leaves its connection usable, however long it is.
func TestConnectionsAreKept(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	twilio := newCarrier(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		fmt.Fprintf(w, `{"code":21211,"status":400}`)
		http.NewResponseController(w).Flush() // chunked
		io.WriteString(w, long)
	})
	c := newClient(t, twilio.URL, nil)
	for range 20 {
		c.Send(t.Context(), testText(), testFrom)
	}
	if n := twilio.connections.Load(); n != 1 {
		t.Errorf("%d connections for requests one after the other", n)
	}
}

// No error holds a number, words, a token, or the account.
func TestErrorsHoldNoSecrets(t *testing.T) {
	call := testText()
	call.Channel = gateway.Voice
	for _, trouble := range troubles {
		twilio := newCarrier(t, trouble.answer)
		c := newClient(t, twilio.URL, nil)
		for name, request := range map[string]func(context.Context) error{
			"text":   func(ctx context.Context) error { _, err := c.Send(ctx, testText(), testFrom); return err },
			"call":   func(ctx context.Context) error { _, err := c.Send(ctx, call, testFrom); return err },
			"find":   func(ctx context.Context) error { _, _, err := c.Find(ctx, testText(), testFrom); return err },
			"redact": func(ctx context.Context) error { return c.Redact(ctx, "SM1") },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			err := request(ctx)
			cancel()
			said := fmt.Sprintf("%v %+v %#v %v", err, err, err, errors.Unwrap(err))
			for _, secret := range []string{"523312345678", "15550001111", "Juan", "482137", testAuthToken, testAccount, testID.String()} {
				if strings.Contains(said, secret) {
					t.Errorf("%s, %s: the error holds %q: %s", trouble.name, name, secret, said)
				}
			}
		}
	}
}

func TestNewNamesEveryProblem(t *testing.T) {
	_, err := New(Config{AccountSID: "AC-1", AuthToken: "hidden word", BaseURL: "hidden.org", PublicURL: "https://x.org?hidden=1"})
	if err == nil {
		t.Fatal("taken")
	}
	for _, part := range []string{"account SID", "auth token", "REST API address", "public URL"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not named in: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("the error repeats a value: %v", err)
	}
	if _, err := New(Config{PublicURL: testPublic}); err == nil {
		t.Error("no credentials, and no error")
	}
}

func TestRedact(t *testing.T) {
	twilio := newCarrier(t, answers(200, `{"sid":"SM1","body":""}`))
	c := newClient(t, twilio.URL, nil)
	if err := c.Redact(t.Context(), "SM1"); err != nil {
		t.Fatal(err)
	}
	got := twilio.asked(t)
	want := request{"POST", "/2010-04-01/Accounts/" + testAccount + "/Messages/SM1.json", testAccount, testAuthToken, url.Values{"Body": {""}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if err := c.Redact(t.Context(), "CA1"); err != nil || len(twilio.requests) != 1 {
		t.Errorf("a call, which has no words, was redacted: %v", err)
	}
	for _, test := range []struct {
		answer http.HandlerFunc
		want   *gateway.Failure
	}{
		{refuses(400, 20009), &gateway.Failure{Code: "20009", Remedy: gateway.Retry, Pending: true}}, // not final yet
		{refuses(404, 20404), nil}, // gone
	} {
		err := newClient(t, newCarrier(t, test.answer).URL, nil).Redact(t.Context(), "SM1")
		switch {
		case test.want == nil && err != nil:
			t.Errorf("got %v", err)
		case test.want != nil && *asFailure(t, err) != *test.want:
			t.Errorf("got %+v, want %+v", err, test.want)
		}
	}
}

// TestRedactDeletesMedia: what came with a message goes each by itself; one that is
// gone is done, and a refusal is tried again.
func TestRedactDeletesMedia(t *testing.T) {
	const message = "/2010-04-01/Accounts/" + testAccount + "/Messages/MM1"
	refusing := true
	twilio := newCarrier(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "POST":
			answers(200, `{"sid":"MM1","body":"","num_media":"3"}`)(w, r)
		case r.Method == "GET":
			answers(200, `{"media_list":[{"sid":"ME1"},{"sid":"ME2"},{"sid":"ME3"}]}`)(w, r)
		case r.URL.Path == message+"/Media/ME2.json":
			refuses(404, 20404)(w, r)
		case r.URL.Path == message+"/Media/ME3.json" && refusing:
			refuses(429, 20429)(w, r)
		default:
			w.WriteHeader(204)
		}
	})
	c := newClient(t, twilio.URL, nil)
	if err := c.Redact(t.Context(), "MM1"); err == nil || asFailure(t, err).Remedy != gateway.Retry {
		t.Errorf("a refusal is %v", err)
	}
	refusing = false
	if err := c.Redact(t.Context(), "MM1"); err != nil {
		t.Error(err)
	}
	var asked []string
	for _, r := range twilio.requests[5:] {
		asked = append(asked, r.method+" "+strings.TrimPrefix(r.path, message))
	}
	if want := []string{"POST .json", "GET /Media.json", "DELETE /Media/ME1.json", "DELETE /Media/ME2.json", "DELETE /Media/ME3.json"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "3": 3 * time.Second, " 5 ": 5 * time.Second, "1.5": 0,
		"-1": 0, "3600": retryAfterMost, "4294967295": retryAfterMost, "99999999999999999999": 0, "soon": 0,
		"Sun, 22 Nov 2026 14:30:04 GMT": 4 * time.Second,
		"Sun, 22 Nov 2026 14:29:00 GMT": 0,
	} {
		h := http.Header{"Retry-After": {value}, "Date": {"Sun, 22 Nov 2026 14:30:00 GMT"}}
		if got := retryAfter(h); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}

func asFailure(t *testing.T, err error) *gateway.Failure {
	t.Helper()
	f, ok := err.(*gateway.Failure)
	if !ok || f == nil {
		t.Fatalf("got %T, want a *gateway.Failure", err)
	}
	return f
}

// BenchmarkSend is a text handed to a server on the same machine, through the
// Client and through twilio-go alone with the same pool.
func BenchmarkSend(b *testing.B) {
	serve := func(b *testing.B) *carrier {
		c := newCarrier(b, nil)
		c.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(201)
			io.WriteString(w, `{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}`)
		})
		return c
	}
	b.Run("ours", func(b *testing.B) {
		c := newClient(b, serve(b).URL, nil)
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := c.Send(b.Context(), testText(), testFrom); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("twilio-go", func(b *testing.B) {
		base, _ := url.Parse(serve(b).URL)
		pool := loopback{NewTransport()}
		requests := &client.Client{
			Credentials: client.NewCredentials(testAccount, testAuthToken),
			HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				r.URL.Scheme, r.URL.Host, r.Host = base.Scheme, base.Host, base.Host
				return pool.RoundTrip(r)
			})},
		}
		requests.SetAccountSid(testAccount)
		api := openapi.NewApiServiceWithClient(requests)
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				p := new(openapi.CreateMessageParams).SetTo(string(testTo)).SetFrom(testFrom).SetBody(testWords).SetSmartEncoded(false).
					SetStatusCallback(testPublic + "/twilio/status/" + testID.String())
				if _, err := api.CreateMessage(p); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
