package keyword

// entry is one word of the vocabulary.
type entry struct {
	word   string
	intent Intent
	match  Match // Exact or Synonym
	strict bool  // letter by letter: a typo is forgiven neither from it nor onto it
}

// vocabulary is every word that makes a text a command. Between words that are
// equally near the earlier one wins, so the alert words stand first.
//
// ERASE, DELETE, REMOVE and ARRIVED are as strict as the words that they
// translate. CANCEL, a carrier's opt-out, is stop when alone; with words after
// it, it is cancel (cancelWithMore). YES is understood but never advertised:
// carriers take it for START.
var vocabulary = [...]entry{
	{word: "ALERTA", intent: Raise, match: Exact},
	{word: "ALERT", intent: Raise, match: Synonym},
	{word: "SOS", intent: Raise, match: Synonym},
	{word: "AUXILIO", intent: Raise, match: Synonym},
	{word: "EMERGENCIA", intent: Raise, match: Synonym},
	{word: "EMERGENCY", intent: Raise, match: Synonym},
	{word: "MIGRA", intent: Raise, match: Synonym},
	{word: "REDADA", intent: Raise, match: Synonym},
	{word: "1", intent: Raise, match: Synonym},

	{word: "CANCELAR", intent: Cancel, match: Exact},
	{word: "BIEN", intent: Cancel, match: Exact},
	{word: "SAFE", intent: Cancel, match: Synonym},
	{word: "EXIT", intent: Cancel, match: Synonym}, // for CANCEL, which carriers take

	{word: "ESTADO", intent: Status, match: Exact},
	{word: "STATUS", intent: Status, match: Synonym},

	{word: "CITA", intent: CheckIn, match: Exact},
	{word: "APPOINTMENT", intent: CheckIn, match: Synonym},
	{word: "CHECKIN", intent: CheckIn, match: Synonym},
	{word: "LLEGUE", intent: Arrived, match: Exact, strict: true},
	{word: "ARRIVED", intent: Arrived, match: Synonym, strict: true},
	{word: "MAS", intent: More, match: Exact},
	{word: "MORE", intent: More, match: Synonym},

	{word: "AYUDA", intent: Help, match: Exact},
	{word: "HELP", intent: Help, match: Exact},
	{word: "INFO", intent: Help, match: Exact},

	{word: "DERECHOS", intent: Rights, match: Exact},
	{word: "RIGHTS", intent: Rights, match: Synonym},
	{word: "CONSULADO", intent: Consulate, match: Exact},
	{word: "CONSULATE", intent: Consulate, match: Synonym},
	{word: "ABOGADO", intent: Legal, match: Exact},
	{word: "LAWYER", intent: Legal, match: Synonym},
	{word: "ATTORNEY", intent: Legal, match: Synonym},
	{word: "LEGAL", intent: Legal, match: Synonym},
	{word: "ALBERGUE", intent: Shelter, match: Exact},
	{word: "SHELTER", intent: Shelter, match: Synonym},

	{word: "REGISTRO", intent: Register, match: Exact},
	{word: "ALTA", intent: Register, match: Exact},
	{word: "REGISTER", intent: Register, match: Synonym},

	{word: "DATOS", intent: Data, match: Exact},
	{word: "DATA", intent: Data, match: Synonym},
	{word: "NOMBRE", intent: Name, match: Exact, strict: true}, // HOMBRE is another word
	{word: "NAME", intent: Name, match: Synonym, strict: true},
	{word: "NONBRE", intent: Name, match: Synonym, strict: true}, // as people write it, and as near to HOMBRE
	{word: "NOMVRE", intent: Name, match: Synonym, strict: true},
	{word: "NOMBER", intent: Name, match: Synonym, strict: true},
	{word: "ZIP", intent: ZIP, match: Exact},
	{word: "AGREGAR", intent: Add, match: Exact},
	{word: "ADD", intent: Add, match: Synonym},
	{word: "QUITAR", intent: Remove, match: Exact, strict: true},
	{word: "REMOVE", intent: Remove, match: Synonym, strict: true},

	{word: "PRUEBA", intent: Drill, match: Exact},
	{word: "DRILL", intent: Drill, match: Synonym},
	{word: "TEST", intent: Drill, match: Synonym},

	{word: "BORRAR", intent: Erase, match: Exact, strict: true},
	{word: "ERASE", intent: Erase, match: Synonym, strict: true},
	{word: "DELETE", intent: Erase, match: Synonym, strict: true},

	{word: "INGLES", intent: Language, match: Exact},
	{word: "ENGLISH", intent: Language, match: Exact},
	{word: "ESPANOL", intent: Language, match: Exact},
	{word: "SPANISH", intent: Language, match: Exact},
	{word: "CASTELLANO", intent: Language, match: Synonym},

	{word: "ALTO", intent: Stop, match: Exact, strict: true},
	{word: "BAJA", intent: Stop, match: Exact, strict: true},
	{word: "PARAR", intent: Stop, match: Exact, strict: true},
	{word: "SALIR", intent: Stop, match: Exact, strict: true},
	{word: "STOP", intent: Stop, match: Exact, strict: true},
	{word: "STOPALL", intent: Stop, match: Exact, strict: true},
	{word: "UNSUBSCRIBE", intent: Stop, match: Exact, strict: true},
	{word: "CANCEL", intent: Stop, match: Exact, strict: true},
	{word: "END", intent: Stop, match: Exact, strict: true},
	{word: "QUIT", intent: Stop, match: Exact, strict: true},
	{word: "REVOKE", intent: Stop, match: Exact, strict: true},
	{word: "OPTOUT", intent: Stop, match: Exact, strict: true},
	{word: "START", intent: Start, match: Exact},
	{word: "UNSTOP", intent: Start, match: Exact},

	{word: "SI", intent: Yes, match: Exact},
	{word: "YES", intent: Yes, match: Synonym},
	{word: "NO", intent: No, match: Exact},
	{word: "RECIBIDO", intent: Acknowledge, match: Exact},
	{word: "RECIBI", intent: Acknowledge, match: Synonym},
	{word: "RECEIVED", intent: Acknowledge, match: Synonym},
	{word: "EQUIVOCADO", intent: Wrong, match: Exact},
	{word: "WRONG", intent: Wrong, match: Synonym},
	{word: "LOCALIZADO", intent: Located, match: Exact},
	{word: "LOCATED", intent: Located, match: Synonym},
	{word: "CERRAR", intent: Close, match: Exact},
	{word: "CLOSE", intent: Close, match: Synonym},
}

// alertWords are the words that raise, which stand first in the vocabulary.
func alertWords() []entry {
	n := 0
	for vocabulary[n].intent == Raise {
		n++
	}
	return vocabulary[:n]
}

// cancelWithMore is CANCEL with anything after it, which no carrier takes for
// an opt-out.
var cancelWithMore = entry{word: "CANCEL", intent: Cancel, match: Synonym}

// cries are the words that, beside the alert words, make a longer text panic.
// AYUDA and HELP alone ask what this is, as the carriers have it; the others
// are a cry even alone.
var cries = [...]entry{
	{word: "AYUDA", intent: Panic, match: Exact},
	{word: "AYUDENME", intent: Panic, match: Exact},
	{word: "AYUDAME", intent: Panic, match: Synonym, strict: true},
	{word: "AYUDEN", intent: Panic, match: Synonym, strict: true},
	{word: "AYUDENOS", intent: Panic, match: Synonym, strict: true},
	{word: "AYUDANOS", intent: Panic, match: Synonym, strict: true},
	{word: "HELP", intent: Panic, match: Synonym, strict: true},
}

// denies reports whether a word takes the alarm out of a longer text.
func denies(word string) bool {
	switch word {
	case "NO", "FALSA", "ERROR", "CANCELADA",
		"NOT", "FALSE", "MISTAKE", "CANCELLED", "CANCELED":
		return true
	}
	return false
}

// Builtin is the vocabulary as [Lint] takes it: each intent's words, in upper
// case. CANCEL stands under stop alone, where it is a word of its own.
func Builtin() map[Intent][]string {
	words := make(map[Intent][]string)
	for _, e := range vocabulary {
		words[e.intent] = append(words[e.intent], e.word)
	}
	words[move.intent] = []string{move.word}
	return words
}
