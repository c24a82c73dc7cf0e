package texts

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// ownData shows or changes what is kept of a person, with the PIN. Without it,
// it is asked for, once, and nothing is shown or changed. All but DATOS wait
// until no alert is open.
func (d *Arranging) ownData(t *gateway.Text) {
	p := d.View.Own
	if p == nil {
		d.Answer("not-registered", d.Info())
		return
	}
	if t.Parsed.Intent == keyword.Name && t.WithoutPIN() == "" {
		d.Answer("name-how", d.Info())
		return
	}
	if d.Left() || !d.proven(t, p) {
		return
	}
	p = d.Sees().Person()
	if t.Parsed.Intent == keyword.Data {
		d.showData(p)
		return
	}
	if d.OpenCase(p.ID) != nil || t.Parsed.Intent == keyword.Erase && !d.AsDecoy && d.AnyCase(p.ID) != nil {
		d.Answer("wait-open", d.Info())
		return
	}
	d.DropExtra(d.View.Own) // whichever PIN it was: what is asked next would tell
	switch t.Parsed.Intent {
	case keyword.Name:
		d.changeName(t, p)
	case keyword.ZIP:
		d.changeZIP(t, p)
	case keyword.Add:
		d.add(t, p)
	case keyword.Remove:
		d.remove(t, p)
	case keyword.Erase:
		if d.Sees().MovedLately(d.Now) { // whoever moved them here must not take away what can be put back
			d.Answer("erase-later", d.Info())
			return
		}
		d.Ask(gateway.QuestionErase, nil)
		d.Answer("ask-erase", d.Info())
	}
}

// showData lists what is kept, numbers by their last four digits.
func (d *Arranging) showData(p *gateway.Profile) {
	data := d.Info()
	data.Name, data.ZIP, data.Code = p.Name, cmp.Or(p.ZIP, "-"), string(p.Code)
	data.Language = cmp.Or(d.foreign(p.Language), d.Say(d.Lang, "language-"+d.Words.Language(p.Language), templates.Data{}))
	for i := range p.Contacts {
		c := &p.Contacts[i]
		state := "contact-waits"
		switch c.Standing {
		case gateway.StandingAccepted:
			state = "contact-ready"
		case gateway.StandingRefused, gateway.StandingWrong:
			state = "contact-no"
		}
		data.List = append(data.List, strings.TrimSpace(c.Name+" ..."+gateway.LastFour(c.Phone))+" "+d.Say(d.Lang, state, templates.Data{}))
	}
	data.Advise = p.ConsularNotice.Given
	d.Answer("data", data)
}

// readZIP reads a ZIP that somebody writes. What is none, or does not exist, is
// answered.
func (d *Arranging) readZIP(words string) (zip string, ok bool) {
	zip, err := d.View.Directory.Consulates.ParseZIP(words)
	if err != nil {
		data := d.Info()
		data.ZIP = gateway.NoSuchZIP(err, words)
		d.Answer("again-zip", data)
	}
	return zip, err == nil
}

// unnamed is a text as it is read where NOMBRE is no command: a relative asks
// "nombre de quien?".
func (d *Arranging) unnamed(t *gateway.Text) *gateway.Text {
	if t.Parsed.Intent != keyword.Name || d.View.Own != nil || d.isForStep(t) {
		return t
	}
	words := *t
	words.Parsed = keyword.Parsed{Intent: keyword.Unknown, Rest: t.Body}
	return &words
}

// changeName is NOMBRE name PIN. It is read as in a registration.
func (d *Arranging) changeName(t *gateway.Text, p *gateway.Profile) {
	name := prose.Name(t.WithoutPIN())
	if name == "" || !d.Rules.Names(name) {
		d.Answer("name-how", d.Info())
		return
	}
	p.Name = name
	d.KeepSelf(p, "name")
	data := d.Info()
	data.Name, data.Who = name, gateway.Shown(p)
	d.Answer("name-changed", data)
}

func (d *Arranging) changeZIP(t *gateway.Text, p *gateway.Profile) {
	d.takeZIP(p, t.WithoutPIN())
}

// takeZIP changes the ZIP to what somebody wrote. Where that is none it is asked
// for, and the PIN that was given holds for the answer.
func (d *Arranging) takeZIP(p *gateway.Profile, words string) {
	zip, ok := d.readZIP(words)
	if !ok {
		d.Ask(gateway.QuestionZIP, nil)
		return
	}
	p.ZIP = zip
	d.KeepSelf(p, "zip")
	data := d.Info()
	d.SayPlace(&data, zip)
	d.Answer("zip-changed", data)
}

// answerOwnZIP takes a text that is a ZIP and nothing else.
func (d *Arranging) answerOwnZIP(t *gateway.Text, q *gateway.Question) bool {
	own, zips := d.View.Own, t.Numbers.Zips()
	if own == nil || d.OpenCase(own.ID) != nil || t.Parsed.Command() || len(zips) != 1 || !t.Numbers.OnlyZIP() {
		return false
	}
	d.Conv.Question, d.AsDecoy = nil, q.AsDecoy
	d.takeZIP(d.Sees().Person(), zips[0])
	return true
}

func (d *Arranging) add(t *gateway.Text, p *gateway.Profile) {
	if len(t.Contacts) == 0 {
		d.Answer("again-contact", d.Info())
		return
	}
	d.NamedByCommand(d.NameContacts(p, t.Contacts))
}

// remove takes a contact off the list. Nobody tells them.
func (d *Arranging) remove(t *gateway.Text, p *gateway.Profile) {
	phones := gateway.Searched(t.Contacts)
	i := slices.IndexFunc(p.Contacts, func(c gateway.Contact) bool {
		if slices.Contains(phones, c.Phone) {
			return true
		}
		words := t.WithoutPIN()
		return len(phones) == 0 && (words == gateway.LastFour(c.Phone) || c.Name != "" && strings.EqualFold(words, c.Name))
	})
	if i < 0 && len(phones) == 0 { // "QUITAR a mi primo Pedro"
		i = gateway.IndexCalled(p, t.WithoutPIN())
	}
	if i < 0 {
		d.Answer("no-such-contact", d.Info())
		return
	}
	who := d.ReadBack(&p.Contacts[i])
	p.Contacts = slices.Delete(slices.Clone(p.Contacts), i, i+1)
	d.KeepSelf(p, "contact-removed")
	d.Answer("contact-removed", templates.Data{Who: who})
}

// changeConsent is CONSULADO SI or NO with the PIN: whether the consulate is
// told of this person's alerts. Without a clear yes or no nothing changes.
func (d *Arranging) changeConsent(t *gateway.Text, reply prose.Answer) {
	if reply == prose.Neither {
		d.Answer("consent-how", d.Info())
		return
	}
	if !d.proven(t, d.View.Own) {
		return
	}
	given := reply == prose.Yes
	p := d.Sees().Person()
	if d.OpenCase(p.ID) != nil {
		d.Answer("wait-open", d.Info())
		return
	}
	p.ConsularNotice = gateway.Consent{
		Given: given, At: d.Now, Channel: "sms",
		Shown: d.Say(d.Lang, "ask-consent", d.Info()), Answered: t.Parsed.Word + " " + t.WithoutPIN(),
	}
	d.KeepSelf(p, "consular-notice")
	data := d.Info()
	data.Advise = given
	d.Answer("consent-changed", data)
}

// answerErase erases the person after the confirmation. Under duress it looks
// so from this phone, and agents know.
func (d *Arranging) answerErase(t *gateway.Text, q *gateway.Question) bool {
	p := d.View.Own
	switch reply := d.consents(t.Body); {
	case p == nil:
		d.Conv.Question = nil
		return false
	case reply == prose.No:
		d.Conv.Question = nil
		d.Answer("not-erased", d.Info())
		return true
	case reply != prose.Yes && t.Parsed.Intent == keyword.Unknown:
		return false // and it is asked again
	case reply != prose.Yes:
		d.Conv.Question = nil
		return false
	}
	d.Conv.Question = nil
	if d.OpenCase(p.ID) != nil {
		d.Answer("wait-open", d.Info())
		return true
	}
	d.Answer("erased", d.Info())
	if q.AsDecoy {
		d.LookErased()
		return true
	}
	d.Erased = p
	return true
}
