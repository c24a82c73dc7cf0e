package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// A text about an alert of half a day ago and more says of which day it is,
// whoever reads it and whatever it is about; one of these hours does not.
func TestTextsAboutAnOldAlertCarryTheDay(t *testing.T) {
	for after, day := range map[time.Duration]string{10 * time.Minute: "", 20 * time.Hour: " de ayer", 70 * time.Hour: " del domingo 22 nov"} {
		w := newWorld(t) // Sunday 22 November, 14:30 in Chicago
		ref := "#" + w.ref(w.text(juan, "ALERTA"))
		w.text(maria, "1")
		w.text(desk, "RECIBIDO")
		w.pass(after)
		clear(w.inbox)
		texts := []string{w.text(juan, "estoy en Broadview"), w.text(juan, "ESTADO"), w.text(maria, "ESTADO"), w.text(maria, "que paso con el?")}
		w.pass(2 * time.Minute)
		texts = append(texts, w.text(desk, "LOCALIZADO "+ref+" en Broadview"), w.text(desk, "CERRAR "+ref+" es de otro"))
		w.text(juan, "BIEN 4821")
		for _, phone := range []gateway.Phone{juan, maria, rosa, desk} {
			texts = append(texts, w.inbox[phone]...)
		}
		about := 0
		for _, text := range texts {
			if !strings.Contains(text, ref) {
				continue
			}
			about++
			if strings.Contains(text, ref+day) != true || day == "" && (strings.Contains(text, "ayer") || strings.Contains(text, " nov")) {
				t.Errorf("after %s: %q, want the day %q", after, text, day)
			}
		}
		if about < 8 {
			t.Errorf("after %s only %d texts are about the alert: %q", after, about, texts)
		}
	}
}

// A call about an old alert says the day as well.
func TestCallAboutAnOldAlertCarriesTheDay(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.pass(time.Hour)
	n := &notice{world: w, attempt: w.callTo(maria), machine: gateway.MachineNo, sid: "CAold"}
	n.press("")
	n.without("de hoy", "noviembre")
}

// What an agent writes is said to be the agent's, in texts, on calls, at the end
// and in a correction.
func TestAnAgentsWordsAreTheAgents(t *testing.T) {
	const adds = "Una persona de RED X agrega: "
	c := newCentre(t)
	agent := c.agent("Ana", gateway.RoleAgent)
	c.present(agent)
	c.text(juan, "ALERTA me llevan")
	c.hears(maria, "Dijo: me llevan.")
	c.act(agent, acts.AddWords{Alert: c.newest().Alert.ID, Words: "va al juzgado 26"}, gateway.Done)
	c.hears(maria, "de Juan P.", adds+"va al juzgado 26.")
	c.hears(desk, adds+"va al juzgado 26.")
	c.pass(time.Hour)
	n := &notice{world: c.world, attempt: c.callTo(rosa), machine: gateway.MachineNo, sid: "CAwords"}
	n.press("")
	n.without("juzgado") // vague
	n = &notice{world: c.world, attempt: c.callTo(maria), machine: gateway.MachineNo, sid: "CAmaria"}
	n.press("", "Dijo: me llevan.", adds+"va al juzgado 26.")
}
