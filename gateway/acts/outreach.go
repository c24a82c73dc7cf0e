package acts

import (
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// DrillPerson sends a PRUEBA to the contacts of one person who accepted.
type DrillPerson struct{ Profile gateway.ID }

func (DrillPerson) name() string { return "drill" }

func (p DrillPerson) scope(s *gateway.Scope) { s.Profile, s.Drills = p.Profile, true }

func (p DrillPerson) do(d *Acting) error {
	person := d.View.Subject
	if person == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Who = person.ID
	if d.AnyCase(person.ID) != nil {
		return &gateway.Invalid{Field: "profile", Why: "open"}
	}
	d.Drill(person, "agent", "")
	if len(d.Turn.Alerts) == 0 {
		return &gateway.Invalid{Field: "drill", Why: d.whyNoDrill(person)}
	}
	d.BumpProfile(person, "drill", d.Actor, d.Turn.Alerts[0].Ref.String())
	d.Turn.Answer.Outcome.Text = d.Turn.Alerts[0].Ref.String()
	return nil
}

// whyNoDrill is why nobody is sent a PRUEBA: what can wait waits; no contact has
// accepted; those who have do not want texts, or had enough of them today.
func (d *Acting) whyNoDrill(p *gateway.Profile) string {
	why := "nobody"
	for _, c := range p.Contacts {
		switch {
		case c.Standing == gateway.StandingUnanswered && why == "nobody":
			why = "unanswered"
		case c.Standing == gateway.StandingAccepted && d.WantsNone(c.Phone):
			why = "stopped"
		}
	}
	for _, c := range p.Contacts {
		if c.Standing == gateway.StandingAccepted && !d.WantsNone(c.Phone) {
			why = "often"
		}
	}
	switch {
	case d.OverLimit():
		return "spent"
	case d.View.Directory.Raided():
		return "raid"
	}
	return why
}

// whyNoInvitation is why no contact is asked: they have all answered; they were
// asked, and have not answered yet; too many people ask them; they want no texts.
func (d *Acting) whyNoInvitation(p *gateway.Profile) string {
	why := "answered"
	if len(p.Contacts) == 0 {
		why = "nobody"
	}
	for _, c := range p.Contacts {
		switch {
		case c.Standing != gateway.StandingUnanswered:
		case d.WantsNone(c.Phone):
			why = "stopped"
		case c.Asked > 0:
			return "asked"
		default:
			why = "many"
		}
	}
	return why
}

// InviteContacts asks those contacts of one person who have not been asked.
type InviteContacts struct{ Profile gateway.ID }

func (InviteContacts) name() string { return "invite" }

func (i InviteContacts) scope(s *gateway.Scope) { s.Profile = i.Profile }

func (i InviteContacts) do(d *Acting) error { return d.inviteByAgent(time.Time{}) }

// InviteMany asks the contacts of many people, one after the other: so many an
// hour.
type InviteMany struct {
	People  []Invited
	PerHour int
}

// Invited is somebody whose contacts are to be asked, and how many there are.
type Invited struct {
	Profile  gateway.ID
	Contacts int
}

// inviteMost is how many people's contacts one act asks.
const inviteMost = 1000

func (InviteMany) name() string { return "invite-many" }

func (InviteMany) scope(*gateway.Scope) {}

func (InviteMany) admin() {}

func (i InviteMany) reaches() (contacts int) {
	for _, person := range i.People {
		contacts += person.Contacts
	}
	return contacts
}

func (i InviteMany) do(d *Acting) error {
	if len(i.People) == 0 || len(i.People) > inviteMost || i.PerHour < 1 {
		return &gateway.Invalid{Field: "invite", Why: "nobody"}
	}
	d.Settles = true
	at := d.Now
	for _, person := range i.People {
		timer, err := d.waiting(InviteInTurn{Profile: person.Profile, At: at}, d.Now)
		if err != nil {
			return err
		}
		timer.Kind = gateway.TimerPart
		d.Turn.Timers = append(d.Turn.Timers, timer)
		at = at.Add(time.Duration(person.Contacts) * time.Hour / time.Duration(i.PerHour))
	}
	return nil
}

// InviteInTurn is InviteContacts for one of many people, whose contacts are
// asked one after the other.
type InviteInTurn struct {
	Profile gateway.ID
	At      time.Time // not before
}

func (InviteInTurn) name() string { return "invite" }

func (i InviteInTurn) scope(s *gateway.Scope) { s.Profile = i.Profile }

func (InviteInTurn) admin() {}

func (i InviteInTurn) do(d *Acting) error { return d.inviteByAgent(i.At) }

func (d *Acting) inviteByAgent(at time.Time) error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Who = p.ID
	d.Lang = templates.Fallback
	before := len(d.Turn.Attempts)
	d.InviteContacts(p, at)
	if len(d.Turn.Attempts) == before {
		return &gateway.Invalid{Field: "invite", Why: d.whyNoInvitation(p)}
	}
	return nil
}
