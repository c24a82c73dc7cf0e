package gateway

import (
	"strings"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Text is a text message that came in. Make it with NewText.
type Text struct {
	Key    string // the carrier's id of the message; a repeat is answered the same
	From   Phone
	Via    Via    // the way by which it came; the answer to it goes back by the same
	Sender string // the number of ours that was written to, with its way: "whatsapp:+15550001111"
	Body   string
	OptOut string // what the carrier did by itself: STOP, START, HELP or ""

	Enclosed Enclosed // that came with it

	Parsed   keyword.Parsed
	read     *prose.Text // what Own returns
	Said     string      // beside the command's word
	Numbers  Numbers     // of what is said
	Mention  mention
	Contacts []NamedContact
	Also     []Phone   // named earlier, whom a decision has to see
	Who      *Identity // whose alert it may be, where it or what came before says so
	Moving   bool      // who is who moves to this phone
	limited  bool
	Machine  machine // that wrote it
}

// NewText reads what a text says, apart from any context. key is the carrier's
// unique id of the message.
func NewText(key string, from Phone, sender, body, optOut string) *Text {
	body = prose.Unsigned(bounded(body))
	t := &Text{Key: key, From: from, Sender: sender, Body: body, OptOut: optOut}
	t.Parsed = keyword.Parse(body)
	if t.Parsed.Intent == keyword.Name && t.Cry() >= prose.Likely { // "nombre: Juan, me agarraron"
		t.Parsed = keyword.Parsed{Intent: keyword.Unknown, Rest: body}
	}
	t.Said = strings.TrimSpace(t.Parsed.Lead + " " + t.Parsed.Rest)
	t.Numbers = ReadNumbers(t.Said)
	t.Mention = t.Numbers.mentions()
	t.hearMove()
	t.Contacts = parseContacts(t.words())
	return t
}

// Scope is the phone's conversation and whoever the text names.
func (t *Text) Scope() Scope {
	s := Scope{Key: "sms:" + t.Key, Phone: t.From, Refs: t.Mention.Refs, Invited: append(Searched(t.Contacts), t.Also...), Drills: t.Parsed.Intent == keyword.Drill, Moves: t.Moving || t.Parsed.Intent == keyword.Move}
	switch t.Parsed.Intent {
	case keyword.Raise, keyword.Panic, keyword.Cancel, keyword.Status, keyword.Move:
		s.NamedPhones, s.NamedCodes = t.Mention.phones, t.Mention.codes
	}
	if t.Who != nil {
		s.NamedPhones, s.NamedCodes = t.Who.Phones, t.Who.Codes
	}
	return s
}

// Ending is how the person says that it ended: the reason of a closed alert, or
// "pin" where they say nothing.
func (t *Text) Ending() string {
	for _, word := range keyword.Tokens(t.Parsed.Rest) {
		switch keyword.Ending(word) {
		case "LIBRE":
			return "released"
		case "DEPORTADO":
			return "deported"
		case "ERROR":
			return "false-alarm"
		}
	}
	return EndedByPIN
}

// words is what a text says of a contact: all of it as an answer, what stands
// between the command and the PIN in a command.
func (t *Text) words() string {
	if t.Parsed.Word == "" || t.Parsed.Intent == keyword.Legal { // "Abogado Ruiz 312-555-0101" names him
		return t.Body
	}
	return t.WithoutPIN()
}

// Consent reads the SI or NO behind CONSULADO. It is said where there is such a
// word, or a PIN and nothing that may be a ZIP; and it may be unclear.
func (t *Text) Consent() (reply prose.Answer, said bool) {
	words := t.WithoutPIN()
	if reply = Consents(words); reply != prose.Neither {
		return reply, true
	}
	tokens := keyword.Tokens(words)
	return reply, len(tokens) > 0 && Consents(tokens[0]) != prose.Neither || t.CommandPIN() != nil && digit.Only(words) == ""
}

// cut bounds a person's words, so that a text stays under the 1,600 characters
// that a carrier takes.
func cut(words string) string {
	runes := []rune(words)
	if len(runes) <= WordsLength {
		return words
	}
	return string(runes[:WordsLength]) + "..."
}

const WordsLength = 1200

// Clip bounds words to a number of characters.
func Clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// As is a text as the command that it amounts to: people's own words for one, or
// the PIN that was missing in it. It came in as this text did.
func (t *Text) As(command string) *Text {
	as := NewText(t.Key, t.From, t.Sender, command, "")
	as.Via = t.Via
	return as
}

// Limit says that the phone has sent more than its share. What it says is kept
// all the same; what a text may cost beside that, the trying of PINs, is not
// done for it: ALERTA with somebody's number and PIN then counts as one whose
// PIN is wrong, which puts it before an agent.
func (t *Text) Limit() { t.limited = true }

// Limited reports whether Limit was said of it.
func (t *Text) Limited() bool { return t.limited }
