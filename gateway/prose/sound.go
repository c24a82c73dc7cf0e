package prose

import "strings"

// sound is how a normalised word (upper case, without accents) is heard: what
// people who write by ear confuse is one letter. It is lower case, and made of
// fewer letters than the word:
//
//	h            silent, but for ch, which is "c"
//	v, b         b
//	z, ce, ci, x s
//	c, qu, q     k
//	ll, y        y; at the end of a word i
//	ge, gi       j
//	gue, gui     ge, gi
//	m            n before a consonant
//	rr, nn …     one letter
//	-ao          -ado
func sound(word string) string {
	in := strings.ToLower(word)
	out := make([]byte, 0, len(in))
	at := func(i int) byte {
		if i < len(in) {
			return in[i]
		}
		return 0
	}
	front := func(c byte) bool { return c == 'e' || c == 'i' }
	add := func(c byte) {
		if n := len(out); n > 0 && out[n-1] == c && (c < '0' || c > '9') {
			return
		}
		out = append(out, c)
	}
	for i := 0; i < len(in); i++ {
		switch c := in[i]; c {
		case 'h':
			if n := len(out); n > 0 && at(i-1) == 's' { // sh
				out[n-1] = 'c'
			}
		case 'v':
			add('b')
		case 'z', 'x':
			add('s')
		case 'c':
			switch {
			case at(i+1) == 'h':
				add('c')
			case front(at(i + 1)):
				add('s')
			default:
				add('k')
			}
		case 'q':
			add('k')
			if at(i+1) == 'u' && front(at(i+2)) {
				i++
			}
		case 'l':
			if at(i+1) == 'l' {
				i++
				if i+1 < len(in) {
					add('y')
				} else {
					add('l')
				}
				continue
			}
			add('l')
		case 'y':
			if i+1 == len(in) || !isVowel(at(i+1)) {
				add('i')
			} else {
				add('y')
			}
		case 'g':
			switch {
			case front(at(i + 1)):
				add('j')
			case at(i+1) == 'u' && front(at(i+2)):
				add('g')
				i++
			default:
				add('g')
			}
		case 'm':
			if n := at(i + 1); n != 0 && n != 'm' && n != 'n' && n != 'y' && !isVowel(n) && n != 'h' {
				add('n')
			} else {
				add('m')
			}
		case 'n':
			if at(i+1) == 'm' {
				continue // inmigracion, imigracion
			}
			add('n')
		default:
			add(c)
		}
	}
	s := string(out)
	if stem, ok := strings.CutSuffix(s, "ao"); ok && len(stem) > 2 {
		s = stem + "ado"
	}
	return s
}

func isVowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	}
	return false
}

// loose is a sound in which e and i, o and u are one letter, as they are to
// whoever learnt Spanish after Nahuatl, Quechua or Mixteco: "mi llivan".
func loose(sound string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'e':
			return 'i'
		case 'o':
			return 'u'
		}
		return r
	}, sound)
}

// bones is a sound without its vowels, for words that were written so: "dtnd".
func bones(sound string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && isVowel(byte(r)) {
			return -1
		}
		return r
	}, sound)
}

// isNear reports whether two sounds differ by one letter that is wrong,
// missing or too many, or by two neighbours that changed places.
func isNear(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	if len(a) < len(b) {
		return a[n:] == b[n+1:]
	}
	if n == len(a) {
		return true
	}
	a, b = a[n:], b[n:]
	return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}
