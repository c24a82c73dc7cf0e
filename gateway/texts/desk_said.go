package texts

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/person"
	"aviso/gateway/prose"
	"aviso/templates"
)

// What a consulate's desk writes, in any order and with any courtesy: "482137
// recibido", "lo localizamos en Adelanto, 482137", "se cierra 482137 y 911517, ya
// en libertad". It becomes reports, each of one meaning about some alerts.

// deskWrites takes what a desk says about the alerts that it was told of. It
// reports whether the text was that; what it leaves is put before an agent as
// any other words are.
func (d *Texting) deskWrites(t *gateway.Text) bool {
	if !d.IsDesk() || len(d.deskTold()) == 0 || !t.SaysOfAlerts() {
		return false
	}
	reading, rule := t.DeskReading()
	switch reading {
	case prose.Robot:
		d.Puzzled = true // it is not answered
		return true
	case prose.Received:
		d.deskReceived(t)
		if rule == prose.AsksToo {
			d.passOn(t)
		}
		return true
	case prose.Located, prose.Closes:
	default:
		return false
	}
	if n := gateway.ReadNumbers(t.Body); rule == "loose" && len(n.Refs) == 0 && len(d.deskNamed(&n)) == 0 {
		return false // something is somewhere
	}
	sayings, ok := d.deskSayings(t, reading)
	if !ok {
		d.oneByOne(t)
		return true
	}
	for _, said := range sayings {
		d.deskSaid(t, said)
	}
	return true
}

// toldOf reports whether a text that begins with an alert word comes from a desk
// and is about an alert that it was told of: "ALERTA 482137 recibida".
func (d *Texting) toldOf(t *gateway.Text) bool {
	if !d.IsDesk() || t.Parsed.Intent != keyword.Raise {
		return false
	}
	n := gateway.ReadNumbers(t.Body)
	if slices.ContainsFunc(n.Refs, func(r gateway.Reference) bool { return d.deskToldOf(r.Ref) }) {
		return true
	}
	read := prose.Read(t.Said)
	reading, rule := read.Desk()
	return reading == prose.Received && rule != "ok" && len(d.deskTold()) > 0
}

// deskTold are the alerts that this desk was told of, without drills.
func (d *Texting) deskTold() []*gateway.Told {
	var list []*gateway.Told
	for i := range d.View.Told {
		if told := &d.View.Told[i]; !told.Alert.Drill && told.Recipient.Kind != gateway.KindContact {
			list = append(list, told)
		}
	}
	return list
}

func (d *Texting) deskToldOf(ref gateway.Ref) bool {
	return slices.ContainsFunc(d.deskTold(), func(told *gateway.Told) bool { return told.Alert.Ref == ref })
}

// deskOpen are those of them that are open, and whose part the desk has not
// closed.
func (d *Texting) deskOpen() []*gateway.Told {
	return slices.DeleteFunc(d.deskTold(), func(told *gateway.Told) bool { return !told.Alert.Open() || !told.Recipient.Closed.IsZero() })
}

// deskReceived is RECIBIDO in any words: of the alerts that the text names, by
// number or by whose they are, else of all that were not confirmed.
func (d *Texting) deskReceived(t *gateway.Text) {
	n := gateway.ReadNumbers(t.Body)
	var refs []gateway.Ref
	for _, r := range n.Refs {
		refs = append(refs, r.Ref)
	}
	if len(refs) == 0 && n.Slipped() != "" {
		d.Answer("no-such-ref", templates.Data{Ref: n.Slipped(), Call: d.Info().Call})
		return
	}
	if len(refs) == 0 {
		for _, told := range d.deskNamed(&n) {
			refs = append(refs, told.Alert.Ref)
		}
	}
	d.deskConfirms(t, refs)
}

// deskConfirms takes RECIBIDO about the alerts of refs; without any, about all.
func (d *Texting) deskConfirms(t *gateway.Text, refs []gateway.Ref) {
	if _, ok := d.Confirm(t.From, refs, t.Body); !ok {
		d.acknowledge(t, refs)
	}
}

// deskNamed are the open alerts whose person a text names, where that is not all
// of them. Behind a word for a place, and behind an officer's title, stands
// another name.
func (d *Texting) deskNamed(n *gateway.Numbers) []*gateway.Told {
	open := d.deskOpen()
	named := slices.DeleteFunc(slices.Clone(open), func(told *gateway.Told) bool { return !n.Names(told.Alert.Name) })
	if len(named) == len(open) {
		return nil
	}
	return named
}

// deskSayings are what a text says that locates or closes. ok is false where it
// cannot be seen which words are about which alert.
func (d *Texting) deskSayings(t *gateway.Text, reading prose.Reading) (list []person.DeskSaying, ok bool) {
	n := gateway.ReadNumbers(t.Body)
	if slices.ContainsFunc(n.Refs, func(r gateway.Reference) bool { return d.deskToldOf(r.Ref) }) {
		n.Refs = slices.DeleteFunc(n.Refs, func(r gateway.Reference) bool { return !d.deskToldOf(r.Ref) }) // a folio of theirs
	}
	parts, ok := n.Parts()
	if !ok {
		return nil, false
	}
	for _, part := range parts {
		said := person.DeskSaying{Reading: reading, Words: part.Text}
		for _, r := range part.Refs {
			if !slices.Contains(said.Refs, r.Ref) {
				said.Refs = append(said.Refs, r.Ref)
			}
		}
		if len(parts) > 1 {
			own := prose.Read(part.Whole)
			switch r, rule := own.Desk(); {
			case r == prose.Received || r == prose.Located || r == prose.Closes:
				if rule != "ref" && rule != "ok" { // else its meaning stands in front of all
					said.Reading = r
				}
			case r == prose.Unsure && rule == "":
			default:
				return nil, false
			}
		}
		if len(parts) == 1 && t.Parsed.Lead == "" && (t.Parsed.Intent == keyword.Located || t.Parsed.Intent == keyword.Close) {
			said.Words = gateway.Without(said.Words, t.Parsed.Word)
		}
		if prose.SaysNoMore(said.Words) || !keyword.Says(said.Words) {
			said.Words = ""
		}
		said.Words = d.Hidden(said.Words)
		list = append(list, said)
	}
	return list, true
}

// deskSaid does one thing that a desk says in a text. Where it names no alert, and more
// than one may be meant, it is asked which.
func (d *Texting) deskSaid(t *gateway.Text, said person.DeskSaying) {
	if said.Reading == prose.Received {
		d.deskConfirms(t, said.Refs)
		return
	}
	if len(said.Refs) == 0 {
		n := gateway.ReadNumbers(said.Words)
		open, named := d.deskOpen(), d.deskNamed(&n)
		switch {
		case n.Slipped() != "" && len(open) > 1:
		case len(named) == 1:
			said.Refs = []gateway.Ref{named[0].Alert.Ref}
		case len(open) == 1 && !d.toldOfAnother(open[0]):
			said.Refs = []gateway.Ref{open[0].Alert.Ref}
		}
	}
	if len(said.Refs) == 0 {
		d.askWhich(said)
		return
	}
	d.DeskReports(said)
}

// toldOfAnother reports whether a desk was told lately of another alert than the
// one that is open: what it says without a number may be about that.
func (d *Texting) toldOfAnother(one *gateway.Told) bool {
	return slices.ContainsFunc(d.deskTold(), func(told *gateway.Told) bool {
		return told.Alert.ID != one.Alert.ID && gateway.Age(d.Now, told.Alert.At) < deskMixesUp
	})
}

// deskMixesUp is how long a desk may still speak of an alert that is over.
const deskMixesUp = 72 * time.Hour

// askWhich asks a desk which alert it means.
func (d *Texting) askWhich(said person.DeskSaying) {
	open := d.deskOpen()
	if len(open) == 0 {
		d.Answer("no-such-ref", d.Info())
		return
	}
	d.Ask(gateway.QuestionDesk, map[string]string{"text": said.Word(), "words": said.Words, "which": "1"})
	d.Conv.Question.Alert = open[0].Alert.ID
	d.answerWhich()
}

func (d *Texting) answerWhich() {
	data := d.Info()
	for i, told := range d.deskOpen() {
		if i == whichMost {
			break
		}
		data.List = append(data.List, told.Alert.Ref.Digits()+" "+gateway.ShortName(told.Alert.Name))
	}
	d.Answer("which-ref", data)
}

// whichMost is how many alerts a desk is asked about by name: one segment.
const whichMost = 3

// oneByOne asks a desk to write of each alert singly, and puts its words before
// an agent.
func (d *Texting) oneByOne(t *gateway.Text) {
	for _, told := range d.deskTold() {
		if told.Alert.Open() && (len(t.Mention.Refs) == 0 || slices.Contains(t.Mention.Refs, told.Alert.Ref)) {
			d.putBeforeAgent(told, t)
			break
		}
	}
	d.Answer("one-ref", d.Info())
}
