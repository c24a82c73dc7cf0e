package escalation

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/templates"
)

// What people write of their own while their alert is open: where they are
// taken, who is alone at home, that it is over. Anybody who holds the phone can
// write it, so words go on as what they are, from that phone and without a PIN,
// and only the PIN ends anything.

const (
	passEvery = time.Minute // between the texts that pass words on
	passMost  = 6           // of them for one alert: a stuck phone must not text a family all night
)

// PassWords keeps what somebody writes about an open alert, and passes it on:
// at once where nothing was within the minute, else together when that is over.
func (d *Cases) PassWords(c *gateway.Case, words string) {
	told, confirmed := d.Sees().Case(c).Count()
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Told: told, Confirmed: confirmed, Call: d.Rules.CallNumber(""), Advise: c.Alert.Advise,
	}
	if len(c.Alert.Words) >= WordsMost || keyword.Normalise(words) == "" {
		d.Answer("again", data)
		return
	}
	p := d.keepWords(c, words, &data)
	passed := gateway.Passed{}
	if c.Alert.Passed != nil {
		passed = *c.Alert.Passed
	}
	data.Told = d.readers(c)
	switch next := passed.Last.Add(passEvery); {
	case passed.Times >= passMost:
		data.Told = 0
		if passed.Times == passMost {
			passed.Times++ // said once
			d.PutTask(gateway.Task{Kind: gateway.TaskAnswer, Urgent: true, Alert: c.Alert.ID, Profile: c.Alert.Profile, Phone: d.Conv.Phone, Name: c.Alert.Name, Note: words})
		}
	case passed.Waiting != "":
		passed.Waiting = gateway.Joined(passed.Waiting, words)
	case next.After(d.Now):
		passed.Waiting = words
		d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerWords, Alert: c.Alert.ID, Phone: d.Conv.Phone, Due: next})
	default:
		passed.Times, passed.Last = passed.Times+1, d.Now
		d.tellWords(c, p, "words", words)
	}
	c.Alert.Passed = &passed
	d.PutAlert(&c.Alert, "words", "phone", words)
	d.Answer("added", data)
}

// PassEnclosed keeps that a picture or the like came without a word, and passes it on
// as words are. What is beyond their number is kept, and is no task: nobody can look at
// it.
func (d *Cases) PassEnclosed(c *gateway.Case, note string) {
	if p := c.Alert.Passed; p == nil || p.Times < passMost && !strings.Contains(p.Waiting, note) {
		d.PassWords(c, note)
	}
}

// WordsDue passes on what came within a minute of other words.
func (d *Cases) WordsDue(t gateway.Timer) {
	c := d.View.Case(t.Alert)
	if c == nil || !c.Alert.Open() || c.Alert.Passed == nil || c.Alert.Passed.Waiting == "" {
		return
	}
	passed := *c.Alert.Passed
	words := passed.Waiting
	passed.Times, passed.Last, passed.Waiting = passed.Times+1, d.Now, ""
	c.Alert.Passed = &passed
	d.tellWords(c, d.Person(c), "words", words)
	d.PutAlert(&c.Alert, "passed-on", "system", "")
}

// keepWords adds words to an alert. A ZIP among them is the place, which the answer
// reads back: whoever wrote a wrong digit sees it by the state and the consulate.
func (d *Cases) keepWords(c *gateway.Case, words string, answer *templates.Data) *gateway.Profile {
	c.Alert.Words = append(slices.Clone(c.Alert.Words), gateway.Words{At: d.Now, Text: words, By: d.author()})
	p := d.Person(c)
	if zip, ok := d.View.Directory.Consulates.FirstZIP(words); ok && zip != c.Alert.ZIP {
		d.Reroute(c, p, zip)
		d.SayPlace(answer, zip)
	}
	return p
}

// Reads reports whether a recipient is told the words of an alert: desks, and
// contacts who accepted and whose wording is plain.
func (d *Cases) Reads(c *gateway.Case, r *gateway.Recipient) bool {
	return r.Accepted && !r.Vague && r.State != gateway.RecipientWithdrawn && r.Closed.IsZero() && !d.WantsNone(r.Phone) && !d.Summing(&c.Alert, r)
}

// readers is how many are told the words of an alert, as this phone is shown it.
func (d *Cases) readers(c *gateway.Case) (n int) {
	for _, r := range d.Sees().Case(c).Recipients {
		if d.Reads(c, &r) && !d.LeftOut(r.Phone) {
			n++
		}
	}
	return n
}

// tellWords passes words on to everybody who may read them, unless somebody
// forces them, or the phone counts as seized: then they are kept for the agents.
func (d *Cases) tellWords(c *gateway.Case, p *gateway.Profile, name, words string) {
	if c.Alert.Quiet || !c.Alert.Duress.IsZero() || !d.Conv.Silenced.IsZero() && d.Agent == nil {
		return
	}
	writer, wrote := gateway.Phone(""), d.Conv.Wrote
	var contact *gateway.Contact
	if d.Agent == nil && p.Phone != d.Conv.Phone {
		writer, wrote = d.Conv.Phone, c.Alert.ID
		if contact = p.Contact(writer); contact != nil && (contact.Standing != gateway.StandingAccepted || c.Alert.Borrowed && c.Alert.Phone == writer) {
			contact = nil // the person themselves may hold it
		}
	}
	data := templates.Data{Ref: c.Alert.Ref.String(), Words: gateway.Sentence(Typed(d.Now, words))}
	_, zip := d.View.Directory.Consulates.FirstZIP(words)
	place := zip || gateway.NamesPlace(words)
	for i := range c.Recipients {
		r := &c.Recipients[i]
		if !d.Reads(c, r) || r.Seq == 0 || r.Phone == writer { // 0: came in by this very text, and has it in the notice
			continue
		}
		d.Conv.Wrote = wrote
		data.Name = gateway.Whole(p)
		if r.Kind == gateway.KindContact {
			data.Name = gateway.Shown(p)
		}
		data.When = d.Clock(d.Now, c.Alert.Zone, d.ContactZone(p, r.Phone), r.Phone, r.Language)
		data.Call, data.Place = d.Rules.CallNumber(r.Phone.Country()), place
		switch {
		case d.Agent != nil:
			name = "agent-words"
		case name != "words":
		case contact != nil:
			data.Who = contact.Name
			data.Who = d.Say(r.Language, "from-contact", data)
		case p.Phone != d.Conv.Phone:
			data.Who = d.Say(r.Language, "from-borrowed", data)
		default:
			data.Who = d.Say(r.Language, "from-own", data)
		}
		d.Send(gateway.Attempt{
			Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeMore, To: r.Phone, Validity: gateway.NoticeValidity,
			Text: d.Say(r.Language, name, data),
		})
	}
}
