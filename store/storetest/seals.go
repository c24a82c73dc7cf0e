package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

func testSeals(t *testing.T, w *world) {
	ctx := context.Background()
	nodes := []*store.Store{w.open(t), w.open(t), w.open(t)}
	s := nodes[0]
	// All nodes seal at once, twice an hour, while rows come.
	var people []raised
	for hour := range 4 {
		r := w.raise(t, s, 100*hour+1, 100*hour+2)
		people = append(people, r)
		own := mustView(t, s, gateway.Scope{Profile: r.person.ID}).Subject
		mustCommit(t, s, gateway.Turn{At: w.now, Audit: []gateway.Entry{{Subject: gateway.SubjectProfile, ID: own.ID, Version: own.Version, Kind: "seen"}}})
		for range 2 {
			var all sync.WaitGroup
			for _, node := range nodes {
				all.Go(func() {
					if err := node.SealChains(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			people = append(people, w.raise(t, s, 100*hour+10+len(people), 100*hour+50+len(people)))
			w.now = w.now.Add(10 * time.Minute)
		}
		w.now = w.now.Add(40 * time.Minute)
	}
	verify := func(t *testing.T) store.Verified {
		t.Helper()
		found, err := s.Verify(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	found := verify(t)
	if found.Seals != 4 || found.Fresh != 4 || len(found.Broken) > 0 || !found.Sealed.Equal(w.now.Add(-time.Hour).Truncate(time.Microsecond)) {
		t.Fatalf("%+v, want 4 seals and the rows of 2 alerts that are fresh", found)
	}

	t.Run("erasing changes nothing of what is sealed", func(t *testing.T) {
		w.end(t, s, people[0].alert.ID, w.now)
		if erased, err := s.EraseProfile(ctx, people[0].person.Phone); !erased || err != nil {
			t.Fatal(erased, err)
		}
		if _, err := s.Retain(ctx, gateway.DefaultRetention()); err != nil {
			t.Fatal(err)
		}
		if found := verify(t); len(found.Broken) > 0 {
			t.Error(found.Broken)
		}
	})
	mark := `id = (SELECT id FROM seal ORDER BY id DESC LIMIT 1)` // "newest" comes behind every number
	for _, c := range []struct {
		what, says string
		do, undo   []string
	}{
		{what: "the last row of every chain, as if it had never been", says: "covers",
			do: []string{`CREATE TABLE gone AS SELECT * FROM ledger WHERE what = 'seen' AND subject IN (SELECT id FROM profile)`,
				`DELETE FROM ledger WHERE what = 'seen' AND subject IN (SELECT id FROM profile)`,
				`CREATE TABLE moved AS SELECT id, head FROM profile WHERE seq = 2`,
				`UPDATE profile SET seq = 1, head = (SELECT hash FROM ledger WHERE subject = profile.id AND seq = 1) WHERE seq = 2`},
			undo: []string{`INSERT INTO ledger SELECT * FROM gone`, `UPDATE profile SET seq = 2, head = (SELECT head FROM moved WHERE moved.id = profile.id) WHERE id IN (SELECT id FROM moved)`,
				`DROP TABLE gone`, `DROP TABLE moved`}},
		{what: "a chain and its alert without a trace", says: "covers",
			do: []string{`CREATE TABLE gone AS SELECT * FROM ledger WHERE subject = (SELECT id FROM alert ORDER BY id LIMIT 1)`,
				`CREATE TABLE moved AS SELECT * FROM alert WHERE id = (SELECT id FROM alert ORDER BY id LIMIT 1)`,
				`DELETE FROM ledger WHERE subject IN (SELECT id FROM moved)`, `DELETE FROM alert WHERE id IN (SELECT id FROM moved)`},
			undo: []string{`INSERT INTO ledger SELECT * FROM gone`, `INSERT INTO alert SELECT * FROM moved`, `DROP TABLE gone`, `DROP TABLE moved`}},
		{what: "a row is said to be another hour's", says: "covers",
			do: []string{`UPDATE ledger SET seal = 2 WHERE seal = 1`}},
	} {
		t.Run(c.what, func(t *testing.T) {
			for _, sql := range c.do {
				w.engine.Exec(t, w.dsn, sql)
			}
			if found := verify(t); !said(found, c.says) {
				t.Errorf("broken are %v", found.Broken)
			}
			for _, sql := range c.undo {
				w.engine.Exec(t, w.dsn, sql)
			}
			if found := verify(t); c.undo != nil && len(found.Broken) > 0 {
				t.Errorf("undone: %v", found.Broken)
			}
		})
	}
	w.engine.Exec(t, w.dsn, `CREATE TABLE kept AS SELECT * FROM seal`)
	first, second := `(SELECT id FROM kept ORDER BY id LIMIT 1)`, `(SELECT id FROM kept ORDER BY id LIMIT 1 OFFSET 1)`
	for _, c := range []struct{ what, says, do string }{
		{"a seal removed", "seal 1 is missing", `DELETE FROM seal WHERE id = ` + second},
		{"the newest seal removed", "seal 3, the newest, is missing", `DELETE FROM seal WHERE id = (SELECT id FROM kept ORDER BY id DESC LIMIT 1 OFFSET 1)`},
		{"the mark removed", "mark of the newest seal is missing", `DELETE FROM seal WHERE ` + mark},
		{"all seals removed", "mark of the newest seal is missing", `DELETE FROM seal`},
		{"a seal in another's place", "does not open", `UPDATE seal SET body = (SELECT body FROM kept WHERE id = ` + first + `) WHERE id = ` + second},
		{"the numbers put back", "has not begun", `UPDATE meta SET number = 1 WHERE name = 'seal'`},
	} {
		t.Run(c.what, func(t *testing.T) {
			w.engine.Exec(t, w.dsn, c.do)
			if found := verify(t); !said(found, c.says) {
				t.Errorf("broken are %v", found.Broken)
			}
			w.engine.Exec(t, w.dsn, `DELETE FROM seal`)
			w.engine.Exec(t, w.dsn, `INSERT INTO seal SELECT * FROM kept`)
		})
	}
	t.Run("without its mark nothing is sealed over what is missing", func(t *testing.T) {
		w.engine.Exec(t, w.dsn, `DELETE FROM seal`)
		if err := s.SealChains(ctx); err == nil || errors.Is(err, context.Canceled) {
			t.Error("it seals as if there had been no seals")
		}
	})
}

func said(found store.Verified, words string) bool {
	for _, b := range found.Broken {
		if strings.Contains(b.String(), words) {
			return true
		}
	}
	return false
}
