package gateway

import (
	"context"
	"time"
)

// Attempt is one message or call on its way to one phone. Its id is the path
// of its receipts. What it says was rendered when it was enqueued and never
// changes: what was promised is what is sent.
type Attempt struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	// Where it belongs; zero where it belongs to none.
	Alert     ID `json:"-"`
	Recipient ID `json:"-"`

	Channel Channel      `json:"-"`
	Lane    Lane         `json:"-"`
	State   AttemptState `json:"-"`
	Due     time.Time    `json:"-"` // not before
	Expires time.Time    `json:"-"` // not after; zero: never, as a notice of an alert
	// Validity is how long the carrier may queue it before it has to fail;
	// zero: as long as it likes. Whole seconds.
	Validity time.Duration `json:"-"`
	Tries    int           `json:"-"` // requests so far that were refused, or lost without an answer
	Lookups  int           `json:"-"` // searches at the carrier that did not find it
	Claim    Claim         `json:"-"`

	// What became of it.
	Sender string    `json:"-"` // the number of ours that it went from, or was last tried from
	Avoid  []string  `json:"-"` // numbers of ours that failed to reach them; in clear, comma-joined
	SID    string    `json:"-"` // the carrier's name for it
	Rank   Rank      `json:"-"`
	Code   string    `json:"-"` // the carrier's error, "30005"
	Sent   time.Time `json:"-"` // when the carrier accepted it

	// Sealed.
	To      Phone   `json:"to"`
	Text    string  `json:"text,omitempty"`
	Purpose Purpose `json:"purpose,omitempty"`
	Prefer  string  `json:"prefer,omitempty"` // the sender that the person knows
}

// Channel is how an attempt travels.
type Channel int

const (
	SMS   Channel = 1
	Voice Channel = 2
)

// Lane orders attempts that wait for the same sender: lower goes first.
type Lane int

const (
	LaneFirst   Lane = 0 // the first notice of an alert
	LaneNotice  Lane = 1 // its other notices
	LaneAnswer  Lane = 2 // words to the person who raised it
	LaneCancel  Lane = 3
	LaneConfirm Lane = 4
	LaneInfo    Lane = 5
	LaneDrill   Lane = 6
	LaneInvite  Lane = 7
)

// Purpose says what an attempt is for, for the record and the console.
type Purpose string

const (
	PurposeNotice  Purpose = "notice"  // an alert's notice to a recipient
	PurposeMore    Purpose = "more"    // words added to it
	PurposeMessage Purpose = "message" // the person's own message to a contact
	PurposeNews    Purpose = "news"    // word to the person who raised it
	PurposeEnd     Purpose = "end"     // it was called off or closed
	PurposeDuress  Purpose = "duress"  // to desks: it was called off under duress
	PurposeInvite  Purpose = "invite"  // asks somebody to be a contact
	PurposeInfo    Purpose = "info"
	PurposeRedact  Purpose = "redact" // not a message, and of earlier versions: what a carrier is to forget stands with the message
)

// AttemptState is an attempt's life. Waiting and Claimed change places until a
// carrier takes it or nothing more can be done.
//
//	Waiting <-> Claimed -> Sent -> (receipts raise the rank)
//	   |           '-----> Failed
//	   '-> Withdrawn, Held
type AttemptState int

const (
	AttemptWaiting   AttemptState = 1 // until Due
	AttemptClaimed   AttemptState = 2 // a node has it until the lease ends
	AttemptSent      AttemptState = 3 // the carrier took it
	AttemptFailed    AttemptState = 4 // this attempt will not be tried again
	AttemptWithdrawn AttemptState = 5 // no longer wanted, and never sent
	AttemptHeld      AttemptState = 6 // a pilot's --only-to leaves it out
)

// Claim is a node's hold on an attempt. The fence rises with each claim: the
// result of an older one, unless it proves that something was sent, is void.
type Claim struct {
	Fence int64
	Until time.Time // the lease's end; nothing may be sent after it
	Doubt bool      // an earlier claim ended without a result: look it up before sending again
}

// Rank is how far a message has come by its receipts. It only rises; among
// equals Delivered replaces Failed.
type Rank int

const (
	RankNone      Rank = 0
	RankQueued    Rank = 1
	RankSending   Rank = 2
	RankSent      Rank = 3
	RankFailed    Rank = 4 // undelivered or failed
	RankDelivered Rank = 5 // same height as Failed to the outside, and replaces it
	RankRead      Rank = 6
)

// PurposeRoster is a call to the agent on call.
const PurposeRoster Purpose = "roster"

// Limited reports whether an attempt has to wait when the day's spending has
// reached --daily-limit: an invitation, a drill, or information that is not
// about an alert. Alerts never wait.
func (a *Attempt) Limited() bool {
	return a.Lane == LaneInvite || a.Lane == LaneDrill || a.Lane == LaneInfo && a.Alert.IsZero() && a.Purpose != PurposeProbe
}

// PurposeProbe is a text to ourselves.
const PurposeProbe Purpose = "probe"

// PurposeSign asks a person whether a number is still theirs.
const PurposeSign Purpose = "sign"

// Waits reports whether an attempt has not begun, and it is sure that it has not.
func (a *Attempt) Waits() bool { return a.State == AttemptWaiting && !a.Claim.Doubt }

// Carrier takes messages and calls. All methods may be called at once from
// many goroutines, and begin no request after their context's deadline.
type Carrier interface {
	// Send hands an attempt over to be sent from one of our senders, and gives
	// the carrier's name for it, which is never empty. The error is a
	// *Failure, also where nobody knows whether the carrier acted
	// (Unknown); any other error counts as unknown.
	Send(ctx context.Context, m Attempt, from string) (sid string, err error)

	// Find looks for an attempt whose outcome is unknown, and gives the
	// carrier's name for it where it is found. from is the sender that was
	// recorded, or would be chosen now: the account to ask, and for calls the
	// caller ID; a text may have gone from another. An error counts as "cannot
	// tell"; the After of a *Failure is kept.
	Find(ctx context.Context, m Attempt, from string) (sid string, found Found, err error)

	// Redact makes the carrier forget the words of a message.
	Redact(ctx context.Context, sid string) error
}
