package decision

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

// Say renders a text for a reader. Programme and a number to call are filled
// in.
func (d *Decision) Say(language, name string, data templates.Data) string {
	data.Programme = d.Rules.Programme
	if data.Call == "" {
		data.Call = d.Rules.CallNumber("")
	}
	data.Old = d.dayOf(language, data.Ref, false)
	text, err := d.Words.Text(language, name, data)
	if err != nil && d.Err == nil {
		d.Err = err
	}
	return text
}

// oldAfter is when an alert is so old that a text about it says of which day it
// is: whoever reads it may think of a new one.
const oldAfter = 12 * time.Hour

// dayOf is the day of the alert that a text is about, by its reference; "" where
// it is of these hours.
func (d *Decision) dayOf(language, ref string, spoken bool) string {
	a := d.alertOf(ref)
	if a == nil || a.Drill || gateway.Age(d.Now, a.At) < oldAfter {
		return ""
	}
	zone := d.Zone(a.Zone)
	return templates.DayOf(d.Words.Language(language), a.At.In(zone), d.Now.In(zone), spoken)
}

// alertOf finds an alert of the view by its reference, as texts write it.
func (d *Decision) alertOf(ref string) *gateway.Alert {
	if ref == "" || d.View == nil {
		return nil
	}
	for i := range d.View.Cases {
		if a := &d.View.Cases[i].Alert; a.Ref.String() == ref {
			return a
		}
	}
	for i := range d.View.Told {
		if a := &d.View.Told[i].Alert; a.Ref.String() == ref {
			return a
		}
	}
	return nil
}

// Answer sets what is said at once to whoever is there.
func (d *Decision) Answer(name string, data templates.Data) {
	d.Last = Said{Name: name, Data: data}
	d.Turn.Answer.Text = d.Say(d.Lang, name, data)
}

// Clock says a time in an alert's zone, and names the zone to readers who are
// elsewhere: "14:30", "14:30 hora Chicago".
func (d *Decision) Clock(at time.Time, zone, readerZone string, reader gateway.Phone, language string) string {
	said := at.In(d.Zone(zone)).Format("15:04")
	elsewhere := readerZone != zone
	if readerZone == "" { // all that is known of a reader is the country
		elsewhere = reader.Country() == "MX"
	}
	if !elsewhere {
		return said
	}
	return d.Say(language, "zoned", templates.Data{When: said, Zone: templates.City(zone)})
}

// Line renders one phrase.
func (d *Decision) Line(language, name string, data templates.Data) gateway.Line {
	text := d.Phrase(language, name, data)
	return gateway.Line{Name: name, Text: text, Digits: readOut(name, data), Language: language}
}

// readOut are the digits that are read out behind a phrase's recording, which
// says what they are.
func readOut(name string, data templates.Data) string {
	switch name {
	case "reference", "notice":
		return strings.TrimPrefix(data.Ref, "#")
	case "telling", "cancelled":
		return fmt.Sprint(data.Told)
	case "confirmed-count":
		return fmt.Sprint(data.Confirmed)
	case "locked":
		return fmt.Sprint(data.Minutes)
	}
	return ""
}

// Phrase renders a phrase of a dialogue, spoken or shown. On USSD what has no
// words of its own is said as on a call.
func (d *Decision) Phrase(language, name string, data templates.Data) string {
	data.Programme = d.Rules.Programme
	if data.Call == "" {
		data.Call = d.Rules.CallNumber(d.Conv.Phone.Country())
	}
	data.Old = d.dayOf(language, data.Ref, true)
	medium := ivr.Call
	if d.Talk != nil {
		medium = d.Talk.Medium
	}
	text, err := d.Words.Phrase(string(medium), language, name, data)
	if err != nil && d.Err == nil {
		d.Err = err
	}
	return text
}

// Info is what a text of information needs for whoever is there.
func (d *Decision) Info() templates.Data {
	return templates.Data{Call: d.Rules.CallNumber(d.Conv.Phone.Country())}
}

// The language of our texts: each phone has one, whoever they are. Languages that
// we have no words in are kept as they are, and told to agents by name.

// Language is that of the phone's, else the text's own where it is plainly English,
// else Spanish.
func (d *Decision) Language(t *gateway.Text) string {
	if d.chosenLanguage() == "" && english[t.Parsed.Word] {
		d.Conv.Language = "en"
	}
	return d.Words.Language(d.PhoneLanguage())
}

// PhoneLanguage is the one that was chosen, else that in which a contact is written
// to; "" where nothing is known.
func (d *Decision) PhoneLanguage() string {
	chosen := d.chosenLanguage()
	for i := range d.View.Wards {
		ward := &d.View.Wards[i]
		if c := ward.Contact(d.Conv.Phone); c != nil {
			chosen = cmp.Or(chosen, ward.LanguageOf(c))
		}
	}
	return chosen
}

// chosenLanguage is that of the person's profile or registration, of the contact or
// the desk, else the one that the phone chose last; "" where nothing is known.
func (d *Decision) chosenLanguage() string {
	phone := d.Conv.Phone
	if d.View.OwnStanding != gateway.Registered && d.Conv.Language != "" {
		return d.Conv.Language
	}
	if d.View.Own != nil && d.View.Own.Language != "" {
		return d.View.Own.Language
	}
	if draft := d.Draft(); draft != nil && draft.Language != "" {
		return draft.Language
	}
	for i := range d.View.Wards {
		if c := d.View.Wards[i].Contact(phone); c != nil && c.Language != "" {
			return c.Language
		}
	}
	if desks := d.View.Directory.DesksAt(phone); len(desks) > 0 && desks[0].Language != "" {
		return desks[0].Language
	}
	return d.Conv.Language
}

// english are words that only somebody who writes English uses.
var english = map[string]bool{
	"ALERT": true, "HELP": true, "RIGHTS": true, "STATUS": true, "LAWYER": true, "SHELTER": true,
	"CONSULATE": true, "REGISTER": true, "YES": true, "RECEIVED": true, "WRONG": true, "EMERGENCY": true,
	"SAFE": true, "APPOINTMENT": true, "ARRIVED": true, "LOCATED": true,
}

// City is the city of a consulate by its id, in letters that every text can carry; ""
// where it is not known.
func (d *Decision) City(consulate string) string {
	c, _ := d.View.Directory.Consulates.Consulate(consulate)
	return templates.Plain(c.City)
}

// Ask leaves a question open, which the next text of the phone answers.
func (d *Decision) Ask(kind string, args map[string]string) {
	d.Conv.Question = &gateway.Question{Kind: kind, At: d.Now, Args: args, AsDecoy: d.AsDecoy}
	d.Conv.Asked = d.Now
}
