package gateway

// tellCaller sends as a text what would have been the answer, where nobody is
// there to be answered.
func (d *decision) tellCaller() {
	text := d.turn.Answer.Text
	d.turn.Answer = Answer{}
	if text == "" || !d.conv.Stopped.IsZero() || !d.conv.Silenced.IsZero() {
		return
	}
	d.send(Attempt{Lane: LaneAnswer, Purpose: PurposeNews, To: d.conv.Phone, Prefer: d.conv.Sender, Text: text})
}

// timer is a time that has come. A timer is done with whatever it finds.
func (d *layers) timer(t Timer) {
	d.turn.Drop = append(d.turn.Drop, t.ID)
	if t.Act != nil {
		if t.Kind != TimerVoid {
			d.acting.carryOut(t)
		}
		return
	}
	d.conv = d.view.Conversation
	d.conv.Phone = t.Phone
	p := d.view.Subject
	if p == nil {
		p = d.view.Own
	}
	d.lang = d.Words.Language(d.conv.Language)
	if p != nil {
		d.lang = d.Words.Language(p.Language)
	}
	switch t.Kind {
	case TimerPanic:
		d.panicDue(t)
	case TimerWho:
		d.whoDue()
	case TimerMoved:
		d.movedDue()
	case TimerCheckIn:
		d.checkInDue(t)
	case TimerLate:
		d.checkInLate(t)
	case TimerLimits, TimerSaveNumber, TimerAskDuress:
		d.extraDue(t)
	case TimerReminder:
		if p != nil {
			d.remind(p)
		}
	case TimerDrill:
		d.drillDue(t)
	case TimerIncident:
		d.incidentDue(t)
	case TimerSettle:
		d.settleDue(t)
	case TimerClimb:
		d.climbDue(t)
	case TimerFollow:
		d.followDue(t)
	case TimerRoster:
		d.rosterDue(t)
	case TimerWords:
		d.wordsDue(t)
	}
}
