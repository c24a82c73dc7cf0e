package gateway

import (
	"time"

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
func (d *decision) checkIn(t *Text) {
	p := d.view.Own
	if p == nil {
		d.answer("not-registered", d.info())
		return
	}
	if !p.PIN.Set() {
		d.answer("no-pin", d.info())
		return
	}
	due, err := keyword.CheckInTime(t.parsed.Rest)
	if err != nil {
		d.answer("checkin-how", d.info())
		return
	}
	zone := d.personZone(p)
	at := d.now.Add(due.In)
	if due.In == 0 {
		local := d.now.In(zone)
		at = time.Date(local.Year(), local.Month(), local.Day(), due.Hour, due.Minute, 0, 0, zone)
		if !at.After(d.now) {
			at = time.Date(local.Year(), local.Month(), local.Day()+1, due.Hour, due.Minute, 0, 0, zone)
		}
	}
	if at.Sub(d.now) > checkInLongest || at.Sub(d.now) < time.Minute {
		d.answer("checkin-how", d.info())
		return
	}
	d.arm(p, at, at)
	d.answer("checkin-armed", d.checkInData(p, at))
}

func (d *decision) checkInData(p *Profile, at time.Time) templates.Data {
	zone := d.personZone(p)
	data := d.info()
	data.When = at.In(zone).Format("15:04")
	data.Day = int(at.In(zone).Weekday())
	data.Zone = templates.City(zone.String())
	return data
}

// personZone is the time zone of a person's ZIP.
func (d *decision) personZone(p *Profile) *time.Location {
	name := d.view.Directory.Consulates.Find(p.ZIP).TimeZone
	return d.zone(or(name, "America/Chicago"))
}

// arm sets the timers of a check-in, in place of those of an earlier one.
func (d *decision) arm(p *Profile, at, first time.Time) {
	if d.conv.CheckIn != nil {
		d.turn.Drop = append(d.turn.Drop, d.conv.CheckIn.Timer)
	}
	timer := Timer{ID: d.fresh.ID(), Kind: TimerCheckIn, Profile: p.ID, Phone: d.conv.Phone, Due: at}
	d.turn.Timers = append(d.turn.Timers, timer)
	d.conv.CheckIn = &CheckIn{Timer: timer.ID, At: at, First: first}
}

// checkInDue reminds, and waits for the hour of grace.
func (d *decision) checkInDue(t Timer) {
	p := d.view.Own
	if p == nil || d.conv.CheckIn == nil || d.conv.CheckIn.Timer != t.ID {
		return
	}
	late := Timer{ID: d.fresh.ID(), Kind: TimerLate, Profile: p.ID, Phone: t.Phone, Due: d.conv.CheckIn.At.Add(checkInGrace)}
	d.turn.Timers = append(d.turn.Timers, late)
	next := *d.conv.CheckIn
	next.Timer = late.ID
	d.conv.CheckIn = &next
	d.answer("checkin-due", d.checkInData(p, late.Due))
	d.tellCaller()
	d.putConversation()
}

// checkInLate raises the alert of somebody who has not written.
func (d *decision) checkInLate(t Timer) {
	p := d.view.Own
	if p == nil || d.conv.CheckIn == nil || d.conv.CheckIn.Timer != t.ID {
		return
	}
	d.conv.CheckIn = nil
	d.raise(raising{profile: p, words: d.say(d.lang, "no-answer", templates.Data{})})
	d.tellCaller()
	d.putConversation()
}

// arrived is LLEGUE with the PIN.
func (d *decision) arrived(t *Text) {
	p := d.view.Own
	if p == nil || d.conv.CheckIn == nil {
		d.answer("checkin-none", d.info())
		return
	}
	switch d.view.PIN.Result {
	case PINUntried:
		d.askForPIN(t)
	case PINWrong:
		d.refusePIN(p.ID)
	case PINDuress:
		// Looks the same; the check-in goes on, and agents know.
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
		d.answer("checkin-done", d.info())
	default:
		d.turn.Drop = append(d.turn.Drop, d.conv.CheckIn.Timer)
		d.conv.CheckIn = nil
		d.answer("checkin-done", d.info())
	}
}

// more puts a check-in off. It needs no PIN, since it ends nothing, and
// reaches no further than a day after the first time.
func (d *decision) more(t *Text) {
	p := d.view.Own
	if p == nil || d.conv.CheckIn == nil {
		d.answer("checkin-none", d.info())
		return
	}
	due, err := keyword.CheckInTime(t.parsed.Rest)
	if err != nil || due.In == 0 {
		d.answer("checkin-how", d.info())
		return
	}
	at := later(d.now, d.conv.CheckIn.At).Add(due.In)
	if at.Sub(d.conv.CheckIn.First) > checkInLongest {
		d.answer("checkin-how", d.info())
		return
	}
	d.arm(p, at, d.conv.CheckIn.First)
	d.answer("checkin-armed", d.checkInData(p, at))
}
