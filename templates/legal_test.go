package templates

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// law are the words that a sentence of law, or of the authorities' practice,
// cannot do without.
var law = regexp.MustCompile(`(?i)\bfirm(e|a|en|ar)\b|guarde silencio|abogad|\bjuez|\borden\b|fianza|habeas|locator|a-number|notari|nacio\b|mienta|\bteme\b|resista|no (doy|da) permiso|asilo|` +
	`sin papeles|derecho a|(pida|quiere) .*consulado|avisamos a su consulado|` +
	`\bsign\b|silent|lawyer|\bjudge|warrant|\bbond\b|you were born|do not lie|\bfear\b|resist|do not consent|asylum|without papers|right to|(ask to|shall we) .*consulate`)

// noLaw are sentences that hold such a word and claim nothing.
var noLaw = []string{
	"no es 911 ni abogado", "is not 911 or a lawyer", "No es 911 ni abogado", "This is no 911 and no lawyer", // what we are not
	"No somos abogados ni el 911, y podemos fallar.", "We are neither lawyers nor 911, and we can fail.",
	"A-number</dt>", "A-number</label>", "Details.ANumber", `"a_number"`, // what a consulate asks for
	"Una persona que dio su permiso pide que se avise a su consulado.", // an agent to a consulate
}

func TestEverySentenceOfLawHasItsSource(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Legal()
	if err != nil {
		t.Fatal(err)
	}
	dated, address := regexp.MustCompile(`^20\d\d(-\d\d){0,2}$`), regexp.MustCompile(`[a-z0-9-]+\.(com|org|gov|mx|net|pe|co)\b`)
	claimed := slices.Clone(noLaw)
	sources, err := c.sources()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		if l.Claim == "" || !address.MatchString(l.Source) || !dated.MatchString(l.Date) {
			t.Errorf("%q: source %q of %q", l.Claim, l.Source, l.Date)
		}
		for _, wording := range l.Wordings {
			said := false
			for _, text := range sources {
				said = said || strings.Contains(text, Plain(wording))
			}
			if !said {
				t.Errorf("%q is said nowhere", wording)
			}
			claimed = append(claimed, wording)
		}
	}
	slices.SortFunc(claimed, func(a, b string) int { return len(b) - len(a) }) // the longer holds the shorter
	for name, text := range sources {
		for _, wording := range claimed {
			text = strings.ReplaceAll(text, Plain(wording), "")
		}
		for line := range strings.SplitSeq(text, "\n") {
			if found := law.FindString(line); found != "" {
				t.Errorf("%s states law (%q) that legal.csv has no row for: %s", name, found, line)
			}
		}
	}
}

// Nobody is ever given the number by which people are denounced, nor one of the
// consular line that is not its own any more.
func TestNoHarmfulNumberAnywhere(t *testing.T) {
	old := regexp.MustCompile(`855\D{0,3}463\D{0,3}(6395|6242)`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != "..":
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".tmpl", ".html", ".md", ".go", ".csv", ".txt", ".js", ".jsonl"}, filepath.Ext(path)),
			strings.HasPrefix(filepath.Base(path), "legal"), strings.HasSuffix(path, "config_test.go"), // this rule, and a test of it
			strings.Contains(path, "consulates/data"): // tables of places
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil && (HoldsTipLine(string(text)) || old.Match(text)) {
			t.Errorf("%s holds ICE's tip line, or an old number of the consular line", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"866-347-2423", "1 (866) 347-2423", "+18663472423", "866-DHS-2-ICE", "866-DHS2ICE"} {
		if !HoldsTipLine("Llame " + number) {
			t.Errorf("%s is not known", number)
		}
		file := fstest.MapFS{"legal.es.txt": {Data: []byte("checked: 2026-11-22\nsource: https://example.org\n\nLlame " + number + ".\n")}}
		c, err := Builtin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.WithInformation(file); err == nil || !strings.Contains(err.Error(), "tip line") {
			t.Errorf("an information text with %s is taken: %v", number, err)
		}
	}
	if HoldsTipLine("Llame 866-555-2423 o 520-623-7874") {
		t.Error("another number is taken for it")
	}
}
