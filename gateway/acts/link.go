package acts

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/person"
	"aviso/gateway/prose"
)

const (
	// passLasts is how long a desk may look: a day's work and the next.
	passLasts = 36 * time.Hour
	// passTries is how many wrong codes end a link.
	passTries = 5
)

// passCode is the hash of a code. Its six digits are no secret to whoever has
// the keyset; the tries that are left are what protects it.
func passCode(key []byte, code string) []byte {
	sum := sha256.Sum256(append([]byte("pass code "+code+" "), key...))
	return sum[:]
}

// LinkDesk makes a link for one of an alert's desks. The outcome's text is the
// link's secret part and the code.
type LinkDesk struct {
	Alert     gateway.ID
	Recipient gateway.ID
}

func (LinkDesk) name() string { return "link" }

func (l LinkDesk) scope(s *gateway.Scope) { s.Alert = l.Alert }

func (l LinkDesk) do(d *Acting) error {
	c, err := d.openAlert(l.Alert)
	if c == nil {
		return err
	}
	if !d.Person(c).ConsularNotice.Given {
		return gateway.ErrForbidden
	}
	i := slices.IndexFunc(c.Recipients, func(r gateway.Recipient) bool { return r.ID == l.Recipient && r.Kind != gateway.KindContact })
	if i < 0 {
		return gateway.ErrNotFound
	}
	r := &c.Recipients[i]
	token := hex.EncodeToString(d.Fresh.Salt())
	code := fmt.Sprintf("%06d", d.Fresh.Below(1_000_000))
	key := gateway.PassKey(token)
	d.Turn.Passes = append(d.Turn.Passes, gateway.Pass{
		Key: key, Alert: c.Alert.ID, Expires: d.Now.Add(passLasts),
		Recipient: r.ID, Phone: r.Phone, Language: r.Language, Code: passCode(key, code),
	})
	d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "linked", d.Actor, r.Name)
	d.Turn.Answer.Outcome.Text = token + " " + code
	return nil
}

// OpenPass tries the code of a link: right, it is opened for this browser; the fifth
// wrong one ends the link.
func (d *Acting) OpenPass(o gateway.OpenPass) error {
	p, c, err := d.pass(o.Alert)
	if err != nil {
		return err
	}
	out := &d.Turn.Answer.Outcome
	switch {
	case !p.Opened.IsZero():
		out.Word = gateway.NotOpen // it was good once
		return nil
	case p.Wrong >= passTries:
		out.Word = gateway.PINLocked
		return nil
	case subtle.ConstantTimeCompare(p.Code, passCode(p.Key, o.Code)) != 1:
		p.Wrong++
		out.Word = gateway.WrongPIN
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "link-wrong", "desk", "")
	default:
		p.Opened, p.Holder = d.Now, o.Holder
		out.Word = gateway.Done
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "link-opened", "desk", "")
	}
	d.Turn.Passes = append(d.Turn.Passes, *p)
	return nil
}

// SayForDesk lets what a desk says wait, as an agent's act: the family is told of
// it.
func (d *Acting) SayForDesk(s gateway.DeskSays) error {
	if err := d.deskSays(s); err != nil {
		return err
	}
	if deed := (deskDeed{s}); d.tells(deed) {
		return d.postpone(deed, nil)
	}
	return nil
}

// deskDeed is what a desk says on its page, while it waits.
type deskDeed struct{ gateway.DeskSays }

func (s deskDeed) name() string {
	return map[string]string{"RECIBIDO": "acknowledge", "LOCALIZADO": "located", "CERRAR": "closed"}[s.Word]
}

func (s deskDeed) scope(scope *gateway.Scope) { *scope = s.Scope() }

func (s deskDeed) says() string { return s.Words }

func (s deskDeed) do(d *Acting) error { return d.deskSays(s.DeskSays) }

// DeskUndoes takes back what a desk has said on its page, while it waits.
type DeskUndoes struct {
	Pass   []byte
	Holder []byte
	Alert  gateway.ID
	Timer  gateway.ID
}

// Scope is the link and what waits; as with Undo, its key decides.
func (u DeskUndoes) Scope() gateway.Scope {
	return gateway.Scope{Key: gateway.TimerKey(u.Timer), Timer: u.Timer, Alert: u.Alert, Pass: u.Pass}
}

// UndoForDesk takes back what a desk said on its page, while it waits.
func (d *Acting) UndoForDesk(u DeskUndoes) error {
	p, _, err := d.pass(u.Alert)
	if err != nil {
		return err
	}
	if p.Opened.IsZero() || subtle.ConstantTimeCompare(p.Holder, u.Holder) != 1 {
		return gateway.ErrForbidden
	}
	t := d.View.Timer
	if t == nil || t.Kind != gateway.TimerAct || t.Act == nil || t.Alert != u.Alert || !SaidOn(p, t.Act) {
		return gateway.ErrNotFound
	}
	d.Actor = "desk"
	d.Turn.Drop = append(d.Turn.Drop, t.ID)
	d.Turn.Answer.Outcome = gateway.Outcome{Word: gateway.Undone, Alert: t.Alert, Text: t.Act.Words}
	d.auditWaiting(t, "act-undone", t.Act.Words)
	return nil
}

// SaidOn reports whether what waits was said on the page of a link.
func SaidOn(p *gateway.Pass, w *gateway.Waiting) bool {
	deed, err := deedOf(w)
	if err != nil {
		return false
	}
	says, ok := deed.(deskDeed)
	return ok && bytes.Equal(says.Pass, p.Key)
}

func (d *Acting) deskSays(s gateway.DeskSays) error {
	p, c, err := d.pass(s.Alert)
	if err != nil {
		return err
	}
	if p.Phone != s.Phone || c.Alert.Ref != s.Ref || p.Opened.IsZero() || subtle.ConstantTimeCompare(p.Holder, s.Holder) != 1 {
		return gateway.ErrForbidden
	}
	words, err := clean("words", s.Words, actWords)
	if err != nil {
		return err
	}
	if s.Word != "RECIBIDO" && !keyword.Says(words) {
		return &gateway.Invalid{Field: "words", Why: "missing"}
	}
	d.Turn.Answer.Outcome.Word = gateway.Done
	d.Conv = d.View.Conversation
	d.Conv.Phone = s.Phone
	d.Lang = d.Words.Language(p.Language)
	switch s.Word {
	case "RECIBIDO":
		if _, ok := d.Confirm(s.Phone, []gateway.Ref{s.Ref}, words); !ok {
			d.Turn.Answer.Outcome.Word = gateway.NotOpen
		}
	case "LOCALIZADO", "CERRAR":
		if !c.Alert.Open() {
			d.Turn.Answer.Outcome.Word = gateway.NotOpen
			return nil
		}
		said := person.DeskSaying{Reading: prose.Located, Refs: []gateway.Ref{s.Ref}, Words: d.Hidden(words)}
		if s.Word == "CERRAR" {
			said.Reading = prose.Closes
		}
		d.DeskReports(said)
	default:
		return gateway.ErrNotFound
	}
	return nil
}

// pass is the link of the view, while it may show anything.
func (d *Acting) pass(alert gateway.ID) (*gateway.Pass, *gateway.Case, error) {
	p, c := d.View.Pass, d.View.Case(alert)
	if p == nil || c == nil || p.Alert != alert || !d.Now.Before(p.Expires) || !d.Person(c).ConsularNotice.Given {
		return nil, nil, gateway.ErrNotFound
	}
	return p, c, nil
}
