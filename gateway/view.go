package gateway

import (
	"slices"
	"time"
)

// View is what a decision may know, read as one snapshot.
type View struct {
	// Repeat is set where the event's key is known: its first answer.
	Repeat *Answer

	Conversation Conversation   // with Seq 0 for a phone that has never written
	Asking       *Attempt       // the text that asks Conversation.Question, without its sealed part
	CryTask      *Task          // of Conversation.Cry
	Own          *Profile       // whose phone it is, or with Whole that of an attempt that asks them for a sign of life
	Former       *Profile       // who moved from this phone, if that can be undone
	Guest        *Profile       // of Conversation.DecoyGuest
	Across       []Conversation // of the phone that Former has now, and with Scope.Moves those of Named
	Behind       *Profile       // whose phone it is, behind a decoy that shows nobody: Own is nil then
	Named        []Profile      // found by number or code
	Wards        []Profile      // who name this phone as a contact, at most 20
	Raisers      []Profile      // of the alerts that Conversation.Raised and its Question name
	Subject      *Profile       // by Scope.Profile, or of the case of Scope.Alert or Attempt
	Invited      []Profile      // who name one of Scope.Invited

	// Cases are alerts with everything that hangs on them: the open ones of
	// Own, Former, Guest, Named and Wards, those ended within the last 24 hours, those that
	// Conversation.Raised names, that of Conversation.Question, those of Told
	// that Scope.Refs names or a desk was told of, that of Scope.Attempt with Whole, and Scope.Alert; newest first, at most 20 a profile.
	Cases []Case

	// Stopped are those of the phones of all profiles in the view and of their
	// contacts, of recipients (of Cases and Told), of whoever raised one of
	// these, and of Scope.Invited, whose conversation says that they want no
	// texts.
	Stopped map[Phone]bool

	// Newcomers is how many new contacts the block of ten thousand numbers that
	// each of Scope.Invited is in had today (UTC).
	Newcomers map[Phone]int

	// Texted is what was counted of texts to Scope.Invited, to the contacts who
	// have not agreed of the people above, and to those in a registration under
	// way, and to all contacts with Scope.Drills; within TextedKept, the oldest
	// first.
	Texted map[Phone][]Texted

	// Told is what this phone has been told of, newest first, the alert and the
	// one recipient without the others.
	Told []Told

	// Together are open alerts, and those that ended within 30 days, that each
	// contact of the case was told of, with Scope.Together: the newest 20.
	Together map[Phone][]Told

	// Raids are the incidents that Scope.Alert, or with Whole the attempt, is
	// about, and those that the desk of Scope.Phone or Scope.Desk is told of;
	// each has a case among Cases. Of an incident that is not Scope.Alert only
	// the alerts are there, and not where a text names references.
	Raids []Raid
	Rush  []Rush // by Scope.Since

	// Namers are the profiles that name the phone of the attempt as a contact,
	// at most 20, with Whole.
	Namers []Profile

	Attempt   *Attempt
	Directory *Directory // consulates, desks and incidents

	Agent *Agent // by Scope.Agent
	Task  *Task  // by Scope.Task

	Ringing *Ringing // by Scope.Ringing; nil: the call is over
	Present int      // other agents who are signed in, with Scope.Present
	Pass    *Pass    // by Scope.Pass
	Timer   *Timer   // by Scope.Timer; nil: it is done with

	KeySession KeySession // with Seq 0 where there is none yet

	Free Ref // a reference that no kept alert has

	// Filled in by the Service.
	OwnStanding holding // of Own
	PIN         PINCheck
	Heard       *Heard  // the text, as its phone's conversation will remember it
	First       *Answer // to the text, which has come in before under another id
}

// Profile finds one of the view's profiles; nil where it holds none of that id.
func (v *View) Profile(id ID) *Profile {
	for _, p := range []*Profile{v.Own, v.Behind, v.Subject} {
		if p != nil && p.ID == id {
			return p
		}
	}
	for _, list := range [][]Profile{v.Named, v.Wards, v.Raisers} {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
	}
	return nil
}

// KeyCallers are the people whose PIN may be asked for at once: whoever has
// given it in this session, else the phone's owner. From a phone that an alert
// was raised from for somebody else the next caller may be anybody.
func (v *View) KeyCallers() []*Profile {
	if id := v.KeySession.Profile; !id.IsZero() {
		for i := range v.Named {
			if v.Named[i].ID == id {
				return []*Profile{&v.Named[i]}
			}
		}
	}
	if v.Own != nil {
		return []*Profile{v.Own}
	}
	return nil
}

// KeyedPeople are those whose PIN is being asked for: whom the typed number or
// code may mean, else those whom the phone stands for.
func (v *View) KeyedPeople() []*Profile {
	if !v.KeySession.State.Named {
		return v.KeyCallers()
	}
	var people []*Profile
	for i := range v.Named {
		for _, id := range v.KeySession.Named {
			if v.Named[i].ID == id {
				people = append(people, &v.Named[i])
			}
		}
	}
	return people
}

// KeyedProfile is who has given their PIN in this session.
func (v *View) KeyedProfile() *Profile {
	id := v.KeySession.Profile
	for i := range v.Named {
		if v.Named[i].ID == id {
			return &v.Named[i]
		}
	}
	if v.Own != nil && v.Own.ID == id {
		return v.Own
	}
	return nil
}

// PINCheck is what became of the digits that an event offered as a PIN. It is
// done between View and decision, so that decisions stay pure and quick.
type PINCheck struct {
	Result  PINResult
	Profile ID
	New     PIN  // of digits that were offered as a new PIN, where a question asks for one
	Taken   bool // the new PIN is the person's other one already
	Easy    bool // a PIN was offered as a new one that everybody tries, and is not taken

	Digits []string // that were offered as a PIN, and are kept from everybody
	Right  string   // which of them is right
	Wrong  int      // how many of them were
}

// Guarded reports whether a PIN from this phone counts as wrong, but for raising,
// because too many were tried at a profile: neither is the phone the person's,
// nor did they raise an alert from it.
func (v *View) Guarded(p *Profile, now time.Time) bool {
	return now.Before(p.Guarded) && v.KeySession.Profile != p.ID && !slices.ContainsFunc(v.Callers(), func(c *Profile) bool { return c.ID == p.ID })
}
