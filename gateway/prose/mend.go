package prose

import (
	"strings"
	"sync"

	"aviso/gateway/keyword"
)

var mends = sync.OnceValue(func() []rule { return ruleset("mend") })

// Mends is what a text in the middle of a registration puts right of what was said
// before: "name", "zip", "pin", "contact", "drop" where a contact is to be taken off
// again, "said" where it is whatever was said last; "" where it is nothing.
func (t *Text) Mends() string {
	r := first(mends(), t)
	if r == nil || r.label == "none" {
		return ""
	}
	return r.label
}

// Righted is a text without the words in front that only say that something is put
// right: "perdon, es Maria", "me equivoque, mi nombre es Maria".
func Righted(text string) string {
	words := keyword.Words(text)
	at := 0
	for at < len(words) && rights[words[at].Text] {
		at++
	}
	if at == len(words) {
		return ""
	}
	return strings.TrimSpace(text[words[at].Start:])
}

var rights = setOf(`NO AY UY AH HAY PERDON PERDONE PERDONEN DISCULPE DISCULPA DISCULPEN SORRY UPS OOPS ME EQUIVOQUE EKIVOQUE CONFUNDI DIGO CORRECCION CORRIJO ERROR MI MY EL LA
	NOMBRE NAME NUMERO NUMBER ZIP CODIGO POSTAL ESTA ESTABA ESTAN MAL EQUIVOCADO WRONG ESCRIBI PUSE ES ERA SERIA IS ITS IT S WAS MAS BIEN MEJOR DICHO ACTUALLY QUISE QUERIA DECIR PONER EN
	SOY LLAMO BUENO QUE OYE OIGA NOMAS YA ASI LO CORRECTO FUE CORRIJA CORRIJAN CAMBIE CAMBIEN CAMBIA COMPLETO Y SE ESCRIBE IM I AM MEANT MEAN MADE MISTAKE CORREGIR CAMBIAR QUIERO POR FAVOR A`)

// Naming is whom a text names that holds no number: "es mi hermana Lupe", "se
// llama Nayeli". sure is false where only the place in which it stands can tell
// that it is a name.
func Naming(text string) (name string, sure bool) {
	t := Read(text)
	if t.asks() || len(t.words) > namingWords || strings.ContainsAny(text, "0123456789?") {
		return "", false
	}
	name, kin := Called(text)
	if name == "" || !isName(name) && !kin {
		return "", false
	}
	for _, w := range keyword.Tokens(name) {
		if nameLists()["never"][w] && !kin {
			return "", false
		}
	}
	l := words()
	for i := range t.words {
		if calls[t.words[i].norm] || l.sounds[t.words[i].sound]&l.class("kin") != 0 {
			return name, true
		}
	}
	if !Given(name) && len(t.words) > len(strings.Fields(name))+2 { // "ya mero le digo"
		return "", false
	}
	return name, Given(name)
}

// namingWords is more words than a text has that says who somebody is.
const namingWords = 8

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
