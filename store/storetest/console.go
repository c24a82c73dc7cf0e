package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// What the console keeps and reads.

func testAgents(t *testing.T, w *world) {
	s := w.open(t)
	a := gateway.Agent{ID: w.id(), Name: "ana", Role: gateway.RoleAdmin, Login: gateway.Login{Salt: []byte{1}, Password: []byte{2}}}
	entry := gateway.Entry{Subject: gateway.SubjectAgent, ID: a.ID, Kind: "agent-added", Actor: "operator"}
	mustCommit(t, s, gateway.Turn{At: w.now, Agents: []gateway.Agent{a}, Audit: []gateway.Entry{entry}})
	twin := a
	twin.ID = w.id()
	if err := s.Commit(t.Context(), gateway.Turn{At: w.now, Agents: []gateway.Agent{twin}}); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a name that is taken: %v", err)
	}
	got, err := s.AgentByName(t.Context(), "ana")
	if err != nil || got == nil || got.ID != a.ID || got.Role != gateway.RoleAdmin || len(got.Head) != 32 {
		t.Fatalf("by name: %+v, %v", got, err)
	}
	if none, err := s.AgentByName(t.Context(), "bea"); err != nil || none != nil {
		t.Errorf("nobody of that name: %+v, %v", none, err)
	}
	// Two acts that saw the same version exclude each other.
	act := gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: a.ID, Version: got.Version, Kind: "reveal", Actor: "agent:ana"}}}
	mustCommit(t, s, act)
	if err := s.Commit(t.Context(), act); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("an act on an old version: %v", err)
	}
	all, err := s.Agents(t.Context())
	if err != nil || len(all) != 1 {
		t.Errorf("agents %+v, %v", all, err)
	}
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Broken) > 0 {
		t.Errorf("verify: %v, %v", v.Broken, err)
	}
}

func testSessions(t *testing.T, w *world) {
	one, two := w.open(t), w.open(t)
	ctx := t.Context()
	agent, other := w.id(), w.id()
	put := func(key string, of gateway.ID, stage gateway.Stage, seen time.Time) {
		t.Helper()
		if err := one.PutSession(ctx, gateway.Session{
			Key: []byte(key), Agent: of, Stage: stage, Seen: seen, Expires: w.now.Add(time.Hour), Token: "t" + key,
		}); err != nil {
			t.Fatal(err)
		}
	}
	put("a", agent, gateway.StageIn, w.now)
	put("b", other, gateway.StageIn, w.now)
	put("c", other, gateway.StageIn, w.now)
	put("d", w.id(), gateway.StageFactor, w.now)
	put("e", w.id(), gateway.StageIn, w.now.Add(-gateway.PresentFor-time.Second))
	s, err := two.Session(ctx, []byte("a"))
	if err != nil || s == nil || s.Token != "ta" || s.Agent != agent {
		t.Fatalf("on the other node: %+v, %v", s, err)
	}
	v, err := two.View(ctx, gateway.Scope{Agent: agent, Present: true})
	if err != nil || v.Present != 1 {
		t.Errorf("%d others are signed in, want 1 (%v)", v.Present, err)
	}
	s.Language = "en"
	if err := two.PutSession(ctx, *s); err != nil {
		t.Fatal(err)
	}
	if s, err = one.Session(ctx, []byte("a")); err != nil || s.Language != "en" {
		t.Errorf("changed on the other node: %+v, %v", s, err)
	}
	if err := one.EndSessions(ctx, other); err != nil {
		t.Fatal(err)
	}
	if list, err := two.Sessions(ctx, other); err != nil || len(list) != 0 {
		t.Errorf("sessions that were ended: %d, %v", len(list), err)
	}
	w.now = w.now.Add(time.Hour)
	if s, err := one.Session(ctx, []byte("a")); err != nil || s != nil {
		t.Errorf("a session that has expired: %+v, %v", s, err)
	}
}

func testTries(t *testing.T, w *world) {
	one, two := w.open(t), w.open(t)
	ctx := t.Context()
	for i := range 7 {
		s := []*store.Store{one, two}[i%2]
		until, refused, err := s.CountTry(ctx, "name:ana", 5, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if refused != (i >= 5) || i >= 4 && !until.Equal(w.now.Add(time.Minute)) || i < 4 && !until.IsZero() {
			t.Errorf("try %d: until %s, refused %t", i+1, until, refused)
		}
	}
	w.now = w.now.Add(time.Minute)
	if until, refused, err := two.CountTry(ctx, "name:ana", 5, time.Minute); err != nil || refused || !until.Equal(w.now.Add(2*time.Minute)) {
		t.Errorf("after the wait: until %s, refused %t, %v", until, refused, err)
	}
	if err := one.ClearTries(ctx, "name:ana"); err != nil {
		t.Fatal(err)
	}
	if until, refused, err := two.CountTry(ctx, "name:ana", 5, time.Minute); err != nil || refused || !until.IsZero() {
		t.Errorf("after a right one: until %s, refused %t, %v", until, refused, err)
	}

	// Those that are told of later are counted for as long as nobody was.
	if n, last, err := one.Tries(ctx, "failed:ana"); err != nil || n != 0 || !last.IsZero() {
		t.Errorf("none: %d, the last %s (%v)", n, last, err)
	}
	for range 3 {
		w.now = w.now.Add(2 * time.Hour)
		if err := one.NoteTry(ctx, "failed:ana"); err != nil {
			t.Fatal(err)
		}
	}
	if n, last, err := two.Tries(ctx, "failed:ana"); err != nil || n != 3 || !last.Equal(w.now.Truncate(time.Microsecond)) {
		t.Errorf("three: %d, the last %s (%v)", n, last, err)
	}
	if err := two.ClearTries(ctx, "failed:ana"); err != nil {
		t.Fatal(err)
	}
	if n, _, err := one.Tries(ctx, "failed:ana"); err != nil || n != 0 {
		t.Errorf("after they were told: %d (%v)", n, err)
	}
}

// alertWith makes an open alert with one recipient in a state.
func (w *world) alertWith(at time.Time, consulate string, state gateway.RecipientState) gateway.Turn {
	a := gateway.Alert{ID: w.id(), Ref: gateway.Ref(100_000 + w.made), State: gateway.AlertOpen, At: at, Consulate: consulate, ZIP: "60608", Name: "Juan Perez"}
	r := gateway.Recipient{ID: w.id(), Alert: a.ID, Kind: gateway.KindContact, State: state, Name: "Maria", Confirmed: at.Add(90 * time.Second)}
	return gateway.Turn{At: at, Alerts: []gateway.Alert{a}, Recipients: []gateway.Recipient{r},
		Attempts: []gateway.Attempt{{ID: w.id(), Alert: a.ID, Recipient: r.ID, State: gateway.AttemptSent, Text: "secret words"}},
		Tasks:    []gateway.Task{{ID: w.id(), Alert: a.ID, State: gateway.TaskOpen, Urgent: true, At: at, Name: "Maria"}},
		Audit:    []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Kind: "raised", Actor: "phone", Detail: "auxilio"}}}
}

func testBoard(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	const alerts = 25
	for i := range alerts {
		state, consulate := gateway.RecipientOwed, "chicago"
		if i%5 == 0 {
			state, consulate = gateway.RecipientConfirmed, "houston"
		}
		if i == 7 {
			state = gateway.RecipientGivenUp
		}
		turn := w.alertWith(w.now.Add(time.Duration(i)*time.Second), consulate, state)
		if i == 9 || i == 10 { // to somebody who has not confirmed, and to somebody who has
			turn.Attempts[0].State = gateway.AttemptFailed
		}
		mustCommit(t, s, turn)
	}
	drill := w.alertWith(w.now.Add(time.Hour), "chicago", gateway.RecipientOwed)
	drill.Alerts[0].Drill = true
	mustCommit(t, s, drill)
	t.Run("page by page", func(t *testing.T) {
		seen := map[gateway.ID]bool{}
		var last time.Time
		for page := range 3 {
			b, err := s.Board(ctx, store.BoardQuery{Size: 10, Page: page})
			if err != nil || b.Total != alerts {
				t.Fatalf("page %d: %d in all, %v", page, b.Total, err)
			}
			for _, c := range b.Cases {
				if !last.IsZero() && c.Alert.At.After(last) {
					t.Error("the board does not stand in the order of time")
				}
				last = c.Alert.At
				seen[c.Alert.ID] = true
				if len(c.Recipients) != 1 || len(c.Attempts) != 1 || len(c.Tasks) != 1 || c.Alert.Name != "Juan Perez" {
					t.Errorf("row %+v", c)
				}
			}
		}
		if len(seen) != alerts {
			t.Errorf("%d alerts on three pages, want %d", len(seen), alerts)
		}
	})
	t.Run("narrowed", func(t *testing.T) {
		for _, c := range []struct {
			q    store.BoardQuery
			want int
		}{
			{store.BoardQuery{Only: store.BoardWaiting}, 20},
			{store.BoardQuery{Only: store.BoardFailed}, 2},
			{store.BoardQuery{Consulate: "houston"}, 5},
			{store.BoardQuery{Consulate: "houston", Only: store.BoardWaiting}, 0},
			{store.BoardQuery{Only: store.BoardEnded}, 0},
		} {
			c.q.Size = 50
			b, err := s.Board(ctx, c.q)
			if err != nil || b.Total != c.want || len(b.Cases) != c.want {
				t.Errorf("%+v: %d and %d, want %d (%v)", c.q, b.Total, len(b.Cases), c.want, err)
			}
			if all := b.Counts[store.BoardAll]; c.q.Consulate == "houston" && all != 5 || c.q.Consulate == "" && all != alerts {
				t.Errorf("%+v: %d are open", c.q, all)
			}
		}
	})
	t.Run("counted", func(t *testing.T) {
		p, err := s.Pulse(ctx)
		if err != nil || p.Open != alerts || p.Tasks != alerts+1 || p.Urgent != alerts+1 {
			t.Errorf("pulse %+v, %v", p, err)
		}
	})
}

func testWaiting(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	waits := func(kind gateway.TimerKind, words string, after time.Duration) gateway.Timer {
		return gateway.Timer{ID: w.id(), Kind: kind, Alert: w.id(), Due: w.now.Add(after), Act: &gateway.Waiting{
			Agent: w.id(), By: "ana", Kind: "AddWords", Deed: []byte(`{"Words":"` + words + `"}`), Does: "words", Words: words, Tells: 2,
		}}
	}
	first, second := waits(gateway.TimerAct, "van al norte", 10*time.Second), waits(gateway.TimerVoid, "van al sur", time.Minute)
	mustCommit(t, s, gateway.Turn{At: w.now, Timers: []gateway.Timer{
		second, first, waits(gateway.TimerPart, "", 0), {ID: w.id(), Kind: gateway.TimerFollow, Due: w.now.Add(time.Hour)},
	}})
	p, err := s.Pulse(ctx)
	if err != nil || len(p.Waiting) != 2 || p.Waiting[0].ID != first.ID || p.Waiting[1].ID != second.ID {
		t.Fatalf("what waits: %+v, %v", p.Waiting, err)
	}
	if got := p.Waiting[0]; !got.Due.Equal(first.Due) || got.Alert != first.Alert || got.Act == nil || got.Act.Words != "van al norte" || string(got.Act.Deed) != `{"Words":"van al norte"}` {
		t.Errorf("what waits: %+v %+v", got, got.Act)
	}
	v, err := s.View(ctx, gateway.Scope{Timer: first.ID, Key: "timer:1"})
	if err != nil || v.Timer == nil || v.Timer.ID != first.ID || v.Timer.Act.By != "ana" {
		t.Fatalf("by id: %+v, %v", v.Timer, err)
	}
	// Of being undone and being carried out one comes first, whichever it is.
	turn := gateway.Turn{Key: "timer:1", At: w.now, Drop: []gateway.ID{first.ID}, Answer: gateway.Answer{Outcome: gateway.Outcome{Word: gateway.Undone}}}
	mustCommit(t, s, turn)
	if err := s.Commit(ctx, turn); !errors.Is(err, gateway.ErrRepeat) {
		t.Errorf("the second of the two: %v", err)
	}
	if v, err = s.View(ctx, gateway.Scope{Timer: first.ID, Key: "timer:1"}); err != nil || v.Repeat == nil || v.Repeat.Outcome.Word != gateway.Undone {
		t.Errorf("what it learns: %+v, %v", v.Repeat, err)
	}
	if v, err = s.View(ctx, gateway.Scope{Timer: first.ID}); err != nil || v.Timer != nil {
		t.Errorf("by id, once it is done with: %+v, %v", v.Timer, err)
	}
}

func testRecord(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	turn := w.alertWith(w.now, "chicago", gateway.RecipientOwed)
	mustCommit(t, s, turn)
	a := turn.Alerts[0]
	for name, read := range map[string]func() (*store.Record, error){
		"by reference": func() (*store.Record, error) { return s.RecordByRef(ctx, a.Ref) },
		"by id":        func() (*store.Record, error) { return s.RecordByID(ctx, a.ID) },
	} {
		rec, err := read()
		if err != nil || rec == nil || rec.Alert.ID != a.ID || len(rec.Recipients) != 1 || len(rec.Tasks) != 1 {
			t.Fatalf("%s: %+v, %v", name, rec, err)
		}
		if rec.Attempts[0].Text != "secret words" {
			t.Errorf("%s: what was sent is %q", name, rec.Attempts[0].Text)
		}
		if h := rec.History; len(h) != 1 || h[0].Entries[0].Detail != "auxilio" || h[0].Entries[0].Actor != "phone" {
			t.Errorf("%s: history %+v", name, h)
		}
	}
	if rec, err := s.RecordByRef(ctx, 999_999); err != nil || rec != nil {
		t.Errorf("a reference that is not given: %+v, %v", rec, err)
	}
	if f, err := s.FindByRef(ctx, a.Ref); err != nil || len(f.Alerts) != 1 || f.Alerts[0].ID != a.ID || f.Mark == "" {
		t.Errorf("a search for a reference finds %+v, %v", f, err)
	}
	month := store.ArchiveQuery{Since: w.now.Add(-time.Hour), Until: w.now.Add(time.Hour), Size: 10}
	if cases, n, err := s.Archive(ctx, month); err != nil || n != 0 || len(cases) != 0 {
		t.Errorf("the archive holds an alert that is open: %d, %v", n, err)
	}
	over := a
	over.State, over.Ended, over.Seq = gateway.AlertClosed, w.now, 1
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{over}, Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Version: gateway.Version{Seq: 1}, Kind: "closed", Actor: "system"}}})
	for q, want := range map[store.ArchiveQuery]int{
		month: 1,
		{Since: month.Since, Until: month.Until, Size: 10, State: gateway.AlertClosed}:    1,
		{Since: month.Since, Until: month.Until, Size: 10, State: gateway.AlertCancelled}: 0,
		{Since: month.Since, Until: month.Until, Size: 10, Consulate: "chicago"}:          1,
		{Since: month.Since, Until: month.Until, Size: 10, Consulate: "dallas"}:           0,
		{Since: month.Until, Until: month.Until.Add(time.Hour), Size: 10}:                 0,
		{Since: month.Since, Until: month.Until, Size: 10, Page: 1}:                       -1,
	} {
		cases, n, err := s.Archive(ctx, q)
		if want < 0 { // behind the last page
			if n != 1 || len(cases) != 0 {
				t.Errorf("the archive's second page holds %d of %d, %v", len(cases), n, err)
			}
		} else if err != nil || n != want || len(cases) != want {
			t.Errorf("the archive by %+v holds %d of %d, %v, want %d", q, len(cases), n, err, want)
		}
	}
	lines, total, err := s.Tasks(ctx, 0, 10)
	if err != nil || total != 1 || lines[0].Of == nil || lines[0].Of.Ref != a.Ref {
		t.Errorf("tasks %+v, %d, %v", lines, total, err)
	}
}

func testSearch(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	names := []string{"Juan Pérez López", "Juan Carlos Nuñez", "María López", "José de la Luz"}
	for i, name := range names {
		p := w.person(i, 9999)
		p.Name = name
		mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{p}})
	}
	for search, want := range map[string]int{
		"juan": 2, "JUAN perez": 1, "lopez": 2, "lopez maria": 1, "nunez": 1, "per": 0, "juan lopez perez": 1, "juan maria": 0, "": 0, "x": 0, "luz jose": 1,
	} {
		f, err := s.FindByName(ctx, search)
		if err != nil || len(f.Profiles) != want {
			t.Errorf("%q finds %d, want %d (%v)", search, len(f.Profiles), want, err)
		}
	}
	f, err := s.FindByPhones(ctx, []gateway.Phone{phone(1), phone(9999)})
	if err != nil || len(f.Profiles) != 1 || len(f.Wards) != len(names) {
		t.Errorf("by phones: %d and %d (%v)", len(f.Profiles), len(f.Wards), err)
	}
	f, err = s.FindByCode(ctx, f.Profiles[0].Code)
	if err != nil || len(f.Profiles) != 1 || f.Profiles[0].Name != "Juan Carlos Nuñez" {
		t.Errorf("by code: %+v (%v)", f, err)
	}
	person, err := s.Person(ctx, f.Profiles[0].ID)
	if err != nil || person == nil || person.Name != "Juan Carlos Nuñez" || len(person.History) != 1 {
		t.Errorf("person %+v, %v", person, err)
	}
	if none, err := s.Person(ctx, w.id()); err != nil || none != nil {
		t.Errorf("nobody: %+v, %v", none, err)
	}

	// The same search has the same mark, however it is typed, and another another.
	marks := map[string]string{}
	for _, search := range []string{"juan perez", " PÉREZ,  Juan", "juan", "", "x", "lopez"} {
		f, err := s.FindByName(ctx, search)
		if err != nil || len(f.Mark) != 16 {
			t.Errorf("%q: mark %q (%v)", search, f.Mark, err)
		}
		marks[search] = f.Mark
	}
	if marks["juan perez"] != marks[" PÉREZ,  Juan"] || marks["juan"] == marks["juan perez"] || marks["juan"] == marks["lopez"] || marks["juan"] == marks[""] {
		t.Errorf("marks %v", marks)
	}
	// Ten are shown, the newest first, and all are counted, up to fifty.
	for have, i := 0, 100; have < 52; i++ {
		have++
		p := w.person(i, 8888)
		p.Name = "Socorro Ruiz"
		mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{p}})
		if have != 9 && have != 11 && have < 50 {
			continue
		}
		for how, find := range map[string]func() (store.Found, error){
			"name":  func() (store.Found, error) { return s.FindByName(ctx, "ruiz socorro") },
			"phone": func() (store.Found, error) { return s.FindByPhones(ctx, []gateway.Phone{phone(8888)}) },
		} {
			f, err := find()
			if err != nil || f.Shown() != min(have, 10) || f.Count != min(have, 50) || f.More != (have > 50) {
				t.Errorf("by %s %d of %d are shown, counted %d, more: %t (%v)", how, f.Shown(), have, f.Count, f.More, err)
			}
			if how == "name" && (len(f.Profiles) == 0 || f.Profiles[0].ID != p.ID) {
				t.Errorf("the newest of %d is not the first", have)
			}
		}
	}
}

func testAudit(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	agents := []gateway.Agent{{ID: w.id(), Name: "ana"}, {ID: w.id(), Name: "bea"}}
	mustCommit(t, s, gateway.Turn{At: w.now, Agents: agents})
	start := w.now
	for i := range 6 {
		w.now = w.now.Add(time.Minute)
		a, err := s.Agent(ctx, agents[i%2].ID)
		if err != nil {
			t.Fatal(err)
		}
		kind := []string{"reveal", "end", "note"}[i%3]
		mustCommit(t, s, gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: a.ID, Version: a.Version, Kind: kind, Actor: "agent:" + a.Name}}})
	}
	for _, c := range []struct {
		q    store.AuditQuery
		want int
	}{
		{store.AuditQuery{}, 8},
		{store.AuditQuery{Agent: agents[0].ID}, 4},
		{store.AuditQuery{What: "reveal"}, 2},
		{store.AuditQuery{Agent: agents[1].ID, What: "reveal"}, 1},
		{store.AuditQuery{Since: start.Add(4 * time.Minute).UnixMicro()}, 3},
		{store.AuditQuery{Until: start.Add(4 * time.Minute).UnixMicro()}, 5},
	} {
		c.q.Limit = 100
		if c.q.Until == 0 {
			c.q.Until = w.now.Add(time.Hour).UnixMicro()
		}
		list, err := s.Audit(ctx, c.q)
		if err != nil || len(list) != c.want {
			t.Errorf("%+v: %d, want %d (%v)", c.q, len(list), c.want, err)
		}
		for i := 1; i < len(list); i++ {
			if list[i].At.After(list[i-1].At) {
				t.Errorf("%+v does not stand in the order of time", c.q)
			}
		}
	}
}

func testPictures(t *testing.T, w *world) {
	s := w.open(t)
	mustCommit(t, s, w.alertWith(w.now.Add(-time.Hour), "chicago", gateway.RecipientConfirmed))
	mustCommit(t, s, w.alertWith(w.now.Add(-30*time.Hour), "houston", gateway.RecipientOwed))
	mustCommit(t, s, w.alertWith(w.now.Add(-40*24*time.Hour), "houston", gateway.RecipientConfirmed))
	drill := w.alertWith(w.now.Add(-time.Hour), "", gateway.RecipientConfirmed)
	drill.Alerts[0].Drill = true
	mustCommit(t, s, drill)
	p, err := s.Pictures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Open) != 3 || len(p.Day) != 1 || p.Day[0] != "60608" || p.Month != 2 {
		t.Errorf("pictures %+v", p)
	}
	if len(p.Confirmed) != 1 || p.Confirmed[0] != 90*time.Second {
		t.Errorf("times to the first confirmation: %v", p.Confirmed)
	}
	if len(p.Drills) != 1 || p.Drills[0].Told != 1 || p.Drills[0].Confirmed != 1 {
		t.Errorf("drills %+v", p.Drills)
	}
}

func testTide(t *testing.T, w *world) {
	one, two := w.open(t), w.open(t)
	tide := func() string {
		t.Helper()
		s, err := two.Tide(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	ringing, ended := gateway.Ringing{ID: w.id(), At: w.now}, gateway.Ringing{ID: w.id(), At: w.now}
	mustCommit(t, one, gateway.Turn{At: w.now, Ringing: []gateway.Ringing{ringing, ended}})
	before := tide()
	turn := w.alertWith(w.now, "chicago", gateway.RecipientOwed)
	for name, change := range map[string]gateway.Turn{
		"an alert":      turn,
		"a call":        {At: w.now, Ringing: []gateway.Ringing{{ID: w.id(), At: w.now}}},
		"a taken call":  {At: w.now, Ringing: []gateway.Ringing{{ID: ringing.ID, Seq: 1, At: w.now, By: "ana"}}},
		"a call's end":  {At: w.now, Over: []gateway.ID{ended.ID}},
		"a task":        {At: w.now, Tasks: []gateway.Task{{ID: w.id(), State: gateway.TaskOpen, At: w.now}}},
		"another alert": w.alertWith(w.now, "", gateway.RecipientOwed),
	} {
		mustCommit(t, one, change)
		after := tide()
		if after == before {
			t.Errorf("%s moves nothing", name)
		}
		before = after
	}
}

func testPasses(t *testing.T, w *world) {
	s := w.open(t)
	ctx := t.Context()
	p := gateway.Pass{Key: []byte("key"), Alert: w.id(), Expires: w.now.Add(time.Hour), Phone: "+13125550199", Code: []byte{1}}
	mustCommit(t, s, gateway.Turn{At: w.now, Passes: []gateway.Pass{p}})
	v, err := s.View(ctx, gateway.Scope{Pass: p.Key})
	if err != nil || v.Pass == nil || v.Pass.Phone != p.Phone || v.Pass.Alert != p.Alert {
		t.Fatalf("view %+v, %v", v.Pass, err)
	}
	v.Pass.Opened = w.now
	mustCommit(t, s, gateway.Turn{At: w.now, Passes: []gateway.Pass{*v.Pass}})
	if err := s.Commit(ctx, gateway.Turn{At: w.now, Passes: []gateway.Pass{*v.Pass}}); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("opened twice at once: %v", err)
	}
	got, err := s.Pass(ctx, p.Key)
	if err != nil || got == nil || got.Opened.IsZero() {
		t.Errorf("pass %+v, %v", got, err)
	}
}
