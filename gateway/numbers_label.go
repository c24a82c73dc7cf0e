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
