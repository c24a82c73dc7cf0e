package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"aviso/gateway"
	"aviso/gateway/agent"
)

// The console beside the phones. An agent is made up for it, who logs in as every
// agent does: password, second factor, session. What lets a page hold the console
// is put around the finished server, here and nowhere else: serve has no such door.

// demoGuest is the agent whom the page logs in. The one whose one-time password is
// printed is another, so that two can be on an alert.
const demoGuest = "mesa"

// desk is the guest's log-in.
type desk struct {
	agent            gateway.ID
	password, secret string

	mu    sync.Mutex
	token string
}

// here is where the guest logs in from.
var here = agent.Visit{Address: "127.0.0.1", Network: netip.MustParsePrefix("127.0.0.1/32"), Browser: "aviso demo"}

// hire makes the guest, and takes them through the first log-in.
func (d *demo) hire(ctx context.Context) error {
	fail := func(err error) error { return fmt.Errorf("seed the demo: the agent: %w", err) }
	once, err := d.accounts.Add(ctx, nil, demoGuest, gateway.RoleAdmin)
	if err != nil {
		return fail(err)
	}
	token, _, err := d.accounts.LogIn(ctx, demoGuest, once, here)
	if err != nil {
		return fail(err)
	}
	session, guest, err := d.accounts.Session(ctx, token)
	if err != nil {
		return fail(err)
	}
	d.desk.agent, d.desk.password = guest.ID, randomHex()
	if token, err = d.accounts.SetPassword(ctx, session, guest, d.desk.password); err != nil {
		return fail(err)
	}
	if session, guest, err = d.accounts.Session(ctx, token); err != nil {
		return fail(err)
	}
	enrolment, err := d.accounts.Enrol(ctx, session, guest)
	if err != nil {
		return fail(err)
	}
	d.desk.secret = enrolment.Secret
	code, err := totp.GenerateCode(d.desk.secret, time.Now())
	if err != nil {
		return fail(err)
	}
	if d.desk.token, _, err = d.accounts.Enrolled(ctx, session, guest, code); err != nil {
		return fail(err)
	}
	return nil
}

// session is one of the guest's that has not ended, in a language.
func (d *demo) session(ctx context.Context, language string) (token string, err error) {
	d.desk.mu.Lock()
	defer d.desk.mu.Unlock()
	session, _, err := d.accounts.Session(ctx, d.desk.token)
	if err != nil {
		return "", err
	}
	if session == nil { // it was left alone for too long, or ended on its page
		if token, _, err = d.accounts.LogIn(ctx, demoGuest, d.desk.password, here); err != nil {
			return "", err
		}
		begun, guest, err := d.accounts.Session(ctx, token)
		if err != nil {
			return "", err
		}
		code, err := totp.GenerateCode(d.desk.secret, time.Now())
		if err != nil {
			return "", err
		}
		if d.desk.token, err = d.accounts.Factor(ctx, begun, guest, code); err != nil {
			return "", err
		}
		if session, _, err = d.accounts.Session(ctx, d.desk.token); err != nil {
			return "", err
		}
	}
	if session.Language != language {
		session.Language = language
		if err := d.accounts.Put(ctx, session); err != nil {
			return "", err
		}
	}
	return d.desk.token, nil
}

// door is GET /sim/console: it hands the browser the guest's session, and leads to
// the board. Where the browser does not say that it is on this machine the console
// keeps no such cookie, and asks for the log-in. Other sites' pages are refused.
func (*desk) door(d *demo) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" {
			http.Error(w, "from another site", http.StatusForbidden)
			return
		}
		language := "en"
		if r.URL.Query().Get("lang") == "es" {
			language = "es"
		}
		token, err := d.session(r.Context(), language)
		if err != nil {
			http.Error(w, "the log-in failed", http.StatusServiceUnavailable)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "aviso_session", Value: token, Path: "/console", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		http.Redirect(w, r, "/console/alerts", http.StatusSeeOther)
	})
}

// besidePhones leads / to the phones, and lets their page, which is of the same
// origin, hold the console's.
func besidePhones(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			target := url.URL{Path: "/sim/", RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, target.String(), http.StatusSeeOther)
			return
		case strings.HasPrefix(r.URL.Path, "/console/"):
			w = &framed{ResponseWriter: w}
		}
		next.ServeHTTP(w, r)
	})
}

// framed says of an answer that pages of its own origin may hold it.
type framed struct {
	http.ResponseWriter
	said bool
}

// WriteHeader sends the head.
func (f *framed) WriteHeader(code int) {
	if !f.said {
		f.said = true
		h := f.Header()
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Content-Security-Policy", strings.ReplaceAll(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors 'self'"))
	}
	f.ResponseWriter.WriteHeader(code)
}

// Write sends a part of the body.
func (f *framed) Write(b []byte) (int, error) {
	if !f.said {
		f.WriteHeader(http.StatusOK)
	}
	return f.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (f *framed) Unwrap() http.ResponseWriter { return f.ResponseWriter }
