package gateway

import (
	"fmt"
	"time"
)

// Failure is why a carrier did not send, or did not deliver. It carries its
// own policy, so that there is no branch per carrier anywhere else; carriers
// map their codes to it. It never holds a phone or a text.
type Failure struct {
	Code   string // the carrier's: "21610", "30005", "http-503"
	Remedy Remedy

	// Unknown says that the request may have been acted on: its outcome is
	// looked up before it is sent again.
	Unknown bool
	// OptedOut says that the person stopped our texts at the carrier.
	OptedOut bool
	// Invalid says that there is no such number, and Unassigned that a network
	// knows of nobody who has it now, which may be wrong: somebody in need is
	// called all the same.
	Invalid, Unassigned bool
	// Alarm says that the operator has to do something: credentials,
	// registration, geography.
	Alarm bool
	// Unreached says that the sender reaches nobody in the recipient's country
	// as things stand: it is not tried there for a while.
	Unreached bool
	// Outage says that the carrier is at fault, whoever is written to, as it
	// is where Unknown is set: others go first for a while.
	Outage bool
	// Pending says that the carrier has not finished with the message yet that
	// it was asked to forget.
	Pending bool
	// After is the least wait before a retry; 0: the usual one.
	After time.Duration

	// Waits are those before the first, second and third retry where they are
	// not the usual ones of RetryAfter; a zero among them ends the retries and
	// Then is done. All zero: the usual waits, without an end.
	Waits [3]time.Duration
	// Then is the remedy once Waits are used up.
	Then Remedy
	// Short stands in for Remedy where the sender is a short code, which the
	// person's plan may bar; 0: no difference.
	Short Remedy
	// AlsoCall says that a call goes out now, beside the remedy.
	AlsoCall bool
	// Filtered says that the carrier objects to this text from this sender:
	// it is never sent from it again, not even where there is no other sender.
	// Then a call goes out.
	Filtered bool
	// Unlisted says that the carrier's table lacks the code, and that its family
	// or its status decided: the operator is told, once a day.
	Unlisted bool
}

// CodeLookup is the code of a search at the carrier that came to nothing.
const CodeLookup = "lookup"

// Remedy is what to do about a failure.
type Remedy int

const (
	Retry     Remedy = 1 // the same route again, later
	Elsewhere Remedy = 2 // another sender or carrier; where there is none, the same again as RetryAfter has it
	Call      Remedy = 3 // this number takes no texts: voice
	Never     Remedy = 4 // not this address
)

// Error has no more than the code.
func (f *Failure) Error() string { return fmt.Sprintf("carrier refused with %s", f.Code) }

// Wait is the wait before retry number n, from 1, of the same route; ok is
// false where the retries are used up and Then is to be done.
func (f *Failure) Wait(n int) (wait time.Duration, ok bool) {
	n = max(n, 1)
	if f.Waits == [3]time.Duration{} {
		return max(f.After, RetryAfter(n)), true
	}
	if n > len(f.Waits) || f.Waits[n-1] == 0 {
		return 0, false
	}
	return max(f.After, f.Waits[n-1]), true
}

// Found is what a search at the carrier for an attempt came to.
type Found int

const (
	// FoundCannotTell: the carrier keeps no list, did not answer, or has more
	// than one candidate.
	FoundCannotTell Found = iota
	// FoundYes: the carrier has it; sending it again would be a duplicate.
	FoundYes
	// FoundNo: the carrier does not have it, or not yet: its list may lag, so
	// that a first No is believed only when a later one repeats it.
	FoundNo
)
