package twilio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway"
)

// exchange is one request through twilio-go and what is known of its fate.
// twilio-go takes neither a context nor a base address, and its errors have
// lost the status and headers of the answer. So each request gets a client of
// its own, which is cheap, whose transport is the exchange: it adds the
// context, turns the address, and watches. The connections behind it are
// shared by all.
type exchange struct {
	api      *openapi.ApiService
	requests *client.RequestHandler // what api and the services of Twilio's other APIs are made on
	ctx      context.Context

	base *url.URL
	next http.RoundTripper

	wrote  atomic.Bool   // the request, or a part of it, may have left
	status int           // of the answer; 0: there was none
	after  time.Duration // its Retry-After
}

func (c *Client) exchange(ctx context.Context) *exchange {
	x := &exchange{ctx: ctx, base: c.base, next: c.transport}
	requests := &client.Client{
		Credentials: c.login,
		HTTPClient: &http.Client{
			Transport:     x,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	requests.SetAccountSid(c.sid)
	// Not by NewRequestHandler, which reads region and edge from the
	// environment: the address is the configured one.
	x.requests = &client.RequestHandler{Client: requests}
	x.api = openapi.NewApiService(x.requests)
	return x
}

// answerMost bounds an answer that is read: a page of pageSize messages with
// 1,600 characters each stays under it.
const answerMost = 1 << 20

// RoundTrip reads the answer whole, as twilio-go leaves the body of an error
// open, which would cost its connection.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		// Called before the first byte of a request that fits into one
		// write can leave; a larger one is of no use without its end.
		WroteHeaders: func() { x.wrote.Store(true) },
	})
	out := req.WithContext(ctx)
	to := *req.URL
	to.Scheme, to.Host = x.base.Scheme, hostOf(req.URL.Host, x.base.Host)
	to.Path = strings.TrimRight(x.base.Path, "/") + req.URL.Path
	to.RawPath = ""
	out.URL, out.Host = &to, to.Host
	res, err := x.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body := new(bytes.Buffer)
	body.Grow(bytes.MinRead + int(min(max(res.ContentLength, 0), answerMost)))
	_, err = body.ReadFrom(io.LimitReader(res.Body, answerMost))
	if err != nil && res.StatusCode < 400 {
		return nil, err // a refusal is one without its words too
	}
	x.status, x.after = res.StatusCode, retryAfter(res.Header)
	res.Body = io.NopCloser(body)
	return res, nil
}

// hostOf is where a request of twilio-go's goes: Twilio has each of its APIs on
// a host of its own (messaging.twilio.com, also by region), others that speak
// it have them all on one.
func hostOf(asked, base string) string {
	product, _, _ := strings.Cut(asked, ".")
	if region, ok := strings.CutPrefix(base, "api."); ok && (region == "twilio.com" || strings.HasSuffix(region, ".twilio.com")) {
		return product + "." + region
	}
	return base
}

// failure is why the request did not succeed. Nothing of err itself goes on:
// it may hold the recipient's number.
func (x *exchange) failure(err error) *gateway.Failure {
	if x.status != 0 {
		code := 0
		if refused := (*client.TwilioRestError)(nil); errors.As(err, &refused) {
			code = refused.Code
		}
		return createFailure(x.status, code, x.after)
	}
	if !x.wrote.Load() { // refused, no such name, no TLS: nothing was sent
		return &gateway.Failure{Code: "connect", Remedy: gateway.Retry, Outage: true}
	}
	f := outcomeUnknown
	f.Code = "lost"
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() || x.ctx.Err() != nil {
		f.Code = "timeout"
	}
	return &f
}

// sid is what Twilio calls what it made. An answer of success that does not
// say so leaves the outcome unknown.
func (x *exchange) sid(sid *string) (string, error) {
	if deref(sid) == "" {
		return "", createFailure(x.status, 0, 0)
	}
	return *sid, nil
}

// retryAfterMost bounds a Retry-After that is kept: an alert asks again rather
// than wait for an hour, and being refused costs nothing.
const retryAfterMost = 30 * time.Second

// retryAfter is the wait that an answer asks for, in seconds or as a date
// (RFC 9110 section 10.2.3); 0 where it asks for none.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if until, err := http.ParseTime(value); err == nil {
		if sent, err := http.ParseTime(h.Get("Date")); err == nil {
			wait = until.Sub(sent)
		}
	}
	return min(max(wait, 0), retryAfterMost)
}
