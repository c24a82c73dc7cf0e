package acts

import (
	"aviso/gateway"
)

// The book of demands is on paper (scripts/docs/demands.md). Here stands what is to
// be counted of it, and what admins have to find again: it is a deed like any other,
// so that nobody enters, or corrects, anything without a name to it.

// EnterDemand enters that somebody has demanded data, or what has become of that. It
// stays on the admin's chain, sealed, and is counted by `aviso report`; nothing else
// is done by it.
type EnterDemand struct{ Demand gateway.Demand }

func (*EnterDemand) name() string { return "demand" }

func (*EnterDemand) scope(*gateway.Scope) {}

func (*EnterDemand) admin() {}

func (e *EnterDemand) do(*Acting) error {
	var err error
	if e.Demand.Words, err = clean("words", e.Demand.Words, actWords); err != nil {
		return err
	}
	return e.Demand.Check()
}

// cameTo is what is entered, as it stands on the admin's chain and nowhere else.
func (e *EnterDemand) cameTo() string { return e.Demand.String() }
