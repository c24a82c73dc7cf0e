package gateway

import (
	"cmp"
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
func (d *arranging) checkIn(t *Text) {
	p := d.view.Own
	if p == nil {
		d.answer("not-registered", d.info())
		return
	}
	if d.left() {
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
	zone := d.shownZone(p)
	at := d.now.Add(due.In)
	if due.In == 0 { // which may be 25 hours away, where a clock is put back
		at = nextClock(d.now, due.Hour, due.Minute, zone)
	}
	if due.In > checkInLongest || at.Sub(d.now) < time.Minute {
		d.answer("checkin-how", d.info())
		return
	}
	d.arm(p, at, at)
	d.answer("checkin-armed", d.checkInData(p, at))
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

func (d *arranging) checkInData(p *Profile, at time.Time) templates.Data {
	zone := d.shownZone(p)
	data := d.info()
	data.When = at.In(zone).Format("15:04")
	data.Day = int(at.In(zone).Weekday())
	data.Zone = templates.City(zone.String())
	return data
}

// personZone is the time zone of a person's ZIP.
func (d *decision) personZone(p *Profile) *time.Location {
	name := d.view.Directory.Consulates.Find(p.ZIP).TimeZone
	return d.zone(cmp.Or(name, "America/Chicago"))
}

// shownZone is that of the ZIP that their own phone is shown.
func (d *arranging) shownZone(p *Profile) *time.Location {
	if shown := d.self(); shown != nil {
		p = shown
	}
	return d.personZone(p)
}

// arm sets the timers of a check-in, in place of those of an earlier one.
func (d *arranging) arm(p *Profile, at, first time.Time) {
	next := CheckIn{At: at, First: first}
	if old := d.conv.CheckIn; old != nil {
		next.Hidden, next.HiddenAt = old.Hidden, old.HiddenAt
		d.dropID(old.Timer)
	}
	timer := Timer{ID: d.fresh.ID(), Kind: TimerCheckIn, Profile: p.ID, Phone: d.conv.Phone, Due: at}
	d.turn.Timers = append(d.turn.Timers, timer)
	next.Timer = timer.ID
	d.conv.CheckIn = &next
}

// dropID withdraws a timer, if it is one.
func (d *decision) dropID(timer ID) {
	if !timer.IsZero() {
		d.turn.Drop = append(d.turn.Drop, timer)
	}
}

// checkInDue reminds, and waits for the hour of grace. One that was ended under
// duress says nothing.
func (d *arranging) checkInDue(t Timer) {
	p := d.whose(t)
	if p == nil || d.conv.CheckIn == nil {
		return
	}
	next := *d.conv.CheckIn
	late := Timer{ID: d.fresh.ID(), Kind: TimerLate, Profile: p.ID, Phone: t.Phone}
	switch t.ID {
	case next.Timer:
		late.Due, next.Timer = next.At.Add(checkInGrace), late.ID
		d.answer("checkin-due", d.checkInData(p, late.Due))
		d.tellCaller()
	case next.Hidden:
		late.Due, next.Hidden = next.HiddenAt.Add(checkInGrace), late.ID
	default:
		return
	}
	d.turn.Timers = append(d.turn.Timers, late)
	d.conv.CheckIn = &next
	d.putConversation()
}

// whose is the person of a check-in's timer.
func (d *arranging) whose(t Timer) *Profile {
	if p := d.view.Own; p != nil {
		return p
	}
	return d.profile(t.Profile) // the phone is theirs no longer
}

// checkInLate raises the alert of somebody who has not written.
func (d *arranging) checkInLate(t Timer) {
	p := d.whose(t)
	if p == nil || d.conv.CheckIn == nil {
		return
	}
	next := *d.conv.CheckIn
	r := raising{profile: p, words: d.say(d.lang, "no-answer", templates.Data{})}
	switch t.ID {
	case next.Timer:
		next.Timer = ID{}
		d.raise(r)
		d.tellCaller()
	case next.Hidden:
		next.Hidden = ID{}
		r.duress = true
		d.raise(r)
		d.hideRaised(t.Phone)
		d.turn.Answer = Answer{}
	default:
		return
	}
	d.conv.CheckIn = &next
	d.putConversation()
}

// hideRaised keeps an alert that was just raised from a phone on which a
// check-in looks ended.
func (d *personal) hideRaised(phone Phone) {
	for i := range d.turn.Alerts {
		if a := &d.turn.Alerts[i]; a.Seq == 0 {
			a.HiddenFrom, a.Silent, a.Duress = append(a.HiddenFrom, phone), true, d.now
		}
	}
}

// arrived is LLEGUE with the PIN. Either PIN gets the same answer, and the same
// again within a day; with the duress PIN the check-in goes on unseen, and
// agents know.
func (d *arranging) arrived(t *Text) {
	p := d.view.Own
	c := d.conv.CheckIn
	if p == nil || c == nil || c.Timer.IsZero() && (c.Done.IsZero() || age(d.now, c.Done) >= SameAnswer) {
		d.answer("checkin-none", d.info())
		return
	}
	switch d.view.PIN.Result {
	case PINUntried:
		d.askForPIN(t)
	case PINWrong:
		d.refusePIN(p.ID)
	case PINDuress:
		next := *c
		if !c.Timer.IsZero() {
			d.dropID(c.Hidden)
			next.Timer, next.Done, next.Hidden, next.HiddenAt = ID{}, d.now, c.Timer, c.At
		}
		if next != *c {
			d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
		}
		d.conv.CheckIn = &next
		d.answer("checkin-done", d.info())
	default:
		d.dropID(c.Timer)
		d.dropID(c.Hidden)
		next := *c
		if !c.Timer.IsZero() {
			next.Done = d.now
		}
		next.Timer, next.Hidden = ID{}, ID{}
		d.conv.CheckIn = &next
		d.answer("checkin-done", d.info())
	}
}

// more puts a check-in off. It needs no PIN, since it ends nothing, and
// reaches no further than a day after the first time.
func (d *arranging) more(t *Text) {
	p := d.view.Own
	if p == nil || d.conv.CheckIn == nil || d.conv.CheckIn.Timer.IsZero() {
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
