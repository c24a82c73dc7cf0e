package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

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
	for _, r := range p[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
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
// within the US or where the country is not known, "33 1234 5678" within
// Mexico, "+1 312-555-0100" from the other.
func (p Phone) Local(country string) string {
	switch {
	case p.Country() == "US" && len(p) == 12:
		s := string(p[2:5] + "-" + p[5:8] + "-" + p[8:])
		if country == "MX" {
			return "+1 " + s
		}
		return s
	case p.Country() == "MX" && len(p) == 13:
		s := string(p[3:5] + " " + p[5:9] + " " + p[9:])
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

// ErrAmbiguousPhone is a ten-digit number that is valid both in the US and in
// Mexico and is not written in either's way: its owner has to be asked.
type ErrAmbiguousPhone struct{ US, MX Phone }

func (e *ErrAmbiguousPhone) Error() string {
	return "ten digits that are valid in the US and in Mexico: write +1 or +52 in front"
}

// Reasons why a number is refused.
var (
	ErrNotAPhone      = errors.New("not a phone number")
	ErrInvalidPhone   = errors.New("no such number exists")
	ErrCountryRefused = errors.New("numbers of this country are not served")
)

// ParsePhone reads a number as a person writes it, and decides its country:
// by a country code; else, for ten digits, by how they are written
// ("55 1234 5678" is Mexican, "312-555-0101" is of the US), else by the only
// one of the two countries where they are valid, else not at all
// (*ErrAmbiguousPhone). Countries lists the ISO codes that are served; empty
// allows all.
func ParsePhone(s string, countries []string) (Phone, error) {
	digits, international, err := dialled(s)
	if err != nil {
		return "", err
	}
	if !international {
		switch {
		case len(digits) == 10:
			return tenDigits(s, digits, countries)
		case len(digits) == 11 && digits[0] == '1',
			len(digits) == 12 && strings.HasPrefix(digits, "52"),
			len(digits) == 13 && strings.HasPrefix(digits, "521"):
		case len(digits) == 13 && (strings.HasPrefix(digits, "044") || strings.HasPrefix(digits, "045")):
			digits = "52" + digits[3:] // Mexico's old prefixes for calls to mobiles
		default:
			return "", ErrNotAPhone
		}
	}
	phone := CarrierPhone("+" + digits)
	country, ok := valid(phone)
	if !ok {
		return "", ErrInvalidPhone
	}
	if len(countries) > 0 && !slices.Contains(countries, country) {
		return "", ErrCountryRefused
	}
	return phone, nil
}

// dialled strips a written number to its digits; international says that they
// begin with a country code.
func dialled(s string) (digits string, international bool, err error) {
	s = strings.TrimSpace(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			international = true
		case strings.ContainsRune(" -.()/\u00a0", r):
		default:
			return "", false, ErrNotAPhone
		}
	}
	digits = b.String()
	for _, exit := range []string{"011", "00"} { // international prefixes of the US and of Mexico
		if !international && strings.HasPrefix(digits, exit) && len(digits) > 10 {
			return digits[len(exit):], true, nil
		}
	}
	if len(digits) < 8 || len(digits) > 15 {
		return "", false, ErrNotAPhone
	}
	return digits, international, nil
}

func tenDigits(written, digits string, countries []string) (Phone, error) {
	us, mx := Phone("+1"+digits), Phone("+52"+digits)
	allowed := func(p Phone) bool {
		country, ok := valid(p)
		return ok && (len(countries) == 0 || slices.Contains(countries, country))
	}
	inUS, inMX := allowed(us), allowed(mx)
	switch {
	case inUS && !inMX:
		return us, nil
	case inMX && !inUS:
		return mx, nil
	case !inUS && !inMX:
		return "", ErrInvalidPhone
	}
	switch grouping(written) {
	case "3-3-4":
		return us, nil
	case "2-4-4":
		return mx, nil
	}
	return "", &ErrAmbiguousPhone{US: us, MX: mx}
}

// grouping is how the digits of a written number are grouped: "3-3-4".
func grouping(written string) string {
	groups := strings.FieldsFunc(written, func(r rune) bool { return r < '0' || r > '9' })
	lengths := make([]string, len(groups))
	for i, g := range groups {
		lengths[i] = fmt.Sprint(len(g))
	}
	return strings.Join(lengths, "-")
}

// valid reports a number's country where it is one that a plan assigns.
func valid(p Phone) (country string, ok bool) {
	if country, ok = validAtHome(p); ok {
		return country, true
	}
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	if country = phonenumbers.GetRegionCodeForNumber(n); territories[country] {
		country = "US"
	}
	return country, true
}

// validAtHome is valid for nearly every number there is, those of the US and of
// Mexico, in an eighth of the time: their country code is known by its length,
// so that nothing has to be parsed, and their region need not be looked for.
func validAtHome(p Phone) (country string, ok bool) {
	for _, home := range []struct {
		prefix, country string
		code            int32
	}{{"+1", "US", 1}, {"+52", "MX", 52}} {
		national, found := strings.CutPrefix(string(p), home.prefix)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(national, 10, 64)
		number := &phonenumbers.PhoneNumber{CountryCode: &home.code, NationalNumber: &n}
		return home.country, err == nil && national[0] != '0' && phonenumbers.IsValidNumberForRegion(number, home.country)
	}
	return "", false
}

// SenderKind is what a number of ours is, which decides whom it reaches and
// how fast.
type SenderKind string

const (
	LongCode  SenderKind = "long code"
	TollFree  SenderKind = "toll-free"
	ShortCode SenderKind = "short code"
	Messaging SenderKind = "messaging service"
)

// Sender is a number of ours that texts go from. Rate is in segments a second.
type Sender struct {
	Address string
	Kind    SenderKind
	Rate    float64

	Carrier   string   // the name of the account that it belongs to; "": the main one
	Countries []string // that it reaches, ISO 3166; nil: as its kind does
}

// ParseSender reads a sender by its form only: whether it exists is the
// carrier's to say. Its rate is the default of its kind (FACTS: long code 1,
// toll-free 3, short code 100).
func ParseSender(s string) (Sender, error) {
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(s, "MG") && len(s) > 2:
		return Sender{Address: s, Kind: Messaging, Rate: 1}, nil
	case !strings.HasPrefix(s, "+") && len(s) >= 3 && len(s) <= 8 && allDigits(s):
		return Sender{Address: s, Kind: ShortCode, Rate: 100}, nil
	case Phone(s).Dialable() && tollFree(s):
		return Sender{Address: s, Kind: TollFree, Rate: 3}, nil
	case Phone(s).Dialable():
		return Sender{Address: s, Kind: LongCode, Rate: 1}, nil
	}
	return Sender{}, fmt.Errorf("sender %q: want +15550001111, a short code or MG…", s)
}

// Reaches reports whether the sender can text a country: short codes and
// toll-free numbers reach the US only, unless its operator is known to reach
// others.
func (s Sender) Reaches(country string) bool {
	if s.Countries != nil {
		return slices.Contains(s.Countries, country)
	}
	return country == "US" || s.Kind == LongCode || s.Kind == Messaging
}

func tollFree(s string) bool {
	for _, area := range []string{"800", "833", "844", "855", "866", "877", "888"} {
		if strings.HasPrefix(s, "+1"+area) && len(s) == 12 {
			return true
		}
	}
	return false
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
