package gateway

import "testing"

// What relatives read of a name: the first name and the first surname's initial,
// also where two first names stand before one surname.
func TestShortName(t *testing.T) {
	for name, want := range map[string]string{
		"Ofelia": "Ofelia", "Ofelia Uc": "Ofelia U.", "Ofelia Uc Noh": "Ofelia U.", "Luis Alberto Uc Noh": "Luis U.", "Luis Alberto Uc": "Luis U.", "jose angel uc": "jose U.",
		"Luis Martin Uc": "Luis M.", "Rosa Maria de la Cruz": "Rosa C.", "Luis de la Cruz Uc": "Luis C.", "Ma. Elena Uc": "Ma. Elena U.", "Maria del Carmen Uc": "Maria del Carmen U.",
		"Ana Laura": "Ana L.",
	} {
		if got := ShortName(name); got != want {
			t.Errorf("ShortName(%q) = %q, want %q", name, got, want)
		}
	}
}
