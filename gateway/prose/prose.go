package prose

import (
	"strings"
	"unicode"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// word is a word of a text: as normalised, as it sounds, and what it means.
type word struct {
	norm    string
	sound   string
	classes class
	stop    bool // a clause ends behind it
	comma   bool // or a comma stands there
}

// Text is a text message, read.
type Text struct {
	words   []word
	raw     string
	classes class  // of all its words
	heard   sounds // of its words
	long    bool   // a word that is not known has letters enough to be near another
}

// wordsMost bounds what is read of a text.
const wordsMost = 80

// Read reads a text.
func Read(text string) Text {
	t := Text{raw: text}
	text = pictures.Replace(text) // emoji words
	l := words()
	for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '.' || r == '!' || r == '?' || r == ';' || r == '\n' }) {
		for part := range strings.SplitSeq(clause, ", ") {
			tokens := keyword.Tokens(part)
			for i := 0; i < len(tokens) && len(t.words) < wordsMost; i++ {
				t.words = append(t.words, l.split(tokens, &i)...)
			}
			if n := len(t.words); n > 0 {
				t.words[n-1].comma = true
			}
		}
		if n := len(t.words); n > 0 {
			t.words[n-1].stop = true
		}
	}
	for i := range t.words {
		w := &t.words[i]
		t.classes |= w.classes
		t.heard.add(w.sound)
		t.long = t.long || w.classes == 0 && len(w.sound) >= nearLeast
	}
	return t
}

// split is a token as the words that it stands for: letters and digits run
// together, digits that look like letters, words run together, and a word torn
// in two.
func (l *lexicon) split(tokens []string, i *int) []word {
	tok := tokens[*i]
	if strings.ContainsAny(tok, "0123456789") && strings.ContainsFunc(tok, unicode.IsLetter) {
		if leet := unleet(tok); l.of(leet, sound(leet)) != 0 && len(leet) > 2 {
			return []word{l.word(leet)}
		}
		var list []word
		for _, part := range cutDigits(tok) {
			list = append(list, l.word(part))
		}
		return list
	}
	if len(tok) == 1 { // letters that stand apart
		n := *i
		for n < len(tokens) && len(tokens[n]) == 1 {
			n++
		}
		for ; n-*i >= 3; n-- {
			joined := strings.Join(tokens[*i:n], "")
			if l.exact[joined]|l.sounds[sound(joined)] != 0 {
				*i = n - 1
				return []word{l.word(joined)}
			}
		}
	}
	s := sound(tok)
	if l.of(tok, s) == 0 && *i+1 < len(tokens) { // torn in two
		joined := tok + tokens[*i+1]
		if js := sound(joined); len(js) >= 5 && l.sounds[js] != 0 {
			*i++
			return []word{l.word(joined)}
		}
	}
	if len(s) >= 8 && l.sounds[s] == 0 && !l.known[s] && !l.ordinary[s] {
		if parts := l.cut(s); parts != nil {
			return parts
		}
	}
	return []word{l.word(tok)}
}

func (l *lexicon) word(norm string) word {
	s := sound(norm)
	return word{norm: norm, sound: s, classes: l.of(norm, s)}
}

// heard is a word of which only the sound is known.
func (l *lexicon) heard(s string) word {
	return word{norm: strings.ToUpper(s), sound: s, classes: l.of("", s)}
}

func unleet(tok string) string {
	return strings.NewReplacer("0", "O", "1", "I", "3", "E", "4", "A", "5", "S", "7", "T", "8", "B").Replace(tok)
}

func cutDigits(tok string) []string {
	var parts []string
	from := 0
	for i := 1; i <= len(tok); i++ {
		if i == len(tok) || digit.Is(tok[i]) != digit.Is(tok[i-1]) {
			parts = append(parts, tok[from:i])
			from = i
		}
	}
	return parts
}

// cut takes a sound apart into words that are known, so that as few letters as
// possible are left over; nil where fewer than seven of ten letters are known
// or no two words.
func (l *lexicon) cut(s string) []word {
	type best struct{ left, from, words int }
	at := make([]best, len(s)+1)
	for i := 1; i <= len(s); i++ {
		at[i] = best{at[i-1].left + 1, -1, at[i-1].words}
		for j := max(0, i-14); j < i; j++ {
			w := s[j:i]
			if _, ok := l.sounds[w]; !ok && !small[w] {
				continue
			}
			cost := at[j].left
			if len(w) < 3 {
				cost++ // a short word is found anywhere
			}
			if cost < at[i].left || cost == at[i].left && at[j].words+1 < at[i].words {
				at[i] = best{cost, j, at[j].words + 1}
			}
		}
	}
	if at[len(s)].words < 2 || 10*at[len(s)].left > 4*len(s) {
		return nil
	}
	var parts []word
	tail := len(s)
	for i := len(s); i > 0; {
		if j := at[i].from; j >= 0 {
			if i < tail {
				parts = append(parts, l.heard(s[i:tail]))
			}
			parts = append(parts, l.heard(s[j:i]))
			i, tail = j, j
			continue
		}
		i--
	}
	if tail > 0 {
		parts = append(parts, l.heard(s[:tail]))
	}
	for a, b := 0, len(parts)-1; a < b; a, b = a+1, b-1 {
		parts[a], parts[b] = parts[b], parts[a]
	}
	return parts
}

// small are short words that stand within words run together.
var small = map[string]bool{"a": true, "al": true, "de": true, "en": true, "el": true, "es": true, "por": true, "fabor": true, "un": true, "una": true}

func plain(w string) string { return keyword.Normalise(w) }

// has reports whether a word of any of the classes stands in the text.
func (t *Text) has(c class) bool { return t.classes&c != 0 }

// pictures are emoji that stand for a word.
var pictures = strings.NewReplacer(
	"👍", " ok ", "👌", " ok ", "✅", " ok ", "☑", " ok ", "✔", " ok ", "🆗", " ok ", "🫡", " ok ", "👎", " no ", "❌", " no ", "🙅", " no ", "🚫", " no ",
	"🤣", " jaja ", "😂", " jaja ", "😆", " jaja ", "🙏", " dios ", "😭", " ay ", "😢", " ay ", "😱", " ay ", "🥺", " ay ", "😔", " ay ", "😞", " ay ", "😰", " ay ", "🕯", " dios ", "🙌", " dios ", "🤲", " dios ", "💔", " ay ", "❤", " amen ",
)
