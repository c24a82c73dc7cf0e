package main

import (
	"fmt"
	"strings"
	"time"
)

// legalSentence is a claim of law that our words make, for the operator's
// counsel.
type legalSentence struct {
	Claim  string   `json:"claim"`
	Says   []string `json:"says"`
	Where  []string `json:"where"` // medium and name of each template that says it
	Source string   `json:"source"`
	Date   string   `json:"date"`          // of the newest source: 2026, 2026-02 or 2026-02-05
	Old    bool     `json:"old,omitempty"` // it is older than a year, and doubtful
}

// lawLasts is how old a source may be before what it says is doubtful.
const lawLasts = 366 * 24 * time.Hour

// law gathers the claims. They are approved by people, so none is missing.
func (r *readiness) law(s settings, now time.Time) error {
	list, err := s.words.Legal()
	if err != nil {
		return err
	}
	oldest := now.Add(-lawLasts).Format(time.DateOnly)
	for _, l := range list {
		r.legal = append(r.legal, legalSentence{l.Claim, l.Wordings, l.Where, l.Source, l.Date, l.Date < oldest[:min(len(l.Date), len(oldest))]})
	}
	return nil
}

// counsel lists the claims.
func (r *readiness) counsel(a *app) {
	fmt.Fprintln(a.stdout, "\nSentences of law and of the authorities' practice, for your counsel to approve:")
	for i, l := range r.legal {
		old := ""
		if l.Old {
			old = " (older than a year: doubtful)"
		}
		fmt.Fprintf(a.stdout, "%2d. %s\n    says: %s\n    in: %s\n    source: %s\n    date: %s%s\n",
			i+1, l.Claim, strings.Join(l.Says, " | "), strings.Join(l.Where, ", "), l.Source, l.Date, old)
	}
}
