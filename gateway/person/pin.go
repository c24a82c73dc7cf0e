package person

import (
	"time"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

// RefusePIN says that a PIN was wrong, or that this phone has to wait.
func (d *Personal) RefusePIN(profile gateway.ID) {
	if l := d.Conv.Lock(profile, d.medium()); l != nil && d.Now.Before(l.Until) {
		minutes := int((l.Until.Sub(d.Now) + time.Minute - 1) / time.Minute)
		d.Answer("locked", templates.Data{Minutes: minutes})
		return
	}
	d.Answer("wrong-pin", d.Info())
}

// KeepBarred keeps somebody from being moved after a PIN was changed from a phone
// that is not theirs: whoever moved them knew the PIN, and can change it too.
func (d *Personal) KeepBarred(p *gateway.Profile, hash []byte) {
	own := d.View.Own
	if !p.Moved.Bars(p.PIN) || own != nil && own.ID == p.ID && d.View.OwnStanding == gateway.Registered {
		return
	}
	moved := *p.Moved
	moved.Locked, p.Moved = hash, &moved
}

// Checker verifies PINs for one event, beside the decision: it takes time, and is
// what needs the hasher.
type Checker struct {
	Hasher *gateway.Hasher
	Fresh  gateway.Fresh
	Rules  *gateway.Rules
}

// VerifyAll tries each offer, also behind a right one: how long it takes says
// nothing.
func (c Checker) VerifyAll(offers []gateway.Offer, view *gateway.View, raises bool) gateway.PINCheck {
	var check gateway.PINCheck
	for _, o := range offers {
		tried := c.Verify(o.Digits, o.Of, view, "", raises)
		switch {
		case tried.Result == gateway.PINWrong:
			check.Wrong++
			if check.Result == gateway.PINUntried {
				check.Result, check.Profile = gateway.PINWrong, tried.Profile
			}
		case check.Result == gateway.PINUntried, check.Result == gateway.PINWrong, tried.Result == gateway.PINReal:
			check.Result, check.Profile, check.Right = tried.Result, tried.Profile, o.Digits
		}
		if tried.Result != gateway.PINWrong || !raises || view.Own == nil {
			check.Digits = append(check.Digits, o.Digits)
		}
	}
	return check
}

// Verify compares digits with the PINs of those whose they may be. What raises
// an alert is verified however many others have guessed. medium is as in Lock.
func (c Checker) Verify(digits string, profiles []*gateway.Profile, view *gateway.View, medium ivr.Medium, raises bool) gateway.PINCheck {
	check := gateway.PINCheck{Result: gateway.PINWrong}
	if len(profiles) == 0 {
		c.Hasher.Check(gateway.PIN{}, digits)
		return check
	}
	for _, p := range profiles {
		result := c.Hasher.Check(p.PIN, digits)
		if now := c.Fresh.Now; view.Conversation.Locked(p.ID, medium, now) || !raises && view.Guarded(p, now) {
			result = gateway.PINWrong
		}
		if check.Profile = p.ID; result != gateway.PINWrong {
			check.Result = result
			break
		}
	}
	return check
}

// Count keeps the count of one PIN that was typed.
func (d *Personal) Count(check gateway.PINCheck) {
	if check.Profile.IsZero() {
		return
	}
	p := d.Profile(check.Profile)
	if p == nil {
		return
	}
	if check.Result != gateway.PINWrong {
		d.Conv.Unlock(p.ID, d.medium())
		if p.WrongPINs > 0 {
			p.WrongPINs, p.Guarded = 0, time.Time{}
			d.PutProfile(p, "pin-right", "phone", "")
		}
		return
	}
	for range max(1, check.Wrong) {
		d.countWrong(p)
	}
}

// medium is in what a PIN was typed, as in Lock.
func (d *Personal) medium() ivr.Medium {
	if d.Talk == nil {
		return ""
	}
	return d.Talk.Session.State.Medium
}

func (d *Personal) countWrong(p *gateway.Profile) {
	if d.Conv.Locked(p.ID, d.medium(), d.Now) {
		return
	}
	d.Conv.Wrong(p.ID, d.medium(), d.Now)
	if d.View.Guarded(p, d.Now) {
		return
	}
	if p.WrongPINs++; p.WrongPINs%guessingMost == 0 {
		p.Guarded = d.Now.Add(guessingGuard)
	}
	d.PutProfile(p, "pin-wrong", "phone", "")
	if p.WrongPINs == guessingTask || p.WrongPINs > guessingTask && p.WrongPINs%guessingTask == 0 {
		d.PutTask(gateway.Task{Kind: gateway.TaskGuessing, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
}

const (
	// guessingTask is how many wrong PINs at one profile, from any phones, make
	// an agent look.
	guessingTask = 10
	// guessingMost is how many of them close the profile, for guessingGuard, to
	// phones that are not known to be the person's: nobody with many numbers
	// calls off, reads or changes anything by going through the ten thousand
	// PINs of four digits. Raising stays open: each guess at that is an urgent
	// task, and whoever is being taken away must not pay for a stranger's.
	guessingMost  = 30
	guessingGuard = time.Hour
)
