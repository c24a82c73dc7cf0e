package gateway

import (
	"strings"
)

// mention is what the words behind a command name: a person by number or code,
// a PIN, an alert's reference.
type mention struct {
	phones []Phone // a written number's possible meanings, the likelier first
	codes  []Code
	pin    string // behind a number or code
	rest   string // the words behind the PIN

	first     string // the first token, where it could be a PIN
	afterPIN  string // the words behind it
	firstPIN  string // the first token of 4 to 8 digits anywhere
	refs      []Ref
	afterRefs string // the words behind a leading reference
}

// parseMention reads "312 555 0101 4821 me llevan", "482137 words", "4821
// LIBRE". Numbers may be written with blanks, dashes, dots and brackets.
func parseMention(rest string) mention {
	var m mention
	tokens := strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune(",;:", r) {
			return ' '
		}
		return r
	}, rest))
	numeric := 0
	for numeric < len(tokens) && isNumeric(tokens[numeric]) {
		numeric++
	}
	m.person(tokens, numeric)
	for i, token := range tokens {
		if CheckPIN(token) == nil {
			if i == 0 {
				m.first, m.afterPIN = token, strings.Join(tokens[1:], " ")
			}
			if m.firstPIN == "" {
				m.firstPIN = token
			}
		}
		if ref, ok := ParseRef(token); ok {
			m.refs = append(m.refs, ref)
			if i == 0 {
				m.afterRefs = strings.Join(tokens[1:], " ")
			}
		}
	}
	return m
}

// person finds a number or code at the head of the tokens, followed by a PIN.
func (m *mention) person(tokens []string, numeric int) {
	for n := 1; n < numeric; n++ {
		written := strings.Join(tokens[:n], " ")
		pin, used := tokens[n], n+1
		if CheckPIN(pin) != nil {
			continue
		}
		digits := onlyDigits(written)
		if code, ok := ParseCode(digits); ok && !strings.HasPrefix(written, "+") {
			m.codes = append(m.codes, code)
		} else if phones := possiblePhones(written); len(phones) > 0 {
			m.phones = append(m.phones, phones...)
		} else {
			continue
		}
		m.pin, m.rest = pin, strings.Join(tokens[used:], " ")
		return
	}
}

// possiblePhones are the numbers that a person may mean: ten digits are looked
// for in both countries, since it is a search and not a registration.
func possiblePhones(written string) []Phone {
	phone, err := ParsePhone(written, nil)
	if err == nil {
		return []Phone{phone}
	}
	if ambiguous, ok := err.(*ErrAmbiguousPhone); ok {
		return []Phone{ambiguous.US, ambiguous.MX}
	}
	return nil
}

func isNumeric(token string) bool {
	digits := 0
	for i, r := range token {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune("-.()/", r):
		default:
			return false
		}
	}
	return digits > 0
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
