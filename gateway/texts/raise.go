package texts

import (
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/escalation"
)

// cancelByText calls off the alerts of the person whose PIN was given. A wrong
// PIN changes nothing and texts nobody; the duress PIN gets the very same
// answer and changes only what this phone is shown.
func (d *Texting) cancelByText(t *gateway.Text) {
	switch check := d.PIN; check.Result {
	case gateway.PINUntried:
		d.cancelWithoutPIN(t)
	case gateway.PINWrong:
		d.RefusePIN(check.Profile)
	default:
		d.Cancel(d.Profile(check.Profile), d.UnderDuress(), t.Ending())
	}
}

// cancelWithoutPIN ends a registration that is under way, asks for the PIN
// where there is something to call off, and otherwise says what CANCELAR does,
// since it may have been meant as a stop.
func (d *Texting) cancelWithoutPIN(t *gateway.Text) {
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionRegister && (d.View.Own == nil || d.OpenCase(d.View.Own.ID) == nil) {
		if strings.HasPrefix(t.Parsed.Word, "CANCEL") || t.Parsed.Word == "EXIT" {
			d.Conv.Question = nil
			d.Answer("register-ended", d.Info())
		} else { // "bien gracias" ends nothing
			d.Conv.Question = q.Clone()
			d.AskStep(d.Conv.Question)
		}
		return
	}
	for _, p := range d.View.Callers() {
		if d.OpenCase(p.ID) == nil && !d.EndedLately(p.ID) && d.Conv.Cry == nil {
			continue
		}
		if !p.PIN.Set() {
			d.Answer("no-pin", d.Info())
			return
		}
		d.askForPIN(t)
		return
	}
	if c := d.UnknownCase(); c != nil {
		if len(c.Alert.Words) < escalation.WordsMost {
			c.Alert.Words = append(slices.Clone(c.Alert.Words), gateway.Words{At: d.Now, Text: d.Hidden(t.Body)})
			d.PutAlert(&c.Alert, "words", "phone", d.Hidden(t.Body))
		}
		d.AddedToOwn(c)
		return
	}
	if !d.CheckInStands() { // which they may mean
		d.Answer("none-open", d.Info())
	}
}

// raiseByText is ALERTA in all its forms. None of them ends in nothing.
func (d *Texting) raiseByText(t *gateway.Text) {
	check, words := d.PIN, d.forFamily(t, t.Said)
	switch p := d.Named(check.Profile); {
	case d.Verified() && p != nil:
		d.keepPrivate(t, p)
		if words = gateway.Joined(d.settleKept(), words); p.Phone != t.From {
			words = gateway.WordsOf(p, words)
		}
		d.Raise(escalation.Raising{Profile: p, Words: words, Borrowed: p.Phone != t.From, Duress: d.UnderDuress()})
	case d.View.Own != nil:
		d.keepPrivate(t, d.View.Own)
		d.Raise(escalation.Raising{Profile: d.View.Own, Words: gateway.Joined(d.TakeCry(), words)})
	default:
		d.RaiseFromPhone(t, words, d.Hidden(t.Said))
	}
}
