package prose

import (
	"strings"

	"aviso/gateway/digit"
)

// A pattern is a sequence over the words of a text:
//
//	CATCH        a word of the class, or of the list of that name
//	migra        that word, as it sounds
//	-aron        a word that ends so, as it sounds
//	a|b          either
//	!a|b         a word that is neither
//	#            digits; ##, six of them, as an alert's reference has
//	x?           x or nothing
//	x*           x, any number of times
//	..           up to three words of any kind
//	,            a comma or the end of a sentence, before the next word
//	^ $          the text's beginning and end; x|$ is x or the end
//
// Patterns are short and texts are bounded, so that matching by trying is
// cheap.
type pattern struct {
	name  string
	items []item
}

type item struct {
	any        bool // ..
	first, end bool
	comma      bool
	optional   bool
	repeated   bool
	orEnd      bool
	other      bool
	number     bool
	reference  bool
	classes    class
	words      []string
	endings    []string
	lists      []map[string]bool
	hears      sounds // of its words and its lists
	near       bool   // an unknown word may stand for one of its own
}

// sounds is a set of sounds in which some that are not of it seem to be.
type sounds [4]uint64

func (s *sounds) add(sound string) {
	h := hashed(hashStart, sound) % 256
	s[h/64] |= 1 << (h % 64)
}

func (s *sounds) meets(o *sounds) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

func (l *lexicon) pattern(name, text string) pattern {
	p := pattern{name: name}
	for field := range strings.FieldsSeq(text) {
		var it item
		switch field {
		case "..":
			it.any = true
		case ",":
			it.comma = true
		case "^":
			it.first = true
		case "$":
			it.end = true
		default:
			if s, ok := strings.CutSuffix(field, "?"); ok {
				it.optional, field = true, s
			} else if s, ok := strings.CutSuffix(field, "*"); ok {
				it.repeated, field = true, s
			}
			if s, ok := strings.CutPrefix(field, "!"); ok {
				it.other, field = true, s
			}
			for alt := range strings.SplitSeq(field, "|") {
				if alt == "$" {
					it.orEnd = true
				} else if alt == "#" || alt == "##" {
					it.number, it.reference = alt == "#", alt == "##"
				} else if ending, ok := strings.CutPrefix(alt, "-"); ok {
					it.endings = append(it.endings, sound(strings.ToUpper(ending)))
				} else if low := strings.ToLower(alt); low == alt {
					it.words = append(it.words, sound(strings.ToUpper(alt)))
				} else if list := l.lists[low]; list != nil {
					it.lists = append(it.lists, list)
				} else {
					it.classes |= l.class(low)
				}
			}
		}
		for _, s := range it.words {
			it.hears.add(s)
			it.near = it.near || len(s) >= nearLeast
		}
		for _, list := range it.lists {
			for s := range list {
				it.hears.add(s)
			}
		}
		p.items = append(p.items, it)
	}
	return p
}

func (it *item) is(w *word) bool { return it.names(w) != it.other }

func (it *item) names(w *word) bool {
	if it.reference && len(w.norm) == 6 && digit.All(w.norm) {
		return true
	}
	if w.classes&it.classes != 0 || it.number && w.norm != "" && digit.Is(w.norm[0]) {
		return true
	}
	for _, list := range it.lists {
		if list[w.sound] {
			return true
		}
	}
	for _, s := range it.endings {
		if len(w.sound) > len(s)+1 && strings.HasSuffix(w.sound, s) {
			return true
		}
	}
	for _, s := range it.words {
		if w.sound == s || len(s) >= nearLeast && len(w.sound) >= nearLeast && w.classes == 0 && isNear(s, w.sound) {
			return true
		}
	}
	return false
}

// nearLeast is how many letters a word of a pattern and an unknown one have at
// least, for one to stand for the other with a letter off.
const nearLeast = 7

// may reports whether a pattern can stand in a text at all: each word that it
// needs has a match somewhere. It spares most patterns the search.
func (p *pattern) may(t *Text) bool {
	for i := range p.items {
		it := &p.items[i]
		switch {
		case it.any, it.first, it.end, it.comma, it.other, it.endings != nil, it.orEnd, it.optional, it.repeated, it.number, it.reference:
		case t.classes&it.classes == 0 && !it.hears.meets(&t.heard) && !(t.long && it.near):
			return false
		}
	}
	return true
}

// find is where a pattern first stands in the words: from and to (exclusive);
// from is -1 where it does not.
func (p *pattern) find(words []word) (from, to int) {
	for i := range words {
		if to := match(p.items, words, i); to >= 0 {
			return i, to
		}
	}
	return -1, -1
}

// match reports where the items end that begin at a word, -1 where they do not
// fit.
func match(items []item, words []word, at int) int {
	if len(items) == 0 {
		return at
	}
	it := &items[0]
	rest := items[1:]
	switch {
	case it.first:
		if at != 0 {
			return -1
		}
		return match(rest, words, at)
	case it.comma:
		if at == 0 || at == len(words) || !words[at-1].comma {
			return -1
		}
		return match(rest, words, at)
	case it.end:
		if at != len(words) {
			return -1
		}
		return match(rest, words, at)
	case it.any:
		for n := 0; n <= 3 && at+n <= len(words); n++ {
			if to := match(rest, words, at+n); to >= 0 {
				return to
			}
			if at+n < len(words) && words[at+n].stop && at+n+1 < len(words) {
				break // the next word is of another sentence
			}
		}
		return -1
	case it.repeated:
		n := at
		for n < len(words) && it.is(&words[n]) {
			n++
		}
		for ; n >= at; n-- {
			if to := match(rest, words, n); to >= 0 {
				return to
			}
		}
		return -1
	}
	if at < len(words) && it.is(&words[at]) {
		if to := match(rest, words, at+1); to >= 0 {
			return to
		}
	}
	if it.optional || it.orEnd && at == len(words) {
		return match(rest, words, at)
	}
	return -1
}
