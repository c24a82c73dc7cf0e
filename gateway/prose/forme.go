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

// ForOther reports whether ALERTA is followed by whom it is for, and that is
// somebody else: "alerta por mi hermano", or a word that named knows: "alerta
// Juan". Words are given as they are written.
func (t *Text) ForOther(named func(word string) bool) bool {
	if r := first(forMeRules(), t); r != nil {
		return r.label == "other"
	}
	l := words()
	for i := range t.words {
		w := &t.words[i]
		if w.classes&l.class("alert") != 0 || l.lists["towards"][w.sound] {
			continue
		}
		return i > 0 && named(w.norm)
	}
	return false
}
