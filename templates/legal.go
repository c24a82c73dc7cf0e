package templates

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Legal is one claim of law or of the authorities' practice that our words
// make. The operator's counsel has to approve it; we only say where it is from.
type Legal struct {
	Claim    string
	Wordings []string // the sentences that make it, in every language
	Source   string   // public addresses, each with its date
	Date     string   // of the newest source: "2026", "2026-02" or "2026-02-05"
	Where    []string // "sms again", "console wallet.html": what holds one of the sentences
}

// legalTable has a line a claim. Its wordings stand in it as in the templates,
// with or without accents, between bars.
//
//go:embed legal.csv
var legalTable string

// Legal lists the claims, and where each stands today. An operator's own
// information texts are claims by themselves.
func (c *Catalog) Legal() ([]Legal, error) {
	rows, err := csv.NewReader(strings.NewReader(legalTable)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read legal.csv: %w", err)
	}
	sources, err := c.sources()
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(sources))
	var list []Legal
	for _, row := range rows[1:] {
		l := Legal{Claim: row[0], Wordings: strings.Split(row[1], " | "), Source: row[2], Date: row[3]}
		for _, name := range names {
			if slices.ContainsFunc(l.Wordings, func(w string) bool { return strings.Contains(sources[name], Plain(w)) }) {
				l.Where = append(l.Where, name)
			}
		}
		list = append(list, l)
	}
	for _, name := range slices.Sorted(maps.Keys(c.information)) {
		info := c.information[name]
		list = append(list, Legal{
			Claim: "The operator's own text", Wordings: []string{info.Text}, Source: info.Source,
			Date: info.Checked.Format("2006-01-02"), Where: []string{"words " + name + ".txt"},
		})
	}
	return list, nil
}

// sources are the words of all templates, plain and in every language, by
// medium and name. What a template includes is part of it.
func (c *Catalog) sources() (map[string]string, error) {
	all := map[string]string{}
	add := func(medium string, w *wording) {
		for name := range w.trees {
			all[medium+" "+name] += w.included(name) + "\n"
		}
	}
	for _, t := range c.languages {
		add("sms", t)
	}
	for medium, languages := range c.dialogues {
		for _, t := range languages {
			add(medium, t)
		}
	}
	pages, err := fs.Glob(console, "console/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the console's pages: %w", err)
	}
	for _, page := range pages {
		text, err := fs.ReadFile(console, page)
		if err != nil {
			return nil, err
		}
		all["console "+strings.TrimPrefix(page, "console/")] = string(text)
	}
	for name, text := range all {
		all[name] = Plain(text)
	}
	return all, nil
}

var inclusion = regexp.MustCompile(`\{\{template "([^"]+)"[^}]*\}\}`)

// included is a text as it is written, with those that it includes.
func (w *wording) included(name string) string {
	return inclusion.ReplaceAllStringFunc(w.trees[name].Root.String(), func(call string) string {
		if other := inclusion.FindStringSubmatch(call)[1]; other != name && w.trees[other] != nil {
			return w.included(other)
		}
		return call
	})
}

// tipLine is ICE's line for denouncing people, by its digits and letters. It
// still circulates as a number to call for help.
var tipLine = regexp.MustCompile(`(?i)866\D{0,3}347\D{0,3}2423|866\D{0,3}DHS\W?2\W?ICE`)

// HoldsTipLine reports whether a text names the number by which people are
// denounced to ICE (866-347-2423, 866-DHS-2-ICE), which nobody is to be given.
func HoldsTipLine(text string) bool { return tipLine.MatchString(text) }
