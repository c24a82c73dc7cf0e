package escalation

import (
	"cmp"

	"aviso/gateway"
	"aviso/templates"
)

// AddWords passes words on to everybody who may read them. Nobody is told the
// alert twice.
func (d *Cases) AddWords(c *gateway.Case, words string) {
	told, confirmed := d.Sees().Case(c).Count()
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed, Call: d.Rules.CallNumber(""), Advise: c.Alert.Advise,
	}
	if words == "" {
		d.Answer("again", data)
		return
	}
	if len(c.Alert.Words) >= WordsMost {
		d.Answer("again", data)
		return
	}
	p := d.keepWords(c, words, &data)
	data.Told = d.readers(c)
	name := "more"
	if d.Agent == nil && !d.Verified() {
		name = "words" // whoever holds the phone can write
	}
	d.tellWords(c, p, name, words)
	d.PutAlert(&c.Alert, "words", cmp.Or(d.Actor, "phone"), words)
	d.Answer("added", data)
}

// WordsMost bounds the texts that one alert passes on: a stuck phone must not
// text a family all night.
const WordsMost = 20

// Reroute tells the consulate of another place, where the person consented.
func (d *Cases) Reroute(c *gateway.Case, p *gateway.Profile, zip string) {
	finding := d.View.Directory.Consulates.Find(zip)
	before := c.Alert.Consulate
	c.Alert.ZIP, c.Alert.Certain, c.Alert.District = zip, finding.Certain, finding.ConsulateID()
	if finding.TimeZone != "" {
		c.Alert.Zone = finding.TimeZone
	}
	if !p.ConsularNotice.Given || c.Alert.Family || finding.ConsulateID() == before {
		return
	}
	c.Alert.Consulate = finding.ConsulateID()
	d.notifyLater(c, p)
}

// SayPlace puts a ZIP into an answer, with its state and the city of its consulate.
func (d *Cases) SayPlace(answer *templates.Data, zip string) {
	finding := d.View.Directory.Consulates.Find(zip)
	answer.ZIP, answer.State, answer.Consulate = zip, finding.State, d.City(finding.ConsulateID())
}

// TellConsulateToo widens an alert that went to the family only, now that the
// person has said that it is one.
func (d *Cases) TellConsulateToo(c *gateway.Case, p *gateway.Profile) {
	c.Alert.Family = false
	if p.ConsularNotice.Given {
		c.Alert.Consulate = d.View.Directory.Consulates.Find(c.Alert.ZIP).ConsulateID()
		d.notifyLater(c, p)
	}
	d.PutAlert(&c.Alert, "widened", cmp.Or(d.Actor, "phone"), "")
}
