package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// older is a database as the version before the roll left it, with an agent, a
// session and a link, opened as it then is.
func older(t *testing.T, others bool) (s *Store, now *time.Time, agent gateway.Agent) {
	t.Helper()
	ctx := context.Background()
	at := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	now = &at
	path := filepath.Join(t.TempDir(), "aviso.db")
	keys := newKeysForTest(t)
	open := func() *Store {
		s, err := Open(ctx, Options{DSN: path, Keys: keys, Clock: func() time.Time { return *now }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s = open()
	agent = gateway.Agent{ID: gateway.NewFresh(at, s.rand).ID(), Name: "eva", Role: gateway.RoleAgent}
	err := s.Commit(ctx, gateway.Turn{At: at, Agents: []gateway.Agent{agent}, Passes: []gateway.Pass{{Key: []byte("link"), Expires: at.Add(time.Hour)}}})
	if err != nil {
		t.Fatal(err)
	}
	session := gateway.Session{Key: []byte("session"), Agent: agent.ID, Stage: gateway.StageIn, Seen: at, Expires: at.Add(time.Hour), Token: "form"}
	if err := s.PutSession(ctx, session); err != nil {
		t.Fatal(err)
	}
	for table, v := range map[string]any{"agent": &agent, "session": &session, "pass": &gateway.Pass{}} {
		key := map[string][]byte{"agent": agent.ID[:], "session": session.Key, "pass": []byte("link")}[table]
		body, err := s.seal(table, key, v)
		column := map[bool]string{true: "id", false: "key"}[table == "agent"]
		if err = errors.Join(err, s.write(ctx, s.unit(statement{sql: `UPDATE ` + table + ` SET body = $1 WHERE ` + column + ` = $2`, args: []any{body, key}}))); err != nil {
			t.Fatal(err)
		}
	}
	if others {
		err = s.setUp(ctx, func(tx setUp) error { return signing{s}.migrate(tx, at.Add(time.Second), true) })
		s.rolled.Store(nil)
	} else {
		err = s.write(ctx, s.unit(statement{sql: `DROP TABLE roll`}, statement{sql: `DELETE FROM meta WHERE name = 'keys proof'`},
			statement{sql: `UPDATE meta SET number = $1 WHERE name = 'schema'`, args: []any{int64(rightsSince)}}))
		if err = errors.Join(err, s.Close()); err == nil {
			s = open()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, now, agent
}

func mayAll(t *testing.T, s *Store, agent gateway.ID, when string) {
	t.Helper()
	ctx := context.Background()
	if a, err := s.Agent(ctx, agent); err != nil || a == nil || a.Name != "eva" {
		t.Errorf("%s: agent %+v, %v", when, a, err)
	}
	if x, err := s.Session(ctx, []byte("session")); err != nil || x == nil || x.Token != "form" || x.Stage != gateway.StageIn {
		t.Errorf("%s: session %+v, %v", when, x, err)
	}
	if p, err := s.Pass(ctx, []byte("link")); err != nil || p == nil {
		t.Errorf("%s: link %+v, %v", when, p, err)
	}
	if found, err := s.Verify(ctx); err != nil || len(found.Broken) > 0 {
		t.Errorf("%s: %v, %v", when, found.Broken, err)
	}
}

// What an older version wrote is signed once, and as good as before; what is changed
// afterwards is refused.
func TestRightsOfOlder(t *testing.T) {
	if !strings.Contains(migrations[rightsSince], "CREATE TABLE roll") {
		t.Fatal("rightsSince is another migration's number")
	}
	s, _, agent := older(t, false)
	mayAll(t, s, agent.ID, "after the migration")
	ctx := context.Background()
	agent.Role = gateway.RoleAdmin
	body, err := s.seal("agent", agent.ID[:], &agent) // as the older version wrote it, at some time
	if err = errors.Join(err, s.write(ctx, s.unit(statement{sql: `UPDATE agent SET body = $1`, args: []any{body}}))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Agent(ctx, agent.ID); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("a body of the older version: %v", err)
	}
}

// Nodes of the older version go on beside a newer one: what they write is good, and
// signed after an hour.
func TestRightsBesideOlder(t *testing.T) {
	s, now, agent := older(t, true)
	ctx := context.Background()
	mayAll(t, s, agent.ID, "beside")
	write := func(role gateway.Role) {
		t.Helper()
		agent.Role = role
		body, err := s.seal("agent", agent.ID[:], &agent)
		if err = errors.Join(err, s.write(ctx, s.unit(statement{sql: `UPDATE agent SET body = $1`, args: []any{body}}))); err != nil {
			t.Fatal(err)
		}
	}
	write(gateway.RoleAdmin)
	mayAll(t, s, agent.ID, "beside, after the older node has written")
	*now = now.Add(rollWait - time.Minute)
	mayAll(t, s, agent.ID, "just before the hour is over")
	if err := (signing{s}).late(ctx); err != nil {
		t.Fatal(err)
	}
	if s.rolled.Load().roll.Unsigned == 0 {
		t.Error("it was signed too early")
	}
	*now = now.Add(2 * time.Minute)
	if err := (signing{s}).late(ctx); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Agent(ctx, agent.ID); err != nil || a.Role != gateway.RoleAdmin {
		t.Errorf("signed: %+v, %v", a, err)
	}
	write(gateway.RoleAgent)
	if _, err := s.Agent(ctx, agent.ID); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("written by an older node after that: %v", err)
	}
}
