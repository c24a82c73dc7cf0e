package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/watch"
)

// What a request can be refused with before the domain sees it.
var (
	errSignature = errors.New("the signature is wrong or missing")

	ErrTooLarge = errors.New("the body is too large")   // 413
	ErrNotAForm = errors.New("the body is no form")     // 415
	ErrBadForm  = errors.New("the form cannot be read") // 400
)

// outcomes are all that can come of a webhook, as it is counted.
var outcomes = []string{
	watch.Answered, "bad_signature", "limited", "too_large", "bad_form", "missing_field", "not_found", "not_routed", "too_late", "failed",
}

// Status maps every error to what HTTP calls it, and to the outcome that is
// counted. What is not known to be committed is a 503: the carrier's fallback
// speaks then.
func Status(err error) (code int, outcome string) {
	var field *twilio.FieldError
	var kannelField *kannel.FieldError
	var routed *echo.HTTPError
	switch {
	case errors.Is(err, errSignature):
		return http.StatusForbidden, "bad_signature"
	case errors.Is(err, errLimited):
		return http.StatusTooManyRequests, "limited"
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge, "too_large"
	case errors.Is(err, ErrNotAForm):
		return http.StatusUnsupportedMediaType, "bad_form"
	case errors.Is(err, ErrBadForm), errors.Is(err, errBody):
		return http.StatusBadRequest, "bad_form"
	case errors.As(err, &field), errors.As(err, &kannelField):
		return http.StatusBadRequest, "missing_field"
	case errors.Is(err, gateway.ErrNotFound):
		return http.StatusNotFound, "not_found"
	case errors.As(err, &routed): // the router's 404 and 405
		return routed.Code, "not_routed"
	case errors.Is(err, errPanicked):
		return http.StatusInternalServerError, "failed"
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "too_late"
	}
	return http.StatusServiceUnavailable, "failed"
}

// counter counts what comes of one kind of webhook, and how long each took.
func (s *Server) counter(kind string) func(err error, took time.Duration) {
	count := s.Metrics.Webhook(kind, outcomes)
	return func(err error, took time.Duration) {
		outcome := watch.Answered
		if err != nil {
			_, outcome = Status(err)
		}
		count(outcome, took)
	}
}

// The log of failed requests: anybody can send requests while the database is
// out, and the disk may be what it is out of.
const (
	failuresBurst     = 30
	failuresPerSecond = .1
)

// failed logs that a request failed, as far as there is room for it, and how
// many were not logged before it.
func (s *Server) failed(route string, err error, code int) {
	if !s.failures.Allow() {
		s.unlogged.Add(1)
		return
	}
	s.Log.Error().Err(err).Str("route", route).Int("status", code).Int64("unlogged", s.unlogged.Swap(0)).Msg("request failed")
}

// loggedIn counts a try to log in, and logs one that failed, as far as there is
// room for it; how many were not logged stands in the next line.
func (s *Server) loggedIn(outcome string, who gateway.ID) {
	s.Metrics.LoggedIn(outcome)
	if outcome == agent.TryIn {
		return
	}
	if !s.refusals.Allow() {
		s.unseen.Add(1)
		return
	}
	line := s.Log.Warn().Str("outcome", outcome).Int64("unlogged", s.unseen.Swap(0))
	if !who.IsZero() {
		line = line.Str("agent", who.String())
	}
	line.Msg("a log-in failed")
}

// alarmed counts what an agent raised an alarm with, and logs it by the agent's
// id, as far as there is room for it.
func (s *Server) alarmed(what string, who gateway.ID) {
	s.Metrics.AgentAlarmed(what)
	if !s.alarms.Allow() {
		s.unheard.Add(1)
		return
	}
	s.Log.Warn().Str("what", what).Str("agent", who.String()).Int64("unlogged", s.unheard.Swap(0)).Msg("an agent looks at more than one caller needs")
}

// fail answers an error by its status alone: what went wrong inside is nobody's
// business outside. What is the operator's business is logged here and nowhere
// else; no error of the domain, the store or a carrier holds a person's data.
func (s *Server) fail(err error, c echo.Context) {
	code, _ := Status(err)
	if code >= http.StatusInternalServerError {
		s.failed(c.Path(), err, code)
	}
	if c.Response().Committed {
		return
	}
	if c.Request().Method == http.MethodHead {
		err = c.NoContent(code)
	} else {
		err = c.String(code, http.StatusText(code)+"\n")
	}
	if err != nil {
		s.Log.Debug().Str("route", c.Path()).Msg("caller left before the answer")
	}
}
