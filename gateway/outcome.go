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
	a.Claim.Doubt = false
	switch f.Remedy {
	case Retry:
		d.wait(a, max(RetryAfter(a.Tries), f.After))
		if a.Tries == triesTask {
			d.unreachable(a, f)
		}
	case Elsewhere:
		if a.Sender != "" && !slices.Contains(a.Avoid, a.Sender) {
			a.Avoid = append(slices.Clone(a.Avoid), a.Sender)
		}
		if d.otherSender(a) {
			d.wait(a, 0)
			break
		}
		// No sender is left. What the operator has to mend may be mended, so
		// it is tried on, slowly, and an agent rings meanwhile.
		a.Avoid = nil
		d.wait(a, elsewhereWait)
		d.unreachable(a, f)
	default:
		a.State, a.Claim = AttemptFailed, Claim{Fence: a.Claim.Fence}
		d.unreachable(a, f)
	}
	d.putAttempt(a)
}

const (
	// triesTask is how many refusals that may pass make an agent ring: about
	// 40 seconds after the first.
	triesTask = 6
	// elsewhereWait is the pause after every sender was refused.
	elsewhereWait = 5 * time.Minute
)

// otherSender reports whether a sender that reaches the attempt's phone is
// left.
func (d *decision) otherSender(a *Attempt) bool {
	return slices.ContainsFunc(d.Rules.Senders, func(s Sender) bool {
		return s.Reaches(a.To.Country()) && !slices.Contains(a.Avoid, s.Address)
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
		Purpose: a.Purpose, Prefer: a.Prefer, Avoid: slices.Clone(a.Avoid), Tries: a.Tries + 1, Expires: a.Expires, Validity: a.Validity,
	}
	switch f.Remedy {
	case Retry:
		if next.Tries > undeliveredMost {
			d.unreachable(a, f)
			return
		}
		next.Due = d.now.Add(max(undeliveredWait, f.After))
	case Elsewhere:
		next.Avoid = append(next.Avoid, a.Sender)
		if !d.otherSender(&next) {
			d.unreachable(a, f)
			return
		}
	default:
		d.unreachable(a, f)
		return
	}
	d.send(next)
}

const (
	// undeliveredWait and undeliveredMost: a message that did not arrive is
	// sent again after a minute, twice, before an agent rings.
	undeliveredWait = time.Minute
	undeliveredMost = 2
)
