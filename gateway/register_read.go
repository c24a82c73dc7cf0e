package gateway

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"aviso/gateway/consulate"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// stepReading is what a text says at a step of a registration. Its reading is a
// label of the project's labelled texts: value, question, cancel, unclear, cry
// or robot; or minor. What the value is stands beside it.
type stepReading struct {
	reading prose.Reading
	rule    string

	name  string
	zips  []string // that exist; more than one has to be asked about
	wrong string   // five digits that are no ZIP
	looks bool     // an agent looks at it: perhaps it is a cry
	city  bool     // a place without its ZIP, as far as one can tell
	done  bool     // there are no more contacts
	reply prose.Answer
}

const (
	readValue  prose.Reading = "value"
	readCancel prose.Reading = "cancel"
	readMinor  prose.Reading = "minor"
)

// readStep reads a text at a step of a registration. It is what a registration
// by text decides on, and what `keywords try` prints.
func (r *Rules) readStep(t *Text, step string, known *Directory) stepReading {
	zips := known.Consulates
	if rule := t.machineAt(step); rule != "" {
		return stepReading{reading: prose.Robot, rule: rule}
	}
	words := t.own()
	grade, cry := words.Cry()
	aside, rule := words.Aside()
	if aside == prose.Robot {
		if words.Machined() {
			return stepReading{reading: prose.Robot, rule: rule}
		}
		aside, rule = "", ""
	}
	help := t.parsed.Word == "AYUDA" || t.parsed.Word == "HELP" // "necesito ayuda para registrarme"
	if topic, _ := words.Topic(); help && topic == "register" {
		return stepReading{reading: prose.Asks, rule: "topic"}
	}
	s := stepReading{reading: readValue}
	name := ""
	if step == stepName {
		name = prose.Name(t.Body)
	}
	switch panics := t.parsed.Intent == keyword.Panic && t.cry() >= prose.Likely; {
	case step == stepName && name != "" && !panics && (grade < prose.Likely || prose.Given(name)): // Socorro is a name
	case step == stepName && prose.Bare(t.Body): // ICE is none, and is no sentence either
		s.looks = grade >= prose.Possible || panics
	case grade >= prose.Likely && cry != "tell-family" && (cry != "papers" || aside != prose.Asks), panics: // "avisen a mi mama 312 555 0144" names her
		return stepReading{reading: prose.Cries, rule: cry}
	}
	switch step {
	case stepName:
		if aside == "" {
			if s.name = name; name != "" && r.names(name) {
				return s
			}
		}
	case stepZIP:
		if s.city = true; aside != readCancel {
			for _, zip := range t.numbers.zips() {
				if zips.Exists(zip) && (zips.Find(zip).Rule != consulate.RulePrefix || t.numbers.onlyZIP()) {
					s.zips = append(s.zips, zip)
				} else if s.wrong = zip; zips.Exists(zip) {
					s.wrong = "" // and perhaps not here: 68000 Oaxaca
				}
			}
			if len(s.zips) > 0 {
				return s
			}
		}
		s.city = s.wrong == "" && aside == "" && !strings.ContainsAny(t.Body, "0123456789?") && t.says()
	case stepContact, stepCountry:
		switch {
		case len(t.contacts) > 0 && aside != readCancel:
			return s
		case (aside != readCancel || rule == "ya-no") && words.Finished():
			s.done, s.rule = true, "finished"
			return s
		}
	case stepPIN:
		if t.numbers.chosenPIN() != "" && t.numbers.choosesPIN() && aside != readCancel {
			return s
		}
	case stepConsent:
		if s.reply = consents(t.Body); s.reply != prose.Neither && (aside != readCancel || rule != "cancel") && (aside != prose.Asks || s.reply == prose.No) { // "me pueden marcar" is no yes
			return s
		}
		if aside == readCancel && rule != "cancel" && !strings.Contains(strings.Join(keyword.Tokens(t.Body), " "), "REGISTR") {
			aside = "" // "mejor no les digan nada" ends no registration
		}
	}
	switch {
	case grade >= prose.Likely && step != stepName && cry != "papers":
		s.reading, s.rule = prose.Cries, cry
	case aside != "":
		s.reading, s.rule = aside, rule
	case grade >= prose.Possible && cry != "letters" && step != stepName && step != stepConsent:
		s.reading, s.rule = prose.Cries, cry
	case words.Questions():
		s.reading, s.rule = prose.Asks, "question"
	default:
		s.reading, s.rule = prose.Unsure, ""
	}
	return s
}

// machineAt is the rule by which a machine wrote a text that came in the middle
// of a registration; "" where a person did. Who gives a number may call it a code
// ("mi codigo es 4829"), and who sends a card of a contact pressed a key.
func (t *Text) machineAt(step string) string {
	if prose.Reaction(t.Body) {
		return "reaction"
	}
	_, rule := t.own().Machine()
	switch {
	case t.machine == noMachine && machineOf(t) == noMachine, rule == "media":
		return ""
	case (step == stepZIP || step == stepPIN) && slices.ContainsFunc(keyword.Tokens(t.Body), func(w string) bool { return w == "MI" || w == "MY" }):
		return ""
	}
	return cmp.Or(rule, "quoted")
}

// registrationSteps are the steps of the contexts of a registration.
var registrationSteps = map[prose.Context]string{
	prose.RegName: stepName, prose.RegZIP: stepZIP, prose.RegContact: stepContact, prose.RegNext: stepContact, prose.RegPIN: stepPIN, prose.RegConsent: stepConsent,
}

// Understand is what a text means in a context, as the gateway takes it there:
// an intent of the context's labels. known are the ZIPs and area codes that exist.
func Understand(c prose.Context, text string, known *Directory) prose.Meaning {
	step := registrationSteps[c]
	if step == "" {
		return prose.Understand(c, text)
	}
	t := NewText("", "", "", text, "")
	p := t.parsed
	m := prose.Meaning{Match: p.Match, Word: p.Word, Rule: "word", Rest: p.Rest}
	switch {
	case p.Intent == keyword.Raise && p.Word != "1" && machineOf(t) == noMachine:
		m.Intent, m.Grade = string(prose.Cries), prose.Certain
		return m
	case p.Intent == keyword.Stop, p.Intent == keyword.Cancel && strings.HasPrefix(p.Word, "CANCEL"):
		m.Intent = string(readCancel)
		return m
	case p.Overrides() && !t.isFor(step):
		m.Intent = string(prose.Asks)
		return m
	}
	s := (&Rules{}).readStep(t, step, known)
	m = prose.Meaning{Intent: string(s.reading), Rule: s.rule, Rest: p.Rest}
	if s.reading == readValue && !s.done && t.refusedAt(step, known) {
		m.Intent = string(prose.Unsure)
	}
	if s.reading == prose.Cries {
		m.Grade = prose.Likely
	}
	if s.reading == readMinor {
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
	case stepPIN:
		return EasyPIN(t.numbers.chosenPIN(), "") || t.numbers.ofBirth()
	case stepContact:
		reader := PhoneReader{Plan: known.Numbers, Served: (&Rules{}).served()}
		return !slices.ContainsFunc(t.contacts, func(c namedContact) bool {
			_, err := reader.Read(c.Written)
			var ambiguous *ErrAmbiguousPhone
			return err == nil || errors.As(err, &ambiguous)
		})
	}
	return false
}
