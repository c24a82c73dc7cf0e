package prose

import (
	"sync"

	"aviso/gateway/keyword"
)

// Context is who writes, and what was said to them before.
type Context string

// The contexts, as labelled texts name them.
const (
	OwnIdle        Context = "own_idle"        // a registered phone, nothing open, nothing asked
	OwnOpen        Context = "own_open"        // the person's own alert is open
	OwnAsked       Context = "own_asked"       // we asked "Es una ALERTA? Responda 1"
	ContactTold    Context = "contact_told"    // a contact who was told of an alert
	ContactInvited Context = "contact_invited" // a contact who was asked to be one
	UnknownIdle    Context = "unknown_idle"    // a phone that nobody knows
	UnknownAsked   Context = "unknown_asked"   // the same, asked for number and PIN
	RegName        Context = "reg_name"        // the steps of REGISTRO
	RegZIP         Context = "reg_zip"
	RegContact     Context = "reg_contact"
	RegNext        Context = "reg_next"
	RegPIN         Context = "reg_pin"
	RegConsent     Context = "reg_consent"
	DeskTold       Context = "desk_told" // a consulate's desk that was told of an alert
)

// Contexts are all of them, in the order of the contract.
func Contexts() []Context {
	return []Context{OwnIdle, OwnOpen, OwnAsked, ContactTold, ContactInvited, UnknownIdle, UnknownAsked,
		RegName, RegZIP, RegContact, RegNext, RegPIN, RegConsent, DeskTold}
}

// String is the grade's name in the contract.
func (g Grade) String() string {
	switch g {
	case Certain:
		return "certain"
	case Likely:
		return "likely"
	case Possible:
		return "possible"
	case Unclear:
		return "unclear"
	}
	return ""
}

// Invited reads a text of a contact who was asked to be one: "accept",
// "refuse", "wrong", "stop", "question", "robot", "cry", or "other".
func (t *Text) Invited() (Reading, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Robot, rule
	}
	switch stop, rule := t.Stop(); stop {
	case WantsStop, LeaveMe:
		return Stops, rule
	case AsksHow:
		return Asks, rule
	}
	r := first(toldRules(), t)
	sums, rules := weigh(invited(), t)
	if t.asks() {
		sums["ask"], rules["ask"] = sums["ask"]+3, "mark"
	}
	if r != nil && r.label == "wrong" {
		sums["wrong"], rules["wrong"] = sums["wrong"]+3, r.name
	}
	switch a, clear, name := t.answer(); {
	case a == Yes && clear:
		sums["accept"] += 2
	case a == No && name != "begins":
		sums["refuse"] += 2
	case a == Neither && name != "":
		sums["accept"] -= 3
	}
	sums["accept"] -= doubt * int(t.Styled())
	best, rest := "other", 0
	for _, side := range []string{"wrong", "ask", "refuse", "accept", "other"} { // the safer first, where two weigh the same
		switch {
		case sums[side] > sums[best]:
			best, rest = side, sums[best]
		case sums[side] > rest && side != best:
			rest = sums[side]
		}
	}
	rule := rules[best]
	switch {
	case best == "accept" && sums[best] >= 2 && sums[best] > rest:
		return Accepts, rule
	case best == "refuse" && sums[best] >= 2:
		return Refuses, rule
	case best == "wrong" && sums[best] >= 2:
		return WrongOne, rule
	case best == "ask" && sums[best] >= 2:
		return Asks, rule
	}
	return Other, ""
}

var invited = sync.OnceValue(func() []weighed { return weights("invited") })

// Meaning is what a text means in a context, as `aviso keywords try` says it.
type Meaning struct {
	Intent string // one of the context's labels
	Grade  Grade  // of cry
	Match  keyword.Match
	Word   string // the table's word, where one decided
	Rule   string // which rule decided; "" where none did
	Rest   string // what stands behind the word
}

// Understand is what a text means in a context. The table's words come first,
// then one's own. Intents are the labels of the project's labelled texts: cry,
// talk, info:rights, confirm … The steps of a registration are not read here:
// what is a value the domain knows.
func Understand(c Context, text string) Meaning {
	t := Read(text)
	kind, rule := t.Machine()
	p := keyword.Parse(text)
	if c == OwnIdle && p.Intent == keyword.Help && kind == "" && t.CallsOut() {
		return Meaning{Intent: string(Cries), Grade: Likely, Match: p.Match, Word: p.Word, Rule: "called-out", Rest: p.Rest}
	}
	if label := commandIn(c, p); label != "" && kind == "" {
		m := Meaning{Intent: label, Match: p.Match, Word: p.Word, Rule: "word", Rest: p.Rest}
		if label == string(Cries) || label == string(Again) {
			m.Grade = Certain
		}
		return m
	}
	m := t.own(c, kind, rule)
	if c == DeskTold {
		r, rule := t.DeskSays(p)
		if r == WrongOne {
			r = Unsure // which desk it is, is none of the labels
		}
		if m = (Meaning{Intent: string(r), Rule: rule}); rule == "word" {
			m.Match, m.Word, m.Rest = p.Match, p.Word, p.Rest
			return m
		}
	}
	m.Rest = p.Rest
	if m.Rule != "" {
		m.Match = Phrase
	}
	return m
}

// Phrase is how a text matched that holds none of the table's words.
const Phrase keyword.Match = "phrase"

// commandIn is the label that a word of the table has in a context; "" where
// the text's own words decide.
func commandIn(c Context, p keyword.Parsed) string {
	raises := p.Intent == keyword.Raise && p.Word != "1"
	switch c {
	case OwnIdle, UnknownIdle:
		if p.Intent == keyword.Raise {
			return string(Cries)
		}
		if label, ok := informs[p.Intent]; ok && p.Whole {
			return "info:" + label
		}
	case OwnOpen:
		switch {
		case p.Intent == keyword.Raise:
			return string(Again)
		case p.Intent == keyword.Cancel && p.Match != keyword.Near:
			return string(Over)
		case p.Intent == keyword.Status && p.Whole:
			return string(Status)
		}
	case OwnAsked:
		switch {
		case p.Intent == keyword.Raise && p.Rest == "", raises, p.Intent == keyword.Yes && p.Whole:
			return "yes"
		case p.Intent == keyword.No && p.Whole, p.Intent == keyword.Cancel && p.Whole:
			return "no"
		case p.Intent == keyword.Stop:
			return string(Other)
		}
	case ContactTold, ContactInvited:
		told := map[keyword.Intent]Reading{keyword.Wrong: WrongOne, keyword.Stop: Stops}
		switch r, ok := told[p.Intent]; {
		case raises && c == ContactTold:
			return string(Cries)
		case raises:
			return string(Other)
		case ok && p.Whole:
			return string(r)
		case c == ContactTold && (p.Intent == keyword.Acknowledge || p.Intent == keyword.Yes) && p.Whole, c == ContactTold && p.Intent == keyword.Raise && p.Rest == "":
			return string(Confirms)
		case c == ContactInvited && p.Whole && (p.Intent == keyword.Yes || p.Intent == keyword.Raise && p.Rest == ""):
			return string(Accepts)
		case c == ContactInvited && p.Intent == keyword.No && p.Whole:
			return string(Refuses)
		}
	case UnknownAsked:
		if raises {
			return string(Cries)
		}
	}
	return ""
}

// informs are the commands that only ask for something, and what for.
var informs = map[keyword.Intent]string{
	keyword.Help: "help", keyword.Rights: "rights", keyword.Consulate: "consulate", keyword.Legal: "legal", keyword.Shelter: "shelter",
	keyword.Register: "register", keyword.Data: "data", keyword.Name: "data", keyword.ZIP: "register", keyword.Add: "register", keyword.Remove: "register",
	keyword.Drill: "drill", keyword.Erase: "erase", keyword.Stop: "stop", keyword.Status: "status", keyword.CheckIn: "checkin",
}

// own is what a text's own words mean in a context; kind and rule are those of
// the machine that wrote it.
func (t *Text) own(c Context, kind, rule string) Meaning {
	reading := func(r Reading, rule string) Meaning { return Meaning{Intent: string(r), Rule: rule} }
	switch c {
	case OwnOpen:
		return reading(t.Own())
	case ContactTold:
		return reading(t.Told())
	case ContactInvited:
		return reading(t.Invited())
	}
	if kind != "" && c != OwnIdle {
		return Meaning{Intent: string(Robot), Rule: rule}
	}
	switch c {
	case OwnAsked:
		a, rule := t.AnswersAlert()
		return Meaning{Intent: [...]string{"other", "yes", "no"}[a], Rule: rule}
	}
	grade, cryRule := t.Cry()
	switch topic, topicRule := t.Topic(); {
	case kind != "" && (kind == "reaction" || !t.NamesAlert()):
		return Meaning{Intent: string(Robot), Rule: rule}
	case kind != "":
		return Meaning{Intent: string(Robot), Grade: Possible, Rule: rule}
	case grade == Likely:
		return Meaning{Intent: string(Cries), Grade: grade, Rule: cryRule}
	case topic == "human":
		return Meaning{Intent: topic, Rule: topicRule}
	case topic == "change": // of what is registered
		return Meaning{Intent: "info:register", Rule: topicRule}
	case topic != "":
		return Meaning{Intent: "info:" + topic, Rule: topicRule}
	case grade == Possible:
		return Meaning{Intent: string(Cries), Grade: grade, Rule: cryRule}
	}
	return Meaning{Intent: string(Talk), Grade: grade, Rule: cryRule}
}

// NamesAlert reports whether an alert word stands in the text.
func (t *Text) NamesAlert() bool { return t.has(words().class("alert")) }
