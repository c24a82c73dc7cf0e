package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"aviso/gateway/digit"
	"aviso/gateway/numbering"
)

// PhoneReader reads numbers as people write them, to keep them.
type PhoneReader struct {
	Plan   *numbering.Plan
	Served []string // ISO 3166 codes of the countries that are served; empty: all

	// Country is that of ten digits which may be of either, where whoever gives
	// them has said so: "US", "MX", or "": it has to be asked.
	Country string
}

// ErrAmbiguousPhone is a ten-digit number that both countries may have: whoever
// gives it has to be asked.
type ErrAmbiguousPhone struct {
	US, MX         Phone
	AtUS, AtMexico numbering.Area
}

func (e *ErrAmbiguousPhone) Error() string {
	place := func(a numbering.Area, otherwise string) string { return cmp.Or(a.Name("en"), otherwise) }
	return fmt.Sprintf("ten digits that are of %s with +1 and of %s with +52 in front: write which",
		place(e.AtUS, "the US"), place(e.AtMexico, "Mexico"))
}

// Reasons why a number is refused.
var (
	ErrNotAPhone      = errors.New("not a phone number")
	ErrInvalidPhone   = errors.New("no such number exists")
	ErrCountryRefused = errors.New("numbers of this country are not served")
	ErrPremiumPhone   = errors.New("a number that costs whoever calls it")
)

// Read reads a number and decides its country. A country code decides, and then
// the form suffices: area codes are added faster than lists are. Ten digits are
// of the only country whose plan has them; where both have, 33, 55, 56 or 81
// written 2-4-4 is of Mexico (3-3-4 is written in both), Country decides, or
// else nothing (*ErrAmbiguousPhone). A place under +1 outside the US counts as
// possible, since taking its number for a Mexican one would tell a stranger.
func (r PhoneReader) Read(s string) (Phone, error) {
	w, err := readWritten(s)
	if err != nil {
		return "", err
	}
	phone := w.phone()
	if w.country == "" {
		if phone, err = r.tenDigits(s, w.digits); err != nil {
			return "", err
		}
	}
	country, ok := CountryOf(r.Plan, phone)
	switch {
	case !ok:
		return "", ErrInvalidPhone
	case premium(phone):
		return "", ErrPremiumPhone
	case len(r.Served) > 0 && !slices.Contains(r.Served, country):
		return "", ErrCountryRefused
	}
	return phone, nil
}

func (r PhoneReader) tenDigits(written, digits string) (Phone, error) {
	us, mexico := Phone("+1"+digits), Phone("+52"+digits)
	atUS, inUS := r.Plan.US(digits)
	atMexico, inMexico := r.Plan.Mexico(digits)
	switch {
	case atUS.Premium || atMexico.Premium:
		return "", ErrPremiumPhone
	case inUS && inMexico && numbering.TwoDigits(digits) && grouping(written) == "2-4-4",
		inUS && inMexico && r.Country == "MX":
		return mexico, nil
	case inUS && inMexico && r.Country == "US" && atUS.Country == "US":
		return us, nil
	case inUS && inMexico:
		return "", &ErrAmbiguousPhone{us, mexico, atUS, atMexico}
	case inUS:
		return us, nil
	case inMexico:
		return mexico, nil
	case r.Country == "US": // its plan grows
		return us, nil
	case r.Country == "MX":
		return mexico, nil
	}
	return "", ErrInvalidPhone
}

// SearchPhones are the numbers that a written one may mean, to look somebody up:
// ten digits are looked for in both countries, and whether a number exists is
// not asked.
func SearchPhones(s string) []Phone {
	w, err := readWritten(s)
	if err != nil {
		return nil
	}
	switch w.country {
	case "":
		var both []Phone
		if numbering.NANP(w.digits) {
			both = append(both, Phone("+1"+w.digits))
		}
		if numbering.Mexican(w.digits) {
			both = append(both, Phone("+52"+w.digits))
		}
		return both
	case "US", "MX":
		return []Phone{w.phone()}
	}
	n, err := phonenumbers.Parse(string(w.phone()), "")
	if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
		return nil
	}
	return []Phone{w.phone()}
}

// written is a number as it stands somewhere: "US" or "MX" and ten digits; ten
// digits of "", either of the two; or another country's, with its code.
type written struct{ country, digits string }

const elsewhere = "elsewhere"

func (w written) phone() Phone {
	switch w.country {
	case "US":
		return Phone("+1" + w.digits)
	case "MX":
		return Phone("+52" + w.digits)
	}
	return Phone("+" + w.digits)
}

// readWritten tells countries apart by what stands before ten digits: +1 or 1;
// +52, 52, 521, 01, 044 or 045, which Mexico dialled before mobile and long
// distance calls; or an exit code and a country's.
func readWritten(s string) (written, error) {
	digits, international, err := dialled(s)
	if err != nil {
		return written{}, err
	}
	local := len(digits) - 10
	if local == 0 && !international {
		return written{"", digits}, nil
	}
	if local > 0 {
		switch prefix := digits[:local]; {
		case prefix == "1":
			return written{"US", digits[local:]}, nil
		case prefix == "52", prefix == "521",
			international && (prefix == "5201" || prefix == "52044" || prefix == "52045"),
			!international && (prefix == "01" || prefix == "044" || prefix == "045"):
			return written{"MX", digits[local:]}, nil
		}
	}
	if !international || digits[0] == '0' || digits[0] == '1' || strings.HasPrefix(digits, "52") {
		return written{}, ErrNotAPhone
	}
	return written{elsewhere, digits}, nil
}

// dialled strips a written number to its digits; international says that they
// begin with a country code.
func dialled(s string) (digits string, international bool, err error) {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case digit.Is(r):
			b.WriteRune(r)
		case r == '+' && b.Len() == 0 && !international:
			international = true
		case strings.ContainsRune(" -.()/\u00a0\u2010\u2011\u2012\u2013\u2014", r):
		default:
			return "", false, ErrNotAPhone
		}
	}
	digits = b.String()
	for _, exit := range []string{"011", "00"} { // international prefixes of the US and of Mexico
		if !international && strings.HasPrefix(digits, exit) && len(digits) > 10 {
			digits, international = digits[len(exit):], true
		}
	}
	if len(digits) < 8 || len(digits) > 15 {
		return "", false, ErrNotAPhone
	}
	return digits, international, nil
}

// grouping is how the digits of a written number are grouped: "3-3-4".
func grouping(written string) string {
	groups := strings.FieldsFunc(written, func(r rune) bool { return !digit.Is(r) })
	lengths := make([]string, len(groups))
	for i, g := range groups {
		lengths[i] = fmt.Sprint(len(g))
	}
	return strings.Join(lengths, "-")
}

// CountryOf is the ISO 3166 code of the country that a number is of, the US for
// those of its territories; ok is false where its form is none. Where the lists
// lack a code under +1, the library may know an island that has it: the rest is
// of the US.
func CountryOf(plan *numbering.Plan, p Phone) (country string, ok bool) {
	switch digits, found := strings.CutPrefix(string(p), "+1"); {
	case found && !numbering.NANP(digits):
		return "", false
	case found:
		if at, listed := plan.US(digits); listed {
			return at.Country, true
		}
		return cmp.Or(island(p), "US"), true
	}
	if digits, found := strings.CutPrefix(string(p), "+52"); found {
		return "MX", numbering.Mexican(digits)
	}
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.GetRegionCodeForNumber(n), true
}

// island is the ISO 3166 code of the country under +1 that the library knows a
// number of; "" for the US and its territories, and for what it does not know.
func island(p Phone) string {
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return ""
	}
	switch region := phonenumbers.GetRegionCodeForNumber(n); region {
	case "US", "PR", "VI", "GU", "AS", "MP", "ZZ", "001":
		return ""
	default:
		return region
	}
}

// premium reports whether whoever calls or texts a number pays its owner: 900 in
// both countries.
func premium(p Phone) bool {
	return strings.HasPrefix(string(p), "+1900") || strings.HasPrefix(string(p), "+52900")
}
