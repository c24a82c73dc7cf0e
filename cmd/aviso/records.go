package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
	"aviso/gateway/service"
	"aviso/store"
)

// open opens the database, which has to be there with this very schema. It may
// be open in a running serve as well.
func (a *app) open() (*store.Store, error) {
	records, err := a.openWith(store.Options{Make: store.MakeNothing})
	if errors.Is(err, store.ErrNoDatabase) {
		return nil, a.noDatabase()
	}
	return records, err
}

// openOrMake is open for the few commands that may come before the first
// serve. Where it makes the database, it says so.
func (a *app) openOrMake() (*store.Store, error) {
	records, err := a.openWith(store.Options{Make: store.MakeDatabase})
	if err == nil && records.Opened.Made {
		fmt.Fprintf(a.stderr, "aviso: made a new database at %s, sealed with the keyset of --keys; keep a copy of that\n", a.config.place())
	}
	return records, err
}

// openToRead opens the database for reading only; nil where there is none yet.
func (a *app) openToRead() (*store.Store, error) {
	records, err := a.openWith(store.Options{ReadOnly: true})
	if errors.Is(err, store.ErrNoDatabase) {
		return nil, nil
	}
	return records, err
}

// openWith opens the database of --db with the keyset of --keys.
func (a *app) openWith(o store.Options) (*store.Store, error) {
	if err := a.config.database(); err != nil {
		return nil, err
	}
	o.DSN, o.KeysFile, o.Clock, o.Program = a.config.DB, a.config.Keys, time.Now, describe()
	return store.Open(a.ctx, o)
}

// noDatabase says where none was found. An address may hold a password.
func (a *app) noDatabase() error { return fmt.Errorf("there is no database at %s", a.config.place()) }

// place is where the database is, as it may be shown.
func (c *Config) place() string {
	if isAddress(c.DB) {
		return "--db (a PostgreSQL server)"
	}
	return c.DB
}

// database checks what every command needs that opens it.
func (c *Config) database() error {
	k := &check{}
	k.required("--db (AVISO_DB)", c.DB)
	k.required("--keys (AVISO_KEYS)", c.Keys)
	k.ownFiles(c)
	return k.err()
}

// directory is who answers for which place: as the database has it, or where
// there is no database yet, as the product ships.
func (a *app) directory() (d *gateway.Directory, database bool, err error) {
	records, err := a.openToRead()
	if err != nil {
		return nil, false, err
	}
	if records == nil {
		table, err := consulate.Builtin()
		if err != nil {
			return nil, false, err
		}
		numbers, err := numbering.Builtin()
		return gateway.NewDirectory(table, numbers, nil), false, err
	}
	d, err = records.Directory(a.ctx)
	return d, true, errors.Join(err, records.Close())
}

// domain is the service of a command beside serve: it decides and commits, and
// leaves the sending to serve.
func (s settings) domain(records *store.Store) *service.Service {
	return &service.Service{
		Store: records, Clock: time.Now, Rand: rand.Reader, Rules: s.rules, Words: s.words, Hasher: gateway.NewHasher(),
		Spent: func() bool { return spentToday(records, s.limit) },
	}
}
