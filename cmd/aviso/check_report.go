package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
)

// readiness is what `aviso check` has found.
type readiness struct {
	JSON      bool
	Countries []string

	findings []finding
	judgedBy []way
	legal    []legalSentence
}

// level is how much a finding matters.
type level string

const (
	levelOK      level = "ok"
	levelAdvice  level = "advice"  // it works, and would work better
	levelMissing level = "missing" // people would not be told, or not all of them
)

type finding struct {
	Level level  `json:"level"`
	About string `json:"about"`
	Text  string `json:"text"`
	Next  string `json:"next,omitempty"`
}

// way is one way of one number, for a script.
type way struct {
	Number    string        `json:"number"`
	Channel   string        `json:"channel"`           // texts or calls
	Direction string        `json:"direction"`         // in or out
	Country   string        `json:"country,omitempty"` // of those who are reached
	Works     string        `json:"works"`             // yes, no, unknown
	Reason    twilio.Reason `json:"reason,omitempty"`
	Next      string        `json:"next,omitempty"`
}

func (r *readiness) ok(about, text string)           { r.add(levelOK, about, text, "") }
func (r *readiness) advise(about, text, next string) { r.add(levelAdvice, about, text, next) }
func (r *readiness) missing(about, text, next string) {
	r.add(levelMissing, about, text, next)
}

func (r *readiness) add(l level, about, text, next string) {
	r.findings = append(r.findings, finding{l, about, text, next})
}

// ready is whether everything is in place.
func (r *readiness) ready() bool {
	return !slices.ContainsFunc(r.findings, func(f finding) bool { return f.Level == levelMissing })
}

// judged records a verdict. That a kind of number does not go somewhere is
// nothing that is missing.
func (r *readiness) judged(s settings, n *twilio.Number, w twilio.Way, v twilio.Verdict) {
	out := way{Number: n.Sender.Address, Channel: "texts", Direction: "in", Country: w.Country, Reason: v.Reason, Next: v.Next,
		Works: map[twilio.Answer]string{twilio.Yes: "yes", twilio.No: "no", twilio.Open: "unknown"}[v.Works]}
	if w.Channel == gateway.Voice {
		out.Channel = "calls"
	}
	what := out.Channel + " in"
	if w.Country != "" {
		out.Direction, what = "out", out.Channel+" to "+w.Country
	}
	r.judgedBy = append(r.judgedBy, out)
	about := n.Sender.Address + " " + what
	switch {
	case v.Works == twilio.Yes || v.Reason == twilio.Kind:
	case v.Works == twilio.Open:
		r.advise(about, "May not work: "+string(v.Reason)+".", v.Next)
	default:
		r.missing(about, "Does not work: "+string(v.Reason)+".", v.Next)
	}
}

// print writes the report: what is there, what works, what to do next.
func (r *readiness) print(a *app) error {
	if r.JSON {
		return printJSON(a, struct {
			Ready    bool      `json:"ready"`
			Findings []finding `json:"findings"`
			Ways     []way     `json:"ways"`

			Legal []legalSentence `json:"legal"`
		}{r.ready(), r.findings, r.judgedBy, r.legal})
	}
	for _, f := range r.findings {
		if f.Level == levelOK {
			fmt.Fprintf(a.stdout, "ok       %s: %s\n", f.About, f.Text)
		}
	}
	r.table(a)
	r.steps(a, levelMissing, "Missing, in the order in which to do it:")
	r.steps(a, levelAdvice, "Advice:")
	r.counsel(a)
	if r.ready() {
		fmt.Fprintln(a.stdout, "\nEverything is in place.")
	} else {
		fmt.Fprintln(a.stdout, "\nNot everything is in place.")
	}
	return nil
}

// steps lists the findings of a level; those with the same next step are one.
func (r *readiness) steps(a *app, l level, title string) {
	type step struct {
		next   string
		causes []string
	}
	var steps []step
	for _, f := range r.findings {
		if f.Level != l {
			continue
		}
		cause := f.About + ": " + f.Text
		if i := slices.IndexFunc(steps, func(s step) bool { return s.next == f.Next && f.Next != "" }); i >= 0 {
			steps[i].causes = append(steps[i].causes, cause)
			continue
		}
		steps = append(steps, step{f.Next, []string{cause}})
	}
	if len(steps) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	for i, s := range steps {
		for j, cause := range s.causes {
			number := "   "
			if j == 0 {
				number = fmt.Sprintf("%2d.", i+1)
			}
			fmt.Fprintf(a.stdout, "%s %s\n", number, cause)
		}
		if s.next != "" {
			fmt.Fprintf(a.stdout, "    -> %s\n", s.next)
		}
	}
}

// table shows what works today: a row a number, a column a way.
func (r *readiness) table(a *app) {
	if len(r.judgedBy) == 0 {
		return
	}
	fmt.Fprintln(a.stdout, "\nWhat works today:")
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	columns := []way{{Channel: "texts", Direction: "in"}}
	for _, country := range r.Countries {
		columns = append(columns, way{Channel: "texts", Direction: "out", Country: country})
	}
	columns = append(columns, way{Channel: "calls", Direction: "in"})
	for _, country := range r.Countries {
		columns = append(columns, way{Channel: "calls", Direction: "out", Country: country})
	}
	fmt.Fprint(w, "number")
	for _, c := range columns {
		if c.Direction == "in" {
			fmt.Fprintf(w, "\t%s in", c.Channel)
		} else {
			fmt.Fprintf(w, "\t%s to %s", c.Channel, c.Country)
		}
	}
	fmt.Fprintln(w)
	var numbers []string
	for _, j := range r.judgedBy {
		if !slices.Contains(numbers, j.Number) {
			numbers = append(numbers, j.Number)
		}
	}
	for _, number := range numbers {
		fmt.Fprint(w, number)
		for _, c := range columns {
			i := slices.IndexFunc(r.judgedBy, func(j way) bool {
				return j.Number == number && j.Channel == c.Channel && j.Direction == c.Direction && j.Country == c.Country
			})
			fmt.Fprint(w, "\t"+r.cell(i))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

func (r *readiness) cell(i int) string {
	if i < 0 {
		return "-"
	}
	switch j := r.judgedBy[i]; {
	case j.Works == "yes":
		return "yes"
	case j.Reason == twilio.Kind:
		return "-"
	case j.Works == "no":
		return "no: " + string(j.Reason)
	default:
		return "? " + string(j.Reason)
	}
}

// sentence makes an error one.
func sentence(err error) string {
	text := strings.TrimSpace(err.Error())
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
