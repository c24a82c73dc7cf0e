package console

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/web"
	"aviso/templates"
)

// cookieLasts is longer than any session: the records decide when one ends.
const cookieLasts = 24 * time.Hour

// loginForm is what the log-in's page shows.
type loginForm struct {
	Name    string
	Next    string
	Why     string // wait
	Minutes int
	Expired bool // a form was sent after its session had ended
	Path    string
	Kept    []keptField
}

type keptField struct {
	Name   string
	Values []string
}

func (c *Console) showLogin(v *visit) error {
	if v.session != nil {
		return v.Redirect(http.StatusSeeOther, stagePath(v.session.Stage))
	}
	return c.bare(v, http.StatusOK, "login", loginForm{Next: next(v.QueryParam("next"))})
}

// logIn is the one form of name and password.
func (c *Console) logIn(v *visit) error {
	form := loginForm{Name: v.field("name"), Next: next(v.field("next")), Path: v.FormValue(keptPath)}
	visit := agent.Visit{Address: v.RealIP(), Network: web.Network(v.RealIP()), Browser: v.Request().UserAgent(), Language: v.lang, Known: knownBy(v.Request()), Code: v.field("code")}
	for name, values := range v.Request().PostForm {
		if strings.HasPrefix(name, keptPrefix) {
			form.Kept, form.Expired = append(form.Kept, keptField{name, values}), true
		}
	}
	if path := next(form.Path); len(form.Kept) > 0 && path != "" {
		visit.Kept = &gateway.KeptForm{Path: path, Fields: map[string][]string{}}
		for _, f := range form.Kept {
			visit.Kept.Fields[strings.TrimPrefix(f.Name, keptPrefix)] = f.Values
		}
		if pageOf(visit.Kept) == "" {
			visit.Kept = nil
		}
	}
	if lang := v.field("switch"); slices.Contains(templates.Languages, lang) {
		v.lang = lang // the page is shown in it, with the name that was typed
		return c.bare(v, http.StatusOK, "login", form)
	}
	token, stage, err := c.Accounts.LogIn(v.ctx, form.Name, v.FormValue("password"), visit)
	var throttled *agent.ThrottledError
	switch {
	case errors.As(err, &throttled):
		wait := throttled.Until.Sub(c.Clock())
		v.Response().Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		form.Why, form.Minutes = "wait", int((wait+time.Minute-1)/time.Minute)
		return c.bare(v, http.StatusTooManyRequests, "login", form)
	case errors.Is(err, agent.ErrWrong):
		v.fault("password", "login")
		return c.bare(v, http.StatusUnauthorized, "login", form)
	case err != nil:
		return err
	}
	if v.session != nil { // of somebody who was logged in here before
		if err := c.Accounts.LogOut(v.ctx, v.session); err != nil {
			return err
		}
	}
	c.setCookie(v, token, cookieLasts)
	target := stagePath(stage)
	if form.Next != "" {
		target += "?next=" + template.URLQueryEscaper(form.Next)
	}
	return v.Redirect(http.StatusSeeOther, target)
}

// fault is what was wrong with a form that is shown again without anything of it.
func (v *visit) fault(field, why string) {
	v.wrong, v.form = &gateway.Invalid{Field: field, Why: why}, v.Request().URL.Path
}

// passwordForm is the page on which a password is chosen.
type passwordForm struct {
	First bool   // in place of a one-time one; else the old one is asked for, and a code
	Why   string // wait
	Next  string

	Minutes int
}

func (c *Console) showPassword(v *visit) error {
	return c.bare(v, http.StatusOK, "password", passwordForm{First: v.session.Stage == gateway.StagePassword, Next: next(v.QueryParam("next"))})
}

func (c *Console) setPassword(v *visit) error {
	form := passwordForm{First: v.session.Stage == gateway.StagePassword, Next: next(v.field("next"))}
	password, again := v.FormValue("password"), v.FormValue("again")
	if again != "" && again != password {
		v.fault("again", "differ")
		return c.bare(v, http.StatusUnprocessableEntity, "password", form)
	}
	var token string
	var err error
	if form.First {
		token, err = c.Accounts.SetPassword(v.ctx, v.session, v.agent, password)
	} else {
		token, err = c.Accounts.ChangePassword(v.ctx, v.session, v.agent, v.FormValue("old"), v.field("code"), password)
	}
	var throttled *agent.ThrottledError
	switch {
	case errors.As(err, &throttled):
		form.Why, form.Minutes = "wait", int((throttled.Until.Sub(c.Clock())+time.Minute-1)/time.Minute)
		return c.bare(v, http.StatusTooManyRequests, "password", form)
	case agent.IsAgentsFault(err):
		switch {
		case errors.Is(err, agent.ErrCommon):
			v.fault("password", "common")
		case errors.Is(err, agent.ErrProof):
			v.fault("old", "proof")
		default:
			v.fault("password", "weak")
		}
		return c.bare(v, http.StatusUnprocessableEntity, "password", form)
	case err != nil:
		return err
	}
	c.setCookie(v, token, cookieLasts)
	return v.Redirect(http.StatusSeeOther, c.onward(v, form.Next))
}

// factorForm is the page of the second factor.
type factorForm struct {
	Enrol    bool
	Secret   string
	URL      template.URL // otpauth:, which a browser hands to the app
	QR       agent.QR
	Why      string
	Minutes  int
	Recovery []string // shown once
	Next     string
	Onward   string
}

func (c *Console) showFactor(v *visit) error {
	form, err := c.factorForm(v)
	if err != nil {
		return err
	}
	form.Next = next(v.QueryParam("next"))
	return c.bare(v, http.StatusOK, "factor", form)
}

func (c *Console) factorForm(v *visit) (factorForm, error) {
	form := factorForm{Enrol: v.session.Stage == gateway.StageEnrol}
	if !form.Enrol {
		return form, nil
	}
	e, err := c.Accounts.Enrol(v.ctx, v.session, v.agent)
	form.Secret, form.URL, form.QR = e.Secret, template.URL(e.URL), e.QR
	return form, err
}

func (c *Console) factor(v *visit) error {
	var token string
	var recovery []string
	var err error
	if v.session.Stage == gateway.StageEnrol {
		token, recovery, err = c.Accounts.Enrolled(v.ctx, v.session, v.agent, v.field("code"))
	} else {
		token, err = c.Accounts.Factor(v.ctx, v.session, v.agent, v.field("code"))
	}
	if agent.IsAgentsFault(err) {
		code := http.StatusUnprocessableEntity
		form, formErr := c.factorForm(v)
		if formErr != nil {
			return formErr
		}
		form.Next = next(v.field("next"))
		var throttled *agent.ThrottledError
		if errors.As(err, &throttled) {
			code = http.StatusTooManyRequests
			form.Why, form.Minutes = "wait", int((throttled.Until.Sub(c.Clock())+time.Minute-1)/time.Minute)
		} else {
			v.fault("code", "factor")
		}
		return c.bare(v, code, "factor", form)
	}
	if err != nil {
		return err
	}
	c.setCookie(v, token, cookieLasts)
	c.setKnown(v, v.session.Known)
	onward := c.onward(v, next(v.field("next")))
	if len(recovery) > 0 {
		return c.bare(v, http.StatusOK, "recovery", factorForm{Recovery: recovery, Onward: onward})
	}
	return v.Redirect(http.StatusSeeOther, onward)
}

// onward is where a log-in leads to: the next stage, a form that was kept, the
// page that was wanted, or the board.
func (c *Console) onward(v *visit, wanted string) string {
	path := stagePath(v.session.Stage)
	switch {
	case v.session.Stage != gateway.StageIn && wanted != "":
		return path + "?next=" + template.URLQueryEscaper(wanted)
	case v.session.Stage != gateway.StageIn:
		return path
	case v.session.Kept != nil && pageOf(v.session.Kept) != "":
		return pageOf(v.session.Kept) + "?kept=1"
	case wanted != "":
		return wanted
	}
	return path
}

func (c *Console) logOut(v *visit) error {
	if err := c.Accounts.LogOut(v.ctx, v.session); err != nil {
		return err
	}
	c.setCookie(v, "", 0)
	return v.Redirect(http.StatusSeeOther, "/console/login")
}

// setLanguage switches the pages' language, for as long as the session lasts.
func (c *Console) setLanguage(v *visit) error {
	for _, language := range templates.Languages {
		if v.field("lang") == language {
			v.session.Language = language
		}
	}
	if err := c.Accounts.Put(v.ctx, v.session); err != nil {
		return err
	}
	if page := v.keepTyped(); page != "" {
		if err := c.Accounts.Put(v.ctx, v.session); err != nil {
			return err
		}
		return v.Redirect(http.StatusSeeOther, page+"?kept=1")
	}
	target := next(v.field("back"))
	if target == "" {
		return v.Redirect(http.StatusSeeOther, "/console/alerts")
	}
	// What the page was narrowed to stays, what became of the act before it not.
	if u, err := url.Parse(v.field("back")); err == nil {
		query := u.Query()
		query.Del("did")
		query.Del("n")
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
	}
	return v.Redirect(http.StatusSeeOther, target)
}

// keepTyped keeps what was typed into a form when the page's language is switched,
// and is the page on which it stands; "": nothing was.
func (v *visit) keepTyped() (page string) {
	kept := &gateway.KeptForm{Path: next(v.FormValue(keptPath)), Fields: map[string][]string{}, Asked: true}
	for name, values := range v.Request().PostForm {
		if field, ok := strings.CutPrefix(name, keptPrefix); ok && !secret[field] && field != "once" {
			kept.Fields[field] = values
		}
	}
	if len(kept.Fields) == 0 || kept.Path == "" {
		return ""
	}
	if page = pageOf(kept); page != "" {
		v.session.Kept = kept
	}
	return page
}

// sessionLine is one of an agent's sessions.
type sessionLine struct {
	gateway.Session
	Name string
	This bool
}

func (c *Console) showSessions(v *visit) error {
	all, err := c.Accounts.Sessions(v.ctx, v.agent.ID)
	if err != nil {
		return err
	}
	lines := make([]sessionLine, len(all))
	for i := range all {
		lines[i] = sessionLine{all[i], agent.SessionName(&all[i]), string(all[i].Key) == string(v.session.Key)}
	}
	p := sessionsPage{Lines: lines, Codes: len(v.agent.Login.Recovery)}
	p.Few = p.Codes < fewCodes
	return c.in(v, "sessions", "sessions", p)
}

// fewCodes are so few recovery codes that the page says so.
const fewCodes = 3

// sessionsPage is what belongs to an agent's own log-in.
type sessionsPage struct {
	Lines []sessionLine
	Codes int // recovery codes that are left
	Few   bool
}

// renewRecovery makes new recovery codes, which are shown on the page that answers
// and nowhere else.
func (c *Console) renewRecovery(v *visit) error {
	v.page = "/console/sessions"
	codes, err := c.Accounts.RenewRecovery(v.ctx, v.session, v.agent, v.FormValue("old"), v.field("code"))
	var throttled *agent.ThrottledError
	switch {
	case errors.As(err, &throttled):
		return c.again(v, &gateway.Invalid{Field: "old", Why: "wait"}, c.showSessions)
	case agent.IsAgentsFault(err):
		return c.again(v, &gateway.Invalid{Field: "old", Why: "proof"}, c.showSessions)
	case err != nil:
		return err
	}
	return c.bare(v, http.StatusOK, "recovery", factorForm{Recovery: codes, Onward: "/console/sessions"})
}

func (c *Console) endSession(v *visit) error {
	if err := c.Accounts.EndOther(v.ctx, v.session, v.field("session")); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/console/sessions?did=done")
}
