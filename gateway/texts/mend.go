package texts

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/prose"
	"aviso/templates"
)

// mendRegistration puts right what a registration holds already, reads it back,
// and goes on with the step that it has come to. What is wrong without that the
// right value is said is asked for again.
func (d *Arranging) mendRegistration(t *gateway.Text, q *gateway.Question, m gateway.Mend) {
	data := d.Info()
	switch {
	case m.Of == gateway.StepName && m.Name != "":
		q.Draft.Name = m.Name
		data.Who = d.Say(d.Lang, "mended-name", templates.Data{Name: m.Name})
	case m.Of == gateway.StepZIP && m.ZIP != "":
		q.Draft.ZIP = m.ZIP
		data.Who = d.Say(d.Lang, "mended-zip", templates.Data{ZIP: m.ZIP})
	case m.Of == gateway.StepPIN && d.PIN.New.Set():
		q.Draft.PIN, data.PIN = d.PIN.New, true
		data.Who = d.Say(d.Lang, "mended-pin", templates.Data{})
	case m.Of == gateway.StepPIN && d.PIN.Easy:
		d.stepBack(q, m.Of)
		d.askAs(q, "easy-pin", data)
		return
	case m.Of != gateway.StepContact:
		d.stepBack(q, m.Of)
		d.AskStep(q)
		return
	case q.Args["step"] == gateway.StepCountry:
		d.mendAsked(t, q, m)
		return
	case m.At < 0 || m.At >= len(q.Draft.Contacts):
		for i := range q.Draft.Contacts {
			data.List = append(data.List, q.Draft.Contacts[i].Called())
		}
		d.missed(t, q, "mend-whom", data)
		return
	case m.Drop:
		data.Refused = []string{d.ReadBack(&q.Draft.Contacts[m.At])}
		q.Draft.Contacts = slices.Delete(slices.Clone(q.Draft.Contacts), m.At, m.At+1)
	case len(m.Contacts) > 0:
		d.replaceContact(t, q, m)
		return
	default:
		c := &q.Draft.Contacts[m.At]
		c.Name = gateway.Clip(m.Name, gateway.ContactNameLongest)
		data.Who = d.ReadBack(c)
	}
	d.askMended(q, data)
}

// stepBack goes back to a step whose answer was wrong, and remembers from where.
func (d *Arranging) stepBack(q *gateway.Question, step string) {
	from := q.Args["step"]
	q.GoTo(step)
	q.Args["back"] = from
}

// onward is the step behind one that was answered: the one from which somebody
// came back to it, else the next.
func onward(q *gateway.Question, next string) {
	q.GoTo(cmp.Or(q.Args["back"], next))
}

// askMended asks the step's question behind what was put right. Nobody is left
// to tell where the only contact was taken off behind the step for it.
func (d *Arranging) askMended(q *gateway.Question, data templates.Data) {
	step := q.Args["step"]
	if len(q.Draft.Contacts) == 0 && step == gateway.StepPIN {
		step = gateway.StepContact
		q.GoTo(step)
	}
	q.At, d.Conv.Asked = d.Now, d.Now
	data.Owed = len(q.Draft.Contacts) > 0
	d.askAs(q, "mended-ask-"+step, data)
}

// replaceContact puts another number in the place of a contact's. The name stays
// where none is said with it.
func (d *Arranging) replaceContact(t *gateway.Text, q *gateway.Question, m gateway.Mend) {
	step, old, was := q.Args["step"], q.Draft.Contacts[m.At], slices.Clone(q.Draft.Contacts)
	c := m.Contacts[0]
	if old.Name != "" && (c.Name == "" || gateway.SharesName(old.Name, t.Body)) {
		c.Name = old.Name
	}
	q.Draft.Contacts = slices.Delete(slices.Clone(was), m.At, m.At+1)
	n := d.NameContacts(q.Draft, []gateway.NamedContact{c})
	if len(n.Added)+len(n.Asked) == 0 {
		q.Draft.Contacts = was
		d.missed(t, q, n.Reason, d.Info())
		return
	}
	if len(n.Asked) > 0 || step == gateway.StepContact {
		d.namedInRegistration(t, q, n)
		return
	}
	data := d.Info()
	data.Who = d.ReadBack(&n.Added[0])
	d.askMended(q, data)
}

// mendAsked puts right the contact whose country is being asked: another number
// in its place, or none.
func (d *Arranging) mendAsked(t *gateway.Text, q *gateway.Question, m gateway.Mend) {
	n := q.Resumed(q.Draft)
	if len(n.Asked) == 0 {
		q.GoTo(gateway.StepContact)
		d.AskStep(q)
		return
	}
	old := n.Asked[0]
	if m.Drop && m.At >= 0 && old.Name != "" && gateway.IndexCalled(q.Draft, t.Body) == m.At && !gateway.SharesName(old.Name, t.Body) { // one that was noted before
		who := q.Draft.Contacts[m.At]
		n.Added = slices.DeleteFunc(n.Added, func(c gateway.Contact) bool { return c.ID == who.ID })
		q.Draft.Contacts = slices.Delete(slices.Clone(q.Draft.Contacts), m.At, m.At+1)
		q.Args = n.Args(map[string]string{"step": gateway.StepCountry})
		data := d.CountryData(q)
		data.Refused = []string{d.ReadBack(&who)}
		d.askAs(q, "mended-ask-country", data)
		return
	}
	n.Asked = n.Asked[1:]
	if m.Drop || len(m.Contacts) == 0 && m.Name == "" {
		data := d.Info()
		data.Refused = []string{strings.TrimSpace(old.Name + " " + old.Written)}
		if len(n.Asked) > 0 {
			q.Args = n.Args(map[string]string{"step": gateway.StepCountry})
			country := d.CountryData(q)
			country.Refused = data.Refused
			d.askAs(q, "mended-ask-country", country)
			return
		}
		q.GoTo(gateway.StepContact)
		d.askMended(q, data)
		return
	}
	if len(m.Contacts) == 0 { // the name alone
		old.Name = gateway.Clip(m.Name, gateway.ContactNameLongest)
		n.Asked = append([]gateway.NamedContact{old}, n.Asked...)
		d.namedInRegistration(t, q, n)
		return
	}
	c := m.Contacts[0]
	c.Name = cmp.Or(c.Name, old.Name)
	more := d.NameContacts(q.Draft, []gateway.NamedContact{c})
	more.Added, more.Asked, more.Refused = append(n.Added, more.Added...), append(more.Asked, n.Asked...), append(n.Refused, more.Refused...)
	d.namedInRegistration(t, q, more)
}

// namesOnly takes a text that says who somebody is without a number: whose the
// number is that came before, else whose the next one will be. It reports whether
// it was that.
func (d *Arranging) namesOnly(t *gateway.Text, q *gateway.Question) bool {
	name, sure := prose.Naming(t.Body)
	if name == "" || !d.Rules.Names(name) {
		return false
	}
	name = gateway.Clip(name, gateway.ContactNameLongest)
	if q.Args["step"] == gateway.StepCountry {
		n := q.Resumed(q.Draft)
		if len(n.Asked) == 0 || n.Asked[0].Name != "" {
			return false
		}
		n.Asked[0].Name = name
		d.namedInRegistration(t, q, n)
		return true
	}
	data := d.Info()
	if last := len(q.Draft.Contacts) - 1; last >= 0 && q.Draft.Contacts[last].Name == "" && q.Args["called"] == "" {
		c := &q.Draft.Contacts[last]
		c.Name = name
		data.Who = d.ReadBack(c)
		q.At, d.Conv.Asked = d.Now, d.Now
		d.askAs(q, "ask-next-contact", data)
		return true
	}
	if !sure {
		return false
	}
	q.Args["called"], data.Who = name, name
	d.missed(t, q, "ask-number-of", data)
	return true
}

// withName are contacts of a text; one without a name is whoever was named before.
func withName(list []gateway.NamedContact, q *gateway.Question) []gateway.NamedContact {
	if name := q.Args["called"]; name != "" && len(list) == 1 && list[0].Name == "" {
		return []gateway.NamedContact{{Written: list[0].Written, Name: name}}
	}
	return list
}
