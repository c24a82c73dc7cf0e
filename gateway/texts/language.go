package texts

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/escalation"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// setLanguage makes a language that of the phone: of the person whose it is, of the
// contact or desk that it is, of what they were told of that is not over, and of
// the phone itself. A language that we have no words in stays, unless they want
// texts in another one than they get: then agents still read it.
func (d *Arranging) setLanguage(language string) {
	phone := d.Conv.Phone
	d.Lang, d.Conv.Language = language, language
	d.SpeakDecoy(language)
	if p := d.View.Own; p != nil && d.View.OwnStanding == gateway.Registered && d.Words.Language(p.Language) != language {
		p.Contacts = slices.Clone(p.Contacts)
		for i := range p.Contacts { // theirs is what it was
			p.Contacts[i].Language = cmp.Or(p.LanguageOf(&p.Contacts[i]), templates.Fallback)
		}
		p.LanguageNote = cmp.Or(p.LanguageNote, d.foreign(p.Language))
		p.Language = language
		d.PutProfile(p, "language", "phone", language)
	}
	for i := range d.View.Wards {
		ward := &d.View.Wards[i]
		ward.Contacts = slices.Clone(ward.Contacts)
		if c := ward.Contact(phone); c != nil && d.Words.Language(ward.LanguageOf(c)) != language {
			c.Language = language
			d.PutProfile(ward, "contact-language", "contact", language)
		}
	}
	for _, desk := range d.View.Directory.DesksAt(phone) {
		if d.Words.Language(desk.Language) != language {
			desk.Language = language
			d.PutDesk(&desk)
		}
	}
	for i := range d.View.Told {
		if r := d.View.Told[i].Recipient; d.View.Told[i].Alert.Open() && d.Words.Language(r.Language) != language {
			r.Language = language
			d.PutRecipient(&r)
		}
	}
	for i := range d.View.Cases {
		if a := &d.View.Cases[i].Alert; a.Open() && a.Phone == phone && d.Words.Language(a.Language) != language {
			a.Language = language
			d.PutAlert(a, "language", "phone", language)
		}
	}
}

// foreign is the name of a language that we have no words in; "" of another.
func (d *Arranging) foreign(tag string) string {
	if tag == "" || d.Words.Written(tag) {
		return ""
	}
	return templates.LanguageName(tag)
}

// interpretOwn asks the agents for somebody who speaks the person's own language,
// for each alert; and when such a person is heard of first, who is told so once.
func (d *Arranging) interpretOwn() {
	p := d.View.Own
	if p == nil || d.View.OwnStanding == gateway.MovedFrom || !d.Conv.Silenced.IsZero() { // somebody else may read along
		return
	}
	language := d.Spoken(p.Language, p.LanguageNote)
	if language == "" {
		return
	}
	task := gateway.Task{Kind: gateway.TaskInterpreter, Profile: p.ID, Phone: p.Phone, Name: p.Name, Note: "interprete: " + language}
	data := d.Info()
	data.Words = templates.Plain(language)
	for i := range d.Turn.Alerts {
		if a := &d.Turn.Alerts[i]; a.Seq == 0 && a.Profile == p.ID && !a.Drill {
			task.Urgent, task.Alert, data.Ref = true, a.ID, a.Ref.String()
		}
	}
	first := d.Conv.Interpreted.IsZero() && d.Turn.Answer.Text != ""
	if first || task.Urgent {
		d.PutTask(task)
	}
	if first && d.Send(gateway.Attempt{
		Alert: task.Alert, Lane: gateway.LaneAnswer, Purpose: gateway.PurposeNews, To: d.Conv.Phone, Prefer: d.Conv.Sender,
		Due: d.Now.Add(escalation.MessageAfter), Text: d.Say(d.Lang, "interpreter", data),
	}) != (gateway.ID{}) {
		d.Conv.Interpreted = d.Now
	}
}

// informLanguage takes what somebody says of languages in their own words: one that
// we have words in is chosen, for any other somebody who speaks it will call, and
// whoever has asked that before is told whom to call.
func (d *Arranging) informLanguage(t *gateway.Text) {
	tokens := keyword.Tokens(t.Body)
	for _, word := range tokens {
		if name := templates.LanguageNamed(word); name != "" {
			d.askInterpreter(t, name)
			return
		}
	}
	switch wanted := wantedLanguage(tokens); {
	case wanted != "":
		d.setLanguage(wanted)
		d.Answer("language", d.Info())
	default:
		d.askInterpreter(t, "")
	}
}

// wantedLanguage is the language that somebody asks for who speaks of English or
// Spanish; "" where they have neither. Of two it is the one that they do not lack.
func wantedLanguage(tokens []string) string {
	spoken := map[string]bool{} // whether it is lacked
	lacks := false
	for i, word := range tokens {
		switch word {
		case "NO", "NOT", "DONT", "DON", "CANT", "POCO", "NADA", "LITTLE":
			lacks = true
		case "EN", "IN", "PERO", "BUT", "SI":
			lacks = false
		case "INGLES", "ENGLISH", "ESPANOL", "SPANISH", "CASTELLANO":
			behind := strings.Join(tokens[i+1:min(len(tokens), i+3)], " ")
			spoken[keyword.Tongue(word)] = lacks || strings.Contains(behind, "BAD") || strings.Contains(behind, "MAL")
		}
	}
	for _, language := range []string{"en", "es"} {
		if lacked, ok := spoken[language]; ok && !lacked {
			return language
		}
	}
	if spoken["en"] && len(spoken) == 1 {
		return "es"
	}
	return ""
}

// askInterpreter asks the agents for somebody who speaks a language, "" where they
// have to find out which, once a month and phone.
func (d *Arranging) askInterpreter(t *gateway.Text, language string) {
	if !d.Conv.Interpreted.IsZero() {
		d.help(false)
		return
	}
	task := gateway.Task{Kind: gateway.TaskInterpreter, Phone: t.From, Note: strings.TrimSpace("interprete: "+language) + "\n" + d.Hidden(t.Body)}
	if p := d.View.Own; p != nil {
		task.Profile, task.Name = p.ID, p.Name
	}
	d.PutTask(task)
	d.Conv.Interpreted = d.Now
	data := d.Info()
	data.Words = language
	d.Answer("interpreter", data)
}

// consents is what words say to a question that only a clear yes answers by yes.
// Our texts in English ask for 1, which no carrier takes, where those in Spanish
// ask for SI.
func (d *Arranging) consents(words string) prose.Answer {
	if tokens := keyword.Tokens(words); d.Lang == "en" && len(tokens) == 1 && tokens[0] == "1" {
		return prose.Yes
	}
	return gateway.Consents(words)
}
