package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/carrier/ussd"
)

// USSD is how aggregators reach us. They sign nothing: what keeps strangers out
// is the secret, and the addresses where the operator knows them.
type USSD struct {
	Secret  string
	From    []netip.Prefix // whose requests are taken; none: anybody's who knows the secret
	Adapter *ussd.Adapter

	// Beyond is what a phone is shown whose share is used up: whom to call. An
	// aggregator that is refused tries again, or tells the person nothing at all.
	Beyond func(gateway.Phone) (*gateway.Screen, error)

	phones, urgent *shares[gateway.Phone]
}

const (
	// A phone's share of requests: all menus once through, and then faster than
	// anybody presses keys. The key 1 has a share of its own, as large, so that
	// nobody's hands can use it up. Those who show no phone have one together:
	// every phone that dials a code has a number.
	ussdBurst     = 60
	ussdPerSecond = 2

	// The share of sessions that phones begin which nobody knows: a village that
	// learns of the code in an hour, and then one a second, day and night. What
	// an alert of each leaves is 4 KB.
	strangersBurst     = 1000
	strangersPerSecond = 1
)

// Strangers is a share of USSD sessions, for service.Service.Crowded.
func (l *Limits) Strangers() (crowded bool) {
	if l.strangers.AllowN(l.clock(), 1) {
		return false
	}
	l.metrics.Limited("stranger")
	return true
}

// ussdRoutes are the addresses below the secret; some aggregators put the
// session behind it.
func (s *Server) ussdRoutes(e *echo.Echo) {
	if s.USSD == nil {
		return
	}
	s.USSD.phones = newShares[gateway.Phone](ussdPerSecond, ussdBurst)
	s.USSD.urgent = newShares[gateway.Phone](ussdPerSecond, ussdBurst)
	count := s.counter("ussd")
	take := func(c echo.Context) error {
		began := time.Now()
		err := s.ussd(c)
		count(err, time.Since(began))
		return err
	}
	for _, path := range []string{"/ussd/:secret", "/ussd/:secret/*"} {
		e.Match([]string{http.MethodGet, http.MethodPost, http.MethodPut}, path, take)
	}
}

// ussd is POST /ussd/{secret}: one step of a session. Nothing of it is ever
// logged: PINs pass through.
func (s *Server) ussd(c echo.Context) error {
	if subtle.ConstantTimeCompare([]byte(c.Param("secret")), []byte(s.USSD.Secret)) != 1 {
		s.Limits.Refused(c.RealIP())
		return echo.ErrNotFound
	}
	if !s.USSD.knows(c.RealIP()) {
		return echo.ErrForbidden
	}
	request, err := s.ussdRequest(c)
	if err != nil {
		return err
	}
	Keep(c.Request().Context())
	step, err := s.USSD.Adapter.Parse(request)
	if err != nil {
		return ErrBadForm
	}
	if step.Over {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(`{"responseExitCode":200,"responseMessage":""}`))
	}
	share := s.USSD.phones
	if step.Last == "1" {
		share = s.USSD.urgent
	}
	if !share.take(step.Phone, time.Now()) {
		s.Metrics.Limited("phone_refused")
		screen, err := s.USSD.Beyond(step.Phone)
		if err != nil {
			return err
		}
		contentType, body := step.Format.Screen(screen, step.Session)
		return c.Blob(http.StatusOK, contentType, body)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), handleBudget)
	defer cancel()
	screen, err := step.Handle(ctx, s.Domain)
	if err != nil {
		return err
	}
	contentType, body := step.Format.Screen(screen, step.Session)
	return c.Blob(http.StatusOK, contentType, body)
}

// knows reports whether an address may ask.
func (u *USSD) knows(address string) bool {
	return len(u.From) == 0 || within(u.From, address)
}

// ussdRequest reads a request's address and body.
func (s *Server) ussdRequest(c echo.Context) (ussd.Request, error) {
	r := c.Request()
	request := ussd.Request{Path: c.Param("*"), Query: c.QueryParams()}
	if r.Method == http.MethodGet {
		return request, nil
	}
	if r.ContentLength > maxBody {
		return request, ErrTooLarge
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(http.MaxBytesReader(c.Response(), r.Body, maxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return request, ErrTooLarge
		}
		return request, ErrBadForm
	}
	kind, _, _ := strings.Cut(r.Header.Get(echo.HeaderContentType), ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case kind == echo.MIMEApplicationJSON || strings.HasSuffix(kind, "+json"):
		request.JSON = body.Bytes()
	case IsForm(kind):
		form, err := url.ParseQuery(body.String())
		if err != nil {
			return request, ErrBadForm
		}
		request.Form = form
	case body.Len() > 0:
		return request, ErrNotAForm
	}
	return request, nil
}
