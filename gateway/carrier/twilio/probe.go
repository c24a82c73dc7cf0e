package twilio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Probe calls the public URL as Twilio does, with our own signature, and says
// whether this service is what answers there. A public URL that is not quite
// the address that carriers call shuts the line without a word: every webhook
// is refused, and nothing else looks wrong.
//
// The request is an empty form to /twilio/sms, which is refused with 400 once
// its signature is found good, and changes nothing. Nil means that it was.
func (v *Validator) Probe(ctx context.Context, transport http.RoundTripper) error {
	ctx, cancel := context.WithTimeout(ctx, probeBudget)
	defer cancel()
	const path = "/twilio/sms"
	s := new(scratch)
	s.head = append(s.head, v.heads[0]...)
	v.tokens[0].sign(s, s.tail(path, "", url.Values{}))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.heads[0]+path, strings.NewReader(""))
	if err != nil {
		return ErrProbeUnreachable
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set(v.header[0], string(s.signature))
	res, err := transport.RoundTrip(req) // follows no redirect, as Twilio's signature would not survive one
	if err != nil {
		return ErrProbeUnreachable // without the reason, which may hold the URL's password
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, probeAnswerMost)); err != nil {
		return ErrProbeUnreachable
	}
	switch res.StatusCode {
	case http.StatusBadRequest:
		return nil
	case http.StatusForbidden:
		return ErrProbeRefused
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrProbeUnreachable
	}
	return ErrProbeForeign
}

// What Probe finds.
var (
	// ErrProbeUnreachable may be the network's way: some hosts cannot call
	// their own public address.
	ErrProbeUnreachable = errors.New("public URL cannot be reached from here: look at DNS, the proxy and its certificate, and whether serve runs")
	ErrProbeRefused     = errors.New("public URL refuses our own signature: a proxy changes the path, or serve runs with another --public-url or auth token")
	ErrProbeForeign     = errors.New("public URL is answered by something else: the proxy does not hand POST /twilio/sms to this service")
)

const (
	// probeBudget is what Twilio grants a request, without its retries.
	probeBudget = 10 * time.Second
	// probeAnswerMost bounds what is read of an answer that may be anybody's.
	probeAnswerMost = 64 << 10
)
