package gateway

import "context"

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
