package acts

import (
	"time"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// AddWords passes words on to everybody who may read them.
type AddWords struct {
	Alert gateway.ID
	Words string
}

func (AddWords) name() string { return "words" }

func (a AddWords) scope(s *gateway.Scope) { s.Alert = a.Alert }

func (a AddWords) says() string { return a.Words }

func (a AddWords) do(d *Acting) error {
	words, err := clean("words", a.Words, actWords)
	if err != nil {
		return err
	}
	if words == "" {
		return &gateway.Invalid{Field: "words", Why: "missing"}
	}
	c, err := d.openAlert(a.Alert)
	if c == nil {
		return err
	}
	if len(c.Alert.Words) >= escalation.WordsMost {
		return &gateway.Invalid{Field: "words", Why: "full"}
	}
	d.AddWords(c, words)
	return nil
}

// Note writes something down on an alert, for agents alone. One that was written
// while the alert was open is refused after its end: what it says may be over.
type Note struct {
	Alert gateway.ID
	Text  string
	Open  bool // the page that it was typed on showed the alert as open
}

func (Note) name() string { return "note" }

func (n Note) scope(s *gateway.Scope) { s.Alert = n.Alert }

func (n Note) do(d *Acting) error {
	text, err := clean("note", n.Text, actNote)
	if err != nil {
		return err
	}
	if text == "" {
		return &gateway.Invalid{Field: "note", Why: "missing"}
	}
	c := d.View.Case(n.Alert)
	if c == nil {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Alert = n.Alert
	if n.Open && !c.Alert.Open() {
		d.notOpen(overAlert)
		return nil
	}
	d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "note", d.Actor, text)
	return nil
}

// Describe writes down what was learned of the person. The consulate's page
// shows it where they consented.
type Describe struct {
	Alert gateway.ID
	Edits Edits // the fields of Details, by their names in JSON
}

func (Describe) name() string { return "details" }

func (e Describe) scope(s *gateway.Scope) { s.Alert = e.Alert }

func (e Describe) do(d *Acting) error {
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
		d.outcome(gateway.Unchanged)
		return nil
	}
	c.Alert.Details = x
	d.PutAlert(&c.Alert, "details", d.Actor, "")
	return nil
}

// Reroute changes an alert's place. Another consulate than before is told,
// where the person consented.
type Reroute struct {
	Alert gateway.ID
	Edits Edits // zip
}

func (Reroute) name() string { return "place" }

func (r Reroute) scope(s *gateway.Scope) { s.Alert = r.Alert }

func (r Reroute) says() string { return r.Edits.Fields["zip"].Is }

func (r Reroute) do(d *Acting) error {
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
		d.outcome(gateway.Unchanged)
		return nil
	}
	zip, err := d.zipField(typed)
	if err != nil {
		return err
	}
	d.Reroute(c, d.Person(c), zip) // to the consulate only once somebody has said that it is an alert
	d.PutAlert(&c.Alert, "place", d.Actor, zip)
	return nil
}

// TellConsulate tells the consulate of an alert that went to the family only,
// or of somebody who has no profile and asked for it. Consent is what the
// agent heard: "at the person's request".
type TellConsulate struct {
	Alert   gateway.ID
	Consent bool
}

func (TellConsulate) name() string { return "consulate" }

func (t TellConsulate) scope(s *gateway.Scope) { s.Alert = t.Alert }

func (t TellConsulate) do(d *Acting) error {
	c, err := d.openAlert(t.Alert)
	if c == nil {
		return err
	}
	if c.Alert.Profile.IsZero() {
		if !t.Consent {
			return &gateway.Invalid{Field: "consent", Why: "missing"}
		}
		c.Alert.Consent = gateway.Consent{Given: true, At: d.Now, Channel: "agent", Shown: d.Say(templates.Fallback, "consent-asked", templates.Data{}), Answered: "SI"}
		c.Alert.Advise = true
	}
	p := d.Person(c)
	if !p.ConsularNotice.Given {
		return &gateway.Invalid{Field: "consent", Why: "missing"}
	}
	if c.ToldDesk() {
		d.notOpen(overTold)
		return nil
	}
	d.TellConsulateToo(c, p)
	return nil
}

// Acknowledge confirms for a recipient whom the agent has spoken to.
type Acknowledge struct {
	Alert     gateway.ID
	Recipient gateway.ID
}

func (Acknowledge) name() string { return "acknowledge" }

func (a Acknowledge) scope(s *gateway.Scope) { s.Alert = a.Alert }

func (a Acknowledge) do(d *Acting) error {
	c, err := d.openAlert(a.Alert)
	if c == nil {
		return err
	}
	if d.acknowledgeFor(c, func(r *gateway.Recipient) bool { return r.ID == a.Recipient }) {
		return nil
	}
	d.notOpen(overNobody)
	for i := range c.Recipients {
		if r := &c.Recipients[i]; r.ID == a.Recipient && r.State == gateway.RecipientConfirmed {
			d.notOpen(overKnown)
		}
	}
	return nil
}

// acknowledgeFor confirms for the recipients that are meant and have not done
// so themselves, by the same decision as their own 1.
func (d *Acting) acknowledgeFor(c *gateway.Case, meant func(*gateway.Recipient) bool) bool {
	confirmed := false
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !meant(r) || r.State != gateway.RecipientOwed && r.State != gateway.RecipientGivenUp {
			continue
		}
		told := c.ToldTo(r)
		d.ConfirmOne(&told)
		*r = told.Recipient
		confirmed = true
	}
	return confirmed
}

// SilencePhone marks a phone as seized: no text about the alert goes to it any
// more, nor one about later alerts raised from it. Back undoes it.
type SilencePhone struct {
	Alert gateway.ID
	Phone gateway.Phone // the person's own, or the one that the alert was raised from
	Back  bool
}

func (SilencePhone) name() string { return "silence" }

func (s SilencePhone) scope(scope *gateway.Scope) { scope.Alert, scope.Phone = s.Alert, s.Phone }

func (s SilencePhone) do(d *Acting) error {
	c := d.View.Case(s.Alert)
	p := d.View.Subject
	if c == nil || s.Phone == "" || s.Phone != c.Alert.Phone && (p == nil || p.Phone != s.Phone) {
		return gateway.ErrNotFound
	}
	d.Turn.Answer.Outcome.Alert = s.Alert
	d.Conv = d.View.Conversation
	d.Conv.Phone = s.Phone
	kind := "silenced"
	d.Conv.Silenced = d.Now
	if s.Back {
		kind, d.Conv.Silenced = "unsilenced", time.Time{}
	}
	d.PutConversation()
	for i := range d.View.Cases {
		if other := &d.View.Cases[i]; other.Alert.Open() && other.Alert.Phone == s.Phone {
			other.Alert.Silent = !s.Back || other.Alert.Borrowed
			d.PutAlert(&other.Alert, kind, d.Actor, "")
		}
	}
	if !c.Alert.Open() || c.Alert.Phone != s.Phone {
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, kind, d.Actor, "")
	}
	return nil
}
