package prose

import (
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// Numbered is a telephone number as it was written, with the name that stands
// beside it; either may be empty.
type Numbered struct {
	Number string
	Name   string
}

// phoneDigits is how many digits a telephone number has at least, its area
// code included.
const phoneDigits = 8

// Contacts are the telephone numbers in a text, in its order, each with the
// name in front of it or behind it: "mi mama es la maria 33 1234 5678", "maria
// 3125550144 y pedro 9515550147". A number that is taken back by the next one
// ("… 0110 no perdon 0101") is left out.
func Contacts(text string) []Numbered {
	type part struct {
		words  []string
		number string
	}
	var parts []part
	open := part{}
	tokens := strings.Fields(separated(Numerals(text)))
	for i := 0; i < len(tokens); {
		j, digits := i, 0
		for j < len(tokens) && isNumeral(tokens[j]) {
			digits += countDigits(tokens[j])
			j++
		}
		if digits >= phoneDigits {
			open.number = strings.Trim(strings.Join(tokens[i:j], " "), " ,;:.-/")
			parts = append(parts, open)
			open = part{}
			i = j
			continue
		}
		open.words = append(open.words, tokens[i])
		i++
	}
	if len(parts) == 0 {
		return nil
	}
	// Names stand in front of the numbers where the first number has one in front, else behind.
	list := make([]Numbered, len(parts))
	front := calledIn(parts[0].words) != ""
	for i := range parts {
		list[i].Number = parts[i].number
		behind := open.words
		if i+1 < len(parts) {
			behind = parts[i+1].words
		}
		switch {
		case front:
			list[i].Name = calledIn(parts[i].words)
			if called := explicitly(behind); called != "" && i+1 == len(parts) {
				list[i].Name = called
			}
			if list[i].Name == "" && i+1 == len(parts) {
				list[i].Name = calledIn(behind)
			}
		default:
			list[i].Name = calledIn(behind)
		}
	}
	return list
}

// separated sets numbers apart from the letters that they ran into:
// "maria3125550144".
func separated(text string) string {
	var b strings.Builder
	var before rune
	for _, r := range text {
		if unicode.IsLetter(r) && '0' <= before && before <= '9' || '0' <= r && r <= '9' && unicode.IsLetter(before) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

func isNumeral(token string) bool {
	n := 0
	for _, r := range token {
		switch {
		case '0' <= r && r <= '9':
			n++
		case strings.ContainsRune("+-.()/,;:#*", r):
		default:
			return false
		}
	}
	return n > 0
}

func countDigits(token string) int {
	n := 0
	for _, r := range token {
		if '0' <= r && r <= '9' {
			n++
		}
	}
	return n
}

// explicitly is the name behind "se llama".
func explicitly(words []string) string {
	for i := range words {
		switch keyword.Normalise(words[i]) {
		case "LLAMA", "YAMA", "NOMBRE", "LLAMO", "NAMED", "CALLED":
			return calledIn(words[i+1:])
		}
	}
	return ""
}

// calledIn is what somebody is called in the words beside a number: their
// name, and where there is none what they are to whoever writes ("Mi apa").
func calledIn(beside []string) string {
	for i := range beside {
		switch keyword.Normalise(beside[i]) {
		case "LLAMA", "YAMA":
			if name := calledIn(beside[i+1:]); name != "" {
				return name
			}
		}
	}
	l := words()
	kin := l.class("kin")
	var names, relation []string
	for i, w := range beside {
		w = strings.Trim(w, " ,.;:-!¡¿?()[]\"'“”*")
		norm := keyword.Normalise(w)
		s := sound(norm)
		switch {
		case norm == "" || isFiller(norm):
			continue
		case norm == "DE" || norm == "FROM":
			if len(names) > 0 && i+2 >= len(beside) { // where she is from
				return capitals(strings.Join(names, " "))
			}
		case l.sounds[s]&kin != 0:
			relation = append(relation, w)
			continue
		default:
			names = append(names, w)
			continue
		}
		if len(names) > 0 {
			names = append(names, strings.ToLower(w))
		}
	}
	for len(names) > 0 && strings.EqualFold(names[len(names)-1], "de") {
		names = names[:len(names)-1]
	}
	if len(names) == 0 {
		if len(relation) == 0 {
			return ""
		}
		return capitals("mi " + strings.ToLower(relation[0]))
	}
	name := capitals(strings.Join(names, " "))
	if runes := []rune(name); len(runes) > 40 {
		name = string(runes[:40])
	}
	return name
}

// isFiller reports words beside a number that are no name.
func isFiller(norm string) bool {
	switch norm {
	case "EL", "LA", "LOS", "LAS", "LO", "ES", "SON", "MI", "MIS", "SU", "SUS", "NUMERO", "NUMEROS", "NUM", "TEL", "TELEFONO", "CEL", "CELULAR", "MOVIL",
		"SE", "LLAMA", "YAMA", "ESTE", "ESTA", "ESE", "TAMBIEN", "SI", "Y", "E", "CON", "PARA", "CONTACTO", "AGREGAR", "PONGAN", "PONGA", "PON", "A", "AL",
		"CASA", "DEL", "NOMAS", "YA", "TODO", "QUIERO", "AGREGUE", "ANOTE", "AVISEN", "AVISE", "HOLA", "PERDON", "TERMINA", "EN", "NO", "MY", "IS", "THE",
		"NUMBER", "PHONE", "HER", "HIS", "AND", "CELL", "THIS", "ADD", "CONTACT", "HE", "SHE", "GRACIAS", "PORFAVOR", "POR", "FAVOR", "WHATSAPP":
		return true
	}
	return false
}

// PIN is the PIN that a text chooses: the only number of four to eight digits
// in it, written or said; one given twice is one, and of "4828 no 4829" it is
// the latter. ok is false where there is none, or more than one.
func PIN(text string) (pin string, ok bool) {
	tokens := strings.Fields(separated(Numerals(text)))
	var found []string
	corrected := false
	for i := 0; i < len(tokens); {
		j := i
		digits := ""
		for j < len(tokens) && isNumeral(tokens[j]) {
			d := onlyDigits(tokens[j])
			if len(digits) >= 4 && len(d) >= 4 {
				break // another number
			}
			digits += d
			j++
		}
		if j == i {
			switch keyword.Normalise(tokens[i]) {
			case "NO", "PERDON", "SORRY", "MEJOR":
				corrected = len(found) > 0
			}
			i++
			continue
		}
		if 4 <= len(digits) && len(digits) <= 8 {
			if corrected {
				found = nil
			}
			if len(found) == 0 || found[len(found)-1] != digits {
				found = append(found, digits)
			}
		} else if len(digits) > 8 {
			return "", false
		}
		i = j
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// ZIPs are the numbers in a text that have the form of a ZIP code: five
// digits, with or without the four behind them, written or said, apart or
// together, in its order. Which of them exist is not known here.
func ZIPs(text string) []string {
	tokens := strings.Fields(separated(Numerals(text)))
	var list []string
	for i := 0; i < len(tokens); {
		j, digits, small := i, "", true
		for j < len(tokens) && isNumeral(tokens[j]) {
			d := onlyDigits(tokens[j])
			if len(d) >= 5 && j > i {
				break
			}
			small = small && len(d) < 5
			digits += d
			j++
			if len(d) >= 5 {
				break
			}
		}
		if j == i {
			i++
			continue
		}
		switch {
		case len(digits) == 5:
			list = append(list, digits)
		case len(digits) == 9 && !small:
			list = append(list, digits[:5])
		}
		i = j
	}
	return list
}

// Finished reports whether a text says that there are no more contacts: LISTO,
// "es todo", "ya", "no tengo mas".
func (t *Text) Finished() bool { return first(finished(), t) != nil }

var finished = sync.OnceValue(func() []rule { return ruleset("finished") })
