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
// texts: "ya no me manden mensajes", "stop gracias". What may have been said to
// somebody else counts of nobody who is registered; while their alert is open,
// only what speaks of texts.
func (d *texting) stopsInOwnWords(t *Text) bool {
	if !t.free() {
		return false
	}
	if d.isDesk() && len(d.deskTold()) > 0 { // "dar de baja" closes a case there
		if reading, rule := t.own().Desk(); reading != prose.Unsure && reading != prose.Asks || rule != "" || len(t.mention.refs) > 0 {
			return false
		}
	}
	stop, rule := t.own().Stop()
	switch own := d.view.Own; {
	case stop == prose.LeaveMe:
		return own == nil
	case stop != prose.WantsStop:
		return false
	case own != nil && d.openCase(own.ID) != nil:
		return rule != "no-more"
	}
	return true
}

// asksToLeave answers whoever asks how to get no more texts, or wants to leave
// ("quiero salir") without that it is plain what. SALIR stops our texts, so
// nobody is led to it. It reports whether the text was that.
func (d *texting) asksToLeave(t *Text) bool {
	stop, rule := t.own().Stop()
	own := d.view.Own
	if _, asked := d.standings(); stop != prose.AsksHow || !t.free() || d.isDesk() || len(asked) > 0 || d.toldOfOpen() || d.conv.Question != nil ||
		own != nil && (rule == "exit" || d.openCase(own.ID) != nil) {
		return false // what they do not want may be where they are
	}
	d.answer("stop-how", d.info())
	return true
}

// waitsToConfirm reports whether this phone was told of an open alert that it
// has not confirmed.
func (d *texting) waitsToConfirm() bool {
	for i := range d.view.Told {
		if d.view.Told[i].waits() {
			return true
		}
	}
	return false
}

// confirmsInOwnWords reports whether a contact's own words show that they have
// read of an alert.
func (d *texting) confirmsInOwnWords(t *Text) bool {
	if d.isDesk() || !t.free() || !d.waitsToConfirm() {
		return false
	}
	r, _ := t.own().Told()
	return r == prose.Confirms || r == prose.News
}

// newsAbout is the first of the alerts just confirmed, where the words that
// confirmed it say more than that, which an agent should read; else nil.
func (d *texting) newsAbout(t *Text, confirmed []Ref) *Told {
	if r, _ := t.own().Told(); d.isDesk() || r != prose.News && len(strings.Fields(t.Body)) <= newsWords && !t.criesToo() {
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
func (d *texting) takesBack(t *Text) bool {
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
func (d *texting) invitedInOwnWords(t *Text) bool {
	if _, asked := d.standings(); len(asked) == 0 || d.waitsToConfirm() || !t.free() {
		return false
	}
	switch r, _ := t.own().Invited(); r {
	case prose.Accepts:
		d.accept(t)
	case prose.Refuses:
		d.refuse(t)
	case prose.WrongOne:
		d.wrongNumber(t)
	default:
		return false
	}
	return true
}

// idleInOwnWords takes what a registered person with nothing open says of their
// own: a cry, by how sure it is, or what they ask for. It reports whether it was
// either.
func (d *texting) idleInOwnWords(t *Text) bool {
	own := d.view.Own
	if own == nil || d.isDesk() || !t.free() || d.openCase(own.ID) != nil {
		return false
	}
	grade := t.cry()
	switch {
	case grade == prose.Likely:
		d.panic(t)
	case d.toldOfOpen() || d.conv.Question != nil: // it is about that
		return false
	case d.inform(t):
	case grade == prose.Possible:
		d.takeCry()
		d.cry(t, ID{})
	default:
		d.unknown(t)
	}
	return true
}

// cry is how sure it is that a text cries for help. An alert word anywhere in it
// is a likely cry, unless what stands around it turns it: then ALERTA and its
// like are asked about all the same, MIGRA and REDADA are a story.
func (t *Text) cry() prose.Grade {
	grade, rule := t.own().Cry()
	switch {
	case grade >= prose.Possible:
	case t.parsed.Intent == keyword.Panic && rule == "":
		return prose.Likely
	case t.own().NamesAlert():
		return prose.Possible
	}
	return grade
}

// says reports whether a text is more than digits.
func (t *Text) says() bool { return strings.Trim(t.Body, "0123456789 .,-*#+()") != "" }

// toldOfOpen reports whether this phone was told of an alert that is open.
func (d *texting) toldOfOpen() bool {
	for i := range d.view.Told {
		if a := &d.view.Told[i].Alert; a.Open() && !a.Drill {
			return true
		}
	}
	return false
}

// strangerInOwnWords takes what a phone says that is nobody's: a cry is kept as
// an alert without a profile, as ALERTA is. One from a contact is put before an
// agent, who asks whom it is about.
func (d *texting) strangerInOwnWords(t *Text) bool {
	if d.view.Own != nil || d.isDesk() || d.toldOfOpen() || d.conv.Question != nil && d.asksOther() || !t.free() {
		return false
	}
	accepted, asked := d.standings()
	known := len(accepted)+len(asked) > 0
	switch grade := t.cry(); {
	case grade == prose.Likely && known:
		d.putTask(Task{Kind: TaskSignal, Urgent: true, Phone: t.From, Note: d.hidden(t.Body)})
		return false // and how to go on is said
	case grade == prose.Likely:
		d.raiseFromPhone(t, d.relayed(t.Body), d.hidden(t.Body))
		return true
	case known:
		return false
	}
	return d.inform(t)
}

// inform answers what somebody asks for in their own words. What changes or
// erases anything asks for the PIN, as its command does.
func (d *texting) inform(t *Text) bool {
	topic, rule := t.own().Topic()
	command := ""
	switch topic {
	case "rights", "legal", "shelter":
		d.answerInformation(topic)
		return true
	case "consulate":
		command = "CONSULADO"
		if zip, ok := d.view.Directory.Consulates.FirstZIP(t.Body); ok {
			command += " " + zip
		}
	case "register":
		if rule == "pin" && t.namesNumber() {
			d.informNumber()
			return true
		}
		command = "REGISTRO"
	case "status":
		command = "ESTADO"
	case "checkin":
		command = "CITA"
	case "data":
		command = "DATOS"
	case "erase":
		command = "BORRAR"
	case "language":
		d.informLanguage(t)
		return true
	case "number":
		if rule == "new-number" {
			d.informNumber()
			return true
		}
		command = "AYUDA"
	case "help", "drill", "human":
		command = "AYUDA"
	default:
		return false
	}
	d.command(NewText(t.Key, t.From, t.Sender, command, ""))
	return true
}

// answersAlert is what a text says to "Es una ALERTA?".
func (t *Text) answersAlert() prose.Answer {
	switch {
	case t.parsed.Intent == keyword.Raise, t.parsed.Intent == keyword.Yes && t.parsed.Whole:
		return prose.Yes
	case t.parsed.Intent == keyword.No && t.parsed.Whole:
		return prose.No
	case !t.free():
		return prose.Neither
	}
	answer, _ := t.own().AnswersAlert()
	return answer
}
