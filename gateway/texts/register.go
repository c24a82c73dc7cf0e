package texts

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// extraAgain is how long the question for a second PIN waits where another one
// is open.
const extraAgain = 10 * time.Minute

// register begins or resumes a registration by text.
func (d *Arranging) register(t *gateway.Text) {
	if !t.From.Dialable() { // nobody could be told of anything there later
		d.Answer("help", d.Info())
		return
	}
	if d.View.Own != nil {
		if !d.Left() {
			d.Answer("registered-already", d.Info())
		}
		return
	}
	if q := d.Conv.Question; q == nil || q.Kind != gateway.QuestionRegister || gateway.Age(d.Now, q.At) >= gateway.RegistrationOpen {
		d.Ask(gateway.QuestionRegister, map[string]string{"step": gateway.StepName})
		d.Conv.Question.Draft = &gateway.Profile{Phone: t.From, Language: d.Lang}
	}
	d.AskStep(d.Conv.Question)
}

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
var refusals = gateway.Set("easy-pin", "again-zip", "contact-name", "contact-nobodys", "contact-country", "contact-self", "contact-twice", "contacts-full", "contact-agent")

// missed asks a step's question again, in other words, where a text was no answer
// to it. In time it says that a person rings, and goes on without a ZIP.
func (d *Arranging) missed(t *gateway.Text, q *gateway.Question, again string, data templates.Data) {
	count, most := "missed", missedTask
	if refusals[again] {
		count, most = "refused-times", refusedTask
	}
	n, _ := strconv.Atoi(q.Args[count])
	n++
	q.Args[count] = strconv.Itoa(n)
	q.At, d.Conv.Asked = d.Now, d.Now
	switch {
	case n > missedSilent:
		d.Puzzled = true
		return
	case n < most:
		d.askAs(q, again, data)
		return
	case q.Args["agent"] == "":
		q.Args["agent"] = "rings"
		d.agentRings(t, q)
	}
	if q.Args["step"] == gateway.StepZIP {
		q.GoTo(gateway.StepContact)
		d.Answer("without-zip", d.Info())
		return
	}
	d.askAs(q, "help-"+q.Args["step"], d.Info())
}

// agentRings has an agent ring somebody whom we do not understand.
func (d *Arranging) agentRings(t *gateway.Text, q *gateway.Question) {
	task := gateway.Task{Kind: gateway.TaskRegistration, Phone: t.From, Note: d.Hidden(t.Body)}
	if p := d.View.Own; p != nil {
		task.Profile, task.Name = p.ID, p.Name
	}
	if q.Draft != nil {
		task.Name = q.Draft.Name
	}
	d.PutTask(task)
}

// explainStep says what a step asks for, and why. Whoever asks again and again is
// rung.
func (d *Arranging) explainStep(t *gateway.Text, q *gateway.Question) {
	data := d.Info()
	data.Owed = q.Draft != nil && len(q.Draft.Contacts) > 0 // LISTO ends what has begun
	if q.Args["asked-back"] != "" {
		if q.Args["missed"] == "" {
			q.Args["missed"] = "1"
		}
		d.missed(t, q, "explain-"+q.Args["step"], data)
		return
	}
	q.Args["asked-back"] = "once"
	q.At, d.Conv.Asked = d.Now, d.Now
	d.askAs(q, "explain-"+q.Args["step"], data)
}

// askAs asks a step's question by a text of that name, and keeps which one it
// was: a consent is kept with what it answers.
func (d *Arranging) askAs(q *gateway.Question, name string, data templates.Data) {
	q.Args["asked"] = name
	d.Answer(name, data)
}

// answerZIP takes a text that holds one ZIP. Of two it is asked which. A place
// is asked for its ZIP once; then an agent rings, and the registration goes on.
func (d *Arranging) answerZIP(t *gateway.Text, q *gateway.Question, said gateway.StepReading) {
	data := d.Info()
	zips := said.Zips
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
		onward(q, gateway.StepContact)
		d.AskStep(q)
	case len(zips) > 1:
		q.Args["zips"] = strings.Join(zips[:2], " ")
		data.Places = zips[:2]
		d.missed(t, q, "which-zip", data)
	case said.City:
		d.missed(t, q, "zip-of-city", data)
	case !strings.ContainsAny(t.Body, "0123456789"): // "no se"
		d.missed(t, q, "explain-zip", data)
	default:
		data.ZIP = said.Wrong
		d.missed(t, q, "again-zip", data)
	}
}

// answerConsent takes SI or NO. Nothing is stored that was not said.
func (d *Arranging) answerConsent(t *gateway.Text, q *gateway.Question, reply prose.Answer) bool {
	if reply == prose.Neither {
		d.missed(t, q, "again-consent", d.Info())
		return true
	}
	q.Draft.ConsularNotice = gateway.Consent{
		Given: reply == prose.Yes, At: d.Now, Channel: "sms",
		Shown: d.Say(d.Lang, cmp.Or(q.Args["asked"], "ask-consent"), d.Info()), Answered: d.Hidden(t.Body),
	}
	if len(q.Draft.Contacts) == 0 && !q.Draft.ConsularNotice.Given {
		q.GoTo(gateway.StepContact)
		q.At = d.Now
		d.Answer("ask-somebody", d.Info())
		return true
	}
	d.FinishRegistration(q)
	return true
}

// isForStep reports whether a command answers the step that a registration has
// come to: "ZIP 60608", "AGREGAR 312-555-0101 Maria", "CONSULADO NO".
func (d *Arranging) isForStep(t *gateway.Text) bool {
	if d.Draft() == nil {
		return false
	}
	if t.IsFor(d.Conv.Question.Args["step"]) {
		return true
	}
	switch t.Parsed.Intent {
	case keyword.Name, keyword.ZIP, keyword.Remove, keyword.Erase:
		_, mends := d.Rules.ReadMend(t, d.Conv.Question, d.View.Directory)
		return mends
	}
	return false
}

// answerContactStep takes contacts, or that there are no more.
func (d *Arranging) answerContactStep(t *gateway.Text, q *gateway.Question, said gateway.StepReading) bool {
	switch {
	case said.Done:
		d.contactsDone(t, q)
	case said.Reading == gateway.ReadValue:
		d.namedInRegistration(t, q, d.NameContacts(q.Draft, withName(t.Contacts, q)))
	case d.namesOnly(t, q):
	default:
		d.missed(t, q, "again-contact", d.Info())
	}
	return true
}

// namedInRegistration goes on after contacts were named: with what has to be
// asked about them, else with the next contact.
func (d *Arranging) namedInRegistration(t *gateway.Text, q *gateway.Question, n *gateway.Naming) {
	was := q.Args
	q.Args = n.Args(map[string]string{"step": gateway.StepContact})
	switch {
	case len(n.Asked) > 0:
		q.Args["step"] = gateway.StepCountry
		d.AskStep(q)
	case len(n.Added) == 0:
		for _, count := range []string{"missed", "refused-times", "agent"} {
			q.Args[count] = was[count]
		}
		d.missed(t, q, n.Reason, d.Info())
	default:
		q.At, d.Conv.Asked = d.Now, d.Now
		d.Answer("ask-next-contact", d.Noted(n))
	}
}

// contactsDone goes on to the PIN. Who came back from behind it, for want of
// anybody to tell, has only that to answer.
func (d *Arranging) contactsDone(t *gateway.Text, q *gateway.Question) {
	switch {
	case !q.Draft.PIN.Set():
		q.GoTo(gateway.StepPIN)
		d.AskStep(q)
	case len(q.Draft.Contacts) == 0:
		d.missed(t, q, "ask-somebody", d.Info())
	default:
		d.FinishRegistration(q)
	}
}

// ExtraDue sends what follows a registration, unless the phone may be in other
// hands by now: an alert was raised, or the person is erased or elsewhere.
// Whoever holds the phone then must not read what a second PIN is for.
func (d *Arranging) ExtraDue(t gateway.Timer) {
	p := d.View.Subject
	if p == nil || p.Phone != t.Phone || d.Sees().Changed() || !d.Conv.Silenced.IsZero() || d.View.RaisedSince(p.ID, p.Registered) {
		return
	}
	sender := d.Conv.Sender
	switch t.Kind {
	case gateway.TimerSaveNumber:
		if sender = d.TenDigitSender(); sender == "" || sender == d.Conv.Sender {
			return
		}
	case gateway.TimerAskDuress:
		if q, _ := d.View.Question(d.Now); q != nil { // what they do now comes first
			if again := d.Now.Add(extraAgain); gateway.Age(again, p.Registered) < decision.Day {
				t.ID, t.Due, t.Claim = d.Fresh.ID(), again, gateway.Claim{}
				d.Turn.Timers = append(d.Turn.Timers, t)
			}
			return
		}
		d.Ask(gateway.QuestionDuress, nil)
	}
	text := d.Send(gateway.Attempt{Lane: gateway.LaneInfo, Purpose: gateway.PurposeInfo, To: p.Phone, Prefer: sender, Text: d.Say(d.Lang, string(t.Kind), d.Info())})
	if t.Kind == gateway.TimerAskDuress && !text.IsZero() {
		d.Conv.Question.Text = text
		d.PutConversation()
	}
}

// answerExtra takes what is optional after a registration: a second PIN, a
// message for each contact, a family word. NO skips one; silence all.
func (d *Arranging) answerExtra(t *gateway.Text, q *gateway.Question) bool {
	p := d.View.Own
	if p == nil || d.View.OwnStanding == gateway.MovedFrom || d.Sees().Changed() { // nothing of the truth is asked where a decoy stands
		d.Conv.Question = nil
		return false
	}
	if d.OpenCase(p.ID) != nil { // what they write now is about that
		return false
	}
	refused := t.Parsed.Intent == keyword.No
	cries := t.Parsed.Intent == keyword.Panic && t.Cry() >= prose.Likely // and not "si me lleva la migra recoge a los ninos"
	if !refused && t.Parsed.Intent != keyword.Unknown && (t.Parsed.Intent != keyword.Panic || cries) {
		return false
	}
	switch q.Kind {
	case gateway.QuestionDuress:
		if d.PIN.Easy {
			d.Answer("easy-pin", d.Info())
			return true
		}
		if !refused && !d.PIN.New.Set() {
			d.Answer("again-pin", d.Info())
			return true
		}
		if d.PIN.Taken {
			d.Answer("pin-taken", d.Info())
			return true
		}
		if !refused {
			p.PIN = d.PIN.New
			d.PutProfile(p, "duress-pin", "phone", "")
		}
		d.askMessage(p, 0, !refused)
	case gateway.QuestionMessage:
		i := gateway.IndexContact(p, q.Args["contact"])
		words := templates.Plain(d.Relayed(t.Body))
		if words == "" { // a PIN is no message
			return false
		}
		if i >= 0 && !refused {
			p.Contacts[i].Message = gateway.Clip(words, gateway.MessageLongest)
			d.PutProfile(p, "message", "phone", "")
		}
		d.askMessage(p, i+1, false)
	case gateway.QuestionWord:
		words := templates.Plain(d.Relayed(t.Body))
		if words == "" {
			return false
		}
		d.Conv.Question = nil
		if !refused {
			p.FamilyWord = gateway.Clip(words, gateway.FamilyWordLongest)
			d.PutProfile(p, "family-word", "phone", "")
		}
		d.Answer("extras-done", d.Info())
	}
	return true
}

// askMessage asks for a message for the profile's contact at i, and after the
// last for the family word. hidden: the text answered held a PIN.
func (d *Arranging) askMessage(p *gateway.Profile, i int, hidden bool) {
	data := d.Info()
	data.PIN = hidden
	if i < len(p.Contacts) {
		d.Ask(gateway.QuestionMessage, map[string]string{"contact": p.Contacts[i].ID.String()})
		data.Who = p.Contacts[i].Called()
		d.Answer("ask-message", data)
		return
	}
	d.Ask(gateway.QuestionWord, nil)
	d.Answer("ask-word", data)
}
