// Package escalation decides what becomes of an alert: who is told and in which
// words, what is tried next where nobody answers, what a carrier's word means,
// who confirms, how it ends, what follows afterwards, and what many alerts at
// once amount to.
//
// Cases are alerts; Asking, above them, is what we ask people before there is
// one: invitations, drills, signs of life.
package escalation

import (
	"aviso/gateway/decision"
)

// Cases decides what becomes of alerts: who is told, and tried again.
type Cases struct {
	*decision.Decision
	notices map[reader]string // to contacts, as rendered
}

// Asking asks people who are to be told one day, and desks: invitations, drills,
// signs of life.
type Asking struct{ *Cases }
