package escalation

import (
	"slices"
	"time"

	"aviso/gateway"
)

const (
	// unreachedFor is how long such a finding is believed. What an operator
	// mends works within the hour.
	unreachedFor = time.Hour
	// unreachedFresh is how much of that has to be left for a finding not to
	// be written down again: a thousand texts that fail for one reason are one
	// change of the directory.
	unreachedFresh = unreachedFor / 2
)

// learnReach keeps in mind that a sender does not reach a country.
func (d *Cases) learnReach(a *gateway.Attempt, f *gateway.Failure) {
	country := a.To.Country()
	if !f.Unreached || a.Channel != gateway.SMS || a.Sender == "" || country == "" {
		return
	}
	if u := d.View.Directory.InForce(a.Sender, country, d.Now.Add(unreachedFresh)); u != nil {
		return
	}
	d.Turn.Unreached = append(d.Turn.Unreached, gateway.Unreached{Sender: a.Sender, Country: country, Code: f.Code, Until: d.Now.Add(unreachedFor)})
}

// NotTheirs holds the number of a person that is not theirs any more, as
// whoever has it now says (wrong), or the carrier. An alert from it is raised
// all the same: a phone that was taken may say anything. Agents find out.
func (d *Cases) NotTheirs(p *gateway.Profile, kind, actor string) {
	d.BumpProfile(p, kind, actor, "")
	d.PutTask(gateway.Task{Kind: gateway.TaskOwnNumber, Urgent: d.OpenCase(p.ID) != nil, Profile: p.ID, Phone: p.Phone, Name: p.Name})
}

// learnPhone keeps what a refusal says of a phone: that somebody stopped our
// texts at the carrier, which outlasts this decision, or that there is no such
// number. Whoever named it as a contact is told, once.
func (d *Cases) learnPhone(a *gateway.Attempt, f *gateway.Failure) {
	switch {
	case a.To == "":
	case f.OptedOut && !d.WantsNone(a.To):
		d.NoTexts(a.To)
		d.deskOff(a.To, f.Code)
		d.Turn.Stops = append(d.Turn.Stops, gateway.Stop{ID: d.Fresh.ID(), Phone: a.To})
		d.eachNamer(a, func(p *gateway.Profile, contact *gateway.Contact) {
			if c := d.View.Case(a.Alert); c == nil || c.Alert.Profile != p.ID { // else the alert's own news says it
				d.TellOwner(p, "contact-stopped", contact)
			}
		})
	case a.Purpose == gateway.PurposeSign:
		if d.View.Own != nil && (f.Invalid || f.Unassigned) {
			d.NotTheirs(d.View.Own, "phone-failed", "system")
		}
	case f.Invalid, f.Unassigned && a.Lane == gateway.LaneDrill:
		d.eachNamer(a, func(p *gateway.Profile, contact *gateway.Contact) {
			if contact.Standing == gateway.StandingWrong {
				return
			}
			contact.Standing = gateway.StandingWrong
			d.PutProfile(p, "contact-invalid", "system", contact.Name)
			d.TellOwner(p, "contact-invalid", contact)
			d.PutTask(gateway.Task{Kind: gateway.TaskWrongNumber, Profile: p.ID, Phone: p.Phone, Name: contact.Name})
		})
	}
}

// eachNamer goes through the people who named an attempt's phone as a contact.
func (d *Cases) eachNamer(a *gateway.Attempt, do func(*gateway.Profile, *gateway.Contact)) {
	for i := range d.View.Namers {
		p := &d.View.Namers[i]
		p.Contacts = slices.Clone(p.Contacts)
		if contact := p.Contact(a.To); contact != nil {
			do(p, contact)
		}
	}
}
