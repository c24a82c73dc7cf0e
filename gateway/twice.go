package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"aviso/gateway/keyword"
)

// A carrier may deliver one text twice under two ids. What happened by it must
// not happen twice: a PIN would answer the question behind the one that it was
// for, MAS 1H move a check-in by two hours.

const (
	// sameText is how soon after a text the same words of the same phone, with no
	// other text of it in between, are the same text.
	sameText = time.Minute
	// sameBareAnswer is the same for a bare SI, NO or 1, which later answers whatever
	// was asked meanwhile.
	sameBareAnswer = 5 * time.Second
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

// mark is the mark of a text's words; pin are the digits in them that were
// offered as one, "" where none were.
func (h *Hasher) mark(words, pin string, salt []byte) []byte {
	words = strings.Join(strings.Fields(words), " ")
	hidden := []byte(nil)
	switch n := readNumbers(words); {
	case pin != "":
		words, hidden = n.starred(func(p *pinNumber) bool { return p.digits == pin }), h.sum(salt, pin)
	case n.count(0, len(n.groups)) >= pinShortest:
		words, hidden = "", argon2.IDKey([]byte(words), salt, 1, markMemory, 1, pinHashLen)
	}
	sum := sha256.Sum256(bytes.Join([][]byte{salt, []byte(words), hidden}, []byte{0}))
	return sum[:8]
}

// is reports whether a text has the words of the mark.
func (m *Mark) is(words string, hasher *Hasher) bool {
	pins := []string{""}
	if m.PIN {
		n := readNumbers(words)
		pins = n.mentions().pins
	}
	for _, pin := range pins {
		if bytes.Equal(hasher.mark(words, pin, m.Salt), m.Sum) {
			return true
		}
	}
	return false
}

// hear is the text as the phone's conversation will remember it. A question
// about how things stand, or what is kept, is answered anew, and a wrong PIN counts each time: one
// who guesses is not to be taken for a carrier.
func hear(c checker, t *Text, view *View) *Heard {
	pin, salt := "", []byte(nil)
	switch check := &view.PIN; {
	case t.parsed.Intent == keyword.Status, t.parsed.Intent == keyword.Data, t.Limited(), check.Result == PINWrong && t.parsed.Intent != keyword.Raise:
		return nil
	case check.New.Set():
		q, _ := view.question(c.fresh.Now)
		pin, salt = t.newPIN(q), check.New.Salt
	case check.Result == PINReal, check.Result == PINDuress:
		pin = check.Right
		if p := view.profile(check.Profile); p != nil {
			salt = p.PIN.Salt
		}
	}
	if salt == nil {
		pin, salt = "", c.fresh.Salt()
	}
	return &Heard{
		Key: t.Scope().Key, At: c.fresh.Now, Mark: Mark{PIN: pin != "", Salt: salt, Sum: c.hasher.mark(t.Body, pin, salt)},
	}
}

// heardNow is the text as it is remembered now that it is decided on.
func (d *arranging) heardNow() *Heard {
	h := d.view.Heard
	if h != nil {
		h.Mute, h.Alert, h.Of = d.puzzled, d.raisedID, d.holder()
	}
	return h
}

// holder is whose phone the phone of the text is from now on.
func (d *arranging) holder() ID {
	if f := d.conv.Facade; d.erased != nil || f != nil && f.Phone == "" {
		return ID{}
	}
	own := d.view.Own
	for i := range d.turn.Profiles {
		switch p := &d.turn.Profiles[i]; {
		case p.Phone == d.conv.Phone:
			return p.ID
		case own != nil && p.ID == own.ID && p.Moved == nil:
			own = nil
		}
	}
	switch {
	case own != nil:
		return own.ID
	case d.conv.Guest != nil:
		return d.conv.Guest.Profile
	}
	return ID{}
}

// heard is the first answer to a text that has come in before under another id;
// nil where it has not, and where that answer does not hold any more: the alert
// is over that it tells of, or the phone is another person's.
func (s *Service) heard(ctx context.Context, t *Text, view *View, hasher *Hasher) (*Answer, error) {
	last := view.Conversation.Heard
	if last == nil || t.raisesAnew(view) || !last.holds(view) {
		return nil, nil
	}
	now, within := s.Clock(), sameText
	if t.answersBarely() {
		within = sameBareAnswer
	}
	if age(now, last.At) >= within || t.answersBarely() && view.noticedSince(last.At, now) || !last.Mark.is(t.Body, hasher) {
		return nil, nil
	}
	first, err := s.Store.View(ctx, Scope{Key: last.Key})
	if err != nil {
		return nil, fmt.Errorf("view of the first answer: %w", err)
	}
	if first.Repeat != nil && last.Mute {
		return &Answer{}, nil
	}
	return first.Repeat, nil
}

// holds reports whether the answer to a text may be given once more.
func (h *Heard) holds(view *View) bool {
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

// raisesAnew reports whether a text raises its owner's alert where none of theirs is
// open: it was called off meanwhile, by a call or an agent, or looks so.
func (t *Text) raisesAnew(view *View) bool {
	if t.parsed.Intent != keyword.Raise || view.Own == nil || len(t.mention.pins) > 0 || t.answersBarely() {
		return false
	}
	for i := range view.Cases {
		if a := &view.Cases[i].Alert; a.Profile == view.Own.ID && a.Open() && !a.Quiet {
			return false
		}
	}
	return true
}

// answersBarely reports whether a text is SI, NO or 1 and nothing else.
func (t *Text) answersBarely() bool {
	switch t.parsed.Intent {
	case keyword.Yes, keyword.No:
	case keyword.Raise:
		if t.parsed.Word != "1" {
			return false
		}
	default:
		return false
	}
	return t.parsed.Whole && t.parsed.Rest == ""
}
