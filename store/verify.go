package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"aviso/gateway"
)

// Verified is what walking the audit chains found.
type Verified struct {
	Chains int
	Rows   int
	Erased int // rows whose body we erased; their hashes are still in the chain
	Seals  int
	Sealed time.Time // when the newest seal was made; zero: there is none
	Fresh  int       // rows that are not sealed yet
	Broken []Break
}

// Break is a chain that does not verify, or a seal.
type Break struct {
	Subject gateway.ID // zero: a seal
	Seq     int64      // of the row at fault; 0: the chain as a whole
	Reason  string     // in words, without anything of a person
}

func (b Break) String() string {
	if b.Subject.IsZero() {
		return b.Reason
	}
	return fmt.Sprintf("%s, row %d: %s", b.Subject, b.Seq, b.Reason)
}

// verifyPage is how many subjects are looked up at a time.
const verifyPage = 500

const (
	selectSubjects = `SELECT DISTINCT subject FROM ledger WHERE subject > $1 ORDER BY subject LIMIT $2`
	selectChains   = `SELECT subject, seq, kind, what, at, body_hash, hash, body, seal FROM ledger WHERE subject > $1 AND subject <= $2 ORDER BY subject, seq`
	// An erased alert has a body that proves it.
	selectHeads = `SELECT id, seq, head, CASE WHEN seq < 0 THEN body END FROM alert WHERE id > $1 AND id <= $2
		UNION ALL SELECT id, seq, head, CASE WHEN seq < 0 THEN body END FROM profile WHERE id > $1 AND id <= $2
		UNION ALL SELECT id, seq, head, CASE WHEN seq < 0 THEN body END FROM agent WHERE id > $1 AND id <= $2`

	// What has a head but no chain.
	selectUnchained = `SELECT id FROM alert WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = alert.id)
		UNION ALL SELECT id FROM profile WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = profile.id)
		UNION ALL SELECT id FROM agent WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = agent.id)`
)

// Verify walks every audit chain: no row is missing, changed or added, each body
// is what was written or was erased by us, with the person or the aged alert, each alert, profile and agent is where
// its chain says, and what was sealed is there (seals.go).
func (s *Store) Verify(ctx context.Context) (Verified, error) {
	var all Verified
	seals := &sealCheck{Store: s, all: &all}
	if err := seals.begin(ctx); err != nil {
		return all, fmt.Errorf("verify: %w", err)
	}
	var after gateway.ID
	for {
		var subjects []gateway.ID
		if err := s.read(ctx, func(snap *snapshot) error {
			return snap.read(statement{
				sql:  selectSubjects,
				args: []any{after[:], int64(verifyPage)},
				each: func(row row) error {
					subjects = append(subjects, row.id(0))
					return nil
				},
			})
		}); err != nil {
			return all, fmt.Errorf("verify: %w", err)
		}
		if len(subjects) == 0 {
			break
		}
		last := subjects[len(subjects)-1]
		if err := s.verifyChains(ctx, after, last, &all, seals); err != nil {
			return all, fmt.Errorf("verify: %w", err)
		}
		after = last
	}
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectUnchained, each: func(row row) error {
			all.Broken = append(all.Broken, Break{row.id(0), 0, "it has no chain"})
			return nil
		}})
	})
	if err == nil {
		err = seals.end(ctx)
	}
	if err == nil {
		err = newRights(s).verify(ctx, &all)
	}
	if err != nil {
		return all, fmt.Errorf("verify: %w", err)
	}
	return all, nil
}

// verifyChains walks the chains behind one subject and up to another, and
// compares their ends with the subjects, as of one moment.
func (s *Store) verifyChains(ctx context.Context, after, last gateway.ID, all *Verified, seals *sealCheck) error {
	var order []*walk
	walks := map[gateway.ID]*walk{}
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(
			statement{sql: selectChains, args: []any{after[:], last[:]}, each: func(row row) error {
				w := walks[row.id(0)]
				if w == nil {
					w = &walk{sealer: s.sealer, subject: row.id(0)}
					walks[w.subject], order = w, append(order, w)
				}
				seals.row(row.int(8), row.bytes(0), row.int(1), row.bytes(6))
				return w.step(row[1:])
			}},
			statement{sql: selectHeads, args: []any{after[:], last[:]}, each: func(row row) error {
				if w := walks[row.id(0)]; w != nil { // one without a chain is found below
					w.end(row.int(1), row.bytes(2), row.bytes(3), seals.proofs)
				}
				return nil
			}},
		)
	})
	for _, w := range order {
		w.close()
		all.Chains++
		all.Rows += w.rows
		all.Erased += w.excused
		all.Broken = append(all.Broken, w.broken...)
	}
	return err
}

// walk is the way along one chain.
type walk struct {
	*sealer
	subject  gateway.ID
	kind     gateway.SubjectKind
	seq      int64
	hash     []byte
	rows     int
	bodiless []int64 // rows without a body
	excused  int     // of them
	erased   bool    // the subject was, and something sealed says so
	found    bool    // the subject is there
	broken   []Break
}

func (w *walk) fail(seq int64, reason string) {
	w.broken = append(w.broken, Break{w.subject, seq, reason})
}

func (w *walk) step(row row) error {
	seq, kind, what, at := row.int(0), gateway.SubjectKind(row.text(1)), row.text(2), row.int(3)
	bodyHash, hash, body := row.bytes(4), row.bytes(5), row.bytes(6)
	if seq != w.seq+1 {
		w.fail(seq, "the row before it is missing")
	}
	if !bytes.Equal(link(w.hash, kind, w.subject[:], seq, what, at, bodyHash), hash) {
		w.fail(seq, "it was changed, or the one before it was")
	}
	w.erased = false
	if body == nil {
		w.bodiless = append(w.bodiless, seq)
	} else if plain, err := w.openBytes("ledger", ledgerID(w.subject[:], seq), body); err != nil {
		w.fail(seq, "its body does not open")
	} else if sum := sha256.Sum256(plain); !bytes.Equal(sum[:], bodyHash) {
		w.fail(seq, "its body was changed")
	} else if kind == gateway.SubjectProfile {
		var said ledgerBody
		w.erased = w.dec.Unmarshal(plain, &said) == nil && slices.ContainsFunc(said.Entries, entryBody.erases)
	}
	w.kind, w.seq, w.hash = kind, seq, hash
	w.rows++
	return nil
}

// end holds the subject, as it stands, against its chain. Of an erased alert
// body is what is in its row; proofs says that all that were erased have one.
func (w *walk) end(seq int64, head, body []byte, proofs bool) {
	w.found = true
	w.erased = false // a person who is there was not
	if seq < 0 && w.kind == gateway.SubjectAlert {
		seq = -seq
		if w.erased = w.provesErased(w.subject[:], body) || !proofs && body == nil; !w.erased {
			w.fail(0, "it looks erased, and we did not erase it")
		}
	}
	if seq != w.seq || !bytes.Equal(head, w.hash) {
		w.fail(0, "its newest rows are missing, or the subject was changed without one")
	}
}

// close comes last: the words of a chain are gone only where its subject is.
func (w *walk) close() {
	if w.erased {
		w.excused = len(w.bodiless)
		return
	}
	if !w.found && w.kind != gateway.SubjectAgent {
		w.fail(0, "what it is about is missing")
	}
	for _, seq := range w.bodiless {
		w.fail(seq, "its words were taken out, and we did not erase them")
	}
}
