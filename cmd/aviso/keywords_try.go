package main

import (
	"fmt"
	"strings"

	"aviso/gateway/keyword"
)

// keywordsTryCmd is `aviso keywords try TEXT`.
type keywordsTryCmd struct {
	Text []string `arg:"" help:"What somebody texts. Several words need no quotes."`
	JSON bool     `name:"json" help:"As one line of JSON."`
}

// Run says what the text would mean.
func (c *keywordsTryCmd) Run(a *app) error {
	parsed := keyword.Parse(strings.Join(c.Text, " "))
	if c.JSON {
		return printJSON(a, parsed)
	}
	fmt.Fprintf(a.stdout, "intent  %s\n", parsed.Intent)
	if parsed.Match != "" {
		fmt.Fprintf(a.stdout, "word    %s (%s)\n", parsed.Word, parsed.Match)
	}
	if parsed.Rest != "" {
		fmt.Fprintf(a.stdout, "rest    %s\n", parsed.Rest)
	}
	return nil
}
