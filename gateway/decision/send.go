package decision

import (
	"slices"

	"aviso/gateway"
)

// Send enqueues a message, and returns the attempt's id, zero where there is
// none. One that is due now is born claimed by this node, if it is one that sends
// and has room for it.
func (d *Decision) Send(a gateway.Attempt) gateway.ID {
	if a.Channel != gateway.Voice && d.Stopped(a.To) || a.To.OtherWay() {
		return gateway.ID{}
	}
	a.ID = d.Fresh.ID()
	if a.Channel == 0 {
		a.Channel = gateway.SMS
	}
	if a.Due.IsZero() {
		a.Due = d.Now
	}
	d.avoidUnreached(&a)
	switch {
	case d.LeftOut(a.To):
		a.State = gateway.AttemptHeld
	case a.Due.After(d.Now), !d.Sends, a.Channel != gateway.Voice && !d.room(a.Lane), a.Lane >= gateway.LaneInfo && d.View.Directory.Raided():
		a.State = gateway.AttemptWaiting
	default:
		a.State = gateway.AttemptClaimed
		a.Claim = gateway.Claim{Fence: 1, Until: d.Now.Add(gateway.Lease)}
	}
	d.Turn.Attempts = append(d.Turn.Attempts, a)
	return a.ID
}

// room reports whether this node's send queue has room for a lane.
func (d *Decision) room(lane gateway.Lane) bool { return lane < d.Full }

// OtherSender reports whether a sender that reaches a phone is left.
func (d *Decision) OtherSender(to gateway.Phone, avoid []string) bool {
	return slices.ContainsFunc(d.Rules.Senders, func(s gateway.Sender) bool {
		return d.reaches(s, to) && !slices.Contains(avoid, s.Address)
	})
}

// OtherCaller reports whether a caller ID of ours is left.
func (d *Decision) OtherCaller(avoid []string) bool {
	return slices.ContainsFunc(d.Rules.VoiceFrom, func(p gateway.Phone) bool { return !slices.Contains(avoid, string(p)) })
}

// reaches reports whether a sender can text a phone as far as is known,
// including what this very decision has found out.
func (d *Decision) reaches(s gateway.Sender, to gateway.Phone) bool {
	country := to.Country()
	return s.Reaches(country) && d.View.Directory.InForce(s.Address, country, d.Now) == nil &&
		!slices.ContainsFunc(d.Turn.Unreached, func(u gateway.Unreached) bool { return u.Sender == s.Address && u.Country == country })
}

// avoidUnreached adds the senders that are known not to reach a phone to those
// that a text avoids.
func (d *Decision) avoidUnreached(a *gateway.Attempt) {
	if a.Channel != gateway.SMS || len(d.View.Directory.Known()) == 0 {
		return
	}
	for _, s := range d.Rules.Senders {
		if s.Reaches(a.To.Country()) && !d.reaches(s, a.To) && !slices.Contains(a.Avoid, s.Address) {
			a.Avoid = append(slices.Clone(a.Avoid), s.Address)
		}
	}
}

// Textless reports whether no sender of ours is known to reach a phone.
func (d *Decision) Textless(to gateway.Phone) bool {
	return !slices.ContainsFunc(d.Rules.Senders, func(s gateway.Sender) bool { return d.reaches(s, to) })
}

// TellCaller sends as a text what would have been the answer, where nobody is
// there to be answered.
func (d *Decision) TellCaller() {
	text := d.Turn.Answer.Text
	d.Turn.Answer = gateway.Answer{}
	if text == "" || !d.Conv.Stopped.IsZero() || !d.Conv.Silenced.IsZero() {
		return
	}
	d.Send(gateway.Attempt{Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: d.Conv.Phone, Prefer: d.Conv.Sender, Text: text})
}

// Withdraw takes back those of some attempts that still wait, and that no carrier
// may have.
func (d *Decision) Withdraw(attempts []gateway.Attempt, which func(*gateway.Attempt) bool) {
	for i := range attempts {
		if a := &attempts[i]; a.Waits() && which(a) {
			a.State = gateway.AttemptWithdrawn
			d.PutAttempt(a)
		}
	}
}
