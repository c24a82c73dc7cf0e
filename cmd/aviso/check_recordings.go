package main

import (
	"fmt"
	"strings"
)

// shownMost is how many missing phrases are named; the rest are counted.
const shownMost = 8

// recordings says which prompts of calls are spoken by a machine in languages
// that there are recordings in.
func (r *readiness) recordings(s settings) {
	languages := s.words.Recorded()
	if len(languages) == 0 {
		r.ok("recorded prompts", "None: calls are spoken by a machine, in Spanish and English.")
		return
	}
	for _, language := range languages {
		missing := s.words.MissingRecordings(language)
		if len(missing) == 0 {
			r.ok("recorded prompts", language+": all are there.")
			continue
		}
		shown, rest := missing, ""
		if len(shown) > shownMost {
			shown, rest = missing[:shownMost], fmt.Sprintf(" and %d more", len(missing)-shownMost)
		}
		next := "Record them into audio/" + language + " of --words, as templates/audio/README.md says."
		if !s.words.Speaks(language) {
			next += " Nobody is called in this language while notice, notice-body or call-keys is missing."
		}
		r.advise("recorded prompts", language+": spoken by a machine are "+strings.Join(shown, ", ")+rest+".", next)
	}
}
