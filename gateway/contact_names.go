package gateway

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"aviso/gateway/keyword"
	"aviso/gateway/numbering"
	"aviso/templates"
)

// namedContact is a number, as it was written, and whose it is.
type namedContact struct {
	Written string `json:"written"`
	Name    string `json:"name,omitempty"`
}

// parseContacts reads "312 555 0101 Maria", "Maria +52 33 1234 5678", and several
// of them: names stand behind their numbers where a number comes first, else
// before them. A text without eight digits in a row of numbers names nobody.
func parseContacts(words string) []namedContact {
	var numbers []string
	names := [][]string{nil} // what stands before, between and behind the numbers
	tokens := strings.FieldsFunc(unglued(words), isMentionBlank)
	for i := 0; i < len(tokens); {
		j := i
		for j < len(tokens) && isNumeric(tokens[j]) {
			j++
		}
		if len(onlyDigits(strings.Join(tokens[i:j], ""))) < 8 {
			j = max(j, i+1)
			names[len(names)-1] = append(names[len(names)-1], tokens[i:j]...)
			i = j
			continue
		}
		for _, number := range apart(tokens[i:j]) {
			numbers, names = append(numbers, number), append(names, nil)
		}
		i = j
	}
	list := make([]namedContact, len(numbers))
	for i, number := range numbers {
		name := names[i+1]
		switch {
		case len(numbers) == 1:
			name = append(slices.Clone(names[0]), names[1]...)
		case len(names[0]) > 0:
			name = names[i]
		}
		list[i] = namedContact{number, contactName(name)}
	}
	return list
}

// unglued sets letters and digits apart: "9515015000Maria", "951-501-5000/Maria".
func unglued(words string) string {
	var b strings.Builder
	last := rune(' ')
	for _, r := range words {
		if unicode.IsDigit(last) && unicode.IsLetter(r) || unicode.IsLetter(last) && unicode.IsDigit(r) || unicode.IsLetter(r) && last == '/' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// apart are the numbers that a row of numeric tokens is; one that cannot be read
// where the row is no row of numbers.
func apart(tokens []string) []string {
	if numbers, ok := numbersOf(tokens); ok {
		return numbers
	}
	return []string{strings.Join(tokens, " ")}
}

func numbersOf(tokens []string) (numbers []string, ok bool) {
	if len(tokens) == 0 {
		return nil, true
	}
	for n := 1; n <= min(len(tokens), numberTokens); n++ {
		first := strings.Join(tokens[:n], " ")
		if len(onlyDigits(first)) < 10 || len(SearchPhones(first)) == 0 {
			continue
		}
		if rest, ok := numbersOf(tokens[n:]); ok {
			return append([]string{first}, rest...), true
		}
	}
	return nil, false
}

// numberTokens is how many tokens a number is written in at most: 011 52 55 12
// 34 56 78.
const numberTokens = 7

// contactName joins the words of a name; what links two contacts is none.
func contactName(words []string) string {
	link := func(s string) bool { return slices.Contains([]string{"y", "e", "and", "-", "."}, strings.ToLower(s)) }
	for len(words) > 0 && link(words[0]) {
		words = words[1:]
	}
	for len(words) > 0 && link(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return clip(strings.Trim(strings.Join(words, " "), " ,.;:-()/"), contactNameLongest)
}

// searched are the numbers that the contacts may have.
func searched(list []namedContact) (phones []Phone) {
	for _, c := range list[:min(len(list), contactsMost)] {
		phones = append(phones, SearchPhones(c.Written)...)
	}
	return phones
}

// naming is contacts on their way into a profile.
type naming struct {
	profile *Profile
	added   []Contact
	changed bool           // one was added now
	asked   []namedContact // whose country has to be asked
	refused []string       // numbers as written, and
	reason  string         // the text that says why the last one was
}

// nameContacts adds contacts to a profile that is in the making or kept. Those
// whose country nobody can tell are left to be asked, one after the other.
func (d *decision) nameContacts(p *Profile, list []namedContact) *naming {
	n := &naming{profile: p}
	reader := PhoneReader{Plan: d.view.Directory.Numbers}
	for _, c := range list {
		phone, err := reader.Read(c.Written)
		var ambiguous *ErrAmbiguousPhone
		switch {
		case !d.Rules.names(c.Name):
			n.refuse(c, "contact-name")
		case errors.As(err, &ambiguous):
			n.asked = append(n.asked, c)
		case errors.Is(err, ErrPremiumPhone), d.Rules.NobodysNumber(c.Written):
			n.refuse(c, "contact-nobodys")
		case err != nil:
			n.refuse(c, "again-contact")
		default:
			d.nameContact(n, c, phone)
		}
	}
	return n
}

// nameContact adds one contact, whose number is known.
func (d *decision) nameContact(n *naming, c namedContact, phone Phone) {
	if refusal := d.addContact(n.profile, phone, c.Name); refusal != "" {
		n.refuse(c, refusal)
		return
	}
	n.added, n.changed = append(n.added, n.profile.Contacts[len(n.profile.Contacts)-1]), true
}

func (n *naming) refuse(c namedContact, reason string) {
	n.refused, n.reason = append(n.refused, c.Written), reason
}

// args are what a question keeps of contacts whose country has to be asked: the
// first one is, the others wait.
func (n *naming) args(args map[string]string) map[string]string {
	if len(n.asked) == 0 {
		return args
	}
	kept, _ := json.Marshal(n.asked) // strings cannot fail
	args["unplaced"], args["refused"] = string(kept), strings.Join(n.refused, ", ")
	for _, c := range n.added {
		args["added"] = strings.TrimSpace(args["added"] + " " + c.ID.String())
	}
	return args
}

// resumed is what a question kept; asked[0] is the contact that it asks about.
func (q *Question) resumed(p *Profile) *naming {
	n := &naming{profile: p}
	json.Unmarshal([]byte(q.Args["unplaced"]), &n.asked)
	if us := q.Args["us"]; len(n.asked) == 0 && len(us) == len("+19515015000") { // as older versions kept it
		n.asked = []namedContact{{us[len("+1"):], q.Args["contact"]}}
	}
	if refused := q.Args["refused"]; refused != "" {
		n.refused = []string{refused}
	}
	for _, id := range strings.Fields(q.Args["added"]) {
		if i := slicesIndexContact(p, id); i >= 0 {
			n.added = append(n.added, p.Contacts[i])
		}
	}
	return n
}

// countryData is what the question about a number's country says: the number
// and both places, "951-501-5000: 1 California 2 Oaxaca".
func (d *decision) countryData(q *Question) templates.Data {
	data := d.info()
	ambiguous := d.askedAbout(q)
	if ambiguous == nil {
		return data
	}
	digits := ambiguous.US[2:]
	data.Who = string(digits[:3] + "-" + digits[3:6] + "-" + digits[6:])
	data.Places = []string{d.placeOf(ambiguous.US)[0], d.placeOf(ambiguous.MX)[0]}
	if refused := q.Args["refused"]; refused != "" {
		data.Refused = []string{refused}
	}
	return data
}

// askedAbout is the number that a question about a country is about.
func (d *decision) askedAbout(q *Question) *ErrAmbiguousPhone {
	n := q.resumed(&Profile{})
	var ambiguous *ErrAmbiguousPhone
	if len(n.asked) == 0 {
		return nil
	}
	written := onlyDigits(n.asked[0].Written)
	_, err := PhoneReader{Plan: d.view.Directory.Numbers}.Read(written)
	if !errors.As(err, &ambiguous) && len(written) == 10 { // the plan was replaced meanwhile: both stay possible
		ambiguous = &ErrAmbiguousPhone{US: Phone("+1" + written), MX: Phone("+52" + written)}
	}
	return ambiguous
}

// placeOf names where a number is, in the language of whoever is there: the
// state, where the lists have one, and the country.
func (d *decision) placeOf(phone Phone) []string {
	var at numbering.Area
	country := phone.Country()
	switch country {
	case "US":
		at, _ = d.view.Directory.Numbers.US(strings.TrimPrefix(string(phone), "+1"))
		if at.Country != "" {
			country = at.Country
		}
	case "MX":
		at, _ = d.view.Directory.Numbers.Mexico(strings.TrimPrefix(string(phone), "+52"))
	}
	var names []string
	if name := at.Name(d.lang); name != "" {
		names = append(names, name)
	}
	switch country {
	case "US", "MX":
		names = append(names, d.say(d.lang, "country-"+strings.ToLower(country), templates.Data{}))
	default:
		if len(names) == 0 {
			names = append(names, country)
		}
	}
	return slices.Compact(names) // Mexico City is in Mexico
}

// wordsOfPlaces is more words than a place's name has.
const wordsOfPlaces = 10

// chosen is the country that a text names where 1 and 2 are its answers, else by
// the name of the country or of the place: "US", "MX", or "".
func (d *decision) chosen(t *Text, about *ErrAmbiguousPhone) string {
	tokens := keyword.Tokens(t.Body)
	says := func(name string) (n int) { // how much of it; all of it is more than a part of the other's
		words := keyword.Tokens(name)
		for _, w := range words {
			if len(w) >= 3 && slices.Contains(tokens, w) {
				n++
			}
		}
		if n == len(words) {
			n += wordsOfPlaces
		}
		return n
	}
	any := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(tokens, w) })
	}
	us, mexico := any("1", "EU", "EEUU", "EUA", "USA", "US", "UNIDOS"), any("2", "52", "MX")
	if us == mexico {
		atUS, atMexico := says(d.placeOf(about.US)[0]), says(d.placeOf(about.MX)[0])
		us, mexico = atUS > atMexico, atMexico > atUS
	}
	if !us && !mexico {
		mexico = any("MEXICO")
	}
	// The number again, with its country.
	for _, c := range t.contacts {
		if phone, err := (PhoneReader{Plan: d.view.Directory.Numbers}).Read(c.Written); err == nil && len(t.contacts) == 1 {
			us, mexico = phone == about.US, phone == about.MX
		}
	}
	switch {
	case us && !mexico:
		return "US"
	case mexico && !us:
		return "MX"
	}
	return ""
}

// answerCountry is the country of ten digits, within a registration or for
// AGREGAR. Several numbers are asked about one after the other.
func (d *decision) answerCountry(t *Text, q *Question) bool {
	about := d.askedAbout(q)
	if about == nil || t.parsed.Command() && q.Draft == nil {
		return false
	}
	country := d.chosen(t, about)
	switch {
	case country != "":
	case q.Draft != nil && len(t.contacts) > 0: // another one; what was asked stays open
		n, more := q.resumed(q.Draft), d.nameContacts(q.Draft, t.contacts)
		more.added, more.asked, more.refused = append(n.added, more.added...), append(n.asked, more.asked...), append(n.refused, more.refused...)
		d.namedInRegistration(q, more)
		return true
	case !slices.Contains([]keyword.Intent{keyword.Unknown, keyword.Yes, keyword.No}, t.parsed.Intent):
		return false
	default:
		d.answer("ask-country", d.countryData(q))
		return true
	}
	phone := about.US
	if country == "MX" {
		phone = about.MX
	}
	if !d.seesContacts(t, []Phone{phone}) {
		return true
	}
	p := q.Draft
	if p == nil {
		d.conv.Question = nil
		if d.view.Own == nil {
			return false
		}
		d.forced = q.Forced
		p = d.self()
	}
	n := q.resumed(p)
	c := n.asked[0]
	n.asked = n.asked[1:]
	d.nameContact(n, c, phone)
	if q.Draft != nil {
		q.Kind = questionRegister // older versions asked within a registration by another kind
		d.namedInRegistration(q, n)
		return true
	}
	d.namedByCommand(n)
	return true
}

// seesContacts reports whether a decision on a text sees who else asked some
// numbers to be contacts, and whether they want no texts; if not it is made again.
func (d *decision) seesContacts(t *Text, phones []Phone) bool {
	seen := t.Scope().Invited
	for _, phone := range phones {
		if !slices.Contains(seen, phone) {
			t.also, d.err = append(t.also, phone), errScope
		}
	}
	return d.err == nil
}

// namedByCommand goes on after AGREGAR: contacts that were added are asked at
// once, and numbers whose country nobody can tell are asked about.
func (d *decision) namedByCommand(n *naming) {
	if n.changed {
		d.keepSelf(n.profile, "contact-added")
		if !d.forced {
			d.inviteContacts(n.profile, time.Time{})
		}
	}
	switch {
	case len(n.asked) > 0:
		d.ask(questionCountry, n.args(map[string]string{}))
		d.answer("ask-country", d.countryData(d.conv.Question))
	case len(n.added) == 0:
		d.answer(n.reason, d.info())
	default:
		d.answer("contact-added", d.noted(n))
	}
}

// noted is what is read back of contacts that were added, and what was not.
func (d *decision) noted(n *naming) templates.Data {
	data := d.info()
	list := make([]string, len(n.added))
	for i := range n.added {
		list[i] = d.readBack(&n.added[i])
	}
	data.Who, data.Refused = strings.Join(list, ", "), n.refused
	return data
}
