package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"aviso/gateway"
)

// A rotation replaces the key that seals, or the one that finds, while nodes
// serve. force.go has its two changes and why nobody is missed between them.
// Each step can be the last one before a power cut, and whoever rotates again
// goes on behind it:
//
//	make      the new key is added to the keyset's file. Nobody uses it: that it
//	          is the file's newest and not in force says that there is one to go
//	          on with
//	offer     its name stands in the database, so that the nodes that serve read
//	          the keyset anew, and say which keys they can reach (HoldKeys)
//	begin     once all of them reach it: it is in force, before the old one
//	walk      every row is sealed and hashed with the keys in force, if it is not
//	          yet; where the walk is stands in the database, written in the
//	          transaction of the rows that it has passed
//	settle    the old key is in force no more. It stays in the keyset for the
//	          backups that need it, until it is dropped (DropKey)

// Errors of rotating and dropping. Each is a sentence for the operator.
var (
	ErrKeysReadOnly = errors.New("the keyset comes from env: or exec:, which this command cannot write")
	ErrNotHeld      = errors.New("not every node that serves can reach the new key; nothing is sealed with it yet")
	ErrNoSuchKey    = errors.New("the keyset has no such key")
	ErrKeyNeeded    = errors.New("the database needs this key")
)

const (
	// holdEvery is how often a node that serves looks whether a key is offered,
	// and says which ones it can reach. holdGone after it was heard last it
	// counts as gone; holdWait is how long it is waited for.
	holdEvery = 2 * time.Second
	holdGone  = 15 * time.Second
	holdWait  = 20 * time.Second
	holdPause = 100 * time.Millisecond
)

const (
	insertSpan  = `INSERT INTO keyspan (name, since, until) VALUES ($1, $2, 0) ON CONFLICT (name) DO UPDATE SET until = 0`
	endSpan     = `UPDATE keyspan SET until = $1 WHERE name = $2`
	selectSpans = `SELECT name, since, until FROM keyspan`
	dropSpan    = `DELETE FROM keyspan WHERE name = $1`

	putOffer    = `INSERT INTO meta (name, number, value) VALUES ('key offered', 0, $1) ON CONFLICT (name) DO UPDATE SET value = $1`
	selectOffer = `SELECT value FROM meta WHERE name = 'key offered'`
	dropOffer   = `DELETE FROM meta WHERE name = 'key offered'`

	putHolder     = `INSERT INTO holder (id, seen, names) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET seen = $2, names = $3`
	dropHolder    = `DELETE FROM holder WHERE id = $1`
	pruneHolders  = `DELETE FROM holder WHERE seen < $1`
	selectHolders = `SELECT names FROM holder WHERE seen >= $1`

	putWalk    = `INSERT INTO meta (name, number) VALUES ('key walk', $1) ON CONFLICT (name) DO UPDATE SET number = $1, value = NULL`
	moveWalk   = `UPDATE meta SET value = $1 WHERE name = 'key walk' AND number = $2`
	selectWalk = `SELECT value FROM meta WHERE name = 'key walk' AND number = $1`
)

// RotateOptions say what Rotate replaces.
type RotateOptions struct {
	Lookup bool // the key that finds; else the one that seals

	// Export is handed the keyset with a new key in it, instead of its being
	// written where the keyset comes from. The operator puts it there, and
	// rotates again.
	Export func(*Keyset) error

	Progress func(rows, of int64) // may be nil
}

// Rotated is what a rotation did.
type Rotated struct {
	New, Old string // keys, by the beginning of their names
	Exported bool   // there is a new keyset, and nothing else was done
	Resumed  bool   // it went on with what an earlier run had begun
	Unopened int    // rows that open with no key, and were left as they are
}

// Rotate replaces a key, or goes on with a rotation that has begun.
func (s *Store) Rotate(ctx context.Context, o RotateOptions) (Rotated, error) {
	r, err := rotation{s}.rotate(ctx, o)
	if err != nil {
		return r, fmt.Errorf("rotate: %w", err)
	}
	return r, nil
}

func (s rotation) rotate(ctx context.Context, o RotateOptions) (r Rotated, err error) {
	if err := s.reread(ctx); err != nil {
		return r, err
	}
	for f := s.keys.Load(); f.rotating(); f = s.keys.Load() {
		unopened, err := s.bringOver(ctx, o.Progress)
		if err != nil {
			return r, err
		}
		old := f.names[2]
		_, lookup := f.set.lookup.ids[old]
		r = Rotated{New: f.names[place(lookup)].String(), Old: old.String(), Resumed: true, Unopened: unopened}
		if lookup == o.Lookup {
			return r, nil
		}
	}
	f := s.keys.Load()
	name, exported, err := s.newKey(ctx, f, o)
	r = Rotated{New: name.String(), Old: f.names[place(o.Lookup)].String(), Exported: exported}
	if err != nil || exported {
		return r, err
	}
	if err := s.offer(ctx, name); err != nil {
		return r, err
	}
	if err := s.begin(ctx, f, o.Lookup, name); err != nil {
		return r, err
	}
	r.Unopened, err = s.bringOver(ctx, o.Progress)
	return r, err
}

// place is where a kind of key stands among the names of those in force.
func place(lookup bool) int { return int(flag(lookup)) }

func (k *Keyset) ring(lookup bool) keyring {
	if lookup {
		return k.lookup
	}
	return k.seal
}

// rotation is the record while a key is replaced.
type rotation struct{ *Store }

// newKey is the keyset's newest key where that is not in force yet, or else one
// that it makes. A new key is in the keyset's file, durably, before anybody
// hears of it.
func (s rotation) newKey(ctx context.Context, f *force, o RotateOptions) (name keyName, exported bool, err error) {
	grow := func() (*Keyset, error) {
		set, err := loadKeyset(s.Store)
		if err == nil {
			err = set.mayOpen(f.names)
		}
		if err != nil {
			return nil, err
		}
		if name = set.ring(o.Lookup).newest; name != f.names[place(o.Lookup)] {
			return nil, nil
		}
		grown, err := set.grown(o.Lookup)
		if err == nil {
			name = grown.ring(o.Lookup).newest
		}
		return grown, err
	}
	if o.Export == nil && s.given == nil && KeysetIsFile(s.keysFrom) {
		// Two who rotate at once would each lose the other's key.
		return name, false, s.exclude(ctx, func(setUp) error {
			grown, err := grow()
			if err != nil || grown == nil {
				return err
			}
			return grown.replace(s.keysFrom)
		})
	}
	grown, err := grow()
	switch {
	case err != nil || grown == nil:
		return name, false, err
	case o.Export == nil:
		return name, false, ErrKeysReadOnly
	}
	return name, true, o.Export(grown)
}

// offer waits until every node that serves can reach a key.
func (s rotation) offer(ctx context.Context, name keyName) (err error) {
	if err := s.write(ctx, s.unit(statement{sql: putOffer, args: []any{name[:]}})); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, s.write(context.WithoutCancel(ctx), s.unit(statement{sql: dropOffer})))
	}()
	for giveUp := time.Now().Add(holdWait); ; {
		nodes, without, err := s.holders(ctx, name)
		if err != nil {
			return err
		}
		switch {
		case without == 0:
			return nil
		case time.Now().After(giveUp):
			return fmt.Errorf("%w: %d of %d cannot", ErrNotHeld, without, nodes)
		}
		select {
		case <-time.After(holdPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Holders counts the nodes that serve.
func (s *Store) Holders(ctx context.Context) (int, error) {
	nodes, _, err := (rotation{s}).holders(ctx, keyName{})
	return nodes, err
}

// holders counts the nodes that serve, and those that cannot reach a key.
func (s rotation) holders(ctx context.Context, name keyName) (nodes, without int, err error) {
	err = s.read(ctx, func(snap *snapshot) error {
		nodes, without = 0, 0
		return snap.read(statement{sql: selectHolders, args: []any{micros(s.clock().Add(-holdGone))}, each: func(row row) error {
			nodes++
			if !slices.Contains(keyNames(row.bytes(0)), name) {
				without++
			}
			return nil
		}})
	})
	if err != nil {
		err = fmt.Errorf("read nodes: %w", err)
	}
	return nodes, without, err
}

// HoldKeys says, until ctx ends, which keys this node can reach, and reads the
// keyset anew when a key is offered that it does not know. A node that serves
// runs it.
func (s *Store) HoldKeys(ctx context.Context) {
	id := gateway.NewFresh(s.clock(), s.rand).ID()
	tick := time.NewTicker(holdEvery)
	defer tick.Stop()
	for {
		// What fails is tried again; that the database is away, or the keyset,
		// shows elsewhere.
		_ = s.heedOffer(ctx)
		_ = signing{s}.late(ctx)
		now := s.clock()
		_ = s.write(ctx, s.unit(
			statement{sql: pruneHolders, args: []any{micros(now.Add(-holdGone))}},
			statement{sql: putHolder, args: []any{id[:], micros(now), joinNames(s.keys.Load().set.names())}},
		))
		select {
		case <-tick.C:
		case <-ctx.Done():
			leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), holdEvery)
			defer cancel()
			_ = s.write(leaving, s.unit(statement{sql: dropHolder, args: []any{id[:]}})) // else it counts as gone soon
			return
		}
	}
}

// heedOffer takes a keyset with the offered key, where it has not got that yet.
func (s *Store) heedOffer(ctx context.Context) error {
	var offered []keyName
	if err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectOffer, each: func(row row) error {
			offered = keyNames(row.bytes(0))
			return nil
		}})
	}); err != nil || len(offered) == 0 || s.keys.Load().set.opens(offered) {
		return err
	}
	set, err := s.again.load(s, offered)
	if err != nil {
		return err
	}
	s.rereading.Lock()
	defer s.rereading.Unlock()
	f := s.keys.Load()
	next, err := set.force(f.epoch, f.names)
	if err == nil {
		s.keys.Store(next)
	}
	return err
}

// begin takes a new key into force, before the one that it replaces.
func (s rotation) begin(ctx context.Context, f *force, lookup bool, name keyName) error {
	names := slices.Clone(f.names)
	names[place(lookup)] = name
	names = append(names, f.names[place(lookup)])
	return s.change(ctx, f, names, func(tx setUp, now int64) error {
		return errors.Join(tx.exec(insertSpan, name[:], now), tx.exec(putWalk, f.epoch+1))
	})
}

// settle leaves only the new keys in force.
func (s rotation) settle(ctx context.Context, f *force) error {
	return s.change(ctx, f, f.names[:2], func(tx setUp, now int64) error {
		for _, old := range f.names[2:] {
			if err := tx.exec(endSpan, now, old[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// change is one change of the keys in force, from those of f.
func (s rotation) change(ctx context.Context, f *force, names []keyName, also func(tx setUp, now int64) error) error {
	if err := s.exclude(ctx, func(tx setUp) error {
		epoch := int64(-1)
		if err := tx.query(selectEpoch, func(row row) error {
			epoch = row.int(0)
			return nil
		}); err != nil {
			return err
		}
		if epoch != f.epoch {
			return errors.New("somebody else rotates; run it again")
		}
		proof, err := s.proofOf(epoch+1, names)
		if err != nil {
			return err
		}
		if err := errors.Join(tx.exec(updateKeys, epoch+1, joinNames(names)), tx.exec(putProof, proof)); err != nil {
			return err
		}
		return also(tx, micros(s.clock()))
	}); err != nil {
		return err
	}
	return s.reread(ctx)
}

// proofOf proves a list of keys that is to be in force.
func (s rotation) proofOf(epoch int64, names []keyName) ([]byte, error) {
	set := s.keys.Load().set
	if !set.opens(names) {
		var err error
		if set, err = loadKeyset(s.Store); err != nil {
			return nil, err
		}
	}
	f, err := set.force(epoch, names)
	if err != nil {
		return nil, err
	}
	return f.proof(s.sealer)
}

// bringOver walks, and settles: no row needs the old key any more. Rows that
// open with none of the keys, the old one among them, are counted and left.
func (s rotation) bringOver(ctx context.Context, progress func(rows, of int64)) (unopened int, err error) {
	f := s.keys.Load()
	w := &renewal{Store: s.Store, f: f, progress: progress, size: importLeast}
	if err := w.run(ctx); err != nil {
		return 0, err
	}
	return w.unopened, s.settle(ctx, f)
}

// renewal is a walk over all rows that brings them over to the keys of f.
type renewal struct {
	*Store
	f        *force
	progress func(rows, of int64)

	seals    bool // the sealing key is replaced, so that every body is looked at
	size     int  // rows of a step
	rows, of int64
	unopened int
}

func (w *renewal) run(ctx context.Context) error {
	_, w.seals = w.f.set.seal.ids[w.f.names[2]]
	if err := w.count(ctx); err != nil {
		return err
	}
	table, first, err := w.standing(ctx)
	if err != nil {
		return err
	}
	passed := table == ""
	for i := range sealedTables {
		t := &sealedTables[i]
		if passed = passed || t.name == table; !passed || !w.concerns(t) {
			continue
		}
		from := []byte{}
		if t.name == table {
			from = first
		}
		if err := w.table(ctx, t, from); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func (w *renewal) concerns(t *sealedTable) bool { return w.seals || len(t.hashes) > 0 }

// count is for the progress alone.
func (w *renewal) count(ctx context.Context) error {
	if w.progress == nil {
		return nil
	}
	return w.read(ctx, func(snap *snapshot) error {
		w.of = 0
		for i := range sealedTables {
			if !w.concerns(&sealedTables[i]) {
				continue
			}
			if err := snap.read(statement{sql: `SELECT count(*) FROM ` + sealedTables[i].name, each: func(row row) error {
				w.of += row.int(0)
				return nil
			}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// standing is the table and the first column of the key that an earlier run has
// come to; "": it begins.
func (w *renewal) standing(ctx context.Context) (table string, first []byte, err error) {
	err = w.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectWalk, args: []any{w.f.epoch}, each: func(row row) error {
			name, key, _ := bytes.Cut(row.bytes(0), []byte{0})
			table, first = string(name), key
			return nil
		}})
	})
	return table, first, err
}

// table walks a table from a key on, in steps that leave the database to others
// in between for as long as they took.
func (w *renewal) table(ctx context.Context, t *sealedTable, first []byte) error {
	after := []any{first}
	if t.least != nil {
		after = append(after, t.least)
	}
	for {
		var page []row
		if err := w.read(ctx, func(snap *snapshot) error {
			page = page[:0]
			return snap.read(statement{sql: t.page(), args: append(slices.Clone(after), int64(w.size)), each: func(r row) error {
				page = append(page, slices.Clone(r))
				return nil
			}})
		}); err != nil || len(page) == 0 {
			return err
		}
		last := page[len(page)-1]
		var unopened int
		begun := time.Now()
		if err := w.commit(ctx, func() (*unit, error) {
			u := w.unit()
			unopened = 0
			for _, r := range page {
				list, err := t.renew(w.sealer, r)
				if errors.Is(err, errSealBroken) {
					unopened++
				} else if err != nil {
					return nil, err
				}
				u.statements = append(u.statements, list...)
			}
			at := append(append([]byte(t.name), 0), last.bytes(0)...)
			u.statements = append(u.statements, statement{sql: moveWalk, args: []any{at, w.f.epoch}})
			return u, nil
		}); err != nil {
			return err
		}
		took := time.Since(begun)
		w.unopened += unopened
		w.rows += int64(len(page))
		if w.progress != nil {
			w.progress(min(w.rows, w.of), w.of)
		}
		for i := range after {
			after[i] = any(last[i])
		}
		switch {
		case took < importStep/2:
			w.size = min(2*w.size, importBeside)
		case took > importStep:
			w.size = max(w.size/2, importLeast)
		}
		select {
		case <-time.After(max(took, importPause)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
