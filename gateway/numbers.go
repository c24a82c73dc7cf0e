package gateway

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Numbers are the phones, codes, PINs and references in a text, in whatever
// form people write them: with blanks, dots, brackets or words between, glued to
// a word (pin4821), in words (cuatro ocho dos uno), with an O for a 0.
type Numbers struct {
	Text   string
	words  []keyword.Word
	groups []group
	people []Person
	Pins   []PinNumber // in the order of the text
	Refs   []Reference
	tried  int // numbers that were looked up
}

// group is digits that stand together.
type group struct {
	digits      string
	start, end  int // bytes of the text
	first, last int // words
	plus        bool
	marked      bool // by # or $: no PIN
	said        bool // in words
}

// Person is a number or code, and the groups that it is made of.
type Person struct {
	phones     []Phone // a written number's possible meanings, the likelier first
	codes      []Code
	from, to   int // groups
	start, end int
}

// PinNumber is what may be a PIN.
type PinNumber struct {
	Digits     string
	from, to   int  // groups
	Start, End int  // bytes of the text
	Labelled   bool // PIN, CLAVE or their like stand beside it
	Beside     bool // beside a person's number
}

// Reference is an alert's, and where it ends.
type Reference struct {
	Ref        Ref
	start, end int
}

// ReadNumbers reads the numbers of a text.
func ReadNumbers(text string) Numbers {
	n := Numbers{Text: text, words: keyword.Words(text)}
	n.group()
	for from := 0; from < len(n.groups); {
		to := from + 1
		for to < len(n.groups) && to-from < runMost && n.groups[to].first == n.groups[to-1].last+1 {
			to++
		}
		n.read(from, to, false)
		from = to
	}
	for i := range n.Pins {
		n.Pins[i].Labelled = n.labelled(&n.Pins[i])
	}
	n.correct()
	slices.SortStableFunc(n.people, func(a, b Person) int { return cmp.Compare(a.start, b.start) })
	slices.SortStableFunc(n.Pins, func(a, b PinNumber) int { return cmp.Compare(a.Start, b.Start) })
	return n
}

const (
	// runMost bounds the groups that are read together, gluedMost the words that
	// are: a text may be all digits, and reading it takes time in its length.
	runMost   = 24
	gluedMost = 16
	triesMost = 100
)

// group finds the digits of the text.
func (n *Numbers) group() {
	for i := 0; i < len(n.words); {
		digits, to := n.digitsAt(i)
		if to == i {
			i++
			continue
		}
		g := group{digits: digits, start: n.words[i].Start, end: n.words[to-1].End, first: i, last: to - 1, said: !holdsDigits(n.words[i].Text)}
		before := strings.TrimRight(n.Text[:g.start], " (")
		g.plus = strings.HasSuffix(before, "+")
		g.marked = strings.HasSuffix(before, "#") || strings.HasSuffix(before, "$")
		n.groups = append(n.groups, g)
		i = to
	}
}

// digitsAt reads the digits that begin with a word, and the word behind them.
func (n *Numbers) digitsAt(i int) (digits string, to int) {
	glued := i + 1
	for glued < len(n.words) && glued < i+gluedMost && n.words[glued].Start == n.words[glued-1].End {
		glued++
	}
	if digits, ok := lookAlikes(n.words[i:glued]); ok {
		return digits, glued
	}
	word := n.words[i].Text
	if digit.All(word) {
		return word, i + 1
	}
	return n.spelledAt(i)
}

// spelledAt reads a number in words: ocho, cuarenta y ocho, quinientos cincuenta
// y cinco, doble tres.
func (n *Numbers) spelledAt(i int) (digits string, to int) {
	number := func(i int) int {
		if i < len(n.words) {
			if value, ok := prose.Number(n.words[i].Text); ok {
				return value
			}
		}
		return -1
	}
	if w := n.words[i].Text; w == "DOBLE" || w == "DOUBLE" {
		if twice := number(i + 1); 0 <= twice && twice < 10 {
			return strings.Repeat(strconv.Itoa(twice), 2), i + 2
		}
	}
	value, last := number(i), 0
	if value < 0 {
		return "", i
	}
	to = i + 1
	if last = value; value >= 100 {
		if tens := number(to); 0 < tens && tens < 100 {
			value, last, to = value+tens, tens, to+1
		}
	}
	if unit := number(to); to < len(n.words) && strings.HasSuffix(n.words[to-1].Text, "TY") && 0 < unit && unit < 10 { // fifty five
		value, to = value+unit, to+1
	} else if unit := number(to + 1); 20 <= last && last < 100 && last%10 == 0 && 0 < unit && unit < 10 && n.words[to].Text == "Y" {
		value, to = value+unit, to+2
	}
	return strconv.Itoa(value), to
}

func holdsDigits(word string) bool { return strings.ContainsFunc(word, digit.Is) }

// lookAlikes reads digits that letters stand among which look like them: 3l2,
// O1O1.
func lookAlikes(words []keyword.Word) (string, bool) {
	var b strings.Builder
	digits := 0
	for _, w := range words {
		switch {
		case digit.All(w.Text):
			digits += len(w.Text)
			b.WriteString(w.Text)
		case strings.Trim(w.Text, "O") == "":
			b.WriteString(strings.Repeat("0", len(w.Text)))
		case strings.Trim(w.Text, "L") == "", strings.Trim(w.Text, "I") == "":
			b.WriteString(strings.Repeat("1", len(w.Text)))
		default:
			return "", false
		}
	}
	return b.String(), len(words) > 1 && digits > 1
}

// read finds who is named in a run of groups, and what is left of it may be
// PINs.
func (n *Numbers) read(from, to int, beside bool) {
	if from >= to {
		return
	}
	best, rank := Person{}, 0
	for i := from; i < to; i++ {
		written, count := "", 0
		for j := i; j < to && (j == i || !n.groups[j].plus); j++ {
			written += " " + n.groups[j].digits
			if count += len(n.groups[j].digits); count > 15 {
				break
			}
			p := Person{from: i, to: j + 1, start: n.groups[i].start, end: n.groups[j].end}
			if count < 9 && !n.groups[i].plus || !n.groups[i].plus && !n.grouped(i, j+1) || !n.mayTry() || !p.is(strings.TrimSpace(written), n.groups[i].plus) {
				continue
			}
			r := 1
			if left := n.count(from, i) + n.count(j+1, to); left == 0 || left >= 4 && left <= 8 {
				r += 2
			}
			if r > rank {
				best, rank = p, r
			}
		}
	}
	if rank > 0 {
		n.people = append(n.people, best)
		n.read(from, best.from, true)
		n.read(best.to, to, true)
		return
	}
	for i := from; i < to; i++ {
		if n.unglue(i) {
			n.read(from, i, true)
			n.read(i+1, to, true)
			return
		}
	}
	n.readPINs(from, to, beside)
}

// mayTry bounds the numbers that are looked up in the numbering plans.
func (n *Numbers) mayTry() bool {
	n.tried++
	return n.tried <= triesMost
}

// is reads a person's number or code.
func (p *Person) is(written string, plus bool) bool {
	digits := digit.Only(written)
	if code, ok := ParseCode(digits); ok && !plus {
		p.codes = []Code{code}
		return true
	}
	if plus {
		written = "+" + written
	} else if len(digits) < 10 {
		return false
	}
	p.phones = possiblePhones(written)
	return len(p.phones) > 0
}

// count is how many digits some groups have.
func (n *Numbers) count(from, to int) int {
	sum := 0
	for _, g := range n.groups[from:to] {
		sum += len(g.digits)
	}
	return sum
}

// grouped reports whether groups are cut as people cut a number of ten digits,
// its prefix apart, or a code; in words they may be cut anywhere. A ZIP and a PIN,
// or a reference and a PIN, are none.
func (n *Numbers) grouped(from, to int) bool {
	lengths := ""
	if n.saidNumber(from, to) {
		return true
	}
	for i, g := range n.groups[from:to] {
		if len(g.digits) > 9 {
			return to == from+1 || to == from+2 && i == 1 && dialsOut[n.groups[from].digits]
		}
		lengths += string(rune('0' + len(g.digits)))
	}
	for _, form := range []string{"334", "37", "244", "28", "22222", "3322", "3223", "343", "1111111111", "333", "9", "111111111"} {
		if prefix, ok := strings.CutSuffix(lengths, form); ok && len(prefix) <= 2 {
			return true
		}
	}
	return false
}

// unglue reads a number or code and the PIN that lost the blank between them.
func (n *Numbers) unglue(i int) bool {
	g := n.groups[i]
	if len(g.digits) < 13 || g.marked {
		return false
	}
	for _, length := range []int{10, 11, 12, 13, 9} {
		left := len(g.digits) - length
		if left < 4 || left > 8 {
			continue
		}
		for _, cut := range []struct{ number, pin, from int }{{0, length, length}, {left, 0, 0}} {
			p := Person{from: i, to: i + 1, start: g.start, end: g.end}
			if !n.mayTry() || !p.is(g.digits[cut.number:cut.number+length], g.plus && cut.number == 0) {
				continue
			}
			found := PinNumber{Digits: g.digits[cut.pin : cut.pin+left], from: i, to: i + 1, Start: g.start, End: g.end, Beside: true}
			if g.end-g.start == len(g.digits) { // one byte a digit
				found.Start, found.End = g.start+cut.from, g.start+cut.from+left
				p.start, p.end = g.start+cut.number, g.start+cut.number+length
			}
			n.people, n.Pins = append(n.people, p), append(n.Pins, found)
			return true
		}
	}
	return false
}

// between is what stands between a group and the next. Two groups may be of one
// character: ½ is 1 and 2.
func (n *Numbers) between(i int) string {
	from, to := n.groups[i].end, n.groups[i+1].start
	return n.Text[min(from, to):to]
}

// readPINs finds what may be a PIN among groups that name nobody: one of 4 to 8
// digits, or several smaller ones that make as many. Six digits may as well be a
// reference.
func (n *Numbers) readPINs(from, to int, beside bool) {
	for i := from; i < to; {
		j := i + 1
		for j < to && !strings.ContainsAny(n.between(j-1), ",;:/|\n") {
			j++
		}
		n.readPart(i, j, beside)
		i = j
	}
}

// readPart finds the PINs among groups with nothing but blanks, dots and dashes
// between them.
func (n *Numbers) readPart(from, to int, beside bool) {
	small := func(i int) bool { return len(n.groups[i].digits) < 4 }
	if to > from+1 && (small(from) || small(to-1) || n.labelBefore(from) >= 0) && n.addPIN(from, to, beside) && n.labelBefore(from) >= 0 {
		return
	}
	for i := from; i < to; {
		j := i + 1
		for small(i) && j < to && small(j) {
			j++
		}
		if j-i < to-from || j == i+1 {
			n.addPIN(i, j, beside)
		}
		i = j
	}
}

// addPIN takes groups for a PIN or a reference where they have as many digits.
func (n *Numbers) addPIN(from, to int, beside bool) bool {
	digits := ""
	for _, g := range n.groups[from:to] {
		digits += g.digits
	}
	first, last := n.groups[from], n.groups[to-1]
	if ref, ok := ParseRef(digits); ok {
		n.Refs = append(n.Refs, Reference{ref, first.start, last.end})
	}
	if CheckPIN(digits) != nil || first.marked || n.ofAWord(from) || n.extendsZIP(from) {
		return false
	}
	n.Pins = append(n.Pins, PinNumber{Digits: digits, from: from, to: to, Start: first.start, End: last.end, Beside: beside || n.mistyped(from-1) || n.mistyped(to)})
	return true
}

// ofAWord reports whether digits belong to letters before them: A20955501, KM1204.
func (n *Numbers) ofAWord(i int) bool {
	g := n.groups[i]
	if g.first == 0 || n.words[g.first-1].End != g.start {
		return false
	}
	before := n.words[g.first-1].Text
	return len(before) <= 3 && !labels(before) && !harmless(before)
}

// extendsZIP reports whether digits are those of ZIP+4 or its ZIP: 60608-1234.
func (n *Numbers) extendsZIP(i int) bool {
	zip4 := func(i int) bool {
		return i >= 0 && i+1 < len(n.groups) && len(n.groups[i].digits) == 5 && len(n.groups[i+1].digits) == 4 &&
			n.between(i) == "-"
	}
	return zip4(i) || zip4(i-1)
}

// Set are words to look up, as keyword.Tokens gives them.
func Set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
