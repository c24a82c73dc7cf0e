package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"aviso/gateway"
)

// Verified is what walking the audit chains found.
type Verified struct {
	Chains int
	Rows   int
	Erased int // rows whose body was erased; their hashes are still in the chain
	Broken []Break
}

// Break is a chain that does not verify.
type Break struct {
	Subject gateway.ID
	Seq     int64  // of the row at fault; 0: the chain as a whole
	Reason  string // in words, without anything of a person
}

func (b Break) String() string { return fmt.Sprintf("%s, row %d: %s", b.Subject, b.Seq, b.Reason) }

// verifyPage is how many subjects are looked up at a time.
const verifyPage = 500

const (
	selectSubjects = `SELECT DISTINCT subject FROM ledger WHERE subject > $1 ORDER BY subject LIMIT $2`
	selectChain    = `SELECT seq, kind, what, at, body_hash, hash, body FROM ledger WHERE subject = $1 ORDER BY seq`
	selectHead     = `SELECT seq, head FROM alert WHERE id = $1 UNION ALL SELECT seq, head FROM profile WHERE id = $1 UNION ALL SELECT seq, head FROM agent WHERE id = $1`

	// What has a head but no chain.
	selectUnchained = `SELECT id FROM alert WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = alert.id)
		UNION ALL SELECT id FROM profile WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = profile.id)
		UNION ALL SELECT id FROM agent WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = agent.id)`
)

// Verify walks every audit chain: no row is missing, changed or added, what is
// left of the bodies is what was written, and each alert, profile and agent is
// where its chain says.
func (s *Store) Verify(ctx context.Context) (Verified, error) {
	var all Verified
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
		for _, subject := range subjects {
			if err := s.verifyChain(ctx, subject, &all); err != nil {
				return all, fmt.Errorf("verify: %w", err)
			}
		}
		after = subjects[len(subjects)-1]
	}
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectUnchained, each: func(row row) error {
			all.Broken = append(all.Broken, Break{row.id(0), 0, "it has no chain"})
			return nil
		}})
	})
	if err != nil {
		return all, fmt.Errorf("verify: %w", err)
	}
	return all, nil
}

// verifyChain walks one chain and compares its end with the subject, as of one
// moment.
func (s *Store) verifyChain(ctx context.Context, subject gateway.ID, all *Verified) error {
	walk := walk{sealer: s.sealer, subject: subject}
	found := false
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(
			statement{sql: selectChain, args: []any{subject[:]}, each: walk.step},
			statement{sql: selectHead, args: []any{subject[:]}, each: func(row row) error {
				found = true
				seq := row.int(0)
				if seq < 0 {
					seq = -seq // an erased alert
				}
				if seq != walk.seq || !bytes.Equal(row.bytes(1), walk.hash) {
					walk.fail(0, "its newest rows are missing, or the subject was changed without one")
				}
				return nil
			}},
		)
	})
	if !found && walk.kind != gateway.SubjectAgent && !walk.erased {
		walk.fail(0, "what it is about is missing")
	}
	all.Chains++
	all.Rows += walk.rows
	all.Erased += walk.bodiless
	all.Broken = append(all.Broken, walk.broken...)
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
	bodiless int
	erased   bool // the last row says that the subject was
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
	if body == nil {
		w.bodiless++
	} else if plain, err := w.openBytes("ledger", ledgerID(w.subject[:], seq), body); err != nil {
		w.fail(seq, "its body does not open")
	} else if sum := sha256.Sum256(plain); !bytes.Equal(sum[:], bodyHash) {
		w.fail(seq, "its body was changed")
	}
	w.kind, w.seq, w.hash = kind, seq, hash
	w.erased = kind == gateway.SubjectProfile && slices.Contains(strings.Fields(what), "erased")
	w.rows++
	return nil
}
