package gateway

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"aviso/gateway/consulate"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Consents is what words say to a question that only a clear yes answers by yes.
func Consents(words string) prose.Answer {
	read := prose.Read(words)
	answer, _ := read.Consent()
	return answer
}

// IsFor reports whether a command is one that answers the step as well: NOMBRE where
// the name is asked.
func (t *Text) IsFor(step string) bool {
	switch intent := t.Parsed.Intent; step {
	case StepName:
		return intent == keyword.Name
	case StepZIP:
		return intent == keyword.ZIP
	case StepContact, StepCountry:
		return intent == keyword.Add || (intent == keyword.Legal || intent == keyword.Move && !t.Parsed.Whole) && len(t.Contacts) > 0
	case StepConsent:
		return intent == keyword.Consulate && Consents(t.Parsed.Rest) != prose.Neither
	}
	return false
}

// StepReading is what a text says at a step of a registration. Its reading is a
// label of the project's labelled texts: value, question, cancel, unclear, cry
// or robot; or minor. What the value is stands beside it.
type StepReading struct {
	Reading prose.Reading
	rule    string

	Name  string
	Zips  []string // that exist; more than one has to be asked about
	Wrong string   // five digits that are no ZIP
	Looks bool     // an agent looks at it: perhaps it is a cry
	City  bool     // a place without its ZIP, as far as one can tell
	Done  bool     // there are no more contacts
	Reply prose.Answer
}

const (
	ReadValue  prose.Reading = "value"
	ReadCancel prose.Reading = "cancel"
	ReadMinor  prose.Reading = "minor"
)

// ReadStep reads a text at a step of a registration. It is what a registration
// by text decides on, and what `keywords try` prints.
func (r *Rules) ReadStep(t *Text, step string, known *Directory) StepReading {
	zips := known.Consulates
	introduced := step == StepName && prose.Introduced(t.Body)
	if rule := t.machineAt(step); rule != "" && (rule == "reaction" || !t.GivesAt(step)) {
		return StepReading{Reading: prose.Robot, rule: rule}
	}
	words := t.Own()
	grade, cry := words.Cry()
	panics := t.Parsed.Intent == keyword.Panic && t.Cry() >= prose.Likely
	if len(t.Contacts) > 0 && (step == StepContact || step == StepCountry) && (grade >= prose.Likely || panics) {
		read := prose.Read(t.withoutContacts())
		grade, cry = read.Cry()
		panics = panics && grade >= prose.Likely
	}
	aside, rule := words.Aside()
	if introduced && (aside == prose.Asks || aside == prose.Unsure || aside == prose.Robot) {
		aside, rule = "", ""
	}
	if aside == prose.Robot {
		if words.Machined() {
			return StepReading{Reading: prose.Robot, rule: rule}
		}
		aside, rule = "", ""
	}
	help := t.Parsed.Word == "AYUDA" || t.Parsed.Word == "HELP" // "necesito ayuda para registrarme"
	if topic, _ := words.Topic(); help && (topic == "register" || topic == "change") {
		return StepReading{Reading: prose.Asks, rule: "topic"}
	}
	s := StepReading{Reading: ReadValue}
	name := ""
	if step == StepName {
		name = prose.Name(t.Body)
	}
	switch {
	case step == StepName && name != "" && !panics && (grade < prose.Likely || prose.Given(name)): // Socorro is a name
	case step == StepName && prose.Bare(t.Body): // ICE is none, and is no sentence either
		s.Looks = grade >= prose.Possible || panics
	case grade >= prose.Likely && cry != "tell-family" && (cry != "papers" || aside != prose.Asks), panics: // "avisen a mi mama 312 555 0144" names her
		return StepReading{Reading: prose.Cries, rule: cry}
	}
	switch step {
	case StepName:
		if aside == "" {
			if s.Name = name; name != "" && r.Names(name) {
				return s
			}
		}
	case StepZIP:
		if s.City = true; aside != ReadCancel {
			for _, zip := range t.Numbers.Zips() {
				if zips.Exists(zip) && (zips.Find(zip).Rule != consulate.RulePrefix || t.Numbers.OnlyZIP()) {
					s.Zips = append(s.Zips, zip)
				} else if s.Wrong = zip; zips.Exists(zip) {
					s.Wrong = "" // and perhaps not here: 68000 Oaxaca
				}
			}
			if len(s.Zips) > 0 {
				return s
			}
		}
		s.City = s.Wrong == "" && aside == "" && !strings.ContainsAny(t.Body, "0123456789?") && t.Says()
	case StepContact, StepCountry:
		switch {
		case len(t.Contacts) > 0 && aside != ReadCancel:
			return s
		case (aside != ReadCancel || rule == "ya-no" || rule == "leave" && words.LeftWith()) && words.Finished():
			s.Done, s.rule = true, "finished"
			return s
		}
	case StepPIN:
		if t.Numbers.chosenPIN() != "" && t.Numbers.choosesPIN() && aside != ReadCancel {
			return s
		}
	case StepConsent:
		if s.Reply = Consents(t.Body); s.Reply != prose.Neither && (aside != ReadCancel || rule != "cancel") && (aside != prose.Asks || s.Reply == prose.No) { // "me pueden marcar" is no yes
			return s
		}
		if aside == ReadCancel && rule != "cancel" && !strings.Contains(strings.Join(keyword.Tokens(t.Body), " "), "REGISTR") {
			aside = "" // "mejor no les digan nada" ends no registration
		}
	}
	switch {
	case grade >= prose.Likely && step != StepName && cry != "papers":
		s.Reading, s.rule = prose.Cries, cry
	case aside != "":
		s.Reading, s.rule = aside, rule
	case grade >= prose.Possible && cry != "letters" && step != StepName && step != StepConsent:
		s.Reading, s.rule = prose.Cries, cry
	case words.Questions():
		s.Reading, s.rule = prose.Asks, "question"
	default:
		s.Reading, s.rule = prose.Unsure, ""
	}
	return s
}

// withoutContacts is a text without the names of the contacts in it, and without
// what it says of their telephones: Socorro is a name, and "mis papas tienen el
// mismo numero" tells of no arrest.
func (t *Text) withoutContacts() string {
	body := t.Body
	for _, c := range t.Contacts {
		for _, w := range strings.Fields(c.Name) {
			if prose.Given(w) {
				body = regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(w)+`\b`).ReplaceAllString(body, "Maria")
			}
		}
	}
	return haveNumber().ReplaceAllString(body, " es ")
}

var haveNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(tienen?|tiene|have|has|got)\s+(el|la|un|otro|su|the|a|another)?\s*(mismo|misma|numero|número|telefono|teléfono|tel|cel|celular|same|phone|number)\b`)
})

// GivesAt reports whether a text gives what a step asks for, though it looks like a
// machine's by its wording alone.
func (t *Text) GivesAt(step string) bool {
	if _, rule := t.Own().Machine(); rule != "style" && rule != "app" {
		return false
	}
	switch step {
	case StepName:
		return prose.Introduced(t.Body)
	case StepPIN:
		return t.Numbers.chosenPIN() != "" && t.Numbers.choosesPIN()
	}
	return false
}

// machineAt is the rule by which a machine wrote a text that came in the middle
// of a registration; "" where a person did. Who gives a number may call it a code
// ("mi codigo es 4829"), and who sends a card of a contact pressed a key.
func (t *Text) machineAt(step string) string {
	if prose.Reaction(t.Body) {
		return "reaction"
	}
	_, rule := t.Own().Machine()
	switch {
	case t.Machine == NoMachine && machineOf(t) == NoMachine, rule == "media":
		return ""
	case (step == StepZIP || step == StepPIN) && slices.ContainsFunc(keyword.Tokens(t.Body), func(w string) bool { return w == "MI" || w == "MY" }):
		return ""
	}
	return cmp.Or(rule, "quoted")
}

// registrationSteps are the steps of the contexts of a registration.
var registrationSteps = map[prose.Context]string{
	prose.RegName: StepName, prose.RegZIP: StepZIP, prose.RegContact: StepContact, prose.RegNext: StepContact, prose.RegPIN: StepPIN, prose.RegConsent: StepConsent,
}

// Understand is what a text means in a context, as the gateway takes it there:
// an intent of the context's labels. known are the ZIPs and area codes that exist.
func Understand(c prose.Context, text string, known *Directory) prose.Meaning {
	step := registrationSteps[c]
	if step == "" {
		return prose.Understand(c, text)
	}
	t := NewText("", "", "", text, "")
	p := t.Parsed
	m := prose.Meaning{Match: p.Match, Word: p.Word, Rule: "word", Rest: p.Rest}
	switch {
	case p.Intent == keyword.Raise && p.Word != "1" && machineOf(t) == NoMachine:
		m.Intent, m.Grade = string(prose.Cries), prose.Certain
		return m
	case p.Intent == keyword.Stop, p.Intent == keyword.Cancel && strings.HasPrefix(p.Word, "CANCEL"):
		m.Intent = string(ReadCancel)
		return m
	case p.Overrides() && !t.IsFor(step):
		m.Intent = string(prose.Asks)
		return m
	}
	s := (&Rules{}).ReadStep(t, step, known)
	m = prose.Meaning{Intent: string(s.Reading), Rule: s.rule, Rest: p.Rest}
	if s.Reading == ReadValue && !s.Done && t.refusedAt(step, known) {
		m.Intent = string(prose.Unsure)
	}
	if s.Reading == prose.Cries {
		m.Grade = prose.Likely
	}
	if s.Reading == ReadMinor {
		m.Intent = string(prose.Unsure)
	}
	if m.Rule != "" {
		m.Match = prose.Phrase
	}
	return m
}

// refusedAt reports whether the value of a text is one that is not taken: a PIN
// that everybody tries, telephones of which none can be a contact's.
func (t *Text) refusedAt(step string, known *Directory) bool {
	switch step {
	case StepPIN:
		return EasyPIN(t.Numbers.chosenPIN(), "") || t.Numbers.OfBirth()
	case StepContact:
		reader := PhoneReader{Plan: known.Numbers, Served: (&Rules{}).Served()}
		return !slices.ContainsFunc(t.Contacts, func(c NamedContact) bool {
			_, err := reader.Read(c.Written)
			var ambiguous *ErrAmbiguousPhone
			return err == nil || errors.As(err, &ambiguous)
		})
	}
	return false
}
