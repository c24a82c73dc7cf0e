package prose

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
	r := first(toldRules(), t)
	if r != nil && (r.label == "wrong" || r.label == "stop") {
		return Reading(r.label), r.name
	}
	switch a, rule := t.Answer(); {
	case a == No && (rule != "begins" || len(t.words) < 4):
		return Refuses, rule
	case t.question():
		return Asks, "question"
	case a == Yes:
		return Accepts, rule
	case r != nil && (r.label == "refuse" || r.label == "question"):
		return Reading(r.label), r.name
	}
	return Other, ""
}

// Meaning is what a text means in a context, as `aviso keywords try` says it.
type Meaning struct {
	Intent string // one of the context's labels
	Grade  Grade  // of cry
	Rule   string // which rule decided; "" where none did
}

// Understand is what a text means in a context, one's own words alone: a
// command of the table is keyword's to find first. Intents are the labels of
// the project's labelled texts: cry, talk, info:rights, confirm …
func Understand(c Context, text string) Meaning {
	t := Read(text)
	reading := func(r Reading, rule string) Meaning { return Meaning{Intent: string(r), Rule: rule} }
	grade, cryRule := t.Cry()
	switch c {
	case OwnOpen:
		return reading(t.Own())
	case ContactTold:
		return reading(t.Told())
	case ContactInvited:
		return reading(t.Invited())
	case DeskTold:
		return reading(t.Desk())
	}
	kind, rule := t.Machine()
	if kind != "" && c != OwnIdle {
		return Meaning{Intent: string(Robot), Rule: rule}
	}
	switch c {
	case OwnAsked:
		a, rule := t.AnswersAlert()
		return Meaning{Intent: [...]string{"other", "yes", "no"}[a], Rule: rule}
	case RegName, RegZIP, RegContact, RegNext, RegPIN, RegConsent:
		return t.registering(c)
	}
	switch topic, topicRule := t.Topic(); {
	case kind != "" && (kind == "reaction" || !t.NamesAlert()):
		return Meaning{Intent: string(Robot), Rule: rule}
	case kind != "":
		return Meaning{Intent: string(Robot), Grade: Possible, Rule: rule}
	case grade == Likely:
		return Meaning{Intent: string(Cries), Grade: grade, Rule: cryRule}
	case topic == "human":
		return Meaning{Intent: topic, Rule: topicRule}
	case topic != "":
		return Meaning{Intent: "info:" + topic, Rule: topicRule}
	case grade == Possible:
		return Meaning{Intent: string(Cries), Grade: grade, Rule: cryRule}
	}
	return Meaning{Intent: string(Talk), Grade: grade, Rule: cryRule}
}

// NamesAlert reports whether an alert word stands in the text.
func (t *Text) NamesAlert() bool { return t.has(words().class("alert")) }

// registering is what a text means at a step of a registration.
func (t *Text) registering(c Context) Meaning {
	if grade, rule := t.Cry(); grade == Likely && (c != RegName || rule != "help") {
		return Meaning{Intent: string(Cries), Grade: grade, Rule: rule}
	}
	if c == RegNext && t.Finished() {
		return Meaning{Intent: "value", Rule: "finished"}
	}
	value := false
	switch c {
	case RegName:
		value = Name(t.raw) != ""
	case RegZIP:
		value = len(ZIPs(t.raw)) > 0
	case RegContact, RegNext:
		value = len(Contacts(t.raw)) > 0
	case RegPIN:
		_, value = PIN(t.raw)
	}
	r, rule := t.Aside()
	switch {
	case c == RegConsent:
		if r == "cancel" || r == Asks {
			return Meaning{Intent: string(r), Rule: rule}
		}
		a, answer := t.Answer()
		if a != Neither {
			return Meaning{Intent: "value", Rule: answer}
		}
		if t.question() {
			return Meaning{Intent: string(Asks), Rule: "question"}
		}
		return Meaning{Intent: string(Unsure), Rule: answer}
	case r == "cancel", r != "" && !value, r != "" && c == RegName:
		return Meaning{Intent: string(r), Rule: rule}
	case value:
		return Meaning{Intent: "value"}
	case t.question():
		return Meaning{Intent: string(Asks), Rule: "question"}
	}
	return Meaning{Intent: string(Unsure)}
}
