package templates

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aviso/gateway/gsm"
)

// Segments counts the parts that a text is sent and billed in.
func Segments(text string) int {
	n, _ := gsm.Segments(text)
	return n
}

// GSM7 reports whether a text can be sent in GSM-7: every other one is sent in
// UCS-2.
func GSM7(text string) bool { return gsm.Has(text) }

// Plain writes a text so that it needs no more than GSM-7 wherever that loses
// no letter: accents that GSM-7 lacks are dropped, typographic marks become
// their plain kin, emoji and control characters go. Letters of other scripts
// stay: a long text beats an empty one.
func Plain(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range strings.ToValidUTF8(text, "") {
		if plain, ok := kin[r]; ok {
			b.WriteString(plain)
			continue
		}
		if gsm.Septets(r) > 0 {
			b.WriteRune(r)
			continue
		}
		base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
		switch {
		case r < ' ', r >= 0x7F && r < 0xA0, pictograph(r):
		case gsm.Septets(base) == 1:
			b.WriteRune(base)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlain(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' && c != '\n' || c >= utf8.RuneSelf || c == '`' {
			return false
		}
	}
	return true
}

// kin are plain forms that no decomposition yields.
var kin = map[rune]string{
	'‘': "'", '’': "'", '‚': "'", '´': "'", '`': "'", '“': "\"", '”': "\"", '„': "\"", '«': "\"", '»': "\"",
	'–': "-", '—': "-", '−': "-", '‐': "-", '‑': "-", '…': "...", '•': "-", '·': ".",
	'\u00a0': " ", '\u2009': " ", '\u200a': " ", '\u202f': " ", '\t': " ",
	'º': "o", 'ª': "a", '°': "o", 'ł': "l", 'Ł': "L", 'đ': "d", 'ı': "i",
}

// pictograph reports runes that carry no letter: emoji, their joiners and
// variation selectors, and marks of writing direction.
func pictograph(r rune) bool {
	switch {
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
	case r >= 0x2190 && r <= 0x2BFF, r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF, r == 0xFFFD:
	case r >= 0x1F000 && r <= 0x1FAFF, r >= 0xE0000 && r <= 0xE01EF:
	case r >= 0xE000 && r <= 0xF8FF:
	default:
		return false
	}
	return true
}
