package texts

import (
	"slices"
	"strconv"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/person"
)

// chosen is the country that a text names where 1 and 2 are its answers, else by
// the name of the country or of the place: "US", "MX", or "".
func (d *Arranging) chosen(t *gateway.Text, about *gateway.ErrAmbiguousPhone) string {
	tokens := keyword.Tokens(t.Body)
	says := func(name string) (n int) { // how much of it; all of it is more than a part of the other's
		words := keyword.Tokens(name)
		for _, w := range words {
			if len(w) >= 3 && slices.Contains(tokens, w) {
				n++
			}
		}
		if n == len(words) {
			n += person.WordsOfPlaces
		}
		return n
	}
	any := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(tokens, w) })
	}
	us, mexico := any("1", "EU", "EEUU", "EUA", "USA", "US", "UNIDOS"), any("2", "52", "MX")
	if us == mexico {
		atUS, atMexico := says(d.PlaceOf(about.US)[0]), says(d.PlaceOf(about.MX)[0])
		us, mexico = atUS > atMexico, atMexico > atUS
	}
	if !us && !mexico {
		mexico = any("MEXICO")
	}
	// The number again, with its country.
	for _, c := range t.Contacts {
		if phone, err := (gateway.PhoneReader{Plan: d.View.Directory.Numbers}).Read(c.Written); err == nil && len(t.Contacts) == 1 {
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
func (d *Arranging) answerCountry(t *gateway.Text, q *gateway.Question) bool {
	about := d.AskedAbout(q)
	if about == nil || t.Parsed.Command() && q.Draft == nil {
		return false
	}
	country := d.chosen(t, about)
	switch {
	case country != "":
	case q.Draft != nil && len(t.Contacts) > 0: // another one; what was asked stays open
		n, more := q.Resumed(q.Draft), d.NameContacts(q.Draft, t.Contacts)
		more.Added, more.Asked, more.Refused = append(n.Added, more.Added...), append(n.Asked, more.Asked...), append(n.Refused, more.Refused...)
		d.namedInRegistration(t, q, more)
		return true
	case !slices.Contains([]keyword.Intent{keyword.Unknown, keyword.Yes, keyword.No}, t.Parsed.Intent):
		return false
	case q.Draft != nil && d.namesOnly(t, q):
		return true
	default:
		d.missedCountry(t, q)
		return true
	}
	phone := about.US
	if country == "MX" {
		phone = about.MX
	}
	if !d.SeesContacts(t, []gateway.Phone{phone}) {
		return true
	}
	p := q.Draft
	if p == nil {
		d.Conv.Question = nil
		if d.View.Own == nil {
			return false
		}
		d.AsDecoy = q.AsDecoy
		p = d.Sees().Person()
	}
	n := q.Resumed(p)
	c := n.Asked[0]
	n.Asked = n.Asked[1:]
	d.NameContact(n, c, phone)
	if q.Draft != nil {
		q.Kind = gateway.QuestionRegister // older versions asked within a registration by another kind
		d.namedInRegistration(t, q, n)
		return true
	}
	d.NamedByCommand(n)
	return true
}

// missedCountry asks again, in other words, where a number is. Then an agent is to
// ring about it, and what it was part of goes on without the number, which is said.
func (d *Arranging) missedCountry(t *gateway.Text, q *gateway.Question) {
	missed, _ := strconv.Atoi(q.Args["missed"])
	if missed < person.CountryAskedMost {
		next := q.Clone()
		next.Args["missed"] = strconv.Itoa(missed + 1)
		d.Conv.Question = next
		d.Answer("again-country", d.CountryData(next))
		return
	}
	d.agentRings(t, q)
	if q.Draft == nil {
		d.Conv.Question = nil
		d.Answer("without-country", d.CountryData(q))
		return
	}
	data := d.CountryData(q)
	n := q.Resumed(q.Draft)
	d.LeaveOut(n, n.Asked[0], "without-contact")
	n.Asked = n.Asked[1:]
	if len(n.Asked) == 0 && len(n.Added) == 0 {
		q.GoTo(gateway.StepContact)
		q.At, d.Conv.Asked = d.Now, d.Now
		d.Answer("without-contact", data)
		return
	}
	d.namedInRegistration(t, q, n)
}
