package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// wrongValue is a registration that keeps something else than was written.
const wrongValue = "wrong value stored"

// regSteps are the contexts of a registration in the order of its questions,
// with a plain answer to each; the contact is another for each line, since many
// who name the same are too many. reg_next is asked after the first contact.
var regSteps = []struct{ context, answer string }{
	{"reg_name", "Juan Perez Lopez"}, {"reg_zip", "93702"}, {"reg_contact", ""}, {"reg_next", "LISTO"}, {"reg_pin", "738412"}, {"reg_consent", "NO"},
}

// stepsMost is more texts than any registration takes.
const stepsMost = 12

// numbered finds the choices of a question: 1 California 2 Oaxaca.
var numbered = regexp.MustCompile(`1 .* 2 `)

// registration sends a line at its step of a registration, answers what is
// asked about it as the line's value says, goes on with plain answers to the
// end, and looks at what is kept.
func (w *world) registration(l *line) (verdict, error) {
	w.people++
	from := phone("646", w.people)
	answer, err := w.text(from, "REGISTRO")
	if err != nil {
		return verdict{}, err
	}
	at := slices.IndexFunc(regSteps, func(s struct{ context, answer string }) bool { return s.context == l.Context })
	for _, s := range regSteps[:at] {
		if answer, err = w.text(from, cmp.Or(s.answer, string(w.plainContact()))); err != nil {
			return verdict{}, err
		}
	}
	question := answer
	if answer, err = w.text(from, l.Text); err != nil {
		return verdict{}, err
	}
	first := answer
	answer, asked, err := w.explain(from, l, answer)
	if err != nil {
		return verdict{}, err
	}
	ended := !w.registers(from)
	passed := ended || at+1 < len(regSteps) && w.step(from) != stepOf(l.Context)
	if l.Context == "reg_contact" || l.Context == "reg_next" { // the same step again
		passed = passed || strings.Contains(answer, "Anotado") || strings.Contains(answer, "Noted")
	}
	p, err := w.finish(from, answer)
	if err != nil {
		return verdict{}, err
	}
	kept := l.keeps(p, w.plainContact())
	heard := reference.MatchString(first) || asks.MatchString(first) && !numbered.MatchString(first)
	if p != nil && !heard { // else their contacts are soon asked by too many
		if err := w.store.Commit(w.ctx, gateway.Turn{At: w.now, Erase: []gateway.Profile{*p}}); err != nil {
			return verdict{}, err
		}
	}
	seen := "asked again"
	switch {
	case heard:
		seen = "heard as a cry"
	case first == "":
		seen = "silence"
	case p == nil:
		seen = "ended"
	case kept == "right" && asked && l.is("value"):
		seen = "asked, then kept"
	case kept == "right" && passed && l.is("value"):
		seen = "kept"
	case first == question:
		seen = "asked again in the same words"
	case kept == "other":
		seen = "kept " + l.kept(p)
	}
	v := verdict{seen: seen}
	switch {
	case l.is("value") && (seen == "kept" || seen == "asked, then kept"):
		v.ok = true
	case kept == "other":
		v.danger = wrongValue
	case l.is("robot"):
		v.ok = seen == "silence" || strings.HasPrefix(seen, "asked again")
	case l.is("cry"):
		v.ok = seen == "heard as a cry"
	case l.is("cancel"):
		v.ok = seen == "ended"
	case l.is("question"):
		v.ok = seen == "asked again"
	case l.is("unclear"):
		v.ok = seen == "asked again" || seen == "asked again in the same words"
	}
	return v, nil
}

// explain answers what is asked about a line's value: a number's country, one of
// two ZIPs.
func (w *world) explain(from gateway.Phone, l *line, answer string) (last string, asked bool, err error) {
	contacts := l.contacts()
	for range contacts {
		if w.step(from) != "country" || !numbered.MatchString(answer) {
			break
		}
		choice := "1"
		for _, c := range contacts {
			digits := strings.TrimPrefix(strings.TrimPrefix(c.Phone, "+52"), "+1")
			if strings.HasPrefix(c.Phone, "+52") && strings.Contains(digit.Only(answer), digits) {
				choice = "2"
			}
		}
		if answer, err = w.text(from, choice); err != nil {
			return "", true, err
		}
		asked = true
	}
	if zip := l.text(); l.Context == "reg_zip" && zip != "" && w.step(from) == "zip" && strings.Contains(answer, zip) {
		asked = true
		answer, err = w.text(from, zip)
	}
	return answer, asked, err
}

// finish gives plain answers until the registration has ended, and returns what
// is registered; nil where nobody is.
func (w *world) finish(from gateway.Phone, answer string) (*gateway.Profile, error) {
	for range stepsMost {
		step := w.step(from)
		var err error
		switch step {
		case "":
			return w.own(from)
		case "country":
			answer, err = w.text(from, "1")
		case "contact":
			if strings.Contains(answer, "LISTO") || strings.Contains(answer, "DONE") {
				answer, err = w.text(from, "LISTO")
			} else if answer, err = w.text(from, string(w.plainContact())+" Ofelia"); err == nil && w.step(from) == "contact" {
				answer, err = w.text(from, "LISTO")
			}
		default:
			i := slices.IndexFunc(regSteps, func(s struct{ context, answer string }) bool { return stepOf(s.context) == step })
			answer, err = w.text(from, regSteps[i].answer)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("a registration does not end: %s", answer)
}

// plainContact is the contact of the line that is judged.
func (w *world) plainContact() gateway.Phone { return phone("917", w.people) }

// stepOf is a context's step, as the service names it.
func stepOf(context string) string {
	switch step := strings.TrimPrefix(context, "reg_"); step {
	case "next":
		return "contact"
	case "pin":
		return "new-pin"
	default:
		return step
	}
}

// step is the step that a phone's registration has come to; "" where none is
// open.
func (w *world) step(from gateway.Phone) string {
	view, err := w.store.View(w.ctx, gateway.Scope{Phone: from})
	if q := view.Conversation.Question; err == nil && q != nil && q.Draft != nil {
		return q.Args["step"]
	}
	return ""
}

func (w *world) registers(from gateway.Phone) bool { return w.step(from) != "" }

// regContact is a contact as a line's value has one.
type regContact struct{ Phone, Name string }

func (l *line) contacts() (list []regContact) {
	if l.Context == "reg_contact" || l.Context == "reg_next" {
		_ = json.Unmarshal(l.Value, &list) // "done" is none
	}
	return list
}

func (l *line) text() (s string) {
	_ = json.Unmarshal(l.Value, &s)
	return s
}

// keeps says what a profile keeps of a line: "right", "other", or "plain" where
// it is what the plain answer gave.
func (l *line) keeps(p *gateway.Profile, plain gateway.Phone) string {
	if p == nil {
		return "nothing"
	}
	hasher := quickHasher()
	switch l.Context {
	case "reg_name":
		return compare(folded(p.Name), folded(l.text()), folded(regSteps[0].answer), "")
	case "reg_zip":
		return compare(p.ZIP, l.text(), regSteps[1].answer, "")
	case "reg_pin":
		if l.text() != "" && hasher.Check(p.PIN, l.text()) == gateway.PINReal {
			return "right"
		}
		if hasher.Check(p.PIN, regSteps[4].answer) == gateway.PINReal {
			return "plain"
		}
		return "other"
	case "reg_consent":
		answered := "no"
		if p.ConsularNotice.Given {
			answered = "yes"
		}
		if p.ConsularNotice.Answered == regSteps[5].answer && !strings.EqualFold(strings.TrimSpace(l.Text), "no") {
			return "plain"
		}
		return compare(answered, l.text())
	}
	var want []string
	for _, c := range l.contacts() {
		want = append(want, c.Phone)
	}
	var other []string
	for _, c := range p.Contacts {
		if c.Phone == plain {
			continue
		}
		if i := slices.Index(want, string(c.Phone)); i >= 0 {
			named := l.contacts()[slices.IndexFunc(l.contacts(), func(w regContact) bool { return w.Phone == string(c.Phone) })].Name
			if !strings.HasSuffix(folded(named), folded(c.Name)) && !strings.HasSuffix(folded(c.Name), folded(named)) {
				return "other"
			}
			want = slices.Delete(slices.Clone(want), i, i+1)
			if len(want) == 0 && len(other) == 0 {
				return "right"
			}
			continue
		}
		other = append(other, string(c.Phone))
	}
	switch {
	case len(other) > 0:
		return "other"
	case len(want) == 0 && l.Context == "reg_next" && l.text() == "done":
		return "right"
	}
	return "plain"
}

// kept is what a profile keeps at a line's step.
func (l *line) kept(p *gateway.Profile) string {
	switch l.Context {
	case "reg_name":
		return p.Name
	case "reg_zip":
		return p.ZIP
	case "reg_contact", "reg_next":
		var list []string
		for _, c := range p.Contacts {
			list = append(list, string(c.Phone)+" "+c.Name)
		}
		return strings.Join(list, ", ")
	}
	return "something else"
}

func compare(kept, want string, plain ...string) string {
	switch {
	case kept == want && want != "":
		return "right"
	case slices.Contains(plain, kept):
		return "plain"
	}
	return "other"
}

// folded is a name in which neither case nor accents count.
func folded(name string) string { return strings.Join(keyword.Tokens(name), " ") }
