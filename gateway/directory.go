package gateway

import (
	"maps"
	"slices"

	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

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
