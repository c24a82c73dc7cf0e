package gateway

import (
	"sync"
	"time"
)

// Zones are time zones by name, loaded once: loading one reads a file. The zero
// value is ready, and safe for concurrent use.
type Zones struct{ known sync.Map } // IANA name -> *time.Location

// Find is the time zone of an IANA name; an unknown one is UTC.
func (z *Zones) Find(name string) *time.Location {
	if zone, ok := z.known.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	z.known.Store(name, zone)
	return zone
}
