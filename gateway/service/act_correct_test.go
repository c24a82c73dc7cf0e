package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// carried is the newest act of an alert that can be corrected.
func (c *centre) carried(alert gateway.ID) gateway.Carried {
	c.Helper()
	list := gateway.CanCorrect(c.kase(alert).Alert.Carried, c.now)
	if len(list) == 0 {
		c.Fatal("nothing can be corrected")
	}
	return list[0]
}

// agree has an agent agree to what another has proposed.
func (c *centre) agree(agent, alert gateway.ID) {
	c.Helper()
	c.act(agent, acts.EndAlert{Alert: alert, Agrees: c.kase(alert).Alert.Proposal.Mark()}, gateway.DoneEnded)
}

func (c *centre) correct(agent, alert gateway.ID, words string) {
	c.Helper()
	c.act(agent, acts.Correct{Alert: alert, Act: c.carried(alert).ID, Words: words}, gateway.Done)
}

// Everybody who was told of an end that was none is told so, and the alert goes
// on as if it had not ended.
func TestCorrectAnEnd(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	c.says(rosa, "1", "Gracias")
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "released"}, gateway.DoneProposed)
	c.agree(ana, alert)
	for _, p := range []gateway.Phone{juan, maria, pedro, rosa, desk} {
		c.hears(p, "se cerro")
	}
	c.forget()
	c.correct(ana, alert, "Era otra persona")
	for _, p := range []gateway.Phone{juan, maria, pedro, desk} {
		c.hears(p, "CORRECCION", "SIGUE", "Era otra persona")
	}
	c.hears(rosa, "CORRECCION") // whose wording is vague
	k := c.kase(alert)
	if !k.Alert.Open() || k.Alert.Reason != "" || c.recipient(k, rosa).State != gateway.RecipientConfirmed ||
		c.recipient(k, maria).State != gateway.RecipientOwed || c.recipient(k, maria).Next.IsZero() {
		t.Errorf("the alert that goes on: %+v, %+v", k.Alert, k.Recipients)
	}
	// It can be confirmed, followed up once, called off.
	c.says(maria, "1", "Gracias")
	c.hears(juan, "CONFIRMO")
	c.forget()
	c.pass(2*time.Hour + time.Minute)
	c.hears(maria, "Juan P.")
	c.nothing(maria)
	c.says(juan, "BIEN 4821", "termino")
	// Corrected once, it cannot be corrected again.
	if list := gateway.CanCorrect(c.kase(alert).Alert.Carried, c.now); len(list) != 0 {
		t.Errorf("still to be corrected: %+v", list)
	}
}

// Who had not been told yet when an alert was ended by mistake is told now.
func TestCorrectAnEndTellsWhoWasNotTold(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.service.Dispatch = nil // what is owed waits, and no relay runs
	do := func(deed acts.Deed) {
		t.Helper()
		c.acts++
		c.handle(&acts.Act{Key: string(rune('a' + c.acts)), Agent: ana, Deed: deed})
		c.now = c.now.Add(time.Duration(c.service.Rules.Policy.Undo))
		timers, err := c.store.ClaimTimers(t.Context(), c.now, c.now.Add(gateway.Lease), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, timer := range timers {
			c.handle(gateway.TimerDue{Timer: timer})
		}
	}
	do(acts.RaiseFor{Profile: c.profile(juan).ID, Words: "me llevan"})
	alert := c.newest().Alert.ID
	do(acts.EndAlert{Alert: alert, PIN: "4821"})
	if k := c.kase(alert); k.Alert.Open() || c.recipient(k, maria).State != gateway.RecipientWithdrawn {
		t.Fatalf("the end: %+v", k)
	}
	do(acts.Correct{Alert: alert, Act: c.carried(alert).ID})
	c.deliver()
	c.hears(maria, "ALERTA", "me llevan")
	c.hears(desk, "ALERTA", "me llevan")
	c.quietAbout("CORRECCION")
}

// quietAbout checks that nobody was told a word.
func (c *centre) quietAbout(word string) {
	c.Helper()
	for phone, texts := range c.inbox {
		for _, text := range texts {
			if strings.Contains(text, word) {
				c.Errorf("%s holds %q", phone, text)
			}
		}
	}
}

func TestCorrectAConfirmation(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	c.act(ana, acts.Acknowledge{Alert: k.Alert.ID, Recipient: c.recipient(k, maria).ID}, gateway.Done)
	c.hears(juan, "Maria", "CONFIRMO")
	c.forget()
	c.correct(ana, k.Alert.ID, "")
	c.hears(juan, "CORRECCION", "Maria", "AUN NO")
	c.nothing(maria, rosa, desk)
	if r := c.recipient(c.kase(k.Alert.ID), maria); r.State != gateway.RecipientOwed || !r.Confirmed.IsZero() {
		t.Errorf("who has not confirmed: %+v", r)
	}
	if len(c.tasks(gateway.TaskNobodyConfirmed)) != 1 {
		t.Error("no agent looks")
	}
	c.pass(10 * time.Minute)
	c.rings(maria, 1) // the ladder goes on
	c.says(maria, "1", "Gracias")
	c.hears(juan, "Maria", "CONFIRMO")
}

func TestCorrectWordsAndAPlace(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	if err := c.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: c.now},
		{Consulate: "houston", Channel: gateway.SMS, Address: other, Language: "es", Confirmed: c.now},
	}); err != nil {
		t.Fatal(err)
	}
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	c.act(ana, acts.AddWords{Alert: alert, Words: "esta en Broadview"}, gateway.Done)
	c.hears(maria, "esta en Broadview")
	c.forget()
	c.correct(ana, alert, "Nadie sabe donde esta")
	c.hears(maria, "CORRECCION", "Nadie sabe donde esta")
	c.hears(desk, "CORRECCION")
	c.nothing(juan, rosa, pedro) // they were told no words

	c.act(ana, acts.Reroute{Alert: alert, Edits: typed("zip", "77002")}, gateway.Done)
	c.hears(other, "ALERTA", "Juan Perez")
	c.forget()
	c.correct(ana, alert, "")
	c.hears(other, "CORRECCION", "no era para ustedes")
	c.nothing(maria, desk)
	k := c.kase(alert)
	if a := k.Alert; a.ZIP != "60608" || a.Consulate != "chicago" {
		t.Errorf("the place: %s, %s", a.ZIP, a.Consulate)
	}
	if r := c.recipient(k, other); r.State != gateway.RecipientEnded || !r.Mistaken {
		t.Errorf("the desk that had no part in it: %+v", r)
	}
	// It is not tried again, nor told of the end.
	c.pass(20 * time.Minute)
	c.rings(other, 0)
	c.nothing(other)
	c.refused(ana, acts.AddWords{Alert: alert}, "missing")
	c.forbidden(ana, acts.Correct{Alert: alert, Act: alert})
	c.act(ana, acts.AddWords{Alert: alert, Words: "otra vez"}, gateway.Done)
	wrong := c.carried(alert).ID
	c.pass(25 * time.Hour)
	c.act(ana, acts.Correct{Alert: alert, Act: wrong}, gateway.NotOpen)
}

// A drill and an invitation are corrected towards those who had them.
func TestCorrectWhatContactsWereSent(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	p := c.profile(juan)
	c.act(ana, acts.DrillPerson{Profile: p.ID}, gateway.Done)
	c.hears(maria, "PRUEBA")
	c.forget()
	list := gateway.CanCorrect(c.profile(juan).Carried, c.now)
	if len(list) != 1 {
		t.Fatalf("to be corrected: %+v", list)
	}
	c.act(ana, acts.Correct{Profile: p.ID, Act: list[0].ID}, gateway.Done)
	c.hears(maria, "CORRECCION")
	c.hears(rosa, "CORRECCION")
	c.nothing(juan, pedro, desk)
}
