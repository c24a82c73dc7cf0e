package acts

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// RaiseFor raises an alert for somebody on the line. Without a profile it
// takes a name, a place and whom to ring, and is marked as unverified.
type RaiseFor struct {
	Profile gateway.ID // zero: somebody who is not registered

	Name  string
	Place string // a ZIP in it chooses the consulate
	Words string

	// Ring is whom to tell of somebody who is not registered.
	Ring     gateway.Phone
	RingName string
}

func (RaiseFor) name() string { return "raise" }

func (RaiseFor) raises() {}

func (r RaiseFor) scope(s *gateway.Scope) {
	s.Profile = r.Profile
	if r.Ring != "" {
		s.Invited = []gateway.Phone{r.Ring}
	}
}

func (r RaiseFor) do(d *Acting) error {
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
	p := d.View.Subject
	if p == nil {
		return gateway.ErrNotFound
	}
	known := d.Agent.Knows(p.ID, d.Now)
	before := d.OpenCase(p.ID)
	d.Raise(escalation.Raising{
		Profile: p, Words: words, Unverified: known == nil,
		Duress: known != nil && known.Duress,
	})
	o := &d.Turn.Answer.Outcome
	o.Word, o.Who = gateway.DoneRaised, p.ID
	if len(d.Turn.Alerts) > 0 {
		o.Alert = d.Turn.Alerts[0].ID
	}
	if before != nil && (o.Alert.IsZero() || o.Alert == before.Alert.ID) {
		o.Word, o.Alert = gateway.DoneAdded, before.Alert.ID
	}
	return nil
}

// raiseStranger raises an alert for somebody who is not registered. Whom they
// want told gets the text of a contact who has not been asked, and is rung.
// The consulate is told once an agent has written down that the person wants
// it (TellConsulate).
func (d *Acting) raiseStranger(r RaiseFor, words string) error {
	if r.Name == "" {
		return &gateway.Invalid{Field: "name", Why: "missing"}
	}
	switch {
	case r.Ring == "":
	case d.Rules.NobodysContact(r.Ring):
		return &gateway.Invalid{Field: "ring", Why: "nobodys"}
	case !d.Serves(r.Ring):
		return &gateway.Invalid{Field: "ring", Why: "country"}
	}
	p := &gateway.Profile{Name: templates.Plain(r.Name), Language: templates.Fallback}
	c := d.NewAlert(escalation.Raising{Words: words, Unverified: true})
	c.Alert.Name = p.Name
	d.Follow(&c.Alert)
	d.PutAlert(&c.Alert, "raised", d.Actor, words)
	o := &d.Turn.Answer.Outcome
	o.Word, o.Alert = gateway.DoneRaised, c.Alert.ID
	if r.Ring == "" {
		d.PutTask(gateway.Task{Kind: gateway.TaskNobodyToTell, Urgent: true, Alert: c.Alert.ID, Name: p.Name, Note: words})
		return nil
	}
	name := cmp.Or(templates.Plain(r.RingName), r.Ring.Masked())
	if !d.WantsNone(r.Ring) && d.TextedBy(gateway.TextedNotice, p, r.Ring, gateway.UnansweredWindow) < gateway.UnansweredMost {
		d.NoteTexted(gateway.TextedNotice, p, r.Ring, d.Now)
		contact := gateway.Recipient{
			ID: d.Fresh.ID(), Alert: c.Alert.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed,
			Phone: r.Ring, Name: name, Language: p.Language,
		}
		c.Recipients = append(c.Recipients, contact)
		d.SendNotice(c, &contact, d.ContactNotice(c, p, &contact))
		d.PutRecipient(&contact)
	}
	d.PutTask(gateway.Task{Kind: gateway.TaskRing, Urgent: true, Alert: c.Alert.ID, Phone: r.Ring, Name: name, Note: words})
	return nil
}
