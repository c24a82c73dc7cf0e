package gateway

import (
	"time"

	"aviso/templates"
)

// DrillPerson sends a PRUEBA to the contacts of one person who accepted.
type DrillPerson struct{ Profile ID }

func (DrillPerson) name() string     { return "drill" }
func (p DrillPerson) scope(s *Scope) { s.Profile, s.Drills = p.Profile, true }

func (p DrillPerson) do(d *acting) error {
	person := d.view.Subject
	if person == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Who = person.ID
	if d.anyOpen(person.ID) {
		return &Invalid{Field: "profile", Why: "open"}
	}
	d.drill(person, "agent", "")
	if len(d.turn.Alerts) == 0 {
		return &Invalid{Field: "drill", Why: "nobody"} // nobody has accepted, or what can wait waits
	}
	d.bumpProfile(person, "drill", d.actor, d.turn.Alerts[0].Ref.String())
	d.turn.Answer.Outcome.Text = d.turn.Alerts[0].Ref.String()
	return nil
}

// InviteContacts asks those contacts of one person who have not been asked.
type InviteContacts struct{ Profile ID }

func (InviteContacts) name() string     { return "invite" }
func (i InviteContacts) scope(s *Scope) { s.Profile = i.Profile }

func (i InviteContacts) do(d *acting) error { return d.inviteByAgent(time.Time{}) }

// InviteMany asks the contacts of many people, one after the other: so many an
// hour.
type InviteMany struct {
	People  []Invited
	PerHour int
}

// Invited is somebody whose contacts are to be asked, and how many there are.
type Invited struct {
	Profile  ID
	Contacts int
}

// inviteMost is how many people's contacts one act asks.
const inviteMost = 1000

func (InviteMany) name() string { return "invite-many" }
func (InviteMany) scope(*Scope) {}
func (InviteMany) admin()       {}

func (i InviteMany) reaches() (contacts int) {
	for _, person := range i.People {
		contacts += person.Contacts
	}
	return contacts
}

func (i InviteMany) do(d *acting) error {
	if len(i.People) == 0 || len(i.People) > inviteMost || i.PerHour < 1 {
		return &Invalid{Field: "invite", Why: "nobody"}
	}
	d.settles = true
	at := d.now
	for _, person := range i.People {
		timer, err := d.waiting(InviteInTurn{Profile: person.Profile, At: at}, d.now)
		if err != nil {
			return err
		}
		timer.Kind = TimerPart
		d.turn.Timers = append(d.turn.Timers, timer)
		at = at.Add(time.Duration(person.Contacts) * time.Hour / time.Duration(i.PerHour))
	}
	return nil
}

// InviteInTurn is InviteContacts for one of many people, whose contacts are
// asked one after the other.
type InviteInTurn struct {
	Profile ID
	At      time.Time // not before
}

func (InviteInTurn) name() string     { return "invite" }
func (i InviteInTurn) scope(s *Scope) { s.Profile = i.Profile }
func (InviteInTurn) admin()           {}

func (i InviteInTurn) do(d *acting) error { return d.inviteByAgent(i.At) }

func (d *acting) inviteByAgent(at time.Time) error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Who = p.ID
	d.lang = templates.Fallback
	before := len(d.turn.Attempts)
	d.inviteContacts(p, at)
	if len(d.turn.Attempts) == before {
		return &Invalid{Field: "invite", Why: "nobody"}
	}
	return nil
}
