package texts

import (
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/person"
	"aviso/gateway/prose"
	"aviso/templates"
)

// deskReport is LOCALIZADO and CERRAR at the head of a text. Whoever is no desk
// has said something else.
func (d *Texting) deskReport(t *gateway.Text) {
	if !d.IsDesk() {
		if !d.passOn(t) {
			d.unknown(t)
		}
		return
	}
	if d.deskWrites(t) {
		return
	}
	if len(d.deskTold()) > 0 && d.passOn(t) {
		return
	}
	data := d.Info()
	if len(t.Mention.Refs) > 0 {
		data.Ref = t.Mention.Refs[0].String()
	}
	d.Answer("no-such-ref", data)
}

// answerDesk is what a desk was asked for: which alert it means, what it knows,
// why it closes. What is no answer to that goes its own way.
func (d *Texting) answerDesk(t *gateway.Text, q *gateway.Question) bool {
	asked := gateway.ReadNumbers(q.Args["text"])
	said := person.DeskSaying{Reading: prose.Located, Words: q.Args["words"]}
	if keyword.Parse(q.Args["text"]).Intent == keyword.Close {
		said.Reading = prose.Closes
	}
	for _, r := range asked.Refs {
		said.Refs = append(said.Refs, r.Ref)
	}
	reading, rule := t.Own().Desk()
	if answer, _ := t.Own().Answer(); answer != prose.Neither && len(keyword.Tokens(t.Body)) < 5 { // "no todavia no", "ok" say neither where nor why
		d.askDeskAgain(q)
		return true
	}
	if reading == prose.Robot || reading == prose.Asks && strings.ContainsAny(t.Body, "?¿") || reading == prose.Unsure && strings.HasSuffix(rule, "-close") {
		return false
	}
	n := gateway.ReadNumbers(t.Body)
	if q.Args["which"] != "" {
		named := d.deskNamed(&n)
		if reasons, ok := d.deskSayings(t, prose.Closes); ok && said.Reading == prose.Closes && said.Words == "" && reading == prose.Located && len(reasons) > 0 && len(reasons[0].Refs) > 0 {
			d.Conv.Question = nil // which one, and in the same text why
			for _, reason := range reasons {
				reason.Reading = prose.Closes
				d.DeskReports(reason)
			}
			return true
		}
		switch {
		case len(n.Refs) > 0 && (rule == "ref" || rule == "ok" || reading == prose.Unsure):
			for _, r := range n.Refs {
				said.Refs = append(said.Refs, r.Ref)
			}
		case len(n.Refs) == 0 && len(named) == 1 && reading == prose.Unsure:
			said.Refs = []gateway.Ref{named[0].Alert.Ref}
		default:
			return false
		}
		d.Conv.Question = nil
		d.DeskReports(said)
		return true
	}
	if c := d.View.Case(q.Alert); c == nil || !c.Alert.Open() {
		d.Conv.Question = nil
		return false
	}
	switch says := keyword.Says(t.Body); {
	case len(n.Refs) > 0 || !says && t.Parsed.Intent != keyword.Unknown:
		return false
	case !says:
		d.askDeskAgain(q)
		return true
	}
	switch t.Parsed.Intent {
	case keyword.Unknown, keyword.Panic, keyword.No, keyword.Wrong:
	default:
		return false
	}
	d.Conv.Question = nil
	said.Words = d.Hidden(t.Body)
	d.DeskReports(said)
	return true
}

func (d *Texting) askDeskAgain(q *gateway.Question) {
	if q.Args["which"] != "" {
		d.answerWhich()
		return
	}
	asked := keyword.Parse(q.Args["text"])
	n := gateway.ReadNumbers(asked.Rest)
	var about []gateway.Ref
	for _, r := range n.Refs {
		about = append(about, r.Ref)
	}
	d.Answer("ask-desk-"+string(asked.Intent), templates.Data{Ref: gateway.Refs(about)})
}

// deskStarts takes a desk's STOP back.
func (d *Texting) deskStarts() {
	for _, desk := range d.View.Directory.DesksAt(d.Conv.Phone) {
		if !desk.Stopped.IsZero() {
			desk.Stopped = time.Time{}
			d.PutDesk(&desk)
		}
	}
}

// deskIsWrong reports whether whoever has a desk's number says in their own
// words that they are somebody else: "aqui no es el consulado".
func (d *Texting) deskIsWrong(t *gateway.Text) bool {
	if !d.IsDesk() || !t.Free() || len(t.Mention.Refs) > 0 {
		return false
	}
	reading, _ := t.Own().Desk()
	return reading == prose.WrongOne
}
