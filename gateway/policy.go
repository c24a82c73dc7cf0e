package gateway

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"aviso/gateway/strict"
)

// Steps are the times after an alert at which it is looked after: nobody, the
// follow-ups, ask, close.
func (p *Policy) Steps() []time.Duration {
	steps := []time.Duration{time.Duration(p.Nobody)}
	for _, f := range p.FollowUp {
		steps = append(steps, time.Duration(f))
	}
	return append(steps, time.Duration(p.Ask), time.Duration(p.Close))
}

// Ladder are the rungs for a kind of recipient, lowest first.
func (p *Policy) Ladder(r *Recipient) []Rung {
	if r.Kind == KindContact {
		return p.Contact
	}
	return p.Desk
}

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

	// Errors are codes of the carrier's that its table lacks, with what is to be
	// done about each.
	Errors []ErrorClass `json:"errors"`

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
// every problem is named at once, on a line of its own, and none that follows
// from another.
func ParsePolicy(data []byte) (Policy, error) {
	p := DefaultPolicy()
	read := strict.JSON(data, &p)
	var problems []error
	for _, problem := range read {
		problems = append(problems, errors.New(problem.String()))
	}
	c := policyCheck{read: read, problems: problems}
	c.check(&p)
	if err := errors.Join(c.problems...); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// policyCheck collects what is wrong with a policy, apart from what could not even
// be read.
type policyCheck struct {
	read     strict.Problems
	problems []error
}

// say names a problem that lies in these members, unless one of them could not
// be read.
func (c *policyCheck) say(members []string, format string, args ...any) {
	if !slices.ContainsFunc(members, c.read.At) {
		c.problems = append(c.problems, fmt.Errorf(format, args...))
	}
}

func (c *policyCheck) check(p *Policy) {
	c.ladder("contact", p.Contact)
	c.ladder("desk", p.Desk)
	names, times := []string{"nobody"}, []Duration{p.Nobody}
	for i, at := range p.FollowUp {
		names, times = append(names, fmt.Sprintf("follow_up[%d]", i)), append(times, at)
	}
	names, times = append(names, "ask", "close"), append(times, p.Ask, p.Close)
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			c.say([]string{names[i-1], names[i], "follow_up"}, "times of following up have to rise: nobody, follow_up, ask, close (number %d does not)", i+1)
		}
	}
	for _, least := range []struct {
		member   string
		d, least Duration
	}{
		{"nobody", p.Nobody, Duration(time.Minute)}, {"roster", p.Roster, Duration(10 * time.Second)}, {"ring", p.Ring, Duration(20 * time.Second)},
		{"raid.within", p.Raid.Within, Duration(10 * time.Second)}, {"raid.every", p.Raid.Every, Duration(10 * time.Second)},
		{"undo", p.Undo, Duration(time.Second)},
	} {
		if least.d < least.least {
			c.say([]string{least.member}, "%s: is at least %s", least.member, time.Duration(least.least))
		}
	}
	if p.Raid.Alerts < 2 {
		c.say([]string{"raid.alerts"}, "raid.alerts: is at least 2")
	}
	if p.Raid.Quiet < p.Raid.Within {
		c.say([]string{"raid.quiet", "raid.within"}, "raid.quiet: is no shorter than within")
	}
	if p.Raid.Quiet < p.Raid.Every {
		c.say([]string{"raid.quiet", "raid.every"}, "raid.quiet: is no shorter than every")
	}
	if p.Undo > Duration(time.Minute) {
		c.say([]string{"undo"}, "undo: is at most 1m")
	}
	if p.SignOfLife != 0 && p.SignOfLife < signLeast {
		c.say([]string{"sign_of_life"}, "sign_of_life: is 0s or at least %s", time.Duration(signLeast))
	}
	c.errorClasses(p.Errors)
	p.Retention.check(p.Close, c.say)
}

func (c *policyCheck) ladder(name string, ladder []Rung) {
	if len(ladder) == 0 || ladder[len(ladder)-1].Try != TryTask {
		c.say([]string{name, fmt.Sprintf("%s[%d].try", name, len(ladder)-1)}, "%s: the last rung has to be %q, so that a human takes over", name, TryTask)
	}
	for i, r := range ladder {
		at := fmt.Sprintf("%s[%d]", name, i)
		switch r.Try {
		case TryText, TryOther, TryCall:
			if r.Quiet < Duration(10*time.Second) {
				c.say([]string{at + ".quiet"}, "%s: rung %d is quiet for %s, at least 10s", name, i+1, time.Duration(r.Quiet))
			}
		case TryTask:
		default:
			c.say([]string{at + ".try"}, "%s: rung %d tries %q, which is none of text, other, call, task", name, i+1, r.Try)
		}
	}
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

// Numbers are given to somebody else from 45 days on after they were given up.
// Who has given no sign of life for long is therefore asked: the contacts of a
// person by a PRUEBA, and the person whether the number is still theirs. A
// number that fails, or says EQUIVOCADO, is held: nothing more is sent to it,
// and whoever it concerns is told.

// Look is one person whose turn it is to be looked at.
type Look struct {
	Profile ID
	Phone   Phone // the person's

	// Heard is the last sign of life of that one of them, the person and the
	// contacts who accepted, who has given none for longest: not later than it
	// was. Own is when the person's phone last wrote; zero: not for so long that
	// the conversation is forgotten.
	Heard, Own time.Time
}

// Due is when a look is next due after one at a time, where nobody has to be
// asked: as soon as silence is too long, and before a conversation, which tells
// when its phone last wrote, is forgotten.
func (p Policy) Due(l Look, now time.Time) time.Time {
	due, forgotten := l.Heard.Add(time.Duration(p.SignOfLife)), now.Add(time.Duration(p.Retention.Conversations)/2)
	if forgotten.Before(due) {
		return forgotten
	}
	return due
}
