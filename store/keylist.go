package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// KeyInfo is what can be said of a key.
type KeyInfo struct {
	ID    string // the beginning of its name
	Finds bool   // it is a lookup key; else it seals
	State KeyState
	Since time.Time // when it came into force; zero: it never did here
	Until time.Time // when no row needed it any more; zero: it is in force

	name keyName
}

// KeyState is what a key is good for.
type KeyState string

// States of a key, in their order.
const (
	KeyNew      KeyState = "new"      // not in force yet
	KeyInForce  KeyState = "in force" // what is written is written with it
	KeyReplaced KeyState = "replaced" // a rotation has not brought over every row yet
	KeyRetired  KeyState = "retired"  // only backups need it
)

// Keys are the keys of the keyset as it is now, as far as this database knows
// of them: those that seal first, the newest last.
func (s *Store) Keys(ctx context.Context) ([]KeyInfo, error) {
	set, err := loadKeyset(s)
	if err != nil {
		return nil, err
	}
	_, list, err := s.keyInfos(ctx, set)
	return list, err
}

func (s *Store) keyInfos(ctx context.Context, set *Keyset) (inForce []keyName, list []KeyInfo, err error) {
	if _, inForce, _, err = s.keysOf(ctx); err != nil {
		return nil, nil, err
	}
	if err := set.mayOpen(inForce); err != nil {
		return nil, nil, err
	}
	for _, name := range set.names() {
		k := KeyInfo{ID: name.String(), State: KeyNew, name: name}
		_, k.Finds = set.lookup.ids[name]
		if i := slices.Index(inForce, name); i >= 2 {
			k.State = KeyReplaced
		} else if i >= 0 {
			k.State = KeyInForce
		}
		list = append(list, k)
	}
	err = s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectSpans, each: func(row row) error {
			for i := range list {
				if k := &list[i]; string(k.name[:]) == string(row.bytes(0)) {
					k.Since, k.Until = row.time(1), row.time(2)
					if k.State == KeyNew {
						k.State = KeyRetired
					}
				}
			}
			return nil
		}})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %w", err)
	}
	slices.SortFunc(list, func(a, b KeyInfo) int {
		switch {
		case a.Finds != b.Finds:
			return int(flag(a.Finds) - flag(b.Finds))
		case a.Since.IsZero() != b.Since.IsZero():
			return int(flag(a.Since.IsZero()) - flag(b.Since.IsZero()))
		}
		return a.Since.Compare(b.Since)
	})
	return inForce, list, nil
}

// DropOptions say which key DropKey takes out of the keyset.
type DropOptions struct {
	ID     string // the beginning of its name
	DryRun bool   // only look

	// Export is handed the keyset without the key, instead of its being written
	// where the keyset comes from.
	Export func(*Keyset) error
}

// DropKey takes a key out of the keyset for good, and tells what it was.
// ErrKeyNeeded refuses one that is in force, and one that a row is sealed with.
func (s *Store) DropKey(ctx context.Context, o DropOptions) (KeyInfo, error) {
	k, err := s.dropKey(ctx, o)
	if err != nil {
		return k, fmt.Errorf("drop key: %w", err)
	}
	return k, nil
}

func (s *Store) dropKey(ctx context.Context, o DropOptions) (k KeyInfo, err error) {
	set, err := loadKeyset(s)
	if err != nil {
		return k, err
	}
	inForce, list, err := s.keyInfos(ctx, set)
	if err != nil {
		return k, err
	}
	list = slices.DeleteFunc(list, func(k KeyInfo) bool { return o.ID == "" || !strings.HasPrefix(k.ID, strings.ToLower(o.ID)) })
	if len(list) != 1 {
		return k, ErrNoSuchKey
	}
	k = list[0]
	switch k.State {
	case KeyInForce:
		return k, fmt.Errorf("%w: it is in force; rotate first", ErrKeyNeeded)
	case KeyReplaced:
		return k, fmt.Errorf("%w: the rotation that replaces it is not through; rotate again, which goes on with it", ErrKeyNeeded)
	}
	// No row can need it by now. That it is so is looked at all the same.
	if id, seals := set.seal.ids[k.name]; seals {
		rows, err := s.sealedBy(ctx, sealPrefix(id))
		if err != nil {
			return k, err
		}
		if rows > 0 {
			return k, fmt.Errorf("%w: %d rows are sealed with it", ErrKeyNeeded, rows)
		}
	}
	if o.DryRun {
		return k, nil
	}
	without := func() (err error) {
		if set, err = loadKeyset(s); err == nil {
			set, err = set.without(k.name, inForce)
		}
		return err
	}
	if o.Export == nil && s.given == nil && KeysetIsFile(s.keysFrom) {
		return k, s.exclude(ctx, func(tx setUp) error { // nobody rotates meanwhile
			if err := without(); err != nil {
				return err
			}
			return errors.Join(set.replace(s.keysFrom), tx.exec(dropSpan, k.name[:]))
		})
	}
	if o.Export == nil {
		return k, ErrKeysReadOnly
	}
	if err := without(); err != nil {
		return k, err
	}
	return k, o.Export(set)
}

// sealedBy counts the rows whose bodies begin with what a key puts there.
func (s *Store) sealedBy(ctx context.Context, prefix []byte) (rows int64, err error) {
	for i := range sealedTables {
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{
				sql: `SELECT count(*) FROM ` + sealedTables[i].name + ` WHERE substr(body, 1, 5) = $1`, args: []any{prefix},
				each: func(row row) error {
					rows += row.int(0)
					return nil
				},
			})
		}); err != nil {
			return 0, err
		}
	}
	return rows, nil
}
