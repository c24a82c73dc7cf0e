package gateway

import (
	"time"
)

// Scope is what an event may touch: the store reads it as one snapshot.
// Fields that are empty ask for nothing.
type Scope struct {
	// Key is the event's dedupe key, unique over all kinds of event ("sms:SM…").
	// With a key that is known View returns the first answer and nothing else.
	Key string

	// Phone asks for its conversation, the profile it is registered with, the
	// profiles that name it as a contact, and what it was told of alerts that
	// are open or ended within 30 days (the newest 20 of these).
	Phone Phone

	// Named asks for profiles by registered phone, personal code or an open
	// alert's reference, in this order; and Refs for what Phone was told of the alerts of that reference.
	NamedPhones []Phone
	NamedCodes  []Code
	NamedRefs   []Ref // the person of an open alert by its reference
	Refs        []Ref

	// Moves asks for the conversations of the phones of whom the above name.
	Moves bool

	// Attempt asks for the attempt, without its sealed part; with Whole also
	// that, and its whole case.
	Attempt ID
	Whole   bool

	// Alert asks for one case, Profile for one profile and its cases.
	Alert   ID
	Profile ID

	// Invited asks for the profiles that name these phones as contacts, at most
	// 20 a phone: somebody is about to name them too.
	Invited []Phone

	// Drills asks for the drills that the contacts of Phone's person and of
	// Profile got lately.
	Drills bool

	// Since asks for how many alerts each place had since then.
	Since time.Time

	// Desk asks for the incidents that the desk of this phone is told of,
	// without their alerts.
	Desk Phone

	// Together asks for what else the contacts of Alert's case were told of.
	Together bool

	// Agent asks for the agent who acts, Task for one task with its case, and
	// Present for how many other agents are signed in.
	Agent   ID
	Task    ID
	Present bool

	Ringing ID // asks for the card of a call that is put through

	Pass  []byte // asks for the link of this key
	Timer ID     // asks for this timer, as it waits

	// KeySession asks for the call or USSD session of that key, for the people
	// it names and their cases, and for the alert that it raised.
	KeySession string
}
