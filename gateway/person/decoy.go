package person

import (
	"slices"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// Where decoys begin and end. What one is stands in gateway/decoy.go; each function
// here that is called Look… lets something look done on a phone that is not.

// Force begins what a person is forced to: with the duress PIN, whose answer is
// that of the real one.
func (d *Personal) Force(p *gateway.Profile) {
	d.AsDecoy = true
	d.AgentsSee(p)
}

// Unmask ends a decoy of the person: a command was given the real PIN.
func (d *Personal) Unmask() { d.Conv.Decoy = nil }

// AgentsSee leaves agents the task that somebody is forced.
func (d *Personal) AgentsSee(p *gateway.Profile) {
	d.PutTask(gateway.Task{Kind: gateway.TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
}

// AgentsSeeAlert does the same where an alert is about it.
func (d *Personal) AgentsSeeAlert(a *gateway.Alert, profile gateway.ID, name string) {
	d.PutTask(gateway.Task{Kind: gateway.TaskDuress, Urgent: true, Alert: a.ID, Profile: profile, Name: name})
}

// Quieten keeps what is written about an alert from now on for the agents, since its
// writer is forced. The phone sees no difference.
func (d *Personal) Quieten(a *gateway.Alert) {
	a.Quiet = true
	d.PutAlert(a, "duress", "phone", "")
}

// KeepSelf keeps what was changed of the person, or lets it look changed.
func (d *Personal) KeepSelf(p *gateway.Profile, kind string) {
	if d.AsDecoy {
		decoy := *p
		decoy.PIN = gateway.PIN{}
		d.Conv.Decoy = &decoy
		return
	}
	d.PutProfile(p, kind, "phone", "")
}

// SpeakDecoy lets a decoy have the language that its phone has now.
func (d *Personal) SpeakDecoy(language string) {
	if d.Conv.Decoy == nil || d.Sees().Erased() {
		return
	}
	decoy := *d.Conv.Decoy
	decoy.Language = language
	d.Conv.Decoy = &decoy
}

// LookErased leaves nobody to be seen on the phone.
func (d *Personal) LookErased() {
	d.Conv = gateway.Conversation{ID: d.Conv.ID, Seq: d.Conv.Seq, Phone: d.Conv.Phone, Stopped: d.Conv.Stopped, Locks: d.Conv.Locks, Decoy: &gateway.Profile{}}
}

// UnmaskErased shows whoever looks erased again where their real PIN was given. Any
// other PIN is one of nobody.
func (d *Personal) UnmaskErased() {
	v := d.View
	if v.Behind == nil || d.PIN.Profile != v.Behind.ID {
		return
	}
	if d.PIN.Result == gateway.PINReal {
		v.Own, v.Behind, d.Conv.Decoy = v.Behind, nil, nil
		return
	}
	d.PIN = gateway.PINCheck{Result: gateway.PINWrong, Digits: d.PIN.Digits}
}

// registerOver makes a new registration that of whoever looks erased on the phone,
// and ends their decoy.
func (d *Personal) registerOver(p *gateway.Profile) {
	if gone := d.View.Behind; gone != nil {
		p.ID, p.Version, d.Conv.Decoy = gone.ID, gone.Version, nil
	}
}

// LookMoved lets a person look moved to the phone, where they are forced to; by any
// other move what looks so is over. It reports whether it looks so only.
func (d *Personal) LookMoved(p *gateway.Profile) bool {
	d.Conv.Decoy, d.Conv.DecoyGuest = nil, nil
	if d.AsDecoy {
		d.Conv.DecoyGuest = &gateway.DecoyGuest{Profile: p.ID, At: d.Now}
	}
	return d.AsDecoy
}

// LookEnded lets an alert look called off on a phone: agents and desks see the
// duress, contacts nothing.
func (d *Personal) LookEnded(c *gateway.Case, p *gateway.Profile, on gateway.Phone) {
	c.Alert.DecoyOn = append(slices.Clone(c.Alert.DecoyOn), on)
	c.Alert.Silent = true
	if c.Alert.Duress.IsZero() {
		c.Alert.Duress = d.Now
		for i := range c.Recipients {
			r := &c.Recipients[i]
			if r.Kind == gateway.KindContact || !c.Told(r) {
				continue
			}
			d.Send(gateway.Attempt{
				Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeDuress, To: r.Phone,
				Text: d.Say(r.Language, "duress-desk", templates.Data{Ref: c.Alert.Ref.String(), Name: gateway.Whole(p)}),
			})
		}
	}
	d.PutAlert(&c.Alert, "duress", "phone", "")
	d.AgentsSeeAlert(&c.Alert, p.ID, p.Name)
}

// RaiseBehind raises an alert that a phone is not shown.
func (d *Personal) RaiseBehind(r escalation.Raising, phone gateway.Phone) {
	r.Duress = true
	d.Raise(r)
	for i := range d.Turn.Alerts {
		if a := &d.Turn.Alerts[i]; a.Seq == 0 {
			a.DecoyOn, a.Silent, a.Duress = append(a.DecoyOn, phone), true, d.Now
		}
	}
}

// raiseNobody raises for somebody who looks erased on this phone, which is answered
// as one that nobody knows.
func (d *Personal) raiseNobody(words string) {
	if c := d.UnknownCase(); c != nil {
		d.RaisedID = c.Alert.ID
		if words != "" {
			d.AddWords(c, words)
		}
		d.Answer("unknown-phone-again", templates.Data{Ref: c.Alert.Ref.String()})
		return
	}
	d.RaiseBehind(escalation.Raising{Profile: d.View.Behind, Words: words}, d.Conv.Phone)
	d.Conv.Raised = slices.Clone(d.Conv.Raised)
	for i := range d.Turn.Alerts {
		d.Conv.Raised = append(d.Conv.Raised, d.Turn.Alerts[i].ID)
	}
	d.Answer("unknown-phone", templates.Data{Ref: d.Last.Data.Ref})
}

// lookTold decides aside what would become of an alert if the person were as their
// phone is shown them, and returns what its receipt would say. The phone hears of
// those recipients from then on, whoever is told.
func (d *Personal) lookTold(c *gateway.Case, r escalation.Raising, receipt templates.Data) templates.Data {
	// Ends that were forced count, as those that they look like would have.
	often := d.Often(r.Profile.ID, func(a gateway.Alert) bool { return !d.Sees().Open(&a) })
	if own := d.View.Own; d.Conv.Decoy == nil || own == nil || own.ID != r.Profile.ID {
		if often && !r.Often {
			return d.lookUntold(c, r, receipt)
		}
		return receipt
	}
	r.Often = often
	decoy := *d.Conv.Decoy
	decoy.Contacts = slices.Clone(decoy.Contacts)
	shown := decoy.Of(r.Profile)
	r.Profile = &shown

	core := *d.Decision
	core.Turn = gateway.Turn{At: d.Now}
	aside := &escalation.Cases{Decision: &core}
	as := aside.NewAlert(r)
	as.Alert.ID, as.Alert.Ref = c.Alert.ID, c.Alert.Ref
	receipt = aside.Notify(as, r)
	d.Err = aside.Err
	d.Conv.Decoy = &decoy // its contacts, too, are told so often only
	c.Alert.Decoy, c.Alert.Advise = &gateway.DecoyAlert{Zone: as.Alert.Zone}, as.Alert.Advise
	for i := range as.Recipients {
		r := &as.Recipients[i]
		c.Alert.Decoy.Recipients = append(c.Alert.Decoy.Recipients, gateway.DecoyRecipient{Kind: r.Kind, Phone: r.Phone, Name: r.Name, Accepted: r.Accepted, Vague: r.Vague})
	}
	return receipt
}

// lookUntold lets a desk look as if it had not been told yet, and an agent as if
// they were to decide on it; it returns what the receipt would say.
func (d *Personal) lookUntold(c *gateway.Case, r escalation.Raising, receipt templates.Data) templates.Data {
	c.Alert.Decoy = &gateway.DecoyAlert{Zone: c.Alert.Zone, Alone: true}
	for i := range c.Recipients {
		if to := &c.Recipients[i]; to.Kind == gateway.KindContact {
			c.Alert.Decoy.Recipients = append(c.Alert.Decoy.Recipients, gateway.DecoyRecipient{Kind: to.Kind, Phone: to.Phone, Name: to.Name, Accepted: to.Accepted, Vague: to.Vague})
		}
	}
	if r.Profile.ConsularNotice.Given && !r.Family && !receipt.Advise { // the last of the list is the desk
		receipt.List = receipt.List[:max(0, len(receipt.List)-1)]
		receipt.Advise = len(receipt.List) > 0 || receipt.Calling != ""
	}
	return receipt
}

// LookArrived lets a check-in look over. It goes on behind.
func (d *Personal) LookArrived(p *gateway.Profile) {
	next := *d.Conv.CheckIn
	if !next.Timer.IsZero() {
		d.DropID(next.Behind)
		next.Timer, next.Done, next.Behind, next.BehindAt = gateway.ID{}, d.Now, next.Timer, next.At
	}
	if next != *d.Conv.CheckIn {
		d.AgentsSee(p)
	}
	d.Conv.CheckIn = &next
}

// EndCheckIn ends a check-in, and one that goes on behind its decoy.
func (d *Personal) EndCheckIn() {
	next := *d.Conv.CheckIn
	d.DropID(next.Timer)
	d.DropID(next.Behind)
	if !next.Timer.IsZero() {
		next.Done = d.Now
	}
	next.Timer, next.Behind = gateway.ID{}, gateway.ID{}
	d.Conv.CheckIn = &next
}
