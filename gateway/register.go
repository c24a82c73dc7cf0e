package gateway

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

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

// extraAgain is how long the question for a second PIN waits where another one
// is open.
const extraAgain = 10 * time.Minute

// register begins or resumes a registration by text.
func (d *arranging) register(t *Text) {
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
func (d *personal) askStep(q *Question) {
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
// repeats the question in other words. Questions about something else are
// answered, and the registration waits.
func (d *texting) answerRegister(t *Text, q *Question) bool {
	step := q.Args["step"]
	said := d.Rules.readStep(t, step, d.view.Directory)
	if step == stepCountry && said.reading != prose.Cries && said.reading != prose.Robot {
		if next := q.clone(); said.reading != readCancel {
			d.conv.Question = next
			return d.answerCountry(t, next)
		}
	}
	if step == stepConsent && said.reading != prose.Cries && said.reading != readCancel && said.reading != prose.Asks {
		if said.reply = d.consents(t.Body); said.reply != prose.Neither {
			said.reading = readValue
		}
	}
	switch said.reading {
	case prose.Robot: // it is not answered, and is no answer
		return true
	case prose.Cries:
		d.cryElsewhere(t)
		return true
	case readCancel:
		d.conv.Question = nil
		d.answer("register-ended", d.info())
		return true
	}
	next := q.clone()
	d.conv.Question = next
	switch said.reading {
	case readMinor:
		d.answer("minor", d.info())
		return true
	case prose.Asks:
		d.explainStep(t, next)
		return true
	}
	switch step {
	case stepName:
		if said.reading != readValue {
			if said.looks {
				d.putTask(Task{Kind: TaskSignal, Urgent: true, Phone: t.From, Name: next.Draft.Name, Note: d.hidden(t.Body)})
			}
			d.missed(t, next, "again-name", d.info())
			return true
		}
		next.Draft.Name = said.name
		next.goTo(stepZIP)
	case stepZIP:
		d.answerZIP(t, next, said)
		return true
	case stepContact:
		return d.answerContactStep(t, next, said)
	case stepPIN:
		switch check := d.view.PIN; {
		case said.reading == readValue && check.Easy:
			d.missed(t, next, "easy-pin", d.info())
			return true
		case said.reading != readValue || !check.New.Set():
			d.missed(t, next, "again-pin", d.info())
			return true
		}
		next.Draft.PIN = d.view.PIN.New
		next.goTo(stepConsent)
	case stepConsent:
		return d.answerConsent(t, next, said.reply)
	}
	d.askStep(next)
	return true
}

// goTo is the step that a registration comes to.
func (q *Question) goTo(step string) { q.Args = map[string]string{"step": step} }

// How often in a row a step is answered by something else: the second time that
// we do not understand, or the fourth that we may not take what was written, an
// agent is to ring; and after the last we are silent, as two machines would go on
// for ever.
const (
	missedTask   = 2
	refusedTask  = 4
	missedSilent = 8
)

// refusals are the texts that say why something was not taken.
var refusals = set("easy-pin", "again-zip", "contact-name", "contact-nobodys", "contact-country", "contact-self", "contact-twice", "contacts-full", "contact-agent")

// missed asks a step's question again, in other words, where a text was no answer
// to it. In time it says that a person rings, and goes on without a ZIP.
func (d *arranging) missed(t *Text, q *Question, again string, data templates.Data) {
	count, most := "missed", missedTask
	if refusals[again] {
		count, most = "refused-times", refusedTask
	}
	n, _ := strconv.Atoi(q.Args[count])
	n++
	q.Args[count] = strconv.Itoa(n)
	q.At, d.conv.Asked = d.now, d.now
	switch {
	case n > missedSilent:
		d.puzzled = true
		return
	case n < most:
		d.askAs(q, again, data)
		return
	case q.Args["agent"] == "":
		q.Args["agent"] = "rings"
		d.agentRings(t, q)
	}
	if q.Args["step"] == stepZIP {
		q.goTo(stepContact)
		d.answer("without-zip", d.info())
		return
	}
	d.askAs(q, "help-"+q.Args["step"], d.info())
}

// agentRings has an agent ring somebody whom we do not understand.
func (d *arranging) agentRings(t *Text, q *Question) {
	d.putTask(Task{Kind: TaskRegistration, Phone: t.From, Name: q.Draft.Name, Note: d.hidden(t.Body)})
}

// explainStep says what a step asks for, and why. Whoever asks again and again is
// rung.
func (d *arranging) explainStep(t *Text, q *Question) {
	if q.Args["asked-back"] != "" {
		if q.Args["missed"] == "" {
			q.Args["missed"] = "1"
		}
		d.missed(t, q, "explain-"+q.Args["step"], d.info())
		return
	}
	q.Args["asked-back"] = "once"
	q.At, d.conv.Asked = d.now, d.now
	d.askAs(q, "explain-"+q.Args["step"], d.info())
}

// askAs asks a step's question by a text of that name, and keeps which one it
// was: a consent is kept with what it answers.
func (d *arranging) askAs(q *Question, name string, data templates.Data) {
	q.Args["asked"] = name
	d.answer(name, data)
}

// answerZIP takes a text that holds one ZIP. Of two it is asked which. A place
// is asked for its ZIP once; then an agent rings, and the registration goes on.
func (d *arranging) answerZIP(t *Text, q *Question, said stepReading) {
	data := d.info()
	zips := said.zips
	if of := strings.Fields(q.Args["zips"]); len(zips) == 0 && len(of) == 2 {
		switch tokens := keyword.Tokens(t.Body); {
		case len(tokens) > 3:
		case slices.ContainsFunc(tokens, func(w string) bool { return w == "1" || w == "PRIMERO" || w == "PRIMER" || w == "FIRST" }):
			zips = of[:1]
		case slices.ContainsFunc(tokens, func(w string) bool { return w == "2" || w == "SEGUNDO" || w == "SECOND" }):
			zips = of[1:]
		}
	}
	switch {
	case len(zips) == 1:
		q.Draft.ZIP = zips[0]
		q.goTo(stepContact)
		d.askStep(q)
	case len(zips) > 1:
		q.Args["zips"] = strings.Join(zips[:2], " ")
		data.Places = zips[:2]
		d.missed(t, q, "which-zip", data)
	case said.city:
		d.missed(t, q, "zip-of-city", data)
	case !strings.ContainsAny(t.Body, "0123456789"): // "no se"
		d.missed(t, q, "explain-zip", data)
	default:
		data.ZIP = said.wrong
		d.missed(t, q, "again-zip", data)
	}
}

// answerConsent takes SI or NO. Nothing is stored that was not said.
func (d *arranging) answerConsent(t *Text, q *Question, reply prose.Answer) bool {
	if reply == prose.Neither {
		d.missed(t, q, "again-consent", d.info())
		return true
	}
	q.Draft.ConsularNotice = Consent{
		Given: reply == prose.Yes, At: d.now, Channel: "sms",
		Shown: d.say(d.lang, cmp.Or(q.Args["asked"], "ask-consent"), d.info()), Answered: d.hidden(t.Body),
	}
	if len(q.Draft.Contacts) == 0 && !q.Draft.ConsularNotice.Given {
		q.goTo(stepContact)
		q.At = d.now
		d.answer("ask-somebody", d.info())
		return true
	}
	d.finishRegistration(q)
	return true
}

// isForStep reports whether a command answers the step that a registration has
// come to: "ZIP 60608", "AGREGAR 312-555-0101 Maria", "CONSULADO NO".
func (d *arranging) isForStep(t *Text) bool {
	return d.draft() != nil && t.isFor(d.conv.Question.Args["step"])
}

func (t *Text) isFor(step string) bool {
	switch intent := t.parsed.Intent; step {
	case stepName:
		return intent == keyword.Name
	case stepZIP:
		return intent == keyword.ZIP
	case stepContact, stepCountry:
		return intent == keyword.Add || (intent == keyword.Legal || intent == keyword.Move && !t.parsed.Whole) && len(t.contacts) > 0
	case stepConsent:
		return intent == keyword.Consulate && consents(t.parsed.Rest) != prose.Neither
	}
	return false
}

// answerContactStep takes contacts, or that there are no more.
func (d *arranging) answerContactStep(t *Text, q *Question, said stepReading) bool {
	switch {
	case said.done:
		d.contactsDone(t, q)
	case said.reading == readValue:
		d.namedInRegistration(t, q, d.nameContacts(q.Draft, t.contacts))
	default:
		d.missed(t, q, "again-contact", d.info())
	}
	return true
}

// namedInRegistration goes on after contacts were named: with what has to be
// asked about them, else with the next contact.
func (d *arranging) namedInRegistration(t *Text, q *Question, n *naming) {
	was := q.Args
	q.Args = n.args(map[string]string{"step": stepContact})
	switch {
	case len(n.asked) > 0:
		q.Args["step"] = stepCountry
		d.askStep(q)
	case len(n.added) == 0:
		for _, count := range []string{"missed", "refused-times", "agent"} {
			q.Args[count] = was[count]
		}
		d.missed(t, q, n.reason, d.info())
	default:
		q.At, d.conv.Asked = d.now, d.now
		d.answer("ask-next-contact", d.noted(n))
	}
}

// contactsDone goes on to the PIN. Who came back from behind it, for want of
// anybody to tell, has only that to answer.
func (d *arranging) contactsDone(t *Text, q *Question) {
	switch {
	case !q.Draft.PIN.Set():
		q.goTo(stepPIN)
		d.askStep(q)
	case len(q.Draft.Contacts) == 0:
		d.missed(t, q, "ask-somebody", d.info())
	default:
		d.finishRegistration(q)
	}
}

// finishRegistration makes the profile, asks the contacts, and goes on with
// what is optional.
func (d *personal) finishRegistration(q *Question) {
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
	for i, kind := range []TimerKind{TimerLimits, TimerSaveNumber, TimerAskDuress} {
		d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: kind, Profile: p.ID, Phone: p.Phone, Due: d.now.Add(time.Duration(i+1) * extraAfter)})
	}
}

// What follows a registration. Each kind is the name of its text.
const (
	TimerLimits     TimerKind = "limits"
	TimerSaveNumber TimerKind = "save-number"
	TimerAskDuress  TimerKind = "ask-duress-pin"
)

// extraDue sends what follows a registration, unless the phone may be in other
// hands by now: an alert was raised, or the person is erased or elsewhere.
// Whoever holds the phone then must not read what a second PIN is for.
func (d *arranging) extraDue(t Timer) {
	p, f := d.view.Subject, d.conv.Facade
	if p == nil || p.Phone != t.Phone || f != nil && f.Phone == "" || !d.conv.Silenced.IsZero() || d.view.raisedSince(p.ID, p.Registered) {
		return
	}
	sender := d.conv.Sender
	switch t.Kind {
	case TimerSaveNumber:
		if sender = d.tenDigitSender(); sender == "" || sender == d.conv.Sender {
			return
		}
	case TimerAskDuress:
		if q, _ := d.view.question(d.now); q != nil { // what they do now comes first
			if again := d.now.Add(extraAgain); age(again, p.Registered) < day {
				t.ID, t.Due, t.Claim = d.fresh.ID(), again, Claim{}
				d.turn.Timers = append(d.turn.Timers, t)
			}
			return
		}
		d.ask(questionDuress, nil)
	}
	text := d.send(Attempt{Lane: LaneInfo, Purpose: PurposeInfo, To: p.Phone, Prefer: sender, Text: d.say(d.lang, string(t.Kind), d.info())})
	if t.Kind == TimerAskDuress && !text.IsZero() {
		d.conv.Question.Text = text
		d.putConversation()
	}
}

// dropExtra drops an open question of what follows a registration, also where no
// carrier has taken it yet.
func (d *personal) dropExtra(p *Profile) {
	q, own := d.conv.Question, d.view.Own
	if q == nil || !q.extra() || own == nil || own.ID != p.ID {
		return
	}
	if a := d.view.Asking; a != nil && a.ID == q.Text && a.State == AttemptWaiting && !a.Claim.Doubt {
		a.State = AttemptWithdrawn
		d.putAttempt(a)
	}
	d.conv.Question = nil
}

// raisedSince reports whether an alert of a person is open, or was raised since
// then.
func (v *View) raisedSince(profile ID, then time.Time) bool {
	return slices.ContainsFunc(v.Cases, func(c Case) bool {
		a := &c.Alert
		return a.Profile == profile && !a.Drill && (a.Open() || !a.At.Before(then))
	})
}

// tenDigitSender is the number to save where somebody registered over a short
// code, which many prepaid plans bar later.
func (d *personal) tenDigitSender() string {
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
func (d *arranging) answerExtra(t *Text, q *Question) bool {
	p := d.view.Own
	if p == nil || d.view.ownStanding == movedFrom {
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
		if d.view.PIN.Easy {
			d.answer("easy-pin", d.info())
			return true
		}
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
		i := indexContact(p, q.Args["contact"])
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
func (d *arranging) askMessage(p *Profile, i int, hidden bool) {
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

func indexContact(p *Profile, id string) int {
	for i := range p.Contacts {
		if p.Contacts[i].ID.String() == id {
			return i
		}
	}
	return -1
}

// raiseDraft is ALERTA in the middle of a registration: it is raised with what
// is known, and the registration goes on.
func (d *personal) raiseDraft(words string) {
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

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
