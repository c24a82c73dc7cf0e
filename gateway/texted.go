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

// MarkOf is the mark of a person, by their phone, on one Texted. Of all phones
// one in 65,536 fits: enough to tell those apart who have one contact, and too
// little to find an erased person by trying all numbers.
func MarkOf(id ID, person Phone) []byte {
	if person == "" {
		return nil
	}
	sum := sha256.Sum256(append(append(id[:], 0), person...))
	return sum[:2]
}

// IsOf reports whether it was in the name of the person with a phone; without one
// there are those for whom only an agent speaks.
func (t *Texted) IsOf(person Phone) bool { return bytes.Equal(t.By, MarkOf(t.ID, person)) }
