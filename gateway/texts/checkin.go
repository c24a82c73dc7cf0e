package texts

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/templates"
)

const (
	// checkInGrace is how long after a check-in's time nobody is told.
	checkInGrace = time.Hour
	// checkInLongest bounds how far ahead a check-in may be armed or put off.
	checkInLongest = 24 * time.Hour
)

// checkIn arms a check-in: unless LLEGUE and the PIN come in time and an
// hour's grace, the alert is raised. Anything but a time alone arms nothing
// and explains itself.
func (d *Arranging) checkIn(t *gateway.Text) {
	p := d.View.Own
	if p == nil {
		d.Answer("not-registered", d.Info())
		return
	}
	if d.Left() {
		return
	}
	if !p.PIN.Set() {
		d.Answer("no-pin", d.Info())
		return
	}
	due, err := keyword.CheckInTime(t.Parsed.Rest)
	if err != nil {
		d.nothingSet() // "CITA NO"
		return
	}
	zone := d.ShownZone(p)
	at := d.Now.Add(due.In)
	if due.In == 0 { // which may be 25 hours away, where a clock is put back
		at = nextClock(d.Now, due.Hour, due.Minute, zone)
	}
	if due.In > checkInLongest || at.Sub(d.Now) < time.Minute {
		d.nothingSet()
		return
	}
	d.arm(p, at, at)
	d.Answer("checkin-armed", d.CheckInData(p, at))
}

// nothingSet says that a CITA set nothing, and how it does; or, where an earlier
// one is pending, that it still is.
func (d *Arranging) nothingSet() {
	if !d.CheckInStands() {
		d.Answer("checkin-how", d.Info())
	}
}

// nextClock is when a clock shows a time next. On the day on which the time
// comes twice it is the first of them that is still to come; one that is left
// out is an hour later, as somebody's watch would have it that was not put on.
func nextClock(now time.Time, hour, minute int, zone *time.Location) time.Time {
	local := now.In(zone)
	for day := local.Day(); ; day++ {
		at := time.Date(local.Year(), local.Month(), day, hour, minute, 0, 0, zone)
		if at.Hour() != hour {
			// Date may take either side of the gap.
			at = at.Add(time.Duration((hour-at.Hour()+24)%24) * time.Hour)
		}
		again := at.Add(time.Hour)
		switch {
		case at.After(now):
			return at
		case again.Hour() == hour && again.After(now):
			return again
		}
	}
}

// arm sets the timers of a check-in, in place of those of an earlier one.
func (d *Arranging) arm(p *gateway.Profile, at, first time.Time) {
	next := gateway.CheckIn{At: at, First: first}
	if old := d.Conv.CheckIn; old != nil {
		next.Behind, next.BehindAt = old.Behind, old.BehindAt
		d.DropID(old.Timer)
	}
	timer := gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerCheckIn, Profile: p.ID, Phone: d.Conv.Phone, Due: at}
	d.Turn.Timers = append(d.Turn.Timers, timer)
	next.Timer = timer.ID
	d.Conv.CheckIn = &next
}

// CheckInDue reminds, and waits for the hour of grace. One that was ended under
// duress says nothing.
func (d *Arranging) CheckInDue(t gateway.Timer) {
	p := d.whose(t)
	if p == nil || d.Conv.CheckIn == nil {
		return
	}
	next := *d.Conv.CheckIn
	late := gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerLate, Profile: p.ID, Phone: t.Phone}
	switch t.ID {
	case next.Timer:
		late.Due, next.Timer = next.At.Add(checkInGrace), late.ID
		d.Answer("checkin-due", d.CheckInData(p, late.Due))
		d.TellCaller()
	case next.Behind:
		late.Due, next.Behind = next.BehindAt.Add(checkInGrace), late.ID
	default:
		return
	}
	d.Turn.Timers = append(d.Turn.Timers, late)
	d.Conv.CheckIn = &next
	d.PutConversation()
}

// whose is the person of a check-in's timer.
func (d *Arranging) whose(t gateway.Timer) *gateway.Profile {
	if p := d.View.Own; p != nil {
		return p
	}
	return d.Profile(t.Profile) // the phone is theirs no longer
}

// CheckInLate raises the alert of somebody who has not written.
func (d *Arranging) CheckInLate(t gateway.Timer) {
	p := d.whose(t)
	if p == nil || d.Conv.CheckIn == nil {
		return
	}
	next := *d.Conv.CheckIn
	r := escalation.Raising{Profile: p, Words: d.Say(d.Lang, "no-answer", templates.Data{})}
	switch t.ID {
	case next.Timer:
		next.Timer = gateway.ID{}
		d.Raise(r)
		d.TellCaller()
	case next.Behind:
		next.Behind = gateway.ID{}
		d.RaiseBehind(r, t.Phone)
		d.Turn.Answer = gateway.Answer{}
	default:
		return
	}
	d.Conv.CheckIn = &next
	d.PutConversation()
}

// arrived is LLEGUE with the PIN. Either PIN gets the same answer, and the same
// again within a day; with the duress PIN the check-in goes on behind a decoy, and
// agents know.
func (d *Arranging) arrived(t *gateway.Text) {
	p := d.View.Own
	c := d.Sees().CheckIn()
	if p == nil || c == nil || c.Timer.IsZero() && (c.Done.IsZero() || gateway.Age(d.Now, c.Done) >= gateway.SameAnswer) {
		d.Answer("checkin-none", d.Info())
		return
	}
	switch d.PIN.Result {
	case gateway.PINUntried:
		d.askForPIN(t.As("LLEGUE"))
	case gateway.PINWrong:
		d.RefusePIN(p.ID)
	case gateway.PINDuress:
		d.LookArrived(p)
		d.Answer("checkin-done", d.Info())
	default:
		d.EndCheckIn()
		d.Answer("checkin-done", d.Info())
	}
}

// checkInWords is what somebody says of their check-in in their own words. With
// the PIN it is LLEGUE; without, they are told how it stands.
func (d *Arranging) checkInWords(t *gateway.Text) bool {
	switch reading := t.OfCheckIn(d.View); {
	case reading == "":
		return false
	case d.PIN.Result != gateway.PINUntried:
		d.arrived(t)
		return true
	}
	return d.CheckInStands()
}

// more puts a check-in off. It needs no PIN, since it ends nothing, and
// reaches no further than a day after the first time.
func (d *Arranging) more(t *gateway.Text) {
	p, c := d.View.Own, d.Sees().CheckIn()
	if p == nil || c == nil || c.Timer.IsZero() {
		d.Answer("checkin-none", d.Info())
		return
	}
	due, err := keyword.CheckInTime(t.Parsed.Rest)
	if err != nil || due.In == 0 {
		d.CheckInStands()
		return
	}
	at := gateway.Later(d.Now, c.At).Add(due.In)
	if at.Sub(c.First) > checkInLongest {
		d.CheckInStands()
		return
	}
	d.arm(p, at, c.First)
	d.Answer("checkin-armed", d.CheckInData(p, at))
}

// drillByText is PRUEBA.
func (d *Arranging) drillByText() {
	if d.View.Own == nil {
		d.Answer("not-registered", d.Info())
		return
	}
	if !d.Left() {
		d.Drill(d.Sees().Person(), "sms", d.Conv.Phone)
	}
}
