package keyword

import "testing"

func TestReadReply(t *testing.T) {
	for want, texts := range map[Reply][]string{
		ClearYes: {
			"SI", "Sí.", "siii", "zi", "claro que sí", "Claro", "si, avisen", "si por favor, avisele a mi consulado", "por supuesto", "pues si",
			"acepto", "si quiero", "quiero que le avisen", "avisenle por favor", "yes please", "Yeah, of course", "ok si", "si si si",
		},
		ClearNo: {
			"NO", "noo", "No gracias", "nop", "nel", "no quiero", "claro que no", "no, no avisen", "no acepto", "quiero que no le avisen", "no thanks",
			"I don't want", "dont tell them", "nunca",
		},
		Unclear: {
			"", "que es eso", "no se", "si y no", "si me agarran", "si, pero no al consulado", "si quiero que no le avisen", "si?", "¿si", "tal vez", "quizas",
			"ok", "esta bien", "1", "listo", "👍", "si pido asilo", "si soy de Honduras", "no hay problema", "como no", "pues por que no", "por qué no?", "nomas a mi familia", "no me importa",
			"si a mi familia", "luego les digo",
		},
	} {
		for _, text := range texts {
			if got := ReadReply(text); got != want {
				t.Errorf("ReadReply(%q) = %d, want %d", text, got, want)
			}
		}
	}
}
