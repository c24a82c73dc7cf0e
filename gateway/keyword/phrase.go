package keyword

import (
	"slices"
	"strings"

	"aviso/gateway/digit"
)

// Commands of several words: NUEVO NUMERO, and INGLES with what people put in
// front of it.

var move = entry{word: "NUEVO NUMERO", intent: Move, match: Exact}

// inPhrase reads a command of several words at the head of a text.
func inPhrase(tokens []token) (head, bool) {
	if len(tokens) > 1 && slices.Contains(tongueOpeners, tokens[0].word) {
		e, match, ok := lookUp(tokens[1].word)
		return head{entry: e, match: match, end: tokens[1].end, args: tokens[2:]}, ok && e.intent == Language
	}
	n := 0
	for n < len(tokens) && (slices.Contains(moveOpeners, tokens[n].word) || isGreeting(tokens[n].word)) {
		n++
	}
	used, near := moveAt(tokens[n:])
	if used == 0 {
		return head{}, false
	}
	h := head{entry: &move, match: Synonym, end: tokens[n+used-1].end, args: tokens[n+used:]}
	switch {
	case near:
		h.match = Near
	case n == 0 && tokens[0].word == "NUEVO" && tokens[1].word == "NUMERO":
		h.match = Exact
	}
	return h, true
}

var (
	tongueOpeners = []string{"EN", "IN", "IDIOMA", "LENGUA", "LANGUAGE"}
	moveOpeners   = []string{"ME", "QUIERO", "NECESITO", "VOY", "AHORA", "SE", "LE", "LES", "AVISO", "ACABO", "DE", "JUST", "WANT", "NEED", "TO", "MI", "ESTE", "ES", "TENGO", "YA", "UN", "EL", "MY", "THIS", "IS", "I", "HAVE", "GOT", "A", "THE"}
	moveVerbs     = []string{"CAMBIO", "CAMBIE", "CAMBIAR", "CAMBIANDO", "CHANGE", "CHANGED", "CHANGING"}
	newWords      = []string{"NUEVO", "NEW"}
	phoneWords    = []string{"NUMERO", "NUMBER", "TELEFONO", "CELULAR", "CEL", "PHONE", "NUM", "TEL"}
	togetherWords = []string{"NUEVONUMERO", "NEWNUMBER"}
)

// moveAt counts the words at the head of the tokens that say that somebody has
// another number now, and reports whether a letter of them is off; 0: they do
// not say it.
func moveAt(tokens []token) (used int, near bool) {
	is := func(i int, wanted []string) bool {
		if i >= len(tokens) {
			return false
		}
		word := tokens[i].word
		if slices.Contains(wanted, word) {
			return true
		}
		off := slices.ContainsFunc(wanted, func(w string) bool { return len(w) >= nearLetters && isNear(word, w) })
		near = near || off
		return off
	}
	switch {
	case is(0, newWords) && is(1, phoneWords), is(0, phoneWords) && is(1, newWords):
		return 2, near
	case is(0, togetherWords):
		return 1, near
	case is(0, moveVerbs):
		i := 1
		for i < len(tokens) && slices.Contains([]string{"DE", "MI", "EL", "MY", "THE"}, tokens[i].word) {
			i++
		}
		if is(i, phoneWords) {
			return i + 1, near
		}
	}
	return 0, false
}

// isNumberOrLabel reports what stands behind NUEVO NUMERO: numbers, and the words
// that say what they are.
func isNumberOrLabel(word string) bool {
	switch word {
	case "CODIGO", "PIN", "NIP", "CLAVE", "NUMERO", "TELEFONO", "VIEJO", "ANTERIOR", "ANTES", "ERA", "ES", "EL", "MI", "Y", "DE",
		"CODE", "NUMBER", "PHONE", "OLD", "WAS", "IS", "MY", "THE", "AND":
		return true
	}
	return digit.All(word) || isCourtesy(word)
}

// moveWords is how many other words may stand behind NUEVO NUMERO, beside numbers:
// "soy Juan Perez".
const moveWords = 3

// Tongue is the language that a word of [Language] names: "en" or "es".
func Tongue(word string) string {
	switch word {
	case "INGLES", "ENGLISH":
		return "en"
	}
	return "es"
}

// Disowns reports whether a text says that its writer did not do something: NO
// FUI YO, "yo no cambie nada", "it was not me". A question says nothing.
func Disowns(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return false
	}
	said := " " + strings.Join(Tokens(text), " ") + " "
	return slices.ContainsFunc(disowning, func(words string) bool { return strings.Contains(said, " "+words+" ") })
}

var disowning = []string{
	"NO FUI", "NO FUY", "NO FUIYO", "NOFUI", "NOFUI YO", "NOFUIYO", "NO JUI", "NO FUE YO", "NO FUE MIO", "NO SOY YO", "NO ERA YO",
	"NO CAMBIE", "NO LO CAMBIE", "NO LA CAMBIE", "NO HE CAMBIADO", "NO PEDI", "NO LO PEDI", "NO HICE", "NO LO HICE", "YO NO HE SIDO",
	"NO AUTORICE", "NO LO AUTORICE", "NO RECONOZCO", "NUNCA CAMBIE", "NUNCA PEDI",
	"NOT ME", "NOTME", "NOT I", "WASNT ME", "WASN T ME", "DIDNT", "DIDN T", "DID NOT",
}

// tongues are sentences that choose a language, whole messages only.
var tongues = map[string]string{
	"HABLO INGLES": "INGLES", "YO HABLO INGLES": "INGLES", "SOLO HABLO INGLES": "INGLES", "SOLO INGLES": "INGLES",
	"SPEAK ENGLISH": "ENGLISH", "I SPEAK ENGLISH": "ENGLISH", "I ONLY SPEAK ENGLISH": "ENGLISH", "ENGLISH ONLY": "ENGLISH", "ONLY ENGLISH": "ENGLISH",
	"NO SPANISH": "ENGLISH", "I DONT SPEAK SPANISH": "ENGLISH", "I DON T SPEAK SPANISH": "ENGLISH", "I DO NOT SPEAK SPANISH": "ENGLISH",
	"HABLO ESPANOL": "ESPANOL", "YO HABLO ESPANOL": "ESPANOL", "SOLO HABLO ESPANOL": "ESPANOL", "SOLO ESPANOL": "ESPANOL", "SPEAK SPANISH": "SPANISH", "I SPEAK SPANISH": "SPANISH",
	"NO HABLO INGLES": "ESPANOL", "YO NO HABLO INGLES": "ESPANOL", "NO ENTIENDO INGLES": "ESPANOL", "NO ENTIENDO EL INGLES": "ESPANOL", "NO SE INGLES": "ESPANOL", "NO ENGLISH": "ESPANOL",
}

// parseTongue reads a whole message that chooses a language by a sentence.
func parseTongue(tokens []token) (Parsed, bool) {
	for len(tokens) > 0 && isCourtesy(tokens[len(tokens)-1].word) {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) < 2 || len(tokens) > 5 {
		return Parsed{}, false
	}
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	word, ok := tongues[strings.Join(words, " ")]
	return Parsed{Intent: Language, Match: Synonym, Word: word, Whole: true}, ok
}
