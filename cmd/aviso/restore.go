package main

import (
	"errors"
	"fmt"
	"time"

	"aviso/store"
)

// restoreCmd is `aviso restore FILE`.
type restoreCmd struct {
	File string `arg:"" help:"A backup, from aviso backup. It is left as it is."`
}

// Help is kong's long help.
func (restoreCmd) Help() string {
	return `Makes the database that --db names, which must not exist yet (SQLite) or be empty (PostgreSQL). Everything is counted, compared and opened with the keyset (--keys) before the database appears, whole or not at all; audit chains that do not hold are named. A backup made before a rotation of keys needs a keyset that still has the old ones.

What was waiting to be sent when the backup was made is sent when serve starts, unless it has expired: a repeat rather than a silence.`
}

// Run restores.
func (c *restoreCmd) Run(a *app) error {
	if err := a.config.database(); err != nil {
		return err
	}
	k := &check{}
	k.owned(a.config, "FILE", c.File)
	if err := k.err(); err != nil {
		return err
	}
	bar := newProgress(a.stderr)
	done, err := store.Restore(a.ctx, store.RestoreOptions{
		From: c.File, KeysFile: a.config.Keys, To: a.config.DB, Clock: time.Now, Progress: bar.tell,
	})
	bar.end()
	if errors.Is(err, store.ErrNoKeyset) || errors.Is(err, store.ErrOtherKeyset) || errors.Is(err, store.ErrOldKeyset) {
		return fmt.Errorf("%w\nWithout that keyset nobody can read the backup, neither you nor the authors of this program: look for a copy of its file", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d rows in %d tables, as of %s; %d people, each found by their phone; %d audit chains.\n",
		rowsOf(done.Tables), len(done.Tables), done.At.Format(time.RFC3339), done.Profiles, done.Chains.Chains)
	for _, b := range done.Chains.Broken {
		fmt.Fprintf(a.stderr, "%s\n", b)
	}
	if broken := len(done.Chains.Broken); broken > 0 {
		fmt.Fprintf(a.stdout, "Everything was restored, but %d audit chains do not hold, here as they did not when the backup was made.\n", broken)
		return errReported
	}
	return nil
}
