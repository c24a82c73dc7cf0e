package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/carrier"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/twilio"
	"aviso/templates"
)

// Account is a further account of a carrier that speaks Twilio's API. Its
// webhooks come to the same addresses and are told by their signature.
type Account struct {
	Name   string
	Twilio *twilio.Validator
}

// Kannel is a Kannel gateway, which is known by its secret.
type Kannel struct {
	Name    string
	Secret  string
	Country string // of numbers that come without one; "": none
}

// secretHeader is where a Kannel's secret may stand instead of the path, as it may
// in a login ("http://aviso:SECRET@host/kannel/sms"): addresses are logged by more
// programs than headers are.
const secretHeader = "X-Aviso-Secret"

// accountKey is where a request keeps the name of the account that signed it,
// "" for the main one.
const accountKey = "account"

// signed finds the account whose signature a request carries.
func (s *Server) signed(c echo.Context, form url.Values) bool {
	head, path, query := c.Request().Header, c.Request().URL.EscapedPath(), c.Request().URL.RawQuery
	if s.Twilio.ValidRequest(head, path, query, form) {
		return true
	}
	for _, a := range s.Accounts {
		if a.Twilio.ValidRequest(head, path, query, form) {
			c.Set(accountKey, a.Name)
			return true
		}
	}
	return false
}

// account is the name of the account that signed a request, "" for the main
// one.
func account(c echo.Context) string {
	name, _ := c.Get(accountKey).(string)
	return name
}

// named is an account's name for a message; each account numbers its own.
func named(account, sid string) string {
	if account == "" {
		return sid
	}
	return account + ":" + sid
}

// validator is that of the account that signed a request.
func (s *Server) validator(c echo.Context) *twilio.Validator {
	name := account(c)
	for _, a := range s.Accounts {
		if a.Name == name && name != "" {
			return a.Twilio
		}
	}
	return s.Twilio
}

// heard notes that a carrier has handed over a text or a call.
func (s *Server) heard(kind string, c echo.Context, err error) {
	if err != nil || s.Sides == nil || kind != "sms" && kind != "voice" {
		return
	}
	name := account(c)
	if name == "" {
		name = carrier.Main
	}
	s.Sides.Hear(name)
}

// handleText hands a text to the domain and counts what its answer costs. A
// text from a number of ours is our own probe, or would be answered for ever:
// it is met with silence.
func (s *Server) handleText(ctx context.Context, account string, text *gateway.Text) (answer string, err error) {
	text.Key = named(account, text.Key)
	if s.Sides != nil && s.Sides.Own(ctx, text) {
		return "", nil
	}
	said, err := s.Domain.Handle(ctx, text)
	if errors.Is(err, errLimited) {
		// It was taken, and nothing is said to it: a carrier calls its fallback
		// for each that is refused, and that costs more than what was saved.
		return "", nil
	}
	if err == nil && said.Text != "" && s.Spend != nil {
		s.Spend(templates.Segments(said.Text))
	}
	return said.Text, err
}

// kannelRoutes are what Kannel asks for. Wrong secrets get what any address
// gets that is none.
func (s *Server) kannelRoutes(e *echo.Echo) {
	if len(s.Kannels) == 0 {
		return
	}
	for _, path := range []string{"/kannel/:secret", "/kannel"} {
		e.GET(path+"/sms", s.kannel("kannel_sms", s.kannelText))
		e.GET(path+"/dlr", s.kannel("kannel_dlr", s.kannelReceipt))
	}
}

func (s *Server) kannel(kind string, handle func(context.Context, echo.Context, *Kannel) error) echo.HandlerFunc {
	count := s.counter(kind)
	return func(c echo.Context) error {
		began := time.Now()
		err := s.fromKannel(c, handle)
		count(err, time.Since(began))
		return err
	}
}

func (s *Server) fromKannel(c echo.Context, handle func(context.Context, echo.Context, *Kannel) error) error {
	from := s.kannelOf(c)
	if from == nil {
		s.Limits.Refused(c.RealIP())
		return gateway.ErrNotFound
	}
	Keep(c.Request().Context())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), handleBudget)
	defer cancel()
	return handle(ctx, c, from)
}

// kannelOf is the Kannel whose secret a request knows and that is near. All
// secrets are compared, so that the time tells nothing. What a proxy hands on
// that is not trusted may come from anywhere, however near the proxy is.
func (s *Server) kannelOf(c echo.Context) (found *Kannel) {
	host, _, err := net.SplitHostPort(c.Request().RemoteAddr)
	ip, real := net.ParseIP(host), net.ParseIP(c.RealIP())
	near := err == nil && ip != nil && kannel.Near(ip) && real != nil && kannel.Near(real) &&
		(!forwarded(c.Request()) || within(s.Proxies, host))
	for _, given := range kannelSecrets(c) {
		for i := range s.Kannels {
			if subtle.ConstantTimeCompare([]byte(given), []byte(s.Kannels[i].Secret)) == 1 && near {
				found = &s.Kannels[i]
			}
		}
	}
	return found
}

// kannelSecrets are what a request gives as its secret: in the path, in a header of
// its own, or in a login as token or password. Where one stands in the path that one
// counts, so that a request is of one Kannel alone.
func kannelSecrets(c echo.Context) []string {
	if given := c.Param("secret"); given != "" {
		return []string{given}
	}
	h := c.Request().Header
	if given := h.Get(secretHeader); given != "" {
		return []string{given}
	}
	if _, password, ok := c.Request().BasicAuth(); ok {
		return []string{password}
	}
	if scheme, token, ok := strings.Cut(h.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return []string{strings.TrimSpace(token)}
	}
	return nil
}

// kannelText is an incoming text; the answer to the texter is the answer to
// the request, which Kannel sends on.
func (s *Server) kannelText(ctx context.Context, c echo.Context, from *Kannel) error {
	text, err := kannel.ParseText("", c.Request().URL.Query(), from.Country)
	if err != nil {
		return err
	}
	answer, err := s.handleText(ctx, from.Name, &text)
	if err != nil {
		return err
	}
	if s.Sides != nil {
		s.Sides.Hear(from.Name)
	}
	return c.String(http.StatusOK, answer)
}

// kannelReceipt is what became of an attempt.
func (s *Server) kannelReceipt(ctx context.Context, c echo.Context, _ *Kannel) error {
	receipt, known, err := kannel.ParseReceipt(c.Request().URL.Query())
	if err != nil {
		return err
	}
	if known {
		if _, err := s.Domain.Handle(ctx, receipt); err != nil {
			return err
		}
	}
	return c.NoContent(http.StatusNoContent)
}
