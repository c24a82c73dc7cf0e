package store_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"aviso/store/storetest"
)

func TestPostgres(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		New: func(t *testing.T) string { return newSchema(t) },
		Exec: func(t *testing.T, dsn, statement string) {
			t.Helper()
			execPostgres(t, dsn, statement)
		},
	})
}

// newSchema makes a schema that only one test has.
func newSchema(t testing.TB) string {
	t.Helper()
	server := os.Getenv("AVISO_TEST_POSTGRES")
	if server == "" {
		t.Fatal("AVISO_TEST_POSTGRES is not set: run `scripts/postgres run go test ./store/...`")
	}
	var b [8]byte
	rand.Read(b[:])
	schema := "test_" + hex.EncodeToString(b[:])
	execPostgres(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { execPostgres(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}

func execPostgres(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
