package keyword

// nearLetters is the length from which a word of the vocabulary is long enough
// for a letter to be forgiven.
const nearLetters = 5

// lookUp finds the word of the vocabulary that a normalised word is or was
// meant to be.
func lookUp(word string) (*entry, Match, bool) {
	if e := plainly(vocabulary[:], word); e != nil {
		return e, e.match, true
	}
	if e := nearly(vocabulary[:], word); e != nil {
		return e, Near, true
	}
	return nil, "", false
}

// plainly finds a word that is spelt right, digits that look like letters
// counting as these.
func plainly(entries []entry, word string) *entry {
	if e := exactly(entries, word); e != nil {
		return e
	}
	for i := range entries {
		if e := &entries[i]; !e.strict && resembles(word, e.word) {
			return e
		}
	}
	return nil
}

func exactly(entries []entry, word string) *entry {
	for i := range entries {
		if entries[i].word == word {
			return &entries[i]
		}
	}
	return nil
}

// nearly finds a word with one letter off, or one of an alert or of help with
// a letter held down (ALERTAAAA). Never a strict word: those are neither
// forgiven nor the reason to forgive another.
func nearly(entries []entry, word string) *entry {
	for i := range entries {
		if e := &entries[i]; !e.strict && len(e.word) >= nearLetters && isNear(word, e.word) {
			return e
		}
	}
	for i := range entries {
		switch e := &entries[i]; e.intent {
		case Raise, Help, Panic:
			if isHeldDown(word, e.word) {
				return e
			}
		}
	}
	return nil
}

// isNear reports whether a word is the wanted one with one letter wrong,
// missing, doubled or swapped with its neighbour. Another added letter is
// another word: Alberta is a name.
func isNear(word, wanted string) bool {
	n := 0 // the letters that both begin with
	for n < len(word) && n < len(wanted) && word[n] == wanted[n] {
		n++
	}
	a, b := word[n:], wanted[n:]
	switch len(word) - len(wanted) {
	case -1:
		return a == b[1:]
	case 0:
		if n == len(word) {
			return false
		}
		swapped := len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
		return swapped || a[1:] == b[1:]
	case 1:
		// The double runs into the common letters, so that the first
		// difference stands right after it.
		return n > 0 && a[0] == word[n-1] && a[1:] == b
	}
	return false
}

// isHeldDown reports whether a word is the wanted one with letters repeated
// three times and more, as no Spanish or English word has them.
func isHeldDown(word, wanted string) bool {
	if len(wanted) < len("SOS") || len(word) < len(wanted)+2 {
		return false
	}
	i := 0
	for j := range len(wanted) {
		run := 0
		for i < len(word) && word[i] == wanted[j] {
			i++
			run++
		}
		if run == 0 || run == 2 {
			return false
		}
	}
	return i == len(word)
}

// resembles reports whether a word that holds digits is, letter by letter, the
// look of the wanted one: 4LERTA, S0S. It needs as many letters as digits, so
// that no number becomes a word.
func resembles(word, wanted string) bool {
	if len(word) != len(wanted) || len(word) < len("SOS") {
		return false
	}
	digits := 0
	for i := range len(word) {
		if word[i] == wanted[i] {
			continue
		}
		if !looksLike(word[i], wanted[i]) {
			return false
		}
		digits++
	}
	return digits > 0 && 2*digits <= len(word)
}

func looksLike(digit, letter byte) bool {
	switch digit {
	case '0':
		return letter == 'O'
	case '1':
		return letter == 'I' || letter == 'L'
	case '3':
		return letter == 'E'
	case '4':
		return letter == 'A'
	case '5':
		return letter == 'S'
	case '6':
		return letter == 'G'
	case '7':
		return letter == 'T'
	case '8':
		return letter == 'B'
	}
	return false
}

// isOrdinary reports words of everyday Spanish and English that are one letter
// off a word of the vocabulary (found by comparing it with the word lists of
// spelling checkers). Within a longer text they are what they are, "mira, ya
// sali" being no MIGRA; alone they are taken for the typo that they may be.
func isOrdinary(word string) bool {
	switch word {
	case "MIRA", "MIGA", "MAGRA", "MITRA", "MICRA", "MIGRO", "MIGRE", // MIGRA
		"ALETA", "ALERO", "AVERT", // ALERTA, ALERT
		"RODADA", "REZADA", "RETADA", "REJADA", "VEDADA", // REDADA
		"AYUDO", "AYUNA", "AGUDA", // AYUDA
		"CINCELAR", "ESTADA", "STATES", "STATUE", "STATS",
		"RIGHT", "NIGHTS", "LIGHTS", "FIGHTS", "SIGHTS", "TIGHTS", "EIGHTS",
		"CONSUMADO", "AHOGADO", "ABONADO", "LAYER", "SAWYER", "LEAL", "LEGAR", "LETAL", "REGAL",
		"RESISTER", "REGISTRY", "REGISTRA", "REGISTRE",
		"DATO", "GATOS", "PATOS", "RATOS", "DADOS", "DATES",
		"ATREGAR", "GRILL", "SMELTER", "SWELTER",
		"RECIBIO", "RECEIVE", "RECEIVES", "RECEIVER", "DECEIVED", // RECIBIDO, RECEIVED
		"LOCATE", "LOCATES", "CERCAR", "ERRAR", "HERRAR", "SERRAR",
		"CLASE", "LOSE", "CHOSE", "CLONE":
		return true
	}
	return false
}
