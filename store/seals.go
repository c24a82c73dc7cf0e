package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"aviso/gateway"
)

// A chain tells of itself that a row within it is missing or changed. That its
// last rows are gone, or all of it, only something outside can tell: once an
// hour all rows that were added to any chain since then are sealed together.
//
// Every row is written with the number of the seal that is to cover it, which
// stands in row 'seal' of meta. Sealing closes that number: it moves on while
// all writers are excluded, so that no row of a closed number comes any more,
// however many nodes there are. Then, at leisure, how many rows it has and a
// hash over them, in the order of chains and rows, is sealed into a row of table
// seal, with the hash of the seal before. One more row there, the newest's mark,
// says which one was made last. What it costs follows what was added, not how
// many chains there are; and erasing changes nothing of it, for of a row it is
// only the hash that is covered.
//
// So `aviso audit verify` finds a sealed row that was removed or changed,
// wherever it stood, a chain without a trace, and a seal without one, be it the
// newest. Without the keyset nobody can make a seal. What it cannot find is that
// somebody put back all of an earlier time, the mark and its number with it:
// for that, note elsewhere what verify prints. Rows since the last full hour are
// sealed by the next one.

// chainSeal is what is sealed of the rows of one number.
type chainSeal struct {
	At   int64  `json:"at"` // when the number was closed, microseconds since 1970
	Rows int64  `json:"rows"`
	Sum  []byte `json:"sum"`
	Prev []byte `json:"prev,omitempty"` // hash of the seal before
}

// newestSeal is what is sealed in the mark.
type newestSeal struct {
	Number int64  `json:"number"`
	Hash   []byte `json:"hash"`

	// Proofs is from when each alert that was erased has the proof of that in its
	// row (erasedAlert), in microseconds since 1970; 0: the mark is an older
	// version's, which left none.
	Proofs int64 `json:"proofs,omitempty"`
}

// proofsAfter is how long alerts without a proof are still taken for erased,
// and given one, after an older version sealed: nodes of it may go on beside us
// for so long.
const proofsAfter = 24 * time.Hour

// newestMark is the mark's id; those of seals are their numbers.
var newestMark = []byte("newest")

func sealID(number int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(number)) }

const (
	selectSealing = `SELECT name, number FROM meta WHERE name IN ('seal', 'seal hour')`
	updateSealing = `UPDATE meta SET number = $1 WHERE name = $2`
	selectSealed  = `SELECT subject, seq, hash FROM ledger WHERE seal = $1 AND (subject, seq) > ($2, $3) ORDER BY subject, seq LIMIT $4`
	selectSeals   = `SELECT id, body FROM seal ORDER BY id`
	selectSeal    = `SELECT body FROM seal WHERE id = $1`
	insertSeal    = `INSERT INTO seal (id, body) VALUES ($1, $2)`
	putNewest     = `INSERT INTO seal (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = $2`
)

// sealing is how far sealing is: open is the number of the rows that are being
// written, hour the one in which it was opened, since 1970.
type sealing struct{ open, hour int64 }

func (s *sealing) read(row row) error {
	if row.text(0) == "seal" {
		s.open = row.int(1)
	} else {
		s.hour = row.int(1)
	}
	return nil
}

// SealChains seals what was added to the chains, once in each hour over all
// nodes; between, it does nothing. What one node has begun another one finishes.
func (s *Store) SealChains(ctx context.Context) error {
	if err := s.sealChains(ctx); err != nil {
		return fmt.Errorf("seal audit chains: %w", err)
	}
	return nil
}

func (s *Store) sealChains(ctx context.Context) error {
	var now sealing
	var newest newestSeal
	marked := false
	at := s.clock()
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(
			statement{sql: selectSealing, each: now.read},
			statement{sql: selectSeal, args: []any{newestMark}, each: func(row row) error {
				marked = true
				return s.open("seal", newestMark, row.bytes(0), &newest)
			}},
		)
	})
	if err != nil {
		return err
	}
	if !marked {
		if now.open > 0 {
			return errors.New("the mark of the newest seal is missing") // what is made now would hide that
		}
		newest.Number = -1
		if newest.Proofs, err = s.proofsFrom(ctx, at); err != nil {
			return err
		}
	}
	hour := int64(at.Sub(time.Unix(0, 0)) / time.Hour)
	if newest.Number+1 == now.open { // all that is closed is sealed
		if hour <= now.hour {
			return nil
		}
		if closed, err := s.closeSeal(ctx, now, newest, hour); err != nil || !closed {
			return err
		}
	}
	return s.makeSeal(ctx, newest, at)
}

// closeSeal opens the next number, and with the first one the mark; false:
// another node has done so.
func (s *Store) closeSeal(ctx context.Context, seen sealing, newest newestSeal, hour int64) (closed bool, err error) {
	keys := s.keys.Load()
	mark, err := s.seal("seal", newestMark, newestSeal{Number: -1, Proofs: newest.Proofs})
	if err != nil {
		return false, err
	}
	err = s.exclude(ctx, func(tx setUp) error {
		var now sealing
		if err := tx.query(selectSealing, now.read); err != nil || now != seen {
			return err
		}
		if seen.open == 0 {
			if err := tx.query(selectEpoch, func(row row) error {
				if row.int(0) != keys.epoch {
					return errRekeyed
				}
				return nil
			}); err != nil {
				return err
			}
			if err := tx.exec(insertSeal, newestMark, mark); err != nil {
				return err
			}
		}
		closed = true
		return errors.Join(tx.exec(updateSealing, seen.open+1, "seal"), tx.exec(updateSealing, hour, "seal hour"))
	})
	return closed && err == nil, err
}

// makeSeal seals the rows of the number behind the newest seal's.
func (s *Store) makeSeal(ctx context.Context, newest newestSeal, at time.Time) error {
	number := newest.Number + 1
	if newest.Proofs == 0 {
		newest.Proofs = micros(at.Add(proofsAfter))
	}
	if micros(at) < newest.Proofs {
		if err := s.proveErased(ctx); err != nil {
			return err
		}
	}
	sum := newSealSum()
	for after := []any{[]byte{}, int64(0)}; ; {
		page := 0
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{sql: selectSealed, args: []any{number, after[0], after[1], int64(verifyPage)}, each: func(row row) error {
				page++
				after = []any{row.bytes(0), row.int(1)}
				sum.add(row.bytes(0), row.int(1), row.bytes(2))
				return nil
			}})
		}); err != nil {
			return err
		}
		if page < verifyPage {
			break
		}
	}
	seal := chainSeal{At: micros(at), Rows: sum.rows, Sum: sum.Sum(nil), Prev: newest.Hash}
	plain, err := s.enc.Marshal(seal)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	h := sha256.Sum256(plain)
	err = s.commit(ctx, func() (*unit, error) {
		body, err := s.sealBytes("seal", sealID(number), plain)
		if err != nil {
			return nil, err
		}
		mark, err := s.seal("seal", newestMark, newestSeal{number, h[:], newest.Proofs})
		if err != nil {
			return nil, err
		}
		return s.unit(
			statement{sql: insertSeal, args: []any{sealID(number), body}},
			statement{sql: putNewest, args: []any{newestMark, mark}},
		), nil
	})
	if errors.Is(err, gateway.ErrConflict) {
		return nil // another node has made it
	}
	return err
}

// Alerts that an older version erased have nothing in place of their bodies.
const (
	selectUnproved = `SELECT id FROM alert WHERE id > $1 AND seq < 0 AND body IS NULL ORDER BY id LIMIT $2`
	updateUnproved = `UPDATE alert SET body = $1 WHERE id = $2 AND seq < 0 AND body IS NULL`
)

// proofsFrom is newestSeal.Proofs of the first mark: now, where no older version
// has erased anything.
func (s *Store) proofsFrom(ctx context.Context, at time.Time) (int64, error) {
	from := micros(at)
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectUnproved, args: []any{[]byte{}, int64(1)}, each: func(row) error {
			from = micros(at.Add(proofsAfter))
			return nil
		}})
	})
	return from, err
}

// proveErased gives them their proof.
func (s *Store) proveErased(ctx context.Context) error {
	after := []byte{}
	for {
		var ids [][]byte
		if err := s.read(ctx, func(snap *snapshot) error {
			ids = nil
			return snap.read(statement{sql: selectUnproved, args: []any{after, int64(retainStep)}, each: func(row row) error {
				ids = append(ids, row.bytes(0))
				return nil
			}})
		}); err != nil || len(ids) == 0 {
			return err
		}
		if err := s.step(ctx, func() error {
			return s.commit(ctx, func() (*unit, error) {
				u := s.unit()
				for _, id := range ids {
					proof, err := s.erasedBody(id)
					if err != nil {
						return nil, err
					}
					u.statements = append(u.statements, statement{sql: updateUnproved, args: []any{proof, id}})
				}
				return u, nil
			})
		}); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// sealSum is the hash over the rows of a number, in their order.
type sealSum struct {
	hash.Hash
	rows int64
}

func newSealSum() *sealSum { return &sealSum{Hash: sha256.New()} }

func (s *sealSum) add(subject []byte, seq int64, link []byte) {
	s.rows++
	s.Write(ledgerID(subject, seq)) // 24 bytes
	s.Write(link)                   // 32
}

// sealCheck holds the rows of all chains against their seals.
type sealCheck struct {
	*Store
	seals map[int64]chainSeal // that were made; their numbers are 0 to made-1
	made  int64
	sums  map[int64]*sealSum
	open  int64 // the number of the rows that were being written when the check began
	last  int64 // the highest number of a row
	fresh int64 // rows that are not sealed yet
	all   *Verified

	proofs bool // every alert that was erased has its proof
}

func (c *sealCheck) fail(format string, args ...any) {
	c.all.Broken = append(c.all.Broken, Break{Reason: fmt.Sprintf(format, args...)})
}

// begin reads the seals, and holds them against each other and the mark.
func (c *sealCheck) begin(ctx context.Context) error {
	var now sealing
	var newest *newestSeal
	hashes := map[int64][]byte{}
	c.seals, c.sums = map[int64]chainSeal{}, map[int64]*sealSum{}
	if err := c.read(ctx, func(snap *snapshot) error {
		return snap.read(
			statement{sql: selectSealing, each: now.read},
			statement{sql: selectSeals, each: func(row row) error {
				id := row.bytes(0)
				plain, err := c.openBytes("seal", id, row.bytes(1))
				if err != nil {
					c.fail("a seal does not open")
					return nil
				}
				if bytes.Equal(id, newestMark) {
					newest = &newestSeal{}
					return c.dec.Unmarshal(plain, newest)
				}
				number := int64(binary.BigEndian.Uint64(id))
				h := sha256.Sum256(plain)
				hashes[number] = h[:]
				var seal chainSeal
				err = c.dec.Unmarshal(plain, &seal)
				c.seals[number] = seal
				return err
			}},
		)
	}); err != nil {
		return err
	}
	c.open = now.open
	switch {
	case newest != nil:
		c.made = newest.Number + 1
		c.proofs = newest.Proofs != 0 && micros(c.clock()) >= newest.Proofs
		if !bytes.Equal(hashes[newest.Number], newest.Hash) {
			c.fail("seal %d, the newest, is missing or was changed", newest.Number)
		}
	case len(c.seals) > 0 || c.open > 0:
		c.fail("the mark of the newest seal is missing")
		c.made = c.open
	}
	// The last closed number may be waiting for its seal.
	if c.made != c.open && c.made != c.open-1 {
		c.fail("the next seal is to be number %d, and the newest is %d", c.open, c.made-1)
	}
	for number := range c.made {
		seal, there := c.seals[number]
		switch {
		case !there && (newest == nil || number != newest.Number): // which was said
			c.fail("seal %d is missing", number)
		case there && number > 0 && hashes[number-1] != nil && !bytes.Equal(seal.Prev, hashes[number-1]):
			c.fail("seal %d does not follow the one before it", number)
		}
	}
	return nil
}

// row counts a row of a chain in. They come in the order of chains and rows.
func (c *sealCheck) row(number int64, subject []byte, seq int64, link []byte) {
	c.last = max(c.last, number)
	if number >= c.made {
		c.fresh++
		return
	}
	sum := c.sums[number]
	if sum == nil {
		sum = newSealSum()
		c.sums[number] = sum
	}
	sum.add(subject, seq, link)
}

// end compares.
func (c *sealCheck) end(ctx context.Context) error {
	var now sealing
	if err := c.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectSealing, each: now.read})
	}); err != nil {
		return err
	}
	if c.last > now.open {
		c.fail("there are rows for a seal that has not begun")
	}
	for number := range c.made {
		seal, there := c.seals[number]
		sum := c.sums[number]
		if sum == nil {
			sum = newSealSum()
		}
		when := time.UnixMicro(seal.At).UTC().Format(time.RFC3339)
		switch {
		case !there: // said already
		case sum.rows != seal.Rows:
			c.fail("seal %d of %s covers %d rows, and %d are there", number, when, seal.Rows, sum.rows)
		case !bytes.Equal(sum.Sum(nil), seal.Sum):
			c.fail("seal %d of %s: a row that it covers was changed", number, when)
		}
		if there {
			c.all.Seals++
			c.all.Sealed = time.UnixMicro(seal.At).UTC()
		}
	}
	c.all.Fresh = int(c.fresh)
	return nil
}
