package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// What a consulate's desk writes, in any order and with any courtesy: "482137
// recibido", "lo localizamos en Adelanto, 482137", "se cierra 482137 y 911517, ya
// en libertad". It becomes reports, each of one meaning about some alerts.

// deskSaying is one thing that a desk says about alerts.
type deskSaying struct {
	reading prose.Reading // Received, Located or Closes
	refs    []Ref         // empty: it names none
	words   string        // beside the references and the command
}

// deskWrites takes what a desk says about the alerts that it was told of. It
// reports whether the text was that; what it leaves is put before an agent as
// any other words are.
func (d *texting) deskWrites(t *Text) bool {
	if !d.isDesk() || len(d.deskTold()) == 0 || !t.saysOfAlerts() {
		return false
	}
	reading, rule := t.deskReading()
	switch reading {
	case prose.Robot:
		d.puzzled = true // it is not answered
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
	if n := readNumbers(t.Body); rule == "loose" && len(n.refs) == 0 && len(d.deskNamed(&n)) == 0 {
		return false // something is somewhere
	}
	sayings, ok := d.deskSayings(t, reading)
	if !ok {
		d.oneByOne(t)
		return true
	}
	for _, said := range sayings {
		d.deskSaid(said)
	}
	return true
}

// saysOfAlerts reports whether a desk's text may be about alerts, and not be a
// command of the table that is not a desk's.
func (t *Text) saysOfAlerts() bool {
	switch t.parsed.Intent {
	case keyword.Acknowledge, keyword.Located, keyword.Close, keyword.Unknown, keyword.Panic, keyword.Yes, keyword.No:
		return true
	case keyword.Raise: // by 1, or "ALERTA 482137 recibida"
		return true
	}
	return !t.parsed.Whole
}

// deskReading is what a desk's text means.
func (t *Text) deskReading() (prose.Reading, string) { return t.own().DeskSays(t.parsed) }

// toldOf reports whether a text that begins with an alert word comes from a desk
// and is about an alert that it was told of: "ALERTA 482137 recibida".
func (d *texting) toldOf(t *Text) bool {
	if !d.isDesk() || t.parsed.Intent != keyword.Raise {
		return false
	}
	n := readNumbers(t.Body)
	if slices.ContainsFunc(n.refs, func(r reference) bool { return d.deskToldOf(r.ref) }) {
		return true
	}
	read := prose.Read(t.said)
	reading, rule := read.Desk()
	return reading == prose.Received && rule != "ok" && len(d.deskTold()) > 0
}

// deskTold are the alerts that this desk was told of, without drills.
func (d *texting) deskTold() []*Told {
	var list []*Told
	for i := range d.view.Told {
		if told := &d.view.Told[i]; !told.Alert.Drill && told.Recipient.Kind != KindContact {
			list = append(list, told)
		}
	}
	return list
}

func (d *texting) deskToldOf(ref Ref) bool {
	return slices.ContainsFunc(d.deskTold(), func(told *Told) bool { return told.Alert.Ref == ref })
}

// deskOpen are those of them that are open, and whose part the desk has not
// closed.
func (d *texting) deskOpen() []*Told {
	return slices.DeleteFunc(d.deskTold(), func(told *Told) bool { return !told.Alert.Open() || !told.Recipient.Closed.IsZero() })
}

// deskReceived is RECIBIDO in any words: of the alerts that the text names, by
// number or by whose they are, else of all that were not confirmed.
func (d *texting) deskReceived(t *Text) {
	n := readNumbers(t.Body)
	command := "RECIBIDO"
	for _, r := range n.refs {
		command += " " + r.ref.Digits()
	}
	switch named := d.deskNamed(&n); {
	case len(n.refs) > 0:
	case n.slipped() != "":
		d.answer("no-such-ref", templates.Data{Ref: n.slipped(), Call: d.info().Call})
		return
	case len(named) > 0:
		for _, told := range named {
			command += " " + told.Alert.Ref.Digits()
		}
	}
	said := NewText(t.Key, t.From, t.Sender, command, "")
	said.Body = t.Body
	if !d.confirm(said) {
		d.acknowledge(said)
	}
}

// slipped are digits that may be a reference which lost or won one: "48213
// recibido".
func (n *numbers) slipped() string {
	for _, g := range n.groups {
		if len(g.digits) == 5 || len(g.digits) == 7 {
			return g.digits
		}
	}
	return ""
}

// deskNamed are the open alerts whose person a text names, where that is not all
// of them. Behind a word for a place, and behind an officer's title, stands
// another name.
func (d *texting) deskNamed(n *numbers) []*Told {
	open := d.deskOpen()
	named := slices.DeleteFunc(slices.Clone(open), func(told *Told) bool { return !n.names(told.Alert.Name) })
	if len(named) == len(open) {
		return nil
	}
	return named
}

func (n *numbers) names(name string) bool {
	parts := keyword.Tokens(name)
	for i, w := range n.words {
		switch {
		case nameEnds[w.Text]:
			return false
		case len(w.Text) < 3 || i > 0 && titles[n.words[i-1].Text]:
		case slices.Contains(parts, w.Text) && !nameEnds[w.Text] && !articlesOfNames[w.Text]:
			return true
		}
	}
	return false
}

var (
	nameEnds        = set("EN", "IN", "AT", "BAJO", "HACIA", "ATTE", "ATENTAMENTE", "SALUDOS", "FIRMA")
	titles          = set("LIC", "LICENCIADO", "LICENCIADA", "CONSUL", "AGENTE", "OFICIAL", "DR", "DRA", "MTRO", "MTRA")
	articlesOfNames = set("DEL", "LAS", "LOS")
)

// deskSayings are what a text says that locates or closes. ok is false where it
// cannot be seen which words are about which alert.
func (d *texting) deskSayings(t *Text, reading prose.Reading) (list []deskSaying, ok bool) {
	n := readNumbers(t.Body)
	if slices.ContainsFunc(n.refs, func(r reference) bool { return d.deskToldOf(r.ref) }) {
		n.refs = slices.DeleteFunc(n.refs, func(r reference) bool { return !d.deskToldOf(r.ref) }) // a folio of theirs
	}
	parts, ok := n.parts()
	if !ok {
		return nil, false
	}
	for _, part := range parts {
		said := deskSaying{reading: reading, words: part.text}
		for _, r := range part.refs {
			if !slices.Contains(said.refs, r.ref) {
				said.refs = append(said.refs, r.ref)
			}
		}
		if len(parts) > 1 {
			own := prose.Read(part.whole)
			switch r, rule := own.Desk(); {
			case r == prose.Received || r == prose.Located || r == prose.Closes:
				if rule != "ref" && rule != "ok" { // else its meaning stands in front of all
					said.reading = r
				}
			case r == prose.Unsure && rule == "":
			default:
				return nil, false
			}
		}
		if len(parts) == 1 && t.parsed.Lead == "" && (t.parsed.Intent == keyword.Located || t.parsed.Intent == keyword.Close) {
			said.words = without(said.words, t.parsed.Word)
		}
		if prose.SaysNoMore(said.words) || !keyword.Says(said.words) {
			said.words = ""
		}
		said.words = d.hidden(said.words)
		list = append(list, said)
	}
	return list, true
}

// without is a text without the word of the command that it begins with.
func without(text, word string) string {
	words := keyword.Words(text)
	if len(words) == 0 || !strings.HasPrefix(words[0].Text, word) && keyword.Parse(words[0].Text).Word != word {
		return text
	}
	return strings.TrimLeft(text[words[0].End:], " ,.;:-")
}

// refPart is what a text says of some of its references.
type refPart struct {
	refs  []reference
	whole string // with the references
	text  string // without
}

// parts cuts a text of several references into what is said of each. References
// that stand together share the words. ok is false where the words between them
// may belong to either.
func (n *numbers) parts() (list []refPart, ok bool) {
	groups := n.together()
	if len(groups) < 2 {
		return []refPart{n.part(0, len(n.text), n.refs)}, !n.differ(groups)
	}
	var cuts []int
	for i := 1; i < len(groups); i++ {
		before, behind := groups[i-1], groups[i]
		from, to := before[len(before)-1].end, behind[0].start
		cut := strings.LastIndexAny(n.text[from:to], ".;\n!")
		switch {
		case cut >= 0:
			cuts = append(cuts, from+cut+1)
		case !keyword.Says(n.besides(0, groups[0][0].start)) || prose.SaysNoMore(n.besides(0, groups[0][0].start)): // each stands in front of its words
			cuts = append(cuts, n.announced(behind[0]))
		case !keyword.Says(n.text[groups[len(groups)-1][len(groups[len(groups)-1])-1].end:]): // each stands behind
			cuts = append(cuts, from)
		default:
			return nil, false
		}
	}
	from := 0
	for i, group := range groups {
		to := len(n.text)
		if i < len(cuts) {
			to = cuts[i]
		}
		list = append(list, n.part(from, to, group))
		from = to
	}
	return list, true
}

// together groups references with nothing between them but words that join, in
// one sentence.
func (n *numbers) together() (groups [][]reference) {
	for i, r := range n.refs {
		if i > 0 && n.onlyJoins(n.refs[i-1].end, r.start) && !strings.ContainsAny(n.text[n.refs[i-1].end:r.start], ".;\n!") {
			groups[len(groups)-1] = append(groups[len(groups)-1], r)
			continue
		}
		groups = append(groups, []reference{r})
	}
	return groups
}

// differ reports whether what stands before references that stand together means
// something else than what stands behind them, and nothing says that both are
// about all: "recibido 482137, 911517 localizado".
func (n *numbers) differ(groups [][]reference) bool {
	if len(groups) == 0 || len(groups[0]) < 2 {
		return false
	}
	group := groups[0]
	if slices.ContainsFunc(n.words, func(w keyword.Word) bool { return ofAll[w.Text] }) {
		return false
	}
	means := func(text string) prose.Reading {
		read := prose.Read(text)
		r, rule := read.Desk()
		if rule == "ok" || rule == "ref" {
			return prose.Unsure
		}
		return r
	}
	before, behind := means(n.text[:group[0].start]), means(n.text[group[len(group)-1].end:])
	return before != behind && before != prose.Unsure && behind != prose.Unsure && (before != prose.Closes || behind != prose.Located)
}

var (
	ofAll = set("AMBOS", "AMBAS", "DOS", "BOTH", "TODOS", "TODAS", "ALL")
	joins = set("Y", "E", "AND", "CON", "TAMBIEN", "MAS", "ALSO", "TAMBIÉN")
)

func (n *numbers) onlyJoins(from, to int) bool {
	for _, w := range n.words {
		if w.Start >= from && w.End <= to && !joins[w.Text] && !announces[w.Text] {
			return false
		}
	}
	return true
}

// announced is where the words begin that announce a reference: "y el caso".
func (n *numbers) announced(r reference) int {
	at := r.start
	for i := len(n.words) - 1; i >= 0; i-- {
		w := n.words[i]
		if w.Start >= at {
			continue
		}
		if !joins[w.Text] && !announces[w.Text] {
			return w.End
		}
		at = w.Start
	}
	return at
}

// besides is the text between two places without the words that announce a
// reference.
func (n *numbers) besides(from, to int) string {
	for _, w := range slices.Backward(n.words) {
		if w.End <= to && w.Start >= from {
			if !joins[w.Text] && !announces[w.Text] {
				return strings.TrimSpace(n.text[from:w.End])
			}
			to = w.Start
		}
	}
	return strings.TrimSpace(n.text[from:to])
}

// part is what stands between two places of a text.
func (n *numbers) part(from, to int, refs []reference) refPart {
	p := refPart{refs: refs, whole: n.text[from:to]}
	at := from
	var words []string
	keep := func(s string) {
		if s = strings.Trim(s, " #,.;:-/()"); s != "" {
			words = append(words, s)
		}
	}
	for _, r := range refs {
		if r.start >= at {
			keep(n.besides(at, r.start))
			at = r.end
		}
	}
	keep(n.text[min(at, to):to])
	p.text = strings.Join(words, ", ")
	if len(words) == 2 && !strings.ContainsAny(n.text[refs[len(refs)-1].end:min(refs[len(refs)-1].end+1, to)], ",.;:-") {
		p.text = strings.Join(words, " ")
	}
	return p
}

// deskSaid does one thing that a desk says. Where it names no alert, and more
// than one may be meant, it is asked which.
func (d *texting) deskSaid(said deskSaying) {
	if said.reading == prose.Received {
		d.deskReceived(NewText("", d.conv.Phone, "", "RECIBIDO "+refs(said.refs), ""))
		return
	}
	if len(said.refs) == 0 {
		n := readNumbers(said.words)
		open, named := d.deskOpen(), d.deskNamed(&n)
		switch {
		case n.slipped() != "" && len(open) > 1:
		case len(named) == 1:
			said.refs = []Ref{named[0].Alert.Ref}
		case len(open) == 1 && !d.toldOfAnother(open[0]):
			said.refs = []Ref{open[0].Alert.Ref}
		}
	}
	if len(said.refs) == 0 {
		d.askWhich(said)
		return
	}
	d.deskReports(said)
}

// toldOfAnother reports whether a desk was told lately of another alert than the
// one that is open: what it says without a number may be about that.
func (d *texting) toldOfAnother(one *Told) bool {
	return slices.ContainsFunc(d.deskTold(), func(told *Told) bool {
		return told.Alert.ID != one.Alert.ID && age(d.now, told.Alert.At) < deskMixesUp
	})
}

// deskMixesUp is how long a desk may still speak of an alert that is over.
const deskMixesUp = 72 * time.Hour

// askWhich asks a desk which alert it means.
func (d *texting) askWhich(said deskSaying) {
	open := d.deskOpen()
	if len(open) == 0 {
		d.answer("no-such-ref", d.info())
		return
	}
	d.ask(questionDesk, map[string]string{"text": said.word(), "words": said.words, "which": "1"})
	d.conv.Question.Alert = open[0].Alert.ID
	d.answerWhich()
}

func (d *texting) answerWhich() {
	data := d.info()
	for i, told := range d.deskOpen() {
		if i == whichMost {
			break
		}
		data.List = append(data.List, told.Alert.Ref.Digits()+" "+ShortName(told.Alert.Name))
	}
	d.answer("which-ref", data)
}

// whichMost is how many alerts a desk is asked about by name: one segment.
const whichMost = 3

// word is the command that a saying is.
func (s *deskSaying) word() string {
	if s.reading == prose.Closes {
		return "CERRAR"
	}
	return "LOCALIZADO"
}

// oneByOne asks a desk to write of each alert singly, and puts its words before
// an agent.
func (d *texting) oneByOne(t *Text) {
	for _, told := range d.deskTold() {
		if told.Alert.Open() && (len(t.mention.refs) == 0 || slices.Contains(t.mention.refs, told.Alert.Ref)) {
			d.putBeforeAgent(told, t)
			break
		}
	}
	d.answer("one-ref", d.info())
}
