package person

import (
	"cmp"
	"slices"

	"aviso/gateway"
	"aviso/templates"
)

// Information is the operator's own text on a topic, else ours.
func (d *Personal) Information(topic string) string {
	if info, ok := d.Words.Information(topic, d.Lang); ok {
		return d.Rules.Programme + ": " + info.Text
	}
	data := d.Info()
	if topic == "shelter" { // who needs it is in Mexico
		data.Call = d.Rules.CallNumber("MX")
	}
	return d.Say(d.Lang, topic, data)
}

// ConsulateOf names the consulate of a ZIP, and the text that does.
func (d *Personal) ConsulateOf(zip string) string {
	data := d.ConsularLine()
	data.ZIP = zip
	c, ok := d.View.Directory.Consulates.Consulate(d.View.Directory.Consulates.Find(zip).ConsulateID())
	if !ok {
		d.Answer("consulate-none", data)
		return d.Last.Name
	}
	data.Consulate = templates.Plain(c.Name)
	if c.Address != "" && (c.Confidence == "high" || c.Confidence == "medium") {
		data.Address = templates.Plain(c.Address + ", " + c.City + " " + c.State)
	}
	d.Answer("consulate", data)
	return d.Last.Name
}

// ConsularLine is the number that a text about a consulate gives: Mexico's
// contact centre for its nationals abroad (CIAM), the only consular number
// that several sources confirm.
func (d *Personal) ConsularLine() templates.Data { return templates.Data{Call: ciam} }

// ciam is the number on which nine public sources of 2025-02 to 2026-02 agree.
// Older ones circulate and are not its own any more.
const ciam = "520-623-7874"

// Status says how many have been told and have confirmed; with the PIN,
// who. Under duress it says the same, and agents see it.
func (d *Personal) Status(reader gateway.Phone) {
	if d.PIN.Result == gateway.PINWrong {
		d.RefusePIN(d.PIN.Profile)
		return
	}
	if c := d.View.KeptOwn(); c != nil && !d.Verified() { // theirs is what they ask for
		d.AddedToOwn(c)
		return
	}
	people := d.View.Callers()
	if p := d.Profile(d.PIN.Profile); p != nil {
		people = []*gateway.Profile{p}
	}
	for _, p := range people {
		c := d.OpenCase(p.ID)
		if c == nil {
			continue
		}
		if d.UnderDuress() && !c.Alert.Quiet {
			d.Quieten(&c.Alert)
		}
		c = d.Sees().Case(c)
		told, confirmed := c.Count()
		data := templates.Data{
			Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed,
			When: d.Clock(c.Alert.At, c.Alert.Zone, c.Alert.Zone, reader, d.Lang),
		}
		if d.UnderDuress() && !c.HasTask(gateway.TaskDuress) {
			d.AgentsSeeAlert(&c.Alert, p.ID, p.Name)
		}
		if d.Verified() {
			data.List = d.whoConfirmed(c)
			d.Answer("status-who", data)
			return
		}
		d.Answer("status", data)
		return
	}
	if c := d.UnknownCase(); c != nil {
		d.AddedToOwn(c)
		return
	}
	for _, told := range d.View.Told {
		if told.Alert.Open() && !told.Alert.Drill {
			d.Answer("status-told", d.Toward(&told.Recipient, d.Profile(told.Alert.Profile), &told.Alert, templates.Data{
				Ref:  told.Alert.Ref.String(),
				When: d.Clock(told.Alert.At, told.Alert.Zone, "", reader, d.Lang),
				Owed: told.Recipient.Owed() && (d.Talk == nil || d.View.Own == nil), // by key 1 of a registered phone raises
			}))
			return
		}
	}
	if d.Talk != nil || !d.CheckInStands() {
		d.Answer("status-none", d.Info())
	}
}

// whoConfirmed lists those who are told, whoever has confirmed first.
func (d *Personal) whoConfirmed(c *gateway.Case) []string {
	var list []string
	recipients := slices.SortedFunc(slices.Values(c.Recipients), func(a, b gateway.Recipient) int {
		return cmp.Or(cmp.Compare(b.Confirmed.UnixMicro(), a.Confirmed.UnixMicro()), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for i := range recipients {
		r := &recipients[i]
		switch {
		case r.State == gateway.RecipientConfirmed:
			list = append(list, d.Say(d.Lang, "who-confirmed", templates.Data{Who: r.Name, When: r.Confirmed.In(d.Zone(c.Alert.Zone)).Format("15:04")}))
		case r.State != gateway.RecipientWithdrawn:
			list = append(list, d.Say(d.Lang, "who-waits", templates.Data{Who: r.Name}))
		}
	}
	return list
}
