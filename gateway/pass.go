package gateway

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Pass lets a consulate's desk look at one alert: a link that is good once,
// with a code that is said on the phone. Whoever opens it keeps it, in one
// browser, until it expires. It is never made for somebody who did not consent
// to consular notice, and shows nothing once that consent is gone.
type Pass struct {
	Key     []byte    `json:"-"` // hash of what stands in the link
	Seq     int64     `json:"-"` // the sequence number that was seen; 0: new
	Alert   ID        `json:"-"`
	Expires time.Time `json:"-"`

	Recipient ID        `json:"recipient"` // the desk, as the alert knows it
	Phone     Phone     `json:"phone"`
	Language  string    `json:"language,omitempty"`
	Code      []byte    `json:"code"` // hash
	Wrong     int       `json:"wrong,omitempty"`
	Opened    time.Time `json:"opened,omitzero"`
	Holder    []byte    `json:"holder,omitempty"` // hash of what the browser keeps that opened it
}

const (
	// passLasts is how long a desk may look: a day's work and the next.
	passLasts = 36 * time.Hour
	// passTries is how many wrong codes end a link.
	passTries = 5
)

// PassKey is what a link is found by: who reads the records cannot open it.
func PassKey(token string) []byte {
	sum := sha256.Sum256([]byte("pass " + token))
	return sum[:]
}

// passCode is the hash of a code. Its six digits are no secret to whoever has
// the keyset; the tries that are left are what protects it.
func passCode(key []byte, code string) []byte {
	sum := sha256.Sum256(append([]byte("pass code "+code+" "), key...))
	return sum[:]
}

// LinkDesk makes a link for one of an alert's desks. The outcome's text is the
// link's secret part and the code.
type LinkDesk struct {
	Alert     ID
	Recipient ID
}

func (LinkDesk) name() string     { return "link" }
func (l LinkDesk) scope(s *Scope) { s.Alert = l.Alert }

func (l LinkDesk) do(d *acting) error {
	c, err := d.openAlert(l.Alert)
	if c == nil {
		return err
	}
	if !d.person(c).ConsularNotice.Given {
		return ErrForbidden
	}
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.ID == l.Recipient && r.Kind != KindContact })
	if i < 0 {
		return ErrNotFound
	}
	r := &c.Recipients[i]
	token := hex.EncodeToString(d.fresh.Salt())
	code := fmt.Sprintf("%06d", d.fresh.below(1_000_000))
	key := PassKey(token)
	d.turn.Passes = append(d.turn.Passes, Pass{
		Key: key, Alert: c.Alert.ID, Expires: d.now.Add(passLasts),
		Recipient: r.ID, Phone: r.Phone, Language: r.Language, Code: passCode(key, code),
	})
	d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "linked", d.actor, r.Name)
	d.turn.Answer.Outcome.Text = token + " " + code
	return nil
}

// OpenPass is the code that somebody at a desk types at a link.
type OpenPass struct {
	Pass   []byte // key
	Alert  ID
	Code   string
	Holder []byte // hash of what the browser will keep
}

// Scope of opening a link is the link and its alert.
func (o OpenPass) Scope() Scope { return Scope{Pass: o.Pass, Alert: o.Alert} }

func (d *acting) openPass(o OpenPass) error {
	p, c, err := d.pass(o.Alert)
	if err != nil {
		return err
	}
	out := &d.turn.Answer.Outcome
	switch {
	case !p.Opened.IsZero():
		out.Word = NotOpen // it was good once
		return nil
	case p.Wrong >= passTries:
		out.Word = PINLocked
		return nil
	case subtle.ConstantTimeCompare(p.Code, passCode(p.Key, o.Code)) != 1:
		p.Wrong++
		out.Word = WrongPIN
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "link-wrong", "desk", "")
	default:
		p.Opened, p.Holder = d.now, o.Holder
		out.Word = Done
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "link-opened", "desk", "")
	}
	d.turn.Passes = append(d.turn.Passes, *p)
	return nil
}

// DeskSays is what a desk does on its page: the same as by text.
type DeskSays struct {
	Key    string // of the form
	Pass   []byte
	Holder []byte
	Alert  ID
	Ref    Ref
	Phone  Phone  // the desk's
	Word   string // RECIBIDO, LOCALIZADO or CERRAR
	Words  string
}

// Scope is that of the text which it stands for, and the link.
func (s DeskSays) Scope() Scope {
	return Scope{Key: "desk:" + s.Key, Phone: s.Phone, Refs: []Ref{s.Ref}, Alert: s.Alert, Pass: s.Pass}
}

// sayForDesk lets what a desk says wait, as an agent's act: the family is told of
// it.
func (d *acting) sayForDesk(s DeskSays) error {
	if err := d.deskSays(s); err != nil {
		return err
	}
	if deed := (deskDeed{s}); d.tells(deed) {
		return d.postpone(deed, nil)
	}
	return nil
}

// deskDeed is what a desk says on its page, while it waits.
type deskDeed struct{ DeskSays }

func (s deskDeed) name() string {
	return map[string]string{"RECIBIDO": "acknowledge", "LOCALIZADO": "located", "CERRAR": "closed"}[s.Word]
}

func (s deskDeed) scope(scope *Scope) { *scope = s.Scope() }
func (s deskDeed) says() string       { return s.Words }
func (s deskDeed) do(d *acting) error { return d.deskSays(s.DeskSays) }

// DeskUndoes takes back what a desk has said on its page, while it waits.
type DeskUndoes struct {
	Pass   []byte
	Holder []byte
	Alert  ID
	Timer  ID
}

// Scope is the link and what waits; as with Undo, its key decides.
func (u DeskUndoes) Scope() Scope {
	return Scope{Key: timerKey(u.Timer), Timer: u.Timer, Alert: u.Alert, Pass: u.Pass}
}

func (d *acting) undoForDesk(u DeskUndoes) error {
	p, _, err := d.pass(u.Alert)
	if err != nil {
		return err
	}
	if p.Opened.IsZero() || subtle.ConstantTimeCompare(p.Holder, u.Holder) != 1 {
		return ErrForbidden
	}
	t := d.view.Timer
	if t == nil || t.Kind != TimerAct || t.Act == nil || t.Alert != u.Alert || !SaidOn(p, t.Act) {
		return ErrNotFound
	}
	d.actor = "desk"
	d.turn.Drop = append(d.turn.Drop, t.ID)
	d.turn.Answer.Outcome = Outcome{Word: Undone, Alert: t.Alert, Text: t.Act.Words}
	d.auditWaiting(t, "act-undone", t.Act.Words)
	return nil
}

// SaidOn reports whether what waits was said on the page of a link.
func SaidOn(p *Pass, w *Waiting) bool {
	deed, err := deedOf(w)
	if err != nil {
		return false
	}
	says, ok := deed.(deskDeed)
	return ok && bytes.Equal(says.Pass, p.Key)
}

func (d *acting) deskSays(s DeskSays) error {
	p, c, err := d.pass(s.Alert)
	if err != nil {
		return err
	}
	if p.Phone != s.Phone || c.Alert.Ref != s.Ref || p.Opened.IsZero() || subtle.ConstantTimeCompare(p.Holder, s.Holder) != 1 {
		return ErrForbidden
	}
	words, err := clean("words", s.Words, actWords)
	if err != nil {
		return err
	}
	if s.Word != "RECIBIDO" && !keyword.Says(words) {
		return &Invalid{Field: "words", Why: "missing"}
	}
	d.turn.Answer.Outcome.Word = Done
	t := NewText("", s.Phone, "", s.Word+" "+s.Ref.Digits()+" "+words, "")
	d.conv = d.view.Conversation
	d.conv.Phone = s.Phone
	d.lang = d.Words.Language(p.Language)
	switch s.Word {
	case "RECIBIDO":
		if !d.confirm(t) {
			d.turn.Answer.Outcome.Word = NotOpen
		}
	case "LOCALIZADO", "CERRAR":
		if !c.Alert.Open() {
			d.turn.Answer.Outcome.Word = NotOpen
			return nil
		}
		said := deskSaying{reading: prose.Located, refs: []Ref{s.Ref}, words: d.hidden(words)}
		if s.Word == "CERRAR" {
			said.reading = prose.Closes
		}
		d.deskReports(said)
	default:
		return ErrNotFound
	}
	return nil
}

// pass is the link of the view, while it may show anything.
func (d *acting) pass(alert ID) (*Pass, *Case, error) {
	p, c := d.view.Pass, d.view.Case(alert)
	if p == nil || c == nil || p.Alert != alert || !d.now.Before(p.Expires) || !d.person(c).ConsularNotice.Given {
		return nil, nil, ErrNotFound
	}
	return p, c, nil
}
