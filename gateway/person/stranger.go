package person

import (
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/ivr"
	"aviso/templates"
)

// AskWho asks whose alert it is that was kept, for an hour from now. What was
// said of it so far is remembered, and words that may go on to the family.
func (d *Personal) AskWho(t *gateway.Text, words string) {
	if !t.From.Person() {
		return
	}
	args := map[string]string{}
	var who gateway.Identity
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionWho {
		args, who = q.Clone().Args, q.Identity()
	}
	delete(args, "said") // an agent has it now
	args["words"] = gateway.Clip(gateway.Joined(args["words"], words), gateway.WordsLength)
	d.AskIdentity(gateway.QuestionWho, who.With(t.Identity()), args)
}

// AskIdentity opens a question for number and PIN, of which some may be known.
func (d *Personal) AskIdentity(kind string, who gateway.Identity, args map[string]string) {
	args["pins"] = strings.Join(who.Pins, " ")
	for _, digits := range who.Pins {
		if d.IsZIP(digits) { // it may be that: the PIN will show
			args["zip"] = digits
		}
	}
	phones := make([]string, len(who.Phones))
	for i, p := range who.Phones {
		phones[i] = string(p)
	}
	codes := make([]string, len(who.Codes))
	for i, c := range who.Codes {
		codes[i] = string(c)
	}
	args["phones"], args["codes"] = strings.Join(phones, " "), strings.Join(codes, " ")
	timed := args["timed"] != ""
	if len(who.Pins) > 0 {
		args["timed"] = "yes"
	}
	d.Ask(kind, args)
	if len(who.Pins) > 0 && !timed {
		d.ForgetWho()
	}
}

// ForgetWho sets the timer by which what was said is forgotten, if the question
// is not asked again.
func (d *Personal) ForgetWho() {
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerWho, Phone: d.Conv.Phone, Due: d.Conv.Question.At.Add(gateway.WhoOpen)})
}

// Identified closes an alert without a profile: from now on it is raised for whoever
// it is.
func (d *Personal) Identified(c *gateway.Case) {
	for _, task := range c.Tasks {
		task.State = gateway.TaskDone
		d.PutTask(task)
	}
	c.Alert.State, c.Alert.Ended, c.Alert.Reason = gateway.AlertClosed, d.Now, "identified"
	d.PutAlert(&c.Alert, "identified", "phone", "")
	d.Conv.Raised = slices.DeleteFunc(slices.Clone(d.Conv.Raised), func(id gateway.ID) bool { return id == c.Alert.ID })
}

// strangersMost is how many alerts are kept open of one phone that nobody knows,
// by USSD: a borrowed phone may cry for several people. What it says beyond that
// goes to one of these.
const strangersMost = 3

// keepsAnother reports whether what an unknown phone says by keys has an alert of its
// own; where not, it belongs to one that is open already.
func (d *Personal) keepsAnother() bool {
	if d.Talk == nil || d.Talk.Medium != ivr.USSD {
		return true
	}
	open := 0
	for _, id := range d.Conv.Raised {
		if c := d.View.Case(id); c != nil && c.Alert.Open() && c.Alert.Profile.IsZero() {
			open++
		}
	}
	return open < strangersMost
}

// RaiseFromPhone raises for whoever a phone that is not the person's stands for.
// Where that is nobody, or more than one, the words are kept for somebody to look
// at, as note, with the numbers in them that may say who it is.
func (d *Personal) RaiseFromPhone(t *gateway.Text, words, note string) {
	_, own := t.Own().ForMe()
	switch {
	case d.Sees().Nobody():
		d.raiseNobody(words)
		d.AskWho(t, "")
	case own && len(d.AcceptedWards()) > 0:
		d.RaiseForThemselves(words, note)
	case len(d.AcceptedWards()) != 1 && d.Draft() == nil:
		d.KeepUnknown(t, words, note)
	default:
		d.RaiseFromHere(words)
	}
}

// KeepUnknown keeps what a phone says that is nobody's, and asks whose alert it
// is. Who is registering has said so.
func (d *Personal) KeepUnknown(t *gateway.Text, words, note string) {
	if q := d.Conv.Question; q != nil && q.Kind == gateway.QuestionWho && gateway.Age(d.Now, q.At) < gateway.WhoOpen { // the number that came before
		note = gateway.Joined(q.Args["said"], note)
	}
	if !d.RaiseUnknown(note) {
		words = ""
	}
	switch q := d.Conv.Question; {
	case d.Draft() != nil:
	case len(d.AcceptedWards()) == 0:
		d.AskWho(t, words)
	case q != nil && q.Kind == gateway.QuestionWhom && q.At.Equal(d.Now):
		q.Args["words"] = words // which go on to the family
	}
}

// RaiseUnknown keeps the words of a phone that nobody knows as an alert
// without a profile and an urgent task, and says how to go on. Repeats add
// words to the same one.
func (d *Personal) RaiseUnknown(words string) (kept bool) {
	for _, id := range d.Conv.Raised {
		c := d.View.Case(id)
		if c == nil || !c.Alert.Open() || !c.Alert.Profile.IsZero() {
			continue
		}
		if d.Talk != nil && id != d.Talk.Session.Alert && d.keepsAnother() {
			continue // the next call from a phone that many use is somebody else's
		}
		d.RaisedID = id
		if kept = len(c.Alert.Words) < escalation.WordsMost && words != ""; kept {
			c.Alert.Words = append(slices.Clone(c.Alert.Words), gateway.Words{At: d.Now, Text: words})
			d.PutAlert(&c.Alert, "words", "phone", words)
			for _, task := range c.Tasks {
				if task.Kind == gateway.TaskUnknownPhone {
					task.Note = strings.TrimSpace(task.Note + "\n" + words)
					d.PutTask(task)
				}
			}
		}
		if d.Talk == nil && d.AskedWhom() {
			d.Answer("whom", templates.Data{List: d.OrMe(gateway.Numbered(d.AcceptedWards())), Call: d.Info().Call})
			return kept
		}
		d.AddedToOwn(c)
		return kept
	}
	c := d.keepAlert(words, "")
	if wards := gateway.Numbered(d.AcceptedWards()); len(wards) > 0 {
		if d.Talk == nil { // by key it is asked otherwise
			d.Ask(gateway.QuestionWhom, map[string]string{"words": words})
		}
		d.Answer("whom", templates.Data{List: d.OrMe(wards), Call: d.Info().Call})
		return true
	}
	d.Answer("unknown-phone", templates.Data{Ref: c.Alert.Ref.String()})
	return true
}

// keepAlert makes an alert without a profile of a phone's words, with its urgent
// task, of which note says more.
func (d *Personal) keepAlert(words, note string) *gateway.Case {
	c := d.NewAlert(escalation.Raising{Profile: d.Draft(), Words: words}) // who is registering has given a name
	c.Alert.Unverified = true
	d.RaisedID = c.Alert.ID
	d.Follow(&c.Alert)
	d.PutAlert(&c.Alert, "raised", "phone", words)
	task := gateway.Task{Kind: gateway.TaskUnknownPhone, Urgent: true, Alert: c.Alert.ID, Phone: d.Conv.Phone, Name: c.Alert.Name, Note: words}
	if wards := gateway.Numbered(d.AcceptedWards()); len(wards) > 0 {
		task.Note += "\ncontact of: " + strings.Join(wards, ", ")
	}
	task.Note = strings.TrimSpace(task.Note + note)
	d.PutTask(task)
	d.Conv.Raised = append(slices.Clone(d.Conv.Raised), c.Alert.ID)
	d.Conv.Raised = d.Conv.Raised[max(0, len(d.Conv.Raised)-raisedMost):]
	return c
}

// raiseDraft is ALERTA in the middle of a registration: it is raised with what
// is known, and the registration goes on.
func (d *Personal) raiseDraft(words string) {
	q := d.Conv.Question.Clone()
	draft := *q.Draft
	p := &draft
	if len(p.Contacts) == 0 {
		d.RaiseUnknown(words)
		return
	}
	p.ID = d.Fresh.ID()
	if p.Code == "" {
		p.Code = d.Fresh.Code()
	}
	p.Registered = d.Now
	d.PutProfile(p, "registered", "phone", "sms, unfinished")
	d.Raise(escalation.Raising{Profile: p, Words: words})
}
