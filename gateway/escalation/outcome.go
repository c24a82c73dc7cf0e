package escalation

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"aviso/gateway"
)

// Result takes what came of sending an attempt. Proof that something was sent
// counts whoever brings it; a refusal only under the fence of the claim that
// it belongs to.
func (d *Cases) Result(r gateway.Result) error {
	a := d.View.Attempt
	if a == nil {
		return gateway.ErrNotFound
	}
	if r.Sender != "" {
		a.Sender = r.Sender
	}
	switch {
	case r.SID != "":
		if a.State != gateway.AttemptSent || a.SID == "" {
			a.State, a.SID, a.Sent, a.Code, a.Claim = gateway.AttemptSent, r.SID, d.Now, "", gateway.Claim{Fence: a.Claim.Fence}
			d.PutAttempt(a)
		}
		return nil
	case r.Fence != a.Claim.Fence || a.State != gateway.AttemptClaimed:
		return nil // another node has it, or it is settled
	case r.Absent:
		a.Lookups++
		d.wait(a, max(absentWait, gateway.RetryAfter(a.Tries)))
		a.Claim.Doubt = true
		d.PutAttempt(a)
		return nil
	case r.Failure == nil:
		return nil
	}
	f := r.Failure
	a.Code = f.Code
	switch {
	case a.Purpose == gateway.PurposeRedact:
		a.State, a.Claim = gateway.AttemptWithdrawn, gateway.Claim{Fence: a.Claim.Fence}
		d.PutAttempt(a)
	case f.Unknown:
		d.lost(a, f)
	default:
		d.refused(a, f)
	}
	return nil
}

// lost has an attempt looked up of which nobody knows whether the carrier acted
// on it. The search comes soon, however often it has happened; where it comes
// to nothing the attempt is sent again ever more slowly.
func (d *Cases) lost(a *gateway.Attempt, f *gateway.Failure) {
	var wait time.Duration
	if f.Code == gateway.CodeLookup {
		if a.Lookups++; a.Lookups >= gateway.LookupsMost {
			wait = gateway.RetryAfter(a.Tries) // what comes next is a send
		} else {
			wait = gateway.RetryAfter(a.Lookups)
		}
	} else {
		a.Lookups = 0 // it was sent, perhaps: what was searched for is another
		a.Tries++
		wait = min(gateway.RetryAfter(a.Tries), lookWithin)
	}
	d.wait(a, max(wait, f.After))
	a.Claim.Doubt = true
	if a.Tries == triesTask && f.Code != gateway.CodeLookup {
		d.failed(a, f, gateway.Retry)
	}
	d.PutAttempt(a)
}

const (
	// absentWait is how long a carrier that says that it does not have a message
	// is given before it is believed when asked again.
	absentWait = 3 * time.Second
	// lookWithin is the longest wait before what was sent, perhaps, is looked
	// up: half of what the contract gives.
	lookWithin = 5 * time.Second
)

// wait puts an attempt back until later.
func (d *Cases) wait(a *gateway.Attempt, after time.Duration) {
	a.State, a.Due = gateway.AttemptWaiting, d.Now.Add(after)
	a.Claim = gateway.Claim{Fence: a.Claim.Fence}
}

// refused decides what follows on a request that a carrier refused: nothing
// was sent, so the same attempt goes on.
func (d *Cases) refused(a *gateway.Attempt, f *gateway.Failure) {
	d.learnReach(a, f)
	d.learnPhone(a, f)
	a.Tries++
	switch wait, remedy := d.remedy(a, f, a.Tries); remedy {
	case gateway.Retry:
		d.wait(a, wait)
		if a.Tries == triesTask {
			d.failed(a, f, gateway.Retry)
		}
	case gateway.Elsewhere:
		a.Avoid = avoiding(a)
		d.wait(a, 0)
	default:
		a.State, a.Claim = gateway.AttemptFailed, gateway.Claim{Fence: a.Claim.Fence}
		d.failed(a, f, remedy)
	}
	if f.AlsoCall && a.Channel == gateway.SMS && a.State == gateway.AttemptWaiting {
		d.callBeside(d.View.Case(a.Alert), a)
	}
	d.PutAttempt(a)
}

// remedy is what a failure asks for, given the sender that it happened to and
// how often it has happened: Retry with its wait, Elsewhere where there is
// another sender, Call or Never.
func (d *Cases) remedy(a *gateway.Attempt, f *gateway.Failure, times int) (time.Duration, gateway.Remedy) {
	remedy := f.Remedy
	if s, err := gateway.ParseSender(a.Sender); err == nil && s.Kind == gateway.ShortCode && f.Short != 0 {
		remedy = f.Short
	}
	if remedy == gateway.Retry {
		if wait, ok := f.Wait(times); ok {
			return wait, gateway.Retry
		}
		remedy = f.Then
	}
	if remedy != gateway.Elsewhere {
		return 0, remedy
	}
	if a.Channel == gateway.Voice {
		if a.Sender != "" && d.OtherCaller(avoiding(a)) {
			return 0, gateway.Elsewhere
		}
		return 0, gateway.Never // an agent is next
	}
	if a.Sender != "" && d.OtherSender(a.To, avoiding(a)) { // else nobody knows which one refused
		return 0, gateway.Elsewhere
	}
	if f.Filtered {
		return 0, gateway.Call
	}
	// No sender is left. What the operator has to mend may be mended, so it is
	// tried on, slowly, and somebody is called or an agent rings meanwhile.
	a.Avoid = nil
	if !d.climbed(a) {
		d.failed(a, f, gateway.Call)
	}
	return max(elsewhereWait, gateway.RetryAfter(times)), gateway.Retry
}

const (
	// triesTask is how many refusals that may pass make an agent ring: about
	// 40 seconds after the first.
	triesTask = 6
	// elsewhereWait is the pause after every sender was refused.
	elsewhereWait = 20 * time.Second
)

// climbed reports whether the attempt's recipient is past texts already.
func (d *Cases) climbed(a *gateway.Attempt) bool {
	c := d.View.Case(a.Alert)
	return c == nil || slices.ContainsFunc(c.Attempts, func(o gateway.Attempt) bool {
		return o.Recipient == a.Recipient && o.Channel == gateway.Voice
	})
}

// avoiding are the senders that an attempt has failed from, the last included.
func avoiding(a *gateway.Attempt) []string {
	if a.Sender == "" || slices.Contains(a.Avoid, a.Sender) {
		return a.Avoid
	}
	return append(slices.Clone(a.Avoid), a.Sender)
}

// Receipt takes a carrier's word on what became of a message. Its rank only
// rises; a receipt is no confirmation.
func (d *Cases) Receipt(r gateway.Receipt) error {
	a := d.View.Attempt
	if a == nil {
		return gateway.ErrNotFound
	}
	if r.Rank <= a.Rank {
		return nil
	}
	failed := a.Rank == gateway.RankFailed
	a.Rank = r.Rank
	a.Sender = cmp.Or(a.Sender, r.Sender)
	if a.State == gateway.AttemptClaimed || a.State == gateway.AttemptWaiting {
		// A receipt on the attempt's own path proves that it was sent, even if
		// the answer to the request was lost.
		a.State, a.Sent, a.Claim = gateway.AttemptSent, d.Now, gateway.Claim{Fence: a.Claim.Fence}
	}
	switch {
	case r.Failure != nil:
		a.Code = r.Failure.Code
		d.PutAttempt(a)
		d.undelivered(a, r.Failure)
		return nil
	case failed:
		// It arrived after all: what climbs because it had not is withdrawn.
		c := d.View.Case(a.Alert)
		if c == nil {
			return ErrWhole
		}
		a.Code = ""
		d.Withdraw(c.Attempts, func(o *gateway.Attempt) bool {
			return o.Recipient == a.Recipient && !a.Recipient.IsZero() && o.Purpose == gateway.PurposeNotice
		})
	}
	d.PutAttempt(a)
	return nil
}

// ErrWhole says that a decision needs the whole case after all.
var ErrWhole = errors.New("the whole case is needed")

// undelivered decides what follows on a message that was sent and not
// delivered: a new attempt, since a message has one life at the carrier.
func (d *Cases) undelivered(a *gateway.Attempt, f *gateway.Failure) {
	d.learnReach(a, f)
	d.learnPhone(a, f)
	c := d.View.Case(a.Alert)
	if c != nil && !c.Alert.Open() && a.Purpose == gateway.PurposeNotice {
		return
	}
	if a.Purpose == gateway.PurposeRoster {
		return // the next of the roster is rung
	}
	next := gateway.Attempt{
		Alert: a.Alert, Recipient: a.Recipient, Channel: a.Channel, Lane: a.Lane, To: a.To, Text: a.Text,
		Purpose: a.Purpose, Prefer: a.Prefer, Tries: a.Tries + 1, Expires: a.Expires, Validity: a.Validity,
	}
	switch wait, remedy := d.remedy(a, f, next.Tries); remedy {
	case gateway.Retry:
		if next.Tries > undeliveredMost {
			d.failed(a, f, gateway.Call)
			return
		}
		next.Avoid = slices.Clone(a.Avoid)
		next.Due = d.Now.Add(wait)
	case gateway.Elsewhere:
		next.Avoid = avoiding(a)
	default:
		d.failed(a, f, remedy)
		return
	}
	d.Send(next)
	if f.AlsoCall && a.Channel == gateway.SMS {
		d.callBeside(c, a)
	}
}

// callBeside calls a recipient while their text is tried again, once: their
// ladder then stands on that call.
func (d *Cases) callBeside(c *gateway.Case, a *gateway.Attempt) {
	if c == nil || a.Purpose != gateway.PurposeNotice || c.Alert.Drill {
		return
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		call := callRung(d.Ladder(r))
		if r.ID != a.Recipient || r.State != gateway.RecipientOwed || r.Rung >= call || !d.Call(c, r) {
			continue
		}
		r.Rung = call
		d.await(r)
		d.PutRecipient(r)
	}
}

// undeliveredMost is how often a message that did not arrive is sent again
// before an agent rings.
const undeliveredMost = 3
