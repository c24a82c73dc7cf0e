package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// mention is what a text names beside its command: a person by number or code,
// PINs, alerts' references.
type mention struct {
	phones    []Phone // of the people, the likelier first
	codes     []Code
	pins      []string // that may be meant, the likelier first
	Refs      []Ref
	besideRef string // the words beside the first reference
}

// peopleMost is how many people one text can name.
const peopleMost = 4

// pinsTried is how many of the numbers in one text are tried as a PIN. Each
// costs the time of a slow hash, and counts.
const pinsTried = 3

// mentions sorts the numbers of a text.
func (n *Numbers) mentions() mention {
	var m mention
	for _, p := range n.people[:min(len(n.people), peopleMost)] {
		m.phones, m.codes = append(m.phones, p.phones...), append(m.codes, p.codes...)
	}
	for likelihood := 3; likelihood >= 0; likelihood-- {
		for i := range n.Pins {
			if p := &n.Pins[i]; len(m.pins) < pinsTried && n.likelihood(p) == likelihood && !slices.Contains(m.pins, p.Digits) {
				m.pins = append(m.pins, p.Digits)
			}
		}
	}
	for _, r := range n.Refs {
		m.Refs = append(m.Refs, r.Ref)
	}
	if len(n.Refs) > 0 {
		m.besideRef = n.beside(n.Refs[0])
	}
	return m
}

// beside is what stands beside a reference and the words that announce it: "caso
// 482137. Esta en Broadview" says where somebody is.
func (n *Numbers) beside(r Reference) string {
	before := ""
	for i := len(n.words) - 1; i >= 0; i-- {
		if w := n.words[i]; w.End <= r.start && !announces[w.Text] {
			before = n.Text[:w.End]
			break
		}
	}
	return strings.TrimSpace(before + " " + strings.TrimLeft(n.Text[r.end:], " .,;:!-/)"))
}

var announces = Set("REF", "REFERENCIA", "CASO", "ALERTA", "NUMERO", "NUM", "FOLIO", "EL", "LA", "DE", "DEL", "CASE", "NUMBER", "THE", "ALERT")

// likelihood is how sure it is that digits are meant as a PIN.
func (n *Numbers) likelihood(p *PinNumber) int {
	switch {
	case p.Labelled:
		return 3
	case p.Beside:
		return 2
	case n.StandsAlone(p):
		return 1
	}
	return 0
}

// StandsAlone reports whether digits are no part of what is around them, as in
// "4821 me llevan" and "vengan ya 4821", and not in "2415 S Kedzie", "2000
// dolares" and "en Kedzie 2415".
func (n *Numbers) StandsAlone(p *PinNumber) bool {
	before, after := n.groups[p.from].first-1, n.groups[p.to-1].last+1
	for before >= 0 && articles[n.words[before].Text] {
		before--
	}
	for after < len(n.words) && articles[n.words[after].Text] {
		after++
	}
	return (before < 0 || n.breaks(before) || !n.placed(before)) && (after >= len(n.words) || n.breaks(after))
}

// SurePIN is the number of a text that is given as a PIN, and is no part of what
// is around it, no ZIP and no time of day; "" where there is none. A house number
// must not count as a wrong PIN.
func (n *Numbers) SurePIN(known *Directory) string {
	best, how := "", 0
	for i := range n.Pins {
		p := &n.Pins[i]
		sure := n.likelihood(p)
		if before := n.groups[p.from].first - 1; sure < 2 && (before >= 0 && n.words[before].Text == "LAS" || len(p.Digits) == 5 && known.Consulates.Exists(p.Digits)) {
			continue
		}
		if sure > how {
			best, how = p.Digits, sure
		}
	}
	return best
}

// breaks reports whether no number belongs to a word beside it.
func (n *Numbers) breaks(i int) bool {
	word := n.words[i].Text
	return sentences[word] || harmless(word) || labels(word) || !digit.All(word) && keyword.Parse(word).Intent != keyword.Unknown
}

// placed reports whether the words that end here say where or how much.
func (n *Numbers) placed(i int) bool {
	for j := i; j > max(-1, i-4); j-- {
		switch word := n.words[j].Text; {
		case digit.All(word):
			return j == i && (j == 0 || digit.All(n.words[j-1].Text) || !n.placed(j-1))
		case places[word]:
			return true
		}
	}
	return false
}

var places = Set("EN", "DEL", "AL", "CALLE", "AV", "AVE", "AVENIDA", "ESQUINA", "CERCA", "KM", "KILOMETRO", "MILLA", "SALIDA", "CUARTO", "APT", "APTO", "DEPTO",
	"DEPARTAMENTO", "UNIDAD", "EDIFICIO", "PLACA", "PLACAS", "CARRO", "CAMIONETA", "VAN", "PATRULLA", "UNIT", "ROOM", "PLATE", "PLATES", "AT", "ON", "IN", "NEAR",
	"ZIP", "POSTAL", "PAGUE", "PAGAR", "PIDEN", "COBRAN", "COBRARON", "DESDE", "ANO")

var articles = Set("LA", "EL", "LOS", "LAS", "MI", "SU", "THE", "MY")

// OnlyPIN is the PIN of a text that holds nothing else, save words that go with
// it: "mi pin es 4821, gracias".
func (n *Numbers) OnlyPIN() string {
	i := slices.IndexFunc(n.Pins, func(p PinNumber) bool { return p.to-p.from == len(n.groups) })
	if i < 0 {
		return ""
	}
	g := n.groups
	for j, w := range n.words {
		if j >= g[0].first && j <= g[len(g)-1].last {
			continue
		}
		if !labels(w.Text) && !introduces[w.Text] && !harmless(w.Text) && keyword.Ending(w.Text) == "" {
			return ""
		}
	}
	return n.Pins[i].Digits
}

// OnlyIdentity reports whether a text holds nothing but a number and a PIN, and
// words that go with them.
func (n *Numbers) OnlyIdentity() bool {
	next := 0
	for i, w := range n.words {
		for next < len(n.groups) && n.groups[next].last < i {
			next++
		}
		if next < len(n.groups) && n.groups[next].first <= i {
			continue
		}
		if !labels(w.Text) && !introduces[w.Text] && !harmless(w.Text) && !telephones[w.Text] && !mends[w.Text] {
			return false
		}
	}
	return true
}

var telephones = Set("CEL", "CELL", "CELULAR", "TEL", "TELEFONO", "PHONE", "NUM", "SOY")

// harmless reports what people write beside a PIN.
func harmless(word string) bool { return besidePIN[word] }

var besidePIN = Set("SI", "YES", "OK", "YA", "AQUI", "VA", "Y", "AND", "POR", "FAVOR", "PORFAVOR", "PORFA", "GRACIAS", "MUCHAS", "PLEASE", "THANKS", "HERE",
	"HOLA", "BUENAS", "BUENOS", "DIAS", "TARDES", "NOCHES", "SENOR", "SENORA", "SENORITA")

// sentences are words of a sentence, to which no house, sum or year belongs.
var sentences = Set("ME", "NOS", "SE", "TE", "LES", "QUE", "PERO", "PORQUE", "AHORA", "SOY", "ESTOY", "ESTAMOS", "ESTAN",
	"VOY", "VAN", "LLEVAN", "LLEVARON", "LLEVANDO", "AGARRO", "AGARRARON", "AGARRADO", "DETUVIERON", "DETUVO", "DETENIDO", "SOLTARON", "SOLTO", "SALI", "SALIO",
	"LIBRE", "MIGRA", "ICE", "POLICIA", "VINO", "VINIERON", "LLEGO", "LLEGARON", "AVISEN", "AVISE", "PERDON", "FUE", "ERROR", "FALSA", "ALARMA", "NO",
	"CASA", "I", "IM", "AM", "THEY", "WE", "HELP", "NOW", "BUT", "TOOK", "GOT", "ARRESTED", "DETAINED", "HOME", "FINE", "OUT")

// Without cuts PINs out of a text, with the words that say what they are.
func (n *Numbers) Without(pins func(*PinNumber) bool, people func(*Person) bool) string {
	type cut struct{ start, end int } // bytes of the text
	var cuts []cut
	for _, p := range n.people {
		if people(&p) {
			cuts = append(cuts, cut{p.start, p.end})
		}
	}
	for i := range n.Pins {
		p := &n.Pins[i]
		if !pins(p) {
			continue
		}
		c := cut{p.Start, p.End}
		if label := n.label(p); label >= 0 {
			for label > 0 && (introduces[n.words[label-1].Text] || n.words[label-1].Text == "Y") {
				label--
			}
			c.start = n.words[label].Start
		} else if label := n.labelAfter(p); label >= 0 {
			c.end = n.words[label].End
		}
		cuts = append(cuts, c)
	}
	slices.SortFunc(cuts, func(a, b cut) int { return a.start - b.start })
	var kept []string
	at := 0
	for _, c := range cuts {
		for c.start > at && c.end < len(n.Text) && pairs[n.Text[c.start-1]] == n.Text[c.end] && n.Text[c.end] != 0 {
			c.start, c.end = c.start-1, c.end+1
		}
		if c.start > at {
			kept = append(kept, n.Text[min(at, c.start):c.start])
		}
		at = max(at, c.end)
	}
	words := ""
	for _, part := range append(kept, n.Text[at:]) {
		if words = strings.TrimRight(words, " ,;:-/(+"); words == "" {
			part = strings.TrimLeft(part, ".,;:!?-/)")
		}
		part = strings.TrimLeft(part, " -/)")
		if words != "" && !strings.ContainsRune(".,;:!?", firstRune(part)) {
			words += " "
		}
		words += part
	}
	return strings.Trim(words, " ,;:-/(")
}

// introduction is where the words begin that say whose a number is, or that it
// is another one: "perdon, mi numero es el". It is the number's own begin where
// there are none.
func (n *Numbers) introduction(p *Person) int {
	start := p.start
	for i := n.groups[p.from].first - 1; i >= 0; i-- {
		w := n.words[i]
		if w.End > start || !introducesNumber(w.Text) || strings.ContainsAny(n.Text[w.End:start], ".!?/\n") {
			break
		}
		start = w.Start
	}
	return start
}

// Extend takes a number's introduction to it, for cutting both out.
func (n *Numbers) Extend(p *Person) bool {
	p.start = n.introduction(p)
	return true
}

// Means reports whether a number or code may be a person's.
func (p *Person) Means(who *Profile) bool {
	return slices.Contains(p.phones, who.Phone) || slices.Contains(p.codes, who.Code) || who.Moved != nil && slices.Contains(p.phones, who.Moved.From)
}

func introducesNumber(word string) bool {
	return introduces[word] || telephones[word] && word != "SOY" || mends[word] || word == "CODIGO" || word == "CODE"
}

// mends are words before a number that takes the place of another.
var mends = Set("PERDON", "DISCULPE", "DISCULPA", "SORRY", "DIGO", "CORRECTO", "CORRECT", "EQUIVOQUE", "QUISE", "DECIR", "MEAN", "MIO", "MINE")

// WordsOf are words from a borrowed phone as they go on for the person that they
// proved to be of: without what only said who that is, in however many texts, and
// without a number that was mended since.
func WordsOf(p *Profile, words string) string {
	parts := strings.Split(strings.ReplaceAll(words, "\n", " / "), " / ")
	name := Set(keyword.Tokens(p.Name)...)
	kept := ""
	for _, part := range parts {
		n := ReadNumbers(part)
		part = unnamedHead(n.Without(func(*PinNumber) bool { return false }, func(of *Person) bool {
			return (of.Means(p) || n.offered(of)) && n.Extend(of)
		}), name)
		if !saysWho(part, name) {
			kept = Joined(kept, part)
		}
	}
	return kept
}

// offered reports whether a number is given as somebody's own, right or wrong: it
// stands alone, or words introduce it as that.
func (n *Numbers) offered(p *Person) bool {
	if n.OnlyIdentity() {
		return true
	}
	for i := n.groups[p.from].first - 1; i >= 0 && n.words[i].Start >= n.introduction(p); i-- {
		if w := n.words[i].Text; telephones[w] || mends[w] {
			return true
		}
	}
	return false
}

// unnamedHead is a text without the person's whole name that it begins with. A
// notice says it before.
func unnamedHead(text string, name map[string]bool) string {
	words := keyword.Words(text)
	i := 0
	for _, head := range []string{"SOY", "ME LLAMO", "MI NOMBRE ES", "I AM", "MY NAME IS"} {
		parts := strings.Fields(head)
		if len(words) > len(parts) && slices.EqualFunc(parts, words[:len(parts)], func(h string, w keyword.Word) bool { return h == w.Text }) {
			i = len(parts)
		}
	}
	from := i
	for i < len(words) && name[words[i].Text] {
		i++
	}
	if i < from+2 {
		return text
	}
	return strings.TrimLeft(text[words[i-1].End:], " .,;:!?-/)")
}

// saysWho reports whether words say nothing but who somebody is.
func saysWho(words string, name map[string]bool) bool {
	for _, w := range keyword.Words(words) {
		if !name[w.Text] && !harmless(w.Text) && !introduces[w.Text] && !telephones[w.Text] && !mends[w.Text] && !labels(w.Text) && w.Text != "LLAMO" && w.Text != "ME" && w.Text != "NOMBRE" && w.Text != "NAME" {
			return false
		}
	}
	return true
}

// pairs close what was opened around digits.
var pairs = map[byte]byte{'(': ')', '[': ']', '"': '"', '\'': '\''}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return '.'
}

// Starred is a text with stars for PINs.
func (n *Numbers) Starred(hide func(*PinNumber) bool) string {
	var b strings.Builder
	at := 0
	for i := range n.Pins {
		if p := &n.Pins[i]; p.Start >= at && hide(p) {
			b.WriteString(n.Text[at:p.Start] + "****")
			at = p.End
		}
	}
	return b.String() + n.Text[at:]
}

// Within reports whether one row of digits is the other but for some that were
// typed too much: a PIN that was mistyped is shown to nobody.
func Within(short, long string) bool {
	for i := 0; i < len(long) && short != ""; i++ {
		if long[i] == short[0] {
			short = short[1:]
		}
	}
	return short == ""
}
