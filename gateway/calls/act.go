package calls

import (
	"strings"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/ivr"
)

// perform does what a step asks for, with what texts do it with, and names what
// came of it.
func (d *Keying) perform(a *ivr.Ask) string {
	t := d.Talk
	switch a.Kind {
	case ivr.AskRaise:
		return d.raiseByKey()
	case ivr.AskWho:
		t.Session.Named = nil
		for i := range d.View.Named {
			if p := &d.View.Named[i]; t.Names(p) || d.namesAlertOf(t, p) {
				t.Session.Named = append(t.Session.Named, p.ID)
			}
		}
		return "noted"
	case ivr.AskPIN:
		t.Acted = true
		return d.identifyByKey(a)
	case ivr.AskNoPIN:
		return "no-pin"
	case ivr.AskRights:
		return d.rightsByKey()
	case ivr.AskConsulate:
		return d.consulateByKey(a.Keys)
	case ivr.AskStatus:
		if !t.Session.Profile.IsZero() { // whoever has given the PIN learns who
			d.PIN = gateway.PINCheck{Result: gateway.PINReal, Profile: t.Session.Profile}
			if t.Session.Duress {
				d.PIN.Result = gateway.PINDuress
			}
		}
		d.Status(t.From)
		return d.statusOutcome()
	case ivr.AskNewPIN, ivr.AskSamePIN:
		return d.newPINByKey(a)
	case ivr.AskWhom:
		return d.raiseForWhom(a.Keys)
	case ivr.AskRegister:
		t.Acted = true
		return d.registerByKey(a.Keys)
	case ivr.AskPerson:
		return d.ringPerson(a)
	case ivr.AskMissed:
		d.promise()
		return "missed"
	}
	return ""
}

// raiseByKey is the key 1. The caller's number is enough to raise.
func (d *Keying) raiseByKey() string {
	t := d.Talk
	t.Acted = true
	p := d.Profile(t.Session.Profile)
	switch {
	case p != nil:
		d.Raise(escalation.Raising{Profile: p, Borrowed: p.Phone != t.From, Duress: t.Session.Duress})
	case d.confirmByKey():
		return "confirmed"
	default:
		d.RaiseFromHere("")
	}
	return d.raisedOutcome()
}

// raisedOutcome names what came of raising, and counts whom it tells.
func (d *Keying) raisedOutcome() string {
	d.raisedAlert()
	if d.Last.Name == "received" {
		d.Last.Data.Told = d.toldNow()
	}
	return d.Last.Name
}

// raiseForWhom raises for one of several people whose contact this phone is.
func (d *Keying) raiseForWhom(key string) string {
	d.Talk.Acted = true
	wards := d.AcceptedWards()
	n := int(key[0]-'0') - gateway.FirstChoice
	if n < 0 || n >= len(wards) {
		return "whom"
	}
	d.settleUnverified()
	d.Raise(escalation.Raising{Profile: wards[n], Reporter: wards[n].Contact(d.Talk.From)})
	return d.raisedOutcome()
}

// confirmByKey takes 1 from a phone that stands for nobody, and was told of an
// open alert that it has not confirmed: it confirms.
func (d *Keying) confirmByKey() bool {
	if d.View.Own != nil || d.Talk.From == gateway.Anonymous {
		return false
	}
	confirmed := false
	for i := range d.View.Told {
		told := &d.View.Told[i]
		if !told.Alert.Open() || told.Recipient.State != gateway.RecipientOwed && told.Recipient.State != gateway.RecipientGivenUp {
			continue
		}
		d.ConfirmOne(told)
		d.Last.Data.Ref = told.Alert.Ref.String()
		d.Last.Data.Family = (d.Last.Data.Family || !confirmed) && told.Recipient.Family() && !told.Alert.Drill
		confirmed = true
	}
	return confirmed
}

// identifyByKey takes a PIN that was keyed in, and does what it was asked for.
func (d *Keying) identifyByKey(a *ivr.Ask) string {
	t := d.Talk
	check := d.PIN
	p := d.Profile(check.Profile)
	if !d.Verified() || p == nil {
		d.RefusePIN(check.Profile)
		return d.Last.Name
	}
	t.Session.Profile, t.Session.Duress = p.ID, d.UnderDuress()
	t.Language = d.callerLanguage()
	d.Lang = d.Words.Language(t.Language)
	duress := t.Session.Duress
	if !duress || a.For == ivr.ForRaise {
		d.settleUnverified()
	}
	switch a.For {
	case ivr.ForRaise:
		d.Raise(escalation.Raising{Profile: p, Borrowed: p.Phone != t.From, Duress: duress})
		return d.raisedOutcome()
	case ivr.ForCancel:
		d.Cancel(p, duress, gateway.EndedByPIN)
		return d.Last.Name
	case ivr.ForPINs:
		if d.OpenCase(p.ID) != nil {
			return "wait-open"
		}
		if duress {
			d.AgentsSee(p)
		}
		return "pins"
	}
	return "identified"
}

// settleUnverified closes the alert that was kept in this session before the
// caller could say who they are: from now on it is raised for them.
func (d *Keying) settleUnverified() {
	c := d.View.Case(d.Talk.Session.Alert)
	if c == nil || !c.Alert.Open() || !c.Alert.Profile.IsZero() {
		return
	}
	d.Identified(c)
	d.Talk.Session.Alert = gateway.ID{}
}

// newPINByKey takes a new PIN, twice. Under duress it is answered the same and
// forgotten.
func (d *Keying) newPINByKey(a *ivr.Ask) string {
	t := d.Talk
	t.Acted = true
	p := d.Profile(t.Session.Profile)
	if p == nil {
		return ""
	}
	if a.Kind == ivr.AskNewPIN {
		if d.PIN.Easy {
			return "pin-easy"
		}
		t.Session.New = d.PIN.New
		return "new-pin"
	}
	typed := t.Session.New
	t.Session.New = gateway.PIN{}
	switch {
	case d.PIN.Result != gateway.PINReal:
		return "pin-differs"
	case t.Session.Duress:
		return "pin-changed"
	case d.PIN.Taken:
		return "pin-taken"
	case d.OpenCase(p.ID) != nil:
		return "wait-open"
	}
	// Typed was hashed under the profile's own salt.
	p.PIN.Salt = typed.Salt
	if t.Session.State.Second {
		p.PIN.Duress = typed.Hash
		d.PutProfile(p, "duress-pin", "phone", string(t.Medium))
	} else {
		d.KeepBarred(p, typed.Hash)
		p.PIN.Hash = typed.Hash
		d.PutProfile(p, "pin", "phone", string(t.Medium))
	}
	return "pin-changed"
}

// rightsByKey says one's rights, in the operator's own words where there are
// any.
func (d *Keying) rightsByKey() string {
	if info, ok := d.Words.Information("rights", d.Lang); ok {
		d.Last.Data.Words = info.Text
	}
	return "rights"
}

// consulateByKey names the consulate of a ZIP. The registered one is told to
// nobody who has not given the PIN: a caller's number can be forged.
func (d *Keying) consulateByKey(keys string) string {
	zip, err := d.View.Directory.Consulates.ParseZIP(keys)
	if err != nil {
		return "again-zip"
	}
	return d.ConsulateOf(zip)
}

func (d *Keying) statusOutcome() string {
	if strings.HasPrefix(d.Last.Name, "status") && d.Last.Name != "status-none" || d.Last.Name == "unknown-phone-again" {
		return "status"
	}
	return "status-none"
}

// namesAlertOf reports whether the digits are the reference of an open alert of a
// person, as this phone may see it. References are known to contacts and desks:
// the PIN is asked for all the same, under the same locks, and what is answered
// to it does not say whether there is such an alert.
func (d *Keying) namesAlertOf(t *decision.Talk, p *gateway.Profile) bool {
	for _, ref := range t.Scope().NamedRefs {
		for i := range d.View.Cases {
			a := &d.View.Cases[i].Alert
			if a.Ref == ref && a.Profile == p.ID && !a.Drill && d.Sees().Open(a) {
				return true
			}
		}
	}
	return false
}
