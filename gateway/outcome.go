package gateway

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// result takes what came of sending an attempt. Proof that something was sent
// counts whoever brings it; a refusal only under the fence of the claim that
// it belongs to.
func (d *cases) result(r Result) error {
	a := d.view.Attempt
	if a == nil {
		return ErrNotFound
	}
	if r.Sender != "" {
		a.Sender = r.Sender
	}
	switch {
	case r.SID != "":
		if a.State != AttemptSent || a.SID == "" {
			a.State, a.SID, a.Sent, a.Code, a.Claim = AttemptSent, r.SID, d.now, "", Claim{Fence: a.Claim.Fence}
			d.putAttempt(a)
		}
		return nil
	case r.Fence != a.Claim.Fence || a.State != AttemptClaimed:
		return nil // another node has it, or it is settled
	case r.Absent:
		a.Lookups++
		d.wait(a, max(absentWait, RetryAfter(a.Tries)))
		a.Claim.Doubt = true
		d.putAttempt(a)
		return nil
	case r.Failure == nil:
		return nil
	}
	f := r.Failure
	a.Code = f.Code
	switch {
	case a.Purpose == PurposeRedact:
		a.State, a.Claim = AttemptWithdrawn, Claim{Fence: a.Claim.Fence}
		d.putAttempt(a)
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
func (d *cases) lost(a *Attempt, f *Failure) {
	var wait time.Duration
	if f.Code == CodeLookup {
		if a.Lookups++; a.Lookups >= LookupsMost {
			wait = RetryAfter(a.Tries) // what comes next is a send
		} else {
			wait = RetryAfter(a.Lookups)
		}
	} else {
		a.Lookups = 0 // it was sent, perhaps: what was searched for is another
		a.Tries++
		wait = min(RetryAfter(a.Tries), lookWithin)
	}
	d.wait(a, max(wait, f.After))
	a.Claim.Doubt = true
	if a.Tries == triesTask && f.Code != CodeLookup {
		d.failed(a, f, Retry)
	}
	d.putAttempt(a)
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
func (d *cases) wait(a *Attempt, after time.Duration) {
	a.State, a.Due = AttemptWaiting, d.now.Add(after)
	a.Claim = Claim{Fence: a.Claim.Fence}
}

// refused decides what follows on a request that a carrier refused: nothing
// was sent, so the same attempt goes on.
func (d *cases) refused(a *Attempt, f *Failure) {
	d.learnReach(a, f)
	d.learnPhone(a, f)
	a.Tries++
	switch wait, remedy := d.remedy(a, f, a.Tries); remedy {
	case Retry:
		d.wait(a, wait)
		if a.Tries == triesTask {
			d.failed(a, f, Retry)
		}
		if f.AlsoCall && a.Channel == SMS {
			d.callBeside(d.view.Case(a.Alert), a)
		}
	case Elsewhere:
		a.Avoid = avoiding(a)
		d.wait(a, 0)
	default:
		a.State, a.Claim = AttemptFailed, Claim{Fence: a.Claim.Fence}
		d.failed(a, f, remedy)
	}
	d.putAttempt(a)
}

// remedy is what a failure asks for, given the sender that it happened to and
// how often it has happened: Retry with its wait, Elsewhere where there is
// another sender, Call or Never.
func (d *cases) remedy(a *Attempt, f *Failure, times int) (time.Duration, Remedy) {
	remedy := f.Remedy
	if s, err := ParseSender(a.Sender); err == nil && s.Kind == ShortCode && f.Short != 0 {
		remedy = f.Short
	}
	if remedy == Retry {
		if wait, ok := f.Wait(times); ok {
			return wait, Retry
		}
		remedy = f.Then
	}
	if remedy != Elsewhere {
		return 0, remedy
	}
	if a.Channel == Voice {
		return 0, Never // calls have one number to come from: an agent is next
	}
	if a.Sender != "" && d.otherSender(a.To, avoiding(a)) { // else nobody knows which one refused
		return 0, Elsewhere
	}
	if f.Filtered {
		return 0, Call
	}
	// No sender is left. What the operator has to mend may be mended, so it is
	// tried on, slowly, and somebody is called or an agent rings meanwhile.
	a.Avoid = nil
	if !d.climbed(a) {
		d.failed(a, f, Call)
	}
	return max(elsewhereWait, RetryAfter(times)), Retry
}

const (
	// triesTask is how many refusals that may pass make an agent ring: about
	// 40 seconds after the first.
	triesTask = 6
	// elsewhereWait is the pause after every sender was refused.
	elsewhereWait = 20 * time.Second
)

// climbed reports whether the attempt's recipient is past texts already.
func (d *cases) climbed(a *Attempt) bool {
	c := d.view.Case(a.Alert)
	return c == nil || slices.ContainsFunc(c.Attempts, func(o Attempt) bool {
		return o.Recipient == a.Recipient && o.Channel == Voice
	})
}

// avoiding are the senders that an attempt has failed from, the last included.
func avoiding(a *Attempt) []string {
	if a.Sender == "" || slices.Contains(a.Avoid, a.Sender) {
		return a.Avoid
	}
	return append(slices.Clone(a.Avoid), a.Sender)
}

// otherSender reports whether a sender that reaches a phone is left.
func (d *decision) otherSender(to Phone, avoid []string) bool {
	return slices.ContainsFunc(d.Rules.Senders, func(s Sender) bool {
		return d.reaches(s, to) && !slices.Contains(avoid, s.Address)
	})
}

// receipt takes a carrier's word on what became of a message. Its rank only
// rises; a receipt is no confirmation.
func (d *cases) receipt(r Receipt) error {
	a := d.view.Attempt
	if a == nil {
		return ErrNotFound
	}
	if r.Rank <= a.Rank {
		return nil
	}
	failed := a.Rank == RankFailed
	a.Rank = r.Rank
	a.Sender = cmp.Or(a.Sender, r.Sender)
	if a.State == AttemptClaimed || a.State == AttemptWaiting {
		// A receipt on the attempt's own path proves that it was sent, even if
		// the answer to the request was lost.
		a.State, a.Sent, a.Claim = AttemptSent, d.now, Claim{Fence: a.Claim.Fence}
	}
	switch {
	case r.Failure != nil:
		a.Code = r.Failure.Code
		d.putAttempt(a)
		d.undelivered(a, r.Failure)
		return nil
	case failed:
		// It arrived after all: what climbs because it had not is withdrawn.
		c := d.view.Case(a.Alert)
		if c == nil {
			return errWhole
		}
		a.Code = ""
		for i := range c.Attempts {
			o := &c.Attempts[i]
			if o.Recipient == a.Recipient && !a.Recipient.IsZero() && o.Purpose == PurposeNotice && o.State == AttemptWaiting && !o.Claim.Doubt {
				o.State = AttemptWithdrawn
				d.putAttempt(o)
			}
		}
	}
	d.putAttempt(a)
	return nil
}

// errWhole says that a decision needs the whole case after all.
var errWhole = errors.New("the whole case is needed")

// undelivered decides what follows on a message that was sent and not
// delivered: a new attempt, since a message has one life at the carrier.
func (d *cases) undelivered(a *Attempt, f *Failure) {
	d.learnReach(a, f)
	d.learnPhone(a, f)
	c := d.view.Case(a.Alert)
	if c != nil && !c.Alert.Open() && a.Purpose == PurposeNotice {
		return
	}
	if a.Purpose == PurposeRoster {
		return // the next of the roster is rung
	}
	next := Attempt{
		Alert: a.Alert, Recipient: a.Recipient, Channel: a.Channel, Lane: a.Lane, To: a.To, Text: a.Text,
		Purpose: a.Purpose, Prefer: a.Prefer, Tries: a.Tries + 1, Expires: a.Expires, Validity: a.Validity,
	}
	switch wait, remedy := d.remedy(a, f, next.Tries); remedy {
	case Retry:
		if next.Tries > undeliveredMost {
			d.failed(a, f, Call)
			return
		}
		next.Avoid = slices.Clone(a.Avoid)
		next.Due = d.now.Add(wait)
	case Elsewhere:
		next.Avoid = avoiding(a)
	default:
		d.failed(a, f, remedy)
		return
	}
	d.send(next)
	if f.AlsoCall && a.Channel == SMS {
		d.callBeside(c, a)
	}
}

// callBeside calls a recipient while their text is tried again, once: their
// ladder then stands on that call.
func (d *cases) callBeside(c *Case, a *Attempt) {
	if c == nil || a.Purpose != PurposeNotice || c.Alert.Drill {
		return
	}
	for i := range c.Recipients {
		r := &c.Recipients[i]
		call := slices.IndexFunc(d.ladder(r), func(g Rung) bool { return g.Try == TryCall })
		if r.ID != a.Recipient || r.State != RecipientOwed || r.Rung >= call || !d.call(c, r) {
			continue
		}
		r.Rung, r.Next = call, d.now.Add(time.Duration(d.ladder(r)[call].Quiet))
		d.climbAt(c.Alert.ID, r.Next)
		d.putRecipient(r)
	}
}

// undeliveredMost is how often a message that did not arrive is sent again
// before an agent rings.
const undeliveredMost = 3
