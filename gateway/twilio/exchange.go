package twilio

import (
	"bytes"
	"context"
	"encoding/json"
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

	"aviso/gateway"
)

// exchange is one request and what is known of its fate. The connections behind
// it are shared by all.
type exchange struct {
	ctx context.Context
	c   *Client

	wrote  atomic.Bool   // the request, or a part of it, may have left
	status int           // of the answer; 0: there was none
	code   int           // of Twilio's, in a refusal; 0: it said none
	after  time.Duration // its Retry-After
}

// userAgent names us.
const userAgent = "aviso"

// answerMost bounds an answer that is read: a page of pageSize messages with
// 1,600 characters each stays under it.
const answerMost = 1 << 20

// send makes a request to a product's path, which is escaped, and reads its answer
// whole. The form goes into the body of a POST and into the address of a GET. A
// refusal is errRefused, and what it said stands in the exchange. No redirect is
// followed: Twilio sends none, and what does is not Twilio.
func (x *exchange) send(method, product, path string, form url.Values) ([]byte, error) {
	below, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	base := x.c.base
	to, words := *base, ""
	to.Host = hostOf(product, base.Host)
	to.Path = strings.TrimRight(base.Path, "/") + below.Path
	to.RawPath = strings.TrimRight(base.EscapedPath(), "/") + below.EscapedPath()
	if method == http.MethodPost {
		words = form.Encode()
	} else {
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
	req.URL, req.Host = &to, to.Host
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", x.c.login)
	req.Header.Set("User-Agent", userAgent)
	return x.answer(x.c.transport.RoundTrip(req))
}

// answer reads what came back.
func (x *exchange) answer(res *http.Response, err error) ([]byte, error) {
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
	return body.Bytes(), nil
}

// errRefused is a refusal, of which the exchange knows more.
var errRefused = errors.New("refused")

// hostOf is where a request goes: Twilio has each of its APIs on a host of its own
// (messaging.twilio.com, also by region), others that speak it have them all on one.
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
		return createFailure(x.status, x.code, x.after)
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
