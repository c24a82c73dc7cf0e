package prose

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// What names look like as phones and people write them: run together, torn apart,
// without their accents, in small letters, with a signature below.

// apart sets words apart that ran together or that points and lines part:
// JuanPerez, juan_perez, isidrochavez. McDonald is one. Digits that look like
// letters are these within a word: J0se.
func apart(text string) string {
	words := strings.Fields(points().ReplaceAllString(strings.ReplaceAll(text, "_", " "), "$1 $2"))
	for i, w := range words {
		runes := []rune(w)
		for j := 1; j+1 < len(runes); j++ {
			if at := strings.IndexRune("01345", runes[j]); at >= 0 && unicode.IsLetter(runes[j-1]) && unicode.IsLetter(runes[j+1]) {
				runes[j] = []rune("oieas")[at]
			}
		}
		if n := givenBefore(string(runes)); n > 0 {
			runes = append(runes[:n:n], append([]rune(" "), runes[n:]...)...)
		}
		for j := len(runes) - 3; j >= 3; j-- {
			if unicode.IsUpper(runes[j]) && unicode.IsLower(runes[j-1]) && unicode.IsLower(runes[j+1]) && string(runes[:j]) != "Mac" {
				runes = append(runes[:j:j], append([]rune(" "), runes[j:]...)...)
			}
		}
		words[i] = string(runes)
	}
	return strings.Join(words, " ")
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

// unspaced sets letters together that blanks part: "A n a  R u i z".
func unspaced(text string) string {
	return spacedLetters().ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, " ", "") })
}

var spacedLetters = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\b)\pL(?: \pL){2,}(?:$|\b)`) })

// points part words of three letters or more.
var points = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\pL{3})\.(\pL{3})`) })

// givenBefore is where a common first name ends that a surname ran into, 0 where
// none does: "isidrochavez", and not "Rosalinda" or "Martinez".
func givenBefore(w string) int {
	norm := keyword.Normalise(w)
	if len(norm) != len([]rune(w)) || len(norm) < 7 || strings.Contains(norm, " ") || isGiven(norm) || kindsOfNames()[norm] != unknownWord {
		return 0
	}
	for n := len(norm) - 3; n >= 3; n-- {
		if kind := kindsOfNames()[norm[n:]]; isGiven(norm[:n]) && (kind == familyName || kind == bothName) {
			return n
		}
	}
	for n := len(norm) - 5; n >= 3 && len(norm) >= 9; n-- {
		if isGiven(norm[:n]) && !strings.HasPrefix(norm[n:], "E") && strings.ContainsAny(norm[n:], "AEIOU") && (len(norm) > 9 || n < 5) {
			return n
		}
	}
	return 0
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

// withoutLabels leaves out what a form would have in front of its lines:
// "Nombre: Juan, apellidos: Perez Lopez".
func withoutLabels(words []string) []string {
	for i, w := range words {
		switch keyword.Normalise(w) {
		case "APELLIDO", "APELLIDOS", "SURNAME", "LASTNAME":
			if i > 0 && i+1 < len(words) {
				given, family := append([]string(nil), words[:i]...), words[i+1:]
				for len(given) > 1 && beside(given[len(given)-1]) { // "mi apellido"
					given = given[:len(given)-1]
				}
				for len(family) > 1 && beside(family[0]) { // "es Perez"
					family = family[1:]
				}
				given[len(given)-1] = strings.TrimRight(given[len(given)-1], ",;.")
				return append(given, family...)
			}
		}
	}
	return words
}
