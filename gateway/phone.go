package gateway

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"aviso/gateway/digit"
	"aviso/gateway/numbering"
)

// abroad is the ISO 3166 code of the main country of a country code; "" where
// there is none.
func abroad(p Phone) string {
	if !p.Dialable() {
		return ""
	}
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return ""
	}
	if region := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode())); region != "ZZ" && region != "001" {
		return region
	}
	return ""
}

// possiblePhones are the numbers that a person may mean: ten digits are looked
// for in both countries, since it is a search and not a registration.
func possiblePhones(written string) []Phone {
	return SearchPhones(written)
}

// LastFour are the last four digits of a phone.
func LastFour(p Phone) string { return string(p[max(0, len(p)-4):]) }

// Phone is a telephone number in E.164: "+13125550101". What a carrier gives
// as the origin of a text may also be a short code or a name, which Dialable
// tells apart.
type Phone string

// Dialable reports whether the phone is a number in E.164 that can be texted
// or called.
func (p Phone) Dialable() bool {
	if len(p) < 8 || len(p) > 16 || p[0] != '+' || p[1] == '0' {
		return false
	}
	return digit.All(string(p[1:]))
}

// Country is the ISO 3166 code of the phone's country as far as sending is
// concerned: every number under +1 counts as US. "" where the phone is no
// number.
func (p Phone) Country() string {
	switch {
	case strings.HasPrefix(string(p), "+1"):
		return "US"
	case strings.HasPrefix(string(p), "+52"):
		return "MX"
	}
	return abroad(p)
}

// Local is how the phone is written for somebody in a country: "312-555-0100"
// within the US or where the country is not known, "33 1234 5678" and "951 501
// 5000" within Mexico, "+1 312-555-0100" from the other.
func (p Phone) Local(country string) string {
	switch {
	case p.Country() == "US" && len(p) == 12:
		s := string(p[2:5] + "-" + p[5:8] + "-" + p[8:])
		if country == "MX" {
			return "+1 " + s
		}
		return s
	case p.Country() == "MX" && len(p) == 13:
		s := string(p[3:6] + " " + p[6:9] + " " + p[9:])
		if numbering.TwoDigits(string(p[3:])) {
			s = string(p[3:5] + " " + p[5:9] + " " + p[9:])
		}
		if country != "MX" {
			return "+52 " + s
		}
		return s
	}
	return string(p)
}

// Masked is how a phone is shown to people who need not know it: its country
// code and its last four digits.
func (p Phone) Masked() string {
	if len(p) < 8 {
		return "…"
	}
	return string(p[:2]) + "…" + string(p[len(p)-4:])
}

// CarrierPhone reads the number that a carrier gives for who is texting or
// calling. It comes in E.164; the old Mexican +521 form is folded to +52.
func CarrierPhone(s string) Phone {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "+521") && len(s) == len("+521")+10 {
		s = "+52" + s[len("+521"):]
	}
	return Phone(s)
}
