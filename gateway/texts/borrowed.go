package texts

import (
	"slices"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// Somebody who is being taken away writes from whatever phone they are handed.
// What it says is kept as an alert without a profile, and asked for a number and
// a PIN; these may come in any order and form, in one text or in two. A number
// that comes alone is asked for its PIN, and what it says stands in the question
// as "said" until an alert is kept; "zip" is what may be a place or a wrong PIN.

// raisesForNamed reports whether a text names somebody and proves it, and raises
// for them: with an alert word anywhere, or from a phone that is nobody's.
func (d *Texting) raisesForNamed(t *gateway.Text) bool {
	return !t.Moving && d.Verified() && d.Named(d.PIN.Profile) != nil && (t.Who != nil || t.Parsed.Intent == keyword.Panic)
}

// namesSomebody takes a number, a code or a PIN alone from a phone that is
// nobody's and was asked nothing. Somebody under arrest may begin with it.
func (d *Texting) namesSomebody(t *gateway.Text) bool {
	accepted, asked := d.standings()
	if d.View.Owner() != nil || d.View.Conversation.Question != nil && d.asksOther() || d.UnknownCase() != nil ||
		d.IsDesk() || d.toldOfOpen() || len(accepted)+len(asked) > 0 || !d.Conv.Stopped.IsZero() || !t.From.Person() || t.Machine != gateway.NoMachine || !t.OnlyNumber() && !d.onlyUntriedPIN(t) {
		return false
	}
	d.askRestOf(t)
	return true
}

// onlyUntriedPIN reports whether a text is a PIN, nothing else, and of nobody for whom
// this phone raised.
func (d *Texting) onlyUntriedPIN(t *gateway.Text) bool {
	return t.Numbers.OnlyPIN() != "" && d.PIN.Result == gateway.PINUntried
}

// asksOther reports whether something else was asked than the PIN of a number
// that came alone.
func (d *Texting) asksOther() bool {
	q, _ := d.View.Question(d.Now)
	return q != nil && (q.Kind != gateway.QuestionWho || q.Args["said"] == "" || d.UnknownCase() != nil)
}

// askRestOf asks for the PIN of a number that came alone, or whose number it is of
// a PIN that did, whether or not somebody has it. Nothing is kept for an agent: it
// may be a slip.
func (d *Texting) askRestOf(t *gateway.Text) {
	d.Conv.Question = nil // one number takes the other's place
	d.AskIdentity(gateway.QuestionWho, t.Identity(), map[string]string{"said": gateway.Clip(d.Hidden(t.Body), gateway.WordsLength)})
	if !d.mayPuzzle() {
		return
	}
	if t.OnlyNumber() {
		d.Answer("number-pin", d.Info())
		return
	}
	d.Answer("pin-number", d.Info())
}

// askWhoWhereSaid opens the question wherever its sentence is said: how an alert
// stands that was kept is answered with it, too.
func (d *Texting) askWhoWhereSaid(t *gateway.Text) {
	if d.Last.Name != "unknown-phone" && d.Last.Name != "unknown-phone-again" || d.View.Own != nil || d.View.KeptOwn() != nil {
		return
	}
	if q := d.Conv.Question; q == nil || q.Kind == gateway.QuestionWho && !q.At.Equal(d.Now) {
		d.AskWho(t, "")
	}
}

// WhoDue forgets what nobody completed in time.
func (d *Texting) WhoDue() {
	q := d.Conv.Question
	switch {
	case q == nil || q.Kind != gateway.QuestionWho && q.Kind != gateway.QuestionMove:
		return
	case gateway.Age(d.Now, q.At) < gateway.WhoOpen:
		d.ForgetWho()
		return
	}
	d.Conv.Question = nil
	d.PutConversation()
}

// answerWho takes what a phone says that was asked for number and PIN. Neither
// whether there is such a person nor whether the PIN is theirs is told. Anything
// else is words, for whoever looks.
func (d *Texting) answerWho(t *gateway.Text) bool {
	switch t.Parsed.Intent {
	case keyword.Unknown, keyword.Panic, keyword.Yes, keyword.No, keyword.Acknowledge:
	default:
		return false
	}
	c := d.UnknownCase()
	said := t.Identity()
	switch {
	case c != nil:
	case d.Conv.Question.Args["said"] == "": // what was kept has ended
		d.Conv.Question = nil
		return false
	case t.Who != nil, t.AnswersAlert() == prose.Yes, t.Machine == gateway.NoMachine && t.Free() && t.Cry() == prose.Likely:
		d.KeepUnknown(t, d.Relayed(t.Body), d.Hidden(t.Body))
		return true
	case t.OnlyNumber():
		d.askRestOf(t)
		return true
	default:
		return false
	}
	if len(c.Alert.Words) >= escalation.WordsMost && !said.Named() && len(said.Pins) == 0 {
		return true // two machines would go on for ever
	}
	d.RaiseFromPhone(t, d.Relayed(t.Body), d.Hidden(t.Body))
	q := d.Conv.Question
	if q == nil || q.Kind != gateway.QuestionWho {
		return true
	}
	who := q.Identity()
	data := templates.Data{Ref: c.Alert.Ref.String()}
	switch {
	case who.Complete() || !said.Named() && len(said.Pins) == 0:
	case who.Named():
		d.Answer("who-pin", data)
	default:
		d.Answer("who-number", data)
	}
	return true
}

// settleKept ends the alert that this phone's words were kept in within the
// hour, now that it is known whose it is, and returns these words.
func (d *Texting) settleKept() string {
	q, c := d.Conv.Question, d.UnknownCase()
	if q == nil || q.Kind != gateway.QuestionWho {
		return ""
	}
	d.Conv.Question = nil
	if c != nil && c.Alert.Profile.IsZero() {
		d.Identified(c)
	}
	words, zip, right := q.Args["words"], q.Args["zip"], d.PIN.Right
	if _, named := d.View.Directory.Consulates.FirstZIP(words); zip != "" && !named && len(right) != len(zip) && !gateway.Within(right, zip) {
		words = gateway.Joined(words, zip)
	}
	return words
}

// cryElsewhere is a cry, or an alert word within a longer text, from a phone that
// is nobody's. It ends in nothing never: it is kept for somebody to look at, or,
// from a contact who was told of an alert, is one of their own or about that one.
func (d *Texting) cryElsewhere(t *gateway.Text) {
	if told := slices.IndexFunc(d.View.Told, func(t gateway.Told) bool { return t.Alert.Open() && !t.Alert.Drill }); told >= 0 {
		if d.criesThemselves(t) {
			d.RaiseFromPhone(t, d.Relayed(t.Body), d.Hidden(t.Body))
			return
		}
		d.Conv.PassedOn = gateway.ID{} // and is always answered
		d.passOn(t)
		return
	}
	if d.Sees().Nobody() {
		d.RaiseFromPhone(t, d.Relayed(t.Body), d.Hidden(t.Body))
		return
	}
	switch word := t.Parsed.Word; {
	case !t.From.Person(),
		d.asksOfInvitation(t),
		t.Cry() < prose.Possible && (word == "MIGRA" || word == "REDADA" || word == "AYUDA" || word == "HELP"): // "vi una redada en la tele", "necesito ayuda para registrarme"
		d.unknown(t)
		return
	}
	d.KeepUnknown(t, d.Relayed(t.Body), d.Hidden(t.Body))
}

// criesThemselves reports whether somebody who was told of an alert cries out,
// and does not speak of it: "me llevan a mi tambien", "hola soy Maria ALERTA",
// and not "que es esta alerta" or "ya supe de la redada".
func (d *Texting) criesThemselves(t *gateway.Text) bool {
	switch r, _ := t.Own().Told(); r {
	case prose.Cries:
		return true
	case prose.Unsure, prose.Talk:
	default:
		return false
	}
	words := keyword.Words(t.Body)
	for i, w := range words {
		switch w.Text {
		case "ALERTA", "ALERT", "SOS", "AUXILIO":
			if i == 0 || !gateway.Names[words[i-1].Text] {
				return true
			}
		}
	}
	return false
}
