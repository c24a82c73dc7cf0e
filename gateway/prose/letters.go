package prose

import (
	_ "embed"
	"hash/fnv"
	"strings"

	"aviso/gateway/digit"
)

// Weights of groups of letters, made by scripts/understand/train: a signed byte
// for each of letterBuckets. What stands in it is written nowhere else.
//
//go:embed letters.bin
var letterWeights string

// letterBuckets is how many groups of letters are told apart.
const letterBuckets = 1 << 13

// Letters are the buckets of the groups of two to four letters in a text, as it
// sounds: what a text looks like to somebody who knows no word of it.
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
	s := b.String()
	seen := map[int]bool{}
	var list []int
	for n := 2; n <= 4; n++ {
		for i := 0; i+n <= len(s); i++ {
			h := fnv.New32a()
			h.Write([]byte(s[i : i+n]))
			if bucket := int(h.Sum32() % letterBuckets); !seen[bucket] {
				seen[bucket] = true
				list = append(list, bucket)
			}
		}
	}
	return list
}

// looksLikeCry is how much a text looks like the cries that the weights were
// made from: above 0 more than like other texts.
func (t *Text) looksLikeCry() int {
	if len(letterWeights) != letterBuckets+1 {
		return 0
	}
	list := t.Letters()
	if len(list) == 0 {
		return 0
	}
	sum := 0
	for _, bucket := range list {
		sum += int(int8(letterWeights[bucket]))
	}
	return sum + 8*int(int8(letterWeights[letterBuckets]))
}
