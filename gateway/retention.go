package gateway

import (
	"time"
)

// Retention is for how long records are kept. Databases of people without
// papers are sought after; what is not there cannot be taken.
type Retention struct {
	// Answers are first answers to webhooks, kept by the hash of the carrier's
	// id so that a repeat gets the same one, and calls and USSD sessions.
	// Carriers repeat within minutes.
	Answers Duration `json:"answers"`

	// Messages are invitations, information and other texts that belong to no
	// alert, after they were sent or given up.
	Messages Duration `json:"messages"`

	// Tasks are done ones that belong to no alert.
	Tasks Duration `json:"tasks"`

	// Conversations are idle that long. One that holds a stop is kept, as is
	// that of a phone which counts as seized.
	Conversations Duration `json:"conversations"`

	// Alerts have ended that long ago: only their times, state and place are
	// left, to be counted.
	Alerts Duration `json:"alerts"`
}

// DefaultRetention is what is in force without --policy.
func DefaultRetention() Retention {
	days := func(n int) Duration { return Duration(time.Duration(n) * 24 * time.Hour) }
	return Retention{Answers: days(3), Messages: days(7), Tasks: days(30), Conversations: days(30), Alerts: days(30)}
}

// Before is the time before which something is older than d.
func (d Duration) Before(now time.Time) time.Time { return now.Add(-time.Duration(d)) }

const (
	// answersLeast covers the longest that a carrier was seen to repeat a
	// webhook, and the longest call.
	answersLeast = Duration(24 * time.Hour)
	// receiptsLeast is how late the receipt of a message may come.
	receiptsLeast = Duration(3 * 24 * time.Hour)
)

// check holds the times against what else relies on the records, and says which do
// not hold, with the members that it lies in. closes is when an alert without news
// closes by itself.
func (r Retention) check(closes Duration, say func(members []string, format string, args ...any)) {
	least := func(name string, d, least Duration, also ...string) {
		if d < least {
			say(append(also, "retention."+name), "retention: %s is at least %s", name, time.Duration(least))
		}
	}
	least("answers", r.Answers, answersLeast)
	least("messages", r.Messages, receiptsLeast)
	least("tasks", r.Tasks, answersLeast)
	least("alerts", r.Alerts, answersLeast)
	// An open alert is looked at and called off by the conversation that raised
	// it; a registration may be gone on with for seven days.
	if closes > Duration(OneQuiet) {
		least("conversations", r.Conversations, closes, "close")
	} else {
		least("conversations", r.Conversations, Duration(OneQuiet))
	}
}

// Message is a text, sent or received, whose words its carrier is to forget.
type Message struct {
	Row      []byte // the store's name for it
	Received bool   // it came in
	SID      string // the carrier's name for it
	Since    time.Time
	Next     time.Time // when to ask the carrier again; zero: it has forgotten them
}
