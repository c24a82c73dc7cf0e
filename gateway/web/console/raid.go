package console

import (
	"cmp"
	"slices"

	"aviso/gateway"
)

// raidMost is how many alerts of an incident its page is made of. What is beyond
// them is said, and stands on the board.
const raidMost = 500

// raidPage is one incident: how far its families are, its alerts, and its tasks
// among those who are there.
type raidPage struct {
	Incident *gateway.Incident
	Work     tasksPage
	Rows     []boardRow
	Many     bool // there are more alerts than are shown
	Count    families
	There    []present
}

// families are the alerts of an incident by how far their families are. Each is of
// one kind only.
type families struct {
	All       int
	Confirmed int // somebody has
	Failed    int // nobody has, and somebody could not be reached
	Waiting   int // all who are told may still answer
	Nobody    int // there is nobody to tell
	Over      int // it has ended
}

// present is an agent who is signed in, with how many of the tasks they have.
type present struct {
	Name string
	Has  int
	Self bool
}

func (c *Console) showRaid(v *visit) error {
	raid, err := c.raidField(v, v.Param("id"))
	if err != nil {
		return err
	}
	if raid == nil {
		return gateway.ErrNotFound
	}
	return c.raidWith(v, raid, tasksPage{})
}

// raidField is the incident of an id; nil where the id is empty.
func (c *Console) raidField(v *visit, s string) (*gateway.Incident, error) {
	id, err := optionalID(s)
	if err != nil || id.IsZero() {
		return nil, err
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return nil, err
	}
	for _, incident := range directory.Incidents() {
		if incident.ID == id {
			return &incident, nil
		}
	}
	return nil, gateway.ErrNotFound
}

func (c *Console) raidWith(v *visit, raid *gateway.Incident, work tasksPage) error {
	p := raidPage{Work: work, Incident: raid}
	v.page = "/console/raids/" + raid.ID.String()
	if err := c.work(v, &p.Work, raid); err != nil {
		return err
	}
	cases, err := c.Records.Raided(v.ctx, raid, raidMost+1)
	if err != nil {
		return err
	}
	if p.Many = len(cases) > raidMost; p.Many {
		cases = cases[:raidMost]
	}
	now := c.Clock()
	for i := range cases {
		r := row(&cases[i], now)
		p.Count.add(&r)
		p.Rows = append(p.Rows, r)
	}
	// What still needs somebody stands first.
	slices.SortStableFunc(p.Rows, func(a, b boardRow) int { return cmp.Compare(needs(&a), needs(&b)) })
	if p.There, err = c.there(v, &p.Work); err != nil {
		return err
	}
	return c.in(v, "tasks", "raid", p)
}

// Family is how far the family of an alert is.
func (r boardRow) Family() string {
	contacts, confirmed, failed := 0, 0, 0
	for _, to := range r.To {
		if to.Kind != gateway.KindContact {
			continue
		}
		contacts++
		switch {
		case to.How == "confirmed":
			confirmed++
		case to.How == "failed", to.Fell != nil:
			failed++
		}
	}
	switch {
	case !r.Alert.Open():
		return "over"
	case contacts == 0:
		return "nobody"
	case confirmed > 0:
		return "confirmed"
	case failed > 0:
		return "failed"
	}
	return "waiting"
}

func (f *families) add(r *boardRow) {
	f.All++
	switch r.Family() {
	case "over":
		f.Over++
	case "nobody":
		f.Nobody++
	case "confirmed":
		f.Confirmed++
	case "failed":
		f.Failed++
	default:
		f.Waiting++
	}
}

// needs orders alerts by what is left to do.
func needs(r *boardRow) int {
	return slices.Index([]string{"failed", "nobody", "waiting", "confirmed", "over"}, r.Family())
}

// there are the agents who are signed in, whoever has the fewest first: so is seen
// whom to ask.
func (c *Console) there(v *visit, p *tasksPage) ([]present, error) {
	has := map[gateway.ID]int{}
	count := func(list []taskGroup) {
		for _, g := range list {
			for _, t := range g.All {
				has[t.Agent]++
			}
		}
	}
	count(p.Mine)
	count(p.Others)
	if p.Hand != nil {
		count([]taskGroup{*p.Hand})
	}
	all, err := c.Accounts.List(v.ctx)
	if err != nil {
		return nil, err
	}
	now := c.Clock()
	var list []present
	for _, a := range all {
		sessions, err := c.Accounts.Sessions(v.ctx, a.ID)
		if err != nil {
			return nil, err
		}
		here := slices.ContainsFunc(sessions, func(s gateway.Session) bool {
			return s.Stage == gateway.StageIn && gateway.Age(now, s.Seen) < gateway.PresentFor && s.Expires.After(now)
		})
		if here || has[a.ID] > 0 {
			list = append(list, present{a.Name, has[a.ID], a.ID == v.agent.ID})
		}
	}
	slices.SortStableFunc(list, func(a, b present) int { return cmp.Compare(a.Has, b.Has) })
	return list, nil
}
