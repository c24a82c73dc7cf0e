package prose

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/keyword"
)

// Numerals is a text with its numbers in digits: "cuatro ocho dos nueve" is
// "4 8 2 9", "cuarenta y ocho veintinueve" is "48 29", "doble tres" is "33",
// and a letter that looks like a digit within one is that digit (3l2, 6O6O8).
// A single number word is left alone, since "uno" and "dos" are words as well;
// so is everything else. Spanish and English.
func Numerals(text string) string {
	tokens := strings.Fields(text)
	var out []string
	for i := 0; i < len(tokens); {
		run := numberRun(tokens[i:])
		if run.tokens > 1 && run.words > 0 {
			out = append(out, run.digits...)
			i += run.tokens
			continue
		}
		out = append(out, seenDigits(tokens[i]))
		i++
	}
	return strings.Join(out, " ")
}

type run struct {
	tokens, words int
	digits        []string
}

// numberRun reads number words and digits at the head of the tokens, as long
// as they go on.
func numberRun(tokens []string) run {
	var r run
	value, open := 0, 0 // of a number being said; open is what may still be added: 100, 10 or 1
	flush := func() {
		if open > 0 {
			r.digits = append(r.digits, strconv.Itoa(value))
		}
		value, open = 0, 0
	}
	double := false
	for i := 0; i < len(tokens); i++ {
		word := strings.Trim(tokens[i], ",.;:-/()")
		if word == "" {
			break
		}
		if isDigits(word) {
			flush()
			r.digits = append(r.digits, word)
			r.tokens = i + 1
			continue
		}
		switch norm := keyword.Normalise(word); norm {
		case "Y", "AND", "I":
			if open == 10 && i+1 < len(tokens) {
				if n, ok := number(tokens[i+1]); ok && n > 0 && n < 10 {
					continue
				}
			}
			flush()
			return r
		case "DOBLE", "DOUBLE":
			flush()
			double = true
			continue
		}
		n, ok := number(word)
		if !ok {
			break
		}
		switch {
		case double:
			d := strconv.Itoa(n)
			r.digits = append(r.digits, d+d)
			double = false
		case n >= 100:
			flush()
			value, open = n, 100
		case n >= 20 && n%10 == 0 && open == 100, n >= 10 && open == 100:
			value += n
			open = 1
			if n%10 == 0 && n >= 20 {
				open = 10
			}
		case n > 0 && n < 10 && (open == 10 || open == 100):
			value += n
			open = 1
			flush()
		case n >= 20 && n%10 == 0:
			flush()
			value, open = n, 10
		case n >= 10:
			flush()
			value, open = n, 1
		default:
			flush()
			r.digits = append(r.digits, strconv.Itoa(n))
		}
		r.words++
		r.tokens = i + 1
	}
	flush()
	return r
}

// number is the value of a number word, by its sound.
func number(token string) (int, bool) {
	n, ok := numbers()[sound(keyword.Normalise(strings.Trim(token, ",.;:-/()")))]
	return n, ok
}

// numbers are the number words, by sound. "un" and "una" are not among them.
var numbers = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	add := func(n, step int, list string) {
		for w := range strings.FieldsSeq(list) {
			m[sound(strings.ToUpper(w))] = n
			n += step
		}
	}
	add(0, 1, "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta")
	add(20, 10, "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien")
	add(100, 100, "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos")
	add(0, 1, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")
	add(20, 10, "twenty thirty forty fifty sixty seventy eighty ninety")
	return m
})

// seenDigits is a token that is mostly digits with the letters that look like
// digits made digits.
func seenDigits(token string) string {
	digits, letters := 0, 0
	for _, r := range token {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case strings.ContainsRune("OoIlLSsB", r):
			letters++
		case unicode.IsLetter(r):
			return token
		}
	}
	if letters == 0 || digits < 2 || letters > digits {
		return token
	}
	return strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1", "L", "1", "S", "5", "s", "5", "B", "8").Replace(token)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
