package escalation

import (
	"time"

	"aviso/gateway"
)

// Sweep opens the incidents that recent alerts amount to.
func (d *Cases) Sweep() {
	for _, rush := range d.View.Rush {
		enough := rush.Consented >= d.Rules.Policy.Raid.Alerts
		switch incident := d.View.Directory.Incident(rush.Consulate); {
		case incident == nil && rush.Alerts >= d.Rules.Policy.Raid.Alerts:
			d.openIncident(rush, enough)
		case incident != nil && incident.Summed.IsZero() && enough:
			next := *incident
			next.Summed = d.Now
			d.PutIncident(&next)
		}
	}
}

func (d *Cases) openIncident(rush gateway.Rush, summed bool) {
	incident := gateway.Incident{ID: d.Fresh.ID(), Consulate: rush.Consulate, Since: rush.First, Noticed: d.Now}
	if summed {
		incident.Summed = d.Now
	}
	d.PutIncident(&incident)
	d.incidentAt(incident.ID, d.Now.Add(time.Duration(d.Rules.Policy.Raid.Every)))
	d.PutTask(gateway.Task{Kind: gateway.TaskRaid, Urgent: true, Alert: incident.ID, Name: d.City(incident.Consulate)})
}

func (d *Cases) incidentAt(id gateway.ID, at time.Time) {
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerIncident, Alert: id, Due: at})
}

// IncidentDue is an open incident's minute: its desks are told what is new, the
// agents are rung where its tasks lie about, and it ends after a time without
// alerts.
func (d *Cases) IncidentDue(t gateway.Timer) {
	raid := d.Raid(t.Alert)
	c := d.View.Case(t.Alert)
	if raid == nil || c == nil || !raid.Incident.Open() {
		return
	}
	rest := d.sumUp(raid, c)
	d.remindAgents(raid, c)
	policy := d.Rules.Policy.Raid
	over := !rest && gateway.Age(d.Now, gateway.Later(raid.Newest, raid.Incident.Since)) >= time.Duration(policy.Quiet)
	switch {
	case over && raid.Incident.Summed.IsZero():
		d.endIncident(raid, c)
		return
	case over:
		// From now on desks are told singly. What was decided on before that is
		// committed by the next minute, which tells of it and ends the incident.
		raid.Incident.Summed = time.Time{}
		d.PutIncident(&raid.Incident)
	}
	d.incidentAt(raid.Incident.ID, d.Now.Add(time.Duration(policy.Every)))
}

func (d *Cases) endIncident(raid *gateway.Raid, c *gateway.Case) {
	raid.Incident.Ended = d.Now
	d.PutIncident(&raid.Incident)
	for _, t := range raid.Tasks {
		if t.Waits() {
			return // agents are still rung for them
		}
	}
	for _, t := range c.Tasks {
		if t.Kind == gateway.TaskRaid {
			t.State = gateway.TaskDone
			d.PutTask(t)
		}
	}
}

// raidIdle is how long urgent tasks of an incident may lie about, with nobody
// taking any, before the roster is rung for it once more.
const raidIdle = 15 * time.Minute

// remindAgents rings the on-call roster anew for an incident whose tasks nobody
// has taken any of for a while: whoever took it by a key may have fallen asleep.
func (d *Cases) remindAgents(raid *gateway.Raid, c *gateway.Case) {
	last := raid.Incident.Noticed
	for _, t := range c.Tasks {
		if t.Kind == gateway.TaskRaid && t.State == gateway.TaskOpen {
			return // it is being rung for
		}
		last = gateway.Later(last, gateway.Later(t.At, t.Claimed))
	}
	waiting := false
	for _, t := range raid.Tasks {
		waiting = waiting || t.Waits()
		last = gateway.Later(last, t.Claimed)
	}
	if waiting && gateway.Age(d.Now, last) >= raidIdle {
		d.PutTask(gateway.Task{Kind: gateway.TaskRaid, Urgent: true, Alert: raid.Incident.ID, Name: d.City(raid.Incident.Consulate)})
	}
}

// rungForRaid reports whether an open incident stands for an alert towards the
// on-call roster: a call for each of hundreds of alerts would reach nobody.
func (d *Cases) rungForRaid(a *gateway.Alert) bool {
	incident := d.View.Directory.Incident(a.District)
	return incident != nil && incident.Holds(a)
}
