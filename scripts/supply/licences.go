package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// classify tells a licence by the sentences that make it that one; "" where it
// is none that is known here.
func classify(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range known {
		if !slices.ContainsFunc(l.sentences, func(s string) bool { return !strings.Contains(text, s) }) {
			return l.name
		}
	}
	return ""
}

// known are the licences that the product may be handed out with, as their
// texts have to go along and nothing else does, by SPDX's names. The more
// particular stand first.
var known = []struct {
	name      string
	sentences []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0", "grant of patent license", "redistribution"}},
	{"MPL-2.0", []string{"mozilla public license version 2.0", "covered software"}},
	{"BSD-3-Clause", []string{
		"redistribution and use in source and binary forms, with or without modification, are permitted provided",
		"redistributions in binary form must reproduce", "to endorse or promote products derived from this software without specific prior written permission",
	}},
	{"BSD-2-Clause", []string{
		"redistribution and use in source and binary forms, with or without modification, are permitted provided",
		"redistributions in binary form must reproduce",
	}},
	{"MIT", []string{
		"permission is hereby granted, free of charge, to any person obtaining a copy", "the above copyright notice and this permission notice shall be included",
	}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"}},
}

// forbidden are licences that would bind the whole of the product.
var forbidden = []string{"gnu general public license", "gnu affero general public license", "server side public license", "business source license"}

// writeLicences writes the list and every text to one, and what is wrong to
// the other.
func writeLicences(w, problems io.Writer, parts []part) error {
	fmt.Fprintf(w, "Aviso, and what is linked into it, each under its own licence. The texts follow the list.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	wrong := 0
	for _, p := range parts {
		licence := p.Licence
		for _, text := range p.Texts {
			if slices.ContainsFunc(forbidden, func(s string) bool { return strings.Contains(strings.ToLower(text[:min(len(text), 400)]), s) }) {
				licence = ""
			}
		}
		if licence == "" {
			wrong++
			licence = "NOT KNOWN"
			fmt.Fprintf(problems, "licences: %s %s has none that may go along, or none that is known here\n", p.Name, p.Version)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", p.Name, p.Version, licence)
	}
	table.Flush()
	for _, p := range parts {
		if p.Main {
			continue // its LICENSE lies beside
		}
		fmt.Fprintf(w, "\n%s\n%s %s\n\n%s\n", strings.Repeat("-", 80), p.Name, p.Version, strings.Join(p.Texts, "\n\n"))
	}
	if wrong > 0 {
		return fmt.Errorf("%d parts without a licence that may go along", wrong)
	}
	return nil
}
