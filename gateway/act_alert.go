package gateway

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aviso/templates"
)

// Details are what an agent learns about a person after an alert, mostly from
// the family: what a consulate needs to find somebody (FACTS: consular
// practice), and what registration does not ask.
type Details struct {
	Born     string `json:"born,omitempty"`     // as said: "1988-03-14", "marzo de 1988"
	Country  string `json:"country,omitempty"`  // of birth
	Place    string `json:"place,omitempty"`    // where it happened
	Facility string `json:"facility,omitempty"` // where they are held
	ANumber  string `json:"a_number,omitempty"`
	Medical  string `json:"medical,omitempty"`
	Minors   string `json:"minors,omitempty"` // children left alone
	Family   string `json:"family,omitempty"` // who agreed to be rung by the consulate, and how
}

// Proposal is one agent's word that an alert should be called off. It takes
// another one's.
type Proposal struct {
	Agent  ID        `json:"agent"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Words  string    `json:"words,omitempty"`
}

const (
	// proposalLasts is how long a second agent may take.
	proposalLasts = time.Hour
	// aloneAfter: one agent alone calls nothing off sooner after the alert.
	aloneAfter = 30 * time.Minute
)

// EndReasons are why an agent may end an alert.
var EndReasons = []string{"found", "released", "deported", "false-alarm", "unknown"}

// RaiseFor raises an alert for somebody on the line. Without a profile it
// takes a name, a place and whom to ring, and is marked as unverified.
type RaiseFor struct {
	Profile ID // zero: somebody who is not registered

	Name  string
	Place string // a ZIP in it chooses the consulate
	Words string

	// Ring is whom to tell of somebody who is not registered.
	Ring     Phone
	RingName string
}

func (RaiseFor) name() string { return "raise" }
func (RaiseFor) raises()      {}

func (r RaiseFor) scope(s *Scope) {
	s.Profile = r.Profile
	if r.Ring != "" {
		s.Invited = []Phone{r.Ring}
	}
}

func (r RaiseFor) do(d *acting) error {
	if err := cleanAll(actField, map[string]*string{"name": &r.Name, "place": &r.Place, "ring_name": &r.RingName}); err != nil {
		return err
	}
	words, err := clean("words", r.Words, actWords)
	if err != nil {
		return err
	}
	words = strings.Join(slices.DeleteFunc([]string{r.Place, words}, func(s string) bool { return s == "" }), ". ")
	if r.Profile.IsZero() {
		return d.raiseStranger(r, words)
	}
	p := d.view.Subject
	if p == nil {
		return ErrNotFound
	}
	known := d.agent.Knows(p.ID, d.now)
	before := d.openCase(p.ID)
	d.raise(raising{
		profile: p, words: words, unverified: known == nil,
		duress: known != nil && known.Duress,
	})
	o := &d.turn.Answer.Outcome
	o.Word, o.Who = DoneRaised, p.ID
	if len(d.turn.Alerts) > 0 {
		o.Alert = d.turn.Alerts[0].ID
	}
	if before != nil && (o.Alert.IsZero() || o.Alert == before.Alert.ID) {
		o.Word, o.Alert = DoneAdded, before.Alert.ID
	}
	return nil
}

// raiseStranger raises an alert for somebody who is not registered. Whom they
// want told gets the text of a contact who has not been asked, and is rung.
// The consulate is told once an agent has written down that the person wants
// it (TellConsulate).
func (d *acting) raiseStranger(r RaiseFor, words string) error {
	if r.Name == "" {
		return &Invalid{Field: "name", Why: "missing"}
	}
	switch {
	case r.Ring == "":
	case d.Rules.NobodysContact(r.Ring):
		return &Invalid{Field: "ring", Why: "nobodys"}
	case !d.serves(r.Ring):
		return &Invalid{Field: "ring", Why: "country"}
	}
	p := &Profile{Name: templates.Plain(r.Name), Language: templates.Fallback}
	c := d.newAlert(raising{words: words, unverified: true})
	c.Alert.Name = p.Name
	d.follow(&c.Alert)
	d.putAlert(&c.Alert, "raised", d.actor, words)
	o := &d.turn.Answer.Outcome
	o.Word, o.Alert = DoneRaised, c.Alert.ID
	if r.Ring == "" {
		d.putTask(Task{Kind: TaskNobodyToTell, Urgent: true, Alert: c.Alert.ID, Name: p.Name, Note: words})
		return nil
	}
	name := cmp.Or(templates.Plain(r.RingName), r.Ring.Masked())
	if !d.view.Stopped[r.Ring] && d.textedBy(TextedNotice, p, r.Ring, UnansweredWindow) < UnansweredMost {
		d.noteTexted(TextedNotice, p, r.Ring, d.now)
		contact := Recipient{
			ID: d.fresh.ID(), Alert: c.Alert.ID, Kind: KindContact, State: RecipientOwed,
			Phone: r.Ring, Name: name, Language: p.Language,
		}
		c.Recipients = append(c.Recipients, contact)
		d.sendNotice(c, &contact, d.contactNotice(c, p, &contact))
		d.putRecipient(&contact)
	}
	d.putTask(Task{Kind: TaskRing, Urgent: true, Alert: c.Alert.ID, Phone: r.Ring, Name: name, Note: words})
	return nil
}

// AddWords passes words on to everybody who may read them.
type AddWords struct {
	Alert ID
	Words string
}

func (AddWords) name() string     { return "words" }
func (a AddWords) scope(s *Scope) { s.Alert = a.Alert }
func (a AddWords) says() string   { return a.Words }

func (a AddWords) do(d *acting) error {
	words, err := clean("words", a.Words, actWords)
	if err != nil {
		return err
	}
	if words == "" {
		return &Invalid{Field: "words", Why: "missing"}
	}
	c, err := d.openAlert(a.Alert)
	if c == nil {
		return err
	}
	if len(c.Alert.Words) >= wordsMost {
		return &Invalid{Field: "words", Why: "full"}
	}
	d.addWords(c, words)
	return nil
}

// EndAlert calls an alert off or closes it: with the person's PIN; else by two
// agents; else by one, where nobody else is signed in, no sooner than half an
// hour after the alert, and with a task for somebody to look at it later.
type EndAlert struct {
	Alert  ID
	PIN    string
	Reason string // one of EndReasons; not needed with a PIN
	Words  string
}

func (EndAlert) name() string { return "end" }

func (e EndAlert) scope(s *Scope) { s.Alert, s.Present = e.Alert, true }

func (e EndAlert) pin(view *View) (string, *Profile) { return e.PIN, view.Subject }

func (e EndAlert) do(d *acting) error {
	words, err := clean("words", e.Words, actWords)
	if err != nil {
		return err
	}
	c, err := d.openAlert(e.Alert)
	if c == nil {
		return err
	}
	if e.PIN != "" {
		return d.endByPIN(c)
	}
	if !slices.Contains(EndReasons, e.Reason) {
		return &Invalid{Field: "reason", Why: "missing"}
	}
	switch p := c.Alert.Proposal; {
	case p != nil && p.Agent != d.agent.ID && age(d.now, p.At) < proposalLasts:
		return d.decideEnd(ended{Alert: e.Alert, Reason: e.Reason, Words: cmp.Or(words, p.Words), Second: p.By})
	case d.view.Present > 0 && p != nil && p.Agent == d.agent.ID && age(d.now, p.At) < proposalLasts:
		d.outcome(NeedSecond)
	case d.view.Present > 0:
		c.Alert.Proposal = &Proposal{Agent: d.agent.ID, By: d.agent.Name, At: d.now, Reason: e.Reason, Words: words}
		d.putAlert(&c.Alert, "end-proposed", d.actor, e.Reason)
		d.outcome(DoneProposed)
	case age(d.now, c.Alert.At) < aloneAfter:
		d.outcome(TooSoon)
	default:
		return d.decideEnd(ended{Alert: e.Alert, Reason: e.Reason, Words: words, Alone: true})
	}
	return nil
}

// ended is the end of an alert once it is decided that it may end: what the PIN
// proved, or the second agent said, holds when it is carried out.
type ended struct {
	Alert  ID
	Reason string // endedByPIN, or one of EndReasons
	Words  string
	Second string // the agent who had proposed it; "": nobody had
	Alone  bool   // nobody else was signed in
}

func (ended) name() string     { return "end" }
func (e ended) scope(s *Scope) { s.Alert = e.Alert }
func (e ended) says() string   { return e.Words }

// decideEnd ends an alert, which is what is carried out if nobody undoes it.
func (d *acting) decideEnd(e ended) error {
	d.instead = e
	return e.do(d)
}

func (e ended) do(d *acting) error {
	c, err := d.openAlert(e.Alert)
	if c == nil {
		return err
	}
	if e.Reason == endedByPIN {
		p := d.person(c)
		d.end(c, AlertCancelled, endedByPIN, d.actor, func(r *Recipient) string { return d.endText(c, p, r, endedByPIN) })
		d.outcome(DoneEnded)
		return nil
	}
	d.endByAgents(c, e.Reason, e.Words, e.Second)
	if e.Alone {
		d.putTask(Task{Kind: TaskReview, Alert: c.Alert.ID, Profile: c.Alert.Profile, Name: c.Alert.Name, Note: d.agent.Name + ": " + e.Reason})
	}
	return nil
}

// endByPIN is what a text with the PIN does; the duress PIN ends the alert in
// looks only, towards the phones that the person may be watched on.
func (d *acting) endByPIN(c *Case) error {
	p := d.view.Subject
	if p == nil {
		return &Invalid{Field: "pin", Why: "nobody"}
	}
	switch d.view.PIN.Result {
	case PINReal:
		return d.decideEnd(ended{Alert: c.Alert.ID, Reason: endedByPIN})
	case PINDuress:
		for _, phone := range []Phone{p.Phone, c.Alert.Phone} {
			if d.conv.Phone = phone; phone != "" && !slices.Contains(c.Alert.HiddenFrom, phone) {
				d.hide(c, p)
			}
		}
		d.outcome(UnderDuress)
	default:
		d.refuseActPIN(p.ID)
	}
	return nil
}

// endByAgents closes an alert for a reason, and says so to everybody who has
// been told.
func (d *acting) endByAgents(c *Case, reason, words, second string) {
	p := d.person(c)
	text := func(r *Recipient, language string) string {
		said := d.say(language, "reason-"+reason, templates.Data{})
		data := d.toward(r, p, &c.Alert, templates.Data{Ref: c.Alert.Ref.String(), Words: sentence(typed(d.now, said))})
		if words != "" {
			data.Words += " " + d.say(language, "agent-adds", templates.Data{Words: sentence(typed(d.now, words))})
		}
		if reason == "found" && data.Family { // who knows where somebody is held goes there
			data.Words += " " + d.say(language, "do-not-go", templates.Data{})
		}
		return d.say(language, "closed", data)
	}
	d.end(c, AlertClosed, reason, d.actor, func(r *Recipient) string { return text(r, r.Language) })
	if a := &c.Alert; !a.Silent && a.Phone.Dialable() && !d.view.Stopped[a.Phone] {
		d.send(Attempt{
			Alert: a.ID, Lane: LaneAnswer, Purpose: PurposeNews, To: a.Phone, Prefer: a.Sender, Text: text(nil, a.Language),
		})
	}
	if second != "" {
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "second-agent", "agent:"+second, reason)
	}
	d.outcome(DoneEnded)
}

// Note writes something down on an alert, for agents alone.
type Note struct {
	Alert ID
	Text  string
}

func (Note) name() string     { return "note" }
func (n Note) scope(s *Scope) { s.Alert = n.Alert }

func (n Note) do(d *acting) error {
	text, err := clean("note", n.Text, actNote)
	if err != nil {
		return err
	}
	if text == "" {
		return &Invalid{Field: "note", Why: "missing"}
	}
	c := d.view.Case(n.Alert)
	if c == nil {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Alert = n.Alert
	d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "note", d.actor, text)
	return nil
}

// Describe writes down what was learned of the person. The consulate's page
// shows it where they consented.
type Describe struct {
	Alert ID
	Edits Edits // the fields of Details, by their names in JSON
}

func (Describe) name() string     { return "details" }
func (e Describe) scope(s *Scope) { s.Alert = e.Alert }

func (e Describe) do(d *acting) error {
	c, err := d.openAlert(e.Alert)
	if c == nil {
		return err
	}
	x := c.Alert.Details
	fields := map[string]*string{
		"born": &x.Born, "country": &x.Country, "place": &x.Place, "facility": &x.Facility,
		"a_number": &x.ANumber, "medical": &x.Medical, "minors": &x.Minors, "family": &x.Family,
	}
	touched, err := e.Edits.apply(c.Alert.Seq, fields)
	if err != nil {
		return err
	}
	if err := cleanAll(2*actField, fields); err != nil {
		return err
	}
	if len(touched) == 0 {
		d.outcome(Unchanged)
		return nil
	}
	c.Alert.Details = x
	d.putAlert(&c.Alert, "details", d.actor, "")
	return nil
}

// Reroute changes an alert's place. Another consulate than before is told,
// where the person consented.
type Reroute struct {
	Alert ID
	Edits Edits // zip
}

func (Reroute) name() string     { return "place" }
func (r Reroute) scope(s *Scope) { s.Alert = r.Alert }
func (r Reroute) says() string   { return r.Edits.Fields["zip"].Is }

func (r Reroute) do(d *acting) error {
	c, err := d.openAlert(r.Alert)
	if c == nil {
		return err
	}
	typed := c.Alert.ZIP
	touched, err := r.Edits.apply(c.Alert.Seq, map[string]*string{"zip": &typed})
	if err != nil {
		return err
	}
	if len(touched) == 0 {
		d.outcome(Unchanged)
		return nil
	}
	zip, err := d.zipField(typed)
	if err != nil {
		return err
	}
	d.reroute(c, d.person(c), zip) // to the consulate only once somebody has said that it is an alert
	d.putAlert(&c.Alert, "place", d.actor, zip)
	return nil
}

// TellConsulate tells the consulate of an alert that went to the family only,
// or of somebody who has no profile and asked for it. Consent is what the
// agent heard: "at the person's request".
type TellConsulate struct {
	Alert   ID
	Consent bool
}

func (TellConsulate) name() string     { return "consulate" }
func (t TellConsulate) scope(s *Scope) { s.Alert = t.Alert }

func (t TellConsulate) do(d *acting) error {
	c, err := d.openAlert(t.Alert)
	if c == nil {
		return err
	}
	if c.Alert.Profile.IsZero() {
		if !t.Consent {
			return &Invalid{Field: "consent", Why: "missing"}
		}
		c.Alert.Consent = Consent{Given: true, At: d.now, Channel: "agent", Shown: d.say(templates.Fallback, "consent-asked", templates.Data{}), Answered: "SI"}
		c.Alert.Advise = true
	}
	p := d.person(c)
	if !p.ConsularNotice.Given {
		return &Invalid{Field: "consent", Why: "missing"}
	}
	if c.toldDesk() {
		d.outcome(NotOpen)
		return nil
	}
	d.tellConsulateToo(c, p)
	return nil
}

// toldDesk reports whether a desk is owed a notice of the alert, or had one.
func (c *Case) toldDesk() bool {
	return slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return r.Kind != KindContact && r.State != RecipientWithdrawn })
}

// Acknowledge confirms for a recipient whom the agent has spoken to.
type Acknowledge struct {
	Alert     ID
	Recipient ID
}

func (Acknowledge) name() string     { return "acknowledge" }
func (a Acknowledge) scope(s *Scope) { s.Alert = a.Alert }

func (a Acknowledge) do(d *acting) error {
	c, err := d.openAlert(a.Alert)
	if c == nil {
		return err
	}
	if !d.acknowledgeFor(c, func(r *Recipient) bool { return r.ID == a.Recipient }) {
		d.outcome(NotOpen)
	}
	return nil
}

// acknowledgeFor confirms for the recipients that are meant and have not done
// so themselves, by the same decision as their own 1.
func (d *acting) acknowledgeFor(c *Case, meant func(*Recipient) bool) bool {
	confirmed := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !meant(r) || r.State != RecipientOwed && r.State != RecipientGivenUp {
			continue
		}
		told := Told{Alert: c.Alert, Recipient: *r}
		for _, a := range c.Attempts {
			if a.Recipient == r.ID {
				told.Attempts = append(told.Attempts, a)
			}
		}
		d.confirmOne(&told)
		*r = told.Recipient
		confirmed = true
	}
	return confirmed
}

// SilencePhone marks a phone as seized: no text about the alert goes to it any
// more, nor one about later alerts raised from it. Back undoes it.
type SilencePhone struct {
	Alert ID
	Phone Phone // the person's own, or the one that the alert was raised from
	Back  bool
}

func (SilencePhone) name() string { return "silence" }

func (s SilencePhone) scope(scope *Scope) { scope.Alert, scope.Phone = s.Alert, s.Phone }

func (s SilencePhone) do(d *acting) error {
	c := d.view.Case(s.Alert)
	p := d.view.Subject
	if c == nil || s.Phone == "" || s.Phone != c.Alert.Phone && (p == nil || p.Phone != s.Phone) {
		return ErrNotFound
	}
	d.turn.Answer.Outcome.Alert = s.Alert
	d.conv = d.view.Conversation
	d.conv.Phone = s.Phone
	kind := "silenced"
	d.conv.Silenced = d.now
	if s.Back {
		kind, d.conv.Silenced = "unsilenced", time.Time{}
	}
	d.putConversation()
	for i := range d.view.Cases {
		if other := &d.view.Cases[i]; other.Alert.Open() && other.Alert.Phone == s.Phone {
			other.Alert.Silent = !s.Back || other.Alert.Borrowed
			d.putAlert(&other.Alert, kind, d.actor, "")
		}
	}
	if !c.Alert.Open() || c.Alert.Phone != s.Phone {
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, kind, d.actor, "")
	}
	return nil
}
