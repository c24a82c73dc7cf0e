package service_test

import (
	"errors"
	"slices"
	"testing"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// typed are fields, name and value in turns, that are certain: nobody was shown
// anything else.
func typed(pairs ...string) acts.Edits {
	e := acts.Edits{Fields: map[string]acts.Edit{}}
	for i := 0; i < len(pairs); i += 2 {
		e.Fields[pairs[i]] = acts.Edit{Is: pairs[i+1]}
	}
	return e
}

// shown are fields of a form: name, as it was shown, as it was sent.
func shown(seen int64, triples ...string) acts.Edits {
	e := acts.Edits{Seen: seen, Fields: map[string]acts.Edit{}}
	for i := 0; i < len(triples); i += 3 {
		e.Fields[triples[i]] = acts.Edit{Was: triples[i+1], Is: triples[i+2], Known: true}
	}
	return e
}

// conflict does something that would write over another's change, and returns
// what clashes.
func (c *centre) conflict(agent gateway.ID, deed acts.Deed) []acts.Clash {
	c.Helper()
	_, err := c.try(agent, deed)
	var conflict *acts.Conflict
	if !errors.As(err, &conflict) {
		c.Fatalf("%T: %v, want a conflict", deed, err)
	}
	return conflict.Clashes
}

// A page that is old puts nothing back that was not touched on it, and what was
// touched is not written over another's change without a word.
func TestAnOldForm(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	p := c.profile(juan)
	for _, agent := range []gateway.ID{ana, bea} {
		c.act(agent, acts.Verify{Profile: p.ID, PIN: "4821"}, gateway.DoneVerified)
	}
	seen := c.profile(juan).Seq
	change := func(edits acts.Edits) acts.ChangeProfile {
		return acts.ChangeProfile{Profile: p.ID, Edits: edits}
	}
	// Bea's page is as old as Ana's. Ana takes the consent back and moves; Bea
	// touches the language.
	c.act(ana, change(shown(seen, "zip", "60608", "77002", "consent", "yes", "no", "name", p.Name, p.Name)), gateway.Done)
	c.act(bea, change(shown(seen, "zip", "60608", "60608", "consent", "yes", "yes", "name", p.Name, p.Name, "language", "es", "en")), gateway.Done)
	now := c.profile(juan)
	if now.ZIP != "77002" || now.ConsularNotice.Given || now.ConsularNotice.Answered != "NO" || now.Language != "en" {
		t.Errorf("after an old form: %+v", now)
	}
	// What both touched is shown with both values, and nothing of that form is kept.
	got := c.conflict(bea, change(shown(seen, "zip", "60608", "60623", "language_note", "", "mixteco")))
	if want := []acts.Clash{{Field: "zip", Now: "77002", Typed: "60623"}}; !slices.Equal(got, want) {
		t.Errorf("clashes %+v, want %+v", got, want)
	}
	got = c.conflict(bea, change(shown(seen, "consent", "", "yes")))
	if want := []acts.Clash{{Field: "consent", Now: "no", Typed: "yes"}}; !slices.Equal(got, want) {
		t.Errorf("clashes %+v, want %+v", got, want)
	}
	chosen := shown(seen, "consent", "yes", "yes")
	chosen.Fields["consent"] = acts.Edit{Is: "yes", Was: "yes", Known: true, Chosen: true}
	if got = c.conflict(bea, change(chosen)); len(got) != 1 || got[0].Now != "no" {
		t.Errorf("a consent that was chosen as it was shown: %+v", got)
	}
	if c.profile(juan).LanguageNote != "" {
		t.Error("a part of a form that clashes was kept")
	}
	// Both wrote the same: no clash, and nothing to do.
	at := c.profile(juan).ConsularNotice.At
	c.pass(1)
	c.act(bea, change(shown(seen, "zip", "60608", "77002", "consent", "yes", "no")), gateway.Unchanged)
	if !c.profile(juan).ConsularNotice.At.Equal(at) {
		t.Error("a consent that nobody touched was given anew")
	}
	// A form that does not say what it showed counts by its version.
	old := typed("zip", "60608")
	old.Seen = seen
	c.conflict(bea, change(old))
	old.Seen = c.profile(juan).Seq
	c.act(bea, change(old), gateway.Done)
}

// The same for what is kept of an alert, and of a desk.
func TestAnOldFormOfAnAlert(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAdmin), c.agent("bea", gateway.RoleAdmin)
	c.text(juan, "ALERTA")
	alert, seen := c.newest().Alert.ID, c.newest().Alert.Seq
	c.act(ana, acts.Describe{Alert: alert, Edits: shown(seen, "a_number", "", "A123456789", "facility", "", "")}, gateway.Done)
	c.act(bea, acts.Describe{Alert: alert, Edits: shown(seen, "a_number", "", "", "facility", "", "Broadview")}, gateway.Done)
	if d := c.kase(alert).Alert.Details; d.ANumber != "A123456789" || d.Facility != "Broadview" {
		t.Errorf("details %+v", d)
	}
	if got := c.conflict(bea, acts.Describe{Alert: alert, Edits: shown(seen, "a_number", "", "A000000000")}); got[0].Now != "A123456789" {
		t.Errorf("clashes %+v", got)
	}
	c.act(ana, acts.Reroute{Alert: alert, Edits: shown(seen, "zip", "60608", "77002")}, gateway.Done)
	c.act(bea, acts.Reroute{Alert: alert, Edits: shown(seen, "zip", "60608", "60608")}, gateway.Unchanged)
	c.conflict(bea, acts.Reroute{Alert: alert, Edits: shown(seen, "zip", "60608", "60623")})
	if zip := c.kase(alert).Alert.ZIP; zip != "77002" {
		t.Errorf("the place is %s", zip)
	}

	desks, err := c.store.Desks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hours := func(was, is string) acts.SetHours {
		return acts.SetHours{Desk: desks[0].ID, Edits: shown(desks[0].Seq, "hours", was, is)}
	}
	c.act(ana, hours("", "mon-fri 08:00-18:00"), gateway.Done)
	c.act(bea, hours("", ""), gateway.Unchanged)
	c.conflict(bea, hours("", "sat 08:00-18:00"))
}

// The place of an alert that went to the family alone can be changed too.
func TestAPlaceForTheFamilyAlone(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "me agarro la migra")
	c.pass(4 * 60e9)
	alert := c.newest().Alert
	if !alert.Family {
		t.Fatalf("%+v", alert)
	}
	c.forget()
	c.act(ana, acts.Reroute{Alert: alert.ID, Edits: typed("zip", "77002")}, gateway.Done)
	c.nothing(desk)
	if a := c.kase(alert.ID).Alert; a.ZIP != "77002" || a.Consulate != "" {
		t.Errorf("%+v", a)
	}
}

// Somebody who was not asked has not said no.
func TestConsentThatNobodyAskedFor(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	contacts := []acts.NamedContact{{Phone: other, Name: "Chela"}}
	o := c.act(ana, acts.Register{Phone: "+13125550160", Data: acts.PersonData{Name: "Rosa Diaz", Language: "es"}, PIN: "2580", Contacts: contacts}, gateway.DoneRegister)
	if p := c.profile("+13125550160"); p.ConsularNotice != (gateway.Consent{}) || p.ID != o.Who {
		t.Errorf("consent %+v", p.ConsularNotice)
	}
	c.refused(ana, acts.Register{Phone: "+13125550161", Data: acts.PersonData{Name: "Eva", Language: "es", Consent: "perhaps"}, PIN: "2580", Contacts: contacts}, "missing")
	c.refused(ana, acts.Register{Phone: "+13125550161", Data: acts.PersonData{Name: "Eva", Language: "es"}, PIN: "2580"}, "missing")
	c.act(ana, acts.Register{Phone: "+13125550161", Data: acts.PersonData{Name: "Eva", Language: "es", Consent: "yes"}, PIN: "2580"}, gateway.DoneRegister)
	if p := c.profile("+13125550161"); !p.ConsularNotice.Given || p.ConsularNotice.Answered != "SI" {
		t.Errorf("consent %+v", p.ConsularNotice)
	}
}
