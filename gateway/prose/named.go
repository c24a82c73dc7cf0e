package prose

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// What a person is called stands in a sentence as often as alone: "pues en el
// seguro sale como Ventura Lara", "615 730 2284 is my wife Claudia's cell". Runs
// of words that may be a name are found in it (runs), and weighed by what the
// words are and by what stands in front of them. What is not surely a name is
// left out: somebody who is called wrongly is not known to whoever reads of them.

// nameKind is what a word is as far as names go.
type nameKind uint8

const (
	unknownWord nameKind = iota
	givenName
	familyName
	bothName // a given name and a family name: Santiago
	weakName // a name and a word: Luz, Paz
	usedWord // a word and no name
	kinWord  // what somebody is to others
	roleWord // lawyer, boss, work
	courtesy // Don, Lic.
	particleWord
	articleWord
	placeWord
	digits
)

// nameWord is a word of a text that may hold a name.
type nameWord struct {
	text, norm string
	kind       nameKind
	gap        int  // what stands before it
	capital    bool // within a sentence of small letters
	upper      bool // written with a capital letter
	owner      bool // "Claudia's cell"
	cited      bool // in brackets
}

// What may stand between two words.
const (
	blankGap = iota
	commaGap
	pointsGap // a colon, =, ->: what follows is the value
	stopGap
)

// kindsOfNames are the words of rules/names.txt, by what they are.
var kindsOfNames = sync.OnceValue(func() map[string]nameKind {
	kinds := map[string]nameKind{}
	for line := range strings.Lines(read("names")) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		for _, w := range fields[1:] {
			w = strings.ToUpper(w)
			switch was, known := kinds[w]; {
			case fields[0] == "place" && !known:
				kinds[w] = placeWord
			case fields[0] == "word" && known:
				kinds[w] = weakName
			case fields[0] == "word":
				kinds[w] = usedWord
			case fields[0] == "family" && was == givenName:
				kinds[w] = bothName
			case fields[0] == "family":
				kinds[w] = familyName
			case fields[0] == "given":
				kinds[w] = givenName
			}
		}
	}
	return kinds
})

// wordsOfRules are the words that the rules of this package know, which no name is
// that rules/names.txt does not have.
var wordsOfRules = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	entries, err := files.ReadDir("rules")
	if err != nil {
		panic(err) // the files are built in
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".txt")
		if name == "name" || name == "names" {
			continue
		}
		for _, w := range strings.FieldsFunc(read(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(w) > 2 && w == strings.ToLower(w) {
				known[keyword.Normalise(w)] = true
			}
		}
	}
	return known
})

// namesByEar are the names of five letters and more, as they sound.
var namesByEar = sync.OnceValue(func() map[string]nameKind {
	heard := map[string]nameKind{}
	for w, kind := range kindsOfNames() {
		if kind <= bothName && len(w) >= 5 {
			heard[sound(w)] = kind
		}
	}
	return heard
})

var (
	courtesies = setOf(`DON DONA SR SRA SRTA SRITA SENOR SENORA SENORITA LIC LICENCIADO LICENCIADA ING INGENIERO INGENIERA DR DRA DOCTOR DOCTORA
		PROF PROFE PROFESOR PROFESORA MAESTRO MAESTRA MTRO MTRA PASTOR PASTORA PADRE REVERENDO MR MRS MS MISS TEACHER COACH`)
	roles = setOf(`ABOGADO ABOGADA LAWYER ATTORNEY LICENCIADO LICENCIADA PASTOR PASTORA PADRE PATRON PATRONA JEFE JEFA BOSS MAYORDOMO TRABAJO WORK DOCTOR DOCTORA MAESTRO MAESTRA CONSUL`)
	// kinAddressed are what people call others by, with their name: Tia Chela.
	kinAddressed = setOf("TIA TIO COMADRE COMPADRE ABUELA ABUELITA ABUELO ABUELITO MADRE MADRINA PADRINO HERMANO HERMANA PRIMO PRIMA AUNT UNCLE")
	particles    = setOf("DE DEL D DA DI DOS VON VAN MC")
	articles     = setOf("EL LA LOS LAS")
)

// kindOf is what a word is.
func kindOf(norm string) nameKind {
	kind, known := kindsOfNames()[norm]
	l := words()
	switch {
	case norm == "":
		return usedWord
	case known && kind <= bothName:
		return kind
	case articles[norm]:
		return articleWord
	case norm != "DOS" && particles[norm]:
		return particleWord
	case courtesies[norm]:
		return courtesy
	case roles[norm]:
		return roleWord
	case known && kind == weakName:
		return kind
	case norm != "ES" && l.sounds[sound(norm)]&l.class("kin") != 0: // it sounds as EX
		return kinWord
	case known:
		return kind
	}
	if once := squeezed(norm); once != norm {
		if kind, known := kindsOfNames()[once]; known && kind == usedWord {
			return kind
		}
	}
	if kind, ok := namesByEar()[sound(norm)]; ok {
		return kind
	}
	if wordsOfRules()[norm] || len(norm) >= 5 && l.sounds[sound(norm)] != 0 {
		return usedWord
	}
	if kind := kindsOfNames()[strings.TrimSuffix(norm, "S")]; kind == usedWord && strings.HasSuffix(norm, "S") {
		return usedWord
	}
	return unknownWord
}

// squeezed is a word with each letter that is repeated once.
func squeezed(norm string) string { return string(slices.Compact([]byte(norm))) }

// nameWords are the words of a text with what stands between them.
func wordsOfNames(text string) (list []nameWord) {
	small := text != strings.ToUpper(text)
	runes := []rune(strings.ReplaceAll(short.Replace(text), "’", "'"))
	gap, depth := stopGap, 0
	for i := 0; i < len(runes); {
		r := runes[i]
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			switch {
			case r == ' ', r == '_', r == '\'', r == '.' && gap == blankGap && i > 0 && abbreviated(list), unicode.IsMark(r), unicode.Is(unicode.Cf, r):
			case r == '.' && i > 0 && i+1 < len(runes) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) && !strings.ContainsRune(text, ' '): // oscar.medrano
			case r == ':' || r == '=' || r == '>' || r == '→' || r == '«' || r == '"' || r == '“' || r == '»' || r == '”':
				gap = max(gap, pointsGap)
			case r == ',' || unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == '/' || r == '-' || r == '–' || r == '*' || r == '+' || r == '~':
				gap = max(gap, commaGap)
			case r == '(' || r == '[':
				gap, depth = max(gap, commaGap), depth+1
			case r == ')' || r == ']':
				gap, depth = max(gap, commaGap), max(0, depth-1)
			case r == '\n' || r == '\r':
				gap = max(gap, commaGap)
			default:
				gap = stopGap
			}
			i++
			continue
		}
		j, letters := i, false
		for ; j < len(runes); j++ {
			c := runes[j]
			inner := j > i && j+1 < len(runes) && unicode.IsLetter(runes[j-1]) && unicode.IsLetter(runes[j+1]) && strings.ContainsRune("'-‐", c)
			if !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) && !inner {
				break
			}
			if unicode.IsDigit(c) && letters || unicode.IsLetter(c) && !letters && j > i {
				break // 1zenaida
			}
			letters = letters || unicode.IsLetter(c)
		}
		w := nameWord{text: string(runes[i:j]), gap: gap, cited: depth > 0}
		i, gap = j, blankGap
		if !letters {
			w.kind, w.norm = digits, w.text
			list = append(list, w)
			continue
		}
		if cut, ok := strings.CutSuffix(w.text, "'s"); ok {
			w.text, w.owner = cut, true
		}
		w.norm = strings.ReplaceAll(keyword.Normalise(w.text), " ", "")
		w.kind = kindOf(w.norm)
		if n := len(list); w.norm == "O" && n > 1 && list[n-1].norm == "LA" && list[n-2].norm == "DE" {
			w.kind = familyName
		}
		if strings.Contains(w.text, "-") {
			w.kind = kindOfParts(w)
		}
		w.upper = unicode.IsUpper([]rune(w.text)[0])
		if n := len(list); n > 0 && w.kind == usedWord && w.upper && w.gap == blankGap && len(w.norm) > 2 && !list[n-1].upper && (list[n-1].kind == courtesy || list[n-1].kind == kinWord) {
			w.kind = weakName // "mi tio Sal"
		}
		w.capital = small && unicode.IsUpper([]rune(w.text)[0]) && w.gap < stopGap
		list = append(list, w)
	}
	return list
}

// kindOfParts is what a word with hyphens is: Pineda-Cruz is a name, W-I-L-S-O-N
// none.
func kindOfParts(w nameWord) nameKind {
	kind := unknownWord
	for part := range strings.SplitSeq(w.text, "-") {
		if len([]rune(part)) == 1 {
			return usedWord
		}
		if k := kindOf(keyword.Normalise(part)); givenName <= k && k <= bothName {
			kind = k
		} else if k > weakName {
			return usedWord
		}
	}
	return kind
}

// abbreviated reports whether the last word may end in a full stop that ends
// nothing: Ma., Lic., an initial.
func abbreviated(list []nameWord) bool {
	if len(list) == 0 {
		return false
	}
	w := list[len(list)-1]
	return len(w.norm) == 1 || w.kind == courtesy || w.norm == "MA" || w.norm == "FCO" || w.norm == "JR"
}
