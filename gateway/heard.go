package gateway

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"aviso/gateway/keyword"
)

// A carrier may deliver one text twice under two ids. What happened by it must
// not happen twice: a PIN would answer the question behind the one that it was
// for, MAS 1H move a check-in by two hours.

const (
	// SameText is how soon after a text the same words of the same phone, with no
	// other text of it in between, are the same text.
	SameText = time.Minute
	// SameBareAnswer is the same for a bare SI, NO or 1, which later answers whatever
	// was asked meanwhile.
	SameBareAnswer = 5 * time.Second
)

// Heard is the text that a phone sent last, by a mark that its words are
// recognised by. The words themselves are not kept.
type Heard struct {
	Key  string    `json:"key"` // of the event: its first answer is found by it
	At   time.Time `json:"at"`
	Mark Mark      `json:"mark"`
	Mute bool      `json:"mute,omitempty"` // it was not understood: two robots that repeat themselves must not go on for ever

	Alert ID `json:"alert,omitzero"` // that it raised, or added to as one that raises
	Of    ID `json:"of,omitzero"`    // whose phone it was once it was decided on; zero: nobody's
}

// Mark is what the words of a text are recognised by. Digits that may be a PIN
// are in it by a slow hash only.
type Mark struct {
	PIN  bool   `json:"pin,omitempty"` // the words hold one
	Salt []byte `json:"salt"`
	Sum  []byte `json:"sum"`
}

// markMemory is the memory in KiB of the hash of words that hold digits which
// are not known to be a PIN: about 2 ms of one core.
const markMemory = 2 * 1024

// Mark is the mark of a text's words; pin are the digits in them that were
// offered as one, "" where none were.
func (h *Hasher) Mark(words, pin string, salt []byte) []byte {
	words = strings.Join(strings.Fields(words), " ")
	hidden := []byte(nil)
	switch n := ReadNumbers(words); {
	case pin != "":
		words, hidden = n.Starred(func(p *PinNumber) bool { return p.Digits == pin }), h.sum(salt, pin)
	case n.count(0, len(n.groups)) >= pinShortest:
		words, hidden = "", argon2.IDKey([]byte(words), salt, 1, markMemory, 1, pinHashLen)
	}
	sum := sha256.Sum256(bytes.Join([][]byte{salt, []byte(words), hidden}, []byte{0}))
	return sum[:8]
}

// Is reports whether a text has the words of the mark.
func (m *Mark) Is(words string, hasher *Hasher) bool {
	pins := []string{""}
	if m.PIN {
		n := ReadNumbers(words)
		pins = n.mentions().pins
	}
	for _, pin := range pins {
		if bytes.Equal(hasher.Mark(words, pin, m.Salt), m.Sum) {
			return true
		}
	}
	return false
}

// Holds reports whether the answer to a text may be given once more.
func (h *Heard) Holds(view *View) bool {
	of := ID{}
	if view.Own != nil {
		of = view.Own.ID
	}
	if h.Of != of {
		return false
	}
	if h.Alert.IsZero() {
		return true
	}
	c := view.Case(h.Alert)
	return c != nil && c.Alert.Open()
}

// RaisesAnew reports whether a text raises its owner's alert where none of theirs is
// open: it was called off meanwhile, by a call or an agent, or looks so.
func (t *Text) RaisesAnew(view *View) bool {
	if t.Parsed.Intent != keyword.Raise || view.Own == nil || len(t.Mention.pins) > 0 || t.AnswersBarely() {
		return false
	}
	for i := range view.Cases {
		if a := &view.Cases[i].Alert; a.Profile == view.Own.ID && view.Sees(t.From).Open(a) && !a.Quiet {
			return false
		}
	}
	return true
}

// EndsAnew reports whether a text calls off its owner's alert, and one of theirs is
// open that was raised after the same words came before: these ended another, and
// their answer would say that this one has ended.
func (t *Text) EndsAnew(view *View, before time.Time) bool {
	if t.Parsed.Intent != keyword.Cancel || view.Own == nil {
		return false
	}
	return slices.ContainsFunc(view.Cases, func(c Case) bool {
		a := &c.Alert
		return a.Profile == view.Own.ID && a.At.After(before) && view.Sees(t.From).Open(a) && !a.Quiet && !a.Drill
	})
}

// AnswersBarely reports whether a text is SI, NO or 1 and nothing else.
func (t *Text) AnswersBarely() bool {
	switch t.Parsed.Intent {
	case keyword.Yes, keyword.No:
	case keyword.Raise:
		if t.Parsed.Word != "1" {
			return false
		}
	default:
		return false
	}
	return t.Parsed.Whole && t.Parsed.Rest == ""
}
