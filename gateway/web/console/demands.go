package console

import (
	"strconv"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// demandsPage is the book of demands: who has demanded data, and what became of it.
type demandsPage struct {
	Demands  []gateway.Demand // the newest page first
	Kinds    []string
	Outcomes []string
	Next     int // the page after the last
	Today    string
}

func (c *Console) showDemands(v *visit) error {
	all, err := c.Records.Demands(v.ctx)
	if err != nil {
		return err
	}
	p := demandsPage{
		Kinds: gateway.DemandKinds, Outcomes: gateway.DemandOutcomes, Next: 1,
		Today: c.Clock().In(c.Rules.Centre()).Format("2006-01-02"),
	}
	for _, d := range all {
		p.Demands = append([]gateway.Demand{d}, p.Demands...)
		p.Next = d.Page + 1
	}
	return c.in(v, "demands", "demands", p)
}

func (c *Console) enterDemand(v *visit) error {
	page, _ := strconv.Atoi(v.field("page")) // 0 is refused
	o, err := c.act(v, &acts.EnterDemand{Demand: gateway.Demand{
		Page: page, Kind: v.field("kind"), Received: v.field("received"), Outcome: v.field("outcome"), Words: v.field("words"),
	}})
	return c.done(v, o, err, "/console/demands", c.showDemands)
}
