package prose

import (
	"slices"
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
	switch {
	case a == No && t.asks() && t.words[0].classes&words().class("no") == 0: // "no le pueden avisar al mio?"
		return Neither, rule
	case a == No && rule == "sorry": // it may be sorry for a slip, and go on: "perdon, si quiero"
	case a == No, a == Yes && clear:
		return a, rule
	case t.asks():
		return Neither, rule
	}
	sums, rules := weigh(consents(), t)
	switch yes, no := sums["yes"], sums["no"]; {
	case a == Neither && rule != "", sums["doubt"] > 0:
		return Neither, rule
	case no >= 2 && no > yes:
		return No, rules["no"]
	case yes >= 3 && no == 0:
		return Yes, rules["yes"]
	}
	return Neither, rule
}

var consents = sync.OnceValue(func() []weighed { return weights("consent") })

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
var agreeing = map[string]bool{"how-not": true, "no-problem": true, "no-pues-si": true, "see-no": true, "corrected": true}

// asks reports whether a text holds a question mark.
func (t *Text) asks() bool { return strings.ContainsAny(t.raw, "?¿") && len(t.words) > 0 }

// AnswersAlert is what a text says to "Es una ALERTA?". People answer it with
// what happens, or with how the first text came about, and seldom with a yes or
// a no alone; so what speaks for and what speaks against is weighed. A cry is a
// yes as well.
func (t *Text) AnswersAlert() (Answer, string) {
	if kind, rule := t.Machine(); kind != "" {
		return Neither, rule
	}
	sums, rules := weigh(asked(), t)
	yes, no := sums["yes"], sums["no"]
	a, _, unsure := t.answer()
	switch name := unsure; {
	case a == Neither && name != "":
	case a == Yes:
		yes++
	case a == No && name != "begins" && name != "joke" && name != "error" && name != "cannot":
		no++
	}
	switch g, name := t.Cry(); {
	case t.question():
	case g >= Likely:
		yes, rules["yes"] = yes+3, name
	case g == Possible && name != "letters":
		yes, rules["yes"] = yes+2, name
	}
	style := t.Styled()
	yes -= doubt * int(style)
	if sums["none"] > 0 {
		return Neither, rules["none"]
	}
	switch {
	case a == Neither && unsure != "":
		if yes >= no+4 && !t.asks() || yes >= no+5 { // "no se si son ellos pero me quieren subir al carro"
			return Yes, rules["yes"]
		}
		return Neither, unsure
	case sums["doubt"] > 0 && no > 0 && yes < no+3: // a cry that is dropped costs more than a question
		return Neither, rules["doubt"]
	case yes > no && yes >= 2 && (yes >= 4 || !t.asks()):
		return Yes, rules["yes"]
	case no > max(yes, 0) && style == ByHand:
		return No, rules["no"]
	}
	return Neither, ""
}

var asked = sync.OnceValue(func() []weighed { return weights("asked") })

// weighed are rules that count for a side each, with what they make void.
type weighed struct {
	pattern
	side   string
	weight int
	void   []string // names of rules that do not count where this one fits
}

// weights reads the rules of a file whose labels are a side and a digit, the
// weight, and whose names may have behind a "!" those of the rules they void.
func weights(file string) []weighed {
	var list []weighed
	for _, r := range ruleset(file) {
		w := weighed{pattern: r.pattern, side: strings.TrimRight(r.label, "0123456789"), weight: int(r.label[len(r.label)-1] - '0')}
		if name, void, ok := strings.Cut(r.name, "!"); ok {
			w.name, w.void = name, strings.Split(void, ",")
		}
		list = append(list, w)
	}
	return list
}

// weigh sums what the rules say for each side, and names the heaviest rule of
// each.
func weigh(rules []weighed, t *Text) (sums map[string]int, heaviest map[string]string) {
	var fit []*weighed
	var void []string // what somebody makes void
	for i := range rules {
		if !rules[i].may(t) {
			continue
		}
		if at, _ := rules[i].find(t.words); at >= 0 {
			fit = append(fit, &rules[i])
			void = append(void, rules[i].void...)
		}
	}
	if len(void) > 0 { // what is void itself makes nothing void
		var by []string
		for _, r := range fit {
			if !slices.Contains(void, r.name) {
				by = append(by, r.void...)
			}
		}
		void = by
	}
	sums, heaviest = map[string]int{}, map[string]string{}
	most := map[string]int{}
	for _, r := range fit {
		if slices.Contains(void, r.name) {
			continue
		}
		sums[r.side] += r.weight
		if r.weight > most[r.side] {
			most[r.side], heaviest[r.side] = r.weight, r.name
		}
	}
	return sums, heaviest
}
