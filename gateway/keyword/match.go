package keyword

import (
	"strings"

	"aviso/gateway/digit"
)

// head is the command that a text begins with.
type head struct {
	entry *entry
	match Match
	end   int     // the byte of the text after the word
	args  []token // what follows
	sure  bool    // written so that it is no word of a sentence: "si, …", "sí …"
}

// leadingWord finds the command that a text begins with: the word as it stands
// or with a letter off, or one that lost the blank after it (CANCELAR4821), or
// one that was spaced out (S.O.S., AL ERTA).
func leadingWord(text string, tokens []token) (head, bool) {
	first, args := tokens[0], tokens[1:]
	h := head{end: first.end, args: args}
	if h.entry = plainly(vocabulary[:], first.word); h.entry != nil {
		h.match = h.entry.match
		return h.inContext(text, tokens)
	}
	if h, ok := runOn(text, first); ok {
		return h, true
	}
	if h, ok := inPhrase(tokens); ok {
		return h, true
	}
	if h.entry = nearly(vocabulary[:], first.word); h.entry != nil {
		h.match = Near
		return h, len(args) == 0 || !isOrdinary(first.word)
	}
	if first.word == "NUMERO" && len(args) > 0 {
		e, match, ok := lookUp(args[0].word)
		return head{entry: e, match: match, end: args[0].end, args: args[1:]}, ok && e.intent == Wrong
	}
	return spacedOut(tokens)
}

// inContext settles the words whose meaning hangs on what follows.
func (h head) inContext(text string, tokens []token) (head, bool) {
	first := tokens[0]
	switch {
	case h.entry.word == "CANCEL":
		h.entry, h.match = &cancelWithMore, cancelWithMore.match
	case h.entry.intent.isConsent():
		return head{}, false // it is not the whole message, see parseConsent
	case h.entry.word == "1":
		return h, !isPhoneNumber(tokens)
	case h.entry.intent == Yes:
		// Only "sí" is longer than the letters it folds to.
		h.sure = first.end-first.start > len(first.word) || isPause(text[first.end:])
	}
	return h, true
}

// isPhoneNumber reports whether a 1 is the trunk prefix of a North American
// number rather than an answer: "1 312-555-0101".
func isPhoneNumber(tokens []token) bool {
	digits := 0
	for _, t := range tokens {
		if !digit.All(t.word) {
			break
		}
		digits += len(t.word)
	}
	return digits >= 10
}

// isPause reports whether what follows a word sets it apart, as a comma does.
func isPause(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest != "" && strings.ContainsRune(",.;:!", rune(rest[0]))
}

// runOn reads a command written together with the digits after it. Words of
// fewer than three letters are too short for it.
func runOn(text string, first token) (head, bool) {
	n := strings.IndexAny(first.word, "0123456789")
	if n < len("ZIP") {
		return head{}, false
	}
	e := exactly(vocabulary[:], first.word[:n])
	switch {
	case e == nil:
		return head{}, false
	case e.word == "CANCEL":
		e = &cancelWithMore
	case e.intent.isConsent():
		return head{}, false
	}
	end := first.start
	for i, r := range text[first.start:first.end] {
		if folded := Normalise(string(r)); folded != "" && digit.All(folded) {
			end += i
			break
		}
	}
	return head{entry: e, match: e.match, end: end, args: scan(text[end:])}, true
}

// spacedOut reads a word with blanks in it at the head of a text: letters that
// stand apart, of several readings the longest; or an alert word or another of
// six letters and more in two pieces, as no two words of a sentence make.
func spacedOut(tokens []token) (head, bool) {
	const longest = len("APPOINTMENT")
	var letters [longest]byte
	n := 0
	for n < len(tokens) && n < longest && len(tokens[n].word) == 1 {
		letters[n] = tokens[n].word[0]
		n++
	}
	for ; n >= len("SOS"); n-- {
		if e := exactly(vocabulary[:], string(letters[:n])); e != nil && e.mayBeSpaced() {
			return head{entry: e, match: e.match, end: tokens[n-1].end, args: tokens[n:]}, true
		}
	}
	if len(tokens) < 2 || len(tokens[0].word)+len(tokens[1].word) > longest {
		return head{}, false
	}
	if e := exactly(vocabulary[:], tokens[0].word+tokens[1].word); e != nil && e.mayBeSpaced() && (e.intent == Raise || len(e.word) >= 6) {
		return head{entry: e, match: e.match, end: tokens[1].end, args: tokens[2:]}, true
	}
	return head{}, false
}

// mayBeSpaced reports whether blanks within the word are forgiven.
func (e *entry) mayBeSpaced() bool { return !e.strict && !e.intent.isConsent() }

// cry is a word that makes a longer text panic.
type cry struct {
	word  string
	match Match
}

// findCry finds the first alert word or cry for help in a text that does not
// begin with an alert word. A text that holds a denial has none.
func findCry(tokens []token) (cry, bool) {
	var found cry
	for i, t := range tokens {
		if denies(t.word) && (found.word == "" || !pleads(tokens[i:])) {
			return cry{}, false
		}
		if found.word == "" {
			found = cryOf(tokens[i:])
		}
	}
	return found, found.word != ""
}

func hasCry(tokens []token) bool {
	_, ok := findCry(tokens)
	return ok
}

// cryOf reads the first of the tokens as a cry, its word empty where it is none.
func cryOf(tokens []token) cry {
	word := tokens[0].word
	if word == "S" && len(tokens) > 2 && tokens[1].word == "O" && tokens[2].word == "S" {
		return cry{"SOS", Synonym}
	}
	if len(word) < len("SOS") {
		return cry{}
	}
	for _, entries := range [...][]entry{alertWords(), cries[:]} {
		if e := plainly(entries, word); e != nil {
			return cry{e.word, e.match}
		}
	}
	for _, entries := range [...][]entry{alertWords(), cries[:]} {
		if e := nearly(entries, word); e != nil && !isOrdinary(word) {
			return cry{e.word, Near}
		}
	}
	return cry{}
}
