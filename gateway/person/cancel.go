package person

import (
	"strings"

	"aviso/gateway"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/templates"
)

// Cancel ends all open alerts of a person, or under duress lets them look
// ended from this phone. A right PIN, either one, sent again within a day gets
// the same answer. Who was deported is answered with reception on the Mexican
// side.
func (d *Personal) Cancel(p *gateway.Profile, duress bool, reason string) {
	d.Lang = d.Words.Language(p.Language)
	answer, cried := "", d.cancelCry(p, duress)
	for i := range d.View.Cases {
		c := &d.View.Cases[i]
		if c.Alert.Profile != p.ID || !c.Alert.Open() || c.Alert.Drill {
			continue
		}
		shown := d.Sees().Open(&c.Alert)
		if duress && !shown {
			continue
		}
		told := d.Sees().Case(c).ToldCount()
		if duress {
			d.LookEnded(c, p, d.Conv.Phone)
		} else {
			d.End(c, gateway.AlertCancelled, reason, "phone", func(r *gateway.Recipient) string { return d.EndText(c, p, r, reason) })
		}
		if shown && answer == "" {
			d.Last = decision.Said{Name: "cancelled", Data: templates.Data{Ref: c.Alert.Ref.String(), Told: told}}
			answer = d.Say(d.Lang, d.Last.Name, d.Last.Data)
			if reason == "deported" {
				answer = d.Say(d.Lang, "cancelled-deported", d.Last.Data) + " " + strings.TrimPrefix(d.Information("shelter"), d.Rules.Programme+": ")
			}
		}
	}
	if answer == "" && cried {
		d.Last = decision.Said{Name: "panic-no", Data: d.Info()}
		answer = d.Say(d.Lang, d.Last.Name, d.Last.Data)
	}
	switch {
	case answer != "":
		d.Conv.LastEnd = &gateway.Said{At: d.Now, Text: answer, Profile: p.ID, Ref: d.Last.Data.Ref, Told: d.Last.Data.Told}
	case d.EndedLately(p.ID):
		answer = d.Conv.LastEnd.Text
		d.Last = decision.Said{Name: "cancelled", Data: templates.Data{Ref: d.Conv.LastEnd.Ref, Told: d.Conv.LastEnd.Told}}
	default:
		d.Last = decision.Said{Name: "none-open", Data: d.Info()}
		answer = d.Say(d.Lang, d.Last.Name, d.Last.Data)
	}
	d.Turn.Answer.Text = answer
}

// cancelCry takes back a cry that was asked about, and reports whether there was
// one. Under duress it is raised, and this phone is not shown it.
func (d *Personal) cancelCry(p *gateway.Profile, duress bool) bool {
	if d.Conv.Cry == nil || d.View.Own == nil || d.View.Own.ID != p.ID {
		return false
	}
	task := d.Conv.Cry.Task
	words := d.TakeCry()
	if known := d.View.CryTask; !duress && known != nil && known.ID == task && known.State == gateway.TaskOpen {
		known.State = gateway.TaskDone // the PIN says that it was none
		d.PutTask(*known)
	}
	if duress {
		d.RaiseBehind(escalation.Raising{Profile: p, Words: words, Family: true}, d.Conv.Phone)
	}
	return true
}

// EndedLately reports whether this phone was told within a day that an alert
// of the person is over.
func (d *Personal) EndedLately(profile gateway.ID) bool {
	last := d.Conv.LastEnd
	return last != nil && last.Profile == profile && gateway.Age(d.Now, last.At) < gateway.SameAnswer
}
