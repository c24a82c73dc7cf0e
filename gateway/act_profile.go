package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/digit"
	"aviso/templates"
)

// offersPIN is a deed with digits that the person on the line said.
type offersPIN interface {
	pin(*View) (digits string, of *Profile)
}

// setsPIN is a deed with digits that are to be the person's PINs.
type setsPIN interface {
	newPIN(*View) (old PIN, digits, duress string)
}

// checkActPIN verifies the digits that an agent typed for somebody on the
// line, or hashes new ones. It is the same work whatever they are.
func checkActPIN(c checker, a *Act, view *View) PINCheck {
	if deed, ok := a.Deed.(setsPIN); ok {
		old, digits, duress := deed.newPIN(view)
		if digits == "" && duress == "" || digits != "" && CheckPIN(digits) != nil || duress != "" && CheckPIN(duress) != nil {
			return PINCheck{}
		}
		check := PINCheck{New: c.hasher.Hash(c.fresh, old, digits, duress)}
		// One that is the person's other PIN would leave them without it.
		check.Taken = digits != "" && digits == duress || old.Set() &&
			(digits == "" && c.hasher.Check(old, duress) == PINReal || duress == "" && c.hasher.Check(old, digits) == PINDuress)
		return check
	}
	deed, ok := a.Deed.(offersPIN)
	if !ok {
		return PINCheck{}
	}
	digits, p := deed.pin(view)
	if digits == "" {
		return PINCheck{}
	}
	check := PINCheck{Result: PINWrong}
	if p == nil {
		c.hasher.Check(PIN{}, digits)
		return check
	}
	check.Profile = p.ID
	result := c.hasher.Check(p.PIN, digits)
	if view.Agent != nil && !view.Agent.locks().locked(p.ID, "", c.fresh.Now) {
		check.Result = result
	}
	return check
}

// locks are the agent's, in the shape in which a phone's are counted.
func (a *Agent) locks() *Conversation { return &Conversation{Locks: a.Locks} }

// countActPIN counts wrong PINs for the pair of agent and person, as for a
// phone's: an agent cannot guess either.
func (d *acting) countActPIN() {
	check := d.view.PIN
	p := d.profile(check.Profile)
	if check.Result == PINUntried || p == nil {
		return
	}
	locks := d.agent.locks()
	switch {
	case check.Result != PINWrong && locks.lock(p.ID, "") == nil:
		return
	case check.Result != PINWrong:
		locks.unlock(p.ID, "")
	case locks.locked(p.ID, "", d.now):
		return
	default:
		locks.Locks = slices.Clone(locks.Locks)
		locks.wrong(p.ID, "", d.now)
	}
	d.agent.Locks = locks.Locks
	d.putAgent()
}

// refuseActPIN says that a PIN was wrong, or that the agent has to wait.
func (d *acting) refuseActPIN(profile ID) {
	o := &d.turn.Answer.Outcome
	o.Word, o.Who = WrongPIN, profile
	if l := d.agent.locks().lock(profile, ""); l != nil && d.now.Before(l.Until) {
		o.Word = PINLocked
		o.Text = minutes(l.Until.Sub(d.now))
	}
}

// LookUp opens a person's card. It changes nothing: whom an agent looked up stays
// on the agent's chain.
type LookUp struct{ Profile ID }

func (LookUp) name() string     { return "looked" }
func (l LookUp) scope(s *Scope) { s.Profile = l.Profile }

func (l LookUp) do(d *acting) error {
	if d.view.Subject == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Who = l.Profile
	return nil
}

// Verify is the PIN that somebody on the line says, typed by the agent: it is
// compared and never shown.
type Verify struct {
	Profile ID
	PIN     string
}

func (Verify) name() string     { return "verify" }
func (v Verify) scope(s *Scope) { s.Profile = v.Profile }

func (v Verify) pin(view *View) (string, *Profile) { return v.PIN, view.Subject }

func (v Verify) do(d *acting) error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	if CheckPIN(v.PIN) != nil {
		return &Invalid{Field: "pin", Why: "pin"}
	}
	o := &d.turn.Answer.Outcome
	o.Who = p.ID
	switch d.view.PIN.Result {
	case PINReal:
		d.verify(p, Verified{PIN: true})
		o.Word = DoneVerified
	case PINDuress:
		// The caller is told that it is right; the agent sees what it means.
		d.verify(p, Verified{PIN: true, Duress: true})
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
		o.Word = UnderDuress
	default:
		d.bumpProfile(p, "pin-wrong", d.actor, "")
		d.refuseActPIN(p.ID)
	}
	return nil
}

// VerifyAnswers is what somebody on the line answered to questions: two right
// ones are enough to raise and to add, never to call off, read or change.
type VerifyAnswers struct {
	Profile ID
	ZIP     string
	Contact string // a contact's name
	Digits  string // the last four digits of a contact's number
}

func (VerifyAnswers) name() string     { return "verify-answers" }
func (v VerifyAnswers) scope(s *Scope) { s.Profile = v.Profile }

func (v VerifyAnswers) do(d *acting) error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	right := 0
	if v.ZIP != "" && strings.TrimSpace(v.ZIP) == p.ZIP {
		right++
	}
	if slices.ContainsFunc(p.Contacts, func(c Contact) bool { return sharesName(c.Name, v.Contact) }) {
		right++
	}
	if digits := digit.Only(v.Digits); len(digits) == 4 && slices.ContainsFunc(p.Contacts, func(c Contact) bool { return lastFour(c.Phone) == digits }) {
		right++
	}
	o := &d.turn.Answer.Outcome
	o.Who = p.ID
	if right < 2 {
		d.bumpProfile(p, "answers-wrong", d.actor, "")
		o.Word = NotVerified
		return nil
	}
	d.verify(p, Verified{})
	o.Word = DoneVerified
	return nil
}

// verify remembers that a person proved who they are. A PIN is not undone by
// answers.
func (d *acting) verify(p *Profile, v Verified) {
	v.Profile, v.At = p.ID, d.now
	if known := d.agent.Knows(p.ID, d.now); known != nil && known.PIN && !v.PIN {
		return
	}
	d.agent.Verified = append(slices.DeleteFunc(slices.Clone(d.agent.Verified), func(old Verified) bool {
		return old.Profile == p.ID || age(d.now, old.At) >= VerifiedFor
	}), v)
	d.putAgent()
	by := "answers"
	if v.PIN {
		by = "pin"
	}
	d.bumpProfile(p, "verified", d.actor, by)
}

// Reveal shows a number that is masked otherwise. That it was shown stays on
// the chain of whom it belongs to.
type Reveal struct {
	Alert   ID // of one of its recipients, or the phone that raised it
	Task    ID // whom it is about
	Profile ID // of one of its contacts, or its own
	Of      ID // recipient or contact; zero: the one that raised it, or the person's own
}

func (Reveal) name() string { return "reveal" }

func (r Reveal) scope(s *Scope) { s.Alert, s.Task, s.Profile = r.Alert, r.Task, r.Profile }

func (r Reveal) do(d *acting) error {
	phone, name, err := r.find(d)
	if err != nil {
		return err
	}
	if phone == "" {
		return ErrNotFound
	}
	o := &d.turn.Answer.Outcome
	o.Word, o.Text = DoneRevealed, string(phone)
	switch c, p := d.view.Case(r.Alert), d.view.Subject; {
	case !r.Task.IsZero():
		d.auditTask(d.view.Task, "revealed", name)
		o.Alert, o.Who = d.view.Task.Alert, d.view.Task.Profile
	case c != nil:
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "revealed", d.actor, name)
	case p != nil:
		d.bumpProfile(p, "revealed", d.actor, name)
	}
	return nil
}

// find is the number that is meant, and whose it is.
func (r Reveal) find(d *acting) (Phone, string, error) {
	switch {
	case !r.Task.IsZero():
		if t := d.view.Task; t != nil && t.ID == r.Task {
			return t.Phone, t.Name, nil
		}
	case !r.Alert.IsZero():
		c := d.view.Case(r.Alert)
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
		p := d.view.Subject
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
	return "", "", ErrNotFound
}

// NamedContact is a contact as an agent writes them down.
type NamedContact struct {
	Phone    Phone
	Name     string
	Relation string
	Language string
	Message  string
	Vague    bool
}

// PersonData is what an agent writes down of a person.
type PersonData struct {
	Name         string
	ZIP          string
	Language     string // BCP 47
	LanguageNote string
	FamilyWord   string
	Consent      string // to consular notice: AnswerYes, AnswerNo; "": they were not asked
	Callback     bool
}

// clean checks what was typed; touched says of which fields. What stands there
// already is not found fault with.
func (p *PersonData) clean(d *acting, touched func(string) bool) error {
	if err := cleanAll(actField, map[string]*string{
		"name": &p.Name, "language": &p.Language, "language_note": &p.LanguageNote, "family_word": &p.FamilyWord, "zip": &p.ZIP,
	}); err != nil {
		return err
	}
	if touched("name") {
		p.Name = templates.Plain(p.Name)
	}
	switch {
	case p.Name == "" && touched("name"):
		return &Invalid{Field: "name", Why: "missing"}
	case touched("name") && !d.Rules.names(p.Name):
		return &Invalid{Field: "name", Why: "name"}
	case touched("family_word") && len([]rune(p.FamilyWord)) > familyWordLongest:
		return &Invalid{Field: "family_word", Why: "long"}
	case p.Consent != "" && p.Consent != AnswerYes && p.Consent != AnswerNo:
		return &Invalid{Field: "consent", Why: "missing"}
	}
	p.FamilyWord = templates.Plain(p.FamilyWord)
	if p.ZIP != "" && touched("zip") {
		zip, err := d.zipField(p.ZIP)
		if err != nil {
			return err
		}
		p.ZIP = zip
	}
	return nil
}

// zipField reads a ZIP as an agent types it.
func (d *acting) zipField(typed string) (string, error) {
	zip, err := d.view.Directory.Consulates.ParseZIP(typed)
	switch {
	case noSuchZIP(err, typed) != "":
		return "", &Invalid{Field: "zip", Why: "no-zip"}
	case err != nil:
		return "", &Invalid{Field: "zip", Why: "zip"}
	}
	return zip, nil
}

// Register makes a profile with the person on the line, and asks the contacts.
type Register struct {
	Phone    Phone
	Data     PersonData
	PIN      string
	Duress   string
	Contacts []NamedContact
}

func (Register) name() string { return "register" }

func (r Register) scope(s *Scope) {
	s.NamedPhones = []Phone{r.Phone}
	for _, c := range r.Contacts {
		s.Invited = append(s.Invited, c.Phone)
	}
}

func (r Register) newPIN(*View) (PIN, string, string) { return PIN{}, r.PIN, r.Duress }

func (r Register) do(d *acting) error {
	if err := r.Data.clean(d, func(string) bool { return true }); err != nil {
		return err
	}
	switch {
	case r.Phone == "":
		return &Invalid{Field: "phone", Why: "missing"}
	case d.Rules.NobodysContact(r.Phone):
		return &Invalid{Field: "phone", Why: "nobodys"}
	case len(d.view.Named) > 0:
		return &Invalid{Field: "phone", Why: "twice"}
	case r.PIN != "" && CheckPIN(r.PIN) != nil:
		return &Invalid{Field: "pin", Why: "pin"}
	case r.Duress != "" && r.Duress == r.PIN:
		return &Invalid{Field: "duress_pin", Why: "same"}
	case r.Duress != "" && (CheckPIN(r.Duress) != nil || r.PIN == ""):
		return &Invalid{Field: "duress_pin", Why: "pin"}
	case r.PIN != "" && EasyPIN(r.PIN, r.Data.ZIP):
		return &Invalid{Field: "pin", Why: "easy"}
	case r.Duress != "" && EasyPIN(r.Duress, r.Data.ZIP):
		return &Invalid{Field: "duress_pin", Why: "easy"}
	case len(r.Contacts) == 0 && r.Data.Consent != AnswerYes:
		return &Invalid{Field: "contact", Why: "missing"}
	}
	p := Profile{ID: d.fresh.ID(), Phone: r.Phone, Code: d.fresh.Code(), PIN: d.view.PIN.New, Registered: d.now}
	d.setData(&p, r.Data)
	for _, c := range r.Contacts {
		if err := d.nameContactOnCall(&p, c); err != nil {
			return err
		}
	}
	d.putProfile(&p, "registered", d.actor, "agent")
	o := &d.turn.Answer.Outcome
	o.Word, o.Who = DoneRegister, p.ID
	d.verify(&p, Verified{PIN: true}) // who they are is what they have just said
	return d.inviteAfterwards(&p)
}

// setData writes down what an agent heard. A consent of which nothing was said
// keeps when and how it was given.
func (d *acting) setData(p *Profile, data PersonData) {
	p.Name, p.ZIP, p.Language, p.LanguageNote = data.Name, data.ZIP, data.Language, data.LanguageNote
	p.FamilyWord, p.Callback = data.FamilyWord, data.Callback
	if data.Consent != "" && data.Consent != p.ConsularNotice.Said() {
		answered := map[string]string{AnswerYes: "SI", AnswerNo: "NO"}[data.Consent]
		p.ConsularNotice = Consent{
			Given: data.Consent == AnswerYes, At: d.now, Channel: "agent",
			Shown: d.say(p.Language, "consent-asked", templates.Data{}), Answered: answered,
		}
	}
}

// nameContactOnCall adds a contact under the same rules as a text does.
func (d *acting) nameContactOnCall(p *Profile, c NamedContact) error {
	if err := cleanAll(actField, map[string]*string{"contact_name": &c.Name, "relation": &c.Relation, "contact_language": &c.Language}); err != nil {
		return err
	}
	if c.Relation != "" && !d.Rules.names(c.Relation) {
		return &Invalid{Field: "relation", Why: "name"}
	}
	message, err := clean("message", c.Message, messageLongest)
	if err != nil {
		return err
	}
	switch d.addContact(p, c.Phone, clip(templates.Plain(c.Name), contactNameLongest)) {
	case "":
	case "contact-name":
		return &Invalid{Field: "contact_name", Why: "name"}
	case "contact-country":
		return &Invalid{Field: "contact", Why: "country"}
	case "contact-nobodys":
		return &Invalid{Field: "contact", Why: "nobodys"}
	case "contact-self":
		return &Invalid{Field: "contact", Why: "self"}
	case "contact-twice":
		return &Invalid{Field: "contact", Why: "twice"}
	case "contacts-full":
		return &Invalid{Field: "contact", Why: "full"}
	default:
		return &Invalid{Field: "contact", Why: "stopped"}
	}
	added := &p.Contacts[len(p.Contacts)-1]
	added.Relation, added.Language, added.Vague = c.Relation, c.Language, c.Vague
	added.Message = templates.Plain(message)
	return nil
}

// ChangeProfile changes what is kept of a person, who has given the PIN on
// this call. It waits until no alert is open.
type ChangeProfile struct {
	Profile ID
	Edits   Edits // name, zip, language, language_note, family_word, consent, callback
	Add     *NamedContact
	Remove  ID // a contact
	PIN     string
	Duress  string
}

func (ChangeProfile) name() string { return "change" }

func (c ChangeProfile) scope(s *Scope) {
	s.Profile = c.Profile
	if c.Add != nil {
		s.Invited = []Phone{c.Add.Phone}
	}
}

func (c ChangeProfile) newPIN(view *View) (PIN, string, string) {
	if view.Subject == nil {
		return PIN{}, c.PIN, c.Duress
	}
	return view.Subject.PIN, c.PIN, c.Duress
}

func (c ChangeProfile) do(d *acting) error {
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Who = p.ID
	known := d.agent.Knows(p.ID, d.now)
	switch {
	case known == nil || !known.PIN:
		return &Invalid{Field: "pin", Why: "verify"}
	case d.anyOpen(p.ID):
		return &Invalid{Field: "profile", Why: "open"}
	case c.PIN != "" && CheckPIN(c.PIN) != nil:
		return &Invalid{Field: "new_pin", Why: "pin"}
	case c.Duress != "" && CheckPIN(c.Duress) != nil:
		return &Invalid{Field: "duress_pin", Why: "pin"}
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
		d.outcome(UnderDuress)
		return nil
	}
	switch taken := d.view.PIN.Taken; {
	case c.PIN != "" && EasyPIN(c.PIN, data.ZIP):
		return &Invalid{Field: "new_pin", Why: "easy"}
	case c.Duress != "" && EasyPIN(c.Duress, data.ZIP):
		return &Invalid{Field: "duress_pin", Why: "easy"}
	case taken && c.Duress != "":
		return &Invalid{Field: "duress_pin", Why: "same"}
	case taken:
		return &Invalid{Field: "new_pin", Why: "same"}
	}
	removed := slices.ContainsFunc(p.Contacts, func(x Contact) bool { return x.ID == c.Remove })
	if len(touched) == 0 && c.Add == nil && !removed && c.PIN == "" && c.Duress == "" {
		d.outcome(Unchanged)
		return nil
	}
	d.setData(p, data)
	if i := slices.IndexFunc(p.Contacts, func(x Contact) bool { return x.ID == c.Remove }); i >= 0 {
		p.Contacts = slices.Delete(slices.Clone(p.Contacts), i, i+1)
	}
	if c.Add != nil {
		if err := d.nameContactOnCall(p, *c.Add); err != nil {
			return err
		}
	}
	if len(p.Contacts) == 0 && !p.ConsularNotice.Given {
		return &Invalid{Field: "contact", Why: "missing"}
	}
	if d.view.PIN.New.Set() {
		p.PIN = d.view.PIN.New
	}
	d.putProfile(p, "changed", d.actor, "")
	if c.Add != nil {
		return d.inviteAfterwards(p)
	}
	return nil
}

// inviteAfterwards asks the contacts of somebody who have not been asked, if
// nobody undoes it.
func (d *acting) inviteAfterwards(p *Profile) error {
	if !slices.ContainsFunc(p.Contacts, func(c Contact) bool {
		return c.Standing == StandingUnanswered && c.Asked == 0 && !d.view.Stopped[c.Phone]
	}) {
		return nil
	}
	return d.afterwards(InviteContacts{Profile: p.ID})
}

// person is a profile's data as it would be.
func (e Edits) person(p *Profile) (data PersonData, touched map[string]bool, err error) {
	data = PersonData{Name: p.Name, ZIP: p.ZIP, Language: p.Language, LanguageNote: p.LanguageNote, FamilyWord: p.FamilyWord}
	data.Consent = p.ConsularNotice.Said()
	callback := yesNo(p.Callback)
	touched, err = e.apply(p.Seq, map[string]*string{
		"name": &data.Name, "zip": &data.ZIP, "language": &data.Language, "language_note": &data.LanguageNote,
		"family_word": &data.FamilyWord, "consent": &data.Consent, "callback": &callback,
	})
	data.Callback = callback == AnswerYes
	if !touched["consent"] {
		data.Consent = ""
	}
	return data, touched, err
}

// anyOpen reports whether an alert of a person is open, as agents see it.
func (d *decision) anyOpen(profile ID) bool {
	return slices.ContainsFunc(d.view.Cases, func(c Case) bool {
		return c.Alert.Profile == profile && c.Alert.Open() && !c.Alert.Drill
	})
}
