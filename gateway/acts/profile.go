package acts

import (
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/digit"
)

// Verify is the PIN that somebody on the line says, typed by the agent: it is
// compared and never shown.
type Verify struct {
	Profile gateway.ID
	PIN     string
}

func (Verify) name() string { return "verify" }

func (v Verify) scope(s *gateway.Scope) { s.Profile = v.Profile }

func (v Verify) pin(view *gateway.View) (string, *gateway.Profile) { return v.PIN, view.Subject }

func (v Verify) do(d *Acting) error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	if gateway.CheckPIN(v.PIN) != nil {
		return &gateway.Invalid{Field: "pin", Why: "pin"}
	}
	o := &d.Turn.Answer.Outcome
	o.Who = p.ID
	switch d.PIN.Result {
	case gateway.PINReal:
		d.verify(p, gateway.Verified{PIN: true})
		o.Word = gateway.DoneVerified
	case gateway.PINDuress:
		// The caller is told that it is right; the agent sees what it means.
		d.verify(p, gateway.Verified{PIN: true, Duress: true})
		d.AgentsSee(p)
		o.Word = gateway.UnderDuress
	default:
		d.BumpProfile(p, "pin-wrong", d.Actor, "")
		d.refuseActPIN(p.ID)
	}
	return nil
}

// VerifyAnswers is what somebody on the line answered to questions: two right
// ones are enough to raise and to add, never to call off, read or change.
type VerifyAnswers struct {
	Profile gateway.ID
	ZIP     string
	Contact string // a contact's name
	Digits  string // the last four digits of a contact's number
}

func (VerifyAnswers) name() string { return "verify-answers" }

func (v VerifyAnswers) scope(s *gateway.Scope) { s.Profile = v.Profile }

func (v VerifyAnswers) do(d *Acting) error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	right := 0
	if v.ZIP != "" && strings.TrimSpace(v.ZIP) == p.ZIP {
		right++
	}
	if slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool { return gateway.SharesName(c.Name, v.Contact) }) {
		right++
	}
	if digits := digit.Only(v.Digits); len(digits) == 4 && slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool { return gateway.LastFour(c.Phone) == digits }) {
		right++
	}
	o := &d.Turn.Answer.Outcome
	o.Who = p.ID
	if right < 2 {
		d.BumpProfile(p, "answers-wrong", d.Actor, "")
		o.Word = gateway.NotVerified
		return nil
	}
	d.verify(p, gateway.Verified{})
	o.Word = gateway.DoneVerified
	return nil
}

// Reveal shows a number that is masked otherwise. That it was shown stays on
// the chain of whom it belongs to.
type Reveal struct {
	Alert   gateway.ID // of one of its recipients, or the phone that raised it
	Task    gateway.ID // whom it is about
	Profile gateway.ID // of one of its contacts, or its own
	Of      gateway.ID // recipient or contact; zero: the one that raised it, or the person's own
}

func (Reveal) name() string { return "reveal" }

func (r Reveal) scope(s *gateway.Scope) { s.Alert, s.Task, s.Profile = r.Alert, r.Task, r.Profile }

func (r Reveal) do(d *Acting) error {
	phone, name, err := r.find(d)
	if err != nil {
		return err
	}
	if phone == "" {
		return gateway.ErrNotFound
	}
	o := &d.Turn.Answer.Outcome
	o.Word, o.Text = gateway.DoneRevealed, string(phone)
	switch c, p := d.View.Case(r.Alert), d.View.Subject; {
	case !r.Task.IsZero():
		d.auditTask(d.View.Task, "revealed", name)
		o.Alert, o.Who = d.View.Task.Alert, d.View.Task.Profile
	case c != nil:
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "revealed", d.Actor, name)
	case p != nil:
		d.BumpProfile(p, "revealed", d.Actor, name)
	}
	return nil
}

// find is the number that is meant, and whose it is.
func (r Reveal) find(d *Acting) (gateway.Phone, string, error) {
	switch {
	case !r.Task.IsZero():
		if t := d.View.Task; t != nil && t.ID == r.Task {
			return t.Phone, t.Name, nil
		}
	case !r.Alert.IsZero():
		c := d.View.Case(r.Alert)
		if c == nil {
			break
		}
		if r.Of.IsZero() {
			return c.Alert.Phone, c.Alert.Name, nil
		}
		for i := range c.Recipients {
			if c.Recipients[i].ID == r.Of {
				return c.Recipients[i].Phone, c.Recipients[i].Name, nil
			}
		}
	case !r.Profile.IsZero():
		p := d.View.Subject
		if p == nil {
			break
		}
		if r.Of.IsZero() {
			return p.Phone, p.Name, nil
		}
		for i := range p.Contacts {
			if p.Contacts[i].ID == r.Of {
				return p.Contacts[i].Phone, p.Contacts[i].Name, nil
			}
		}
	}
	return "", "", gateway.ErrNotFound
}

// ChangeProfile changes what is kept of a person, who has given the PIN on
// this call. It waits until no alert is open.
type ChangeProfile struct {
	Profile gateway.ID
	Edits   Edits // name, zip, language, language_note, family_word, consent, callback
	Add     *NamedContact
	Remove  gateway.ID // a contact
	PIN     string
	Duress  string
}

func (ChangeProfile) name() string { return "change" }

func (c ChangeProfile) scope(s *gateway.Scope) {
	s.Profile = c.Profile
	if c.Add != nil {
		s.Invited = []gateway.Phone{c.Add.Phone}
	}
}

func (c ChangeProfile) newPIN(view *gateway.View) (gateway.PIN, string, string) {
	if view.Subject == nil {
		return gateway.PIN{}, c.PIN, c.Duress
	}
	return view.Subject.PIN, c.PIN, c.Duress
}

func (c ChangeProfile) do(d *Acting) error {
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Who = p.ID
	known := d.Agent.Knows(p.ID, d.Now)
	switch {
	case known == nil || !known.PIN:
		return &gateway.Invalid{Field: "pin", Why: "verify"}
	case d.AnyCase(p.ID) != nil:
		return &gateway.Invalid{Field: "profile", Why: "open"}
	case c.PIN != "" && gateway.CheckPIN(c.PIN) != nil:
		return &gateway.Invalid{Field: "new_pin", Why: "pin"}
	case c.Duress != "" && gateway.CheckPIN(c.Duress) != nil:
		return &gateway.Invalid{Field: "duress_pin", Why: "pin"}
	}
	data, touched, err := c.Edits.person(p)
	if err != nil {
		return err
	}
	if err := data.clean(d, func(name string) bool { return touched[name] }); err != nil {
		return err
	}
	if known.Duress {
		// Whoever forces somebody to change their data is told that it was
		// done; it is not. The agent knows.
		d.outcome(gateway.UnderDuress)
		return nil
	}
	switch taken := d.PIN.Taken; {
	case c.PIN != "" && gateway.EasyPIN(c.PIN, data.ZIP):
		return &gateway.Invalid{Field: "new_pin", Why: "easy"}
	case c.Duress != "" && gateway.EasyPIN(c.Duress, data.ZIP):
		return &gateway.Invalid{Field: "duress_pin", Why: "easy"}
	case taken && c.Duress != "":
		return &gateway.Invalid{Field: "duress_pin", Why: "same"}
	case taken:
		return &gateway.Invalid{Field: "new_pin", Why: "same"}
	}
	removed := slices.ContainsFunc(p.Contacts, func(x gateway.Contact) bool { return x.ID == c.Remove })
	if len(touched) == 0 && c.Add == nil && !removed && c.PIN == "" && c.Duress == "" {
		d.outcome(gateway.Unchanged)
		return nil
	}
	d.setData(p, data)
	if i := slices.IndexFunc(p.Contacts, func(x gateway.Contact) bool { return x.ID == c.Remove }); i >= 0 {
		p.Contacts = slices.Delete(slices.Clone(p.Contacts), i, i+1)
	}
	if c.Add != nil {
		if err := d.nameContactOnCall(p, *c.Add); err != nil {
			return err
		}
	}
	if len(p.Contacts) == 0 && !p.ConsularNotice.Given {
		return &gateway.Invalid{Field: "contact1_phone", Why: "missing"}
	}
	if d.PIN.New.Set() {
		p.PIN = d.PIN.New
	}
	d.PutProfile(p, "changed", d.Actor, "")
	if c.Add != nil {
		return d.inviteAfterwards(p)
	}
	return nil
}

// inviteAfterwards asks the contacts of somebody who have not been asked, if
// nobody undoes it.
func (d *Acting) inviteAfterwards(p *gateway.Profile) error {
	if !slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool {
		return c.Standing == gateway.StandingUnanswered && c.Asked == 0 && !d.WantsNone(c.Phone)
	}) {
		return nil
	}
	return d.afterwards(InviteContacts{Profile: p.ID})
}

// person is a profile's data as it would be.
func (e Edits) person(p *gateway.Profile) (data PersonData, touched map[string]bool, err error) {
	data = PersonData{Name: p.Name, ZIP: p.ZIP, Language: p.Language, LanguageNote: p.LanguageNote, FamilyWord: p.FamilyWord}
	data.Consent = p.ConsularNotice.Said()
	callback := gateway.YesNo(p.Callback)
	touched, err = e.apply(p.Seq, map[string]*string{
		"name": &data.Name, "zip": &data.ZIP, "language": &data.Language, "language_note": &data.LanguageNote,
		"family_word": &data.FamilyWord, "consent": &data.Consent, "callback": &callback,
	})
	data.Callback = callback == gateway.AnswerYes
	if !touched["consent"] {
		data.Consent = ""
	}
	return data, touched, err
}
