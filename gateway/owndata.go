package gateway

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"aviso/gateway/consulate"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// ownData shows or changes what is kept of a person, with the PIN. Without it,
// it is asked for, once, and nothing is shown or changed. All but DATOS wait
// until no alert is open.
func (d *arranging) ownData(t *Text) {
	p := d.view.Own
	if p == nil {
		d.answer("not-registered", d.info())
		return
	}
	if t.parsed.Intent == keyword.Name && t.withoutPIN() == "" {
		d.answer("name-how", d.info())
		return
	}
	if d.left() || !d.proven(t, p) {
		return
	}
	p = d.self()
	if t.parsed.Intent == keyword.Data {
		d.showData(p)
		return
	}
	if d.openCase(p.ID) != nil || t.parsed.Intent == keyword.Erase && !d.forced && d.anyOpen(p.ID) {
		d.answer("wait-open", d.info())
		return
	}
	switch t.parsed.Intent {
	case keyword.Name:
		d.changeName(t, p)
	case keyword.ZIP:
		d.changeZIP(t, p)
	case keyword.Add:
		d.add(t, p)
	case keyword.Remove:
		d.remove(t, p)
	case keyword.Erase:
		if d.movedLately(d.view.Own) { // whoever moved them here must not take away what can be put back
			d.answer("erase-later", d.info())
			return
		}
		d.dropExtra(d.view.Own)
		d.ask(questionErase, nil)
		d.answer("ask-erase", d.info())
	}
}

// proven reports whether the PIN was given for what a text asks; without it, it
// is asked for. Whoever forces somebody to change their data is shown that it
// was done; it is not, and agents see it.
func (d *arranging) proven(t *Text, p *Profile) bool {
	switch d.view.PIN.Result {
	case PINUntried:
		d.askForPIN(t)
		return false
	case PINWrong:
		d.refusePIN(p.ID)
		return false
	case PINDuress:
		d.forced = true
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	default:
		d.conv.Facade = nil
	}
	return true
}

// showData lists what is kept, numbers by their last four digits.
func (d *arranging) showData(p *Profile) {
	data := d.info()
	data.Name, data.ZIP, data.Code = p.Name, cmp.Or(p.ZIP, "-"), string(p.Code)
	data.Language = cmp.Or(d.foreign(p.Language), d.say(d.lang, "language-"+d.Words.Language(p.Language), templates.Data{}))
	for i := range p.Contacts {
		c := &p.Contacts[i]
		state := "contact-waits"
		switch c.Standing {
		case StandingAccepted:
			state = "contact-ready"
		case StandingRefused, StandingWrong:
			state = "contact-no"
		}
		data.List = append(data.List, strings.TrimSpace(c.Name+" ..."+lastFour(c.Phone))+" "+d.say(d.lang, state, templates.Data{}))
	}
	data.Advise = p.ConsularNotice.Given
	d.answer("data", data)
}

func lastFour(p Phone) string { return string(p[max(0, len(p)-4):]) }

// readZIP reads a ZIP that somebody writes. What is none, or does not exist, is
// answered.
func (d *arranging) readZIP(words string) (zip string, ok bool) {
	zip, err := d.view.Directory.Consulates.ParseZIP(words)
	if err != nil {
		data := d.info()
		data.ZIP = noSuchZIP(err, words)
		d.answer("again-zip", data)
	}
	return zip, err == nil
}

// noSuchZIP is the ZIP that does not exist, "" where it is none by its form.
func noSuchZIP(err error, words string) string {
	var bad *consulate.ZIPError
	if !errors.As(err, &bad) || bad.Reason != consulate.ReasonUnknown {
		return ""
	}
	zip, _ := consulate.ParseZIP(words)
	return zip
}

// unnamed is a text as it is read where NOMBRE is no command: a relative asks
// "nombre de quien?".
func (d *arranging) unnamed(t *Text) *Text {
	if t.parsed.Intent != keyword.Name || d.view.Own != nil || d.isForStep(t) {
		return t
	}
	words := *t
	words.parsed = keyword.Parsed{Intent: keyword.Unknown, Rest: t.Body}
	return &words
}

// changeName is NOMBRE name PIN. It is read as in a registration.
func (d *arranging) changeName(t *Text, p *Profile) {
	name := prose.Name(t.withoutPIN())
	if name == "" || !d.Rules.names(name) {
		d.answer("name-how", d.info())
		return
	}
	p.Name = name
	d.keepSelf(p, "name")
	data := d.info()
	data.Name, data.Who = name, shown(p)
	d.answer("name-changed", data)
}

func (d *arranging) changeZIP(t *Text, p *Profile) {
	d.takeZIP(p, t.withoutPIN())
}

// takeZIP changes the ZIP to what somebody wrote. Where that is none it is asked
// for, and the PIN that was given holds for the answer.
func (d *arranging) takeZIP(p *Profile, words string) {
	zip, ok := d.readZIP(words)
	if !ok {
		d.ask(questionZIP, nil)
		return
	}
	p.ZIP = zip
	d.keepSelf(p, "zip")
	data := d.info()
	data.ZIP = zip
	d.answer("zip-changed", data)
}

// answerOwnZIP takes a text that is a ZIP and nothing else.
func (d *arranging) answerOwnZIP(t *Text, q *Question) bool {
	own, zips := d.view.Own, t.numbers.zips()
	if own == nil || d.openCase(own.ID) != nil || t.parsed.Command() || len(zips) != 1 || !t.numbers.onlyZIP() {
		return false
	}
	d.conv.Question, d.forced = nil, q.Forced
	d.takeZIP(d.self(), zips[0])
	return true
}

func (d *arranging) add(t *Text, p *Profile) {
	if len(t.contacts) == 0 {
		d.answer("again-contact", d.info())
		return
	}
	d.namedByCommand(d.nameContacts(p, t.contacts))
}

// remove takes a contact off the list. Nobody tells them.
func (d *arranging) remove(t *Text, p *Profile) {
	phones := searched(t.contacts)
	i := slices.IndexFunc(p.Contacts, func(c Contact) bool {
		if slices.Contains(phones, c.Phone) {
			return true
		}
		words := t.withoutPIN()
		return len(phones) == 0 && (words == lastFour(c.Phone) || c.Name != "" && strings.EqualFold(words, c.Name))
	})
	if i < 0 {
		d.answer("no-such-contact", d.info())
		return
	}
	who := d.readBack(&p.Contacts[i])
	p.Contacts = slices.Delete(slices.Clone(p.Contacts), i, i+1)
	d.keepSelf(p, "contact-removed")
	d.answer("contact-removed", templates.Data{Who: who})
}

// consent reads the SI or NO behind CONSULADO. It is said where there is such a
// word, or a PIN and nothing that may be a ZIP; and it may be unclear.
func (t *Text) consent() (reply prose.Answer, said bool) {
	words := t.withoutPIN()
	if reply = consents(words); reply != prose.Neither {
		return reply, true
	}
	tokens := keyword.Tokens(words)
	return reply, len(tokens) > 0 && consents(tokens[0]) != prose.Neither || t.commandPIN() != nil && digit.Only(words) == ""
}

// consents is what words say to a question that only a clear yes answers by yes.
func consents(words string) prose.Answer {
	read := prose.Read(words)
	answer, _ := read.Consent()
	return answer
}

// changeConsent is CONSULADO SI or NO with the PIN: whether the consulate is
// told of this person's alerts. Without a clear yes or no nothing changes.
func (d *arranging) changeConsent(t *Text, reply prose.Answer) {
	if reply == prose.Neither {
		d.answer("consent-how", d.info())
		return
	}
	if !d.proven(t, d.view.Own) {
		return
	}
	given := reply == prose.Yes
	p := d.self()
	if d.openCase(p.ID) != nil {
		d.answer("wait-open", d.info())
		return
	}
	p.ConsularNotice = Consent{
		Given: given, At: d.now, Channel: "sms",
		Shown: d.say(d.lang, "ask-consent", d.info()), Answered: t.parsed.Word + " " + t.withoutPIN(),
	}
	d.keepSelf(p, "consular-notice")
	data := d.info()
	data.Advise = given
	d.answer("consent-changed", data)
}

// answerErase erases the person after the confirmation. Under duress it looks
// so from this phone, and agents know.
func (d *arranging) answerErase(t *Text, q *Question) bool {
	p := d.view.Own
	switch reply := d.consents(t.Body); {
	case p == nil:
		d.conv.Question = nil
		return false
	case reply == prose.No:
		d.conv.Question = nil
		d.answer("not-erased", d.info())
		return true
	case reply != prose.Yes && t.parsed.Intent == keyword.Unknown:
		return false // and it is asked again
	case reply != prose.Yes:
		d.conv.Question = nil
		return false
	}
	d.conv.Question = nil
	if d.openCase(p.ID) != nil {
		d.answer("wait-open", d.info())
		return true
	}
	d.answer("erased", d.info())
	if q.Forced {
		d.lookErased()
		return true
	}
	d.erased = p
	return true
}
