package person

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
)

const (
	newContactsMost   = 3 // a day, by text
	newContactsWindow = decision.Day
)

// AddContact checks a contact against the caps and adds it to a profile that
// is in the making or kept. It returns the name of the text that says why not,
// or "".
func (d *Personal) AddContact(p *gateway.Profile, phone gateway.Phone, name string) (refusal string) {
	if name != "" && !d.Rules.Names(name) {
		return "contact-name"
	}
	if d.Rules.NobodysContact(phone) {
		return "contact-nobodys"
	}
	if !d.Serves(phone) {
		return "contact-country"
	}
	if phone == p.Phone {
		return "contact-self"
	}
	if p.Contact(phone) != nil {
		return "contact-twice"
	}
	recent := 0
	for i := range p.Contacts {
		if gateway.Age(d.Now, p.Contacts[i].Added) < newContactsWindow {
			recent++
		}
	}
	pending := 0
	for i := range d.View.Invited {
		if c := d.View.Invited[i].Contact(phone); c != nil && c.Standing == gateway.StandingUnanswered {
			pending++
		}
	}
	switch {
	case len(p.Contacts) >= gateway.ContactsMost, recent >= newContactsMost && d.Agent == nil:
		return "contacts-full"
	case pending >= escalation.InvitationsMost, d.WantsNone(phone):
		return "contact-agent"
	}
	if _, refused := d.InvitedBy(p, phone); refused {
		return "contact-agent"
	}
	p.Contacts = append(slices.Clone(p.Contacts), gateway.Contact{ID: d.Fresh.ID(), Phone: phone, Name: name, Added: d.Now})
	d.CountNewcomer(phone)
	return ""
}

// ReadBack is a contact's number with its place and country, as it is read back
// to whoever gave it: "Maria +52 951 501 5000 (Oaxaca, Mexico)".
func (d *Personal) ReadBack(c *gateway.Contact) string {
	return strings.TrimSpace(c.Name+" "+c.Phone.Local("")) + " (" + strings.Join(d.PlaceOf(c.Phone), ", ") + ")"
}

// extraAfter lets the summary of a registration arrive before what follows it.
const extraAfter = 3 * time.Second

// AskStep asks the question of the step that a registration has come to.
func (d *Personal) AskStep(q *gateway.Question) {
	q.At, d.Conv.Asked = d.Now, d.Now
	name := "ask-" + q.Args["step"]
	data := d.Info()
	switch last := len(q.Draft.Contacts) - 1; {
	case q.Args["step"] == gateway.StepCountry:
		data = d.CountryData(q)
	case q.Args["step"] == gateway.StepContact && last >= 0:
		name = "ask-next-contact"
		data.Who = d.ReadBack(&q.Draft.Contacts[last])
	}
	d.Answer(name, data)
}

// FinishRegistration makes the profile, asks the contacts, and goes on with
// what is optional.
func (d *Personal) FinishRegistration(q *gateway.Question) {
	p := *q.Draft
	p.ID = d.Fresh.ID()
	d.registerOver(&p)
	if own := d.View.Own; own != nil { // raised in the middle of registering
		p.ID, p.Version, p.Code, p.Contacts = own.ID, own.Version, own.Code, slices.Clone(own.Contacts)
		for _, c := range q.Draft.Contacts {
			if own.Contact(c.Phone) == nil {
				p.Contacts = append(p.Contacts, c)
			}
		}
	}
	if p.Code == "" {
		p.Code = d.Fresh.Code()
	}
	p.Registered = d.Now
	d.PutProfile(&p, "registered", "phone", q.Draft.ConsularNotice.Channel)
	d.InviteContacts(&p, time.Time{})
	d.Conv.Question = nil
	data := d.Info()
	data.Name, data.Code, data.ZIP, data.Advise = gateway.Shown(&p), string(p.Code), p.ZIP, p.ConsularNotice.Given
	for i := range p.Contacts {
		data.List = append(data.List, p.Contacts[i].Called())
	}
	d.Answer("registered", data)
	if d.Talk != nil { // whoever registers by key wants no trace among their texts
		return
	}
	for i, kind := range []gateway.TimerKind{gateway.TimerLimits, gateway.TimerSaveNumber, gateway.TimerAskDuress} {
		d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: kind, Profile: p.ID, Phone: p.Phone, Due: d.Now.Add(time.Duration(i+1) * extraAfter)})
	}
}

// DropExtra drops an open question of what follows a registration, also where no
// carrier has taken it yet.
func (d *Personal) DropExtra(p *gateway.Profile) {
	q, own := d.Conv.Question, d.View.Own
	if q == nil || !q.Extra() || own == nil || own.ID != p.ID {
		return
	}
	if a := d.View.Asking; a != nil && a.ID == q.Text && a.Waits() {
		a.State = gateway.AttemptWithdrawn
		d.PutAttempt(a)
	}
	d.Conv.Question = nil
}

// TenDigitSender is the number to save where somebody registered over a short
// code, which many prepaid plans bar later.
func (d *Personal) TenDigitSender() string {
	if s, err := gateway.ParseSender(d.Conv.Sender); err != nil || s.Kind != gateway.ShortCode {
		return ""
	}
	for _, s := range d.Rules.Senders {
		if s.Kind == gateway.LongCode || s.Kind == gateway.TollFree {
			return s.Address
		}
	}
	return ""
}
