package escalation

import (
	"cmp"
	"strings"

	"aviso/gateway"
	"aviso/templates"
)

// EndText is what a recipient is told of an alert's end.
func (d *Cases) EndText(c *gateway.Case, p *gateway.Profile, r *gateway.Recipient, reason string) string {
	data := templates.Data{Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Call: d.Rules.CallNumber(r.Phone.Country()), Vague: r.Vague}
	if reason != gateway.EndedByPIN {
		data.Words = d.Say(r.Language, "reason-"+reason, templates.Data{})
	}
	if r.Kind == gateway.KindContact {
		if !r.Accepted {
			data.Name = d.Introduced(p, r.Language)
		}
		return d.Say(r.Language, "ended", data)
	}
	data.Name = gateway.Whole(p)
	return d.Say(r.Language, "ended-desk", data)
}

// calledBy is what a contact is called in a text to the person whose contact they
// are. An agent or a file may have written down anybody's phone as the person's:
// what is no name is not said there either.
func (d *Cases) calledBy(c *gateway.Contact) string {
	if c.Name != "" && d.Rules.Names(c.Name) {
		return c.Name
	}
	return "..." + gateway.LastFour(c.Phone)
}

// Toward completes a text's data for one reader: a contact sees the short
// name, a desk the whole one.
func (d *Cases) Toward(r *gateway.Recipient, p *gateway.Profile, a *gateway.Alert, data templates.Data) templates.Data {
	data.Name = gateway.ShortName(a.Name)
	if p != nil {
		data.Name = gateway.Shown(p)
	}
	if r != nil {
		data.Call, data.Vague, data.Family = d.Rules.CallNumber(r.Phone.Country()), r.Vague, r.Family()
		switch {
		case r.Kind != gateway.KindContact:
			data.Name = a.Name
		case !r.Accepted:
			if p == nil {
				p = &gateway.Profile{Name: a.Name}
			}
			data.Name = d.Introduced(p, r.Language)
		}
	}
	return data
}

const (
	// calledMost is how many references a call reads out.
	calledMost = 8
)

func (d *Cases) summaryData(raid *gateway.Raid, r *gateway.Recipient, s gateway.Summary) templates.Data {
	consulate, _ := d.View.Directory.Consulates.Consulate(raid.Incident.Consulate)
	zone := ""
	if r.Kind == gateway.KindDesk {
		zone = consulate.TimeZone
	}
	return templates.Data{
		Told: s.Total, Consulate: templates.Plain(consulate.City), List: s.Fresh, Earlier: s.Earlier, Over: s.Over,
		When: d.Clock(raid.Incident.Since, consulate.TimeZone, zone, r.Phone, r.Language),
		Call: d.Rules.CallNumber(r.Phone.Country()),
	}
}

// raidCallWords are what a call to a desk about an incident says.
func (d *Cases) raidCallWords(raid *gateway.Raid, r *gateway.Recipient) (words string, ok bool) {
	desk := raid.Desk(r.Phone)
	if desk == nil || !d.Words.Speaks(r.Language) {
		return "", false
	}
	all := *desk
	all.Through = desk.Confirmed // what it has not confirmed
	data := d.summaryData(raid, r, raid.Summary(&all))
	data.List = data.List[max(0, len(data.List)-calledMost):]
	language := d.Words.Language(r.Language)
	return d.Phrase(language, "call-raid", data) + noticeParts + d.Phrase(language, "call-raid-body", data), true
}

// Spoken is what a task calls the language that somebody has to be spoken to in;
// "" where we have words or recordings in it.
func (d *Cases) Spoken(tag, note string) string {
	if tag == "" || d.Words.Speaks(tag) {
		return ""
	}
	return cmp.Or(note, templates.LanguageName(tag))
}

// interpreter asks the agents for somebody who speaks a contact's language,
// where we neither have words nor recordings in it: calls that nobody
// understands are not made. Whoever accepted is told, once an alert, that
// somebody will call.
func (d *Cases) interpreter(c *gateway.Case, p *gateway.Profile, r *gateway.Recipient) {
	note := ""
	if p.Language == "" || p.Language == r.Language {
		note = p.LanguageNote
	}
	language := d.Spoken(r.Language, note)
	if language == "" {
		return
	}
	d.PutTask(gateway.Task{
		Kind: gateway.TaskInterpreter, Urgent: true, Alert: c.Alert.ID, Profile: p.ID, Phone: r.Phone, Name: r.Name, Note: "interprete: " + language,
	})
	if !r.Accepted {
		return
	}
	d.Send(gateway.Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeMessage, To: r.Phone,
		Due: d.Now.Add(MessageAfter), Validity: gateway.NoticeValidity,
		Text: d.Say(r.Language, "interpreter", templates.Data{
			Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Vague: r.Vague, Words: templates.Plain(language), Call: d.Rules.CallNumber(r.Phone.Country()),
		}),
	})
}

// Introduced is a person's name as somebody sees it who has not agreed to be
// their contact, in a language: the short name, where it is a name.
func (d *Cases) Introduced(p *gateway.Profile, language string) string {
	if p.Name == "" || d.Rules.Names(p.Name) && gateway.Latin(p.Name) {
		return gateway.Shown(p)
	}
	return d.Say(language, "somebody", templates.Data{Digits: gateway.LastFour(p.Phone)})
}

// A call that we make says in two parts what it has to say. The head names who
// calls and for whom, and asks for a key: it is all that a voicemail can
// record, and never holds the word detention. The body is the notice; it
// follows on a key, or where the carrier knows that a person answered. Both
// are rendered when the call is enqueued and kept as one text.
const noticeParts = "\n\n"

// callWords are what a call to a recipient says, rendered when it is enqueued.
// ok is false where it would say what the recipient does not understand.
func (d *Cases) callWords(c *gateway.Case, p *gateway.Profile, r *gateway.Recipient) (words string, ok bool) {
	if raid := d.Raid(c.Alert.ID); raid != nil {
		return d.raidCallWords(raid, r)
	}
	if p == nil || !d.Words.Speaks(r.Language) {
		return "", false
	}
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Word: p.FamilyWord, Call: d.Rules.CallNumber(r.Phone.Country()),
		When: d.Clock(c.Alert.At, c.Alert.Zone, "", r.Phone, r.Language), Who: c.Alert.Reporter, ZIP: c.Alert.ZIP, Again: c.Alert.Again,
	}
	language := d.Words.Language(r.Language)
	data.Words = d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.Phrase(language, "call-"+name, data) })
	head, body := "call-contact", "call-contact-body"
	switch {
	case r.Kind != gateway.KindContact:
		head, body = "call-desk", "call-desk-body"
		data.Name, data.Word = gateway.Whole(p), ""
	case r.Vague:
		body = "call-vague-body"
	}
	return d.Phrase(language, head, data) + noticeParts + d.Phrase(language, body, data), true
}

// deskDrillWords are what a PRUEBA says to a desk that is called.
func (d *Cases) deskDrillWords(desk *gateway.Desk, ref gateway.Ref, name string) string {
	return d.Phrase(d.Words.Language(desk.Language), "call-drill", templates.Data{Ref: ref.String(), Who: name})
}

// reader is what a contact's notice depends on, besides the alert itself.
type reader struct {
	alert             gateway.ID
	language, country string
	accepted, vague   bool
}

// ContactNotice is what a contact is told of an alert. Contacts who read the
// same are rendered once: there are four of them in most alerts.
func (d *Cases) ContactNotice(c *gateway.Case, p *gateway.Profile, r *gateway.Recipient) string {
	by := reader{c.Alert.ID, r.Language, r.Phone.Country(), r.Accepted, r.Vague}
	text, ok := d.notices[by]
	if !ok {
		text = d.renderContactNotice(c, p, r)
		if d.notices == nil {
			d.notices = map[reader]string{}
		}
		d.notices[by] = text
	}
	return text
}

func (d *Cases) renderContactNotice(c *gateway.Case, p *gateway.Profile, r *gateway.Recipient) string {
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Name: gateway.Shown(p), Word: p.FamilyWord, Call: d.Rules.CallNumber(r.Phone.Country()),
		When: d.Clock(c.Alert.At, c.Alert.Zone, d.ContactZone(p, r.Phone), r.Phone, r.Language), Who: c.Alert.Reporter, Again: c.Alert.Again,
	}
	if !r.Accepted {
		data.Name = d.Introduced(p, r.Language)
		data.Word = "" // the family word is for the family
	}
	switch {
	case r.Vague:
		return d.Say(r.Language, "notice-vague", data)
	case !r.Accepted:
		return d.Say(r.Language, "notice-unanswered", data)
	}
	data.Words = d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.Say(r.Language, name, data) })
	return d.Say(r.Language, "notice", data)
}

// ContactZone is the time zone that a contact is taken to live in: in the US
// that of the person's home, which the alert may be far from; "" in Mexico, of
// whose zones nothing is known.
func (d *Cases) ContactZone(p *gateway.Profile, contact gateway.Phone) string {
	if contact.Country() == "MX" {
		return ""
	}
	return d.PersonZone(p).String()
}

// author is who writes what is added to an alert; "": whoever holds the phone.
func (d *Cases) author() string {
	if d.Agent != nil {
		return gateway.ByAgent
	}
	return ""
}

// quoted are an alert's words as a notice tells them: what the person said, and
// what an agent added, each as what it is.
func (d *Cases) quoted(words []gateway.Words, say func(name string, data templates.Data) string) string {
	var own, agents []gateway.Words
	for _, w := range words {
		if w.By == gateway.ByAgent {
			agents = append(agents, w)
		} else {
			own = append(own, w)
		}
	}
	var said []string
	if text := gateway.Sentence(own); text != "" {
		said = append(said, say("person-said", templates.Data{Words: text}))
	}
	if text := gateway.Sentence(agents); text != "" {
		said = append(said, say("agent-adds", templates.Data{Words: text}))
	}
	return strings.Join(said, " ")
}
