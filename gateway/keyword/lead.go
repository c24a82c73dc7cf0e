package keyword

import (
	"strings"

	"aviso/gateway/digit"
)

// behindLead reads a command that stands behind what only leads up to it: the
// counter of a text in parts ("(1/2) ALERTA"), the mark of a forwarded one, a
// greeting, a PIN or a number ("4821 BIEN", "312-555-0101 4821 ALERTA"). A
// greeting leads up to an alert word only: "hola, bien y usted?" calls nothing
// off.
func behindLead(text string, tokens []token) (Parsed, bool) {
	tokens = unglued(text, tokens)
	n, numbers, greeted := lead(text, tokens)
	if n == 0 || n == len(tokens) {
		return Parsed{}, false
	}
	h, ok := leadingWord(text, tokens[n:])
	if !ok || h.entry.word == "1" {
		return Parsed{}, false
	}
	p := Parsed{Intent: h.entry.intent, Match: h.match, Word: h.entry.word, Rest: restAfter(text, tokens[n].start, h.end), Whole: true}
	if len(numbers) > 0 {
		start := numbers[0].start
		start -= len(text[:start]) - len(strings.TrimRight(text[:start], "+#("))
		p.Lead = clean(text[start:numbers[len(numbers)-1].end])
	}
	switch p.Intent {
	case Raise:
		return p, !anyOf(tokens, denies)
	case Cancel, Status, Arrived, Data, Erase, Move:
		return p, len(numbers) > 0 && !greeted && wellFormed(p.Intent, h.args, p.Rest)
	}
	return Parsed{}, false
}

// lead counts the tokens that lead up to a command, and returns those of them
// that may be a PIN or belong to a number. greeted says that there were others
// than numbers.
func lead(text string, tokens []token) (n int, numbers []token, greeted bool) {
	for n < len(tokens) {
		word := tokens[n].word
		switch counted := counter(text, tokens[n:]); {
		case counted > 0:
			n += counted
			continue
		case digit.All(word):
			numbers = append(numbers, tokens[n])
		case isForwarded(word), isGreeting(word):
			greeted = true
		default:
			return n, wholeNumbers(numbers), greeted
		}
		n++
	}
	return n, wholeNumbers(numbers), greeted
}

// wholeNumbers leaves out digits that only count: "1 ALERTA".
func wholeNumbers(tokens []token) []token {
	digits := 0
	for _, t := range tokens {
		digits += len(t.word)
	}
	if digits < 4 {
		return nil
	}
	return tokens
}

// counter reports how many tokens count a text in parts: "1/2", "[2/3]", "1 de
// 2". A date or a fraction of a street goes no further than it.
func counter(text string, tokens []token) int {
	short := func(i int) bool { return i < len(tokens) && digit.All(tokens[i].word) && len(tokens[i].word) <= 2 }
	switch {
	case short(0) && short(1) && tokens[0].end <= tokens[1].start && // ½ is one character, and two tokens
		strings.TrimSpace(text[tokens[0].end:tokens[1].start]) == "/" && !short(2):
		return 2
	case short(0) && short(2) && (tokens[1].word == "DE" || tokens[1].word == "OF"):
		return 3
	}
	return 0
}

// unglued cuts the first word of a text where it is a number that lost the blank
// behind it: 4821ALERTA.
func unglued(text string, tokens []token) []token {
	word := tokens[0].word
	n := len(word) - len(strings.TrimLeft(word, "0123456789"))
	if n < len("4821") || n == len(word) {
		return tokens
	}
	cut := scanned(text[tokens[0].start:tokens[0].end], true)
	for i := range cut {
		cut[i].start += tokens[0].start
		cut[i].end += tokens[0].start
	}
	return append(cut, tokens[1:]...)
}

func isForwarded(word string) bool {
	switch word {
	case "FWD", "FW", "RV", "RE", "REENV", "REENVIO", "REENVIADO", "FORWARDED":
		return true
	}
	return false
}

// isGreeting reports how people begin. Thanks and excuses are none, which rather
// begin "gracias, alerta recibida" and "perdon, alerta equivocada".
func isGreeting(word string) bool {
	switch word {
	case "HOLA", "OLA", "OIGA", "OIGAN", "BUENO", "BUENOS", "BUENAS", "BUEN", "DIA", "DIAS", "TARDE", "TARDES", "NOCHE", "NOCHES", "URGENTE",
		"POR", "FAVOR", "PORFAVOR", "SENOR", "SENORA", "SENORITA", "HI", "HELLO", "HEY", "URGENT", "PLEASE":
		return true
	}
	return false
}
