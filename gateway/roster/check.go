package roster

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"aviso/gateway"
	"aviso/gateway/sheet"
)

// check turns a row into a person, or says everything that is wrong with it.
func check(row raw, o Options) (Row, error) {
	c := checker{options: o, hint: ", or say --country or a column country"}
	for _, column := range row.wrong {
		c.refuse(column, "want a single value")
	}
	for i := range row.person {
		if !prose(i) {
			row.person[i] = sheet.Plain(row.person[i])
		}
	}
	if country := strings.ToUpper(row.person[colCountry]); country != "" {
		if c.options.Country = country; country != "US" && country != "MX" {
			c.refuse("country", "want US or MX, of numbers without a country")
		}
	}
	checked := Row{Line: row.line, has: row.has, saysContacts: row.contactsHas != nil}
	checked.Profile, checked.PIN, checked.DuressPIN = c.person(row.person)
	for n, contact := range row.contacts {
		if c.contact(&checked.Profile, n, contact) {
			checked.contacts = append(checked.contacts, contactRow{n, row.contactsHas[n]})
		}
	}
	if len(checked.Profile.Contacts) > MaxContacts {
		c.refuse("contacts", fmt.Sprintf("more than %d", MaxContacts))
	}
	if len(c.reasons) > 0 {
		return Row{}, &RowError{Line: row.line, Reason: strings.Join(c.reasons, "; ")}
	}
	checked.Notes = c.notes
	return checked, nil
}

// prose reports whether a person's column holds words, whose signs are kept.
func prose(column int) bool { return column == colName || column == colLanguageNote }

// contactProse is prose of a contact's columns.
func contactProse(column int) bool {
	return column == contactName || column == contactRelation || column == contactMessage
}

// checker collects what is wrong with a row.
type checker struct {
	options Options
	hint    string // what else decides a country, in this kind of file
	reasons []string
	notes   []Note
}

func (c *checker) refuse(column, reason string) { c.reasons = append(c.reasons, column+": "+reason) }

// person checks the columns of the person themself.
func (c *checker) person(v [personColumns]string) (p gateway.Profile, pin, duress string) {
	p.Registered = c.options.Now
	p.Phone = c.phone("phone", v[colPhone], nil)
	if sheet.Shortened(v[colCode]) {
		c.refuse("code", sheet.ShortenedReason)
	} else if v[colCode] != "" {
		var ok bool
		if p.Code, ok = gateway.ParseCode(v[colCode]); !ok {
			c.refuse("code", "want nine digits, the last of them the check digit; leave it empty and one is made")
		}
	}
	p.Name = c.text("name", v[colName], maxName)
	p.Language = c.language("language", v[colLanguage])
	p.LanguageNote = c.text("language_note", v[colLanguageNote], maxName)
	p.ZIP = c.zip(v[colZIP])
	pin, duress = v[colPIN], v[colDuressPIN]
	c.pin("pin", pin, p.ZIP)
	c.pin("duress_pin", duress, p.ZIP)
	if pin != "" && pin == duress {
		c.refuse("duress_pin", "the same as pin")
	}
	p.ConsularNotice = c.consent("consulate_consent", v[colConsent])
	p.LegalNotice = c.consent("legal_consent", v[colLegal])
	p.Callback = c.flag("callback", v[colCallback])
	return p, pin, duress
}

// consent reads a person's own. An unknown one is a no, and no reason to lose the
// family's notice.
func (c *checker) consent(column, value string) gateway.Consent {
	given, known := boolean(value)
	if !known {
		c.notes = append(c.notes, Note{Text: column + ": neither yes nor no, read as no"})
	}
	if !given {
		return gateway.Consent{}
	}
	return c.onPaper()
}

// zip reads a ZIP. One of four digits has lost its 0 in a spreadsheet, or any other
// digit by hand (6060 would be in Connecticut, not in Chicago): nobody guesses.
func (c *checker) zip(value string) string {
	if value == "" {
		return ""
	}
	if sheet.Shortened(value) {
		c.refuse("zip", sheet.ShortenedReason)
		return ""
	}
	zip, err := c.options.Directory.Consulates.ParseZIP(value)
	if err != nil {
		c.refuse("zip", err.Error())
	}
	return zip
}

// contact checks the columns of contact n, counted from 0, and adds it; one that
// is left blank is none.
func (c *checker) contact(p *gateway.Profile, n int, v [contactColumns]string) bool {
	for i := range v {
		if !contactProse(i) {
			v[i] = sheet.Plain(v[i])
		}
	}
	if blankContact(v) {
		return false
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
	contact.Place = c.flag(name(contactPlace), v[contactPlace])
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
	return true
}

// blankContact reports whether columns say nothing of anybody: programs write a
// no, and a plain wording, for contacts that are not there.
func blankContact(v [contactColumns]string) bool {
	for _, column := range []int{contactPlace, contactAccepted} {
		if on, ok := boolean(v[column]); ok && !on {
			v[column] = ""
		}
	}
	if strings.EqualFold(v[contactWording], wordingPlain) {
		v[contactWording] = ""
	}
	v[contactLanguage] = ""
	return v == [contactColumns]string{}
}

const (
	wordingPlain = "plain"
	wordingVague = "vague"
)

// onPaper is a consent that the operator has gathered beforehand.
func (c *checker) onPaper() gateway.Consent {
	return gateway.Consent{Given: true, At: c.options.Now, Channel: onPaper}
}

func (c *checker) phone(column, value string, countries []string) gateway.Phone {
	if value == "" {
		c.refuse(column, "missing")
		return ""
	}
	if sheet.Shortened(value) {
		c.refuse(column, sheet.ShortenedReason)
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

func (c *checker) pin(column, pin, zip string) {
	if pin == "" {
		return
	}
	if sheet.Shortened(pin) {
		c.refuse(column, sheet.ShortenedReason)
	} else if err := gateway.CheckPIN(pin); err != nil {
		c.refuse(column, err.Error())
	} else if gateway.EasyPIN(pin, zip) {
		c.refuse(column, easyPIN)
	}
}

const easyPIN = "everybody tries it first: all digits equal, counted up or down, or the person's own ZIP"

// Line ends and tabs of what stands in one line, and of what may have several.
var (
	oneLine   = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")
	someLines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ")
)

// text checks a name or a note, which stand within one line of a text.
func (c *checker) text(column, value string, most int) string {
	value = oneLine.Replace(value)
	c.characters(column, value, most)
	if strings.ContainsFunc(value, unicode.IsControl) {
		c.refuse(column, "holds a control character")
	}
	return value
}

// message checks a contact's message, which may have several lines.
func (c *checker) message(column, value string) string {
	value = someLines.Replace(value)
	c.characters(column, value, MaxMessage)
	if strings.ContainsFunc(value, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
		c.refuse(column, "holds a control character")
	}
	return value
}

func (c *checker) characters(column, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		c.refuse(column, fmt.Sprintf("longer than %d characters", most))
	}
	if strings.ContainsRune(value, utf8.RuneError) {
		c.notes = append(c.notes, Note{Text: column + ": a letter was lost before the file came here, and stands as \ufffd"})
	}
	if misread(value) {
		c.notes = append(c.notes, Note{Text: column + ": some program took UTF-8 for Windows-1252 before the file came here, and saved it so: see its accents"})
	}
}

// misread reports whether a value is UTF-8 that was read as Windows-1252: "JosÃ©".
func misread(value string) bool {
	if !strings.ContainsAny(value, "ÃÂ") {
		return false
	}
	before, err := charmap.Windows1252.NewEncoder().String(value)
	return err == nil && utf8.ValidString(before)
}

// languageTag is the form of a BCP 47 tag. Whether the registry knows it is
// not asked: any tag is kept, the languages of our people are not all in it.
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

func (c *checker) language(column, value string) string {
	if value != "" && (len(value) > gateway.LanguageLongest || !languageTag.MatchString(value)) {
		c.refuse(column, languageWanted)
	}
	return value
}

const languageWanted = "want a BCP 47 tag like es or nah-MX"

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
	case "true", "yes", "y", "si", "sí", "s", "1", "verdadero":
		return true, true
	case "", "false", "no", "n", "0", "falso":
		return false, true
	}
	return false, false
}

// rawOf is what an export says of a person. It is not a backup: consents,
// family words and who refused have no place in these files.
func rawOf(p gateway.Profile) raw {
	row := raw{person: [personColumns]string{
		colPhone: string(p.Phone), colCode: string(p.Code), colName: p.Name, colLanguage: p.Language,
		colLanguageNote: p.LanguageNote, colZIP: p.ZIP,
		colConsent: yesNo(p.ConsularNotice.Given), colLegal: yesNo(p.LegalNotice.Given), colCallback: yesNo(p.Callback),
	}}
	for _, c := range p.Contacts {
		wording := wordingPlain
		if c.Vague {
			wording = wordingVague
		}
		row.contacts = append(row.contacts, [contactColumns]string{
			contactPhone: string(c.Phone), contactName: c.Name, contactRelation: c.Relation,
			contactLanguage: c.Language, contactMessage: c.Message, contactWording: wording,
			contactPlace:    yesNo(c.Place),
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
