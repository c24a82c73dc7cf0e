package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// place raises an alert of a place, with a contact and the desk of 500 as
// recipients.
func (w *world) place(t *testing.T, s *store.Store, self int, district string, consented bool) raised {
	t.Helper()
	r := raised{person: w.person(self, self+1)}
	r.alert = w.alert(&r.person, mustView(t, s, gateway.Scope{}).Free)
	r.alert.District, r.alert.Consulate = district, ""
	r.recipients = []gateway.Recipient{w.recipient(&r.alert, self+1)}
	if consented {
		r.alert.Consulate = district
		desk := w.recipient(&r.alert, 500)
		desk.Kind, desk.Summed = gateway.KindDesk, true
		r.recipients = append(r.recipients, desk)
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{r.person}, Alerts: []gateway.Alert{r.alert}, Recipients: r.recipients,
		Tasks: []gateway.Task{{ID: w.id(), Kind: gateway.TaskNoDesk, State: gateway.TaskOpen, Urgent: true, Alert: r.alert.ID, At: w.now, Phone: phone(self + 1)}}})
	return r
}

func testRush(t *testing.T, w *world) {
	s := w.open(t)
	w.place(t, s, 1, "chicago", true)
	w.now = w.now.Add(10 * time.Minute)
	since := w.now
	twice := w.place(t, s, 3, "chicago", true)
	again := w.alert(&twice.person, 222_222)
	again.Consulate, again.District = "chicago", "chicago"
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{again}})
	w.place(t, s, 5, "chicago", false)
	w.place(t, s, 7, "fresno", true)
	w.place(t, s, 9, "", false)
	drill := w.alert(nil, 111_111)
	drill.Drill, drill.District = true, "chicago"
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{drill}})
	rush := mustView(t, s, gateway.Scope{Since: since}).Rush
	slices.SortFunc(rush, func(a, b gateway.Rush) int { return a.Alerts - b.Alerts })
	want := []gateway.Rush{{Consulate: "fresno", Alerts: 1, Consented: 1, First: since}, {Consulate: "chicago", Alerts: 2, Consented: 1, First: since}}
	if !slices.EqualFunc(rush, want, func(a, b gateway.Rush) bool {
		return a.Consulate == b.Consulate && a.Alerts == b.Alerts && a.Consented == b.Consented && a.First.Equal(b.First)
	}) {
		t.Errorf("rush %+v, want %+v", rush, want)
	}
	if v := mustView(t, s, gateway.Scope{}); v.Rush != nil {
		t.Error("a view holds what was not asked for")
	}
}

// Two nodes that find the same rush end with one incident, and both know.
func testIncidentOnce(t *testing.T, w *world) {
	nodes := []*store.Store{w.open(t), w.open(t)}
	incident := func(place string) gateway.Incident {
		return gateway.Incident{ID: w.id(), Consulate: place, Since: w.now, Noticed: w.now}
	}
	both := []gateway.Incident{incident("chicago"), incident("chicago")}
	errs := make([]error, 2)
	var all sync.WaitGroup
	for i, s := range nodes {
		all.Go(func() {
			errs[i] = s.Commit(context.Background(), gateway.Turn{At: w.now, Incidents: both[i : i+1]})
		})
	}
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), gateway.ErrConflict) {
		t.Fatalf("two open incidents of one place: %v, want one conflict", errs)
	}
	for _, s := range nodes {
		d := mustView(t, s, gateway.Scope{}).Directory
		if len(d.Incidents()) != 1 || d.Incident("chicago") == nil || !d.Raided() {
			t.Errorf("incidents %+v", d.Incidents())
		}
	}
	// It is changed, ended, and there may be another.
	i := *mustView(t, nodes[0], gateway.Scope{}).Directory.Incident("chicago")
	old := i
	i.Desks = []gateway.IncidentDesk{{Phone: phone(500), For: []gateway.Phone{phone(501)}, Through: w.id(), Over: 2, Confirmed: w.id()}}
	i.Summed = w.now
	mustCommit(t, nodes[0], gateway.Turn{At: w.now, Incidents: []gateway.Incident{i}})
	got := mustView(t, nodes[1], gateway.Scope{}).Directory.Incident("chicago")
	if got == nil || len(got.Desks) != 1 || got.Desks[0].Through != i.Desks[0].Through || got.Desks[0].For[0] != phone(501) || !got.Summed.Equal(w.now) || !got.Since.Equal(w.now) {
		t.Fatalf("read back on the other node: %+v", got)
	}
	if err := nodes[1].Commit(context.Background(), gateway.Turn{At: w.now, Incidents: []gateway.Incident{old}}); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a change to an incident that has moved on: %v", err)
	}
	ended := *got
	ended.Ended = w.now
	mustCommit(t, nodes[1], gateway.Turn{At: w.now, Incidents: []gateway.Incident{ended}})
	d := mustView(t, nodes[0], gateway.Scope{}).Directory
	if d.Raided() || d.Incident("chicago") != nil || len(d.Incidents()) != 1 {
		t.Errorf("after its end: %+v", d.Incidents())
	}
	w.now = w.now.Add(25 * time.Hour)
	mustCommit(t, nodes[0], gateway.Turn{At: w.now, Incidents: []gateway.Incident{incident("chicago")}})
	if d = mustView(t, nodes[1], gateway.Scope{}).Directory; len(d.Incidents()) != 1 || !d.Raided() {
		t.Errorf("a day later: %+v", d.Incidents())
	}
}

func testRaid(t *testing.T, w *world) {
	s := w.open(t)
	w.place(t, s, 1, "chicago", true) // before
	w.now = w.now.Add(time.Minute)
	i := gateway.Incident{ID: w.id(), Consulate: "chicago", Since: w.now, Noticed: w.now}
	one, _, two := w.place(t, s, 3, "chicago", true), w.place(t, s, 5, "chicago", false), w.place(t, s, 7, "chicago", true)
	w.place(t, s, 9, "fresno", true)
	mustCommit(t, s, gateway.Turn{At: w.now, Incidents: []gateway.Incident{i}})
	own := gateway.Recipient{ID: w.id(), Alert: i.ID, Kind: gateway.KindDesk, State: gateway.RecipientOwed, Phone: phone(500), Name: "Consulado"}
	attempt := w.attempt(&own)
	i = *mustView(t, s, gateway.Scope{}).Directory.Incident("chicago")
	i.Desks = []gateway.IncidentDesk{{Phone: phone(500)}}
	mustCommit(t, s, gateway.Turn{At: w.now, Incidents: []gateway.Incident{i}, Recipients: []gateway.Recipient{own}, Attempts: []gateway.Attempt{attempt},
		Tasks: []gateway.Task{{ID: w.id(), Kind: gateway.TaskRaid, State: gateway.TaskOpen, Alert: i.ID, At: w.now}}})

	for name, c := range map[string]struct {
		scope          gateway.Scope
		members, tasks int
	}{
		"by its id":        {gateway.Scope{Alert: i.ID}, 2, 3},
		"by its attempt":   {gateway.Scope{Attempt: attempt.ID, Whole: true}, 2, 3},
		"by its desk":      {gateway.Scope{Phone: phone(500)}, 2, 0},
		"with a reference": {gateway.Scope{Phone: phone(500), Refs: []gateway.Ref{one.alert.Ref}}, 0, 0},
		"to settle":        {gateway.Scope{Alert: one.alert.ID, Desk: phone(500)}, 0, 0},
	} {
		v := mustView(t, s, c.scope)
		if len(v.Raids) != 1 || len(v.Raids[0].Members) != c.members || len(v.Raids[0].Tasks) != c.tasks {
			t.Errorf("%s: %+v", name, v.Raids)
			continue
		}
		own := v.Case(i.ID)
		if own == nil || len(own.Recipients) != 1 || len(own.Attempts) != 1 || len(own.Tasks) != 1 {
			t.Errorf("%s: case %+v", name, own)
		}
		if c.members > 0 && (v.Raids[0].Members[0].Alert.ID != one.alert.ID || v.Raids[0].Members[1].Recipient.ID != two.recipients[1].ID || !v.Raids[0].Members[1].Recipient.Summed) {
			t.Errorf("%s: members %+v", name, v.Raids[0].Members)
		}
		if c.tasks > 0 && !v.Raids[0].Newest.Equal(w.now) {
			t.Errorf("%s: newest %v", name, v.Raids[0].Newest)
		}
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(3)}); v.Raids != nil {
		t.Errorf("a person sees the incident: %+v", v.Raids)
	}
	if v := mustView(t, s, gateway.Scope{Attempt: attempt.ID}); v.Raids != nil {
		t.Errorf("a receipt that went well reads the incident: %+v", v.Raids)
	}
}

// What can wait is not claimed while an incident is open.
func testPaused(t *testing.T, w *world) {
	s := w.open(t)
	w.enqueue(t, s, 8, func(i int, a *gateway.Attempt) { a.Lane = gateway.Lane(i) })
	i := gateway.Incident{ID: w.id(), Consulate: "chicago", Since: w.now}
	mustCommit(t, s, gateway.Turn{At: w.now, Incidents: []gateway.Incident{i}})
	if claimed := mustClaim(t, s, w.now, 100); len(claimed) != 5 || claimed[4].Lane != gateway.LaneConfirm {
		t.Errorf("%d are claimed, want those of five lanes", len(claimed))
	}
	if due, waiting, err := s.Oldest(context.Background()); err != nil || waiting != 0 || !due.IsZero() {
		t.Errorf("%d wait since %v (%v), want none", waiting, due, err)
	}
	i = *mustView(t, s, gateway.Scope{}).Directory.Incident("chicago")
	i.Ended = w.now
	mustCommit(t, s, gateway.Turn{At: w.now, Incidents: []gateway.Incident{i}})
	if claimed := mustClaim(t, s, w.now, 100); len(claimed) != 3 {
		t.Errorf("%d are claimed afterwards, want three", len(claimed))
	}
}

// A phone that is stopped elsewhere is stopped whether it has ever written or
// not, whatever is being decided on its conversation meanwhile.
func testStops(t *testing.T, w *world) {
	s := w.open(t)
	known := w.conversation(1)
	known.Language = "en"
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{known}})
	seen := mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation
	w.now = w.now.Add(time.Minute)
	stop := gateway.Turn{At: w.now, Stops: []gateway.Stop{{ID: w.id(), Phone: phone(1)}, {ID: w.id(), Phone: phone(2)}}}
	mustCommit(t, s, stop)
	for n, language := range map[int]string{1: "en", 2: ""} {
		c := mustView(t, s, gateway.Scope{Phone: phone(n)}).Conversation
		if c.Phone != phone(n) || !c.Stopped.Equal(w.now) || c.Language != language {
			t.Errorf("%d: %+v", n, c)
		}
	}
	seen.Language = "es"
	if err := s.Commit(context.Background(), gateway.Turn{At: w.now, Conversations: []gateway.Conversation{seen}}); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("a conversation that was read before the stop: %v, want a conflict", err)
	}
	// A second stop keeps the time of the first; START undoes it.
	first := w.now
	w.now = w.now.Add(time.Hour)
	mustCommit(t, s, gateway.Turn{At: w.now, Stops: []gateway.Stop{{ID: w.id(), Phone: phone(1)}}})
	c := mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation
	if !c.Stopped.Equal(first) {
		t.Errorf("stopped at %v, want %v", c.Stopped, first)
	}
	c.Stopped = time.Time{}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}})
	if c = mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation; !c.Stopped.IsZero() {
		t.Error("stopped after START")
	}
}

func testTogether(t *testing.T, w *world) {
	s := w.open(t)
	one, two := w.raise(t, s, 1, 9, 8), w.raise(t, s, 2, 9)
	v := mustView(t, s, gateway.Scope{Alert: one.alert.ID, Together: true})
	if len(v.Together[phone(9)]) != 2 || v.Together[phone(9)][0].Alert.ID != two.alert.ID || len(v.Together[phone(8)]) != 1 {
		t.Errorf("together: %+v", v.Together)
	}
	if v = mustView(t, s, gateway.Scope{Alert: one.alert.ID}); v.Together != nil {
		t.Error("a view holds what was not asked for")
	}
	if v = mustView(t, s, gateway.Scope{Attempt: one.attempts[0].ID, Whole: true}); len(v.Namers) != 2 {
		t.Errorf("who names the phone of an attempt: %+v", v.Namers)
	}
}
