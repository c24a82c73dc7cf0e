package store

import (
	"context"
	"testing"
	"time"

	"aviso/gateway"
)

// exerciseConsole has a store run everything that the console asks of it.
func exerciseConsole(t *testing.T, s *Store, p gateway.Profile, alert gateway.Alert) {
	t.Helper()
	ctx := context.Background()
	now := time.Now()
	fresh := gateway.NewFresh(now, s.rand)
	agent := gateway.Agent{ID: fresh.ID(), Name: "ana", Role: gateway.RoleAdmin}
	pass := gateway.Pass{Key: []byte("key"), Alert: alert.ID, Expires: now.Add(time.Hour)}
	task := fresh.ID()
	session := gateway.Session{Key: []byte("session"), Agent: agent.ID, Stage: gateway.StageIn, Seen: now, Expires: now.Add(time.Hour)}
	for i, do := range []func() error{
		func() error {
			return s.Commit(ctx, gateway.Turn{At: now, Agents: []gateway.Agent{agent}, Passes: []gateway.Pass{pass},
				Ringing: []gateway.Ringing{{ID: fresh.ID(), At: now, Profile: p.ID}},
				Tasks:   []gateway.Task{{ID: task, Alert: alert.ID, Profile: p.ID, State: gateway.TaskOpen, At: now}}})
		},
		func() error { return s.PutSession(ctx, session) },
		func() error { return s.SeeSession(ctx, session, now) },
		func() error { _, err := s.Session(ctx, session.Key); return err },
		func() error { _, err := s.Sessions(ctx, agent.ID); return err },
		func() error { _, _, err := s.CountTry(ctx, "name:ana", 5, time.Second); return err },
		func() error { return s.ClearTries(ctx, "name:ana") },
		func() error { _, err := s.Agent(ctx, agent.ID); return err },
		func() error { _, err := s.AgentByName(ctx, "ana"); return err },
		func() error { _, err := s.Ringing(ctx, now.Add(-time.Hour)); return err },
		func() error { _, err := s.Pass(ctx, pass.Key); return err },
		func() error {
			v, err := s.View(ctx, gateway.Scope{Agent: agent.ID, Task: task, Timer: task, Present: true, Pass: pass.Key})
			if err != nil {
				return err
			}
			v.Pass.Wrong++
			return s.Commit(ctx, gateway.Turn{At: now, Agents: []gateway.Agent{*v.Agent}, Passes: []gateway.Pass{*v.Pass}})
		},
		func() error {
			v, err := s.View(ctx, gateway.Scope{Agent: agent.ID})
			if err != nil {
				return err
			}
			return s.Commit(ctx, gateway.Turn{At: now, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: agent.ID, Version: v.Agent.Version, Kind: "x"}}})
		},
		func() error { _, err := s.Pulse(ctx); return err },
		func() error { _, err := s.Tide(ctx); return err },
		func() error { _, err := s.Board(ctx, BoardQuery{Size: 50}); return err },
		func() error { _, err := s.Board(ctx, BoardQuery{Size: 50, Consulate: "chicago"}); return err },
		func() error { _, err := s.Board(ctx, BoardQuery{Size: 50, Only: BoardWaiting}); return err },
		func() error { _, err := s.Board(ctx, BoardQuery{Size: 50, Only: BoardFailed}); return err },
		func() error { _, err := s.Board(ctx, BoardQuery{Size: 50, Only: BoardEnded}); return err },
		func() error { _, err := s.RecordByRef(ctx, alert.Ref); return err },
		func() error { _, err := s.RecordByID(ctx, alert.ID); return err },
		func() error { _, _, err := s.Tasks(ctx, 0, 50); return err },
		func() error { _, err := s.Task(ctx, task); return err },
		func() error { _, err := s.FindByName(ctx, "juan perez"); return err },
		func() error { _, err := s.FindByCode(ctx, p.Code); return err },
		func() error { _, err := s.FindByPhones(ctx, []gateway.Phone{p.Phone}); return err },
		func() error { _, err := s.FindByRef(ctx, alert.Ref); return err },
		func() error { _, _, err := s.Archive(ctx, ArchiveQuery{Until: now, Size: 50}); return err },
		func() error {
			_, err := s.Raided(ctx, &gateway.Incident{Consulate: "chicago", Since: now.Add(-time.Hour)}, 50)
			return err
		},
		func() error { _, err := s.Person(ctx, p.ID); return err },
		func() error { _, err := s.ProfilesByID(ctx, []gateway.ID{p.ID}); return err },
		func() error { _, err := s.RefsByID(ctx, []gateway.ID{alert.ID}); return err },
		func() error { _, err := s.Audit(ctx, AuditQuery{Until: 1 << 62, Limit: 100}); return err },
		func() error {
			_, err := s.Audit(ctx, AuditQuery{Agent: agent.ID, Until: 1 << 62, Limit: 100})
			return err
		},
		func() error { _, err := s.Pictures(ctx); return err },
		func() error { return s.EndSession(ctx, session.Key) },
		func() error { return s.EndSessions(ctx, agent.ID) },
	} {
		if err := do(); err != nil {
			t.Fatalf("step %d of the console: %v", i, err)
		}
	}
}
