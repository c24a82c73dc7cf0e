package sim

import (
	"fmt"
	"io"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWordsAreInBothLanguages(t *testing.T) {
	for name, w := range pageWords {
		spanish, english, both := strings.Cut(string(w), "|")
		if !both || spanish == "" || english == "" || strings.Contains(english, "|") {
			t.Errorf("%s: %q", name, w)
		}
		if strings.Count(spanish, "%") != strings.Count(english, "%") {
			t.Errorf("%s: %q take different things", name, w)
		}
	}
	template, err := pageFiles.ReadFile("page/page.html")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\.?\$?(?:view)?\.T "([a-z-]+)"`).FindAllStringSubmatch(string(template), -1) {
		used[m[1]] = true
		if _, ok := pageWords[m[1]]; !ok {
			t.Errorf("the page wants %q, which there is not", m[1])
		}
	}
	for name := range pageWords {
		if !used[name] {
			t.Errorf("nothing shows %q", name)
		}
	}
	if got := Wordsf("%s escribe|%s texts", Words("su madre|her mother")).In(inEnglish); got != "her mother texts" {
		t.Errorf("words within words: %q", got)
	}
	if got := Wordsf("%s escribe|%s texts", "a|b"); got.In(inSpanish) != "a¦b escribe" || got.In(inEnglish) != "a¦b texts" {
		t.Errorf("a bar that somebody wrote: %q", got)
	}
}

// Every note that the carrier puts on a screen is told in both languages.
func TestNotesAreInBothLanguages(t *testing.T) {
	for note, w := range notes {
		if w.In(inEnglish) != note || w.In(inSpanish) == note {
			t.Errorf("%q: %q", note, w)
		}
	}
	for _, b := range begun {
		if got := noteIn(b.english+": x", inSpanish); got != b.spanish+": x" {
			t.Errorf("%q", got)
		}
	}
	for status, note := range callNotes {
		if _, ok := notes[note]; !ok {
			t.Errorf("%s: %q has no Spanish", status, note)
		}
	}
}

func TestLanguageOfARequest(t *testing.T) {
	for _, c := range []struct{ query, header, want string }{
		{"", "", "en"}, {"", "es-MX,es;q=0.9,en;q=0.8", "es"}, {"", "en-US,en;q=0.9", "en"}, {"", "fr-FR, es;q=0.3", "es"}, {"", "fr", "en"},
		{"?lang=es", "en-US", "es"}, {"?lang=en", "es-MX", "en"}, {"?lang=xx", "es-MX", "es"},
	} {
		r := httptest.NewRequest("GET", "/sim/"+c.query, nil)
		if c.header != "" {
			r.Header.Set("Accept-Language", c.header)
		}
		if got := languageOf(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// The page says the same in both languages, and nothing of the one in the other.
func TestPageInBothLanguages(t *testing.T) {
	c := New(Config{Senders: []string{"+15550001111"}})
	defer c.Close()
	page, err := c.Page(PageConfig{
		Phones:  []PagePhone{{Phone: c.Phone("+13125550101", "Juan"), Role: "su tía|his aunt", Hint: "un PIN|a PIN", Keys: []string{"ALERTA|ALERT"}}},
		Scenes:  []Scene{{"family", "La familia|The family"}},
		Stories: []Story{{Name: "one", Title: "Una|One"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string][]string{}
	for _, language := range []string{inSpanish, inEnglish} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest("GET", "/sim/?lang="+language, nil))
		body, _ := io.ReadAll(w.Body)
		if !strings.Contains(string(body), fmt.Sprintf(`<html lang="%s">`, language)) {
			t.Errorf("%s: the page is of another language", language)
		}
		shown[language] = regexp.MustCompile(`>([^<>]*\pL[^<>]*)<`).FindAllString(string(body), -1)
	}
	if len(shown[inSpanish]) != len(shown[inEnglish]) {
		t.Errorf("%d words in Spanish, %d in English", len(shown[inSpanish]), len(shown[inEnglish]))
	}
	same := []string{">Juan<", ">Juan <", ">Aviso <", ">Español<", ">English<", ">ALERTA<", ">+13125550101<"}
	for _, s := range shown[inSpanish] {
		if slices.Contains(shown[inEnglish], s) && !slices.Contains(same, s) {
			t.Errorf("%q is in both", s)
		}
	}
}
