package digit

import "testing"

func TestDigits(t *testing.T) {
	for s, want := range map[string]bool{"": false, "0": true, "4821": true, "48 21": false, "٤٨": false, "½": false, "48a": false} {
		if All(s) != want {
			t.Errorf("All(%q) = %v", s, !want)
		}
	}
	if got := Only("+1 (312) 555-0101, ext. ٥"); got != "13125550101" {
		t.Errorf("Only: %q", got)
	}
	// A script's digits in the basic plane and beyond it, where five styles stand side by side.
	for r, want := range map[rune]rune{'٤': '4', '９': '9', '०': '0', '𝟎': '0', '𝟗': '9', '𝟘': '0', '𝟿': '9', '½': '½', '²': '²', 'x': 'x', '7': '7'} {
		if got := ASCII(r); got != want {
			t.Errorf("ASCII(%q) = %q, want %q", r, got, want)
		}
	}
}
