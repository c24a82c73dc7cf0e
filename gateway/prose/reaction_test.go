package prose

import "testing"

// Phones send a heart or a thumb in words of their own to phones that know none;
// people use the same verbs of their lives.
func TestReaction(t *testing.T) {
	for text, want := range map[string]bool{
		"Exclamó por “RED X: ALERTA cancelada. Avisamos a Rosa.”":             true,
		"Se enfatizó “RED X: ALERTA recibida 14:30.”":                         true,
		"Se quitó un corazón de “RED X: todo en orden”":                       true,
		"Se eliminó un \"No me gusta\" de «RED X: su mensaje»":                true,
		"Le dio “Me encanta” a “RED X: Juan P. envio ALERTA”":                 true,
		"María reaccionó con 👍 a tu mensaje: \"RED X: Juan P. envio ALERTA\"": true,
		"[❤] RED X: Juan P. envio ALERTA #482137":                             true,
		"Rosa reacted 🥰 to: \"RED X: Beto acepto\"":                           true,
		"Liked “RED X: Juan P. envio ALERTA”":                                 true,
		"se quito la migra de la casa":                                        false,
		"me gusto la fiesta":                                                  false,
		"le dio a mi hermano un golpe":                                        false,
		"Maria reacciono con miedo a la migra":                                false,
		"quito la troca de la calle y se fue":                                 false,
	} {
		if got := Reaction(text); got != want {
			t.Errorf("Reaction(%q) = %t, want %t", text, got, want)
		}
	}
}
