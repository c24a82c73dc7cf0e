package gateway

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The questions that a text may answer.
const (
	QuestionPIN      = "pin"      // the PIN for a command that was sent without
	QuestionRegister = "register" // a step of REGISTRO
	QuestionDuress   = "duress-pin"
	QuestionMessage  = "message" // the person's own words for one contact
	QuestionWord     = "word"    // the family word
	QuestionCountry  = "country" // of a contact's ten digits
	QuestionPanic    = "panic"   // is it an alert?
	QuestionErase    = "erase"   // really?
	QuestionZIP      = "zip"     // of where they live, after the PIN for it
	QuestionWho      = "who"     // whose alert it is that a phone raised which is nobody's
	QuestionWhom     = "whom"    // for whom a contact raises
	QuestionEnd      = "end"     // is the alert over?
	QuestionSign     = "sign"    // is this still their number?
	QuestionDesk     = "desk"    // what does a desk know, why does it close?
	QuestionMove     = "move"    // number or code, and PIN, of who moves here
	QuestionMoved    = "moved"   // may the contacts know the new number?
)

// Registration asks one question a text. Its steps, in order.
const (
	StepName    = "name"
	StepZIP     = "zip"
	StepContact = "contact" // again and again until LISTO
	StepCountry = "country" // of a contact's ten digits
	StepPIN     = "new-pin"
	StepConsent = "consent"
)

// WhoOpen is how long number and PIN are taken as the answer to QuestionWho, to
// QuestionMove, and a ZIP as that to QuestionZIP.
const WhoOpen = time.Hour

// Clone is a question that can be changed without changing the one that was asked.
func (q *Question) Clone() *Question {
	next := *q
	next.Args = map[string]string{}
	for k, v := range q.Args {
		next.Args[k] = v
	}
	if q.Draft != nil {
		draft := *q.Draft
		draft.Contacts = append([]Contact(nil), q.Draft.Contacts...)
		next.Draft = &draft
	}
	return &next
}

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

// GoTo is the step that a registration comes to.
func (q *Question) GoTo(step string) { q.Args = map[string]string{"step": step} }
