package gateway

import (
	"aviso/ivr"
)

// registerByKey is a registration by key: ZIP, contacts, PIN, consent. It is
// the registration that texts go on with, and the other way round; a name is
// not asked by key.
func (d *keying) registerByKey(keys string) string {
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
		return d.countryByKey(q, keys == "3")
	case ivr.RegMore:
		if keys == "2" {
			return "register-contact"
		}
		q.Args["step"] = stepPIN
	case ivr.RegPIN:
		if d.view.PIN.Easy {
			return "register-pin-easy"
		}
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
func (d *keying) registerStep(q *Question) string {
	switch q.Args["step"] {
	case stepCountry:
		return "register-country"
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

func (d *keying) contactByKey(q *Question, keys string) string {
	return d.namedByKey(q, d.nameContacts(q.Draft, []namedContact{{Written: keys}}))
}

// countryByKey is the country of the ten digits that were asked about.
func (d *keying) countryByKey(q *Question, mexico bool) string {
	about := d.askedAbout(q)
	if about == nil {
		q.Args["step"] = stepContact
		return "register-contact"
	}
	phone := about.US
	if mexico {
		phone = about.MX
	}
	if digits := string(phone[1:]); !d.talk.sees(digits) { // who else asked them, and whether they want no texts
		d.talk.named, d.err = digits, errScope
		return "register-country"
	}
	n := q.resumed(q.Draft)
	c := n.asked[0]
	n.asked = n.asked[1:]
	d.nameContact(n, c, phone)
	return d.namedByKey(q, n)
}

// namedByKey goes on after a number was typed, or its country chosen.
func (d *keying) namedByKey(q *Question, n *naming) string {
	q.Args = n.args(map[string]string{"step": stepContact})
	switch {
	case len(n.asked) > 0:
		q.Args["step"] = stepCountry
		return "register-country"
	case n.reason == "contacts-full":
		q.Args["step"] = stepPIN
		return "register-full"
	case n.reason != "":
		return "register-refused"
	}
	return d.registerStep(q)
}

func (d *keying) consentByKey(q *Question, given bool) string {
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
