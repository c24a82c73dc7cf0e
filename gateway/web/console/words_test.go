package console

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"aviso/gateway"
)

// Whatever the domain calls things, agents read it in words: a kind of task
// that is new there is missing here.
func TestWordsForTheDomain(t *testing.T) {
	var files []string
	for _, room := range []string{"", "decision", "escalation", "person", "texts", "calls", "acts", "service"} {
		list, err := filepath.Glob(filepath.Join("../..", room, "*.go"))
		if err != nil || len(list) == 0 {
			t.Fatalf("%d files in the room %q, %v", len(list), room, err)
		}
		files = append(files, list...)
	}
	found := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for kind, pattern := range map[string]string{"task": `\bTask\w+ +TaskKind += "([^"]+)"`, "purpose": `\bPurpose\w+ +Purpose += "([^"]+)"`} {
			for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1) {
				found++
				if _, ok := words[kind+" "+match[1]]; !ok {
					t.Errorf("no words for the %s %q", kind, match[1])
				}
			}
		}
	}
	if found < 25 {
		t.Errorf("only %d kinds were found in the domain", found)
	}
	audited := 0
	entry := regexp.MustCompile(`(?:PutAlert|PutProfile|BumpProfile|[aA]uditTask)\([^,\n]+, "([a-z-]+)"|\.Audit\([^"\n]*"([a-z-]+)"|name\(\) string +\{ return "([a-z-]+)"`)
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range entry.FindAllStringSubmatch(string(source), -1) {
			audited++
			if kind := match[1] + match[2] + match[3]; words["did "+kind] == [2]string{} {
				t.Errorf("no words for what is audited as %q", kind)
			}
		}
	}
	// A deed that is called by what came of it returns one of several names.
	named := regexp.MustCompile(`\) name\(\) string \{\n(?:\t.*\n)+\}`)
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range named.FindAllString(string(source), -1) {
			for _, match := range regexp.MustCompile(`return "([a-z-]+)"`).FindAllStringSubmatch(body, -1) {
				audited++
				if words["did "+match[1]] == [2]string{} {
					t.Errorf("no words for what is audited as %q", match[1])
				}
			}
		}
	}
	if audited < 80 {
		t.Errorf("only %d places were found where something is audited", audited)
	}
	for kind, list := range map[string][]string{"reason": gateway.EndReasons, "call": gateway.TaskOutcomes} {
		for _, word := range list {
			if _, ok := words[kind+" "+word]; !ok {
				t.Errorf("no words for the %s %q", kind, word)
			}
		}
	}
	for key, pair := range words {
		if pair[0] == "" || pair[1] == "" {
			t.Errorf("%q lacks a language", key)
		}
	}
}
