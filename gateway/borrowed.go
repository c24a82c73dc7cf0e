package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// Somebody who is being taken away writes from whatever phone they are handed.
// What it says is kept as an alert without a profile, and asked for a number and
// a PIN; these may come in any order and form, in one text or in two. A number
// that comes alone is asked for its PIN, and what it says stands in the question
// as "said" until an alert is kept; "zip" is what may be a place or a wrong PIN.

const (
	// questionWho is whose alert it is that a phone raised which is nobody's.
	questionWho = "who"
	// WhoOpen is how long number and PIN are taken as its answer.
	WhoOpen = time.Hour
	// TimerWho forgets a PIN that came without its number.
	TimerWho TimerKind = "who"
)

// identity is a number or code, and PINs, that may say who somebody is.
type identity struct {
	phones []Phone
	codes  []Code
	pins   []string
}

func (i *identity) named() bool    { return len(i.phones)+len(i.codes) > 0 }
func (i *identity) complete() bool { return i.named() && len(i.pins) > 0 }

// identity is what a text says of who somebody is. Digits that are part of a
// place are no PIN.
func (t *Text) identity() identity {
	i := identity{phones: t.mention.phones, codes: t.mention.codes}
	for _, digits := range t.mention.pins {
		n := &t.numbers
		at := slices.IndexFunc(n.pins, func(p pinNumber) bool { return p.digits == digits })
		if n.likelihood(&n.pins[at]) > 0 || n.onlyPIN() == digits {
			i.pins = append(i.pins, digits)
		}
	}
	return i
}

// identity is what the answers to a question for number and PIN have said.
func (q *Question) identity() identity {
	var i identity
	for _, phone := range strings.Fields(q.Args["phones"]) {
		i.phones = append(i.phones, Phone(phone))
	}
	for _, code := range strings.Fields(q.Args["codes"]) {
		i.codes = append(i.codes, Code(code))
	}
	i.pins = strings.Fields(q.Args["pins"])
	return i
}

// with is what was said before and what is said now, which goes first.
func (i identity) with(now identity) identity {
	if now.named() {
		i.phones, i.codes = now.phones, now.codes
	}
	if len(now.pins) > 0 {
		i.pins = now.pins
	}
	return i
}

// identify sees whether a text says who somebody is, by itself or as the answer
// to our question, and reports whether the view has to be read anew with
// whoever that may be.
func (t *Text) identify(view *View, now time.Time) bool {
	if t.who != nil || t.parsed.Command() && t.parsed.Intent != keyword.Raise && t.parsed.Intent != keyword.Move {
		return false
	}
	who := t.identity()
	switch q, _ := view.question(now); {
	case q != nil && q.Kind == questionMove && t.moves(view, now):
		who = q.identity().with(who)
	case q != nil && q.Kind == questionWho && t.machine != anEcho && t.machine != aReply:
		who = q.identity().with(who)
	case view.Own != nil, t.machine == anEcho, q != nil && q.Kind == questionRegister:
		return false
	}
	if !who.complete() || t.over() {
		return false
	}
	t.who, t.moving = &who, t.moves(view, now)
	seen := t.mention.phones
	return t.parsed.Intent != keyword.Raise && t.parsed.Intent != keyword.Panic ||
		!slices.Equal(seen, who.phones) || !slices.Equal(t.mention.codes, who.codes)
}

// over reports whether a text says beside its numbers that what happened has
// ended.
func (t *Text) over() bool {
	words := t.numbers.without(func(*pinNumber) bool { return true }, func(*person) bool { return true })
	if words == "" || t.parsed.Intent == keyword.Raise || t.parsed.Intent == keyword.Panic {
		return false
	}
	read := prose.Read(words)
	r, _ := read.Own()
	return r == prose.Over
}

// raisesForNamed reports whether a text names somebody and proves it, and raises
// for them: with an alert word anywhere, or from a phone that is nobody's.
func (d *texting) raisesForNamed(t *Text) bool {
	return !t.moving && d.verified() && d.named(d.view.PIN.Profile) != nil && (t.who != nil || t.parsed.Intent == keyword.Panic)
}

// askWho asks whose alert it is that was kept, for an hour from now. What was
// said of it so far is remembered, and words that may go on to the family.
func (d *personal) askWho(t *Text, words string) {
	if !t.From.Dialable() {
		return
	}
	args := map[string]string{}
	var who identity
	if q := d.conv.Question; q != nil && q.Kind == questionWho {
		args, who = q.clone().Args, q.identity()
	}
	delete(args, "said") // an agent has it now
	args["words"] = clip(joined(args["words"], words), wordsLength)
	d.askIdentity(questionWho, who.with(t.identity()), args)
}

// onlyNumber reports whether a text is a person's number or code, and nothing
// else.
func (t *Text) onlyNumber() bool {
	return len(t.numbers.people) > 0 && len(t.numbers.pins) == 0 && t.numbers.onlyIdentity()
}

// namesSomebody takes a number or code alone from a phone that is nobody's and
// was asked nothing. Somebody under arrest may begin with it.
func (d *texting) namesSomebody(t *Text) bool {
	accepted, asked := d.standings()
	if d.view.Own != nil || d.view.Unseen != nil || d.view.Conversation.Question != nil && d.asksOther() || d.unknownCase() != nil ||
		d.isDesk() || d.toldOfOpen() || len(accepted)+len(asked) > 0 || !d.conv.Stopped.IsZero() || !t.From.Dialable() || t.machine != noMachine || !t.onlyNumber() {
		return false
	}
	d.askPINOf(t)
	return true
}

// asksOther reports whether something else was asked than the PIN of a number
// that came alone.
func (d *texting) asksOther() bool {
	q, _ := d.view.question(d.now)
	return q != nil && (q.Kind != questionWho || q.Args["said"] == "" || d.unknownCase() != nil)
}

// askPINOf asks for the PIN of a number that came alone, whether or not somebody
// has it. Nothing is kept for an agent: it may be a slip.
func (d *texting) askPINOf(t *Text) {
	d.conv.Question = nil // one number takes the other's place
	d.askIdentity(questionWho, t.identity(), map[string]string{"said": clip(d.hidden(t.Body), wordsLength)})
	if d.mayPuzzle() {
		d.answer("number-pin", d.info())
	}
}

// askIdentity opens a question for number and PIN, of which some may be known.
func (d *personal) askIdentity(kind string, who identity, args map[string]string) {
	args["pins"] = strings.Join(who.pins, " ")
	for _, digits := range who.pins {
		if d.isZIP(digits) { // it may be that: the PIN will show
			args["zip"] = digits
		}
	}
	phones := make([]string, len(who.phones))
	for i, p := range who.phones {
		phones[i] = string(p)
	}
	codes := make([]string, len(who.codes))
	for i, c := range who.codes {
		codes[i] = string(c)
	}
	args["phones"], args["codes"] = strings.Join(phones, " "), strings.Join(codes, " ")
	timed := args["timed"] != ""
	if len(who.pins) > 0 {
		args["timed"] = "yes"
	}
	d.ask(kind, args)
	if len(who.pins) > 0 && !timed {
		d.forgetWho()
	}
}

// forgetWho sets the timer by which what was said is forgotten, if the question
// is not asked again.
func (d *personal) forgetWho() {
	d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerWho, Phone: d.conv.Phone, Due: d.conv.Question.At.Add(WhoOpen)})
}

// askWhoWhereSaid opens the question wherever its sentence is said: how an alert
// stands that was kept is answered with it, too.
func (d *texting) askWhoWhereSaid(t *Text) {
	if d.last.name != "unknown-phone" && d.last.name != "unknown-phone-again" || d.view.Own != nil || d.view.keptOwn() != nil {
		return
	}
	if q := d.conv.Question; q == nil || q.Kind == questionWho && !q.At.Equal(d.now) {
		d.askWho(t, "")
	}
}

// whoDue forgets what nobody completed in time.
func (d *texting) whoDue() {
	q := d.conv.Question
	switch {
	case q == nil || q.Kind != questionWho && q.Kind != questionMove:
		return
	case age(d.now, q.At) < WhoOpen:
		d.forgetWho()
		return
	}
	d.conv.Question = nil
	d.putConversation()
}

// answerWho takes what a phone says that was asked for number and PIN. Neither
// whether there is such a person nor whether the PIN is theirs is told. Anything
// else is words, for whoever looks.
func (d *texting) answerWho(t *Text) bool {
	switch t.parsed.Intent {
	case keyword.Unknown, keyword.Panic, keyword.Yes, keyword.No, keyword.Acknowledge:
	default:
		return false
	}
	c := d.unknownCase()
	said := t.identity()
	switch {
	case c != nil:
	case d.conv.Question.Args["said"] == "": // what was kept has ended
		d.conv.Question = nil
		return false
	case t.who != nil, t.answersAlert() == prose.Yes, t.machine == noMachine && t.free() && t.cry() == prose.Likely:
		d.keepUnknown(t, d.relayed(t.Body), d.hidden(t.Body))
		return true
	case t.onlyNumber():
		d.askPINOf(t)
		return true
	default:
		return false
	}
	if len(c.Alert.Words) >= wordsMost && !said.named() && len(said.pins) == 0 {
		return true // two machines would go on for ever
	}
	d.raiseFromPhone(t, d.relayed(t.Body), d.hidden(t.Body))
	q := d.conv.Question
	if q == nil || q.Kind != questionWho {
		return true
	}
	who := q.identity()
	data := templates.Data{Ref: c.Alert.Ref.String()}
	switch {
	case who.complete() || !said.named() && len(said.pins) == 0:
	case who.named():
		d.answer("who-pin", data)
	default:
		d.answer("who-number", data)
	}
	return true
}

// settleKept ends the alert that this phone's words were kept in within the
// hour, now that it is known whose it is, and returns these words.
func (d *texting) settleKept() string {
	q, c := d.conv.Question, d.unknownCase()
	if q == nil || q.Kind != questionWho {
		return ""
	}
	d.conv.Question = nil
	if c != nil && c.Alert.Profile.IsZero() {
		d.identified(c)
	}
	words, zip, right := q.Args["words"], q.Args["zip"], d.view.PIN.Right
	if _, named := d.view.Directory.Consulates.FirstZIP(words); zip != "" && !named && len(right) != len(zip) && !within(right, zip) {
		words = joined(words, zip)
	}
	return words
}

// identified closes an alert without a profile: from now on it is raised for whoever
// it is.
func (d *personal) identified(c *Case) {
	for _, task := range c.Tasks {
		task.State = TaskDone
		d.putTask(task)
	}
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = AlertClosed, d.now, "identified"
	d.putAlert(&c.Alert, "identified", "phone", "")
	d.conv.Raised = slices.DeleteFunc(slices.Clone(d.conv.Raised), func(id ID) bool { return id == c.Alert.ID })
}

// cryElsewhere is a cry, or an alert word within a longer text, from a phone that
// is nobody's. It ends in nothing never: it is kept for somebody to look at, or,
// from a contact who was told of an alert, is one of their own or about that one.
func (d *texting) cryElsewhere(t *Text) {
	if told := slices.IndexFunc(d.view.Told, func(t Told) bool { return t.Alert.Open() && !t.Alert.Drill }); told >= 0 {
		if d.criesThemselves(t) {
			d.raiseFromPhone(t, d.relayed(t.Body), d.hidden(t.Body))
			return
		}
		d.conv.PassedOn = ID{} // and is always answered
		d.passOn(t)
		return
	}
	if d.view.Unseen != nil {
		d.raiseFromPhone(t, d.relayed(t.Body), d.hidden(t.Body))
		return
	}
	switch word := t.parsed.Word; {
	case !t.From.Dialable(),
		t.cry() < prose.Possible && (word == "MIGRA" || word == "REDADA" || word == "AYUDA" || word == "HELP"): // "vi una redada en la tele", "necesito ayuda para registrarme"
		d.unknown(t)
		return
	}
	d.keepUnknown(t, d.relayed(t.Body), d.hidden(t.Body))
}

// criesThemselves reports whether somebody who was told of an alert cries out,
// and does not speak of it: "me llevan a mi tambien", "hola soy Maria ALERTA",
// and not "que es esta alerta" or "ya supe de la redada".
func (d *texting) criesThemselves(t *Text) bool {
	switch r, _ := t.own().Told(); r {
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
			if i == 0 || !names[words[i-1].Text] {
				return true
			}
		}
	}
	return false
}

// criesToo reports whether a text that shows that somebody read an alert cries
// out as well, with another word than that: "aqui tambien hay redada, ayuda".
func (t *Text) criesToo() bool {
	return t.parsed.Intent == keyword.Panic && t.parsed.Word != "ALERTA" && t.parsed.Word != "ALERT"
}

// names are the words before an alert that is spoken of.
var names = set("LA", "LAS", "SU", "SUS", "UNA", "ESA", "ESTA", "MI", "DE", "THE", "AN", "A", "THIS", "THAT", "YOUR", "HIS", "HER")
