package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

func testErase(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	gone := w.raise(t, s, 1, 2, 3)
	left := w.raise(t, s, 4, 1, 2) // whose contact the person is
	w.end(t, s, gone.alert.ID, w.now)

	if erased, err := s.EraseProfile(ctx, phone(99)); erased || err != nil {
		t.Errorf("erasing nobody: %v, %v", erased, err)
	}
	if erased, err := s.EraseProfile(ctx, phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	v := mustView(t, s, gateway.Scope{
		Phone: phone(1), NamedPhones: []gateway.Phone{phone(1)}, NamedCodes: []gateway.Code{gone.person.Code},
		Profile: gone.person.ID, Alert: gone.alert.ID, Attempt: gone.attempts[0].ID, Whole: true,
	})
	if v.Own != nil || v.Named != nil || v.Subject != nil || v.Attempt != nil || v.Conversation.Seq != 0 || v.Case(gone.alert.ID) != nil {
		t.Errorf("something is left: %+v", v)
	}
	// What belongs to others stays.
	if len(v.Wards) != 1 || len(v.Told) != 1 || v.Told[0].Recipient.Name == "" || v.Case(left.alert.ID) == nil {
		t.Errorf("somebody else's is gone: %+v", v)
	}
	v = mustView(t, s, gateway.Scope{Phone: phone(2), Refs: []gateway.Ref{gone.alert.Ref}})
	if len(v.Told) != 1 || v.Told[0].Alert.ID != left.alert.ID || len(v.Wards) != 1 {
		t.Errorf("a contact still knows of the alert: %+v", v.Told)
	}
	claimed := mustClaim(t, s, w.now, 100)
	for _, a := range claimed {
		if a.Alert == gone.alert.ID {
			t.Error("an erased attempt was claimed")
		}
	}
	timers, err := s.ClaimTimers(ctx, w.now.AddDate(1, 0, 0), w.now.AddDate(1, 0, 1), 100)
	if err != nil || len(timers) != 1 || timers[0].Alert != left.alert.ID {
		t.Errorf("timers: %+v (%v)", timers, err)
	}
	checked, err := s.Verify(ctx)
	if err != nil || len(checked.Broken) != 0 || checked.Erased != 3 {
		t.Errorf("chains after erasing: %+v (%v), want 3 erased rows", checked, err)
	}
	// The phone and the code may be somebody's again.
	again := w.person(1)
	again.Code = gone.person.Code
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{again}, Conversations: []gateway.Conversation{w.conversation(1)}})

	// A stop outlives erasing, where the Turn says so.
	c := mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation
	c.Stopped = w.now
	again.Seq, again.Head = 1, mustView(t, s, gateway.Scope{Phone: phone(1)}).Own.Head
	mustCommit(t, s, gateway.Turn{At: w.now, Erase: []gateway.Profile{again}, Conversations: []gateway.Conversation{c}})
	v = mustView(t, s, gateway.Scope{Phone: phone(1)})
	if v.Own != nil || v.Conversation.Stopped.IsZero() {
		t.Errorf("after erasing with a stop: own %+v, conversation %+v", v.Own, v.Conversation)
	}
}

func testEraseOpen(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	if erased, err := s.EraseProfile(context.Background(), phone(1)); erased || !errors.Is(err, store.ErrAlertOpen) {
		t.Fatalf("erasing with an open alert: %v, %v", erased, err)
	}
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	err := s.Commit(context.Background(), gateway.Turn{At: w.now, Erase: []gateway.Profile{*v.Own}})
	if !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a Turn that erases with an open alert: %v, want ErrConflict", err)
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(1)}); v.Own == nil || v.Case(r.alert.ID) == nil {
		t.Error("something was erased")
	}
}

func testVerify(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	r := w.raise(t, s, 1, 2)
	for i := range 5 {
		a := mustView(t, s, gateway.Scope{Alert: r.alert.ID}).Cases[0].Alert
		turn := gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Version: a.Version, Kind: "note", Detail: fmt.Sprint(i)}}}
		if i%2 == 0 {
			turn.Alerts = []gateway.Alert{a} // a change and its entry are one row
		}
		mustCommit(t, s, turn)
	}
	w.raise(t, s, 3, 4)
	check := func(what string, broken bool) {
		t.Helper()
		got, err := s.Verify(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if (len(got.Broken) > 0) != broken {
			t.Errorf("%s: broken are %v", what, got.Broken)
		}
	}
	if got, err := s.Verify(ctx); err != nil || got.Chains != 4 || got.Rows != 9 || got.Broken != nil {
		t.Fatalf("%+v (%v), want 4 chains with 9 rows", got, err)
	}
	for _, c := range []struct{ what, do, undo string }{
		{"a time changed", `UPDATE ledger SET at = at + 1 WHERE seq = 3`, `UPDATE ledger SET at = at - 1 WHERE seq = 3`},
		{"a word changed", `UPDATE ledger SET what = 'nothing' WHERE seq = 3`, `UPDATE ledger SET what = 'note' WHERE seq = 3`},
		{"a row hidden", `UPDATE ledger SET seq = -seq WHERE seq = 3`, `UPDATE ledger SET seq = -seq WHERE seq = -3`},
		{"the last row hidden", `UPDATE ledger SET seq = -seq WHERE seq = 6`, `UPDATE ledger SET seq = -seq WHERE seq = -6`},
		{"the subject moved", `UPDATE alert SET seq = seq + 1 WHERE seq = 6`, `UPDATE alert SET seq = seq - 1 WHERE seq = 7`},
		{"the words of a row taken out", `UPDATE ledger SET body = NULL WHERE seq = 3`, ``},
		{"the subject hidden", `UPDATE alert SET id = head WHERE seq = 6`, ``},
	} {
		w.engine.Exec(t, w.dsn, c.do)
		check(c.what, true)
		if c.undo != "" {
			w.engine.Exec(t, w.dsn, c.undo)
			check(c.what+", and undone", false)
		}
	}
}

// Whoever can write to the database takes the words out of entries, and makes
// that look like erasing. Beside them stand a person who was erased and an alert
// that went by age, whose rows are without words as well.
func testVerifyWords(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	gone, aged, left, agent := w.raise(t, s, 1, 2), w.raise(t, s, 3, 4), w.raise(t, s, 5, 6), gateway.Agent{ID: w.id(), Name: "ana"}
	mustCommit(t, s, gateway.Turn{At: w.now, Agents: []gateway.Agent{agent}, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: agent.ID, Kind: "reveal", Actor: "agent:ana"}}})
	w.end(t, s, gone.alert.ID, w.now)
	w.end(t, s, aged.alert.ID, w.now)
	if erased, err := s.EraseProfile(ctx, phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	policy := gateway.DefaultRetention()
	w.now = w.now.AddDate(0, 0, 40)
	if _, err := s.Retain(ctx, policy); err != nil {
		t.Fatal(err)
	}
	again := w.raise(t, s, 7, 8) // young, of somebody who was not erased
	if err := s.SealChains(ctx); err != nil {
		t.Fatal(err)
	}
	verify := func() store.Verified {
		t.Helper()
		found, err := s.Verify(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	// Of the person the row before the last, and both of each of the two alerts.
	if found := verify(); len(found.Broken) > 0 || found.Erased != 5 {
		t.Fatalf("%+v, want 5 rows that were erased", found)
	}
	id := func(id gateway.ID) string { return w.literal(id) }
	for _, c := range []struct {
		what    string
		do      []string
		subject gateway.ID
		seq     int64
		says    string
	}{
		{"an agent's act", []string{`UPDATE ledger SET body = NULL WHERE kind = 'agent'`}, agent.ID, 1, "words were taken out"},
		{"a living person's", []string{`UPDATE ledger SET body = NULL WHERE kind = 'profile' AND subject = ` + id(left.person.ID)}, left.person.ID, 1, "words were taken out"},
		{"an open alert's", []string{`UPDATE ledger SET body = NULL WHERE subject = ` + id(left.alert.ID)}, left.alert.ID, 1, "words were taken out"},
		{"emptied in place of null", []string{`UPDATE ledger SET body = substr(body, 1, 0) WHERE subject = ` + id(left.alert.ID)}, left.alert.ID, 1, ""},
		{"the alert made to look erased", []string{
			`UPDATE ledger SET body = NULL WHERE subject = ` + id(again.alert.ID),
			`UPDATE alert SET seq = -seq, ref = NULL, profile = NULL, body = NULL, state = 2 WHERE id = ` + id(again.alert.ID)},
			again.alert.ID, 1, "words were taken out"},
		{"with another's proof", []string{
			`UPDATE ledger SET body = NULL WHERE subject = ` + id(again.alert.ID),
			`UPDATE alert SET seq = -seq, ref = NULL, profile = NULL, body = (SELECT body FROM alert WHERE id = ` + id(aged.alert.ID) + `) WHERE id = ` + id(again.alert.ID)},
			again.alert.ID, 0, "we did not erase it"},
		{"with its own body for a proof", []string{
			`UPDATE ledger SET body = NULL WHERE subject = ` + id(again.alert.ID),
			`UPDATE alert SET seq = -seq WHERE id = ` + id(again.alert.ID)},
			again.alert.ID, 0, "we did not erase it"},
		{"the words of the row that says that a person was erased", []string{
			`UPDATE ledger SET body = NULL WHERE subject = ` + id(gone.person.ID)}, gone.person.ID, 2, "words were taken out"},
		{"a person removed, as if erased", []string{
			`UPDATE ledger SET body = NULL, what = 'erased' WHERE subject = ` + id(left.person.ID),
			`DELETE FROM profile WHERE id = ` + id(left.person.ID)}, left.person.ID, 1, "words were taken out"},
	} {
		t.Run(c.what, func(t *testing.T) {
			for _, sql := range []string{`CREATE TABLE kept_ledger AS SELECT * FROM ledger`, `CREATE TABLE kept_alert AS SELECT * FROM alert`, `CREATE TABLE kept_profile AS SELECT * FROM profile`} {
				w.engine.Exec(t, w.dsn, sql)
			}
			for _, sql := range c.do {
				w.engine.Exec(t, w.dsn, sql)
			}
			found, named := verify(), false
			for _, b := range found.Broken {
				named = named || b.Subject == c.subject && b.Seq == c.seq && strings.Contains(b.Reason, c.says)
			}
			if !named {
				t.Errorf("broken are %v", found.Broken)
			}
			for _, table := range []string{"ledger", "alert", "profile"} {
				w.engine.Exec(t, w.dsn, `DELETE FROM `+table)
				w.engine.Exec(t, w.dsn, `INSERT INTO `+table+` SELECT * FROM kept_`+table)
				w.engine.Exec(t, w.dsn, `DROP TABLE kept_`+table)
			}
			if found := verify(); len(found.Broken) > 0 {
				t.Errorf("undone: %v", found.Broken)
			}
		})
	}
	t.Run("what is read says so, and hides nothing else", func(t *testing.T) {
		later := gateway.Agent{ID: w.id(), Name: "eva"}
		mustCommit(t, s, gateway.Turn{At: w.now, Agents: []gateway.Agent{later}, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: later.ID, Kind: "reveal", Actor: "agent:eva"}}})
		for _, spoilt := range []string{"NULL", "substr(body, 1, 0)", "substr(body, 2)"} {
			w.engine.Exec(t, w.dsn, `UPDATE ledger SET body = `+spoilt+` WHERE subject = `+id(agent.ID))
			rows, err := s.Audit(ctx, store.AuditQuery{Until: w.now.Add(1).UnixMicro() + 1, Limit: 10})
			if err != nil || len(rows) != 2 || rows[0].Lost || len(rows[0].Entries) != 1 || !rows[1].Lost || len(rows[1].Entries) != 0 {
				t.Errorf("%s: %+v (%v)", spoilt, rows, err)
			}
		}
	})
}

// A version before this one left nothing in place of an erased alert's body. For a
// day after it was last there such alerts are taken for erased, and get the proof.
func testVerifyOlder(t *testing.T, w *world) {
	s := w.open(t)
	ctx := context.Background()
	r := w.raise(t, s, 1, 2)
	w.end(t, s, r.alert.ID, w.now)
	w.now = w.now.AddDate(0, 0, 40)
	if _, err := s.Retain(ctx, gateway.DefaultRetention()); err != nil {
		t.Fatal(err)
	}
	unproved := func() { w.engine.Exec(t, w.dsn, `UPDATE alert SET body = NULL WHERE seq < 0`) }
	unproved()
	for hour := range 30 {
		found, err := s.Verify(ctx)
		if err != nil || len(found.Broken) > 0 || found.Erased != 2 {
			t.Fatalf("hour %d: %+v (%v)", hour, found, err)
		}
		if err := s.SealChains(ctx); err != nil {
			t.Fatal(err)
		}
		if hour == 12 { // an older node beside us
			unproved()
		}
		w.now = w.now.Add(time.Hour)
	}
	unproved()
	if found, err := s.Verify(ctx); err != nil || !said(found, "we did not erase it") {
		t.Errorf("%+v (%v)", found, err)
	}
}

// literal is an id as it is written into SQL.
func (w *world) literal(id gateway.ID) string {
	if strings.HasPrefix(w.dsn, "postgres") {
		return fmt.Sprintf(`'\x%x'::bytea`, id[:])
	}
	return fmt.Sprintf(`x'%x'`, id[:])
}
