package gateway

import (
	"slices"
	"strings"
)

// labelled reports whether a word beside digits says that they are a PIN: "mi
// pin es el 4821", "4821 es mi clave".
func (n *Numbers) labelled(p *PinNumber) bool {
	return n.label(p) >= 0 || n.labelAfter(p) >= 0
}

const labelReach = 4 // words

// label is the word before a PIN that says what it is, -1 where there is none.
func (n *Numbers) label(p *PinNumber) int { return n.labelBefore(p.from) }

func (n *Numbers) labelBefore(group int) int {
	at := n.groups[group].first
	for i := at - 1; i >= max(0, at-labelReach); i-- {
		switch word := n.words[i].Text; {
		case word == "CODE" && i > 0 && n.words[i-1].Text == "ZIP":
			return -1
		case labels(word):
			return i
		case !introduces[word]:
			return -1
		}
	}
	return -1
}

func (n *Numbers) labelAfter(p *PinNumber) int {
	at := n.groups[p.to-1].last
	if at+1 >= len(n.words) || !introduces[n.words[at+1].Text] {
		return -1
	}
	for i := at + 1; i < min(len(n.words), at+1+labelReach); i++ {
		switch word := n.words[i].Text; {
		case labels(word):
			if n.introduced(i + 1) {
				return -1 // it is a label of what follows
			}
			return i
		case !introduces[word]:
			return -1
		}
	}
	return -1
}

// introduced reports whether digits follow, if need be behind words that
// introduce them.
func (n *Numbers) introduced(i int) bool {
	for i < len(n.words) && introduces[n.words[i].Text] {
		i++
	}
	_, found := slices.BinarySearchFunc(n.groups, i, func(g group, first int) int { return g.first - first })
	return found
}

// labels reports a word for a PIN, or one that ran together with it.
func labels(word string) bool {
	for _, label := range []string{"PIN", "CLAVE", "NIP", "CONTRASENA", "CODIGO", "PASSWORD", "PASSCODE", "CODE", "SECRETO", "SECRETA"} {
		if strings.HasSuffix(word, label) {
			return true
		}
	}
	return false
}

// introduces are the words between a label and its digits.
var introduces = Set("A", "HA", "SER", "SERA", "VA", "ES", "EL", "LA", "MI", "SU", "DE", "ESTE", "ESTA", "SON", "NUMERO", "DIJO", "IS", "MY", "THE", "NUMBER")

// correct puts right a number whose last four digits are said again, with a PIN
// behind them: "312 555 0110 no perdon 0101". What was written first is looked up
// after it.
func (n *Numbers) correct() {
	for i := range n.people {
		p := &n.people[i]
		if p.to >= len(n.groups) || len(p.phones) == 0 || len(n.groups[p.to].digits) != 4 || !n.takesBack(n.groups[p.to-1].last+1, n.groups[p.to].first) {
			continue
		}
		g := n.groups[p.to]
		at := slices.IndexFunc(n.Pins, func(pin PinNumber) bool { return pin.from == p.to && pin.to == p.to+1 })
		if at < 0 || len(n.Pins) < 2 {
			continue
		}
		var mended []Phone
		for _, phone := range p.phones {
			mended = append(mended, phone[:len(phone)-len(g.digits)]+Phone(g.digits))
		}
		p.phones, p.to, p.end = append(mended, p.phones...), p.to+1, g.end
		n.Pins = slices.Delete(n.Pins, at, at+1)
	}
}

// takesBack reports whether the words from one to another take back what was said
// before them, and say nothing else.
func (n *Numbers) takesBack(from, to int) bool {
	back := false
	for _, w := range n.words[from:max(from, to)] {
		if !taking[w.Text] && !backs[w.Text] {
			return false
		}
		back = back || backs[w.Text]
	}
	return back
}

var (
	backs  = Set("NO", "PERDON", "PERDONE", "DIGO", "CORRIJO", "CORRECCION", "ERROR", "SORRY", "MEAN", "MEANT", "WAIT")
	taking = Set("QUISE", "DECIR", "ERA", "ES", "I", "IT", "IS", "AL", "FINAL", "TERMINA", "EN", "MAS", "BIEN", "EL", "MI")
)

// dialsOut are what people dial before a number: 001 3125550101.
var dialsOut = Set("001", "00", "01", "1", "011", "044", "045", "52", "521")

// mistyped reports whether a group is a number or a code that lost or won a digit:
// a PIN beside it is one.
func (n *Numbers) mistyped(i int) bool {
	return i >= 0 && i < len(n.groups) && !n.groups[i].marked && (len(n.groups[i].digits) == 9 || len(n.groups[i].digits) == 11)
}

// saidNumber reports whether groups are a number of ten digits that is said in words,
// all of it or some of its three parts.
func (n *Numbers) saidNumber(from, to int) bool {
	said, at := false, 0
	for _, g := range n.groups[from:to] {
		end := at + len(g.digits)
		if said = said || g.said; !g.said && !(at == 0 && end == 3 || at == 3 && (end == 6 || end == 10) || at >= 6 && (end == 8 || end == 10) && at != 7) {
			return false
		}
		at = end
	}
	return said && at == 10
}
