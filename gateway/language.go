package gateway

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/templates"
)

// The language of our texts: each phone has one, whoever they are. Languages that
// we have no words in are kept as they are, and told to agents by name.

// language is that of the phone's, else the text's own where it is plainly English,
// else Spanish.
func (d *decision) language(t *Text) string {
	if d.chosenLanguage() == "" && english[t.parsed.Word] {
		d.conv.Language = "en"
	}
	return d.Words.Language(d.phoneLanguage())
}

// phoneLanguage is the one that was chosen, else that in which a contact is written
// to; "" where nothing is known.
func (d *decision) phoneLanguage() string {
	chosen := d.chosenLanguage()
	for i := range d.view.Wards {
		chosen = cmp.Or(chosen, d.view.Wards[i].Language)
	}
	return chosen
}

// chosenLanguage is that of the person's profile or registration, of the contact or
// the desk, else the one that the phone chose last; "" where nothing is known.
func (d *decision) chosenLanguage() string {
	phone := d.conv.Phone
	if d.view.ownStanding != registered && d.conv.Language != "" {
		return d.conv.Language
	}
	if d.view.Own != nil && d.view.Own.Language != "" {
		return d.view.Own.Language
	}
	if draft := d.draft(); draft != nil && draft.Language != "" {
		return draft.Language
	}
	for i := range d.view.Wards {
		if c := d.view.Wards[i].Contact(phone); c != nil && c.Language != "" {
			return c.Language
		}
	}
	if desks := d.view.Directory.DesksAt(phone); len(desks) > 0 && desks[0].Language != "" {
		return desks[0].Language
	}
	return d.conv.Language
}

// english are words that only somebody who writes English uses.
var english = map[string]bool{
	"ALERT": true, "HELP": true, "RIGHTS": true, "STATUS": true, "LAWYER": true, "SHELTER": true,
	"CONSULATE": true, "REGISTER": true, "YES": true, "RECEIVED": true, "WRONG": true, "EMERGENCY": true,
	"SAFE": true, "APPOINTMENT": true, "ARRIVED": true, "LOCATED": true,
}

// chooseLanguage is INGLES or ESPANOL. What was asked or told last is said again
// in the language that they chose.
func (d *texting) chooseLanguage(t *Text) {
	d.setLanguage(keyword.Tongue(t.parsed.Word))
	if d.conv.Question != nil {
		if q := d.conv.Question.clone(); q.Draft != nil {
			q.Draft.Language = d.lang
			d.conv.Question, d.view.Conversation.Question = q, q
		}
		if d.askAgain() {
			return
		}
	}
	for i := range d.view.Told {
		told := &d.view.Told[i]
		if !told.waits() || told.Alert.Drill || told.Recipient.Kind != KindContact {
			continue
		}
		d.answer("status-told", d.toward(&told.Recipient, d.profile(told.Alert.Profile), &told.Alert, templates.Data{
			Ref:  told.Alert.Ref.String(),
			When: d.clock(told.Alert.At, told.Alert.Zone, "", t.From, d.lang),
			Owed: told.Recipient.owed(),
		}))
		return
	}
	if _, asked := d.standings(); len(asked) > 0 && !d.isDesk() {
		data := d.info()
		data.Name = strings.Join(asked, ", ")
		d.answer("invite", data)
		return
	}
	d.answer("language", d.info())
}

// setLanguage makes a language that of the phone: of the person whose it is, of the
// contact or desk that it is, of what they were told of that is not over, and of
// the phone itself. A language that we have no words in stays, unless they want
// texts in another one than they get: then agents still read it.
func (d *arranging) setLanguage(language string) {
	phone := d.conv.Phone
	d.lang, d.conv.Language = language, language
	if f := d.conv.Facade; f != nil && f.Phone != "" {
		shown := *f
		shown.Language = language
		d.conv.Facade = &shown
	}
	if p := d.view.Own; p != nil && d.view.ownStanding == registered && d.Words.Language(p.Language) != language {
		p.Contacts = slices.Clone(p.Contacts)
		for i := range p.Contacts { // theirs is what it was
			p.Contacts[i].Language = cmp.Or(p.Contacts[i].Language, cmp.Or(p.Language, templates.Fallback))
		}
		p.LanguageNote = cmp.Or(p.LanguageNote, d.foreign(p.Language))
		p.Language = language
		d.putProfile(p, "language", "phone", language)
	}
	for i := range d.view.Wards {
		ward := &d.view.Wards[i]
		ward.Contacts = slices.Clone(ward.Contacts)
		if c := ward.Contact(phone); c != nil && d.Words.Language(cmp.Or(c.Language, ward.Language)) != language {
			c.Language = language
			d.putProfile(ward, "contact-language", "contact", language)
		}
	}
	for _, desk := range d.view.Directory.DesksAt(phone) {
		if d.Words.Language(desk.Language) != language {
			desk.Language = language
			d.putDesk(&desk)
		}
	}
	for i := range d.view.Told {
		if r := d.view.Told[i].Recipient; d.view.Told[i].Alert.Open() && d.Words.Language(r.Language) != language {
			r.Language = language
			d.putRecipient(&r)
		}
	}
	for i := range d.view.Cases {
		if a := &d.view.Cases[i].Alert; a.Open() && a.Phone == phone && d.Words.Language(a.Language) != language {
			a.Language = language
			d.putAlert(a, "language", "phone", language)
		}
	}
}

// foreign is the name of a language that we have no words in; "" of another.
func (d *arranging) foreign(tag string) string {
	if tag == "" || d.Words.Written(tag) {
		return ""
	}
	return templates.LanguageName(tag)
}

// spoken is what a task calls the language that somebody has to be spoken to in;
// "" where we have words or recordings in it.
func (d *cases) spoken(tag, note string) string {
	if tag == "" || d.Words.Speaks(tag) {
		return ""
	}
	return cmp.Or(note, templates.LanguageName(tag))
}

// interpreter asks the agents for somebody who speaks a contact's language,
// where we neither have words nor recordings in it: calls that nobody
// understands are not made. Whoever accepted is told, once an alert, that
// somebody will call.
func (d *cases) interpreter(c *Case, p *Profile, r *Recipient) {
	note := ""
	if p.Language == "" || p.Language == r.Language {
		note = p.LanguageNote
	}
	language := d.spoken(r.Language, note)
	if language == "" {
		return
	}
	d.putTask(Task{
		Kind: TaskInterpreter, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: r.Phone, Name: r.Name, Note: "interprete: " + language,
	})
	if !r.Accepted {
		return
	}
	d.send(Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeMessage, To: r.Phone,
		Due: d.now.Add(messageAfter), Validity: NoticeValidity,
		Text: d.say(r.Language, "interpreter", templates.Data{
			Ref: c.Alert.Ref.String(), Name: shown(p), Vague: r.Vague, Words: templates.Plain(language), Call: d.Rules.callNumber(r.Phone.Country()),
		}),
	})
}

// TaskInterpreter is a recipient, or a person, whom only somebody who speaks
// their language can tell.
const TaskInterpreter TaskKind = "interpreter"

// interpretOwn asks the agents for somebody who speaks the person's own language,
// for each alert; and when such a person is heard of first, who is told so once.
func (d *arranging) interpretOwn() {
	p := d.view.Own
	if p == nil || d.view.ownStanding == movedFrom || !d.conv.Silenced.IsZero() { // somebody else may read along
		return
	}
	language := d.spoken(p.Language, p.LanguageNote)
	if language == "" {
		return
	}
	task := Task{Kind: TaskInterpreter, Profile: p.ID, Phone: p.Phone, Name: p.Name, Note: "interprete: " + language}
	data := d.info()
	data.Words = templates.Plain(language)
	for i := range d.turn.Alerts {
		if a := &d.turn.Alerts[i]; a.Seq == 0 && a.Profile == p.ID && !a.Drill {
			task.Urgent, task.Alert, data.Ref = true, a.ID, a.Ref.String()
		}
	}
	first := d.conv.Interpreted.IsZero() && d.turn.Answer.Text != ""
	if first || task.Urgent {
		d.putTask(task)
	}
	if first && d.send(Attempt{
		Alert: task.Alert, Lane: LaneAnswer, Purpose: PurposeNews, To: d.conv.Phone, Prefer: d.conv.Sender,
		Due: d.now.Add(messageAfter), Text: d.say(d.lang, "interpreter", data),
	}) != (ID{}) {
		d.conv.Interpreted = d.now
	}
}

// informLanguage takes what somebody says of languages in their own words: one that
// we have words in is chosen, for any other somebody who speaks it will call, and
// whoever has asked that before is told whom to call.
func (d *arranging) informLanguage(t *Text) {
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
		d.answer("language", d.info())
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
func (d *arranging) askInterpreter(t *Text, language string) {
	if !d.conv.Interpreted.IsZero() {
		d.help()
		return
	}
	task := Task{Kind: TaskInterpreter, Phone: t.From, Note: strings.TrimSpace("interprete: "+language) + "\n" + d.hidden(t.Body)}
	if p := d.view.Own; p != nil {
		task.Profile, task.Name = p.ID, p.Name
	}
	d.putTask(task)
	d.conv.Interpreted = d.now
	data := d.info()
	data.Words = language
	d.answer("interpreter", data)
}

// consents is what words say to a question that only a clear yes answers by yes.
// Our texts in English ask for 1, which no carrier takes, where those in Spanish
// ask for SI.
func (d *arranging) consents(words string) prose.Answer {
	if tokens := keyword.Tokens(words); d.lang == "en" && len(tokens) == 1 && tokens[0] == "1" {
		return prose.Yes
	}
	return consents(words)
}
