package escalation

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// Follow sets the next time at which an alert is looked after.
func (d *Cases) Follow(a *gateway.Alert) {
	for _, after := range d.Rules.Policy.Steps() {
		if at := a.At.Add(after); at.After(d.Now) {
			d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerFollow, Alert: a.ID, Due: at})
			return
		}
	}
}

// FollowDue does what the newest step that has come asks for. Steps that were
// missed while nothing ran are not made up for: the family would get four
// texts at once.
func (d *Cases) FollowDue(t gateway.Timer) {
	c := d.View.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Drill {
		return
	}
	steps := d.Rules.Policy.Steps()
	step := -1
	for i, after := range steps {
		if !c.Alert.At.Add(after).After(d.Now) {
			step = i
		}
	}
	switch {
	case step < 0:
	case step == 0:
		d.nobodyConfirmed(c)
	case step == len(steps)-1:
		d.closeUnknown(c)
		return
	case step == len(steps)-2:
		d.PutTask(gateway.Task{Kind: gateway.TaskNoNews, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: c.Alert.Phone, Name: c.Alert.Name})
	default:
		d.followUp(c, step)
	}
	d.Follow(&c.Alert)
}

// nobodyConfirmed puts an alert that nobody has confirmed before an agent, and
// says so to the person.
func (d *Cases) nobodyConfirmed(c *gateway.Case) {
	if _, confirmed := c.Count(); confirmed > 0 || len(c.Recipients) == 0 {
		return
	}
	if !c.HasTask(gateway.TaskNobodyConfirmed) {
		d.PutTask(gateway.Task{Kind: gateway.TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
	d.sayNobody(c)
}

// sayNobody tells the person that nobody has confirmed, once.
func (d *Cases) sayNobody(c *gateway.Case) {
	data := templates.Data{Ref: c.Alert.Ref.String(), Call: d.Rules.CallNumber(c.Alert.Phone.Country())}
	words := d.Say(c.Alert.Language, "nobody-confirmed", data)
	said := slices.ContainsFunc(c.Attempts, func(a gateway.Attempt) bool { return a.Purpose == gateway.PurposeNews && a.Text == words })
	if _, confirmed := c.Count(); confirmed == 0 && !said {
		d.News(&c.Alert, "nobody-confirmed", data)
	}
}

// followUp tells the family what they can do now: the locator, sign nothing,
// medicines, a lawyer. Children are asked about in the answer to who confirms.
func (d *Cases) followUp(c *gateway.Case, step int) {
	name := "follow-up-" + strconv.Itoa(min(step, followUpTexts))
	p := d.Profile(c.Alert.Profile)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != gateway.KindContact || !r.Accepted || r.Vague || d.WantsNone(r.Phone) || !c.Told(r) {
			continue
		}
		group := d.together(c, r)
		if group[0].ID != c.Alert.ID {
			continue // that one's text speaks of all
		}
		data := d.Toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String()})
		for _, a := range group[1:] {
			data.Name += ", " + gateway.ShortName(a.Name)
			data.Ref += " " + a.Ref.String()
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneInfo, Purpose: gateway.PurposeInfo, To: r.Phone,
			Text: d.Say(r.Language, name, data),
		})
	}
}

// togetherFor is how far apart alerts may be raised whose contact gets one
// text of following up for all: people of one raid.
const togetherFor = time.Hour

// together are the open alerts that a contact was told of within an hour of the
// first of them, this one among them, oldest first. What belongs together is
// the same from whichever of them it is asked.
func (d *Cases) together(c *gateway.Case, r *gateway.Recipient) []*gateway.Alert {
	list := []*gateway.Alert{&c.Alert}
	for i := range d.View.Together[r.Phone] {
		told := &d.View.Together[r.Phone][i]
		o := &told.Recipient
		if told.Alert.ID != c.Alert.ID && told.Alert.Open() && !told.Alert.Drill && o.Kind == gateway.KindContact && o.Accepted && !o.Vague &&
			(o.State == gateway.RecipientOwed || o.State == gateway.RecipientConfirmed) {
			list = append(list, &told.Alert)
		}
	}
	slices.SortFunc(list, func(a, b *gateway.Alert) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for first := 0; ; {
		last := first
		mine := false
		for ; last < len(list) && list[last].At.Sub(list[first].At) <= togetherFor; last++ {
			mine = mine || list[last].ID == c.Alert.ID
		}
		if mine {
			return list[first:last]
		}
		first = last
	}
}

// followUpTexts is how many different texts of following up there are.
const followUpTexts = 4

// closeUnknown closes an alert that nobody has had news of.
func (d *Cases) closeUnknown(c *gateway.Case) {
	d.End(c, gateway.AlertClosed, "unknown", "system", func(*gateway.Recipient) string { return "" })
}

// WatchTasks sets the timer that rings the on-call roster, for urgent tasks of
// alerts that this Turn leaves to whoever takes them: new ones, and those that
// an agent let go of.
func (d *Cases) WatchTasks() {
	for _, t := range d.Turn.Tasks {
		if t.Waits() && !t.Alert.IsZero() {
			d.rosterAt(t.Alert, time.Duration(d.Rules.Policy.Roster))
		}
	}
}

// rosterAt looks whether the roster has to be rung for an alert, after a time.
func (d *Cases) rosterAt(alert gateway.ID, after time.Duration) {
	if !slices.ContainsFunc(d.Turn.Timers, func(o gateway.Timer) bool { return o.Kind == gateway.TimerRoster && o.Alert == alert }) {
		d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerRoster, Alert: alert, Due: d.Now.Add(after)})
	}
}

// RosterDue rings the next agent on call while an urgent task of the alert is
// unclaimed, round and round. Once a whole round has not helped, the person is
// told that nobody has confirmed.
func (d *Cases) RosterDue(t gateway.Timer) {
	policy := &d.Rules.Policy
	c := d.View.Case(t.Alert)
	roster := d.View.Directory.Desks(gateway.AgentsDesk)
	if c == nil || !c.Unclaimed(d.Now, time.Duration(policy.Roster)) || len(roster) == 0 || !d.Rules.Calls() {
		return
	}
	rings := slices.DeleteFunc(slices.Clone(c.Attempts), func(a gateway.Attempt) bool { return a.Purpose != gateway.PurposeRoster })
	last := gateway.Attempt{}
	if len(rings) > 0 {
		last = rings[len(rings)-1]
	}
	onDuty := d.onDuty(roster)
	switch {
	case len(rings) > 0 && gateway.Age(d.Now, last.ID.Made()) < time.Duration(policy.Ring):
		return // another task's timer has just rung, and goes on
	case d.rungForRaid(&c.Alert):
		d.rosterAt(c.Alert.ID, time.Duration(policy.Roster))
		return
	case len(onDuty) > 0:
		before := slices.IndexFunc(onDuty, func(desk gateway.Desk) bool { return desk.Address == last.To })
		d.ringAgent(c, &onDuty[(before+1)%len(onDuty)])
		if len(rings) >= len(onDuty) {
			d.sayNobody(c)
		}
	}
	d.rosterAt(c.Alert.ID, time.Duration(policy.Ring))
}

// onDuty are those of the roster whose hours it is, by the contact centre's own
// clock: that is where they are, wherever the alert is.
func (d *Cases) onDuty(roster []gateway.Desk) []gateway.Desk {
	at := d.Now.In(d.Rules.Centre())
	return slices.DeleteFunc(slices.Clone(roster), func(desk gateway.Desk) bool {
		hours, err := gateway.ParseHours(desk.Hours)
		return err != nil || !hours.Open(at)
	})
}

// ringAgent calls one of the roster. One who does not answer is not called
// again before the others.
func (d *Cases) ringAgent(c *gateway.Case, agent *gateway.Desk) {
	language := d.Words.Language(agent.Language)
	words := d.Phrase(language, "call-roster", templates.Data{Ref: c.Alert.Ref.String()})
	if raid := d.Raid(c.Alert.ID); raid != nil {
		words = d.Phrase(language, "call-roster-raid", templates.Data{Consulate: d.City(raid.Incident.Consulate)})
	}
	d.Send(gateway.Attempt{Alert: c.Alert.ID, Channel: gateway.Voice, Lane: gateway.LaneNotice, Purpose: gateway.PurposeRoster, To: agent.Address, Text: words})
}
