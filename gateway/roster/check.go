package roster

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aviso/gateway"
)

// check turns a row into a person, or says everything that is wrong with it.
func check(row raw, o Options) (Row, error) {
	c := checker{options: o, hint: ", or say --country or a column country"}
	for _, column := range row.wrong {
		c.refuse(column, "want a single value")
	}
	if country := strings.ToUpper(row.person[colCountry]); country != "" {
		if c.options.Country = country; country != "US" && country != "MX" {
			c.refuse("country", "want US or MX, of numbers without a country")
		}
	}
	profile, pin, duress := c.person(row.person)
	for n, contact := range row.contacts {
		c.contact(&profile, n, contact)
	}
	switch {
	case len(profile.Contacts) > MaxContacts:
		c.refuse("contacts", fmt.Sprintf("more than %d", MaxContacts))
	case len(c.reasons) == 0 && len(profile.Contacts) == 0 && !profile.ConsularNotice.Given:
		c.reasons = append(c.reasons, "nobody to tell: at least one contact or consulate_consent is needed")
	}
	if len(c.reasons) > 0 {
		return Row{}, &RowError{row.line, strings.Join(c.reasons, "; ")}
	}
	return Row{profile, pin, duress, row.line, c.notes}, nil
}

// checker collects what is wrong with a row.
type checker struct {
	options Options
	hint    string // what else decides a country, in this kind of file
	reasons []string
	notes   []string
}

func (c *checker) refuse(column, reason string) { c.reasons = append(c.reasons, column+": "+reason) }

// person checks the columns of the person themself.
func (c *checker) person(v [personColumns]string) (p gateway.Profile, pin, duress string) {
	p.Registered = c.options.Now
	p.Phone = c.phone("phone", v[colPhone], nil)
	if v[colCode] != "" {
		var ok bool
		if p.Code, ok = gateway.ParseCode(v[colCode]); !ok {
			c.refuse("code", "want nine digits, the last of them the check digit; leave it empty and one is made")
		}
	}
	p.Name = c.text("name", v[colName], maxName)
	p.Language = c.language("language", v[colLanguage])
	p.LanguageNote = c.text("language_note", v[colLanguageNote], maxName)
	if v[colZIP] != "" {
		zip, err := c.options.Directory.Consulates.ParseZIP(v[colZIP])
		if err != nil {
			c.refuse("zip", err.Error())
		}
		p.ZIP = zip
	}
	pin, duress = v[colPIN], v[colDuressPIN]
	c.pin("pin", pin)
	c.pin("duress_pin", duress)
	if pin != "" && pin == duress {
		c.refuse("duress_pin", "the same as pin")
	}
	consent, known := boolean(v[colConsent])
	if !known {
		// An unknown consent is a no, and no reason to lose the family's notice.
		c.notes = append(c.notes, "consulate_consent: neither yes nor no, read as no")
	}
	if consent {
		p.ConsularNotice = c.onPaper()
	}
	p.Callback = c.flag("callback", v[colCallback])
	return p, pin, duress
}

// contact checks the columns of contact n, counted from 0, and adds it.
func (c *checker) contact(p *gateway.Profile, n int, v [contactColumns]string) {
	if v == ([contactColumns]string{}) {
		return
	}
	name := func(column int) string { return columnName(n, contactColumn(column)) }
	contact := gateway.Contact{
		Phone:    c.phone(name(contactPhone), v[contactPhone], c.options.Countries),
		Name:     c.text(name(contactName), v[contactName], maxName),
		Relation: c.text(name(contactRelation), v[contactRelation], maxName),
		Language: c.language(name(contactLanguage), v[contactLanguage]),
		Message:  c.message(name(contactMessage), v[contactMessage]),
	}
	switch strings.ToLower(v[contactWording]) {
	case "", wordingPlain:
	case wordingVague:
		contact.Vague = true
	default:
		c.refuse(name(contactWording), "want plain or vague")
	}
	if c.flag(name(contactAccepted), v[contactAccepted]) {
		contact.Standing, contact.Consent = gateway.StandingAccepted, c.onPaper()
	}
	switch {
	case contact.Phone == "":
	case contact.Phone == p.Phone:
		c.refuse(name(contactPhone), "the person's own phone")
	case p.Contact(contact.Phone) != nil:
		c.refuse(name(contactPhone), "the same as another contact's")
	}
	p.Contacts = append(p.Contacts, contact)
}

const (
	wordingPlain = "plain"
	wordingVague = "vague"
)

// onPaper is a consent that the operator has gathered beforehand.
func (c *checker) onPaper() gateway.Consent {
	return gateway.Consent{Given: true, At: c.options.Now, Channel: "paper"}
}

func (c *checker) phone(column, value string, countries []string) gateway.Phone {
	if value == "" {
		c.refuse(column, "missing")
		return ""
	}
	reader := gateway.PhoneReader{Plan: c.options.Directory.Numbers, Served: countries, Country: c.options.Country}
	phone, err := reader.Read(value)
	var ambiguous *gateway.ErrAmbiguousPhone
	switch {
	case errors.As(err, &ambiguous):
		c.refuse(column, err.Error()+c.hint)
	case errors.Is(err, gateway.ErrPremiumPhone):
		c.refuse(column, err.Error())
	case c.options.Nobodys != nil && (c.options.Nobodys(value) || err == nil && c.options.Nobodys(string(phone))):
		c.refuse(column, "one of our own numbers")
	case err != nil:
		c.refuse(column, err.Error())
	}
	return phone
}

func (c *checker) pin(column, digits string) {
	if digits == "" {
		return
	}
	if err := gateway.CheckPIN(digits); err != nil {
		c.refuse(column, err.Error())
	}
}

// text checks a name or a note, which stand within one line of a text.
func (c *checker) text(column, value string, most int) string {
	c.characters(column, value, most)
	if strings.ContainsFunc(value, unicode.IsControl) {
		c.refuse(column, "holds a line break or another control character")
	}
	return value
}

// message checks a contact's message, which may have several lines.
func (c *checker) message(column, value string) string {
	value = strings.ReplaceAll(value, "\r\n", "\n")
	c.characters(column, value, MaxMessage)
	if strings.ContainsFunc(value, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
		c.refuse(column, "holds a control character")
	}
	return value
}

func (c *checker) characters(column, value string, most int) {
	switch {
	case !utf8.ValidString(value):
		c.refuse(column, "not UTF-8")
	case utf8.RuneCountInString(value) > most:
		c.refuse(column, fmt.Sprintf("longer than %d characters", most))
	}
}

// languageTag is the form of a BCP 47 tag. Whether the registry knows it is
// not asked: any tag is kept, the languages of our people are not all in it.
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

func (c *checker) language(column, value string) string {
	if value != "" && (len(value) > maxLanguage || !languageTag.MatchString(value)) {
		c.refuse(column, "want a BCP 47 tag like es or nah-MX")
	}
	return value
}

func (c *checker) flag(column, value string) bool {
	on, ok := boolean(value)
	if !ok {
		c.refuse(column, "want true or false")
	}
	return on
}

// boolean reads what people and spreadsheets write; empty is false.
func boolean(s string) (on, ok bool) {
	switch strings.ToLower(s) {
	case "true", "yes", "si", "sí", "1", "verdadero":
		return true, true
	case "", "false", "no", "0", "falso":
		return false, true
	}
	return false, false
}

// columnName is how a column is called in a reason, in either format.
func columnName(contact int, column string) string {
	if contact == ofPerson {
		return column
	}
	return "contact" + strconv.Itoa(contact+1) + "_" + column
}

// rawOf is what an export says of a person. It is not a backup: consents,
// family words and who refused have no place in these files.
func rawOf(p gateway.Profile) raw {
	row := raw{person: [personColumns]string{
		colPhone: string(p.Phone), colCode: string(p.Code), colName: p.Name, colLanguage: p.Language,
		colLanguageNote: p.LanguageNote, colZIP: p.ZIP,
		colConsent: yesNo(p.ConsularNotice.Given), colCallback: yesNo(p.Callback),
	}}
	for _, c := range p.Contacts {
		wording := wordingPlain
		if c.Vague {
			wording = wordingVague
		}
		row.contacts = append(row.contacts, [contactColumns]string{
			contactPhone: string(c.Phone), contactName: c.Name, contactRelation: c.Relation,
			contactLanguage: c.Language, contactMessage: c.Message, contactWording: wording,
			contactAccepted: yesNo(c.Standing == gateway.StandingAccepted),
		})
	}
	return row
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
