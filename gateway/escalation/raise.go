package escalation

import (
	"cmp"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// Raising is how an alert comes to be.
type Raising struct {
	Profile  *gateway.Profile
	Words    string
	Borrowed bool             // from a phone that is not the person's
	Reporter *gateway.Contact // who raises it for the person
	Duress   bool             // the duress PIN was used to raise it
	Family   bool             // to the family only: nobody has said that it is an alert
	Often    bool             // after false alarms of the same day: an agent tells the desk

	Unverified bool // an agent raises it for somebody who has not proved who they are
}

// NewAlert makes an alert, with nobody told yet.
func (d *Cases) NewAlert(r Raising) *gateway.Case {
	a := gateway.Alert{
		ID: d.Fresh.ID(), Ref: d.View.Free, State: gateway.AlertOpen, At: d.Now,
		Channel: "sms", Phone: d.Conv.Phone, Sender: d.Conv.Sender, Language: d.Lang,
		Quiet: r.Duress, Family: r.Family, Unverified: r.Unverified, Borrowed: r.Borrowed, Silent: r.Borrowed || !d.Conv.Silenced.IsZero(),
	}
	if r.Reporter != nil {
		a.Reporter = r.Reporter.Name
	}
	switch {
	case d.Agent != nil:
		a.Channel = "agent"
	case d.Talk != nil:
		a.Channel = string(d.Talk.Medium)
	}
	if p := r.Profile; p != nil {
		a.Profile, a.Name, a.ZIP, a.Advise = p.ID, p.Name, p.ZIP, p.ConsularNotice.Given
	}
	if zip, ok := d.View.Directory.Consulates.FirstZIP(r.Words); ok {
		a.ZIP = zip
	}
	finding := d.View.Directory.Consulates.Find(a.ZIP)
	a.Zone, a.Certain, a.District = finding.TimeZone, finding.Certain, finding.ConsulateID()
	if a.Zone == "" {
		a.Zone = "America/Chicago" // the middle of the country, where nothing is known
	}
	if p := r.Profile; p != nil && p.ConsularNotice.Given && !r.Family {
		a.Consulate = finding.ConsulateID()
	}
	if r.Words != "" {
		a.Words = []gateway.Words{{At: d.Now, Text: r.Words, By: d.author()}}
	}
	return &gateway.Case{Alert: a}
}

// Notify owes a notice to everybody who may be told, and a task to the agents
// for everybody who may not be texted. It returns what the receipt may say.
func (d *Cases) Notify(c *gateway.Case, r Raising) templates.Data {
	p := r.Profile
	receipt := templates.Data{Ref: c.Alert.Ref.String(), PIN: p.PIN.Set()}
	contacts, called := d.notifyContacts(c, p)
	receipt.Calling = d.calling(called)
	if contacts > 0 {
		receipt.List = append(receipt.List, d.Say(d.Lang, "told-contacts", templates.Data{Contacts: contacts}))
	}
	if p.ConsularNotice.Given && !r.Family {
		switch desk := d.notifyDesks(c, p, r.Often); desk {
		case "":
			receipt.Advise = true
		case gateway.NationalDesk:
			receipt.List = append(receipt.List, d.Say(d.Lang, "told-national", templates.Data{}))
		default:
			receipt.List = append(receipt.List, d.Say(d.Lang, "told-consulate", templates.Data{Consulate: d.City(desk)}))
		}
	}
	if len(receipt.List) == 0 && receipt.Calling == "" {
		receipt.Advise = false
		d.PutTask(gateway.Task{Kind: gateway.TaskNobodyToTell, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
	return receipt
}

// notifyContacts owes each contact a notice and counts those who will get it as
// a text, and those who are called instead.
func (d *Cases) notifyContacts(c *gateway.Case, p *gateway.Profile) (told, called int) {
	for i := range p.Contacts {
		contact := &p.Contacts[i]
		if contact.Phone == c.Alert.Phone && c.Alert.Reporter != "" {
			continue // the one who raised it knows
		}
		if !d.mayTell(c, p, contact) {
			continue
		}
		r := gateway.Recipient{
			ID: d.Fresh.ID(), Alert: c.Alert.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed,
			Phone: contact.Phone, Contact: contact.ID, Name: contact.Name, Language: p.LanguageOf(contact),
			Accepted: contact.Standing == gateway.StandingAccepted, Vague: contact.Vague,
		}
		if r.Name == "" {
			r.Name = contact.Phone.Masked()
		}
		d.StartLadder(&r)
		d.interpreter(c, p, &r)
		c.Recipients = append(c.Recipients, r)
		count := &told
		if last := &c.Recipients[len(c.Recipients)-1]; d.callFirst(c, last) {
			count = &called
		} else {
			d.SendNotice(c, last, d.ContactNotice(c, p, last))
		}
		if d.Turn.Attempts[len(d.Turn.Attempts)-1].State != gateway.AttemptHeld {
			*count++
		}
		if contact.Message != "" && r.Accepted {
			d.Send(gateway.Attempt{
				Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeMessage, To: r.Phone,
				Due: d.Now.Add(MessageAfter), Validity: gateway.NoticeValidity,
				Text: d.Say(r.Language, "message", templates.Data{Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Words: contact.Message, Vague: r.Vague}),
			})
		}
	}
	return told, called
}

// MessageAfter lets the notice arrive before the person's own message.
const MessageAfter = 3 * time.Second

// mayTell reports whether a contact may be texted about an alert. Somebody who
// stopped our texts is left to a live agent's call, the only way left.
func (d *Cases) mayTell(c *gateway.Case, p *gateway.Profile, contact *gateway.Contact) bool {
	switch contact.Standing {
	case gateway.StandingRefused, gateway.StandingWrong:
		return false
	}
	if d.WantsNone(contact.Phone) {
		d.PutTask(gateway.Task{Kind: gateway.TaskOptedOut, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: contact.Phone, Name: contact.Name})
		return false
	}
	if contact.Standing == gateway.StandingAccepted {
		return true
	}
	contact.Told = slices.DeleteFunc(slices.Clone(contact.Told), func(at time.Time) bool { return gateway.Age(d.Now, at) >= gateway.UnansweredWindow })
	if len(contact.Told) >= gateway.UnansweredMost || d.TextedBy(gateway.TextedNotice, p, contact.Phone, gateway.UnansweredWindow) >= gateway.UnansweredMost {
		d.PutTask(gateway.Task{Kind: gateway.TaskUnreachable, Alert: c.Alert.ID, Profile: p.ID, Phone: contact.Phone, Name: contact.Name})
		return false
	}
	contact.Told = append(contact.Told, d.Now)
	d.NoteTexted(gateway.TextedNotice, p, contact.Phone, d.Now)
	d.PutProfile(p, "unanswered-contact-told", "system", "")
	return true
}

// notifyDesks owes notices to the consulate's first desk that may be told, and
// to the national desk where the consulate is uncertain or none may be told.
// It returns whom the receipt may name: the consulate's id, NationalDesk, or
// "" where an agent has to ring. often leaves it to an agent whether one is told.
// A consulate that knows of the alert already is told nothing anew: a place is
// changed, and changed back.
func (d *Cases) notifyDesks(c *gateway.Case, p *gateway.Profile, often bool) string {
	if d.knows(c, gateway.KindDesk, c.Alert.Consulate) {
		return c.Alert.Consulate
	}
	if often {
		d.PutTask(gateway.Task{Kind: gateway.TaskOften, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: p.Phone, Name: p.Name})
		return ""
	}
	told := ""
	if desk := d.firstDesk(c.Alert.Consulate, nobody); desk != nil {
		d.notifyDesk(c, p, gateway.KindDesk, desk)
		if !d.LeftOut(desk.Address) {
			told = c.Alert.Consulate
		}
	}
	national := d.Rules.National
	switch {
	case national == nil || told != "" && c.Alert.Certain:
	case d.knows(c, gateway.KindNational, gateway.NationalDesk):
		told = cmp.Or(told, gateway.NationalDesk)
	case d.mayReach(national):
		d.notifyDesk(c, p, gateway.KindNational, national)
		if told == "" && !d.LeftOut(national.Address) {
			told = gateway.NationalDesk
		}
	}
	asked := slices.ContainsFunc(c.Tasks, func(t gateway.Task) bool {
		return t.Kind == gateway.TaskNoDesk && t.Note == c.Alert.Consulate && t.State != gateway.TaskDone
	})
	if told == "" && !asked {
		d.PutTask(gateway.Task{Kind: gateway.TaskNoDesk, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Name: p.Name, Note: c.Alert.Consulate})
	}
	return told
}

// knows reports whether somebody at a consulate is being told of an alert, or has
// been. One that was told by mistake, closed its part or was never reached is told
// anew: a duplicate is better than a silence.
func (d *Cases) knows(c *gateway.Case, kind gateway.RecipientKind, id string) bool {
	desks := d.View.Directory.Desks(id)
	return slices.ContainsFunc(c.Recipients, func(r gateway.Recipient) bool {
		if r.Kind != kind || r.Mistaken || !r.Closed.IsZero() || r.State != gateway.RecipientOwed && r.State != gateway.RecipientConfirmed {
			return false
		}
		return kind == gateway.KindNational || slices.ContainsFunc(desks, func(desk gateway.Desk) bool { return desk.ID == r.Desk })
	})
}

// firstDesk is the first row of a consulate that is confirmed, open now and
// not left out.
func (d *Cases) firstDesk(id string, leaveOut func(*gateway.Desk) bool) *gateway.Desk {
	consulate, ok := d.View.Directory.Consulates.Consulate(id)
	if !ok {
		return nil
	}
	at := d.Now.In(d.Zone(consulate.TimeZone))
	for _, desk := range d.View.Directory.Desks(id) {
		hours, err := gateway.ParseHours(desk.Hours)
		if err != nil || !hours.Open(at) || !desk.Expects() || !d.mayReach(&desk) || leaveOut(&desk) {
			continue
		}
		return &desk
	}
	return nil
}

func nobody(*gateway.Desk) bool { return false }

// mayReach reports whether a desk can be reached by its channel.
func (d *Cases) mayReach(desk *gateway.Desk) bool {
	if desk.Channel == gateway.Voice {
		return d.Rules.Calls()
	}
	return !d.WantsNone(desk.Address)
}

func (d *Cases) notifyDesk(c *gateway.Case, p *gateway.Profile, kind gateway.RecipientKind, desk *gateway.Desk) {
	r := d.deskRecipient(kind, desk, d.Lang)
	r.Alert = c.Alert.ID
	readerZone := ""
	if kind == gateway.KindDesk {
		consulate, _ := d.View.Directory.Consulates.Consulate(desk.Consulate)
		readerZone = consulate.TimeZone
	}
	if d.summedUp(c, kind) {
		r.Summed = true
		c.Recipients = append(c.Recipients, r)
		return
	}
	if desk.Channel == gateway.Voice || d.Rules.Calls() && d.Textless(desk.Address) {
		r.Rung = callRung(d.Ladder(&r))
		d.StartLadder(&r)
		c.Recipients = append(c.Recipients, r)
		d.Call(c, &r)
		return
	}
	d.StartLadder(&r)
	c.Recipients = append(c.Recipients, r)
	d.SendNotice(c, &r, d.Say(desk.Language, "notice-desk", templates.Data{
		Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Name: gateway.Whole(p), ZIP: c.Alert.ZIP, Who: c.Alert.Reporter, Again: c.Alert.Again,
		When:  d.Clock(c.Alert.At, c.Alert.Zone, readerZone, desk.Address, desk.Language),
		Words: d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.Say(desk.Language, name, data) }),
	}))
}

// deskRecipient is a desk as somebody who is to be told; language is that of
// whoever reads what it is called.
func (d *Cases) deskRecipient(kind gateway.RecipientKind, desk *gateway.Desk, language string) gateway.Recipient {
	r := gateway.Recipient{
		ID: d.Fresh.ID(), Kind: kind, State: gateway.RecipientOwed,
		Phone: desk.Address, Desk: desk.ID, Language: desk.Language, Accepted: true,
	}
	if kind == gateway.KindNational {
		r.Name = d.Say(language, "national-name", templates.Data{})
	} else {
		r.Name = d.Say(language, "consulate-name", templates.Data{Consulate: d.City(desk.Consulate)})
	}
	return r
}

// SendNotice enqueues a recipient's first notice; the alert's very first goes
// ahead of everything.
func (d *Cases) SendNotice(c *gateway.Case, r *gateway.Recipient, text string) {
	lane := gateway.LaneNotice
	if len(c.Recipients) == 1 {
		lane = gateway.LaneFirst
	}
	d.Send(gateway.Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: lane, Purpose: gateway.PurposeNotice,
		To: r.Phone, Text: text, Validity: gateway.NoticeValidity,
	})
}

// notifyLater owes the desks of an alert that is open already their notices.
func (d *Cases) notifyLater(c *gateway.Case, p *gateway.Profile) {
	known := len(c.Recipients)
	d.notifyDesks(c, p, d.Often(p.ID, gateway.Alert.Over))
	for i := known; i < len(c.Recipients); i++ {
		d.PutRecipient(&c.Recipients[i])
	}
}

// callFirst begins a recipient's ladder with the call where no text would get
// through, and reports whether it could. Who may not be called is texted all
// the same: what was refused an hour ago may have been mended.
func (d *Cases) callFirst(c *gateway.Case, r *gateway.Recipient) bool {
	call := callRung(d.Ladder(r))
	if call < 0 || !d.Textless(r.Phone) || !d.Call(c, r) {
		return false
	}
	r.Rung = call
	if r.Accepted {
		d.await(r)
	}
	return true
}

// calling is the sentence of the receipt on contacts who are called because
// they cannot be texted; "" where none is.
func (d *Cases) calling(contacts int) string {
	if contacts == 0 {
		return ""
	}
	return d.Say(d.Lang, "calling-contacts", templates.Data{Contacts: contacts})
}
