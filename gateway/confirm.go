package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// isAcknowledgement reports whether a text may confirm an alert: 1, SI or
// RECIBIDO, without or with further words ("si gracias"), or somebody's own
// words that say so ("ya voy para alla").
func (d *texting) isAcknowledgement(t *Text) bool {
	if d.isDesk() && len(d.deskTold()) > 0 {
		reading, _ := t.deskReading()
		return reading == prose.Received && t.saysOfAlerts()
	}
	switch t.parsed.Intent {
	case keyword.Yes, keyword.Acknowledge:
		return !d.takesBack(t)
	case keyword.Raise:
		return t.parsed.Word == "1" && !d.takesBack(t)
	}
	return d.confirmsInOwnWords(t)
}

// confirms takes an acknowledgement. It reports whether there was anything to
// confirm, or a desk was answered.
func (d *texting) confirms(t *Text) bool {
	if d.isDesk() && len(d.deskTold()) > 0 {
		return d.deskWrites(t)
	}
	return d.confirm(t)
}

// noticedSinceAsked reports whether somebody was told of an alert, which they
// have not confirmed, after the open question of ours was asked: what they say
// then is about the alert.
func (d *texting) noticedSinceAsked() bool {
	q, asked := d.view.question(d.now)
	return q != nil && d.view.noticedSince(asked, d.now)
}

// noticedSince reports whether the phone was told after a time of an alert that
// it has not confirmed.
func (v *View) noticedSince(then, now time.Time) bool {
	return slices.ContainsFunc(v.Told, func(told Told) bool {
		at, ok := told.noticed(now)
		return ok && at.After(then) && told.waits()
	})
}

// waits reports whether an alert waits for its recipient to confirm.
func (t *Told) waits() bool {
	return t.Alert.Open() && (t.Recipient.State == RecipientOwed || t.Recipient.State == RecipientGivenUp)
}

// noticed is when the recipient's newest notice was handed to a carrier, now
// where it is on its way, and whether there is one, or a summary told of it.
func (t *Told) noticed(now time.Time) (at time.Time, ok bool) {
	ok = t.Recipient.Summed
	for i := range t.Attempts {
		a := &t.Attempts[i]
		if a.Purpose != PurposeNotice || !a.handed() {
			continue
		}
		ok = true
		if a.Sent.IsZero() {
			return now, true
		}
		if a.Sent.After(at) {
			at = a.Sent
		}
	}
	return at, ok
}

// confirm takes an answer of somebody who was told of open alerts that they
// have not confirmed: it confirms all of them, or the one whose reference
// stands in the text, and tells the people who raised them. It reports whether
// there was any.
func (d *texting) confirm(t *Text) bool {
	var names []string
	var confirmed []Ref
	vague := false
	drill := false // nothing but a drill was confirmed
	raided := d.confirmRaids(t)
	for i := range d.view.Told {
		told := &d.view.Told[i]
		a := &told.Alert
		if !told.waits() {
			continue
		}
		if _, ok := told.noticed(d.now); !ok && len(t.mention.refs) == 0 {
			continue // it is an answer to something else
		}
		if len(t.mention.refs) > 0 && !slices.Contains(t.mention.refs, a.Ref) {
			continue
		}
		if len(t.mention.refs) == 0 && (d.summing(a, &told.Recipient) || d.raidConfirms(a, t.From)) {
			continue // what a summary told of is confirmed with it, what none did is not
		}
		d.confirmOne(told)
		vague = vague || told.Recipient.Vague
		drill = drill || len(confirmed) == 0 && a.Drill
		confirmed = append(confirmed, a.Ref)
		names = append(names, ShortName(a.Name))
	}
	if raided > 0 {
		d.answer("thanks-raid", templates.Data{Told: raided + len(confirmed)})
		return true
	}
	if len(confirmed) == 0 {
		return false
	}
	if told := d.newsAbout(t, confirmed); told != nil {
		d.putBeforeAgent(told, t)
	}
	d.acceptWards(t, func(p *Profile) bool {
		return slices.ContainsFunc(d.view.Told, func(told Told) bool {
			return told.Alert.Profile == p.ID && slices.Contains(confirmed, told.Alert.Ref)
		})
	})
	data := templates.Data{Ref: refs(confirmed), Digits: confirmed[0].Digits()}
	if len(confirmed) > 1 {
		data.List = names
	}
	data.Call, data.Vague, data.Family = d.Rules.callNumber(t.From.Country()), vague, !vague
	switch {
	case drill && d.isDesk():
		d.activateDesks()
		d.answer("thanks-drill", data)
	case drill:
		d.answer("thanks-drill-contact", data)
	case d.isDesk():
		d.answer("thanks-desk", data)
	default:
		d.answer("thanks", data)
	}
	return true
}

func (d *cases) confirmOne(told *Told) {
	d.settles = true
	a, r := &told.Alert, &told.Recipient
	if raid := d.raid(a.ID); raid != nil {
		d.confirmRaid(raid, r)
		return
	}
	r.State, r.Confirmed, r.Next = RecipientConfirmed, d.now, time.Time{}
	d.putRecipient(r)
	actor := "contact"
	if r.Kind != KindContact {
		actor = "desk"
	}
	actor = cmp.Or(d.actor, actor)
	d.audit(SubjectAlert, a.ID, a.Version, "confirmed", actor, r.Name)
	if c := d.view.Case(a.ID); c != nil {
		d.stopOthers(c, r)
	}
	for i := range told.Attempts {
		if at := &told.Attempts[i]; at.State == AttemptWaiting && at.Purpose == PurposeNotice && !at.Claim.Doubt {
			at.State = AttemptWithdrawn
			d.putAttempt(at)
		}
	}
	if zone, ok := a.hears(r); ok {
		d.news(a, "confirmed", templates.Data{Who: r.Name, When: d.now.In(d.zone(zone)).Format("15:04"), Advise: a.Advise})
	}
}

// stopOthers stops the calls and tasks that were under way for the others of a
// recipient's kind, now that one of them knows. Texts go on.
func (d *cases) stopOthers(c *Case, r *Recipient) {
	kind := func(o *Recipient) bool { return (o.Kind == KindContact) == (r.Kind == KindContact) }
	for i := range c.Attempts {
		a := &c.Attempts[i]
		for j := range c.Recipients {
			o := &c.Recipients[j]
			if a.Recipient == o.ID && o.ID != r.ID && kind(o) && a.Channel == Voice && a.State == AttemptWaiting && !a.Claim.Doubt {
				a.State = AttemptWithdrawn
				d.putAttempt(a)
			}
		}
	}
	for _, task := range c.Tasks {
		switch task.Kind {
		case TaskUnreachable:
			about := slices.IndexFunc(c.Recipients, func(o Recipient) bool { return o.Phone == task.Phone })
			if about < 0 || !kind(&c.Recipients[about]) {
				continue
			}
		case TaskNobodyConfirmed:
		default:
			continue
		}
		if task.State == TaskOpen {
			task.State = TaskDone
			d.putTask(task)
		}
	}
}

// news tells the person who raised an alert, unless their phone is borrowed,
// seized or has stopped our texts.
func (d *cases) news(a *Alert, name string, data templates.Data) {
	if a.Silent || a.Drill || !a.Phone.Dialable() || d.view.Stopped[a.Phone] {
		return
	}
	data.Ref = a.Ref.String()
	d.send(Attempt{
		Alert: a.ID, Lane: LaneAnswer, Purpose: PurposeNews, To: a.Phone, Prefer: a.Sender,
		Text: d.say(a.Language, name, data),
	})
}

// acknowledge is RECIBIDO or SI from somebody who has nothing left to confirm.
func (d *texting) acknowledge(t *Text) {
	for _, told := range d.view.Told {
		if len(t.mention.refs) > 0 && !slices.Contains(t.mention.refs, told.Alert.Ref) {
			continue
		}
		if told.Alert.Open() && told.Recipient.State == RecipientConfirmed {
			d.answer("already", templates.Data{Ref: told.Alert.Ref.String(), Vague: told.Recipient.Vague})
			return
		}
	}
	data := d.info()
	switch {
	case len(t.mention.refs) > 0 && (len(d.view.Told) > 0 || d.isDesk()):
		data.Ref = t.mention.refs[0].String()
		d.answer("no-such-ref", data)
	case len(d.view.Told) > 0:
		data.Ref = d.view.Told[0].Alert.Ref.String()
		data.Vague = d.view.Told[0].Recipient.Vague
		d.answer("stale", data)
	default:
		d.unknown(t)
	}
}

// accept is SI without an alert to confirm: it accepts being a contact.
func (d *texting) accept(t *Text) {
	names := d.acceptWards(t, func(p *Profile) bool { return true })
	if len(names) == 0 {
		d.acknowledge(t)
		return
	}
	d.conv.Stopped = time.Time{}
	d.answer("accepted", templates.Data{List: names})
}

// acceptWards records that this phone agreed to be a contact of those people
// who chose it and whom it had not answered. It returns their short names.
func (d *texting) acceptWards(t *Text, of func(*Profile) bool) []string {
	var names []string
	for i := range d.view.Wards {
		p := &d.view.Wards[i]
		c := p.Contact(t.From)
		if c == nil || c.Standing == StandingAccepted || c.Standing == StandingWrong && !d.conv.Stopped.IsZero() || !of(p) {
			continue // who said EQUIVOCADO has to come back by START first
		}
		c.Standing = StandingAccepted
		c.Consent = Consent{Given: true, At: d.now, Channel: "sms", Shown: c.Consent.Shown, Answered: d.hidden(t.Body)}
		d.noteTexted(TextedAgreed, p, t.From, d.now)
		d.putProfile(p, "contact-accepted", "contact", c.Name)
		d.tellOwner(p, "contact-accepted", c)
		names = append(names, shown(p))
	}
	return names
}

// refuse is NO to being a contact, from whoever was asked. While an alert is open
// it refuses nothing: "no se donde esta" is news, and an agent looks at it. A NO
// that nothing was asked for withdraws nobody: whoever accepted long ago is told
// how that is done.
func (d *texting) refuse(t *Text) {
	if d.passOn(t) {
		return
	}
	var names []string
	for i := range d.view.Wards {
		p := &d.view.Wards[i]
		c := p.Contact(t.From)
		if c == nil || !d.wasAsked(c) {
			continue
		}
		c.Standing = StandingRefused
		c.Consent = Consent{At: d.now, Channel: "sms", Shown: c.Consent.Shown, Answered: d.hidden(t.Body)}
		d.noteTexted(TextedRefused, p, t.From, d.now)
		d.putProfile(p, "contact-refused", "contact", c.Name)
		d.tellOwner(p, "contact-refused", c)
		d.putTask(Task{Kind: TaskRefused, Profile: p.ID, Phone: p.Phone, Name: c.Name})
		names = append(names, d.introduced(p, d.lang))
	}
	accepted, _ := d.standings()
	switch {
	case len(names) > 0:
		d.answer("refused", templates.Data{List: names})
	case len(accepted) > 0 && d.view.Own == nil && d.conv.Stopped.IsZero():
		data := d.info()
		data.List = accepted
		d.answer("contact-stays", data)
	default:
		d.unknown(t)
	}
}

// wasAsked reports whether a NO of this contact is an answer: to an invitation or
// a notice that they have not answered, or a change of mind about their own SI of
// the same day, unless a PRUEBA came after it: then it is said of that.
func (d *texting) wasAsked(c *Contact) bool {
	switch c.Standing {
	case StandingUnanswered:
		return c.Asked > 0 || len(c.Told) > 0
	case StandingAccepted:
		return c.Consent.Channel == "sms" && age(d.now, c.Consent.At) < QuestionOpen && !d.drilledSince(c.Consent.At)
	}
	return false
}

// drilledSince reports whether this phone was sent a PRUEBA after a time.
func (d *texting) drilledSince(then time.Time) bool {
	return slices.ContainsFunc(d.view.Told, func(told Told) bool {
		at, ok := told.noticed(d.now)
		return ok && told.Alert.Drill && !at.Before(then)
	})
}

// wrongNumber is EQUIVOCADO: this phone is not who it was taken for. It is
// never texted again, and whoever named it learns at once.
func (d *texting) wrongNumber(t *Text) {
	d.deskStops(t.From, d.hidden(t.Body))
	for i := range d.view.Wards {
		p := &d.view.Wards[i]
		c := p.Contact(d.conv.Phone)
		if c == nil || c.Standing == StandingWrong {
			continue
		}
		c.Standing = StandingWrong
		d.noteTexted(TextedRefused, p, d.conv.Phone, d.now)
		d.putProfile(p, "contact-wrong", "contact", c.Name)
		d.tellOwner(p, "contact-wrong", c)
		d.putTask(Task{Kind: TaskWrongNumber, Urgent: d.openCase(p.ID) != nil, Profile: p.ID, Phone: p.Phone, Name: c.Name})
	}
	if q := d.conv.Question; q != nil && q.Kind == questionSign && d.view.Own != nil && d.view.ownStanding == registered {
		d.conv.Question = nil
		d.notTheirs(d.view.Own, "phone-wrong", "phone")
	}
	if d.conv.Stopped.IsZero() {
		d.conv.Stopped = d.now
		d.answer("wrong-number", templates.Data{})
	}
}

// tellOwner tells a person about one of their contacts, on their own phone. Who
// says now SI, now NO, tells them a few times a day.
func (d *cases) tellOwner(p *Profile, name string, c *Contact) {
	if d.view.Stopped[p.Phone] || !p.Phone.Dialable() || c.Phone == d.conv.Phone && !d.tellsOwners() {
		return
	}
	d.send(Attempt{
		Lane: LaneConfirm, Purpose: PurposeInfo, To: p.Phone,
		Text: d.say(p.Language, name, templates.Data{Who: d.calledBy(c)}),
	})
}

// tellsOwners reports whether those whose contact this phone is may be told of
// what it has just changed.
func (d *cases) tellsOwners() bool {
	if n := len(d.conv.Changed); n > 0 && d.conv.Changed[n-1].Equal(d.now) {
		return true // the same text
	}
	d.conv.Changed = slices.DeleteFunc(slices.Clone(d.conv.Changed), func(at time.Time) bool { return age(d.now, at) >= day })
	if len(d.conv.Changed) >= changesMost {
		return false
	}
	d.conv.Changed = append(d.conv.Changed, d.now)
	return true
}

// changesMost is how often a day a contact's change of mind is told to the
// person: four is SI, NO and SI again, and a STOP.
const changesMost = 4

// passOn puts somebody's words about an open alert before an agent, and
// answers once. It reports whether there is such an alert.
func (d *texting) passOn(t *Text) bool {
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if !told.Alert.Open() || told.Alert.Drill {
			continue
		}
		d.putBeforeAgent(told, t)
		if d.conv.PassedOn != told.Alert.ID {
			d.conv.PassedOn = told.Alert.ID
			r := &told.Recipient
			name := "passed-on"
			if r.Kind != KindContact {
				name = "passed-on-desk"
			}
			d.answer(name, templates.Data{
				Ref: told.Alert.Ref.String(), Digits: told.Alert.Ref.Digits(), Vague: r.Vague, Call: d.Rules.callNumber(t.From.Country()),
				Family: r.family() && r.Accepted, Owed: r.owed(),
			})
		}
		return true
	}
	return false
}

// putBeforeAgent puts what somebody says about an alert before an agent.
func (d *texting) putBeforeAgent(told *Told, t *Text) {
	d.audit(SubjectAlert, told.Alert.ID, told.Alert.Version, "text", "contact", d.hidden(t.Body))
	d.putTask(Task{Kind: TaskAnswer, Urgent: true, Alert: told.Alert.ID, Profile: told.Alert.Profile,
		Phone: t.From, Name: told.Recipient.Name, Note: d.hidden(t.Body)})
}

func refs(list []Ref) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.String()
	}
	return strings.Join(out, " ")
}
