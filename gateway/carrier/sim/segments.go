package sim

import "aviso/gateway/gsm"

// Encodings of a text's segments.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// Segments counts the parts in which a text travels and is charged, and names
// their encoding.
func Segments(text string) (count int, encoding string) {
	count, gsm7 := gsm.Segments(text)
	if gsm7 {
		return count, GSM7
	}
	return count, UCS2
}
