package prose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// Aside is what a text in the middle of a registration is instead of an
// answer: "cancel", "question", "unclear" (wait, I do not know), "minor" (who
// writes is under 18), or "". A cry is told by [Text.Cry], a machine by
// [Text.Machine].
func (t *Text) Aside() (Reading, string) {
	if t.underAge() {
		return "minor", "age"
	}
	if r := first(asides(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.asks() && strings.HasSuffix(strings.TrimSpace(t.raw), "?") {
		return Asks, "question"
	}
	return "", ""
}

// Machined reports whether a text is longer than an answer, and nobody speaks of
// themselves in it.
func (t *Text) Machined() bool {
	l := words()
	return len(t.words) > 4 && !t.has(l.class("me")|l.class("mi")|l.class("i")) || len(t.words) > 12
}

// underAge reports whether a text says an age under 18: "tengo 15 anos".
func (t *Text) underAge() bool {
	for i := 1; i < len(t.words); i++ {
		if w := t.words[i].norm; w != "ANOS" && w != "YEARS" && w != "ANITOS" {
			continue
		}
		age, err := strconv.Atoi(t.words[i-1].norm)
		if said, ok := number(t.words[i-1].norm); ok {
			age, err = said, nil
		}
		if err == nil && age < 18 {
			return true
		}
	}
	return false
}

var asides = sync.OnceValue(func() []rule { return ruleset("aside") })

// Name is the name in an answer to "what are you called": without what it is
// wrapped in ("me llamo …", "… a sus ordenes", "… 45 anos", a phone's
// signature), family names behind given names, and in capitals and small
// letters where it was written in one kind alone; "" where there is none, and
// where it is not sure which words are one.
func Name(text string) string {
	text = unspaced(text)
	name := wrapped(text)
	inside, beyond := said(Unsigned(text))
	if name == "" || doubtful(name) || corrected(text) || longer(inside, name) || beyond && !isKnown(name) {
		name = inside
	}
	return givenFirst(name)
}

// isKnown reports whether a name is known to be borne by somebody.
func isKnown(name string) bool {
	return slices.ContainsFunc(wordsOfNames(name), func(w nameWord) bool { return w.kind != unknownWord })
}

// longer reports whether a name has all words of another, and more.
func longer(name, other string) bool {
	words, of := keyword.Tokens(name), keyword.Tokens(other)
	return len(words) > len(of) && !slices.ContainsFunc(of, func(w string) bool { return !slices.Contains(words, w) })
}

// wrapped is the name in an answer that is little more than it.
func wrapped(text string) string {
	first, more, _ := strings.Cut(strings.TrimSpace(Unsigned(text)), "\n")
	if len(strings.Fields(first)) == 1 { // the surname stands below
		second, _, _ := strings.Cut(strings.TrimSpace(more), "\n")
		first += " " + second
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.Is(unicode.Cf, r) || r == '\uFE0F' {
			return -1 // emoji, and nothing to see
		}
		return r
	}, first)
	text = strings.Trim(text, " \t“”«»\"'")
	text = bracketed().ReplaceAllString(text, " ")
	if i := strings.IndexAny(text, `([<"“`); i > 0 {
		text = text[:i]
	}
	text = short.Replace(text)
	list := withoutLabels(strings.Fields(apart(mended(text))))
	from := 0
	soy := false
	for i, w := range list {
		switch w := keyword.Normalise(w); w {
		case "SOY", "SOI":
			if from > 0 || i+1 < len(list) && keyword.Normalise(list[i+1]) == "DE" { // "… soy de Coban"
				continue
			}
		}
		switch w := keyword.Normalise(w); w {
		case "LLAMO", "LLAMA", "YAMO", "YAMA", "SOY", "SOI", "NOMBRE", "MINOMBRE", "NAME", "NAMES", "NONBRE", "NOMVRE", "MELLAMO", "LLAMAN":
			if i+1 < len(list) {
				from, soy = i+1, w == "SOY" || w == "SOI"
			}
		}
	}
	name := joined(named(list[from:], from > 0, soy))
	if !isName(name) {
		return ""
	}
	return capitals(name)
}

// joined is the name that stands in parts which commas part: "Perez Zarate, Juan",
// "Juan, Perez"; what is none behind one that is says something else.
func joined(parts []string) string {
	for len(parts) > 1 && isName(parts[0]) && (!isName(parts[len(parts)-1]) || particle(parts[len(parts)-1])) {
		parts = parts[:len(parts)-1]
	}
	given := func(i int) bool {
		tokens := keyword.Tokens(parts[i])
		return len(tokens) > 0 && isGiven(tokens[0])
	}
	switch {
	case len(parts) == 1:
		return parts[0]
	case len(parts) != 2:
		return ""
	case strings.HasPrefix(parts[1], parts[0]): // "Esteban, Esteban Hau"
		return parts[1]
	case given(0) && len(strings.Fields(parts[0])) > 1 && !allGiven(parts[0]): // "Juan Perez, Chicago"; "Juan Perez, Ana Perez"
		return parts[0]
	case !given(1) && len(strings.Fields(parts[0])) > 1 && (aside(parts[1]) || isLower(parts[1]) && !isLower(parts[0])): // "Crescencio Ku, maya de Tizimin"
		return parts[0]
	case given(0) && !given(1): // "Juan, Perez"
		return parts[0] + " " + parts[1]
	case given(1) && !given(0):
		return parts[1] + " " + parts[0]
	}
	return ""
}

// aside reports whether words say whose somebody is, or from where.
func aside(words string) bool {
	for i, w := range keyword.Tokens(words) {
		if i == 0 && (articles[w] || mine[w] || w == "UN" || w == "UNA") || i > 0 && particles[w] || lexiconKin(w) {
			return true
		}
	}
	return false
}

func isLower(words string) bool { return words == strings.ToLower(words) }

func allGiven(words string) bool {
	for _, w := range keyword.Tokens(words) {
		if !isGiven(w) {
			return false
		}
	}
	return true
}

// isGiven reports a first name, or one that is shortened.
func isGiven(norm string) bool {
	kind, known := kindsOfNames()[norm]
	return known && (kind == givenName || kind == bothName || kind == weakName)
}

// particle reports whether words begin as where somebody is from.
func particle(words string) bool {
	first, _, _ := strings.Cut(words, " ")
	return keyword.Normalise(first) == "DE" || keyword.Normalise(first) == "FROM"
}

// bracketed is what stands in brackets or quotes within a name.
var bracketed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]|"[^"]*"|“[^”]*”|«[^»]*»`)
})

// short are words that English runs together in front of a name.
var short = strings.NewReplacer("'s ", " is ", "’s ", " is ", "I'm ", "I am ", "I’m ", "I am ", "i'm ", "i am ", "i’m ", "i am ")

// named are the parts of a name that commas part, without the words around them.
// opened: words that introduce one stood in front.
func named(list []string, opened, soy bool) (parts []string) {
	var part []string
	flush := func() {
		part = beforeEnd(afterOpening(part, opened), soy)
		words := strings.Trim(strings.Join(part, " "), " ,;:-!¡¿?*_~“”«»\"'")
		if !strings.ContainsAny(words, "0123456789") || len(parts) == 0 {
			if words = strings.TrimSuffix(words, "."); words != "" && !isAlone(words) {
				parts = append(parts, words)
			}
		}
		part, opened = nil, false
	}
	for _, w := range list {
		if keyword.Normalise(w) == "COMA" {
			flush()
			continue
		}
		part = append(part, w)
		if strings.HasSuffix(w, ",") || strings.HasSuffix(w, ";") {
			flush()
		}
	}
	flush()
	return parts
}

// nameLists are the words around names, by what they are.
var nameLists = sync.OnceValue(func() map[string]map[string]bool {
	lists := map[string]map[string]bool{}
	for line := range strings.Lines(read("name")) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		if lists[fields[0]] == nil {
			lists[fields[0]] = map[string]bool{}
		}
		for _, w := range fields[1:] {
			lists[fields[0]][w] = true
		}
	}
	return lists
})

// beside reports words around a label: "mi apellido es".
func beside(w string) bool {
	switch keyword.Normalise(w) {
	case "MI", "MIS", "ES", "SON", "Y", "EL", "LOS", "MY", "IS", "AND":
		return true
	}
	return false
}

// isAlone reports whether words that may stand beside a name are all there is.
func isAlone(words string) bool {
	for _, w := range keyword.Tokens(words) {
		if !nameLists()["alone"][w] {
			return false
		}
	}
	return true
}

// isName reports whether words are a name.
func isName(name string) bool {
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), strings.ContainsRune(" .'’-", r):
		default:
			return false
		}
	}
	tokens := keyword.Tokens(name)
	for _, w := range tokens {
		if nameLists()["never"][w] {
			return false
		}
	}
	return letters >= 2 && len(tokens) <= 8 && !isAlone(name) && !isNoName(name)
}

// Bare reports whether a text is a few words that say nothing of anybody: "la
// policia", and not "ya viene la policia".
func Bare(text string) bool {
	tokens := keyword.Tokens(text)
	for _, w := range tokens {
		if nameLists()["never"][w] {
			return false
		}
	}
	return len(tokens) <= bareMost
}

const bareMost = 3 // words

// afterOpening is what stands behind the words in front of a name.
func afterOpening(words []string, opened bool) []string {
	kin := false               // behind "mi"
	me, called := false, false // "me" is of a name where "llamo" or its like follows
	before := ""
	for len(words) > 0 {
		w := keyword.Normalise(words[0])
		switch {
		case nameLists()["open"][w]:
		case w == "Y" && opened:
		case (w == "EL" || w == "LA") && len(words) > 1 && nameLists()["open"][keyword.Normalise(words[1])]:
		case (w == "EL" || w == "LA" || w == "UN" || w == "UNA") && (opened || len(words) > 1 && keyword.Normalise(words[1]) == "DE"):
		case w == "DE" && (before == "NOMBRE" || before == "PARTE" || before == "EL" || opened && before == "" || len(words) > 1 && keyword.Normalise(words[1]) == "PARTE"):
		case kin && lexiconKin(w):
		case w == "":
		default:
			if me && !called {
				return nil
			}
			return words
		}
		me = me || w == "ME" || w == "SE" || w == "LE"
		called = called || calls[w]
		kin = w == "MI" || w == "MY" || kin && lexiconKin(w)
		opened, before, words = true, w, words[1:]
	}
	return nil
}

// GivenOnly reports whether a word is a first name, and no surname.
func GivenOnly(word string) bool {
	kind, known := kindsOfNames()[keyword.Normalise(word)]
	return known && kind == givenName
}

func lexiconKin(norm string) bool {
	l := words()
	return l.sounds[sound(norm)]&l.class("kin") != 0
}

var calls = map[string]bool{
	"LLAMO": true, "LLAMA": true, "LLAMAN": true, "YAMO": true, "YAMA": true, "LLMO": true, "LAMO": true, "DICEN": true, "CONOCEN": true, "NOMBRAN": true, "CALL": true,
	"SALUDA": true, "ESCRIBE": true, "HABLA": true,
}

// Given reports whether a name begins with a common first name.
func Given(name string) bool {
	tokens := keyword.Tokens(name)
	return len(tokens) > 0 && isGiven(tokens[0])
}

// beforeEnd leaves out what follows a name: an age, where somebody is from,
// courtesies.
func beforeEnd(words []string, soy bool) []string {
	for i := range words {
		switch w := keyword.Normalise(words[i]); {
		case i > 0 && nameLists()["end"][w]:
			if i > 1 && (w == "ANOS" || w == "YEARS" || w == "ANITOS") {
				i--
			}
			return words[:i]
		case strings.ContainsAny(w, "0123456789") && i > 0:
			return trimmedDe(words[:i])
		case soy && w == "DE" && i > 1 && i+2 == len(words): // "soy Chuy Ramirez de Tlapa", but "Maria Ponce de Leon"
			return words[:i]
		}
	}
	return words
}

func trimmedDe(words []string) []string {
	if n := len(words); n > 1 && keyword.Normalise(words[n-1]) == "DE" {
		return words[:n-1]
	}
	return words
}

// isNoName reports whether words are everything but a name.
func isNoName(name string) bool {
	l := words()
	none := l.class("yes") | l.class("no") | l.class("greet") | l.class("thank") | l.class("ok") | l.class("ack") | l.class("quest") | l.class("then") |
		l.class("accept") | l.class("stop") | l.class("want") | l.class("wrong") | l.class("number") | l.class("me") | l.class("be") | l.class("i")
	t := Read(name)
	known := 0
	for i := range t.words {
		if w := &t.words[i]; l.sounds[w.sound]&none != 0 && w.norm != "AMOR" && w.norm != "BAJA" && w.norm != "DIOS" {
			known++
		}
	}
	return len(t.words) == 0 || 2*known > len(t.words) || known > 0 && len(t.words) <= 1
}
