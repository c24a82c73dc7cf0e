package acts

import (
	"slices"

	"aviso/gateway"
	"aviso/gateway/person"
)

// offersPIN is a deed with digits that the person on the line said.
type offersPIN interface {
	pin(*gateway.View) (digits string, of *gateway.Profile)
}

// setsPIN is a deed with digits that are to be the person's PINs.
type setsPIN interface {
	newPIN(*gateway.View) (old gateway.PIN, digits, duress string)
}

// CheckActPIN verifies the digits that an agent typed for somebody on the
// line, or hashes new ones. It is the same work whatever they are.
func CheckActPIN(c person.Checker, a *Act, view *gateway.View) gateway.PINCheck {
	if deed, ok := a.Deed.(setsPIN); ok {
		old, digits, duress := deed.newPIN(view)
		if digits == "" && duress == "" || digits != "" && gateway.CheckPIN(digits) != nil || duress != "" && gateway.CheckPIN(duress) != nil {
			return gateway.PINCheck{}
		}
		check := gateway.PINCheck{New: c.Hasher.Hash(c.Fresh, old, digits, duress)}
		// One that is the person's other PIN would leave them without it.
		check.Taken = digits != "" && digits == duress || old.Set() &&
			(digits == "" && c.Hasher.Check(old, duress) == gateway.PINReal || duress == "" && c.Hasher.Check(old, digits) == gateway.PINDuress)
		return check
	}
	deed, ok := a.Deed.(offersPIN)
	if !ok {
		return gateway.PINCheck{}
	}
	digits, p := deed.pin(view)
	if digits == "" {
		return gateway.PINCheck{}
	}
	check := gateway.PINCheck{Result: gateway.PINWrong}
	if p == nil {
		c.Hasher.Check(gateway.PIN{}, digits)
		return check
	}
	check.Profile = p.ID
	result := c.Hasher.Check(p.PIN, digits)
	if view.Agent != nil && !view.Agent.PINLocks().Locked(p.ID, "", c.Fresh.Now) {
		check.Result = result
	}
	return check
}

// countActPIN counts wrong PINs for the pair of agent and person, as for a
// phone's: an agent cannot guess either.
func (d *Acting) countActPIN() {
	check := d.PIN
	p := d.Profile(check.Profile)
	if check.Result == gateway.PINUntried || p == nil {
		return
	}
	locks := d.Agent.PINLocks()
	switch {
	case check.Result != gateway.PINWrong && locks.Lock(p.ID, "") == nil:
		return
	case check.Result != gateway.PINWrong:
		locks.Unlock(p.ID, "")
	case locks.Locked(p.ID, "", d.Now):
		return
	default:
		locks.Locks = slices.Clone(locks.Locks)
		locks.Wrong(p.ID, "", d.Now)
	}
	d.Agent.Locks = locks.Locks
	d.putAgent()
}

// refuseActPIN says that a PIN was wrong, or that the agent has to wait.
func (d *Acting) refuseActPIN(profile gateway.ID) {
	o := &d.Turn.Answer.Outcome
	o.Word, o.Who = gateway.WrongPIN, profile
	if l := d.Agent.PINLocks().Lock(profile, ""); l != nil && d.Now.Before(l.Until) {
		o.Word = gateway.PINLocked
		o.Text = minutes(l.Until.Sub(d.Now))
	}
}

// verify remembers that a person proved who they are. A PIN is not undone by
// answers.
func (d *Acting) verify(p *gateway.Profile, v gateway.Verified) {
	v.Profile, v.At = p.ID, d.Now
	if known := d.Agent.Knows(p.ID, d.Now); known != nil && known.PIN && !v.PIN {
		return
	}
	d.Agent.Verified = append(slices.DeleteFunc(slices.Clone(d.Agent.Verified), func(old gateway.Verified) bool {
		return old.Profile == p.ID || gateway.Age(d.Now, old.At) >= gateway.VerifiedFor
	}), v)
	d.putAgent()
	by := "answers"
	if v.PIN {
		by = "pin"
	}
	d.BumpProfile(p, "verified", d.Actor, by)
}
