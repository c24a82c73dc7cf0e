package person

import (
	"errors"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/numbering"
	"aviso/templates"
)

// NameContacts adds contacts to a profile that is in the making or kept. Those
// whose country nobody can tell are left to be asked, one after the other.
func (d *Personal) NameContacts(p *gateway.Profile, list []gateway.NamedContact) *gateway.Naming {
	n := &gateway.Naming{Profile: p}
	reader := gateway.PhoneReader{Plan: d.View.Directory.Numbers}
	for _, c := range list {
		phone, err := reader.Read(c.Written)
		var ambiguous *gateway.ErrAmbiguousPhone
		switch {
		case c.Name != "" && !d.Rules.Names(c.Name):
			d.LeaveOut(n, c, "contact-name")
		case errors.As(err, &ambiguous):
			n.Asked = append(n.Asked, c)
		case errors.Is(err, gateway.ErrPremiumPhone), d.Rules.NobodysNumber(c.Written):
			d.LeaveOut(n, c, "contact-nobodys")
		case err != nil:
			d.LeaveOut(n, c, "again-contact")
		default:
			d.NameContact(n, c, phone)
		}
	}
	return n
}

// NameContact adds one contact, whose number is known.
func (d *Personal) NameContact(n *gateway.Naming, c gateway.NamedContact, phone gateway.Phone) {
	if refusal := d.AddContact(n.Profile, phone, c.Name); refusal != "" {
		d.LeaveOut(n, c, refusal)
		return
	}
	n.Added, n.Changed = append(n.Added, n.Profile.Contacts[len(n.Profile.Contacts)-1]), true
}

// LeaveOut notes that a contact is left out, and why.
func (d *Personal) LeaveOut(n *gateway.Naming, c gateway.NamedContact, reason string) {
	n.Refuse(c, reason, d.Say(d.Lang, "why-"+reason, templates.Data{}))
}

// CountryData is what the question about a number's country says: the number
// and both places, "951-501-5000: 1 California 2 Oaxaca".
func (d *Personal) CountryData(q *gateway.Question) templates.Data {
	data := d.Info()
	ambiguous := d.AskedAbout(q)
	if ambiguous == nil {
		return data
	}
	digits := ambiguous.US[2:]
	data.Who = strings.TrimSpace(q.Resumed(&gateway.Profile{}).Asked[0].Name + " " + string(digits[:3]+"-"+digits[3:6]+"-"+digits[6:]))
	data.Places = []string{d.countryOf(ambiguous.US), d.countryOf(ambiguous.MX)}
	if refused := q.Args["refused"]; refused != "" {
		data.Refused = []string{refused}
	}
	return data
}

// countryOf names a number's country, and the state that it is in there: "Mexico
// (Oaxaca)". Somebody may know of an aunt's number that it is a Mexican one, and no
// more.
func (d *Personal) countryOf(phone gateway.Phone) string {
	place := d.PlaceOf(phone)
	if len(place) == 1 {
		return place[0]
	}
	return place[1] + " (" + place[0] + ")"
}

// AskedAbout is the number that a question about a country is about.
func (d *Personal) AskedAbout(q *gateway.Question) *gateway.ErrAmbiguousPhone {
	n := q.Resumed(&gateway.Profile{})
	var ambiguous *gateway.ErrAmbiguousPhone
	if len(n.Asked) == 0 {
		return nil
	}
	written := digit.Only(n.Asked[0].Written)
	_, err := gateway.PhoneReader{Plan: d.View.Directory.Numbers}.Read(written)
	if !errors.As(err, &ambiguous) && len(written) == 10 { // the plan was replaced meanwhile: both stay possible
		ambiguous = &gateway.ErrAmbiguousPhone{US: gateway.Phone("+1" + written), MX: gateway.Phone("+52" + written)}
	}
	return ambiguous
}

// PlaceOf names where a number is, in the language of whoever is there: the
// state, where the lists have one, and the country.
func (d *Personal) PlaceOf(phone gateway.Phone) []string {
	var at numbering.Area
	country := phone.Country()
	switch country {
	case "US":
		at, _ = d.View.Directory.Numbers.US(strings.TrimPrefix(string(phone), "+1"))
		if at.Country != "" {
			country = at.Country
		}
	case "MX":
		at, _ = d.View.Directory.Numbers.Mexico(strings.TrimPrefix(string(phone), "+52"))
	}
	var names []string
	if name := at.Name(d.Lang); name != "" {
		names = append(names, name)
	}
	switch country {
	case "US", "MX":
		names = append(names, d.Say(d.Lang, "country-"+strings.ToLower(country), templates.Data{}))
	default:
		if len(names) == 0 {
			names = append(names, country)
		}
	}
	return slices.Compact(names) // Mexico City is in Mexico
}

// WordsOfPlaces is more words than a place's name has.
const WordsOfPlaces = 10

// CountryAskedMost is how often somebody who answers something else is asked
// again, in other words, where a number is.
const CountryAskedMost = 1

// SeesContacts reports whether a decision on a text sees who else asked some
// numbers to be contacts, and whether they want no texts; if not it is made again.
func (d *Personal) SeesContacts(t *gateway.Text, phones []gateway.Phone) bool {
	seen := t.Scope().Invited
	for _, phone := range phones {
		if !slices.Contains(seen, phone) {
			t.Also, d.Err = append(t.Also, phone), gateway.ErrScope
		}
	}
	return d.Err == nil
}

// NamedByCommand goes on after AGREGAR: contacts that were added are asked at
// once, and numbers whose country nobody can tell are asked about.
func (d *Personal) NamedByCommand(n *gateway.Naming) {
	if n.Changed {
		d.KeepSelf(n.Profile, "contact-added")
		if !d.AsDecoy {
			d.InviteContacts(n.Profile, time.Time{})
		}
	}
	switch {
	case len(n.Asked) > 0:
		d.Ask(gateway.QuestionCountry, n.Args(map[string]string{}))
		d.Answer("ask-country", d.CountryData(d.Conv.Question))
	case len(n.Added) == 0:
		d.Answer(n.Reason, d.Info())
	default:
		d.Answer("contact-added", d.Noted(n))
	}
}

// Noted is what is read back of contacts that were added, and what was not.
func (d *Personal) Noted(n *gateway.Naming) templates.Data {
	data := d.Info()
	list := make([]string, len(n.Added))
	for i := range n.Added {
		list[i] = d.ReadBack(&n.Added[i])
	}
	data.Who, data.Refused = strings.Join(list, ", "), n.Refused
	return data
}
