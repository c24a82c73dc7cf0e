package texts

import (
	"slices"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// informs are the intents whose answer is information.
var informs = []keyword.Intent{keyword.Rights, keyword.Consulate, keyword.Legal, keyword.Shelter}

// saveAnswer leaves a request for information unanswered over the limit: who
// floods us with them is not to be paid for. Somebody with an open alert gets
// the answer all the same, and HELP is one that carriers require.
func (d *Arranging) saveAnswer(t *gateway.Text) {
	if !d.OverLimit() || !slices.Contains(informs, t.Parsed.Intent) || d.View.Own != nil && d.OpenCase(d.View.Own.ID) != nil {
		return
	}
	d.Turn.Answer.Text = ""
}

// help says what this is and whom to call. AYUDA may also mean "help me", so
// agents see it of people who are registered. answered says that the carrier has
// told what it tells to HELP by itself: the same twice would be paid for twice.
func (d *Arranging) help(answered bool) {
	if p := d.View.Own; p != nil {
		d.PutTask(gateway.Task{Kind: gateway.TaskSignal, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
	if !answered {
		d.Answer("help", d.Info())
	}
}

// answerInformation is what there is to say on a topic.
func (d *Arranging) answerInformation(topic string) { d.Turn.Answer.Text = d.Information(topic) }

// consulateByText names the consulate of a ZIP: the one in the text, else the
// registered one.
func (d *Arranging) consulateByText(t *gateway.Text) {
	if reply, said := t.Consent(); said && d.View.Own != nil {
		if !d.Left() {
			d.changeConsent(t, reply)
		}
		return
	}
	zip, ok := d.View.Directory.Consulates.FirstZIP(t.Parsed.Rest)
	if !ok && digit.Only(t.Parsed.Rest) == "" && d.View.Own != nil {
		zip = d.Sees().Person().ZIP
	}
	if zip == "" {
		parsed, err := d.View.Directory.Consulates.ParseZIP(t.Parsed.Rest)
		if err != nil {
			data := d.ConsularLine()
			data.ZIP = gateway.NoSuchZIP(err, t.Parsed.Rest)
			d.Answer("consulate-ask", data)
			return
		}
		zip = parsed
	}
	d.ConsulateOf(zip)
}
