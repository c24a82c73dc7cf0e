package gateway

import "time"

// Unclaimed counts the urgent tasks that no agent has claimed.
type Unclaimed struct {
	Urgent int       // all of them
	Oldest time.Time // when the first of them arose; zero: there is none
	Nobody int       // those of them about an alert that nobody has confirmed
}
