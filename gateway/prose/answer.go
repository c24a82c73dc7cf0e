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
	a, _, rule := t.answer()
	return a, rule
}

// Consent is [Text.Answer] where only a clear yes is a yes: to telling the
// consulate, to ending an alert, to erasing a person. "Por que no", "si pero
// ..." and what a machine wrote are neither.
func (t *Text) Consent() (Answer, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Neither, rule
	}
	if g, rule := t.Cry(); g >= Likely {
		return Neither, rule
	}
	a, clear, rule := t.answer()
	if a == Yes && !clear {
		return Neither, rule
	}
	return a, rule
}

// answer is the answer, and whether a yes is as clear as a consent has to be.
func (t *Text) answer() (a Answer, clear bool, rule string) {
	r := first(answers(), t)
	if r == nil {
		return Neither, false, ""
	}
	switch r.label {
	case "yes", "soft":
		if t.asks() && t.words[len(t.words)-1].stop && strings.HasSuffix(strings.TrimSpace(t.raw), "?") {
			return Neither, false, "question"
		}
		clear = r.label == "yes" && !t.asks() && (agreeing[r.name] || !t.has(words().class("not")))
		return Yes, clear, r.name
	case "no":
		return No, true, r.name
	}
	return Neither, false, r.name
}

// agreeing are the rules of what agrees with a no in it: "como no", "no hay
// problema".
var agreeing = map[string]bool{"how-not": true, "no-problem": true, "no-pues-si": true}

// asks reports whether a text holds a question mark.
func (t *Text) asks() bool { return strings.ContainsAny(t.raw, "?¿") && len(t.words) > 0 }

// AnswersAlert is what a text says to "Es una ALERTA?". To that a cry is a yes
// as well, and so is whatever follows a yes.
func (t *Text) AnswersAlert() (Answer, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Neither, rule
	}
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
