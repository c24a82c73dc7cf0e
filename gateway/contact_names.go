package gateway

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/numbering"
	"aviso/gateway/prose"
	"aviso/templates"
)

// namedContact is a number, as it was written, and whose it is.
type namedContact struct {
	Written string `json:"written"`
	Name    string `json:"name,omitempty"`
}

// parseContacts reads "312 555 0101 Maria", "Maria +52 33 1234 5678", "mi mama es
// la maria 33 1234 5678", and several of them: names stand in front of their
// numbers where the first one has a name there, else behind them. A number that
// is taken back by the next ("3125550110, perdon, 3125550101") names nobody.
func parseContacts(words string) []namedContact {
	n := readNumbers(words)
	spans := n.telephones()
	if len(spans) == 0 {
		return nil
	}
	beside := make([]string, len(spans)+1) // what stands before, between and behind
	at := 0
	for i, s := range spans {
		beside[i] = words[at:max(at, s.start)]
		at = s.end
	}
	beside[len(spans)] = words[at:]
	first, _ := prose.Called(beside[0])
	list := make([]namedContact, len(spans))
	for i, s := range spans {
		before, behind := beside[i], beside[i+1]
		if first == "" {
			before = ""
		} else if i+1 < len(spans) {
			behind = ""
		}
		list[i] = namedContact{s.written, clip(calledBeside(before, behind), contactNameLongest)}
	}
	return list
}

// calledBeside is what somebody is called in front of their number, else behind
// it. A name says more than what they are to whoever writes: "mi papa 312 …,
// Andres".
func calledBeside(before, behind string) string {
	name, kin := prose.Called(before)
	if name == "" || kin {
		if other, relation := prose.Called(behind); other != "" && (name == "" || !relation) {
			return other
		}
	}
	return name
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
func (d *personal) nameContacts(p *Profile, list []namedContact) *naming {
	n := &naming{profile: p}
	reader := PhoneReader{Plan: d.view.Directory.Numbers}
	for _, c := range list {
		phone, err := reader.Read(c.Written)
		var ambiguous *ErrAmbiguousPhone
		switch {
		case c.Name != "" && !d.Rules.names(c.Name):
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
func (d *personal) nameContact(n *naming, c namedContact, phone Phone) {
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
		if i := indexContact(p, id); i >= 0 {
			n.added = append(n.added, p.Contacts[i])
		}
	}
	return n
}

// countryData is what the question about a number's country says: the number
// and both places, "951-501-5000: 1 California 2 Oaxaca".
func (d *personal) countryData(q *Question) templates.Data {
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
func (d *personal) askedAbout(q *Question) *ErrAmbiguousPhone {
	n := q.resumed(&Profile{})
	var ambiguous *ErrAmbiguousPhone
	if len(n.asked) == 0 {
		return nil
	}
	written := digit.Only(n.asked[0].Written)
	_, err := PhoneReader{Plan: d.view.Directory.Numbers}.Read(written)
	if !errors.As(err, &ambiguous) && len(written) == 10 { // the plan was replaced meanwhile: both stay possible
		ambiguous = &ErrAmbiguousPhone{US: Phone("+1" + written), MX: Phone("+52" + written)}
	}
	return ambiguous
}

// placeOf names where a number is, in the language of whoever is there: the
// state, where the lists have one, and the country.
func (d *personal) placeOf(phone Phone) []string {
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
func (d *arranging) chosen(t *Text, about *ErrAmbiguousPhone) string {
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
func (d *arranging) answerCountry(t *Text, q *Question) bool {
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
		d.namedInRegistration(t, q, more)
		return true
	case !slices.Contains([]keyword.Intent{keyword.Unknown, keyword.Yes, keyword.No}, t.parsed.Intent):
		return false
	case q.Draft != nil:
		d.missedCountry(t, q)
		return true
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
		d.namedInRegistration(t, q, n)
		return true
	}
	d.namedByCommand(n)
	return true
}

// countryAskedMost is how often somebody who answers something else is asked
// again where a number is.
const countryAskedMost = 2

// missedCountry asks again where a number is. In time an agent is to ring about
// it, and the registration goes on without the number, which is said.
func (d *arranging) missedCountry(t *Text, q *Question) {
	missed, _ := strconv.Atoi(q.Args["missed"])
	if missed < countryAskedMost {
		q.Args["missed"] = strconv.Itoa(missed + 1)
		d.answer("ask-country", d.countryData(q))
		return
	}
	d.agentRings(t, q)
	n := q.resumed(q.Draft)
	n.refuse(n.asked[0], "without-contact")
	n.asked = n.asked[1:]
	if len(n.asked) == 0 && len(n.added) == 0 {
		q.goTo(stepContact)
		q.At, d.conv.Asked = d.now, d.now
		d.answer("without-contact", d.info())
		return
	}
	d.namedInRegistration(t, q, n)
}

// seesContacts reports whether a decision on a text sees who else asked some
// numbers to be contacts, and whether they want no texts; if not it is made again.
func (d *personal) seesContacts(t *Text, phones []Phone) bool {
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
func (d *personal) namedByCommand(n *naming) {
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
func (d *personal) noted(n *naming) templates.Data {
	data := d.info()
	list := make([]string, len(n.added))
	for i := range n.added {
		list[i] = d.readBack(&n.added[i])
	}
	data.Who, data.Refused = strings.Join(list, ", "), n.refused
	return data
}
