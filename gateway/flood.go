package gateway

import (
	"reflect"
	"strings"

	"aviso/ivr"
)

// What can be had in any number must not leave rows in any number: texts of one
// phone beyond its share, and USSD sessions of phones that nobody knows.

// textMost bounds what is read and kept of a text, in bytes: the 1,600 characters
// that Twilio hands over, where each takes two. By other carriers a phone may
// send 255 parts.
const textMost = 3200

// bounded is a text without what is beyond textMost.
func bounded(body string) string {
	if len(body) <= textMost {
		return body
	}
	return strings.ToValidUTF8(body[:textMost], "")
}

// strangersMost is how many alerts are kept open of one phone that nobody knows,
// by USSD: a borrowed phone may cry for several people. What it says beyond that
// goes to one of these.
const strangersMost = 3

// keepsAnother reports whether what an unknown phone says by keys has an alert of its
// own; where not, it belongs to one that is open already.
func (d *decision) keepsAnother() bool {
	if d.talk == nil || d.talk.Medium != ivr.USSD {
		return true
	}
	open := 0
	for _, id := range d.conv.Raised {
		if c := d.view.Case(id); c != nil && c.Alert.Open() && c.Alert.Profile.IsZero() {
			open++
		}
	}
	return open < strangersMost
}

// crowded ends a USSD session at its first step, and keeps nothing of it, where
// nobody knows its phone and such sessions have used up their share: whoever
// asks may have made the phone up. It is said whom to call.
func (d *decision) crowded(e *Dialogue) bool {
	if e.Medium != ivr.USSD || d.view.KeySession.Seq > 0 || d.knows(e.From) || d.Crowded == nil || !d.Crowded() {
		return false
	}
	d.talk = &talk{Dialogue: e, session: d.view.KeySession}
	d.conv = d.view.Conversation
	d.conv.Phone = e.From
	d.talk.language = d.callerLanguage()
	d.turn = Turn{At: d.now}
	d.turn.Answer.Screen = &Screen{
		Language: d.talk.language, Lines: []Line{d.line(d.Words.Language(d.talk.language), "goodbye", d.info())}, End: true,
	}
	return true
}

// knows reports whether a phone is somebody's: a person's, a contact's, a
// desk's, or one that has written before and was heard.
func (d *decision) knows(phone Phone) bool {
	return d.view.Own != nil || d.view.Unseen != nil || len(d.view.Wards) > 0 || len(d.view.Told) > 0 ||
		len(d.view.Directory.DesksAt(phone)) > 0
}

// spare drops from the Turn of a text beyond its phone's share what only says
// that it came. Where it changes anything it is kept like any other: the first
// ALERTA of a phone that floods is one. A repeat is decided anew, and answered
// the same.
func (d *decision) spare(t *Text) {
	if t.limited && !d.changes() {
		d.turn = Turn{At: d.turn.At, Answer: d.turn.Answer}
	}
}

// changes reports whether a Turn does more than to note a text on a time line
// and in the conversation.
func (d *decision) changes() bool {
	rest := d.turn
	rest.Key, rest.Secret, rest.Answer, rest.Audit, rest.Conversations = "", false, Answer{}, nil, nil
	if !reflect.DeepEqual(rest, Turn{At: d.turn.At}) {
		return true
	}
	before, after := d.view.Conversation, d.conv
	if before.Seq == 0 {
		return true
	}
	for _, c := range []*Conversation{&before, &after} {
		c.Sender, c.Asked, c.Unknown, c.Puzzled = "", d.now, nil, 0
		if q := c.Question; q != nil { // asked again is asked
			again := *q
			again.At = d.now
			c.Question = &again
		}
	}
	return !reflect.DeepEqual(before, after)
}
