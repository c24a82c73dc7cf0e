package main

import (
	"fmt"
	"strings"
	"time"

	"aviso/store"
)

// migrateDBCmd is `aviso migrate-db FROM TO`.
type migrateDBCmd struct {
	From string `arg:"" help:"The SQLite database: a path. Nobody may have it open; it is left as it is."`
	To   string `arg:"" help:"The new database on PostgreSQL: a postgres:// address, without anything in it."`
}

// Help is kong's long help.
func (migrateDBCmd) Help() string {
	return `Stop serve first: it is refused while anybody has FROM open, and nobody else gets in until it is done. All rows arrive, sealed as they are, or none does: they are counted on both sides and compared before they are kept, so that what was interrupted is simply run again. The keyset (--keys) stays the same, and is needed to serve TO. Rather than on the command line, where everybody on the machine can read it, give the password in PGPASSWORD or in a .pgpass file.`
}

// Run moves, and then walks the audit chains of what has arrived.
func (c *migrateDBCmd) Run(a *app) error {
	k := &check{}
	k.required("--keys (AVISO_KEYS)", a.config.Keys)
	if isAddress(c.From) {
		k.problem("FROM", "want the path of a SQLite database")
	}
	k.owned(a.config, "FROM", c.From)
	k.keysOwned(a.config)
	if !isAddress(c.To) {
		k.problem("TO", "want a postgres:// address")
	}
	if err := k.err(); err != nil {
		return err
	}
	bar := newProgress(a.stderr)
	moved, err := store.Move(a.ctx, store.MoveOptions{From: c.From, To: c.To, KeysFile: a.config.Keys, Progress: bar.tell})
	bar.end()
	if err != nil {
		return err
	}
	rows := int64(0)
	for _, table := range moved {
		fmt.Fprintf(a.stdout, "%-12s %10d rows\n", table.Name, table.Rows)
		rows += table.Rows
	}
	fmt.Fprintf(a.stdout, "%d rows in %d tables, the same on both sides.\n", rows, len(moved))
	if err := c.verify(a); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "From now on serve the new database with the same keyset (AVISO_DB, AVISO_KEYS). Never serve the old one again: what it then takes in, the new one does not know.")
	return nil
}

// verify says whether the audit chains hold. A chain that does not held no
// better before: what arrived is what was there.
func (c *migrateDBCmd) verify(a *app) error {
	records, err := store.Open(a.ctx, store.Options{DSN: c.To, KeysFile: a.config.Keys, ReadOnly: true, Clock: time.Now})
	if err != nil {
		return err
	}
	defer records.Close()
	verified, err := records.Verify(a.ctx)
	if err != nil {
		return err
	}
	if len(verified.Broken) > 0 {
		for _, b := range verified.Broken {
			fmt.Fprintf(a.stderr, "%s\n", b)
		}
		fmt.Fprintf(a.stdout, "Everything was moved, but %d of %d audit chains do not hold, here as there.\n", len(verified.Broken), verified.Chains)
		return errReported
	}
	fmt.Fprintf(a.stdout, "%d audit chains hold.\n", verified.Chains)
	return nil
}

func isAddress(dsn string) bool { return strings.Contains(dsn, "://") }
