package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

func testRepeat(t *testing.T, w *world) {
	s := w.open(t)
	turn := w.turn()
	turn.Key, turn.Answer = "sms:SM1", gateway.Answer{Text: "Recibimos su ALERTA"}
	turn.Conversations = []gateway.Conversation{w.conversation(1)}
	mustCommit(t, s, turn)

	v := mustView(t, s, gateway.Scope{Key: "sms:SM1", Phone: phone(1)})
	if v.Repeat == nil || *v.Repeat != turn.Answer {
		t.Fatalf("first answer: %+v, want %+v", v.Repeat, turn.Answer)
	}
	if v.Conversation.Seq != 0 || v.Directory != nil {
		t.Error("a repeat carries more than the first answer")
	}
	turn.Answer.Text = "something else"
	turn.Conversations[0] = w.conversation(2)
	if err := s.Commit(context.Background(), turn); !errors.Is(err, gateway.ErrRepeat) {
		t.Fatalf("commit of a known key: %v, want ErrRepeat", err)
	}
	if v := mustView(t, s, gateway.Scope{Phone: phone(2)}); v.Conversation.Seq != 0 {
		t.Error("a repeated Turn was written in part")
	}
	silent := w.turn()
	silent.Key = "sms:SM2"
	mustCommit(t, s, silent)
	if v := mustView(t, s, gateway.Scope{Key: "sms:SM2"}); v.Repeat == nil || *v.Repeat != (gateway.Answer{}) {
		t.Errorf("an empty first answer: %+v", v.Repeat)
	}
	if v := mustView(t, s, gateway.Scope{Key: "sms:SM3"}); v.Repeat != nil {
		t.Error("an unknown key is a repeat")
	}
}

func testRoundTrip(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2, 3)
	r.person.Seq, r.alert.Seq = 1, 1
	v := mustView(t, s, gateway.Scope{Phone: phone(1), Attempt: r.attempts[0].ID, Whole: true})

	if len(v.Own.Head) != 32 || len(v.Cases[0].Alert.Head) != 32 {
		t.Fatal("a head is missing")
	}
	r.person.Head, r.alert.Head = v.Own.Head, v.Cases[0].Alert.Head
	same(t, "profile", *v.Own, r.person)
	same(t, "alert", v.Cases[0].Alert, r.alert)
	for i := range r.recipients {
		r.recipients[i].Seq, r.attempts[i].Seq = 1, 1
	}
	same(t, "recipients", v.Cases[0].Recipients, r.recipients)
	same(t, "attempts", v.Cases[0].Attempts, r.attempts)
	same(t, "attempt", *v.Attempt, r.attempts[0])
	if len(v.Cases[0].Tasks) != 1 || v.Cases[0].Tasks[0].Note != "ring" || v.Cases[0].Tasks[0].Profile != r.person.ID {
		t.Errorf("tasks: %+v", v.Cases[0].Tasks)
	}

	// Of an attempt that exists the clear part is written, the words never.
	a := r.attempts[0]
	a.State, a.Sender, a.SID, a.Rank, a.Code, a.Tries, a.Lookups = gateway.AttemptSent, "+15550001111", "SM9", gateway.RankSent, "30003", 2, 1
	a.Sent, a.Expires, a.Avoid, a.Text = w.now, w.now.Add(time.Hour), nil, "other words"
	a.Claim = gateway.Claim{Fence: 3, Doubt: true}
	turn := w.turn()
	turn.Attempts = []gateway.Attempt{a}
	mustCommit(t, s, turn)
	a.Seq, a.Text = 2, r.attempts[0].Text
	same(t, "attempt after its result", *mustView(t, s, gateway.Scope{Attempt: a.ID, Whole: true}).Attempt, a)
	a.To, a.Text, a.Purpose = "", "", ""
	same(t, "attempt without its sealed part", *mustView(t, s, gateway.Scope{Attempt: a.ID}).Attempt, a)

	c := mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation
	c.Question = &gateway.Question{Kind: "pin", At: w.now, Args: map[string]string{"intent": "cancel"}, Draft: &r.person}
	c.Raised, c.LastEnd = []gateway.ID{r.alert.ID}, &gateway.Said{At: w.now, Text: "fin", Profile: r.person.ID}
	c.Locks, c.Stopped, c.Unknown = []gateway.Lock{{Profile: r.person.ID, Wrong: 2}}, w.now, []time.Time{w.now}
	turn = w.turn()
	turn.Conversations = []gateway.Conversation{c}
	mustCommit(t, s, turn)
	c.Seq = 2
	draft := *c.Question.Draft // ids and versions are columns, which a draft has not
	draft.ID, draft.Version = gateway.ID{}, gateway.Version{}
	c.Question.Draft = &draft
	same(t, "conversation", mustView(t, s, gateway.Scope{Phone: phone(1)}).Conversation, c)
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// testConflicts writes each kind of row twice as seen once.
func testConflicts(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	mustCommit(t, s, gateway.Turn{At: w.now, Desks: []gateway.Desk{{ID: w.id(), Consulate: "chicago", Address: phone(50)}}})
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	desk := v.Directory.DesksAt(phone(50))[0]
	c := v.Cases[0]
	for name, turn := range map[string]gateway.Turn{
		"conversation": {Conversations: []gateway.Conversation{v.Conversation}},
		"profile":      {Profiles: []gateway.Profile{*v.Own}},
		"alert":        {Alerts: []gateway.Alert{c.Alert}},
		"recipient":    {Recipients: c.Recipients},
		"attempt":      {Attempts: c.Attempts},
		"task":         {Tasks: c.Tasks},
		"desk":         {Desks: []gateway.Desk{desk}},
	} {
		turn.At, turn.Key = w.now, name+":1"
		mustCommit(t, s, turn)
		turn.Key = name + ":2"
		if err := s.Commit(context.Background(), turn); !errors.Is(err, gateway.ErrConflict) || errors.Is(err, gateway.ErrRepeat) {
			t.Errorf("second %s: %v, want ErrConflict", name, err)
		}
		if v := mustView(t, s, gateway.Scope{Key: turn.Key}); v.Repeat != nil {
			t.Errorf("%s: a refused Turn left its key behind", name)
		}
	}
	_ = r
}

func testEntryConflict(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	v := mustView(t, s, gateway.Scope{Alert: r.alert.ID})
	turn := w.turn()
	turn.Audit = []gateway.Entry{{Subject: gateway.SubjectAlert, ID: r.alert.ID, Version: v.Cases[0].Alert.Version, Kind: "told"}}
	mustCommit(t, s, turn)
	if err := s.Commit(context.Background(), turn); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("second entry on one version: %v, want ErrConflict", err)
	}
	now := mustView(t, s, gateway.Scope{Alert: r.alert.ID}).Cases[0].Alert
	if now.Seq != 2 || string(now.Head) == string(v.Cases[0].Alert.Head) {
		t.Errorf("an entry did not move the alert on: seq %d", now.Seq)
	}
	// A chain is guarded by its own key, row of the subject or not.
	entry := gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectAgent, ID: w.id(), Kind: "revealed"}}}
	mustCommit(t, s, entry)
	if err := s.Commit(context.Background(), entry); !errors.Is(err, gateway.ErrConflict) {
		t.Errorf("second entry that begins a chain: %v, want ErrConflict", err)
	}
}

func testTaken(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	other := w.person(3)
	other.Code = r.person.Code
	second := w.person(1)
	for name, turn := range map[string]gateway.Turn{
		"code":         {Profiles: []gateway.Profile{other}},
		"phone":        {Profiles: []gateway.Profile{second}},
		"conversation": {Conversations: []gateway.Conversation{w.conversation(1)}},
	} {
		turn.At = w.now
		if err := s.Commit(context.Background(), turn); !errors.Is(err, gateway.ErrConflict) {
			t.Errorf("taken %s: %v, want ErrConflict", name, err)
		}
	}
}

// testNeighbours commits good and bad Turns at once, so that they share
// transactions, and looks that every one had its own outcome.
func testNeighbours(t *testing.T, w *world) {
	s := w.open(t)
	known := w.turn()
	known.Key = "sms:known"
	mustCommit(t, s, known)
	r := w.raise(t, s, 1, 2)
	seen := mustView(t, s, gateway.Scope{Phone: phone(1)})
	mustCommit(t, s, gateway.Turn{At: w.now, Conversations: []gateway.Conversation{seen.Conversation}})
	_ = r

	const n = 300
	outcomes := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		turn := w.turn()
		turn.Key = fmt.Sprintf("sms:%d", i)
		turn.Conversations = []gateway.Conversation{w.conversation(1000 + i)}
		switch i % 3 {
		case 1:
			turn.Key = "sms:known"
		case 2:
			turn.Conversations = append(turn.Conversations, seen.Conversation) // has moved on
		}
		all.Go(func() { outcomes[i] = s.Commit(context.Background(), turn) })
	}
	all.Wait()
	for i, err := range outcomes {
		want := []error{nil, gateway.ErrRepeat, gateway.ErrConflict}[i%3]
		if !errors.Is(err, want) {
			t.Errorf("Turn %d: %v, want %v", i, err, want)
		}
		v := mustView(t, s, gateway.Scope{Phone: phone(1000 + i)})
		if written := v.Conversation.Seq == 1; written != (i%3 == 0) {
			t.Errorf("Turn %d with outcome %v: written is %v", i, outcomes[i], written)
		}
	}
}

// testLeaving commits with contexts that end at all sorts of moments. Whoever
// stays has an outcome that holds; of whoever leaves the Turn is there whole or
// not at all.
func testLeaving(t *testing.T, w *world) {
	s := w.open(t)
	const n = 400
	outcomes := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		turn := w.turn()
		turn.Key = fmt.Sprintf("sms:%d", i)
		turn.Conversations = []gateway.Conversation{w.conversation(1000 + i)}
		alert := w.alert(nil, gateway.Ref(200_000+i))
		turn.Alerts = []gateway.Alert{alert}
		all.Go(func() {
			ctx := context.Background()
			if i%2 == 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, time.Duration(i)*20*time.Microsecond)
				defer cancel()
			}
			outcomes[i] = s.Commit(ctx, turn)
		})
	}
	all.Wait()
	mustCommit(t, s, w.turn()) // whatever was handed over is through
	for i, err := range outcomes {
		if i%2 == 1 && err != nil {
			t.Errorf("Turn %d of a caller who stayed: %v", i, err)
		}
		if i%2 == 0 && err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Turn %d of a caller who left: %v", i, err)
		}
		answered := mustView(t, s, gateway.Scope{Key: fmt.Sprintf("sms:%d", i)}).Repeat != nil
		talked := mustView(t, s, gateway.Scope{Phone: phone(1000 + i)}).Conversation.Seq == 1
		if answered != talked || err == nil && !answered {
			t.Errorf("Turn %d (%v): answered %v, conversation %v", i, err, answered, talked)
		}
	}
}

func testVanished(t *testing.T, w *world) {
	s := w.open(t)
	r := w.raise(t, s, 1, 2)
	close := mustView(t, s, gateway.Scope{Phone: phone(1)})
	close.Cases[0].Alert.State, close.Cases[0].Alert.Ended = gateway.AlertClosed, w.now
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{close.Cases[0].Alert}})

	seen := mustView(t, s, gateway.Scope{Phone: phone(1)})
	if erased, err := s.EraseProfile(context.Background(), phone(1)); !erased || err != nil {
		t.Fatal(erased, err)
	}
	seen.Conversation.Stopped = w.now
	for name, turn := range map[string]gateway.Turn{
		"conversation": {Conversations: []gateway.Conversation{seen.Conversation}},
		"profile":      {Profiles: []gateway.Profile{*seen.Own}},
		"alert":        {Alerts: []gateway.Alert{seen.Cases[0].Alert}},
		"entry":        {Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: r.alert.ID, Version: seen.Cases[0].Alert.Version, Kind: "told"}}},
	} {
		turn.At = w.now
		if err := s.Commit(context.Background(), turn); !errors.Is(err, gateway.ErrConflict) {
			t.Errorf("%s after erasing: %v, want ErrConflict", name, err)
		}
	}
}

var _ gateway.Store = (*store.Store)(nil)
