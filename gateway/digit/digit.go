// Package digit tells digits from other characters. A phone or a PIN may be written
// in the digits of any script; ASCII's ten are what is kept and compared.
package digit

import (
	"strings"
	"unicode"
)

// Is reports whether a character is one of ASCII's ten digits.
func Is[T rune | byte](c T) bool { return '0' <= c && c <= '9' }

// All reports whether s is made of them alone; an empty one is not.
func All(s string) bool {
	for i := range len(s) {
		if !Is(s[i]) {
			return false
		}
	}
	return s != ""
}

// Only is s without anything else.
func Only(s string) string {
	return strings.Map(func(r rune) rune {
		if Is(r) {
			return r
		}
		return -1
	}, s)
}

// ASCII is the digit that a decimal digit of any script stands for, and every
// other character itself. Unicode lays out each script's digits as one ascending
// run of ten, so that every range of category Nd starts at a zero.
func ASCII(r rune) rune {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return r
	}
	for _, x := range unicode.Nd.R16 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	for _, x := range unicode.Nd.R32 {
		if rune(x.Lo) <= r && r <= rune(x.Hi) {
			return '0' + (r-rune(x.Lo))%10
		}
	}
	return r
}
