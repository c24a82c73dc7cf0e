package keyword

import (
	"cmp"
	"slices"
)

// SenderKind is a kind of sender, in the terms in which carriers act on words
// by themselves.
type SenderKind string

// The kinds of sender. A long code is a registered ten-digit US number.
const (
	LongCode         SenderKind = "long code"
	TollFree         SenderKind = "toll-free"
	ShortCode        SenderKind = "short code"
	MessagingService SenderKind = "messaging service"
)

// SenderKinds are all kinds of sender, in the order in which to report them.
func SenderKinds() []SenderKind {
	return []SenderKind{LongCode, TollFree, ShortCode, MessagingService}
}

// Problem is how a configured word and a carrier's get into each other's way.
type Problem string

// The problems, the first being the gravest.
const (
	// Taken: the word alone makes the carrier act, against what we would do.
	Taken Problem = "taken"
	// OneOff: the word is forgiven a letter, and with one letter wrong,
	// missing, doubled or swapped it is a word that makes the carrier act.
	OneOff Problem = "one letter off"
	// Missing: the carrier leaves the word to us, US rules require it, and
	// no intent has it.
	Missing Problem = "missing"
	// Shared: the word alone makes the carrier act, without harm to what we
	// do. It may be understood and should not be advertised.
	Shared Problem = "shared"
)

// Collision is one configured word that collides with a carrier's word.
type Collision struct {
	Kind    SenderKind `json:"kind"`
	Problem Problem    `json:"problem"`
	Word    string     `json:"word"`    // the configured word, normalised; empty where missing
	Intent  Intent     `json:"intent"`  // what the word is configured to mean
	Carrier string     `json:"carrier"` // the carrier's word
	Effect  Intent     `json:"effect"`  // Stop, Start or Help: what the carrier makes of it
}

// Fails reports whether the words must not be used as they are. A shared word
// is worth a remark only.
func (c Collision) Fails() bool { return c.Problem != Shared }

// Lint finds the configured words that collide with the words on which
// carriers act by themselves for a kind of sender. Carriers look at a message
// of exactly one word, so that a phrase collides with none. Collisions come in
// the order of their words.
//
// The carriers' words are Twilio's default opt-out keywords, which Advanced
// Opt-Out of a messaging service can add to but not take STOP, HELP and START
// from. They act before we see the text: a person whose word to call off an
// alert is an opt-out is cut off from us.
func Lint(configured map[Intent][]string, kind SenderKind) []Collision {
	var found []Collision
	for intent, words := range configured {
		for _, word := range words {
			word = Normalise(word)
			for _, c := range carrierWords(kind) {
				if p := problem(word, intent, c); p != "" {
					found = append(found, Collision{kind, p, word, intent, c.word, c.effect})
				}
			}
		}
	}
	if kind == ShortCode {
		found = append(found, missing(configured)...)
	}
	slices.SortFunc(found, func(a, b Collision) int {
		return cmp.Or(
			cmp.Compare(a.Word, b.Word),
			cmp.Compare(a.Intent, b.Intent),
			cmp.Compare(a.Carrier, b.Carrier),
		)
	})
	return slices.Compact(found)
}

// carrierWord is a word on which a carrier acts when it is the whole message.
type carrierWord struct {
	word   string
	effect Intent // Stop blocks the sender, Start unblocks it, Help answers in the carrier's words
}

// carrierWords are the words that a carrier keeps for a kind of sender: on a
// short code none, on toll-free numbers all but YES, since there the network
// itself blocks and only START and UNSTOP undo it.
func carrierWords(kind SenderKind) []carrierWord {
	words := []carrierWord{
		{"STOP", Stop}, {"STOPALL", Stop}, {"UNSUBSCRIBE", Stop}, {"CANCEL", Stop},
		{"END", Stop}, {"QUIT", Stop}, {"REVOKE", Stop}, {"OPTOUT", Stop},
		{"START", Start}, {"UNSTOP", Start}, {"HELP", Help}, {"INFO", Help},
	}
	switch kind {
	case ShortCode:
		return nil
	case TollFree:
		return words
	}
	return append(words, carrierWord{"YES", Start})
}

func problem(word string, intent Intent, c carrierWord) Problem {
	switch {
	case intent == c.effect:
		return ""
	case word == c.word && c.effect == Start && intent == Yes:
		// Who accepts wants to be written to: the carrier does no harm.
		return Shared
	case word == c.word:
		return Taken
	case c.effect != Start && len(word) >= nearLetters && !intent.isConsent() && isNear(c.word, word):
		return OneOff
	}
	return ""
}

// missing are the words that US rules require, and that no carrier sees to on
// a short code of one's own, where they are not configured as what they mean.
func missing(configured map[Intent][]string) []Collision {
	var found []Collision
	for _, c := range []carrierWord{{"STOP", Stop}, {"START", Start}, {"HELP", Help}} {
		if !slices.ContainsFunc(configured[c.effect], func(w string) bool { return Normalise(w) == c.word }) {
			found = append(found, Collision{ShortCode, Missing, "", c.effect, c.word, c.effect})
		}
	}
	return found
}
