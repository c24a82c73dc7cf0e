package person

import (
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// CheckInData are day, hour and zone of a check-in, as a text says them.
func (d *Personal) CheckInData(p *gateway.Profile, at time.Time) templates.Data {
	zone := d.ShownZone(p)
	data := d.Info()
	data.When = at.In(zone).Format("15:04")
	data.Day = int(at.In(zone).Weekday())
	data.Zone = templates.City(zone.String())
	return data
}

// ShownZone is that of the ZIP that their own phone is shown.
func (d *Personal) ShownZone(p *gateway.Profile) *time.Location {
	if shown := d.Sees().Person(); shown != nil {
		p = shown
	}
	return d.PersonZone(p)
}

// CheckInStands says that a check-in is pending, until when, and how it is taken
// off. It reports whether one is, as this phone is shown it.
func (d *Personal) CheckInStands() bool {
	p, c := d.View.Own, d.Sees().CheckIn()
	if p == nil || c == nil || c.Timer.IsZero() {
		return false
	}
	d.Answer("checkin-stands", d.CheckInData(p, c.At))
	return true
}
