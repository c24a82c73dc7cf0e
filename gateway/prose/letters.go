package prose

import (
	_ "embed"
	"math"
	"strings"
	"unicode"

	"aviso/gateway/digit"
)

// Weights of groups of letters, made by scripts/understand/train: a signed byte
// for each of letterBuckets, and one for how far both kinds lie apart. What
// stands in them is written nowhere else.
var (
	//go:embed letters.bin
	cryWeights string // cries against what else people write
	//go:embed machine.bin
	machineWeights string // what machines send against what people write
)

// letterBuckets is how many groups of letters are told apart.
const letterBuckets = 1 << 14

// Letters are the buckets of the groups of two to four letters in a text, as it
// sounds: what a text looks like to somebody who knows no word of it. With them
// go the words and the pairs of words, as they sound and as the lexicon knows
// them, the first and the last, how long the text is, and whether it asks.
func (t *Text) Letters() []int {
	var b strings.Builder
	b.WriteByte(' ')
	for i := range t.words {
		s := t.words[i].sound
		if digit.All(s) {
			s = "0"
		}
		b.WriteString(s)
		b.WriteByte(' ')
	}
	g := newGroups(len(t.words) * 20)
	g.letters(b.String())
	var last *word
	for i := range t.words {
		w := &t.words[i]
		g.add(hashed(hashed(hashStart, "w"), w.sound))
		g.add(hashedBits(hashed(hashStart, "c"), uint64(w.classes)))
		for c := w.classes; c != 0; c &= c - 1 {
			g.add(hashedBits(hashed(hashStart, "m"), uint64(c&-c)))
		}
		if last != nil {
			g.add(hashed(hashed(hashed(hashed(hashStart, "p"), last.sound), "_"), w.sound))
			g.add(hashedBits(hashedBits(hashed(hashStart, "q"), uint64(last.classes)), uint64(w.classes)))
		}
		last = w
	}
	if last != nil {
		g.add(hashed(hashed(hashStart, "^"), t.words[0].sound))
		g.add(hashed(hashed(hashStart, "$"), last.sound))
	}
	g.add(hashedBits(hashed(hashStart, "n"), uint64(len(t.words)/3)))
	if t.asks() {
		g.add(hashed(hashStart, "?"))
	}
	return g.list
}

// Marks are the buckets of the groups of letters in a text as it is written:
// its capitals, digits and punctuation, by which one knows what a machine sent.
func (t *Text) Marks() []int {
	var b strings.Builder
	b.WriteByte(' ')
	last, raw := ' ', t.raw
	if !strings.ContainsFunc(raw, unicode.IsLower) { // who writes in capitals alone is no office
		raw = strings.ToLower(raw)
	}
	for _, r := range raw {
		switch {
		case unicode.IsDigit(r):
			r = '0'
			if last == '0' {
				continue
			}
		case unicode.IsUpper(r):
			if !unicode.IsUpper(last) {
				b.WriteByte('^')
			}
			last = r
			b.WriteRune(unicode.ToLower(r))
			continue
		case unicode.IsSpace(r):
			r = ' '
		}
		last = r
		b.WriteRune(r)
	}
	b.WriteByte(' ')
	g := newGroups(b.Len())
	g.letters(b.String())
	return g.list
}

// groups are buckets, each once.
type groups struct {
	list []int
	seen [letterBuckets / 64]uint64
}

func newGroups(least int) *groups { return &groups{list: make([]int, 0, 3*least)} }

func (g *groups) add(hash uint32) {
	bucket := int(hash % letterBuckets)
	if bit := uint64(1) << (bucket % 64); g.seen[bucket/64]&bit == 0 {
		g.seen[bucket/64] |= bit
		g.list = append(g.list, bucket)
	}
}

// letters adds the groups of two to four bytes in a string.
func (g *groups) letters(s string) {
	for n := 2; n <= 4; n++ {
		for i := 0; i+n <= len(s); i++ {
			g.add(hashed(hashStart, s[i:i+n]))
		}
	}
}

// hashStart is where FNV-1a begins, of 32 bits.
const hashStart uint32 = 2166136261

// hashed goes on with FNV-1a over a string.
func hashed(h uint32, s string) uint32 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func hashedBits(h uint32, bits uint64) uint32 {
	for range 8 {
		h = (h ^ uint32(bits&0xff)) * 16777619
		bits >>= 8
	}
	return h
}

// looksLikeCry is how much a text looks like the cries that the weights were
// made from: above 0 more than like other texts.
func (t *Text) looksLikeCry() int { return likeness(t.Letters(), cryWeights) }

// Styled reports how sure the look of a text makes it that a machine sent it:
// not, fairly, or very. It is never enough by itself to keep silent towards
// somebody in need, since people write like an office too: "Senores: me
// encuentro detenido en la estacion de Laredo. Favor de notificar a mi familia."
func (t *Text) Styled() Style {
	if len(t.words) < 4 {
		return ByHand
	}
	l := words()
	switch n := t.looksLikeMachine(); {
	case n <= machineFairly:
		return ByHand
	case n <= machineVery || t.has(l.class("me")|l.class("mi")|l.class("be")|l.class("i")):
		return FairlyMachine
	}
	return VeryMachine
}

// Style is how sure the look of a text makes it that a machine sent it.
type Style int

// The styles.
const (
	ByHand Style = iota
	FairlyMachine
	VeryMachine
)

// Of 438 texts of machines nine in ten lie above the one, with weights made
// without them; of people's one in a hundred.
const (
	machineFairly = 10
	machineVery   = 40
)

// looksLikeMachine is how much a text looks like what machines send: above 0
// more than like what people write.
func (t *Text) looksLikeMachine() int {
	return likeness(t.Marks(), machineWeights)
}

func likeness(list []int, weights string) int {
	if len(weights) != letterBuckets+1 || len(list) == 0 {
		return 0
	}
	sum := 0
	for _, bucket := range list {
		sum += int(int8(weights[bucket]))
	}
	return int(float64(sum)/math.Sqrt(float64(len(list)))) + 8*int(int8(weights[letterBuckets]))
}
