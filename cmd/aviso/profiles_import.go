package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"aviso/gateway"
	"aviso/gateway/roster"
	"aviso/store"
)

// profilesImportCmd is `aviso profiles import FILE`.
type profilesImportCmd struct {
	File         string `arg:"" help:".csv or .jsonl; - is standard input, as JSON Lines."`
	DryRun       bool   `help:"Only check every row, and change nothing."`
	Country      string `enum:",US,MX,us,mx" default:"" placeholder:"US|MX" help:"Of numbers of ten digits that may be of both countries and have no column country: US or MX. Without it they are refused."`
	AllOrNothing bool   `help:"Import nothing where a row is bad. Without it the good rows are imported."`
}

// Help is kong's long help.
func (profilesImportCmd) Help() string {
	return `A person is recognised by their phone: an empty pin leaves their PIN as it is, and what a contact answered themselves is kept. Every bad row is named by line and reason on standard error, and makes the exit status 1. The same file may be imported again.

Columns, in any order: phone, code, name, language, language_note, zip, pin, duress_pin, consulate_consent, callback, country, contact1_phone, contact1_name, contact1_relation, contact1_language, contact1_message, contact1_wording, contact1_accepted, contact2_phone and so on. Ten digits that may be of the US and of Mexico are refused unless the column country (US or MX) or --country says which; ten digits that only one of them can have are of that one, whatever it says.`
}

// Run imports in one pass; with --all-or-nothing after another one that only
// checks.
func (c *profilesImportCmd) Run(a *app) error {
	format, err := formatOf(c.File)
	if err != nil {
		return err
	}
	k := &check{}
	countries := k.countries(a.config.Countries)
	if err := k.err(); err != nil {
		return err
	}
	directory, _, err := a.directory()
	if err != nil {
		return err
	}
	in := &importer{app: a, format: format, options: roster.Options{
		Now: time.Now(), Countries: countries, Country: strings.ToUpper(c.Country), Nobodys: a.config.ours(), Directory: directory,
	}}
	var open source = func() (io.ReadCloser, int64, error) { return c.open(a) }
	if c.DryRun || c.AllOrNothing {
		if open, err = rereadable(open, c.File); err != nil {
			return err
		}
		if err := in.check(open); err != nil {
			return err
		}
		switch {
		case c.DryRun:
			fmt.Fprintf(a.stdout, "%d good rows, %d bad ones; nothing was changed.\n", in.good, in.refused)
			return in.outcome()
		case in.refused > 0:
			fmt.Fprintf(a.stdout, "%d good rows, %d bad ones; nothing was imported.\n", in.good, in.refused)
			return errReported
		}
		in.good = 0
	}
	return in.run(open)
}

// source opens what is imported, and tells its size in bytes; 0: unknown.
type source func() (io.ReadCloser, int64, error)

func (c *profilesImportCmd) open(a *app) (io.ReadCloser, int64, error) {
	if c.File == standard {
		return io.NopCloser(a.stdin), 0, nil
	}
	file, err := os.Open(c.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// rereadable keeps standard input, which can be read only once, in memory.
func rereadable(open source, file string) (source, error) {
	if file != standard {
		return open, nil
	}
	stdin, _, err := open()
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(stdin)
	if err != nil {
		return nil, err
	}
	return func() (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader(all)), int64(len(all)), nil
	}, nil
}

// importer takes people from a file.
type importer struct {
	app      *app
	format   roster.Format
	options  roster.Options
	progress *progress // of the pass that is under way

	good, refused int // rows
}

// rows reads the file, names bad rows as they come, and yields the good ones.
func (in *importer) rows(file io.Reader, failed *error) iter.Seq[roster.Row] {
	return func(yield func(roster.Row) bool) {
		for row, err := range roster.Profiles(in.progress.reader(file), in.format, in.options) {
			var bad *roster.RowError
			switch {
			case errors.As(err, &bad):
				in.refuse(bad.Line, bad.Reason)
			case err != nil:
				*failed = err
				return
			default:
				for _, note := range row.Notes {
					in.progress.say("line %d: %s", row.Line, note)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

func (in *importer) refuse(line int, reason string) {
	in.refused++
	in.progress.say("line %d: %s", line, reason)
}

// outcome is the command's, once everything has been said.
func (in *importer) outcome() error {
	if in.refused > 0 {
		return errReported
	}
	return nil
}

// check reads the whole file without importing it. What only the database can
// tell, that a personal code is somebody else's, is asked where there is one.
func (in *importer) check(open source) (err error) {
	file, size, err := open()
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := in.app.openToRead()
	if err != nil {
		return err
	}
	if records != nil {
		defer func() { err = errors.Join(err, records.Close()) }()
	}
	var failed error
	in.progress = newProgress(in.app.stderr, size)
	for row := range in.rows(file, &failed) {
		taken, err := codeTaken(in.app.ctx, records, row.Profile)
		switch {
		case err != nil:
			in.progress.end()
			return err
		case taken:
			in.refuse(row.Line, "code: "+store.ErrTaken.Error())
		default:
			in.good++
		}
	}
	in.progress.end()
	return failed
}

// codeTaken reports whether a person's code is another's; nil records have none.
func codeTaken(ctx context.Context, records *store.Store, p gateway.Profile) (bool, error) {
	if p.Code == "" || records == nil {
		return false, ctx.Err()
	}
	view, err := records.View(ctx, gateway.Scope{NamedCodes: []gateway.Code{p.Code}})
	if err != nil {
		return false, err
	}
	for _, other := range view.Named {
		if other.Code == p.Code && other.Phone != p.Phone {
			return true, nil
		}
	}
	return false, nil
}

// The rows of one write. PINs take 40 ms of a core each: with them progress is
// shown, and an interrupt heeded, more often.
const (
	batchRows = 8192
	batchPINs = 64
)

// batch is some rows on their way into the database.
type batch struct {
	people []store.Incoming
	lines  []int
	pins   int
}

// run imports. Rows are read and checked while the ones before them are
// sealed and written.
func (in *importer) run(open source) (err error) {
	file, size, err := open()
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := in.app.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	collectAt(collectImporting)

	in.progress = newProgress(in.app.stderr, size)
	group, ctx := errgroup.WithContext(in.app.ctx)
	batches := make(chan batch)
	group.Go(func() error {
		defer close(batches)
		return in.read(ctx, file, batches)
	})
	var done store.Imported
	var refused []roster.RowError
	group.Go(func() error {
		for b := range batches {
			imported, err := records.ImportProfiles(ctx, b.people)
			done.New += imported.New
			done.Changed += imported.Changed
			for i, why := range imported.Refused {
				refused = append(refused, roster.RowError{Line: b.lines[i], Reason: "code: " + why.Error()})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	err = group.Wait()
	in.progress.end()
	for _, r := range refused {
		in.refuse(r.Line, r.Reason)
	}
	fmt.Fprintf(in.app.stdout, "%d people imported: %d new, %d known before; %d rows refused.\n",
		done.New+done.Changed, done.New, done.Changed, in.refused)
	if err != nil {
		return err
	}
	return in.outcome()
}

// read cuts the file's good rows into batches.
func (in *importer) read(ctx context.Context, file io.Reader, batches chan<- batch) error {
	hasher := gateway.NewHasher()
	var next batch
	var failed error
	send := func() error {
		select {
		case batches <- next:
			next = batch{}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	said := false
	for row := range in.rows(file, &failed) {
		person := incoming(row, hasher)
		if person.PIN != nil {
			if !said {
				in.progress.say("PINs are hashed slowly on purpose, about 40 ms each, on %d cores at once", runtime.GOMAXPROCS(0))
				said = true
			}
			next.pins++
		}
		next.people, next.lines = append(next.people, person), append(next.lines, row.Line)
		if len(next.people) == batchRows || next.pins == batchPINs {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if failed != nil {
		// What was read before the file broke is good, and is kept.
		return errors.Join(send(), failed)
	}
	return send()
}

// incoming is a row on its way into the database. Its PINs are hashed there,
// under the salt of those that are kept.
func incoming(row roster.Row, hasher *gateway.Hasher) store.Incoming {
	person := store.Incoming{Profile: row.Profile}
	if row.PIN != "" || row.DuressPIN != "" {
		person.PIN = func(old gateway.PIN) gateway.PIN {
			return hasher.Hash(gateway.Fresh{Now: time.Now(), Rand: rand.Reader}, old, row.PIN, row.DuressPIN)
		}
	}
	return person
}
