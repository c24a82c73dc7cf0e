// Package person decides what a person does, by whatever medium: they raise an
// alert, for themselves or for somebody, call it off, give a PIN, register, and
// ask how things stand. What their phone is shown under duress begins and ends
// here too (decoy.go). Texts and calls say the same by it.
package person

import (
	"aviso/gateway/escalation"
)

// Personal decides what a person does, by whatever medium.
type Personal struct{ *escalation.Asking }
