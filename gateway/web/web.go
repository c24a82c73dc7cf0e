package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/watch"
	"aviso/templates"
)

// Domain is what events are handed to. *service.Service is one, and what
// Metrics.Domain makes of it another.
type Domain interface {
	// Handle decides on an event and commits. Its answer is on disk with all
	// that it promises. gateway.ErrNotFound says that the event is about
	// something that is not kept.
	Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error)
}

// Config is what the handlers work with. Sim alone may be nil.
type Config struct {
	Domain  Domain
	Twilio  *twilio.Validator
	Metrics *watch.Metrics
	Health  *watch.Health
	Log     zerolog.Logger

	// Voice writes what calls say; nil: no calls are taken. Words hold the
	// recordings that they play.
	Voice *twilio.Voice
	Words *templates.Catalog

	// USSD is how USSD is taken; nil: it is not.
	USSD *USSD

	// AccountSIDs are those of our accounts and subaccounts: webhooks of others
	// are refused, however they are signed. Without any none is looked at.
	AccountSIDs []string

	// OwnDomains are the operator's, from which the number in a SIP address is
	// believed; "client": the names of apps too.
	OwnDomains []string

	// Accounts are further accounts whose webhooks are taken, and Kannels those
	// gateways whose requests are.
	Accounts []Account
	Kannels  []Kannel

	// Said is told the carrier's name of every answer in band, and whether it is
	// final, so that the carrier can be asked to forget its words; nil: nobody
	// wants to know.
	Said func(ctx context.Context, sid string, final bool) error

	// Refused is told of every receipt that reports a failure, and of which sender
	// of ours it is; nil: nobody wants to know.
	Refused func(sender string, f *gateway.Failure)

	// Sides watches whether texts and calls come in, and Spend counts the
	// segments of what is answered in band; nil: nobody does.
	Sides *watch.Sides
	Spend func(segments int)

	// Console serves the agents' pages; nil: there are none.
	Console Pages

	// Limits are those of phones and addresses; nil: the usual ones.
	Limits *Limits

	// Proxies are the addresses whose X-Forwarded-For is believed; without any
	// an address is that of the connection.
	Proxies []netip.Prefix

	// HTTPS says that the public URL is https, which browsers are to insist on.
	HTTPS bool

	// Sim serves the simulated phones below /sim/, in the demo only.
	Sim http.Handler
}

// Pages are what people look at, beside the webhooks. *console.Console is one; it
// knows this package, and so this package does not know it.
type Pages interface {
	// Register adds their routes. It is called once.
	Register(e *echo.Echo, host Host)
}

// Host is what the server does for its pages.
type Host struct {
	Domain   Domain                                  // with the limits in front
	Failed   func(route string, err error, code int) // logs that a request failed
	LoggedIn func(outcome string, who gateway.ID)    // counts a try to log in, and logs one that failed; outcome is one of agent.Outcomes
	Widely   func(who gateway.ID)                    // counts and logs that an agent searched for more people than one caller can mean
}

// Server holds the handlers.
type Server struct {
	Config
	bodies     sync.Pool    // of *bytes.Buffer
	complained atomic.Int64 // when a refused signature was last logged, Unix seconds
	failures   *rate.Limiter
	unlogged   atomic.Int64 // failures since the last that was logged
	refusals   *rate.Limiter
	unseen     atomic.Int64 // log-ins that failed since the last that was logged
	alarms     *rate.Limiter
	unheard    atomic.Int64 // agents' alarms since the last that was logged
}

// New makes a Server. Nothing runs until its handlers are served.
func New(c Config) *Server {
	s := &Server{Config: c, failures: rate.NewLimiter(failuresPerSecond, failuresBurst), refusals: rate.NewLimiter(failuresPerSecond, failuresBurst), alarms: rate.NewLimiter(failuresPerSecond, failuresBurst)}
	if s.Limits == nil {
		s.Limits = NewLimits(time.Now, s.Metrics)
	}
	s.Limits.alarm = s.alarmed
	s.Domain = s.Limits.Domain(c.Domain)
	s.bodies.New = func() any { return new(bytes.Buffer) }
	return s
}

// Public is the handler of the address that carriers call.
func (s *Server) Public() http.Handler {
	e := s.echo()
	e.Use(proved)
	e.POST("/twilio/sms", s.webhook("sms", s.text))
	e.POST("/twilio/status/:id", s.webhook("status", s.receipt))
	e.POST(twilio.AnswerPath+":id", s.webhook("answer", s.answered))
	s.voiceRoutes(e)
	s.ussdRoutes(e)
	s.kannelRoutes(e)
	if s.Console != nil {
		s.Console.Register(e, Host{s.Domain, s.failed, s.loggedIn, func(who gateway.ID) { s.alarmed(watch.WideSearch, who) }})
	}
	if s.Sim != nil {
		sim := func(c echo.Context) error {
			// The page's stream lasts longer than any answer may take.
			if err := http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{}); err != nil {
				return fmt.Errorf("serve the simulated phones: %w", err)
			}
			s.Sim.ServeHTTP(c.Response(), c.Request())
			return nil
		}
		e.GET("/sim/*", sim)
		e.POST("/sim/*", sim)
	}
	return e
}

// Internal is the handler of the address that the operator's own machines ask.
func (s *Server) Internal() http.Handler {
	e := s.echo()
	e.GET("/healthz", echo.WrapHandler(s.Health.Live()))
	e.GET("/readyz", echo.WrapHandler(s.Health.Ready()))
	e.GET("/metrics", echo.WrapHandler(s.Metrics.Handler()))
	return e
}

// echo is a router that says nothing of itself, logs no request, and survives
// a panic.
func (s *Server) echo() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = addressOf(s.Proxies)
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			secure(c.Response().Header())
			if s.HTTPS {
				c.Response().Header()["Strict-Transport-Security"] = httpsOnly
			}
			defer func() {
				if p := recover(); p != nil {
					err = s.panicked(c, p)
				}
			}()
			return next(c)
		}
	})
	return e
}

// The security headers of every response, set once: nothing of ours is a page,
// except what sets a policy of its own.
var (
	noSniff     = []string{"nosniff"}
	noReferrer  = []string{"no-referrer"}
	noFrame     = []string{"DENY"}
	noStore     = []string{"no-store"}
	noResources = []string{"default-src 'none'; frame-ancestors 'none'"}
)

func secure(h http.Header) {
	// Assigned, not Set: that saves five allocations an alert.
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	h["X-Frame-Options"] = noFrame
	h["Cache-Control"] = noStore
	h["Content-Security-Policy"] = noResources
}

// panicked logs where a handler broke. The value of a panic may hold what the
// handler was working on, so that its type alone is told.
func (s *Server) panicked(c echo.Context, value any) error {
	if value == http.ErrAbortHandler {
		panic(value) // net/http's own way to drop a connection
	}
	s.Metrics.Panicked()
	if !s.failures.Allow() {
		s.unlogged.Add(1)
		return errPanicked
	}
	s.Log.Error().Str("route", c.Path()).Str("panic", fmt.Sprintf("%T", value)).
		Bytes("stack", debug.Stack()).Msg("handler panicked")
	return errPanicked
}

var errPanicked = errors.New("handler panicked")
