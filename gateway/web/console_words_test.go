package web

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
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files of the domain, %v", len(files), err)
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
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		entry := regexp.MustCompile(`(?:putAlert|putProfile|bumpProfile|auditTask)\([^,\n]+, "([a-z-]+)"|d\.audit\([^"\n]*"([a-z-]+)"|name\(\) string +\{ return "([a-z-]+)"`)
		for _, match := range entry.FindAllStringSubmatch(string(source), -1) {
			if kind := match[1] + match[2] + match[3]; words["did "+kind] == [2]string{} {
				t.Errorf("no words for what is audited as %q", kind)
			}
		}
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
