package gateway

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// NUEVO NUMERO moves a person to the phone that it is written from, with their
// number or code and their PIN. The phone that they had is told, without the new
// number, and for MoveUndo puts everything back as it was by NO FUI YO. Until
// then it raises, too, and changes nothing; then it is nobody's.

const (
	// MoveUndo is how long the phone that somebody moved from can undo it.
	MoveUndo = 72 * time.Hour

	questionMove  = "move"  // number or code, and PIN, of who moves here
	questionMoved = "moved" // may the contacts know the new number?

	// TimerMoved forgets the phone that somebody moved from.
	TimerMoved TimerKind = "moved"

	// TaskMoved is a move that has to be looked at: it was undone, or the phone
	// that was left could not be told.
	TaskMoved TaskKind = "moved"
)

// Moved is what is kept of a move: while it can be undone, and after it was.
type Moved struct {
	From   Phone     `json:"from,omitempty"` // E.164; "": it cannot be undone any more
	At     time.Time `json:"at,omitzero"`
	Before *Profile  `json:"before,omitempty"` // as they were
	Told   bool      `json:"told,omitempty"`   // their contacts were told of the new number

	// Locked is the hash of the PIN with which nobody moves any more, since a move
	// was undone. Another one lifts that, from an agent, a file or their own phone.
	Locked []byte `json:"locked,omitempty"`
}

// Pending reports whether the phone that was left can still undo the move.
func (m *Moved) Pending(now time.Time) bool {
	return m != nil && m.From != "" && age(now, m.At) < MoveUndo
}

// bars reports whether somebody cannot be moved with this PIN.
func (m *Moved) bars(pin PIN) bool {
	return m != nil && len(m.Locked) > 0 && bytes.Equal(m.Locked, pin.Hash)
}

// keepBarred keeps somebody from being moved after a PIN was changed from a phone
// that is not theirs: whoever moved them knew the PIN, and can change it too.
func (d *personal) keepBarred(p *Profile, hash []byte) {
	own := d.view.Own
	if !p.Moved.bars(p.PIN) || own != nil && own.ID == p.ID && d.view.ownStanding == registered {
		return
	}
	moved := *p.Moved
	moved.Locked, p.Moved = hash, &moved
}

// Guest is who was moved to a phone in looks only, with the duress PIN: the phone
// is answered as theirs.
type Guest struct {
	Profile ID        `json:"profile"`
	At      time.Time `json:"at"`
}

// holding is how the phone that the event comes from came to be View.Own's.
type holding int

const (
	registered holding = iota
	movedFrom          // they moved from it, and it can undo that
	forcedTo           // they look moved to it
)

// standIn lets a phone stand for who moved from it lately, or looks moved to it.
func (v *View) standIn(now time.Time) {
	switch f, g := v.Former, v.Conversation.Guest; {
	case v.Own != nil:
	case f != nil && f.Moved.Pending(now):
		v.Own, v.ownStanding = f, movedFrom
	case g != nil && v.Guest != nil:
		v.Own, v.ownStanding = v.Guest, forcedTo
	}
}

// left answers a command that the phone which somebody moved from does not have
// any more. It reports whether it is one.
func (d *decision) left() bool {
	if d.view.ownStanding != movedFrom {
		return false
	}
	d.answer("moved-away", d.info())
	return true
}

// movedLately reports whether a person's move can be undone, or looks so.
func (d *decision) movedLately(p *Profile) bool {
	g := d.conv.Guest
	return p.Moved.Pending(d.now) || d.view.ownStanding == forcedTo && g != nil && age(d.now, g.At) < MoveUndo
}

// moves reports whether a text is NUEVO NUMERO, or what it was asked for.
func (t *Text) moves(v *View, now time.Time) bool {
	if t.parsed.Intent == keyword.Move {
		return true
	}
	q, _ := v.question(now)
	return q != nil && q.Kind == questionMove && t.parsed.Intent != keyword.Raise && t.parsed.Intent != keyword.Panic && !t.parsed.Command()
}

// hearMove takes a text for NUEVO NUMERO that says in its own words that its writer
// has another number now, and gives a number or code and a PIN. It would raise an
// alert otherwise, as from a borrowed phone.
func (t *Text) hearMove() {
	if who := t.identity(); t.parsed.Intent != keyword.Unknown || !who.complete() || t.cry() >= prose.Possible {
		return
	}
	if topic, rule := t.own().Topic(); rule == "new-number" || topic == "register" && rule == "pin" && t.namesNumber() {
		t.parsed.Intent, t.parsed.Match, t.parsed.Word = keyword.Move, keyword.Near, "NUEVO NUMERO"
	}
}

// moveByText is NUEVO NUMERO.
func (d *arranging) moveByText(t *Text) {
	own := d.view.Own
	proved := d.view.ownStanding == forcedTo && d.view.PIN.Result == PINReal && d.view.PIN.Profile == own.ID
	switch {
	case d.left():
	case own != nil && !proved:
		d.answer("move-registered", d.info())
	case !t.From.Dialable(), d.isDesk():
		d.answer("move-call", d.info())
	default:
		d.tryMove(t)
	}
}

// answerMove takes what a phone says that was asked for number and PIN.
func (d *arranging) answerMove(t *Text) bool {
	if said := t.identity(); !said.named() && len(said.pins) == 0 || d.view.Own != nil || !t.moves(d.view, d.now) {
		return false
	}
	d.tryMove(t)
	return true
}

// tryMove moves whoever is named and proved, and asks for what is missing. What
// is wrong is answered the same, whatever it is: who tries numbers learns of none
// whether there is such a person.
func (d *arranging) tryMove(t *Text) {
	said := t.identity()
	var who identity
	if q := d.conv.Question; q != nil && q.Kind == questionMove {
		who = q.identity()
	}
	who = who.with(said)
	p := d.named(d.view.PIN.Profile)
	switch {
	case who.complete() && d.verified() && p != nil && d.view.Unseen == nil:
		d.conv.Question = nil
		d.moveHere(p, d.view.PIN.Result == PINDuress)
		return
	case who.complete():
		who.pins = nil // and the number is known yet
		d.askIdentity(questionMove, who, map[string]string{})
		d.answer("move-wrong", d.info())
		return
	}
	d.askIdentity(questionMove, who, map[string]string{})
	d.askMove(who)
}

func (d *arranging) askMove(who identity) {
	switch {
	case who.named():
		d.answer("move-pin", d.info())
	case len(who.pins) > 0:
		d.answer("move-number", d.info())
	default:
		d.answer("move-how", d.info())
	}
}

// namesNumber reports whether a text that speaks of a change speaks of a telephone.
func (t *Text) namesNumber() bool {
	return slices.ContainsFunc(keyword.Tokens(t.Body), func(word string) bool {
		switch word {
		case "NUMERO", "TELEFONO", "CELULAR", "CEL", "CHIP", "NUMBER", "PHONE":
			return true
		}
		return false
	})
}

// informNumber says how somebody moves to a new phone, and how a contact does.
func (d *arranging) informNumber() {
	switch {
	case d.left():
	case d.view.Own != nil:
		d.answer("number-how", d.info())
	default:
		d.answer("move-how", d.info())
	}
}

// moveHere moves a person to the phone that the event comes from. Under duress
// it looks so, there.
func (d *arranging) moveHere(p *Profile, duress bool) {
	d.lang, d.forced = d.Words.Language(p.Language), duress
	if duress {
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
	switch {
	case p.Contact(d.conv.Phone) != nil:
		d.answer("move-contact", d.info())
		return
	case p.Moved.Pending(d.now), p.Moved.bars(p.PIN):
		d.answer("move-call", d.info())
		return
	case d.keepsFromMoving(p, duress):
		d.answer("wait-open", d.info())
		return
	}
	d.conv.Facade, d.conv.Guest = nil, nil
	if duress {
		d.conv.Guest = &Guest{Profile: p.ID, At: d.now}
	} else {
		d.leave(p)
	}
	data := d.info()
	data.Owed = !d.conv.Stopped.IsZero()
	if data.Owed || !slices.ContainsFunc(p.Contacts, func(c Contact) bool { return c.Standing == StandingAccepted }) {
		d.answer("moved", data)
		return
	}
	d.ask(questionMoved, nil)
	d.answer("ask-moved", d.info())
}

// keepsFromMoving reports whether an alert of the person is open. One that looks
// called off somewhere is not there for who gives the duress PIN.
func (d *arranging) keepsFromMoving(p *Profile, duress bool) bool {
	return slices.ContainsFunc(d.view.Cases, func(c Case) bool {
		a := &c.Alert
		return a.Profile == p.ID && a.Open() && !a.Drill && !(duress && len(a.HiddenFrom) > 0)
	})
}

// leave makes the phone the person's, and tells the one that they had.
func (d *arranging) leave(p *Profile) {
	d.takeCheckIn(p)
	before, old := *p, p.Phone
	before.Moved = nil
	p.Phone, p.Moved = d.conv.Phone, nil
	if old != "" {
		p.Moved = &Moved{From: old, At: d.now, Before: &before}
		d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerMoved, Profile: p.ID, Due: d.now.Add(MoveUndo)})
		told := d.send(Attempt{Lane: LaneAnswer, Purpose: PurposeNews, To: old, Text: d.say(p.Language, "moved-from", templates.Data{Call: d.Rules.callNumber(old.Country())})})
		if told.IsZero() {
			d.putTask(Task{Kind: TaskMoved, Profile: p.ID, Phone: old, Name: p.Name})
		}
	}
	d.putProfile(p, "moved", "phone", "")
}

// takeCheckIn takes over a check-in that is pending on the phone that the person
// has: LLEGUE comes from this one from now on.
func (d *arranging) takeCheckIn(p *Profile) {
	i := slices.IndexFunc(d.view.Across, func(c Conversation) bool { return c.Phone == p.Phone })
	if i < 0 || !d.view.Across[i].CheckIn.Pending() {
		return
	}
	across := d.view.Across[i]
	next := *across.CheckIn
	across.CheckIn = nil
	d.turn.Conversations = append(d.turn.Conversations, across)
	rearm := func(timer ID, at time.Time) ID {
		if timer.IsZero() {
			return timer
		}
		t := Timer{ID: d.fresh.ID(), Kind: TimerCheckIn, Profile: p.ID, Phone: d.conv.Phone, Due: at}
		if !at.After(d.now) { // which was asked about already
			t.Kind, t.Due = TimerLate, at.Add(checkInGrace)
		}
		d.dropID(timer)
		d.turn.Timers = append(d.turn.Timers, t)
		return t.ID
	}
	next.Timer, next.Hidden = rearm(next.Timer, next.At), rearm(next.Hidden, next.HiddenAt)
	d.conv.CheckIn = &next
}

// answerMoved is whether contacts may know the new number.
func (d *arranging) answerMoved(t *Text, q *Question) bool {
	p := d.view.Own
	if p == nil || d.view.ownStanding == movedFrom || d.openCase(p.ID) != nil {
		return false
	}
	switch d.consents(t.Body) {
	case prose.Yes:
		d.conv.Question = nil
		if !q.Forced {
			d.tellNumber(p)
		}
		d.answer("moved-told", d.info())
	case prose.No:
		d.conv.Question = nil
		d.answer("moved-quiet", d.info())
	default:
		return false
	}
	return true
}

// tellNumber tells the contacts who accepted the number that the person has now.
func (d *arranging) tellNumber(p *Profile) {
	d.tellAccepted(p, "contact-moved", func(c *Contact) string { return p.Phone.Local(c.Phone.Country()) })
	if p.Moved != nil {
		moved := *p.Moved
		moved.Told, p.Moved = true, &moved
	}
	d.putProfile(p, "number-told", "phone", "")
}

func (d *arranging) tellAccepted(p *Profile, name string, who func(*Contact) string) {
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing != StandingAccepted {
			continue
		}
		language := cmp.Or(c.Language, p.Language)
		d.send(Attempt{Lane: LaneConfirm, Purpose: PurposeInfo, To: c.Phone, Text: d.say(language, name, templates.Data{
			Name: d.introduced(p, language), Who: who(c), Call: d.Rules.callNumber(c.Phone.Country()),
		})})
	}
}

// disowns reports whether a text is NO FUI YO from the phone that somebody moved
// from, and no cry.
func (d *arranging) disowns(t *Text) bool {
	return d.view.ownStanding == movedFrom && keyword.Disowns(t.Body) && t.parsed.Intent != keyword.Panic && t.cry() < prose.Likely
}

// undoMove puts a person back on the phone that they had, as they were: whoever
// moved them knew the PIN. What contacts have answered themselves since then
// stands, and a consent is not given back that was taken. Agents look at it.
func (d *arranging) undoMove() {
	moved := d.view.Own
	p := *moved.Moved.Before
	p.ID, p.Version, p.WrongPINs, p.Guarded, p.Carried = moved.ID, moved.Version, moved.WrongPINs, moved.Guarded, moved.Carried
	p.Moved = &Moved{At: d.now, Locked: p.PIN.Hash}
	p.Contacts = slices.Clone(p.Contacts)
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if now := moved.Contact(c.Phone); now != nil {
			c.Standing, c.Consent, c.Asked, c.Told, c.Language = now.Standing, now.Consent, now.Asked, now.Told, now.Language
			c.Place = c.Place && now.Place
		}
	}
	if !moved.ConsularNotice.Given {
		p.ConsularNotice = moved.ConsularNotice
	}
	if !moved.LegalNotice.Given {
		p.LegalNotice = moved.LegalNotice
	}
	d.takeCheckIn(moved)
	d.putProfile(&p, "move-undone", "phone", "")
	d.putTask(Task{Kind: TaskMoved, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name, Note: "NO FUI YO. " + string(moved.Phone)})
	d.send(Attempt{Lane: LaneAnswer, Purpose: PurposeNews, To: moved.Phone, Text: d.say(p.Language, "move-undone-there", templates.Data{Call: d.Rules.callNumber(moved.Phone.Country())})})
	if moved.Moved.Told {
		d.tellAccepted(&p, "contact-move-undone", func(*Contact) string { return "" })
	}
	d.conv.Question = nil
	d.answer("move-undone", d.info())
}

// movedDue forgets the phone that was left: it is nobody's from now on.
func (d *arranging) movedDue() {
	if p := d.view.Subject; p != nil && p.Moved != nil && p.Moved.From != "" && !p.Moved.Pending(d.now) {
		p.Moved = nil
		d.putProfile(p, "move-settled", "system", "")
	}
}
