package main

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// No command makes a database by looking for one: a path that was mistyped is
// said to be one, and nothing lies there afterwards.
func TestCommandsThatReadMakeNothing(t *testing.T) {
	dir, environ := folder(t)
	environ = append(environ, "AVISO_PUBLIC_URL=https://aviso.example.org", "TWILIO_ACCOUNT_SID=AC"+strings.Repeat("0", 32), "TWILIO_AUTH_TOKEN=secret",
		"AVISO_SMS_FROM="+sender, "AVISO_PROGRAMME=RED X", "AVISO_PUBLIC_PHONE=+15205550100")
	for _, args := range [][]string{
		{"agents", "list"}, {"agents", "reset", "rosa"}, {"agents", "disable", "rosa"}, {"profiles", "export", "-"}, {"profiles", "delete", "+13125550101"},
		{"contacts", "invite", "--dry-run"}, {"contacts", "invite"}, {"consulates", "desks"}, {"consulates", "desks", "--test"}, {"drill", "+13125550101"},
		{"audit", "verify"}, {"keys", "list"}, {"keys", "rotate"}, {"backup", filepath.Join(dir, "b")}, {"migrate"}, {"migrate", "--dry-run"},
		{"consulates", "desks", filepath.Join(dir, "no-such.csv")}, {"profiles", "import", filepath.Join(dir, "no-such.csv")},
	} {
		status, _, stderr := quick(t, environ, args...)
		if status != 1 || !strings.Contains(stderr, "there is no database") && !strings.Contains(stderr, "no such file") {
			t.Errorf("%v: exit %d, %s", args, status, stderr)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
			t.Fatalf("%v left %v", args, left)
		}
	}
}

// The commands that may come before the first serve make the database, and say so.
func TestCommandsThatMakeADatabase(t *testing.T) {
	for _, args := range [][]string{
		{"agents", "add", "rosa"},
		{"profiles", "import", "people.csv"},
		{"consulates", "desks", "desks.csv"},
	} {
		dir, environ := folder(t)
		write(t, dir, "people.csv", mixed)
		write(t, dir, "desks.csv", "consulate,channel,address,hours,language,confirmed\nchicago,sms,+13125550170,,es,2026-11-01\n")
		if last := len(args) - 1; strings.HasSuffix(args[last], ".csv") {
			args = append(slices.Clone(args[:last]), filepath.Join(dir, args[last]))
		}
		for i, says := range []bool{true, false} {
			_, _, stderr := quick(t, environ, args...)
			if strings.Contains(stderr, "made a new database at ") != says {
				t.Errorf("%v, run %d: %s", args, i+1, stderr)
			}
		}
	}
}

func TestMigrate(t *testing.T) {
	dir, environ := folder(t)
	quick(t, environ, "agents", "add", "rosa")
	db := filepath.Join(dir, "aviso.db")
	for _, args := range [][]string{{"migrate"}, {"migrate", "--dry-run"}} {
		if status, stdout, stderr := quick(t, environ, args...); status != 0 || !strings.Contains(stdout, "nothing to do") {
			t.Errorf("%v: exit %d, %s%s", args, status, stdout, stderr)
		}
	}
	older(t, db)
	before := schemaAndAgents(t, db)
	for _, args := range [][]string{{"agents", "list"}, {"agents", "add", "luz"}, {"profiles", "export", "-"}, {"backup", filepath.Join(dir, "b")}} {
		status, stdout, stderr := quick(t, environ, args...)
		if said := stdout + stderr; status == 0 || !strings.Contains(said, "older version") || !strings.Contains(said, "aviso migrate") {
			t.Errorf("%v: exit %d, %s", args, status, said)
		}
	}
	if status, stdout, _ := quick(t, environ, "migrate", "--dry-run"); status != 0 || !strings.Contains(stdout, "would be brought to schema") {
		t.Errorf("exit %d, %s", status, stdout)
	}
	if after := schemaAndAgents(t, db); after != before {
		t.Errorf("schema and agents were %v, and are %v", before, after)
	}
}

func schemaAndAgents(t *testing.T, path string) (n [2]int) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT number, (SELECT count(*) FROM agent) FROM meta WHERE name = 'schema'`).Scan(&n[0], &n[1]); err != nil {
		t.Fatal(err)
	}
	return n
}

// older makes a database look as if an older version had written it.
func older(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{`UPDATE meta SET number = number - 1 WHERE name = 'schema'`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}
