package main

import (
	"fmt"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/keyword"
	"aviso/gateway/numbering"
	"aviso/gateway/prose"
)

// keywordsTryCmd is `aviso keywords try TEXT`.
type keywordsTryCmd struct {
	Text    []string `arg:"" help:"What somebody texts. Several words need no quotes."`
	Context string   `help:"Who writes, and what was said to them before: one of own_idle, own_open, own_asked, contact_told, contact_invited, unknown_idle, unknown_asked, reg_name, reg_zip, reg_contact, reg_next, reg_pin, reg_consent, desk_told. The intent is then one of that context's. Without it: the meaning without context and without a sender."`
	JSON    bool     `name:"json" help:"As one line of JSON."`
}

// tried is what the command prints.
type tried struct {
	Intent string        `json:"intent"`
	Grade  string        `json:"grade"` // of raise, panic and cry: certain, likely, possible, unclear; else empty
	Match  keyword.Match `json:"match"` // exact, synonym, near, phrase; empty where nothing matched
	Word   string        `json:"word"`
	Rule   string        `json:"rule"`
	Rest   string        `json:"rest"`
}

// Run says what the text would mean.
func (c *keywordsTryCmd) Run(a *app) error {
	text := strings.Join(c.Text, " ")
	var t tried
	switch {
	case c.Context == "":
		t = withoutContext(text)
	case slices.Contains(prose.Contexts(), prose.Context(c.Context)):
		zips, err := consulate.Builtin()
		if err != nil {
			return err
		}
		numbers, err := numbering.Builtin()
		if err != nil {
			return err
		}
		m := gateway.Understand(prose.Context(c.Context), text, gateway.NewDirectory(zips, numbers, nil))
		t = tried{m.Intent, m.Grade.String(), m.Match, m.Word, m.Rule, m.Rest}
	default:
		return usageError{fmt.Sprintf("keywords try: --context %s: it is one of %v", c.Context, prose.Contexts())}
	}
	if c.JSON {
		return printJSON(a, t)
	}
	for _, line := range []struct{ name, value string }{
		{"intent", t.Intent}, {"grade", t.Grade}, {"word", t.Word}, {"match", string(t.Match)}, {"rule", t.Rule}, {"rest", t.Rest},
	} {
		if line.value != "" {
			fmt.Fprintf(a.stdout, "%-7s %s\n", line.name, line.value)
		}
	}
	return nil
}

// withoutContext is what the table's words mean, and where there is none, how
// sure it is that the text is a cry.
func withoutContext(text string) tried {
	p := keyword.Parse(text)
	t := tried{Intent: string(p.Intent), Match: p.Match, Word: p.Word, Rest: p.Rest}
	read := prose.Read(text)
	kind, rule := read.Machine()
	switch {
	case p.Intent == keyword.Raise && kind == "":
		t.Grade, t.Rule = prose.Certain.String(), "word"
		return t
	case p.Intent != keyword.Unknown && p.Intent != keyword.Panic && p.Intent != keyword.Raise:
		t.Rule = "word"
		return t
	case kind != "" && read.NamesAlert() && kind != "reaction":
		return tried{Intent: string(keyword.Panic), Grade: prose.Possible.String(), Match: prose.Phrase, Rule: rule, Rest: text}
	case kind != "":
		return tried{Intent: string(keyword.Unknown), Match: prose.Phrase, Rule: rule, Rest: text}
	}
	switch g, rule := read.Cry(); {
	case g >= prose.Possible:
		t.Intent, t.Grade, t.Rule = string(keyword.Panic), g.String(), rule
		if t.Match == "" {
			t.Match = prose.Phrase
		}
	default:
		t = tried{Intent: string(keyword.Unknown), Grade: g.String(), Rule: rule, Rest: p.Rest}
	}
	return t
}
