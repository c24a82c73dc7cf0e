package gateway

import (
	"context"
	"time"

	"aviso/templates"
)

// Incident is many alerts for the place of one consulate within minutes, as in
// a raid. While it is open agents see its alerts as one, its desks are told by
// one growing summary a minute instead of alert by alert, and what can wait
// waits. Families are told singly, always.
//
// It is a subject of its own. No alert writes to it, so that none conflicts
// with another for its sake: which alerts belong to it follows from their place
// and time alone. A decision learns of the open ones from the Directory.
type Incident struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Consulate string    `json:"-"` // id of the consulate for the place; one incident at most is open for each
	Since     time.Time `json:"-"` // alerts belong to it from this time on
	Ended     time.Time `json:"-"` // zero: it is open

	Noticed time.Time      `json:"noticed"`
	Summed  time.Time      `json:"summed,omitzero"` // since when desks are told by summaries; zero: too few have consented
	Desks   []IncidentDesk `json:"desks,omitempty"`
}

// Open reports whether alerts still join the incident.
func (i *Incident) Open() bool { return i.Ended.IsZero() }

// Holds reports whether an alert is one of the incident's.
func (i *Incident) Holds(a *Alert) bool {
	return !a.Drill && a.District == i.Consulate && !a.At.Before(i.Since) && (i.Open() || !a.At.After(i.Ended))
}

// Case is the incident as far as ladders, attempts and tasks hang on it as they
// do on an alert. It is nobody's, and open to the last: what a desk has not
// confirmed is climbed for after the last alert, too.
func (i *Incident) Case() Case {
	return Case{Alert: Alert{ID: i.ID, State: AlertOpen, Consulate: i.Consulate, At: i.Since, Silent: true, Language: templates.Fallback}}
}

// Raid is an incident with what a decision on it may know.
type Raid struct {
	Incident Incident

	// Members are its alerts of people who consented, oldest first, each with
	// one desk's recipient: once for every desk that is owed it.
	Members []Told

	Newest time.Time // when the newest alert of the place was raised, whatever the person consented to
	Tasks  []Task    // of all its alerts, those that are not done
}

// Rush is how many alerts a place had since a time. Those of one person, who
// called one off and raised another, count once.
type Rush struct {
	Consulate string // id, by place
	Alerts    int
	Consented int // of these, the ones that a desk may hear of
	First     time.Time
}

// TimerIncident sums an open incident up, and ends it when it is over.
const TimerIncident TimerKind = "incident"

// TaskRaid is an incident: one line for the on-call roster and the agents,
// however many alerts it has.
const TaskRaid TaskKind = "raid"

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

// Sweep looks for places with so many alerts since a time that they are an
// incident. Any number of nodes may sweep at once.
type Sweep struct{ Since time.Time }

// Scope of a sweep is the recent alerts.
func (e Sweep) Scope() Scope { return Scope{Since: e.Since} }

// Sweep opens the incidents that recent alerts amount to.
func (s *Service) Sweep(ctx context.Context) error {
	_, err := s.Handle(ctx, Sweep{Since: s.Clock().Add(-time.Duration(s.Rules.Policy.Raid.Within))})
	return err
}

func (d *cases) sweep() {
	for _, rush := range d.view.Rush {
		enough := rush.Consented >= d.Rules.Policy.Raid.Alerts
		switch incident := d.view.Directory.Incident(rush.Consulate); {
		case incident == nil && rush.Alerts >= d.Rules.Policy.Raid.Alerts:
			d.openIncident(rush, enough)
		case incident != nil && incident.Summed.IsZero() && enough:
			next := *incident
			next.Summed = d.now
			d.putIncident(&next)
		}
	}
}

func (d *cases) openIncident(rush Rush, summed bool) {
	incident := Incident{ID: d.fresh.ID(), Consulate: rush.Consulate, Since: rush.First, Noticed: d.now}
	if summed {
		incident.Summed = d.now
	}
	d.putIncident(&incident)
	d.incidentAt(incident.ID, d.now.Add(time.Duration(d.Rules.Policy.Raid.Every)))
	d.putTask(Task{Kind: TaskRaid, Urgent: true, Alert: incident.ID, Name: d.city(incident.Consulate)})
}

func (d *cases) incidentAt(id ID, at time.Time) {
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerIncident, Alert: id, Due: at})
}

func (d *decision) putIncident(i *Incident) {
	put(&d.turn.Incidents, *i, func(x Incident) bool { return x.ID == i.ID })
}

// raid is the incident of an id, as far as the view holds it; nil for the id of
// an alert.
func (d *decision) raid(id ID) *Raid {
	for i := range d.view.Raids {
		if d.view.Raids[i].Incident.ID == id {
			return &d.view.Raids[i]
		}
	}
	return nil
}

// incidentDue is an open incident's minute: its desks are told what is new, the
// agents are rung where its tasks lie about, and it ends after a time without
// alerts.
func (d *cases) incidentDue(t Timer) {
	raid := d.raid(t.Alert)
	c := d.view.Case(t.Alert)
	if raid == nil || c == nil || !raid.Incident.Open() {
		return
	}
	rest := d.sumUp(raid, c)
	d.remindAgents(raid, c)
	policy := d.Rules.Policy.Raid
	over := !rest && age(d.now, later(raid.Newest, raid.Incident.Since)) >= time.Duration(policy.Quiet)
	switch {
	case over && raid.Incident.Summed.IsZero():
		d.endIncident(raid, c)
		return
	case over:
		// From now on desks are told singly. What was decided on before that is
		// committed by the next minute, which tells of it and ends the incident.
		raid.Incident.Summed = time.Time{}
		d.putIncident(&raid.Incident)
	}
	d.incidentAt(raid.Incident.ID, d.now.Add(time.Duration(policy.Every)))
}

func (d *cases) endIncident(raid *Raid, c *Case) {
	raid.Incident.Ended = d.now
	d.putIncident(&raid.Incident)
	for _, t := range raid.Tasks {
		if t.waits() {
			return // agents are still rung for them
		}
	}
	for _, t := range c.Tasks {
		if t.Kind == TaskRaid {
			t.State = TaskDone
			d.putTask(t)
		}
	}
}

// raidIdle is how long urgent tasks of an incident may lie about, with nobody
// taking any, before the roster is rung for it once more.
const raidIdle = 15 * time.Minute

// remindAgents rings the on-call roster anew for an incident whose tasks nobody
// has taken any of for a while: whoever took it by a key may have fallen asleep.
func (d *cases) remindAgents(raid *Raid, c *Case) {
	last := raid.Incident.Noticed
	for _, t := range c.Tasks {
		if t.Kind == TaskRaid && t.State == TaskOpen {
			return // it is being rung for
		}
		last = later(last, later(t.At, t.Claimed))
	}
	waiting := false
	for _, t := range raid.Tasks {
		waiting = waiting || t.waits()
		last = later(last, t.Claimed)
	}
	if waiting && age(d.now, last) >= raidIdle {
		d.putTask(Task{Kind: TaskRaid, Urgent: true, Alert: raid.Incident.ID, Name: d.city(raid.Incident.Consulate)})
	}
}

// rungForRaid reports whether an open incident stands for an alert towards the
// on-call roster: a call for each of hundreds of alerts would reach nobody.
func (d *cases) rungForRaid(a *Alert) bool {
	incident := d.view.Directory.Incident(a.District)
	return incident != nil && incident.Holds(a)
}
