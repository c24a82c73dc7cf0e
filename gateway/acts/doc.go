// Package acts decides on what agents do on the console, and desks on their page.
// Every act is a Deed. What tells people something waits for a moment first, and
// can be undone; what was carried out can be corrected for a day.
package acts

import (
	"aviso/gateway"
	"aviso/gateway/person"
)

// Acting decides on what agents do, and desks on their page.
type Acting struct {
	*person.Personal
	instead Deed           // what waits in place of the deed that is decided on; nil: that one
	carried *gateway.Timer // whose deed is carried out; nil: none is
}
