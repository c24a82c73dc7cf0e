package gateway

import (
	"cmp"
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
	newContactsWindow  = day
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
func (d *personal) addContact(p *Profile, phone Phone, name string) (refusal string) {
	if name != "" && !d.Rules.names(name) {
		return "contact-name"
	}
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
	if _, refused := d.invitedBy(p, phone); refused {
		return "contact-agent"
	}
	p.Contacts = append(slices.Clone(p.Contacts), Contact{ID: d.fresh.ID(), Phone: phone, Name: name, Added: d.now})
	d.countNewcomer(phone)
	return ""
}

// countries are those whose numbers may be contacts.
func (r *Rules) served() []string {
	if len(r.Countries) == 0 {
		return []string{"US", "MX"}
	}
	return r.Countries
}

// readBack is a contact's number with its place and country, as it is read back
// to whoever gave it: "Maria +52 951 501 5000 (Oaxaca, Mexico)".
func (d *personal) readBack(c *Contact) string {
	return strings.TrimSpace(c.Name+" "+c.Phone.Local("")) + " (" + strings.Join(d.placeOf(c.Phone), ", ") + ")"
}

// called is what a contact is called towards whoever named them: by name, else
// by the last digits.
func (c *Contact) called() string { return cmp.Or(c.Name, "..."+lastFour(c.Phone)) }

// calledBy is what a contact is called in a text to the person whose contact they
// are. An agent or a file may have written down anybody's phone as the person's:
// what is no name is not said there either.
func (d *cases) calledBy(c *Contact) string {
	if c.Name != "" && d.Rules.names(c.Name) {
		return c.Name
	}
	return "..." + lastFour(c.Phone)
}

// Invite asks the contacts of one profile who have not been asked.
type Invite struct {
	Profile ID
	At      time.Time // not before; zero: now
}

// Scope of an invitation is the profile.
func (i Invite) Scope() Scope { return Scope{Profile: i.Profile} }

// invite is the operator's `contacts invite` for one profile.
func (d *asking) invite(e Invite) {
	p := d.view.Subject
	if p == nil {
		return
	}
	d.inviteContacts(p, e.At)
	d.turn.Answer.Outcome.Asked = len(d.turn.Attempts)
}

// inviteContacts asks those contacts of a profile who have not been asked, and
// sets the one reminder. Who was asked by enough people lately is asked when the
// reminder is due.
func (d *asking) inviteContacts(p *Profile, at time.Time) {
	changed, again := d.inviteNew(p, at)
	if changed {
		d.putProfile(p, "contacts-asked", "system", "")
	}
	if again {
		d.remindAt(p, later(d.now, at).Add(reminderAfter))
	}
}

func (d *asking) remindAt(p *Profile, due time.Time) {
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerReminder, Profile: p.ID, Due: due})
}

// inviteNew asks those who have not been asked. It reports whether the profile
// has changed, and whether somebody is to be asked again, or had to wait.
func (d *asking) inviteNew(p *Profile, at time.Time) (changed, again bool) {
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing != StandingUnanswered || c.Asked > 0 || d.view.Stopped[c.Phone] {
			continue
		}
		times, refused := d.invitedBy(p, c.Phone)
		switch {
		case refused:
			continue
		case times > 0: // they were named, taken off and named again, and have the text
			c.Asked = times
			c.Consent.Shown = d.invitation(p, c, "invite")
			changed = true
		case d.mayInvite(c.Phone):
			d.askContact(p, c, "invite", at)
			changed, again = true, true
		default:
			again = again || age(d.now, later(p.Registered, c.Added)) < TextedKept
		}
	}
	return changed, again
}

func (d *asking) askContact(p *Profile, c *Contact, text string, at time.Time) {
	c.Asked++
	c.Consent.Shown = d.invitation(p, c, text)
	d.noteTexted(TextedInvite, p, c.Phone, later(d.now, at))
	d.send(Attempt{Lane: LaneInvite, Purpose: PurposeInvite, To: c.Phone, Due: at, Text: c.Consent.Shown})
}

// invitation is what a contact is asked.
func (d *asking) invitation(p *Profile, c *Contact, text string) string {
	language := cmp.Or(c.Language, p.Language)
	return d.say(language, text, templates.Data{Name: d.introduced(p, language), Call: d.Rules.callNumber(c.Phone.Country())})
}

// remind asks once more those who were asked once and have not answered, and
// those who had to wait.
func (d *asking) remind(p *Profile) {
	reminded := false
	for i := range p.Contacts {
		c := &p.Contacts[i]
		times, refused := d.invitedBy(p, c.Phone)
		if c.Standing == StandingUnanswered && c.Asked == 1 && !d.view.Stopped[c.Phone] &&
			!refused && times < invitesByOneMost && d.mayInvite(c.Phone) {
			d.askContact(p, c, "invite-again", time.Time{})
			reminded = true
		}
	}
	changed, again := d.inviteNew(p, time.Time{})
	if changed || reminded {
		d.putProfile(p, "contacts-reminded", "system", "")
	}
	if again {
		d.remindAt(p, d.now.Add(reminderAfter))
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
