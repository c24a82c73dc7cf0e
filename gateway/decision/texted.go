package decision

import (
	"time"

	"aviso/gateway"
)

const (
	// A person's contact is asked once, and reminded once.
	InvitesByOneMost = 2
	// Whoever's contact they are to be, somebody is asked so often since they last
	// agreed to be anybody's: in a day, and in TextedKept.
	invitesDayMost = 3
	invitesMost    = 5

	// PRUEBA from one person, and from all, in a day.
	drillsByOneMost = 3
	drillsMost      = 10

	Day = 24 * time.Hour
)

// NoteTexted counts a text to a phone in a person's name at a time.
func (d *Decision) NoteTexted(kind gateway.TextedKind, p *gateway.Profile, to gateway.Phone, at time.Time) {
	id := d.Fresh.ID()
	d.Turn.Texted = append(d.Turn.Texted, gateway.Texted{ID: id, At: at, Kind: kind, To: to, By: gateway.MarkOf(id, p.Phone)})
}

// texted is how many texts of a kind a phone got within a time, in whoever's
// name.
func (d *Decision) texted(kind gateway.TextedKind, to gateway.Phone, within time.Duration) (n int) {
	for _, t := range d.View.Texted[to] {
		if t.Kind == kind && gateway.Age(d.Now, t.At) < within {
			n++
		}
	}
	return n
}

// TextedBy is the same in one person's name.
func (d *Decision) TextedBy(kind gateway.TextedKind, p *gateway.Profile, to gateway.Phone, within time.Duration) (n int) {
	for _, t := range d.View.Texted[to] {
		if t.Kind == kind && gateway.Age(d.Now, t.At) < within && t.IsOf(p.Phone) {
			n++
		}
	}
	return n
}

// InvitedBy is how often a phone was asked to be a person's contact since they
// last agreed to, and whether the last that they said was no.
func (d *Decision) InvitedBy(p *gateway.Profile, to gateway.Phone) (times int, refused bool) {
	for _, t := range d.View.Texted[to] {
		if gateway.Age(d.Now, t.At) >= gateway.TextedKept || !t.IsOf(p.Phone) {
			continue
		}
		switch t.Kind {
		case gateway.TextedInvite:
			times++
		case gateway.TextedAgreed:
			times, refused = 0, false
		case gateway.TextedRefused:
			refused = true
		}
	}
	return times, refused
}

// MayInvite reports whether a phone may be asked once more, whoever asks.
func (d *Decision) MayInvite(to gateway.Phone) bool {
	all, today := 0, 0
	for _, t := range d.View.Texted[to] {
		switch {
		case gateway.Age(d.Now, t.At) >= gateway.TextedKept:
		case t.Kind == gateway.TextedAgreed:
			all, today = 0, 0
		case t.Kind == gateway.TextedInvite:
			all++
			if gateway.Age(d.Now, t.At) < Day {
				today++
			}
		}
	}
	return all < invitesMost && today < invitesDayMost
}

// MayDrill reports whether a contact may get one more PRUEBA.
func (d *Decision) MayDrill(p *gateway.Profile, to gateway.Phone) bool {
	return d.TextedBy(gateway.TextedDrill, p, to, Day) < drillsByOneMost && d.texted(gateway.TextedDrill, to, Day) < drillsMost
}
