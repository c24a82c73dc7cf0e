package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway"
)

// recorder keeps the statements that the store runs.
type recorder struct {
	engine
	seen map[string][]any
}

func (r *recorder) read(ctx context.Context, do func(*snapshot) error) error {
	return r.engine.read(ctx, r.recorded(do))
}

func (r *recorder) glance(ctx context.Context, do func(*snapshot) error) error {
	return r.engine.glance(ctx, r.recorded(do))
}

func (r *recorder) recorded(do func(*snapshot) error) func(*snapshot) error {
	return func(snap *snapshot) error {
		return do(&snapshot{run: func(list ...statement) error {
			r.keep(list)
			return snap.run(list...)
		}})
	}
}

func (r *recorder) write(ctx context.Context, u *unit) error {
	r.keep(u.statements)
	return r.engine.write(ctx, u)
}

func (r *recorder) keep(list []statement) {
	for _, st := range list {
		r.seen[st.sql] = st.args
	}
}

// exercise fills a store, and has it run everything that it runs while it
// serves; it returns the statements.
func exercise(t *testing.T, dsn string, people int) map[string][]any {
	t.Helper()
	ctx := context.Background()
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Open(ctx, Options{DSN: dsn, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	s := opened
	now := time.Now()
	fresh := gateway.NewFresh(now, rand.Reader)
	phone := func(n int) gateway.Phone { return gateway.Phone(fmt.Sprintf("+1312%07d", n)) }
	var last gateway.Alert
	var attempt gateway.Attempt
	var p gateway.Profile
	for i := range people {
		p = gateway.Profile{ID: fresh.ID(), Phone: phone(i), Code: gateway.Code(fmt.Sprintf("%09d", i)), Name: "Juan Perez",
			Contacts: []gateway.Contact{{ID: fresh.ID(), Phone: phone(i + 1)}}}
		turn := gateway.Turn{At: now, Key: fmt.Sprint(i), Profiles: []gateway.Profile{p}}
		turn.Conversations = []gateway.Conversation{{ID: fresh.ID(), Phone: phone(i)}}
		for j := range 2 {
			last = gateway.Alert{ID: fresh.ID(), Ref: gateway.Ref(100_000 + 2*i + j), Profile: p.ID, State: gateway.AlertOpen, At: now, Phone: phone(i)}
			r := gateway.Recipient{ID: fresh.ID(), Alert: last.ID, Phone: phone(i + 1)}
			attempt = gateway.Attempt{ID: fresh.ID(), Alert: last.ID, Recipient: r.ID, Lane: gateway.Lane(i % 8), State: gateway.AttemptWaiting, Due: now.Add(time.Duration(i) * time.Second)}
			turn.Alerts = append(turn.Alerts, last)
			turn.Recipients = append(turn.Recipients, r)
			turn.Attempts = append(turn.Attempts, attempt)
			turn.Timers = append(turn.Timers, gateway.Timer{ID: fresh.ID(), Kind: "x", Alert: last.ID, Profile: p.ID, Due: attempt.Due})
			turn.Tasks = append(turn.Tasks, gateway.Task{ID: fresh.ID(), Alert: last.ID, Profile: p.ID, State: gateway.TaskOpen, At: now})
		}
		if err := s.Commit(ctx, turn); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Slots(ctx, "+15550001111", now, now, time.Second); err != nil {
		t.Fatal(err)
	}

	rec := &recorder{engine: opened.engine, seen: map[string][]any{}}
	s = &Store{engine: rec, sealer: s.sealer, clock: s.clock, rand: s.rand, changes: s.changes}
	scope := gateway.Scope{Key: "new", Phone: p.Phone, NamedPhones: []gateway.Phone{phone(1)}, NamedCodes: []gateway.Code{p.Code}, Refs: []gateway.Ref{100_001},
		Attempt: attempt.ID, Whole: true, Alert: last.ID, Profile: p.ID, Invited: []gateway.Phone{phone(2)}}
	v, err := s.View(ctx, scope)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.View(ctx, gateway.Scope{Attempt: attempt.ID}); err != nil {
		t.Fatal(err)
	}
	v.Conversation.Raised = []gateway.ID{last.ID}
	c := v.Case(last.ID)
	change := gateway.Turn{At: now, Key: "new", Conversations: []gateway.Conversation{v.Conversation}, Profiles: []gateway.Profile{*v.Own},
		Alerts: []gateway.Alert{c.Alert}, Recipients: c.Recipients, Attempts: c.Attempts, Tasks: c.Tasks, Drop: []gateway.ID{fresh.ID()},
		Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: v.Cases[1].Alert.ID, Version: v.Cases[1].Alert.Version, Kind: "x"}}}
	if err := s.Commit(ctx, change); err != nil {
		t.Fatal(err)
	}
	if v, err = s.View(ctx, scope); err != nil { // now the key is known
		t.Fatal(err)
	}
	scope.Key = ""
	if v, err = s.View(ctx, scope); err != nil {
		t.Fatal(err)
	}
	for i := range v.Cases {
		v.Cases[i].Alert.State = gateway.AlertClosed
		if err := s.Commit(ctx, gateway.Turn{At: now, Alerts: []gateway.Alert{v.Cases[i].Alert}}); err != nil {
			t.Fatal(err)
		}
	}
	claimed, err := s.Claim(ctx, now.Add(time.Hour), now.Add(2*time.Hour), 10)
	if err != nil || len(claimed) != 10 {
		t.Fatal(len(claimed), err)
	}
	if err := s.Release(ctx, claimed); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ClaimTimers(ctx, now.Add(time.Hour), now.Add(2*time.Hour), 10); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Slots(ctx, "+15550001111", now, now, time.Second); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Free(ctx, []string{"+15550001111"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.OldestCall(ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Oldest(ctx); err != nil {
		t.Fatal(err)
	}
	exerciseConsole(t, s, p, last)
	if _, err := s.EraseProfile(ctx, v.Own.Phone); err != nil {
		t.Fatal(err)
	}
	if len(rec.seen) < 50 {
		t.Fatalf("only %d statements were seen", len(rec.seen))
	}
	return rec.seen
}

// small tables are read whole as a matter of course.
var small = regexp.MustCompile(`\b(meta|slot|guard|desk|unreached|side|session)\b`)

func TestPlansSQLite(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "aviso.db")
	seen := exercise(t, dsn, 10)
	conn, err := connectSQLite(dsn, sqliteWriting, "")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.close()
	// A union of selects is run as a scan of what each lane gives. The index of
	// open tasks holds no others, nor does that of acts that can be undone.
	virtual := regexp.MustCompile(`^SCAN (lane\d|waiting|\(subquery-\d+\)|CONSTANT ROW|(k|task) USING INDEX task_open|timer USING INDEX timer_act)$`)
	for sql, args := range seen {
		var plan []string
		if err := conn.run(&statement{sql: "EXPLAIN QUERY PLAN " + sql, args: args, each: func(r row) error {
			plan = append(plan, r.text(3))
			return nil
		}}); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for _, line := range plan {
			if strings.HasPrefix(line, "SCAN ") && !small.MatchString(line) && !virtual.MatchString(line) {
				t.Errorf("%s\n\tscans: %s", sql, strings.Join(plan, "; "))
				break
			}
			// Ten rows of one profile may be sorted, and what of each state is
			// younger than a time; of others the index has the order.
			if strings.Contains(line, "USE TEMP B-TREE FOR ORDER BY") && !strings.Contains(sql, recent) && !strings.Contains(sql, "a.state IN (") && !small.MatchString(sql) {
				t.Errorf("%s\n\tsorts: %s", sql, strings.Join(plan, "; "))
			}
		}
	}
}

func TestPlansPostgres(t *testing.T) {
	server := os.Getenv("AVISO_TEST_POSTGRES")
	if server == "" {
		t.Fatal("AVISO_TEST_POSTGRES is not set: run `scripts/postgres run go test ./store/...`")
	}
	ctx := context.Background()
	var b [8]byte
	rand.Read(b[:])
	schema := "plans_" + hex.EncodeToString(b[:])
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	do := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE SCHEMA " + schema)
	t.Cleanup(func() {
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Fatal(err)
		}
	})
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	seen := exercise(t, address.String(), 3000)
	do("SET search_path TO " + schema)
	do("ANALYZE")
	do("SET enable_seqscan TO off") // a scan is what is left where no index serves
	for sql, args := range seen {
		rows, err := conn.Query(ctx, "EXPLAIN "+postgresSQL(sql), args...)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for _, line := range plan {
			if strings.Contains(line, "Seq Scan") && !small.MatchString(line) {
				t.Errorf("%s\n\tscans:\n%s", sql, strings.Join(plan, "\n"))
				break
			}
		}
	}
}
