package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// bases are the databases of a run, each made when it is first asked for.
type bases struct {
	main     *database // all people, for accept and what is crowded
	few      *database // a copy of it as imported, for everything else
	postgres *database
}

// postgresVariable names the server, as scripts/postgres run sets it.
const postgresVariable = "AVISO_TEST_POSTGRES"

// postgresPeople is how many people of all are imported into PostgreSQL, where
// only ALERTA is measured.
const postgresPeople = 120_000

// base is the database with all people.
func (b *bench) base() (*database, error) {
	if b.bases.main != nil {
		return b.bases.main, nil
	}
	db, took, err := b.imported("base", b.path("base.db"), b.people)
	if err != nil {
		return nil, err
	}
	b.figures.set("import_per_s", float64(b.people)/took.Seconds())
	few := &database{dsn: b.path("few.db"), keys: db.keys, people: b.people}
	if err := copyFile(few.dsn, db.dsn); err != nil {
		return nil, err
	}
	b.bases.main, b.bases.few = db, few
	return db, nil
}

// few is the database in which hardly an alert is open.
func (b *bench) few() (*database, error) {
	_, err := b.base()
	return b.bases.few, err
}

// postgres is the database on the server; nil where there is none.
func (b *bench) postgres() (*database, error) {
	address := os.Getenv(postgresVariable)
	if b.bases.postgres != nil || address == "" {
		return b.bases.postgres, nil
	}
	if _, err := url.Parse(address); err != nil {
		return nil, fmt.Errorf("%s is no address", postgresVariable)
	}
	db, took, err := b.imported("postgres", address, min(b.people, postgresPeople))
	if err == nil {
		b.figures.set("import_postgres_per_s", float64(db.people)/took.Seconds())
		b.bases.postgres = db
	}
	return db, err
}

// imported makes a database with n people, as an operator does, and tells how
// long the import took, the start of the program included.
func (b *bench) imported(name, dsn string, n int) (*database, time.Duration, error) {
	db := &database{dsn: dsn, keys: b.path(name + ".keys"), people: n}
	file := b.path(name + ".jsonl")
	if err := writePeople(file, n); err != nil {
		return nil, 0, err
	}
	defer os.Remove(file)
	command := exec.CommandContext(b.ctx, b.path("aviso"), "profiles", "import", file)
	command.Env = b.environ(db)
	if b.profile != "" {
		command.Env = append(command.Env, profileVariable+"="+b.profileFile("import"), profileVariable+"_FOR=5s")
	}
	begin := time.Now()
	out, err := command.CombinedOutput()
	took := time.Since(begin)
	if err != nil {
		return nil, 0, fmt.Errorf("import: %w\n%s", err, out)
	}
	if want := fmt.Sprintf("%d new", n); !strings.Contains(string(out), want) {
		return nil, 0, fmt.Errorf("import: said no %q:\n%s", want, out)
	}
	b.say("%s: %s people in %.1f s", name, thousands(int64(n)), took.Seconds())
	return db, took, nil
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	if end := out.Close(); err == nil {
		err = end
	}
	return err
}

// remove deletes a database file and what stands beside it.
func remove(path string) {
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(path + end)
	}
}
