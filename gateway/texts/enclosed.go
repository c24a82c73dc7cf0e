package texts

import (
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
	"aviso/gateway/escalation"
)

// enclosedNames are what can come with a text, in the language of a text of ours.
func (d *Texting) enclosedNames(t *gateway.Text, language string) (names []string) {
	e := t.Enclosed
	for _, kind := range []struct {
		name string
		n    int
	}{{"picture", e.Pictures}, {"voice", e.Voices}, {"video", e.Videos}, {"file", e.Files}} {
		data := d.Info()
		data.Told = kind.n
		if kind.n > 0 {
			names = append(names, strconv.Itoa(kind.n)+" "+d.Say(language, "enclosed-"+kind.name, data))
		}
	}
	return names
}

// withEnclosed adds what came with a text to words that are kept or passed on.
func (d *Texting) withEnclosed(t *gateway.Text, words string) string {
	if !t.Enclosed.Any() {
		return words
	}
	data := d.Info()
	data.List = d.enclosedNames(t, d.Lang)
	return strings.TrimSpace(words + " " + d.Say(d.Lang, "enclosed-note", data))
}

// onlyEnclosed takes a picture or a voice message without a word. Nobody here sees or
// hears it, so that it can neither raise nor confirm anything: who sent it is told so,
// and whoever reads the words of an open alert of theirs, that one came. It reports
// whether a text is one.
func (d *Texting) onlyEnclosed(t *gateway.Text) bool {
	if !t.Enclosed.Any() || strings.TrimSpace(t.Body) != "" {
		return false
	}
	data := d.Info()
	data.List = d.enclosedNames(t, d.Lang)
	if _, c := d.caseHere(); c != nil {
		d.PassEnclosed(c, d.withEnclosed(t, ""))
		data.Ref = c.Alert.Ref.String()
		d.Answer("enclosed-open", data)
		return true
	}
	if c := d.unnamedCase(); c != nil {
		if len(c.Alert.Words) < escalation.WordsMost {
			note := d.withEnclosed(t, "")
			c.Alert.Words = append(slices.Clone(c.Alert.Words), gateway.Words{At: d.Now, Text: note})
			d.PutAlert(&c.Alert, "words", "phone", note)
		}
		data.Ref = c.Alert.Ref.String()
		d.Answer("enclosed-open", data)
		return true
	}
	for i := range d.View.Told {
		told := &d.View.Told[i]
		if !told.Alert.Open() || told.Alert.Drill {
			continue
		}
		d.PutTask(gateway.Task{Kind: gateway.TaskAnswer, Alert: told.Alert.ID, Profile: told.Alert.Profile,
			Phone: t.From, Name: told.Recipient.Name, Note: d.withEnclosed(t, "")})
		data.Owed = told.Recipient.Owed()
		if d.mayPuzzle() {
			d.Answer("enclosed-told", data)
		}
		return true
	}
	if t.From.Person() && d.Conv.Stopped.IsZero() && d.mayPuzzle() {
		d.Answer("enclosed-idle", data)
	}
	return true
}

// sayEnclosed tells whoever wrote about an open alert that what came with the words
// is seen by nobody: the words themselves were answered.
func (d *Texting) sayEnclosed(t *gateway.Text) {
	// Beside a PIN nothing is said: it may have ended the alert, or seem to have.
	if !t.Enclosed.Any() || d.Turn.Answer.Text == "" || !d.Conv.Stopped.IsZero() || d.PIN.Result != gateway.PINUntried {
		return
	}
	a := d.openHere()
	if a == nil {
		return
	}
	data := d.Info()
	data.List, data.Ref = d.enclosedNames(t, d.Lang), a.Ref.String()
	d.Send(gateway.Attempt{Alert: a.ID, Lane: gateway.LaneAnswer, Purpose: gateway.PurposeInfo, To: t.From, Prefer: d.Conv.Sender, Text: d.Say(d.Lang, "enclosed-open", data)})
}

// openHere is the alert that a text was about, as it is after it: of this phone's
// person, or kept without one.
func (d *Texting) openHere() *gateway.Alert {
	for i := range d.Turn.Alerts {
		if a := &d.Turn.Alerts[i]; !a.Drill && a.Phone == d.Conv.Phone && d.Sees().Open(a) {
			return a
		}
	}
	if len(d.Turn.Alerts) > 0 {
		return nil
	}
	if _, c := d.caseHere(); c != nil {
		return &c.Alert
	}
	if c := d.unnamedCase(); c != nil {
		return &c.Alert
	}
	return nil
}

// unnamedCase is an alert without a profile that was kept of this phone.
func (d *Texting) unnamedCase() *gateway.Case {
	if c := d.View.KeptOwn(); c != nil {
		return c
	}
	return d.UnknownCase()
}
