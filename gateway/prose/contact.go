package prose

import (
	"slices"
	"strings"
	"sync"
)

// Called is what somebody is called in the words beside a telephone number:
// "mi mama es la maria" calls her Maria. Where the words say only what they are
// to whoever writes, it is that ("Mi Apa"), and kin is true. It is "" where
// they call nobody anything, and where it is not sure what is a name.
func Called(beside string) (name string, kin bool) {
	list := withoutDigits(wordsOfNames(beside))
	best, weight := run{}, contactLeast-1
	for _, r := range runs(list) {
		r.trimmed(list)
		if w := contactWeight(list, &r); w > weight {
			best, weight = r, w
		}
	}
	if weight >= contactLeast {
		return best.titled(list), false
	}
	name = relation(list)
	return name, name != ""
}

const (
	// contactLeast is the weight of a run that is surely what a contact is called.
	contactLeast = 3
	// contactWords is more words than a contact is called by.
	contactWords = 5
)

// contactWeight says how surely a run is what a contact is called.
func contactWeight(list []nameWord, r *run) (weight int) {
	sure, weak, count := r.sureWords(list)
	if !r.told(list) || count >= contactWords {
		return 0
	}
	weight = min(sure, 2) + min(weak, 1)
	if sure > 0 {
		weight += 4
	}
	if unknown := count - sure - weak; sure == 0 {
		if list[r.from].capital {
			weight++
		}
		if r.from == 0 && r.to == len(list) {
			weight++
		}
		if r.to < len(list) && (mine[list[r.to].norm] || list[r.to].kind == kinWord) || r.to+2 < len(list) && list[r.to].norm == "ES" && list[r.to+2].kind == kinWord {
			weight += 2 // "Paz mi hermana"
		}
		if unknown > 1 && !list[r.from].capital {
			weight -= unknown - 1
		}
		if slices.ContainsFunc(list[r.from:r.to], func(w nameWord) bool { return w.kind == unknownWord && !w.capital && verbal(w.norm) }) {
			return 0
		}
	}
	if r.apartWithArticle(list) {
		weight += 2
	}
	if list[r.to-1].owner {
		weight += 2
	}
	b, at := r.before(list)
	switch {
	case at < 0:
	case callsBy[b.norm]:
		weight += 5
	case denies[b.norm] || b.norm == "DE" && at > 1 && denies[list[at-1].norm+list[at-2].norm], at > 1 && list[at-1].norm == "ES" && denies[list[at-2].norm]:
		weight -= 9
	case placed[b.norm]:
		weight -= 9
	case b.kind == kinWord, r.from > 0 && list[r.from-1].kind == courtesy:
		weight += 3
	case b.kind == roleWord, bringsIn[b.norm]:
		weight += 2
	case b.norm == "DE" && at > 0 && ofWhom[list[at-1].norm]:
		weight += 2
	case b.kind == particleWord:
		weight -= 2
	}
	return weight
}

// apartWithArticle reports whether a run is all of its part of a sentence, with an
// article in front at most: "mi cuñada, la Peque".
func (r *run) apartWithArticle(list []nameWord) bool {
	whole := *r
	if r.from > 0 && list[r.from].gap == blankGap && list[r.from-1].kind == articleWord {
		whole.from--
	}
	return whole.apart(list)
}

// ofWhom are words in front of an OF whose contact follows: "el de Yamileth".
var ofWhom = setOf("EL NUMERO NUM CEL CELULAR TEL TELEFONO WHATSAPP WASAP ESTE ESE")

// verbal reports whether a word ends as verbs and adverbs do, and no name.
func verbal(norm string) bool {
	for _, end := range []string{"ANDO", "ENDO", "ARON", "ERON", "MENTE", "ABA", "ABAN", "CION", "IDAD", "ARLE", "ERLE", "ARME", "ING", "IDO"} {
		if len(norm) > len(end)+1 && strings.HasSuffix(norm, end) {
			return true
		}
	}
	return false
}

// titled is a contact's name with how people address them: Don Chema, Tia Chela;
// but not "mi tia Chela".
func (r *run) titled(list []nameWord) string {
	with := *r
	for i := r.from - 1; i >= 0 && list[i+1].gap == blankGap; i-- {
		w := list[i]
		if i > 0 && theirs[list[i-1].norm] {
			break
		}
		if w.kind != courtesy && w.kind != roleWord && !(kinAddressed[w.norm] && w.kind == kinWord) || w.norm == "TRABAJO" || w.norm == "WORK" {
			break
		}
		with.from = i
	}
	return with.written(list)
}

// relation is what somebody is to whoever writes.
func relation(list []nameWord) string {
	role := ""
	for i, w := range list {
		own := i > 0 && mine[list[i-1].norm]
		switch {
		case w.kind == kinWord && !ofMany[w.norm]:
			said := strings.ToLower(w.text)
			if own {
				said = strings.ToLower(list[i-1].text) + " " + said
			}
			if i+3 < len(list) && list[i+1].norm == "Y" && mine[list[i+2].norm] && list[i+3].kind == kinWord {
				said += " y " + strings.ToLower(list[i+2].text+" "+list[i+3].text)
			}
			return capitals(said)
		case (w.kind == roleWord || roles[w.norm]) && role == "":
			role = strings.ToLower(w.text)
			if own {
				role = strings.ToLower(list[i-1].text) + " " + role
			}
		}
	}
	return capitals(role)
}

// ofMany are words for people that say of nobody who they are.
var ofMany = setOf("TODOS GENTE MAN EX MUCHACHOS CUADRILLA PAISANO PAISANOS VECINOS HERMANOS HIJOS PRIMOS PARENTS NINOS")

// Finished reports whether a text says that there are no more contacts: LISTO,
// "es todo", "ya", "no tengo mas".
func (t *Text) Finished() bool { return first(finished(), t) != nil }

// LeftWith reports whether a text says that it is to be left with the contacts that
// there are: "dejelo con mi mama", and not "dejelo asi".
func (t *Text) LeftWith() bool {
	r := first(finished(), t)
	return r != nil && r.name == "left-with"
}

var finished = sync.OnceValue(func() []rule { return ruleset("finished") })
