package gateway

import (
	"strings"

	"aviso/ivr"
)

// KeySession is a call or a USSD session as far as it has come: the next key
// goes on where it stands, on whatever node and after whatever restart. It is
// found by the carrier's id of it.
type KeySession struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Key   string    `json:"key"` // the medium and the carrier's id: "voice:CA…"
	State ivr.State `json:"state"`
	Last  *Screen   `json:"last,omitempty"`  // what was said last
	Typed string    `json:"typed,omitempty"` // on USSD: everything typed so far, as the aggregator joins it
	Pages []string  `json:"pages,omitempty"` // on USSD: what did not fit on the screen
	Ends  bool      `json:"ends,omitempty"`  // the last of the pages ends the session

	Named    []ID `json:"named,omitempty"`    // whom the number or code that was typed may mean
	Profile  ID   `json:"profile,omitzero"`   // who has proved who they are, by PIN
	Duress   bool `json:"duress,omitempty"`   // by the duress PIN
	Alert    ID   `json:"alert,omitzero"`     // raised or kept in this session
	New      PIN  `json:"new,omitzero"`       // a new PIN that was typed once
	Accepted bool `json:"accepted,omitempty"` // a person took the call
	Promised bool `json:"promised,omitempty"` // an agent has a task about it
	Card     ID   `json:"card,omitzero"`      // on the agents' screens, while the call is put through
}

// Screen is what is said or shown at one step, and what is asked for. It is
// kept with the step's key, so that a repeat is answered the same.
type Screen struct {
	Language string     `json:"language"` // BCP 47, of the recordings that are played
	Lines    []Line     `json:"lines,omitempty"`
	Gather   ivr.Gather `json:"gather,omitzero"`
	Step     int        `json:"step"` // of what is gathered or dialled: the number of the next request
	Dial     *Dial      `json:"dial,omitempty"`
	End      bool       `json:"end,omitempty"`
}

// Line is one phrase, rendered. Name is that of the recording that may be
// played in its place, Digits what is to be read out behind the recording; a
// line without a name is a person's own words and is always spoken.
type Line struct {
	Name     string `json:"name,omitempty"`
	Text     string `json:"text"`
	Digits   string `json:"digits,omitempty"`
	Language string `json:"language"` // of the text: one that templates has
}

// Dial is a person who is being rung.
type Dial struct {
	Number Phone  `json:"number"`
	Keys   string `json:"keys,omitempty"` // played before, to accept the call of a custody phone
	Caller string `json:"caller"`         // the number of ours that they see
}

// Text is what the lines of a screen say.
func (s *Screen) Text() string {
	var lines []string
	for _, l := range s.Lines {
		if l.Text != "" {
			lines = append(lines, l.Text)
		}
	}
	return strings.Join(lines, "\n")
}
