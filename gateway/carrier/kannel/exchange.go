package kannel

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"aviso/gateway"
)

// Codes of failures; others are "http-" and the status.
const (
	codeConnect  = "kannel-connect"  // nobody there: nothing was sent
	codeFar      = "kannel-far"      // its address is on no private network: nothing was sent
	codeTimeout  = "kannel-timeout"  // no answer
	codeLost     = "kannel-lost"     // the connection broke
	codeRequest  = "kannel-request"  // the request could not even be written down
	codeLogin    = "kannel-login"    // user, password or address of ours refused
	codeRoute    = "kannel-route"    // no SMSC of its takes this number
	codeBusy     = "kannel-busy"     // for now
	codeWaits    = "kannel-waits"    // the operator is not connected; Kannel keeps it
	codeRefused  = "kannel-refused"  // this number or sender
	codeNoCalls  = "kannel-no-calls" // it makes none
	codeFailed   = "kannel-failed"   // a receipt: not delivered
	codeRejected = "kannel-rejected" // a receipt: the SMSC refused it
)

// AlarmCodes are those that the operator has to do something about.
func AlarmCodes() []string {
	return []string{codeFar, codeRequest, codeLogin, codeRoute, codeWaits, codeNoCalls}
}

// exchange is one request and what is known of its fate.
type exchange struct {
	wrote atomic.Bool // the request, or a part of it, may have left
}

func (x *exchange) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { x.wrote.Store(true) }})
}

// answerMost bounds an answer that is read; Kannel's are one line.
const answerMost = 4 << 10

// do makes the request. Nothing of an error of net/http goes on: it may hold
// an address.
func (x *exchange) do(client *http.Client, req *http.Request) *gateway.Failure {
	res, err := client.Do(req)
	if err != nil {
		return x.broken(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerMost))
	if err != nil && res.StatusCode < 300 {
		return x.broken(err)
	}
	return answer(res.StatusCode, strings.TrimSpace(string(body)))
}

func (x *exchange) broken(err error) *gateway.Failure {
	if errors.Is(err, errFar) {
		return &gateway.Failure{Code: codeFar, Remedy: gateway.Elsewhere, Alarm: true, Outage: true}
	}
	if !x.wrote.Load() {
		return &gateway.Failure{Code: codeConnect, Remedy: gateway.Retry, Outage: true}
	}
	code := codeLost
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		code = codeTimeout
	}
	return unknown(code)
}

// unknown is for a request that may or may not have been acted on.
func unknown(code string) *gateway.Failure {
	return &gateway.Failure{
		Code: code, Remedy: gateway.Retry, Unknown: true,
		Waits: [3]time.Duration{time.Second, 2 * time.Second, 5 * time.Second}, Then: gateway.Elsewhere,
	}
}

// answer is what sendsms's answer comes to: nil where Kannel has handed the
// text to an SMSC that is connected. It says so by the status, and by a line
// of English that has not changed in fifteen years.
func answer(status int, line string) *gateway.Failure {
	switch {
	case status == http.StatusAccepted && strings.HasPrefix(line, "3:"):
		// "Queued for later delivery": the operator is not connected. Kannel
		// keeps it, for nobody knows how long. Somebody else sends it now, or
		// a call goes out, and it is not given to Kannel again: a repeat, which
		// the reference shows, rather than a silence.
		return &gateway.Failure{Code: codeWaits, Remedy: gateway.Elsewhere, Filtered: true, Then: gateway.Call, Alarm: true, Outage: true}
	case status == http.StatusAccepted, status == http.StatusOK:
		return nil // "0: Accepted for delivery", "Sent." where smsbox does not wait
	case status == http.StatusServiceUnavailable && strings.HasPrefix(line, "Temporal failure"):
		return &gateway.Failure{Code: codeBusy, Remedy: gateway.Retry, Outage: true}
	case status == http.StatusForbidden && strings.HasPrefix(line, "Not routable"):
		return &gateway.Failure{Code: codeRoute, Remedy: gateway.Elsewhere, Alarm: true}
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return &gateway.Failure{Code: codeLogin, Remedy: gateway.Elsewhere, Alarm: true, Outage: true}
	case status == http.StatusBadRequest && strings.Contains(line, "denied by"):
		return &gateway.Failure{Code: codeRefused, Remedy: gateway.Elsewhere} // its white and black lists
	case status >= 500, status == http.StatusRequestTimeout, status < 300:
		return unknown("http-" + strconv.Itoa(status))
	case status == http.StatusTooManyRequests:
		return &gateway.Failure{Code: codeBusy, Remedy: gateway.Retry}
	}
	return &gateway.Failure{Code: "http-" + strconv.Itoa(status), Remedy: gateway.Elsewhere, Alarm: true}
}

// Time-outs within gateway.SendBudget (4 s), which bounds a whole request.
const (
	// dialBudget: what is near answers at once; one lost SYN fits in.
	dialBudget = gateway.SendBudget / 2
	// idleBudget is how long an unused connection is kept. Short, because a
	// request on one that Kannel is just closing has an unknown outcome.
	idleBudget = 10 * time.Second
)

// poolSize is how many idle connections are kept: as many as requests are made
// at once.
const poolSize = 64

// NewTransport is a pool of connections that reach only the loopback interface
// and private networks, whatever a name resolves to. It heeds no proxy.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialBudget, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !Near(ip) {
			return errFar
		}
		return nil
	}}
	return &http.Transport{
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: dialBudget,
		MaxIdleConnsPerHost: poolSize,
		IdleConnTimeout:     idleBudget,
	}
}

var errFar = errors.New("neither loopback nor a private network")
