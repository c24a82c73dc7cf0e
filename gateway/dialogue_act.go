package gateway

import (
	"slices"
	"strings"

	"aviso/ivr"
	"aviso/templates"
)

// said is the text that a decision chose as its answer, by name and data. A
// dialogue says it in its own words.
type said struct {
	name string
	data templates.Data
}

// perform does what a step asks for, with what texts do it with, and names what
// came of it.
func (d *keying) perform(a *ivr.Ask) string {
	t := d.talk
	switch a.Kind {
	case ivr.AskRaise:
		return d.raiseByKey()
	case ivr.AskWho:
		t.session.Named = nil
		for i := range d.view.Named {
			if p := &d.view.Named[i]; t.names(p) || d.namesAlertOf(t, p) {
				t.session.Named = append(t.session.Named, p.ID)
			}
		}
		return "noted"
	case ivr.AskPIN:
		t.acted = true
		return d.identifyByKey(a)
	case ivr.AskNoPIN:
		return "no-pin"
	case ivr.AskRights:
		return d.rightsByKey()
	case ivr.AskConsulate:
		return d.consulateByKey(a.Keys)
	case ivr.AskStatus:
		if !t.session.Profile.IsZero() { // whoever has given the PIN learns who
			d.view.PIN = PINCheck{Result: PINReal, Profile: t.session.Profile}
			if t.session.Duress {
				d.view.PIN.Result = PINDuress
			}
		}
		d.statusByText(&Text{From: t.From})
		return d.statusOutcome()
	case ivr.AskNewPIN, ivr.AskSamePIN:
		return d.newPINByKey(a)
	case ivr.AskWhom:
		return d.raiseForWhom(a.Keys)
	case ivr.AskRegister:
		t.acted = true
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
func (d *keying) raiseByKey() string {
	t := d.talk
	t.acted = true
	p := d.profile(t.session.Profile)
	switch {
	case p != nil:
		d.raise(raising{profile: p, borrowed: p.Phone != t.From, duress: t.session.Duress})
	case d.confirmByKey():
		return "confirmed"
	default:
		d.raiseFromHere("")
	}
	return d.raisedOutcome()
}

// raisedOutcome names what came of raising, and counts whom it tells.
func (d *keying) raisedOutcome() string {
	d.raisedAlert()
	if d.last.name == "received" {
		d.last.data.Told = d.toldNow()
	}
	return d.last.name
}

// raiseForWhom raises for one of several people whose contact this phone is.
func (d *keying) raiseForWhom(key string) string {
	d.talk.acted = true
	wards := d.acceptedWards()
	n := int(key[0]-'0') - firstChoice
	if n < 0 || n >= len(wards) {
		return "whom"
	}
	d.settleUnverified()
	d.raise(raising{profile: wards[n], reporter: wards[n].Contact(d.talk.From)})
	return d.raisedOutcome()
}

// firstChoice is the key of the first of several: 1 is the alert, always.
const firstChoice = 2

// choices are people as a screen lists them.
func choices(wards []*Profile) []string {
	var list []string
	for i, w := range wards {
		if i == 7 { // keys 2 to 8
			break
		}
		list = append(list, string(rune('0'+firstChoice+i))+" "+shown(w))
	}
	return list
}

// confirmByKey takes 1 from a phone that stands for nobody, and was told of an
// open alert that it has not confirmed: it confirms.
func (d *keying) confirmByKey() bool {
	if d.view.Own != nil || d.talk.From == Anonymous {
		return false
	}
	confirmed := false
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if !told.Alert.Open() || told.Recipient.State != RecipientOwed && told.Recipient.State != RecipientGivenUp {
			continue
		}
		d.confirmOne(told)
		d.last.data.Ref = told.Alert.Ref.String()
		d.last.data.Family = (d.last.data.Family || !confirmed) && told.Recipient.family() && !told.Alert.Drill
		confirmed = true
	}
	return confirmed
}

// identifyByKey takes a PIN that was keyed in, and does what it was asked for.
func (d *keying) identifyByKey(a *ivr.Ask) string {
	t := d.talk
	check := d.view.PIN
	p := d.profile(check.Profile)
	if check.Result != PINReal && check.Result != PINDuress || p == nil {
		d.refusePIN(check.Profile)
		return d.last.name
	}
	t.session.Profile, t.session.Duress = p.ID, check.Result == PINDuress
	t.language = d.callerLanguage()
	d.lang = d.Words.Language(t.language)
	duress := t.session.Duress
	if !duress || a.For == ivr.ForRaise {
		d.settleUnverified()
	}
	switch a.For {
	case ivr.ForRaise:
		d.raise(raising{profile: p, borrowed: p.Phone != t.From, duress: duress})
		return d.raisedOutcome()
	case ivr.ForCancel:
		d.cancel(p, duress, endedByPIN)
		return d.last.name
	case ivr.ForPINs:
		if d.openCase(p.ID) != nil {
			return "wait-open"
		}
		if duress {
			d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
		}
		return "pins"
	}
	return "identified"
}

// settleUnverified closes the alert that was kept in this session before the
// caller could say who they are: from now on it is raised for them.
func (d *keying) settleUnverified() {
	c := d.view.Case(d.talk.session.Alert)
	if c == nil || !c.Alert.Open() || !c.Alert.Profile.IsZero() {
		return
	}
	d.identified(c)
	d.talk.session.Alert = ID{}
}

// newPINByKey takes a new PIN, twice. Under duress it looks the same and
// changes nothing.
func (d *keying) newPINByKey(a *ivr.Ask) string {
	t := d.talk
	t.acted = true
	p := d.profile(t.session.Profile)
	if p == nil {
		return ""
	}
	if a.Kind == ivr.AskNewPIN {
		if d.view.PIN.Easy {
			return "pin-easy"
		}
		t.session.New = d.view.PIN.New
		return "new-pin"
	}
	typed := t.session.New
	t.session.New = PIN{}
	switch {
	case d.view.PIN.Result != PINReal:
		return "pin-differs"
	case t.session.Duress:
		return "pin-changed"
	case d.view.PIN.Taken:
		return "pin-taken"
	case d.openCase(p.ID) != nil:
		return "wait-open"
	}
	// Typed was hashed under the profile's own salt.
	p.PIN.Salt = typed.Salt
	if t.session.State.Second {
		p.PIN.Duress = typed.Hash
		d.putProfile(p, "duress-pin", "phone", string(t.Medium))
	} else {
		d.keepBarred(p, typed.Hash)
		p.PIN.Hash = typed.Hash
		d.putProfile(p, "pin", "phone", string(t.Medium))
	}
	return "pin-changed"
}

// rightsByKey says one's rights, in the operator's own words where there are
// any.
func (d *keying) rightsByKey() string {
	if info, ok := d.Words.Information("rights", d.lang); ok {
		d.last.data.Words = info.Text
	}
	return "rights"
}

// consulateByKey names the consulate of a ZIP. The registered one is told to
// nobody who has not given the PIN: a caller's number can be forged.
func (d *keying) consulateByKey(keys string) string {
	zip, err := d.view.Directory.Consulates.ParseZIP(keys)
	if err != nil {
		return "again-zip"
	}
	return d.consulateOf(zip)
}

func (d *keying) statusOutcome() string {
	if strings.HasPrefix(d.last.name, "status") && d.last.name != "status-none" || d.last.name == "unknown-phone-again" {
		return "status"
	}
	return "status-none"
}

// names reports whether the number or code that was typed may mean a person.
func (e *Dialogue) names(p *Profile) bool {
	s := e.Scope()
	return slices.Contains(s.NamedPhones, p.Phone) || slices.Contains(s.NamedCodes, p.Code)
}

// namesAlertOf reports whether the digits are the reference of an open alert of a
// person, as this phone may see it. References are known to contacts and desks:
// the PIN is asked for all the same, under the same locks, and what is answered
// to it does not say whether there is such an alert.
func (d *keying) namesAlertOf(t *talk, p *Profile) bool {
	for _, ref := range t.Scope().NamedRefs {
		for i := range d.view.Cases {
			a := &d.view.Cases[i].Alert
			if a.Ref == ref && a.Profile == p.ID && a.Open() && !a.Drill && !slices.Contains(a.HiddenFrom, t.From) {
				return true
			}
		}
	}
	return false
}
