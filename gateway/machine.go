package gateway

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// Phones and offices answer by themselves: a heart on a message of ours, "I'm
// driving", a bank's notice. What no person wrote raises nothing, confirms
// nothing, is no answer to a question, and is not answered: two machines would go
// on for ever.

// machine is what kind of machine wrote a text.
type machine int

const (
	NoMachine machine = iota // a person, as far as can be seen
	AnEcho                   // a reaction to a text, or a quotation of one of ours
	AReply                   // what a phone or an office answers by itself
	ANotice                  // of a bank, a carrier, a shop
	AnAlarm                  // either with an alert word: somebody looks, and nobody is told by silence
)

// Read sees whether a machine wrote a text. Of a quotation beside which somebody
// cries for help, or gives a command, that is left.
func Read(t *Text, ours *Quotes) *Text {
	read := *t
	beside, quotes := ours.quoted(t)
	switch {
	case prose.Reaction(t.Body):
		read.Machine = AnEcho
	case quotes && speaks(beside):
		read = *NewText(t.Key, t.From, t.Sender, beside, t.OptOut)
		read.Via, read.Enclosed = t.Via, t.Enclosed
		read.limited = t.limited
	case quotes:
		read.Machine = AnEcho
	default:
		read.Machine = machineOf(&read)
	}
	return &read
}

// speaks reports whether what stands beside a quotation is a person's own: a cry
// or a command.
func speaks(beside string) bool {
	p := keyword.Parse(beside)
	if p.Intent == keyword.Raise && p.Word != "1" || p.Overrides() {
		return true
	}
	words := prose.Read(beside)
	kind, _ := words.Machine()
	grade, _ := words.Cry()
	return kind == "" && grade == prose.Likely
}

// machineOf is what kind of machine wrote a text that is no echo. A command of
// the table is nobody's but a person's, and with an alert word at the head only
// what authorities and banks call an alert is not.
func machineOf(t *Text) machine {
	p, words := t.Parsed, t.Own()
	kind, rule := words.Machine()
	if rule == "code" && t.givesOwnCode() {
		return NoMachine
	}
	if kind == "" || rule == "header" || rule == "link" { // too little to be sure
		return NoMachine
	}
	if p.Intent == keyword.Raise && p.Word != "1" {
		switch rule {
		case "amber", "bank", "weather", "test":
			return AnAlarm
		case "charge": // "Alerta: compra por $1,250.00"
			if !t.FirstPerson() {
				return AnAlarm
			}
		}
		return NoMachine
	}
	if p.Overrides() {
		return NoMachine
	}
	grade, why := words.Cry()
	switch alert := why == "alert" || why == "help"; {
	case (rule == "driving" || rule == "busy") && grade == prose.Likely && !alert: // "estoy manejando y me paro la migra"
		return NoMachine
	case p.Intent == keyword.Panic, words.NamesAlert():
		return AnAlarm
	case kind == "auto":
		return AReply
	}
	return ANotice
}

// givesOwnCode reports whether what looks like a one-time code is somebody's own,
// or their number, with a PIN: "mi codigo es 197482706 y mi clave 4821". Whether
// there is such a person makes no difference: silence would tell.
func (t *Text) givesOwnCode() bool {
	who := t.Identity()
	return who.Complete() && (len(who.Codes) > 0 || t.FirstPerson())
}

// FirstPerson reports whether a text speaks of its writer: notices do not.
func (t *Text) FirstPerson() bool {
	return slices.ContainsFunc(t.Numbers.words, func(w keyword.Word) bool { return firstPerson[w.Text] })
}

// firstPerson are words that people say of themselves and notices do not.
var firstPerson = Set("MI", "MIO", "ME", "SOY", "ESTOY", "NOS", "MY", "MINE", "I", "IM", "US")

// The least of our words that make a text a quotation. Behind the programme's
// name, as all our texts begin, three in a row do, or an alert's reference;
// between quotation marks or without the name it takes more, since people say
// what we say: "guarde silencio".
const (
	quotedRun    = 3 // in a row
	quotedMarked = 4 // between quotation marks that hold little else
	quotedBare   = 8 // of at most a third more
)

// quoted reports whether a text quotes one of ours, whatever stands for its
// placeholders, and returns what stands beside the quotation.
func (q *Quotes) quoted(t *Text) (beside string, ok bool) {
	body := t.Body
	if at := strings.Index(body, q.programme); at >= 0 && q.programme != "" {
		quote := body[at+len(q.programme):]
		tokens := keyword.Tokens(quote)
		if q.ours(tokens) >= quotedRun || namesRef(tokens) {
			return outside(body[:at], quote), true
		}
	}
	if t.Parsed.Intent == keyword.Raise {
		return "", false // who writes down what we told them to write
	}
	tokens := keyword.Tokens(body)
	ours := q.ours(tokens)
	text := strings.TrimSpace(body)
	marked := strings.IndexAny(text, `"“«„'‘`) == 0 && 5*ours >= 4*len(tokens)
	return "", marked && ours >= quotedMarked || ours >= quotedBare && 3*ours >= 2*len(tokens)
}

// Quotes recognise our own texts. They are read once, when the first text comes.
type Quotes struct {
	once      sync.Once
	programme string
	phrases   map[string]bool // words in a row of our texts
}

// Of are the quotations of a programme's texts.
func (q *Quotes) Of(programme string, words *templates.Catalog) *Quotes {
	q.once.Do(func() {
		q.programme, q.phrases = programme, map[string]bool{}
		for _, piece := range words.Pieces() {
			words := keyword.Tokens(piece)
			for i := quotedRun; i <= len(words); i++ {
				q.phrases[strings.Join(words[i-quotedRun:i], " ")] = true
			}
		}
	})
	return q
}

// ours counts the words that stand in a row as they do in a text of ours.
func (q *Quotes) ours(tokens []string) int {
	n, counted := 0, 0 // counted: the words up to here are
	for i := quotedRun; i <= len(tokens); i++ {
		if q.phrases[strings.Join(tokens[i-quotedRun:i], " ")] {
			n += i - max(counted, i-quotedRun)
			counted = i
		}
	}
	return n
}

// namesRef reports whether an alert's reference follows what we call an alert.
func namesRef(tokens []string) bool {
	for i, token := range tokens[:max(0, len(tokens)-1)] {
		switch token {
		case "ALERTA", "ALERT", "AVISO", "NOTICE", "PRUEBA", "DRILL":
			if keyword.IsRef(tokens[i+1]) {
				return true
			}
		}
	}
	return false
}

// outside is what stands in front of a quotation and behind it. It ends with its
// closing mark, else with the line.
func outside(before, quote string) string {
	before = strings.TrimRightFunc(before, unicode.IsSpace)
	behind, ends := "", "\n"
	for _, marks := range []string{`""`, "“”", "«»", "„“", "''", "‘’"} {
		if m := []rune(marks); strings.HasSuffix(before, string(m[0])) {
			before, ends = strings.TrimSuffix(before, string(m[0])), string(m[1])
			break
		}
	}
	if at := strings.Index(quote, ends); at >= 0 {
		behind = quote[at+len(ends):]
	}
	return strings.TrimSpace(strings.Trim(before, "> \t\n") + " " + strings.TrimSpace(behind))
}
