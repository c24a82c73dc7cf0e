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
func (d *personal) keepSelf(p *Profile, kind string) {
	if d.forced {
		facade := *p
		facade.PIN = PIN{}
		d.conv.Facade = &facade
		return
	}
	d.putProfile(p, kind, "phone", "")
}

// lookErased leaves nobody to be seen on the phone.
func (d *personal) lookErased() {
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
func (d *personal) seeUnseen() {
	v := d.view
	if v.Unseen == nil || v.PIN.Profile != v.Unseen.ID {
		return
	}
	if v.PIN.Result == PINReal {
		v.Own, v.Unseen, d.conv.Facade = v.Unseen, nil, nil
		return
	}
	v.PIN = PINCheck{Result: PINWrong, Digits: v.PIN.Digits}
}

// raiseUnseen raises for somebody who looks erased on this phone, which is
// answered as one that nobody knows.
func (d *personal) raiseUnseen(words string) {
	if c := d.unknownCase(); c != nil {
		d.raisedID = c.Alert.ID
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

// Pretence is an alert for the person that a facade shows.
type Pretence struct {
	Zone       string      `json:"zone,omitempty"` // IANA
	Recipients []Pretended `json:"recipients,omitempty"`
}

// Pretended is a recipient of such an alert.
type Pretended struct {
	Kind     RecipientKind `json:"kind"`
	Phone    Phone         `json:"phone"`
	Name     string        `json:"name,omitempty"`
	Accepted bool          `json:"accepted,omitempty"`
	Vague    bool          `json:"vague,omitempty"`
}

func (p *Pretended) is(r *Recipient) bool { return p.Kind == r.Kind && p.Phone == r.Phone }

// pretend decides aside what would become of an alert if the person were as
// their phone is shown them, and returns what its receipt would say. The phone
// hears of those recipients from then on, whoever is told.
func (d *personal) pretend(c *Case, r raising, receipt templates.Data) templates.Data {
	if own := d.view.Own; d.conv.Facade == nil || own == nil || own.ID != r.profile.ID {
		return receipt
	}
	facade := *d.conv.Facade
	facade.Contacts = slices.Clone(facade.Contacts)
	shown := facade
	shown.ID, shown.Version, shown.PIN = r.profile.ID, r.profile.Version, r.profile.PIN
	r.profile = &shown

	core := *d.decision
	core.turn = Turn{At: d.now}
	aside := &cases{decision: &core}
	as := aside.newAlert(r)
	as.Alert.ID, as.Alert.Ref = c.Alert.ID, c.Alert.Ref
	receipt = aside.notify(as, r)
	d.err = aside.err
	d.conv.Facade = &facade // its contacts, too, are told so often only
	c.Alert.Pretence, c.Alert.Advise = &Pretence{Zone: as.Alert.Zone}, as.Alert.Advise
	for i := range as.Recipients {
		r := &as.Recipients[i]
		c.Alert.Pretence.Recipients = append(c.Alert.Pretence.Recipients, Pretended{Kind: r.Kind, Phone: r.Phone, Name: r.Name, Accepted: r.Accepted, Vague: r.Vague})
	}
	return receipt
}

// seen is an alert as the phone that the event comes from is shown it; with the
// real PIN, as it is.
func (d *decision) seen(c *Case) *Case {
	pretence := c.Alert.Pretence
	if pretence == nil || d.conv.Facade == nil || c.Alert.Phone != d.conv.Phone || d.view.PIN.Result == PINReal {
		return c
	}
	shown := *c
	shown.Alert.Zone, shown.Recipients = pretence.Zone, nil
	for i := range pretence.Recipients {
		p := &pretence.Recipients[i]
		if told := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return p.is(&r) }); told >= 0 {
			shown.Recipients = append(shown.Recipients, c.Recipients[told])
			continue
		}
		shown.Recipients = append(shown.Recipients, Recipient{
			Kind: p.Kind, State: RecipientOwed, Phone: p.Phone, Name: p.Name, Accepted: p.Accepted, Vague: p.Vague, pretended: true,
		})
	}
	return &shown
}

// hears reports whether the phone that raised an alert may hear of a recipient,
// and in which time zone.
func (a *Alert) hears(r *Recipient) (zone string, ok bool) {
	if a.Pretence == nil {
		return a.Zone, true
	}
	return a.Pretence.Zone, slices.ContainsFunc(a.Pretence.Recipients, func(p Pretended) bool { return p.is(r) })
}
