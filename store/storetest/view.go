package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/store"
)

// end closes an alert at a time.
func (w *world) end(t *testing.T, s *store.Store, id gateway.ID, at time.Time) {
	t.Helper()
	a := mustView(t, s, gateway.Scope{Alert: id}).Cases[0].Alert
	a.State, a.Ended = gateway.AlertCancelled, at
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{a}})
}

func caseIDs(v gateway.View) []gateway.ID {
	var ids []gateway.ID
	for _, c := range v.Cases {
		ids = append(ids, c.Alert.ID)
	}
	return ids
}

// testViewQuestion: what the open question to a phone, and its cry, hang on.
func testViewQuestion(t *testing.T, w *world) {
	s := w.open(t)
	about := w.raise(t, s, 4, 2)
	c := w.conversation(1)
	c.Question = &gateway.Question{Kind: "any", Text: about.attempts[0].ID, Alert: about.alert.ID}
	task := gateway.Task{ID: w.id(), Kind: gateway.TaskSignal, State: gateway.TaskOpen, At: w.now, Note: "ayuda"}
	c.Cry = &gateway.Cry{Task: task.ID}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}, Tasks: []gateway.Task{task}})
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	if v.CryTask == nil || v.CryTask.ID != task.ID || v.CryTask.Note != task.Note {
		t.Errorf("the task of a cry: %+v", v.CryTask)
	}
	if v.Asking == nil || v.Asking.ID != about.attempts[0].ID || v.Asking.State != about.attempts[0].State || v.Asking.Text != "" {
		t.Errorf("the text that asks: %+v", v.Asking)
	}
	if k := v.Case(about.alert.ID); k == nil || len(k.Recipients) != 1 || len(v.Raisers) != 1 || v.Raisers[0].ID != about.person.ID {
		t.Errorf("the alert that it is about: %+v of %+v", k, v.Raisers)
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(2)}); v.Asking != nil {
		t.Errorf("the text of another's question: %+v", v.Asking)
	}
}

func testViewPhone(t *testing.T, w *world) {
	s := w.open(t)
	empty := mustView(t, s, gateway.Scope{Phone: phone(1)})
	if empty.Conversation.Phone != phone(1) || empty.Conversation.Seq != 0 || empty.Own != nil || empty.Cases != nil || empty.Told != nil {
		t.Fatalf("view of a phone that nobody knows: %+v", empty)
	}
	if _, ok := gateway.ParseRef(empty.Free.String()); !ok || empty.Directory == nil {
		t.Fatalf("free reference %v, directory %v", empty.Free, empty.Directory)
	}

	// 1 is a person with contacts 2 and 3, and a contact of 4.
	own := w.raise(t, s, 1, 2, 3)
	ward := w.raise(t, s, 4, 1, 2)
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	if v.Own == nil || v.Own.ID != own.person.ID || len(v.Wards) != 1 || v.Wards[0].ID != ward.person.ID {
		t.Fatalf("own %+v, wards %+v", v.Own, v.Wards)
	}
	if ids := caseIDs(v); !slices.Equal(ids, []gateway.ID{ward.alert.ID, own.alert.ID}) {
		t.Errorf("cases: %v, want the newest first", ids)
	}
	if len(v.Case(own.alert.ID).Recipients) != 2 || len(v.Case(own.alert.ID).Attempts) != 2 || len(v.Case(own.alert.ID).Tasks) != 1 {
		t.Errorf("case: %+v", v.Case(own.alert.ID))
	}
	if len(v.Told) != 1 || v.Told[0].Alert.ID != ward.alert.ID || v.Told[0].Recipient.ID != ward.recipients[0].ID ||
		len(v.Told[0].Attempts) != 1 || v.Told[0].Attempts[0].ID != ward.attempts[0].ID {
		t.Errorf("told: %+v", v.Told)
	}

	// A task that is done is not part of a case any more.
	task := v.Case(own.alert.ID).Tasks[0]
	task.State = gateway.TaskDone
	mustCommit(t, s, gateway.Turn{At: w.now, Tasks: []gateway.Task{task}})

	// Ended, they stay for a day; what one was told of for 30 days.
	w.end(t, s, own.alert.ID, w.now)
	w.end(t, s, ward.alert.ID, w.now)
	w.now = w.now.Add(24 * time.Hour)
	if v = mustView(t, s, gateway.Scope{Phone: phone(1)}); len(v.Cases) != 2 || len(v.Case(own.alert.ID).Tasks) != 0 {
		t.Errorf("cases after a day: %+v", v.Cases)
	}
	w.now = w.now.Add(time.Microsecond)
	if v = mustView(t, s, gateway.Scope{Phone: phone(1)}); len(v.Cases) != 0 || len(v.Told) != 1 {
		t.Errorf("after more than a day: %d cases, told of %d", len(v.Cases), len(v.Told))
	}
	w.now = w.now.Add(29 * 24 * time.Hour)
	if v = mustView(t, s, gateway.Scope{Phone: phone(1)}); len(v.Told) != 0 {
		t.Error("told of an alert that ended more than 30 days ago")
	}

	// With the reference it is told of all the same; a stranger is not.
	v = mustView(t, s, gateway.Scope{Phone: phone(1), Refs: []gateway.Ref{ward.alert.Ref, own.alert.Ref}})
	if len(v.Told) != 1 || v.Told[0].Alert.ID != ward.alert.ID {
		t.Errorf("told by reference: %+v", v.Told)
	}
	if v = mustView(t, s, gateway.Scope{Phone: phone(9), Refs: []gateway.Ref{ward.alert.Ref}}); len(v.Told) != 0 {
		t.Error("a stranger who says a reference is told of the alert")
	}
}

func testViewNamed(t *testing.T, w *world) {
	s := w.open(t)
	one, two, three := w.raise(t, s, 1, 2), w.raise(t, s, 3, 4), w.raise(t, s, 5, 2)

	v := mustView(t, s, gateway.Scope{
		Phone:       phone(9),
		NamedPhones: []gateway.Phone{phone(3), phone(77), phone(1)},
		NamedCodes:  []gateway.Code{one.person.Code, "000000000", three.person.Code},
	})
	var named []gateway.ID
	for _, p := range v.Named {
		named = append(named, p.ID)
	}
	if want := []gateway.ID{two.person.ID, one.person.ID, three.person.ID}; !slices.Equal(named, want) {
		t.Errorf("named %v, want %v", named, want)
	}
	if ids := caseIDs(v); !slices.Equal(ids, []gateway.ID{three.alert.ID, two.alert.ID, one.alert.ID}) {
		t.Errorf("cases of the named: %v", ids)
	}
	if v.Own != nil || v.Subject != nil || v.Attempt != nil {
		t.Error("the view holds what was not asked for")
	}

	// By the reference of an open alert, for which a desk need name none.
	if v := mustView(t, s, gateway.Scope{Phone: phone(9), NamedRefs: []gateway.Ref{two.alert.Ref, 100_001}}); len(v.Named) != 1 || v.Named[0].ID != two.person.ID ||
		!slices.Equal(caseIDs(v), []gateway.ID{two.alert.ID}) {
		t.Errorf("named by reference: %+v, cases %v", v.Named, caseIDs(v))
	}
	over := w.raise(t, s, 7, 8)
	w.end(t, s, over.alert.ID, w.now)
	if v := mustView(t, s, gateway.Scope{Phone: phone(9), NamedRefs: []gateway.Ref{over.alert.Ref}}); len(v.Named) != 0 || len(v.Cases) != 0 {
		t.Errorf("named by the reference of an ended alert: %+v", v.Named)
	}
	told := w.recipient(&two.alert, 6)
	told.Kind = gateway.KindDesk
	mustCommit(t, s, gateway.Turn{At: w.now, Recipients: []gateway.Recipient{told}})
	if v := mustView(t, s, gateway.Scope{Phone: phone(6)}); v.Case(two.alert.ID) == nil {
		t.Error("a desk does not see the open alert that it was told of")
	}
	gone := w.recipient(&two.alert, 9)
	mustCommit(t, s, gateway.Turn{At: w.now, Recipients: []gateway.Recipient{gone}})
	if v := mustView(t, s, gateway.Scope{Phone: phone(9)}); len(v.Told) != 1 || v.Case(two.alert.ID) != nil {
		t.Error("whoever is no desk sees the whole of an alert whose number they do not give")
	}

	for name, scope := range map[string]gateway.Scope{
		"profile": {Profile: one.person.ID},
		"alert":   {Alert: one.alert.ID},
		"attempt": {Attempt: one.attempts[0].ID, Whole: true},
	} {
		v := mustView(t, s, scope)
		if v.Subject == nil || v.Subject.ID != one.person.ID || !slices.Equal(caseIDs(v), []gateway.ID{one.alert.ID}) {
			t.Errorf("by %s: subject %+v, cases %v", name, v.Subject, caseIDs(v))
		}
	}
	if v := mustView(t, s, gateway.Scope{Attempt: one.attempts[0].ID}); v.Attempt == nil || v.Cases != nil || v.Subject != nil || v.Attempt.Text != "" {
		t.Errorf("an attempt alone: %+v", v)
	}
	if v := mustView(t, s, gateway.Scope{Attempt: w.id(), Whole: true, Alert: w.id(), Profile: w.id()}); v.Attempt != nil || v.Cases != nil || v.Subject != nil {
		t.Errorf("what does not exist: %+v", v)
	}
	// An alert without a profile is a case too.
	stray := w.alert(nil, 123_456)
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{stray}})
	if v := mustView(t, s, gateway.Scope{Alert: stray.ID}); len(v.Cases) != 1 || v.Subject != nil {
		t.Errorf("a stray alert: %+v", v)
	}

	// A phone from which somebody else's alert was raised sees it, and whose it is.
	c := w.conversation(9)
	c.Raised = []gateway.ID{one.alert.ID, stray.ID}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}})
	v = mustView(t, s, gateway.Scope{Phone: phone(9)})
	if !slices.Equal(caseIDs(v), []gateway.ID{stray.ID, one.alert.ID}) || len(v.Raisers) != 1 || v.Raisers[0].ID != one.person.ID {
		t.Errorf("raised from here: cases %v, raisers %+v", caseIDs(v), v.Raisers)
	}

	v = mustView(t, s, gateway.Scope{Invited: []gateway.Phone{phone(2), phone(88)}})
	if len(v.Invited) != 2 || v.Wards != nil || v.Cases != nil {
		t.Errorf("who names an invited phone: %+v", v.Invited)
	}
}

func testViewStopped(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2, 3)
	other := w.raise(t, s, 4, 1, 5)
	stray := w.alert(nil, 123_456)
	stray.Phone = phone(6)
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{stray}})
	var stopped []gateway.Conversation
	for _, n := range []int{2, 5, 6, 7, 8} {
		c := w.conversation(n)
		c.Stopped = w.now
		stopped = append(stopped, c)
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: append(stopped, w.conversation(3))})
	for name, c := range map[string]struct {
		scope gateway.Scope
		want  []int
	}{
		"own and wards": {gateway.Scope{Phone: phone(1)}, []int{2, 5}},
		"a case":        {gateway.Scope{Alert: r.alert.ID}, []int{2}},
		"told":          {gateway.Scope{Phone: phone(5)}, []int{5}},
		"a raiser":      {gateway.Scope{Alert: stray.ID}, []int{6}},
		"invited":       {gateway.Scope{Invited: []gateway.Phone{phone(8), phone(9)}}, []int{8}},
		"by number":     {gateway.Scope{NamedPhones: []gateway.Phone{phone(4)}}, []int{5}},
		"nobody":        {gateway.Scope{}, nil},
	} {
		v := mustView(t, s, c.scope)
		if len(v.Stopped) != len(c.want) {
			t.Errorf("%s: stopped %v, want %v", name, v.Stopped, c.want)
		}
		for _, n := range c.want {
			if !v.Stopped[phone(n)] {
				t.Errorf("%s: %d is not stopped", name, n)
			}
		}
	}
	// START undoes it.
	c := mustView(t, s, gateway.Scope{Phone: phone(2)}).Conversation
	c.Stopped = time.Time{}
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{c}})
	if v := mustView(t, s, gateway.Scope{Alert: r.alert.ID}); len(v.Stopped) != 0 {
		t.Errorf("stopped after START: %v", v.Stopped)
	}
	_ = other
}

func testViewBounds(t *testing.T, w *world) {
	s := w.open(t)
	// One phone is everybody's contact, and is told of everything.
	for i := range 25 {
		w.raise(t, s, 100+i, 1)
	}
	crowded := w.person(2, 1)
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{crowded}})
	for range 25 {
		w.raiseAgain(t, s, crowded, 1)
	}
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	if len(v.Wards) != 20 || len(v.Told) != 20 || len(v.Cases) != 20 {
		t.Errorf("%d wards, told of %d, %d cases; want 20 each", len(v.Wards), len(v.Told), len(v.Cases))
	}
	for i := 1; i < len(v.Told); i++ {
		if a, b := v.Told[i-1].Alert.ID, v.Told[i].Alert.ID; slices.Compare(a[:], b[:]) <= 0 {
			t.Error("what one was told of is not newest first")
		}
	}
	v = mustView(t, s, gateway.Scope{Phone: phone(2)})
	if len(v.Cases) != 20 {
		t.Errorf("%d cases of one profile, want 20", len(v.Cases))
	}
	// Open ones are never crowded out by those that ended.
	for _, c := range v.Cases[1:] {
		w.end(t, s, c.Alert.ID, w.now)
	}
	if v = mustView(t, s, gateway.Scope{Profile: crowded.ID}); !slices.ContainsFunc(v.Cases, func(c gateway.Case) bool { return c.Alert.Open() }) {
		t.Error("no open case is left")
	}

	busy := w.raise(t, s, 3, 4)
	for range 5 {
		mustCommit(t, s, gateway.Turn{At: w.now, Attempts: slices.Collect(func(yield func(gateway.Attempt) bool) {
			for range 100 {
				if !yield(w.attempt(&busy.recipients[0])) {
					return
				}
			}
		})})
	}
	v = mustView(t, s, gateway.Scope{Alert: busy.alert.ID})
	if n := len(v.Cases[0].Attempts); n != 400 {
		t.Errorf("%d attempts in a case, want 400", n)
	}
	if v.Cases[0].Attempts[0].ID == busy.attempts[0].ID {
		t.Error("of too many attempts the oldest are kept, not the newest")
	}
	told := w.raise(t, s, 1, 5)
	for range 3 {
		mustCommit(t, s, gateway.Turn{At: w.now, Attempts: slices.Collect(func(yield func(gateway.Attempt) bool) {
			for range 200 {
				ring := w.attempt(nil)
				ring.Alert, ring.Channel, ring.Purpose = told.alert.ID, gateway.Voice, gateway.PurposeRoster
				if !yield(ring) {
					return
				}
			}
		})})
	}
	v = mustView(t, s, gateway.Scope{Alert: told.alert.ID})
	attempts := v.Cases[0].Attempts
	if attempts[0].ID != told.attempts[0].ID || attempts[len(attempts)-1].Purpose != gateway.PurposeRoster {
		t.Error("calls to the roster hide what the family was sent, or are not there")
	}
	if !slices.IsSortedFunc(attempts, func(a, b gateway.Attempt) int { return bytes.Compare(a.ID[:], b.ID[:]) }) {
		t.Error("the attempts of a case are in no order of time")
	}
	many := gateway.Scope{}
	for i := range 200 {
		many.NamedPhones = append(many.NamedPhones, phone(100+i))
	}
	if v = mustView(t, s, many); len(v.Named) != 20 {
		t.Errorf("%d named, want 20", len(v.Named))
	}
}

// testSnapshot changes three rows together, over and over, and looks that no
// view sees one without the others.
func testSnapshot(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	rename := func(name string) {
		v := mustView(t, s, gateway.Scope{Phone: phone(1)})
		p, a, to := *v.Own, v.Cases[0].Alert, v.Cases[0].Recipients[0]
		p.Name, a.Name, to.Name = name, name, name
		mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{a}, Profiles: []gateway.Profile{p}, Recipients: []gateway.Recipient{to}})
	}
	rename("first")
	done := make(chan struct{})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				v, err := s.View(context.Background(), gateway.Scope{Phone: phone(1)})
				if err != nil {
					t.Errorf("view: %v", err)
					return
				}
				if c := v.Case(r.alert.ID); v.Own.Name != c.Alert.Name || c.Alert.Name != c.Recipients[0].Name {
					t.Errorf("profile of %q, alert of %q, recipient of %q", v.Own.Name, c.Alert.Name, c.Recipients[0].Name)
				}
			}
		})
	}
	for i := range 200 {
		rename(fmt.Sprint("name ", i))
	}
	close(done)
	all.Wait()
}

func testDirectory(t *testing.T, w *world) {
	here, there := w.open(t), w.open(t)
	ctx := context.Background()
	desks := []gateway.Desk{
		{Consulate: "chicago", Position: 1, Channel: gateway.Voice, Address: phone(51)},
		{Consulate: "chicago", Position: 0, Channel: gateway.SMS, Address: phone(50), Hours: "mon-fri 08:00-18:00", Language: "es", Confirmed: w.now},
	}
	before := mustView(t, there, gateway.Scope{}).Directory
	if again := mustView(t, there, gateway.Scope{}).Directory; again != before {
		t.Error("a directory that has not changed was read anew")
	}
	if err := here.ReplaceDesks(ctx, desks); err != nil {
		t.Fatal(err)
	}
	d := mustView(t, there, gateway.Scope{}).Directory
	list := d.Desks("chicago")
	if len(list) != 2 || list[0].Address != phone(50) || list[0].Hours == "" || !list[0].Confirmed.Equal(w.now) || list[0].Seq != 1 {
		t.Fatalf("desks on the other node: %+v", list)
	}
	if d.Consulates != before.Consulates {
		t.Error("the consulates were read anew without need")
	}

	// A desk that is confirmed by its answer.
	changed := list[1]
	changed.Confirmed = w.now
	mustCommit(t, there, gateway.Turn{At: w.now, Desks: []gateway.Desk{changed}})
	if d := mustView(t, here, gateway.Scope{}).Directory; d.DesksAt(phone(51))[0].Confirmed.IsZero() {
		t.Error("a changed desk is not seen on the other node")
	}
	// Replaced, a desk at the same place is the same desk.
	if err := here.ReplaceDesks(ctx, desks[1:]); err != nil {
		t.Fatal(err)
	}
	kept, err := there.Desks(ctx)
	if err != nil || len(kept) != 1 || kept[0].ID != list[0].ID {
		t.Errorf("after replacing: %+v (%v)", kept, err)
	}

	table, err := consulate.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	data, err := table.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if here.SetConsulates(ctx, []byte("no table"), nil) == nil || here.SetConsulates(ctx, data, []byte("no plan")) == nil {
		t.Error("a broken table or plan was taken")
	}
	if err := here.SetConsulates(ctx, data, nil); err != nil {
		t.Fatal(err)
	}
	now := mustView(t, there, gateway.Scope{}).Directory
	if now.Consulates == before.Consulates || now.Consulates.Version() != table.Version() || len(now.Desks("chicago")) != 1 || now.Numbers != before.Numbers {
		t.Error("the new table is not in use on the other node, or another plan is")
	}
	const numbers = `{"format":1,"nanp":[{"country":"US","states":["TX"],"codes":"238"}],"mexico":[{"country":"MX","codes":"55"}]}`
	if err := here.SetConsulates(ctx, data, []byte(numbers)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and stays when the table alone is replaced
		if at, ok := mustView(t, there, gateway.Scope{}).Directory.Numbers.US("2385550101"); !ok || at.Name("es") != "Texas" {
			t.Errorf("the new plan is not in use on the other node: %+v", at)
		}
		if err := here.SetConsulates(ctx, data, nil); err != nil {
			t.Fatal(err)
		}
	}
}
