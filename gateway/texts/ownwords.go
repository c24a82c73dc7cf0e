package texts

import (
	"strings"

	"aviso/gateway"
	"aviso/gateway/prose"
)

// stopsInOwnWords reports whether a text asks in its own words for no more
// texts: "ya no me manden mensajes", "stop gracias". What may have been said to
// somebody else counts of nobody who is registered; while their alert is open,
// only what speaks of texts.
func (d *Texting) stopsInOwnWords(t *gateway.Text) bool {
	if !t.Free() {
		return false
	}
	if d.IsDesk() && len(d.deskTold()) > 0 { // "dar de baja" closes a case there
		if reading, rule := t.Own().Desk(); reading != prose.Unsure && reading != prose.Asks || rule != "" || len(t.Mention.Refs) > 0 {
			return false
		}
	}
	stop, rule := t.Own().Stop()
	switch own := d.View.Own; {
	case stop == prose.LeaveMe:
		return own == nil
	case stop != prose.WantsStop:
		return false
	case own != nil && d.OpenCase(own.ID) != nil:
		return rule != "no-more"
	}
	return true
}

// asksToLeave answers whoever asks how to get no more texts, or wants to leave
// ("quiero salir") without that it is plain what. SALIR stops our texts, so
// nobody is led to it. It reports whether the text was that.
func (d *Texting) asksToLeave(t *gateway.Text) bool {
	stop, rule := t.Own().Stop()
	own := d.View.Own
	if _, asked := d.standings(); stop != prose.AsksHow || !t.Free() || d.IsDesk() || len(asked) > 0 || d.toldOfOpen() || d.Conv.Question != nil ||
		own != nil && (rule == "exit" || d.OpenCase(own.ID) != nil) {
		return false // what they do not want may be where they are
	}
	d.Answer("stop-how", d.Info())
	return true
}

// waitsToConfirm reports whether this phone was told of an open alert that it
// has not confirmed.
func (d *Texting) waitsToConfirm() bool {
	for i := range d.View.Told {
		if d.View.Told[i].Waits() {
			return true
		}
	}
	return false
}

// confirmsInOwnWords reports whether a contact's own words show that they have
// read of an alert.
func (d *Texting) confirmsInOwnWords(t *gateway.Text) bool {
	if d.IsDesk() || !t.Free() || !d.waitsToConfirm() {
		return false
	}
	r, _ := t.Own().Told()
	return r == prose.Confirms || r == prose.News
}

// newsAbout is the first of the alerts just confirmed, where the words that
// confirmed it say more than that, which an agent should read; else nil.
func (d *Texting) newsAbout(t *gateway.Text, confirmed []gateway.Ref) *gateway.Told {
	if len(confirmed) == 0 {
		return nil
	}
	if r, _ := t.Own().Told(); d.IsDesk() || r != prose.News && len(strings.Fields(t.Body)) <= gateway.NewsWords && !t.CriesToo() {
		return nil
	}
	for i := range d.View.Told {
		if told := &d.View.Told[i]; told.Alert.Ref == confirmed[0] && !told.Alert.Drill {
			return told
		}
	}
	return nil
}

// takesBack reports whether what follows 1, SI or RECIBIDO says that it is no
// confirmation: it is somebody else's phone, they want no texts, a machine wrote
// it.
func (d *Texting) takesBack(t *gateway.Text) bool {
	if t.Parsed.Rest == "" || d.IsDesk() {
		return false
	}
	switch r, _ := t.Own().Told(); r {
	case prose.WrongOne, prose.Stops, prose.Refuses, prose.Robot, prose.Cries:
		return true
	}
	return false
}

// invitedInOwnWords takes what somebody says of their own to whether they want
// to be a contact. It reports whether it was an answer.
func (d *Texting) invitedInOwnWords(t *gateway.Text) bool {
	if _, asked := d.standings(); len(asked) == 0 || d.waitsToConfirm() || !t.Free() {
		return false
	}
	switch r, _ := t.Own().Invited(); r {
	case prose.Accepts:
		d.accept(t)
	case prose.Refuses:
		d.refuse(t)
	case prose.WrongOne:
		d.wrongNumber(t)
	case prose.Robot: // "Yes! We're open today"
		d.unknown(t)
	default:
		return false
	}
	return true
}

// idleInOwnWords takes what a registered person with nothing open says of their
// own: a cry, by how sure it is, or what they ask for. It reports whether it was
// either.
func (d *Texting) idleInOwnWords(t *gateway.Text) bool {
	own := d.View.Own
	if own == nil || d.IsDesk() || !t.Free() || d.OpenCase(own.ID) != nil {
		return false
	}
	grade := t.Cry()
	switch {
	case grade == prose.Likely:
		d.panic(t)
	case d.toldOfOpen() || d.Conv.Question != nil: // it is about that
		return false
	case d.inform(t):
	case grade == prose.Possible:
		d.TakeCry()
		d.cry(t, gateway.ID{})
	default:
		d.unknown(t)
	}
	return true
}

// toldOfOpen reports whether this phone was told of an alert that is open.
func (d *Texting) toldOfOpen() bool {
	for i := range d.View.Told {
		if a := &d.View.Told[i].Alert; a.Open() && !a.Drill {
			return true
		}
	}
	return false
}

// strangerInOwnWords takes what a phone says that is nobody's: a cry is kept as
// an alert without a profile, as ALERTA is. One from a contact is put before an
// agent, who asks whom it is about.
func (d *Texting) strangerInOwnWords(t *gateway.Text) bool {
	if d.View.Own != nil || d.IsDesk() || d.toldOfOpen() || d.Conv.Question != nil && d.asksOther() || !t.Free() {
		return false
	}
	accepted, asked := d.standings()
	known := len(accepted)+len(asked) > 0
	switch grade := t.Cry(); {
	case grade == prose.Likely && known:
		d.PutTask(gateway.Task{Kind: gateway.TaskSignal, Urgent: true, Phone: t.From, Note: d.Hidden(t.Body)})
		return false // and how to go on is said
	case grade == prose.Likely:
		d.RaiseFromPhone(t, d.Relayed(t.Body), d.Hidden(t.Body))
		return true
	case known:
		return false
	}
	return d.inform(t)
}

// inform answers what somebody asks for in their own words. What changes or
// erases anything asks for the PIN, as its command does.
func (d *Texting) inform(t *gateway.Text) bool {
	topic, rule := t.Own().Topic()
	command := ""
	switch topic {
	case "rights", "legal", "shelter":
		d.answerInformation(topic)
		return true
	case "consulate":
		command = "CONSULADO"
		if zip, ok := d.View.Directory.Consulates.FirstZIP(t.Body); ok {
			command += " " + zip
		}
	case "register":
		if rule == "pin" && t.NamesNumber() {
			d.informNumber()
			return true
		}
		command = "REGISTRO"
	case "change":
		if d.View.Own == nil {
			command = "REGISTRO"
			break
		}
		return d.informChange(t, rule)
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
	case "help":
		if d.isStranger() {
			d.sayWhoWeAre(t)
			return true
		}
		command = "AYUDA"
	case "drill":
		if d.View.Own != nil {
			d.Answer("drill-how", d.Info())
			return true
		}
		command = "AYUDA"
	case "human":
		command = "AYUDA"
	default:
		return false
	}
	d.command(t.As(command))
	return true
}

// informChange says how something that is kept is changed. A ZIP that is said is
// taken for the command's, which asks for the PIN.
func (d *Texting) informChange(t *gateway.Text, rule string) bool {
	if rule == "zip" || rule == "moved" {
		if zip, ok := d.View.Directory.Consulates.FirstZIP(t.Body); ok {
			d.command(t.As("ZIP " + zip))
			return true
		}
		rule = "zip"
	}
	d.Answer("change-"+rule, d.Info())
	return true
}
