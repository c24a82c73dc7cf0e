package gateway

import (
	"slices"
	"time"

	"aviso/templates"
)

// result takes what came of sending an attempt. Proof that something was sent
// counts whoever brings it; a refusal only under the fence of the claim that
// it belongs to.
func (d *decision) result(r Result) error {
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
		d.wait(a, absentWait)
		a.Claim.Doubt = true
		d.putAttempt(a)
		return nil
	case r.Failure == nil:
		return nil
	}
	f := r.Failure
	a.Code = f.Code
	if f.Unknown {
		a.Lookups++
		d.wait(a, max(RetryAfter(a.Lookups), f.After))
		a.Claim.Doubt = true
		d.putAttempt(a)
		return nil
	}
	d.refused(a, f)
	return nil
}

// absentWait is how long a carrier that says that it does not have a message
// is given before it is believed when asked again.
const absentWait = 3 * time.Second

// wait puts an attempt back until later.
func (d *decision) wait(a *Attempt, after time.Duration) {
	a.State, a.Due = AttemptWaiting, d.now.Add(after)
	a.Claim = Claim{Fence: a.Claim.Fence}
}

// refused decides what follows on a request that a carrier refused: nothing
// was sent, so the same attempt goes on.
func (d *decision) refused(a *Attempt, f *Failure) {
	a.Tries++
	switch wait, remedy := d.remedy(a, f, a.Tries); remedy {
	case Retry:
		d.wait(a, wait)
		if a.Tries == triesTask {
			d.unreachable(a, f)
		}
	case Elsewhere:
		a.Avoid = avoiding(a)
		d.wait(a, 0)
	default:
		a.State, a.Claim = AttemptFailed, Claim{Fence: a.Claim.Fence}
		d.unreachable(a, f)
	}
	d.putAttempt(a)
}

// remedy is what a failure asks for, given the sender that it happened to and
// how often it has happened: Retry with its wait, Elsewhere where there is
// another sender, Call or Never.
func (d *decision) remedy(a *Attempt, f *Failure, times int) (time.Duration, Remedy) {
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
	if d.otherSender(a.To, avoiding(a)) {
		return 0, Elsewhere
	}
	if f.Filtered {
		return 0, Call
	}
	// No sender is left. What the operator has to mend may be mended, so it is
	// tried on, slowly, and an agent rings meanwhile.
	a.Avoid = nil
	return max(elsewhereWait, RetryAfter(times)), Retry
}

const (
	// triesTask is how many refusals that may pass make an agent ring: about
	// 40 seconds after the first.
	triesTask = 6
	// elsewhereWait is the pause after every sender was refused.
	elsewhereWait = 20 * time.Second
)

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
		return s.Reaches(to.Country()) && !slices.Contains(avoid, s.Address)
	})
}

// unreachable hands a recipient whom we could not reach to an agent, once, and
// tells the person who raised the alert.
func (d *decision) unreachable(a *Attempt, f *Failure) {
	c := d.view.Case(a.Alert)
	if c == nil || a.Purpose != PurposeNotice || !c.Alert.Open() {
		return
	}
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.ID == a.Recipient })
	if i < 0 || c.Recipients[i].State != RecipientOwed {
		return
	}
	r := &c.Recipients[i]
	r.State = RecipientGivenUp
	d.putRecipient(r)
	kind := TaskUnreachable
	if f.OptedOut {
		kind = TaskOptedOut
	}
	d.putTask(Task{Kind: kind, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: r.Phone, Name: r.Name, Note: f.Code})
	d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "unreachable", "carrier", r.Name+" "+f.Code)
	d.news(&c.Alert, "not-told", templates.Data{Who: r.Name})
}

// receipt takes a carrier's word on what became of a message. Its rank only
// rises; a receipt is no confirmation.
func (d *decision) receipt(r Receipt) error {
	a := d.view.Attempt
	if a == nil {
		return ErrNotFound
	}
	if r.Rank <= a.Rank {
		return nil
	}
	failed := a.Rank == RankFailed
	a.Rank = r.Rank
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
		a.Code = ""
	}
	d.putAttempt(a)
	return nil
}

// undelivered decides what follows on a message that was sent and not
// delivered: a new attempt, since a message has one life at the carrier.
func (d *decision) undelivered(a *Attempt, f *Failure) {
	c := d.view.Case(a.Alert)
	if c != nil && !c.Alert.Open() && a.Purpose == PurposeNotice {
		return
	}
	next := Attempt{
		Alert: a.Alert, Recipient: a.Recipient, Channel: a.Channel, Lane: a.Lane, To: a.To, Text: a.Text,
		Purpose: a.Purpose, Prefer: a.Prefer, Tries: a.Tries + 1, Expires: a.Expires, Validity: a.Validity,
	}
	switch wait, remedy := d.remedy(a, f, next.Tries); remedy {
	case Retry:
		if next.Tries > undeliveredMost {
			d.unreachable(a, f)
			return
		}
		next.Avoid = slices.Clone(a.Avoid)
		next.Due = d.now.Add(wait)
	case Elsewhere:
		next.Avoid = avoiding(a)
	default:
		d.unreachable(a, f)
		return
	}
	d.send(next)
}

// undeliveredMost is how often a message that did not arrive is sent again
// before an agent rings.
const undeliveredMost = 3
