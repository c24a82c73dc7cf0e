package gateway

import (
	"strings"
	"time"

	"aviso/ivr"
)

// Refs are references as a text writes them, with commas between.
func Refs(list []Ref) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.String()
	}
	return strings.Join(out, " ")
}

// Conversation is what one phone and this service have said to each other,
// as far as the next text depends on it. There is one for each phone that has
// ever written, registered or not.
type Conversation struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Phone    Phone     `json:"phone"` // E.164
	Language string    `json:"language,omitempty"`
	Sender   string    `json:"sender,omitempty"`  // the number of ours that they last wrote to
	Stopped  time.Time `json:"stopped,omitzero"`  // since when they want no texts; a clear column too, for View.Stopped
	Reminded time.Time `json:"reminded,omitzero"` // when they were told since then how to come back
	Silenced time.Time `json:"silenced,omitzero"` // since when the phone counts as seized

	Heard    *Heard    `json:"heard,omitempty"`    // the text that they sent last
	Question *Question `json:"question,omitempty"` // open question of ours
	Cry      *Cry      `json:"cry,omitempty"`
	CheckIn  *CheckIn  `json:"checkin,omitempty"`
	Asked    time.Time `json:"asked,omitzero"` // when this phone was last asked anything

	// Interpreted is when they were told that somebody who speaks their language
	// will call.
	Interpreted time.Time `json:"interpreted,omitzero"`

	// Unknown are the times at which we said that we did not understand: at
	// most four in 24 hours, so that two robots do not talk for ever. Puzzled
	// counts the texts in a row that we did not.
	Unknown []time.Time `json:"unknown,omitempty"`
	Puzzled int         `json:"puzzled,omitempty"`

	// PassedOn is the alert about which this phone's words were last put
	// before an agent: they are answered once.
	PassedOn ID `json:"passed_on,omitzero"`
	// Wrote is the alert of somebody else with which this phone's words went on
	// last to whoever was told of it.
	Wrote ID `json:"wrote,omitzero"`

	// Changed are the times, within a day, at which this phone changed what it is
	// to those whose contact it is, and they were told.
	Changed []time.Time `json:"changed,omitempty"`

	// Raised are alerts that were raised from this phone, for whom it is not
	// their own: they are called off and looked at from here too.
	Raised []ID `json:"raised,omitempty"`

	// LastEnd is the answer to the last right PIN that called something off,
	// given again for a day.
	LastEnd *Said `json:"last_end,omitempty"`

	// Decoy is the person as their own phone is shown them since somebody forced
	// them to change something there; without a phone it shows nobody. nil: they
	// are shown as they are. decoy.go says what decoys are.
	Decoy *Profile `json:"facade,omitempty"`

	// DecoyGuest is who looks moved here.
	DecoyGuest *DecoyGuest `json:"guest,omitempty"`

	// Locks are wrong PINs from this phone, by profile and medium.
	Locks []Lock `json:"locks,omitempty"`
}

// Question is an open question of ours.
type Question struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	// AsDecoy says that it belongs to a command with the duress PIN: what the
	// answer asks for is to look done.
	AsDecoy bool              `json:"forced,omitempty"`
	Args    map[string]string `json:"args,omitempty"` // what was said so far
	// Text is the attempt that asks it, where it was not asked by the answer to
	// a text: it is open once that was handed to a carrier.
	Text ID `json:"text,omitzero"`
	// Alert is the one that it is about; the answer needs its case.
	Alert ID `json:"alert,omitzero"`
	// Draft is a registration as far as it has come.
	Draft *Profile `json:"draft,omitempty"`
}

// CheckIn is somebody's word that they will write again by a time.
type CheckIn struct {
	Timer ID        `json:"timer,omitzero"` // zero: it is over
	At    time.Time `json:"at"`             // when they should have written
	First time.Time `json:"first"`          // when it was armed for at first
	Done  time.Time `json:"done,omitzero"`  // when LLEGUE and a PIN came, either one

	// Behind is the timer of one that was ended with the duress PIN, and goes on
	// behind that decoy; BehindAt when they should have written.
	Behind   ID        `json:"hidden,omitzero"`
	BehindAt time.Time `json:"hidden_at,omitzero"`
}

// Pending reports whether the check-in, or one that goes on behind a decoy, may still
// raise an alert.
func (c *CheckIn) Pending() bool { return c != nil && (!c.Timer.IsZero() || !c.Behind.IsZero()) }

// Said is something that we said.
type Said struct {
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
	Profile ID        `json:"profile"`

	// What a call says in its own words.
	Ref  string `json:"ref,omitempty"`
	Told int    `json:"told,omitempty"`
}

// Lock counts wrong PINs of one pair of phone and profile in one medium: whoever
// forges somebody's caller ID locks their calls, and not their texts.
type Lock struct {
	Profile ID `json:"profile"`
	// Medium is that of a keyed dialogue; "": texts of every kind, and an agent's.
	Medium ivr.Medium `json:"medium,omitempty"`
	Wrong  int        `json:"wrong"`
	Until  time.Time  `json:"until,omitzero"` // no PIN of this pair is right before this time
}

// Cry is an alert word or a cry for help within a longer text: asked about, and
// raised when its timer comes, where it has one.
type Cry struct {
	Timer ID     `json:"timer,omitzero"`
	Task  ID     `json:"task,omitzero"` // that put it before the agents
	Words string `json:"words"`
}

// Lock is what is counted of wrong PINs of a profile in a medium; nil: there were
// none.
func (c *Conversation) Lock(profile ID, medium ivr.Medium) *Lock {
	for i := range c.Locks {
		if l := &c.Locks[i]; l.Profile == profile && l.Medium == medium {
			return l
		}
	}
	return nil
}

// Locked reports whether no PIN of this pair is right for now in a medium.
func (c *Conversation) Locked(profile ID, medium ivr.Medium, now time.Time) bool {
	l := c.Lock(profile, medium)
	return l != nil && now.Before(l.Until)
}

// Wrong counts a wrong PIN. From the fifth in a row on it locks the pair of phone and
// profile in that medium, each time for twice as long.
func (c *Conversation) Wrong(profile ID, medium ivr.Medium, now time.Time) {
	l := c.Lock(profile, medium)
	if l == nil {
		c.Locks = append(append([]Lock(nil), c.Locks...), Lock{Profile: profile, Medium: medium})
		l = &c.Locks[len(c.Locks)-1]
	}
	if l.Wrong++; l.Wrong >= LockAfter {
		wait := LockFirst
		for range min(l.Wrong-LockAfter, 10) {
			wait = min(2*wait, LockMost)
		}
		l.Until = now.Add(wait)
	}
}

// Unlock forgets what was counted: a right PIN came.
func (c *Conversation) Unlock(profile ID, medium ivr.Medium) {
	for i := range c.Locks {
		if c.Locks[i].Profile == profile && c.Locks[i].Medium == medium {
			c.Locks = append(append([]Lock(nil), c.Locks[:i]...), c.Locks[i+1:]...)
			return
		}
	}
}

// What a carrier's refusals teach about a phone, apart from what a conversation
// with it says.

// Stop is a phone that wants no texts, as we learned elsewhere than from a text
// of its own. It is found by the phone; ID is that of its conversation where it
// has none yet.
type Stop struct {
	ID    ID
	Phone Phone
}
