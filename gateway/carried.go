package gateway

import (
	"slices"
	"time"
)

// What people were told by mistake is put right towards each of them: an act that
// was carried out is kept with whom it told, on the alert or the person, for as
// long as it can be corrected.

const (
	// correctWithin is how long an act can be corrected.
	correctWithin = 24 * time.Hour
	// carriedMost is how many acts are kept of one alert or person.
	carriedMost = 20
)

// Carried is an act that told people something.
type Carried struct {
	ID        ID        `json:"id"`
	Does      string    `json:"does"` // the deed's name
	By        string    `json:"by,omitempty"`
	At        time.Time `json:"at"`
	Words     string    `json:"words,omitempty"`
	Whom      string    `json:"whom,omitempty"`
	Told      []Reached `json:"told,omitempty"`
	Confirmed []ID      `json:"confirmed,omitempty"` // recipients whom it confirmed for
	Added     []ID      `json:"added,omitempty"`     // recipients who came in by it
	Ended     bool      `json:"ended,omitempty"`     // it ended the alert
	Before    *Place    `json:"before,omitempty"`    // where the alert was, if it moved it
	Corrected time.Time `json:"corrected,omitzero"`
}

// Reached is a message or call that an act set off.
type Reached struct {
	Attempt   ID    `json:"attempt"`
	Recipient ID    `json:"recipient,omitzero"`
	To        Phone `json:"to"`
	Call      bool  `json:"call,omitempty"`
}

// Place is where an alert is, and whose consulate's it is.
type Place struct {
	ZIP       string  `json:"zip,omitempty"`
	Zone      string  `json:"zone,omitempty"`
	Consulate string  `json:"consulate,omitempty"`
	District  string  `json:"district,omitempty"`
	Certain   bool    `json:"certain,omitempty"`
	Family    bool    `json:"family,omitempty"`
	Consent   Consent `json:"consent,omitzero"`
}

// Place is where an alert is, as it is kept of it.
func (a *Alert) Place() Place {
	return Place{a.ZIP, a.Zone, a.Consulate, a.District, a.Certain, a.Family, a.Consent}
}

// SetPlace puts an alert where it was.
func (a *Alert) SetPlace(p *Place) {
	a.ZIP, a.Zone, a.Consulate, a.District, a.Certain, a.Family, a.Consent = p.ZIP, p.Zone, p.Consulate, p.District, p.Certain, p.Family, p.Consent
}

// CanCorrect are the acts of an alert or a person that can be corrected, the
// newest first.
func CanCorrect(list []Carried, now time.Time) []Carried {
	var can []Carried
	for _, c := range slices.Backward(list) {
		if c.Can(now) {
			can = append(can, c)
		}
	}
	return can
}

// Can reports whether an act can still be corrected: within a day, and once.
func (c *Carried) Can(now time.Time) bool {
	return c.Corrected.IsZero() && Age(now, c.At) < correctWithin
}

// Kept is a list of acts with one more, the oldest left out where there are too many.
func Kept(list []Carried, x Carried) []Carried {
	list = append(slices.Clone(list), x)
	return list[max(0, len(list)-carriedMost):]
}

// Reached are the phones that an act reached, each once, a text before a call.
func (x *Carried) Reached() []Reached {
	var list []Reached
	for _, call := range []bool{false, true} {
		for _, to := range x.Told {
			if to.Call == call && !slices.ContainsFunc(list, func(o Reached) bool { return o.To == to.To }) {
				list = append(list, to)
			}
		}
	}
	return list
}
