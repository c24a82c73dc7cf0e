package prose

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

var (
	// callsBy are words behind which a name stands; bringsIn are words behind which
	// one may.
	callsBy  = setOf("LLAMA LLAMO LLAMAN YAMA YAMO YAMAN LLMO LAMO NOMBRE NOMBRES NONBRE NOMVRE NOMBE NOMRE MINOMBRE MELLAMO MYNAMEIS NAME NAMES NAMED CALLED LLAMARSE LLAMADO LLAMADA")
	bringsIn = setOf("ES COMO A AL IS ITS IT PONGA PONGAN PONGALE PON PONLE ANOTE ANOTEN ANOTA ANOTAME ANOTEME APUNTE APUNTEME REGISTREME ADD TO CALL TELL USTED ESCRIBE HABLA SALUDA CONTESTA CONTESTAN VA SERIA YO SOLO NOMAS JUST")
	// isWho are words behind which people say who they are.
	isWho       = setOf("SOY SOI IM AM")
	nicknames   = setOf("DICEN CONOCEN CONOCIDO CONOCIDA APODO AKA ALIAS CALLS DIGAN NICKNAME")
	addressedBy = setOf("ME LE NOS SE")
	denies      = setOf("NO NOT NI")
	// places are words behind which somebody is or comes from.
	placed  = setOf("EN IN DESDE FROM AT NEAR")
	surname = setOf("PATERNO MATERNO APELLIDO APEYIDO APELLIDOS APEYIDOS APEIDO APEIDOS SURNAME LASTNAME")
	mine    = setOf("MI MY MIS")
	theirs  = setOf("MI MY MIS SU SUS HIS HER THEIR NUESTRA NUESTRO OUR")
)

// doubtful reports whether what was read as a name holds a word that no name does,
// or the same name twice.
func doubtful(name string) bool {
	list := wordsOfNames(name)
	seen := map[string]bool{}
	for i, w := range list {
		switch {
		case w.kind == usedWord, w.kind == kinWord, w.kind == roleWord, w.kind == courtesy, w.kind == digits, w.owner:
			return true
		case w.kind == placeWord && (i == len(list)-1 || i == 0 || list[i-1].kind == particleWord):
			return true
		case w.kind == givenName && seen[w.norm], w.kind == articleWord && i == len(list)-1:
			return true
		case i > 0 && (w.strays(&list[i-1]) || list[i-1].strays(&list[i])), w.kind == unknownWord && !w.upper && verbal(w.norm):
			return true
		}
		seen[w.norm] = true
	}
	whole := run{0, len(list), 0}
	return !whole.told(list)
}

// Introduced reports whether a text gives the name of whoever writes beyond doubt,
// whatever else it says: "que cuesta? soy Ana Luna", "Ana Luna y ahora que sigue".
func Introduced(text string) bool {
	name, beyond := said(Unsigned(text))
	return beyond && name != ""
}

// said is the name in a sentence, and whether it is beyond doubt.
func said(text string) (name string, beyond bool) {
	if linked().MatchString(text) {
		return "", false
	}
	list := withoutDigits(wordsOfNames(text))
	found := runs(list)
	for i := range found {
		found[i].trimmed(list)
	}
	if name := bySurname(list, found); name != "" {
		return name, true
	}
	if at := correctedAt(list, found); at > 0 {
		if found = found[at:]; !isGiven(list[found[0].from].norm) {
			return "", false // of which part is taken back, a person judges
		}
	}
	found = unitedByComma(list, found)
	best := -1
	for i := range found {
		r := &found[i]
		if r.weight = ownWeight(list, r); r.weight < ownLeast || r.weight == ownLeast && r.to-r.from == 1 {
			continue
		}
		switch {
		case best < 0, r.holds(list, &found[best]): // the latter of two that are alike
			best = i
		case found[best].holds(list, r):
		case r.weight > found[best].weight+1:
			best = i
		case r.weight >= found[best].weight-1:
			return "", false // two people
		}
	}
	if best < 0 {
		return "", false
	}
	r := &found[best]
	sure, _, count := r.sureWords(list)
	b, at := r.before(list)
	opened := at >= 0 && (callsBy[b.norm] || isWho[b.norm] || b.norm == "IS" && at > 0 && list[at-1].norm == "IT")
	ends := sure > 1 && r.to == len(list) && b.norm != "ES" && b.norm != "IS" && !strings.HasSuffix(strings.TrimSpace(text), "?")
	return r.written(list), sure > 0 && (opened || count > 1 && (ends || r.from == 0 || list[r.from].gap == pointsGap))
}

// linked finds links, addresses and handles, which hold names and are none.
var linked = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)@|://|\bwww\.|\.(com|net|org|mx|us|io)\b`) })

// correctedAt is the run in front of which the ones before are taken back: "Ana
// Luna, perdon, Ana Lima"; 0 where none is.
func correctedAt(list []nameWord, found []run) int {
	for i := len(found) - 1; i > 0; i-- {
		if slices.ContainsFunc(list[found[i-1].to:found[i].from], func(w nameWord) bool { return takesBack[w.norm] }) {
			return i
		}
	}
	return 0
}

// corrected reports whether a text takes a name back and gives another.
func corrected(text string) bool {
	list := wordsOfNames(text)
	return correctedAt(list, runs(list)) > 0
}

// takesBack are words by which people correct themselves.
var takesBack = setOf("PERDON PERDONE DIGO CORRIJO CORRECCION SORRY MEAN MEANT EQUIVOQUE OOPS")

// ownLeast is the weight of a run that is surely the name of whoever writes.
const ownLeast = 4

// ownWeight says how surely a run is the name of whoever writes.
func ownWeight(list []nameWord, r *run) (weight int) {
	sure, weak, count := r.sureWords(list)
	if !r.told(list) || count > nameWordsMost {
		return 0
	}
	weight = min(sure, 3) + min(weak, 1)
	if sure > 0 {
		weight++
	}
	if count > 1 && sure+weak > 0 {
		weight += 2
	}
	if unknown := count - sure - weak; unknown > 2 && sure == 0 {
		weight -= 2
	}
	if r.from == 0 && r.to == len(list) {
		weight++
	}
	if r.apart(list) {
		weight++
	}
	if list[r.from].cited {
		weight -= 3
	}
	if list[r.from].gap == pointsGap {
		weight += 4
	}
	b, at := r.before(list)
	switch {
	case at < 0:
	case callsBy[b.norm]:
		weight += 5
	case isWho[b.norm]:
		weight += 4
	case denies[b.norm], nicknames[b.norm], placed[b.norm], at > 0 && nicknames[list[at-1].norm] && b.norm == "COMO", b.norm == "DICE" && at > 0 && addressedBy[list[at-1].norm]:
		weight -= 9
	case b.norm == "DE" && at > 0 && list[at-1].norm == "PARTE", bringsIn[b.norm]:
		weight += 2
	case b.kind == particleWord, b.kind == kinWord:
		weight -= 9
	}
	return weight
}

// nameWordsMost is how many names somebody bears at most.
const nameWordsMost = 6

// apart reports whether nothing else stands in a run's part of the sentence but
// what calls somebody.
func (r *run) apart(list []nameWord) bool {
	return list[r.from].gap >= commaGap && (r.to == len(list) || list[r.to].gap >= commaGap)
}

// holds reports whether a run has all words of another.
func (r *run) holds(list []nameWord, other *run) bool {
	for _, w := range list[other.from:other.to] {
		if !slices.ContainsFunc(list[r.from:r.to], func(o nameWord) bool { return o.norm == w.norm }) {
			return false
		}
	}
	return true
}

// unitedByComma joins names that only a comma parts: "1 Zenaida, 2 Lopez, 3 Garcia".
// Family names in front of the comma go behind.
func unitedByComma(list []nameWord, found []run) (united []run) {
	only := func(r run, kinds ...nameKind) bool {
		return !slices.ContainsFunc(list[r.from:r.to], func(w nameWord) bool {
			return !slices.Contains(kinds, w.kind) && w.kind != particleWord && w.kind != articleWord
		})
	}
	grown := false // the last one
	for _, r := range found {
		if k := len(united) - 1; k >= 0 && united[k].to == r.from && list[r.from].gap == commaGap && (grown || only(united[k], givenName, bothName)) && list[united[k].from].kind == givenName && only(r, familyName, bothName, weakName) {
			united[k].to, grown = r.to, true
			continue
		}
		grown = false
		united = append(united, r)
	}
	return united
}

// bySurname is the name of somebody who says which part of it is the family name:
// "Guillermina, con apellido de soltera Escamilla", "apellido Luna, nombre Ana",
// "Ana, de papa Luna y de mama Rios"; "" where nobody does.
func bySurname(list []nameWord, found []run) string {
	var families []run
	last := 0 // behind the last word that says so
	for i, r := range found {
		from := max(0, r.from-surnameReach)
		if i > 0 {
			from = max(from, found[i-1].to)
		}
		says := func(w nameWord) bool {
			return surname[w.norm] || len(families) > 0 && (w.kind == kinWord || w.norm == "Y")
		}
		if !slices.ContainsFunc(list[from:r.from], says) || list[r.from].kind == givenName || !r.told(list) || len(families) == familyMost || len(families) > 0 && r.from-last > surnameReach {
			continue
		}
		for r.from > 0 && list[r.from].gap == blankGap && (list[r.from-1].kind == articleWord || list[r.from-1].kind == particleWord && list[r.from].kind == familyName && list[r.from].norm == "O") {
			r.from-- // De la O
		}
		families, last = append(families, r), r.to
	}
	if len(families) == 0 {
		return ""
	}
	var given []string
	for i, r := range found {
		b, at := r.before(list)
		called := at >= 0 && (callsBy[b.norm] || isWho[b.norm] || bringsIn[b.norm] && r.from < families[0].from)
		if !called && !(i == 0 && r.apart(list) || r.from == 0) || list[r.from].kind != givenName && list[r.from].kind != bothName || len(given) == givenMost {
			continue
		}
		if r.holds(list, &families[0]) {
			return r.written(list)
		}
		given = append(given, r.written(list))
	}
	if len(given) == 0 {
		return ""
	}
	for _, r := range families {
		given = append(given, r.written(list))
	}
	return capitals(strings.Join(given, " "))
}

const (
	surnameReach = 4 // words between APELLIDO and the name
	givenMost    = 2 // first names that are said one after the other
	familyMost   = 2
)

// givenFirst is a name with its family names behind the given ones: "Luna Garcia
// Ana". What may be either stays where it is.
func givenFirst(name string) string {
	list := wordsOfNames(name)
	if len(list) < 2 || list[0].kind != familyName || list[len(list)-1].kind != givenName {
		return name
	}
	at := slices.IndexFunc(list, func(w nameWord) bool { return w.kind == givenName })
	if slices.ContainsFunc(list[:at], func(w nameWord) bool { return w.kind != familyName && w.kind != bothName }) || slices.ContainsFunc(list[at:], func(w nameWord) bool { return w.kind != givenName }) {
		return name
	}
	family, given := run{from: 0, to: at}, run{from: at, to: len(list)}
	return given.written(list) + " " + family.written(list)
}

// withoutDigits leaves out digits; what stood around them stays apart.
func withoutDigits(list []nameWord) (rest []nameWord) {
	gap := blankGap
	for _, w := range list {
		if w.kind == digits {
			gap = max(gap, w.gap)
			continue
		}
		w.gap, gap = max(w.gap, gap), blankGap
		rest = append(rest, w)
	}
	return rest
}
