package escalation

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/templates"
)

const (
	InvitationsMost = 5              // pending at one number, over all profiles
	reminderAfter   = 48 * time.Hour // one reminder to a contact who has not answered
)

// Invite is the operator's `contacts invite` for one profile.
func (d *Asking) Invite(e gateway.Invite) {
	p := d.View.Subject
	if p == nil {
		return
	}
	d.InviteContacts(p, e.At)
	d.Turn.Answer.Outcome.Asked = len(d.Turn.Attempts)
}

// InviteContacts asks those contacts of a profile who have not been asked, and
// sets the one reminder. Who was asked by enough people lately is asked when the
// reminder is due.
func (d *Asking) InviteContacts(p *gateway.Profile, at time.Time) {
	changed, again := d.inviteNew(p, at)
	if changed {
		d.PutProfile(p, "contacts-asked", "system", "")
	}
	if again {
		d.remindAt(p, gateway.Later(d.Now, at).Add(reminderAfter))
	}
}

func (d *Asking) remindAt(p *gateway.Profile, due time.Time) {
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerReminder, Profile: p.ID, Due: due})
}

// inviteNew asks those who have not been asked. It reports whether the profile
// has changed, and whether somebody is to be asked again, or had to wait.
func (d *Asking) inviteNew(p *gateway.Profile, at time.Time) (changed, again bool) {
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing != gateway.StandingUnanswered || c.Asked > 0 || d.WantsNone(c.Phone) {
			continue
		}
		times, refused := d.InvitedBy(p, c.Phone)
		switch {
		case refused:
			continue
		case times > 0: // they were named, taken off and named again, and have the text
			c.Asked = times
			c.Consent.Shown = d.invitation(p, c, "invite")
			changed = true
		case d.MayInvite(c.Phone):
			d.askContact(p, c, "invite", at)
			changed, again = true, true
		default:
			again = again || gateway.Age(d.Now, gateway.Later(p.Registered, c.Added)) < gateway.TextedKept
		}
	}
	return changed, again
}

func (d *Asking) askContact(p *gateway.Profile, c *gateway.Contact, text string, at time.Time) {
	c.Asked++
	c.Consent.Shown = d.invitation(p, c, text)
	d.NoteTexted(gateway.TextedInvite, p, c.Phone, gateway.Later(d.Now, at))
	d.Send(gateway.Attempt{Lane: gateway.LaneInvite, Purpose: gateway.PurposeInvite, To: c.Phone, Due: at, Text: c.Consent.Shown})
}

// invitation is what a contact is asked.
func (d *Asking) invitation(p *gateway.Profile, c *gateway.Contact, text string) string {
	language := p.LanguageOf(c)
	return d.Say(language, text, templates.Data{Name: d.Introduced(p, language), Call: d.Rules.CallNumber(c.Phone.Country())})
}

// Remind asks once more those who were asked once and have not answered, and
// those who had to wait.
func (d *Asking) Remind(p *gateway.Profile) {
	reminded := false
	for i := range p.Contacts {
		c := &p.Contacts[i]
		times, refused := d.InvitedBy(p, c.Phone)
		if c.Standing == gateway.StandingUnanswered && c.Asked == 1 && !d.WantsNone(c.Phone) &&
			!refused && times < decision.InvitesByOneMost && d.MayInvite(c.Phone) {
			d.askContact(p, c, "invite-again", time.Time{})
			reminded = true
		}
	}
	changed, again := d.inviteNew(p, time.Time{})
	if changed || reminded {
		d.PutProfile(p, "contacts-reminded", "system", "")
	}
	if again {
		d.remindAt(p, d.Now.Add(reminderAfter))
	}
}

// pumpingFrom is how many new contacts in a block of ten thousand numbers, in
// one day, leave a task. Families who register together rarely have two.
const pumpingFrom = 20

// CountNewcomer counts a new contact, and puts its block before an agent when
// there are many.
func (d *Asking) CountNewcomer(phone gateway.Phone) {
	d.Turn.Newcomers = append(d.Turn.Newcomers, phone)
	if d.View.Newcomers[phone]+1 == pumpingFrom {
		d.PutTask(gateway.Task{Kind: gateway.TaskPumping, Phone: d.Conv.Phone, Note: string(phone[:len(phone)-4]) + "…"})
	}
}
