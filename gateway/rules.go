package gateway

import (
	"errors"
	"slices"
	"time"

	"aviso/gateway/consulate"
)

const (
	ContactNameLongest = 40  // characters
	MessageLongest     = 140 // characters of a person's own message to a contact
)

// Served are the countries whose numbers may be contacts, ISO 3166.
func (r *Rules) Served() []string {
	if len(r.Countries) == 0 {
		return []string{"US", "MX"}
	}
	return r.Countries
}

// NobodysContact reports whether a phone can be nobody's contact and no desk:
// one that costs whoever calls it, or one of ours, which would text itself.
func (r *Rules) NobodysContact(phone Phone) bool {
	_, custody := r.Custody[phone]
	return premium(phone) || custody || slices.Contains(r.VoiceFrom, phone) ||
		slices.ContainsFunc(r.Senders, func(s Sender) bool { return s.Address == string(phone) })
}

// Calls reports whether calls can be made.
func (r *Rules) Calls() bool { return len(r.VoiceFrom) > 0 }

// NobodysNumber is the same of a number as it is written, whatever its form: our
// own lines may be of kinds that no person has.
func (r *Rules) NobodysNumber(written string) bool {
	phones := SearchPhones(written)
	return len(phones) == 1 && r.NobodysContact(phones[0])
}

// FamilyWordLongest keeps a notice with a family word within one segment.
const FamilyWordLongest = 12

// Rules are what the operator decided, read once at start.
type Rules struct {
	Programme    string  // the name at the head of every text
	PublicPhones []Phone // to call, as texts give them
	Senders      []Sender
	VoiceFrom    []Phone          // caller IDs of calls that we make; none: no calls are made
	CallCenter   []Phone          // rung in order where a caller asks for a person
	Custody      map[Phone]string // numbers of ours that ring a person at once, and the keys that accept the call
	Policy       Policy
	National     *Desk          // --national-desk
	OnlyTo       map[Phone]bool // pilot: nil means everybody
	Countries    []string
	Zone         *time.Location // the contact centre's own: its roster's hours, its pages; nil: UTC
}

// Centre is the time zone of the contact centre.
func (r *Rules) Centre() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// CallNumber is the number to call that a text gives to somebody in a country:
// one that can be reached from there where there is one (toll-free numbers of
// the US cannot be called from Mexico), as it is written there.
func (r *Rules) CallNumber(country string) string {
	for _, p := range r.PublicPhones {
		if country != "MX" || !tollFree(string(p)) {
			return p.Local(country)
		}
	}
	if len(r.PublicPhones) > 0 {
		return r.PublicPhones[0].Local(country)
	}
	return "911"
}

// Times that the contract or the field sets. They are named here, once.
const (
	// QuestionOpen is how long a question of ours takes the next text as its
	// answer; RegistrationOpen how long REGISTRO does.
	QuestionOpen     = 24 * time.Hour
	RegistrationOpen = 7 * 24 * time.Hour

	// OneQuiet: `1` raises only on a phone that was asked nothing for so long.
	OneQuiet = 7 * 24 * time.Hour

	// SameAlert: ALERTA again within this time adds words; later it is a new,
	// linked alert.
	SameAlert = 2 * time.Hour

	// SameAnswer: a right PIN that called off, sent again within this time,
	// gets the same answer.
	SameAnswer = 24 * time.Hour

	// LockFirst is the lock after LockAfter wrong PINs in a row; it doubles
	// with each further one up to LockMost.
	LockAfter = 5
	LockFirst = 15 * time.Minute
	LockMost  = 24 * time.Hour

	// UnknownWindow and UnknownMost: how often we say that we did not
	// understand. PuzzledTask: which one in a row is put before an agent.
	UnknownWindow = 24 * time.Hour
	UnknownMost   = 4
	PuzzledTask   = 2

	// UnansweredWindow and UnansweredMost: notices to a contact who has not
	// answered.
	UnansweredWindow = 30 * 24 * time.Hour
	UnansweredMost   = 2

	// Lease is how long a node holds an attempt; SendBudget, under half of it,
	// bounds one request to a carrier. An attempt is not begun with less than
	// SendBudget of its lease left.
	Lease      = 10 * time.Second
	SendBudget = 4 * time.Second

	// NoticeValidity is how long a carrier may queue a notice before it has
	// to fail, which makes it try again instead of falling silent (Twilio's
	// own default is 10 hours).
	NoticeValidity = 5 * time.Minute
)

// LookupsMost searches at the carrier that did not find an attempt, or could not
// tell, and it is sent again: a duplicate rather than a silence.
const LookupsMost = 3

// RetryAfter is the wait before try number n+1 after n refusals that may pass:
// 1, 2 and 5 seconds, then ever more slowly up to 5 minutes.
func RetryAfter(refusals int) time.Duration {
	steps := []time.Duration{1, 2, 5, 10, 20, 40, 80, 150, 300}
	return steps[min(max(refusals, 1), len(steps))-1] * time.Second
}

// NoSuchZIP is the ZIP that does not exist, "" where it is none by its form.
func NoSuchZIP(err error, words string) string {
	var bad *consulate.ZIPError
	if !errors.As(err, &bad) || bad.Reason != consulate.ReasonUnknown {
		return ""
	}
	zip, _ := consulate.ParseZIP(words)
	return zip
}
