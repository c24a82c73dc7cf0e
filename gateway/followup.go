package gateway

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"aviso/templates"
)

const (
	// TimerFollow looks after an open alert at the times of the policy.
	TimerFollow TimerKind = "follow"
	// TimerRoster rings the on-call roster while a task of an alert is
	// unclaimed.
	TimerRoster TimerKind = "roster"
)

const (
	TaskNobodyConfirmed TaskKind = "nobody-confirmed"
	TaskNoNews          TaskKind = "no-news" // an alert without news for days: ask the family
)

// PurposeRoster is a call to the agent on call.
const PurposeRoster Purpose = "roster"

// follow sets the next time at which an alert is looked after.
func (d *cases) follow(a *Alert) {
	for _, after := range d.Rules.Policy.steps() {
		if at := a.At.Add(after); at.After(d.now) {
			d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerFollow, Alert: a.ID, Due: at})
			return
		}
	}
}

// steps are the times after an alert at which it is looked after: nobody, the
// follow-ups, ask, close.
func (p *Policy) steps() []time.Duration {
	steps := []time.Duration{time.Duration(p.Nobody)}
	for _, f := range p.FollowUp {
		steps = append(steps, time.Duration(f))
	}
	return append(steps, time.Duration(p.Ask), time.Duration(p.Close))
}

// followDue does what the newest step that has come asks for. Steps that were
// missed while nothing ran are not made up for: the family would get four
// texts at once.
func (d *cases) followDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Drill {
		return
	}
	steps := d.Rules.Policy.steps()
	step := -1
	for i, after := range steps {
		if !c.Alert.At.Add(after).After(d.now) {
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
		d.putTask(Task{Kind: TaskNoNews, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: c.Alert.Phone, Name: c.Alert.Name})
	default:
		d.followUp(c, step)
	}
	d.follow(&c.Alert)
}

// nobodyConfirmed puts an alert that nobody has confirmed before an agent, and
// says so to the person.
func (d *cases) nobodyConfirmed(c *Case) {
	if _, confirmed := c.count(); confirmed > 0 || len(c.Recipients) == 0 {
		return
	}
	if !c.hasTask(TaskNobodyConfirmed) {
		d.putTask(Task{Kind: TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
	d.sayNobody(c)
}

// sayNobody tells the person that nobody has confirmed, once.
func (d *cases) sayNobody(c *Case) {
	data := templates.Data{Ref: c.Alert.Ref.String(), Call: d.Rules.callNumber(c.Alert.Phone.Country())}
	words := d.say(c.Alert.Language, "nobody-confirmed", data)
	said := slices.ContainsFunc(c.Attempts, func(a Attempt) bool { return a.Purpose == PurposeNews && a.Text == words })
	if _, confirmed := c.count(); confirmed == 0 && !said {
		d.news(&c.Alert, "nobody-confirmed", data)
	}
}

// followUp tells the family what they can do now: the locator, sign nothing,
// medicines, a lawyer. Children are asked about in the answer to who confirms.
func (d *cases) followUp(c *Case, step int) {
	name := "follow-up-" + strconv.Itoa(min(step, followUpTexts))
	p := d.profile(c.Alert.Profile)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if r.Kind != KindContact || !r.Accepted || r.Vague || d.view.Stopped[r.Phone] || !c.told(r) {
			continue
		}
		group := d.together(c, r)
		if group[0].ID != c.Alert.ID {
			continue // that one's text speaks of all
		}
		data := d.toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String()})
		for _, a := range group[1:] {
			data.Name += ", " + ShortName(a.Name)
			data.Ref += " " + a.Ref.String()
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneInfo, Purpose: PurposeInfo, To: r.Phone,
			Text: d.say(r.Language, name, data),
		})
	}
}

// togetherFor is how far apart alerts may be raised whose contact gets one
// text of following up for all: people of one raid.
const togetherFor = time.Hour

// together are the open alerts that a contact was told of within an hour of the
// first of them, this one among them, oldest first. What belongs together is
// the same from whichever of them it is asked.
func (d *cases) together(c *Case, r *Recipient) []*Alert {
	list := []*Alert{&c.Alert}
	for i := range d.view.Together[r.Phone] {
		told := &d.view.Together[r.Phone][i]
		o := &told.Recipient
		if told.Alert.ID != c.Alert.ID && told.Alert.Open() && !told.Alert.Drill && o.Kind == KindContact && o.Accepted && !o.Vague &&
			(o.State == RecipientOwed || o.State == RecipientConfirmed) {
			list = append(list, &told.Alert)
		}
	}
	slices.SortFunc(list, func(a, b *Alert) int { return bytes.Compare(a.ID[:], b.ID[:]) })
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
func (d *cases) closeUnknown(c *Case) {
	d.end(c, AlertClosed, "unknown", "system", func(*Recipient) string { return "" })
}

// watchTasks sets the timer that rings the on-call roster, for urgent tasks of
// alerts that this Turn leaves to whoever takes them: new ones, and those that
// an agent let go of.
func (d *cases) watchTasks() {
	for _, t := range d.turn.Tasks {
		if t.waits() && !t.Alert.IsZero() {
			d.rosterAt(t.Alert, time.Duration(d.Rules.Policy.Roster))
		}
	}
}

// rosterAt looks whether the roster has to be rung for an alert, after a time.
func (d *cases) rosterAt(alert ID, after time.Duration) {
	if !slices.ContainsFunc(d.turn.Timers, func(o Timer) bool { return o.Kind == TimerRoster && o.Alert == alert }) {
		d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerRoster, Alert: alert, Due: d.now.Add(after)})
	}
}

// rosterDue rings the next agent on call while an urgent task of the alert is
// unclaimed, round and round. Once a whole round has not helped, the person is
// told that nobody has confirmed.
func (d *cases) rosterDue(t Timer) {
	policy := &d.Rules.Policy
	c := d.view.Case(t.Alert)
	roster := d.view.Directory.Desks(AgentsDesk)
	if c == nil || !c.unclaimed(d.now, time.Duration(policy.Roster)) || len(roster) == 0 || d.Rules.VoiceFrom == "" {
		return
	}
	rings := slices.DeleteFunc(slices.Clone(c.Attempts), func(a Attempt) bool { return a.Purpose != PurposeRoster })
	last := Attempt{}
	if len(rings) > 0 {
		last = rings[len(rings)-1]
	}
	onDuty := d.onDuty(roster)
	switch {
	case len(rings) > 0 && age(d.now, last.ID.Made()) < time.Duration(policy.Ring):
		return // another task's timer has just rung, and goes on
	case d.rungForRaid(&c.Alert):
		d.rosterAt(c.Alert.ID, time.Duration(policy.Roster))
		return
	case len(onDuty) > 0:
		before := slices.IndexFunc(onDuty, func(desk Desk) bool { return desk.Address == last.To })
		d.ringAgent(c, &onDuty[(before+1)%len(onDuty)])
		if len(rings) >= len(onDuty) {
			d.sayNobody(c)
		}
	}
	d.rosterAt(c.Alert.ID, time.Duration(policy.Ring))
}

// onDuty are those of the roster whose hours it is, by the contact centre's own
// clock: that is where they are, wherever the alert is.
func (d *cases) onDuty(roster []Desk) []Desk {
	at := d.now.In(d.Rules.Centre())
	return slices.DeleteFunc(slices.Clone(roster), func(desk Desk) bool {
		hours, err := ParseHours(desk.Hours)
		return err != nil || !hours.Open(at)
	})
}

// ringAgent calls one of the roster. One who does not answer is not called
// again before the others.
func (d *cases) ringAgent(c *Case, agent *Desk) {
	language := d.Words.Language(agent.Language)
	words := d.phrase(language, "call-roster", templates.Data{Ref: c.Alert.Ref.String()})
	if raid := d.raid(c.Alert.ID); raid != nil {
		words = d.phrase(language, "call-roster-raid", templates.Data{Consulate: d.city(raid.Incident.Consulate)})
	}
	d.send(Attempt{Alert: c.Alert.ID, Channel: Voice, Lane: LaneNotice, Purpose: PurposeRoster, To: agent.Address, Text: words})
}

// unclaimed reports whether an urgent task has waited so long for somebody to
// claim it.
func (c *Case) unclaimed(now time.Time, after time.Duration) bool {
	return slices.ContainsFunc(c.Tasks, func(t Task) bool {
		return t.waits() && age(now, t.At) >= after
	})
}

// waits reports whether a task is urgent, and nobody has taken it.
func (t Task) waits() bool { return t.Urgent && t.State == TaskOpen }
