package gateway

import (
	"slices"
	"time"
)

// NoticedSince reports whether the phone was told after a time of an alert that
// it has not confirmed.
func (v *View) NoticedSince(then, now time.Time) bool {
	return slices.ContainsFunc(v.Told, func(told Told) bool {
		at, ok := told.Noticed(now)
		return ok && at.After(then) && told.Waits()
	})
}

// Waits reports whether an alert waits for its recipient to confirm.
func (t *Told) Waits() bool {
	return t.Alert.Open() && (t.Recipient.State == RecipientOwed || t.Recipient.State == RecipientGivenUp)
}

// Noticed is when the recipient's newest notice was handed to a carrier, now
// where it is on its way, and whether there is one, or a summary told of it.
func (t *Told) Noticed(now time.Time) (at time.Time, ok bool) {
	ok = t.Recipient.Summed
	for i := range t.Attempts {
		a := &t.Attempts[i]
		if a.Purpose != PurposeNotice || !a.handed() {
			continue
		}
		ok = true
		if a.Sent.IsZero() {
			return now, true
		}
		if a.Sent.After(at) {
			at = a.Sent
		}
	}
	return at, ok
}

// KeptOwn is the open alert of a contact's own: one without a profile, before an
// agent. nil: there is none, or the phone is a registered person's.
func (v *View) KeptOwn() *Case {
	if v.Owner() != nil {
		return nil
	}
	accepted := func(p Profile) bool {
		c := p.Contact(v.Conversation.Phone)
		return c != nil && c.Standing == StandingAccepted
	}
	if !slices.ContainsFunc(v.Wards, accepted) {
		return nil
	}
	for _, id := range slices.Backward(v.Conversation.Raised) {
		if c := v.Case(id); c != nil && c.Alert.Open() && !c.Alert.Drill && c.Alert.Profile.IsZero() {
			return c
		}
	}
	return nil
}

// RaisedSince reports whether an alert of a person is open, or was raised since
// then.
func (v *View) RaisedSince(profile ID, then time.Time) bool {
	return slices.ContainsFunc(v.Cases, func(c Case) bool {
		a := &c.Alert
		return a.Profile == profile && !a.Drill && (a.Open() || !a.At.Before(then))
	})
}
