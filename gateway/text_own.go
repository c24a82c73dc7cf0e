package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// SaysOfAlerts reports whether a desk's text may be about alerts, and not be a
// command of the table that is not a desk's.
func (t *Text) SaysOfAlerts() bool {
	switch t.Parsed.Intent {
	case keyword.Acknowledge, keyword.Located, keyword.Close, keyword.Unknown, keyword.Panic, keyword.Yes, keyword.No:
		return true
	case keyword.Raise: // by 1, or "ALERTA 482137 recibida"
		return true
	}
	return !t.Parsed.Whole
}

// DeskReading is what a desk's text means.
func (t *Text) DeskReading() (prose.Reading, string) { return t.Own().DeskSays(t.Parsed) }

// OnlyConfirms reports whether what follows 1, SI or RECIBIDO says the same, and
// not what whoever writes does, or where they are.
func (t *Text) OnlyConfirms() bool {
	beside := prose.Read(t.Said)
	reading, rule := beside.Told()
	return reading == prose.Confirms && rule != "doing" && rule != "here"
}

// RaisesForOther reports whether ALERTA is followed by for whom it is, and that
// is not who writes: "ALERTA Juan", "ALERTA por mi hermano".
func (t *Text) RaisesForOther(wards []*Profile) bool {
	return t.Own().ForOther(func(word string) bool {
		return slices.ContainsFunc(wards, func(p *Profile) bool { return SharesName(p.Name, word) })
	})
}

// Own is the text as package prose reads it, once.
func (t *Text) Own() *prose.Text {
	if t.read == nil {
		read := prose.Read(t.Body)
		t.read = &read
	}
	return t.read
}

// Free reports whether a text is somebody's own words: it holds no command of
// the table, or begins with one and goes on as something else.
func (t *Text) Free() bool {
	switch t.Parsed.Intent {
	case keyword.Unknown, keyword.No, keyword.Panic:
		return !t.Parsed.Whole
	case keyword.Yes, keyword.Acknowledge, keyword.Cancel, keyword.Legal, keyword.Consulate, keyword.Help:
		return !t.Parsed.Whole && t.Parsed.Rest != ""
	}
	return false
}

// NewsWords is how many words a confirmation has at most that says nothing else.
const NewsWords = 8

// Cry is how sure it is that a text cries for help. An alert word anywhere in it
// is a likely cry, unless what stands around it turns it: then ALERTA and its
// like are asked about all the same, MIGRA and REDADA are a story.
func (t *Text) Cry() prose.Grade {
	grade, rule := t.Own().Cry()
	switch {
	case grade >= prose.Possible:
	case t.Parsed.Intent == keyword.Panic && rule == "":
		return prose.Likely
	case t.Own().NamesAlert():
		return prose.Possible
	}
	return grade
}

// Says reports whether a text is more than digits.
func (t *Text) Says() bool { return strings.Trim(t.Body, "0123456789 .,-*#+()") != "" }

// AnswersAlert is what a text says to "Es una ALERTA?".
func (t *Text) AnswersAlert() prose.Answer {
	switch kind, _ := t.Own().Machine(); {
	case kind != "" && t.Parsed.Rest != "": // "1 nuevo acceso a tu cuenta"
		return prose.Neither
	case t.Parsed.Intent == keyword.Raise && t.Parsed.Word == "1" && t.Parsed.Rest != "":
		if answer, _ := t.Own().AnswersAlert(); answer == prose.No { // "1 no, perdon, quise decir que no"
			return prose.No
		}
		return prose.Yes
	case t.Parsed.Intent == keyword.Raise, t.Parsed.Intent == keyword.Yes && t.Parsed.Whole:
		return prose.Yes
	case t.Parsed.Intent == keyword.No && t.Parsed.Whole:
		return prose.No
	case !t.Free():
		return prose.Neither
	}
	answer, _ := t.Own().AnswersAlert()
	return answer
}
