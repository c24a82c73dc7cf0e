package prose

import (
	"embed"
	"strings"
)

//go:embed rules/*.txt
var files embed.FS

// rule is a pattern with what it says of a text.
type rule struct {
	pattern
	label string
}

// ruleset reads the rules of a file: a line each, the label, the rule's name,
// its pattern. A line that begins with "let" names words: {NAME} in a pattern
// below it stands for them.
func ruleset(name string) []rule {
	l := words()
	var list []rule
	var lists []string
	for line := range strings.Lines(read(name)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		if fields[0] == "let" {
			lists = append(lists, "{"+fields[1]+"}", strings.Join(fields[2:], "|"))
			continue
		}
		pattern := strings.NewReplacer(lists...).Replace(strings.Join(fields[2:], " "))
		list = append(list, rule{l.pattern(fields[1], pattern), fields[0]})
	}
	return list
}

func read(name string) string {
	b, err := files.ReadFile("rules/" + name + ".txt")
	if err != nil {
		panic(err) // the files are built in
	}
	return string(b)
}

// first is the first rule that fits a text, nil where none does.
func first(rules []rule, t *Text) *rule {
	for i := range rules {
		if !rules[i].may(t) {
			continue
		}
		if at, _ := rules[i].find(t.words); at >= 0 {
			return &rules[i]
		}
	}
	return nil
}
