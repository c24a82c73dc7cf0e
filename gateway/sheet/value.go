package sheet

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"aviso/gateway/digit"
)

// Visible leaves out of a value what nobody sees: byte order marks wherever they
// stand, soft hyphens, signs of no width or of the direction of writing. Every
// kind of blank becomes a plain one.
func Visible(s string) string {
	if simple(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164':
			return -1
		case unicode.Is(unicode.Z, r), r == '\u0085', r == '\u2800':
			return ' '
		}
		return r
	}, s)
}

func simple(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Text is a value that people read, a name or a message: visible, and without
// blanks around it.
func Text(s string) string { return strings.TrimSpace(Visible(s)) }

// wrapping is what stands around a value so that a spreadsheet takes it for text.
const wrapping = "'\"`´‘’‚‛“”„‟= "

// asFloat is a whole number that a program kept as a fraction: 60608.0.
var asFloat = regexp.MustCompile(`^(\+?\d+)[.,]00?$`)

// Plain is a value that is a number, a name of ours or a choice: in plain
// characters, without the quotes, apostrophes or ="" around it that keep a
// spreadsheet from reading a number.
func Plain(s string) string {
	if bare(s) {
		return s
	}
	if !simple(s) {
		s = strings.Map(plainRune, width.Narrow.String(Visible(s)))
	}
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), wrapping))
	if strings.ContainsAny(s, ".,") { // expressions are slow, and millions of values have none
		if whole := asFloat.FindStringSubmatch(s); whole != nil {
			return whole[1]
		}
	}
	return s
}

// bare reports whether a value is nothing but ASCII's letters and digits, a plus
// in front and dashes, as millions are.
func bare(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !(digit.Is(s[i]) || 'a' <= c && c <= 'z' || s[i] == '-' || s[i] == '+') {
			return false
		}
	}
	return true
}

// plainRune makes any script's digit and any dash that of ASCII.
func plainRune(r rune) rune {
	if unicode.Is(unicode.Pd, r) || r == '−' {
		return '-'
	}
	return digit.ASCII(r)
}

var shortened = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?[eE][+-]?\d+$`)

// Shortened reports whether a value is a number that a spreadsheet rounded for
// its display, 3.31235E+11: its last digits are gone.
func Shortened(s string) bool { return strings.ContainsAny(s, "eE") && shortened.MatchString(s) }

// ShortenedReason is why such a value is refused.
const ShortenedReason = "a spreadsheet shortened this number (to a form like 1.2E+11), and its last digits are gone: make the column text there, enter the number again, and save the file again"
