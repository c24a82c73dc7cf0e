package templates

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The alphabet of 3GPP TS 23.038: one septet a character, two for those of
// the extension table. It holds é ñ ü ¿ ¡ but not á í ó ú: one of these makes
// a text of 160 characters one of 70.
const (
	gsmBasic     = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// Segments counts the parts that a text is sent and billed in: 160 septets in
// one or 153 in each of several; with a character outside GSM-7 70 and 67
// UTF-16 units. An empty text is one segment.
func Segments(text string) int {
	septets, gsm := 0, true
	units := 0
	for _, r := range text {
		units++
		if r > 0xFFFF {
			units++
		}
		switch {
		case r < utf8.RuneSelf && r >= ' ' && !strings.ContainsRune("[\\]^`{|}~", r):
			septets++
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtension, r):
			septets += 2
		default:
			gsm = false
		}
	}
	if gsm {
		return parts(septets, 160, 153)
	}
	return parts(units, 70, 67)
}

func parts(length, single, several int) int {
	if length <= single {
		return 1
	}
	return (length + several - 1) / several
}

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
		if strings.ContainsRune(gsmBasic, r) || strings.ContainsRune(gsmExtension, r) {
			b.WriteRune(r)
			continue
		}
		base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
		switch {
		case r < ' ', r >= 0x7F && r < 0xA0, pictograph(r):
		case strings.ContainsRune(gsmBasic, base):
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
