package escalation

import (
	"aviso/gateway"
	"aviso/gateway/decision"
)

// Somebody's false alarms wear out those who are told. The family is told of every
// alert all the same, of a later one as of another; a desk, which has hundreds of
// people to answer for, hears of the third in a day through an agent.

// oftenAfter is how many alerts of a day have to be over before an agent is asked
// whether a desk is to hear of the next.
const oftenAfter = 2

// Often reports whether so many alerts of a person's day are over that an agent
// decides whether the desk is told; over says which are. Whoever acts for us has
// decided.
func (d *Cases) Often(profile gateway.ID, over func(gateway.Alert) bool) bool {
	if d.Agent != nil {
		return false
	}
	n := 0
	for i := range d.View.Cases {
		if a := &d.View.Cases[i].Alert; d.ofToday(a, profile) && over(*a) {
			n++
		}
	}
	return n >= oftenAfter
}

// Again reports whether a person had another alert within a day.
func (d *Cases) Again(profile gateway.ID) bool {
	for i := range d.View.Cases {
		if d.ofToday(&d.View.Cases[i].Alert, profile) {
			return true
		}
	}
	return false
}

func (d *Cases) ofToday(a *gateway.Alert, profile gateway.ID) bool {
	return a.Profile == profile && !a.Drill && gateway.Age(d.Now, a.At) < decision.Day
}
