package gateway

import (
	"maps"
	"slices"
)

// Copy is a view that a decision may work on: what it changes there on the way to
// a Turn, nobody else sees. What only ever is replaced, and what a view holds of
// the directory, is shared.
func (v *View) Copy() *View {
	c := *v
	copies := map[*Profile]*Profile{} // one person stays one
	for _, p := range []**Profile{&c.Own, &c.Former, &c.Guest, &c.Behind, &c.Subject} {
		if *p == nil {
			continue
		}
		if copies[*p] == nil {
			one := (*p).copied()
			copies[*p] = &one
		}
		*p = copies[*p]
	}
	for _, list := range []*[]Profile{&c.Named, &c.Wards, &c.Raisers, &c.Invited, &c.Namers} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = (*list)[i].copied()
		}
	}
	c.Cases = slices.Clone(c.Cases)
	for i := range c.Cases {
		one := &c.Cases[i]
		one.Recipients, one.Attempts, one.Tasks = slices.Clone(one.Recipients), slices.Clone(one.Attempts), slices.Clone(one.Tasks)
	}
	c.Told = copiedTold(c.Told)
	c.Together = maps.Clone(c.Together)
	for phone, told := range c.Together {
		c.Together[phone] = copiedTold(told)
	}
	c.Raids = slices.Clone(c.Raids)
	for i := range c.Raids {
		raid := &c.Raids[i]
		raid.Incident.Desks, raid.Members, raid.Tasks = slices.Clone(raid.Incident.Desks), copiedTold(raid.Members), slices.Clone(raid.Tasks)
	}
	c.Conversation = c.Conversation.copied()
	c.Across = slices.Clone(c.Across)
	for i := range c.Across {
		c.Across[i] = c.Across[i].copied()
	}
	c.Stopped = maps.Clone(c.Stopped)
	c.Asking, c.Attempt = copied(c.Asking), copied(c.Attempt)
	c.CryTask, c.Task, c.Ringing = copied(c.CryTask), copied(c.Task), copied(c.Ringing)
	c.Agent, c.Pass, c.Timer = copied(c.Agent), copied(c.Pass), copied(c.Timer)
	if c.Agent != nil {
		c.Agent.Locks = slices.Clone(c.Agent.Locks)
	}
	c.Heard = copied(c.Heard)
	return &c
}

func copiedTold(list []Told) []Told {
	list = slices.Clone(list)
	for i := range list {
		list[i].Attempts = slices.Clone(list[i].Attempts)
	}
	return list
}

func (p *Profile) copied() Profile {
	one := *p
	one.Contacts = slices.Clone(p.Contacts)
	return one
}

func (c *Conversation) copied() Conversation {
	one := *c
	one.Locks = slices.Clone(c.Locks)
	if c.Question != nil {
		one.Question = c.Question.Clone()
	}
	return one
}

func copied[T any](thing *T) *T {
	if thing == nil {
		return nil
	}
	one := *thing
	return &one
}
