package prose_test

import (
	"testing"

	"aviso/gateway/prose"
)

func TestPrivate(t *testing.T) {
	for text, want := range map[string]bool{
		"no le digan a mi esposo": true, "por favor no le avisen nada a mi mama que esta mala del corazon": true,
		"que no se entere mi papa": true, "no quiero que mi hermano sepa nada": true, "quiero quitar a mi hermana de la lista": true,
		"saquen a mi ex de los contactos": true, "dont tell my husband": true, "please don't let my mom know": true, "take my sister off the list": true,
		"ya no quiero a mi cuñado de contacto": true, "no le vayan a decir a mi esposa": true, "a mi mama no le digan": true, "sin decirle a mi marido": true,
		"I don't want my brother to find out": true, "borra a mi vecina de mis contactos": true,
		"no le digan a la migra donde vivo": false, "me llevan a broadview": false, "me quieren quitar a mi hijo": false, "diganle a mi mama que la quiero": false,
		"no llevo papeles": false, "avisen a mi esposa": false, "mi hermano no contesta": false, "no se donde esta mi hijo": false, "que no se preocupe mi mama": false,
		"no he visto a mi hermana": false, "nos quitaron los telefonos": false, "diganle que no firme": false, "no me dejan llamar a mi esposa": false,
		"se llevaron a mi hermano no a mi": false, "no dejen solo a mi hijo": false, "no le den dinero a nadie diganle a mi mama": false,
	} {
		words := prose.Read(text)
		if got, rule := words.Private(); got != want {
			t.Errorf("%q: %t (%s)", text, got, rule)
		}
	}
}
