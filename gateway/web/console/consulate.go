package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/web"
	"aviso/store"
	"aviso/templates"
)

// A consulate's page: one alert, for one desk, by a link that is good once.

const (
	// deskCookie is of this machine, deskLocked of everywhere else: by HTTPS alone.
	// Each link has its own, by its path, which a __Host- cookie could not have.
	deskCookie = "aviso_desk"
	deskLocked = "__Secure-aviso_desk"
	deskLasts  = 36 * time.Hour
)

// registerConsulate adds the routes of the desks' pages.
func (c *Console) registerConsulate(e *echo.Echo) {
	e.GET("/consulate/:token", c.desk(c.showPacket))
	e.POST("/consulate/:token", c.desk(c.openPacket))
	e.POST("/consulate/:token/undo", c.desk(c.undoForDesk))
	e.POST("/consulate/:token/:word", c.desk(c.sayForDesk))
}

// deskVisit is one request of a desk.
type deskVisit struct {
	*visit
	token  string
	pass   *gateway.Pass
	holder string // what the browser keeps that opened the link
}

// holds reports whether this browser opened the link.
func (v *deskVisit) holds() bool {
	return v.holder != "" && !v.pass.Opened.IsZero() && subtle.ConstantTimeCompare(v.pass.Holder, holderHash(v.holder)) == 1
}

// formToken is what the forms of an open page carry.
func (v *deskVisit) formToken() string {
	sum := sha256.Sum256([]byte("desk form " + v.holder))
	return hex.EncodeToString(sum[:16])
}

func holderHash(holder string) []byte {
	sum := sha256.Sum256([]byte("desk holder " + holder))
	return sum[:]
}

// desk finds the link. One that does not exist, has expired or never was is
// all the same: not found.
func (c *Console) desk(do func(*deskVisit) error) echo.HandlerFunc {
	return c.guarded(func(v *visit) error {
		if c.forms.Check(v.Request()) != nil {
			return errElsewhere
		}
		d := &deskVisit{visit: v, token: v.Param("token")}
		var err error
		if d.pass, err = c.Records.Pass(v.ctx, gateway.PassKey(d.token)); err != nil {
			return err
		}
		if d.pass == nil || !c.Clock().Before(d.pass.Expires) {
			return gateway.ErrNotFound
		}
		v.session, v.agent = nil, nil // an agent's session has no part in it
		v.lang = templates.Languages[0]
		if strings.HasPrefix(d.pass.Language, "en") || v.QueryParam("lang") == "en" {
			v.lang = "en"
		}
		d.holder = cookieOf(v.Request(), deskLocked, deskCookie)
		if d.holds() {
			web.Keep(v.Request().Context())
		}
		return do(d)
	})
}

// packetPage is what a desk sees.
type packetPage struct {
	*store.Record
	Row      boardRow
	Token    string // of the link
	Form     string
	Once     string
	Language string
	Done     string
	Mine     bool // this desk has confirmed
	Said     []gateway.Words
	Waiting  []gateway.Timer // what this desk can still undo
	Undo     int             // for how many seconds
}

// lockPage asks for the code.
type lockPage struct {
	Token string
	Used  bool
	Why   string
}

func (c *Console) showPacket(v *deskVisit) error {
	if !v.holds() {
		return c.bare(v.visit, http.StatusOK, "lock", lockPage{Token: v.token, Used: !v.pass.Opened.IsZero()})
	}
	rec, err := c.consented(v)
	if err != nil {
		return err
	}
	p := packetPage{
		Record: rec, Row: row(&rec.Case, c.Clock()), Token: v.token, Form: v.formToken(), Once: randomWord(),
		Done: v.QueryParam("did"), Said: rec.Alert.Words,
	}
	if rec.Profile != nil {
		p.Language = shortLanguage(rec.Profile.Language, rec.Profile.LanguageNote)
	}
	p.Mine = slices.ContainsFunc(rec.Recipients, func(r gateway.Recipient) bool {
		return r.ID == v.pass.Recipient && r.State == gateway.RecipientConfirmed
	})
	pulse, err := c.Records.Pulse(v.ctx)
	if err != nil {
		return err
	}
	p.Undo = int(time.Duration(c.Rules.Policy.Undo) / time.Second)
	for _, t := range pulse.Waiting {
		if t.Alert == rec.Alert.ID && t.Act.Agent.IsZero() && acts.SaidOn(v.pass, t.Act) {
			p.Waiting = append(p.Waiting, t)
		}
	}
	code := http.StatusOK
	if v.wrong != nil {
		code = http.StatusUnprocessableEntity
	}
	return c.bare(v.visit, code, "packet", p)
}

// consented is the alert of a link, as long as the person's consent stands.
func (c *Console) consented(v *deskVisit) (*store.Record, error) {
	rec, err := c.Records.RecordByID(v.ctx, v.pass.Alert)
	if err != nil {
		return nil, err
	}
	if rec == nil || !(rec.Profile != nil && rec.Profile.ConsularNotice.Given || rec.Profile == nil && rec.Alert.Consent.Given) {
		return nil, gateway.ErrNotFound
	}
	return rec, nil
}

// openPacket takes the code. The browser that gave it keeps the page.
func (c *Console) openPacket(v *deskVisit) error {
	holder := randomWord()
	answer, err := c.domain.Handle(v.ctx, gateway.OpenPass{
		Pass: v.pass.Key, Alert: v.pass.Alert, Code: strings.ReplaceAll(v.field("code"), " ", ""), Holder: holderHash(holder),
	})
	if err != nil {
		return err
	}
	switch answer.Outcome.Word {
	case gateway.Done:
		cookie := &http.Cookie{
			Name: deskLocked, Value: holder, Path: "/consulate/" + v.token, HttpOnly: true, SameSite: http.SameSiteStrictMode,
			Secure: true, MaxAge: int(deskLasts / time.Second),
		}
		if loopback(v.Request()) {
			cookie.Name, cookie.Secure = deskCookie, false
		}
		v.SetCookie(cookie)
		return v.Redirect(http.StatusSeeOther, "/consulate/"+v.token)
	case gateway.NotOpen:
		return c.bare(v.visit, http.StatusForbidden, "lock", lockPage{Token: v.token, Used: true})
	}
	why := string(answer.Outcome.Word)
	if why != "locked" {
		v.fault("code", "clave")
	}
	return c.bare(v.visit, http.StatusForbidden, "lock", lockPage{Token: v.token, Why: why})
}

// packetAgain shows the page once more, with what was typed.
func (c *Console) packetAgain(v *deskVisit, wrong *gateway.Invalid) error {
	v.wrong, v.typed, v.form = wrong, typedInto(v.Request().PostForm), v.Request().URL.Path
	return c.showPacket(v)
}

// undoForDesk takes back what the desk has just said.
func (c *Console) undoForDesk(v *deskVisit) error {
	if !v.holds() || subtle.ConstantTimeCompare([]byte(v.FormValue("csrf")), []byte(v.formToken())) != 1 {
		return errStale
	}
	timer, err := idField(v.field("timer"))
	if err != nil {
		return err
	}
	answer, err := c.domain.Handle(v.ctx, acts.DeskUndoes{Pass: v.pass.Key, Holder: holderHash(v.holder), Alert: v.pass.Alert, Timer: timer})
	if err != nil {
		return err
	}
	did := "late"
	if answer.Outcome.Word == gateway.Undone || answer.Outcome.Word == gateway.Void {
		did = string(answer.Outcome.Word)
	}
	return v.Redirect(http.StatusSeeOther, "/consulate/"+v.token+"?did="+did)
}

// deskWords are what a desk says on its page, and by text.
var deskWords = map[string]string{"acknowledge": "RECIBIDO", "locate": "LOCALIZADO", "close": "CERRAR"}

// sayForDesk does what the desk's text would do.
func (c *Console) sayForDesk(v *deskVisit) error {
	word, ok := deskWords[v.Param("word")]
	if !ok {
		return gateway.ErrNotFound
	}
	if !v.holds() || subtle.ConstantTimeCompare([]byte(v.FormValue("csrf")), []byte(v.formToken())) != 1 {
		return errStale
	}
	rec, err := c.consented(v)
	if err != nil {
		return err
	}
	words := v.field("words")
	if words == "" && word != "RECIBIDO" {
		return c.packetAgain(v, &gateway.Invalid{Field: "words", Why: "missing"})
	}
	answer, err := c.domain.Handle(v.ctx, gateway.DeskSays{
		Key: v.once(), Pass: v.pass.Key, Holder: holderHash(v.holder), Alert: v.pass.Alert, Ref: rec.Alert.Ref,
		Phone: v.pass.Phone, Word: word, Words: words,
	})
	var invalid *gateway.Invalid
	if errors.As(err, &invalid) {
		return c.packetAgain(v, invalid)
	}
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/consulate/"+v.token+"?did="+string(answer.Outcome.Word))
}
