package person

import (
	"slices"

	"aviso/gateway"
	"aviso/templates"
)

// Confirm takes an answer of somebody who was told of open alerts that they
// have not confirmed: it confirms all of them, or the one whose reference
// stands in the text, and tells the people who raised them. It reports whether
// there was any.
//
// refs are the references that were said; words is all that was. It returns the
// alerts that it confirmed one by one, and not with an incident.
func (d *Personal) Confirm(from gateway.Phone, refs []gateway.Ref, words string) (confirmed []gateway.Ref, ok bool) {
	var names []string
	vague := false
	drill := false // nothing but a drill was confirmed
	raided := 0
	if len(refs) == 0 {
		raided = d.ConfirmRaids(from)
	}
	for i := range d.View.Told {
		told := &d.View.Told[i]
		a := &told.Alert
		if !told.Waits() {
			continue
		}
		if _, ok := told.Noticed(d.Now); !ok && len(refs) == 0 {
			continue // it is an answer to something else
		}
		if len(refs) > 0 && !slices.Contains(refs, a.Ref) {
			continue
		}
		if len(refs) == 0 && (d.Summing(a, &told.Recipient) || d.RaidConfirms(a, from)) {
			continue // what a summary told of is confirmed with it, what none did is not
		}
		d.ConfirmOne(told)
		vague = vague || told.Recipient.Vague
		drill = drill || len(confirmed) == 0 && a.Drill
		confirmed = append(confirmed, a.Ref)
		names = append(names, gateway.ShortName(a.Name))
	}
	if raided > 0 {
		d.Answer("thanks-raid", templates.Data{Told: raided + len(confirmed)})
		return nil, true
	}
	if len(confirmed) == 0 {
		return nil, false
	}
	d.AcceptWards(from, words, func(p *gateway.Profile) bool {
		return slices.ContainsFunc(d.View.Told, func(told gateway.Told) bool {
			return told.Alert.Profile == p.ID && slices.Contains(confirmed, told.Alert.Ref)
		})
	})
	data := templates.Data{Ref: gateway.Refs(confirmed), Digits: confirmed[0].Digits()}
	if len(confirmed) > 1 {
		data.List = names
	}
	data.Call, data.Vague, data.Family = d.Rules.CallNumber(from.Country()), vague, !vague
	switch {
	case drill && d.IsDesk():
		d.ActivateDesks()
		d.Answer("thanks-drill", data)
	case drill:
		d.Answer("thanks-drill-contact", data)
	case d.IsDesk():
		d.Answer("thanks-desk", data)
	default:
		d.Answer("thanks", data)
	}
	return confirmed, true
}

// AcceptWards records that this phone agreed to be a contact of those people
// who chose it and whom it had not answered. It returns their short names.
func (d *Personal) AcceptWards(from gateway.Phone, words string, of func(*gateway.Profile) bool) []string {
	var names []string
	for i := range d.View.Wards {
		p := &d.View.Wards[i]
		c := p.Contact(from)
		if c == nil || c.Standing == gateway.StandingAccepted || c.Standing == gateway.StandingWrong && !d.Conv.Stopped.IsZero() || !of(p) {
			continue // who said EQUIVOCADO has to come back by START first
		}
		c.Standing = gateway.StandingAccepted
		c.Consent = gateway.Consent{Given: true, At: d.Now, Channel: "sms", Shown: c.Consent.Shown, Answered: d.Hidden(words)}
		d.NoteTexted(gateway.TextedAgreed, p, from, d.Now)
		d.PutProfile(p, "contact-accepted", "contact", c.Name)
		d.TellOwner(p, "contact-accepted", c)
		names = append(names, gateway.Shown(p))
	}
	return names
}
