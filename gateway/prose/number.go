package prose

// Number is the value of a single number word in Spanish or English, by its
// sound: "cuatro", "cuarenta", "cuatrocientos", "four". "un" and "una" are none.
func Number(word string) (value int, ok bool) { return number(word) }
