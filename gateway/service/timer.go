package service

import (
	"aviso/gateway"
)

// timer is a time that has come. A timer is done with whatever it finds.
func (d *layers) timer(t gateway.Timer) {
	d.Turn.Drop = append(d.Turn.Drop, t.ID)
	if t.Act != nil {
		if t.Kind != gateway.TimerVoid {
			d.acting.CarryOut(t)
		}
		return
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = t.Phone
	p := d.View.Subject
	if p == nil {
		p = d.View.Own
	}
	d.Lang = d.Words.Language(d.Conv.Language)
	if p != nil {
		d.Lang = d.Words.Language(p.Language)
	}
	switch t.Kind {
	case gateway.TimerPanic:
		d.PanicDue(t)
	case gateway.TimerWho:
		d.WhoDue()
	case gateway.TimerMoved:
		d.MovedDue()
	case gateway.TimerCheckIn:
		d.CheckInDue(t)
	case gateway.TimerLate:
		d.CheckInLate(t)
	case gateway.TimerLimits, gateway.TimerSaveNumber, gateway.TimerAskDuress:
		d.ExtraDue(t)
	case gateway.TimerReminder:
		if p != nil {
			d.Remind(p)
		}
	case gateway.TimerDrill:
		d.DrillDue(t)
	case gateway.TimerIncident:
		d.IncidentDue(t)
	case gateway.TimerSettle:
		d.SettleDue(t)
	case gateway.TimerClimb:
		d.ClimbDue(t)
	case gateway.TimerFollow:
		d.FollowDue(t)
	case gateway.TimerRoster:
		d.RosterDue(t)
	case gateway.TimerWords:
		d.WordsDue(t)
	}
}
