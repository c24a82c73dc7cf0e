package store_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"aviso/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		New: func(t *testing.T) string { return filepath.Join(t.TempDir(), "a b?c#%41.db") },
		Exec: func(t *testing.T, dsn, statement string) {
			t.Helper()
			db, err := sql.Open("sqlite3", sqliteAddress(dsn))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		},
	})
}

// sqliteAddress is the address of a file whose name has everything in it that
// an address gives a meaning to.
func sqliteAddress(path string) string {
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?_busy_timeout=5000"
}
