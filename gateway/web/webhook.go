package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
)

const (
	// maxBody bounds a webhook's body, in bytes. Twilio's largest, a text of
	// 1,600 characters with every parameter, takes under 12 KiB.
	maxBody = 64 << 10

	// handleBudget is how long a webhook may take to commit. Twilio waits 15 s
	// for all of a request, of which connecting may take 5; what has not
	// committed by then is answered 503, so that its fallback speaks.
	handleBudget = 9 * time.Second

	// complainEvery limits the log of refused signatures to one line in this
	// time: anybody can send them.
	complainEvery = time.Minute
)

// webhook reads and authenticates a carrier's request before it is handled,
// and counts what came of it.
func (s *Server) webhook(kind string, handle func(context.Context, echo.Context, url.Values) error) echo.HandlerFunc {
	count := s.counter(kind)
	return func(c echo.Context) error {
		began := time.Now()
		err := s.authenticated(c, handle)
		s.heard(kind, c, err)
		count(err, time.Since(began))
		return err
	}
}

func (s *Server) authenticated(c echo.Context, handle func(context.Context, echo.Context, url.Values) error) error {
	r := c.Request()
	signature := twilio.SignatureOf(r.Header)
	if signature.Value == "" && r.ContentLength <= maxBody {
		return s.unsigned(c, signature) // nobody waits for the body of a request that is refused whatever it says
	}
	form, formErr := s.form(c)
	if errors.Is(formErr, ErrTooLarge) {
		return formErr
	}
	// The signature comes before everything else that could be said about the
	// request: nobody but the carrier is told what is wrong with it.
	if !s.signed(c, form) || !s.ofOurAccount(form) {
		return s.unsigned(c, signature)
	}
	Keep(r.Context())
	if formErr != nil {
		return formErr
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), handleBudget)
	defer cancel()
	return handle(ctx, c, form)
}

// ofOurAccount reports whether a signed form is of an account that is configured.
// One that names none is: Twilio always does, and what speaks its API may not.
// Its signature says by itself whose it is.
func (s *Server) ofOurAccount(form url.Values) bool {
	for _, sid := range form["AccountSid"] {
		if len(s.AccountSIDs) > 0 && !slices.Contains(s.AccountSIDs, sid) {
			return false
		}
	}
	return true
}

// unsigned refuses a request that is not the carrier's.
func (s *Server) unsigned(c echo.Context, signature twilio.Signature) error {
	s.Metrics.Unsigned()
	s.complain(signature)
	s.Limits.Refused(c.RealIP())
	return errSignature
}

// form reads the body, once, as the form that it has to be. After an error the
// form is what could be read of it.
func (s *Server) form(c echo.Context) (url.Values, error) {
	r := c.Request()
	if r.ContentLength > maxBody {
		return nil, ErrTooLarge
	}
	if !IsForm(r.Header.Get("Content-Type")) {
		return nil, ErrNotAForm
	}
	body := s.bodies.Get().(*bytes.Buffer)
	defer s.bodies.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(http.MaxBytesReader(c.Response(), r.Body, maxBody)); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, ErrTooLarge
		}
		return nil, ErrBadForm // it ended too soon, or came too slowly
	}
	form, err := url.ParseQuery(body.String())
	if err != nil {
		return form, ErrBadForm
	}
	return form, nil
}

// IsForm reports whether a Content-Type is that of a form.
func IsForm(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), echo.MIMEApplicationForm)
}

// complain tells the operator that signatures are refused. A public URL that
// is not quite what the carrier calls shuts the whole line, and looks just so.
func (s *Server) complain(signature twilio.Signature) {
	now := time.Now().Unix()
	last := s.complained.Load()
	if now-last >= int64(complainEvery/time.Second) && s.complained.CompareAndSwap(last, now) {
		switch {
		case signature.Shared && !signature.Known():
			s.Log.Warn().Msg("a webhook's signature was refused: it names an algorithm that this version does not know; those of SharedKeys are HMAC_SHA256 and HMAC_SHA1")
			return
		case signature.Shared:
			s.Log.Warn().Msg("a webhook's signature was refused: it is made with a SharedKey, and AVISO_SIGNING_KEY (or signing_key_env of --carriers) does not hold that key's secret, or --public-url is not the address that is called")
			return
		}
		s.Log.Warn().Msg("a webhook's signature was refused; where it was the carrier's, --public-url is not the address that it calls, the auth token has changed, or it is of an account that is not configured")
	}
}

// text is POST /twilio/sms: an incoming text. The answer is TwiML with what is
// said to the texter; whatever goes to others goes by the relay.
func (s *Server) text(ctx context.Context, c echo.Context, form url.Values) error {
	text, err := twilio.ParseText(form)
	if err != nil {
		return err
	}
	answer, err := s.handleText(ctx, account(c), &text)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, twilio.TwiMLType, twilio.MessageResponse(answer, s.validator(c).AnswerReport(text.From)))
}

// answered is POST /twilio/answer/{id}: what became of what we answered to a
// text. The carrier's name for it, by which the carrier is asked to forget the
// words, is told here alone; and somebody who stopped our texts at the carrier
// is told nothing, which we learn nowhere else.
func (s *Server) answered(ctx context.Context, c echo.Context, form url.Values) error {
	answered, err := s.validator(c).ParseAnswer(c.Param("id"), form)
	if err != nil {
		return err
	}
	if s.Said != nil {
		if err := s.Said(ctx, named(account(c), answered.SID), answered.Final); err != nil {
			return err
		}
	}
	if answered.Failure != nil {
		event := gateway.AnswerFailed{Key: answered.SID, To: answered.To, Failure: answered.Failure}
		if _, err := s.Domain.Handle(ctx, event); err != nil {
			return err
		}
	}
	return c.Blob(http.StatusOK, twilio.TwiMLType, twilio.MessageResponse("", ""))
}

// receipt is POST /twilio/status/{id}: what became of the attempt whose id
// stands in the path.
func (s *Server) receipt(ctx context.Context, c echo.Context, form url.Values) error {
	id, err := gateway.ParseID(c.Param("id"))
	if err != nil {
		return gateway.ErrNotFound
	}
	receipt, known, err := s.validator(c).ParseReceipt(id, form)
	if err != nil {
		return err
	}
	if known {
		if _, err := s.Domain.Handle(ctx, receipt); err != nil {
			return err
		}
		if s.Refused != nil && receipt.Failure != nil {
			s.Refused(receipt.Sender, receipt.Failure)
		}
	}
	return c.NoContent(http.StatusNoContent)
}
