package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"aviso/gateway"
)

// # Which keys are in force
//
// The keyset's file is a bag of keys. Which of them are used, and for what,
// stands in the database alone, in row 'keys' of meta: value holds the names of
// the keys in force, in order,
//
//	first   the sealing key that seals whatever is written
//	second  the lookup key that hashes whatever is written
//	others  keys that are being replaced, in a rotation: rows may still be
//	        sealed with one, or found by one
//
// and number is the epoch, which moves on with every change to that list. One
// invariant carries everything else:
//
//	Every transaction, reading or writing, on any node, runs with the keys of
//	the epoch that it finds in the database.
//
// Whoever reads asks for the epoch in the same snapshot; whoever writes asks in
// the same transaction (fence). With another epoch than that of the keys at hand
// nothing is done: the node reads the list and the keyset anew, and begins anew
// (reread). A change of epoch excludes all writers (engine.exclude), so that no
// transaction of the old epoch is committed after it. So there is no moment at
// which nodes disagree, and no node that has to be stopped or waited for.
//
// A rotation (rotate.go) is two such changes with a walk over all rows between:
//
//	old                    the only keys
//	new, old   rotating    everything that is written is written with new; what
//	                       is read is opened by either, and looked up by both
//	new        settled     no row needs old any more
//
// In the middle rows are brought over one by one, and in place: instead of a
// second hash column, which would need a twin for each of nine columns, their
// unique indexes and every statement that names them, a row's hash is replaced,
// by the walk or by whichever Turn comes first. Nobody is missed meanwhile,
// because a row has one of two hashes at any moment, and a snapshot is asked for
// both (snapshot.read). What is unique stays so: whoever writes a hash first
// brings over the row that has the old hash of the same thing (builder.move), so
// that the index finds the two to be the same; and since the beginning of the
// epoch no row with an old hash comes into being.

// force are the keys in force in one epoch.
type force struct {
	epoch   int64
	names   []keyName
	set     *Keyset   // that they are from
	seal    tink.AEAD // seals with the first, opens with any key of the set
	prefix  []byte    // that the bodies begin with which it seals
	finders []*finder // the first one hashes what is written
}

// force takes keys into force.
func (k *Keyset) force(epoch int64, names []keyName) (*force, error) {
	if len(names) < 2 || !k.opens(names) {
		return nil, ErrOtherKeyset
	}
	f := &force{epoch: epoch, names: names, set: k}
	id, ok := k.seal.ids[names[0]]
	if !ok {
		return nil, errors.New("keys: the first is no sealing key")
	}
	m := keyset.NewManagerFromHandle(k.seal.handle)
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	handle, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if f.seal, err = aead.New(handle); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	f.prefix = sealPrefix(id)
	for _, name := range names[1:] {
		if id, ok := k.lookup.ids[name]; ok {
			finder, err := newFinder(k.lookup.handle, id)
			if err != nil {
				return nil, err
			}
			f.finders = append(f.finders, finder)
		}
	}
	if _, ok := k.lookup.ids[names[1]]; !ok {
		return nil, errors.New("keys: the second is no lookup key")
	}
	return f, nil
}

// sealPrefix begins every body that a key sealed: a version of Tink's, and the
// key's id there.
func sealPrefix(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

// seals reports whether a key in force has sealed a body.
func (f *force) seals(body []byte) bool {
	for _, name := range f.names {
		if id, ok := f.set.seal.ids[name]; ok && bytes.HasPrefix(body, sealPrefix(id)) {
			return true
		}
	}
	return false
}

// rotating reports whether a rotation is between its two changes.
func (f *force) rotating() bool { return len(f.names) > 2 }

// lookup is an argument of a statement that reads: the hash of a value. During a
// rotation the statement is run once for each lookup key.
type lookup struct {
	kind  hashKind
	value string
}

func lookupPhone(kind hashKind, phone gateway.Phone) lookup { return lookup{kind, string(phone)} }

// read runs statements on the snapshot, with the keys in force; the first time
// it makes sure that they are.
func (s *snapshot) read(list ...statement) error {
	ready := make([]statement, 0, 1+len(list))
	if s.force != nil && !s.fenced {
		s.fenced = true
		ready = append(ready, statement{sql: selectEpoch, each: func(row row) error {
			if row.int(0) != s.force.epoch {
				return errRekeyed
			}
			return nil
		}})
	}
	for _, st := range list {
		if !slices.ContainsFunc(st.args, isLookup) {
			ready = append(ready, st)
			continue
		}
		for _, finder := range s.force.finders {
			found := st
			found.args = slices.Clone(st.args)
			for i, arg := range found.args {
				if l, ok := arg.(lookup); ok {
					found.args[i] = hashBy(finder, l.kind, l.value)
				}
			}
			ready = append(ready, found)
		}
	}
	return s.run(ready...)
}

func isLookup(arg any) bool {
	_, ok := arg.(lookup)
	return ok
}

// move brings over the row that an older lookup key still finds by value, before
// value's hash is written: then a unique index knows it.
func (b *builder) move(table, column string, kind hashKind, value string) {
	f := b.keys.Load()
	if value == "" || len(f.finders) == 1 {
		return
	}
	for _, old := range f.finders[1:] {
		b.add(`UPDATE `+table+` SET `+column+` = $1 WHERE `+column+` = $2`, hashBy(f.finders[0], kind, value), hashBy(old, kind, value))
	}
}

const (
	selectEpoch = `SELECT number FROM meta WHERE name = 'keys'`
	selectKeys  = `SELECT number, value FROM meta WHERE name = 'keys'`
	updateKeys  = `UPDATE meta SET number = $1, value = $2 WHERE name = 'keys'`

	// A fence stops what was made with keys that are not in force any more.
	fenceEpoch = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM meta WHERE name = 'keys' AND number = $1)`
)

// errRekeyed: the keys at hand are not those in force.
var errRekeyed = errors.New("the keys in force are others by now")

// fence is the statement that stands before what was made in an epoch.
func fence(epoch int64) statement {
	return statement{sql: fenceEpoch, args: []any{epoch}, means: errRekeyed}
}

// read runs do on one snapshot of the database, with the keys in force.
func (s *Store) read(ctx context.Context, do func(*snapshot) error) error {
	return s.inForce(ctx, func(f *force) error {
		return s.engine.read(ctx, func(snap *snapshot) error {
			snap.force = f
			return do(snap)
		})
	})
}

// glance is read for what is quick and frequent.
func (s *Store) glance(ctx context.Context, do func(*snapshot) error) error {
	return s.inForce(ctx, func(f *force) error {
		return s.engine.glance(ctx, func(snap *snapshot) error {
			snap.force = f
			return do(snap)
		})
	})
}

// commit writes a unit that holds hashes or sealed bodies. It is built with the
// keys in force, and built anew with others where they have changed meanwhile.
func (s *Store) commit(ctx context.Context, build func() (*unit, error)) error {
	return s.inForce(ctx, func(f *force) error {
		u, err := build()
		if err != nil {
			return err
		}
		u.force = f // as of before it was built: what is newer in it is refused too
		return s.write(ctx, u)
	})
}

// inForce does something with the keys in force, and again after they have
// changed.
func (s *Store) inForce(ctx context.Context, do func(*force) error) error {
	for {
		err := do(s.keys.Load())
		if !errors.Is(err, errRekeyed) {
			return err
		}
		if err := s.reread(ctx); err != nil {
			return err
		}
	}
}

// reread takes the keys into force that the database says, out of a keyset that
// is read anew where the one at hand has not got them.
func (s *Store) reread(ctx context.Context) error {
	s.rereading.Lock()
	defer s.rereading.Unlock()
	epoch, names, proof, err := s.keysOf(ctx)
	if err != nil {
		return err
	}
	now := s.keys.Load()
	if epoch == now.epoch {
		return nil
	}
	set := now.set
	if !set.opens(names) {
		if set, err = s.again.load(s, names); err != nil {
			return fmt.Errorf("the keys were rotated: %w", err)
		}
	}
	next, err := set.force(epoch, names)
	if err == nil {
		err = next.proved(s.sealer, proof)
	}
	if err == nil {
		err = next.follows(now)
	}
	if errors.Is(err, ErrForgedKeys) {
		err = s.tell(&forged{"keys", err.Error(), proofID})
	}
	if err != nil {
		return err
	}
	s.keys.Store(next)
	return nil
}

// keysOf is what the database says of its keys, and what proves it.
func (s *Store) keysOf(ctx context.Context) (epoch int64, names []keyName, proof []byte, err error) {
	err = s.engine.read(ctx, func(snap *snapshot) error {
		proof = nil
		return snap.read(
			statement{sql: selectKeys, each: func(row row) error {
				epoch, names = row.int(0), keyNames(row.bytes(1))
				return nil
			}},
			statement{sql: selectProof, each: func(row row) error {
				proof = row.bytes(0)
				return nil
			}})
	})
	if err == nil && len(names) == 0 {
		err = errors.New("it does not say which keys open it")
	}
	if err != nil {
		return 0, nil, nil, fmt.Errorf("read keys of the database: %w", err)
	}
	return epoch, names, proof, nil
}

// loadKeyset reads the keyset anew.
func loadKeyset(s *Store) (*Keyset, error) { return keysetFor(s.given, s.keysFrom, false) }

// keyNames are the names in the value of a row, nil where it is damaged.
func keyNames(value []byte) []keyName {
	if len(value)%len(keyName{}) != 0 {
		return nil
	}
	var names []keyName
	for name := range slices.Chunk(value, len(keyName{})) {
		names = append(names, keyName(name))
	}
	return names
}

func joinNames(names []keyName) []byte {
	var value []byte
	for _, name := range names {
		value = append(value, name[:]...)
	}
	return value
}
