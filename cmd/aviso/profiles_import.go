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
	"path/filepath"
	"runtime"
	"slices"
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
	DryRun       bool   `help:"Only check every row against the file and what is known, and change nothing."`
	Country      string `enum:",US,MX,us,mx" default:"" placeholder:"US|MX" help:"Of numbers of ten digits that may be of both countries and have no column country: US or MX. Without it they are refused."`
	AllOrNothing bool   `help:"Import nothing where a row is bad. Without it the good rows are imported."`
	Replace      bool   `help:"Remove contacts of people known before whom their row lacks. Without it they stay. Contacts who said NO themselves stay in any case."`
}

// Help is kong's long help.
func (profilesImportCmd) Help() string {
	return `A person is recognised by their phone. What the file has no column for stays as it is, and so do their PIN where pin is empty and what they or a contact answered themselves. A consent that was yes and is empty or no in the file becomes no, and the line is named; a NO that somebody said themselves is never made a yes. Every bad row is named by line and reason on standard error, and makes the exit status 1. The same file may be imported again.

Columns, in any order: phone, code, name, language, language_note, zip, pin, duress_pin, consulate_consent, legal_consent, callback, country, contact1_phone, contact1_name, contact1_relation, contact1_language, contact1_message, contact1_wording, contact1_place, contact1_accepted, contact2_phone and so on. They may be set apart by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252. Numbers that a spreadsheet shortened (3.31E+11) and ZIPs that lost a 0 are refused by line: make such columns text. legal_consent and contact1_place are kept, and nothing is done with them yet.

Ten digits that may be of the US and of Mexico are refused unless the column country (US or MX) or --country says which; ten digits that only one of them can have are of that one, whatever it says.`
}

// Run imports in one pass; with --all-or-nothing after another one that only
// checks.
func (c *profilesImportCmd) Run(a *app) error {
	format, err := formatIn(c.File)
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
	in := &importer{app: a, format: format, replace: c.Replace, options: roster.Options{
		Now: time.Now(), Countries: countries, Country: strings.ToUpper(c.Country), Nobodys: a.config.ours(), Directory: directory,
	}}
	in.options.Note = in.note
	var open source = func() (io.ReadCloser, int64, error) { return c.open(a) }
	if c.DryRun || c.AllOrNothing {
		if open, err = rereadable(open, c.File); err != nil {
			return err
		}
		if err := in.check(open); err != nil {
			return err
		}
		good := in.new + in.known
		switch {
		case c.DryRun:
			fmt.Fprintf(a.stdout, "%d good rows, %d bad ones; nothing was changed. %d are new, %d known before.\n", good, in.refused, in.new, in.known)
			in.sayEffects()
			return in.outcome()
		case in.refused > 0:
			fmt.Fprintf(a.stdout, "%d good rows, %d bad ones; nothing was imported.\n", good, in.refused)
			return errReported
		}
		in.importTally, in.quiet = importTally{}, true
	}
	return in.run(open)
}

// formatIn is formatOf of a file that is read: a spreadsheet saves a table under
// other names as well, as its "Unicode text".
func formatIn(file string) (roster.Format, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".txt", ".tsv", ".tab":
		return roster.CSV, nil
	}
	return formatOf(file)
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
	replace  bool
	hashes   bool      // rows are written, their PINs with them
	quiet    bool      // what there is to say of rows that are taken was said in a pass before
	progress *progress // of the pass that is under way

	importTally
}

// importTally is what becomes of a file's rows.
type importTally struct {
	new, known, refused int
	effects             map[roster.Effect]int
	unused              bool // a consent was given of which nothing is made yet
}

// rows reads the file, names bad rows as they come, and yields the good ones.
func (in *importer) rows(file io.Reader, failed *error) iter.Seq[roster.Row] {
	return func(yield func(roster.Row) bool) {
		for row, err := range roster.Profiles(in.progress.reader(file), in.format, in.options) {
			var bad *roster.RowError
			switch {
			case errors.As(err, &bad):
				in.refuse(bad)
			case err != nil:
				*failed = err
				return
			case !yield(row):
				return
			}
		}
	}
}

func (in *importer) refuse(bad *roster.RowError) {
	in.refused++
	in.progress.say("%s", bad)
}

// note is something about the file as a whole.
func (in *importer) note(text string) {
	if !in.quiet {
		in.progress.say("%s", text)
	}
}

// outcome is the command's, once everything has been said.
func (in *importer) outcome() error {
	if in.refused > 0 {
		return errReported
	}
	return nil
}

// sayEffects counts what the rows do to people known before, beyond what they
// plainly say.
func (in *importer) sayEffects() {
	for _, e := range roster.Effects() {
		if n := in.effects[e]; n > 0 {
			fmt.Fprintf(in.app.stdout, "%d %s.\n", n, e)
		}
	}
	if in.unused {
		fmt.Fprintln(in.app.stdout, "legal_consent and place are kept; nothing is done with them yet.")
	}
}

// taking is what becomes of good rows.
type taking func(context.Context, []store.Incoming) (store.Imported, error)

// check reads the whole file without importing it, against what is known where
// there is a database.
func (in *importer) check(open source) (err error) {
	records, err := in.app.openToRead()
	if err != nil {
		return err
	}
	take := taking(nobodyKnown)
	if records != nil {
		defer func() { err = errors.Join(err, records.Close()) }()
		take = records.PreviewImport
	}
	return in.pass(open, take)
}

// nobodyKnown is a preview without a database.
func nobodyKnown(_ context.Context, list []store.Incoming) (store.Imported, error) {
	done := store.Imported{Refused: map[int]error{}}
	for i, one := range list {
		if _, err := one.Onto(nil); err != nil {
			done.Refused[i] = err
		} else {
			done.New++
		}
	}
	return done, nil
}

// run imports.
func (in *importer) run(open source) (err error) {
	// A file that is not there makes no database.
	file, _, err := open()
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := in.app.openOrMake()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	collectAt(collectImporting)

	in.hashes = true
	err = in.pass(open, records.ImportProfiles)
	fmt.Fprintf(in.app.stdout, "%d people imported: %d new, %d known before; %d rows refused.\n", in.new+in.known, in.new, in.known, in.refused)
	in.sayEffects()
	if err != nil {
		return err
	}
	return in.outcome()
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
	rows   []*pending
	pins   int
}

// pending is a row of which is not known yet what it does.
type pending struct {
	line  int
	notes []roster.Note
}

// pass reads the file once and hands its good rows on. They are read and checked
// while the ones before them are sealed and written.
func (in *importer) pass(open source, take taking) error {
	file, size, err := open()
	if err != nil {
		return err
	}
	defer file.Close()
	in.progress = newProgress(in.app.stderr)
	in.progress.file(size)
	defer in.progress.end()
	group, ctx := errgroup.WithContext(in.app.ctx)
	batches := make(chan batch)
	group.Go(func() error {
		defer close(batches)
		return in.read(ctx, file, batches)
	})
	var done importTally // by the other goroutine
	done.effects = map[roster.Effect]int{}
	group.Go(func() error {
		for b := range batches {
			taken, err := take(ctx, b.people)
			done.new += taken.New
			done.known += taken.Changed
			in.settle(b, taken, &done)
			if err != nil {
				return err
			}
		}
		return nil
	})
	err = group.Wait()
	in.new, in.known, in.effects, in.unused = done.new, done.known, done.effects, done.unused
	in.refused += done.refused
	return err
}

// settle says what became of a batch's rows.
func (in *importer) settle(b batch, taken store.Imported, done *importTally) {
	for i, row := range b.rows {
		if why := taken.Refused[i]; why != nil {
			var bad *roster.RowError
			if !errors.As(why, &bad) {
				column := "code"
				if errors.Is(why, store.ErrLeft) {
					column = "phone"
				}
				bad = &roster.RowError{Line: row.line, Reason: column + ": " + why.Error()}
			}
			done.refused++
			in.progress.say("%s", bad)
			continue
		}
		for _, note := range row.notes {
			done.effects[note.Effect]++
			in.note(fmt.Sprintf("line %d: %s", row.line, note.Text))
		}
		p := &b.people[i].Profile
		done.unused = done.unused || p.LegalNotice.Given || slices.ContainsFunc(p.Contacts, func(c gateway.Contact) bool { return c.Place })
	}
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
		person, wait := incoming(row, in.replace, hasher)
		if person.PIN != nil {
			if !said && in.hashes {
				in.progress.say("PINs are hashed slowly on purpose, about 40 ms each, on %d cores at once", runtime.GOMAXPROCS(0))
				said = true
			}
			next.pins++
		}
		next.people, next.rows = append(next.people, person), append(next.rows, wait)
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

// incoming is a row on its way into the database, and what is known of it once it
// is there. Its PINs are hashed there, under the salt of those that are kept.
func incoming(row roster.Row, replace bool, hasher *gateway.Hasher) (store.Incoming, *pending) {
	wait := &pending{line: row.Line}
	person := store.Incoming{Profile: row.Profile, Onto: func(kept *gateway.Profile) (gateway.Profile, error) {
		p, notes, err := row.Onto(kept, replace)
		wait.notes = slices.Concat(row.Notes, notes)
		if err == nil && kept != nil {
			err = samePIN(row, kept.PIN, hasher)
		}
		return p, err
	}}
	if row.PIN != "" || row.DuressPIN != "" {
		person.PIN = func(old gateway.PIN) gateway.PIN {
			return hasher.Hash(gateway.NewFresh(time.Now(), rand.Reader), old, row.PIN, row.DuressPIN)
		}
	}
	return person, wait
}

// samePIN refuses a PIN that would be both of a person's, where the row brings one
// and the other is kept: whoever is forced to give it would call off for real.
func samePIN(row roster.Row, kept gateway.PIN, hasher *gateway.Hasher) error {
	switch {
	case row.PIN != "" && row.DuressPIN == "" && len(kept.Duress) > 0:
		if hasher.Check(gateway.PIN{Salt: kept.Salt, Duress: kept.Duress}, row.PIN) == gateway.PINDuress {
			return &roster.RowError{Line: row.Line, Reason: "pin: the same as the duress_pin that is kept"}
		}
	case row.DuressPIN != "" && row.PIN == "" && len(kept.Hash) > 0:
		if hasher.Check(gateway.PIN{Salt: kept.Salt, Hash: kept.Hash}, row.DuressPIN) == gateway.PINReal {
			return &roster.RowError{Line: row.Line, Reason: "duress_pin: the same as the pin that is kept"}
		}
	}
	return nil
}
