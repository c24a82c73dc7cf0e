package prose

import (
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// Aside is what a text in the middle of a registration is instead of an
// answer: "robot", "cancel", "question", "unclear" (wait, I do not know), or
// "". A cry is told by [Text.Cry].
func (t *Text) Aside() (Reading, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Robot, rule
	}
	if r := first(asides(), t); r != nil {
		return Reading(r.label), r.name
	}
	if t.asks() && strings.HasSuffix(strings.TrimSpace(t.raw), "?") {
		return Asks, "question"
	}
	return "", ""
}

var asides = sync.OnceValue(func() []rule { return ruleset("aside") })

// Name is the name in an answer to "what are you called": without what it is
// wrapped in ("me llamo …", "… a sus ordenes", "… 45 anos", a phone's
// signature), family names behind given names, and in capitals and small
// letters where it was written in one kind alone; "" where there is none.
func Name(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	for _, open := range []string{"(", "[", "<", "\"", "“"} {
		if i := strings.Index(text, open); i > 0 {
			text = text[:i]
		}
	}
	text = mended(text)
	words := strings.Fields(text)
	words = afterIntroduction(words)
	words = beforeEnd(words)
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

// mended is a text in which an ñ that an old gateway made a question mark is
// one again: "mu?oz".
func mended(text string) string {
	runes := []rune(text)
	for i := 1; i+1 < len(runes); i++ {
		if (runes[i] == '?' || runes[i] == '\uFFFD') && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) {
			runes[i] = 'ñ'
		}
	}
	return string(runes)
}

// afterIntroduction is what stands behind the last of the words that introduce
// a name.
func afterIntroduction(words []string) []string {
	from := 0
	for i := range words {
		switch w := keyword.Normalise(words[i]); w {
		case "LLAMO", "LLAMA", "YAMO", "YAMA", "SOY", "NOMBRE", "MINOMBRE", "NAME":
			from = i + 1
			for from < len(words) {
				switch keyword.Normalise(words[from]) {
				case "ES", "IS", "COMPLETO", "MI", "FULL", "COMPLETE", "SE", "LLAMO":
					from++
					continue
				}
				break
			}
		case "HOLA", "OLA", "BUENAS", "BUENOS", "TARDES", "DIAS", "NOCHES", "SENOR", "SENORITA", "DON", "DONA", "SR", "SRA", "HI", "HELLO", "SI":
			if i == from {
				from = i + 1
			}
		case "IM":
			if i == from {
				from = i + 1
			}
		}
	}
	return words[from:]
}

// beforeEnd leaves out what follows a name: an age, where somebody is from,
// courtesies.
func beforeEnd(words []string) []string {
	for i := range words {
		switch w := keyword.Normalise(words[i]); w {
		case "ANOS", "YEARS", "TENGO", "GRACIAS", "SERVIDOR", "SERVIDORA", "PARA", "A", "Y", "ALIAS", "ENVIADO", "SENT", "VIVO", "NACI", "THANKS":
			if i == 0 {
				return nil
			}
			if w == "ANOS" || w == "YEARS" {
				i--
			}
			return words[:i]
		case "DE", "FROM":
			// "Chuy Ramirez de Tlapa", but "Rosa de la Cruz" and "Ana de Jesus Ruiz"
			if i > 1 && i+2 == len(words) || w == "FROM" {
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
