package storetest

import (
	"testing"
	"time"

	"aviso/gateway"
)

func testReport(t *testing.T, w *world) {
	w = &world{engine: w.engine, dsn: w.engine.New(t), now: w.now, keys: w.keys}
	s, ctx := w.open(t), t.Context()
	erased, kept := w.raise(t, s, 1, 2), w.raise(t, s, 11, 12)
	drill := w.alertWith(w.now, "chicago", gateway.RecipientOwed)
	drill.Alerts[0].Drill = true
	mustCommit(t, s, drill)
	boss := gateway.Agent{ID: w.id(), Name: "boss", Role: gateway.RoleAdmin}
	mustCommit(t, s, gateway.Turn{At: w.now, Agents: []gateway.Agent{boss}})
	day := w.now.Format(time.DateOnly)
	enter := func(d gateway.Demand) {
		t.Helper()
		a, err := s.Agent(ctx, boss.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Second)
		mustCommit(t, s, gateway.Turn{At: w.now, Audit: []gateway.Entry{
			{Subject: gateway.SubjectAgent, ID: boss.ID, Version: a.Version, Kind: "demand", Actor: "agent:boss", Detail: d.String()},
		}})
	}
	enter(gateway.Demand{Page: 1, Kind: "warrant", Received: day, Outcome: "open", Words: "two people: badge 12 kind:other"})
	enter(gateway.Demand{Page: 2, Kind: "request", Received: "2020-01-01", Outcome: "refused"})
	enter(gateway.Demand{Page: 1, Kind: "warrant", Received: day, Outcome: "refused", Words: "counsel: not signed"})
	w.end(t, s, erased.alert.ID, w.now)
	if gone, err := s.EraseProfile(ctx, erased.person.Phone); err != nil || !gone {
		t.Fatal(gone, err)
	}
	r, err := s.Report(ctx, w.now.AddDate(0, 0, -1), w.now.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if r.Alerts != 2 || r.Open != 1 || r.Closed+r.CalledOff != 1 || r.Drills != 1 || r.People != 1 || r.Consulates[kept.alert.Consulate] != 2 {
		t.Errorf("%+v", r)
	}
	if len(r.Demands) != 1 || r.Demands[0] != (gateway.Demand{Page: 1, Kind: "warrant", Received: day, Outcome: "refused", Words: "counsel: not signed"}) {
		t.Errorf("demands %+v", r.Demands)
	}
	if r, err := s.Report(ctx, w.now.AddDate(0, 0, 1), w.now.AddDate(0, 0, 2)); err != nil || r.Alerts+r.Drills+len(r.Demands) != 0 {
		t.Errorf("another day: %+v, %v", r, err)
	}
}
