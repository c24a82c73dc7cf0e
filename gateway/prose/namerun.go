package prose

import (
	"slices"
	"strings"
)

// run is words that may be a name, and what speaks for it.
type run struct {
	from, to int // words
	weight   int
}

// nameable reports whether a word may be of a name.
func (w *nameWord) nameable() bool { return w.kind <= weakName }

// sure reports whether a word is a name whatever stands around it.
func (w *nameWord) sure() bool { return givenName <= w.kind && w.kind <= bothName }

// strays reports whether a word that nobody knows, in small letters, stands beside a
// name in capital ones: "Marcos Tzunux speaking".
func (w *nameWord) strays(other *nameWord) bool {
	return w.kind == unknownWord && !w.upper && other.upper && len(other.norm) > 1
}

// runs are the words that may be names: letters without a comma between, with the
// particles within.
func runs(list []nameWord) (found []run) {
	for i := 0; i < len(list); {
		if !list[i].nameable() {
			i++
			continue
		}
		r := run{from: i, to: i + 1}
		for r.to < len(list) && !list[r.to-1].owner {
			j := r.to
			for j < len(list) && list[j].gap == blankGap && (list[j].kind == particleWord || list[j].kind == articleWord && j > r.to) {
				j++
			}
			if j >= len(list) || list[j].gap != blankGap || !list[j].nameable() || list[j].strays(&list[r.to-1]) || list[r.to-1].strays(&list[j]) {
				break
			}
			if j > r.to && list[j].kind == unknownWord && !list[j].capital {
				break // "Berta de Tlapa"
			}
			r.to = j + 1
		}
		found = append(found, r)
		i = r.to
	}
	return found
}

// trimmed leaves out the words in front of a first name that are no names: "plomero
// Beto".
func (r *run) trimmed(list []nameWord) {
	for i := r.from; i < r.to; i++ {
		if k := list[i].kind; k == givenName || k == bothName {
			if i > r.from && !slices.ContainsFunc(list[r.from:i], func(w nameWord) bool { return w.kind != unknownWord || w.capital }) {
				r.from = i
			}
			return
		}
	}
}

// copulas stand between what calls somebody and the name.
var copulas = setOf("ES IS SERIA SERA ERA COMPLETO COMPLETE REAL VERDADERO MIO")

// written is a run as it is kept.
func (r *run) written(list []nameWord) string {
	var b strings.Builder
	for i := r.from; i < r.to; i++ {
		if i > r.from {
			b.WriteByte(' ')
		}
		w := list[i]
		if runes := []rune(w.text); !w.upper && (w.kind == courtesy || w.kind == roleWord || w.kind == kinWord) && list[r.to-1].upper {
			w.text = strings.ToUpper(string(runes[0])) + string(runes[1:])
		}
		switch {
		case w.norm == "D" && i > r.from:
			b.WriteString("de")
		case len(w.norm) == 1, w.norm == "MA", w.kind == courtesy && len(w.norm) <= 4 && w.norm != "DON" && w.norm != "DONA":
			b.WriteString(w.text + ".")
		default:
			b.WriteString(w.text)
		}
	}
	return capitals(b.String())
}

// told reports whether a run sounds like words at all: "asdfgj" does not.
func (r *run) told(list []nameWord) bool {
	for _, w := range list[r.from:r.to] {
		if w.kind == unknownWord && len(w.norm) > 3 && (!strings.ContainsAny(w.norm, "AEIOUY") || consonants(w.norm) >= 5) {
			return false
		}
	}
	return true
}

func consonants(norm string) (most int) {
	n := 0
	for _, r := range norm {
		if n++; strings.ContainsRune("AEIOUY", r) {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// sureWords counts the words of a run that are names.
func (r *run) sureWords(list []nameWord) (sure, weak, count int) {
	for _, w := range list[r.from:r.to] {
		switch {
		case w.sure():
			sure++
		case w.kind == weakName:
			weak++
		}
		if w.nameable() {
			count++
		}
	}
	return sure, weak, count
}

// before is the word in front of a run, behind articles and courtesies; "" where a
// sentence begins.
func (r *run) before(list []nameWord) (w nameWord, at int) {
	for i := r.from - 1; i >= 0; i-- {
		if list[i+1].gap >= commaGap && !(list[i+1].gap == pointsGap) {
			return nameWord{}, -1
		}
		if k := list[i].kind; k == articleWord || k == courtesy {
			continue
		}
		for j := i; j >= max(0, i-2) && copulas[list[i].norm] && list[j+1].gap != stopGap; j-- { // "mi nombre completo es"
			if callsBy[list[j].norm] {
				return list[j], j
			}
		}
		return list[i], i
	}
	return nameWord{}, -1
}
