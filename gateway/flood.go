package gateway

import (
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
	if len(t.Numbers.Pins)+len(t.Mention.phones)+len(t.Mention.codes)+len(t.Mention.Refs) > 0 {
		return true
	}
	switch t.Parsed.Intent {
	case keyword.Raise, keyword.Panic, keyword.Cancel, keyword.CheckIn, keyword.Arrived, keyword.More, keyword.Move, keyword.Erase,
		keyword.Stop, keyword.Start, keyword.Yes, keyword.No, keyword.Acknowledge, keyword.Wrong, keyword.Located, keyword.Close:
		return true
	}
	if t.Cry() >= prose.Possible {
		return true
	}
	switch reading, _ := t.Own().Told(); reading {
	case prose.Confirms, prose.News, prose.Refuses, prose.WrongOne, prose.Stops, prose.Over, prose.Cries:
		return true
	}
	switch reading, _ := t.Own().Own(); reading {
	case prose.Over, prose.Again:
		return true
	}
	switch reading, _ := t.Own().Invited(); reading {
	case prose.Accepts, prose.Refuses, prose.WrongOne, prose.Stops:
		return true
	}
	return false
}

// HoldsPIN reports whether a number that may be a PIN stands in a text.
func (t *Text) HoldsPIN() bool { return len(t.Numbers.Pins) > 0 }

// FromStranger reports whether a step is the first of a USSD session whose phone
// nobody knows.
func (e *Dialogue) FromStranger(view *View) bool {
	return e.Medium == ivr.USSD && view.KeySession.Seq == 0 && !view.knows(e.From)
}

// knows reports whether a phone is somebody's: a person's, a contact's, a
// desk's, or one that has written before and was heard.
func (v *View) knows(phone Phone) bool {
	return v.Owner() != nil || len(v.Wards) > 0 || len(v.Told) > 0 ||
		len(v.Directory.DesksAt(phone)) > 0
}
