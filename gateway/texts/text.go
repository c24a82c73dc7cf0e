package texts

import (
	"strings"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/templates"
)

// chooseLanguage is INGLES or ESPANOL. What was asked or told last is said again
// in the language that they chose.
func (d *Texting) chooseLanguage(t *gateway.Text) {
	d.setLanguage(keyword.Tongue(t.Parsed.Word))
	if d.Conv.Question != nil {
		if q := d.Conv.Question.Clone(); q.Draft != nil {
			q.Draft.Language = d.Lang
			d.Conv.Question, d.View.Conversation.Question = q, q
		}
		if d.askAgain() {
			return
		}
	}
	for i := range d.View.Told {
		told := &d.View.Told[i]
		if !told.Waits() || told.Alert.Drill || told.Recipient.Kind != gateway.KindContact {
			continue
		}
		d.Answer("status-told", d.Toward(&told.Recipient, d.Profile(told.Alert.Profile), &told.Alert, templates.Data{
			Ref:  told.Alert.Ref.String(),
			When: d.Clock(told.Alert.At, told.Alert.Zone, "", t.From, d.Lang),
			Owed: told.Recipient.Owed(),
		}))
		return
	}
	if _, asked := d.standings(); len(asked) > 0 && !d.IsDesk() {
		data := d.Info()
		data.Name = strings.Join(asked, ", ")
		d.Answer("invite", data)
		return
	}
	d.Answer("language", d.Info())
}

// noPerson reports whether a text is to do nothing. A right PIN is a person's, be
// it of whoever's number stands beside it, and so may be what looks like a notice
// while we wait for a number: "mi codigo es 4829".
func (d *Texting) noPerson(t *gateway.Text) bool {
	switch t.Machine {
	case gateway.AnEcho:
		return true
	case gateway.AReply:
		if _, rule := t.Own().Machine(); rule == "media" && d.Draft() != nil {
			return false // who sends the card of a contact pressed a key
		}
		return !d.Verified()
	case gateway.ANotice:
		if d.Draft() != nil && t.GivesAt(d.Conv.Question.Args["step"]) {
			return false
		}
		return !d.Verified() && (d.Conv.Question == nil || !d.asksOther() && !t.FirstPerson())
	}
	return false
}

// Text decides on a text message.
func (d *Texting) Text(t *gateway.Text) {
	d.read(t)
	d.spare(t)
}

// read takes a text in, in the order that the contract sets.
func (d *Texting) read(t *gateway.Text) {
	if d.View.First != nil { // it happens once
		d.Turn.Answer, d.Turn.Secret = *d.View.First, len(t.Numbers.Pins) > 0
		return
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = t.From
	if t.Sender != "" {
		d.Conv.Sender = t.Sender
	}
	if p := t.CommandPIN(); p != nil && t.TakesPIN() {
		d.Secrets = []string{p.Digits}
	}
	if q, _ := d.View.Question(d.Now); q != nil && (q.WantsNewPIN() || t.MendsPIN(q)) { // none of what may be one stands anywhere, taken or not
		for _, p := range t.Numbers.Pins {
			d.Secrets = append(d.Secrets, p.Digits)
		}
	}
	d.countPIN(t)
	if d.noPerson(t) {
		d.record(t)
		d.Conv.Heard = d.heardNow()
		d.PutConversation()
		return
	}
	d.Lang = d.Language(t)
	d.UnmaskErased()
	if !d.onlyEnclosed(t) {
		d.understand(d.unnamed(t))
		d.sayEnclosed(t)
	}
	d.askWhoWhereSaid(t)
	d.understood()
	d.interpretOwn()
	d.saveAnswer(t)
	if d.Erased == nil {
		d.record(t)
	}
	if d.PIN.Result != gateway.PINUntried || d.PIN.New.Set() || d.Hidden(t.Body) != t.Body {
		d.Turn.Secret = true
	}
	if d.Erased != nil {
		d.Turn.Erase = append(d.Turn.Erase, *d.Erased)
		d.Conv = gateway.Conversation{ID: d.Conv.ID, Seq: d.Conv.Seq, Phone: d.Conv.Phone, Stopped: d.Conv.Stopped}
	}
	d.Conv.Heard = d.heardNow()
	d.PutConversation()
}

func (d *Texting) understand(t *gateway.Text) {
	p := t.Parsed
	switch {
	case t.Machine == gateway.AnAlarm && !d.Verified():
		d.alarm(t)
	case p.Intent == keyword.Stop, d.stopsInOwnWords(t):
		d.Stop(t.From, t.Body, t.OptOut == "STOP")
	case d.deskIsWrong(t):
		d.wrongNumber(t)
	case p.Intent == keyword.Start:
		d.start(t.OptOut == "START")
	case !d.noteOptOut(t):
	case d.saysForMe(t):
		d.RaiseForThemselves(d.Relayed(t.Said), d.Hidden(t.Said))
	case d.addsToOwn(t):
	case d.confirmsAlert(t):
		if !d.confirm(t) {
			d.acknowledge(t, t.Mention.Refs)
		}
	case d.criesBeside(t):
		d.askForWhom(t)
	case d.toldOf(t):
		if !d.deskWrites(t) && !d.passOn(t) {
			d.unknown(t)
		}
	case p.Intent == keyword.Raise && p.Word != "1", d.raisesForNamed(t):
		d.raiseByText(t)
	case d.disowns(t):
		d.undoMove()
	case p.Overrides() && !d.isForStep(t):
		d.closeQuestion(t)
		d.command(t)
	case d.isAcknowledgement(t) && d.noticedSinceAsked() && d.confirms(t):
	case d.answerQuestion(t):
	case d.isAcknowledgement(t) && d.confirms(t):
	case t.Who != nil && !t.Moving && d.View.Own == nil && t.Numbers.OnlyIdentity():
		d.KeepUnknown(t, "", d.Hidden(t.Body)) // whoever gives number and PIN is in need, also with a wrong one
	case d.namesSomebody(t):
	case d.ownWords(t):
	default:
		d.command(t)
	}
}

// command is the table of the contract, without a question or an alert to
// confirm.
func (d *Texting) command(t *gateway.Text) {
	switch p := t.Parsed; p.Intent {
	case keyword.Raise: // by 1
		if d.View.Own != nil && !d.askedLately() && !d.IsDesk() {
			d.raiseByText(t)
			return
		}
		d.accept(t) // of somebody who was asked to be a contact
	case keyword.Cancel:
		d.cancelByText(t)
	case keyword.Status:
		d.Status(t.From)
	case keyword.Help:
		if own := d.View.Own; own != nil && t.OptOut == "" && d.Conv.Question == nil && t.Own().CallsOut() && d.OpenCase(own.ID) == nil {
			d.panic(t)
			return
		}
		d.help(t.OptOut == "HELP")
	case keyword.Rights:
		d.answerInformation("rights")
	case keyword.Consulate:
		d.consulateByText(t)
	case keyword.Acknowledge:
		d.acknowledge(t, t.Mention.Refs)
	case keyword.Yes:
		d.accept(t)
	case keyword.No:
		if _, asked := d.standings(); len(asked) == 0 && d.Left() {
			return
		}
		d.refuse(t)
	case keyword.Wrong:
		if len(d.View.Wards) == 0 && d.Left() { // which may be said for NO FUI YO
			return
		}
		d.wrongNumber(t)
	case keyword.Located, keyword.Close:
		d.deskReport(t)
	case keyword.Legal:
		d.answerInformation("legal")
	case keyword.Shelter:
		d.answerInformation("shelter")
	case keyword.Register:
		d.register(t)
	case keyword.Move:
		d.moveByText(t)
	case keyword.Language:
		d.chooseLanguage(t)
	case keyword.Data, keyword.Name, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase:
		d.ownData(t)
	case keyword.Drill:
		d.drillByText()
	case keyword.CheckIn:
		d.checkIn(t)
	case keyword.Arrived:
		d.arrived(t)
	case keyword.More:
		d.more(t)
	case keyword.Panic:
		d.panic(t)
	default:
		d.unknown(t)
	}
}

// ownWords decides on a text whose own words say what none of the table's does.
func (d *Texting) ownWords(t *gateway.Text) bool {
	return d.deskWrites(t) || d.asksToLeave(t) || d.whileOpen(t) || d.checkInWords(t) || d.invitedInOwnWords(t) || d.idleInOwnWords(t) || d.strangerInOwnWords(t)
}

// askedLately reports whether this phone was asked anything by us, a notice's
// "Responda 1" included, so that a late 1 is not taken for a cry.
func (d *Texting) askedLately() bool {
	if gateway.Age(d.Now, d.Conv.Asked) < gateway.OneQuiet {
		return true
	}
	for _, told := range d.View.Told {
		if gateway.Age(d.Now, told.Alert.At) < gateway.OneQuiet {
			return true
		}
	}
	for i := range d.View.Wards {
		if c := d.View.Wards[i].Contact(d.Conv.Phone); c != nil && c.Asked > 0 && c.Standing == gateway.StandingUnanswered {
			return true
		}
	}
	return false
}
