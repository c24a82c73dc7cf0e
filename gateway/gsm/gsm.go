// Package gsm knows the alphabet in which texts travel, and counts what they are
// charged for. One character that is not in the alphabet makes all of a text take
// twice the room and more, so every text of ours is held to it.
package gsm

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The default alphabet of 3GPP TS 23.038 in its order, ESC left out, and the
// extension table, whose characters cost two septets: 137 characters. It holds
// é ñ ü ¿ ¡ but not á í ó ú: one of these makes a text of 160 characters one of 70.
const (
	basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	extension = "\f^{}\\[~]|€"
)

// Septets is what a character takes in GSM-7: 1, or 2 from the extension table;
// 0: it is not in the alphabet.
func Septets(r rune) int {
	switch {
	case r < utf8.RuneSelf && r >= ' ' && r != 0x7F && !strings.ContainsRune("[\\]^`{|}~", r):
		return 1 // as nearly all are
	case strings.ContainsRune(basic, r):
		return 1
	case strings.ContainsRune(extension, r):
		return 2
	}
	return 0
}

// Has reports whether a text can be sent in GSM-7: every other one is sent in
// UCS-2.
func Has(text string) bool {
	for _, r := range text {
		if Septets(r) == 0 {
			return false
		}
	}
	return true
}

// Segments counts the parts in which a text travels and is charged, and says
// whether it does so in GSM-7: 160 septets in one part or 153 in each of several;
// with any character outside the alphabet 70 UTF-16 units, or 67 in each. Neither
// an extended character nor a surrogate pair is split between two parts. An empty
// text is one segment.
func Segments(text string) (count int, gsm7 bool) {
	if Has(text) {
		return parts(text, Septets, 160, 153), true
	}
	return parts(text, utf16.RuneLen, 70, 67), false
}

func parts(text string, width func(rune) int, single, part int) int {
	total, count, room := 0, 0, 0
	for _, r := range text {
		w := width(r)
		total += w
		if w > room {
			count, room = count+1, part
		}
		room -= w
	}
	if total <= single {
		return 1
	}
	return count
}
