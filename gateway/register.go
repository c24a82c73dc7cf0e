package gateway

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// Registration asks one question a text. Its steps, in order.
const (
	stepName    = "name"
	stepZIP     = "zip"
	stepContact = "contact" // again and again until LISTO
	stepCountry = "country" // of a contact's ten digits
	stepPIN     = "new-pin"
	stepConsent = "consent"
)

// extraAfter lets the summary of a registration arrive before what follows it.
const extraAfter = 3 * time.Second

// register begins or resumes a registration by text.
func (d *decision) register(t *Text) {
	if d.view.Own != nil {
		if !d.left() {
			d.answer("registered-already", d.info())
		}
		return
	}
	if q := d.conv.Question; q == nil || q.Kind != questionRegister || age(d.now, q.At) >= RegistrationOpen {
		d.ask(questionRegister, map[string]string{"step": stepName})
		d.conv.Question.Draft = &Profile{Phone: t.From, Language: d.lang}
	}
	d.askStep(d.conv.Question)
}

// draft is the registration that this phone is in the middle of.
func (d *decision) draft() *Profile {
	if q := d.conv.Question; q != nil && q.Kind == questionRegister && age(d.now, q.At) < RegistrationOpen {
		return q.Draft
	}
	return nil
}

// askStep asks the question of the step that a registration has come to.
func (d *decision) askStep(q *Question) {
	q.At, d.conv.Asked = d.now, d.now
	name := "ask-" + q.Args["step"]
	data := d.info()
	switch last := len(q.Draft.Contacts) - 1; {
	case q.Args["step"] == stepCountry:
		data = d.countryData(q)
	case q.Args["step"] == stepContact && last >= 0:
		name = "ask-next-contact"
		data.Who = d.readBack(&q.Draft.Contacts[last])
	}
	d.answer(name, data)
}

// answerRegister takes a text as the answer to the step. A wrong answer
// repeats the question with an example. Questions about something else are
// answered, and the registration waits.
func (d *decision) answerRegister(t *Text, q *Question) bool {
	if t.parsed.Intent == keyword.Panic && t.cry() >= prose.Likely { // and no name
		d.cryElsewhere(t)
		return true
	}
	next := q.clone()
	d.conv.Question = next
	switch q.Args["step"] {
	case stepName:
		name := strings.TrimSpace(templates.Plain(t.Body))
		if isMinor(t.Body) {
			d.answer("minor", d.info())
			return true
		}
		if !isName(name) || !d.Rules.names(t.Body) {
			d.answer("again-name", d.info())
			return true
		}
		next.Draft.Name = name
		next.Args["step"] = stepZIP
	case stepZIP:
		words := t.Body
		if t.parsed.Intent == keyword.ZIP {
			words = t.parsed.Rest
		}
		zip, ok := d.readZIP(words)
		if !ok {
			return true
		}
		next.Draft.ZIP = zip
		next.Args["step"] = stepContact
	case stepContact:
		return d.answerContactStep(t, next)
	case stepCountry:
		return d.answerCountry(t, next)
	case stepPIN:
		if !d.view.PIN.New.Set() {
			d.answer("again-pin", d.info())
			return true
		}
		next.Draft.PIN = d.view.PIN.New
		next.Args["step"] = stepConsent
	case stepConsent:
		reply := d.consents(t.Body)
		if reply == prose.Neither { // nothing is stored that was not said
			next.Args["asked"] = "again-consent"
			d.answer("again-consent", d.info())
			return true
		}
		next.Draft.ConsularNotice = Consent{
			Given: reply == prose.Yes, At: d.now, Channel: "sms",
			Shown: d.say(d.lang, or(next.Args["asked"], "ask-consent"), d.info()), Answered: d.hidden(t.Body),
		}
		if len(next.Draft.Contacts) == 0 && !next.Draft.ConsularNotice.Given {
			next.Args["step"], next.At = stepContact, d.now
			d.answer("ask-somebody", d.info())
			return true
		}
		d.finishRegistration(next)
		return true
	}
	d.askStep(next)
	return true
}

// isForStep reports whether a command answers the step that a registration has
// come to: "ZIP 60608", "AGREGAR 312-555-0101 Maria", "CONSULADO NO".
func (d *decision) isForStep(t *Text) bool {
	if d.draft() == nil {
		return false
	}
	switch intent := t.parsed.Intent; d.conv.Question.Args["step"] {
	case stepZIP:
		return intent == keyword.ZIP
	case stepContact, stepCountry:
		return intent == keyword.Add || intent == keyword.Legal && len(t.contacts) > 0
	case stepConsent:
		return intent == keyword.Consulate && consents(t.parsed.Rest) != prose.Neither
	}
	return false
}

// answerContactStep takes a contact or LISTO.
func (d *decision) answerContactStep(t *Text, q *Question) bool {
	if done(t.Body) {
		d.contactsDone(q)
		return true
	}
	if len(t.contacts) == 0 {
		if t.parsed.Intent != keyword.Unknown && t.parsed.Intent != keyword.Add {
			return false
		}
		d.answer("again-contact", d.info())
		return true
	}
	d.namedInRegistration(q, d.nameContacts(q.Draft, t.contacts))
	return true
}

// namedInRegistration goes on after contacts were named: with what has to be
// asked about them, else with the next contact.
func (d *decision) namedInRegistration(q *Question, n *naming) {
	q.Args = n.args(map[string]string{"step": stepContact})
	switch {
	case len(n.asked) > 0:
		q.Args["step"] = stepCountry
		d.askStep(q)
	case len(n.added) == 0:
		q.At, d.conv.Asked = d.now, d.now
		d.answer(n.reason, d.info())
	default:
		q.At, d.conv.Asked = d.now, d.now
		d.answer("ask-next-contact", d.noted(n))
	}
}

// contactsDone goes on to the PIN. Who came back from behind it, for want of
// anybody to tell, has only that to answer.
func (d *decision) contactsDone(q *Question) {
	switch {
	case !q.Draft.PIN.Set():
		q.Args["step"] = stepPIN
		d.askStep(q)
	case len(q.Draft.Contacts) == 0:
		d.answer("ask-somebody", d.info())
	default:
		d.finishRegistration(q)
	}
}

// finishRegistration makes the profile, asks the contacts, and goes on with
// what is optional.
func (d *decision) finishRegistration(q *Question) {
	p := *q.Draft
	p.ID = d.fresh.ID()
	if gone := d.view.Unseen; gone != nil { // looks erased here, and registers anew
		p.ID, p.Version, d.conv.Facade = gone.ID, gone.Version, nil
	}
	if own := d.view.Own; own != nil { // raised in the middle of registering
		p.ID, p.Version, p.Code, p.Contacts = own.ID, own.Version, own.Code, slices.Clone(own.Contacts)
		for _, c := range q.Draft.Contacts {
			if own.Contact(c.Phone) == nil {
				p.Contacts = append(p.Contacts, c)
			}
		}
	}
	if p.Code == "" {
		p.Code = d.fresh.Code()
	}
	p.Registered = d.now
	d.putProfile(&p, "registered", "phone", q.Draft.ConsularNotice.Channel)
	d.inviteContacts(&p, time.Time{})
	d.conv.Question = nil
	data := d.info()
	data.Name, data.Code, data.ZIP, data.Advise = shown(&p), string(p.Code), p.ZIP, p.ConsularNotice.Given
	for i := range p.Contacts {
		data.List = append(data.List, p.Contacts[i].called())
	}
	d.answer("registered", data)
	if d.talk != nil { // whoever registers by key wants no trace among their texts
		return
	}
	d.send(Attempt{Lane: LaneInfo, Purpose: PurposeInfo, To: p.Phone, Prefer: d.conv.Sender, Due: d.now.Add(extraAfter), Text: d.say(d.lang, "limits", d.info())})
	if s := d.tenDigitSender(); s != "" && s != d.conv.Sender {
		d.send(Attempt{Lane: LaneInfo, Purpose: PurposeInfo, To: p.Phone, Prefer: s, Due: d.now.Add(2 * extraAfter), Text: d.say(d.lang, "save-number", d.info())})
	}
	d.ask(questionDuress, nil)
	d.conv.Question.Text = d.send(Attempt{Lane: LaneInfo, Purpose: PurposeInfo, To: p.Phone, Prefer: d.conv.Sender, Due: d.now.Add(3 * extraAfter), Text: d.say(d.lang, "ask-duress-pin", d.info())})
}

// tenDigitSender is the number to save where somebody registered over a short
// code, which many prepaid plans bar later.
func (d *decision) tenDigitSender() string {
	if s, err := ParseSender(d.conv.Sender); err != nil || s.Kind != ShortCode {
		return ""
	}
	for _, s := range d.Rules.Senders {
		if s.Kind == LongCode || s.Kind == TollFree {
			return s.Address
		}
	}
	return ""
}

// answerExtra takes what is optional after a registration: a second PIN, a
// message for each contact, a family word. NO skips one; silence all.
func (d *decision) answerExtra(t *Text, q *Question) bool {
	p := d.view.Own
	if p == nil || d.view.standing == movedFrom {
		d.conv.Question = nil
		return false
	}
	if d.openCase(p.ID) != nil { // what they write now is about that
		return false
	}
	refused := t.parsed.Intent == keyword.No
	cries := t.parsed.Intent == keyword.Panic && t.cry() >= prose.Likely // and not "si me lleva la migra recoge a los ninos"
	if !refused && t.parsed.Intent != keyword.Unknown && (t.parsed.Intent != keyword.Panic || cries) {
		return false
	}
	switch q.Kind {
	case questionDuress:
		if !refused && !d.view.PIN.New.Set() {
			d.answer("again-pin", d.info())
			return true
		}
		if d.view.PIN.Taken {
			d.answer("pin-taken", d.info())
			return true
		}
		if !refused {
			p.PIN = d.view.PIN.New
			d.putProfile(p, "duress-pin", "phone", "")
		}
		d.askMessage(p, 0, !refused)
	case questionMessage:
		i := slicesIndexContact(p, q.Args["contact"])
		words := templates.Plain(d.relayed(t.Body))
		if words == "" { // a PIN is no message
			return false
		}
		if i >= 0 && !refused {
			p.Contacts[i].Message = clip(words, messageLongest)
			d.putProfile(p, "message", "phone", "")
		}
		d.askMessage(p, i+1, false)
	case questionWord:
		words := templates.Plain(d.relayed(t.Body))
		if words == "" {
			return false
		}
		d.conv.Question = nil
		if !refused {
			p.FamilyWord = clip(words, familyWordLongest)
			d.putProfile(p, "family-word", "phone", "")
		}
		d.answer("extras-done", d.info())
	}
	return true
}

// familyWordLongest keeps a notice with a family word within one segment.
const familyWordLongest = 12

// askMessage asks for a message for the profile's contact at i, and after the
// last for the family word. hidden: the text answered held a PIN.
func (d *decision) askMessage(p *Profile, i int, hidden bool) {
	data := d.info()
	data.PIN = hidden
	if i < len(p.Contacts) {
		d.ask(questionMessage, map[string]string{"contact": p.Contacts[i].ID.String()})
		data.Who = p.Contacts[i].called()
		d.answer("ask-message", data)
		return
	}
	d.ask(questionWord, nil)
	d.answer("ask-word", data)
}

func slicesIndexContact(p *Profile, id string) int {
	for i := range p.Contacts {
		if p.Contacts[i].ID.String() == id {
			return i
		}
	}
	return -1
}

// raiseDraft is ALERTA in the middle of a registration: it is raised with what
// is known, and the registration goes on.
func (d *decision) raiseDraft(words string) {
	q := d.conv.Question.clone()
	draft := *q.Draft
	p := &draft
	if len(p.Contacts) == 0 {
		d.raiseUnknown(words)
		return
	}
	p.ID = d.fresh.ID()
	if p.Code == "" {
		p.Code = d.fresh.Code()
	}
	p.Registered = d.now
	d.putProfile(p, "registered", "phone", "sms, unfinished")
	d.raise(raising{profile: p, words: words})
}

func (q *Question) clone() *Question {
	next := *q
	next.Args = map[string]string{}
	for k, v := range q.Args {
		next.Args[k] = v
	}
	if q.Draft != nil {
		draft := *q.Draft
		draft.Contacts = append([]Contact(nil), q.Draft.Contacts...)
		next.Draft = &draft
	}
	return &next
}

// isMinor reports whether somebody says instead of a name that they are under
// 18: "tengo 15 anos", "soy menor de edad".
func isMinor(s string) bool {
	tokens := keyword.Tokens(s)
	for i, token := range tokens {
		switch token {
		case "MENOR", "MINOR":
			return len(tokens) > 1
		case "ANOS", "YEARS":
			if i > 0 {
				age, err := strconv.Atoi(tokens[i-1])
				return err == nil && age < 18
			}
		}
	}
	return false
}

// isName reports whether a text can be a name: at least two letters, no more
// than 60 characters, and not a number.
func isName(s string) bool {
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsDigit(r) {
			return false
		}
	}
	return letters >= 2 && len([]rune(s)) <= 60
}

// done is LISTO in either language.
func done(s string) bool {
	tokens := keyword.Tokens(s)
	return len(tokens) == 1 && (tokens[0] == "LISTO" || tokens[0] == "LISTA" || tokens[0] == "DONE" || tokens[0] == "YA")
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
