package prose

import (
	"strings"
	"sync"

	"aviso/gateway/keyword"
)

// Number is the value of a single number word in Spanish or English, by its
// sound: "cuatro", "cuarenta", "cuatrocientos", "four". "un" and "una" are none.
func Number(word string) (value int, ok bool) { return number(word) }

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
