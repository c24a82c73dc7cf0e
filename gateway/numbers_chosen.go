package gateway

import (
	"slices"
	"strconv"
	"strings"

	"aviso/gateway/consulate"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// What the numbers of a text are where one kind of them was asked for: the
// telephones of contacts, a ZIP, a PIN of one's own choice.

// telephone is a number that somebody gives as a contact's.
type telephone struct {
	written    string // as PhoneReader takes it, cut as it was cut
	start, end int    // bytes of the text
}

// phoneShortest is the least digits that are meant for a telephone.
const phoneShortest = 8

// telephones are the numbers of a text that are telephones or meant for one. One
// that is taken back by the next is left out.
func (n *Numbers) telephones() []telephone {
	var list []telephone
	var last []int // the last group of each
	for i := 0; i < len(n.groups); {
		to, start, end := n.telephoneAt(i)
		if to == i {
			i++
			continue
		}
		if k := len(list) - 1; k >= 0 && n.corrects(last[k], i) {
			list, last = list[:k], last[:k]
		}
		list, last = append(list, telephone{n.written(i, to, start, end), start, end}), append(last, to-1)
		i = to
	}
	return list
}

// telephoneAt is the telephone that begins with a group: up to which group, and
// which bytes. to is i where none does.
func (n *Numbers) telephoneAt(i int) (to, start, end int) {
	for _, p := range n.people {
		if p.from == i {
			return p.to, p.start, p.end
		}
	}
	digits := 0
	for to = i; to < len(n.groups) && !n.ofPerson(to) && (to == i || n.groups[to].first == n.groups[to-1].last+1 && !n.groups[to].plus); to++ {
		digits += len(n.groups[to].digits)
	}
	if digits < phoneShortest || digits > 2*phoneShortest && to == i+1 {
		return i, 0, 0
	}
	return to, n.groups[i].start, n.groups[to-1].end
}

// written is a telephone as it stands in the text, else its digits.
func (n *Numbers) written(from, to, start, end int) string {
	plus := ""
	if n.groups[from].plus {
		plus = "+"
	}
	if start > 0 && n.Text[start-1] == '(' {
		start--
	}
	if s := n.Text[start:end]; strings.Trim(s, "0123456789 -.()/") == "" {
		return plus + s
	}
	digits := make([]string, 0, to-from)
	for _, g := range n.groups[from:to] {
		digits = append(digits, g.digits)
	}
	return plus + strings.Join(digits, " ")
}

// ofPerson reports whether a group is part of a telephone or a code.
func (n *Numbers) ofPerson(group int) bool {
	return slices.ContainsFunc(n.people, func(p Person) bool { return p.from <= group && group < p.to })
}

// corrects reports whether the words between two groups take the first back:
// "4828, no, 4829", "60638 perdon 60629". "60608 y no 60629" takes nothing back.
func (n *Numbers) corrects(before, after int) bool {
	from, to := n.groups[before].last+1, n.groups[after].first
	for i := from; i < to; i++ {
		switch word := n.words[i].Text; {
		case word == "NO" && (i > from && (n.words[i-1].Text == "Y" || n.words[i-1].Text == "AND") || i+1 < to && !insteads[n.words[i+1].Text]):
			return false
		case word == "NO", corrections[word]:
			return true
		}
	}
	return false
}

var corrections = Set("PERDON", "PERDONE", "DIGO", "DISCULPE", "DISCULPA", "SORRY", "MEAN", "EQUIVOQUE", "OOPS", "WAIT", "CORRIJO", "CORRECCION")

// insteads are what stands behind a NO that takes back.
var insteads = Set("ES", "EL", "ERA", "SON", "MEJOR", "PERDON", "SINO", "ESPERE", "IT", "IS", "SORRY")

// moves are the words between two places of which the second is where somebody
// lives now.
var moves = Set("CAMBIE", "CAMBIAMOS", "MUDE", "MUDAMOS", "MOVI", "MOVED", "AHORA", "AHORITA", "NOW")

// Zips are the numbers of a text that have the form of a ZIP, each once, in its
// order: 60608, 60608-1234, 6 0 6 0 8, noventa mil once. One that is taken back,
// or that somebody has moved away from, is left out.
func (n *Numbers) Zips() []string {
	if zip, err := consulate.ParseZIP(n.Text); err == nil {
		return []string{zip}
	}
	var zips, elsewhere []string
	last := -1 // the last group of the last one
	for i := 0; i < len(n.groups); {
		zip, to := n.zipAt(i)
		if zip == "" {
			i = max(to, i+1)
			continue
		}
		if last >= 0 && (n.corrects(last, i) || n.moved(last, i)) {
			zips = zips[:max(0, len(zips)-1)]
		}
		if n.atWork(last, i) && !slices.Contains(elsewhere, zip) {
			elsewhere = append(elsewhere, zip)
		} else if !slices.Contains(zips, zip) {
			zips = append(zips, zip)
		}
		last, i = to-1, to
	}
	if len(zips) == 0 { // there is no other
		return elsewhere
	}
	return zips
}

// atWork reports whether the words in front of a place say that somebody only
// works there: "vivo en 60608 trabajo en 60623".
func (n *Numbers) atWork(before, at int) bool {
	from := 0
	if before >= 0 {
		from = n.groups[before].last + 1
	}
	words := n.words[from:n.groups[at].first]
	has := func(set map[string]bool) bool {
		return slices.ContainsFunc(words, func(w keyword.Word) bool { return set[w.Text] })
	}
	return has(works) && !has(lives)
}

var (
	works = Set("TRABAJO", "TRABAJAMOS", "CHAMBA", "CHAMBEO", "JALE", "WORK", "JOB")
	lives = Set("VIVO", "VIVIMOS", "CASA", "DOMICILIO", "LIVE", "HOME")
)

func (n *Numbers) moved(before, after int) bool {
	return slices.ContainsFunc(n.words[n.groups[before].last+1:n.groups[after].first], func(w keyword.Word) bool { return moves[w.Text] })
}

// OnlyZIP reports whether a text says nothing beside its numbers but what they
// are.
func (n *Numbers) OnlyZIP() bool {
	return !slices.ContainsFunc(n.words, func(w keyword.Word) bool {
		return !digit.All(w.Text) && !labels(w.Text) && !introduces[w.Text] && !harmless(w.Text) && w.Text != "ZIP" && w.Text != "CP" && w.Text != "POSTAL"
	})
}

// zipAt is the ZIP that begins with a group, and the group behind it.
func (n *Numbers) zipAt(i int) (zip string, to int) {
	g := n.groups[i]
	next := func(j int) bool {
		return j < len(n.groups) && !n.ofPerson(j) && n.groups[j].first == n.groups[j-1].last+1
	}
	switch {
	case n.ofPerson(i), g.marked:
		return "", i + 1
	case len(g.digits) == 5:
		if next(i+1) && n.extendsZIP(i) {
			return g.digits, i + 2
		}
		return g.digits, i + 1
	case len(g.digits) == 2 && g.last+1 < len(n.words) && n.words[g.last+1].Text == "MIL": // noventa mil once
		value, _ := strconv.Atoi(g.digits)
		value, to = value*1000, i+1
		if to < len(n.groups) && n.groups[to].first == g.last+2 && len(n.groups[to].digits) <= 3 {
			rest, _ := strconv.Atoi(n.groups[to].digits)
			value, to = value+rest, to+1
		}
		return strconv.Itoa(value), to
	}
	digits := g.digits
	for to = i + 1; len(n.groups[to-1].digits) < 4 && next(to) && len(n.groups[to].digits) < 4; to++ {
		digits += n.groups[to].digits
	}
	if len(digits) == 5 && to > i+1 {
		return digits, to
	}
	return "", to
}

// chosenPIN is the PIN that a text chooses: the only number of four to eight
// digits in it. One given twice is one, and of "4828 no 4829" it is the latter.
// "" where there is none or more than one, and where the numbers are somebody's
// telephone.
func (n *Numbers) chosenPIN() string {
	if len(n.people) > 0 {
		return ""
	}
	chosen := -1
	for i := range n.Pins {
		p := &n.Pins[i]
		if before := n.groups[p.from].first - 1; !p.Labelled && before >= 0 && n.placed(before) {
			continue
		}
		switch {
		case chosen < 0, n.Pins[chosen].to <= p.from && (n.corrects(n.Pins[chosen].to-1, p.from) || n.prefers(n.Pins[chosen].to-1, p.from)):
			chosen = i
		case n.Pins[chosen].Digits != p.Digits:
			return ""
		}
	}
	if chosen < 0 {
		return ""
	}
	return n.Pins[chosen].Digits
}

// prefers reports whether the words between two groups choose the second: "pense en
// 1357 pero mejor 8619".
func (n *Numbers) prefers(before, after int) bool {
	return slices.ContainsFunc(n.words[n.groups[before].last+1:n.groups[after].first], func(w keyword.Word) bool { return w.Text == "MEJOR" || w.Text == "RATHER" || w.Text == "INSTEAD" })
}

// OfBirth reports whether a text says that its number is a date of birth, which
// stands on every paper that somebody carries.
func (n *Numbers) OfBirth() bool {
	return slices.ContainsFunc(n.words, func(w keyword.Word) bool { return births[w.Text] })
}

var births = Set("NACI", "NACIMIENTO", "NACIO", "CUMPLEANOS", "CUMPLO", "BORN", "BIRTHDAY", "BIRTH")

// choosesPIN reports whether the words around a PIN are those of somebody who
// chooses one. A sentence about something else, and what is said to somebody
// ("use 4829 para entrar"), choose none.
func (n *Numbers) choosesPIN() bool {
	strange, next := 0, 0
	for i, w := range n.words {
		for next < len(n.groups) && n.groups[next].last < i {
			next++
		}
		switch word := w.Text; {
		case next < len(n.groups) && n.groups[next].first <= i:
		case word == "TU" || word == "YOUR" || word == "USE" || word == "USA" || word == "MARCA" || word == "MARQUE":
			return false
		case !labels(word) && !introduces[word] && !harmless(word) && !corrections[word] && !chooses[word]:
			strange++
		}
	}
	return strange <= strangeMost
}

// strangeMost is how many words of no choice a choice may hold: "el de mi moto".
const strangeMost = 3

var chooses = Set("QUIERO", "QUISIERA", "PONGA", "PONGAN", "PONGAME", "PONGALE", "PONGANLE", "PONER", "PON", "ESCOJO", "ESCOGI", "ELIJO", "ELEGI", "SEA", "SERIA", "MEJOR", "ESE", "ESTOS", "ESOS",
	"CON", "PARA", "QUE", "Q", "NO", "SE", "ME", "OLVIDE", "LO", "VOY", "LES", "LE", "DOY", "COMO", "REPITO", "OTRA", "VEZ", "YO", "MIO", "BUENO", "PUES", "CREO", "NUMEROS", "DIGITOS", "LETS", "DO", "WANT",
	"I", "WILL", "BE", "CHOOSE", "PICK", "USAR", "USARE", "PENSE", "PENSABA", "PERO", "PRIMERO", "FUE", "ERA", "FACIL", "ACORDARME", "ACUERDO")
