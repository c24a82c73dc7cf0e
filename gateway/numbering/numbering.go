package numbering

import (
	"slices"

	"aviso/gateway/digit"
)

// Attribution credits the lists that the product ships with, in one line:
// wherever the product shows its sources it shows this.
const Attribution = "Area codes: North American Numbering Plan Administration, public report of 2026-01-05 and list of 2026-09-21; " +
	"Mexican prefixes: libphonenumber's metadata of 2026-07 (Apache-2.0), checked against a list of 2025"

// A Plan holds the codes of both countries. It never changes after it was made,
// and may be used by any number of goroutines.
type Plan struct {
	version string
	nanp    map[string]Area // by the three digits behind +1
	mexico  map[string]Area // by the two or three digits behind +52
}

// An Area is what is known of one code.
type Area struct {
	// Country is an ISO 3166 code; "US" for those of its territories too. Codes
	// of no country (toll-free, personal) count as its own: they are dialled there.
	Country string

	// States are the codes of the states that the area code is of, as USPS and
	// Mexico's post write them; empty where the lists have none.
	States []string

	// Place is a town, in GSM-7 without accents, only where States are empty.
	Place string

	// Premium numbers cost whoever calls or texts them.
	Premium bool
}

// Version names the data by a hash over all of it: equal data, equal version.
func (p *Plan) Version() string { return p.version }

// US is the area of ten digits behind +1, of whatever country.
func (p *Plan) US(digits string) (Area, bool) {
	if !NANP(digits) {
		return Area{}, false
	}
	a, ok := p.nanp[digits[:3]]
	return a, ok
}

// Mexico is the area of ten digits behind +52.
func (p *Plan) Mexico(digits string) (Area, bool) {
	if !Mexican(digits) {
		return Area{}, false
	}
	switch digits[:3] {
	case "800", "888": // toll-free there as well, and of no place
		return Area{Country: "MX"}, true
	case "900":
		return Area{Country: "MX", Premium: true}, true
	}
	if a, ok := p.mexico[digits[:2]]; ok {
		return a, true
	}
	a, ok := p.mexico[digits[:3]]
	return a, ok
}

// NANP reports whether ten digits have the form of a number under +1: area code
// and exchange begin with 2 to 9, and an area code has no 9 in second place
// (kept for longer numbers) and is none of the service codes 211 to 911.
func NANP(digits string) bool {
	return tenDigits(digits) && digits[0] >= '2' && digits[3] >= '2' && digits[1] != '9' && digits[1:3] != "11"
}

// Mexican reports whether ten digits have the form of a number of Mexico: the
// prefix begins with 2 to 9.
func Mexican(digits string) bool { return tenDigits(digits) && digits[0] >= '2' }

// TwoDigits reports whether a Mexican number has a prefix of two digits: Mexico
// City, Guadalajara and Monterrey, which are written 2-4-4; others are 3-3-4.
func TwoDigits(digits string) bool {
	return len(digits) >= 2 && slices.Contains([]string{"33", "55", "56", "81"}, digits[:2])
}

func tenDigits(s string) bool {
	return len(s) == 10 && digit.All(s)
}
