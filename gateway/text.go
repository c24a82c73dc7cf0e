package gateway

import (
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Text is a text message that came in. Make it with NewText.
type Text struct {
	Key    string // the carrier's id of the message; a repeat is answered the same
	From   Phone
	Sender string // the number of ours that was written to
	Body   string
	OptOut string // what the carrier did by itself: STOP, START, HELP or ""

	parsed   keyword.Parsed
	read     *prose.Text // what own returns
	said     string      // beside the command's word
	numbers  numbers     // of what is said
	mention  mention
	contacts []namedContact
	also     []Phone   // named earlier, whom a decision has to see
	who      *identity // whose alert it may be, where it or what came before says so
	moving   bool      // who is who moves to this phone
	limited  bool
	machine  machine // that wrote it
}

// Limit says that the phone has sent more than its share. What it says is kept
// all the same; what a text may cost beside that, the trying of PINs, is not
// done for it: ALERTA with somebody's number and PIN then counts as one whose
// PIN is wrong, which puts it before an agent.
func (t *Text) Limit() { t.limited = true }

// Limited reports whether Limit was said of it.
func (t *Text) Limited() bool { return t.limited }

// NewText reads what a text says, apart from any context. key is the carrier's
// unique id of the message.
func NewText(key string, from Phone, sender, body, optOut string) *Text {
	body = prose.Unsigned(bounded(body))
	t := &Text{Key: key, From: from, Sender: sender, Body: body, OptOut: optOut}
	t.parsed = keyword.Parse(body)
	if t.parsed.Intent == keyword.Name && t.cry() >= prose.Likely { // "nombre: Juan, me agarraron"
		t.parsed = keyword.Parsed{Intent: keyword.Unknown, Rest: body}
	}
	t.said = strings.TrimSpace(t.parsed.Lead + " " + t.parsed.Rest)
	t.numbers = readNumbers(t.said)
	t.mention = t.numbers.mentions()
	t.hearMove()
	t.contacts = parseContacts(t.words())
	return t
}

// Scope is the phone's conversation and whoever the text names.
func (t *Text) Scope() Scope {
	s := Scope{Key: "sms:" + t.Key, Phone: t.From, Refs: t.mention.refs, Invited: append(searched(t.contacts), t.also...), Drills: t.parsed.Intent == keyword.Drill, Moves: t.moving || t.parsed.Intent == keyword.Move}
	switch t.parsed.Intent {
	case keyword.Raise, keyword.Panic, keyword.Cancel, keyword.Status, keyword.Move:
		s.NamedPhones, s.NamedCodes = t.mention.phones, t.mention.codes
	}
	if t.who != nil {
		s.NamedPhones, s.NamedCodes = t.who.phones, t.who.codes
	}
	return s
}

// text decides on a text message.
func (d *texting) text(t *Text) {
	d.read(t)
	d.spare(t)
}

// read takes a text in, in the order that the contract sets.
func (d *texting) read(t *Text) {
	if d.view.First != nil { // it happens once
		d.turn.Answer, d.turn.Secret = *d.view.First, len(t.numbers.pins) > 0
		return
	}
	d.conv = d.view.Conversation
	d.conv.Phone = t.From
	if t.Sender != "" {
		d.conv.Sender = t.Sender
	}
	if p := t.commandPIN(); p != nil && t.takesPIN() {
		d.secrets = []string{p.digits}
	}
	if q, _ := d.view.question(d.now); q != nil && q.wantsNewPIN() { // none of what may be one stands anywhere, taken or not
		for _, p := range t.numbers.pins {
			d.secrets = append(d.secrets, p.digits)
		}
	}
	d.countPIN(t)
	if d.noPerson(t) {
		d.record(t)
		d.conv.Heard = d.heardNow()
		d.putConversation()
		return
	}
	d.lang = d.language(t)
	d.seeUnseen()
	d.understand(d.unnamed(t))
	d.askWhoWhereSaid(t)
	d.understood()
	d.interpretOwn()
	d.saveAnswer(t)
	if d.erased == nil {
		d.record(t)
	}
	if d.view.PIN.Result != PINUntried || d.view.PIN.New.Set() || d.hidden(t.Body) != t.Body {
		d.turn.Secret = true
	}
	if d.erased != nil {
		d.turn.Erase = append(d.turn.Erase, *d.erased)
		d.conv = Conversation{ID: d.conv.ID, Seq: d.conv.Seq, Phone: d.conv.Phone, Stopped: d.conv.Stopped}
	}
	d.conv.Heard = d.heardNow()
	d.putConversation()
}

func (d *texting) understand(t *Text) {
	p := t.parsed
	switch {
	case t.machine == anAlarm && !d.verified():
		d.alarm(t)
	case p.Intent == keyword.Stop, d.stopsInOwnWords(t):
		d.stop(t)
	case d.deskIsWrong(t):
		d.wrongNumber(t)
	case p.Intent == keyword.Start:
		d.start()
	case !d.noteOptOut(t):
	case d.saysForMe(t):
		d.raiseForThemselves(d.relayed(t.said), d.hidden(t.said))
	case d.addsToOwn(t):
	case d.confirmsAlert(t):
		if !d.confirm(t) {
			d.acknowledge(t)
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
	case t.who != nil && !t.moving && d.view.Own == nil && t.numbers.onlyIdentity():
		d.keepUnknown(t, "", d.hidden(t.Body)) // whoever gives number and PIN is in need, also with a wrong one
	case d.namesSomebody(t):
	case d.ownWords(t):
	default:
		d.command(t)
	}
}

// command is the table of the contract, without a question or an alert to
// confirm.
func (d *texting) command(t *Text) {
	switch p := t.parsed; p.Intent {
	case keyword.Raise: // by 1
		if d.view.Own != nil && !d.askedLately() && !d.isDesk() {
			d.raiseByText(t)
			return
		}
		d.accept(t) // of somebody who was asked to be a contact
	case keyword.Cancel:
		d.cancelByText(t)
	case keyword.Status:
		d.statusByText(t)
	case keyword.Help:
		d.help()
	case keyword.Rights:
		d.answerInformation("rights")
	case keyword.Consulate:
		d.consulateByText(t)
	case keyword.Acknowledge:
		d.acknowledge(t)
	case keyword.Yes:
		d.accept(t)
	case keyword.No:
		if _, asked := d.standings(); len(asked) == 0 && d.left() {
			return
		}
		d.refuse(t)
	case keyword.Wrong:
		if len(d.view.Wards) == 0 && d.left() { // which may be said for NO FUI YO
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
func (d *texting) ownWords(t *Text) bool {
	return d.deskWrites(t) || d.asksToLeave(t) || d.whileOpen(t) || d.invitedInOwnWords(t) || d.idleInOwnWords(t) || d.strangerInOwnWords(t)
}

// isDesk reports whether the phone answers for a consulate.
func (d *decision) isDesk() bool {
	national := d.Rules.National
	return len(d.view.Directory.DesksAt(d.conv.Phone)) > 0 || national != nil && national.Address == d.conv.Phone
}

// askedLately reports whether this phone was asked anything by us, a notice's
// "Responda 1" included, so that a late 1 is not taken for a cry.
func (d *texting) askedLately() bool {
	if age(d.now, d.conv.Asked) < OneQuiet {
		return true
	}
	for _, told := range d.view.Told {
		if age(d.now, told.Alert.At) < OneQuiet {
			return true
		}
	}
	for i := range d.view.Wards {
		if c := d.view.Wards[i].Contact(d.conv.Phone); c != nil && c.Asked > 0 && c.Standing == StandingUnanswered {
			return true
		}
	}
	return false
}

func (d *decision) ask(kind string, args map[string]string) {
	d.conv.Question = &Question{Kind: kind, At: d.now, Args: args, Forced: d.forced}
	d.conv.Asked = d.now
}

// putConversation writes the conversation down. It is part of every Turn that
// a phone causes: two texts of one phone exclude each other by it.
func (d *decision) putConversation() {
	if d.conv.ID.IsZero() {
		d.conv.ID = d.fresh.ID()
	}
	d.turn.Conversations = append(d.turn.Conversations, d.conv)
}
