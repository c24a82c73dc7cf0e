package escalation

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/templates"
)

// Typed is what an agent typed, as words; none where nothing was.
func Typed(at time.Time, words string) []gateway.Words {
	if words == "" {
		return nil
	}
	return []gateway.Words{{At: at, Text: words}}
}

// News tells the person who raised an alert, unless their phone is borrowed,
// seized or has stopped our texts.
func (d *Cases) News(a *gateway.Alert, name string, data templates.Data) {
	if a.Silent || a.Drill || !a.Phone.Dialable() || d.WantsNone(a.Phone) {
		return
	}
	data.Ref = a.Ref.String()
	d.Send(gateway.Attempt{
		Alert: a.ID, Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: a.Phone, Prefer: a.Sender,
		Text: d.Say(a.Language, name, data),
	})
}

// TellOwner tells a person about one of their contacts, on their own phone. Who
// says now SI, now NO, tells them a few times a day.
func (d *Cases) TellOwner(p *gateway.Profile, name string, c *gateway.Contact) {
	if d.WantsNone(p.Phone) || !p.Phone.Dialable() || c.Phone == d.Conv.Phone && !d.tellsOwners() {
		return
	}
	d.Send(gateway.Attempt{
		Lane: gateway.LaneConfirm, Purpose: gateway.PurposeInfo, To: p.Phone,
		Text: d.Say(p.Language, name, templates.Data{Who: d.calledBy(c)}),
	})
}

// tellsOwners reports whether those whose contact this phone is may be told of
// what it has just changed.
func (d *Cases) tellsOwners() bool {
	if n := len(d.Conv.Changed); n > 0 && d.Conv.Changed[n-1].Equal(d.Now) {
		return true // the same text
	}
	d.Conv.Changed = slices.DeleteFunc(slices.Clone(d.Conv.Changed), func(at time.Time) bool { return gateway.Age(d.Now, at) >= decision.Day })
	if len(d.Conv.Changed) >= changesMost {
		return false
	}
	d.Conv.Changed = append(d.Conv.Changed, d.Now)
	return true
}

// changesMost is how often a day a contact's change of mind is told to the
// person: four is SI, NO and SI again, and a STOP.
const changesMost = 4
