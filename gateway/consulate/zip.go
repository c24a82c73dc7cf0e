package consulate

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aviso/gateway/digit"
)

// ParseZIP reads what a person gives as their ZIP: 60608, 60608-1234,
// 60608 1234 or 606081234, blanks around it, digits of any width. It returns
// the first five digits, of a ZIP that may not exist (Table.ParseZIP). The error
// is a *ZIPError.
func ParseZIP(s string) (string, error) {
	s = strings.TrimSpace(plain(s))
	if m := zipForm.FindStringSubmatch(s); m != nil {
		return m[1], nil
	}
	switch {
	case s == "":
		return "", &ZIPError{ReasonEmpty}
	case strings.Trim(s, "0123456789- ") != "":
		return "", &ZIPError{ReasonCharacters}
	case len(s) == 4 && digit.All(s):
		return "", &ZIPError{ReasonFourDigits}
	}
	return "", &ZIPError{ReasonLength}
}

// ParseZIP reads like the function of that name a ZIP that has to exist, as far
// as the data tells (Exists). The error is a *ZIPError.
func (t *Table) ParseZIP(s string) (string, error) {
	zip, err := ParseZIP(s)
	if err == nil && !t.Exists(zip) {
		return "", &ZIPError{ReasonUnknown}
	}
	return zip, err
}

// Exists reports whether a ZIP is in the data, or its first three digits are:
// new ZIPs come up within known prefixes.
func (t *Table) Exists(zip string) bool {
	n, ok := zipNumber(zip)
	if !ok {
		return false
	}
	if t.decisions[t.zips[n]].rule != RuleNoneUnknown {
		return true
	}
	for _, i := range t.zips[n-n%100 : n-n%100+100] { // the prefix table lacks it, the base may not
		if t.decisions[i].known {
			return true
		}
	}
	return false
}

var zipForm = regexp.MustCompile(`^(\d{5})(?:[- ]?\d{4})?$`)

// plain folds what phones make of digits (full-width) and hyphens (en dash).
func plain(s string) string {
	return strings.ReplaceAll(norm.NFKC.String(s), "\u2013", "-")
}

// A ZIPError says why something is no ZIP. It never holds what was given: a
// ZIP tells where a person lives.
type ZIPError struct{ Reason Reason }

// A Reason is why something is no ZIP.
type Reason string

// The reasons.
const (
	ReasonEmpty      Reason = "empty"
	ReasonFourDigits Reason = "four-digits" // most often a leading zero that was lost
	ReasonLength     Reason = "length"
	ReasonCharacters Reason = "characters"
	ReasonUnknown    Reason = "unknown" // five digits that are no ZIP's, as 00000
)

// Error is in English, for operators.
func (e *ZIPError) Error() string {
	switch e.Reason {
	case ReasonEmpty:
		return "the ZIP is missing: five digits, for example 60608"
	case ReasonFourDigits:
		return "a ZIP has five digits, this has four: perhaps a leading 0 was lost, as in 02108"
	case ReasonUnknown:
		return "there is no such ZIP"
	}
	return "a ZIP has five digits, for example 60608 or 60608-1234"
}

// Spanish is for the person who wrote it: what to do, in GSM-7 without accents.
func (e *ZIPError) Spanish() string {
	switch e.Reason {
	case ReasonEmpty:
		return "Falta el ZIP: cinco digitos, por ejemplo 60608"
	case ReasonFourDigits:
		return "Un ZIP tiene cinco digitos y este tiene cuatro. Tal vez empieza con 0, por ejemplo 02108"
	case ReasonUnknown:
		return "Ese ZIP no existe. Escriba el suyo, por ejemplo 60608"
	}
	return "Un ZIP tiene cinco digitos, por ejemplo 60608"
}

// FirstZIP is the first word of a text that is a ZIP of the data or of its
// prefixes: 60608 in "ALERTA 60608 me llevan", also where it is written
// 60608-1234. Five digits out of a longer number (a phone, a nine-digit code,
// a reference, an amount, a decimal) are none.
func (t *Table) FirstZIP(words string) (zip string, ok bool) {
	words = plain(words)
	runs := digitRuns(words)
	for i, r := range runs {
		if r.length() != 5 || !standsAlone(words, runs, i) || partOfPhone(words, runs, i) {
			continue
		}
		zip := words[r.start:r.end]
		n, _ := zipNumber(zip)
		if d := t.decisions[t.zips[n]]; d.known || d.rule == RulePrefix {
			return zip, true
		}
	}
	return "", false
}

// A run is a longest sequence of digits, words[start:end].
type run struct{ start, end int }

func (r run) length() int { return r.end - r.start }

func digitRuns(words string) []run {
	var runs []run
	for i := 0; i < len(words); i++ {
		if !digit.Is(words[i]) {
			continue
		}
		start := i
		for i < len(words) && digit.Is(words[i]) {
			i++
		}
		runs = append(runs, run{start, i})
	}
	return runs
}

// standsAlone says whether runs[i] is a word of its own: not part of a word,
// an amount or a code (#60608, $60608), and not one side of a number of two
// (12:30, 41.87, 55-1234) except where the other is the four digits of a ZIP+4.
func standsAlone(words string, runs []run, i int) bool {
	before, after := words[:runs[i].start], words[runs[i].end:]
	if before != "" {
		r, n := utf8.DecodeLastRuneInString(before)
		if clings(r) || joins(r) && endsInDigit(before[:len(before)-n]) {
			return false
		}
	}
	if after == "" {
		return true
	}
	r, n := utf8.DecodeRuneInString(after)
	if clings(r) {
		return false
	}
	if !joins(r) || i+1 == len(runs) || runs[i+1].start != runs[i].end+n {
		return true
	}
	plus4 := runs[i+1]
	return r == '-' && plus4.length() == 4 && endsWord(words[plus4.end:])
}

// endsWord says whether a number ends where after begins.
func endsWord(after string) bool {
	r, n := utf8.DecodeRuneInString(after)
	return after == "" || !clings(r) && !(joins(r) && len(after) > n && digit.Is(after[n]))
}

// joins says whether r between two digits makes one number of both.
func joins(r rune) bool { return strings.ContainsRune(".:-/", r) }

// clings says whether r next to a digit makes it part of something else.
func clings(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Sc, unicode.Sm) ||
		strings.ContainsRune("#*@%&_\\\u00b0", r)
}

// partOfPhone says whether runs[i] is a group of a phone written in groups, as
// in 98765 43210 or 312 55 50101: groups with only blanks, brackets, hyphens or
// dots between them that make ten digits together, ten after a country's 1, 52
// or 521, or up to fifteen after a +. A group of nine digits or more is a number
// by itself.
func partOfPhone(words string, runs []run, i int) bool {
	const (
		whole   = 9
		longest = 15 // digits of E.164; a longer chain is no phone, and is not followed to its end
	)
	joined := func(a, b run) bool {
		between := words[a.end:b.start]
		return a.length() < whole && b.length() < whole &&
			len(between) <= 3 && strings.Trim(between, " ()-.") == ""
	}
	first, last, length := i, i, runs[i].length()
	for first > 0 && length <= longest && joined(runs[first-1], runs[first]) {
		first--
		length += runs[first].length()
	}
	for last+1 < len(runs) && length <= longest && joined(runs[last], runs[last+1]) {
		last++
		length += runs[last].length()
	}
	if first == last || length > longest {
		return false
	}
	n := ""
	for _, r := range runs[first : last+1] {
		n += words[r.start:r.end]
	}
	switch len(n) {
	case 10:
		return true
	case 11:
		return n[0] == '1'
	case 12:
		return n[:2] == "52"
	case 13:
		return n[:3] == "521"
	}
	return strings.HasSuffix(words[:runs[first].start], "+")
}

func endsInDigit(s string) bool { return s != "" && digit.Is(s[len(s)-1]) }
