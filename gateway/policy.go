package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Policy is how hard and how long the service tries, and when it follows up.
// The defaults are good enough to leave alone; --policy changes them.
type Policy struct {
	Contact  []Rung     `json:"contact"`   // ladder of a contact who accepted
	Desk     []Rung     `json:"desk"`      // of each row of a consulate's desks
	Nobody   Duration   `json:"nobody"`    // nobody has confirmed: a task, and a word to the person
	FollowUp []Duration `json:"follow_up"` // what the family can do now
	Ask      Duration   `json:"ask"`       // no news for so long: an agent asks
	Close    Duration   `json:"close"`     // and then it closes as unknown
	Roster   Duration   `json:"roster"`    // an alert's task unclaimed for so long rings the on-call roster
	Ring     Duration   `json:"ring"`      // from one row of the roster to the next
	Raid     RaidPolicy `json:"raid"`
	Undo     Duration   `json:"undo"` // what an agent's act tells people waits for so long, and can be undone

	// SignOfLife is how long a person and their contacts may be silent before
	// they are asked, again and again; zero: never.
	SignOfLife Duration `json:"sign_of_life"`

	Retention Retention `json:"retention"`
}

// RaidPolicy is when many alerts become an incident, and how its desks are told.
type RaidPolicy struct {
	Alerts int      `json:"alerts"` // so many alerts for one consulate's place
	Within Duration `json:"within"` // in this time
	Every  Duration `json:"every"`  // from one summary to the next
	Quiet  Duration `json:"quiet"`  // it ends after so long without an alert
}

// Rung is one step of a ladder: what is tried, and how long silence lasts
// before the next.
type Rung struct {
	Try   Try      `json:"try"`
	Quiet Duration `json:"quiet"`
}

// Try is what a rung tries.
type Try string

const (
	TryText  Try = "text"  // a text, from the first sender that reaches them
	TryOther Try = "other" // the same from another sender
	TryCall  Try = "call"  // a call that asks for a key
	TryTask  Try = "task"  // an agent rings
)

// DefaultPolicy is what is in force without --policy.
func DefaultPolicy() Policy {
	minutes := func(n int) Duration { return Duration(time.Duration(n) * time.Minute) }
	hours := func(n int) Duration { return minutes(60 * n) }
	return Policy{
		Contact: []Rung{{TryText, minutes(2)}, {TryOther, minutes(2)}, {TryCall, minutes(5)}, {TryTask, 0}},
		Desk:    []Rung{{TryText, minutes(3)}, {TryCall, minutes(5)}, {TryTask, 0}},
		Nobody:  minutes(15),
		FollowUp: []Duration{
			hours(2), hours(6), hours(24), hours(48),
		},
		Ask:    hours(7 * 24),
		Close:  hours(8 * 24),
		Roster: minutes(3),
		Ring:   minutes(1),
		Raid:   RaidPolicy{Alerts: 5, Within: minutes(5), Every: minutes(1), Quiet: minutes(30)},
		Undo:   Duration(10 * time.Second),

		SignOfLife: hours(90 * 24),

		Retention: DefaultRetention(),
	}
}

// ParsePolicy reads a policy from JSON. What it leaves out keeps its default;
// every problem is named at once.
func ParsePolicy(data []byte) (Policy, error) {
	p := DefaultPolicy()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("read policy: %w", err)
	}
	return p, p.check()
}

func (p Policy) check() error {
	var problems []error
	for name, ladder := range map[string][]Rung{"contact": p.Contact, "desk": p.Desk} {
		if len(ladder) == 0 || ladder[len(ladder)-1].Try != TryTask {
			problems = append(problems, fmt.Errorf("%s: the last rung has to be %q, so that a human takes over", name, TryTask))
		}
		for i, r := range ladder {
			switch r.Try {
			case TryText, TryOther, TryCall:
				if r.Quiet < Duration(10*time.Second) {
					problems = append(problems, fmt.Errorf("%s: rung %d is quiet for %s, at least 10s", name, i+1, time.Duration(r.Quiet)))
				}
			case TryTask:
			default:
				problems = append(problems, fmt.Errorf("%s: rung %d tries %q, which is none of text, other, call, task", name, i+1, r.Try))
			}
		}
	}
	last := p.Nobody
	for i, at := range append(append([]Duration{}, p.FollowUp...), p.Ask, p.Close) {
		if at <= last {
			problems = append(problems, fmt.Errorf("times of following up have to rise: nobody, follow_up, ask, close (number %d does not)", i+2))
			break
		}
		last = at
	}
	if p.Nobody < Duration(time.Minute) || p.Roster < Duration(10*time.Second) || p.Ring < Duration(20*time.Second) {
		problems = append(problems, errors.New("nobody is at least 1m, roster 10s, ring 20s"))
	}
	if r := p.Raid; r.Alerts < 2 || r.Within < Duration(10*time.Second) || r.Every < Duration(10*time.Second) || r.Quiet < r.Within || r.Quiet < r.Every {
		problems = append(problems, errors.New("raid: alerts are at least 2, within and every 10s, and quiet no shorter than either"))
	}
	if p.Undo < Duration(time.Second) || p.Undo > Duration(time.Minute) {
		problems = append(problems, errors.New("undo is at least 1s and at most 1m"))
	}
	if p.SignOfLife != 0 && p.SignOfLife < signLeast {
		problems = append(problems, fmt.Errorf("sign_of_life is 0s or at least %s", time.Duration(signLeast)))
	}
	return errors.Join(append(problems, p.Retention.check(p.Close))...)
}

// signLeast: nobody likes to be asked more often than once a month.
const signLeast = Duration(30 * 24 * time.Hour)

// Duration is a time.Duration that is written as "2m" or "48h".
type Duration time.Duration

// UnmarshalText reads what time.ParseDuration reads, not below zero.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed < 0 {
		return fmt.Errorf("duration %q: want one like 90s, 2m or 48h", text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
