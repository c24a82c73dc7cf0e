package main

import (
	"errors"
	"fmt"

	"aviso/store"
)

// migrateCmd is `aviso migrate`.
type migrateCmd struct {
	DryRun bool `help:"Say what would be done, and change nothing."`
}

// Help is kong's long help.
func (migrateCmd) Help() string {
	return `serve does this by itself at its start, and logs it; migrate does it apart from that, and refuses while a node serves the database. All of it happens or nothing does, so that what was interrupted is simply run again. Make a backup first (aviso backup): an older version refuses the database afterwards.`
}

// Run brings the database to this version's schema.
func (c *migrateCmd) Run(a *app) (err error) {
	if c.DryRun {
		return c.look(a)
	}
	// What the database holds decides whether there is anything to be made.
	found, err := a.open()
	var old *store.SchemaError
	switch {
	case err == nil:
		fmt.Fprintf(a.stdout, upToDate, store.Schema())
		return found.Close()
	case !errors.Is(err, store.ErrOldSchema) || !errors.As(err, &old):
		return err
	}
	records, err := a.openWith(store.Options{Alone: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	fmt.Fprintf(a.stdout, "The database had schema %d, and has schema %d now.\n", records.Opened.From, records.Opened.To)
	return nil
}

const upToDate = "The database has schema %d, which is this version's. There is nothing to do.\n"

// look says what Run would do.
func (c *migrateCmd) look(a *app) error {
	records, err := a.openToRead()
	var old *store.SchemaError
	switch {
	case errors.Is(err, store.ErrOldSchema) && errors.As(err, &old):
		fmt.Fprintf(a.stdout, "The database has schema %d, and would be brought to schema %d. Nothing was changed.\n", old.Schema, store.Schema())
		return nil
	case err != nil:
		return err
	case records == nil:
		return a.noDatabase()
	}
	fmt.Fprintf(a.stdout, upToDate, store.Schema())
	return records.Close()
}
