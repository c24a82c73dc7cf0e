package gateway

import (
	"bytes"
	"crypto/sha256"
	"time"
)

// Texts in somebody's name are a way to harass. Who has not agreed to be a
// contact is therefore texted a few times at most, whoever names them, by
// whatever way, and however often they are taken off and put on again. It is
// counted by who receives: what is noted of each text outlives the contact, and
// the person whose contact it was.

// Texted is a text to a contact that is counted, or what they said to one.
type Texted struct {
	ID   ID         `json:"-"`
	At   time.Time  `json:"-"`
	Kind TextedKind `json:"-"`
	To   Phone      `json:"to"` // sealed, and found by keyed hash
	// By is a mark of the person in whose name it was. Whoever knows the person's
	// phone can tell by it that it was theirs, and nobody can tell the phone.
	By []byte `json:"by,omitempty"`
}

// TextedKind says what is counted.
type TextedKind int

const (
	TextedInvite  TextedKind = 1 // asked to be a contact
	TextedNotice  TextedKind = 2 // told of an alert, without having agreed to be
	TextedDrill   TextedKind = 3 // a PRUEBA
	TextedAgreed  TextedKind = 4 // they said SI
	TextedRefused TextedKind = 5 // they said NO, or EQUIVOCADO
)

// TextedKept is how long a Texted counts, and is kept.
const TextedKept = 30 * 24 * time.Hour

const (
	// A person's contact is asked once, and reminded once.
	invitesByOneMost = 2
	// Whoever's contact they are to be, somebody is asked so often since they last
	// agreed to be anybody's: in a day, and in TextedKept.
	invitesDayMost = 3
	invitesMost    = 5

	// PRUEBA from one person, and from all, in a day.
	drillsByOneMost = 3
	drillsMost      = 10

	day = 24 * time.Hour
)

// markOf is the mark of a person, by their phone, on one Texted. Of all phones
// one in 65,536 fits: enough to tell those apart who have one contact, and too
// little to find an erased person by trying all numbers.
func markOf(id ID, person Phone) []byte {
	if person == "" {
		return nil
	}
	sum := sha256.Sum256(append(append(id[:], 0), person...))
	return sum[:2]
}

// isOf reports whether it was in the name of the person with a phone; without one
// there are those for whom only an agent speaks.
func (t *Texted) isOf(person Phone) bool { return bytes.Equal(t.By, markOf(t.ID, person)) }

// noteTexted counts a text to a phone in a person's name at a time.
func (d *decision) noteTexted(kind TextedKind, p *Profile, to Phone, at time.Time) {
	id := d.fresh.ID()
	d.turn.Texted = append(d.turn.Texted, Texted{ID: id, At: at, Kind: kind, To: to, By: markOf(id, p.Phone)})
}

// texted is how many texts of a kind a phone got within a time, in whoever's
// name.
func (d *decision) texted(kind TextedKind, to Phone, within time.Duration) (n int) {
	for _, t := range d.view.Texted[to] {
		if t.Kind == kind && age(d.now, t.At) < within {
			n++
		}
	}
	return n
}

// textedBy is the same in one person's name.
func (d *decision) textedBy(kind TextedKind, p *Profile, to Phone, within time.Duration) (n int) {
	for _, t := range d.view.Texted[to] {
		if t.Kind == kind && age(d.now, t.At) < within && t.isOf(p.Phone) {
			n++
		}
	}
	return n
}

// invitedBy is how often a phone was asked to be a person's contact since they
// last agreed to, and whether the last that they said was no.
func (d *decision) invitedBy(p *Profile, to Phone) (times int, refused bool) {
	for _, t := range d.view.Texted[to] {
		if age(d.now, t.At) >= TextedKept || !t.isOf(p.Phone) {
			continue
		}
		switch t.Kind {
		case TextedInvite:
			times++
		case TextedAgreed:
			times, refused = 0, false
		case TextedRefused:
			refused = true
		}
	}
	return times, refused
}

// mayInvite reports whether a phone may be asked once more, whoever asks.
func (d *decision) mayInvite(to Phone) bool {
	all, today := 0, 0
	for _, t := range d.view.Texted[to] {
		switch {
		case age(d.now, t.At) >= TextedKept:
		case t.Kind == TextedAgreed:
			all, today = 0, 0
		case t.Kind == TextedInvite:
			all++
			if age(d.now, t.At) < day {
				today++
			}
		}
	}
	return all < invitesMost && today < invitesDayMost
}

// mayDrill reports whether a contact may get one more PRUEBA.
func (d *decision) mayDrill(p *Profile, to Phone) bool {
	return d.textedBy(TextedDrill, p, to, day) < drillsByOneMost && d.texted(TextedDrill, to, day) < drillsMost
}
