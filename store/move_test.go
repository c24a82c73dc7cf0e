package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway"
	"aviso/store"
)

// installation is a SQLite database with people and alerts in it that nobody
// has open.
type installation struct {
	path, keys string
	profiles   int
}

func newInstallation(t *testing.T, profiles int) installation {
	t.Helper()
	dir := t.TempDir()
	in := installation{filepath.Join(dir, "aviso.db"), filepath.Join(dir, "aviso.keys"), profiles}
	s := in.open(t, in.path)
	ctx := context.Background()
	if _, err := s.ImportProfiles(ctx, people(0, profiles)); err != nil {
		t.Fatal(err)
	}
	ids := idSource(time.Now())
	for i := range 3 {
		p, err := s.ProfileByPhone(ctx, number(i))
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		if err := s.Commit(ctx, alertTurn(ids, int64(i), p, gateway.Conversation{})); err != nil {
			t.Fatal(err)
		}
	}
	in.close(t, s)
	return in
}

func (in installation) open(t *testing.T, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{DSN: dsn, KeysFile: in.keys})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (in installation) close(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func (in installation) move(ctx context.Context, to string) ([]store.MovedTable, error) {
	return store.Move(ctx, store.MoveOptions{From: in.path, To: to, KeysFile: in.keys})
}

// newDatabase makes a database that only one test has.
func newDatabase(t *testing.T) string {
	t.Helper()
	server := os.Getenv("AVISO_TEST_POSTGRES")
	if server == "" {
		t.Fatal("AVISO_TEST_POSTGRES is not set: run `scripts/postgres run go test ./store/...`")
	}
	var b [8]byte
	rand.Read(b[:])
	name := "test_" + hex.EncodeToString(b[:])
	execPostgres(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { execPostgres(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}

// tables counts what a PostgreSQL database holds.
func tables(t *testing.T, dsn string) (n int) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// everything is what can be read of a database through the store.
func everything(t *testing.T, s *store.Store) string {
	t.Helper()
	ctx := context.Background()
	all := ""
	if err := s.Profiles(ctx, func(p *gateway.Profile) error {
		all += fmt.Sprintf("%+v\n", *p)
		view, err := s.View(ctx, gateway.Scope{Phone: p.Phone})
		all += fmt.Sprintf("%+v %+v %+v\n", view.Own, view.Conversation, view.Cases)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	verified, err := s.Verify(ctx)
	if err != nil || len(verified.Broken) > 0 {
		t.Errorf("%v, broken: %v", err, verified.Broken)
	}
	return all + fmt.Sprint(verified)
}

// indexes are a schema's, with what they cover.
func indexes(t *testing.T, dsn string) (all string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT string_agg(indexdef, E'\n' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public'").Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMovePostgres(t *testing.T) {
	in, to := newInstallation(t, 300), newDatabase(t)
	moved, err := in.move(context.Background(), to)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for _, table := range moved {
		rows[table.Name] = table.Rows
	}
	if rows["profile"] != 300 || rows["alert"] != 3 || rows["attempt"] != 15 || rows["finger"] < 4*300 || rows["ledger"] < 303 {
		t.Errorf("moved %v", rows)
	}
	old, now := in.open(t, in.path), in.open(t, to)
	defer in.close(t, old)
	defer in.close(t, now)
	if a, b := everything(t, old), everything(t, now); a != b {
		t.Errorf("another content:\n%s\nwas\n%s", b, a)
	}
	fresh := newDatabase(t)
	in.close(t, in.open(t, fresh))
	if a, b := indexes(t, fresh), indexes(t, to); a != b {
		t.Errorf("indexes\n%s\nwant\n%s", b, a)
	}
	// It is a database to work on.
	if _, err := now.ImportProfiles(context.Background(), people(290, 20)); err != nil {
		t.Error(err)
	}
}

func TestMoveRefusedPostgres(t *testing.T) {
	in := newInstallation(t, 20)
	ctx := context.Background()
	refused := func(why, to string, want error) {
		t.Helper()
		if _, err := in.move(ctx, to); !errors.Is(err, want) {
			t.Errorf("%s: %v, want: %v", why, err, want)
		}
	}
	empty := newDatabase(t)
	s := in.open(t, in.path)
	refused("somebody has it open", empty, store.ErrInUse)
	if _, err := s.ImportProfiles(ctx, people(20, 5)); err != nil {
		t.Errorf("a refused move harmed who was there: %v", err)
	}
	in.close(t, s)

	db, err := sql.Open("sqlite3", sqliteAddress(in.path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, by := range []int{1, -1} {
		change := func(by int) {
			t.Helper()
			if _, err := db.Exec("UPDATE meta SET number = number + ? WHERE name = 'schema'", by); err != nil {
				t.Fatal(err)
			}
		}
		db.SetMaxIdleConns(0) // nobody has it open afterwards
		change(by)
		refused("another schema", empty, map[int]error{1: store.ErrNewerSchema, -1: store.ErrOldSchema}[by])
		change(-by)
	}

	mine := in.keys
	in.keys = filepath.Join(t.TempDir(), "none.keys")
	refused("no keyset", empty, store.ErrNoKeyset)
	if _, err := os.Stat(in.keys); err == nil {
		t.Error("a keyset was made")
	}
	other := newInstallation(t, 3)
	in.keys = other.keys
	refused("another keyset", empty, store.ErrOtherKeyset)
	in.keys = mine

	if n := tables(t, empty); n != 0 {
		t.Errorf("%d tables are left of what was refused", n)
	}
	full := newDatabase(t)
	execPostgres(t, full, "CREATE TABLE somebody_elses (n BIGINT)")
	refused("something in it", full, store.ErrNotEmpty)
	if n := tables(t, full); n != 1 {
		t.Errorf("%d tables where one was", n)
	}
	if _, err := in.move(ctx, empty); err != nil {
		t.Errorf("after all that: %v", err)
	}
	refused("moved already", empty, store.ErrNotEmpty)
}

// On its way a row is lost, another is changed, and the move is interrupted: the
// new database is as empty as before, and the next try is a good one.
func TestMoveLosesNothingPostgres(t *testing.T) {
	in, to := newInstallation(t, 300), newDatabase(t)
	// What the server does to the rows of each new table finger.
	meddle := func(what string) {
		t.Helper()
		execPostgres(t, to, `CREATE OR REPLACE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+what+` RETURN NEW; END $$`)
		execPostgres(t, to, `CREATE OR REPLACE FUNCTION public.install() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
			IF to_regclass('public.finger') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'meddle') THEN
				CREATE TRIGGER meddle BEFORE INSERT ON public.finger FOR EACH ROW EXECUTE FUNCTION public.meddle();
			END IF; END $$`)
		execPostgres(t, to, "DROP EVENT TRIGGER IF EXISTS install")
		execPostgres(t, to, "CREATE EVENT TRIGGER install ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.install()")
	}
	try := func(why string, want error) {
		t.Helper()
		if _, err := in.move(context.Background(), to); !errors.Is(err, want) {
			t.Errorf("%s: %v, want: %v", why, err, want)
		}
		if n := tables(t, to); n != 0 {
			t.Errorf("%s: %d tables are left", why, n)
		}
	}
	meddle(`IF get_byte(NEW.hash, 0) = 7 THEN RETURN NULL; END IF;`)
	try("a row is lost", store.ErrNotMoved)
	meddle(`IF get_byte(NEW.hash, 0) = 7 THEN NEW.kind = NEW.kind + 10; END IF;`)
	try("a row is changed", store.ErrNotMoved)
	execPostgres(t, to, "DROP EVENT TRIGGER install")

	for _, at := range []store.MoveStage{store.MoveCopying, store.MoveIndexing, store.MoveComparing} {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := store.Move(ctx, store.MoveOptions{From: in.path, To: to, KeysFile: in.keys, Progress: func(stage store.MoveStage, _, _ int64) {
			if stage == at {
				cancel()
			}
		}})
		if err == nil || tables(t, to) != 0 {
			t.Errorf("interrupted while %s: %v, %d tables are left", at, err, tables(t, to))
		}
		cancel()
	}
	if _, err := in.move(context.Background(), to); err != nil {
		t.Error(err)
	}
}
