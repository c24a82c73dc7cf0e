package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// listeners are all phones that could be told anything.
var listeners = []gateway.Phone{juan, maria, pedro, rosa, desk, other}

// quiet checks that nobody was texted or called.
func (c *centre) quiet(when string) {
	c.Helper()
	for _, p := range listeners {
		if len(c.inbox[p])+len(c.calls[p]) > 0 {
			c.Errorf("%s: %s holds %q %q, want nothing", when, p, c.inbox[p], c.calls[p])
		}
		c.inbox[p], c.calls[p] = nil, nil
	}
}

func (c *centre) forget() {
	for _, p := range listeners {
		c.inbox[p], c.calls[p] = nil, nil
	}
}

// What tells people something can be undone for ten seconds, and is then done
// once; what is undone never was.
func TestWhatTellsPeopleWaits(t *testing.T) {
	alert := func(c *centre) gateway.ID { return c.newest().Alert.ID }
	raise := func(c *centre) { c.text(juan, "ALERTA") }
	for name, of := range map[string]struct {
		before func(c *centre, ana, bea gateway.ID)
		deed   func(c *centre) acts.Deed
		tells  gateway.Phone
		hears  string
	}{
		"words": {deed: func(c *centre) acts.Deed { return acts.AddWords{Alert: alert(c), Words: "van al norte"} }, tells: maria, hears: "van al norte"},
		"the end by PIN": {deed: func(c *centre) acts.Deed { return acts.EndAlert{Alert: alert(c), PIN: "4821"} },
			tells: maria, hears: "termino"},
		"the end by two": {before: func(c *centre, ana, bea gateway.ID) {
			c.act(bea, acts.EndAlert{Alert: alert(c), Reason: "released"}, gateway.DoneProposed)
		}, deed: func(c *centre) acts.Deed {
			return acts.EndAlert{Alert: alert(c), Agrees: c.kase(alert(c)).Alert.Proposal.Mark()}
		}, tells: maria, hears: "Salio libre"},
		"known to somebody": {deed: func(c *centre) acts.Deed {
			return acts.Acknowledge{Alert: alert(c), Recipient: c.recipient(c.newest(), maria).ID}
		}, tells: juan, hears: "CONFIRMO"},
		"told by phone": {before: func(c *centre, ana, bea gateway.ID) {
			c.text(maria, "donde esta?")
			c.act(ana, acts.TakeTask{Task: c.tasks(gateway.TaskAnswer)[0].ID}, gateway.Done)
		}, deed: func(c *centre) acts.Deed {
			return acts.FinishTask{Task: c.tasks(gateway.TaskAnswer)[0].ID, Outcome: "told"}
		}, tells: juan, hears: "CONFIRMO"},
		"a drill": {before: func(c *centre, ana, bea gateway.ID) { c.text(juan, "BIEN 4821") },
			deed: func(c *centre) acts.Deed { return acts.DrillPerson{Profile: c.profile(juan).ID} }, tells: maria, hears: "PRUEBA"},
		"an invitation": {deed: func(c *centre) acts.Deed { return acts.InviteContacts{Profile: c.profile(juan).ID} }, tells: pedro, hears: "contacto de emergencia"},
		"many invitations": {deed: func(c *centre) acts.Deed {
			return acts.InviteMany{People: []acts.Invited{{Profile: c.profile(juan).ID, Contacts: 1}}, PerHour: 60}
		}, tells: pedro, hears: "contacto de emergencia"},
		"a desk's drill": {deed: func(c *centre) acts.Deed {
			desks, err := c.store.Desks(c.Context())
			if err != nil {
				c.Fatal(err)
			}
			return acts.TestDesk{Desk: desks[0].ID}
		}, tells: desk, hears: "PRUEBA"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCentre(t)
			ana, bea := c.agent("ana", gateway.RoleAdmin), c.agent("bea", gateway.RoleAgent)
			raise(c)
			if of.before != nil {
				of.before(c, ana, bea)
			}
			c.forget()
			deed := of.deed(c)
			waits := c.act(ana, deed, gateway.DoneWaits)
			c.pass(9 * time.Second)
			c.quiet("while it can be undone")
			if o := c.undo(bea, waits); o.Word != gateway.Undone {
				t.Fatalf("undone in time: %+v", o)
			}
			c.pass(time.Minute)
			c.quiet("after it was undone")

			waits = c.act(ana, deed, gateway.DoneWaits)
			// The node dies and another one comes: a timer is a row. It is claimed
			// twice, and nothing happens twice.
			c.now = c.now.Add(time.Duration(c.service.Rules.Policy.Undo))
			timers, err := c.store.ClaimTimers(t.Context(), c.now, c.now.Add(gateway.Lease), 100)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				for _, timer := range timers {
					c.handle(gateway.TimerDue{Timer: timer})
				}
				c.deliver()
			}
			c.hears(of.tells, of.hears)
			if n := slices.IndexFunc(c.inbox[of.tells], func(text string) bool { return strings.Contains(text, of.hears) }); n >= 0 {
				t.Errorf("%s is told twice: %q", of.tells, c.inbox[of.tells])
			}
			c.forget()
			if o := c.undo(ana, waits); o.Word == gateway.Undone {
				t.Error("what was carried out is undone")
			}
			c.quiet("after it was too late")
		})
	}
}

// Raising never waits, nor does what is known of duress, nor what nobody is told
// of.
func TestWhatNeverWaits(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.act(ana, acts.RaiseFor{Profile: c.profile(juan).ID, Words: "lo suben a una van"}, gateway.DoneRaised)
	c.hears(maria, "ALERTA")
	c.act(ana, acts.RaiseFor{Profile: c.profile(juan).ID, Words: "ya arrancaron"}, gateway.DoneAdded)
	c.hears(maria, "ya arrancaron")
	c.act(ana, acts.RaiseFor{Name: "Lupe", Ring: other}, gateway.DoneRaised)
	c.hears(other, "Lupe")
	alert := c.newest().Alert.ID
	for _, deed := range []acts.Deed{
		acts.Note{Alert: alert, Text: "nadie contesta"},
		acts.Describe{Alert: alert, Edits: typed("facility", "Broadview")},
	} {
		c.forget()
		c.act(ana, deed, gateway.Done)
		c.quiet("what tells nobody")
	}
}

// What cannot be done any more when its time comes is not done, and whoever meant
// it is shown so.
func TestWhatComesTooLate(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	words := c.act(ana, acts.AddWords{Alert: alert, Words: "van al norte"}, gateway.DoneWaits)
	disabled := c.act(bea, acts.AddWords{Alert: alert, Words: "van al sur"}, gateway.DoneWaits)
	a, err := c.store.Agent(t.Context(), bea)
	if err != nil {
		t.Fatal(err)
	}
	a.Disabled = c.now
	if err := c.store.Commit(t.Context(), gateway.Turn{At: c.now, Agents: []gateway.Agent{*a}}); err != nil {
		t.Fatal(err)
	}
	c.text(juan, "BIEN 4821")
	c.forget()
	c.undoable()
	c.quiet("after the alert has ended")
	for _, o := range []gateway.Outcome{c.undo(ana, words), c.undo(ana, disabled)} {
		if o.Word != gateway.Void {
			t.Errorf("%+v, want it void", o)
		}
	}
	pulse, err := c.store.Pulse(t.Context())
	if err != nil || len(pulse.Waiting) != 2 {
		t.Fatalf("shown: %+v, %v", pulse.Waiting, err)
	}
	for _, w := range pulse.Waiting {
		if w.Kind != gateway.TimerVoid || w.Act.Void == "" || w.Alert != alert {
			t.Errorf("shown: %+v %+v", w, w.Act)
		}
	}
	c.pass(11 * time.Minute)
	if pulse, err = c.store.Pulse(t.Context()); err != nil || len(pulse.Waiting) != 0 {
		t.Errorf("still shown: %+v, %v", pulse.Waiting, err)
	}
	// A timer that is none of an act cannot be kept from coming by its id.
	c.forbidden(ana, acts.Undo{Timer: alert, Alert: alert})
}

func TestPolicyOfUndoing(t *testing.T) {
	for written, good := range map[string]bool{"1s": true, "45s": true, "1m": true, "0s": false, "900ms": false, "61s": false} {
		p, err := gateway.ParsePolicy([]byte(`{"undo": "` + written + `"}`))
		if (err == nil) != good || good && time.Duration(p.Undo) < time.Second {
			t.Errorf("undo %s: %v", written, err)
		}
	}
}
