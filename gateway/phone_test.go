package gateway_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/gateway/numbering"
)

func TestReadPhone(t *testing.T) {
	numbers, err := numbering.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const ask = "ask"
	for _, c := range []struct{ written, country, want string }{
		// A country in front decides, and then the form suffices.
		{"+52 951 501 5000", "", "+529515015000"},
		{"52 951 501 5000", "", "+529515015000"},
		{"521 951 501 5000", "", "+529515015000"},
		{"+52 1 951 501 5000", "", "+529515015000"},
		{"011 52 951 501 5000", "", "+529515015000"},
		{"011 521 951 501 5000", "", "+529515015000"},
		{"00 52 951 501 5000", "", "+529515015000"},
		{"044 951 501 5000", "", "+529515015000"},
		{"045 951 501 5000", "", "+529515015000"},
		{"01 951 501 5000", "", "+529515015000"},
		{"+52 01 951 501 5000", "", "+529515015000"},
		{"+52 044 951 501 5000", "", "+529515015000"},
		{"(+52) 951-501-5000", "", "+529515015000"},
		{"+1 951 501 5000", "", "+19515015000"},
		{"1-951-501-5000", "", "+19515015000"},
		{"001 951 501 5000", "", "+19515015000"},
		{"951\u2013501\u20135000", "MX", "+529515015000"},
		{"+1 621 555 2345", "", "+16215552345"}, // libraries lack it
		{"+1 235 555 2345", "", "+12355552345"}, // so do the lists perhaps
		{"+1 238 555 2345", "", "+12385552345"}, // and this, which nobody has yet
		{"+52 296 123 4567", "", "+522961234567"},
		{"+52 299 123 4567", "", "+522991234567"},
		{"+1 999 555 2345", "", "no such number"},
		{"+1 312 155 2345", "", "no such number"},
		{"+52 123 456 7890", "", "no such number"},
		{"+1 312 555 234", "", "not a phone"},
		{"52 951 501 500", "", "not a phone"},
		// Third countries are never taken for Mexico.
		{"+1 829 555 2345", "", "not served"},
		{"829-555-2345", "", ask},
		{"438 555 2345", "", ask},
		{"664 555 2345", "", ask}, // Montserrat or Tijuana
		{"416 555 2345", "", "not served"},
		{"829-555-2345", "US", ask},
		{"829-555-2345", "MX", "+528295552345"},
		{"+44 20 7183 8750", "", "not served"},
		// Ten digits.
		{"9515015000", "", ask},
		{"951-501-5000", "", ask},
		{"951 501 5000", "", ask},
		{"95 1501 5000", "", ask}, // 2-4-4 is how 33, 55, 56 and 81 are written
		{"312.555.0101", "", ask},
		{"312-555-0101", "US", "+13125550101"},
		{"312-555-0101", "MX", "+523125550101"},
		{"621-555-2345", "", ask}, // Houston or Naica
		{"212-555-2345", "", "+12125552345"},
		{"2125552345", "MX", "+12125552345"},  // Mexico has no 212
		{"664 123 4567", "", "+526641234567"}, // no exchange begins with 1
		{"664 123 4567", "US", "+526641234567"},
		{"222 555 2345", "", "+522225552345"},
		{"33 1234 5678", "", "+523312345678"},
		{"(55) 1234-5678", "", "+525512345678"},
		{"81 8234 5678", "", "+528182345678"},
		{"818-234-5678", "", ask}, // Burbank or Monterrey
		{"5512345678", "", ask},   // New Jersey has 551
		{"333 234 5678", "", "+523332345678"},
		{"551-123-4567", "", "+525511234567"},
		{"654-555-2345", "", "no such number"}, // in neither list
		{"654-555-2345", "US", "+16545552345"}, // unless somebody knows better
		{"291-555-2345", "", "no such number"},
		{"800-555-2345", "", ask},
		{"844-555-2345", "", ask},
		// What costs whoever calls it.
		{"+1 900 555 2345", "", "costs"},
		{"900-555-2345", "US", "costs"},
		{"01 900 123 4567", "", "costs"},
		{"+52 900 123 4567", "", "costs"},
		{"12345", "", "not a phone"},
		{"123456789012345678", "", "not a phone"},
		{"Maria", "", "not a phone"},
		{"", "", "not a phone"},
	} {
		reader := gateway.PhoneReader{Plan: numbers, Served: []string{"US", "MX"}, Country: c.country}
		phone, err := reader.Read(c.written)
		var ambiguous *gateway.ErrAmbiguousPhone
		switch got := errors.As(err, &ambiguous); {
		case c.want == ask && !got, c.want != ask && got:
			t.Errorf("%q (%s): %s, %v; want %s", c.written, c.country, phone, err, c.want)
		case c.want == ask:
			if ambiguous.US[2:] != ambiguous.MX[3:] || !strings.Contains(err.Error(), "+1") || !strings.Contains(err.Error(), "+52") {
				t.Errorf("%q: %+v, %v", c.written, ambiguous, err)
			}
		case err != nil && !strings.Contains(err.Error(), c.want), err == nil && string(phone) != c.want:
			t.Errorf("%q (%s): %s, %v; want %s", c.written, c.country, phone, err, c.want)
		}
	}
}

// A search never validates, and asks in both countries.
func TestSearchPhones(t *testing.T) {
	for written, want := range map[string][]gateway.Phone{
		"951-501-5000":      {"+19515015000", "+529515015000"},
		"33 1234 5678":      {"+13312345678", "+523312345678"},
		"664 123 4567":      {"+526641234567"}, // no exchange begins with 1
		"212-555-2345":      {"+12125552345", "+522125552345"},
		"238 555 2345":      {"+12385552345", "+522385552345"}, // in neither list
		"+1 900 555 2345":   {"+19005552345"},
		"52 951 501 5000":   {"+529515015000"},
		"01 951 501 5000":   {"+529515015000"},
		"1 829 555 2345":    {"+18295552345"},
		"+44 20 7183 8750":  {"+442071838750"},
		"+44 20 7183":       nil,
		"011 52 33 1234":    nil,
		"123 456 7890":      nil,
		"555 0101":          nil,
		"123456782":         nil, // a personal code
		"+52 951 501 50001": nil,
	} {
		if got := gateway.SearchPhones(written); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", written, got, want)
		}
	}
}

func TestLocal(t *testing.T) {
	for _, c := range []struct {
		phone            gateway.Phone
		us, mexico, open string
	}{
		{"+525512345678", "+52 55 1234 5678", "55 1234 5678", "+52 55 1234 5678"},
		{"+525612345678", "+52 56 1234 5678", "56 1234 5678", "+52 56 1234 5678"},
		{"+523312345678", "+52 33 1234 5678", "33 1234 5678", "+52 33 1234 5678"},
		{"+528112345678", "+52 81 1234 5678", "81 1234 5678", "+52 81 1234 5678"},
		{"+529515015000", "+52 951 501 5000", "951 501 5000", "+52 951 501 5000"},
		{"+526141234567", "+52 614 123 4567", "614 123 4567", "+52 614 123 4567"},
		{"+16215552345", "621-555-2345", "+1 621-555-2345", "621-555-2345"},
		{"+442071838750", "+442071838750", "+442071838750", "+442071838750"},
	} {
		if us, mexico, open := c.phone.Local("US"), c.phone.Local("MX"), c.phone.Local(""); us != c.us || mexico != c.mexico || open != c.open {
			t.Errorf("%s: %q, %q, %q", c.phone, us, mexico, open)
		}
	}
}
