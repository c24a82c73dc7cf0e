package prose

import (
	"strings"
	"sync"
)

// Answer is an answer to a question that is answered by yes or no.
type Answer int

// The answers. Only what is clear is one of the two.
const (
	Neither Answer = iota
	Yes
	No
)

var answers = sync.OnceValue(func() []rule { return ruleset("answer") })

// Answer is what a text says to a question of ours that is answered by yes or
// no, and the rule that says so. What is conditional, doubtful, both, or a
// question back is neither.
func (t *Text) Answer() (Answer, string) {
	r := first(answers(), t)
	if r == nil {
		return Neither, ""
	}
	switch r.label {
	case "yes":
		if t.asks() && t.words[len(t.words)-1].stop && strings.HasSuffix(strings.TrimSpace(t.raw), "?") {
			return Neither, "question"
		}
		return Yes, r.name
	case "no":
		return No, r.name
	}
	return Neither, r.name
}

// asks reports whether a text ends as a question.
func (t *Text) asks() bool { return strings.Contains(t.raw, "?") && len(t.words) > 0 }

// AnswersAlert is what a text says to "Es una ALERTA?". To that a cry is a yes
// as well, and so is whatever follows a yes.
func (t *Text) AnswersAlert() (Answer, string) {
	a, rule := t.Answer()
	if a != Neither || rule != "" {
		return a, rule
	}
	l := words()
	if len(t.words) > 0 && t.words[0].classes&l.class("yes") != 0 && !t.asks() {
		return Yes, "begins"
	}
	if g, rule := t.Cry(); g >= Possible && !t.question() {
		return Yes, rule
	}
	if len(t.words) == 1 && t.words[0].norm == "YA" {
		return Yes, "ya"
	}
	return Neither, ""
}
