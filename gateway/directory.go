package gateway

import (
	"maps"
	"slices"
	"time"

	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

// Desk is one way to reach a consulate (or, by the id "agents", the contact
// centre's roster), as the operator configured it.
type Desk struct {
	ID        ID     `json:"-"`
	Seq       int64  `json:"-"`
	Consulate string `json:"-"` // id of the consulate, "national", or "agents"
	Position  int    `json:"-"` // rows of a consulate are tried in this order, from 0

	Channel   Channel   `json:"channel"`
	Address   Phone     `json:"address"`
	Hours     string    `json:"hours,omitempty"` // "mon-fri 08:00-18:00" in the consulate's zone; empty: always
	Language  string    `json:"language,omitempty"`
	Confirmed time.Time `json:"confirmed,omitzero"` // since when the desk is known to expect alerts; zero: not yet
	Stopped   time.Time `json:"stopped,omitzero"`   // since when its number wants to hear nothing of us; zero: it does
}

// NationalDesk is the Consulate of desks that stand in for consulates, and
// AgentsDesk that of the contact centre's on-call roster.
const (
	NationalDesk = "national"
	AgentsDesk   = "agents"
)

// Directory is what is known of places and of who answers for them: the table
// of consulates, the numbering plan, the operator's desks. It is immutable; the store hands out a new one when either
// has changed.
type Directory struct {
	Consulates *consulate.Table
	Numbers    *numbering.Plan
	desks      map[string][]Desk
	phones     map[Phone][]Desk
	unreached  []Unreached
	incidents  []Incident
}

// NewDirectory orders desks by consulate and position, and finds them by
// phone.
func NewDirectory(table *consulate.Table, numbers *numbering.Plan, desks []Desk) *Directory {
	d := &Directory{Consulates: table, Numbers: numbers, desks: map[string][]Desk{}, phones: map[Phone][]Desk{}}
	for _, desk := range desks {
		d.desks[desk.Consulate] = append(d.desks[desk.Consulate], desk)
		d.phones[desk.Address] = append(d.phones[desk.Address], desk)
	}
	return d
}

// All are all desks, by consulate and position.
func (d *Directory) All() []Desk {
	var all []Desk
	for _, id := range slices.Sorted(maps.Keys(d.desks)) {
		all = append(all, d.desks[id]...)
	}
	return all
}

// Untested are the desks that can be texted and have neither been confirmed by
// the operator nor answered a PRUEBA, nor said that they want no texts.
func (d *Directory) Untested() []Desk {
	return slices.DeleteFunc(d.All(), func(desk Desk) bool {
		return !desk.Confirmed.IsZero() || !desk.Stopped.IsZero() || desk.Channel != SMS || desk.Consulate == AgentsDesk
	})
}

// Desks are the rows of one consulate in the order in which they are tried.
func (d *Directory) Desks(consulate string) []Desk { return d.desks[consulate] }

// DesksAt are the rows that a phone answers for; empty: it is no desk.
func (d *Directory) DesksAt(phone Phone) []Desk { return d.phones[phone] }

// WithIncidents is the directory with other incidents: those that are open, and
// those that ended lately.
func (d *Directory) WithIncidents(list []Incident) *Directory {
	next := *d
	next.incidents = list
	return &next
}

// Incidents are the ones that are open and those that ended lately.
func (d *Directory) Incidents() []Incident {
	if d == nil {
		return nil
	}
	return d.incidents
}

// Incident is the open one of a consulate's place; nil where there is none.
func (d *Directory) Incident(consulate string) *Incident {
	for i, incident := range d.Incidents() {
		if incident.Consulate == consulate && incident.Open() {
			return &d.incidents[i]
		}
	}
	return nil
}

// Raided reports whether any incident is open: what can wait waits then.
func (d *Directory) Raided() bool {
	for _, incident := range d.Incidents() {
		if incident.Open() {
			return true
		}
	}
	return false
}

// WithUnreached is the directory with other findings.
func (d *Directory) WithUnreached(list []Unreached) *Directory {
	next := *d
	next.unreached = list
	return &next
}

// Unreached are the senders that cannot text a country now, and why. Findings
// that are too old are among them until the next change.
func (d *Directory) Unreached() []Unreached { return d.unreached }

// InForce is the finding about a sender and a country that is in force.
func (d *Directory) InForce(sender, country string, now time.Time) *Unreached {
	if d == nil {
		return nil
	}
	for i := range d.unreached {
		if u := &d.unreached[i]; u.Sender == sender && u.Country == country && u.Until.After(now) {
			return u
		}
	}
	return nil
}

// Known are the findings, also of no directory.
func (d *Directory) Known() []Unreached {
	if d == nil {
		return nil
	}
	return d.unreached
}

// Expects reports whether a desk may be told of alerts: it is known to expect
// them, and has not said that it wants none.
func (d *Desk) Expects() bool { return !d.Confirmed.IsZero() && d.Stopped.IsZero() }

// Version is how a subject is seen: its sequence number and the head of its
// audit chain. A Turn that changes the subject says the version that it saw,
// and is refused where that has moved on.
type Version struct {
	Seq  int64  // 0: does not exist yet
	Head []byte // hash of the chain's last entry, 32 bytes; nil: none
}
