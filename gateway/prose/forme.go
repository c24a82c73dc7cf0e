package prose

import "sync"

var forMeRules = sync.OnceValue(func() []rule { return ruleset("forme") })

// ForMe reports whether a contact says that it is they themselves who need help,
// and not the person whose contact they are: "es para mi", "soy yo la detenida",
// "it is me". plain is whether it says so in so many words, and does not only
// tell what happens to them, which may be somebody else's words handed on.
func (t *Text) ForMe() (says, plain bool) {
	r := first(forMeRules(), t)
	if r == nil || r.label != "me" || t.asks() {
		return false, false
	}
	return true, r.name == "for-me" || r.name == "soy-yo"
}
