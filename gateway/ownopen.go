package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// What people write of their own while their alert is open: where they are
// taken, who is alone at home, that it is over. Anybody who holds the phone can
// write it, so words go on as what they are, from that phone and without a PIN,
// and only the PIN ends anything.

const (
	// TimerWords passes on what was written within a minute of other words.
	TimerWords TimerKind = "words"

	passEvery = time.Minute // between the texts that pass words on
	passMost  = 6           // of them for one alert: a stuck phone must not text a family all night
)

// whileOpen is what a text's own words mean from a phone on which an alert of its
// person, or one that was raised from it, is open or ended lately; "" where there
// is none.
func (t *Text) whileOpen(view *View) prose.Reading {
	if view.Unseen != nil || !t.free() || view.keptOwn() != nil { // to which it is added
		return ""
	}
	last := view.Conversation.LastEnd
	for _, p := range view.callers() {
		if view.openCase(p.ID, t.From) != nil || last != nil && last.Profile == p.ID {
			reading, _ := t.own().Own()
			return reading
		}
	}
	return ""
}

// whileOpen takes somebody's own words while an alert of theirs, or one that was
// raised from here, is open. It reports whether it did.
func (d *texting) whileOpen(t *Text) bool {
	if d.isDesk() || !t.free() || keyword.Normalise(t.Body) == "" {
		return false
	}
	reading, rule := t.own().Own()
	said := reading == prose.More || reading == prose.Again
	p, c := d.caseHere()
	check := d.view.PIN
	switch {
	case c != nil && d.view.Own != p && c.Alert.Reporter != "":
		if !said && reading != prose.Over { // which a contact reports, and cannot bring about
			return false
		}
		d.passWords(c, d.relayed(t.Body))
	case c != nil:
		return d.ownWhileOpen(t, p, c, reading, rule)
	case t.numbers.onlyPIN() != "" && d.verified() && d.endedLately(check.Profile):
		d.cancel(d.profile(check.Profile), check.Result == PINDuress, endedByPIN)
	case said && d.unknownCase() != nil:
		d.raiseUnknown(d.hidden(t.Body))
	default:
		return false
	}
	return true
}

// caseHere is the open alert of the person whose phone it is, else the newest
// that was raised from it for somebody else, not long ago: the phone may be its
// owner's again.
func (d *texting) caseHere() (*Profile, *Case) {
	if own := d.view.Own; own != nil {
		if c := d.openCase(own.ID); c != nil {
			return own, c
		}
	}
	for _, id := range slices.Backward(d.conv.Raised) {
		c := d.view.Case(id)
		if c == nil || !c.Alert.Open() || slices.Contains(c.Alert.HiddenFrom, d.conv.Phone) || age(d.now, c.Alert.At) >= SameAlert {
			continue
		}
		if p := d.profile(c.Alert.Profile); p != nil && p != d.view.Unseen {
			return p, c
		}
	}
	return nil, nil
}

func (d *texting) ownWhileOpen(t *Text, p *Profile, c *Case, reading prose.Reading, rule string) bool {
	check, pin := d.view.PIN, t.numbers.onlyPIN()
	switch {
	case pin != "" && d.verified() && !t.endsBeside():
		d.askEnd(c, check.Result == PINDuress)
	case pin != "" && check.Result == PINWrong && d.isZIP(t.Body):
		d.passWords(c, t.Body)
	case reading == prose.Over && d.verified():
		d.cancel(p, check.Result == PINDuress, endings[rule].reason())
	case check.Result == PINWrong && (pin != "" || reading == prose.Over):
		d.refusePIN(check.Profile)
	case reading == prose.Over && !p.PIN.Set():
		d.answer("no-pin", d.info())
	case reading == prose.Over:
		d.ask(questionPIN, map[string]string{"text": "BIEN " + string(endings[rule])})
		data := d.info()
		data.Ref = c.Alert.Ref.String()
		d.answer("end-how", data)
	case reading == prose.Status && rule != "question": // a mere question is answered by how things stand and what to do
		d.statusByText(t)
	case reading == prose.More, reading == prose.Again:
		d.passWords(c, d.relayed(t.Body))
	default:
		return false
	}
	return true
}

// endsBeside reports whether a text says beside its PIN that the alert is over:
// "libre 4821".
func (t *Text) endsBeside() bool {
	words := prose.Read(t.numbers.without(func(*pinNumber) bool { return true }, func(*person) bool { return false }))
	reading, _ := words.Own()
	return reading == prose.Over
}

func (d *decision) isZIP(words string) bool {
	zip, ok := d.view.Directory.Consulates.FirstZIP(words)
	return ok && zip == strings.TrimSpace(words)
}

// ending is how somebody says that an alert is over, as the word that goes with
// BIEN and the PIN.
type ending string

// endings are the rules of package prose that say how it ended.
var endings = map[string]ending{
	"let-go": "LIBRE", "free": "LIBRE", "deported": "DEPORTADO",
	"error": "ERROR", "false": "ERROR", "pressed": "ERROR", "touched": "ERROR", "testing": "ERROR", "child": "ERROR", "not-migra": "ERROR", "others": "ERROR",
}

// reason is that of the closed alert.
func (e ending) reason() string {
	t := Text{parsed: keyword.Parsed{Rest: string(e)}}
	return t.ending()
}

// askEnd asks whether a right PIN alone, either one, is to end the alert.
func (d *texting) askEnd(c *Case, duress bool) {
	if duress {
		c.Alert.Quiet = true
		d.putAlert(&c.Alert, "duress", "phone", "")
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name})
	}
	d.ask(questionEnd, nil)
	d.conv.Question.Alert, d.conv.Question.Forced = c.Alert.ID, duress
	d.answer("ask-end", templates.Data{Ref: c.Alert.Ref.String()})
}

// answerEnd is the answer to whether the alert is to end.
func (d *texting) answerEnd(t *Text, q *Question) bool {
	c := d.view.Case(q.Alert)
	if c == nil || d.openCase(c.Alert.Profile) == nil {
		d.conv.Question = nil
		return false
	}
	p := d.profile(c.Alert.Profile)
	switch reply := consents(t.Body); {
	case reply == prose.Yes, t.answersBarely() && t.parsed.Intent == keyword.Raise:
		d.conv.Question = nil
		d.cancel(p, q.Forced, endedByPIN)
	case reply == prose.No:
		d.conv.Question = nil
		d.statusByText(t)
	default:
		return false
	}
	return true
}

// passWords keeps what somebody writes about an open alert, and passes it on:
// at once where nothing was within the minute, else together when that is over.
func (d *cases) passWords(c *Case, words string) {
	told, confirmed := d.seen(c).count()
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed, Call: d.Rules.callNumber(""), Advise: c.Alert.Advise,
	}
	if len(c.Alert.Words) >= wordsMost || keyword.Normalise(words) == "" {
		d.answer("again", data)
		return
	}
	p := d.keepWords(c, words)
	passed := Passed{}
	if c.Alert.Passed != nil {
		passed = *c.Alert.Passed
	}
	data.Told = d.readers(c)
	switch next := passed.Last.Add(passEvery); {
	case passed.Times >= passMost:
		data.Told = 0
		if passed.Times == passMost {
			passed.Times++ // said once
			d.putTask(Task{Kind: TaskAnswer, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: d.conv.Phone, Name: c.Alert.Name, Note: words})
		}
	case passed.Waiting != "":
		passed.Waiting = joined(passed.Waiting, words)
	case next.After(d.now):
		passed.Waiting = words
		d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerWords, Alert: c.Alert.ID, Phone: d.conv.Phone, Due: next})
	default:
		passed.Times, passed.Last = passed.Times+1, d.now
		d.tellWords(c, p, "words", words)
	}
	c.Alert.Passed = &passed
	d.putAlert(&c.Alert, "words", "phone", words)
	d.answer("added", data)
}

// wordsDue passes on what came within a minute of other words.
func (d *cases) wordsDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Passed == nil || c.Alert.Passed.Waiting == "" {
		return
	}
	passed := *c.Alert.Passed
	words := passed.Waiting
	passed.Times, passed.Last, passed.Waiting = passed.Times+1, d.now, ""
	c.Alert.Passed = &passed
	d.tellWords(c, d.person(c), "words", words)
	d.putAlert(&c.Alert, "passed-on", "system", "")
}

// keepWords adds words to an alert. A ZIP among them is the place.
func (d *cases) keepWords(c *Case, words string) *Profile {
	c.Alert.Words = append(slices.Clone(c.Alert.Words), Words{At: d.now, Text: words, By: d.author()})
	p := d.person(c)
	if zip, ok := d.view.Directory.Consulates.FirstZIP(words); ok && zip != c.Alert.ZIP {
		d.reroute(c, p, zip)
	}
	return p
}

// reads reports whether a recipient is told the words of an alert: desks, and
// contacts who accepted and whose wording is plain.
func (d *cases) reads(c *Case, r *Recipient) bool {
	return r.Accepted && !r.Vague && r.State != RecipientWithdrawn && r.Closed.IsZero() && !d.view.Stopped[r.Phone] && !d.summing(&c.Alert, r)
}

// readers is how many are told the words of an alert, as this phone is shown it.
func (d *cases) readers(c *Case) (n int) {
	for _, r := range d.seen(c).Recipients {
		if d.reads(c, &r) && !d.leftOut(r.Phone) {
			n++
		}
	}
	return n
}

// tellWords passes words on to everybody who may read them, unless somebody
// forces them, or the phone counts as seized: then they are kept for the agents.
func (d *cases) tellWords(c *Case, p *Profile, name, words string) {
	if c.Alert.Quiet || !c.Alert.Duress.IsZero() || !d.conv.Silenced.IsZero() && d.agent == nil {
		return
	}
	writer, wrote := Phone(""), d.conv.Wrote
	var contact *Contact
	if d.agent == nil && p.Phone != d.conv.Phone {
		writer, wrote = d.conv.Phone, c.Alert.ID
		if contact = p.Contact(writer); contact != nil && (contact.Standing != StandingAccepted || c.Alert.Borrowed && c.Alert.Phone == writer) {
			contact = nil // the person themselves may hold it
		}
	}
	data := templates.Data{Ref: c.Alert.Ref.String(), Words: sentence(typed(d.now, words))}
	_, zip := d.view.Directory.Consulates.FirstZIP(words)
	place := zip || namesPlace(words)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !d.reads(c, r) || r.Seq == 0 || r.Phone == writer { // 0: came in by this very text, and has it in the notice
			continue
		}
		d.conv.Wrote = wrote
		data.Name = whole(p)
		if r.Kind == KindContact {
			data.Name = shown(p)
		}
		data.When = d.clock(d.now, c.Alert.Zone, d.contactZone(p, r.Phone), r.Phone, r.Language)
		data.Call, data.Place = d.Rules.callNumber(r.Phone.Country()), place
		switch {
		case d.agent != nil:
			name = "agent-words"
		case name != "words":
		case contact != nil:
			data.Who = contact.Name
			data.Who = d.say(r.Language, "from-contact", data)
		case p.Phone != d.conv.Phone:
			data.Who = d.say(r.Language, "from-borrowed", data)
		default:
			data.Who = d.say(r.Language, "from-own", data)
		}
		d.send(Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeMore, To: r.Phone, Validity: NoticeValidity,
			Text: d.say(r.Language, name, data),
		})
	}
}
