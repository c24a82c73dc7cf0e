package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/templates"
)

// Caps against abuse: texts in somebody's name are a way to harass.
const (
	contactsMost       = 6              // of a profile
	newContactsMost    = 3              // a day, by text
	invitationsMost    = 5              // pending at one number, over all profiles
	reminderAfter      = 48 * time.Hour // one reminder to a contact who has not answered
	contactNameLongest = 40             // characters
	newContactsWindow  = 24 * time.Hour
	messageLongest     = 140 // characters of a person's own message to a contact
)

// words is what a text says of a contact: all of it as an answer, what stands
// between the command and the PIN in a command.
func (t *Text) words() string {
	if t.parsed.Word == "" || t.parsed.Intent == keyword.Legal { // "Abogado Ruiz 312-555-0101" names him
		return t.Body
	}
	return t.withoutPIN()
}

// addContact checks a contact against the caps and adds it to a profile that
// is in the making or kept. It returns the name of the text that says why not,
// or "".
func (d *decision) addContact(p *Profile, phone Phone, name string) (refusal string) {
	if d.Rules.NobodysContact(phone) {
		return "contact-nobodys"
	}
	if !d.serves(phone) {
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
		if age(d.now, p.Contacts[i].Added) < newContactsWindow {
			recent++
		}
	}
	pending := 0
	for i := range d.view.Invited {
		if c := d.view.Invited[i].Contact(phone); c != nil && c.Standing == StandingUnanswered {
			pending++
		}
	}
	switch {
	case len(p.Contacts) >= contactsMost, recent >= newContactsMost && d.agent == nil:
		return "contacts-full"
	case pending >= invitationsMost, d.view.Stopped[phone]:
		return "contact-agent"
	}
	p.Contacts = append(slices.Clone(p.Contacts), Contact{ID: d.fresh.ID(), Phone: phone, Name: name, Added: d.now})
	d.countNewcomer(phone)
	return ""
}

// countries are those whose numbers may be contacts.
func (r *Rules) countries() []string {
	if len(r.Countries) == 0 {
		return []string{"US", "MX"}
	}
	return r.Countries
}

// readBack is a contact's number with its place and country, as it is read back
// to whoever gave it: "Maria +52 951 501 5000 (Oaxaca, Mexico)".
func (d *decision) readBack(c *Contact) string {
	return strings.TrimSpace(c.Name+" "+c.Phone.Local("")) + " (" + strings.Join(d.placeOf(c.Phone), ", ") + ")"
}

// called is what a contact is called towards whoever named them: by name, else
// by the last digits.
func (c *Contact) called() string { return or(c.Name, "..."+lastFour(c.Phone)) }

// Invite asks the contacts of one profile who have not been asked.
type Invite struct {
	Profile ID
	At      time.Time // not before; zero: now
}

// Scope of an invitation is the profile.
func (i Invite) Scope() Scope { return Scope{Profile: i.Profile} }

// invite is the operator's `contacts invite` for one profile.
func (d *decision) invite(e Invite) {
	p := d.view.Subject
	if p == nil {
		return
	}
	d.inviteContacts(p, e.At)
}

// inviteContacts asks those contacts of a profile who have not been asked, and
// sets the one reminder.
func (d *decision) inviteContacts(p *Profile, at time.Time) {
	asked := false
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing != StandingUnanswered || c.Asked > 0 || d.view.Stopped[c.Phone] {
			continue
		}
		d.askContact(p, c, "invite", at)
		asked = true
	}
	if asked {
		d.putProfile(p, "contacts-asked", "system", "")
		d.turn.Timers = append(d.turn.Timers, Timer{
			ID: d.fresh.ID(), Kind: TimerReminder, Profile: p.ID, Due: later(d.now, at).Add(reminderAfter),
		})
	}
}

func (d *decision) askContact(p *Profile, c *Contact, text string, at time.Time) {
	language := or(c.Language, p.Language)
	c.Asked++
	c.Consent.Shown = d.say(language, text, templates.Data{Name: shown(p), Call: d.Rules.callNumber(c.Phone.Country())})
	d.send(Attempt{Lane: LaneInvite, Purpose: PurposeInvite, To: c.Phone, Due: at, Text: c.Consent.Shown})
}

// remind asks once more those who were asked once and have not answered.
func (d *decision) remind(p *Profile) {
	asked := false
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing == StandingUnanswered && c.Asked == 1 && !d.view.Stopped[c.Phone] {
			d.askContact(p, c, "invite-again", time.Time{})
			asked = true
		}
	}
	if asked {
		d.putProfile(p, "contacts-reminded", "system", "")
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
