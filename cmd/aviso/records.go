package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
	"aviso/gateway/service"
	"aviso/store"
)

// open opens the database, made where there is none. It may be open in a
// running serve as well.
func (a *app) open() (*store.Store, error) {
	if err := a.config.database(); err != nil {
		return nil, err
	}
	return store.Open(a.ctx, store.Options{DSN: a.config.DB, KeysFile: a.config.Keys, Clock: time.Now})
}

// openToRead opens the database for reading only; nil where there is none yet.
func (a *app) openToRead() (*store.Store, error) {
	if err := a.config.database(); err != nil {
		return nil, err
	}
	if !strings.Contains(a.config.DB, "://") {
		if _, err := os.Stat(a.config.DB); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	records, err := store.Open(a.ctx, store.Options{DSN: a.config.DB, KeysFile: a.config.Keys, ReadOnly: true, Clock: time.Now})
	if errors.Is(err, store.ErrNoDatabase) { // of PostgreSQL's, that is one without a table
		return nil, nil
	}
	return records, err
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
