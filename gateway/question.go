package gateway

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Somebody who is being taken away writes from whatever phone they are handed.
// What it says is kept as an alert without a profile, and asked for a number and
// a PIN; these may come in any order and form, in one text or in two. A number
// that comes alone is asked for its PIN, and what it says stands in the question
// as "said" until an alert is kept; "zip" is what may be a place or a wrong PIN.

const (
	// QuestionWho is whose alert it is that a phone raised which is nobody's.
	QuestionWho = "who"
	// WhoOpen is how long number and PIN are taken as its answer.
	WhoOpen = time.Hour
)

// Resumed is what a question kept; asked[0] is the contact that it asks about.
func (q *Question) Resumed(p *Profile) *Naming {
	n := &Naming{Profile: p}
	json.Unmarshal([]byte(q.Args["unplaced"]), &n.Asked)
	if us := q.Args["us"]; len(n.Asked) == 0 && len(us) == len("+19515015000") { // as older versions kept it
		n.Asked = []NamedContact{{us[len("+1"):], q.Args["contact"]}}
	}
	if refused := q.Args["refused"]; refused != "" {
		n.Refused = []string{refused}
	}
	for _, id := range strings.Fields(q.Args["added"]) {
		if i := IndexContact(p, id); i >= 0 {
			n.Added = append(n.Added, p.Contacts[i])
		}
	}
	return n
}

const (
	QuestionMove  = "move"  // number or code, and PIN, of who moves here
	QuestionMoved = "moved" // may the contacts know the new number?
)

const (
	QuestionZIP  = "zip"  // of where they live, after the PIN for it
	QuestionEnd  = "end"  // is the alert over?
	QuestionDesk = "desk" // what does a desk know, why does it close?
)

// WantsNewPIN reports whether the answer is to become a PIN.
func (q *Question) WantsNewPIN() bool {
	return q.Kind == QuestionDuress || q.Kind == QuestionRegister && q.Args["step"] == StepPIN
}

// Extra reports whether a question asks for what is optional after a registration.
func (q *Question) Extra() bool {
	return q.Kind == QuestionDuress || q.Kind == QuestionMessage || q.Kind == QuestionWord
}

// Lasts is how long a question takes the next text as its answer.
func (q *Question) Lasts() time.Duration {
	switch q.Kind {
	case QuestionRegister:
		return RegistrationOpen
	case QuestionWho, QuestionMove, QuestionZIP:
		return WhoOpen
	}
	return QuestionOpen
}

// Question is the open question of ours: one whose text has been handed to a
// carrier, and not so long ago that nobody answers it any more. What somebody
// writes before that is no answer to it.
func (v *View) Question(now time.Time) (q *Question, asked time.Time) {
	if q = v.Conversation.Question; q == nil {
		return nil, time.Time{}
	}
	asked = q.At
	if !q.Text.IsZero() {
		if v.Asking == nil || !v.Asking.handed() {
			return nil, time.Time{}
		}
		if asked = v.Asking.Sent; asked.IsZero() { // under way: the carrier has not said yet
			asked = now
		}
	}
	if Age(now, asked) >= q.Lasts() || v.outlived(q) {
		return nil, time.Time{}
	}
	return q, asked
}

// outlived reports whether a question asks the phone's owner for what is asked of
// nobody any more: the phone is not theirs, or an alert came between, and whoever
// holds it now must not read what a second PIN is for.
func (v *View) outlived(q *Question) bool {
	switch {
	case q.Kind == QuestionMoved:
		return v.Own == nil || v.OwnStanding == MovedFrom
	case q.Extra(), q.Kind == QuestionZIP:
		return v.Own == nil || v.OwnStanding == MovedFrom || slices.ContainsFunc(v.Cases, func(c Case) bool {
			a := &c.Alert
			return a.Profile == v.Own.ID && !a.Drill && !a.At.Before(q.At)
		})
	}
	return false
}

// handed reports whether an attempt has been handed to a carrier, or may have
// been.
func (a *Attempt) handed() bool {
	return a.State == AttemptSent || a.State == AttemptClaimed || a.Claim.Doubt
}

const (
	StepCountry = "country" // of a contact's ten digits
)

// GoTo is the step that a registration comes to.
func (q *Question) GoTo(step string) { q.Args = map[string]string{"step": step} }
