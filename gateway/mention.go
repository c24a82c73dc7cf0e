package gateway

import (
	"strings"
	"unicode"
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
	tokens, ends := mentionTokens(rest)
	after := func(i int) string { return strings.TrimLeftFunc(rest[ends[i]:], isMentionBlank) }
	numeric := 0
	for numeric < len(tokens) && isNumeric(tokens[numeric]) {
		numeric++
	}
	if i := m.person(tokens[:numeric]); i > 0 {
		m.rest = after(i)
	}
	for i, token := range tokens {
		if CheckPIN(token) == nil {
			if i == 0 {
				m.first, m.afterPIN = token, after(i)
			}
			if m.firstPIN == "" {
				m.firstPIN = token
			}
		}
		if ref, ok := ParseRef(token); ok {
			m.refs = append(m.refs, ref)
			if i == 0 {
				m.afterRefs = after(i)
			}
		}
	}
	return m
}

// mentionTokens are the tokens of a text, and the byte after each.
func mentionTokens(rest string) (tokens []string, ends []int) {
	for at := 0; at < len(rest); {
		from := at + len(rest[at:]) - len(strings.TrimLeftFunc(rest[at:], isMentionBlank))
		n := strings.IndexFunc(rest[from:], isMentionBlank)
		if n < 0 {
			n = len(rest) - from
		}
		if at = from + n; n > 0 {
			tokens, ends = append(tokens, rest[from:at]), append(ends, at)
		}
	}
	return tokens, ends
}

// isMentionBlank reports what stands between the tokens of a mention.
func isMentionBlank(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:", r) }

// person finds a number or code at the head of the tokens, which are numeric,
// followed by a PIN. It returns the PIN's index, 0 where there is none.
func (m *mention) person(tokens []string) int {
	for n := 1; n < len(tokens); n++ {
		written := strings.Join(tokens[:n], " ")
		if CheckPIN(tokens[n]) != nil {
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
		m.pin = tokens[n]
		return n
	}
	return 0
}

// possiblePhones are the numbers that a person may mean: ten digits are looked
// for in both countries, since it is a search and not a registration.
func possiblePhones(written string) []Phone {
	return SearchPhones(written)
}

func isNumeric(token string) bool {
	digits := 0
	for _, r := range token {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && digits == 0, strings.ContainsRune("-.()/", r):
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
