// Package texts decides on text messages. Texting.Text takes one in, in the order
// that the contract sets: what a machine wrote, the answer to an open question, a
// command of the table, people's own words, and what fits where nothing was
// understood.
//
// Arranging, below, is what somebody arranges with us before anything happens: a
// registration, their data, a check-in, a new number.
package texts

import (
	"aviso/gateway/person"
)

// Arranging decides on what somebody arranges with us by text, before anything
// happens: a registration, their data, a check-in, a new number.
type Arranging struct{ *person.Personal }

// Texting decides on every text.
type Texting struct{ *Arranging }
