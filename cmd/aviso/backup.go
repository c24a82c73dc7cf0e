package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"aviso/store"
)

// backupCmd is `aviso backup FILE`.
type backupCmd struct {
	File string `arg:"" help:"The new file. One that is there already is left alone."`
}

// Help is kong's long help.
func (backupCmd) Help() string {
	return `May run while serve does: the file holds every row as it was at one moment, from SQLite and PostgreSQL alike, and appears whole or not at all, read back and compared. It is sealed as the database is, and the keyset (--keys) is not in it: keep a copy of the keyset elsewhere, because a backup tells nothing without it, to you neither.`
}

// Run backs up.
func (c *backupCmd) Run(a *app) error {
	if err := a.config.database(); err != nil {
		return err
	}
	bar := newProgress(a.stderr)
	tables, err := store.Backup(a.ctx, store.BackupOptions{
		From: a.config.DB, KeysFile: a.config.Keys, To: c.File, Clock: time.Now, Progress: bar.tell,
	})
	bar.end()
	switch {
	case errors.Is(err, store.ErrNoDatabase):
		return a.noDatabase()
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already; name a new file", c.File)
	case err != nil:
		return err
	}
	keys, err := store.LoadKeyset(a.config.Keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s holds %d rows in %d tables. To restore it takes keyset %s, which is not in it.\n",
		c.File, rowsOf(tables), len(tables), keys.Fingerprint())
	return nil
}

func rowsOf(tables []store.MovedTable) (rows int64) {
	for _, table := range tables {
		rows += table.Rows
	}
	return rows
}
