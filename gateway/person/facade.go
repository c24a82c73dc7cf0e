package person

import (
	"slices"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// KeepSelf keeps what was changed of the person, or shows it as if.
func (d *Personal) KeepSelf(p *gateway.Profile, kind string) {
	if d.Forced {
		facade := *p
		facade.PIN = gateway.PIN{}
		d.Conv.Facade = &facade
		return
	}
	d.PutProfile(p, kind, "phone", "")
}

// LookErased leaves nobody to be seen on the phone.
func (d *Personal) LookErased() {
	d.Conv = gateway.Conversation{ID: d.Conv.ID, Seq: d.Conv.Seq, Phone: d.Conv.Phone, Stopped: d.Conv.Stopped, Locks: d.Conv.Locks, Facade: &gateway.Profile{}}
}

// SeeUnseen shows whoever looks erased again where their real PIN was given. Any
// other PIN is one of nobody.
func (d *Personal) SeeUnseen() {
	v := d.View
	if v.Unseen == nil || v.PIN.Profile != v.Unseen.ID {
		return
	}
	if v.PIN.Result == gateway.PINReal {
		v.Own, v.Unseen, d.Conv.Facade = v.Unseen, nil, nil
		return
	}
	v.PIN = gateway.PINCheck{Result: gateway.PINWrong, Digits: v.PIN.Digits}
}

// pretend decides aside what would become of an alert if the person were as
// their phone is shown them, and returns what its receipt would say. The phone
// hears of those recipients from then on, whoever is told.
func (d *Personal) pretend(c *gateway.Case, r escalation.Raising, receipt templates.Data) templates.Data {
	if own := d.View.Own; d.Conv.Facade == nil || own == nil || own.ID != r.Profile.ID {
		return receipt
	}
	facade := *d.Conv.Facade
	facade.Contacts = slices.Clone(facade.Contacts)
	shown := facade
	shown.ID, shown.Version, shown.PIN = r.Profile.ID, r.Profile.Version, r.Profile.PIN
	r.Profile = &shown

	core := *d.Decision
	core.Turn = gateway.Turn{At: d.Now}
	aside := &escalation.Cases{Decision: &core}
	as := aside.NewAlert(r)
	as.Alert.ID, as.Alert.Ref = c.Alert.ID, c.Alert.Ref
	receipt = aside.Notify(as, r)
	d.Err = aside.Err
	d.Conv.Facade = &facade // its contacts, too, are told so often only
	c.Alert.Pretence, c.Alert.Advise = &gateway.Pretence{Zone: as.Alert.Zone}, as.Alert.Advise
	for i := range as.Recipients {
		r := &as.Recipients[i]
		c.Alert.Pretence.Recipients = append(c.Alert.Pretence.Recipients, gateway.Pretended{Kind: r.Kind, Phone: r.Phone, Name: r.Name, Accepted: r.Accepted, Vague: r.Vague})
	}
	return receipt
}
