package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway"
)

// onPostgres opens a store on a schema of its own.
func onPostgres(t *testing.T, keys *Keyset) (*Store, *postgres, string) {
	t.Helper()
	server := os.Getenv("AVISO_TEST_POSTGRES")
	if server == "" {
		t.Fatal("AVISO_TEST_POSTGRES is not set: run `scripts/postgres run go test ./store/...`")
	}
	ctx := context.Background()
	var b [8]byte
	rand.Read(b[:])
	schema := "batch_" + hex.EncodeToString(b[:])
	run := func(sql string) {
		t.Helper()
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE SCHEMA " + schema)
	t.Cleanup(func() { run("DROP SCHEMA " + schema + " CASCADE") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	s, err := Open(ctx, Options{DSN: address.String(), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, s.engine.(*postgres), address.String()
}

// rowsOf are all rows of the tables that Turns write, as text.
func rowsOf(t *testing.T, dsn string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var all strings.Builder
	for _, table := range []string{"inbound", "conversation", "profile", "finger", "alert", "recipient", "attempt", "timer", "task", "texted", "ledger", "guard"} {
		rows, err := conn.Query(ctx, "SELECT x::text FROM "+table+" x ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %d\n%s\n", table, len(list), strings.Join(list, "\n"))
	}
	return all.String()
}

// crowd makes Turns of people, each of which writes two rows of every kind that
// a group gathers, some of them with what may be null.
func crowd(now time.Time, people int) []gateway.Turn {
	fresh := gateway.NewFresh(now, rand.Reader)
	var turns []gateway.Turn
	for i := range people {
		phone := func(n int) gateway.Phone { return gateway.Phone(fmt.Sprintf("+1312%07d", 10*i+n)) }
		turn := gateway.Turn{Key: fmt.Sprint("event:", i), At: now, Answer: gateway.Answer{Text: "RED X: ALERTA"}}
		if i%2 == 0 {
			turn.Key, turn.Secret = fmt.Sprint("sms:SM", i), true
		}
		for n := range 2 {
			p := gateway.Profile{ID: fresh.ID(), Phone: phone(n), Name: "Juan Perez", Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: phone(5)}}}
			a := gateway.Alert{ID: fresh.ID(), State: gateway.AlertOpen, At: now, Profile: p.ID, Phone: p.Phone, Consulate: "chicago", District: "chicago"}
			if n == 0 {
				p.Code, a.Ref = gateway.Code(fmt.Sprintf("%09d", i)), gateway.Ref(100_000+i)
			} else {
				a.Profile = gateway.ID{}
			}
			r := gateway.Recipient{ID: fresh.ID(), Alert: a.ID, Phone: phone(5), Name: "Maria", Rung: n, Next: now}
			to := gateway.Attempt{ID: fresh.ID(), Alert: a.ID, Recipient: r.ID, To: r.Phone, Text: "x", Lane: gateway.Lane(n), State: gateway.AttemptState(1 + n),
				Due: now, Validity: time.Minute, Sender: "+15550001111", Avoid: []string{"78910"}[:n]}
			turn.Profiles, turn.Alerts = append(turn.Profiles, p), append(turn.Alerts, a)
			turn.Recipients, turn.Attempts = append(turn.Recipients, r), append(turn.Attempts, to)
			turn.Conversations = append(turn.Conversations, gateway.Conversation{ID: fresh.ID(), Phone: phone(n), Stopped: now})
			turn.Timers = append(turn.Timers, gateway.Timer{ID: fresh.ID(), Kind: "x", Alert: a.ID, Due: now}, gateway.Timer{ID: fresh.ID(), Kind: "y", Profile: p.ID, Phone: p.Phone, Due: now})
			turn.Tasks = append(turn.Tasks, gateway.Task{ID: fresh.ID(), Kind: "x", State: gateway.TaskOpen, Urgent: n == 0, Alert: a.ID, At: now})
			turn.Texted = append(turn.Texted, gateway.Texted{ID: fresh.ID(), At: now, To: phone(5)})
			turn.Audit = append(turn.Audit, gateway.Entry{Subject: gateway.SubjectAlert, ID: a.ID, Kind: "raised"}, gateway.Entry{Subject: gateway.SubjectProfile, ID: p.ID, Kind: "raised"})
		}
		turns = append(turns, turn)
	}
	return turns
}

// changes makes, of what crowd wrote, Turns that change all of it.
func changesOf(turns []gateway.Turn, now time.Time, heads map[gateway.ID][]byte) []gateway.Turn {
	var list []gateway.Turn
	for i := range turns {
		was := &turns[i]
		turn := gateway.Turn{At: now, Key: was.Key + " again", Recipients: slices.Clone(was.Recipients), Attempts: slices.Clone(was.Attempts),
			Conversations: slices.Clone(was.Conversations), Tasks: slices.Clone(was.Tasks)}
		for n := range turn.Recipients {
			turn.Recipients[n].Seq, turn.Recipients[n].State = 1, gateway.RecipientConfirmed
			turn.Attempts[n].Seq, turn.Attempts[n].State, turn.Attempts[n].SID = 1, gateway.AttemptState(3), fmt.Sprint("SM", i, n)
			turn.Conversations[n].Seq, turn.Conversations[n].Stopped = 1, time.Time{}
			turn.Tasks[n].Seq, turn.Tasks[n].State = 1, gateway.TaskDone
			turn.Drop = append(turn.Drop, was.Timers[2*n].ID)
			a, p := was.Alerts[n], was.Profiles[n]
			a.Version, p.Version = gateway.Version{Seq: 1, Head: heads[a.ID]}, gateway.Version{Seq: 1, Head: heads[p.ID]}
			if n == 0 {
				a.State, p.Name = gateway.AlertClosed, "Maria Lopez"
				turn.Alerts, turn.Profiles = append(turn.Alerts, a), append(turn.Profiles, p)
				continue
			}
			turn.Audit = append(turn.Audit, gateway.Entry{Subject: gateway.SubjectAlert, ID: a.ID, Version: a.Version, Kind: "x"},
				gateway.Entry{Subject: gateway.SubjectProfile, ID: p.ID, Version: p.Version, Kind: "x"})
		}
		list = append(list, turn)
	}
	return list
}

// heads are those of what Turns have written.
func headsOf(units []*unit) map[gateway.ID][]byte {
	heads := map[gateway.ID][]byte{}
	for _, u := range units {
		for _, st := range u.statements {
			if st.sql == insertLedger {
				heads[gateway.ID(st.args[0].([]byte))] = st.args[6].([]byte)
			}
		}
	}
	return heads
}

func unitsOf(t *testing.T, s *Store, turns []gateway.Turn) []*unit {
	t.Helper()
	var units []*unit
	for i := range turns {
		u, err := s.turn(&turns[i], nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		u.force = s.keys.Load()
		units = append(units, u)
	}
	return units
}

// TestPostgresGathersRows writes the same statements once together and once row
// by row: every table is to hold the same.
func TestPostgresGathersRows(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, together, dsn := onPostgres(t, keys)
	_, single, other := onPostgres(t, keys)
	now := time.Now()
	turns := crowd(now, 5)
	first := unitsOf(t, s, turns)
	groups := [][]*unit{first, unitsOf(t, s, changesOf(turns, now, headsOf(first)))}
	used := map[string]bool{}
	for n, group := range groups {
		if _, err := together.commit(group, true); err != nil {
			t.Fatalf("group %d together: %v", n, err)
		}
		if _, err := single.commit(group, false); err != nil {
			t.Fatalf("group %d row by row: %v", n, err)
		}
		got, want := rowsOf(t, dsn), rowsOf(t, other)
		if got != want || strings.Count(got, "\n") < 100 {
			t.Fatalf("group %d: together it is\n%s\nrow by row\n%s", n, got, want)
		}
		var gathered sent
		gathered.gathered(group, gathered.arrays)
		for _, st := range gathered.list {
			used[st.sql] = true
			for _, line := range planOf(t, together, st) {
				if strings.Contains(line, "Seq Scan") && !small.MatchString(line) {
					t.Errorf("%s scans: %s", st.sql, line)
				}
			}
		}
	}
	for _, b := range batches {
		if !used[b.sql] {
			t.Errorf("nothing was gathered by %s", b.sql)
		}
	}
}

// planOf is how the server runs a statement on a connection of ours.
func planOf(t *testing.T, db *postgres, st statement) (plan []string) {
	t.Helper()
	if err := db.read(context.Background(), func(snap *snapshot) error {
		return snap.run(statement{sql: "EXPLAIN " + st.sql, args: st.args, each: func(r row) error {
			plan = append(plan, r.text(0))
			return nil
		}})
	}); err != nil {
		t.Fatalf("%s: %v", st.sql, err)
	}
	return plan
}

// TestPostgresTurnsOfOnePerson commits two Turns that change the same row in one
// group. Where the second one has seen the first, both apply; where both have
// seen the same, one applies and the other hears of it. Never is one lost
// without a word.
func TestPostgresTurnsOfOnePerson(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, db, _ := onPostgres(t, keys)
	ctx, now := context.Background(), time.Now()
	turns := crowd(now, 3)
	first := unitsOf(t, s, turns)
	if _, err := db.commit(first, true); err != nil {
		t.Fatal(err)
	}
	heads := headsOf(first)
	c, r, k, a := turns[0].Conversations[0], turns[0].Recipients[0], turns[0].Tasks[0], turns[0].Attempts[0]
	alert := turns[0].Alerts[0]
	// Others, so that there are rows to stand beside.
	beside := func(n int) gateway.Turn {
		other := turns[1].Conversations[0]
		other.Seq = int64(n)
		return gateway.Turn{At: now, Conversations: []gateway.Conversation{other}}
	}
	for name, change := range map[string]func(seq int64) gateway.Turn{
		"conversation": func(seq int64) gateway.Turn {
			c.Seq = seq
			return gateway.Turn{At: now, Conversations: []gateway.Conversation{c}}
		},
		"recipient": func(seq int64) gateway.Turn {
			r.Seq = seq
			return gateway.Turn{At: now, Recipients: []gateway.Recipient{r}}
		},
		"task": func(seq int64) gateway.Turn {
			k.Seq = seq
			return gateway.Turn{At: now, Tasks: []gateway.Task{k}}
		},
		"attempt": func(seq int64) gateway.Turn {
			a.Seq = seq
			return gateway.Turn{At: now, Attempts: []gateway.Attempt{a}}
		},
	} {
		seqOf := func() (seq int64) {
			t.Helper()
			table, id := name, map[string]gateway.ID{"conversation": c.ID, "recipient": r.ID, "task": k.ID, "attempt": a.ID}[name]
			if err := db.read(ctx, func(snap *snapshot) error {
				return snap.run(statement{sql: "SELECT seq FROM " + table + " WHERE id = $1", args: []any{id[:]}, each: func(r row) error {
					seq = r.int(0)
					return nil
				}})
			}); err != nil {
				t.Fatal(err)
			}
			return seq
		}
		was := seqOf()
		group := unitsOf(t, s, []gateway.Turn{change(was), change(was + 1)})
		db.commitGroup(slices.Clone(group))
		if one, two := <-group[0].done, <-group[1].done; one != nil || two != nil || seqOf() != was+2 {
			t.Errorf("%s: one after the other: %v, %v, at %d after %d", name, one, two, seqOf(), was)
		}
		was = seqOf()
		group = unitsOf(t, s, []gateway.Turn{change(was), change(was)})
		db.commitGroup(slices.Clone(group))
		one, two := <-group[0].done, <-group[1].done
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), gateway.ErrConflict) || seqOf() != was+1 {
			t.Errorf("%s: both at once: %v, %v, at %d after %d", name, one, two, seqOf(), was)
		}
	}

	// A key that is known, and a chain that somebody else has lengthened, are
	// their own Turn's alone, and the others are written.
	alert.Version = gateway.Version{Seq: 1, Head: heads[alert.ID]}
	group := unitsOf(t, s, []gateway.Turn{
		beside(1), {At: now, Key: turns[2].Key},
		{At: now, Alerts: []gateway.Alert{alert}}, {At: now, Alerts: []gateway.Alert{alert}},
	})
	db.commitGroup(slices.Clone(group))
	var errs [4]error
	for i, u := range group {
		errs[i] = <-u.done
	}
	if errs[0] != nil || !errors.Is(errs[1], gateway.ErrRepeat) || (errs[2] == nil) == (errs[3] == nil) || !errors.Is(errors.Join(errs[2], errs[3]), gateway.ErrConflict) {
		t.Errorf("outcomes %v", errs)
	}
}

// TestPostgresSharesViews reads Views of many scopes on one snapshot, and each by
// itself: they are to be the same.
func TestPostgresSharesViews(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, db, _ := onPostgres(t, keys)
	ctx, now := context.Background(), time.Now()
	turns := crowd(now, 4)
	if _, err := db.commit(unitsOf(t, s, turns), true); err != nil {
		t.Fatal(err)
	}
	var scopes []gateway.Scope
	for i := range turns {
		turn := &turns[i]
		scopes = append(scopes,
			gateway.Scope{Key: "new", Phone: turn.Profiles[0].Phone, Refs: []gateway.Ref{turn.Alerts[0].Ref}},
			gateway.Scope{Key: turn.Key},
			gateway.Scope{Phone: turn.Recipients[0].Phone, NamedPhones: []gateway.Phone{turn.Profiles[1].Phone, "+13125559999"}, NamedCodes: []gateway.Code{turn.Profiles[0].Code}},
			gateway.Scope{Attempt: turn.Attempts[0].ID, Whole: true}, gateway.Scope{Attempt: turn.Attempts[1].ID},
			gateway.Scope{Alert: turn.Alerts[0].ID}, gateway.Scope{Alert: turn.Alerts[1].ID, Timer: turn.Timers[0].ID, Task: turn.Tasks[0].ID},
			gateway.Scope{Profile: turn.Profiles[0].ID, Invited: []gateway.Phone{turn.Recipients[0].Phone}},
			gateway.Scope{Phone: "+13125558888"})
	}
	read := func(through engine, scope gateway.Scope) (gateway.View, error) {
		one := &Store{engine: through, sealer: s.sealer, clock: func() time.Time { return now }, rand: s.rand, changes: s.changes}
		one.directory.Store(s.directory.Load())
		v, err := one.View(ctx, scope)
		v.Free = 0 // is drawn
		return v, err
	}
	if _, err := s.View(ctx, gateway.Scope{}); err != nil { // so that the directory is the same one
		t.Fatal(err)
	}
	var group []*glancing
	views, errs := make([]gateway.View, len(scopes)), make([]error, len(scopes))
	ended := make(chan struct{})
	for i, scope := range scopes {
		g := &glancing{asks: make(chan []statement), answers: make(chan answered)}
		group = append(group, g)
		go func() {
			views[i], errs[i] = read(sharing{db, g}, scope)
			ended <- struct{}{}
		}()
	}
	db.glanceGroup(group)
	for range scopes {
		<-ended
	}
	something := 0
	for i, scope := range scopes {
		want, err := read(alone{db}, scope)
		if err != nil || errs[i] != nil {
			t.Fatalf("scope %d: %v, %v", i, err, errs[i])
		}
		if !reflect.DeepEqual(views[i], want) {
			t.Errorf("scope %d: shared it is\n%+v\nalone\n%+v", i, views[i], want)
		}
		something += len(want.Cases) + len(want.Told) + len(want.Wards)
	}
	if something < len(scopes) {
		t.Errorf("only %d things were read", something)
	}
}

// sharing has a glance run in a group that is there, alone in a snapshot of its own.
type (
	sharing struct {
		*postgres
		g *glancing
	}
	alone struct{ *postgres }
)

func (e sharing) glance(_ context.Context, do func(*snapshot) error) error { return e.g.run(do) }

func (e alone) glance(ctx context.Context, do func(*snapshot) error) error { return e.read(ctx, do) }

// TestPostgresSharedFailures: of glances that share a snapshot one may fail by
// itself or break off, and all are read anew where the statement of one is refused.
func TestPostgresSharedFailures(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	_, db, _ := onPostgres(t, keys)
	ctx := context.Background()
	own := errors.New("one's own")
	one := func(sql string, tell error) func(*snapshot) error {
		return func(snap *snapshot) error {
			n := 0
			if err := snap.run(statement{sql: sql, each: func(row) error { n++; return tell }}); err != nil {
				return err
			}
			if err := snap.run(statement{sql: "SELECT number FROM meta WHERE name = $1", args: []any{"ping"}, each: func(row) error { n++; return nil }}); err != nil {
				return err
			}
			if n != 2 {
				return fmt.Errorf("%d rows", n)
			}
			return nil
		}
	}
	const good = "SELECT number FROM meta WHERE name = 'keys'"
	results := make(chan error)
	for i := range 24 {
		go func() {
			switch i % 4 {
			case 0:
				if err := db.glance(ctx, one(good, own)); !errors.Is(err, own) {
					results <- fmt.Errorf("its own failure is %w", err)
					return
				}
				results <- nil
			case 1:
				if err := db.glance(ctx, one("SELECT nothing FROM meta", nil)); err == nil {
					results <- errors.New("a statement that is refused gave something")
					return
				}
				results <- nil
			case 2:
				defer func() {
					if recover() == nil {
						results <- errors.New("a panic was lost")
						return
					}
					results <- nil
				}()
				_ = db.glance(ctx, func(*snapshot) error { panic("x") })
			default:
				results <- db.glance(ctx, one(good, nil))
			}
		}()
	}
	for range 24 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
