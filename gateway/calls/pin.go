package calls

import (
	"aviso/gateway"
	"aviso/gateway/person"
	"aviso/ivr"
)

// CheckKeys verifies the digits that a step offers as a PIN, or hashes those
// that are to become one: always the same work, whoever they belong to.
func CheckKeys(c person.Checker, e *gateway.Dialogue, view *gateway.View) gateway.PINCheck {
	session := view.KeySession
	if session.State.Medium == "" {
		session.State.Medium = e.Medium
	}
	keys, err := e.Fresh(&session)
	if err != nil || len(session.Pages) > 0 && keys == "0" {
		return gateway.PINCheck{}
	}
	_, reply := ivr.Step(session.State, keyInput(c.Rules, e, view, keys))
	if reply.Ask == nil {
		return gateway.PINCheck{}
	}
	digits := reply.Ask.Keys
	switch kind := reply.Ask.Kind; {
	case kind == ivr.AskPIN:
		return c.Verify(digits, view.KeyedPeople(), view, session.State.Medium, reply.Ask.For == ivr.ForRaise)
	case kind == ivr.AskNewPIN, kind == ivr.AskSamePIN:
		p := view.KeyedProfile()
		if p == nil || gateway.CheckPIN(digits) != nil {
			return gateway.PINCheck{}
		}
		if kind == ivr.AskNewPIN && gateway.EasyPIN(digits, p.ZIP) {
			return gateway.PINCheck{Easy: true}
		}
		if kind == ivr.AskNewPIN {
			return gateway.PINCheck{New: c.Hasher.Hash(c.Fresh, gateway.PIN{Salt: p.PIN.Salt}, digits, "")}
		}
		check := gateway.PINCheck{Result: c.Hasher.Check(session.New, digits)}
		// The two PINs of a person have to differ, or one of them is of no use.
		other := gateway.PIN{Salt: p.PIN.Salt, Hash: p.PIN.Duress}
		if session.State.Second {
			other.Hash = p.PIN.Hash
		}
		check.Taken = c.Hasher.Check(other, digits) == gateway.PINReal
		return check
	case kind == ivr.AskRegister && session.State.At == ivr.RegPIN && gateway.CheckPIN(digits) == nil:
		if q := view.Conversation.Question; q != nil && q.Draft != nil && gateway.EasyPIN(digits, q.Draft.ZIP) {
			return gateway.PINCheck{Easy: true}
		}
		return gateway.PINCheck{New: c.Hasher.Hash(c.Fresh, gateway.PIN{}, digits, "")}
	}
	return gateway.PINCheck{}
}
