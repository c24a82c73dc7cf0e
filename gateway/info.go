package gateway

import (
	"cmp"
	"slices"

	"aviso/gateway/digit"
	"aviso/templates"
)

// info is what a text of information needs for whoever is there.
func (d *decision) info() templates.Data {
	return templates.Data{Call: d.Rules.callNumber(d.conv.Phone.Country())}
}

// help says what this is and whom to call. AYUDA may also mean "help me", so
// agents see it of people who are registered.
func (d *arranging) help() {
	if p := d.view.Own; p != nil {
		d.putTask(Task{Kind: TaskSignal, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
	d.answer("help", d.info())
}

// answerInformation is what there is to say on a topic.
func (d *arranging) answerInformation(topic string) { d.turn.Answer.Text = d.information(topic) }

// information is the operator's own text on a topic, else ours.
func (d *personal) information(topic string) string {
	if info, ok := d.Words.Information(topic, d.lang); ok {
		return d.Rules.Programme + ": " + info.Text
	}
	data := d.info()
	if topic == "shelter" { // who needs it is in Mexico
		data.Call = d.Rules.callNumber("MX")
	}
	return d.say(d.lang, topic, data)
}

// consulateByText names the consulate of a ZIP: the one in the text, else the
// registered one.
func (d *arranging) consulateByText(t *Text) {
	if reply, said := t.consent(); said && d.view.Own != nil {
		if !d.left() {
			d.changeConsent(t, reply)
		}
		return
	}
	zip, ok := d.view.Directory.Consulates.FirstZIP(t.parsed.Rest)
	if !ok && digit.Only(t.parsed.Rest) == "" && d.view.Own != nil {
		zip = d.self().ZIP
	}
	if zip == "" {
		parsed, err := d.view.Directory.Consulates.ParseZIP(t.parsed.Rest)
		if err != nil {
			data := d.consularLine()
			data.ZIP = noSuchZIP(err, t.parsed.Rest)
			d.answer("consulate-ask", data)
			return
		}
		zip = parsed
	}
	d.consulateOf(zip)
}

// consulateOf names the consulate of a ZIP, and the text that does.
func (d *personal) consulateOf(zip string) string {
	data := d.consularLine()
	data.ZIP = zip
	c, ok := d.view.Directory.Consulates.Consulate(d.view.Directory.Consulates.Find(zip).ConsulateID())
	if !ok {
		d.answer("consulate-none", data)
		return d.last.name
	}
	data.Consulate = templates.Plain(c.Name)
	if c.Address != "" && (c.Confidence == "high" || c.Confidence == "medium") {
		data.Address = templates.Plain(c.Address + ", " + c.City + " " + c.State)
	}
	d.answer("consulate", data)
	return d.last.name
}

// consularLine is the number that a text about a consulate gives: Mexico's
// contact centre for its nationals abroad (CIAM), the only consular number
// that several sources confirm.
func (d *personal) consularLine() templates.Data { return templates.Data{Call: ciam} }

// ciam is the number on which nine public sources of 2025-02 to 2026-02 agree.
// Older ones circulate and are not its own any more.
const ciam = "520-623-7874"

// statusByText says how many have been told and have confirmed; with the PIN,
// who. Under duress it says the same, and agents see it.
func (d *personal) statusByText(t *Text) {
	if d.view.PIN.Result == PINWrong {
		d.refusePIN(d.view.PIN.Profile)
		return
	}
	if c := d.view.keptOwn(); c != nil && !d.verified() { // theirs is what they ask for
		d.addedToOwn(c)
		return
	}
	people := d.view.callers()
	if p := d.profile(d.view.PIN.Profile); p != nil {
		people = []*Profile{p}
	}
	for _, p := range people {
		c := d.openCase(p.ID)
		if c == nil {
			continue
		}
		if d.view.PIN.Result == PINDuress && !c.Alert.Quiet {
			c.Alert.Quiet = true
			d.putAlert(&c.Alert, "duress", "phone", "")
		}
		c = d.seen(c)
		told, confirmed := c.count()
		data := templates.Data{
			Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed,
			When: d.clock(c.Alert.At, c.Alert.Zone, c.Alert.Zone, t.From, d.lang),
		}
		if d.view.PIN.Result == PINDuress && !c.hasTask(TaskDuress) {
			d.putTask(Task{Kind: TaskDuress, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Name: p.Name})
		}
		if d.verified() {
			data.List = d.whoConfirmed(c)
			d.answer("status-who", data)
			return
		}
		d.answer("status", data)
		return
	}
	if c := d.unknownCase(); c != nil {
		d.addedToOwn(c)
		return
	}
	for _, told := range d.view.Told {
		if told.Alert.Open() && !told.Alert.Drill {
			d.answer("status-told", d.toward(&told.Recipient, d.profile(told.Alert.Profile), &told.Alert, templates.Data{
				Ref:  told.Alert.Ref.String(),
				When: d.clock(told.Alert.At, told.Alert.Zone, "", t.From, d.lang),
				Owed: told.Recipient.owed() && (d.talk == nil || d.view.Own == nil), // by key 1 of a registered phone raises
			}))
			return
		}
	}
	d.answer("status-none", d.info())
}

// whoConfirmed lists those who are told, whoever has confirmed first.
func (d *personal) whoConfirmed(c *Case) []string {
	var list []string
	recipients := slices.SortedFunc(slices.Values(c.Recipients), func(a, b Recipient) int {
		return cmp.Or(cmp.Compare(b.Confirmed.UnixMicro(), a.Confirmed.UnixMicro()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for i := range recipients {
		r := &recipients[i]
		switch {
		case r.State == RecipientConfirmed:
			list = append(list, d.say(d.lang, "who-confirmed", templates.Data{Who: r.Name, When: r.Confirmed.In(d.zone(c.Alert.Zone)).Format("15:04")}))
		case r.State != RecipientWithdrawn:
			list = append(list, d.say(d.lang, "who-waits", templates.Data{Who: r.Name}))
		}
	}
	return list
}
