package templates_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aviso/templates"
)

var full = templates.Data{
	Programme: "RED DEMO", Call: "312-555-0100", Ref: "#482137", Digits: "482137", Name: "Guadalupe H.", Who: "Maria",
	When: "14:30", ZIP: "60608", Word: "girasol", Consulate: "Consulado General de Mexico en Salt Lake City",
	Contacts: 6, Told: 8, Confirmed: 8, Minutes: 15, PIN: true, Code: "123456782", List: []string{"a 6 contactos", "al Consulado en Salt Lake City"},
	Places: []string{"San Vicente y las Granadinas", "Aguascalientes/Zacatecas"},
}

// What a voicemail could record never says that somebody is detained.
func TestHeadsAreDiscreet(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"call-contact", "call-desk", "call-neutral", "call-keys", "whisper"} {
		for _, language := range []string{"es", "en"} {
			data := full
			data.Words = "me llevan"
			text, err := words.Phrase("voice", language, name, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"deten", "detain", "detention", "60608", "me llevan"} {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s %s says %q", language, name, word)
				}
			}
			if name == "call-neutral" && strings.Contains(text, data.Name) {
				t.Errorf("%s %s names the person", language, name)
			}
		}
	}
}

func TestPaginate(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("palabra ", 60))
	for name, text := range map[string]string{
		"short": "RED X\n1 ALERTA", "just so": strings.Repeat("a", 156), "one more": strings.Repeat("a", 157),
		"words": long, "lines": strings.ReplaceAll(long, "palabra palabra ", "palabra palabra\n"), "empty": "",
	} {
		pages := templates.Paginate(text, "0 mas")
		whole := ""
		for i, page := range pages {
			if len(page) > 156 {
				t.Errorf("%s: page %d has %d characters", name, i, len(page))
			}
			part, more := strings.CutSuffix(page, "\n0 mas")
			if more != (i < len(pages)-1) {
				t.Errorf("%s: page %d of %d says how to go on: %v", name, i, len(pages), more)
			}
			whole += part
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(whole) != squeeze(text) {
			t.Errorf("%s: pages hold %q, want %q", name, whole, text)
		}
	}
}

func FuzzScreen(f *testing.F) {
	f.Add("Ñandú está aquí 😀\x00\n[{~}]")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range templates.Screen(text) {
			if r != '\n' && (r < ' ' || r > '~') {
				t.Fatalf("%q is left of %q", r, text)
			}
		}
	})
}

func TestSpeaks(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := words.WithRecordings(fstest.MapFS{
		"nah/notice.mp3": {Data: []byte("a")}, "nah/notice-body.mp3": {Data: []byte("b")}, "nah/call-keys.wav": {Data: []byte("c")},
		"mix/notice.mp3": {Data: []byte("a")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string]bool{"": true, "es": true, "es-MX": true, "EN": true, "mix": false, "nah": true, "nah-MX": true, "zap": false} {
		if got := recorded.Speaks(tag); got != want {
			t.Errorf("%q is understood: %v, want %v", tag, got, want)
		}
	}
	if words.Speaks("nah") {
		t.Error("recordings reach back into the catalog that they were added to")
	}
	if missing := recorded.MissingRecordings("nah"); !slices.Contains(missing, "hello") || slices.Contains(missing, "notice") {
		t.Errorf("missing in Nahuatl: %v", missing)
	}
	if _, err := words.WithRecordings(fstest.MapFS{"es/hello.mp3": {}}); err == nil {
		t.Error("an empty recording is taken")
	}
}

// Whoever picks up hears the key within five seconds of speech, which is about
// twelve words.
func TestCallsSayTheKeyAtOnce(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"es", "en"} {
		for _, name := range words.Phrases("voice", language) {
			switch {
			case !strings.HasPrefix(name, "call-") && name != "whisper", strings.HasSuffix(name, "-body"), strings.HasSuffix(name, "-said"), strings.HasSuffix(name, "-adds"), strings.HasPrefix(name, "call-thanks"), // behind a key
				name == "call-neutral", name == "call-children", name == "call-taken", name == "call-stopped", name == "call-ended":
				continue
			}
			data := full
			data.Consulate = "Salt Lake City" // a city, as calls have it
			text, err := words.Phrase("voice", language, name, data)
			if err != nil {
				t.Fatal(err)
			}
			if n := wordsToKey(text); n < 0 || n > 12 {
				t.Errorf("%s %s says the key after %d words: %s", language, name, n, text)
			}
		}
	}
}

// wordsToKey is how many words are said until a key has been named; -1: none is.
func wordsToKey(text string) int {
	said := strings.Fields(strings.ToLower(text))
	for i, word := range said[:max(0, len(said)-1)] {
		if word == "marque" || word == "press" {
			return i + 2
		}
	}
	return -1
}
