package gateway

import "slices"

// What a carrier's refusals teach about a phone, apart from what a conversation
// with it says.

// Stop is a phone that wants no texts, as we learned elsewhere than from a text
// of its own. It is found by the phone; ID is that of its conversation where it
// has none yet.
type Stop struct {
	ID    ID
	Phone Phone
}

// learnPhone keeps what a refusal says of a phone: that somebody stopped our
// texts at the carrier, which outlasts this decision, or that there is no such
// number. Whoever named it as a contact is told, once.
func (d *cases) learnPhone(a *Attempt, f *Failure) {
	switch {
	case a.To == "":
	case f.OptedOut && !d.view.Stopped[a.To]:
		if d.view.Stopped == nil {
			d.view.Stopped = map[Phone]bool{}
		}
		d.view.Stopped[a.To] = true
		d.deskOff(a.To, f.Code)
		d.turn.Stops = append(d.turn.Stops, Stop{ID: d.fresh.ID(), Phone: a.To})
		d.eachNamer(a, func(p *Profile, contact *Contact) {
			if c := d.view.Case(a.Alert); c == nil || c.Alert.Profile != p.ID { // else the alert's own news says it
				d.tellOwner(p, "contact-stopped", contact)
			}
		})
	case a.Purpose == PurposeSign:
		if d.view.Own != nil && (f.Invalid || f.Unassigned) {
			d.notTheirs(d.view.Own, "phone-failed", "system")
		}
	case f.Invalid, f.Unassigned && a.Lane == LaneDrill:
		d.eachNamer(a, func(p *Profile, contact *Contact) {
			if contact.Standing == StandingWrong {
				return
			}
			contact.Standing = StandingWrong
			d.putProfile(p, "contact-invalid", "system", contact.Name)
			d.tellOwner(p, "contact-invalid", contact)
			d.putTask(Task{Kind: TaskWrongNumber, Profile: p.ID, Phone: p.Phone, Name: contact.Name})
		})
	}
}

// eachNamer goes through the people who named an attempt's phone as a contact.
func (d *cases) eachNamer(a *Attempt, do func(*Profile, *Contact)) {
	for i := range d.view.Namers {
		p := &d.view.Namers[i]
		p.Contacts = slices.Clone(p.Contacts)
		if contact := p.Contact(a.To); contact != nil {
			do(p, contact)
		}
	}
}

// AnswerFailed is a carrier's word that what we answered in band to a text of
// this phone was not sent.
type AnswerFailed struct {
	Key     string // the carrier's id of the answer
	To      Phone
	Failure *Failure
}

// Scope is the phone's conversation.
func (e AnswerFailed) Scope() Scope { return Scope{Key: "answer:" + e.Key, Phone: e.To} }

// answerFailed heeds what somebody stopped at the carrier without our seeing
// it, as if they had texted STOP: nothing of ours reaches them.
func (d *texting) answerFailed(e AnswerFailed) {
	if !e.Failure.OptedOut {
		return
	}
	d.conv = d.view.Conversation
	d.conv.Phone = e.To
	d.lang = d.Words.Language(d.conv.Language)
	d.stop(&Text{From: e.To, OptOut: "STOP"})
	d.putConversation()
}
