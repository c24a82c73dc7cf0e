package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// office is a database with an admin, an agent, their sessions and a link.
type office struct {
	*world
	s             *store.Store
	boss, eva     gateway.ID
	alert         gateway.ID
	told          []string // what was found forged
	session, link []byte   // keys: of eva's session, and of the link
}

func (w *world) office(t *testing.T) *office {
	t.Helper()
	w = &world{engine: w.engine, dsn: w.engine.New(t), now: w.now, keys: w.keys}
	o := &office{world: w, boss: w.id(), eva: w.id(), alert: w.id(), session: []byte("key of eva's session"), link: []byte("link")}
	o.open(t)
	mustCommit(t, o.s, gateway.Turn{At: w.now, Agents: []gateway.Agent{
		{ID: o.boss, Name: "boss", Role: gateway.RoleAdmin}, {ID: o.eva, Name: "eva", Role: gateway.RoleAgent},
	}, Passes: []gateway.Pass{{Key: o.link, Alert: o.alert, Expires: w.now.Add(time.Hour)}}})
	for key, of := range map[string]gateway.ID{string(o.session): o.eva, "key of the admin's session": o.boss} {
		if err := o.s.PutSession(t.Context(), gateway.Session{Key: []byte(key), Agent: of, Stage: gateway.StageIn, Seen: w.now, Expires: w.now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *office) open(t *testing.T) {
	t.Helper()
	o.s = o.world.open(t)
	o.s.OnForged(func(what string, err error) { o.told = append(o.told, what+": "+err.Error()) })
}

func (o *office) sql(t *testing.T, list ...string) {
	t.Helper()
	for _, sql := range list {
		o.engine.Exec(t, o.dsn, sql)
	}
}

// hex is a value as both engines read it in SQL.
func (o *office) hex(b []byte) string {
	if strings.HasPrefix(o.dsn, "postgres") {
		return fmt.Sprintf(`'\x%x'::bytea`, b)
	}
	return fmt.Sprintf("x'%x'", b)
}

// changeEva is one more state of eva's row.
func (o *office) changeEva(t *testing.T, do func(*gateway.Agent)) {
	t.Helper()
	a, err := o.s.Agent(t.Context(), o.eva)
	if err != nil {
		t.Fatal(err)
	}
	do(a)
	mustCommit(t, o.s, gateway.Turn{At: o.now, Agents: []gateway.Agent{*a}})
}

// refused are the ways in, of which each has to be shut after an attack on what it
// is named for.
func (o *office) refused(t *testing.T, what string) {
	t.Helper()
	ctx := t.Context()
	o.told = nil
	tries := map[string]func() error{
		"session": func() error { _, err := o.s.Session(ctx, o.session); return err },
		"agent": func() error {
			_, err := o.s.Agent(ctx, o.eva)
			_, byName := o.s.AgentByName(ctx, "eva")
			_, view := o.s.View(ctx, gateway.Scope{Agent: o.eva})
			for _, err := range []error{byName, view} {
				if !errors.Is(err, gateway.ErrForged) {
					return fmt.Errorf("by another way: %w", err)
				}
			}
			return err
		},
		"name": func() error { _, err := o.s.AgentByName(ctx, "boss"); return err },
		"link": func() error {
			_, err := o.s.Pass(ctx, o.link)
			if _, view := o.s.View(ctx, gateway.Scope{Pass: o.link}); !errors.Is(view, gateway.ErrForged) {
				return fmt.Errorf("by another way: %w", view)
			}
			return err
		},
	}
	of, _, _ := strings.Cut(what, ":")
	if err := tries[of](); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("%s: %v, want ErrForged", what, err)
	}
	if len(o.told) == 0 {
		t.Errorf("%s: nobody is told", what)
	}
	found, err := o.s.Verify(ctx)
	if err != nil || len(found.Broken) == 0 {
		t.Errorf("%s: audit verify finds nothing (%v)", what, err)
	}
}

// Whoever can write to the database and has no key gains no right by it.
func testRights(t *testing.T, w *world) {
	role := func(r gateway.Role) func(*gateway.Agent) { return func(a *gateway.Agent) { a.Role = r } }
	disable := func(a *gateway.Agent) { a.Disabled = w.now }
	evas := func(o *office) string { return `id = ` + o.hex(o.eva[:]) }
	for _, c := range []struct {
		what string // what is tried afterwards, and the attack in words
		do   func(*testing.T, *office)
	}{
		{"session: it points to the admin", func(t *testing.T, o *office) {
			o.sql(t, `UPDATE session SET agent = `+o.hex(o.boss[:])+` WHERE key = `+o.hex(o.session))
		}},
		{"session: the body of the admin's", func(t *testing.T, o *office) {
			o.sql(t, `UPDATE session SET body = (SELECT body FROM session WHERE agent = `+o.hex(o.boss[:])+`) WHERE key = `+o.hex(o.session))
		}},
		{"session: the second factor is skipped", func(t *testing.T, o *office) {
			x, err := o.s.Session(t.Context(), o.session)
			if err != nil {
				t.Fatal(err)
			}
			x.Stage = gateway.StageFactor
			if err := o.s.PutSession(t.Context(), *x); err != nil {
				t.Fatal(err)
			}
			o.sql(t, `UPDATE session SET stage = 4 WHERE key = `+o.hex(o.session))
		}},
		{"session: it never expires", func(t *testing.T, o *office) { o.sql(t, `UPDATE session SET expires = expires + 1000000`) }},
		{"session: it was used just now", func(t *testing.T, o *office) { o.sql(t, `UPDATE session SET seen = seen + 1000000`) }},
		{"session: one that was made up, of another's body", func(t *testing.T, o *office) {
			o.sql(t, `DELETE FROM session WHERE key = `+o.hex(o.session),
				`INSERT INTO session (key, agent, stage, seen, expires, body) SELECT `+o.hex(o.session)+`, agent, stage, seen, expires, body FROM session`)
		}},
		{"agent: an admin's row under one's own id", func(t *testing.T, o *office) {
			o.sql(t, `UPDATE agent SET body = (SELECT body FROM agent b WHERE b.id = `+o.hex(o.boss[:])+`) WHERE `+evas(o))
		}},
		{"agent: an older body, from when they were an admin", func(t *testing.T, o *office) {
			o.changeEva(t, role(gateway.RoleAdmin))
			o.sql(t, `CREATE TABLE old AS SELECT * FROM agent`)
			o.changeEva(t, role(gateway.RoleAgent))
			o.sql(t, `UPDATE agent SET body = (SELECT body FROM old WHERE old.id = agent.id)`)
		}},
		{"agent: the whole older row with its chain, from before they were disabled", func(t *testing.T, o *office) {
			o.sql(t, `CREATE TABLE old AS SELECT * FROM agent`)
			o.changeEva(t, disable)
			o.sql(t, `DELETE FROM ledger WHERE subject = `+o.hex(o.eva[:])+` AND seq > 1`,
				`DELETE FROM agent WHERE `+evas(o), `INSERT INTO agent SELECT * FROM old WHERE `+evas(o))
		}},
		{"agent: all agents and the roll, while a node runs", func(t *testing.T, o *office) {
			o.sql(t, `CREATE TABLE old AS SELECT * FROM agent`, `CREATE TABLE oldroll AS SELECT * FROM roll`)
			o.changeEva(t, disable)
			o.sql(t, `DELETE FROM agent`, `INSERT INTO agent SELECT * FROM old`, `DELETE FROM roll`, `INSERT INTO roll SELECT * FROM oldroll`)
		}},
		{"agent: the roll's number alone is raised", func(t *testing.T, o *office) { o.sql(t, `UPDATE roll SET seq = seq + 1`) }},
		{"agent: the roll is gone", func(t *testing.T, o *office) { o.sql(t, `DELETE FROM roll`) }},
		{"agent: a new one under the old name, of a body that is there", func(t *testing.T, o *office) {
			o.sql(t, `CREATE TABLE old AS SELECT * FROM agent`, `DELETE FROM agent WHERE `+evas(o),
				`INSERT INTO agent (id, seq, head, at, name_hash, body) SELECT `+o.hex(o.eva[:])+`, seq, head, at,
					(SELECT name_hash FROM old WHERE old.`+evas(o)+`), body FROM agent`)
		}},
		{"name: the admin's is another's", func(t *testing.T, o *office) {
			o.sql(t, `CREATE TABLE names AS SELECT id, name_hash FROM agent`, `UPDATE agent SET name_hash = id`,
				`UPDATE agent SET name_hash = (SELECT name_hash FROM names WHERE names.id <> agent.id)`)
		}},
		{"link: it lasts", func(t *testing.T, o *office) { o.sql(t, `UPDATE pass SET expires = expires + 1000000`) }},
		{"link: it is another alert's", func(t *testing.T, o *office) { o.sql(t, `UPDATE pass SET alert = `+o.hex(o.boss[:])) }},
		{"link: it was never opened", func(t *testing.T, o *office) {
			o.sql(t, `CREATE TABLE oldpass AS SELECT * FROM pass`)
			p, err := o.s.Pass(t.Context(), o.link)
			if err != nil {
				t.Fatal(err)
			}
			p.Opened, p.Holder = o.now, []byte("browser")
			mustCommit(t, o.s, gateway.Turn{At: o.now, Passes: []gateway.Pass{*p}})
			o.sql(t, `DELETE FROM pass`, `INSERT INTO pass SELECT * FROM oldpass`)
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := w.office(t)
			if found, err := o.s.Verify(t.Context()); err != nil || len(found.Broken) > 0 {
				t.Fatalf("before: %v, %v", found.Broken, err)
			}
			c.do(t, o)
			o.refused(t, c.what)
		})
	}
}

// What was forged is listed as such, and the operator can put it right.
func testRightsAgain(t *testing.T, w *world) {
	o := w.office(t)
	ctx := t.Context()
	o.sql(t, `CREATE TABLE old AS SELECT * FROM agent`)
	o.changeEva(t, func(a *gateway.Agent) { a.Role = gateway.RoleAdmin })
	o.sql(t, `UPDATE agent SET body = (SELECT body FROM old WHERE old.id = agent.id)`)
	list, err := o.s.Agents(ctx)
	if err != nil || len(list) != 2 || list[0].Forged == list[1].Forged {
		t.Fatalf("%+v, %v, want both, and one as forged", list, err)
	}
	forged, err := o.s.Agent(ctx, o.eva)
	if !errors.Is(err, gateway.ErrForged) || forged == nil || forged.Seq != 2 {
		t.Fatalf("%+v, %v, want what opens, and where the chain ends", forged, err)
	}
	if err := o.s.Commit(ctx, gateway.Turn{At: o.now, Agents: []gateway.Agent{*forged}}); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("written without anybody who vouches: %v", err)
	}
	mustCommit(t, o.s, gateway.Turn{At: o.now, Agents: []gateway.Agent{*forged}, Vouched: true})
	if a, err := o.s.Agent(ctx, o.eva); err != nil || a.Role != gateway.RoleAgent {
		t.Errorf("after somebody has vouched: %+v, %v", a, err)
	}
	if found, err := o.s.Verify(ctx); err != nil || len(found.Broken) > 0 {
		t.Errorf("afterwards: %v, %v", found.Broken, err)
	}

	// One that is gone is missed, whoever it was.
	o.sql(t, `DELETE FROM ledger WHERE subject = `+o.hex(o.eva[:]), `DELETE FROM agent WHERE id = `+o.hex(o.eva[:]))
	found, err := o.s.Verify(ctx)
	if err != nil || !slices.ContainsFunc(found.Broken, func(b store.Break) bool { return b.Subject == o.eva && strings.Contains(b.Reason, "missing") }) {
		t.Errorf("an agent is gone: %v, %v", found.Broken, err)
	}
}

// A roll is made once. Whoever takes it away and sets the schema back does not get
// another one signed.
func testRightsOnce(t *testing.T, w *world) {
	o := w.office(t)
	o.sql(t, `DROP TABLE roll`, `UPDATE meta SET number = number - 1 WHERE name = 'schema'`)
	if _, err := o.tryOpen(t, store.Options{Keys: o.keys}); err == nil {
		t.Error("the roll was made anew")
	}
}

// The keys in force are what this program says, and go forward only.
func testRightsOfKeys(t *testing.T, w *world) {
	ctx := t.Context()
	for _, lookup := range []bool{false, true} {
		t.Run(fmt.Sprint("lookup ", lookup), func(t *testing.T) {
			file := t.TempDir() + "/aviso.session"
			w := &world{engine: w.engine, dsn: w.engine.New(t), now: w.now}
			s := w.openWith(t, store.Options{KeysFile: file})
			mustCommit(t, s, gateway.Turn{At: w.now, Agents: []gateway.Agent{{ID: w.id(), Name: "eva"}}})
			w.engine.Exec(t, w.dsn, `CREATE TABLE old AS SELECT * FROM meta`)
			w.engine.Exec(t, w.dsn, `CREATE TABLE oldroll AS SELECT * FROM roll`)
			w.engine.Exec(t, w.dsn, `CREATE TABLE oldagent AS SELECT * FROM agent`)
			if _, err := s.Rotate(ctx, store.RotateOptions{Lookup: lookup}); err != nil {
				t.Fatal(err)
			}
			if a, err := s.AgentByName(ctx, "eva"); err != nil || a == nil {
				t.Fatalf("after a rotation: %+v, %v", a, err)
			}
			back := []string{`UPDATE meta SET number = (SELECT number FROM old WHERE old.name = meta.name), value = (SELECT value FROM old WHERE old.name = meta.name) WHERE name IN ('keys', 'keys proof')`}
			t.Run("a list that nobody has sealed", func(t *testing.T) {
				w.engine.Exec(t, w.dsn, `CREATE TABLE now AS SELECT * FROM meta`)
				w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number + 1 WHERE name = 'keys'`)
				if err := s.Ping(ctx); err != nil {
					t.Fatal(err) // it needs no key
				}
				if _, err := s.AgentByName(ctx, "eva"); !errors.Is(err, gateway.ErrForged) {
					t.Errorf("a node that runs: %v", err)
				}
				if _, err := w.tryOpen(t, store.Options{KeysFile: file}); !errors.Is(err, store.ErrForgedKeys) {
					t.Errorf("a node that starts: %v", err)
				}
				w.engine.Exec(t, w.dsn, `UPDATE meta SET number = number - 1 WHERE name = 'keys'`)
			})
			w.engine.Exec(t, w.dsn, back[0])
			if _, err := s.AgentByName(ctx, "eva"); !errors.Is(err, gateway.ErrForged) {
				t.Errorf("the list from before, on a node that runs: %v", err)
			}
			if _, err := w.tryOpen(t, store.Options{KeysFile: file}); !lookup && !errors.Is(err, store.ErrForgedKeys) {
				t.Errorf("the list from before, on a node that starts: %v", err)
			}
		})
	}
}
