package keyword

import (
	"slices"
	"testing"
)

// The words of the vocabulary that forgive a letter, each with every slip of
// one letter that is forgiven.
func TestEverySlipIsForgiven(t *testing.T) {
	for _, e := range vocabulary {
		if len(e.word) < nearLetters || e.strict {
			continue
		}
		for _, slip := range slips(e.word) {
			got, match, ok := lookUp(slip)
			switch {
			case !ok:
				t.Errorf("%s is not taken for %s", slip, e.word)
			case match != Near:
				// The slip is a word of its own, as CERRAR of no other.
				if got.word != slip && !resembles(slip, got.word) {
					t.Errorf("%s is %s of %s", slip, match, got.word)
				}
			case got.intent != e.intent && !isNear(slip, got.word):
				t.Errorf("%s is taken for %s", slip, got.word)
			}
		}
	}
}

// A strict word is matched letter by letter: no slip of it is taken for it,
// and none of a stop word for an alert or a cry.
func TestStrictWordsAreNeverForgiven(t *testing.T) {
	for _, e := range vocabulary {
		if !e.strict {
			continue
		}
		for _, slip := range append(slips(e.word), additions(e.word)...) {
			if p := Parse(slip); p.Intent == e.intent && !spelt(slip) {
				t.Errorf("%s, a slip of %s, is %s", slip, e.word, p.Intent)
			}
			if p := Parse(slip); e.intent == Stop && (p.Intent == Raise || p.Intent == Panic) {
				t.Errorf("%s, a slip of the stop word %s, is %s by %s", slip, e.word, p.Intent, p.Word)
			}
		}
	}
}

// No slip of an alert word is a stop word: one letter never turns a cry into
// an opt-out.
func TestNoSlipOfAnAlertIsStop(t *testing.T) {
	for _, e := range append(slices.Clone(alertWords()), cries[:]...) {
		for _, slip := range append(slips(e.word), additions(e.word)...) {
			if p := Parse(slip); p.Intent == Stop {
				t.Errorf("%s, a slip of %s, is stop", slip, e.word)
			}
		}
	}
}

// A letter added elsewhere than beside its double makes another word.
func TestAddedLettersAreNotForgiven(t *testing.T) {
	for _, e := range vocabulary {
		for _, added := range additions(e.word) {
			got, match, ok := lookUp(added)
			if ok && match == Near && got.word == e.word {
				t.Errorf("%s is taken for %s", added, e.word)
			}
		}
	}
}

// What isOrdinary holds is one letter off some word; otherwise it would have no
// business there.
func TestOrdinaryWordsAreNear(t *testing.T) {
	for _, word := range []string{
		"MIRA", "MIGA", "MAGRA", "MITRA", "MICRA", "MIGRO", "MIGRE", "ALETA", "ALERO", "AVERT",
		"RODADA", "REZADA", "RETADA", "REJADA", "VEDADA", "AYUDO", "AYUNA", "AGUDA", "RECIBIO", "AHOGADO",
	} {
		if _, match, ok := lookUp(word); !ok || match != Near {
			t.Errorf("%s is near no word", word)
		}
		for _, text := range []string{word + " luego te digo", "oye " + word + " luego te digo"} {
			if p := Parse(text); p.Intent != Unknown {
				t.Errorf("%q is %s by %s", text, p.Intent, p.Word)
			}
		}
	}
}

func TestVocabulary(t *testing.T) {
	for i, e := range vocabulary {
		if n := slices.IndexFunc(vocabulary[:], func(o entry) bool { return o.word == e.word }); n != i {
			t.Errorf("%s stands twice", e.word)
		}
		if Normalise(e.word) != e.word {
			t.Errorf("%s is not normalised", e.word)
		}
		if e.intent == Raise && i >= len(alertWords()) {
			t.Errorf("the alert word %s does not stand among the first", e.word)
		}
		if e.intent == Stop && !e.strict {
			t.Errorf("the stop word %s is not strict", e.word)
		}
		for _, alert := range alertWords() {
			if e.intent != Raise && len(alert.word) >= nearLetters && isNear(e.word, alert.word) {
				t.Errorf("%s (%s) is one letter off %s", e.word, e.intent, alert.word)
			}
		}
	}
}

func spelt(word string) bool { return exactly(vocabulary[:], word) != nil }

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// slips are all words with one letter of a word wrong, missing, doubled or
// swapped with its neighbour.
func slips(word string) []string {
	var all []string
	for i := range len(word) {
		all = append(all, word[:i]+word[i+1:], word[:i+1]+word[i:])
		for _, c := range letters {
			all = append(all, word[:i]+string(c)+word[i+1:])
		}
		if i > 0 {
			all = append(all, word[:i-1]+word[i:i+1]+word[i-1:i]+word[i+1:])
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(s string) bool { return s == word })
}

// additions are all words with one letter more that is not a double.
func additions(word string) []string {
	doubled := slips(word)
	var all []string
	for i := range len(word) + 1 {
		for _, c := range letters {
			if added := word[:i] + string(c) + word[i:]; !slices.Contains(doubled, added) {
				all = append(all, added)
			}
		}
	}
	return all
}
