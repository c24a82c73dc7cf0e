package acts

import (
	"aviso/gateway"
	"aviso/templates"
)

// NamedContact is a contact as an agent writes them down.
type NamedContact struct {
	// At is what the names of the form's fields of this contact begin with:
	// "contact2_". What is wrong is said of them.
	At string `json:",omitempty"`

	Phone    gateway.Phone
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
func (p *PersonData) clean(d *Acting, touched func(string) bool) error {
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
		return &gateway.Invalid{Field: "name", Why: "missing"}
	case touched("name") && !d.Rules.Names(p.Name):
		return &gateway.Invalid{Field: "name", Why: "name"}
	case touched("family_word") && len([]rune(p.FamilyWord)) > gateway.FamilyWordLongest:
		return &gateway.Invalid{Field: "family_word", Why: "long"}
	case p.Consent != "" && p.Consent != gateway.AnswerYes && p.Consent != gateway.AnswerNo:
		return &gateway.Invalid{Field: "consent", Why: "missing"}
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
func (d *Acting) zipField(typed string) (string, error) {
	zip, err := d.View.Directory.Consulates.ParseZIP(typed)
	switch {
	case gateway.NoSuchZIP(err, typed) != "":
		return "", &gateway.Invalid{Field: "zip", Why: "no-zip"}
	case err != nil:
		return "", &gateway.Invalid{Field: "zip", Why: "zip"}
	}
	return zip, nil
}

// Register makes a profile with the person on the line, and asks the contacts.
type Register struct {
	Phone    gateway.Phone
	Data     PersonData
	PIN      string
	Duress   string
	Contacts []NamedContact
}

func (Register) name() string { return "register" }

func (r Register) scope(s *gateway.Scope) {
	s.NamedPhones = []gateway.Phone{r.Phone}
	for _, c := range r.Contacts {
		s.Invited = append(s.Invited, c.Phone)
	}
}

func (r Register) newPIN(*gateway.View) (gateway.PIN, string, string) {
	return gateway.PIN{}, r.PIN, r.Duress
}

func (r Register) do(d *Acting) error {
	if err := r.Data.clean(d, func(string) bool { return true }); err != nil {
		return err
	}
	switch {
	case r.Phone == "":
		return &gateway.Invalid{Field: "phone", Why: "missing"}
	case d.Rules.NobodysContact(r.Phone):
		return &gateway.Invalid{Field: "phone", Why: "nobodys"}
	case len(d.View.Named) > 0:
		return &gateway.Invalid{Field: "phone", Why: "twice"}
	case r.PIN != "" && gateway.CheckPIN(r.PIN) != nil:
		return &gateway.Invalid{Field: "pin", Why: "pin"}
	case r.Duress != "" && r.Duress == r.PIN:
		return &gateway.Invalid{Field: "duress_pin", Why: "same"}
	case r.Duress != "" && (gateway.CheckPIN(r.Duress) != nil || r.PIN == ""):
		return &gateway.Invalid{Field: "duress_pin", Why: "pin"}
	case r.PIN != "" && gateway.EasyPIN(r.PIN, r.Data.ZIP):
		return &gateway.Invalid{Field: "pin", Why: "easy"}
	case r.Duress != "" && gateway.EasyPIN(r.Duress, r.Data.ZIP):
		return &gateway.Invalid{Field: "duress_pin", Why: "easy"}
	case len(r.Contacts) == 0 && r.Data.Consent != gateway.AnswerYes:
		return &gateway.Invalid{Field: "contact1_phone", Why: "missing"}
	}
	p := gateway.Profile{ID: d.Fresh.ID(), Phone: r.Phone, Code: d.Fresh.Code(), PIN: d.PIN.New, Registered: d.Now}
	d.setData(&p, r.Data)
	for _, c := range r.Contacts {
		if err := d.nameContactOnCall(&p, c); err != nil {
			return err
		}
	}
	d.PutProfile(&p, "registered", d.Actor, "agent")
	o := &d.Turn.Answer.Outcome
	o.Word, o.Who = gateway.DoneRegister, p.ID
	d.verify(&p, gateway.Verified{PIN: true}) // who they are is what they have just said
	return d.inviteAfterwards(&p)
}

// setData writes down what an agent heard. A consent of which nothing was said
// keeps when and how it was given.
func (d *Acting) setData(p *gateway.Profile, data PersonData) {
	p.Name, p.ZIP, p.Language, p.LanguageNote = data.Name, data.ZIP, data.Language, data.LanguageNote
	p.FamilyWord, p.Callback = data.FamilyWord, data.Callback
	if data.Consent != "" && data.Consent != p.ConsularNotice.Said() {
		answered := map[string]string{gateway.AnswerYes: "SI", gateway.AnswerNo: "NO"}[data.Consent]
		p.ConsularNotice = gateway.Consent{
			Given: data.Consent == gateway.AnswerYes, At: d.Now, Channel: "agent",
			Shown: d.Say(p.Language, "consent-asked", templates.Data{}), Answered: answered,
		}
	}
}

// nameContactOnCall adds a contact under the same rules as a text does.
func (d *Acting) nameContactOnCall(p *gateway.Profile, c NamedContact) error {
	if c.At == "" {
		c.At = "contact_"
	}
	if err := cleanAll(actField, map[string]*string{c.At + "name": &c.Name, c.At + "relation": &c.Relation, c.At + "language": &c.Language}); err != nil {
		return err
	}
	if c.Relation != "" && !d.Rules.Names(c.Relation) {
		return &gateway.Invalid{Field: c.At + "relation", Why: "name"}
	}
	message, err := clean(c.At+"message", c.Message, gateway.MessageLongest)
	if err != nil {
		return err
	}
	switch d.AddContact(p, c.Phone, gateway.Clip(templates.Plain(c.Name), gateway.ContactNameLongest)) {
	case "":
	case "contact-name":
		return &gateway.Invalid{Field: c.At + "name", Why: "name"}
	case "contact-country":
		return &gateway.Invalid{Field: c.At + "phone", Why: "country"}
	case "contact-nobodys":
		return &gateway.Invalid{Field: c.At + "phone", Why: "nobodys"}
	case "contact-self":
		return &gateway.Invalid{Field: c.At + "phone", Why: "self"}
	case "contact-twice":
		return &gateway.Invalid{Field: c.At + "phone", Why: "twice"}
	case "contacts-full":
		return &gateway.Invalid{Field: c.At + "phone", Why: "full"}
	default:
		return &gateway.Invalid{Field: c.At + "phone", Why: "stopped"}
	}
	added := &p.Contacts[len(p.Contacts)-1]
	added.Relation, added.Language, added.Vague = c.Relation, c.Language, c.Vague
	added.Message = templates.Plain(message)
	return nil
}
