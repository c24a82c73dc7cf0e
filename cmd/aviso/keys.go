package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"
	"time"

	"aviso/store"
)

// keysCmd is `aviso keys`: the keys that seal the database and find people in
// it.
type keysCmd struct {
	New    keysNewCmd    `cmd:"" help:"Make a new keyset, for a database that there is not yet."`
	Rotate keysRotateCmd `cmd:"" help:"Replace the key that seals, or with --lookup the one that finds, while serve goes on. Run again it goes on where it was."`
	Drop   keysDropCmd   `cmd:"" help:"Take a retired key out of the keyset, for good, and say which backups that ends."`
	List   keysListCmd   `cmd:"" help:"The keys of the keyset, and what each is good for."`
}

type keysNewCmd struct {
	Out string `placeholder:"FILE" help:"Where to, instead of the path of --keys; - for standard output."`
}

// Help is kong's long help.
func (keysNewCmd) Help() string {
	return `Makes the keyset at the path of --keys, mode 0600, or with --out elsewhere: for a secret store or a KMS from which --keys then reads it (env:NAME, exec:COMMAND). A file that is there already is never touched. The first command that opens an empty database makes a keyset by itself where --keys names a path, so that this is needed for the other two forms, or to put the keyset in its places beforehand.`
}

// Run makes a keyset.
func (c *keysNewCmd) Run(a *app) error {
	to := c.Out
	if to == "" {
		if to = a.config.Keys; to == "" || !store.KeysetIsFile(to) {
			return usageError{"--keys (AVISO_KEYS): names no file that could be written; say where with --out FILE, or --out - for standard output"}
		}
	}
	k, err := store.NewKeyset()
	if err != nil {
		return err
	}
	if err := a.writeKeyset(to, k); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "This is keyset %s. Keep a copy apart from the database and from its backups: without it nobody can read either, neither you nor the authors of this program.\n", k.Fingerprint())
	return nil
}

// writeKeyset writes a keyset to a new file, or where - is asked for, to
// standard output.
func (a *app) writeKeyset(to string, k *store.Keyset) error {
	if to == "-" {
		_, err := k.WriteTo(a.stdout)
		return err
	}
	if err := k.Save(to); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: a keyset is never overwritten", to)
	} else if err != nil {
		return err
	}
	return nil
}

// exporter hands a keyset to a file that the operator names; nil where none is.
func (a *app) exporter(to string) func(*store.Keyset) error {
	if to == "" {
		return nil
	}
	return func(k *store.Keyset) error { return a.writeKeyset(to, k) }
}

// keyed opens the database, which has to be there, and does something with it.
func (a *app) keyed(do func(*store.Store) error) (err error) {
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	return do(records)
}

type keysRotateCmd struct {
	Lookup bool   `help:"Replace the key by which people are found instead of the one that seals."`
	Out    string `placeholder:"FILE" help:"Write the keyset with the new key there (- for standard output), instead of where --keys is, and do no more."`
}

// Help is kong's long help.
func (keysRotateCmd) Help() string {
	return `Adds a new key to the file of --keys, waits until every node that serves can read it there, and then seals every row anew, or with --lookup hashes it anew, in steps of some 25 ms. Nothing has to be stopped: nodes read the keyset anew by themselves, and meanwhile everybody is found by either key. Cut short by whatever, it goes on where it was when it is run again. The old key is retired, not gone: backups need it (aviso keys drop).

Where --keys is env:NAME, exec:COMMAND or a file that cannot be written, say --out FILE: the keyset with the new key is written there and nothing else is done. Put it where the keyset comes from, restart the nodes that have it from their environment, one after the other, remove FILE, and run aviso keys rotate again, without --out: it goes on with that key. Nodes on several machines, each with its own copy of the file: the command says so when one has not got the new key; copy the file there and run it again.`
}

// Run rotates.
func (c *keysRotateCmd) Run(a *app) error {
	return a.keyed(func(records *store.Store) error {
		bar := newProgress(a.stderr)
		done, err := records.Rotate(a.ctx, store.RotateOptions{
			Lookup: c.Lookup, Export: a.exporter(c.Out),
			Progress: func(rows, of int64) { bar.tell("keys", rows, of) },
		})
		bar.end()
		again := "aviso keys rotate"
		if c.Lookup {
			again += " --lookup"
		}
		switch {
		case errors.Is(err, store.ErrKeysReadOnly):
			return fmt.Errorf("%w. Nothing was changed. Run `%s --out FILE`, put what is in FILE where the keyset comes from, restart the nodes that have it from their environment, and run `%s` again", err, again, again)
		case errors.Is(err, store.ErrNotHeld):
			return fmt.Errorf("%w. Give it to them: copy the keyset's file to where they read it, or restart those that have it from their environment. Then run `%s` again", err, again)
		case errors.Is(err, context.Canceled):
			return fmt.Errorf("cut short; `%s` goes on with it. Until then both keys are needed", again)
		case err != nil:
			return err
		case done.Exported:
			fmt.Fprintf(a.stderr, "The keyset with the new key %s is written; nothing uses that key yet. Put it where the keyset comes from, restart the nodes that have it from their environment, and run `%s` again.\n", done.New, again)
			return nil
		}
		went := ""
		if done.Resumed {
			went = "Went on with the rotation that had begun. "
		}
		fmt.Fprintf(a.stdout, "%sKey %s is in force; key %s is retired: no row needs it, backups from before do. Copy the keyset to where you keep it. `aviso keys drop %s` takes the old key out.\n", went, done.New, done.Old, done.Old)
		if done.Unopened > 0 {
			fmt.Fprintf(a.stdout, "%d rows open with none of the keys, neither now nor before, and were left as they are.\n", done.Unopened)
			return errReported
		}
		return nil
	})
}

type keysDropCmd struct {
	ID     string `arg:"" help:"The key, as aviso keys list names it."`
	DryRun bool   `name:"dry-run" help:"Only say which backups it would end."`
	Out    string `placeholder:"FILE" help:"Write the keyset without the key there (- for standard output), instead of where --keys is."`
}

// Help is kong's long help.
func (keysDropCmd) Help() string {
	return `Refused while a row needs the key. Backups made while it was in force cannot be read without it, by anybody: make a new one first. Copies of the keyset elsewhere keep the key until you replace them.`
}

// Run drops a key.
func (c *keysDropCmd) Run(a *app) error {
	return a.keyed(func(records *store.Store) error {
		last, err := records.LastBackup(a.ctx)
		if err != nil {
			return err
		}
		k, err := records.DropKey(a.ctx, store.DropOptions{ID: c.ID, DryRun: c.DryRun, Export: a.exporter(c.Out)})
		if errors.Is(err, store.ErrKeysReadOnly) {
			return fmt.Errorf("%w. Run `aviso keys drop %s --out FILE`, and put what is in FILE where the keyset comes from", err, c.ID)
		}
		if err != nil {
			return err
		}
		did, ends := "Dropped", "ends"
		if c.DryRun {
			did, ends = "Would drop", "would end"
		}
		to := a.stdout
		if c.Out == "-" {
			to = a.stderr // the keyset is on the other
		}
		fmt.Fprintf(to, "%s key %s. %s\n", did, k.ID, endedBackups(k, last, ends))
		return nil
	})
}

// endedBackups says which backups nobody can read without a key.
func endedBackups(k store.KeyInfo, last time.Time, ends string) string {
	const minute = "2006-01-02 15:04 UTC"
	if k.Since.IsZero() {
		return "It was never in force here, so it " + ends + " no backup."
	}
	said := fmt.Sprintf("That %s every backup that was begun between %s and %s.", ends, k.Since.Format(minute), k.Until.Format(minute))
	switch {
	case last.IsZero():
		said += " None is known of."
	case last.Before(k.Until):
		said += fmt.Sprintf(" The last one, of %s, is among them or older: make a new one.", last.Format(minute))
	default:
		said += fmt.Sprintf(" The last one, of %s, does not need it.", last.Format(minute))
	}
	return said
}

type keysListCmd struct{}

// Run lists the keys.
func (keysListCmd) Run(a *app) error {
	return a.keyed(func(records *store.Store) error {
		keys, err := records.Keys(a.ctx)
		if err != nil {
			return err
		}
		nodes, err := records.Holders(a.ctx)
		if err != nil {
			return err
		}
		day := func(at time.Time) string {
			if at.IsZero() {
				return "-"
			}
			return at.Format("2006-01-02 15:04")
		}
		w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "key\tdoes\tstate\tin force since\tuntil")
		for _, k := range keys {
			does := "seals"
			if k.Finds {
				does = "finds"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.ID, does, k.State, day(k.Since), day(k.Until))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if nodes == 1 {
			fmt.Fprintln(a.stdout, "1 node serves.")
		} else {
			fmt.Fprintf(a.stdout, "%d nodes serve.\n", nodes)
		}
		return nil
	})
}
