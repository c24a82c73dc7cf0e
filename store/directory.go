package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

// directory is who answers for which place, as of a version.
type directory struct {
	version int64
	value   *gateway.Directory
	table   []byte // the consulates' table that it was made from; nil: the built-in one
	numbers []byte // the numbering plan, likewise
}

const (
	selectDirectory  = `SELECT number FROM meta WHERE name = 'directory'`
	selectConsulates = `SELECT value FROM meta WHERE name = 'consulates'`
	selectNumbering  = `SELECT value FROM meta WHERE name = 'numbering'`
	putNumbering     = `INSERT INTO meta (name, number, value) VALUES ('numbering', 0, $1) ON CONFLICT (name) DO UPDATE SET value = $1`
	selectDesks      = `SELECT id, seq, consulate, position, body FROM desk ORDER BY consulate, position, id`
)

// directoryAt is the directory of a version, read anew where another one was
// read last.
func (s *Store) directoryAt(snap *snapshot, version int64) (*gateway.Directory, error) {
	last := s.directory.Load()
	if last != nil && last.version == version {
		return last.value, nil
	}
	next := &directory{version: version}
	var desks []gateway.Desk
	var missed []gateway.Unreached
	var incidents []gateway.Incident
	if err := snap.read(
		statement{sql: selectConsulates, each: func(row row) error {
			next.table = row.bytes(0)
			return nil
		}},
		statement{sql: selectNumbering, each: func(row row) error {
			next.numbers = row.bytes(0)
			return nil
		}},
		statement{sql: selectDesks, each: func(row row) error {
			d, err := s.desk(row)
			desks = append(desks, d)
			return err
		}},
		statement{sql: selectUnreached, each: func(row row) error {
			missed = append(missed, unreached(row))
			return nil
		}},
		statement{sql: selectIncidents, args: []any{micros(s.clock().Add(-incidentKept))}, each: func(row row) error {
			i, err := s.incident(row)
			incidents = append(incidents, i)
			return err
		}},
	); err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	if err := next.places(last, desks); err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	slices.SortFunc(incidents, func(a, b gateway.Incident) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	next.value = next.value.WithUnreached(missed).WithIncidents(incidents)
	// A snapshot may be older than what others have read meanwhile. Nobody waits
	// for another: Views that share a snapshot are read step by step, together.
	for last = s.directory.Load(); last == nil || last.version < version; last = s.directory.Load() {
		if s.directory.CompareAndSwap(last, next) {
			break
		}
	}
	return next.value, nil
}

// places makes the directory of what was read; what is as it was in the last one
// is not read again.
func (d *directory) places(last *directory, desks []gateway.Desk) (err error) {
	var table *consulate.Table
	var numbers *numbering.Plan
	if last != nil && bytes.Equal(last.table, d.table) {
		table = last.value.Consulates
	} else if table, err = consulates(d.table); err != nil {
		return err
	}
	if last != nil && bytes.Equal(last.numbers, d.numbers) {
		numbers = last.value.Numbers
	} else if numbers, err = plan(d.numbers); err != nil {
		return err
	}
	d.value = gateway.NewDirectory(table, numbers, desks)
	return nil
}

func (s *sealer) desk(row row) (gateway.Desk, error) {
	d := gateway.Desk{ID: row.id(0), Seq: row.int(1), Consulate: row.text(2), Position: int(row.int(3))}
	return d, s.open("desk", d.ID[:], row.bytes(4), &d)
}

// consulates reads a table as SetConsulates keeps it.
func consulates(data []byte) (*consulate.Table, error) {
	if data == nil {
		return consulate.Builtin()
	}
	table := new(consulate.Table)
	if err := table.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("read consulates: %w", err)
	}
	return table, nil
}

// plan reads a numbering plan as SetConsulates keeps it.
func plan(data []byte) (*numbering.Plan, error) {
	if data == nil {
		return numbering.Builtin()
	}
	numbers := new(numbering.Plan)
	if err := numbers.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("read numbering plan: %w", err)
	}
	return numbers, nil
}

// Directory reads the consulates, the numbering plan and the desks as they are
// now.
func (s *Store) Directory(ctx context.Context) (*gateway.Directory, error) {
	var d *gateway.Directory
	err := s.read(ctx, func(snap *snapshot) error {
		var version int64
		if err := snap.read(statement{sql: selectDirectory, each: func(row row) error {
			version = row.int(0)
			return nil
		}}); err != nil {
			return err
		}
		var err error
		d, err = s.directoryAt(snap, version)
		return err
	})
	return d, err
}

// SetConsulates replaces the table of consulates by one that
// consulate.Table.MarshalBinary wrote; nil brings the built-in one back. Numbers,
// as numbering.Plan.MarshalBinary wrote them, replace the numbering plan; nil
// leaves it as it is. Every node uses them from its next View on.
func (s *Store) SetConsulates(ctx context.Context, table, numbers []byte) error {
	if _, err := consulates(table); err != nil {
		return err
	}
	statements := []statement{{sql: `UPDATE meta SET value = $1 WHERE name = 'consulates'`, args: []any{bytesOrNull(table)}}}
	if numbers != nil {
		if _, err := plan(numbers); err != nil {
			return err
		}
		statements = append(statements, statement{sql: putNumbering, args: []any{numbers}})
	}
	u := s.unit(append(statements, statement{sql: bumpDirectory})...)
	if err := s.write(ctx, u); err != nil {
		return fmt.Errorf("set consulates: %w", err)
	}
	s.changes.hint()
	return nil
}

// ReplaceDesks makes desks the only ones, in their order by consulate and
// position. A desk without an id is given one; a desk that was kept before at
// the same address keeps its id, so that what it was told of stays its own.
func (s *Store) ReplaceDesks(ctx context.Context, desks []gateway.Desk) error {
	d, err := s.Directory(ctx)
	if err != nil {
		return fmt.Errorf("replace desks: %w", err)
	}
	fresh := gateway.NewFresh(s.clock(), s.rand)
	if err := s.run(ctx, "replace desks", func(b *builder) {
		b.add(`DELETE FROM desk`)
		used := map[gateway.ID]bool{}
		for _, desk := range desks {
			desk.Seq = 0
			if desk.ID.IsZero() {
				desk.ID = keptDesk(d, &desk, used)
			}
			if desk.ID.IsZero() {
				desk.ID = fresh.ID()
			}
			used[desk.ID] = true
			b.desk(&desk)
		}
		b.add(bumpDirectory)
	}); err != nil {
		return err
	}
	s.changes.hint()
	return nil
}

// Desks are all desks, by consulate and position.
func (s *Store) Desks(ctx context.Context) ([]gateway.Desk, error) {
	var desks []gateway.Desk
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectDesks, each: func(row row) error {
			d, err := s.desk(row)
			desks = append(desks, d)
			return err
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("read desks: %w", err)
	}
	return desks, nil
}

// keptDesk is the id of the desk that stands at the same place now.
func keptDesk(d *gateway.Directory, desk *gateway.Desk, used map[gateway.ID]bool) gateway.ID {
	for _, old := range d.DesksAt(desk.Address) {
		if old.Consulate == desk.Consulate && old.Channel == desk.Channel && !used[old.ID] {
			return old.ID
		}
	}
	return gateway.ID{}
}
