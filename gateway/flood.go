package gateway

import (
	"reflect"
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
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

// Matters reports whether a text could matter to anybody whatever it answers, so
// that it is heard however much its phone has sent: it holds a PIN, a number, a
// code or a reference, is a command that changes something, or means something in
// its own words to whoever raises an alert, is in one, was told of one or asked to
// be told. What only asks for information, and words of which nothing is known, do
// not.
func (t *Text) Matters() bool {
	if prose.Reaction(t.Body) {
		return false // whatever it quotes
	}
	if len(t.numbers.pins)+len(t.mention.phones)+len(t.mention.codes)+len(t.mention.refs) > 0 {
		return true
	}
	switch t.parsed.Intent {
	case keyword.Raise, keyword.Panic, keyword.Cancel, keyword.CheckIn, keyword.Arrived, keyword.More, keyword.Move, keyword.Erase,
		keyword.Stop, keyword.Start, keyword.Yes, keyword.No, keyword.Acknowledge, keyword.Wrong, keyword.Located, keyword.Close:
		return true
	}
	if t.cry() >= prose.Possible {
		return true
	}
	switch reading, _ := t.own().Told(); reading {
	case prose.Confirms, prose.News, prose.Refuses, prose.WrongOne, prose.Stops, prose.Over, prose.Cries:
		return true
	}
	switch reading, _ := t.own().Own(); reading {
	case prose.Over, prose.Again:
		return true
	}
	switch reading, _ := t.own().Invited(); reading {
	case prose.Accepts, prose.Refuses, prose.WrongOne, prose.Stops:
		return true
	}
	return false
}

// HoldsPIN reports whether a number that may be a PIN stands in a text.
func (t *Text) HoldsPIN() bool { return len(t.numbers.pins) > 0 }

// strangersMost is how many alerts are kept open of one phone that nobody knows,
// by USSD: a borrowed phone may cry for several people. What it says beyond that
// goes to one of these.
const strangersMost = 3

// keepsAnother reports whether what an unknown phone says by keys has an alert of its
// own; where not, it belongs to one that is open already.
func (d *personal) keepsAnother() bool {
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

// turnedAway ends a USSD session at its first step, and keeps nothing of it, where
// nobody knows its phone and such sessions have used up their share: whoever
// asks may have made the phone up. It is said whom to call.
func (d *keying) turnedAway(e *Dialogue) bool {
	if !d.crowded || !e.fromStranger(d.view) {
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

// fromStranger reports whether a step is the first of a USSD session whose phone
// nobody knows.
func (e *Dialogue) fromStranger(view *View) bool {
	return e.Medium == ivr.USSD && view.KeySession.Seq == 0 && !view.knows(e.From)
}

// knows reports whether a phone is somebody's: a person's, a contact's, a
// desk's, or one that has written before and was heard.
func (v *View) knows(phone Phone) bool {
	return v.Own != nil || v.Unseen != nil || len(v.Wards) > 0 || len(v.Told) > 0 ||
		len(v.Directory.DesksAt(phone)) > 0
}

// spare drops from the Turn of a text beyond its phone's share what only says
// that it came. Where it changes anything it is kept like any other: the first
// ALERTA of a phone that floods is one. A repeat is decided anew, and answered
// the same.
func (d *texting) spare(t *Text) {
	if t.Limited() && !d.changes() {
		d.turn = Turn{At: d.turn.At, Answer: d.turn.Answer}
	}
}

// changes reports whether a Turn does more than to note a text on a time line
// and in the conversation.
func (d *texting) changes() bool {
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
