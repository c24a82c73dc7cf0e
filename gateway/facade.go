package gateway

import (
	"slices"

	"aviso/templates"
)

// What is changed with the duress PIN is changed in looks only, and only on the
// phone on which it was forced: a facade, in front of a profile that stays as it
// is. It falls with the next command that the real PIN is given for.

// self is the person as their own phone is shown them.
func (d *decision) self() *Profile {
	own, facade := d.view.Own, d.conv.Facade
	if own == nil || facade == nil && !d.forced {
		return own
	}
	shown := *own
	if facade != nil {
		shown = *facade
		shown.ID, shown.Version, shown.PIN = own.ID, own.Version, own.PIN
	}
	return &shown
}

// keepSelf keeps what was changed of the person, or shows it as if.
func (d *decision) keepSelf(p *Profile, kind string) {
	if d.forced {
		facade := *p
		facade.PIN = PIN{}
		d.conv.Facade = &facade
		return
	}
	d.putProfile(p, kind, "phone", "")
}

// lookErased leaves nobody to be seen on the phone.
func (d *decision) lookErased() {
	d.conv = Conversation{ID: d.conv.ID, Seq: d.conv.Seq, Phone: d.conv.Phone, Stopped: d.conv.Stopped, Locks: d.conv.Locks, Facade: &Profile{}}
}

// hideErased hides whoever looks erased on the phone that the view is of.
func (v *View) hideErased() {
	facade := v.Conversation.Facade
	if facade == nil || facade.Phone != "" || v.Own == nil {
		return
	}
	v.Unseen, v.Own = v.Own, nil
	v.Named = slices.DeleteFunc(slices.Clone(v.Named), func(p Profile) bool { return p.ID == v.Unseen.ID })
}

// seeUnseen shows whoever looks erased again where their real PIN was given. Any
// other PIN is one of nobody.
func (d *decision) seeUnseen() {
	v := d.view
	if v.Unseen == nil || v.PIN.Profile != v.Unseen.ID {
		return
	}
	if v.PIN.Result == PINReal {
		v.Own, v.Unseen, d.conv.Facade = v.Unseen, nil, nil
		return
	}
	v.PIN = PINCheck{Result: PINWrong}
}

// raiseUnseen raises for somebody who looks erased on this phone, which is
// answered as one that nobody knows.
func (d *decision) raiseUnseen(words string) {
	if c := d.unknownCase(); c != nil {
		if words != "" {
			d.addWords(c, words)
		}
		d.answer("unknown-phone-again", templates.Data{Ref: c.Alert.Ref.String()})
		return
	}
	d.raise(raising{profile: d.view.Unseen, words: words, duress: true})
	d.hideRaised(d.conv.Phone)
	d.conv.Raised = slices.Clone(d.conv.Raised)
	for i := range d.turn.Alerts {
		d.conv.Raised = append(d.conv.Raised, d.turn.Alerts[i].ID)
	}
	d.answer("unknown-phone", templates.Data{Ref: d.last.data.Ref})
}
