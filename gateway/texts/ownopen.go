package texts

import (
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// whileOpen takes somebody's own words while an alert of theirs, or one that was
// raised from here, is open. It reports whether it did.
func (d *Texting) whileOpen(t *gateway.Text) bool {
	if own := d.View.Own; own != nil && d.OpenCase(own.ID) != nil && strings.Trim(t.Body, "?¿! .") == "" && strings.Contains(t.Body, "?") {
		d.Status(t.From)
		return true
	}
	if d.IsDesk() || !t.Free() || keyword.Normalise(t.Body) == "" {
		return false
	}
	reading, rule := t.Own().Own()
	said := reading == prose.More || reading == prose.Again
	p, c := d.caseHere()
	check := d.PIN
	switch {
	case c != nil && d.View.Own != p && c.Alert.Reporter != "":
		if !said && reading != prose.Over { // which a contact reports, and cannot bring about
			return false
		}
		d.addWords(t, c)
	case c != nil:
		return d.ownWhileOpen(t, p, c, reading, rule)
	case t.Numbers.OnlyPIN() != "" && d.Verified() && d.EndedLately(check.Profile):
		d.Cancel(d.Profile(check.Profile), d.UnderDuress(), gateway.EndedByPIN)
	case said && d.UnknownCase() != nil:
		d.RaiseUnknown(d.Hidden(t.Body))
	default:
		return false
	}
	return true
}

// caseHere is the open alert of the person whose phone it is, else the newest
// that was raised from it for somebody else, not long ago: the phone may be its
// owner's again.
func (d *Texting) caseHere() (*gateway.Profile, *gateway.Case) {
	if own := d.View.Own; own != nil {
		if c := d.OpenCase(own.ID); c != nil {
			return own, c
		}
	}
	for _, id := range slices.Backward(d.Conv.Raised) {
		c := d.View.Case(id)
		if c == nil || !d.Sees().Open(&c.Alert) || gateway.Age(d.Now, c.Alert.At) >= gateway.SameAlert {
			continue
		}
		if p := d.Profile(c.Alert.Profile); p != nil && !d.Sees().Hides(p.ID) {
			return p, c
		}
	}
	return nil, nil
}

func (d *Texting) ownWhileOpen(t *gateway.Text, p *gateway.Profile, c *gateway.Case, reading prose.Reading, rule string) bool {
	check, pin := d.PIN, t.Numbers.OnlyPIN()
	switch {
	case pin != "" && d.Verified() && !t.EndsBeside():
		d.askEnd(c)
	case pin != "" && check.Result == gateway.PINWrong && d.IsZIP(t.Body):
		d.PassWords(c, t.Body)
	case reading == prose.Over && d.Verified():
		d.Cancel(p, d.UnderDuress(), gateway.Endings[rule].Reason())
	case check.Result == gateway.PINWrong && (pin != "" || reading == prose.Over && t.Numbers.SurePIN(d.View.Directory) != ""): // and no house number
		d.RefusePIN(check.Profile)
	case reading == prose.Over && !p.PIN.Set():
		d.Answer("no-pin", d.Info())
	case reading == prose.Over:
		d.Ask(gateway.QuestionPIN, map[string]string{"text": "BIEN " + string(gateway.Endings[rule])})
		data := d.Info()
		data.Ref = c.Alert.Ref.String()
		d.Answer("end-how", data)
	case reading == prose.Status && rule != "question": // a mere question is answered by how things stand and what to do
		d.Status(t.From)
	case reading == prose.More, reading == prose.Again:
		d.addWords(t, c)
	default:
		return false
	}
	return true
}

// addWords passes on what is written about an open alert, save what no relative
// should read: an agent does.
func (d *Texting) addWords(t *gateway.Text, c *gateway.Case) {
	if private, _ := t.Own().Private(); !private {
		d.PassWords(c, d.withEnclosed(t, d.Relayed(t.Body)))
		return
	}
	d.PutTask(gateway.Task{Kind: gateway.TaskSignal, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: t.From, Name: c.Alert.Name, Note: d.Hidden(t.Body)})
	data := d.Info()
	data.Ref = c.Alert.Ref.String()
	d.Answer("kept-apart", data)
}

// forFamily is what somebody wrote, as it may go on to the family: nothing where
// one of them is not to learn of it.
func (d *Texting) forFamily(t *gateway.Text, said string) string {
	if private, _ := t.Own().Private(); private {
		return ""
	}
	return d.withEnclosed(t, d.Relayed(said))
}

// askEnd asks whether a right PIN alone, either one, is to end the alert.
func (d *Texting) askEnd(c *gateway.Case) {
	if d.UnderDuress() {
		d.Quieten(&c.Alert)
		d.AgentsSeeAlert(&c.Alert, c.Alert.Profile, c.Alert.Name)
	}
	d.Ask(gateway.QuestionEnd, nil)
	d.Conv.Question.Alert, d.Conv.Question.AsDecoy = c.Alert.ID, d.UnderDuress()
	d.Answer("ask-end", templates.Data{Ref: c.Alert.Ref.String()})
}

// answerEnd is the answer to whether the alert is to end.
func (d *Texting) answerEnd(t *gateway.Text, q *gateway.Question) bool {
	c := d.View.Case(q.Alert)
	if c == nil || d.OpenCase(c.Alert.Profile) == nil {
		d.Conv.Question = nil
		return false
	}
	p := d.Profile(c.Alert.Profile)
	switch reply := gateway.Consents(t.Body); {
	case reply == prose.Yes, t.AnswersBarely() && t.Parsed.Intent == keyword.Raise:
		d.Conv.Question = nil
		d.Cancel(p, q.AsDecoy, gateway.EndedByPIN)
	case reply == prose.No:
		d.Conv.Question = nil
		d.Status(t.From)
	default:
		return false
	}
	return true
}

// keepPrivate puts before an agent what no relative should read of the words with
// which somebody raises an alert, on whatever phone.
func (d *Arranging) keepPrivate(t *gateway.Text, p *gateway.Profile) {
	if private, _ := t.Own().Private(); private {
		d.PutTask(gateway.Task{Kind: gateway.TaskSignal, Urgent: true, Profile: p.ID, Phone: t.From, Name: p.Name, Note: d.Hidden(t.Body)})
	}
}
