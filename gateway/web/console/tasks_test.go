package console

import (
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
	"aviso/templates"
)

// What is read out depends on who is rung: a consulate's desk is no relative,
// and a relative hears their own language whatever the agent's page is in.
func TestScriptFitsWhoeverIsRung(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	c := &Console{Config: Config{Words: words}}
	v := &visit{agent: &gateway.Agent{}}
	profile := &gateway.Profile{Language: "mix", LanguageNote: "San Juan Mixtepec", Contacts: []gateway.Contact{
		{Phone: "+13125550102", Language: "en-US"}, {Phone: "+13125550103"},
	}}
	for phone, want := range map[gateway.Phone][3]string{
		"+13125550102": {"family", "en", "en-US"},
		"+13125550103": {"family", "es", "mix, San Juan Mixtepec"},
		"+13125550199": {"consulate", "es", "mix, San Juan Mixtepec"},
	} {
		line := store.TaskLine{Task: gateway.Task{Kind: gateway.TaskUnreachable, Phone: phone}, Profile: profile}
		row := c.taskRow(v, line, []gateway.Desk{{Address: "+13125550199"}})
		if got := [3]string{row.Script(), row.Spoken, row.Language}; got != want {
			t.Errorf("%s: %q, want %q", phone, got, want)
		}
	}
}

// A ladder says what was tried and what comes next, and stops where a human
// has answered or taken over.
func TestSteps(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 30, 0, 0, time.UTC)
	rules := &gateway.Rules{Policy: gateway.DefaultPolicy(), Senders: []gateway.Sender{{Address: "+15550001111"}}}
	failed := gateway.Attempt{Recipient: gateway.ID{1}, Channel: gateway.SMS, State: gateway.AttemptFailed, Code: "30003", Sent: now}
	again := gateway.Attempt{Recipient: gateway.ID{1}, Channel: gateway.SMS, State: gateway.AttemptWaiting, Tries: 1, Due: now.Add(2 * time.Minute)}
	first := gateway.Attempt{Recipient: gateway.ID{1}, Channel: gateway.SMS, State: gateway.AttemptWaiting, Due: now.Add(2 * time.Minute)}
	late := gateway.Attempt{Recipient: gateway.ID{1}, Channel: gateway.SMS, State: gateway.AttemptWaiting, Due: now}
	calling := gateway.Attempt{Recipient: gateway.ID{1}, Channel: gateway.Voice, State: gateway.AttemptSent, Sent: now.Add(time.Minute)}
	for name, c := range map[string]struct {
		recipient gateway.Recipient
		attempts  []gateway.Attempt
		want      []string // what, how
	}{
		"waits": {gateway.Recipient{Rung: 0, Next: now.Add(2 * time.Minute)}, []gateway.Attempt{failed},
			[]string{"text failed", "call next", "task later"}}, // one sender: there is no other number
		"is called": {gateway.Recipient{Rung: 2, Next: now.Add(5 * time.Minute)}, []gateway.Attempt{calling, failed}, []string{"text failed", "call sent", "task next"}},
		"confirmed": {gateway.Recipient{State: gateway.RecipientConfirmed, Confirmed: now}, []gateway.Attempt{failed}, []string{"text failed", "confirmed confirmed"}},
		"given up":  {gateway.Recipient{State: gateway.RecipientGivenUp}, []gateway.Attempt{failed}, []string{"text failed", "task task"}},
		// What is still to come reads so, until its time has come.
		"is tried again": {gateway.Recipient{Rung: 2, Next: now.Add(5 * time.Minute)}, []gateway.Attempt{again}, []string{"text retry", "task next"}},
		"goes out later": {gateway.Recipient{Rung: 2, Next: now.Add(5 * time.Minute)}, []gateway.Attempt{first}, []string{"text planned", "task next"}},
		"is due":         {gateway.Recipient{Rung: 2, Next: now.Add(5 * time.Minute)}, []gateway.Attempt{late}, []string{"text sending", "task next"}},
		"not on one":     {gateway.Recipient{}, nil, nil},
	} {
		r := c.recipient
		r.ID, r.Kind = gateway.ID{1}, gateway.KindContact
		if r.State == 0 {
			r.State = gateway.RecipientOwed
		}
		alert := &gateway.Case{Alert: gateway.Alert{State: gateway.AlertOpen}, Recipients: []gateway.Recipient{r}, Attempts: c.attempts}
		got := steps(alert, &r, rules, now.Add(90*time.Second))
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
			continue
		}
		for i, s := range got {
			if s.What+" "+s.How != c.want[i] {
				t.Errorf("%s: step %d is %s %s, want %s", name, i, s.What, s.How, c.want[i])
			}
		}
	}
}
