package texts

import (
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// moveByText is NUEVO NUMERO.
func (d *Arranging) moveByText(t *gateway.Text) {
	own := d.View.Own
	proved := d.Sees().LooksMoved() && d.PIN.Result == gateway.PINReal && d.PIN.Profile == own.ID
	switch {
	case d.Left():
	case own != nil && !proved:
		d.Answer("move-registered", d.Info())
	case !t.From.Dialable(), d.IsDesk():
		d.Answer("move-call", d.Info())
	default:
		d.tryMove(t)
	}
}

// answerMove takes what a phone says that was asked for number and PIN.
func (d *Arranging) answerMove(t *gateway.Text) bool {
	if said := t.Identity(); !said.Named() && len(said.Pins) == 0 || d.View.Own != nil || !t.Moves(d.View, d.Now) {
		return false
	}
	d.tryMove(t)
	return true
}

// tryMove moves whoever is named and proved, and asks for what is missing. What
// is wrong is answered the same, whatever it is: who tries numbers learns of none
// whether there is such a person.
func (d *Arranging) tryMove(t *gateway.Text) {
	said := t.Identity()
	var who gateway.Identity
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionMove {
		who = q.Identity()
	}
	who = who.With(said)
	p := d.Named(d.PIN.Profile)
	switch {
	case who.Complete() && d.Verified() && p != nil && !d.Sees().Nobody():
		d.Conv.Question = nil
		d.moveHere(p)
		return
	case who.Complete():
		who.Pins = nil // and the number is known yet
		d.AskIdentity(gateway.QuestionMove, who, map[string]string{})
		d.Answer("move-wrong", d.Info())
		return
	}
	d.AskIdentity(gateway.QuestionMove, who, map[string]string{})
	d.askMove(who)
}

func (d *Arranging) askMove(who gateway.Identity) {
	switch {
	case who.Named():
		d.Answer("move-pin", d.Info())
	case len(who.Pins) > 0:
		d.Answer("move-number", d.Info())
	default:
		d.Answer("move-how", d.Info())
	}
}

// informNumber says how somebody moves to a new phone, and how a contact does.
func (d *Arranging) informNumber() {
	switch {
	case d.Left():
	case d.View.Own != nil:
		d.Answer("number-how", d.Info())
	default:
		d.Answer("move-how", d.Info())
	}
}

// moveHere moves a person to the phone that the event comes from. Under duress
// it looks so, there.
func (d *Arranging) moveHere(p *gateway.Profile) {
	d.Lang = d.Words.Language(p.Language)
	if d.UnderDuress() {
		d.Force(p)
	}
	switch {
	case p.Contact(d.Conv.Phone) != nil:
		d.Answer("move-contact", d.Info())
		return
	case p.Moved.Pending(d.Now), p.Moved.Bars(p.PIN):
		d.Answer("move-call", d.Info())
		return
	case d.keepsFromMoving(p):
		d.Answer("wait-open", d.Info())
		return
	}
	if !d.LookMoved(p) {
		d.leave(p)
	}
	data := d.Info()
	data.Owed = !d.Conv.Stopped.IsZero()
	if data.Owed || !slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool { return c.Standing == gateway.StandingAccepted }) {
		d.Answer("moved", data)
		return
	}
	d.Ask(gateway.QuestionMoved, nil)
	d.Answer("ask-moved", d.Info())
}

// keepsFromMoving reports whether an alert of the person is open, on whatever phone.
func (d *Arranging) keepsFromMoving(p *gateway.Profile) bool {
	return slices.ContainsFunc(d.View.Cases, func(c gateway.Case) bool {
		a := &c.Alert
		return a.Profile == p.ID && !a.Drill && d.Sees().OpenAnywhere(a)
	})
}

// leave makes the phone the person's, and tells the one that they had.
func (d *Arranging) leave(p *gateway.Profile) {
	d.takeCheckIn(p)
	before, old := *p, p.Phone
	before.Moved = nil
	p.Phone, p.Moved = d.Conv.Phone, nil
	if old != "" {
		p.Moved = &gateway.Moved{From: old, At: d.Now, Before: &before}
		d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerMoved, Profile: p.ID, Due: d.Now.Add(gateway.MoveUndo)})
		told := d.Send(gateway.Attempt{Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: old, Text: d.Say(p.Language, "moved-from", templates.Data{Call: d.Rules.CallNumber(old.Country())})})
		if told.IsZero() {
			d.PutTask(gateway.Task{Kind: gateway.TaskMoved, Profile: p.ID, Phone: old, Name: p.Name})
		}
	}
	d.PutProfile(p, "moved", "phone", "")
}

// takeCheckIn takes over a check-in that is pending on the phone that the person
// has: LLEGUE comes from this one from now on.
func (d *Arranging) takeCheckIn(p *gateway.Profile) {
	i := slices.IndexFunc(d.View.Across, func(c gateway.Conversation) bool { return c.Phone == p.Phone })
	if i < 0 || !d.View.Across[i].CheckIn.Pending() {
		return
	}
	across := d.View.Across[i]
	next := *across.CheckIn
	across.CheckIn = nil
	d.Turn.Conversations = append(d.Turn.Conversations, across)
	rearm := func(timer gateway.ID, at time.Time) gateway.ID {
		if timer.IsZero() {
			return timer
		}
		t := gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerCheckIn, Profile: p.ID, Phone: d.Conv.Phone, Due: at}
		if !at.After(d.Now) { // which was asked about already
			t.Kind, t.Due = gateway.TimerLate, at.Add(checkInGrace)
		}
		d.DropID(timer)
		d.Turn.Timers = append(d.Turn.Timers, t)
		return t.ID
	}
	next.Timer, next.Behind = rearm(next.Timer, next.At), rearm(next.Behind, next.BehindAt)
	d.Conv.CheckIn = &next
}

// answerMoved is whether contacts may know the new number.
func (d *Arranging) answerMoved(t *gateway.Text, q *gateway.Question) bool {
	p := d.View.Own
	if p == nil || d.View.OwnStanding == gateway.MovedFrom || d.OpenCase(p.ID) != nil {
		return false
	}
	switch d.consents(t.Body) {
	case prose.Yes:
		d.Conv.Question = nil
		if !q.AsDecoy {
			d.tellNumber(p)
		}
		d.Answer("moved-told", d.Info())
	case prose.No:
		d.Conv.Question = nil
		d.Answer("moved-quiet", d.Info())
	default:
		return false
	}
	return true
}

// tellNumber tells the contacts who accepted the number that the person has now.
func (d *Arranging) tellNumber(p *gateway.Profile) {
	d.tellAccepted(p, "contact-moved", func(c *gateway.Contact) string { return p.Phone.Local(c.Phone.Country()) })
	if p.Moved != nil {
		moved := *p.Moved
		moved.Told, p.Moved = true, &moved
	}
	d.PutProfile(p, "number-told", "phone", "")
}

func (d *Arranging) tellAccepted(p *gateway.Profile, name string, who func(*gateway.Contact) string) {
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if c.Standing != gateway.StandingAccepted {
			continue
		}
		language := p.LanguageOf(c)
		d.Send(gateway.Attempt{Lane: gateway.LaneConfirm, Purpose: gateway.PurposeInfo, To: c.Phone, Text: d.Say(language, name, templates.Data{
			Name: d.Introduced(p, language), Who: who(c), Call: d.Rules.CallNumber(c.Phone.Country()),
		})})
	}
}

// disowns reports whether a text is NO FUI YO from the phone that somebody moved
// from, and no cry.
func (d *Arranging) disowns(t *gateway.Text) bool {
	return d.View.OwnStanding == gateway.MovedFrom && keyword.Disowns(t.Body) && t.Parsed.Intent != keyword.Panic && t.Cry() < prose.Likely
}

// undoMove puts a person back on the phone that they had, as they were: whoever
// moved them knew the PIN. What contacts have answered themselves since then
// stands, and a consent is not given back that was taken. Agents look at it.
func (d *Arranging) undoMove() {
	moved := d.View.Own
	p := *moved.Moved.Before
	p.ID, p.Version, p.WrongPINs, p.Guarded, p.Carried = moved.ID, moved.Version, moved.WrongPINs, moved.Guarded, moved.Carried
	p.Moved = &gateway.Moved{At: d.Now, Locked: p.PIN.Hash}
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
	d.PutProfile(&p, "move-undone", "phone", "")
	d.PutTask(gateway.Task{Kind: gateway.TaskMoved, Urgent: true, Profile: p.ID, Phone: p.Phone, Name: p.Name, Note: "NO FUI YO. " + string(moved.Phone)})
	d.Send(gateway.Attempt{Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: moved.Phone, Text: d.Say(p.Language, "move-undone-there", templates.Data{Call: d.Rules.CallNumber(moved.Phone.Country())})})
	if moved.Moved.Told {
		d.tellAccepted(&p, "contact-move-undone", func(*gateway.Contact) string { return "" })
	}
	d.Conv.Question = nil
	d.Answer("move-undone", d.Info())
}

// MovedDue forgets the phone that was left: it is nobody's from now on.
func (d *Arranging) MovedDue() {
	if p := d.View.Subject; p != nil && p.Moved != nil && p.Moved.From != "" && !p.Moved.Pending(d.Now) {
		p.Moved = nil
		d.PutProfile(p, "move-settled", "system", "")
	}
}
