package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/templates"
)

// raiseByText is ALERTA in all its forms. None of them ends in nothing.
func (d *texting) raiseByText(t *Text) {
	check, words := d.view.PIN, d.relayed(t.said)
	switch p := d.named(check.Profile); {
	case d.verified() && p != nil:
		if words = joined(d.settleKept(), words); p.Phone != t.From {
			words = wordsOf(p, words)
		}
		d.raise(raising{profile: p, words: words, borrowed: p.Phone != t.From, duress: check.Result == PINDuress})
	case d.view.Own != nil:
		d.raise(raising{profile: d.view.Own, words: joined(d.takeCry(), words)})
	default:
		d.raiseFromPhone(t, words, d.hidden(t.said))
	}
}

// raiseFromPhone raises for whoever a phone that is not the person's stands for.
// Where that is nobody, or more than one, the words are kept for somebody to look
// at, as note, with the numbers in them that may say who it is.
func (d *personal) raiseFromPhone(t *Text, words, note string) {
	_, own := t.own().ForMe()
	switch {
	case d.view.Unseen != nil:
		d.raiseUnseen(words)
		d.askWho(t, "")
	case own && len(d.acceptedWards()) > 0:
		d.raiseForThemselves(words, note)
	case len(d.acceptedWards()) != 1 && d.draft() == nil:
		d.keepUnknown(t, words, note)
	default:
		d.raiseFromHere(words)
	}
}

// keepUnknown keeps what a phone says that is nobody's, and asks whose alert it
// is. Who is registering has said so.
func (d *personal) keepUnknown(t *Text, words, note string) {
	if q := d.conv.Question; q != nil && q.Kind == questionWho && age(d.now, q.At) < WhoOpen { // the number that came before
		note = joined(q.Args["said"], note)
	}
	if !d.raiseUnknown(note) {
		words = ""
	}
	switch q := d.conv.Question; {
	case d.draft() != nil:
	case len(d.acceptedWards()) == 0:
		d.askWho(t, words)
	case q != nil && q.Kind == questionWhom && q.At.Equal(d.now):
		q.Args["words"] = words // which go on to the family
	}
}

// raiseFromHere raises for whoever the phone stands for. Where that is nobody,
// or more than one, the words are kept and somebody looks.
func (d *personal) raiseFromHere(words string) {
	wards := d.acceptedWards()
	switch {
	case d.view.Own != nil:
		d.raise(raising{profile: d.view.Own, words: words})
	case d.view.Unseen != nil:
		d.raiseUnseen(words)
	case len(wards) == 1:
		d.raise(raising{profile: wards[0], words: words, reporter: wards[0].Contact(d.conv.Phone)})
	case d.draft() != nil:
		d.raiseDraft(words)
	default:
		d.raiseUnknown(words)
	}
}

// raising is how an alert comes to be.
type raising struct {
	profile  *Profile
	words    string
	borrowed bool     // from a phone that is not the person's
	reporter *Contact // who raises it for the person
	duress   bool     // the duress PIN was used to raise it
	family   bool     // to the family only: nobody has said that it is an alert

	unverified bool // an agent raises it for somebody who has not proved who they are
}

// verified reports whether the event offered a right PIN.
func (d *decision) verified() bool {
	return d.view.PIN.Result == PINReal || d.view.PIN.Result == PINDuress
}

func (d *decision) named(id ID) *Profile {
	for i := range d.view.Named {
		if d.view.Named[i].ID == id {
			return &d.view.Named[i]
		}
	}
	return nil
}

// acceptedWards are the people whose accepted contact this phone is.
func (d *decision) acceptedWards() []*Profile {
	var wards []*Profile
	for i := range d.view.Wards {
		w := &d.view.Wards[i]
		if c := w.Contact(d.conv.Phone); c != nil && c.Standing == StandingAccepted {
			wards = append(wards, w)
		}
	}
	return wards
}

// raise adds words to an alert that is young and open, or makes a new one.
func (d *personal) raise(r raising) {
	if d.talk == nil && (r.borrowed || r.reporter != nil) { // whoever presses keys has a language
		d.lang = d.Words.Language(r.profile.Language)
	}
	r.duress = r.duress || d.view.ownStanding == forcedTo && r.profile.ID == d.view.Own.ID
	open := d.openCase(r.profile.ID)
	if open != nil && age(d.now, open.Alert.At) < SameAlert {
		d.raisedID = open.Alert.ID
		d.remember(open.Alert.ID, r)
		if open.Alert.Reporter != "" && open.Alert.Phone != d.conv.Phone && !open.Alert.Joined {
			open.Alert.Joined = true
			d.putAlert(&open.Alert, "joined", cmp.Or(d.actor, "phone"), "")
		}
		open.Alert.Quiet = open.Alert.Quiet || r.duress
		if open.Alert.Family && !r.family {
			d.tellConsulateToo(open, r.profile)
		}
		d.addWords(open, r.words)
		if r.reporter != nil && d.talk == nil {
			_, confirmed := open.count()
			d.answer("again-for", templates.Data{Ref: open.Alert.Ref.String(), Name: shown(r.profile), Confirmed: confirmed, Call: d.info().Call})
		}
		return
	}
	d.dropExtra(r.profile)
	c := d.newAlert(r)
	if open != nil {
		c.Alert.Linked = open.Alert.ID
	}
	d.raisedID = c.Alert.ID
	d.remember(c.Alert.ID, r)
	receipt := d.pretend(c, r, d.notify(c, r))
	if r.reporter != nil { // who is told whose alert it is, and knows no PIN
		receipt.Name, receipt.PIN = shown(r.profile), false
	}
	d.follow(&c.Alert)
	actor := cmp.Or(d.actor, "phone")
	if r.reporter != nil {
		actor = "contact"
	}
	d.putAlert(&c.Alert, "raised", actor, r.words)
	d.bumpProfile(r.profile, "alert", actor, c.Alert.Ref.String())
	for i := range c.Recipients {
		d.putRecipient(&c.Recipients[i])
	}
	if r.duress {
		d.putTask(Task{Kind: TaskDuress, Urgent: true, Alert: c.Alert.ID, Profile: r.profile.ID, Name: r.profile.Name})
	}
	d.answer("received", receipt)
}

// remember lets a phone that is not the person's look at the alert and call it
// off.
func (d *personal) remember(alert ID, r raising) {
	passing := d.view.ownStanding != registered || r.profile.Moved.Pending(d.now) // the phone may soon not be theirs
	if (r.borrowed || r.reporter != nil || passing) && !slices.Contains(d.conv.Raised, alert) {
		d.conv.Raised = append(slices.Clone(d.conv.Raised), alert)
		d.conv.Raised = d.conv.Raised[max(0, len(d.conv.Raised)-raisedMost):]
	}
}

// raisedMost is how many alerts a phone that is not their owner's can look at.
const raisedMost = 10

func (d *decision) openCase(profile ID) *Case { return d.view.openCase(profile, d.conv.Phone) }

// openCase is a person's newest open alert as a phone may see it: one that looks
// called off from there is not there.
func (v *View) openCase(profile ID, phone Phone) *Case {
	var newest *Case
	for i := range v.Cases {
		c := &v.Cases[i]
		if c.Alert.Profile != profile || !c.Alert.Open() || c.Alert.Drill || slices.Contains(c.Alert.HiddenFrom, phone) {
			continue
		}
		if newest == nil || c.Alert.At.After(newest.Alert.At) {
			newest = c
		}
	}
	return newest
}

func (d *cases) newAlert(r raising) *Case {
	a := Alert{
		ID: d.fresh.ID(), Ref: d.view.Free, State: AlertOpen, At: d.now,
		Channel: "sms", Phone: d.conv.Phone, Sender: d.conv.Sender, Language: d.lang,
		Quiet: r.duress, Family: r.family, Unverified: r.unverified, Borrowed: r.borrowed, Silent: r.borrowed || !d.conv.Silenced.IsZero(),
	}
	if r.reporter != nil {
		a.Reporter = r.reporter.Name
	}
	switch {
	case d.agent != nil:
		a.Channel = "agent"
	case d.talk != nil:
		a.Channel = string(d.talk.Medium)
	}
	if p := r.profile; p != nil {
		a.Profile, a.Name, a.ZIP, a.Advise = p.ID, p.Name, p.ZIP, p.ConsularNotice.Given
	}
	if zip, ok := d.view.Directory.Consulates.FirstZIP(r.words); ok {
		a.ZIP = zip
	}
	finding := d.view.Directory.Consulates.Find(a.ZIP)
	a.Zone, a.Certain, a.District = finding.TimeZone, finding.Certain, finding.ConsulateID()
	if a.Zone == "" {
		a.Zone = "America/Chicago" // the middle of the country, where nothing is known
	}
	if p := r.profile; p != nil && p.ConsularNotice.Given && !r.family {
		a.Consulate = finding.ConsulateID()
	}
	if r.words != "" {
		a.Words = []Words{{At: d.now, Text: r.words, By: d.author()}}
	}
	return &Case{Alert: a}
}

// notify owes a notice to everybody who may be told, and a task to the agents
// for everybody who may not be texted. It returns what the receipt may say.
func (d *cases) notify(c *Case, r raising) templates.Data {
	p := r.profile
	receipt := templates.Data{Ref: c.Alert.Ref.String(), PIN: p.PIN.Set()}
	contacts, called := d.notifyContacts(c, p)
	receipt.Calling = d.calling(called)
	if contacts > 0 {
		receipt.List = append(receipt.List, d.say(d.lang, "told-contacts", templates.Data{Contacts: contacts}))
	}
	if p.ConsularNotice.Given && !r.family {
		switch desk := d.notifyDesks(c, p); desk {
		case "":
			receipt.Advise = true
		case NationalDesk:
			receipt.List = append(receipt.List, d.say(d.lang, "told-national", templates.Data{}))
		default:
			receipt.List = append(receipt.List, d.say(d.lang, "told-consulate", templates.Data{Consulate: d.city(desk)}))
		}
	}
	if len(receipt.List) == 0 && receipt.Calling == "" {
		receipt.Advise = false
		d.putTask(Task{Kind: TaskNobodyToTell, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
	return receipt
}

// notifyContacts owes each contact a notice and counts those who will get it as
// a text, and those who are called instead.
func (d *cases) notifyContacts(c *Case, p *Profile) (told, called int) {
	for i := range p.Contacts {
		contact := &p.Contacts[i]
		if contact.Phone == c.Alert.Phone && c.Alert.Reporter != "" {
			continue // the one who raised it knows
		}
		if !d.mayTell(c, p, contact) {
			continue
		}
		r := Recipient{
			ID: d.fresh.ID(), Alert: c.Alert.ID, Kind: KindContact, State: RecipientOwed,
			Phone: contact.Phone, Contact: contact.ID, Name: contact.Name, Language: cmp.Or(contact.Language, p.Language),
			Accepted: contact.Standing == StandingAccepted, Vague: contact.Vague,
		}
		if r.Name == "" {
			r.Name = contact.Phone.Masked()
		}
		d.startLadder(&r)
		d.interpreter(c, p, &r)
		c.Recipients = append(c.Recipients, r)
		count := &told
		if last := &c.Recipients[len(c.Recipients)-1]; d.callFirst(c, last) {
			count = &called
		} else {
			d.sendNotice(c, last, d.contactNotice(c, p, last))
		}
		if d.turn.Attempts[len(d.turn.Attempts)-1].State != AttemptHeld {
			*count++
		}
		if contact.Message != "" && r.Accepted {
			d.send(Attempt{
				Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeMessage, To: r.Phone,
				Due: d.now.Add(messageAfter), Validity: NoticeValidity,
				Text: d.say(r.Language, "message", templates.Data{Ref: c.Alert.Ref.String(), Name: shown(p), Words: contact.Message, Vague: r.Vague}),
			})
		}
	}
	return told, called
}

// messageAfter lets the notice arrive before the person's own message.
const messageAfter = 3 * time.Second

// mayTell reports whether a contact may be texted about an alert. Somebody who
// stopped our texts is left to a live agent's call, the only way left.
func (d *cases) mayTell(c *Case, p *Profile, contact *Contact) bool {
	switch contact.Standing {
	case StandingRefused, StandingWrong:
		return false
	}
	if d.view.Stopped[contact.Phone] {
		d.putTask(Task{Kind: TaskOptedOut, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: contact.Phone, Name: contact.Name})
		return false
	}
	if contact.Standing == StandingAccepted {
		return true
	}
	contact.Told = slices.DeleteFunc(slices.Clone(contact.Told), func(at time.Time) bool { return age(d.now, at) >= UnansweredWindow })
	if len(contact.Told) >= UnansweredMost || d.textedBy(TextedNotice, p, contact.Phone, UnansweredWindow) >= UnansweredMost {
		d.putTask(Task{Kind: TaskUnreachable, Alert: c.Alert.ID, Profile: p.ID, Phone: contact.Phone, Name: contact.Name})
		return false
	}
	contact.Told = append(contact.Told, d.now)
	d.noteTexted(TextedNotice, p, contact.Phone, d.now)
	d.putProfile(p, "unanswered-contact-told", "system", "")
	return true
}

// reader is what a contact's notice depends on, besides the alert itself.
type reader struct {
	alert             ID
	language, country string
	accepted, vague   bool
}

// contactNotice is what a contact is told of an alert. Contacts who read the
// same are rendered once: there are four of them in most alerts.
func (d *cases) contactNotice(c *Case, p *Profile, r *Recipient) string {
	by := reader{c.Alert.ID, r.Language, r.Phone.Country(), r.Accepted, r.Vague}
	text, ok := d.notices[by]
	if !ok {
		text = d.renderContactNotice(c, p, r)
		if d.notices == nil {
			d.notices = map[reader]string{}
		}
		d.notices[by] = text
	}
	return text
}

func (d *cases) renderContactNotice(c *Case, p *Profile, r *Recipient) string {
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Name: shown(p), Word: p.FamilyWord, Call: d.Rules.callNumber(r.Phone.Country()),
		When: d.clock(c.Alert.At, c.Alert.Zone, d.contactZone(p, r.Phone), r.Phone, r.Language), Who: c.Alert.Reporter,
	}
	if !r.Accepted {
		data.Name = d.introduced(p, r.Language)
		data.Word = "" // the family word is for the family
	}
	switch {
	case r.Vague:
		return d.say(r.Language, "notice-vague", data)
	case !r.Accepted:
		return d.say(r.Language, "notice-unanswered", data)
	}
	data.Words = d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.say(r.Language, name, data) })
	return d.say(r.Language, "notice", data)
}

// contactZone is the time zone that a contact is taken to live in: in the US
// that of the person's home, which the alert may be far from; "" in Mexico, of
// whose zones nothing is known.
func (d *cases) contactZone(p *Profile, contact Phone) string {
	if contact.Country() == "MX" {
		return ""
	}
	return d.personZone(p).String()
}

// notifyDesks owes notices to the consulate's first desk that may be told, and
// to the national desk where the consulate is uncertain or none may be told.
// It returns whom the receipt may name: the consulate's id, NationalDesk, or
// "" where an agent has to ring.
func (d *cases) notifyDesks(c *Case, p *Profile) string {
	told := ""
	if desk := d.firstDesk(c.Alert.Consulate, nobody); desk != nil {
		d.notifyDesk(c, p, KindDesk, desk)
		if !d.leftOut(desk.Address) {
			told = c.Alert.Consulate
		}
	}
	national := d.Rules.National
	if national != nil && (told == "" || !c.Alert.Certain) && d.mayReach(national) {
		d.notifyDesk(c, p, KindNational, national)
		if told == "" && !d.leftOut(national.Address) {
			told = NationalDesk
		}
	}
	if told == "" {
		d.putTask(Task{Kind: TaskNoDesk, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Name: p.Name, Note: c.Alert.Consulate})
	}
	return told
}

// firstDesk is the first row of a consulate that is confirmed, open now and
// not left out.
func (d *cases) firstDesk(id string, leaveOut func(*Desk) bool) *Desk {
	consulate, ok := d.view.Directory.Consulates.Consulate(id)
	if !ok {
		return nil
	}
	at := d.now.In(d.zone(consulate.TimeZone))
	for _, desk := range d.view.Directory.Desks(id) {
		hours, err := ParseHours(desk.Hours)
		if err != nil || !hours.Open(at) || !desk.Expects() || !d.mayReach(&desk) || leaveOut(&desk) {
			continue
		}
		return &desk
	}
	return nil
}

func nobody(*Desk) bool { return false }

// mayReach reports whether a desk can be reached by its channel.
func (d *cases) mayReach(desk *Desk) bool {
	if desk.Channel == Voice {
		return d.Rules.VoiceFrom != ""
	}
	return !d.view.Stopped[desk.Address]
}

func (d *cases) notifyDesk(c *Case, p *Profile, kind RecipientKind, desk *Desk) {
	r := d.deskRecipient(kind, desk, d.lang)
	r.Alert = c.Alert.ID
	readerZone := ""
	if kind == KindDesk {
		consulate, _ := d.view.Directory.Consulates.Consulate(desk.Consulate)
		readerZone = consulate.TimeZone
	}
	if d.summedUp(c, kind) {
		r.Summed = true
		c.Recipients = append(c.Recipients, r)
		return
	}
	if desk.Channel == Voice || d.Rules.VoiceFrom != "" && d.textless(desk.Address) {
		r.Rung = slices.IndexFunc(d.ladder(&r), func(g Rung) bool { return g.Try == TryCall })
		d.startLadder(&r)
		c.Recipients = append(c.Recipients, r)
		d.call(c, &r)
		return
	}
	d.startLadder(&r)
	c.Recipients = append(c.Recipients, r)
	d.sendNotice(c, &r, d.say(desk.Language, "notice-desk", templates.Data{
		Ref: c.Alert.Ref.String(), Digits: c.Alert.Ref.Digits(), Name: whole(p), ZIP: c.Alert.ZIP, Who: c.Alert.Reporter,
		When:  d.clock(c.Alert.At, c.Alert.Zone, readerZone, desk.Address, desk.Language),
		Words: d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.say(desk.Language, name, data) }),
	}))
}

// deskRecipient is a desk as somebody who is to be told; language is that of
// whoever reads what it is called.
func (d *cases) deskRecipient(kind RecipientKind, desk *Desk, language string) Recipient {
	r := Recipient{
		ID: d.fresh.ID(), Kind: kind, State: RecipientOwed,
		Phone: desk.Address, Desk: desk.ID, Language: desk.Language, Accepted: true,
	}
	if kind == KindNational {
		r.Name = d.say(language, "national-name", templates.Data{})
	} else {
		r.Name = d.say(language, "consulate-name", templates.Data{Consulate: d.city(desk.Consulate)})
	}
	return r
}

// sendNotice enqueues a recipient's first notice; the alert's very first goes
// ahead of everything.
func (d *cases) sendNotice(c *Case, r *Recipient, text string) {
	lane := LaneNotice
	if len(c.Recipients) == 1 {
		lane = LaneFirst
	}
	d.send(Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: lane, Purpose: PurposeNotice,
		To: r.Phone, Text: text, Validity: NoticeValidity,
	})
}

// addWords passes words on to everybody who may read them. Nobody is told the
// alert twice.
func (d *cases) addWords(c *Case, words string) {
	told, confirmed := d.seen(c).count()
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed, Call: d.Rules.callNumber(""), Advise: c.Alert.Advise,
	}
	if words == "" {
		d.answer("again", data)
		return
	}
	if len(c.Alert.Words) >= wordsMost {
		d.answer("again", data)
		return
	}
	p := d.keepWords(c, words)
	data.Told = d.readers(c)
	name := "more"
	if d.agent == nil && !d.verified() {
		name = "words" // whoever holds the phone can write
	}
	d.tellWords(c, p, name, words)
	d.putAlert(&c.Alert, "words", cmp.Or(d.actor, "phone"), words)
	d.answer("added", data)
}

// wordsMost bounds the texts that one alert passes on: a stuck phone must not
// text a family all night.
const wordsMost = 20

// reroute tells the consulate of another place, where the person consented.
func (d *cases) reroute(c *Case, p *Profile, zip string) {
	finding := d.view.Directory.Consulates.Find(zip)
	before := c.Alert.Consulate
	c.Alert.ZIP, c.Alert.Certain, c.Alert.District = zip, finding.Certain, finding.ConsulateID()
	if finding.TimeZone != "" {
		c.Alert.Zone = finding.TimeZone
	}
	if !p.ConsularNotice.Given || c.Alert.Family || finding.ConsulateID() == before {
		return
	}
	c.Alert.Consulate = finding.ConsulateID()
	d.notifyLater(c, p)
}

// tellConsulateToo widens an alert that went to the family only, now that the
// person has said that it is one.
func (d *cases) tellConsulateToo(c *Case, p *Profile) {
	c.Alert.Family = false
	if p.ConsularNotice.Given {
		c.Alert.Consulate = d.view.Directory.Consulates.Find(c.Alert.ZIP).ConsulateID()
		d.notifyLater(c, p)
	}
	d.putAlert(&c.Alert, "widened", cmp.Or(d.actor, "phone"), "")
}

// notifyLater owes the desks of an alert that is open already their notices.
func (d *cases) notifyLater(c *Case, p *Profile) {
	known := len(c.Recipients)
	d.notifyDesks(c, p)
	for i := known; i < len(c.Recipients); i++ {
		d.putRecipient(&c.Recipients[i])
	}
}

// raiseUnknown keeps the words of a phone that nobody knows as an alert
// without a profile and an urgent task, and says how to go on. Repeats add
// words to the same one.
func (d *personal) raiseUnknown(words string) (kept bool) {
	for _, id := range d.conv.Raised {
		c := d.view.Case(id)
		if c == nil || !c.Alert.Open() || !c.Alert.Profile.IsZero() {
			continue
		}
		if d.talk != nil && id != d.talk.session.Alert && d.keepsAnother() {
			continue // the next call from a phone that many use is somebody else's
		}
		d.raisedID = id
		if kept = len(c.Alert.Words) < wordsMost && words != ""; kept {
			c.Alert.Words = append(slices.Clone(c.Alert.Words), Words{At: d.now, Text: words})
			d.putAlert(&c.Alert, "words", "phone", words)
			for _, task := range c.Tasks {
				if task.Kind == TaskUnknownPhone {
					task.Note = strings.TrimSpace(task.Note + "\n" + words)
					d.putTask(task)
				}
			}
		}
		if d.talk == nil && d.askedWhom() {
			d.answer("whom", templates.Data{List: d.orMe(numbered(d.acceptedWards())), Call: d.info().Call})
			return kept
		}
		d.addedToOwn(c)
		return kept
	}
	c := d.keepAlert(words, "")
	if wards := numbered(d.acceptedWards()); len(wards) > 0 {
		if d.talk == nil { // by key it is asked otherwise
			d.ask(questionWhom, map[string]string{"words": words})
		}
		d.answer("whom", templates.Data{List: d.orMe(wards), Call: d.info().Call})
		return true
	}
	d.answer("unknown-phone", templates.Data{Ref: c.Alert.Ref.String()})
	return true
}

// keepAlert makes an alert without a profile of a phone's words, with its urgent
// task, of which note says more.
func (d *personal) keepAlert(words, note string) *Case {
	c := d.newAlert(raising{profile: d.draft(), words: words}) // who is registering has given a name
	c.Alert.Unverified = true
	d.raisedID = c.Alert.ID
	d.follow(&c.Alert)
	d.putAlert(&c.Alert, "raised", "phone", words)
	task := Task{Kind: TaskUnknownPhone, Urgent: true, Alert: c.Alert.ID, Phone: d.conv.Phone, Name: c.Alert.Name, Note: words}
	if wards := numbered(d.acceptedWards()); len(wards) > 0 {
		task.Note += "\ncontact of: " + strings.Join(wards, ", ")
	}
	task.Note = strings.TrimSpace(task.Note + note)
	d.putTask(task)
	d.conv.Raised = append(slices.Clone(d.conv.Raised), c.Alert.ID)
	d.conv.Raised = d.conv.Raised[max(0, len(d.conv.Raised)-raisedMost):]
	return c
}

// bumpProfile adds a line to a person's chain. It also makes two alerts raised
// for one person from two phones at once exclude each other.
func (d *decision) bumpProfile(p *Profile, kind, actor, detail string) {
	d.audit(SubjectProfile, p.ID, p.Version, kind, actor, detail)
}

// count is how many recipients an alert has who are told of it, and how many
// have confirmed.
func (c *Case) count() (told, confirmed int) {
	for i := range c.Recipients {
		switch r := &c.Recipients[i]; r.State {
		case RecipientWithdrawn:
		case RecipientConfirmed:
			confirmed++
			told++
		default:
			if !c.leftOut(r) {
				told++
			}
		}
	}
	return told, confirmed
}

// shown is a person's name as contacts see it; without one, the phone that
// they know.
func shown(p *Profile) string {
	if name := ShortName(p.Name); name != "" {
		return name
	}
	return string(p.Phone)
}

// whole is a person's name as desks see it.
func whole(p *Profile) string { return cmp.Or(p.Name, string(p.Phone)) }

// author is who writes what is added to an alert; "": whoever holds the phone.
func (d *cases) author() string {
	if d.agent != nil {
		return ByAgent
	}
	return ""
}

// quoted are an alert's words as a notice tells them: what the person said, and
// what an agent added, each as what it is.
func (d *cases) quoted(words []Words, say func(name string, data templates.Data) string) string {
	var own, agents []Words
	for _, w := range words {
		if w.By == ByAgent {
			agents = append(agents, w)
		} else {
			own = append(own, w)
		}
	}
	var said []string
	if text := sentence(own); text != "" {
		said = append(said, say("person-said", templates.Data{Words: text}))
	}
	if text := sentence(agents); text != "" {
		said = append(said, say("agent-adds", templates.Data{Words: text}))
	}
	return strings.Join(said, " ")
}

// sentence is what the person wrote, for a text.
func sentence(words []Words) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.Text
	}
	s := cut(strings.Join(list, " / "))
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// joined is what somebody wrote in two texts.
func joined(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + " / " + second
}

// cut bounds a person's words, so that a text stays under the 1,600 characters
// that a carrier takes.
func cut(words string) string {
	runes := []rune(words)
	if len(runes) <= wordsLength {
		return words
	}
	return string(runes[:wordsLength]) + "..."
}

const wordsLength = 1200

func (d *decision) city(consulate string) string {
	c, _ := d.view.Directory.Consulates.Consulate(consulate)
	return templates.Plain(c.City)
}
