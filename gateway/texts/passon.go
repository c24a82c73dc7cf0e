package texts

import (
	"slices"

	"aviso/gateway"
	"aviso/templates"
)

// acknowledge is RECIBIDO or SI from somebody who has nothing left to confirm,
// about the alerts of refs where it names any.
func (d *Texting) acknowledge(t *gateway.Text, refs []gateway.Ref) {
	for _, told := range d.View.Told {
		if len(refs) > 0 && !slices.Contains(refs, told.Alert.Ref) {
			continue
		}
		if told.Alert.Open() && told.Recipient.State == gateway.RecipientConfirmed {
			d.Answer("already", templates.Data{Ref: told.Alert.Ref.String(), Vague: told.Recipient.Vague})
			return
		}
	}
	data := d.Info()
	switch {
	case len(refs) > 0 && (len(d.View.Told) > 0 || d.IsDesk()):
		data.Ref = refs[0].String()
		d.Answer("no-such-ref", data)
	case len(d.View.Told) > 0:
		data.Ref = d.View.Told[0].Alert.Ref.String()
		data.Vague = d.View.Told[0].Recipient.Vague
		d.Answer("stale", data)
	default:
		d.unknown(t)
	}
}

// passOn puts somebody's words about an open alert before an agent, and
// answers once. It reports whether there is such an alert.
func (d *Texting) passOn(t *gateway.Text) bool {
	for i := range d.View.Told {
		told := &d.View.Told[i]
		if !told.Alert.Open() || told.Alert.Drill {
			continue
		}
		d.putBeforeAgent(told, t)
		if d.Conv.PassedOn != told.Alert.ID {
			d.Conv.PassedOn = told.Alert.ID
			r := &told.Recipient
			name := "passed-on"
			if r.Kind != gateway.KindContact {
				name = "passed-on-desk"
			}
			d.Answer(name, templates.Data{
				Ref: told.Alert.Ref.String(), Digits: told.Alert.Ref.Digits(), Vague: r.Vague, Call: d.Rules.CallNumber(t.From.Country()),
				Family: r.Family() && r.Accepted, Owed: r.Owed(),
			})
		}
		return true
	}
	return false
}

// unknown answers words that nothing else understands by what fits whoever is
// there. The second one in a row is put before an agent, and after the fourth
// in a day there is silence, so that two robots do not talk for ever. Nothing is
// ever said to what cannot be a person, nor to who wants no texts.
func (d *Texting) unknown(t *gateway.Text) {
	if d.passOn(t) || !t.From.Person() || t.OptOut == "START" || t.OptOut == "HELP" { // to these the carrier has said what there is to say
		return
	}
	if !d.Conv.Stopped.IsZero() {
		d.remindOfStart(t)
		return
	}
	d.Puzzled = true
	d.Conv.Puzzled++
	if d.Conv.Puzzled == gateway.PuzzledTask {
		task := gateway.Task{Kind: gateway.TaskSignal, Phone: t.From, Note: d.Hidden(t.Body)}
		if p := d.View.Own; p != nil {
			task.Profile, task.Name = p.ID, p.Name
		}
		d.PutTask(task)
	}
	if d.mayPuzzle() && !d.askAgain() {
		d.sayWhatFits(t)
	}
}
