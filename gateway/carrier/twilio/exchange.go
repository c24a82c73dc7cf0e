package twilio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// exchange is one request of twilio-go's and what is known of its fate.
// twilio-go takes neither a context nor a base address, and its own client
// loses the status and headers of an answer and checks and signs the login
// anew for each. So each request has a client of its own, which is cheap: the
// exchange is twilio-go's client.BaseClient, the place that is meant for it.
// The connections behind it are shared by all.
type exchange struct {
	api      *openapi.ApiService
	requests *client.RequestHandler // what api and the services of Twilio's other APIs are made on
	ctx      context.Context
	c        *Client

	wrote  atomic.Bool   // the request, or a part of it, may have left
	status int           // of the answer; 0: there was none
	code   int           // of Twilio's, in a refusal; 0: it said none
	after  time.Duration // its Retry-After
}

func (c *Client) exchange(ctx context.Context) *exchange {
	x := &exchange{ctx: ctx, c: c}
	// Not by NewRequestHandler, which reads region and edge from the
	// environment: the address is the configured one.
	x.requests = &client.RequestHandler{Client: x}
	x.api = openapi.NewApiService(x.requests)
	return x
}

// AccountSid is whose resources twilio-go asks for.
func (x *exchange) AccountSid() string { return x.c.sid }

// SetTimeout does nothing: the context has the end.
func (x *exchange) SetTimeout(time.Duration) {}

// SetOauth does nothing, and OAuth is nil: the login is SID and token.
func (x *exchange) SetOauth(client.OAuth) {}

// OAuth is nil.
func (x *exchange) OAuth() client.OAuth { return nil }

// userAgent names us, and the library as Twilio knows it.
const userAgent = "aviso (twilio-go/" + client.LibraryVersion + ")"

// answerMost bounds an answer that is read: a page of pageSize messages with
// 1,600 characters each stays under it.
const answerMost = 1 << 20

// SendRequest makes the one request and reads its answer whole. The form goes
// into the body of a POST and into the address of any other; body, which is
// for JSON, is not used by what we ask of Twilio. A refusal is errRefused, and
// what it said stands in the exchange. No redirect is followed: Twilio sends
// none, and what does is not Twilio.
func (x *exchange) SendRequest(method, rawURL string, form url.Values, headers map[string]any, _ ...byte) (*http.Response, error) {
	to, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	base := x.c.base
	to.Scheme, to.Host = base.Scheme, hostOf(to.Host, base.Host)
	to.Path, to.RawPath = strings.TrimRight(base.Path, "/")+to.Path, ""
	words := ""
	if method == http.MethodPost {
		words = form.Encode()
	} else if len(form) > 0 {
		to.RawQuery = form.Encode()
	}
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		// Called before the first byte of a request that fits into one
		// write can leave; a larger one is of no use without its end.
		WroteHeaders: func() { x.wrote.Store(true) },
	})
	req, err := http.NewRequestWithContext(ctx, method, "", strings.NewReader(words))
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = to, to.Host
	for name, value := range headers {
		req.Header.Set(name, fmt.Sprint(value))
	}
	req.Header.Set("Authorization", x.c.login)
	req.Header.Set("User-Agent", userAgent)
	return x.answer(x.c.transport.RoundTrip(req))
}

// answer reads what came back.
func (x *exchange) answer(res *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body := new(bytes.Buffer)
	body.Grow(bytes.MinRead + int(min(max(res.ContentLength, 0), answerMost)))
	_, err = body.ReadFrom(io.LimitReader(res.Body, answerMost))
	refused := res.StatusCode >= http.StatusBadRequest
	if err != nil && !refused {
		return nil, err // a refusal is one without its words too
	}
	x.status, x.code, x.after = res.StatusCode, 0, retryAfter(res.Header)
	if refused {
		var said struct {
			Code int `json:"code"`
		}
		if json.NewDecoder(body).Decode(&said) == nil {
			x.code = said.Code
		}
		return nil, errRefused
	}
	res.Body = io.NopCloser(body)
	return res, nil
}

// errRefused is what twilio-go is told of a refusal: it only hands it on.
var errRefused = errors.New("refused")

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
		return x.c.codes.answer(x.status, x.code, x.after)
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
		return "", x.c.codes.answer(x.status, 0, 0)
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
