package gateway

import (
	"cmp"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// What a form says of a consent, and of what is yes or no.
const (
	AnswerYes = "yes"
	AnswerNo  = "no"
)

// Said is a consent as a form shows it: AnswerYes, AnswerNo, "" where nobody has
// been asked.
func (c *Consent) Said() string {
	switch {
	case c.Given:
		return AnswerYes
	case c.At.IsZero():
		return ""
	}
	return AnswerNo
}

// YesNo is AnswerYes or AnswerNo.
func YesNo(yes bool) string {
	if yes {
		return AnswerYes
	}
	return AnswerNo
}

// ContactsMost is how many contacts a person has at most.
const ContactsMost = 6

// Called is what a contact is called towards whoever named them: by name, else
// by the last digits.
func (c *Contact) Called() string { return cmp.Or(c.Name, "..."+LastFour(c.Phone)) }

// FirstChoice is the key of the first of several: 1 is the alert, always.
const FirstChoice = 2

// Choices are people as a screen lists them.
func Choices(wards []*Profile) []string {
	var list []string
	for i, w := range wards {
		if i == 7 { // keys 2 to 8
			break
		}
		list = append(list, string(rune('0'+FirstChoice+i))+" "+Shown(w))
	}
	return list
}

// Profile is what a person registered beforehand. It is sealed in the store
// as one body; its phone, its code and the words of its name are found by
// keyed hash.
type Profile struct {
	ID      ID `json:"-"`
	Version `json:"-"`

	Phone        Phone  `json:"phone,omitempty"`         // E.164
	Code         Code   `json:"code,omitempty"`          // personal code
	Name         string `json:"name,omitempty"`          // whole, as registered; a nickname will do
	Language     string `json:"language,omitempty"`      // BCP 47; any tag is kept
	LanguageNote string `json:"language_note,omitempty"` // "mixteco, San Juan Mixtepec"
	ZIP          string `json:"zip,omitempty"`           // five digits
	PIN          PIN    `json:"pin,omitzero"`

	// ConsularNotice is the person's consent to telling their consulate
	// (Vienna Convention, article 36: at the person's request only).
	ConsularNotice Consent `json:"consular_notice,omitzero"`

	// LegalNotice is the person's consent to telling a lawyer on duty. Files bring
	// it; no lawyer is told yet.
	LegalNotice Consent `json:"legal_notice,omitzero"`

	Callback   bool      `json:"callback,omitempty"`    // may be called back on their own phone
	FamilyWord string    `json:"family_word,omitempty"` // leads a notice, so that relatives believe it
	Contacts   []Contact `json:"contacts,omitempty"`
	Registered time.Time `json:"registered,omitzero"`
	Carried    []Carried `json:"carried,omitempty"` // acts of agents that texted the contacts, the newest last

	Moved *Moved `json:"moved,omitempty"` // from another phone; nil: not lately

	// WrongPINs counts wrong PINs from any phone since the last right one. Many
	// leave a task, and no phone but the person's own is right until Guarded.
	WrongPINs int       `json:"wrong_pins,omitempty"`
	Guarded   time.Time `json:"guarded,omitzero"`
}

// Contact is somebody whom a person wants told.
type Contact struct {
	ID       ID        `json:"id"`
	Phone    Phone     `json:"phone"`
	Name     string    `json:"name,omitempty"`
	Relation string    `json:"relation,omitempty"`
	Language string    `json:"language,omitempty"`
	Message  string    `json:"message,omitempty"` // up to 140 characters, sent after the notice to accepted contacts
	Vague    bool      `json:"vague,omitempty"`   // the wording leaves the reason out
	Place    bool      `json:"place,omitempty"`   // may be told where the person is held. Files bring it; nothing is told by it yet
	Standing Standing  `json:"standing,omitempty"`
	Consent  Consent   `json:"consent,omitzero"`
	Asked    int       `json:"asked,omitempty"` // times that they were asked to be a contact
	Added    time.Time `json:"added,omitzero"`  // when they were named by text or key

	// Told are the times of the notices sent before they had answered: at
	// most two in 30 days.
	Told []time.Time `json:"told,omitempty"`
}

// Standing is where a contact stands towards being one.
type Standing string

const (
	StandingUnanswered Standing = ""         // not asked, or has not answered
	StandingAccepted   Standing = "accepted" // said SI, or on paper
	StandingRefused    Standing = "refused"  // said NO: never texted or robocalled
	StandingWrong      Standing = "wrong"    // said EQUIVOCADO: not this person
)

// Consent is what somebody agreed to, kept so that it can be shown: when, how,
// the words they were shown and the words they answered. The zero value is no.
type Consent struct {
	Given    bool      `json:"given,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Channel  string    `json:"channel,omitempty"` // sms, voice, ussd, agent, paper
	Shown    string    `json:"shown,omitempty"`
	Answered string    `json:"answered,omitempty"`
}

// LanguageOf is the language that a contact is written to in (BCP 47; "" as the
// person's may be): their own where it is known, else the person's; but Spanish
// where who speaks English has family in Mexico.
func (p *Profile) LanguageOf(c *Contact) string {
	if c.Language == "" && p.Language == "en" && c.Phone.Country() == "MX" {
		return "es"
	}
	return cmp.Or(c.Language, p.Language)
}

// Contact finds one of the profile's contacts by phone.
func (p *Profile) Contact(phone Phone) *Contact {
	for i := range p.Contacts {
		if p.Contacts[i].Phone == phone {
			return &p.Contacts[i]
		}
	}
	return nil
}

// ShortName is how a person's name reaches a contact: the first name and the
// first surname's initial ("Juan P."), so that a phone seen by a stranger
// tells little. A first name of several words is kept whole where its first tells
// a relative nothing: "Ma. de los Angeles G.". A desk gets the name whole.
func ShortName(name string) string {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	given := givenWords(words)
	// With four words or more the first two are given names, as in
	// "Juan Carlos Perez Lopez", and with three where the second is one that is
	// hardly anybody's surname, as in "Juan Carlos Perez". Particles belong to the
	// surname behind them. The second one is left out all the same: it would take
	// notices beyond one segment.
	surname := given
	if given == 1 && !particle(words[1]) && (len(words) >= 4 || len(words) == 3 && prose.GivenOnly(words[1])) {
		surname = 2
	}
	for surname < len(words)-1 && particle(words[surname]) {
		surname++
	}
	initial := []rune(words[surname])[0]
	return strings.Join(words[:given], " ") + " " + strings.ToUpper(string(initial)) + "."
}

// givenWords is how many words the first name has that a relative knows somebody
// by: two where the first is an abbreviation (Ma. Elena), all of "Maria del Carmen",
// else one. A surname is left.
func givenWords(words []string) int {
	if maria := strings.ToUpper(folded(words[0])); maria == "MARIA" || maria == "MA" || maria == "M" {
		n := 1
		for n < len(words)-1 && particle(words[n]) {
			n++
		}
		if n > 1 && n < len(words)-1 && devotions[strings.ToUpper(folded(words[n]))] {
			return n + 1
		}
	}
	if abbreviated := strings.HasSuffix(words[0], ".") || len([]rune(folded(words[0]))) < 3; abbreviated && len(words) > 2 && !particle(words[1]) {
		return 2
	}
	return 1
}

// devotions are what stands behind Maria de or del in a first name.
var devotions = setOf(`CARMEN ROSARIO PILAR LUZ ANGELES SOCORRO REFUGIO JESUS CONSUELO DOLORES LOURDES GUADALUPE MERCEDES REMEDIOS SOLEDAD ROCIO
	SAGRARIO MAR PAZ CONCEPCION TRANSITO NIEVES GRACIA FATIMA LORETO MONTSERRAT CIELO AMPARO CRUZ`)

// folded is a word of a name without accents and punctuation.
func folded(word string) string { return strings.Join(keyword.Tokens(word), "") }

func particle(word string) bool {
	switch strings.ToLower(word) {
	case "de", "del", "la", "las", "los", "y":
		return true
	}
	return false
}

// SharesName reports whether a text names a person: one of the words of three
// letters or more is a word of the name.
func SharesName(name, text string) bool {
	for _, n := range keyword.Tokens(name) {
		for _, w := range keyword.Tokens(text) {
			if len(n) >= 3 && n == w {
				return true
			}
		}
	}
	return false
}

// Numbered are people to choose from, as a text lists them: "1 Juan P.", at most nine.
func Numbered(wards []*Profile) []string {
	list := make([]string, 0, len(wards))
	for i, w := range wards {
		if i == 9 {
			break
		}
		list = append(list, string(rune('1'+i))+" "+Shown(w))
	}
	return list
}

// Shown is a person's name as contacts see it; without one, the phone that
// they know.
func Shown(p *Profile) string {
	if name := ShortName(p.Name); name != "" {
		return name
	}
	return string(p.Phone)
}

// Whole is a person's name as desks see it.
func Whole(p *Profile) string { return cmp.Or(p.Name, string(p.Phone)) }

// IndexContact is the place of a contact by its id as text, -1 where there is none.
func IndexContact(p *Profile, id string) int {
	for i := range p.Contacts {
		if p.Contacts[i].ID.String() == id {
			return i
		}
	}
	return -1
}
