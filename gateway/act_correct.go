package gateway

import (
	"cmp"
	"slices"
	"time"

	"aviso/templates"
)

// What people were told by mistake is put right towards each of them: an act that
// was carried out is kept with whom it told, on the alert or the person, for as
// long as it can be corrected.

const (
	// correctWithin is how long an act can be corrected.
	correctWithin = 24 * time.Hour
	// carriedMost is how many acts are kept of one alert or person.
	carriedMost = 20
)

// Carried is an act that told people something.
type Carried struct {
	ID        ID        `json:"id"`
	Does      string    `json:"does"` // the deed's name
	By        string    `json:"by,omitempty"`
	At        time.Time `json:"at"`
	Words     string    `json:"words,omitempty"`
	Whom      string    `json:"whom,omitempty"`
	Told      []Reached `json:"told,omitempty"`
	Confirmed []ID      `json:"confirmed,omitempty"` // recipients whom it confirmed for
	Added     []ID      `json:"added,omitempty"`     // recipients who came in by it
	Ended     bool      `json:"ended,omitempty"`     // it ended the alert
	Before    *Place    `json:"before,omitempty"`    // where the alert was, if it moved it
	Corrected time.Time `json:"corrected,omitzero"`
}

// Reached is a message or call that an act set off.
type Reached struct {
	Attempt   ID    `json:"attempt"`
	Recipient ID    `json:"recipient,omitzero"`
	To        Phone `json:"to"`
	Call      bool  `json:"call,omitempty"`
}

// Place is where an alert is, and whose consulate's it is.
type Place struct {
	ZIP       string  `json:"zip,omitempty"`
	Zone      string  `json:"zone,omitempty"`
	Consulate string  `json:"consulate,omitempty"`
	District  string  `json:"district,omitempty"`
	Certain   bool    `json:"certain,omitempty"`
	Family    bool    `json:"family,omitempty"`
	Consent   Consent `json:"consent,omitzero"`
}

func (a *Alert) place() Place {
	return Place{a.ZIP, a.Zone, a.Consulate, a.District, a.Certain, a.Family, a.Consent}
}

func (a *Alert) setPlace(p *Place) {
	a.ZIP, a.Zone, a.Consulate, a.District, a.Certain, a.Family, a.Consent = p.ZIP, p.Zone, p.Consulate, p.District, p.Certain, p.Family, p.Consent
}

// onlyConfirms reports whether an act said that somebody knows, and nothing else.
func onlyConfirms(c *Carried) bool {
	return len(c.Confirmed) > 0 && (c.Does == (Acknowledge{}).name() || c.Does == (FinishTask{}).name())
}

// CanCorrect are the acts of an alert or a person that can be corrected, the
// newest first.
func CanCorrect(list []Carried, now time.Time) []Carried {
	var can []Carried
	for _, c := range slices.Backward(list) {
		if c.can(now) {
			can = append(can, c)
		}
	}
	return can
}

func (c *Carried) can(now time.Time) bool {
	return c.Corrected.IsZero() && age(now, c.At) < correctWithin
}

// keepCarried keeps what was just carried out with whom it told. before is where
// the alert was.
func (d *acting) keepCarried(w *Waiting, before *Place) {
	t := d.carried
	x := Carried{ID: t.ID, Does: w.Does, By: w.By, At: d.now, Words: w.Words, Whom: w.Whom}
	for _, a := range d.turn.Attempts {
		if isNew(a) {
			x.Told = append(x.Told, Reached{Attempt: a.ID, Recipient: a.Recipient, To: a.To, Call: a.Channel == Voice})
		}
	}
	for _, r := range d.turn.Recipients {
		if r.State == RecipientConfirmed && r.Confirmed.Equal(d.now) {
			x.Confirmed = append(x.Confirmed, r.ID)
		}
		if r.Seq == 0 {
			x.Added = append(x.Added, r.ID)
		}
	}
	if deed, err := deedOf(w); err != nil || deed.name() == (Correct{}).name() {
		return
	}
	if c := d.view.Case(t.Alert); c != nil && !c.Alert.Drill && d.raid(t.Alert) == nil {
		x.Ended = !c.Alert.Open()
		if now := c.Alert.place(); before != nil && now != *before {
			x.Before = before
		}
		if len(x.Told)+len(x.Confirmed) > 0 || x.Ended {
			c.Alert.Carried = kept(c.Alert.Carried, x)
			put(&d.turn.Alerts, c.Alert, func(a Alert) bool { return a.ID == c.Alert.ID })
		}
		return
	}
	if p := d.view.Subject; p != nil && p.ID == t.Profile && len(x.Told) > 0 {
		p.Carried = kept(p.Carried, x)
		put(&d.turn.Profiles, *p, func(q Profile) bool { return q.ID == p.ID })
	}
}

func kept(list []Carried, x Carried) []Carried {
	list = append(slices.Clone(list), x)
	return list[max(0, len(list)-carriedMost):]
}

// Correct takes back towards everybody who was told what an act told them, and
// with it what the act did: an alert that was ended goes on, whoever was taken
// for told is tried again, a consulate that had no part in it is told so.
type Correct struct {
	Alert   ID // on which the act stands; or
	Profile ID
	Act     ID
	Words   string // what is right; may be empty
}

func (Correct) name() string     { return "corrected" }
func (c Correct) scope(s *Scope) { s.Alert, s.Profile = c.Alert, c.Profile }
func (c Correct) says() string   { return c.Words }

func (c Correct) do(d *acting) error {
	words, err := clean("words", c.Words, actWords)
	if err != nil {
		return err
	}
	d.settles = true
	if !c.Alert.IsZero() {
		k := d.view.Case(c.Alert)
		if k == nil || k.Alert.Drill {
			return ErrNotFound
		}
		d.turn.Answer.Outcome.Alert = c.Alert
		return d.correct(c, k.Alert.Carried, func(list []Carried, i int) {
			k.Alert.Carried = list
			d.correctAlert(k, i, words)
			d.putAlert(&k.Alert, "corrected", d.actor, list[i].Does+" "+words)
		})
	}
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Who = p.ID
	return d.correct(c, p.Carried, func(list []Carried, i int) {
		p.Carried = list
		d.correctPerson(p, &list[i], words)
		d.putProfile(p, "corrected", d.actor, list[i].Does)
	})
}

// correct marks an act as corrected, and puts right what it told.
func (d *acting) correct(c Correct, list []Carried, right func([]Carried, int)) error {
	i := slices.IndexFunc(list, func(x Carried) bool { return x.ID == c.Act })
	if i < 0 {
		return ErrNotFound
	}
	if !list[i].can(d.now) {
		d.settles = false
		d.outcome(NotOpen)
		return nil
	}
	list = slices.Clone(list)
	list[i].Corrected = d.now
	right(list, i)
	return nil
}

// correctAlert puts right what an act told of an alert.
func (d *acting) correctAlert(c *Case, i int, words string) {
	x := &c.Alert.Carried[i]
	data := templates.Data{Ref: c.Alert.Ref.String(), Who: x.Whom, Words: sentence(typed(d.now, words))}
	for _, to := range x.reached() {
		if a := attemptOf(c, to.Attempt); a != nil && (a.State == AttemptWaiting && !a.Claim.Doubt || a.State == AttemptHeld) {
			a.State = AttemptWithdrawn // nobody has read it
			d.putAttempt(a)
			continue
		}
		r := c.recipient(to.Recipient)
		name := "correct-words"
		switch {
		case r != nil && slices.Contains(x.Added, r.ID):
			name = "correct-desk"
		case x.Ended:
			name = "correct-ended"
		case onlyConfirms(x):
			name = "correct-confirmed"
		}
		d.sayCorrection(c, x, to, r, name, data)
	}
	for j := range c.Recipients {
		if r := &c.Recipients[j]; slices.Contains(x.Added, r.ID) {
			d.leaveOutOf(c, r)
		}
	}
	for j := range c.Recipients {
		if r := &c.Recipients[j]; !r.Closed.IsZero() && r.Closed.Equal(x.At) { // a consulate's part that was not over
			if r.Closed = (time.Time{}); r.State == RecipientEnded {
				r.State = RecipientOwed
			}
			d.climbAgain(r)
		}
	}
	later := c.Alert.Carried[i+1:]
	if x.Before != nil && !slices.ContainsFunc(later, func(o Carried) bool { return o.Before != nil }) {
		c.Alert.setPlace(x.Before)
	}
	switch {
	case x.Ended && !c.Alert.Open():
		d.reopen(c)
	case onlyConfirms(x) && c.Alert.Open():
		d.unconfirm(c, x)
	}
}

// sayCorrection tells one phone; whoever takes no texts is left to an agent.
func (d *acting) sayCorrection(c *Case, x *Carried, to Reached, r *Recipient, name string, data templates.Data) {
	if r == nil { // whoever raised it
		data.When = x.At.In(d.zone(c.Alert.Zone)).Format("15:04")
		data.Name, data.Call = ShortName(c.Alert.Name), d.Rules.callNumber(c.Alert.Phone.Country())
		if to.To == c.Alert.Phone {
			d.news(&c.Alert, name, data)
		}
		return
	}
	p := d.person(c)
	if to.Call || d.view.Stopped[to.To] {
		d.putTask(Task{Kind: TaskCorrect, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: to.To, Name: r.Name, Note: data.Words})
		return
	}
	data = d.toward(r, p, &c.Alert, data)
	data.When = d.clock(x.At, c.Alert.Zone, d.contactZone(p, r.Phone), r.Phone, r.Language)
	if r.Vague {
		data.Words = ""
	}
	d.send(Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeCorrect, To: to.To, Validity: NoticeValidity,
		Text: d.say(r.Language, name, data),
	})
}

// leaveOutOf stops telling a recipient who should never have been told.
func (d *acting) leaveOutOf(c *Case, r *Recipient) {
	told := c.told(r)
	r.State, r.Next, r.Mistaken = RecipientWithdrawn, time.Time{}, true
	if told {
		r.State = RecipientEnded
	}
	d.putRecipient(r)
	for i := range c.Attempts {
		if a := &c.Attempts[i]; a.Recipient == r.ID && a.State == AttemptWaiting && !a.Claim.Doubt {
			a.State = AttemptWithdrawn
			d.putAttempt(a)
		}
	}
}

// reopen lets an alert go on that was ended by mistake. Who has not confirmed is
// tried again; who had not been told yet is told now.
func (d *acting) reopen(c *Case) {
	ended := c.Alert.Ended
	c.Alert.State, c.Alert.Ended, c.Alert.Reason, c.Alert.Proposal = AlertOpen, time.Time{}, "", nil
	confirmed := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		switch {
		case r.Mistaken:
		case r.State == RecipientConfirmed:
			confirmed = true
		case r.State == RecipientEnded:
			r.State = RecipientOwed
			d.climbAgain(r)
		case r.State == RecipientWithdrawn:
			r.State, r.Rung = RecipientOwed, 0
			if notice := c.lastNotice(r, SMS); notice != nil {
				d.sendNotice(c, r, notice.Text)
			} else {
				d.call(c, r)
			}
			d.startLadder(r)
			d.putRecipient(r)
		}
	}
	if !confirmed {
		d.putTask(Task{Kind: TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
	// The timer that looks after the alert has come to nothing if it came while
	// the alert was closed; otherwise it still waits.
	for _, after := range d.Rules.Policy.steps() {
		if at := c.Alert.At.Add(after); at.After(ended) && !at.After(d.now) {
			d.follow(&c.Alert)
			return
		}
	}
}

// climbAgain goes on with a recipient's ladder where it stood.
func (d *acting) climbAgain(r *Recipient) {
	ladder := d.ladder(r)
	if quiet := ladder[min(max(r.Rung, 0), len(ladder)-1)].Quiet; r.State == RecipientOwed && r.Accepted && quiet > 0 {
		r.Next = d.now.Add(time.Duration(quiet))
		d.climbAt(r.Alert, r.Next)
	}
	d.putRecipient(r)
}

// unconfirm tries those again whom an act had confirmed for. Calls and tasks for
// the others ended with it: an agent looks.
func (d *acting) unconfirm(c *Case, x *Carried) {
	known := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if slices.Contains(x.Confirmed, r.ID) && r.State == RecipientConfirmed {
			r.State, r.Confirmed = RecipientOwed, time.Time{}
			d.climbAgain(r)
		}
		known = known || r.State == RecipientConfirmed
	}
	if !known && !c.hasTask(TaskNobodyConfirmed) {
		d.putTask(Task{Kind: TaskNobodyConfirmed, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
}

// correctPerson tells contacts that a drill or an invitation was a mistake.
func (d *acting) correctPerson(p *Profile, x *Carried, words string) {
	for _, to := range x.reached() {
		language := p.Language
		c := p.Contact(to.To)
		if c != nil {
			language = cmp.Or(c.Language, language)
		}
		name := shown(p)
		if c == nil || c.Standing != StandingAccepted {
			name = d.introduced(p, language)
		}
		data := templates.Data{Name: name, Call: d.Rules.callNumber(to.To.Country()), Words: sentence(typed(d.now, words))}
		d.send(Attempt{Lane: LaneConfirm, Purpose: PurposeCorrect, To: to.To, Text: d.say(language, "correct-sent", data)})
	}
}

// reached are the phones that an act reached, each once, a text before a call.
func (x *Carried) reached() []Reached {
	var list []Reached
	for _, call := range []bool{false, true} {
		for _, to := range x.Told {
			if to.Call == call && !slices.ContainsFunc(list, func(o Reached) bool { return o.To == to.To }) {
				list = append(list, to)
			}
		}
	}
	return list
}

func attemptOf(c *Case, id ID) *Attempt {
	for i := range c.Attempts {
		if c.Attempts[i].ID == id {
			return &c.Attempts[i]
		}
	}
	return nil
}

// typed is what an agent typed, as words; none where nothing was.
func typed(at time.Time, words string) []Words {
	if words == "" {
		return nil
	}
	return []Words{{At: at, Text: words}}
}
