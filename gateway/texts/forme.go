package texts

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// saysForMe reports whether a contact says that the alert which they raised a
// while ago is for themselves.
func (d *Texting) saysForMe(t *gateway.Text) bool {
	if d.View.Own != nil || d.IsDesk() || len(d.AcceptedWards()) == 0 || t.Parsed.Intent != keyword.Raise && !t.Free() {
		return false
	}
	says, plain := t.Own().ForMe()
	if says && d.AskedWhom() {
		return true
	}
	return says && (d.RaisedForOther() != nil || plain && d.View.KeptOwn() == nil && d.toldOfOpen())
}

// criesBeside reports whether a contact who was told of an alert says that the
// same happens to them: "me llevan a mi tambien". It is asked then for whom it
// is, and nobody reads it as news of the person.
func (d *Texting) criesBeside(t *gateway.Text) bool {
	if d.View.Owner() != nil || d.IsDesk() || d.Verified() || len(d.AcceptedWards()) == 0 || !d.toldOfOpen() {
		return false
	}
	said := t.Own()
	if t.Parsed.Intent == keyword.Raise {
		if t.Parsed.Word == "1" || t.RaisesForOther(d.AcceptedWards()) {
			return false
		}
		if d.AskedWhom() {
			return true
		}
		beside := prose.Read(t.Said)
		said = &beside
	} else if !t.Free() && t.Parsed.Intent != keyword.Panic {
		return false
	}
	reading, _ := said.Told()
	says, _ := said.ForMe()
	return reading == prose.Cries || says
}

// askForWhom keeps what a contact cries, and asks for whom it is.
func (d *Texting) askForWhom(t *gateway.Text) {
	words := t.Body
	if t.Parsed.Intent == keyword.Raise {
		words = t.Said
	}
	d.KeepUnknown(t, d.Relayed(words), d.Hidden(words))
}

// confirmsAlert reports whether ALERTA is followed by nothing but that it was
// read, by a contact who was told of one: "alerta recibida".
func (d *Texting) confirmsAlert(t *gateway.Text) bool {
	if d.View.Own != nil || d.IsDesk() || t.Parsed.Intent != keyword.Raise || t.Parsed.Word == "1" || t.Said == "" || !d.toldOfOpen() {
		return false
	}
	beside := prose.Read(t.Said)
	reading, rule := beside.Told()
	grade, _ := beside.Cry()
	return reading == prose.Confirms && acknowledges[rule] && grade < prose.Likely
}

// acknowledges are the rules of package prose by which a text says that it was
// read, and nothing else.
var acknowledges = map[string]bool{"ack": true, "head": true, "k": true, "ok": true, "seen": true, "read": true, "arrived": true, "saw": true}

// addsToOwn takes what a contact writes while an alert of their own is open. It
// goes to whoever sees that one, and to nobody of the person whose contact they
// are: they are told of somebody else's need only by ALERTA and who it is.
func (d *Texting) addsToOwn(t *gateway.Text) bool {
	c := d.View.KeptOwn()
	if c == nil || d.IsDesk() || d.Verified() || keyword.Normalise(t.Body) == "" || gateway.Age(d.Now, lastSaid(&c.Alert)) >= decision.Day || !d.meansOwn(t) {
		return false
	}
	note := d.withEnclosed(t, d.Hidden(t.Body))
	if len(c.Alert.Words) < escalation.WordsMost {
		c.Alert.Words = append(slices.Clone(c.Alert.Words), gateway.Words{At: d.Now, Text: note})
		d.PutAlert(&c.Alert, "words", "phone", note)
		d.NoteOwn(c, note)
	}
	d.AddedToOwn(c)
	return true
}

// meansOwn reports whether a text goes on about the alert of a contact's own, and
// is no command, no answer to a question of ours, and not about somebody else.
func (d *Texting) meansOwn(t *gateway.Text) bool {
	asked := ""
	if q := d.Conv.Question; q != nil && gateway.Age(d.Now, q.At) < q.Lasts() {
		asked = q.Kind
	}
	theirs := func(ref gateway.Ref) bool {
		return slices.ContainsFunc(d.View.Told, func(told gateway.Told) bool { return told.Alert.Ref == ref })
	}
	if asked == gateway.QuestionWhom || slices.ContainsFunc(t.Mention.Refs, theirs) {
		return false
	}
	switch t.Parsed.Intent {
	case keyword.Raise:
		if t.Parsed.Word != "1" {
			return !t.RaisesForOther(d.AcceptedWards())
		}
		return t.Parsed.Rest != "" && asked == "" && !t.OnlyConfirms()
	case keyword.Panic:
		return true
	case keyword.Cancel: // they have no PIN; an agent ends it
		return asked == "" && d.PIN.Result == gateway.PINUntried
	case keyword.Yes, keyword.Acknowledge:
		return t.Free() && asked == "" && !t.OnlyConfirms()
	case keyword.Name, keyword.ZIP, keyword.Located, keyword.Close: // which are for others: here they say who and where they are
		return asked == ""
	}
	return t.Free() && asked == ""
}

// lastSaid is when something was last said in an alert.
func lastSaid(a *gateway.Alert) time.Time {
	if n := len(a.Words); n > 0 {
		return a.Words[n-1].At
	}
	return a.At
}
