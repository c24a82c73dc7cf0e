package prose

import "testing"

// What only a clear yes may set going, a shrug does not.
func TestConsent(t *testing.T) {
	for want, texts := range map[Answer][]string{
		Yes: {
			"SI", "Sí.", "siii", "zi", "claro que sí", "Claro", "si, avisen", "si por favor, avisele a mi consulado", "por supuesto", "pues si",
			"acepto", "si quiero", "quiero que le avisen", "avisenle por favor", "yes please", "Yeah, of course", "ok si", "si si si", "consulado si",
			"esta bien, si", "como no", "sí señor, con gusto", "si esta bn", "si borren todo", "yes delete it",
		},
		No: {
			"NO", "noo", "No gracias", "nop", "nel", "no quiero", "claro que no", "no, no avisen", "no acepto", "quiero que no le avisen", "no thanks",
			"I don't want", "dont tell them", "nunca", "nomas a mi familia", "mejor no", "no señor, al consulado no", "consulado no",
		},
		Neither: {
			"", "que es eso", "no se", "si y no", "si me agarran", "si, pero no al consulado", "si?", "¿si", "tal vez", "quizas",
			"listo", "ok", "Okey", "👍", "1", "uno", "si pido asilo", "si soy de Honduras", "pues por que no", "por qué no?", "no me importa", "si no cuesta nada", "si mi esposo dice", "si, pero manana", "si llega mi hermana", "si manana", "cuando salga si", "si vienen por mi", "no tengo problema",
			"luego les digo", "no digo que no", "lo que usted diga", "si o no", "sabe", "puede que si", "me agarraron ahorita", "no hay bronca con eso o si?",
			"Recordatorio: su cita es manana. Responda SI para confirmar", "Liked “Avisamos al consulado? SI o NO”", "Tu codigo es 118204. No lo compartas",
		},
	} {
		for _, text := range texts {
			read := Read(text)
			if got, rule := read.Consent(); got != want {
				t.Errorf("Consent(%q) = %d by %q, want %d", text, got, rule, want)
			}
		}
	}
}
