package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// What a consulate's desk writes. It was told of two alerts, 911517 first and
// 482137 just now. What became of each is seen on the phones of whoever raised it
// and of their contact, who may know the place.

const (
	confirmedWrongly = "desk: confirmed wrongly"
	toldWrongly      = "desk: word passed on wrongly"
	closedWrongly    = "desk: closed wrongly"
)

// deskReport is what a label's value wants of one alert.
type deskReport struct {
	Ref, Words string
}

// deskReports reads a value: a reference, an object, or a list of either.
func deskReports(value json.RawMessage) (list []deskReport) {
	var many []json.RawMessage
	if json.Unmarshal(value, &many) != nil {
		many = []json.RawMessage{value}
	}
	for _, one := range many {
		r := deskReport{}
		if json.Unmarshal(one, &r.Ref) == nil || json.Unmarshal(one, &r) == nil && r.Ref != "" {
			list = append(list, r)
		}
	}
	return list
}

// deskAlert is one of the two alerts, and what was seen of it.
type deskAlert struct {
	name, ref            string // as in the corpus, and here
	own, contact         gateway.Phone
	confirmed, closed    bool
	located, closedWords string
}

func (w *world) deskTold(l *line) (verdict, error) {
	desk := phone("929", w.people)
	fresh := gateway.NewFresh(w.now, w.service.Rand)
	if err := w.store.ReplaceDesks(w.ctx, []gateway.Desk{{
		ID: fresh.ID(), Consulate: "fresno", Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: w.now,
	}}); err != nil {
		return verdict{}, err
	}
	alerts := []*deskAlert{{name: "911517"}, {name: "482137"}}
	for i, name := range []string{"Lucia Gomez Ruiz", "Juan Perez Lopez"} {
		a := alerts[i]
		var err error
		if a.own, a.contact, err = w.consenting(name); err != nil {
			return verdict{}, err
		}
		answer, err := w.text(a.own, "ALERTA")
		if err != nil {
			return verdict{}, err
		}
		if a.ref = strings.TrimPrefix(reference.FindString(answer), "#"); a.ref == "" || len(w.heard(desk)) == 0 {
			return verdict{}, fmt.Errorf("the desk was not told: %s", answer)
		}
		w.heard(a.own)
		w.heard(a.contact)
	}
	text := l.Text
	for _, a := range alerts {
		text = rewrite(text, a.name, a.ref)
	}
	answer, err := w.text(desk, text)
	if err != nil {
		return verdict{}, err
	}
	w.see(alerts)
	asked := ""
	if reports := deskReports(l.Value); len(reports) == 1 && l.is("located", "close") && !fiveDigits.MatchString(text) && strings.Contains(answer, "De cual alerta") {
		asked = ", asked which"
		i := slices.IndexFunc(alerts, func(a *deskAlert) bool { return a.name == reports[0].Ref })
		if answer, err = w.text(desk, alerts[i].ref); err != nil {
			return verdict{}, err
		}
		w.see(alerts)
	}
	if l.is("close") && strings.Contains(answer, "por que cierra") {
		asked += ", asked why"
		if _, err = w.text(desk, "ya esta libre"); err != nil {
			return verdict{}, err
		}
		w.see(alerts)
	}
	v := judgeDesk(l, alerts)
	v.seen += asked
	if v.seen == "" && answer == "" {
		v.seen = "silence"
	}
	return v, w.pass(time.Hour)
}

var fiveDigits = regexp.MustCompile(`\d{5}`)

// rewrite puts the reference that an alert has here in place of the corpus's, as
// it is written there.
func rewrite(text, name, ref string) string {
	cut := regexp.MustCompile(name[:3] + `([ -])` + name[3:])
	text = cut.ReplaceAllString(text, ref[:3]+"${1}"+ref[3:])
	return strings.ReplaceAll(text, name, ref)
}

// see takes down what the phones show of each alert.
func (w *world) see(alerts []*deskAlert) {
	for _, a := range alerts {
		a.confirmed = a.confirmed || strings.Contains(strings.Join(w.heard(a.own), " "), "CONFIRMO")
		for _, text := range w.heard(a.contact) {
			switch {
			case strings.Contains(text, "cerro su parte"):
				a.closed, a.closedWords = true, text
			case strings.Contains(text, "sabe de"):
				a.located = text
			}
		}
	}
}

func judgeDesk(l *line, alerts []*deskAlert) verdict {
	var v verdict
	want := map[string]deskReport{}
	for _, r := range deskReports(l.Value) {
		want[r.Ref] = r
	}
	fiveOrNone := !fiveDigits.MatchString(l.Text) // RECIBIDO alone is about all
	v.ok = true
	acted := false
	for _, a := range alerts {
		r, wanted := want[a.name]
		if a.confirmed || a.closed || a.located != "" {
			acted = true
			v.seen = strings.TrimSpace(fmt.Sprintf("%s %s:%s", v.seen, a.name, a.what()))
		}
		may := func(label string) bool { return wanted && l.is(label) }
		switch {
		case a.closed && !may("close"):
			v.ok, v.danger = false, closedWrongly
		case a.located != "" && !may("located"):
			v.ok, v.danger = false, toldWrongly
		case a.confirmed && !l.is("received", "located", "close"), a.confirmed && !wanted && !(fiveOrNone && l.is("received")):
			v.ok, v.danger = false, confirmedWrongly
		}
		switch {
		case !wanted:
		case l.is("received") && !a.confirmed && len(l.labels()) == 1,
			l.is("located") && !carries(a.located, r.Words) && len(l.labels()) == 1,
			l.is("close") && (!a.closed || !carries(a.closedWords, r.Words)) && len(l.labels()) == 1:
			v.ok = false
		}
	}
	if l.is("question", "unclear", "robot") && len(l.labels()) == 1 {
		v.ok = !acted
	}
	return v
}

func (a *deskAlert) what() string {
	switch {
	case a.closed:
		return "closed"
	case a.located != "":
		return "located"
	}
	return "confirmed"
}

// carries reports whether a text holds half of some words.
func carries(text, words string) bool {
	if text == "" {
		return false
	}
	text = strings.ToLower(text)
	held, all := 0, 0
	for _, word := range strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return strings.ContainsRune(" ,.;:📍", r) }) {
		all++
		if strings.Contains(text, unaccented.Replace(word)) {
			held++
		}
	}
	return 2*held >= all
}

var unaccented = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n")

// consenting registers somebody who wants the consulate told, with a contact.
func (w *world) consenting(name string) (own, contact gateway.Phone, err error) {
	own, contact, err = w.person(true)
	if err != nil {
		return "", "", err
	}
	p, err := w.own(own)
	if err != nil {
		return "", "", err
	}
	p.Name, p.ConsularNotice.Given = name, true
	return own, contact, w.store.Commit(w.ctx, gateway.Turn{At: w.now, Profiles: []gateway.Profile{*p}})
}
