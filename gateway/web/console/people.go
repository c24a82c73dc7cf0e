package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/digit"
	"aviso/store"
)

// searchPage is the search for people. What was searched for stands in no
// address: it is a form that is posted.
type searchPage struct {
	Asked bool
	store.Found
	Phone  gateway.Phone   // that was searched for
	Agents []gateway.Agent // whose names hold what was searched for
}

func (c *Console) showSearch(v *visit) error { return c.in(v, "profiles", "profiles", searchPage{}) }

// search is the one search: it finds alerts, ended ones too, by reference; people and
// their alerts by phone, personal code, or whole words of a name; and agents. It is
// written down before anybody is shown: as a mark, with how many were. One alert
// that was asked for by its reference is opened.
func (c *Console) search(v *visit) error {
	typed := v.field("search")
	p := searchPage{Asked: true}
	v.typed, v.form = map[string][]string{"search": {typed}}, v.Request().URL.Path
	var err error
	digits := digit.Only(typed)
	code, isCode := gateway.ParseCode(digits)
	phones := gateway.SearchPhones(typed)
	ref, isRef := gateway.ParseRef(strings.TrimPrefix(typed, "#"))
	switch {
	case isRef:
		p.Found, err = c.Records.FindByRef(v.ctx, ref)
	case isCode && !strings.HasPrefix(typed, "+"):
		p.Found, err = c.Records.FindByCode(v.ctx, code)
	case len(phones) > 0:
		if len(phones) == 1 {
			p.Phone = phones[0]
		}
		p.Found, err = c.Records.FindByPhones(v.ctx, phones)
	case len(digits) > 3 || len([]rune(typed)) < 2:
		v.wrong = &gateway.Invalid{Field: "search", Why: "short"}
		return c.in(v, "profiles", "profiles", p)
	default:
		if p.Found, err = c.Records.FindByName(v.ctx, typed); err == nil {
			p.Agents, err = c.agentsNamed(v, typed)
		}
	}
	if err != nil {
		return err
	}
	made := acts.Search{Mark: p.Mark, Shown: p.Shown() + len(p.Alerts), Found: p.Count + len(p.Alerts), Many: p.More}
	if _, err := c.domain.Handle(v.ctx, &acts.Act{Agent: v.agent.ID, Deed: made}); err != nil {
		return err
	}
	if made.Many {
		c.widely(v.agent.ID)
	}
	if isRef && len(p.Alerts) == 1 {
		return v.Redirect(http.StatusSeeOther, "/console/alerts/"+ref.Digits())
	}
	return c.in(v, "profiles", "profiles", p)
}

// agentsNamed are the agents whose names hold what was typed.
func (c *Console) agentsNamed(v *visit, typed string) ([]gateway.Agent, error) {
	all, err := c.Accounts.List(v.ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(a gateway.Agent) bool { return !strings.Contains(a.Name, strings.ToLower(typed)) }), nil
}

// personPage is a person's card.
type personPage struct {
	*store.Person
	Known     *gateway.Verified
	OpenAlert *gateway.Alert
	Lines     []historyLine
	Number    revealed
	Languages string
	Correct   []gateway.Carried // what contacts were sent, and can be corrected
}

func (c *Console) showPerson(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	if err := c.look(v, id, acts.LookUp{Profile: id}); err != nil {
		return err
	}
	return c.personWith(v, id, personPage{})
}

func (c *Console) personWith(v *visit, id gateway.ID, p personPage) error {
	person, err := c.Records.Person(v.ctx, id)
	if err != nil {
		return err
	}
	if person == nil {
		return gateway.ErrNotFound
	}
	// The act that this page may answer has changed what the agent knows.
	agent, err := c.Records.Agent(v.ctx, v.agent.ID)
	if err != nil || agent == nil {
		return errors.Join(err, gateway.ErrForbidden)
	}
	v.page, v.about = "/console/profiles/"+id.String(), id
	p.Correct = gateway.CanCorrect(person.Carried, c.Clock())
	p.Person, p.Known, p.Lines = person, agent.Knows(id, c.Clock()), historyLines(person.History)
	p.Languages = shortLanguage(person.Language, person.LanguageNote)
	for i := range person.Alerts {
		if a := &person.Alerts[i]; a.Open() && !a.Drill && p.OpenAlert == nil {
			p.OpenAlert = a
		}
	}
	return c.in(v, "profiles", "profile", p)
}

// personDeed is everything that an agent may do for one person.
func (c *Console) personDeed(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	// Whatever comes of the deed may show the page.
	if err := c.look(v, id, acts.LookUp{Profile: id}); err != nil {
		return err
	}
	again := func(v *visit) error { return c.personWith(v, id, personPage{}) }
	var deed acts.Deed
	switch v.Param("deed") {
	case "verify":
		deed = acts.Verify{Profile: id, PIN: v.field("pin")}
	case "answers":
		deed = acts.VerifyAnswers{Profile: id, ZIP: v.field("answer_zip"), Contact: v.field("answer_contact"), Digits: v.field("answer_digits")}
	case "change":
		if missing := v.retyped(); missing != nil {
			return c.again(v, missing, again)
		}
		change := acts.ChangeProfile{
			Profile: id, Edits: v.edits("name", "zip", "language", "language_note", "family_word", "consent", "callback"),
			PIN: v.field("new_pin"), Duress: v.field("duress_pin"),
		}
		switch consent, sent := change.Edits.Fields["consent"]; {
		case consent.Is == "": // its own control was not touched
			delete(change.Edits.Fields, "consent")
		case sent:
			consent.Chosen = true
			change.Edits.Fields["consent"] = consent
		}
		if change.Remove, err = optionalID(v.field("remove")); err != nil {
			return err
		}
		contacts, err := c.contactFields(v)
		var invalid *gateway.Invalid
		if errors.As(err, &invalid) {
			return c.again(v, invalid, again)
		}
		if err != nil {
			return err
		}
		if len(contacts) > 0 {
			change.Add = &contacts[0]
		}
		deed = change
	case "correct":
		act, err := idField(v.field("act"))
		if err != nil {
			return err
		}
		deed = acts.Correct{Profile: id, Act: act, Words: v.field("right")}
	case "reveal":
		of, err := optionalID(v.field("of"))
		if err != nil {
			return err
		}
		return c.reveal(v, acts.Reveal{Profile: id, Of: of}, func(shown revealed) error {
			return c.personWith(v, id, personPage{Number: shown})
		})
	default:
		found := false
		if deed, found = c.outreachDeed(v, id); !found {
			return gateway.ErrNotFound
		}
	}
	o, err := c.act(v, deed)
	return c.done(v, o, err, "/console/profiles/"+id.String(), again)
}

// personData reads what an agent wrote down of a person.
func personData(v *visit) acts.PersonData {
	return acts.PersonData{
		Name: v.field("name"), ZIP: v.field("zip"), Language: v.field("language"), LanguageNote: v.field("language_note"),
		FamilyWord: v.field("family_word"), Consent: v.field("consent"), Callback: v.field("callback") != "",
	}
}

// registerRows is how many contacts the form has room for, and registerFirst
// how many of them are shown at once.
const (
	registerRows  = 6
	registerFirst = 3
)

// registerPage registers somebody with them on the line.
type registerPage struct {
	First, More []int
	Open        bool // something was typed into one of the others
}

func (c *Console) showRegister(v *visit) error {
	p := registerPage{}
	for n := range registerRows {
		if n < registerFirst {
			p.First = append(p.First, n+1)
		} else {
			p.More = append(p.More, n+1)
			prefix := "contact" + strconv.Itoa(n+1) + "_"
			for _, w := range typedWords(v.typed) {
				p.Open = p.Open || strings.HasPrefix(w.Field, prefix)
			}
		}
	}
	return c.in(v, "profiles", "register", p)
}

func (c *Console) register2(v *visit) error {
	if missing := v.retyped(); missing != nil {
		return c.again(v, missing, c.showRegister)
	}
	phone, err := c.phoneField(v, "phone")
	contacts, contactsErr := c.contactFields(v) // all choices at once
	if err == nil {
		err = contactsErr
	}
	var invalid *gateway.Invalid
	if errors.As(err, &invalid) {
		return c.again(v, invalid, c.showRegister)
	}
	if err != nil {
		return err
	}
	o, err := c.act(v, acts.Register{
		Phone: phone, Data: personData(v), PIN: v.field("pin"), Duress: v.field("duress_pin"), Contacts: contacts,
	})
	if errors.As(err, &invalid) {
		return c.again(v, invalid, c.showRegister)
	}
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/console/profiles/"+o.Who.String()+"?did="+string(o.Word))
}

// contactFields reads the contacts of a form: contact1_phone, contact1_name …,
// those without a number left out.
func (c *Console) contactFields(v *visit) (list []acts.NamedContact, wrong error) {
	for n := range registerRows {
		prefix := "contact" + strconv.Itoa(n+1) + "_"
		phone, err := c.phoneField(v, prefix+"phone")
		if err != nil && wrong == nil {
			wrong = err
		}
		if phone == "" {
			// Whoever is named and has no number would be forgotten without a word.
			for _, other := range []string{"name", "relation", "message"} {
				if wrong == nil && v.field(prefix+other) != "" {
					wrong = &gateway.Invalid{Field: prefix + "phone", Why: "missing"}
				}
			}
			continue
		}
		list = append(list, acts.NamedContact{
			At: prefix, Phone: phone, Name: v.field(prefix + "name"), Relation: v.field(prefix + "relation"),
			Language: v.field(prefix + "language"), Message: v.field(prefix + "message"), Vague: v.field(prefix+"vague") != "",
		})
	}
	return list, wrong
}

// walletPage is a card to be printed, cut out and carried. It has no name.
type walletPage struct {
	Numbers  numbers
	Code     gateway.Code
	PINs     bool
	Language string // the person's
}

func (c *Console) showWallet(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	if err := c.look(v, id, acts.LookUp{Profile: id}); err != nil {
		return err
	}
	person, err := c.Records.Person(v.ctx, id)
	if err != nil || person == nil {
		return errors.Join(err, gateway.ErrNotFound)
	}
	// The code is half of what opens a person's data from any phone.
	if known := v.agent.Knows(id, c.Clock()); known == nil || !known.PIN {
		v.wrong = &gateway.Invalid{Field: "pin", Why: "verify"}
		return c.personWith(v, id, personPage{})
	}
	return c.inAs(v, http.StatusOK, "sheet", "profiles", "wallet", walletPage{
		c.numbers, person.Code, person.PIN.Set(), c.Words.Language(person.Language),
	})
}

// Until is when a person has to be verified anew.
func (p personPage) Until() time.Time { return p.Known.At.Add(gateway.VerifiedFor) }
