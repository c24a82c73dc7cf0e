package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/web"
	"aviso/templates"
)

// Who is there, and whether a form is theirs.

const (
	// cookieName is the session's cookie on this machine by plain HTTP, as in the
	// demo; cookieLocked is everywhere else: browsers take a cookie of this
	// beginning by HTTPS alone, for this very host and all of it, so that neither
	// a neighbouring name nor who is on the way can plant one.
	cookieName   = "aviso_session"
	cookieLocked = "__Host-aviso_session"

	// knownName is what a browser keeps of a log-in that was completed, to be known
	// by at the next; knownLocked is as cookieLocked.
	knownName   = "aviso_known"
	knownLocked = "__Host-aviso_known"
	knownLasts  = 90 * 24 * time.Hour

	// themeName is what a browser keeps of the theme: it is no secret, and the log-in
	// follows it as well.
	themeName  = "aviso_theme"
	themeLasts = 365 * 24 * time.Hour

	// keptPrefix stands before the fields of a form that outlived its session.
	keptPrefix = "kept."
	keptPath   = "kept-path"
)

var (
	errStale     = errors.New("the form is of another session")
	errElsewhere = errors.New("the form came from another site")
)

// secret fields are never shown again.
var secret = map[string]bool{"password": true, "again": true, "old": true, "pin": true, "duress_pin": true, "new_pin": true, "code": true, "csrf": true}

// open is for whoever comes by: the log-in.
func (c *Console) open(do handler) echo.HandlerFunc {
	return c.guarded(func(v *visit) error {
		if c.forms.Check(v.Request()) != nil {
			return errElsewhere
		}
		return do(v)
	})
}

// staged is for agents whose log-in has come to a stage; others are sent to
// where theirs goes on. Stage 0 is any.
func (c *Console) staged(stage gateway.Stage, do handler) echo.HandlerFunc {
	return c.guarded(func(v *visit) error {
		post := v.Request().Method == http.MethodPost
		if c.forms.Check(v.Request()) != nil {
			return errElsewhere
		}
		if v.session == nil {
			return c.loggedOut(v, post)
		}
		at := v.session.Stage
		if stage == gateway.StageFactor && at == gateway.StageEnrol {
			at = gateway.StageFactor // one page for both
		}
		if stage == gateway.StagePassword && at == gateway.StageIn {
			at = gateway.StagePassword // an agent may choose another one
		}
		if stage != 0 && at != stage {
			return v.Redirect(http.StatusSeeOther, stagePath(v.session.Stage))
		}
		if post && subtle.ConstantTimeCompare([]byte(v.FormValue("csrf")), []byte(v.session.Token)) != 1 {
			return c.stale(v)
		}
		if kept := v.session.Kept; kept != nil && v.session.Stage == gateway.StageIn {
			switch {
			case !post && v.QueryParam("kept") != "":
				v.typed, v.form, v.kept = kept.Fields, kept.Path, !kept.Asked
			case post && v.Request().URL.Path == kept.Path: // it is sent again
				v.session.Kept = nil
				if err := c.Accounts.Put(v.ctx, v.session); err != nil {
					return err
				}
			}
		}
		return do(v)
	})
}

// stale refuses a form of another session of the same browser, one that has
// ended meanwhile, and keeps what was typed into it.
func (c *Console) stale(v *visit) error {
	kept := &gateway.KeptForm{Path: v.Request().URL.Path, Fields: typedInto(v.Request().PostForm)}
	page := pageOf(kept)
	if v.session.Stage != gateway.StageIn || page == "" {
		return errStale
	}
	v.session.Kept = kept
	if err := c.Accounts.Put(v.ctx, v.session); err != nil {
		return err
	}
	return c.bare(v, http.StatusForbidden, "problem", problemPage{Word: "stale", Onward: page + "?kept=1"})
}

// typedInto is what an agent typed into a form, but for what is secret: of that it
// names the fields (lost), which are to be typed again.
func typedInto(form url.Values) map[string][]string {
	fields := map[string][]string{}
	for name := range secret {
		if name == "csrf" || slices.Contains(form["without"], name) {
			continue
		}
		if form.Get(name) != "" || slices.Contains(form["retype"], name) {
			fields["lost"] = append(fields["lost"], name)
		}
	}
	slices.Sort(fields["lost"])
	for name, values := range form {
		if !secret[name] && name != "once" && name != "lost" && len(values) > 0 {
			fields[name] = values
		}
	}
	return fields
}

// pageOf is the address of the page on which a form stands; "" for one that is
// not worth keeping, and for a search, of which nothing but its mark is kept.
func pageOf(form *gateway.KeptForm) string {
	parts := strings.Split(strings.TrimPrefix(form.Path, "/console/"), "/")
	switch parts[0] {
	case "alerts", "profiles":
		if form.Path == "/console/profiles" {
			return ""
		}
		parts = parts[:min(len(parts), 2)]
	case "raise":
		if id := form.Fields["profile"]; len(id) == 1 {
			parts = []string{"profiles", id[0]}
		}
	case "tasks", "agents", "desks", "outreach":
		parts = parts[:1]
	default:
		return ""
	}
	return "/console/" + strings.Join(parts, "/")
}

func stagePath(stage gateway.Stage) string {
	switch stage {
	case gateway.StagePassword:
		return "/console/password"
	case gateway.StageEnrol, gateway.StageFactor:
		return "/console/factor"
	}
	return "/console/alerts"
}

// guarded reads the form and the session of a request, and shows what goes
// wrong as a page.
func (c *Console) guarded(do handler) echo.HandlerFunc {
	return func(x echo.Context) error {
		h := x.Response().Header()
		h["Content-Security-Policy"] = []string{pagePolicy}
		// A form's Origin is read by us; nobody else is told where it was.
		h["Referrer-Policy"] = []string{"same-origin"}
		h["Cross-Origin-Opener-Policy"] = []string{"same-origin"}
		ctx, cancel := context.WithTimeout(x.Request().Context(), pageBudget)
		defer cancel()
		if x.Request().Method == http.MethodPost {
			// What an agent has sent is done even if they close the page.
			ctx, cancel = context.WithTimeout(context.WithoutCancel(x.Request().Context()), pageBudget)
			defer cancel()
		}
		v := &visit{Context: x, ctx: ctx, lang: templates.Languages[0]}
		if err := c.read(v); err != nil {
			return c.problem(v, err)
		}
		if err := do(v); err != nil {
			return c.problem(v, err)
		}
		return nil
	}
}

// read reads the form and finds the session.
func (c *Console) read(v *visit) error {
	r := v.Request()
	if r.Method == http.MethodPost {
		if !web.IsForm(r.Header.Get("Content-Type")) {
			return web.ErrNotAForm
		}
		r.Body = http.MaxBytesReader(v.Response(), r.Body, maxTyped)
		if err := r.ParseForm(); err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				return web.ErrTooLarge
			}
			return web.ErrBadForm
		}
		v.posted = true
	}
	if token := sessionToken(r); token != "" {
		var err error
		if v.session, v.agent, err = c.Accounts.Session(v.ctx, token); err != nil {
			return err
		}
		if v.session != nil {
			web.Keep(r.Context())
		}
	}
	switch lang := r.URL.Query().Get("lang"); {
	case v.session != nil && v.session.Language != "":
		v.lang = v.session.Language
	case slices.Contains(templates.Languages, lang):
		v.lang = lang
	case slices.Contains(templates.Languages, r.PostForm.Get("lang")):
		v.lang = r.PostForm.Get("lang")
	default:
		v.lang = wanted(r.Header.Get("Accept-Language"))
	}
	return nil
}

// wanted is the first of our languages that a browser asks for (RFC 9110, 12.5.4).
func wanted(accept string) string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err == nil {
		for _, tag := range tags {
			if base, _ := tag.Base(); slices.Contains(templates.Languages, base.String()) {
				return base.String()
			}
		}
	}
	return templates.Languages[0]
}

// loggedOut asks somebody without a session to log in. A form that they sent
// is kept, but for what is secret, and shown again afterwards.
func (c *Console) loggedOut(v *visit, post bool) error {
	if !post {
		if v.Path() == "/console/events" {
			return v.NoContent(http.StatusUnauthorized)
		}
		target := "/console/login"
		if path := v.Request().URL.Path; path != "/console/alerts" && path != "/console/logout" {
			target += "?next=" + url.QueryEscape(path)
		}
		return v.Redirect(http.StatusSeeOther, target)
	}
	form := loginForm{Expired: true, Path: v.Request().URL.Path}
	for name, values := range typedInto(v.Request().PostForm) {
		form.Kept = append(form.Kept, keptField{keptPrefix + name, values})
	}
	return c.bare(v, http.StatusUnauthorized, "login", form)
}

// formsFrom refuses forms that another site sent. Browsers say where a form comes
// from; what is no browser says nothing, and has no cookie of a browser. A proxy
// in front may ask us under another name than the browser asked it: forms from the
// public address are ours.
func formsFrom(publicURL string) (*http.CrossOriginProtection, error) {
	ours := http.NewCrossOriginProtection()
	public, err := url.Parse(publicURL)
	if err != nil || public.Host == "" {
		return ours, nil // there is none, or serve has refused it
	}
	if err := ours.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("public address of the console: %w", err)
	}
	return ours, nil
}

// sessionToken is what the session's cookie holds; "" without one.
func sessionToken(r *http.Request) string { return cookieOf(r, cookieLocked, cookieName) }

// cookieOf is what a cookie holds, "" without one. The plain one is heeded on this
// machine alone.
func cookieOf(r *http.Request, locked, plain string) string {
	if cookie, err := r.Cookie(locked); err == nil {
		return cookie.Value
	}
	if cookie, err := r.Cookie(plain); err == nil && loopback(r) {
		return cookie.Value
	}
	return ""
}

// setCookie hands a session's token to the browser. It is Secure wherever the
// page came by HTTPS, which a proxy in front may have ended: the browser's own
// word counts, then the host. On loopback, as in the demo, it is plain: not every
// browser keeps a Secure cookie there without HTTPS.
func (c *Console) setCookie(v *visit, token string, lasts time.Duration) {
	cookie := &http.Cookie{
		Name: cookieLocked, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: true, MaxAge: int(lasts / time.Second),
	}
	if loopback(v.Request()) {
		cookie.Name, cookie.Path, cookie.Secure = cookieName, "/console", false
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	v.SetCookie(cookie)
}

// setKnown has the browser keep what it is known by at the next log-in.
func (c *Console) setKnown(v *visit, secret string) {
	cookie := &http.Cookie{
		Name: knownLocked, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: true, MaxAge: int(knownLasts / time.Second),
	}
	if loopback(v.Request()) {
		cookie.Name, cookie.Path, cookie.Secure = knownName, "/console", false
	}
	v.SetCookie(cookie)
}

// themeOf is the theme that a browser keeps; "": as it is set.
func themeOf(r *http.Request) string {
	if cookie, err := r.Cookie(themeName); err == nil && (cookie.Value == "dark" || cookie.Value == "light") {
		return cookie.Value
	}
	return ""
}

// setTheme has the browser keep a theme, or go by its own setting.
func (c *Console) setTheme(v *visit) error {
	theme := v.field("theme")
	cookie := &http.Cookie{
		Name: themeName, Value: theme, Path: "/console", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: !loopback(v.Request()), MaxAge: int(themeLasts / time.Second),
	}
	if theme != "dark" && theme != "light" {
		cookie.Value, cookie.MaxAge = "", -1
	}
	v.SetCookie(cookie)
	target := next(v.field("back"))
	if target == "" {
		target = "/console/alerts"
	}
	return v.Redirect(http.StatusSeeOther, target)
}

// knownBy is what a browser kept of an earlier log-in; "": nothing.
func knownBy(r *http.Request) string { return cookieOf(r, knownLocked, knownName) }

// loopback reports whether the browser itself says that it is on this machine.
func loopback(r *http.Request) bool {
	host := r.Host
	if origin, err := url.Parse(r.Header.Get("Origin")); err == nil && origin.Host != "" {
		if origin.Scheme == "https" {
			return false
		}
		host = origin.Host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// next is a page of ours that somebody wanted before they logged in.
func next(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/console/") ||
		strings.Contains(path, "\\") || strings.HasPrefix(u.Path, "/console/log") || u.Path == "/console/events" {
		return ""
	}
	return u.Path
}

func randomWord() string {
	var b [15]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digitsOnly(s string) string {
	if len(s) > 6 || !digit.All(s) {
		return ""
	}
	return s
}
