package keyword

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// holds checks what is true of every text, and fails with what is not.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) {
	t.Helper()
	p := Parse(text)
	normal := Normalise(text)
	tokens := Tokens(text)

	if again := Normalise(normal); again != normal {
		t.Fatalf("Normalise(%q) = %q, and of that %q", text, normal, again)
	}
	if joined := strings.Join(tokens, " "); joined != normal {
		t.Fatalf("Tokens(%q) joined = %q, Normalise %q", text, joined, normal)
	}
	if !utf8.ValidString(p.Rest) || strings.ContainsFunc(p.Rest, unicode.IsControl) || strings.TrimSpace(p.Rest) != p.Rest {
		t.Fatalf("Parse(%q).Rest = %q", text, p.Rest)
	}
	switch p.Intent {
	case Unknown:
		if p.Match != "" || p.Word != "" || p.Whole {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
	case Panic:
		if p.Match == "" || p.Word == "" || p.Whole {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
	default:
		if e := exactly(vocabulary[:], p.Word); e == nil || p.Match != Near && p.Match != e.match && p.Word != "CANCEL" {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
		if p.Match == Near && (len(p.Word) < nearLetters && p.Word != "SOS" && p.Word != "HELP" && p.Word != "INFO" || exactly(vocabulary[:], p.Word).strict) {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
		// The rest is the end of what was written, word by word.
		if !strings.HasSuffix(normal, Normalise(p.Rest)) {
			t.Fatalf("Parse(%q).Rest = %q, text %q", text, p.Rest, normal)
		}
	}
	if p.Intent == Raise && !p.Whole {
		t.Fatalf("Parse(%q) = %+v", text, p)
	}
	// An opt-out is the whole message: one of the words, or two of them.
	if p.Intent.isConsent() && (p.Rest != "" || strings.ReplaceAll(normal, " ", "") != p.Word && p.Match != Near && !resembles(normal, p.Word)) {
		t.Fatalf("Parse(%q) = %+v", text, p)
	}
	// Case, accents, punctuation and blanks never matter, save the comma or
	// accent that tells "sí" from "si".
	if q := Parse(normal); q.Intent != p.Intent && p.Intent != Yes || q.Word != p.Word && p.Intent != Yes {
		t.Fatalf("Parse(%q) = %+v, normalised %+v", text, p, q)
	}
}

// pieces are what random texts are made of: words of the vocabulary, words of
// people, and what phones and robots put between them.
func pieces() *rapid.Generator[string] {
	words := []string{
		"me", "llevan", "no", "falsa", "4821", "60608", "482137", "#482137", "3125550101", "2H", "14:00", "la", "mi",
		"por favor", "gracias", "OPT", "OUT", "ALL", "S", "O", "1", "numero", "sí", "mira", "AL", "ERTA", "Alberta", "salio",
	}
	for _, e := range vocabulary {
		words = append(words, e.word, strings.ToLower(e.word))
	}
	for _, e := range cries {
		words = append(words, e.word)
	}
	return rapid.OneOf(
		rapid.SampledFrom(words),
		rapid.SampledFrom([]string{" ", " ", " ", "  ", ", ", ".", "!", "\n", "\x00", "\u200B", "\u200F", "\u202E", "\u0301", "\uFE0F", "🚨", "🆘", "\"", "“", "\xff", "-", "¿"}),
		rapid.String(),
	)
}

func TestEveryText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		holds(t, strings.Join(rapid.SliceOfN(pieces(), 0, 12).Draw(t, "pieces"), ""))
	})
}

// However an alert word is written, and whatever follows, it raises, and what
// follows goes along.
func TestAlertAlwaysRaises(t *testing.T) {
	disguises := map[rune][]string{
		'A': {"A", "a", "Á", "à", "А", "Α", "Ａ", "A\u0301", "4"},
		'E': {"E", "e", "é", "Е", "Ε", "Ｅ", "3"},
		'L': {"L", "l", "Ｌ", "ł"},
		'R': {"R", "r", "ʳ"},
		'T': {"T", "t", "Т", "Τ"},
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", " ", "¡", "\"", "#", "🚨 ", "\u200F", "\uFEFF", "...", "\x00"}).Draw(t, "before"))
		digits := 0
		for _, letter := range "ALERTA" {
			d := rapid.SampledFrom(disguises[letter]).Draw(t, "letter")
			if d == "4" || d == "3" {
				if digits++; digits > 3 {
					d = string(letter)
				}
			}
			b.WriteString(d + rapid.SampledFrom([]string{"", "", "", "\u200B", "\x00", "\u0301"}).Draw(t, "noise"))
		}
		b.WriteString(rapid.SampledFrom([]string{" ", ", ", "!!! ", ": ", " - ", ".", "\n", " 🚨 "}).Draw(t, "between"))
		words := rapid.StringMatching(`[a-z]{2,8}( [a-z]{1,8}){0,5}`).Draw(t, "words")
		text := b.String() + words

		p := Parse(text)
		if p.Intent != Raise || p.Word != "ALERTA" || p.Match != Exact || !p.Whole {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
		if strings.TrimPrefix(p.Rest, "🚨 ") != words {
			t.Fatalf("Parse(%q).Rest = %q, want %q", text, p.Rest, words)
		}
	})
}

// A word of the stop class with anything beside it is no opt-out.
func TestStopIsTheWholeMessage(t *testing.T) {
	stops := Builtin()[Stop]
	rapid.Check(t, func(t *rapid.T) {
		stop := rapid.SampledFrom(stops).Draw(t, "stop")
		other := rapid.StringMatching(`[a-z0-9]{1,9}`).Draw(t, "other")
		for _, text := range []string{stop + " " + other, other + " " + stop} {
			switch Normalise(text) {
			case "OPT OUT", "STOP ALL":
				continue
			}
			if p := Parse(text); p.Intent == Stop {
				t.Fatalf("Parse(%q) = %+v", text, p)
			}
		}
	})
}

// A denial anywhere takes the alarm out of a longer text.
func TestDenialsTakeTheAlarmOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"la", "migra", "alerta", "ayuda", "vino", "hoy", "sos"}), 1, 8).Draw(t, "words")
		words = append([]string{"hoy"}, words...)
		at := rapid.IntRange(1, len(words)).Draw(t, "at")
		denial := rapid.SampledFrom([]string{"no", "falsa", "error", "cancelada", "not", "false", "mistake", "cancelled"}).Draw(t, "denial")
		text := strings.Join(words[:at], " ") + " " + denial + " " + strings.Join(words[at:], " ")
		if p := Parse(text); p.Intent != Unknown {
			t.Fatalf("Parse(%q) = %+v", text, p)
		}
	})
}

// Its seeds are kept in testdata: one trap of the field each.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		holds(t, text)
		due, err := CheckInTime(text)
		if err != nil && due != (Due{}) || due.In < 0 || due.In > MaxCheckIn || due.Hour > 23 || due.Minute > 59 {
			t.Fatalf("CheckInTime(%q) = %+v, %v", text, due, err)
		}
	})
}

// The kept seeds are there: an empty corpus would pass unseen.
func TestSeedsAreKept(t *testing.T) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "fuzz", "FuzzParse", "*"))
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no seeds kept: %v", err)
	}
	for _, seed := range seeds {
		if b, err := os.ReadFile(seed); err != nil || !strings.HasPrefix(string(b), "go test fuzz v1\n") {
			t.Errorf("%s is no seed: %v", seed, err)
		}
	}
}
