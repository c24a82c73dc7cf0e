// Package calls decides on keys, those of a call and those of a USSD session. The
// dialogue itself, that is which key leads where, is package ivr; here is what it
// asks for, and what it may know of the phone.
package calls

import (
	"aviso/gateway/person"
)

// Keying decides on keys, of calls and of USSD sessions.
type Keying struct{ *person.Personal }
