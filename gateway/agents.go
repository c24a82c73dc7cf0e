package gateway

import (
	"errors"
	"regexp"
	"time"
)

// PINLocks are the agent's, in the shape in which a phone's are counted.
func (a *Agent) PINLocks() *Conversation { return &Conversation{Locks: a.Locks} }

// Agent is somebody of the contact centre. It is sealed in the store as one
// body, found by a keyed hash of the name, and has an audit chain of its own:
// everything that they did, and on whom.
type Agent struct {
	ID      ID `json:"-"`
	Version `json:"-"`

	Name     string    `json:"name"` // as CheckAgentName has it; unique
	Role     Role      `json:"role"`
	Added    time.Time `json:"added,omitzero"`
	Disabled time.Time `json:"disabled,omitzero"` // since when they may do nothing

	// Login is what package agent lets them in by. No decision reads it.
	Login Login `json:"login,omitzero"`

	// Verified are the people who have lately proved to this agent who they
	// are, and Locks their wrong PINs.
	Verified []Verified `json:"verified,omitempty"`
	Locks    []Lock     `json:"locks,omitempty"`

	// Forged says that the row was changed behind our back: it gives no right.
	Forged bool `json:"-"`
}

// Role is what an agent may do.
type Role string

const (
	RoleAgent Role = "agent" // everything about people and alerts
	RoleAdmin Role = "admin" // besides: agents, desks, drills of desks, the audit log
)

// ParseRole reads "agent" or "admin".
func ParseRole(s string) (Role, error) {
	if r := Role(s); r == RoleAgent || r == RoleAdmin {
		return r, nil
	}
	return "", errors.New("a role is agent or admin")
}

// CheckAgentName reports why an agent cannot be called so. A name is what
// stands in audit entries, so it is plain, and 2 to 32 characters long.
func CheckAgentName(name string) error {
	if !agentName.MatchString(name) {
		return errors.New("an agent's name has 2 to 32 small letters, digits, dots and dashes, and begins with a letter")
	}
	return nil
}

var agentName = regexp.MustCompile(`^[a-z][a-z0-9.-]{1,31}$`)

// Login is what an agent is let in by. Package agent alone makes and reads it.
type Login struct {
	Salt     []byte `json:"salt,omitempty"`
	Password []byte `json:"password,omitempty"` // argon2id

	// OneTime is until when the password lets in although somebody else chose
	// it; zero: it is the agent's own.
	OneTime time.Time `json:"one_time,omitzero"`

	Secret   []byte   `json:"secret,omitempty"`   // of the second factor; nil: not enrolled
	Step     int64    `json:"step,omitempty"`     // the last 30 seconds whose code was used, so that none is used twice
	Recovery [][]byte `json:"recovery,omitempty"` // hashes of recovery codes that are left

	Browsers []KnownBrowser `json:"browsers,omitempty"` // in which the agent has logged in to the end

	// Era is in which sessions are good: it moves on, at EraAt, where all of them
	// end. Ended are single ones that ended before their time.
	Era   int64          `json:"era,omitempty"`
	EraAt time.Time      `json:"era_at,omitzero"`
	Ended []EndedSession `json:"ended,omitempty"`
}

// EndedSession is a session that is good no more, whatever the records say.
type EndedSession struct {
	Key   []byte    `json:"key"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"` // when it would have expired
}

// KnownBrowser is a browser that an agent has logged in with. Tries in it count
// apart from everybody else's.
type KnownBrowser struct {
	Hash []byte    `json:"hash"` // of what its cookie holds
	At   time.Time `json:"at"`   // of the last log-in
}

// FailedTries are the tries at somebody's log-in since they were last let in.
type FailedTries struct {
	Passwords int       `json:"passwords,omitempty"`
	Codes     int       `json:"codes,omitempty"` // behind the right password
	Last      time.Time `json:"last,omitzero"`
}

// Session is one browser in which an agent has begun to log in.
type Session struct {
	Key     []byte    `json:"-"` // hash of what the browser's cookie holds
	Agent   ID        `json:"-"`
	Stage   Stage     `json:"-"`
	Seen    time.Time `json:"-"`
	Expires time.Time `json:"-"`

	Created  time.Time `json:"created"`
	Era      int64     `json:"era,omitempty"` // of the agent, in which it is good
	Token    string    `json:"token"`         // that every form of the session carries (CSRF)
	Address  string    `json:"address,omitempty"`
	Browser  string    `json:"browser,omitempty"`
	Language string    `json:"language,omitempty"`
	Enrol    []byte    `json:"enrol,omitempty"` // the second factor's secret until a code has proved it

	// Known is what the browser is to keep, to be known by at the next log-in: set
	// where one was completed just now. KnownBy is by what it was known in this one.
	Known   string `json:"-"`
	KnownBy []byte `json:"known_by,omitempty"`

	// Failed are the tries before this log-in, until the agent has been shown them.
	Failed *FailedTries `json:"failed,omitempty"`

	// Kept is a form that was sent after the last session had expired: what was
	// typed is shown again.
	Kept *KeptForm `json:"kept,omitempty"`
}

// KeptForm is a form as it was typed.
type KeptForm struct {
	Path   string              `json:"path"`
	Fields map[string][]string `json:"fields"`
	Asked  bool                `json:"asked,omitempty"` // the agent left the page by a press of their own: no session had ended
}

// Stage is how far a log-in has come.
type Stage int

const (
	StagePassword Stage = 1 // a one-time password was right: a new one is to be chosen
	StageEnrol    Stage = 2 // a second factor is to be set up
	StageFactor   Stage = 3 // the second factor's code is to be given
	StageIn       Stage = 4
)

// Verified is a person who proved to an agent who they are.
type Verified struct {
	Profile ID        `json:"profile"`
	At      time.Time `json:"at"`
	PIN     bool      `json:"pin,omitempty"`    // by PIN; else by questions, which is enough to raise and to add
	Duress  bool      `json:"duress,omitempty"` // it was the duress PIN
}

// VerifiedFor is how long somebody on the line stays verified: about a call.
const VerifiedFor = 30 * time.Minute

// Knows is how a person proved to the agent who they are; nil where they did
// not, or too long ago.
func (a *Agent) Knows(profile ID, now time.Time) *Verified {
	for i := range a.Verified {
		if v := &a.Verified[i]; v.Profile == profile && Age(now, v.At) < VerifiedFor {
			return v
		}
	}
	return nil
}

// PresentFor is how long after their last request an agent counts as signed
// in: a page that is open asks at least once a minute.
const PresentFor = 5 * time.Minute

// Ringing is a call that is being put through to the contact centre: its card
// pops up on the agents' screens, until the call is over.
type Ringing struct {
	ID      ID        `json:"-"`
	Seq     int64     `json:"-"` // the sequence number that was seen; 0: new
	At      time.Time `json:"-"`
	Profile ID        `json:"-"` // for whom the caller was taken; zero: nobody knows
	Alert   ID        `json:"-"` // which the call raised or is about; zero: none
	Phone   Phone     `json:"phone,omitempty"`

	// Verified says that the caller has keyed in the PIN; Duress that it was
	// the duress PIN.
	Verified bool `json:"verified,omitempty"`
	Duress   bool `json:"duress,omitempty"`

	// Agent is who said that they see to it; zero: nobody has. By is their name.
	Agent ID     `json:"agent,omitzero"`
	By    string `json:"by,omitempty"`

	Away []ID `json:"away,omitempty"` // agents who have put the card away
}

// RingingFor is how long a card stays up, where nobody says that the call is over.
const RingingFor = 10 * time.Minute
