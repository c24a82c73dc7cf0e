package main

import (
	"errors"
	"fmt"

	"aviso/gateway/keyword"
)

// keywordsLintCmd is `aviso keywords lint`.
type keywordsLintCmd struct{}

// Run fails where a carrier would take one of our words for its own.
func (keywordsLintCmd) Run(a *app) error {
	failed := false
	for _, kind := range keyword.SenderKinds() {
		collisions := keyword.Lint(keyword.Builtin(), kind)
		fmt.Fprintf(a.stdout, "%s: %d\n", kind, len(collisions))
		for _, c := range collisions {
			failed = failed || c.Fails()
			word := c.Word
			if word == "" {
				word = "(none)"
			}
			fmt.Fprintf(a.stdout, "  %-12s %s means %s to us, %s means %s to the carrier\n", c.Problem, word, c.Intent, c.Carrier, c.Effect)
		}
	}
	if failed {
		return errors.New("words of ours collide with carriers' words")
	}
	return nil
}
