package sim

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Webhooks say where the gateway takes texts and calls.
type Webhooks struct {
	// SMS and Voice are the addresses that are really called, such as
	// http://127.0.0.1:8080/twilio/sms; empty: none.
	SMS, Voice string

	// USSD is the address that is called for the USSD code Code ("*384#");
	// empty: none. It is never signed.
	USSD, Code string

	// Public is what stands in for their scheme, host and port as far as the
	// gateway is concerned (--public-url): signatures are made over it, and
	// addresses that begin with it, as in StatusCallback, are called where SMS
	// and Voice are. Empty: the addresses are what they are.
	Public string
}

// Connect configures every sender's webhooks. A client of the REST side can
// change them for single numbers, in their public form.
func (c *Carrier) Connect(w Webhooks) {
	w.Public = strings.TrimSuffix(w.Public, "/")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.webhooks = w
	for _, n := range c.numbers {
		n.smsURL, n.voiceURL = w.public(w.SMS), w.public(w.Voice)
	}
}

// local is the scheme, host and port where the gateway really is.
func (w Webhooks) local() string {
	for _, address := range []string{w.SMS, w.Voice} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			return u.Scheme + "://" + u.Host
		}
	}
	return ""
}

func (w Webhooks) public(address string) string {
	if rest, ok := strings.CutPrefix(address, w.local()); ok && w.Public != "" && address != "" {
		return w.Public + rest
	}
	return address
}

// dialled is the address that is called for one in its public form.
func (w Webhooks) dialled(address string) string {
	rest, ok := strings.CutPrefix(address, w.Public)
	if ok && w.Public != "" && w.local() != "" && (rest == "" || strings.ContainsRune("/?", rune(rest[0]))) {
		return w.local() + rest
	}
	return address
}

// Sign makes the X-Twilio-Signature of a form posted to an address: HMAC-SHA1
// over the address and every parameter, sorted by name, name and value joined:
// https://www.twilio.com/docs/usage/security#validating-requests
func Sign(authToken, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(authToken))
	io.WriteString(mac, address)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			io.WriteString(mac, name+value)
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Twilio's error codes of a webhook that failed.
const (
	CodeHTTPFailure   = 11200 // no answer, or one that is not a 2xx
	CodeBadTwiML      = 12100 // the document cannot be parsed
	CodeBadVerb       = 12200 // a verb or attribute that does not belong there
	CodeBadMediaType  = 12300 // an answer that is not XML
	defaultRetries    = 1
	retryConnect      = "ct"
	contentTypeOfForm = "application/x-www-form-urlencoded; charset=utf-8"
)

// WebhookError is an answer, or the lack of one, that Twilio would put into
// its debugger instead of acting on it.
type WebhookError struct {
	Code   int // Twilio's
	Status int // of the HTTP answer; 0: there was none
	Err    error
}

func (e *WebhookError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("webhook: %d: %v", e.Code, e.Err)
	}
	return fmt.Sprintf("webhook: %d: HTTP status %d", e.Code, e.Status)
}

func (e *WebhookError) Unwrap() error { return e.Err }

// webhook is one request of the carrier's to the gateway.
type webhook struct {
	address  string // public; its fragment holds Twilio's connection overrides
	form     url.Values
	token    string // I-Twilio-Idempotency-Token; empty: a fresh one
	unsigned bool   // with a signature that is wrong
}

// reply is the gateway's answer.
type reply struct {
	Status      int
	ContentType string
	Body        []byte
}

// Time that Twilio grants a webhook:
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
const (
	connectTimeout = 5 * time.Second
	webhookTimeout = 15 * time.Second // in all, retries included
	maxReply       = 64 << 10         // bytes of TwiML
)

// post makes a signed request as Twilio makes it: again only after a failure
// that its address says is worth it, by default one to connect.
func (c *Carrier) post(ctx context.Context, w webhook) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	address, fragment, _ := strings.Cut(w.address, "#")
	retries, policy := overrides(fragment)
	token := c.cfg.AuthToken
	if w.unsigned {
		token += "-wrong"
	}
	c.mu.Lock()
	dialled := c.webhooks.dialled(address)
	c.mu.Unlock()
	header := http.Header{
		"Content-Type":               {contentTypeOfForm},
		"User-Agent":                 {"TwilioProxy/1.1"},
		"Accept":                     {"*/*"},
		"X-Twilio-Signature":         {Sign(token, address, w.form)},
		"I-Twilio-Idempotency-Token": {cmp.Or(w.token, newSID(""))}, // the same over all retries
	}
	for attempt := 0; ; attempt++ {
		answer, err := c.postOnce(ctx, dialled, header, w.form.Encode())
		if err == nil || attempt == retries || !worthRetrying(policy, answer, err) || ctx.Err() != nil {
			return answer, err
		}
	}
}

// overrides reads the retry count and policy from the fragment of an address.
func overrides(fragment string) (retries int, policy []string) {
	retries, policy = defaultRetries, []string{retryConnect}
	values, err := url.ParseQuery(fragment)
	if err != nil {
		return retries, policy
	}
	if n, err := strconv.Atoi(values.Get("rc")); err == nil && n >= 0 && n <= 5 {
		retries = n
	}
	if rp := values.Get("rp"); rp != "" {
		policy = strings.Split(rp, ",")
	}
	return retries, policy
}

func worthRetrying(policy []string, answer reply, err error) bool {
	var dial *net.OpError
	class := "rt" // no answer in time, or a connection lost
	switch {
	case answer.Status != 0:
		class = strconv.Itoa(answer.Status/100) + "xx"
	case errors.As(err, &dial) && dial.Op == "dial":
		class = retryConnect
	}
	return slices.Contains(policy, class) || slices.Contains(policy, "all")
}

func (c *Carrier) postOnce(ctx context.Context, address string, header http.Header, body string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return reply{}, &WebhookError{Code: CodeHTTPFailure, Err: errors.New("the address cannot be used")}
	}
	req.Header = header
	res, err := c.client.Do(req)
	if err != nil {
		return reply{}, &WebhookError{Code: CodeHTTPFailure, Err: errors.Unwrap(err)} // without the address
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return reply{}, &WebhookError{Code: CodeHTTPFailure, Err: fmt.Errorf("read the answer: %w", err)}
	}
	answer := reply{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: text}
	if answer.Status < 200 || answer.Status > 299 {
		return answer, &WebhookError{Code: CodeHTTPFailure, Status: answer.Status}
	}
	return answer, nil
}

// newWebhookClient makes the client that calls the gateway: without proxy and
// redirects, and unable to leave the machine.
func newWebhookClient() *http.Client {
	dialer := &net.Dialer{Timeout: connectTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		if host, _, err := net.SplitHostPort(address); err != nil || !isLoopback(host) {
			return errors.New("a simulated carrier calls loopback addresses only")
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         dialer.DialContext,
			MaxIdleConnsPerHost: 64, // receipts come in bursts
			MaxConnsPerHost:     256,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
