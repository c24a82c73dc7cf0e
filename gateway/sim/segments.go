package sim

import (
	"strings"
	"unicode/utf16"
)

// Encodings of a text's segments.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// The GSM 03.38 default alphabet, and the characters of its extension table,
// which cost two septets.
const (
	gsm7Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑܧ¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Extended = "\f^{}\\[~]|€"
)

// Segments counts the parts in which a text travels and is charged, and names
// their encoding: 160 septets in one part or 153 in each of several; with any
// character outside GSM 03.38 70 UTF-16 units, or 67 in each. Neither an
// extended character nor a surrogate pair is split between two parts.
func Segments(text string) (count int, encoding string) {
	encoding, single, part := GSM7, 160, 153
	widths := make([]int, 0, len(text))
	for _, r := range text {
		width := septets(r)
		if width == 0 {
			encoding, single, part = UCS2, 70, 67
			break
		}
		widths = append(widths, width)
	}
	if encoding == UCS2 {
		widths = widths[:0]
		for _, r := range text {
			widths = append(widths, utf16.RuneLen(r))
		}
	}
	total := 0
	for _, width := range widths {
		total += width
	}
	if total <= single {
		return 1, encoding
	}
	room := 0
	for _, width := range widths {
		if width > room {
			count, room = count+1, part
		}
		room -= width
	}
	return count, encoding
}

// septets is what a character takes in GSM-7; 0: it does not exist there.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(gsm7Basic, r):
		return 1
	case strings.ContainsRune(gsm7Extended, r):
		return 2
	}
	return 0
}
