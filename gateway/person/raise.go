package person

import (
	"cmp"
	"slices"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// TakeCry ends what a cry waits for, and returns its words; "" where there is
// none.
func (d *Personal) TakeCry() string {
	cry := d.Conv.Cry
	if cry == nil {
		return ""
	}
	if !cry.Timer.IsZero() {
		d.DropID(cry.Timer)
	}
	d.Conv.Cry = nil
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionPanic {
		d.Conv.Question = nil
	}
	return cry.Words
}

// RaiseFromHere raises for whoever the phone stands for. Where that is nobody,
// or more than one, the words are kept and somebody looks.
func (d *Personal) RaiseFromHere(words string) {
	wards := d.AcceptedWards()
	switch {
	case d.View.Own != nil:
		d.Raise(escalation.Raising{Profile: d.View.Own, Words: words})
	case d.Sees().Nobody():
		d.raiseNobody(words)
	case len(wards) == 1:
		d.Raise(escalation.Raising{Profile: wards[0], Words: words, Reporter: wards[0].Contact(d.Conv.Phone)})
	case d.Draft() != nil:
		d.raiseDraft(words)
	default:
		d.RaiseUnknown(words)
	}
}

// Raise adds words to an alert that is young and open, or makes a new one.
func (d *Personal) Raise(r escalation.Raising) {
	if d.Talk == nil && (r.Borrowed || r.Reporter != nil) { // whoever presses keys has a language
		d.Lang = d.Words.Language(r.Profile.Language)
	}
	r.Duress = r.Duress || d.Sees().LooksMoved() && r.Profile.ID == d.View.Own.ID
	open := d.OpenCase(r.Profile.ID)
	if open != nil && gateway.Age(d.Now, open.Alert.At) < gateway.SameAlert {
		d.RaisedID = open.Alert.ID
		d.remember(open.Alert.ID, r)
		if open.Alert.Reporter != "" && open.Alert.Phone != d.Conv.Phone && !open.Alert.Joined {
			open.Alert.Joined = true
			d.PutAlert(&open.Alert, "joined", cmp.Or(d.Actor, "phone"), "")
		}
		open.Alert.Quiet = open.Alert.Quiet || r.Duress
		if open.Alert.Family && !r.Family {
			d.TellConsulateToo(open, r.Profile)
		}
		d.AddWords(open, r.Words)
		if r.Reporter != nil && d.Talk == nil {
			_, confirmed := open.Count()
			d.Answer("again-for", templates.Data{Ref: open.Alert.Ref.String(), Name: gateway.Shown(r.Profile), Confirmed: confirmed, Call: d.Info().Call})
		}
		return
	}
	d.DropExtra(r.Profile)
	r.Often = d.Often(r.Profile.ID, gateway.Alert.Over)
	c := d.NewAlert(r)
	c.Alert.Again = d.Again(r.Profile.ID)
	if open != nil {
		c.Alert.Linked = open.Alert.ID
	}
	d.RaisedID = c.Alert.ID
	d.remember(c.Alert.ID, r)
	receipt := d.lookTold(c, r, d.Notify(c, r))
	if r.Reporter != nil { // who is told whose alert it is, and knows no PIN
		receipt.Name, receipt.PIN = gateway.Shown(r.Profile), false
	}
	d.Follow(&c.Alert)
	actor := cmp.Or(d.Actor, "phone")
	if r.Reporter != nil {
		actor = "contact"
	}
	d.PutAlert(&c.Alert, "raised", actor, r.Words)
	d.BumpProfile(r.Profile, "alert", actor, c.Alert.Ref.String())
	for i := range c.Recipients {
		d.PutRecipient(&c.Recipients[i])
	}
	if r.Duress {
		d.AgentsSeeAlert(&c.Alert, r.Profile.ID, r.Profile.Name)
	}
	d.Answer("received", receipt)
}

// remember lets a phone that is not the person's look at the alert and call it
// off.
func (d *Personal) remember(alert gateway.ID, r escalation.Raising) {
	passing := d.View.OwnStanding != gateway.Registered || r.Profile.Moved.Pending(d.Now) // the phone may soon not be theirs
	if (r.Borrowed || r.Reporter != nil || passing) && !slices.Contains(d.Conv.Raised, alert) {
		d.Conv.Raised = append(slices.Clone(d.Conv.Raised), alert)
		d.Conv.Raised = d.Conv.Raised[max(0, len(d.Conv.Raised)-raisedMost):]
	}
}

// raisedMost is how many alerts a phone that is not their owner's can look at.
const raisedMost = 10
