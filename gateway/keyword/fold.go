package keyword

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aviso/gateway/digit"
)

// Normalise is the text as words are compared: upper-case letters and digits,
// compatibility forms and look-alikes of other alphabets made plain, accents
// and everything invisible gone, and what stands between the words, emoji
// included, one blank. It is idempotent.
func Normalise(text string) string {
	var b strings.Builder
	for i, t := range scan(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.word)
	}
	return b.String()
}

// Tokens are the words of the normalised text, for reading a command's
// arguments out of [Parsed].Rest. Digits of any script are 0 to 9.
func Tokens(text string) []string {
	tokens := scan(text)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.word
	}
	return words
}

// Word is one normalised word, and the bytes of the text that it came from.
type Word struct {
	Text       string
	Start, End int
}

// Words are the words of a text with the places where they stand. Digits and
// letters that are written together are words of their own: PIN4821 is two.
func Words(text string) []Word {
	tokens := scanned(text, true)
	words := make([]Word, len(tokens))
	for i, t := range tokens {
		words[i] = Word{t.word, t.start, t.end}
	}
	return words
}

// token is one normalised word, and the bytes of the text that it came from.
type token struct {
	word       string
	start, end int
}

// scan cuts a text into normalised words.
func scan(text string) []token { return scanned(text, false) }

// scanned cuts a text into normalised words, and where asked to also between
// digits and letters.
func scanned(text string, apart bool) []token {
	f := folder{folded: make([]byte, 0, len(text)+1), tokens: make([]token, 0, 8), apart: apart}
	for i, width := 0, 0; i < len(text); i += width {
		if text[i] < utf8.RuneSelf {
			width = 1
			f.start, f.end = i, i+1
			f.ascii(text[i])
			continue
		}
		var r rune
		r, width = utf8.DecodeRuneInString(text[i:])
		f.start, f.end = i, i+width
		f.foreign(text[i:i+width], r)
	}
	f.blank()
	// The words stand in folded with a blank after each: one string for all.
	all := string(f.folded)
	for i := range f.tokens {
		word, rest, _ := strings.Cut(all, " ")
		f.tokens[i].word, all = word, rest
	}
	return f.tokens
}

// folder gathers the words of a text.
type folder struct {
	folded     []byte  // every word, a blank after each
	tokens     []token // without their words
	open       bool    // within a word
	apart      bool    // a digit beside a letter begins a word
	start, end int     // the bytes of the character being folded
}

// glyph adds an upper-case letter or a digit to the word.
func (f *folder) glyph(r rune) {
	if f.apart && f.open && digit.All(string(f.folded[len(f.folded)-1:])) != digit.Is(r) {
		f.blank()
	}
	if !f.open {
		f.open = true
		f.tokens = append(f.tokens, token{start: f.start})
	}
	f.folded = utf8.AppendRune(f.folded, r)
	f.tokens[len(f.tokens)-1].end = f.end
}

// blank ends the word.
func (f *folder) blank() {
	if f.open {
		f.open = false
		f.folded = append(f.folded, ' ')
	}
}

func (f *folder) ascii(c byte) {
	switch {
	case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		f.glyph(rune(c))
	case 'a' <= c && c <= 'z':
		f.glyph(rune(c - 'a' + 'A'))
	case (c < ' ' || c == 0x7F) && !('\t' <= c && c <= '\r'):
		// Control characters, NUL among them, are noise within a word.
	default:
		f.blank()
	}
}

// foreign folds a character beyond ASCII, s being its bytes.
func (f *folder) foreign(s string, r rune) {
	if r == '\U0001F198' { // the SOS button
		f.blank()
		f.plain("SOS")
		f.blank()
		return
	}
	if p := lookAlike(r); p != "" {
		f.plain(p)
		return
	}
	parts := norm.NFKD.PropertiesString(s).Decomposition()
	if len(parts) == 0 {
		f.part(r)
		return
	}
	for len(parts) > 0 {
		r, width := utf8.DecodeRune(parts)
		f.part(r)
		parts = parts[width:]
	}
}

// part folds a character that decomposes no further.
func (f *folder) part(r rune) {
	switch {
	case r < utf8.RuneSelf:
		f.ascii(byte(r))
	case unicode.IsMark(r), isInvisible(r):
		// An accent, a variation selector, a keycap; or nothing to see.
	case unicode.IsLetter(r):
		upper := unicode.ToUpper(r)
		if p := lookAlike(r); p != "" {
			f.plain(p)
		} else if p := lookAlike(upper); p != "" {
			f.plain(p)
		} else {
			f.glyph(upper)
		}
	case unicode.Is(unicode.Nd, r):
		f.glyph(digit.ASCII(r))
	default:
		f.blank()
	}
}

func (f *folder) plain(letters string) {
	for _, r := range letters {
		f.glyph(r)
	}
}

// isInvisible reports format characters (zero-width, direction marks, byte
// order mark), controls that are no blanks, and the apostrophe-like modifier
// letters.
func isInvisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) || 0x02B9 <= r && r <= 0x02DF
}

// lookAlike is the Latin for a letter that NFKD leaves alone and that a phone
// or a decorating keyboard puts in the place of Latin ones: Cyrillic and Greek
// letters of the same shape, Latin letters with a stroke, ligatures. Greek small letters
// go by the shape of the small letter (ν is v), the rest by the capital's.
func lookAlike(r rune) string {
	switch r {
	case 'А', 'а', 'Α', 'α', 'Λ', 'ɑ':
		return "A"
	case 'В', 'в', 'Β', 'β':
		return "B"
	case 'С', 'с', 'Ϲ', 'ϲ':
		return "C"
	case 'ԁ', 'Đ', 'đ', 'Ð', 'ð':
		return "D"
	case 'Е', 'е', 'Ε', 'ε', 'Є', 'є':
		return "E"
	case 'ɡ':
		return "G"
	case 'Н', 'н', 'һ', 'Һ', 'Η':
		return "H"
	case 'І', 'і', 'Ӏ', 'ӏ', 'Ι', 'ι', 'ı':
		return "I"
	case 'Ј', 'ј':
		return "J"
	case 'К', 'к', 'Κ', 'κ':
		return "K"
	case 'Ł', 'ł':
		return "L"
	case 'М', 'м', 'Μ', 'μ':
		return "M"
	case 'Ν', 'η':
		return "N"
	case 'О', 'о', 'Ο', 'ο', 'Ø', 'ø', 'σ':
		return "O"
	case 'Р', 'р', 'Ρ', 'ρ':
		return "P"
	case 'Ԛ', 'ԛ':
		return "Q"
	case 'Ѕ', 'ѕ':
		return "S"
	case 'Т', 'т', 'Τ', 'τ':
		return "T"
	case 'υ':
		return "U"
	case 'ν':
		return "V"
	case 'Ԝ', 'ԝ', 'ω':
		return "W"
	case 'Х', 'х', 'Χ', 'χ':
		return "X"
	case 'У', 'у', 'Υ', 'γ':
		return "Y"
	case 'Ζ', 'ζ':
		return "Z"
	case 'Æ', 'æ':
		return "AE"
	case 'Œ', 'œ':
		return "OE"
	case 'ß', 'ẞ':
		return "SS"
	}
	return ""
}
