package gateway

import (
	"aviso/ivr"
)

// checkKeys verifies the digits that a step offers as a PIN, or hashes those
// that are to become one: always the same work, whoever they belong to.
func checkKeys(c checker, e *Dialogue, view *View) PINCheck {
	session := view.KeySession
	if session.State.Medium == "" {
		session.State.Medium = e.Medium
	}
	keys, err := e.fresh(&session)
	if err != nil || len(session.Pages) > 0 && keys == "0" {
		return PINCheck{}
	}
	_, reply := ivr.Step(session.State, keyInput(c.rules, e, view, keys))
	if reply.Ask == nil {
		return PINCheck{}
	}
	digits := reply.Ask.Keys
	switch kind := reply.Ask.Kind; {
	case kind == ivr.AskPIN:
		return c.verify(digits, view.keyedPeople(), view, session.State.Medium, reply.Ask.For == ivr.ForRaise)
	case kind == ivr.AskNewPIN, kind == ivr.AskSamePIN:
		p := view.keyedProfile()
		if p == nil || CheckPIN(digits) != nil {
			return PINCheck{}
		}
		if kind == ivr.AskNewPIN && EasyPIN(digits, p.ZIP) {
			return PINCheck{Easy: true}
		}
		if kind == ivr.AskNewPIN {
			return PINCheck{New: c.hasher.Hash(c.fresh, PIN{Salt: p.PIN.Salt}, digits, "")}
		}
		check := PINCheck{Result: c.hasher.Check(session.New, digits)}
		// The two PINs of a person have to differ, or one of them is of no use.
		other := PIN{Salt: p.PIN.Salt, Hash: p.PIN.Duress}
		if session.State.Second {
			other.Hash = p.PIN.Hash
		}
		check.Taken = c.hasher.Check(other, digits) == PINReal
		return check
	case kind == ivr.AskRegister && session.State.At == ivr.RegPIN && CheckPIN(digits) == nil:
		if q := view.Conversation.Question; q != nil && q.Draft != nil && EasyPIN(digits, q.Draft.ZIP) {
			return PINCheck{Easy: true}
		}
		return PINCheck{New: c.hasher.Hash(c.fresh, PIN{}, digits, "")}
	}
	return PINCheck{}
}

// keyedPeople are those whose PIN is being asked for: whom the typed number or
// code may mean, else those whom the phone stands for.
func (v *View) keyedPeople() []*Profile {
	if !v.KeySession.State.Named {
		return v.keyCallers()
	}
	var people []*Profile
	for i := range v.Named {
		for _, id := range v.KeySession.Named {
			if v.Named[i].ID == id {
				people = append(people, &v.Named[i])
			}
		}
	}
	return people
}

// keyedProfile is who has given their PIN in this session.
func (v *View) keyedProfile() *Profile {
	id := v.KeySession.Profile
	for i := range v.Named {
		if v.Named[i].ID == id {
			return &v.Named[i]
		}
	}
	if v.Own != nil && v.Own.ID == id {
		return v.Own
	}
	return nil
}
