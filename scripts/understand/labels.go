package main

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// What a label wants, so that another judge can agree:
//
//	raised     a reference in the answer, and the contact told
//	asked      a question that 1 answers with an alert
//	silence    three minutes after a question the contact is told
//	confirmed  the person who raised the alert reads CONFIRMO
//	passed on  the contact reads words of the text
//
//	own_idle      cry: raised or asked. robot: neither raised nor by silence, asked only with an alert word. The rest:
//	              neither raised nor by silence; info answered with something other than the question
//	own_open      over: asked for the PIN, or ended where one is in the text. more, again: passed on, or the alert repeated.
//	              status: an answer. talk: not ended, and nobody told that it is. robot: passed on to nobody as well
//	own_asked     yes: raised. no: not raised, and not by silence. robot, other: not raised by it
//	contact_told  confirm, news: confirmed. over, question, refuse, wrong, stop, robot: not confirmed (a question that shows
//	              that the alert was read may be); stop: no more texts
//	contact_invited  accept, refuse (or out of it), wrong, stop: what stands of the contact. question, other, robot: unanswered
//	unknown_*     cry: a reference in the answer. borrowed: the family of that number told
//	desk_told     received: the person reads CONFIRMO of those references alone (without one: of all). located: their contact
//	              reads the words. close: the contact reads that the part is closed, with the words;
//	              both after we asked which one, or why. question, unclear, robot: none of these (desk.go)
//	reg_*         the line is sent at its step, what is asked about it is answered as its value says, plain answers follow to
//	              the end, and the profile is looked at. value: it is kept, at once or after the question about a number's
//	              country or about which of two ZIPs; done: the PIN was asked for. question: asked again in other words.
//	              unclear: asked again. cancel: nobody is registered. cry: a reference in the answer, or asked. robot: not
//	              answered, or asked again. Anything else kept is a wrong value stored
const (
	cryMissed  = "cry missed"
	falseAlert = "false alert"
	invented   = "confirmation invented"
	consented  = "consent wrongly taken"
	ended      = "alert ended wrongly"
)

var (
	reference = regexp.MustCompile(`#\d{6}`)
	asks      = regexp.MustCompile(`(?i)(responda|reply) 1`)
)

func (w *world) judge(l *line) (verdict, error) {
	switch l.Context {
	case "own_idle":
		return w.ownIdle(l)
	case "own_asked":
		return w.ownAsked(l)
	case "own_open":
		return w.ownOpen(l)
	case "contact_told":
		return w.contactTold(l)
	case "contact_invited":
		return w.contactInvited(l)
	case "unknown_idle", "unknown_asked":
		return w.unknown(l)
	case "desk_told":
		return w.deskTold(l)
	case "reg_name", "reg_zip", "reg_contact", "reg_next", "reg_pin", "reg_consent":
		return w.registration(l)
	}
	return verdict{}, errNotRun
}

// errNotRun is of contexts that are not run through the service here.
var errNotRun = errors.New("not run here")

func (l *line) is(labels ...string) bool {
	for _, label := range l.labels() {
		label, _, _ = strings.Cut(label, ":")
		if slices.Contains(labels, label) {
			return true
		}
	}
	return false
}

func (w *world) ownIdle(l *line) (verdict, error) {
	own, contact, err := w.person(true)
	if err != nil {
		return verdict{}, err
	}
	answer, err := w.text(own, l.Text)
	if err != nil {
		return verdict{}, err
	}
	raised := reference.MatchString(answer) && len(w.heard(contact)) > 0
	asked := !raised && asks.MatchString(answer)
	silence := false
	if !raised {
		if err := w.pass(200 * time.Second); err != nil {
			return verdict{}, err
		}
		silence = len(w.heard(contact)) > 0
	}
	seen := "answered"
	switch {
	case raised:
		seen = "raised"
	case asked && silence:
		seen = "asked, raised by silence"
	case asked:
		seen = "asked"
	case answer == "":
		seen = "silence"
	}
	switch {
	case l.is("cry") && (raised || asked):
		return verdict{ok: true, seen: seen}, nil
	case l.is("cry") && len(l.labels()) == 1:
		return verdict{seen: seen, danger: cryMissed}, nil
	case raised || silence:
		return verdict{seen: seen, danger: falseAlert}, nil
	case l.is("info"):
		return verdict{ok: !asked && answer != "", seen: seen}, nil
	}
	return verdict{ok: !asked, seen: seen}, nil
}

func (w *world) ownAsked(l *line) (verdict, error) {
	own, contact, err := w.person(true)
	if err != nil {
		return verdict{}, err
	}
	if _, err := w.text(own, "oigan creo que me agarro la migra"); err != nil {
		return verdict{}, err
	}
	answer, err := w.text(own, l.Text)
	if err != nil {
		return verdict{}, err
	}
	raised := reference.MatchString(answer) && len(w.heard(contact)) > 0
	if err := w.pass(200 * time.Second); err != nil {
		return verdict{}, err
	}
	silence := len(w.heard(contact)) > 0
	seen := "open"
	switch {
	case raised:
		seen = "raised"
	case !silence:
		seen = "taken back"
	}
	switch {
	case l.is("yes") && (raised || len(l.labels()) == 1):
		return verdict{ok: raised, seen: seen}, nil
	case l.is("no"):
		v := verdict{ok: !raised && !silence, seen: seen}
		if !v.ok && len(l.labels()) == 1 {
			v.danger = falseAlert
		}
		return v, nil
	}
	return verdict{ok: !raised && silence, seen: seen}, nil
}

func (w *world) ownOpen(l *line) (verdict, error) {
	own, contact, err := w.person(true)
	if err != nil {
		return verdict{}, err
	}
	if _, err := w.text(own, "ALERTA"); err != nil {
		return verdict{}, err
	}
	if err := w.pass(3 * time.Minute); err != nil {
		return verdict{}, err
	}
	w.heard(contact)
	w.heard(own)
	answer, err := w.text(own, l.Text)
	if err != nil {
		return verdict{}, err
	}
	if l.is("over") && string(l.Value) != "" && strings.Contains(answer, "?") { // a PIN alone is asked about
		if _, err := w.text(own, "SI"); err != nil {
			return verdict{}, err
		}
	}
	if err := w.pass(61 * time.Second); err != nil { // words are joined by the minute
		return verdict{}, err
	}
	heard := strings.Join(w.heard(contact), " ")
	finished := strings.Contains(heard, "termino")
	passed := !finished && heard != ""
	pinAsked := strings.Contains(answer, "PIN")
	seen := "answered"
	switch {
	case finished:
		seen = "ended"
	case passed:
		seen = "passed on"
	case pinAsked:
		seen = "asked for the PIN"
	case answer == "":
		seen = "silence"
	}
	switch {
	case l.is("over"):
		return verdict{ok: finished || pinAsked, seen: seen}, nil
	case finished:
		return verdict{seen: seen, danger: ended}, nil
	case l.is("more", "again"):
		return verdict{ok: passed || l.is("again") && reference.MatchString(answer), seen: seen}, nil
	case l.is("status"):
		return verdict{ok: answer != "" && !passed, seen: seen}, nil
	case l.is("robot"):
		return verdict{ok: !passed, seen: seen}, nil
	}
	return verdict{ok: true, seen: seen}, nil
}

func (w *world) contactTold(l *line) (verdict, error) {
	own, contact, err := w.person(true)
	if err != nil {
		return verdict{}, err
	}
	answer, err := w.text(own, "ALERTA")
	if err != nil {
		return verdict{}, err
	}
	text := l.Text
	if ref := reference.FindString(answer); ref != "" {
		text = strings.ReplaceAll(text, "482137", ref[1:])
	}
	w.heard(contact)
	w.heard(own)
	answer, err = w.text(contact, text)
	if err != nil {
		return verdict{}, err
	}
	confirmed := strings.Contains(strings.Join(w.heard(own), " "), "CONFIRMO")
	view, err := w.store.View(w.ctx, gateway.Scope{Phone: contact})
	if err != nil {
		return verdict{}, err
	}
	stopped := !view.Conversation.Stopped.IsZero()
	seen := "answered"
	switch {
	case confirmed:
		seen = "confirmed"
	case stopped:
		seen = "no more texts"
	case answer == "":
		seen = "silence"
	}
	switch {
	case l.is("confirm", "news") && (confirmed || len(l.labels()) == 1):
		return verdict{ok: confirmed, seen: seen}, nil
	case l.is("question") && string(l.Value) == `"read"`, l.is("over", "cry"):
		return verdict{ok: answer != "", seen: seen}, nil
	case confirmed:
		return verdict{seen: seen, danger: invented}, nil
	case l.is("stop"):
		return verdict{ok: stopped, seen: seen}, nil
	case l.is("robot"):
		return verdict{ok: true, seen: seen}, nil
	}
	return verdict{ok: answer != "", seen: seen}, nil
}

func (w *world) contactInvited(l *line) (verdict, error) {
	own, contact, err := w.person(false)
	if err != nil {
		return verdict{}, err
	}
	answer, err := w.text(contact, l.Text)
	if err != nil {
		return verdict{}, err
	}
	p, err := w.own(own)
	if err != nil || p == nil {
		return verdict{}, err
	}
	view, err := w.store.View(w.ctx, gateway.Scope{Phone: contact})
	if err != nil {
		return verdict{}, err
	}
	standing := p.Contact(contact).Standing
	out := standing == gateway.StandingRefused || standing == gateway.StandingWrong || !view.Conversation.Stopped.IsZero()
	seen := "unanswered"
	switch {
	case standing == gateway.StandingAccepted:
		seen = "accepted"
	case out:
		seen = "out"
	case answer == "":
		seen = "silence"
	}
	v := verdict{seen: seen}
	switch {
	case l.is("accept") && (seen == "accepted" || len(l.labels()) == 1):
		v.ok = seen == "accepted"
	case l.is("refuse", "wrong", "stop"):
		v.ok = out
	case l.is("question"):
		v.ok = !out && seen != "accepted" && strings.Contains(answer, "SI")
	default:
		v.ok = !out && seen != "accepted"
	}
	if seen == "accepted" && !l.is("accept") {
		v.danger = consented
	}
	return v, nil
}

func (w *world) unknown(l *line) (verdict, error) {
	own, contact, err := w.person(true)
	if err != nil {
		return verdict{}, err
	}
	from := phone("347", w.people)
	if l.Context == "unknown_asked" {
		if _, err := w.text(from, "ALERTA"); err != nil {
			return verdict{}, err
		}
	}
	text := l.Text
	if l.is("borrowed") { // the number of the line's own person, as they wrote one
		digits := string(own[2:])
		for _, written := range []string{"3125550101", "312 555 0101", "312-555-0101", "312.555.0101"} {
			text = strings.ReplaceAll(text, written, digits)
		}
	}
	answer, err := w.text(from, text)
	if err != nil {
		return verdict{}, err
	}
	told := len(w.heard(contact)) > 0
	kept := reference.MatchString(answer)
	seen := "answered"
	switch {
	case told:
		seen = "family told"
	case kept:
		seen = "kept"
	case answer == "":
		seen = "silence"
	}
	switch {
	case l.is("borrowed"):
		return verdict{ok: told || kept, seen: seen}, nil
	case l.is("cry"):
		return verdict{ok: told || kept || asks.MatchString(answer), seen: seen}, nil
	case told:
		return verdict{seen: seen, danger: falseAlert}, nil
	}
	return verdict{ok: true, seen: seen}, nil
}
