package calls

import (
	"cmp"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

// keyInput is a step's input with what is known about the phone.
func (d *Keying) keyInput(e *gateway.Dialogue, keys, language string) ivr.Input {
	in := keyInput(d.Rules, e, d.View, keys)
	in.Language = language
	return in
}

func keyInput(rules *gateway.Rules, e *gateway.Dialogue, view *gateway.View, keys string) ivr.Input {
	in := ivr.Input{Keys: keys, Rung: e.Rung, Gone: e.Gone}
	_, in.Custody = rules.Custody[gateway.Phone(e.To)]
	if view.KeySession.Accepted && (e.Rung != ivr.RungNot || e.Gone) {
		in.Rung = ivr.RungAccepted
	}
	people := view.KeyCallers()
	for _, p := range people {
		in.Caller = in.Caller || p.PIN.Set()
	}
	in.NoPIN = len(people) > 0 && !in.Caller
	in.Known = view.Own != nil || !view.KeySession.Profile.IsZero()
	for i := range view.Wards {
		if c := view.Wards[i].Contact(e.From); c != nil && c.Standing == gateway.StandingAccepted {
			in.Known = true
		}
	}
	return in
}

// callerLanguage is the language of whoever is there: what they chose by key,
// else that of who they proved to be, else of their phone.
func (d *Keying) callerLanguage() string {
	if chosen := d.Talk.Session.State.Language; chosen != "" {
		return chosen
	}
	if !d.Talk.Session.Profile.IsZero() {
		if p := d.Profile(d.Talk.Session.Profile); p != nil && p.Language != "" {
			return p.Language
		}
	}
	return cmp.Or(d.PhoneLanguage(), templates.Fallback)
}

// tongue is the language of a state: the one that was chosen, else the
// caller's.
func (d *Keying) tongue(s ivr.State) string { return cmp.Or(s.Language, d.Talk.Language) }

// speak renders lines, with the data of what was decided last. A question that
// is asked again has only what is kept.
func (d *Keying) speak(s ivr.State, lines []ivr.Line) {
	for _, l := range lines {
		language := d.Words.Language(d.tongue(s))
		if l.Other {
			language = ivr.Other(language)
		}
		d.Talk.Lines = append(d.Talk.Lines, d.Line(language, l.Name, d.asked(l.Name)))
	}
}

// asked is the data of a phrase: a question's own, else of what was decided
// last.
func (d *Keying) asked(name string) templates.Data {
	data := d.Last.Data
	q := d.Conv.Question
	switch {
	case name == "whom":
		data.List = gateway.Choices(d.AcceptedWards())
	case d.Draft() == nil:
	case name == "register-country":
		data = d.CountryData(q)
	case name == "register-more" && len(q.Draft.Contacts) > 0:
		data.Who = d.ReadBack(&q.Draft.Contacts[len(q.Draft.Contacts)-1])
	}
	return data
}

func (d *Keying) putKeySession() { d.Turn.KeySessions = append(d.Turn.KeySessions, d.Talk.Session) }

// putKeyConversation keeps what the step did on behalf of the phone. Of those
// who withhold their number only wrong PINs are counted.
func (d *Keying) putKeyConversation() {
	if d.Talk.From == gateway.Anonymous {
		d.Conv.Raised, d.Conv.LastEnd, d.Conv.Question = nil, nil, nil
	}
	d.PutConversation()
}

// raisedAlert remembers the alert that this step raised, kept, or found open.
func (d *Keying) raisedAlert() {
	t := d.Talk
	for i := range d.Turn.Alerts {
		if a := &d.Turn.Alerts[i]; a.Open() {
			t.Session.Alert = a.ID
		}
	}
	if len(d.Turn.Alerts) > 0 {
		return
	}
	for i := range d.View.Cases {
		if a := &d.View.Cases[i].Alert; a.Open() && a.Ref.String() == d.Last.Data.Ref {
			t.Session.Alert = a.ID
		}
	}
}

// toldNow is how many are being told of what this step raised.
func (d *Keying) toldNow() int {
	n := 0
	for i := range d.Turn.Attempts {
		if a := &d.Turn.Attempts[i]; a.Purpose == gateway.PurposeNotice && a.Seq == 0 && a.State != gateway.AttemptHeld {
			n++
		}
	}
	return n
}
