package prose

import (
	"regexp"
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
// letters where it was written in one kind alone; "" where there is none.
func Name(text string) string {
	first, more, _ := strings.Cut(strings.TrimSpace(text), "\n")
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
	for _, open := range []string{"(", "[", "<", "\"", "“"} {
		if i := strings.Index(text, open); i > 0 {
			text = text[:i]
		}
	}
	text = mended(text)
	words, from := afterIntroduction(withoutLabels(strings.Fields(text)))
	words = beforeEnd(words, from)
	if len(words) == 0 || len(words) > 7 {
		return ""
	}
	name := strings.Trim(strings.Join(words, " "), " .,;:-!¡¿?*_~")
	if family, given, ok := strings.Cut(name, ","); ok {
		given, family = strings.TrimSpace(given), strings.TrimSpace(family)
		if given == "" || family == "" || strings.Contains(given, ",") {
			return ""
		}
		name = given + " " + family
	}
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), strings.ContainsRune(" .'’-", r):
		default:
			return ""
		}
	}
	if letters < 2 || len([]rune(name)) > 60 || isNoName(name) {
		return ""
	}
	return capitals(name)
}

// mended is a text in which the ñ and the accents that an old gateway made
// question marks are letters again: between two vowels stood an ñ ("mu?oz"), and
// common names are known by what is left of them ("Jos?", "Garc?a").
func mended(text string) string {
	words := strings.FieldsFunc(text, unicode.IsSpace)
	for i, w := range words {
		if !strings.ContainsAny(w, "?\uFFFD") {
			continue
		}
		runes := []rune(strings.ReplaceAll(w, "\uFFFD", "?"))
		for j := 1; j+1 < len(runes); j++ {
			if runes[j] == '?' && vowel(runes[j-1]) && vowel(runes[j+1]) {
				runes[j] = 'ñ'
			}
		}
		w = string(runes)
		for name := range strings.FieldsSeq(accented) {
			if lost(w, name) {
				w = name
			}
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

func vowel(r rune) bool { return strings.ContainsRune("aeiouAEIOU", r) }

// accented are the common names that are written with an accent.
const accented = "José María Jesús Ángel Ángeles Andrés Raúl César Óscar Iván Rubén Ramón Martín Héctor Víctor Tomás Nicolás Inés Sofía Lucía Rocío Concepción Asunción " +
	"García Hernández Martínez López González Rodríguez Pérez Sánchez Ramírez Gómez Díaz Vázquez Jiménez Gutiérrez Méndez Núñez Álvarez Suárez Juárez Domínguez " +
	"Fernández Velázquez Chávez Ortíz León Marín Rincón Beltrán Durán Guzmán Galván Bermúdez Valdés Cortés Cárdenas Ávila Ríos"

// lost reports whether a word is a name but for question marks in the place of
// its letters that are no ASCII.
func lost(w, name string) bool {
	a, b := []rune(w), []rune(name)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if unicode.ToLower(a[i]) != unicode.ToLower(b[i]) && !(a[i] == '?' && b[i] > unicode.MaxASCII) {
			return false
		}
	}
	return true
}

// afterIntroduction is what stands behind the last of the words that introduce
// a name.
func afterIntroduction(words []string) (rest []string, soy bool) {
	from := 0
	for i := range words {
		switch w := keyword.Normalise(words[i]); w {
		case "LLAMO", "LLAMA", "YAMO", "YAMA", "SOY", "SOI", "NOMBRE", "MINOMBRE", "NAME", "NAMES", "NAME S":
			from, soy = i+1, w == "SOY" || w == "SOI"
			for from < len(words) && introduces(keyword.Normalise(words[from])) {
				from++
			}
		case "ES":
			if i == from {
				from = i + 1
			}
		case "MUCHO", "GUSTO", "SUS", "ORDENES", "SERVIRLE", "SALUDOS":
			if i == from || i == from+1 && (keyword.Normalise(words[from]) == "A" || keyword.Normalise(words[from]) == "PARA") {
				from = i + 1
			}
		case "HOLA", "OLA", "BUENAS", "BUENOS", "TARDES", "DIAS", "NOCHES", "SENOR", "SENORITA", "DON", "DONA", "SR", "SRA", "HI", "HELLO", "SI":
			if i == from {
				from = i + 1
			}
		case "IM", "I M":
			if i == from {
				from = i + 1
			}
		}
	}
	return words[from:], soy
}

// introduces reports words between what introduces a name and the name.
func introduces(norm string) bool {
	switch norm {
	case "ES", "IS", "COMPLETO", "MI", "FULL", "COMPLETE", "SE", "LLAMO", "DE", "SERIA", "SON":
		return true
	}
	return false
}

// withoutLabels leaves out what a form would have in front of its lines:
// "Nombre: Juan, apellidos: Perez Lopez".
func withoutLabels(words []string) []string {
	for i, w := range words {
		switch keyword.Normalise(w) {
		case "APELLIDO", "APELLIDOS", "SURNAME", "LASTNAME":
			if i > 0 && i+1 < len(words) {
				given := append([]string(nil), words[:i]...)
				given[i-1] = strings.TrimRight(given[i-1], ",;.")
				return append(given, words[i+1:]...)
			}
		}
	}
	return words
}

// beforeEnd leaves out what follows a name: an age, where somebody is from,
// courtesies.
func beforeEnd(words []string, soy bool) []string {
	for i := range words {
		switch w := keyword.Normalise(words[i]); w {
		case "ANOS", "YEARS", "TENGO", "GRACIAS", "SERVIDOR", "SERVIDORA", "PARA", "A", "Y", "ALIAS", "ENVIADO", "SENT", "VIVO", "NACI", "THANKS", "PERO", "DICEN", "CONOCEN", "CONOCIDO", "CONOCIDA", "AKA", "APODO", "BUT", "POR":
			if i == 0 {
				return nil
			}
			if w == "ANOS" || w == "YEARS" {
				i--
			}
			return words[:i]
		case "DE", "FROM":
			// "soy Chuy Ramirez de Tlapa", but "Rosa de la Cruz" and "Maria Ponce de Leon"
			if soy && i > 1 && i+2 == len(words) || w == "FROM" {
				return words[:i]
			}
		}
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

// capitals writes a name that is all small or all capital letters as names are
// written.
func capitals(name string) string {
	if name != strings.ToLower(name) && name != strings.ToUpper(name) {
		return name
	}
	words := strings.Fields(strings.ToLower(name))
	for i, w := range words {
		switch w {
		case "de", "del", "la", "las", "los", "y", "e":
			if i > 0 {
				continue
			}
		}
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// Unsigned is a text without what a phone or a program writes below it: "Enviado
// desde mi iPhone". A text that is nothing else is left as it is.
func Unsigned(text string) string {
	at := signature().FindStringIndex(text)
	if at == nil || strings.TrimSpace(text[:at[0]]) == "" {
		return text
	}
	return strings.TrimSpace(text[:at[0]])
}

var signature = sync.OnceValue(func() *regexp.Regexp {
	const by = `(enviado|mandado|escrito|sent)\s+(desde|from|con|with|via|por)`
	return regexp.MustCompile(`(?i)(\n[\s\-–—_*]*(` + by + `|obtener|get outlook|get the)[^\n]{1,60}\s*$` +
		`|[\s.,\-–—]+` + by + `\s+(mi |my |un |el )?(smart ?phone|iphone|ipad|samsung|galaxy|motorola|moto|android|huawei|xiaomi|nokia|lg|blackberry|alcatel|zte|celular|movil|cell ?phone|phone|outlook|yahoo|gmail|t-?mobile|metro|cricket|telcel|boost|verizon|at&t)[\w ]{0,30}[.\s]*$` +
		`|\n\s*--+\s*\n[^\n]{0,80}\s*$)`)
})
