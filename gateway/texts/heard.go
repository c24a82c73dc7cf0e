package texts

import (
	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/person"
)

// Hear is the text as the phone's conversation will remember it. A question
// about how things stand, or what is kept, is answered anew, and a wrong PIN counts each time: one
// who guesses is not to be taken for a carrier.
func Hear(c person.Checker, t *gateway.Text, view *gateway.View) *gateway.Heard {
	pin, salt := "", []byte(nil)
	switch check := &view.PIN; {
	case t.Parsed.Intent == keyword.Status, t.Parsed.Intent == keyword.Data, t.Limited(), check.Result == gateway.PINWrong && t.Parsed.Intent != keyword.Raise:
		return nil
	case check.New.Set():
		q, _ := view.Question(c.Fresh.Now)
		pin, salt = t.NewPIN(q), check.New.Salt
	case check.Result == gateway.PINReal, check.Result == gateway.PINDuress:
		pin = check.Right
		if p := view.Profile(check.Profile); p != nil {
			salt = p.PIN.Salt
		}
	}
	if salt == nil {
		pin, salt = "", c.Fresh.Salt()
	}
	return &gateway.Heard{
		Key: t.Scope().Key, At: c.Fresh.Now, Mark: gateway.Mark{PIN: pin != "", Salt: salt, Sum: c.Hasher.Mark(t.Body, pin, salt)},
	}
}

// heardNow is the text as it is remembered now that it is decided on.
func (d *Arranging) heardNow() *gateway.Heard {
	h := d.View.Heard
	if h != nil {
		h.Mute, h.Alert, h.Of = d.Puzzled, d.RaisedID, d.holder()
	}
	return h
}

// holder is whose phone the phone of the text is from now on.
func (d *Arranging) holder() gateway.ID {
	if d.Erased != nil || d.Sees().Erased() {
		return gateway.ID{}
	}
	own := d.View.Own
	for i := range d.Turn.Profiles {
		switch p := &d.Turn.Profiles[i]; {
		case p.Phone == d.Conv.Phone:
			return p.ID
		case own != nil && p.ID == own.ID && p.Moved == nil:
			own = nil
		}
	}
	if own != nil {
		return own.ID
	}
	return d.Sees().Guest()
}
