package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
)

// voiceRoutes are the webhooks of calls, and the recordings that they play.
func (s *Server) voiceRoutes(e *echo.Echo) {
	if s.Voice == nil {
		return
	}
	e.POST(twilio.VoicePath, s.webhook("voice", s.call))
	e.POST(twilio.WhisperPath, s.webhook("whisper", s.whisper))
	e.POST(twilio.NoticePath+":id", s.webhook("notice", s.notice))
	e.GET("/audio/*", s.recording)
	e.HEAD("/audio/*", s.recording)
}

// call is POST /twilio/voice: an incoming call and every step of it. The answer
// is TwiML with what is said and what is asked for.
func (s *Server) call(ctx context.Context, c echo.Context, form url.Values) error {
	step, err := twilio.ParseCall(c.QueryParams(), form, s.OwnDomains...)
	if err != nil {
		return err
	}
	answer, err := s.Domain.Handle(ctx, step)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, twilio.TwiMLType, s.Voice.Call(screen(answer), step.Session))
}

// whisper is what a person of the contact centre hears before they take a call.
func (s *Server) whisper(ctx context.Context, c echo.Context, form url.Values) error {
	step, err := twilio.ParseWhisper(c.QueryParams(), form)
	if err != nil {
		return err
	}
	answer, err := s.Domain.Handle(ctx, step)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, twilio.TwiMLType, s.Voice.Whisper(screen(answer), step.Caller))
}

// notice is POST /twilio/voice/notice/{id}: what a call that we made says, and
// its keys.
func (s *Server) notice(ctx context.Context, c echo.Context, form url.Values) error {
	id, err := gateway.ParseID(c.Param("id"))
	if err != nil {
		return gateway.ErrNotFound
	}
	step, err := twilio.ParseNotice(id, c.QueryParams(), form)
	if err != nil {
		return err
	}
	answer, err := s.Domain.Handle(ctx, step)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, twilio.TwiMLType, s.Voice.Notice(screen(answer), id))
}

// screen is what an answer says. One without a screen ends the call: it is a
// repeat of something that a version before this one answered.
func screen(a gateway.Answer) *gateway.Screen {
	if a.Screen == nil {
		return &gateway.Screen{End: true}
	}
	return a.Screen
}

// A recording's address holds a sum of it, so that it never changes.
const recordingCache = "public, max-age=31536000, immutable"

// recording is GET /audio/{language}/{phrase}.{sum}.{kind}: one recorded
// phrase. There is nothing in it about anybody.
func (s *Server) recording(c echo.Context) error {
	r, ok := s.Words.RecordingAt(c.Request().URL.Path)
	if !ok {
		return echo.ErrNotFound
	}
	kind := "audio/mpeg"
	if r.Kind == "wav" {
		kind = "audio/wav"
	}
	h := c.Response().Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", recordingCache)
	h.Set("ETag", `"`+r.Sum+`"`)
	if strings.Contains(c.Request().Header.Get("If-None-Match"), r.Sum) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, r.Data)
}
