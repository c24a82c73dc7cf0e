package templates

import "strings"

// GSM7 reports whether a text can be sent in GSM-7: every other one is sent in
// UCS-2.
func GSM7(text string) bool {
	for _, r := range text {
		if !strings.ContainsRune(gsmBasic, r) && !strings.ContainsRune(gsmExtension, r) {
			return false
		}
	}
	return true
}
