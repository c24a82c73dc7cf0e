package gateway

import (
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// people's own words, where none of the table's words decides.

// own is the text as package prose reads it, once.
func (t *Text) own() *prose.Text {
	if t.read == nil {
		read := prose.Read(t.Body)
		t.read = &read
	}
	return t.read
}

// free reports whether a text is somebody's own words: it holds no command of
// the table, or begins with one and goes on as something else.
func (t *Text) free() bool {
	switch t.parsed.Intent {
	case keyword.Unknown, keyword.No, keyword.Panic:
		return !t.parsed.Whole
	case keyword.Yes, keyword.Acknowledge, keyword.Cancel, keyword.Legal, keyword.Consulate, keyword.Help:
		return !t.parsed.Whole && t.parsed.Rest != ""
	}
	return false
}

// stopsInOwnWords reports whether a text asks in its own words for no more
// texts: "ya no me manden mensajes", "darme de baja". About an alert that
// somebody was told of, what else is in the text counts as well.
func (d *decision) stopsInOwnWords(t *Text) bool {
	if !t.free() {
		return false
	}
	if d.waitsToConfirm() {
		r, _ := t.own().Told()
		return r == prose.Stops
	}
	topic, _ := t.own().Topic()
	return topic == "stop"
}

// waitsToConfirm reports whether this phone was told of an open alert that it
// has not confirmed.
func (d *decision) waitsToConfirm() bool {
	for i := range d.view.Told {
		if d.view.Told[i].waits() {
			return true
		}
	}
	return false
}

// confirmsInOwnWords reports whether a contact's own words show that they have
// read of an alert.
func (d *decision) confirmsInOwnWords(t *Text) bool {
	if d.isDesk() || !t.free() || !d.waitsToConfirm() {
		return false
	}
	r, _ := t.own().Told()
	return r == prose.Confirms || r == prose.News
}

// newsAbout is the first of the alerts just confirmed, where the words that
// confirmed it say more than that, which an agent should read; else nil.
func (d *decision) newsAbout(t *Text, confirmed []Ref) *Told {
	if r, _ := t.own().Told(); d.isDesk() || r != prose.News && len(strings.Fields(t.Body)) <= newsWords {
		return nil
	}
	for i := range d.view.Told {
		if told := &d.view.Told[i]; told.Alert.Ref == confirmed[0] && !told.Alert.Drill {
			return told
		}
	}
	return nil
}

// newsWords is how many words a confirmation has at most that says nothing else.
const newsWords = 8

// takesBack reports whether what follows 1, SI or RECIBIDO says that it is no
// confirmation: it is somebody else's phone, they want no texts, a machine wrote
// it.
func (d *decision) takesBack(t *Text) bool {
	if t.parsed.Rest == "" || d.isDesk() {
		return false
	}
	switch r, _ := t.own().Told(); r {
	case prose.WrongOne, prose.Stops, prose.Refuses, prose.Robot, prose.Cries:
		return true
	}
	return false
}

// invitedInOwnWords takes what somebody says of their own to whether they want
// to be a contact. It reports whether it was an answer.
func (d *decision) invitedInOwnWords(t *Text) bool {
	if _, asked := d.standings(); len(asked) == 0 || d.waitsToConfirm() || !t.free() {
		return false
	}
	switch r, _ := t.own().Invited(); r {
	case prose.Accepts:
		d.accept(t)
	case prose.Refuses:
		d.refuse(t)
	case prose.WrongOne:
		d.wrongNumber()
	default:
		return false
	}
	return true
}

// deskInOwnWords is what a consulate's desk says in any order and with any
// courtesy: "482137 recibido", "lo localizamos en Adelanto, 482137". It returns
// the text as the command that it is, nil where it is none.
func (d *decision) deskInOwnWords(t *Text) *Text {
	if !d.isDesk() || len(d.view.Told) == 0 || t.parsed.Whole && t.parsed.Intent != keyword.Unknown {
		return nil
	}
	command := ""
	switch r, _ := t.own().Desk(); r {
	case prose.Received:
		command = "RECIBIDO"
	case prose.Located:
		command = "LOCALIZADO"
	case prose.Closes:
		command = "CERRAR"
	default:
		return nil
	}
	n := readNumbers(t.Body)
	for _, r := range n.refs {
		command += " " + r.ref.Digits()
	}
	if command[0] != 'R' {
		command += " " + n.withoutRefs()
	}
	said := NewText(t.Key, t.From, t.Sender, command, "")
	said.Body = t.Body
	return said
}
