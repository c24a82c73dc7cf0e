package store

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"aviso/gateway"
)

// Kinds of row in table finger.
const (
	fingerContact = 1
	fingerName    = 2
	fingerFormer  = 3 // the phone that they moved from, while it can be undone there
)

// finger is one thing that a profile is found by besides its phone and code.
type finger struct {
	hash []byte
	kind int64
}

// fingers are all of a profile's, each once, and a sum that changes with them.
func (s *sealer) fingers(p *gateway.Profile) ([]finger, []byte) {
	list := make([]finger, 0, len(p.Contacts)+4)
	for i := range p.Contacts {
		if phone := p.Contacts[i].Phone; phone != "" {
			list = append(list, finger{s.phone(hashContact, phone), fingerContact})
		}
	}
	for _, word := range nameWords(p.Name) {
		list = append(list, finger{s.hash(hashName, word), fingerName})
	}
	if p.Moved != nil && p.Moved.From != "" {
		list = append(list, finger{s.phone(hashFormer, p.Moved.From), fingerFormer})
	}
	slices.SortFunc(list, func(a, b finger) int { return bytes.Compare(a.hash, b.hash) })
	list = slices.CompactFunc(list, func(a, b finger) bool { return bytes.Equal(a.hash, b.hash) })
	h := sha256.New()
	for _, f := range list {
		h.Write(f.hash)
	}
	return list, h.Sum(nil)[:16]
}

// nameWords are the words of a name as they are searched: whole, in capitals,
// without accents, at least two letters long.
func nameWords(name string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKD.String(name))
	words := strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < 2 })
}
