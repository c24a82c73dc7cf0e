package keyword

import (
	"slices"
	"strings"
)

// Reply is what a text says to a question that is answered by yes or no.
type Reply int

// What is neither a clear yes nor a clear no is Unclear, a question back
// included: what hangs on a consent is asked again.
const (
	Unclear Reply = iota
	ClearYes
	ClearNo
)

// ReadReply reads a text as an answer by yes or no. A yes is clear where the
// text says yes and beside it nothing but what any yes may hold: "claro que si",
// "si, avisen", "sii". So is a no. "Si me agarran", "si y no" and "si?" are
// unclear, and so is OK, which may belong to what was said before the question.
func ReadReply(text string) Reply {
	if strings.ContainsAny(text, "?¿") {
		return Unclear
	}
	var yes, no, assent bool
	tokens := scan(text)
	for i, t := range tokens {
		if t.word == "QUE" && i > 0 && tokens[i-1].word == "POR" {
			return Unclear // "por que no"
		}
		switch word := undoubled(t.word); {
		case slices.Contains(yesWords, word):
			yes = true
		case slices.Contains(noWords, word):
			no = true
		case slices.Contains(assentWords, t.word):
			assent = true
		case !isCourtesy(t.word) && !slices.Contains(beside, t.word):
			return Unclear
		}
	}
	switch {
	case no && !yes:
		return ClearNo // "no acepto", "claro que no"
	case !no && (yes || assent):
		return ClearYes
	}
	return Unclear
}

// Words are compared without their double letters.
var (
	yesWords = []string{"SI", "ZI", "CI", "SIP", "SIMON", "AFIRMATIVO", "YES", "YEAH", "YEP", "YUP"}
	noWords  = []string{"NO", "NOP", "NOPE", "NEL", "NONES", "NUNCA", "JAMAS", "NEGATIVO", "TAMPOCO", "NOT", "DON", "DONT", "NEVER"}
)

// assentWords are a yes by themselves, unless a no stands beside them.
var assentWords = []string{
	"CLARO", "ACEPTO", "AUTORIZO", "QUIERO", "DESEO", "SUPUESTO", "ACUERDO", "GUSTO",
	"AVISEN", "AVISE", "AVISELE", "AVISELES", "AVISENLE", "AVISENLES", "DIGANLE", "DIGANLES", "BORREN", "BORRE",
	"SURE", "COURSE", "ACCEPT", "AGREE",
}

// beside is what changes no answer.
var beside = []string{
	"QUE", "A", "AL", "EL", "LA", "LE", "LES", "LO", "ME", "MI", "SU", "DE", "CON", "ES", "ESO", "YA", "TAMBIEN", "PUES", "OK", "ESTA", "BIEN",
	"PUEDE", "PUEDEN", "AVISAR", "AVISARLE", "AVISARLES", "BORRAR", "TODO", "CONSULADO", "MEXICO", "SIR",
	"I", "DO", "T", "WANT", "OF", "TELL", "THEM", "IT", "MY", "THE", "CONSULATE",
}

// undoubled is a word without its repeated letters: NOOO is NO.
func undoubled(word string) string {
	return string(slices.Compact([]rune(word)))
}
