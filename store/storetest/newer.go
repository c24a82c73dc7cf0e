package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// A node of the version before, which is running while a newer one migrates the
// database, goes on: tables, columns and indexes that it does not know harm
// nothing that it does. Only when it starts anew is it refused.
func testOlderBeside(t *testing.T, w *world) {
	ctx := context.Background()
	s := w.open(t)
	before := w.raise(t, s, 1, 2, 3) // its statements are prepared
	mustClaim(t, s, w.now, 1)

	for i, table := range []string{"meta", "inbound", "conversation", "profile", "finger", "alert", "recipient", "attempt",
		"timer", "task", "desk", "slot", "ledger", "keysession"} {
		w.engine.Exec(t, w.dsn, `ALTER TABLE `+table+` ADD COLUMN later_text TEXT`)
		w.engine.Exec(t, w.dsn, `ALTER TABLE `+table+` ADD COLUMN later_number BIGINT NOT NULL DEFAULT 7`)
		w.engine.Exec(t, w.dsn, fmt.Sprintf(`CREATE INDEX later_%d ON %s (later_number)`, i, table))
	}
	w.engine.Exec(t, w.dsn, `CREATE TABLE later (id BYTEA PRIMARY KEY, body BYTEA NOT NULL)`)
	w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number + 1 WHERE name = 'schema'`)

	after := w.raise(t, s, 11, 12, 13)
	w.raiseAgain(t, s, before.person, 2)
	for _, who := range []int{1, 11} {
		if v := mustView(t, s, gateway.Scope{Phone: phone(who)}); v.Own == nil || len(v.Cases) == 0 {
			t.Errorf("the view of person %d is %+v", who, v)
		}
	}
	claimed := mustClaim(t, s, w.now, 10)
	if len(claimed) != 4 {
		t.Errorf("claimed %d attempts, want the 4 that are free", len(claimed))
	}
	if err := s.Release(ctx, claimed); err != nil {
		t.Error(err)
	}
	if timers, err := s.ClaimTimers(ctx, w.now.Add(2*time.Hour), w.now.Add(3*time.Hour), 10); err != nil || len(timers) != 3 {
		t.Errorf("claimed %d timers (%v), want 3", len(timers), err)
	}
	if _, _, err := s.Slots(ctx, "+15550001111", w.now, w.now, time.Second); err != nil {
		t.Error(err)
	}
	mustImport(t, s, store.Incoming{Profile: w.person(21, 22)})
	if err := s.ReplaceDesks(ctx, []gateway.Desk{{Consulate: "chicago", Channel: gateway.SMS, Address: phone(99)}}); err != nil {
		t.Error(err)
	}
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
	closed := mustView(t, s, gateway.Scope{Phone: phone(11)}).Cases[0].Alert
	closed.State, closed.Ended = gateway.AlertClosed, w.now
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{closed}})
	if erased, err := s.EraseProfile(ctx, after.person.Phone); err != nil || !erased {
		t.Errorf("erased: %v, %v", erased, err)
	}
	if v, err := s.Verify(ctx); err != nil || len(v.Broken) > 0 {
		t.Errorf("%v, broken: %v", err, v.Broken)
	}
	if _, err := w.tryOpen(t, store.Options{Keys: w.keys}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("started anew: %v, want ErrNewerSchema", err)
	}
}
