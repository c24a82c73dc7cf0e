package calls

import (
	"aviso/gateway"
	"aviso/ivr"
)

// registerByKey is a registration by key: ZIP, contacts, PIN, consent. It is
// the registration that texts go on with, and the other way round; a name is
// not asked by key.
func (d *Keying) registerByKey(keys string) string {
	switch {
	case d.Talk.From == gateway.Anonymous: // there is nothing to know them by again
		return "register-withheld"
	case d.View.Own != nil && d.Draft() == nil:
		return "registered-already"
	}
	q := d.Conv.Question
	if d.Draft() == nil {
		d.Ask(gateway.QuestionRegister, map[string]string{"step": gateway.StepZIP})
		d.Conv.Question.Draft = &gateway.Profile{ID: d.Fresh.ID(), Phone: d.Talk.From, Language: d.Lang}
		return "register-zip"
	}
	q = q.Clone()
	q.At, d.Conv.Asked, d.Conv.Question = d.Now, d.Now, q
	switch d.Talk.Session.State.At {
	case ivr.RegZIP:
		zip, err := d.View.Directory.Consulates.ParseZIP(keys)
		if err != nil {
			return "register-zip-again"
		}
		q.Draft.ZIP = zip
		q.Args["step"] = gateway.StepContact
	case ivr.RegContact:
		return d.contactByKey(q, keys)
	case ivr.RegCountry:
		return d.countryByKey(q, keys == "3")
	case ivr.RegMore:
		if keys == "2" {
			return "register-contact"
		}
		q.Args["step"] = gateway.StepPIN
	case ivr.RegPIN:
		if d.PIN.Easy {
			return "register-pin-easy"
		}
		if !d.PIN.New.Set() {
			return "register-pin-again"
		}
		q.Draft.PIN = d.PIN.New
		q.Args["step"] = gateway.StepConsent
	case ivr.RegConsent:
		return d.consentByKey(q, keys == "2")
	}
	return d.registerStep(q)
}

// registerStep is the question that a registration has come to.
func (d *Keying) registerStep(q *gateway.Question) string {
	switch q.Args["step"] {
	case gateway.StepCountry:
		return "register-country"
	case gateway.StepContact:
		if len(q.Draft.Contacts) > 0 {
			return "register-more"
		}
		return "register-contact"
	case gateway.StepPIN:
		return "register-pin"
	case gateway.StepConsent:
		return "register-consent"
	}
	q.Args["step"] = gateway.StepZIP // where a text would ask the name
	return "register-zip"
}

func (d *Keying) contactByKey(q *gateway.Question, keys string) string {
	return d.namedByKey(q, d.NameContacts(q.Draft, []gateway.NamedContact{{Written: keys}}))
}

// countryByKey is the country of the ten digits that were asked about.
func (d *Keying) countryByKey(q *gateway.Question, mexico bool) string {
	about := d.AskedAbout(q)
	if about == nil {
		q.Args["step"] = gateway.StepContact
		return "register-contact"
	}
	phone := about.US
	if mexico {
		phone = about.MX
	}
	if digits := string(phone[1:]); !d.Talk.Sees(digits) { // who else asked them, and whether they want no texts
		d.Talk.Named, d.Err = digits, gateway.ErrScope
		return "register-country"
	}
	n := q.Resumed(q.Draft)
	c := n.Asked[0]
	n.Asked = n.Asked[1:]
	d.NameContact(n, c, phone)
	return d.namedByKey(q, n)
}

// namedByKey goes on after a number was typed, or its country chosen.
func (d *Keying) namedByKey(q *gateway.Question, n *gateway.Naming) string {
	q.Args = n.Args(map[string]string{"step": gateway.StepContact})
	switch {
	case len(n.Asked) > 0:
		q.Args["step"] = gateway.StepCountry
		return "register-country"
	case n.Reason == "contacts-full":
		q.Args["step"] = gateway.StepPIN
		return "register-full"
	case n.Reason != "":
		return "register-refused"
	}
	return d.registerStep(q)
}

func (d *Keying) consentByKey(q *gateway.Question, given bool) string {
	answered := "3"
	if given {
		answered = "2"
	}
	q.Draft.ConsularNotice = gateway.Consent{
		Given: given, At: d.Now, Channel: string(d.Talk.Medium),
		Shown: d.Phrase(d.Lang, "register-consent", d.Info()), Answered: answered,
	}
	if len(q.Draft.Contacts) == 0 && !given {
		q.Args["step"] = gateway.StepContact
		return "register-contact-no"
	}
	d.FinishRegistration(q)
	return "registered"
}
