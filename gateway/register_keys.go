package gateway

import (
	"aviso/ivr"
)

// registerByKey is a registration by key: ZIP, contacts, PIN, consent. It is
// the registration that texts go on with, and the other way round; a name is
// not asked by key.
func (d *decision) registerByKey(keys string) string {
	switch {
	case d.talk.From == Anonymous: // there is nothing to know them by again
		return "register-withheld"
	case d.view.Own != nil && d.draft() == nil:
		return "registered-already"
	}
	q := d.conv.Question
	if d.draft() == nil {
		d.ask(questionRegister, map[string]string{"step": stepZIP})
		d.conv.Question.Draft = &Profile{ID: d.fresh.ID(), Phone: d.talk.From, Language: d.lang}
		return "register-zip"
	}
	q = q.clone()
	q.At, d.conv.Asked, d.conv.Question = d.now, d.now, q
	switch d.talk.session.State.At {
	case ivr.RegZIP:
		zip, err := d.view.Directory.Consulates.ParseZIP(keys)
		if err != nil {
			return "register-zip-again"
		}
		q.Draft.ZIP = zip
		q.Args["step"] = stepContact
	case ivr.RegContact:
		return d.contactByKey(q, keys)
	case ivr.RegCountry:
		phone := q.Args["us"]
		if keys == "3" {
			phone = q.Args["mx"]
		}
		return d.addByKey(q, Phone(phone))
	case ivr.RegMore:
		if keys == "2" {
			return "register-contact"
		}
		q.Args["step"] = stepPIN
	case ivr.RegPIN:
		if !d.view.PIN.New.Set() {
			return "register-pin-again"
		}
		q.Draft.PIN = d.view.PIN.New
		q.Args["step"] = stepConsent
	case ivr.RegConsent:
		return d.consentByKey(q, keys == "2")
	}
	return d.registerStep(q)
}

// registerStep is the question that a registration has come to.
func (d *decision) registerStep(q *Question) string {
	switch q.Args["step"] {
	case stepContact:
		if len(q.Draft.Contacts) > 0 {
			return "register-more"
		}
		return "register-contact"
	case stepPIN:
		return "register-pin"
	case stepConsent:
		return "register-consent"
	}
	q.Args["step"] = stepZIP // where a text would ask the name
	return "register-zip"
}

func (d *decision) contactByKey(q *Question, keys string) string {
	switch phones := keyedPhones(keys); len(phones) {
	case 0:
		return "register-refused"
	case 1:
		return d.addByKey(q, phones[0])
	default:
		q.Args["typed"], q.Args["us"], q.Args["mx"] = keys, string(phones[0]), string(phones[1])
		return "register-country"
	}
}

func (d *decision) addByKey(q *Question, phone Phone) string {
	switch d.addContact(q.Draft, phone, "") {
	case "":
		return d.registerStep(q)
	case "contacts-full":
		q.Args["step"] = stepPIN
		return "register-full"
	}
	return "register-refused"
}

func (d *decision) consentByKey(q *Question, given bool) string {
	answered := "3"
	if given {
		answered = "2"
	}
	q.Draft.ConsularNotice = Consent{
		Given: given, At: d.now, Channel: string(d.talk.Medium),
		Shown: d.phrase(d.lang, "register-consent", d.info()), Answered: answered,
	}
	if len(q.Draft.Contacts) == 0 && !given {
		q.Args["step"] = stepContact
		return "register-contact-no"
	}
	d.finishRegistration(q)
	return "registered"
}
