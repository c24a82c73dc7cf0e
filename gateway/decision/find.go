package decision

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// Person is whose alert it is: the profile, or what is known of somebody who
// has none.
func (d *Decision) Person(c *gateway.Case) *gateway.Profile {
	if p := d.Profile(c.Alert.Profile); p != nil {
		return p
	}
	return &gateway.Profile{
		Name: c.Alert.Name, Language: c.Alert.Language, ZIP: c.Alert.ZIP, Phone: c.Alert.Phone, ConsularNotice: c.Alert.Consent,
	}
}

// UnknownCase is the open alert that this phone raised and that has no profile,
// or none that is to be seen here.
func (d *Decision) UnknownCase() *gateway.Case {
	for _, id := range d.Conv.Raised {
		c := d.View.Case(id)
		if c != nil && c.Alert.Open() && (c.Alert.Profile.IsZero() || d.Sees().Hides(c.Alert.Profile)) {
			return c
		}
	}
	return nil
}

// PersonZone is the time zone of a person's ZIP.
func (d *Decision) PersonZone(p *gateway.Profile) *time.Location {
	name := d.View.Directory.Consulates.Find(p.ZIP).TimeZone
	return d.Zone(cmp.Or(name, "America/Chicago"))
}

// WantsNone reports whether a phone wants no texts, as was known before the event
// or is learned from it.
func (d *Decision) WantsNone(phone gateway.Phone) bool { return d.View.Stopped[phone] || d.none[phone] }

// NoTexts notes that a phone wants no texts.
func (d *Decision) NoTexts(phone gateway.Phone) {
	if d.none == nil {
		d.none = map[gateway.Phone]bool{}
	}
	d.none[phone] = true
}

// Stopped reports whether a phone wants no texts, as of this decision.
func (d *Decision) Stopped(phone gateway.Phone) bool {
	return d.WantsNone(phone) || phone == d.Conv.Phone && !d.Conv.Stopped.IsZero()
}

// Profile is one of the view's people; nil where it holds none of that id.
func (d *Decision) Profile(id gateway.ID) *gateway.Profile { return d.View.Profile(id) }

// Sees is what the phone that the event comes from may see.
func (d *Decision) Sees() gateway.Sight {
	return gateway.Sight{View: d.View, Conv: &d.Conv, Phone: d.Conv.Phone, AsDecoy: d.AsDecoy, Proven: d.PIN.Result == gateway.PINReal}
}

// Serves reports whether numbers of a phone's country may be contacts
// (--countries). The numbering plan decides, not the country code: +1 is also
// that of Canada and of islands whose numbers cost a dollar a text.
func (d *Decision) Serves(phone gateway.Phone) bool {
	country, _ := gateway.CountryOf(d.View.Directory.Numbers, phone)
	return slices.Contains(d.Rules.Served(), country)
}

// LeftOut reports whether a pilot's --only-to leaves a phone out: what would
// go to it is kept as held, and nobody is told that it went.
func (d *Decision) LeftOut(phone gateway.Phone) bool {
	return d.Rules.OnlyTo != nil && !d.Rules.OnlyTo[phone]
}

// OverLimit reports whether the day's spending has reached --daily-limit.
func (d *Decision) OverLimit() bool { return d.Spent }

// Left answers a command that the phone which somebody moved from does not have
// any more. It reports whether it is one.
func (d *Decision) Left() bool {
	if d.View.OwnStanding != gateway.MovedFrom {
		return false
	}
	d.Answer("moved-away", d.Info())
	return true
}

// IsZIP reports whether words are a ZIP that exists, and nothing else.
func (d *Decision) IsZIP(words string) bool {
	zip, ok := d.View.Directory.Consulates.FirstZIP(words)
	return ok && zip == strings.TrimSpace(words)
}

// Verified reports whether the event offered a right PIN, either one.
func (d *Decision) Verified() bool {
	return d.PIN.Result == gateway.PINReal || d.UnderDuress()
}

// UnderDuress reports whether the right PIN was the duress PIN.
func (d *Decision) UnderDuress() bool { return d.PIN.Result == gateway.PINDuress }

// Named is somebody whom the event names by number or code; nil where it is nobody of
// that id.
func (d *Decision) Named(id gateway.ID) *gateway.Profile {
	for i := range d.View.Named {
		if d.View.Named[i].ID == id {
			return &d.View.Named[i]
		}
	}
	return nil
}

// AcceptedWards are the people whose accepted contact this phone is.
func (d *Decision) AcceptedWards() []*gateway.Profile {
	var wards []*gateway.Profile
	for i := range d.View.Wards {
		w := &d.View.Wards[i]
		if c := w.Contact(d.Conv.Phone); c != nil && c.Standing == gateway.StandingAccepted {
			wards = append(wards, w)
		}
	}
	return wards
}

// OpenCase is a person's newest alert that is open to the phone that the event
// comes from.
func (d *Decision) OpenCase(profile gateway.ID) *gateway.Case { return d.Sees().OpenCase(profile) }

// Draft is the registration that this phone is in the middle of.
func (d *Decision) Draft() *gateway.Profile {
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionRegister && gateway.Age(d.Now, q.At) < gateway.RegistrationOpen {
		return q.Draft
	}
	return nil
}

// IsDesk reports whether the phone answers for a consulate.
func (d *Decision) IsDesk() bool {
	national := d.Rules.National
	return len(d.View.Directory.DesksAt(d.Conv.Phone)) > 0 || national != nil && national.Address == d.Conv.Phone
}

// AnyCase is a person's newest open alert as agents see it.
func (d *Decision) AnyCase(profile gateway.ID) *gateway.Case {
	var newest *gateway.Case
	for i := range d.View.Cases {
		c := &d.View.Cases[i]
		if c.Alert.Profile == profile && c.Alert.Open() && !c.Alert.Drill && (newest == nil || c.Alert.At.After(newest.Alert.At)) {
			newest = c
		}
	}
	return newest
}
