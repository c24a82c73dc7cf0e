package kannel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// Config is one Kannel. Its sendsms-user needs `concatenation = true` and
// `max-messages = 20`: with the default of 1 it cuts a long text off.
type Config struct {
	SendSMS  string // its sendsms interface: "http://127.0.0.1:13013/cgi-bin/sendsms"
	User     string // of the sendsms-user group
	Password string
	SMSC     string // smsc-id to route by; "": Kannel chooses
	Callback string // our own address as Kannel reaches it: "http://127.0.0.1:8080"
	Secret   string // of the path of what Kannel asks us for: CheckSecret

	// Transport carries the requests; nil is NewTransport's.
	Transport http.RoundTripper
}

// Client is the carrier. Every error that its methods return is a
// *gateway.Failure. It is safe for concurrent use.
type Client struct {
	send     string
	header   http.Header // of every request
	receipts string      // address of receipts, up to the attempt's id
	http     *http.Client
}

// New checks a configuration by its form; no request is made. All that is
// wrong is said at once.
func New(cfg Config) (*Client, error) {
	send, err := parseAddress("sendsms address", cfg.SendSMS)
	callback, callbackErr := parseAddress("callback address", cfg.Callback)
	if err := errors.Join(err, callbackErr, checkField("user", cfg.User), checkField("password", cfg.Password), checkSMSC(cfg.SMSC), CheckSecret(cfg.Secret)); err != nil {
		return nil, err
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	header := http.Header{
		"X-Kannel-Username": {cfg.User},
		"X-Kannel-Password": {cfg.Password},
		"X-Kannel-Dlr-Mask": {strconv.Itoa(receiptMask)},
	}
	if cfg.SMSC != "" {
		header.Set("X-Kannel-SMSC", cfg.SMSC)
	}
	return &Client{
		send:     send.String(),
		header:   header,
		receipts: strings.TrimRight(callback.String(), "/") + "/kannel/" + cfg.Secret + "/dlr?status=%d&id=",
		http: &http.Client{
			Transport:     cfg.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Send hands over one text from a number of ours, and returns a name for it,
// made from the attempt's, as Kannel gives none. It takes gateway.SendBudget
// at most. A failure that is not Unknown means that Kannel did not take it,
// but for codeWaits. Calls are refused: Kannel makes none.
//
// The text travels in the body and the numbers in the head of a POST, so that
// neither stands in an address that somebody may log.
func (c *Client) Send(ctx context.Context, m gateway.Attempt, from string) (sid string, err error) {
	if m.Channel != gateway.SMS {
		return "", &gateway.Failure{Code: codeNoCalls, Remedy: gateway.Never, Alarm: true}
	}
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	x := exchange{}
	req, err := http.NewRequestWithContext(x.watch(ctx), http.MethodPost, c.send, strings.NewReader(m.Text))
	if err != nil {
		return "", &gateway.Failure{Code: codeRequest, Remedy: gateway.Elsewhere, Alarm: true}
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	req.Header.Set("X-Kannel-From", from)
	req.Header.Set("X-Kannel-To", string(m.To))
	req.Header.Set("X-Kannel-Coding", coding(m.Text))
	req.Header.Set("X-Kannel-DLR-URL", c.receipts+m.ID.String())
	if minutes := int((m.Validity + time.Minute - 1) / time.Minute); minutes > 0 {
		req.Header.Set("X-Kannel-Validity", strconv.Itoa(minutes))
	}
	if f := x.do(c.http, req); f != nil {
		return "", f
	}
	return m.ID.String(), nil
}

// Login tries user and password: by a text to nobody, which Kannel refuses only
// after it has looked at them, and sends to nobody. The error is a *gateway.Failure
// whose Code is CodeLogin where they are refused.
func (c *Client) Login(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	x := exchange{}
	req, err := http.NewRequestWithContext(x.watch(ctx), http.MethodPost, c.send, http.NoBody)
	if err != nil {
		return &gateway.Failure{Code: codeRequest, Remedy: gateway.Elsewhere, Alarm: true}
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	if f := x.do(c.http, req); f != nil && f.Code != codeNobody {
		return f
	}
	return nil
}

// codeNobody is what a text without a recipient is answered.
const codeNobody = "http-400"

// CodeLogin is the code of a refused login.
const CodeLogin = codeLogin

// Find cannot tell: Kannel keeps no list that can be asked.
func (c *Client) Find(context.Context, gateway.Attempt, string) (string, gateway.Found, error) {
	return "", gateway.FoundCannotTell, nil
}

// Redact has nothing to do: Kannel forgets a text when it is delivered. What
// its own logs hold is for its operator to switch off.
func (c *Client) Redact(context.Context, string) error { return nil }

// coding is the alphabet that a text is sent in, as Kannel numbers them: 0 is
// GSM-7, 2 is UCS-2.
func coding(text string) string {
	if templates.GSM7(text) {
		return "0"
	}
	return "2"
}

// secretLeast is the least length of a secret, in characters: with letters and
// digits nobody guesses it.
const secretLeast = 16

// CheckSecret reports what is wrong with the secret of a path.
func CheckSecret(s string) error {
	other := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}
	if len(s) < secretLeast || strings.ContainsFunc(s, other) {
		return fmt.Errorf("secret: want at least %d letters and digits", secretLeast)
	}
	return nil
}

// checkField refuses what cannot stand in a header.
func checkField(what, s string) error {
	if s == "" {
		return fmt.Errorf("%s: is not set", what)
	}
	return checkPrintable(what, s)
}

func checkSMSC(s string) error { return checkPrintable("smsc", s) }

func checkPrintable(what, s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("%s: holds a blank or a character outside ASCII", what)
	}
	return nil
}

// parseAddress reads an HTTP address whose host, where it is a number, is of
// the loopback or a private network. A host's name is held to that when it is
// dialled.
func parseAddress(what, s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil, fmt.Errorf("%s: is not set", what)
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, fmt.Errorf("%s: want http://host:port", what)
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, fmt.Errorf("%s: may hold neither a login nor a query", what)
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && !Near(ip) {
		return nil, fmt.Errorf("%s: Kannel has to be on the loopback interface or a private network", what)
	}
	return u, nil
}

// Near reports whether an address is of the loopback or of a private network
// (RFC 1918, RFC 4193): texts and the password are not encrypted on the way.
func Near(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() }
